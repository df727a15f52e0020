import type { ReactNode } from 'react';
import { useQuery } from '../../live/query.ts';
import type { Market } from '../../../../src/client/index.ts';
import { clock } from '../../ui/format.ts';
import { N } from '../../ui/n.tsx';
import { Panel } from '../../ui/panel.tsx';
import { Table } from '../../ui/table.tsx';

const EVERY_MS = 5000;

/** What a market allows and demands, and where its price came from. */
export function Rules({ market, asset }: { readonly market: string; readonly asset: string }): ReactNode {
  const { answer, fresh } = useQuery('market', { params: { market } }, EVERY_MS);
  const data = answer?.data;
  const limits = data?.limits;
  return (
    <div className="grid">
      <div className="c4">
        <Panel title="Margin tiers" fresh={fresh} flush>
          <Table<Market['tiers'][number]>
            label="Margin tiers"
            rows={data?.tiers}
            keyOf={({ floor }) => floor}
            empty="No tiers"
            columns={[
              {
                id: 'floor',
                title: `From${asset === '' ? '' : `, ${asset}`}`,
                num: true,
                cell: ({ floor }) => <N v={floor} />,
              },
              {
                id: 'maintenance',
                title: 'Maintenance',
                num: true,
                cell: ({ maintenanceRate }) => maintenanceRate,
              },
              { id: 'initial', title: 'Initial', num: true, cell: ({ initialRate }) => initialRate },
              {
                id: 'leverage',
                title: 'Leverage',
                num: true,
                cell: ({ maximumLeverage }) => <N v={maximumLeverage} digits={0} unit="×" />,
              },
            ]}
          />
        </Panel>
      </div>
      <div className="c4">
        <Panel title="Orders and fees" fresh={fresh}>
          <dl className="facts">
            <Fact
              name="Tick, lot"
              value={
                <>
                  <N v={data?.tick} />, <N v={data?.lot} />
                </>
              }
            />
            <Fact
              name="Order size"
              value={
                limits === null ? (
                  'not traded'
                ) : (
                  <>
                    <N v={limits?.sizeMin} /> to <N v={limits?.sizeMax} />
                  </>
                )
              }
            />
            <Fact name="Position at most" value={<N v={limits === null ? null : limits?.positionMax} />} />
            <Fact
              name="Orders may be priced"
              value={
                limits === null ? (
                  'not traded'
                ) : (
                  <>
                    <N v={limits?.collarLow} none="no floor" /> to{' '}
                    <N v={limits?.collarHigh} none="no ceiling" />
                  </>
                )
              }
            />
            <Fact
              name="Maker, taker, close fee"
              value={
                data === undefined ? (
                  <N v={undefined} />
                ) : (
                  [data.makerFee, data.takerFee, data.closeFee].map((fee) => fee ?? '–').join(', ')
                )
              }
            />
            <Fact
              name="Liquidation"
              value={
                data === undefined ? (
                  <N v={undefined} />
                ) : data.liquidation === null ? (
                  'not here'
                ) : (
                  `${data.liquidation.policy.replaceAll('_', ' ')}, fee ${data.liquidation.fee}`
                )
              }
            />
          </dl>
        </Panel>
      </div>
      <div className="c4">
        <Panel title="Source and quality of the price" fresh={fresh}>
          <dl className="facts">
            <Fact
              name="Quality"
              value={
                data === undefined ? <N v={undefined} /> : data.summary.quality.quality.replaceAll('_', ' ')
              }
            />
            <Fact
              name="Good for"
              value={
                data === undefined ? (
                  <N v={undefined} />
                ) : (
                  data.summary.quality.allows.join(', ').replaceAll('_', ' ') || 'nothing'
                )
              }
              wrap
            />
            <Fact
              name="Since"
              value={
                data === undefined ? (
                  <N v={undefined} />
                ) : data.summary.quality.since === null ? (
                  'the start'
                ) : (
                  clock(data.summary.quality.since)
                )
              }
            />
            <Fact
              name="Source said"
              value={data === undefined ? <N v={undefined} /> : (data.summary.quality.text ?? 'nothing')}
              wrap
            />
            <Fact name="Mark of command" value={<N v={data?.summary.price.sequence} />} />
            <Fact
              name="Mark at, UTC"
              value={
                data === undefined ? (
                  <N v={undefined} />
                ) : data.summary.price.time === null ? (
                  '–'
                ) : (
                  clock(data.summary.price.time)
                )
              }
            />
          </dl>
          <p>
            <a className="dim" href={`#/explain/price/${encodeURIComponent(market)}`}>
              Explain this price
            </a>
          </p>
        </Panel>
      </div>
    </div>
  );
}

function Fact({
  name,
  value,
  wrap = false,
}: {
  readonly name: string;
  readonly value: ReactNode;
  readonly wrap?: boolean;
}): ReactNode {
  return (
    <>
      <dt>{name}</dt>
      <dd className={wrap ? 'wrap' : ''}>{value}</dd>
    </>
  );
}
