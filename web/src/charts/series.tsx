import { useEffect, useRef, type ReactNode } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { colour, useTheme } from '../app/theme.ts';

export interface Line {
  readonly label: string;
  /** A name of tokens.css. */
  readonly tone: string;
  readonly shown: (value: number) => string;
  readonly isFilled?: boolean;
}

interface Props {
  readonly label: string;
  /** Seconds since 1970, rising. */
  readonly times: readonly number[];
  readonly lines: readonly Line[];
  /** One list per line, as long as `times`. */
  readonly values: readonly (readonly (number | null)[])[];
  readonly height?: number;
}

const utc = (at: number): string => new Date(at * 1000).toISOString().slice(11, 19);

/** Numbers over time, with axes: resting on the chart reads the values of that moment. */
export function SeriesChart({ label, times, lines, values, height = 180 }: Props): ReactNode {
  const place = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot | null>(null);
  const latest = useRef(lines);
  useEffect(() => {
    latest.current = lines;
  }, [lines]);
  const theme = useTheme();
  const shape = lines.map(({ label, tone }) => `${label}:${tone}`).join();

  useEffect(() => {
    const element = place.current!;
    const made = new uPlot(
      options(element.clientWidth, height, latest.current),
      [[], ...latest.current.map(() => [])],
      element,
    );
    chart.current = made;
    const observer = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height }));
    observer.observe(element);
    return () => {
      observer.disconnect();
      made.destroy();
      chart.current = null;
    };
  }, [shape, height, theme]);

  useEffect(() => {
    chart.current?.setData([[...times], ...values.map((line) => [...line])]);
  }, [times, values, shape, theme]);

  return <div className="series" role="img" aria-label={label} ref={place} style={{ minHeight: height }} />;
}

function options(width: number, height: number, lines: readonly Line[]): uPlot.Options {
  const axis: uPlot.Axis = {
    stroke: colour('faint'),
    grid: { stroke: colour('line'), width: 1 },
    ticks: { show: false },
    font: `11px ${colour('font')}`,
    gap: 6,
  };
  return {
    width,
    height,
    padding: [8, 4, 0, 0],
    legend: { show: lines.length > 1, live: true },
    cursor: { points: { size: 5 }, y: false },
    axes: [
      { ...axis, size: 26, space: 90, values: (_, splits) => splits.map(utc) },
      { ...axis, size: 62, values: (_, splits) => splits.map((value) => lines[0].shown(value)) },
    ],
    series: [
      { label: 'UTC', value: (_, at: number | null) => (at === null ? '' : utc(at)) },
      ...lines.map(({ label, tone, shown, isFilled }) => ({
        label,
        stroke: colour(tone),
        width: 1.5,
        points: { show: false },
        value: (_: uPlot, value: number | null) => (value === null ? '' : shown(value)),
        ...(isFilled ? { fill: `${colour(tone)}22` } : {}),
      })),
    ],
  };
}
