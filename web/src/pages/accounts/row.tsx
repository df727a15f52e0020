import { memo, type ReactNode } from 'react';
import type { AccountSummary } from '../../../../src/client/index.ts';
import { routeHash } from '../../app/router.ts';
import { Draught } from '../../ui/draught.tsx';
import { Level, Side } from '../../ui/level.tsx';
import { N } from '../../ui/n.tsx';

interface Column {
  readonly id: string;
  readonly title: (asset: string) => string;
  readonly num?: true;
  readonly cell: (row: AccountSummary) => ReactNode;
}

export const COLUMNS: readonly Column[] = [
  {
    id: 'account',
    title: () => 'Account',
    cell: ({ account }) => (
      <a href={routeHash(['accounts', account])} tabIndex={-1}>
        {account}
      </a>
    ),
  },
  { id: 'level', title: () => 'Level', cell: ({ level }) => <Level of={level} /> },
  {
    id: 'distance',
    title: () => 'Distance',
    num: true,
    cell: ({ jointDistancePercent }) => (
      <N v={jointDistancePercent} as="percent" none="no joint move of the marks does it" />
    ),
  },
  {
    id: 'draught',
    title: () => 'Load line',
    cell: ({ health, level }) => <Draught health={health} level={level} />,
  },
  {
    id: 'health',
    title: () => 'Health',
    num: true,
    cell: ({ health }) => <N v={health} digits={3} none="nothing is required" />,
  },
  {
    id: 'equity',
    title: (asset) => `Equity${asset === '' ? '' : `, ${asset}`}`,
    num: true,
    cell: ({ equity }) => <N v={equity} digits={2} />,
  },
  {
    id: 'notional',
    title: () => 'Notional',
    num: true,
    cell: ({ notional }) => <N v={notional} digits={2} />,
  },
  {
    id: 'pnl',
    title: () => 'Unrealised',
    num: true,
    cell: ({ unrealizedPnl }) => <N v={unrealizedPnl} digits={2} change />,
  },
  {
    id: 'leverage',
    title: () => 'Leverage',
    num: true,
    cell: ({ leverage }) => <N v={leverage} digits={1} unit="×" none="no equity" />,
  },
  {
    id: 'largest',
    title: () => 'Mostly',
    cell: ({ largest }) =>
      largest === null ? (
        <span className="faint">flat</span>
      ) : (
        <>
          <Side of={largest.side} /> {largest.market}
        </>
      ),
  },
];

interface Props {
  /** Undefined: asked for. */
  readonly row: AccountSummary | undefined;
  readonly index: number;
  readonly top: number;
  readonly isActive: boolean;
}

/** Rendered anew only where it says something else: while one scrolls that is hardly ever. */
export const AccountRow = memo(function AccountRow({ row, index, top, isActive }: Props): ReactNode {
  return (
    <div
      className={`long-row${isActive ? ' active' : ''}`}
      id={`account-${index}`}
      role="row"
      aria-rowindex={index + 2}
      aria-selected={isActive}
      data-row={row?.account}
      data-index={index}
      style={{ transform: `translateY(${top}px)` }}
    >
      {row === undefined ? (
        <span role="gridcell">
          <span className="skeleton" role="img" aria-label="loading" />
        </span>
      ) : (
        COLUMNS.map(({ id, num, cell }) => (
          <span key={id} role="gridcell" data-col={id} className={`${num === true ? 'num' : ''} col-${id}`}>
            {cell(row)}
          </span>
        ))
      )}
    </div>
  );
});
