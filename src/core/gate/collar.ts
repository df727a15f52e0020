/** Prices that are too far from another to be meant: what the collars share. */
import { PRICE_ABSENT, type Candidate } from './candidate.ts';

/**
 * Ticks by which a limit price is worse than `reference`: a bid above it, an ask under it. Not above 0 where it is no worse, where there is
 * nothing to compare it with, and for market orders, whose price the gate itself makes.
 */
export function beyondBy({ isBid, isMarketOrder, price }: Candidate, reference: number): number {
  if (isMarketOrder || reference === PRICE_ABSENT) return 0;
  return isBid ? price - reference : reference - price;
}
