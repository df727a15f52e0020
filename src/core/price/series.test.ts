import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TimeUs } from '../num/units.ts';
import type { Bar } from './series-bars.ts';
import { SERIES, TimeSeries, type Point } from './series.ts';

const SECOND = 1_000_000;
const SPANS = { second: SECOND, minute: 60 * SECOND, hour: 3600 * SECOND } as const;
const at = (us: number): TimeUs => us as TimeUs;

function seriesOf(points: readonly (readonly [us: number, value: number])[], rule = SERIES): TimeSeries {
  const series = new TimeSeries(rule);
  for (const [us, value] of points) series.add(at(us), value);
  return series;
}

/** The same by hand: every bar of every value ever added. */
function barsOf(points: readonly Point[], spanUs: number): Bar[] {
  const bars = new Map<number, number[]>();
  for (const { atUs, value } of points) {
    const start = Math.floor(atUs / spanUs) * spanUs;
    bars.set(start, [...(bars.get(start) ?? []), value]);
  }
  return [...bars].map(([atUs, values]) => ({
    atUs,
    open: values[0],
    high: Math.max(...values),
    low: Math.min(...values),
    close: values.at(-1)!,
    count: values.length,
  }));
}

/** Times that sometimes stand still, sometimes jump by hours. */
const history = fc
  .array(
    fc.tuple(
      fc.oneof(fc.integer({ min: 0, max: 2 * SECOND }), fc.integer({ min: 0, max: 4000 * SECOND })),
      fc.integer({ min: 1, max: 1000 }),
    ),
    { minLength: 1, maxLength: 200 },
  )
  .map((steps) => {
    let now = 1_700_000_000 * SECOND;
    return steps.map(([step, value]): Point => ({ atUs: at((now += step)), value }));
  });

describe('a series', () => {
  it('makes bars by hand', () => {
    const series = seriesOf([
      [0, 5],
      [400_000, 9],
      [999_999, 3],
      [1_000_000, 4],
      [61_000_000, 8],
    ]);
    expect(series.bars('second', at(0), at(62 * SECOND))).toEqual([
      { atUs: 0, open: 5, high: 9, low: 3, close: 3, count: 3 },
      { atUs: SECOND, open: 4, high: 4, low: 4, close: 4, count: 1 },
      { atUs: 61 * SECOND, open: 8, high: 8, low: 8, close: 8, count: 1 },
    ]);
    expect(series.bars('minute', at(0), at(60 * SECOND))).toEqual([
      { atUs: 0, open: 5, high: 9, low: 3, close: 4, count: 4 },
    ]);
    expect(series.points(at(400_000), at(1_000_000))).toEqual([
      { atUs: 400_000, value: 9 },
      { atUs: 999_999, value: 3 },
    ]);
  });

  it('answers ranges like a list of all values would, as far as it keeps them', () => {
    const rule = { raw: 7, seconds: 6, minutes: 5, hours: 4 };
    fc.assert(
      fc.property(history, fc.nat(), fc.nat(), (points, one, other) => {
        const series = new TimeSeries(rule);
        for (const { atUs, value } of points) expect(series.add(atUs, value)).toBe(true);
        const pick = (seed: number): TimeUs => points[seed % points.length].atUs;
        const [from, to] = [pick(one), pick(other)].toSorted((a, b) => a - b);
        const within = ({ atUs }: { readonly atUs: number }): boolean => atUs >= from && atUs < to;
        expect(series.points(from, to)).toEqual(points.slice(-rule.raw).filter(within));
        const kept = { second: rule.seconds, minute: rule.minutes, hour: rule.hours };
        for (const span of ['second', 'minute', 'hour'] as const) {
          expect(series.bars(span, from, to)).toEqual(
            barsOf(points, SPANS[span]).slice(-kept[span]).filter(within),
          );
        }
      }),
    );
  });

  it('has coarse bars that are the sum of their fine ones', () => {
    fc.assert(
      fc.property(history, (points) => {
        const series = new TimeSeries({ raw: 1, seconds: 500, minutes: 500, hours: 500 });
        for (const { atUs, value } of points) series.add(atUs, value);
        const all = (span: 'second' | 'minute' | 'hour'): Bar[] => series.bars(span, at(0), at(2 ** 52));
        for (const [fine, coarse] of [
          ['second', 'minute'],
          ['minute', 'hour'],
        ] as const) {
          for (const bar of all(coarse)) {
            const parts = series.bars(fine, at(bar.atUs), at(bar.atUs + SPANS[coarse]));
            expect(bar).toEqual({
              atUs: bar.atUs,
              open: parts[0].open,
              high: Math.max(...parts.map((part) => part.high)),
              low: Math.min(...parts.map((part) => part.low)),
              close: parts.at(-1)!.close,
              count: parts.reduce((sum, part) => sum + part.count, 0),
            });
          }
        }
      }),
    );
  });

  it('tells the value that held at a time, never one of later', () => {
    fc.assert(
      fc.property(
        history,
        fc.nat(),
        fc.integer({ min: -SECOND, max: 5000 * SECOND }),
        (points, seed, shift) => {
          const series = new TimeSeries({ raw: 3, seconds: 4, minutes: 500, hours: 500 });
          for (const { atUs, value } of points) series.add(atUs, value);
          const asked = at(points[seed % points.length].atUs + shift);
          const found = series.valueAt(asked);
          if (found === null) return;
          expect(found.atUs).toBeLessThanOrEqual(asked);
          // It is the last value before the end of its bar, or the raw one itself.
          const held = points.findLast(
            ({ atUs }) => atUs < found.atUs || (atUs === found.atUs && atUs <= asked),
          )!;
          const before = points.findLast(({ atUs }) => atUs < found.atUs);
          expect([held.value, before?.value]).toContain(found.value);
        },
      ),
    );
  });

  it('knows the change of a day, from minutes when that is all it has', () => {
    const series = seriesOf([
      [30 * SECOND, 200],
      [90 * SECOND, 400],
      [86_400 * SECOND + 100 * SECOND, 500],
    ]);
    // 24 h before is second 100; the raw 400 of second 90 held.
    expect(series.dayChange(at(86_500 * SECOND))).toBe(0.25);
    const short = seriesOf(
      [
        [30 * SECOND, 200],
        [90 * SECOND, 400],
        [86_400 * SECOND + 100 * SECOND, 500],
      ],
      { ...SERIES, raw: 1, seconds: 1 },
    );
    // Only the minute of 30 had ended by then.
    expect(short.dayChange(at(86_500 * SECOND))).toBe(1.5);
    expect(short.valueAt(at(100 * SECOND))).toEqual({ atUs: 60 * SECOND, value: 200 });
    expect(short.dayChange(at(86_400 * SECOND))).toBe(null);
    // A value holds from its own microsecond on.
    expect(series.valueAt(at(90 * SECOND))).toEqual({ atUs: 90 * SECOND, value: 400 });
    expect(series.valueAt(at(90 * SECOND - 1))).toEqual({ atUs: 30 * SECOND, value: 200 });
  });

  it('refuses and counts what is late or is no number, and goes on', () => {
    const series = seriesOf([[100, 1]]);
    expect(
      [
        [99, 1],
        [100, Number.NaN],
        [200, Infinity],
        [Number.NaN, 1],
        [200.5, 1],
        [Infinity, 1],
        [1e300, 1],
      ].map(([us, value]) => series.add(at(us), value)),
    ).toEqual(Array(7).fill(false));
    expect(series.refused).toBe(7);
    expect(series.add(at(100), 2)).toBe(true);
    expect(series.last).toEqual({ atUs: 100, value: 2 });
  });

  it('says nothing while it is empty', () => {
    const series = new TimeSeries(SERIES);
    expect([series.last, series.valueAt(at(5)), series.dayChange(at(5))]).toEqual([null, null, null]);
    expect(series.bars('hour', at(0), at(1e15))).toEqual([]);
  });

  it('does not change with the unit of its values', () => {
    fc.assert(
      fc.property(history, (points) => {
        const fine = seriesOf(points.map(({ atUs, value }) => [atUs, value * 1024]));
        const plain = seriesOf(points.map(({ atUs, value }) => [atUs, value]));
        const now = points.at(-1)!.atUs;
        expect(fine.dayChange(now)).toBe(plain.dayChange(now));
      }),
    );
  });
});
