import type { ReactNode } from 'react';
import type { Overview } from '../../../../src/client/index.ts';
import { useChannel } from '../../live/channel.ts';
import type { Freshness } from '../../live/freshness.ts';
import { N } from '../../ui/n.tsx';
import { Stat } from '../../ui/stat.tsx';

/** Whether the engine keeps up, and whether it looked at everyone it had to. */
export function EngineStats({
  overview,
  fresh,
}: {
  readonly overview: Overview | undefined;
  readonly fresh: Freshness;
}): ReactNode {
  const { checker } = useChannel('system').data ?? {};
  const history = overview?.history;
  return (
    <div className="grid even">
      <div className="c3">
        <Stat
          small
          id="pricesPerSecond"
          label="Prices a second"
          question="How many new marks did the engine take in the last second?"
          value={<N v={overview?.pricesPerSecond} as="count" />}
          note={
            <>
              <N v={overview?.commandsPerSecond} as="count" /> commands,{' '}
              <N v={overview?.tradesPerSecond} as="count" /> trades
            </>
          }
          history={history?.pricesPerSecond ?? []}
          fresh={fresh}
        />
      </div>
      <div className="c3">
        <Stat
          small
          id="touched"
          label="Buckets looked at"
          question="How many margin buckets did the last second's prices reach?"
          value={<N v={overview?.touched} as="count" />}
          note={
            <>
              of <N v={overview?.touchedOf} as="count" /> margin buckets
            </>
          }
          history={history?.touched ?? []}
          fresh={fresh}
        />
      </div>
      <div className="c3">
        <Stat
          small
          id="missed"
          label="Missed"
          question="How often did engine and checker decide differently?"
          value={
            <span className={overview !== undefined && overview.missed > 0 ? 'loss' : ''}>
              <N v={overview?.missed} as="count" />
            </span>
          }
          note={
            checker === undefined ? null : checker.verdict === 'off' ? (
              'nothing is compared: the checker is off'
            ) : (
              <>
                <N v={checker.compared} as="count" /> compared, checker {checker.verdict}
              </>
            )
          }
          history={history?.missed ?? []}
          fresh={fresh}
        />
      </div>
      <div className="c3">
        <Stat
          small
          id="priceLatency"
          label="Latency of a price, p99"
          question="How long does the engine take for a command that brings prices?"
          value={<N v={overview?.priceLatencyUs.p99} as="duration" />}
          note={
            <>
              half in <N v={overview?.priceLatencyUs.p50} as="duration" />, longest{' '}
              <N v={overview?.priceLatencyUs.max} as="duration" />
            </>
          }
          history={history?.priceLatencyUs ?? []}
          as="duration"
          fresh={fresh}
        />
      </div>
    </div>
  );
}
