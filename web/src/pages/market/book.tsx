import type { ReactNode } from 'react';
import type { Book } from '../../../../src/client/index.ts';
import { useChannel } from '../../live/channel.ts';
import { N } from '../../ui/n.tsx';
import { Empty, Panel } from '../../ui/panel.tsx';

const SHOWN = 10;
type Row = Book['bids'][number];

/** Who waits to trade: the best levels of both sides, with what lies up to each behind it. */
export function BookPanel({ market }: { readonly market: string }): ReactNode {
  const { data, fresh } = useChannel('book', market);
  const asks = data?.asks.slice(0, SHOWN) ?? [];
  const bids = data?.bids.slice(0, SHOWN) ?? [];
  // The numbers stand under each other, and the mark stays where it is when one side has few levels.
  const digits = Math.max(0, ...[...asks, ...bids].map(({ total }) => total.split('.')[1]?.length ?? 0));
  const deepest = Math.max(...[asks, bids].map((side) => Number(side.at(-1)?.total ?? 0)));
  return (
    <Panel title="Book" fresh={fresh} flush>
      {data !== undefined && asks.length + bids.length === 0 ? (
        <Empty title="The book is empty">Nobody waits to trade here.</Empty>
      ) : null}
      <table
        className="table book"
        aria-label={`Order book of ${market}`}
        hidden={data !== undefined && asks.length + bids.length === 0}
      >
        <thead>
          <tr>
            <th scope="col" className="num">
              Price
            </th>
            <th scope="col" className="num">
              Size
            </th>
            <th scope="col" className="num">
              Up to it
            </th>
          </tr>
        </thead>
        <tbody>
          <Gap rows={SHOWN - asks.length} what="nobody else offers" isLoading={data === undefined} />
          {asks.toReversed().map((row) => (
            <Line key={`ask ${row.price}`} row={row} side="short" deepest={deepest} digits={digits} />
          ))}
          <tr className="mid">
            <th scope="row" className="num">
              <N v={data?.markPrice} none="no mark" />
            </th>
            <td colSpan={2} className="faint">
              mark
            </td>
          </tr>
          {bids.map((row) => (
            <Line key={`bid ${row.price}`} row={row} side="long" deepest={deepest} digits={digits} />
          ))}
          <Gap rows={SHOWN - bids.length} what="nobody else bids" isLoading={data === undefined} />
        </tbody>
      </table>
    </Panel>
  );
}

/** Levels that are not there, as high as if they were. */
function Gap({
  rows,
  what,
  isLoading,
}: {
  readonly rows: number;
  readonly what: string;
  readonly isLoading: boolean;
}): ReactNode {
  if (rows <= 0) return null;
  return (
    <tr className="gap" style={{ height: rows * 23 }}>
      <td colSpan={3} className="faint">
        {isLoading ? '' : what}
      </td>
    </tr>
  );
}

function Line({
  row,
  side,
  deepest,
  digits,
}: {
  readonly row: Row;
  readonly side: 'long' | 'short';
  readonly deepest: number;
  readonly digits: number;
}): ReactNode {
  const share = deepest === 0 ? 0 : (100 * Number(row.total)) / deepest;
  return (
    <tr className={`depth ${side}`} style={{ backgroundSize: `${share}% 100%` }}>
      <td className={`num side-${side}`}>
        <N v={row.price} />
      </td>
      <td className="num">
        <N v={row.size} digits={digits} />
      </td>
      <td className="num dim">
        <N v={row.total} digits={digits} />
      </td>
    </tr>
  );
}
