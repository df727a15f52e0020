/**
 * The breaker of the whole system: a command that makes too many accounts liquidatable at once is not believed. Levels stay
 * what they are; the markets that did it are held until somebody lifts that. `BreakerCommand` states the rule.
 */
import { isWhole } from '../num/exact.ts';
import type { MarketRow } from '../num/units.ts';
import { Kind, type BreakerCommand, type Command } from '../schema/commands.ts';
import type { Emergency, RowRefusal } from '../schema/events.ts';
import { Level } from '../schema/levels.ts';
import { Reason } from '../schema/reasons.ts';
import type { Book } from '../state/book.ts';
import { BUCKET_I32, BucketLink } from '../state/buckets.ts';
import type { Breaker } from '../state/markets.ts';
import { END, marketOfTag, POSITION_I32, PositionLink } from '../state/positions.ts';
import type { Changes } from '../watch/changes.ts';
import { isShare } from './definitions.ts';
import { holdsHeldMarket } from './verdicts.ts';

export function applyBreaker(book: Book, { share, least }: BreakerCommand): Reason {
  if (!isShare(share) || !isWhole(least) || least < 1) return Reason.number_invalid;
  book.markets.breaker = { share: { num: share.num + 0, den: share.den }, least };
  return Reason.accepted;
}

/** Trips where the command's level changes, sorted by account, say so. `moved` are the markets that the command moved. */
export function judgeBreaker(
  book: Book,
  changes: Changes,
  timeUs: number,
  moved: () => ReadonlySet<number>,
): Emergency | null {
  const { breaker } = book.markets;
  if (breaker === null || changes.count < breaker.least) return null;
  const fallen = fallenOf(book, changes);
  let accounts = 0;
  let before = -1;
  for (const bucket of fallen) {
    const account = book.buckets.account(bucket);
    if (account !== before) accounts++;
    before = account;
  }
  if (accounts < breaker.least) return null;
  const holders = holdersUpTo(book, enoughFor(breaker, accounts));
  if (holders === null) return null;
  const markets = marketsBehind(book, fallen, moved());
  for (const market of markets) book.markets.trip(market, timeUs);
  return { kind: 'system_implausible', accounts, holders, markets };
}

/** Adds the markets that the command gave a mark, a funding index or an active tier table, refused rows apart. */
export function addMoved(
  command: Command,
  refusals: readonly RowRefusal[],
  timeUs: number,
  into: Set<number>,
): void {
  switch (command.kind) {
    case Kind.marks:
      for (const { market } of command.marks) into.add(market);
      return;
    case Kind.quality:
      if (command.mark !== null) into.add(command.market);
      return;
    case Kind.funding:
      into.add(command.market);
      return;
    case Kind.tiers:
      if (command.effectiveUs <= timeUs) into.add(command.market);
      return;
    case Kind.transaction: {
      const refused = new Set(refusals.map(({ row }) => row));
      for (const [row, inner] of command.rows.entries())
        if (!refused.has(row)) addMoved(inner, [], timeUs, into);
      return;
    }
    default:
  }
}

/** Buckets with positions, none in a held market, that came from under liquidatable to there or beyond. */
function fallenOf(book: Book, changes: Changes): number[] {
  const fallen: number[] = [];
  for (let at = 0; at < changes.count; at++) {
    if (changes.from[at] >= Level.liquidatable || changes.to[at] < Level.liquidatable) continue;
    const bucket = changes.bucket[at];
    if (book.buckets.i32[bucket * BUCKET_I32 + BucketLink.count] === 0) continue;
    if (!holdsHeldMarket(book, bucket)) fallen.push(bucket);
  }
  return fallen;
}

/** The least number of holders of which `accounts` are not more than the share: accounts * den <= num * holders. */
function enoughFor({ share }: Breaker, accounts: number): number {
  if (share.num === 0) return Infinity;
  const product = BigInt(accounts) * BigInt(share.den);
  const num = BigInt(share.num);
  return Number((product + num - 1n) / num);
}

/** Accounts that hold positions, or null once there are `enough`: so a count costs no more than the fall was large. */
function holdersUpTo({ accounts, buckets, cross }: Book, enough: number): number | null {
  const { i32 } = buckets;
  let holders = 0;
  for (let account = 0; account < accounts.count; account++) {
    let row = cross[account];
    while (row !== END && i32[row * BUCKET_I32 + BucketLink.count] === 0)
      row = i32[row * BUCKET_I32 + BucketLink.next];
    if (row !== END && ++holders >= enough) return null;
  }
  return holders;
}

/** Of each bucket its markets among `moved`, or all of them where it has none there: every one of the fallen is held then. */
function marketsBehind(
  { buckets, positions }: Book,
  fallen: readonly number[],
  moved: ReadonlySet<number>,
): MarketRow[] {
  const found = new Set<MarketRow>();
  for (const bucket of fallen) {
    const start = buckets.i32[bucket * BUCKET_I32 + BucketLink.start];
    const count = buckets.i32[bucket * BUCKET_I32 + BucketLink.count];
    const held = Array.from(
      { length: count },
      (_, at) => marketOfTag(positions.i32[(start + at) * POSITION_I32 + PositionLink.tag]) as MarketRow,
    );
    const blamed = held.filter((market) => moved.has(market));
    for (const market of blamed.length > 0 ? blamed : held) found.add(market);
  }
  return [...found].sort((a, b) => a - b);
}
