import { memo, type ReactNode } from 'react';
import type { StressResult } from '../../../src/client/index.ts';
import { routeHash } from '../app/router.ts';
import { Level, Side } from './level.tsx';
import { N } from './n.tsx';
import { Empty } from './panel.tsx';
import { Table } from './table.tsx';

type Hit = StressResult['hits'][number];

/** Rendered anew only when there are others: what asks for them moves with every step of a slider. */
export const HitTable = memo(function HitTable({
  hits,
  asset,
}: {
  readonly hits: readonly Hit[] | undefined;
  readonly asset: string;
}): ReactNode {
  const unit = asset === '' ? '' : `, ${asset}`;
  return (
    <Table<Hit>
      label="Accounts that are hit, worst first"
      rows={hits}
      expect={8}
      keyOf={({ account, bucket }) => `${account}/${bucket}`}
      empty={<Empty title="Nobody falls">No account becomes liquidatable by this move.</Empty>}
      columns={[
        {
          id: 'account',
          title: 'Account',
          cell: ({ account }) => <a href={routeHash(['accounts', account])}>{account}</a>,
        },
        {
          id: 'largest',
          title: 'Mostly',
          cell: ({ largest }) =>
            largest === null ? (
              '–'
            ) : (
              <>
                <Side of={largest.side} /> {largest.market}
              </>
            ),
        },
        { id: 'from', title: 'From', cell: ({ from }) => <Level of={from} /> },
        { id: 'to', title: 'To', cell: ({ to }) => <Level of={to} /> },
        {
          id: 'before',
          title: `Equity before${unit}`,
          num: true,
          cell: ({ equityBefore }) => <N v={equityBefore} digits={2} />,
        },
        {
          id: 'after',
          title: 'After',
          num: true,
          cell: ({ equityAfter }) => <N v={equityAfter} digits={2} />,
        },
        {
          id: 'notional',
          title: 'Notional',
          num: true,
          cell: ({ notional }) => <N v={notional} as="compact" />,
        },
        { id: 'deficit', title: 'Deficit', num: true, cell: ({ deficit }) => <N v={deficit} digits={2} /> },
      ]}
    />
  );
});
