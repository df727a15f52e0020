import type { ReactNode } from 'react';
import type { MarketSummary } from '../../../../src/client/index.ts';
import { N } from '../../ui/n.tsx';
import { Panel } from '../../ui/panel.tsx';
import { ALL, shockOf, withShock, type Shocks } from './shocks.ts';

interface Props {
  readonly markets: readonly MarketSummary[] | undefined;
  readonly shocks: Shocks;
  readonly change: (shocks: Shocks) => void;
}

const READY: readonly (readonly [string, number])[] = [
  ['−5 %', -5],
  ['−15 %', -15],
  ['−30 %', -30],
  ['+10 %', 10],
  ['+30 %', 30],
];

export function ShockSliders({ markets, shocks, change }: Props): ReactNode {
  const set = (market: string, percent: number): void => change(withShock(shocks, market, percent));
  return (
    <Panel title="Shocks to the marks">
      <div className="ready" role="group" aria-label="All markets at once">
        {READY.map(([text, percent]) => (
          <button
            key={text}
            type="button"
            className="button"
            aria-pressed={shocks.size === 1 && shocks.get(ALL) === percent}
            onClick={() => change(new Map([[ALL, percent]]))}
          >
            {text}
          </button>
        ))}
        <button
          type="button"
          className="button quiet"
          disabled={shocks.size === 0}
          onClick={() => change(new Map())}
        >
          None
        </button>
      </div>
      <Shock
        name="All markets"
        percent={shocks.get(ALL) ?? 0}
        set={(percent) => set(ALL, percent)}
        mark={null}
        isOwn
      />
      {markets?.map(({ market, price }) => (
        <Shock
          key={market}
          name={market}
          percent={shockOf(shocks, market)}
          set={(percent) => set(market, percent)}
          mark={price.markPrice}
          isOwn={shocks.has(market)}
        />
      )) ?? <span className="skeleton" />}
    </Panel>
  );
}

interface ShockProps {
  readonly name: string;
  readonly percent: number;
  readonly set: (percent: number) => void;
  /** Null where there is none, or it is not one market's. */
  readonly mark: string | null;
  /** Whether it has a shock of its own, or moves as all others do. */
  readonly isOwn: boolean;
}

function Shock({ name, percent, set, mark, isOwn }: ShockProps): ReactNode {
  return (
    <label className="shock">
      <span>{name}</span>
      <span className="faint num">{mark === null ? null : <N v={mark} />}</span>
      <output
        className={!isOwn ? 'faint' : percent < 0 ? 'loss' : percent > 0 ? 'gain' : ''}
        title={isOwn || mark === null ? undefined : 'moves as all markets do'}
      >
        {percent > 0 ? '+' : percent < 0 ? '\u2212' : ''}
        {Math.abs(percent).toFixed(1)}
        {'\u202f'}%
      </output>
      <input
        type="range"
        min={-60}
        max={60}
        step={0.5}
        value={percent}
        onChange={({ target }) => set(Number(target.value))}
        aria-valuetext={`${percent} percent`}
      />
    </label>
  );
}
