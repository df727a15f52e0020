import type { ReactNode } from 'react';
import type { AnswerOf } from '../../../src/client/index.ts';
import { routeHash } from '../app/router.ts';
import { Side } from './level.tsx';
import { N } from './n.tsx';
import { Empty } from './panel.tsx';
import { Table } from './table.tsx';
import { triggerText } from './trigger.ts';

type Order = AnswerOf<'order'>['data'];

export function OrderTable({ orders }: { readonly orders: readonly Order[] | undefined }): ReactNode {
  return (
    <Table<Order>
      label="Orders"
      rows={orders}
      expect={2}
      keyOf={({ id }) => String(id)}
      empty={<Empty title="No order works or waits" />}
      columns={[
        {
          id: 'id',
          title: 'Order',
          cell: ({ id }) => <a href={routeHash(['explain', 'order', String(id)])}>{id}</a>,
        },
        {
          id: 'market',
          title: 'Market',
          cell: ({ market }) => <a href={routeHash(['market', market])}>{market}</a>,
        },
        { id: 'side', title: 'Side', cell: ({ side }) => <Side of={side} /> },
        {
          id: 'type',
          title: 'Type',
          cell: ({ type, timeInForce }) =>
            `${type.replaceAll('_', ' ')}, ${timeInForce.replaceAll('_', ' ')}`,
        },
        { id: 'price', title: 'Price', num: true, cell: ({ price }) => <N v={price} none="at any price" /> },
        { id: 'size', title: 'Size', num: true, cell: ({ size }) => <N v={size} /> },
        { id: 'filled', title: 'Filled', num: true, cell: ({ filled }) => <N v={filled} /> },
        {
          id: 'status',
          title: 'Status',
          cell: ({ status, why, trigger, reduceOnly, postOnly, isLiquidation }) => (
            <>
              {status}
              {why === null ? '' : `, ${why.replaceAll('_', ' ')}`}
              {status === 'waiting' && trigger !== null ? `: ${triggerText(trigger)}` : ''}{' '}
              {reduceOnly ? <span className="chip">reduces</span> : null}{' '}
              {postOnly ? <span className="chip">post only</span> : null}{' '}
              {isLiquidation ? <span className="chip bad">liquidation</span> : null}
            </>
          ),
        },
      ]}
    />
  );
}
