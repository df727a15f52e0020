/** What the watchers ask, answered by the exchange itself: sums over what an account has, depth by the book. Changes nothing. */
import type { SizeLots } from '../../num/units.ts';
import { Side } from '../../schema/side.ts';
import { BUCKET_NONE } from '../../state/book.ts';
import { marketOfTag } from '../../state/positions.ts';
import { NO_EXPOSURE } from '../exposures.ts';
import type { Venue } from '../venue.ts';
import type { BookFacts } from './alerts.ts';

/** More lots than a side of a book has. */
const ALL_LOTS = Number.MAX_SAFE_INTEGER as SizeLots;

export class ExchangeFacts implements BookFacts {
  readonly #venue: Venue;

  constructor(venue: Venue) {
    this.#venue = venue;
  }

  position(account: number, market: number): number {
    const { ledger, members } = this.#venue;
    const { exposures } = ledger;
    let lots = 0;
    for (let row = members.firstExposure(account); row !== NO_EXPOSURE; row = exposures.next(row))
      if (marketOfTag(exposures.tag(row)) === market) lots += ledger.held(row);
    return lots;
  }

  depth(market: number, sign: number): number {
    const listing = this.#venue.listings[market];
    if (listing === null) return 0;
    const [side, limit] = sign > 0 ? [Side.bid, listing.collarLow] : [Side.ask, listing.collarHigh];
    return listing.book.available(side, limit, ALL_LOTS);
  }

  openInterest(market: number): number {
    return this.#venue.listings[market]?.openInterest ?? 0;
  }

  equity(account: number): number {
    const { engine, margin } = this.#venue;
    let equity = 0;
    for (
      let bucket = engine.book.cross[account];
      bucket !== BUCKET_NONE;
      bucket = engine.book.nextBucket(bucket)
    )
      equity += margin.equityOf(bucket);
    return equity;
  }

  notional(market: number, lots: number): number {
    return this.#venue.listings[market]?.notional(lots) ?? 0;
  }
}
