import { useMemo, type ReactNode } from 'react';
import { SeriesChart } from '../../charts/series.tsx';
import { useChannel } from '../../live/channel.ts';
import { compact, duration } from '../../ui/format.ts';
import { Panel } from '../../ui/panel.tsx';

const plain = (value: number): string => compact(value.toFixed(0), 0);
const COMMANDS = [{ label: 'commands a second', tone: 'dim', isFilled: true, shown: plain }];
const PRICES = [{ label: 'prices a second', tone: 'dim', isFilled: true, shown: plain }];
const LATENCY = [{ label: 'p99', tone: 'text', isFilled: true, shown: duration }];

/** The last five minutes of the engine. */
export function Load(): ReactNode {
  const { data, fresh } = useChannel('overview');
  const history = data?.history;
  const { times, commands, prices, latency } = useMemo(() => {
    const { commandsPerSecond = [], pricesPerSecond = [], priceLatencyUs = [], endsAt } = history ?? {};
    const end = endsAt === undefined ? 0 : Date.parse(endsAt) / 1000;
    const times = commandsPerSecond.map((_, at) => end - commandsPerSecond.length + 1 + at);
    return { times, commands: [commandsPerSecond], prices: [pricesPerSecond], latency: [priceLatencyUs] };
  }, [history]);
  return (
    <div className="grid">
      <div className="c4">
        <Panel title="Commands a second" fresh={fresh}>
          <SeriesChart
            label="Commands a second over five minutes"
            times={times}
            lines={COMMANDS}
            values={commands}
          />
        </Panel>
      </div>
      <div className="c4">
        <Panel title="Prices a second" fresh={fresh}>
          <SeriesChart
            label="Prices a second over five minutes"
            times={times}
            lines={PRICES}
            values={prices}
          />
        </Panel>
      </div>
      <div className="c4">
        <Panel title="Latency of a price, p99" fresh={fresh}>
          <SeriesChart
            label="Latency of a price over five minutes"
            times={times}
            lines={LATENCY}
            values={latency}
          />
        </Panel>
      </div>
    </div>
  );
}
