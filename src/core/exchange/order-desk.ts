/** Orders as they are asked for: placed, amended, cancelled, and what comes back of them on its own (expiry, triggers). */
import { isRow, isWhole } from '../num/exact.ts';
import { PRICE_NONE, type OrderRow, type SizeLots } from '../num/units.ts';
import {
  DoneReason,
  MarketState,
  OrderType,
  SelfTrade,
  TimeInForce,
  TriggerBy,
  TriggerKind,
} from '../schema/orders.ts';
import { Reason } from '../schema/reasons.ts';
import { Side } from '../schema/side.ts';
import type {
  AmendCommand,
  CancelAllCommand,
  CancelCommand,
  DisconnectCommand,
  PlaceCommand,
} from '../schema/venue-commands.ts';
import { VenueEvent } from '../schema/venue-events.ts';
import { legOfTag, marketOfTag, tagOf } from '../state/positions.ts';
import { ORDER_NONE } from '../matching/order-book.ts';
import { Followers } from './followers.ts';
import type { Listing } from './listing.ts';
import { Matcher } from './matcher.ts';
import { OrderChecks, type Entry } from './order-checks.ts';
import { OrderLife } from './order-life.ts';
import { Waiting } from './waiting.ts';
import type { Venue } from './venue.ts';
import {
  NO_ORDER,
  OrderBits,
  SELF_TRADE_SHIFT,
  TIME_IN_FORCE_SHIFT,
  TRIGGER_SHIFT,
} from './working-orders.ts';

// Constants of its own are compiled in; another module's, and those that it exports, are looked up at every turn.
const { accepted: ACCEPTED } = Reason;
const { bid: BID, ask: ASK } = Side;
const { market: MARKET, limit: LIMIT } = OrderType;
const { ioc: IOC, fok: FOK } = TimeInForce;
const { market: MARKET_BIT, reduceOnly: REDUCE_ONLY, postOnly: POST_ONLY, byLast: BY_LAST } = OrderBits;
const IN_FORCE = TIME_IN_FORCE_SHIFT;
const SELF_TRADE = SELF_TRADE_SHIFT;
const TRIGGER = TRIGGER_SHIFT;
const NONE = NO_ORDER;

export class OrderDesk {
  readonly waiting: Waiting;
  readonly life: OrderLife;
  readonly matcher: Matcher;
  readonly #venue: Venue;
  readonly #checks: OrderChecks;
  readonly #followers: Followers;
  /** The order that is being looked at, as it would enter the market. */
  readonly #entry: Entry = {
    account: 0,
    market: 0,
    leg: 0,
    side: BID,
    type: LIMIT,
    timeInForce: TimeInForce.gtc,
    price: 0,
    size: 0,
    reduceOnly: false,
    postOnly: false,
    selfTrade: SelfTrade.cancel_taker,
  };

  constructor(venue: Venue) {
    this.#venue = venue;
    this.waiting = new Waiting(venue);
    this.life = new OrderLife(venue, this.waiting);
    this.#followers = new Followers(venue, this.life, this.waiting);
    this.matcher = new Matcher(venue, this.life, this.waiting, this.#followers);
    this.#checks = new OrderChecks(venue);
  }

  place(command: PlaceCommand): Reason {
    const reason = this.#checks.shape(command);
    if (reason !== ACCEPTED) return reason;
    const entry = this.#entry;
    entry.account = command.account;
    entry.market = command.market;
    entry.leg = command.leg;
    entry.side = command.side;
    entry.type = command.type;
    entry.timeInForce = command.timeInForce;
    entry.price = command.price;
    entry.size = command.size;
    entry.reduceOnly = command.reduceOnly;
    entry.postOnly = command.postOnly;
    entry.selfTrade = command.selfTrade;
    if (command.trigger === null) {
      const refused = this.#checks.entry(entry);
      if (refused !== ACCEPTED) return refused;
    }
    const row = this.#open(command, entry.price);
    if (command.trigger === null) {
      this.life.count(row);
      this.#take(row);
    } else {
      // While nothing trades it has seen no price yet.
      const isHalted = this.#venue.listings[command.market]!.state === MarketState.halted;
      const now = this.waiting.now(command.market, command.trigger.by === TriggerBy.last);
      this.waiting.add(row, isHalted ? PRICE_NONE : now);
      this.waiting.look(row);
    }
    return ACCEPTED;
  }

  amend(command: AmendCommand): Reason {
    const { orders, listings } = this.#venue;
    const row = this.#find(command);
    if (typeof row !== 'number') return row.reason;
    const { price, size } = command;
    if (!isWhole(price) || price < 0 || !isWhole(size) || size < 1) return Reason.number_invalid;
    if (orders.isMarket(row) ? price !== 0 : price < 1) return Reason.order_invalid;
    if (size <= orders.filled(row)) return Reason.amend_filled;
    const listing = listings[orders.market(row)]!;
    const reason = this.#checks.sizeAndPrice(listing, size, price);
    if (reason !== ACCEPTED) return reason;

    const isWaiting = orders.waits(row);
    const keepsPlace = isWaiting || (price === orders.price(row) && size <= orders.size(row));
    if (keepsPlace) {
      const by = orders.size(row) - size;
      if (by !== 0 && !isWaiting) {
        listing.book.reduce(row, by as SizeLots);
        this.life.giveUp(row, by);
        return ACCEPTED;
      }
      orders.setSize(row, size);
      orders.setPrice(row, price);
      this.life.sayAmended(row, true);
      return ACCEPTED;
    }
    return this.#replace(row, price, size);
  }

  cancel(command: CancelCommand): Reason {
    const row = this.#find(command);
    if (typeof row !== 'number') return row.reason;
    this.life.finish(row, DoneReason.canceled);
    return ACCEPTED;
  }

  cancelAll({ account, market }: CancelAllCommand): Reason {
    const { members, orders, engine } = this.#venue;
    if (!isRow(account, members.count)) return Reason.account_unknown;
    if (market !== null && !isRow(market, engine.book.markets.count)) return Reason.market_unknown;
    const rows = this.life.ordersOf(account, (row) => market === null || orders.market(row) === market);
    this.life.finishAll(rows, DoneReason.canceled);
    return ACCEPTED;
  }

  disconnect({ account, session }: DisconnectCommand): Reason {
    const { members, orders } = this.#venue;
    if (!isRow(account, members.count)) return Reason.account_unknown;
    if (!isWhole(session) || session < 1) return Reason.number_invalid;
    const rows = this.life.ordersOf(account, (row) => orders.session(row) === session);
    this.life.finishAll(rows, DoneReason.disconnected);
    return ACCEPTED;
  }

  /** Ends what is over at the engine's time. */
  expire(): void {
    const { orders, expiries, engine } = this.#venue;
    for (;;) {
      const id = expiries.take(engine.timeUs);
      if (id === 0) return;
      const row = orders.find(id);
      if (row !== NONE) this.life.finish(row, DoneReason.expired);
    }
  }

  /** Sends an order whose trigger fired into the market, if it still waits. */
  fire(id: number): void {
    const { orders, events } = this.#venue;
    const row = orders.find(id);
    if (row === NONE || !orders.waits(row)) return;
    const market = orders.market(row);
    const byLast = orders.isByLast(row);
    this.waiting.remove(row);
    const by = byLast ? TriggerBy.last : TriggerBy.mark;
    events.emit(VenueEvent.triggered, id, orders.account(row), market, this.waiting.now(market, byLast), by);
    const entry = this.#entryOf(row, orders.price(row), orders.left(row));
    this.#followers.dropPair(row);
    // It is looked at as one that is not there yet.
    const reason = this.#checks.entry(entry);
    if (entry.type === MARKET) orders.setPrice(row, entry.price);
    this.life.count(row);
    if (reason === ACCEPTED) this.#take(row);
    else this.life.finish(row, DoneReason.refused);
  }

  /** After a halt: what crosses trades, and what waits looks at the prices as they are now. */
  resume(listing: Listing): void {
    this.#uncross(listing);
    const { market } = listing;
    for (const byLast of [false, true]) {
      const now = this.waiting.now(market, byLast);
      if (now === PRICE_NONE) continue;
      if (byLast) this.waiting.moveLast(market, now);
      else this.waiting.moveMark(market, now);
    }
  }

  /** What crosses trades, the younger of the two taking. */
  #uncross(listing: Listing): void {
    const { orders } = this.#venue;
    const { book } = listing;
    for (;;) {
      const bid = book.best(BID);
      const ask = book.best(ASK);
      if (bid === ORDER_NONE || ask === ORDER_NONE || book.price(bid) < book.price(ask)) return;
      const [older, younger] = orders.id(bid) > orders.id(ask) ? [ask, bid] : [bid, ask];
      const taker = orders.isPostOnly(younger) ? older : younger;
      this.life.unrest(taker);
      this.#take(taker);
    }
  }

  /** A close-out: what the book gives for `lots` at `limit` or better, without fee. Returns the lots that traded. */
  closeOut(exposure: number, lots: number, limit: number): number {
    const { orders, ledger } = this.#venue;
    const account = ledger.exposures.account(exposure);
    const tag = ledger.exposures.tag(exposure);
    const row = orders.add(account, 0);
    const side = lots > 0 ? BID : ASK;
    const size = Math.abs(lots);
    const bits = side | REDUCE_ONLY | (IOC << IN_FORCE);
    orders.describe(row, exposure, marketOfTag(tag), bits);
    orders.setSize(row, size);
    orders.setPrice(row, limit);
    this.life.link(row);
    this.life.count(row);
    this.life.sayAccepted(row, true);
    const why = this.matcher.take(row, limit, true);
    const traded = size - orders.left(row);
    this.life.finish(row, why ?? DoneReason.unfilled);
    return traded;
  }

  /** Makes the row of an order that was checked. */
  #open(command: PlaceCommand, price: number): OrderRow {
    const { orders, ledger, expiries } = this.#venue;
    const { account, market, leg, side, trigger } = command;
    const row = orders.add(account, command.clientId);
    const isClosingSide = leg !== 0 && (leg === 1) === (side === ASK);
    orders.describe(
      row,
      ledger.ensureExposure(account, tagOf(market, leg)),
      market,
      side |
        (command.type === MARKET ? MARKET_BIT : 0) |
        (command.timeInForce << IN_FORCE) |
        (command.reduceOnly || isClosingSide ? REDUCE_ONLY : 0) |
        (command.postOnly ? POST_ONLY : 0) |
        (command.selfTrade << SELF_TRADE) |
        ((trigger?.kind ?? TriggerKind.none) << TRIGGER) |
        (trigger?.by === TriggerBy.last ? BY_LAST : 0),
    );
    orders.setSize(row, command.size);
    orders.setPrice(row, price);
    orders.setExpiry(row, command.expiresUs);
    orders.setPair(row, command.pair);
    orders.setSession(row, command.session);
    if (trigger !== null)
      orders.setTrigger(row, trigger.kind === TriggerKind.trailing ? trigger.distance : trigger.price);
    orders.setProtection(row, command.takeProfit ?? 0, command.stopLoss ?? 0);
    this.life.link(row);
    if (command.expiresUs !== 0) expiries.add(command.expiresUs, orders.id(row));
    this.life.sayAccepted(row, false);
    return row;
  }

  /** Trades what can be traded; the rest rests or ends. */
  #take(row: OrderRow): void {
    const { orders, listings } = this.#venue;
    const listing = listings[orders.market(row)]!;
    const timeInForce = orders.timeInForce(row);
    const why = listing.isTrading ? this.matcher.take(row, orders.price(row), false) : null;
    if (why !== null) this.life.finish(row, why);
    else if (timeInForce === IOC || timeInForce === FOK) this.life.finish(row, DoneReason.unfilled);
    else this.life.rest(row);
  }

  /** A resting order at another price or larger: behind all others, and checked like a new one. */
  #replace(row: OrderRow, price: number, size: number): Reason {
    const { orders } = this.#venue;
    const entry = this.#entryOf(row, price, size - orders.filled(row));
    this.life.uncount(row);
    const reason = this.#checks.entry(entry);
    if (reason === ACCEPTED) {
      this.life.unrest(row);
      orders.setPrice(row, price);
      orders.setSize(row, size);
    }
    this.life.count(row);
    if (reason !== ACCEPTED) return reason;
    this.life.sayAmended(row, false);
    this.#take(row);
    return ACCEPTED;
  }

  /** An order as it would enter at this price, with so much left. */
  #entryOf(row: OrderRow, price: number, left: number): Entry {
    const { orders, ledger } = this.#venue;
    const entry = this.#entry;
    entry.account = orders.account(row);
    entry.market = orders.market(row);
    entry.leg = legOfTag(ledger.exposures.tag(orders.exposure(row)));
    entry.side = orders.side(row);
    entry.type = orders.isMarket(row) ? MARKET : LIMIT;
    entry.timeInForce = orders.timeInForce(row);
    entry.price = price;
    entry.size = left;
    entry.reduceOnly = orders.isReduceOnly(row);
    entry.postOnly = orders.isPostOnly(row);
    entry.selfTrade = orders.selfTrade(row);
    return entry;
  }

  /** The order that a command names, or why there is none. */
  #find(command: CancelCommand | AmendCommand): OrderRow | { readonly reason: Reason } {
    const { members, orders } = this.#venue;
    const { account, order, clientId } = command;
    if (!isRow(account, members.count)) return { reason: Reason.account_unknown };
    if (!isWhole(order) || order < 0 || !isWhole(clientId) || clientId < 0)
      return { reason: Reason.number_invalid };
    const row =
      order !== 0 ? orders.find(order) : clientId !== 0 ? orders.findClient(account, clientId) : NONE;
    if (row === NONE || orders.account(row) !== account) return { reason: Reason.order_unknown };
    return row;
  }
}
