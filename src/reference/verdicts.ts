/**
 * What may be acted on: verdicts of liquidatable buckets, the level that held ones would have by the reference prices, and
 * the breaker. The rules are those of `core/schema/commands.ts` and `core/schema/quality.ts`, by brute force.
 */
import type { Emergency, Standing, VerdictChange } from '../core/schema/events.ts';
import { Level } from '../core/schema/levels.ts';
import { Use, Verdict } from '../core/schema/quality.ts';
import { levelAfter } from './levels.ts';
import { marginOf } from './margin.ts';
import type { Account, Bucket, Market, State } from './state.ts';

export function isHeld({ allows, trippedSince }: Market): boolean {
  return (allows & Use.liquidate) === 0 || trippedSince !== null;
}

/** What a bucket was before the command. */
export interface Before {
  readonly bucket: Bucket;
  readonly level: Level;
}

/** New verdicts for `touched`, and for whoever holds a market that the breaker tripped meanwhile. */
export function judgeVerdicts(state: State, touched: readonly Before[]): VerdictChange[] {
  const changes: VerdictChange[] = [];
  for (const { bucket, level: was } of touched) {
    const { account, isolated, market, leg, level, verdict: from } = bucket;
    const to = verdictOf(bucket);
    bucket.verdict = to;
    if (from === to && (to !== Verdict.held || level === was)) continue;
    const referenceLevel = referenceLevelOf(state, bucket);
    changes.push({ account, isolated, market, leg, from, to, level, referenceLevel });
  }
  return changes;
}

/** Every bucket at liquidatable or worse, of all accounts. */
export function standingOf(state: State): Standing[] {
  return state.accounts
    .flatMap(({ cross, isolated }) => [cross, ...isolated.values()])
    .filter(({ level }) => level >= Level.liquidatable)
    .map((bucket) => {
      const { account, isolated, market, leg, level } = bucket;
      const referenceLevel = referenceLevelOf(state, bucket);
      return { account, isolated, market, leg, verdict: verdictOf(bucket), level, referenceLevel };
    });
}

function verdictOf({ level, positions }: Bucket): Verdict {
  if (level < Level.liquidatable) return Verdict.none;
  return positions.some(({ market }) => isHeld(market)) ? Verdict.held : Verdict.actionable;
}

function referenceLevelOf(state: State, bucket: Bucket): Level | null {
  if (verdictOf(bucket) !== Verdict.held) return null;
  const prices = new Map<Market, bigint>();
  for (const { market } of bucket.positions) {
    if (!isHeld(market)) continue;
    if (market.reference === null) return null;
    prices.set(market, market.reference);
  }
  const { equity, maintenance } = marginOf(bucket, prices);
  return levelAfter(Level.safe, equity, maintenance, state.lines);
}

/** Trips the breaker where the command made too many accounts newly liquidatable. */
export function judgeBreaker(state: State, touched: readonly Before[]): Emergency | null {
  const { breaker } = state;
  if (breaker === null) return null;
  const fallen = touched
    .filter(({ bucket, level }) => level < Level.liquidatable && bucket.level >= Level.liquidatable)
    .map(({ bucket }) => bucket)
    .filter(({ positions }) => positions.length > 0 && !positions.some(({ market }) => isHeld(market)));
  const accounts = new Set(fallen.map(({ account }) => account)).size;
  if (accounts < breaker.least) return null;
  const holders = state.accounts.filter(holdsAnything).length;
  const { num, den } = breaker.share;
  if (BigInt(accounts) * BigInt(den) <= BigInt(num) * BigInt(holders)) return null;

  const behind = new Set<Market>();
  for (const { positions } of fallen) {
    const held = positions.map(({ market }) => market);
    const moved = held.filter((market) => state.moved.has(market));
    for (const market of moved.length === 0 ? held : moved) behind.add(market);
  }
  for (const market of behind) market.trippedSince ??= state.timeUs;
  const markets = [...behind].map(({ row }) => row as Emergency['markets'][number]).sort((a, b) => a - b);
  return { kind: 'system_implausible', accounts, holders, markets };
}

function holdsAnything({ cross, isolated }: Account): boolean {
  return [cross, ...isolated.values()].some(({ positions }) => positions.length > 0);
}
