import { useMemo, type ReactNode } from 'react';
import { SeriesChart } from '../../charts/series.tsx';
import { useChannel } from '../../live/channel.ts';
import { compact, duration } from '../../ui/format.ts';
import { Panel } from '../../ui/panel.tsx';

const RATES = [
  {
    label: 'commands a second',
    tone: 'dim',
    isFilled: true,
    shown: (value: number): string => compact(value.toFixed(0), 0),
  },
  { label: 'prices a second', tone: 'text', shown: (value: number): string => compact(value.toFixed(0), 0) },
];
const LATENCY = [{ label: 'p99', tone: 'text', isFilled: true, shown: duration }];

/** The last five minutes of the engine. */
export function Load(): ReactNode {
  const { data, fresh } = useChannel('overview');
  const history = data?.history;
  const { times, rates, latency } = useMemo(() => {
    const { commandsPerSecond = [], pricesPerSecond = [], priceLatencyUs = [], endsAt } = history ?? {};
    const end = endsAt === undefined ? 0 : Date.parse(endsAt) / 1000;
    const times = commandsPerSecond.map((_, at) => end - commandsPerSecond.length + 1 + at);
    return { times, rates: [commandsPerSecond, pricesPerSecond], latency: [priceLatencyUs] };
  }, [history]);
  return (
    <div className="grid">
      <div className="c6">
        <Panel title="Load" fresh={fresh}>
          <SeriesChart
            label="Commands and prices a second over five minutes"
            times={times}
            lines={RATES}
            values={rates}
          />
        </Panel>
      </div>
      <div className="c6">
        <Panel title="Latency of a price, p99" fresh={fresh}>
          <SeriesChart
            label="Latency of a price over five minutes"
            times={times}
            lines={LATENCY}
            values={latency}
            height={206}
          />
        </Panel>
      </div>
    </div>
  );
}
