/** What is looked at before an order is taken, in the order of precedence that `PlaceCommand` states. Nothing is changed here. */
import { through } from '../gate/collar.ts';
import { onlyReduces, opposes } from '../gate/reducing.ts';
import { heldAfter } from '../margin/worst-case.ts';
import { isRow, isWhole } from '../num/exact.ts';
import { MARK_MAX, type MarketRow, type SizeLots } from '../num/units.ts';
import { Leg } from '../schema/commands.ts';
import { MarketState, OrderType, SelfTrade, TimeInForce, TriggerBy, TriggerKind } from '../schema/orders.ts';
import { Use } from '../schema/quality.ts';
import { Reason } from '../schema/reasons.ts';
import { Side } from '../schema/side.ts';
import type { PlaceCommand, Trigger } from '../schema/venue-commands.ts';
import { MARK_NONE } from '../state/markets.ts';
import { tagOf } from '../state/positions.ts';
import { ORDER_NONE, type OrderBook } from '../matching/order-book.ts';
import { NO_EXPOSURE } from './exposures.ts';
import { FillOrKill } from './fill-or-kill.ts';
import { isHouse } from './ledger.ts';
import { BAND_NONE, type Listing } from './listing.ts';
import type { Venue } from './venue.ts';
import { NO_ORDER } from './working-orders.ts';

// Constants of its own are compiled in; another module's, and those that it exports, are looked up at every turn.
const { accepted: ACCEPTED } = Reason;
const { bid: BID, ask: ASK } = Side;
const { net: NET, long: LONG } = Leg;
const { market: MARKET, limit: LIMIT } = OrderType;
const { ioc: IOC, fok: FOK, gtd: GTD } = TimeInForce;
const { reduce_only: REDUCE_ONLY, halted: HALTED, settling: SETTLING } = MarketState;
const { open: OPEN } = Use;
const NONE = NO_EXPOSURE;
const UNBOUNDED = BAND_NONE;
const UNPRICED = MARK_NONE;
const NOBODY = ORDER_NONE;

/** An order as it would enter the market now. */
export interface Entry {
  account: number;
  market: number;
  leg: number;
  side: Side;
  type: OrderType;
  timeInForce: TimeInForce;
  /** Limit in ticks; of a market order the collar, once it is checked. */
  price: number;
  size: number;
  reduceOnly: boolean;
  postOnly: boolean;
  selfTrade: SelfTrade;
}

export class OrderChecks {
  readonly #venue: Venue;

  readonly #fillOrKill: FillOrKill;

  constructor(venue: Venue) {
    this.#venue = venue;
    this.#fillOrKill = new FillOrKill(venue);
  }

  /** What can be said of an order without looking at prices and margin. */
  shape(command: PlaceCommand): Reason {
    const { members, orders, listings, engine, rules } = this.#venue;
    const { account, market } = command;
    if (rules === null) return Reason.venue_missing;
    if (!isRow(account, members.count)) return Reason.account_unknown;
    if (isHouse(account)) return Reason.account_reserved;
    if (!isRow(market, engine.book.markets.count)) return Reason.market_unknown;
    const listing = listings[market];
    if (listing === null || listing === undefined) return Reason.listing_missing;
    if (!numbersAreWhole(command)) return Reason.number_invalid;
    if (!makesSense(command, engine.timeUs)) return Reason.order_invalid;
    if (members.isHedged(account) !== (command.leg !== NET)) return Reason.leg_mode;
    if (command.clientId !== 0 && orders.findClient(account, command.clientId) !== NO_ORDER)
      return Reason.client_id_taken;
    if (members.orders(account) >= rules.ordersMax) return Reason.orders_limit;
    if (listing.state === SETTLING) return Reason.market_settling;
    return this.sizeAndPrice(listing, command.size, command.price);
  }

  sizeAndPrice({ rules }: Listing, size: number, price: number): Reason {
    if (size < rules.sizeMin || size > rules.sizeMax) return Reason.size_out_of_range;
    return price > rules.priceMax ? Reason.price_out_of_range : ACCEPTED;
  }

  /**
   * Whether it may enter the market at this moment. `replaced` is an order of the same exposure that it takes the place of and that is not
   * counted, or NO_ORDER. Sets the price of a market order.
   */
  entry(entry: Entry): Reason {
    const { engine, listings, ledger } = this.#venue;
    const listing = listings[entry.market]!;
    const isBid = entry.side === BID;
    const { markets } = engine.book;
    const market = entry.market as MarketRow;
    if (listing.state === SETTLING) return Reason.market_settling;
    if (markets.mark(market) === UNPRICED) return Reason.market_unpriced;
    if (entry.type === MARKET) {
      entry.price = isBid ? listing.collarHigh : listing.collarLow;
      // It trades within the bands as well; where these are beyond the collar there is no price for it.
      if (isBid && listing.high !== UNBOUNDED && entry.price > listing.high) entry.price = listing.high;
      if (!isBid && listing.low !== UNBOUNDED && entry.price < listing.low) entry.price = listing.low;
    } else if (through(isBid, entry.price, isBid ? listing.bandHigh : listing.bandLow) > 0)
      return Reason.price_outside_band;
    if (listing.high !== UNBOUNDED && entry.price > listing.high) return Reason.price_outside_band;
    if (listing.low !== UNBOUNDED && entry.price < listing.low) return Reason.price_outside_band;

    const exposure = ledger.findExposure(entry.account, tagOf(entry.market, entry.leg));
    const held = exposure === NONE ? 0 : ledger.held(exposure);
    const isClosingSide = entry.leg !== NET && (entry.leg === LONG) !== isBid;
    if ((entry.reduceOnly || isClosingSide) && !opposes(held, isBid)) return Reason.nothing_to_reduce;
    const isImmediate = entry.timeInForce === IOC || entry.timeInForce === FOK;
    if (listing.state === HALTED && isImmediate) return Reason.market_halted;
    if (!entry.reduceOnly && !isClosingSide && !this.#onlyReduces(exposure, held, isBid, entry.size)) {
      const reason = this.#opening(entry, listing, exposure, held);
      if (reason !== ACCEPTED) return reason;
    }
    if (entry.postOnly && wouldTrade(listing.book, isBid, entry.price)) return Reason.post_only_would_trade;
    if (entry.timeInForce === FOK) {
      const isTooLarge = (entry.reduceOnly || isClosingSide) && entry.size > Math.abs(held);
      if (isTooLarge || !this.#fillOrKill.fills(entry, listing)) return Reason.fok_unfillable;
    }
    return ACCEPTED;
  }

  /** Whether with it and the orders that stand on its side the position would still only shrink. */
  #onlyReduces(exposure: number, held: number, isBid: boolean, size: number): boolean {
    if (exposure === NONE) return false;
    const others = this.#venue.ledger.exposures.ordered(exposure, isBid ? BID : ASK);
    return onlyReduces(held, isBid, others, size);
  }

  #opening(entry: Entry, listing: Listing, exposure: number, held: number): Reason {
    const { engine, ledger, margin, members, rules } = this.#venue;
    const { account, side, size, price } = entry;
    const isBid = side === BID;
    if (members.liquidating(account) > 0) return Reason.account_liquidating;
    if (listing.state === REDUCE_ONLY) return Reason.market_reduce_only;
    if (listing.state === HALTED) return Reason.market_halted;
    if (!engine.book.markets.isAllowed(listing.market, OPEN)) return Reason.price_not_valid;
    const { exposures } = ledger;
    const row = exposure === NONE ? ledger.ensureExposure(account, tagOf(entry.market, entry.leg)) : exposure;
    const worst = Math.abs(heldAfter(held, isBid, exposures.ordered(row, side) + size));
    if (worst > listing.rules.positionMax) return Reason.position_limit;
    if (listing.openInterest + size > listing.rules.openInterestMax) return Reason.open_interest_limit;
    if (rules!.notionalMax !== null && this.#openNotional() + listing.notional(size) > rules!.notionalMax)
      return Reason.notional_limit;
    // Who holds nothing and takes nothing makes depth: without that no such market could begin.
    const isMaking = held === 0 && !wouldTrade(listing.book, isBid, price);
    if (!isMaking && !isWithinDepth(listing, isBid, worst)) return Reason.depth_limit;
    const fee = Math.max(0, ledger.feeOf(entry.market, size, price, listing.rules.takerFee));
    const loss = margin.lossOf(listing, isBid, size, price);
    // What it is worth at the mark: its own loss is counted apart, and better priced orders must not hide it.
    const atMark = listing.notional(size);
    exposures.addOrdered(row, side, size, atMark);
    const headroom = margin.headroom(account);
    exposures.addOrdered(row, side, -size, -atMark);
    return headroom - loss - fee >= 0 ? ACCEPTED : Reason.margin_insufficient;
  }

  /** All open interest at the marks. */
  #openNotional(): number {
    let total = 0;
    for (const listing of this.#venue.listings)
      if (listing !== null && listing !== undefined && listing.openInterest > 0)
        total += listing.notional(listing.openInterest);
    return total;
  }
}

function wouldTrade(book: OrderBook, isBid: boolean, price: number): boolean {
  const maker = book.best(isBid ? ASK : BID);
  return maker !== NOBODY && through(isBid, price, book.price(maker)) >= 0;
}

/** A position of `lots` may be `depthShare` of what the book would take from it within the collar. */
function isWithinDepth(listing: Listing, isBid: boolean, lots: number): boolean {
  const { depthShare } = listing.rules;
  if (depthShare === null) return true;
  const need = Math.ceil((lots * depthShare.den) / depthShare.num);
  const exit = isBid ? BID : ASK;
  const limit = isBid ? listing.collarLow : listing.collarHigh;
  return listing.book.available(exit, limit, need as SizeLots) >= need;
}

function numbersAreWhole(command: PlaceCommand): boolean {
  const { size, trigger, takeProfit, stopLoss } = command;
  if (!isWhole(size) || size < 1) return false;
  if (!isCount(command.price) || !isCount(command.expiresUs) || !isCount(command.clientId)) return false;
  if (!isCount(command.pair) || !isCount(command.session)) return false;
  if (takeProfit !== null && !isMark(takeProfit)) return false;
  if (stopLoss !== null && !isMark(stopLoss)) return false;
  if (trigger !== null && !triggerIsWhole(trigger)) return false;
  const { leg, side, type, timeInForce, selfTrade } = command;
  return isRow(leg, 3) && isRow(side, 2) && isRow(type, 2) && isRow(timeInForce, 4) && isRow(selfTrade, 4);
}

function isCount(number: number): boolean {
  return isWhole(number) && number >= 0;
}

function isMark(price: number): boolean {
  return isWhole(price) && price >= 1 && price <= MARK_MAX;
}

function triggerIsWhole({ kind, by, price, distance }: Trigger): boolean {
  if (!isWhole(price) || price < 0 || price > MARK_MAX || !isWhole(distance) || distance < 0) return false;
  return (
    kind >= TriggerKind.stop &&
    kind <= TriggerKind.trailing &&
    (by === TriggerBy.mark || by === TriggerBy.last)
  );
}

function makesSense(command: PlaceCommand, nowUs: number): boolean {
  const { type, timeInForce, price, postOnly, expiresUs, trigger } = command;
  const isImmediate = timeInForce === IOC || timeInForce === FOK;
  if (type === MARKET && (!isImmediate || price !== 0)) return false;
  if (type === LIMIT && price < 1) return false;
  if (postOnly && isImmediate) return false;
  if ((timeInForce === GTD) !== (expiresUs !== 0)) return false;
  if (expiresUs !== 0 && expiresUs <= nowUs) return false;
  if (trigger === null) return true;
  const isTrailing = trigger.kind === TriggerKind.trailing;
  return isTrailing
    ? trigger.price === 0 && trigger.distance > 0
    : trigger.price > 0 && trigger.distance === 0;
}
