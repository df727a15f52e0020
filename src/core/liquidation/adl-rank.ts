/**
 * Who is deleveraged first. Of the positions opposite to one that nobody takes over, the first in rank is closed first
 * (`AdlRanking`); ties go by account, then leg, so that the order is the same everywhere.
 *
 *   pnl_ratio      gain / |cost basis|
 *   pnl_leverage   that times leverage where it is a gain, divided by it where it is a loss; leverage = notional / equity
 *                  of the bucket. Without equity leverage has no bound: such gains come first, such losses count as none.
 *   size           lots
 *   pro_rata       no order: each is closed in proportion to its size (`proRataShares`)
 *
 * Comparisons are exact. Most are decided by doubles that are too far apart to be wrong; the others go through BigInt.
 */
import { AdlRanking } from '../schema/venue-commands.ts';

export interface AdlCandidate {
  readonly account: number;
  readonly leg: number;
  /** Lots and cost basis, signed. A basis of 0 counts as 1 money unit. */
  readonly size: number;
  readonly cost: number;
  /** At the mark, without sign; above 0. */
  readonly notional: number;
  /** Of its bucket. */
  readonly equity: number;
}

interface Ranked<Candidate extends AdlCandidate> {
  readonly candidate: Candidate;
  readonly score: number;
}

/** Doubles that differ by more than this share of them differ in truth: a score has five roundings, of 2^-53 each. */
const NEAR = 2 ** -48;

/** The candidates, first in rank first. */
export function rankCandidates<Candidate extends AdlCandidate>(
  candidates: readonly Candidate[],
  ranking: AdlRanking,
): Candidate[] {
  return candidates
    .map((candidate): Ranked<Candidate> => ({ candidate, score: roughScore(candidate, ranking) }))
    .sort(
      (a, b) =>
        (isApart(a.score, b.score) ? b.score - a.score : compareScores(b.candidate, a.candidate, ranking)) ||
        a.candidate.account - b.candidate.account ||
        a.candidate.leg - b.candidate.leg,
    )
    .map(({ candidate }) => candidate);
}

/** The rank of each candidate, 1 for the one that goes first, in the order in which they are given. */
export function rankPositions(candidates: readonly AdlCandidate[], ranking: AdlRanking): number[] {
  const ranks = new Map(rankCandidates(candidates, ranking).map((candidate, at) => [candidate, at + 1]));
  return candidates.map((candidate) => ranks.get(candidate)!);
}

/**
 * How many lots of each size to close so that they add up to `wanted`, in proportion to the sizes: what is left of rounding down
 * goes to the largest remainders, of equal ones to the first. Sizes are positive; where they do not add up to `wanted`, all of them.
 */
export function proRataShares(sizes: readonly number[], wanted: number): number[] {
  const total = sizes.reduce((sum, size) => sum + BigInt(size), 0n);
  if (total <= BigInt(wanted)) return [...sizes];
  const exact = sizes.map((size) => BigInt(size) * BigInt(wanted));
  const shares = exact.map((product) => Number(product / total));
  const left = wanted - shares.reduce((sum, share) => sum + share, 0);
  const byRemainder = exact
    .map((product, at) => ({ at, remainder: product % total }))
    .sort((a, b) => (a.remainder === b.remainder ? a.at - b.at : a.remainder > b.remainder ? -1 : 1));
  for (const { at } of byRemainder.slice(0, left)) shares[at]++;
  return shares;
}

function isApart(a: number, b: number): boolean {
  return Math.abs(a - b) > NEAR * Math.max(Math.abs(a), Math.abs(b));
}

/** What ranks are made of, as a double: the higher goes first. Good to five roundings; `rankCandidates` decides what is nearer. */
export function roughScore(candidate: AdlCandidate, ranking: AdlRanking): number {
  if (ranking === AdlRanking.pro_rata) return 0;
  if (ranking === AdlRanking.size) return Math.abs(candidate.size);
  const gain = gainOf(candidate);
  const ratio = gain / basisOf(candidate);
  if (ranking === AdlRanking.pnl_ratio) return ratio;
  const equity = Math.max(0, candidate.equity);
  return gain > 0 ? (ratio * candidate.notional) / equity : (ratio * equity) / candidate.notional;
}

/** Its sign is that of a - b. */
function compareScores(a: AdlCandidate, b: AdlCandidate, ranking: AdlRanking): number {
  if (ranking === AdlRanking.pro_rata) return 0;
  if (ranking === AdlRanking.size) return Math.abs(a.size) - Math.abs(b.size);
  const [aNum, aDen] = exactScore(a, ranking);
  const [bNum, bDen] = exactScore(b, ranking);
  const left = aNum * bDen;
  const right = bNum * aDen;
  return left < right ? -1 : left > right ? 1 : 0;
}

/** A fraction whose denominator may be 0: then it is a gain, and more than any other but its like. */
function exactScore(candidate: AdlCandidate, ranking: AdlRanking): readonly [bigint, bigint] {
  const gain = BigInt(worthOf(candidate)) - BigInt(candidate.cost);
  const basis = BigInt(basisOf(candidate));
  if (ranking === AdlRanking.pnl_ratio) return [gain, basis];
  const equity = BigInt(Math.max(0, candidate.equity));
  const notional = BigInt(candidate.notional);
  return gain > 0n ? [gain * notional, basis * equity] : [gain * equity, basis * notional];
}

function worthOf({ size, notional }: AdlCandidate): number {
  return size > 0 ? notional : -notional;
}

/** Rounded where it passes 2^53, but never in its sign: whole numbers that differ do so by 1 at least. */
function gainOf(candidate: AdlCandidate): number {
  return worthOf(candidate) - candidate.cost;
}

function basisOf({ cost }: AdlCandidate): number {
  return Math.max(1, Math.abs(cost));
}
