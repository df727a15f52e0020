import type { ReactNode } from 'react';
import type { Overview } from '../../../../src/client/index.ts';
import { useChannel } from '../../live/channel.ts';
import { useAsset } from '../../live/asset.ts';
import { age } from '../../ui/format.ts';
import { N } from '../../ui/n.tsx';
import { Stat } from '../../ui/stat.tsx';
import { Crowd } from './crowd.tsx';
import { EngineStats } from './engine.tsx';
import { Levels } from './levels.tsx';
import { Markets } from './markets.tsx';
import { Nearest } from './nearest.tsx';
import { Recent } from './recent.tsx';

/** What there is to know before anything else: what is at risk, who, where, and whether the engine keeps up. */
export function Page(): ReactNode {
  const { data, fresh } = useChannel('overview');
  const asset = useAsset();
  return (
    <div className="stack">
      <Crowd />
      <div className="grid even">
        <div className="c3">
          <Stat
            id="equityAtRisk"
            label="Equity at risk"
            question="How much do accounts own that are at danger or worse?"
            value={
              <N
                v={data?.equityAtRisk}
                as="compact"
                unit={asset}
                none="not all accounts were looked at yet"
              />
            }
            note={
              data === undefined ? null : <AtRisk counts={data.accountsByLevel} rankedAt={data.rankedAt} />
            }
            history={(data?.history.equityAtRisk ?? []).filter((value) => value !== null)}
            as="compact"
            tone="danger"
            fresh={fresh}
          />
        </div>
        <div className="c3">
          <Stat
            id="openInterest"
            label="Open interest"
            question="What are all long positions worth at the mark?"
            value={<N v={data?.openInterest} as="compact" unit={asset} />}
            note={<Count of={data?.accounts} what="accounts" />}
            history={data?.history.openInterest ?? []}
            as="compact"
            fresh={fresh}
          />
        </div>
        <div className="c3">
          <Stat
            id="insuranceFund"
            label="Insurance fund"
            question="What is there to absorb close-outs worse than bankruptcy?"
            value={<N v={data?.insuranceFund} as="compact" unit={asset} />}
            note={<Count of={data?.takeovers} what="takeovers," second={[data?.adls, 'deleveraged']} />}
            history={data?.history.insuranceFund ?? []}
            as="compact"
            fresh={fresh}
          />
        </div>
        <div className="c3">
          <Stat
            id="liquidations"
            label="Liquidations"
            question="How many liquidations began since the start?"
            value={<N v={data?.liquidations} as="count" />}
            note={<Count of={data?.liquidationsPerSecond} what="in the last second" />}
            history={data?.history.liquidationsPerSecond ?? []}
            tone="liquidatable"
            fresh={fresh}
          />
        </div>
      </div>
      <div className="grid">
        <div className="c8 stack">
          <Levels overview={data} asset={asset} fresh={fresh} />
          <Markets overview={data} asset={asset} />
        </div>
        <div className="c4 stack">
          <Nearest />
        </div>
      </div>
      <EngineStats overview={data} fresh={fresh} />
      <Recent asset={asset} />
    </div>
  );
}

/** A sum over all accounts takes the time of a look at them: past this it says how long ago that was. */
const OLD_MS = 3000;

function AtRisk({
  counts,
  rankedAt,
}: {
  readonly counts: Overview['accountsByLevel'];
  readonly rankedAt: Overview['rankedAt'];
}): ReactNode {
  const { danger, critical, liquidatable, backstop, bankrupt } = counts;
  const isOld = rankedAt !== null && rankedAt.ageMs > OLD_MS;
  return (
    <>
      {isOld ? <span className="chip held">summed {age(rankedAt.ageMs / 1000)} ago</span> : null}{' '}
      <Count of={danger + critical + liquidatable + backstop + bankrupt} what="accounts at danger or worse" />
    </>
  );
}

interface CountProps {
  readonly of: number | undefined;
  readonly what: string;
  readonly second?: readonly [number | undefined, string];
}

function Count({ of, what, second }: CountProps): ReactNode {
  return (
    <>
      <N v={of} as="count" /> {what}
      {second === undefined ? null : (
        <>
          {' '}
          <N v={second[0]} as="count" /> {second[1]}
        </>
      )}
    </>
  );
}
