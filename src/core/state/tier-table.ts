/**
 * Margin tiers prepared for the hot loop. For a notional N in tier t,
 *
 *   MM = ceil( N * (mmr_t + closeFee) - cum_t )  =  ceil( (N * num - cut) / den )
 *
 * with one fraction num/den for rate and fee, and cum as `cut / den`, all whole numbers. cum is computed from floors
 * and rates (cum_t = cum_(t-1) + floor_t * (mmr_t - mmr_(t-1))), never taken from a venue.
 */
import { gcd } from '../num/exact.ts';
import type { Rate } from '../num/units.ts';
import { SAFE_MAX } from '../num/units.ts';
import type { Tier } from '../schema/commands.ts';

export interface TierLine {
  /** In [floor, next) this line holds; `next` is Infinity in the last. */
  readonly floor: number;
  readonly next: number;
  readonly num: bigint;
  readonly den: bigint;
  readonly cut: bigint;
  readonly mmr: Rate;
  readonly imr: Rate;
}

/** A flat record of doubles a tier, read by `margin/valuation.ts`. */
export const TierField = {
  floor: 0,
  next: 1,
  num: 2,
  den: 3,
  cut: 4,
  /** num / den as a double, for slopes only. */
  rho: 5,
  /** Whole and remaining part of cut / den, for products that pass DIRECT_MAX. */
  cutWhole: 6,
  cutRest: 7,
} as const;
export const TIER_STRIDE = 8;
/**
 * While the product N * num stays below this it is exact, and MM is one multiplication and one division. (Rounding keeps
 * order, so a product that does not fit cannot look as if it did; and cut is never more than the product.)
 */
export const DIRECT_MAX = 2 ** 53;
/** Above this denominator the split product passes 2^53 too: such a market is valued in BigInt. */
const DEN_MAX = 2 ** 25;

export function prepareTiers(tiers: readonly Tier[], closeFee: Rate): TierLine[] {
  const lines: TierLine[] = [];
  let cumNum = 0n;
  let cumDen = 1n;
  let before: Tier | null = null;
  for (const [at, tier] of tiers.entries()) {
    if (before !== null) {
      const rise = reduce(
        BigInt(tier.floor) *
          (big(tier.mmr.num) * big(before.mmr.den) - big(before.mmr.num) * big(tier.mmr.den)),
        big(tier.mmr.den) * big(before.mmr.den),
      );
      [cumNum, cumDen] = reduce(cumNum * rise[1] + rise[0] * cumDen, cumDen * rise[1]);
    }
    const [rateNum, rateDen] = reduce(
      big(tier.mmr.num) * big(closeFee.den) + big(closeFee.num) * big(tier.mmr.den),
      big(tier.mmr.den) * big(closeFee.den),
    );
    const den = (rateDen * cumDen) / gcd(rateDen, cumDen);
    lines.push({
      floor: tier.floor,
      next: at + 1 < tiers.length ? tiers[at + 1].floor : Infinity,
      num: (rateNum * den) / rateDen,
      den,
      cut: (cumNum * den) / cumDen,
      mmr: tier.mmr,
      imr: tier.imr,
    });
    before = tier;
  }
  return lines;
}

/**
 * Writes `lines` as records from `start` on and fills up to `room` with tiers that no notional reaches, so that a position
 * which remembers a tier of a longer table finds its way down. Returns false when only BigInt can value them exactly.
 */
export function writeTiers(
  into: Float64Array,
  start: number,
  room: number,
  lines: readonly TierLine[],
): boolean {
  for (let at = lines.length; at < room; at++) {
    into.fill(0, (start + at) * TIER_STRIDE, (start + at + 1) * TIER_STRIDE);
    into[(start + at) * TIER_STRIDE + TierField.floor] = Infinity;
    into[(start + at) * TIER_STRIDE + TierField.next] = Infinity;
  }
  let fits = true;
  for (const [at, line] of lines.entries()) {
    const base = (start + at) * TIER_STRIDE;
    const cutWhole = line.cut / line.den;
    const isExact =
      line.den <= BigInt(DEN_MAX) && line.num <= BigInt(DEN_MAX) * 2n && cutWhole <= BigInt(SAFE_MAX);
    if (!isExact) fits = false;
    const rho = ratio(line.num, line.den);
    into[base + TierField.floor] = line.floor;
    into[base + TierField.next] = line.next;
    // Where BigInt does the valuing, doubles near enough for slopes and displays are left.
    into[base + TierField.num] = isExact ? Number(line.num) : rho;
    into[base + TierField.den] = isExact ? Number(line.den) : 1;
    into[base + TierField.cut] = isExact ? Number(line.cut) : ratio(line.cut, line.den);
    into[base + TierField.rho] = rho;
    into[base + TierField.cutWhole] = Number(cutWhole);
    into[base + TierField.cutRest] = isExact ? Number(line.cut - cutWhole * line.den) : 0;
  }
  return fits;
}

/** num / den as a double, also where neither fits into one; good to its last bit down to rates of a billionth. */
function ratio(num: bigint, den: bigint): number {
  const scale = 2n ** 128n;
  return Number((num * scale) / den) / 2 ** 128;
}

function big(value: number): bigint {
  return BigInt(value);
}

function reduce(num: bigint, den: bigint): [bigint, bigint] {
  const common = gcd(num, den);
  return common === 0n ? [0n, 1n] : [num / common, den / common];
}
