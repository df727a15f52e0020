/** Lists a part at a time: cursors, and accounts by rank. */
import { LEVEL_NAMES, type Level } from '../../../core/schema/levels.ts';
import type { Told } from '../../../io/api/backend.ts';
import type { QueryOf } from '../../../io/api/contract/routes.ts';
import { ApiProblem } from '../../../io/api/problem.ts';
import { rankedAt, type Ranking, type RankedSort } from '../background/ranking.ts';
import { inSlices } from '../background/background.ts';
import { BUCKET_NONE } from '../../../core/state/book.ts';
import { summaryOf } from './accounts.ts';
import type { Served } from './served.ts';

export const LIMIT = 50;
const ROWS_A_STEP = 4096;

/** A place in a list, for its reader to hand back. `of` says which list, with its filters: a cursor is good for that alone. */
export function cursorText(of: string, at: number): string {
  return Buffer.from(JSON.stringify([of, at])).toString('base64url');
}

export function cursorAt(cursor: string, of: string): number {
  let told: unknown;
  try {
    told = JSON.parse(Buffer.from(cursor, 'base64url').toString());
  } catch {
    told = null;
  }
  if (
    Array.isArray(told) &&
    told.length === 2 &&
    told[0] === of &&
    Number.isSafeInteger(told[1]) &&
    told[1] >= 0
  )
    return told[1] as number;
  throw new ApiProblem(
    'API_CURSOR_INVALID',
    'the cursor is not of this list with these filters: begin without one',
    {
      field: 'cursor',
      value: cursor,
    },
  );
}

/** The cursor of what follows; null at the end. */
export function nextCursor(of: string, at: number, end: number): string | null {
  return at < end ? cursorText(of, at) : null;
}

type AccountsQuery = QueryOf<'accounts'>;

export async function accountList(
  served: Served,
  ranking: Ranking,
  query: AccountsQuery,
): Promise<Told<'accounts'>> {
  const { search, level, limit = LIMIT } = query;
  const sort = query.sort ?? (search === undefined ? 'distance' : 'row');
  const isDown = (query.order ?? (sort === 'equity' || sort === 'notional' ? 'desc' : 'asc')) === 'desc';
  const of = `accounts:${search ?? ''}:${level ?? ''}:${sort}:${isDown ? 'desc' : 'asc'}`;
  if (query.cursor !== undefined && query.offset !== undefined)
    throw new ApiProblem('API_FIELD_INVALID', 'give a cursor or an offset, not both', { field: 'offset' });
  const offset = query.cursor === undefined ? (query.offset ?? 0) : cursorAt(query.cursor, of);
  const wanted = level === undefined ? null : (LEVEL_NAMES.indexOf(level) as Level);
  if (search !== undefined || sort === 'row') {
    if (search !== undefined && sort !== 'row')
      throw new ApiProblem('API_FIELD_INVALID', 'what is searched for comes by row: leave sort out', {
        field: 'sort',
        value: sort,
      });
    const { rows, total } = await inSlices(scan(served, search ?? '', wanted, isDown, offset, limit));
    return {
      data: rows.map((row) => summaryOf(served, row)),
      next: nextCursor(of, offset + rows.length, total),
      total,
      offset,
      rankedAt: null,
    };
  }
  ranking.want();
  const { ranked } = ranking;
  if (ranked === null)
    throw new ApiProblem(
      'API_STARTING',
      'accounts are being put in order for the first time: ask again in a moment, or sort by row',
    );
  const { rows, total } = rankedRows(ranked.orders[sort], wanted, isDown, offset, limit);
  return {
    data: rows.map((row) => summaryOf(served, row)),
    next: nextCursor(of, offset + rows.length, total),
    total,
    offset,
    rankedAt: rankedAt(ranked),
  };
}

/** Those without a value come last, whichever way the order goes. */
function rankedRows(
  order: NonNullable<Ranking['ranked']>['orders'][RankedSort],
  level: Level | null,
  isDown: boolean,
  offset: number,
  limit: number,
): { rows: number[]; total: number } {
  const list = level === null ? order.rows : order.byLevel;
  const start = level === null ? 0 : order.starts[level];
  const end = level === null ? order.rows.length : order.starts[level + 1];
  const valued = level === null ? order.valued : order.valuedByLevel[level];
  const total = end - start;
  const rows: number[] = [];
  for (let at = offset; at < total && rows.length < limit; at++)
    rows.push(list[start + (isDown && at < valued ? valued - 1 - at : at)]);
  return { rows, total };
}

/** By row, with a name that begins so and at that level now. */
function* scan(
  { exchange }: Served,
  search: string,
  level: Level | null,
  isDown: boolean,
  offset: number,
  limit: number,
): Generator<void, { rows: number[]; total: number }, undefined> {
  const { book } = exchange.engine;
  const { accounts } = book;
  const { count } = accounts;
  const bytes = new TextEncoder().encode(search);
  const isAll = bytes.length === 0 && level === null;
  const rows: number[] = [];
  if (isAll) {
    for (let at = offset; at < count && rows.length < limit; at++) rows.push(isDown ? count - 1 - at : at);
    return { rows, total: count };
  }
  let total = 0;
  for (let at = 0; at < count; at++) {
    if (at % ROWS_A_STEP === 0) yield;
    const row = isDown ? count - 1 - at : at;
    if (!accounts.startsWith(row, bytes)) continue;
    if (level !== null && levelOf(book, row) !== level) continue;
    if (total >= offset && rows.length < limit) rows.push(row);
    total++;
  }
  return { rows, total };
}

type Book = Served['exchange']['engine']['book'];

function levelOf(book: Book, account: number): number {
  let level = 0;
  for (let row = book.cross[account]; row !== BUCKET_NONE; row = book.nextBucket(row))
    if (book.buckets.levels[row] > level) level = book.buckets.levels[row];
  return level;
}
