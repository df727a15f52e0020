import { useMemo, type ReactNode } from 'react';
import { SeriesChart } from '../../charts/series.tsx';
import { useChannel } from '../../live/channel.ts';
import { compact, duration } from '../../ui/format.ts';
import { Panel } from '../../ui/panel.tsx';

const plain = (value: number): string => compact(value.toFixed(0), 0);
const CHARTS = [
  {
    of: 'commandsPerSecond',
    title: 'Commands a second',
    about: 'Commands a second over five minutes',
    lines: [{ label: 'commands a second', tone: 'dim', isFilled: true, shown: plain }],
  },
  {
    of: 'pricesPerSecond',
    title: 'Prices a second',
    about: 'Prices a second over five minutes',
    lines: [{ label: 'prices a second', tone: 'dim', isFilled: true, shown: plain }],
  },
  {
    of: 'priceLatencyUs',
    title: 'Latency of a price, p99',
    about: 'Latency of a price over five minutes',
    lines: [{ label: 'p99', tone: 'text', isFilled: true, shown: duration }],
  },
] as const;

/** The last five minutes of the engine. */
export function Load(): ReactNode {
  const { data, fresh } = useChannel('overview');
  const history = data?.history;
  const { times, values } = useMemo(() => {
    const end = history === undefined ? 0 : Date.parse(history.endsAt) / 1000;
    const seconds = history?.commandsPerSecond ?? [];
    return {
      times: seconds.map((_, at) => end - seconds.length + 1 + at),
      values: CHARTS.map(({ of }) => [history?.[of] ?? []]),
    };
  }, [history]);
  return (
    <div className="grid">
      {CHARTS.map(({ of, title, about, lines }, at) => (
        <div className="c4" key={of}>
          <Panel title={title} fresh={fresh}>
            <SeriesChart label={about} times={times} lines={lines} values={values[at]} />
          </Panel>
        </div>
      ))}
    </div>
  );
}
