import { memo, type ReactNode } from 'react';
import { Empty } from './panel.tsx';

export interface Column<T> {
  readonly id: string;
  readonly title: ReactNode;
  readonly cell: (row: T) => ReactNode;
  readonly num?: boolean;
  readonly width?: string;
}

interface Props<T> {
  readonly label: string;
  readonly columns: readonly Column<T>[];
  /** Undefined: not here yet. */
  readonly rows: readonly T[] | undefined;
  readonly keyOf: (row: T) => string;
  readonly empty: ReactNode;
  /** How many rows the skeleton has. */
  readonly expect?: number;
  /** A row of the same name always says the same, and `columns` are always the same too: what is there is not rendered again. */
  readonly isFixed?: boolean;
}

interface RowProps {
  readonly id: string;
  readonly row: unknown;
  readonly columns: readonly Column<unknown>[];
}

function Row({ id, row, columns }: RowProps): ReactNode {
  return (
    <tr data-row={id}>
      {columns.map(({ id, cell, num }) => (
        <td key={id} data-col={id} className={num ? 'num' : ''}>
          {cell(row)}
        </td>
      ))}
    </tr>
  );
}
const FixedRow = memo(Row, (before, now) => before.id === now.id && before.columns === now.columns);

/** A short table: everything that fits on a screen or two. A million rows are `LongTable`'s. */
export function Table<T>({
  label,
  columns,
  rows,
  keyOf,
  empty,
  expect = 4,
  isFixed = false,
}: Props<T>): ReactNode {
  if (rows !== undefined && rows.length === 0)
    return typeof empty === 'string' ? <Empty title={empty} /> : empty;
  return (
    <div className="scroller" tabIndex={0} role="group" aria-label={label}>
      <table className="table" aria-label={label}>
        <thead>
          <tr>
            {columns.map(({ id, title, num, width }) => (
              <th key={id} scope="col" className={num ? 'num' : ''} style={{ width }}>
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody aria-busy={rows === undefined}>
          {rows === undefined
            ? Array.from({ length: expect }, (_, at) => (
                <tr key={at}>
                  {columns.map(({ id, num }) => (
                    <td key={id} className={num ? 'num' : ''}>
                      <span className="skeleton" role="img" aria-label="loading" />
                    </td>
                  ))}
                </tr>
              ))
            : rows.map((row) => {
                const props = { id: keyOf(row), row, columns: columns as readonly Column<unknown>[] };
                return isFixed ? <FixedRow key={props.id} {...props} /> : <Row key={props.id} {...props} />;
              })}
        </tbody>
      </table>
    </div>
  );
}
