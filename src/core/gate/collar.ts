/** How far a price goes through another: what collars, bands and orders that would trade share. */
import { PRICE_ABSENT, type Candidate } from './candidate.ts';

/** Ticks by which a bid is above `reference`, or an ask under it: 0 where they meet, under 0 where they do not. */
export function through(isBid: boolean, price: number, reference: number): number {
  return isBid ? price - reference : reference - price;
}

/** The same of a candidate's limit price; 0 where there is nothing to hold it against, and for market orders, whose price the gate itself makes. */
export function beyondBy({ isBid, isMarketOrder, price }: Candidate, reference: number): number {
  return isMarketOrder || reference === PRICE_ABSENT ? 0 : through(isBid, price, reference);
}
