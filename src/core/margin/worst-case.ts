/** What a position could come to with the orders that work on it, and what these lose at once: an exchange and a gate ask for the same. */

/** The position after orders of one side for so many lots are filled. */
export function heldAfter(held: number, isBid: boolean, lots: number): number {
  return isBid ? held + lots : held - lots;
}

/** The larger of |held + bids| and |held - asks|: orders of one side may be filled, and those of the other not. */
export function worstLots(held: number, bids: number, asks: number): number {
  return Math.max(Math.abs(heldAfter(held, true, bids)), Math.abs(heldAfter(held, false, asks)));
}

/** A bid loses what it is worth above the notional at the mark, an ask what it is worth under it; of inverse markets the other way round. */
export function lossBeyondMark(sign: 1 | -1, isBid: boolean, worth: number, notional: number): number {
  const above = sign === 1 ? worth - notional : notional - worth;
  return Math.max(0, isBid ? above : -above);
}
