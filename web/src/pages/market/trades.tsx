import type { ReactNode } from 'react';
import type { Trade } from '../../../../src/client/index.ts';
import { routeHash } from '../../app/router.ts';
import { useChannel } from '../../live/channel.ts';
import { clock } from '../../ui/format.ts';
import { N } from '../../ui/n.tsx';
import { Panel } from '../../ui/panel.tsx';
import { Table, type Column } from '../../ui/table.tsx';

const SHOWN = 9;

const COLUMNS: readonly Column<Trade>[] = [
  {
    id: 'time',
    title: 'Time, UTC',
    cell: ({ id, time }) => (
      <a className="dim" href={routeHash(['explain', 'trade', String(id)])}>
        {clock(time)}
      </a>
    ),
  },
  {
    id: 'price',
    title: 'Price',
    num: true,
    cell: ({ price, side }) => (
      <span className={side === 'bid' ? 'side-long' : 'side-short'}>
        <N v={price} />
      </span>
    ),
  },
  { id: 'size', title: 'Size', num: true, cell: ({ size }) => <N v={size} /> },
  {
    id: 'kind',
    title: <span className="visually-hidden">Kind</span>,
    cell: ({ isLiquidation }) => (isLiquidation ? <span className="chip bad">liq</span> : null),
  },
];

export function Trades({ market }: { readonly market: string }): ReactNode {
  const { data, fresh } = useChannel('trades', market);
  return (
    <Panel title="Trades" fresh={fresh} flush>
      <Table<Trade>
        label={`Trades of ${market}, newest first`}
        rows={data?.slice(0, SHOWN)}
        keyOf={({ id }) => String(id)}
        empty="Nobody has traded here yet"
        expect={SHOWN}
        columns={COLUMNS}
        isFixed
      />
    </Panel>
  );
}
