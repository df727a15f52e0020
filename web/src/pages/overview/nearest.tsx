import type { ReactNode } from 'react';
import { routeHash } from '../../app/router.ts';
import { useChannel } from '../../live/channel.ts';
import { Draught } from '../../ui/draught.tsx';
import { N } from '../../ui/n.tsx';
import { Empty, Panel } from '../../ui/panel.tsx';
import { Side } from '../../ui/level.tsx';

const SHOWN = 15;

/** Who would fall first if all marks moved together, and by how much they would have to. */
export function Nearest(): ReactNode {
  const { data, fresh } = useChannel('nearest');
  const rows = data?.slice(0, SHOWN) ?? Array.from({ length: SHOWN }, () => null);
  return (
    <Panel
      title="Nearest to liquidation"
      fresh={fresh}
      flush
      tools={
        <a className="dim" href={routeHash(['accounts'], { sort: 'distance' })}>
          all
        </a>
      }
    >
      {rows.length === 0 ? (
        <Empty title="Nobody has a position">The list fills as accounts open positions.</Empty>
      ) : null}
      <ol className="near">
        {rows.map((row, place) => (
          <li key={row === null ? place : `${row.account}/${row.bucket}`} data-row={row?.account}>
            <a href={row === null ? undefined : routeHash(['accounts', row.account])}>
              {row === null ? <span className="skeleton" /> : row.account}
            </a>
            <span className="faint">
              {row?.largest === null || row === null ? '' : <Side of={row.largest.side} />}{' '}
              {row?.largest?.market.split('-')[0]}
            </span>
            <Draught health={row?.health ?? null} level={row?.level ?? 'safe'} />
            <span className="num">
              <N v={row?.distancePercent} as="percent" digits={2} />
            </span>
          </li>
        ))}
      </ol>
    </Panel>
  );
}
