/**
 * An order that takes: it trades with what rests at its price or better, and each trade is booked as it happens. Who may trade how much is asked
 * before each trade, so that no trade opens what may not be opened and none leaves a bucket under its maintenance.
 */
import { mulDivCeil } from '../num/exact.ts';
import type { OrderRow, PriceTicks, Rate, SizeLots } from '../num/units.ts';
import { match, type MatchHost } from '../matching/match.ts';
import { DoneReason, MarketState, SelfTrade } from '../schema/orders.ts';
import { Side } from '../schema/side.ts';
import { VenueEvent } from '../schema/venue-events.ts';
import { BUCKET_NONE, POSITION_MISSING } from '../state/book.ts';
import { marketOfTag, POSITION_F64, PositionField } from '../state/positions.ts';
import { INSURANCE } from './ledger.ts';
import type { Followers } from './followers.ts';
import type { Listing } from './listing.ts';
import type { OrderLife } from './order-life.ts';
import type { Venue } from './venue.ts';
import type { Waiting } from './waiting.ts';

// Constants of its own are compiled in; another module's, and those that it exports, are looked up at every turn.
const { bid: BID } = Side;
const { reduce_only: REDUCE_ONLY } = MarketState;
const { filled: FILLED } = DoneReason;
const NO_BUCKET = BUCKET_NONE;

const FREE: Rate = { num: 0, den: 1 };
const STOP = -1;

export class Matcher implements MatchHost {
  readonly #venue: Venue;
  readonly #life: OrderLife;
  readonly #waiting: Waiting;
  readonly #followers: Followers;
  /** The order that takes. */
  #taker = 0 as OrderRow;
  #listing: Listing | null = null;
  #side: Side = BID;
  #isCloseOut = false;
  /** A liquidation's orders pay to the insurance fund instead (`Liquidations`). */
  #takerFee: Rate = FREE;
  /** A rebate is paid out of the taker's fee, so there is none where the taker pays none. */
  #makerFee: Rate = FREE;
  /** Why the taker stopped before it had to, if it did. */
  #stopped: DoneReason | null = null;
  /** What the last taker's trades were worth. */
  takenWorth = 0;
  /** Lots that taker and maker of one account gave up against each other. */
  #given = 0;

  constructor(venue: Venue, life: OrderLife, waiting: Waiting, followers: Followers) {
    this.#venue = venue;
    this.#life = life;
    this.#waiting = waiting;
    this.#followers = followers;
  }

  /** Trades `row`, which does not rest, at `limit` or better. Answers why it has to end, or null where the rest of it may stand. */
  take(row: OrderRow, limit: number, isLiquidation: boolean): DoneReason | null {
    const { orders, listings } = this.#venue;
    const listing = listings[orders.market(row)]!;
    const side = orders.side(row);
    this.#taker = row;
    this.#listing = listing;
    this.#side = side;
    this.#isCloseOut = isLiquidation;
    const { takerFee, makerFee } = listing.rules;
    this.#takerFee = isLiquidation ? FREE : takerFee;
    this.#makerFee = isLiquidation && makerFee.num < 0 ? FREE : makerFee;
    this.#stopped = null;
    this.takenWorth = 0;
    do {
      this.#given = 0;
      const left = orders.left(row);
      match(listing.book, this, side, limit as PriceTicks, left as SizeLots);
    } while (this.#given > 0 && orders.left(row) > 0);
    if (orders.left(row) === 0) return this.#stopped ?? FILLED;
    return this.#stopped;
  }

  admit(maker: OrderRow, price: PriceTicks, size: SizeLots): number {
    const { orders } = this.#venue;
    const taker = this.#taker;
    const listing = this.#listing!;
    if (orders.account(maker) === orders.account(taker)) return this.#meetSelf(maker, size);
    const isBid = this.#side === BID;
    // Fewer lots may cost one of them more: what only closes brings no margin. Both are asked until they agree.
    for (let most: number = size; ;) {
      let lots = this.#mayTrade(maker, !isBid, most);
      if (lots > 0) lots = this.#afford(maker, !isBid, price, lots, this.#makerFee);
      if (lots === 0) {
        const why = orders.isReduceOnly(maker) ? DoneReason.nothing_to_reduce : DoneReason.refused;
        this.#life.finish(maker, listing.state === REDUCE_ONLY ? DoneReason.market_state : why);
        return 0;
      }
      most = this.#mayTrade(taker, isBid, lots);
      if (most === 0) return this.#stop(DoneReason.nothing_to_reduce);
      most = this.#afford(taker, isBid, price, most, this.#takerFee);
      if (most > 0) most = this.#withinOpenInterest(maker, most);
      if (most === 0) return this.#stop(DoneReason.unfilled);
      if (most === lots) return lots;
    }
  }

  trade(maker: OrderRow, price: PriceTicks, size: SizeLots): void {
    const { orders, events, ledger, listings } = this.#venue;
    const taker = this.#taker;
    const isBid = this.#side === BID;
    const market = orders.market(taker);
    const listing = listings[market]!;
    const trade = ++this.#venue.trades;
    const makerId = orders.id(maker);
    const takerId = orders.id(taker);
    events.emit(VenueEvent.trade, trade, market, price, size, this.#side, takerId, makerId);
    if (orders.left(maker) === size) this.#life.forgetRest(maker);
    this.#life.take(taker, size);
    this.#life.take(maker, size);
    const takerFee = ledger.feeOf(market, size, price, this.#takerFee);
    const makerFee = ledger.feeOf(market, size, price, this.#makerFee);
    const takerExposure = orders.exposure(taker);
    const makerExposure = orders.exposure(maker);
    const lots = (isBid ? 1 : -1) * size;
    const takerHeld = ledger.fill(takerExposure, lots, price, takerFee, trade, takerId, orders.left(taker));
    const makerHeld = ledger.fill(makerExposure, -lots, price, makerFee, trade, makerId, orders.left(maker));
    this.takenWorth += listing.worth(size, price)!;
    listing.last = price;
    this.#waiting.moveLast(market, price);
    const isMakerDone = orders.left(maker) === 0;
    this.#followers.traded(maker, size);
    if (isMakerDone) this.#life.finish(maker, FILLED);
    this.#followers.traded(taker, size);
    this.dropIdle(makerExposure, makerHeld);
    this.dropIdle(takerExposure, takerHeld);
  }

  #stop(why: DoneReason): number {
    this.#stopped = why;
    return STOP;
  }

  #meetSelf(maker: OrderRow, size: number): number {
    const { orders } = this.#venue;
    const mode = orders.selfTrade(this.#taker);
    if (mode === SelfTrade.cancel_taker) return this.#stop(DoneReason.self_trade);
    if (mode === SelfTrade.reduce_both) {
      const isMakerDone = orders.left(maker) === size;
      this.#life.giveUp(this.#taker, size);
      if (!isMakerDone) this.#listing!.book.reduce(maker, size as SizeLots);
      this.#life.giveUp(maker, size);
      if (isMakerDone) this.#life.finish(maker, DoneReason.self_trade);
      if (orders.left(this.#taker) === 0) return this.#stop(DoneReason.self_trade);
      this.#given = size;
      return STOP;
    }
    this.#life.finish(maker, DoneReason.self_trade);
    return mode === SelfTrade.cancel_both ? this.#stop(DoneReason.self_trade) : 0;
  }

  /** Of `size` lots, those that the order's kind, the market's state and a liquidation of its account let it trade. */
  #mayTrade(row: OrderRow, isBid: boolean, size: number): number {
    const { orders, ledger, members } = this.#venue;
    const mustReduce =
      orders.isReduceOnly(row) ||
      this.#listing!.state === REDUCE_ONLY ||
      members.liquidating(orders.account(row)) > 0;
    if (!mustReduce || orders.account(row) === INSURANCE) return size;
    const held = ledger.held(orders.exposure(row));
    if (held === 0 || held > 0 === isBid) return 0;
    return Math.min(size, Math.abs(held));
  }

  /**
   * Of `size` lots at `price`, those whose loss against the mark and whose fee the bucket's equity pays for, and after which it still has its
   * maintenance, or lacks no more of it than before; in an isolated bucket, those whose margin the cross bucket can give.
   */
  #afford(row: OrderRow, isBid: boolean, price: number, size: number, fee: Rate): number {
    const { orders, ledger, margin, members } = this.#venue;
    const exposure = orders.exposure(row);
    const listing = this.#listing!;
    const bucket = ledger.bucketOf(exposure);
    if (bucket !== NO_BUCKET) margin.value(bucket);
    const room = bucket === NO_BUCKET ? 0 : margin.equity;
    const excess = bucket === NO_BUCKET ? 0 : room - margin.maintenance;
    const isCloseOut = this.#isCloseOut && row === this.#taker;
    const isIsolated = ledger.exposures.isIsolated(exposure);
    // What a debt is shared over is for its liquidation to close: who picked from it would leave all of the debt to the rest.
    if (room < 0 && !isCloseOut && !isIsolated && members.liquidating(orders.account(row)) > 0) return 0;
    const held = ledger.held(exposure);
    const closes = held !== 0 && held > 0 !== isBid ? Math.min(size, Math.abs(held)) : 0;
    let lots: number;
    if (isIsolated) {
      if (closes < size && this.#bringsMargin(exposure, isBid, price, size, size - closes, fee, room))
        return size;
      lots = closes === 0 ? 0 : this.#closesIsolated(isBid, price, closes, Math.abs(held), fee, room);
    } else {
      const cost = this.#costOf(isBid, price, size, fee);
      if (cost + margin.maintenanceAtMost(listing, size - closes, price) <= excess) return size;
      lots = this.#paysCross(isBid, price, size, held, cost, fee, room);
    }
    // A close-out comes from one that has too little maintenance, and is held to the bankruptcy price.
    if (lots === 0 || isCloseOut) return lots;
    return this.#keepsMaintenance(exposure, isBid, price, lots, fee, room, excess);
  }

  #paysCross(
    isBid: boolean,
    price: number,
    size: number,
    held: number,
    cost: number,
    fee: Rate,
    room: number,
  ): number {
    if (cost < room || cost <= 0) return size;
    // What closes one way and opens the other is rounded twice.
    const isFlip = held !== 0 && Math.abs(held) < size;
    if (cost === room && !isFlip) return size;
    return this.#lotsFor(isFlip ? room - 1 : room, isBid, price, size, fee);
  }

  /** Of `size` lots, as many as leave no less over maintenance than there was, or than nothing: fewer of them never leave less than more do. */
  #keepsMaintenance(
    exposure: number,
    isBid: boolean,
    price: number,
    size: number,
    fee: Rate,
    room: number,
    excess: number,
  ): number {
    const { ledger, margin, engine } = this.#venue;
    const listing = this.#listing!;
    const held = ledger.held(exposure);
    const row = ledger.positionOf(exposure);
    const { f64 } = engine.book.positions;
    const basis = row === POSITION_MISSING ? 0 : Math.abs(f64[row * POSITION_F64 + PositionField.cost]);
    const others = room - excess - (held === 0 ? 0 : margin.maintenanceOf(listing, held, basis));
    const least = Math.min(0, excess);
    const keeps = (lots: number): boolean => {
      const closed = held !== 0 && held > 0 !== isBid ? Math.min(lots, Math.abs(held)) : 0;
      const opened = lots - closed;
      const kept = closed === 0 ? basis : mulDivCeil(basis, Math.abs(held) - closed, Math.abs(held))!;
      const cost = opened === 0 ? kept : kept + listing.worth(opened, price)!;
      const after = Math.abs(held) - closed + opened;
      const charge = ledger.feeOf(listing.market, lots, price, fee);
      const equity = room - margin.changeOf(listing, isBid, lots, price) - charge;
      return equity - others - (after === 0 ? 0 : margin.maintenanceOf(listing, after, cost)) >= least;
    };
    if (keeps(size)) return size;
    let most = 0;
    for (let over = size; over - most > 1;) {
      const lots = Math.floor((most + over) / 2);
      if (keeps(lots)) most = lots;
      else over = lots;
    }
    return most;
  }

  /** Whether the cross bucket can give what an isolated position opens with, and still has its own maintenance. */
  #bringsMargin(
    exposure: number,
    isBid: boolean,
    price: number,
    size: number,
    opens: number,
    fee: Rate,
    room: number,
  ): boolean {
    const { ledger, margin, engine } = this.#venue;
    const listing = this.#listing!;
    const brings =
      listing.initialMargin(listing.notional(opens), ledger.leverage(exposure)) +
      margin.lossOf(listing, isBid, opens, price);
    const due = brings + Math.max(0, ledger.feeOf(listing.market, size, price, fee));
    margin.value(engine.book.cross[ledger.exposures.account(exposure)]);
    if (due > margin.equity - margin.maintenance) return false;
    // What closes one way and opens the other is rounded twice.
    return this.#costOf(isBid, price, size, fee) + (opens < size ? 1 : 0) <= room + due;
  }

  /** One that is under zero at the mark may still be closed where each lot brings in its part of what is missing. */
  #closesIsolated(
    isBid: boolean,
    price: number,
    size: number,
    held: number,
    fee: Rate,
    room: number,
  ): number {
    if (room >= 0) {
      const cost = this.#costOf(isBid, price, size, fee);
      return cost <= room ? size : this.#lotsFor(room, isBid, price, size, fee);
    }
    const listing = this.#listing!;
    const charge = this.#venue.ledger.feeOf(listing.market, size, price, fee);
    const change = this.#venue.margin.changeOf(listing, isBid, size, price) + charge;
    return BigInt(change) * BigInt(held) <= BigInt(room) * BigInt(size) ? size : 0;
  }

  #costOf(isBid: boolean, price: number, lots: number, fee: Rate): number {
    const listing = this.#listing!;
    const charge = this.#venue.ledger.feeOf(listing.market, lots, price, fee);
    return this.#venue.margin.lossOf(listing, isBid, lots, price) + charge;
  }

  #lotsFor(room: number, isBid: boolean, price: number, size: number, fee: Rate): number {
    if (room <= 0) return 0;
    return Math.min(size, Math.floor(room / this.#costOf(isBid, price, 1, fee)));
  }

  /** Where both sides open, open interest grows. */
  #withinOpenInterest(maker: OrderRow, lots: number): number {
    const { orders, ledger } = this.#venue;
    const listing = this.#listing!;
    const room = listing.rules.openInterestMax - listing.openInterest;
    if (room >= lots) return lots;
    const isBid = this.#side === BID;
    const long = ledger.held(orders.exposure(isBid ? this.#taker : maker));
    const short = ledger.held(orders.exposure(isBid ? maker : this.#taker));
    const closing = Math.max(0, Math.max(-long, short));
    return Math.min(lots, Math.max(0, room) + closing);
  }

  /** Orders that only reduce go with the position, `before` lots, that they were for. The one that takes is ended by who sent it. */
  dropIdle(exposure: number, before: number): void {
    const { orders, ledger } = this.#venue;
    if (ledger.exposures.reduceOnly(exposure) === 0) return;
    const held = ledger.held(exposure);
    if (Math.sign(held) === Math.sign(before)) return;
    const account = ledger.exposures.account(exposure);
    const idle = this.#life.ordersOf(account, (row) => {
      if (orders.exposure(row) !== exposure || !orders.rests(row) || !orders.isReduceOnly(row)) return false;
      return held === 0 || held > 0 === (orders.side(row) === BID);
    });
    this.#life.finishAll(idle, DoneReason.nothing_to_reduce);
  }

  /** Of `size` lots, those that an exposure's bucket can trade at `price` without going under; `isBid` buys. */
  affordable(exposure: number, isBid: boolean, price: number, size: number): number {
    const { ledger, margin, listings } = this.#venue;
    this.#listing = listings[marketOfTag(ledger.exposures.tag(exposure))]!;
    const room = margin.equityOf(ledger.bucketOf(exposure));
    const cost = this.#costOf(isBid, price, size, FREE);
    return cost <= 0 || cost <= room ? size : this.#lotsFor(room, isBid, price, size, FREE);
  }
}
