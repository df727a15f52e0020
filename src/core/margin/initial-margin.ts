/** Initial margin by tiers: the whole notional at the rate of its tier. */
import { mulRateCeil } from '../num/exact.ts';
import type { Tier } from '../schema/commands.ts';

/** By tier: floor, numerator and denominator of its initial rate. */
export function initialTable(tiers: readonly Tier[]): Float64Array<ArrayBuffer> {
  return Float64Array.from(tiers.flatMap(({ floor, imr }) => [floor, imr.num, imr.den]));
}

/** Of `notional` money units, rounded up. Exact: the products are split so that nothing passes 2^53. */
export function initialByTier(table: Float64Array, notional: number): number {
  let at = 0;
  while (at + 3 < table.length && table[at + 3] <= notional) at += 3;
  return mulRateCeil(notional, table[at + 1], table[at + 2]);
}
