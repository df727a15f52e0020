import type { ReactNode } from 'react';
import type { Liquidation } from '../../../src/client/index.ts';
import { routeHash } from '../app/router.ts';
import { clock } from './format.ts';
import { Level } from './level.tsx';
import { N } from './n.tsx';
import { Empty } from './panel.tsx';
import { Table } from './table.tsx';

/** How it stands with a liquidation, in words. */
export function outcomeText({ outcome, waitsFor }: Liquidation): string {
  if (outcome !== null) return outcome.replaceAll('_', ' ');
  return waitsFor === null ? 'goes on' : `waits: ${waitsFor.replaceAll('_', ' ')}`;
}

export function LiquidationTable({
  rows,
  asset,
}: {
  readonly rows: readonly Liquidation[] | undefined;
  readonly asset: string;
}): ReactNode {
  return (
    <Table<Liquidation>
      label="Liquidations, newest first"
      rows={rows}
      expect={6}
      keyOf={({ id }) => String(id)}
      empty={
        <Empty title="Nobody was liquidated yet">
          Each liquidation appears here as it begins, with how it ended.
        </Empty>
      }
      columns={[
        {
          id: 'time',
          title: 'Began, UTC',
          cell: ({ startedAt }) => <span className="dim">{clock(startedAt).replace(/\.\d+$/, '')}</span>,
        },
        {
          id: 'account',
          title: 'Account',
          cell: ({ account }) => <a href={routeHash(['accounts', account])}>{account}</a>,
        },
        { id: 'level', title: 'At', cell: ({ level }) => <Level of={level} /> },
        {
          id: 'outcome',
          title: 'Outcome',
          cell: (row) => (
            <a href={routeHash(['explain', 'liquidation', String(row.id)])}>{outcomeText(row)}</a>
          ),
        },
        {
          id: 'closed',
          title: `Closed${asset === '' ? '' : `, ${asset}`}`,
          num: true,
          cell: ({ closedNotional }) => <N v={closedNotional} as="compact" />,
        },
        {
          id: 'taken',
          title: 'Taken over',
          num: true,
          cell: ({ takenOverNotional }) => <N v={takenOverNotional} as="compact" />,
        },
        {
          id: 'adl',
          title: 'Deleveraged',
          num: true,
          cell: ({ deleveragedNotional }) => <N v={deleveragedNotional} as="compact" />,
        },
      ]}
    />
  );
}
