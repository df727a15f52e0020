import { useMemo, useState, type ReactNode } from 'react';
import type { LiquidationMap } from '../../../../src/client/index.ts';
import { useRoute } from '../../app/router.ts';
import { useAsset } from '../../live/asset.ts';
import { useChannel } from '../../live/channel.ts';
import { useQuery } from '../../live/query.ts';
import { clock, duration, signed } from '../../ui/format.ts';
import { MarketTabs, useMarket } from '../../ui/market-tabs.tsx';
import { N } from '../../ui/n.tsx';
import { Empty, Panel } from '../../ui/panel.tsx';
import { Trouble } from '../../ui/trouble.tsx';
import { MapChart } from './chart.tsx';
import { Fallen } from './fallen.tsx';
import { reached, scaleOf } from './scale.ts';

const EVERY_MS = 1000;

/** Who falls at which price. Dragging the mark asks the engine who would, and changes nothing. */
export function Page(): ReactNode {
  const market = useMarket(useRoute().path[1]);
  return (
    <div className="stack">
      <div className="tools">
        <MarketTabs page="map" market={market} />
        <span className="spring" />
        <span className="faint legend">
          <i className="long" /> longs fall <i className="short" /> shorts fall <i className="total" /> all
          from the mark to there
        </span>
      </div>
      {market === null ? (
        <Empty title="No market is listed yet" />
      ) : (
        <MarketMap key={market} market={market} />
      )}
    </div>
  );
}

function MarketMap({ market }: { readonly market: string }): ReactNode {
  const { answer, fresh, problem } = useQuery('liquidationMap', { params: { market } }, EVERY_MS);
  const live = useChannel('market', market).data;
  const asset = useAsset();
  const [percent, setPercent] = useState(0);
  const map = answer?.data;
  if (problem !== null && map === undefined) return <Trouble of={problem} />;
  return (
    <>
      <Panel
        title={`${market}, notional liquidated at each price`}
        fresh={fresh}
        tools={
          <span className="faint wide-only">
            left: at each price, right: from the mark to there, {asset}; now{' '}
            <N v={live?.summary.price.markPrice} />
          </span>
        }
      >
        {map === undefined ? (
          <div className="map skeleton" />
        ) : (
          <MapChart map={map} percent={percent} onPercent={setPercent} />
        )}
        {map === undefined ? null : <Slider map={map} percent={percent} onPercent={setPercent} />}
      </Panel>
      <Reach map={map} percent={percent} asset={asset} fresh={fresh} />
      <Fallen market={market} percent={percent} asset={asset} />
      {map === undefined ? null : (
        <p className="faint">
          Counted at command {map.countedAt.sequence.toLocaleString('en')}, {clock(map.countedAt.time)} UTC,{' '}
          {duration(map.countedAt.ageMs * 1000)} ago; assumes: {map.assumption}.
        </p>
      )}
    </>
  );
}

function Slider({
  map,
  percent,
  onPercent,
}: {
  readonly map: LiquidationMap;
  readonly percent: number;
  readonly onPercent: (percent: number) => void;
}): ReactNode {
  const { lowPercent, highPercent } = useMemo(() => scaleOf(map), [map]);
  return (
    <label className="slider">
      <span>Move the mark</span>
      <input
        type="range"
        min={lowPercent}
        max={highPercent}
        step={0.1}
        value={percent}
        onChange={({ target }) => onPercent(Number(target.value))}
        aria-valuetext={`${percent.toFixed(1)} percent`}
      />
      <output>{signed(`${percent < 0 ? '\u2212' : ''}${Math.abs(percent).toFixed(1)}\u202f%`)}</output>
      <button type="button" className="button quiet" disabled={percent === 0} onClick={() => onPercent(0)}>
        Back to the mark
      </button>
    </label>
  );
}

interface ReachProps {
  readonly map: LiquidationMap | undefined;
  readonly percent: number;
  readonly asset: string;
  readonly fresh: ReturnType<typeof useQuery>['fresh'];
}

/** What the map says of a move: the sum of its steps up to there. */
function Reach({ map, percent, asset, fresh }: ReachProps): ReactNode {
  const step = map === undefined ? undefined : reached(map, percent);
  const none = step === null;
  const price = map === undefined ? undefined : (step?.to ?? map.markPrice);
  return (
    <div className="grid even" aria-live="off">
      <Reached label="Accounts that fall" id="reachAccounts" fresh={fresh}>
        <N v={none ? 0 : step?.totalAccounts} as="count" />
      </Reached>
      <Reached label="Notional liquidated" id="reachNotional" fresh={fresh}>
        <N v={none ? '0' : step?.totalNotional} as="compact" unit={asset} />
      </Reached>
      <Reached label="Price reached" id="reachPrice" fresh={fresh}>
        <N v={price} />
      </Reached>
      <Reached label="Of it at that price" id="reachStep" fresh={fresh}>
        <N
          v={
            none ? '0' : step === undefined ? undefined : percent < 0 ? step.longNotional : step.shortNotional
          }
          as="compact"
          unit={asset}
        />
      </Reached>
    </div>
  );
}

function Reached({
  label,
  id,
  fresh,
  children,
}: {
  readonly label: string;
  readonly id: string;
  readonly fresh: ReachProps['fresh'];
  readonly children: ReactNode;
}): ReactNode {
  return (
    <section className="panel stat small c3" data-stat={id} data-freshness={fresh.state} aria-label={label}>
      <div className="label">{label}</div>
      <div className="value">{children}</div>
    </section>
  );
}
