import type { ReactNode } from 'react';
import type { Bucket, Position } from '../../../../src/client/index.ts';
import { routeHash } from '../../app/router.ts';
import type { Freshness } from '../../live/freshness.ts';
import { BoxedFact } from '../../ui/fact.tsx';
import { Level, Side } from '../../ui/level.tsx';
import { N } from '../../ui/n.tsx';
import { Panel } from '../../ui/panel.tsx';
import { Table } from '../../ui/table.tsx';

interface Props {
  readonly buckets: readonly Bucket[] | undefined;
  readonly asset: string;
  readonly fresh: Freshness;
}

/** One panel for each margin bucket: solvency is a bucket's, not an account's. */
export function Buckets({ buckets, asset, fresh }: Props): ReactNode {
  const shown = buckets ?? [undefined];
  return shown.map((bucket, at) => (
    <BucketPanel key={bucket?.name ?? at} bucket={bucket} asset={asset} fresh={fresh} />
  ));
}

function BucketPanel({
  bucket,
  asset,
  fresh,
}: {
  readonly bucket: Bucket | undefined;
  readonly asset: string;
  readonly fresh: Freshness;
}): ReactNode {
  return (
    <Panel
      title={bucket === undefined ? 'Positions' : `Bucket ${bucket.name}`}
      fresh={fresh}
      flush
      tools={bucket === undefined ? null : <Level of={bucket.level} />}
    >
      {bucket === undefined ? null : (
        <dl className="strip">
          <BoxedFact name="equity" value={<N v={bucket.equity} digits={2} />} />
          <BoxedFact name="maintenance" value={<N v={bucket.maintenanceMargin} digits={2} />} />
          <BoxedFact name="excess" value={<N v={bucket.excess} digits={2} change />} />
          <BoxedFact name="health" value={<N v={bucket.health} digits={3} none="nothing is required" />} />
          <BoxedFact name="funding accrued" value={<N v={bucket.accruedFunding} digits={2} change />} />
          <BoxedFact
            name="Binance ratio"
            value={<N v={bucket.ratios.binanceMarginRatioPercent} as="percent" none="no equity" />}
          />
          <BoxedFact
            name="equity to notional"
            value={<N v={bucket.ratios.equityToNotionalPercent} as="percent" none="no notional" />}
          />
        </dl>
      )}
      <Table<Position>
        label={`Positions of ${bucket?.name ?? 'the account'}`}
        rows={bucket?.positions}
        keyOf={({ positionId }) => positionId}
        empty="No position in this bucket"
        expect={2}
        columns={[
          {
            id: 'market',
            title: 'Market',
            cell: ({ market, leg }) => (
              <>
                <a href={routeHash(['market', market])}>{market}</a>
                {leg === 'net' ? '' : ` ${leg}`}
              </>
            ),
          },
          { id: 'side', title: 'Side', cell: ({ side }) => <Side of={side} /> },
          { id: 'size', title: 'Size', num: true, cell: ({ size }) => <N v={size} /> },
          {
            id: 'entry',
            title: 'Entry',
            num: true,
            cell: ({ entryPrice, markPrice }) => <N v={entryPrice} digits={places(markPrice)} />,
          },
          { id: 'mark', title: 'Mark', num: true, cell: ({ markPrice }) => <N v={markPrice} /> },
          {
            id: 'notional',
            title: `Notional${asset === '' ? '' : `, ${asset}`}`,
            num: true,
            cell: ({ notional }) => <N v={notional} digits={2} />,
          },
          {
            id: 'pnl',
            title: 'Unrealised',
            num: true,
            cell: ({ unrealizedPnl }) => <N v={unrealizedPnl} digits={2} change />,
          },
          {
            id: 'liquidation',
            title: 'Liquidation price',
            num: true,
            cell: ({ liquidationPrice: { price, reason, assumption } }) => (
              <span title={`assumes: ${assumption}`}>
                <N v={price} none={reason?.replaceAll('_', ' ')} />
              </span>
            ),
          },
          {
            id: 'away',
            title: 'Away',
            num: true,
            cell: ({ liquidationDistancePercent }) => (
              <N v={liquidationDistancePercent} as="percent" none="no price does it" />
            ),
          },
          {
            id: 'bankruptcy',
            title: 'Bankruptcy price',
            num: true,
            cell: ({ bankruptcyPrice: { price, reason } }) => (
              <N v={price} none={reason?.replaceAll('_', ' ')} />
            ),
          },
          {
            id: 'adl',
            title: 'ADL line',
            num: true,
            cell: ({ adl }) =>
              adl === null ? (
                <N v={null} none="it does not gain" />
              ) : (
                <Lights lights={adl.lights} rank={adl.rank} of={adl.of} />
              ),
          },
        ]}
      />
    </Panel>
  );
}

/** As many decimals as the market's marks have. */
const places = (mark: string): number => mark.split('.')[1]?.length ?? 0;

/** Five lights as venues show them: all lit is first in line to be deleveraged. */
function Lights({
  lights,
  rank,
  of,
}: {
  readonly lights: number;
  readonly rank: number;
  readonly of: number;
}): ReactNode {
  const text = `${rank} of ${of} in the line to be deleveraged`;
  return (
    <span className="lights" role="img" aria-label={text} title={text}>
      {[1, 2, 3, 4, 5].map((light) => (
        <i key={light} className={light <= lights ? 'lit' : ''} />
      ))}
    </span>
  );
}
