import type { ReactNode } from 'react';
import type { MarketSummary, Overview } from '../../../../src/client/index.ts';
import { routeHash } from '../../app/router.ts';
import { useChannel } from '../../live/channel.ts';
import { N } from '../../ui/n.tsx';
import { Panel } from '../../ui/panel.tsx';
import { Quality } from '../../ui/quality.tsx';
import { Table } from '../../ui/table.tsx';
import { Trend } from '../../ui/trend.tsx';

interface Props {
  readonly overview: Overview | undefined;
  readonly asset: string;
}

export function Markets({ overview, asset }: Props): ReactNode {
  const { data, fresh } = useChannel('markets');
  const intervals = new Map(overview?.fundingPercent.map((each) => [each.market, each.intervals]));
  return (
    <Panel title={`Markets${asset === '' ? '' : `, notional in ${asset}`}`} fresh={fresh} flush>
      <Table<MarketSummary>
        label="Markets"
        rows={data}
        keyOf={({ market }) => market}
        empty="No market is listed yet"
        columns={[
          {
            id: 'market',
            title: 'Market',
            cell: ({ market }) => <a href={routeHash(['market', market])}>{market}</a>,
          },
          {
            id: 'mark',
            title: 'Mark',
            num: true,
            cell: ({ price }) => <N v={price.markPrice} none="no mark yet" />,
          },
          {
            id: 'change',
            title: '24 h',
            num: true,
            cell: ({ price }) => <N v={price.change24hPercent} as="percent" change none="not known yet" />,
          },
          {
            id: 'oi',
            title: 'Open interest',
            num: true,
            cell: ({ openInterestNotional }) => <N v={openInterestNotional} as="compact" />,
          },
          {
            id: 'volume',
            title: 'Volume',
            num: true,
            cell: ({ volume24hNotional }) => <N v={volume24hNotional} as="compact" />,
          },
          {
            id: 'liquidated',
            title: 'Liquidated',
            num: true,
            cell: ({ liquidated24hNotional }) => <N v={liquidated24hNotional} as="compact" />,
          },
          {
            id: 'funding',
            title: 'Funding',
            num: true,
            cell: ({ price }) => (
              <N
                v={price.funding.lastPercent}
                as="percent"
                digits={4}
                change
                none="no interval has ended yet"
              />
            ),
          },
          {
            id: 'fundingTrend',
            title: <span className="visually-hidden">Funding, last intervals</span>,
            width: '9%',
            cell: ({ market }) => (
              <Trend
                of={intervals.get(market) ?? []}
                what={`Funding of ${market}`}
                as="percent"
                digits={4}
                over="last intervals"
              />
            ),
          },
          { id: 'quality', title: 'Price', cell: ({ quality }) => <Quality of={quality} /> },
        ]}
      />
    </Panel>
  );
}
