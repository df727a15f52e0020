/** What a venue says about its markets: rules, bands, states. */
import { isRow, isWhole } from '../num/exact.ts';
import {
  FUNDING_SCALE,
  PRICE_MAX,
  type MarketRow,
  type Rate,
  type SizeLots,
  type TimeUs,
} from '../num/units.ts';
import { Form } from '../schema/commands.ts';
import { MARKET_STATE_NAMES, MarketState } from '../schema/orders.ts';
import { Reason } from '../schema/reasons.ts';
import {
  ClosePolicy,
  LEVERAGE_MAX,
  type BandsCommand,
  type ListingCommand,
  type LiquidationRules,
  type StateCommand,
} from '../schema/venue-commands.ts';
import { StateWhy, VenueEvent } from '../schema/venue-events.ts';
import { MARK_NONE } from '../state/markets.ts';
import { BAND_NONE, Listing } from './listing.ts';
import type { OrderDesk } from './order-desk.ts';
import type { Venue } from './venue.ts';

const WORTH_MAX = 2 ** 51;
const DEN_MAX = 1e9;

export class ListingDesk {
  readonly #venue: Venue;
  readonly #orders: OrderDesk;

  constructor(venue: Venue, orders: OrderDesk) {
    this.#venue = venue;
    this.#orders = orders;
  }

  list(command: ListingCommand): Reason {
    const { engine, listings } = this.#venue;
    const { kind: _kind, timeUs: _time, origin: _origin, ...rules } = command;
    const { markets } = engine.book;
    if (!isRow(rules.market, markets.count)) return Reason.market_unknown;
    if (!isValid(rules)) return Reason.number_invalid;
    if (markets.terms[rules.market]?.form === Form.collateral) return Reason.listing_invalid;
    const known = listings[rules.market];
    const lots = (known?.lotsUnder(rules) ?? rules.positionMax) as SizeLots;
    const worth = markets.valueAt(rules.market, lots, rules.priceMax);
    const worthAtOne = markets.valueAt(rules.market, lots, 1);
    if (worth === null || worthAtOne === null) return Reason.listing_invalid;
    if (Math.max(Math.abs(worth), Math.abs(worthAtOne)) > WORTH_MAX) return Reason.listing_invalid;
    const told = markets.mark(rules.market);
    if (told !== MARK_NONE && !this.#counts(rules.market, lots, told)) return Reason.listing_invalid;
    if (!accrues(lots, markets.fundingIndex(rules.market))) return Reason.listing_invalid;
    if (known === null) listings[rules.market] = new Listing(engine.book, rules, this.#venue.makeBook());
    else if (known.state === MarketState.settling) return Reason.market_settling;
    else known.restate(rules);
    return Reason.accepted;
  }

  /** Whether the largest position of a market is worth what can be counted at `mark`. What is no market or no mark is others' business. */
  counts(market: number, mark: number): boolean {
    const listing = this.#venue.listings[market];
    if (listing === null || listing === undefined || !isWhole(mark) || mark < 1) return true;
    return this.#counts(market, listing.lotsMax, mark);
  }

  /** Whether what the largest position of a market accrues from one end of such indices to the other can be counted. */
  countsFunding(market: number, index: number): boolean {
    const listing = this.#venue.listings[market];
    return listing === null || listing === undefined || !isWhole(index) || accrues(listing.lotsMax, index);
  }

  #counts(market: number, lots: number, mark: number): boolean {
    const { markets } = this.#venue.engine.book;
    return lots * markets.inside(market as MarketRow, mark) * markets.unit(market as MarketRow) <= WORTH_MAX;
  }

  bands({ market, low, high }: BandsCommand): Reason {
    const { engine, listings } = this.#venue;
    if (!isRow(market, engine.book.markets.count)) return Reason.market_unknown;
    const listing = listings[market];
    if (listing === null) return Reason.listing_missing;
    for (const price of [low, high])
      if (price !== null && (!isWhole(price) || price < 1 || price > PRICE_MAX)) return Reason.number_invalid;
    if (low !== null && high !== null && low > high) return Reason.number_invalid;
    listing.low = low ?? BAND_NONE;
    listing.high = high ?? BAND_NONE;
    return Reason.accepted;
  }

  state({ market, state }: StateCommand): Reason {
    const { engine, listings } = this.#venue;
    if (market !== null && !isRow(market, engine.book.markets.count)) return Reason.market_unknown;
    if (!isRow(state, MARKET_STATE_NAMES.length) || state === MarketState.settling)
      return Reason.number_invalid;
    const known = market === null ? null : listings[market];
    if (market !== null && known === null) return Reason.listing_missing;
    if (known?.state === MarketState.settling) return Reason.market_settling;
    for (const listing of known === null ? listings : [known])
      if (listing !== null && listing.state !== MarketState.settling)
        this.change(listing, state, StateWhy.command);
    return Reason.accepted;
  }

  change(listing: Listing, state: MarketState, why: StateWhy): void {
    if (listing.state === state) return;
    const wasHalted = listing.state === MarketState.halted;
    listing.state = state;
    this.#venue.events.emit(VenueEvent.state, listing.market, state, why);
    if (wasHalted) this.#orders.resume(listing);
  }

  /**
   * A mark came: whether it moved further than it may since the window began. The first mark after its end is held against its beginning
   * as well, so that no jump falls between two windows, and begins the next.
   */
  watchMove(listing: Listing, timeUs: TimeUs): void {
    const { haltMove, haltWindowUs } = listing.rules;
    if (haltMove === null) return;
    const mark = this.#venue.engine.book.markets.mark(listing.market);
    if (mark === MARK_NONE) return;
    const from = listing.windowMark === 0 ? mark : listing.windowMark;
    const hasMoved =
      BigInt(Math.abs(mark - from)) * BigInt(haltMove.den) > BigInt(from) * BigInt(haltMove.num);
    if (listing.windowMark === 0 || hasMoved || timeUs - listing.windowUs > haltWindowUs) {
      listing.windowMark = mark;
      listing.windowUs = timeUs;
    }
    if (hasMoved && listing.isTrading) this.change(listing, MarketState.halted, StateWhy.move);
  }
}

function accrues(lots: number, index: number): boolean {
  return (lots * Math.abs(index)) / FUNDING_SCALE <= WORTH_MAX / 2;
}

function isValid(rules: Omit<ListingCommand, 'kind' | 'timeUs' | 'origin'>): boolean {
  const { makerFee, takerFee, priceMax, sizeMin, sizeMax, positionMax, openInterestMax } = rules;
  const { collar, band, depthShare, leverageMax, haltMove, haltWindowUs, liquidation } = rules;
  if (!isFee(makerFee) || !isFee(takerFee) || takerFee.num < 0) return false;
  // A rebate is paid out of the taker's fee.
  if (-makerFee.num * takerFee.den > takerFee.num * makerFee.den) return false;
  if (!isWhole(priceMax) || priceMax < 1 || priceMax > PRICE_MAX) return false;
  for (const lots of [sizeMin, sizeMax, positionMax, openInterestMax])
    if (!isWhole(lots) || lots < 1) return false;
  if (sizeMin > sizeMax || sizeMax > positionMax) return false;
  if (!isShare(collar) || !isShare(band)) return false;
  if (depthShare !== null && (!isRate(depthShare) || depthShare.num < 1)) return false;
  if (!isWhole(leverageMax) || leverageMax < 1 || leverageMax > LEVERAGE_MAX) return false;
  if (haltMove !== null && !isShare(haltMove)) return false;
  if (!isWhole(haltWindowUs) || haltWindowUs < 0) return false;
  return isLiquidation(liquidation);
}

function isLiquidation({ policy, share, threshold, cooldownUs, buffer, fee }: LiquidationRules): boolean {
  if (!isRow(policy, Object.keys(ClosePolicy).length) || !isShare(share)) return false;
  if (!isWhole(threshold) || threshold < 0 || !isWhole(cooldownUs) || cooldownUs < 0) return false;
  return isRate(buffer) && buffer.num >= buffer.den && isRate(fee) && fee.num >= 0 && fee.num <= fee.den;
}

function isRate({ num, den }: Rate): boolean {
  return isWhole(num) && isWhole(den) && den >= 1 && den <= DEN_MAX && Math.abs(num) <= DEN_MAX;
}

function isShare(rate: Rate): boolean {
  return isRate(rate) && rate.num > 0 && rate.num <= rate.den;
}

function isFee(rate: Rate): boolean {
  return isRate(rate) && 10 * Math.abs(rate.num) <= rate.den;
}
