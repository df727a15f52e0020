import type { ReactNode } from 'react';
import { useQuery } from '../../live/query.ts';
import type { Market } from '../../../../src/client/index.ts';
import { Fact } from '../../ui/fact.tsx';
import { share } from '../../ui/format.ts';
import { N } from '../../ui/n.tsx';
import { Panel } from '../../ui/panel.tsx';
import { Table } from '../../ui/table.tsx';

const EVERY_MS = 5000;

/** What a market allows and demands. */
export function Rules({ market, asset }: { readonly market: string; readonly asset: string }): ReactNode {
  const { answer, fresh } = useQuery('market', { params: { market } }, EVERY_MS);
  const data = answer?.data;
  const limits = data?.limits;
  return (
    <div className="grid">
      <div className="c6">
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
                cell: ({ maintenanceRate }) => share(maintenanceRate),
              },
              { id: 'initial', title: 'Initial', num: true, cell: ({ initialRate }) => share(initialRate) },
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
      <div className="c6">
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
                  [data.makerFee, data.takerFee, data.closeFee]
                    .map((fee) => (fee === null ? '–' : share(fee)))
                    .join(', ')
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
                  `${data.liquidation.policy.replaceAll('_', ' ')}, fee ${share(data.liquidation.fee)}`
                )
              }
            />
          </dl>
        </Panel>
      </div>
    </div>
  );
}
