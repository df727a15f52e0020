import { useState, type KeyboardEvent, type ReactNode } from 'react';
import { go, refine, routeHash, useRoute } from '../../app/router.ts';
import { useAsset } from '../../live/asset.ts';
import { useChannel } from '../../live/channel.ts';
import { useSettled } from '../../live/settled.ts';
import { age, count } from '../../ui/format.ts';
import { Arrow } from '../../ui/icons.tsx';
import { Level, LEVELS, type LevelName } from '../../ui/level.tsx';
import { Empty, Old } from '../../ui/panel.tsx';
import { Trouble } from '../../ui/trouble.tsx';
import type { AccountQuery } from './order.ts';
import { AccountRow, COLUMNS } from './row.tsx';
import { useRows } from './rows.ts';
import { useHeld, useScroller } from './scroller.ts';

const ROW_HEIGHT = 30;
/** Rows beyond the edges that are there already when they come in, and how many are asked for before that. */
const SPARE = 2;
const AHEAD = 8;
const BASE_EVERY = 1000;
/** An order of all accounts takes the time of a look at them, and is asked for again a second and a half later: past this it says how old it is. */
const OLD_SECONDS = 5;
/** Before anything is known. */
const FIRST_ASKED = 40;
const SORTS = {
  distance: 'nearest to liquidation',
  health: 'lowest health',
  equity: 'equity',
  notional: 'notional',
  row: 'first opened',
} as const;
type Sort = keyof typeof SORTS;
const LARGEST_FIRST: ReadonlySet<Sort> = new Set<Sort>(['equity', 'notional']);

/** Every account there is, however many. */
export function AccountList(): ReactNode {
  const { query } = useRoute();
  const level = LEVELS.find((name) => name === query.get('level'));
  const sort =
    (query.get('sort') ?? 'distance') in SORTS ? ((query.get('sort') ?? 'distance') as Sort) : 'distance';
  const order = query.get('order') ?? (LARGEST_FIRST.has(sort) ? 'desc' : 'asc');
  const search = query.get('q') ?? '';
  const settled = useSettled(search, 200);
  // What is searched for comes in the order in which it was opened.
  const isSorted = settled === '';
  const wanted: AccountQuery = {
    ...(isSorted ? { sort, order: order === 'desc' ? 'desc' : 'asc' } : { search: settled }),
    ...(level === undefined ? {} : { level }),
  };
  return (
    <div className="stack accounts">
      <div className="tools">
        <label className="field">
          <span className="visually-hidden">Accounts whose name begins with</span>
          <input
            type="search"
            placeholder="Name begins with…  ( / )"
            value={search}
            onChange={({ target }) => refine({ q: target.value })}
          />
        </label>
        <label className="field">
          <span className="faint">Sort</span>
          <select
            value={isSorted ? sort : 'row'}
            disabled={!isSorted}
            onChange={({ target }) => refine({ sort: target.value, order: '' })}
          >
            {Object.entries(SORTS).map(([value, text]) => (
              <option key={value} value={value}>
                {text}
              </option>
            ))}
          </select>
        </label>
        <button
          type="button"
          className="button icon"
          disabled={!isSorted}
          aria-label={order === 'asc' ? 'Smallest first; turn round' : 'Largest first; turn round'}
          title={order === 'asc' ? 'Smallest first' : 'Largest first'}
          onClick={() => refine({ order: order === 'asc' ? 'desc' : 'asc' })}
        >
          <Arrow to={order === 'asc' ? 'up' : 'down'} />
        </button>
        <LevelFilter level={level} />
      </div>
      <Rows key={JSON.stringify(wanted)} query={wanted} />
    </div>
  );
}

function LevelFilter({ level }: { readonly level: LevelName | undefined }): ReactNode {
  const counts = useChannel('overview').data?.accountsByLevel;
  return (
    <div className="tabs" role="group" aria-label="Level">
      <button type="button" aria-pressed={level === undefined} onClick={() => refine({ level: '' })}>
        all
      </button>
      {LEVELS.map((name) => (
        <button
          key={name}
          type="button"
          aria-pressed={level === name}
          onClick={() => refine({ level: level === name ? '' : name })}
        >
          <Level of={name} />
          <span className="faint">{counts === undefined ? '' : count(counts[name])}</span>
        </button>
      ))}
    </div>
  );
}

function Rows({ query }: { readonly query: AccountQuery }): ReactNode {
  const [scroller, seen] = useScroller(ROW_HEIGHT, ROW_HEIGHT);
  const { attach } = scroller;
  const isRanked = query.sort !== undefined && query.sort !== 'row';
  const [active, setActive] = useState(-1);
  const from = Math.max(0, seen.first - SPARE);
  const rows = useRows(query, Math.max(0, seen.first - AHEAD), Math.max(FIRST_ASKED, seen.last + AHEAD));
  const asset = useAsset();
  const length = rows.total ?? 0;
  const ranked = rows.rankedSeconds ?? 0;
  useHeld(scroller, length);
  const last = Math.min(length - 1, seen.last + SPARE);
  // A step moves what holds the rows, and leaves each where it is in that; a row that goes out lends its elements to one that comes in.
  const base = seen.first - (seen.first % BASE_EVERY);
  const pool = Math.ceil(seen.view / ROW_HEIGHT) + 2 * SPARE + 2;

  if (rows.problem !== null && rows.total === undefined) return <Trouble of={rows.problem} />;
  const pressed = (event: KeyboardEvent): void => {
    if (event.target !== event.currentTarget) return;
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 20, PageUp: -20, Home: -length, End: length }[
      event.key
    ];
    if (step !== undefined) {
      const next = Math.min(length - 1, Math.max(0, active + step));
      setActive(next);
      scroller.show(next);
    } else if (event.key === 'Enter' && active >= 0) {
      const account = rows.at(active)?.account;
      if (account !== undefined) go(['accounts', account]);
    } else return;
    event.preventDefault();
  };
  return (
    <section className="panel long" data-freshness={rows.fresh.state} aria-label="Accounts">
      <header>
        <h2>
          {rows.total === undefined ? (
            <span className="skeleton" />
          ) : (
            <span data-exact={rows.total}>{count(rows.total)}</span>
          )}{' '}
          accounts
        </h2>
        <Old fresh={rows.fresh} />
        {isRanked ? (
          <span
            className={ranked > OLD_SECONDS ? 'chip held' : 'faint ranked'}
            title="Everybody is ranked again every few seconds; each row says what is so now."
          >
            ranked {ranked > OLD_SECONDS ? age(ranked) : 'a moment'} ago
          </span>
        ) : null}
        <span className="faint">
          <kbd>
            <Arrow to="down" />
          </kbd>{' '}
          <kbd>
            <Arrow to="up" />
          </kbd>{' '}
          move, <kbd>Enter</kbd> opens
        </span>
      </header>
      {rows.total === 0 ? (
        <Empty title="No account is like this">
          {query.search === undefined
            ? 'None is at this level now.'
            : `No name begins with “${query.search}”.`}{' '}
          <a href={routeHash(['accounts'])}>Show all</a>
        </Empty>
      ) : (
        <div
          ref={attach}
          className="long-scroller"
          role="grid"
          aria-label="Accounts; arrow keys move, Enter opens"
          aria-rowcount={length + 1}
          aria-activedescendant={active >= 0 ? `account-${active}` : undefined}
          tabIndex={0}
          onKeyDown={pressed}
        >
          <div className="long-row head" role="row" aria-rowindex={1}>
            {COLUMNS.map(({ id, title, num }) => (
              <span key={id} role="columnheader" className={`${num === true ? 'num' : ''} col-${id}`}>
                {title(asset)}
              </span>
            ))}
          </div>
          <div className="long-body" style={{ height: seen.tall }}>
            <div className="long-window" role="rowgroup" style={{ height: Math.min(seen.view, seen.tall) }}>
              <div
                role="presentation"
                style={{ transform: `translateY(${base * ROW_HEIGHT - seen.offset}px)` }}
              >
                {Array.from({ length: Math.max(0, last - from + 1) }, (_, at) => from + at).map((index) => (
                  <AccountRow
                    key={index % pool}
                    row={rows.at(index)}
                    index={index}
                    top={(index - base) * ROW_HEIGHT}
                    isActive={index === active}
                  />
                ))}
              </div>
            </div>
          </div>
        </div>
      )}
    </section>
  );
}
