/**
 * The exchange as its events tell it: orders, books, positions and prices, kept apart from the exchange and in the plainest way, so that laws have
 * something to hold it against. Where an event cannot follow from what was told before, the trail breaks.
 */
import type { EventLog } from '../../core/exchange/event-log.ts';
import { Kind, Leg } from '../../core/schema/commands.ts';
import { DoneReason, MarketState, OrderType, TriggerBy, TriggerKind } from '../../core/schema/orders.ts';
import { Reason } from '../../core/schema/reasons.ts';
import { Side } from '../../core/schema/side.ts';
import { VenueKind, type PlaceCommand } from '../../core/schema/venue-commands.ts';
import { OrderFlag, VenueEvent } from '../../core/schema/venue-events.ts';
import { demand, type Step } from './law.ts';

export interface TrailOrder {
  readonly id: number;
  readonly account: number;
  readonly market: number;
  readonly leg: number;
  readonly side: Side;
  readonly type: number;
  readonly timeInForce: number;
  readonly reduceOnly: boolean;
  readonly postOnly: boolean;
  readonly isLiquidation: boolean;
  readonly clientId: number;
  readonly parent: number;
  /** What only its command says; children have none of it. */
  readonly pair: number;
  readonly session: number;
  readonly expiresUs: number;
  readonly by: number;
  readonly distance: number;
  readonly trigger: number;
  readonly triggerPrice: number;
  price: number;
  size: number;
  filled: number;
  /** Given up without a trade. */
  dropped: number;
  /** It waits for its trigger, rests in the book, or is on its way. */
  place: 'waits' | 'rests' | 'moves';
  /** Of a trailing stop: the price furthest its way since it was placed. */
  best: number;
  /** When it was accepted, and when it first traded or fired with this command: events are counted. 0: it did not. */
  readonly bornAt: number;
  movedAt: number;
  /** It was amended to less of the same, and is behind others for it. */
  lostPlace: boolean;
  /** It waits, and its price was there. */
  isDue: boolean;
}

export function leftOf(order: TrailOrder): number {
  return order.size - order.filled - order.dropped;
}

/** A fill, as its event says it. */
export interface TrailFill {
  readonly order: TrailOrder | null;
  readonly account: number;
  readonly market: number;
  readonly leg: number;
  readonly size: number;
  readonly price: number;
  readonly fee: number;
  readonly trade: number;
  readonly isTaker: boolean;
  /** Position before. */
  readonly held: number;
}

interface Trade {
  readonly trade: number;
  readonly market: number;
  readonly price: number;
  readonly size: number;
  readonly side: Side;
  readonly taker: TrailOrder;
  readonly maker: TrailOrder;
  /** Its two fills are still to come. */
  due: number;
}

export class Trail {
  readonly orders = new Map<number, TrailOrder>();
  /** By 2 * market + side: resting orders, best first, then oldest. */
  readonly books: TrailOrder[][] = [];
  /** Signed lots by `account:market:leg`. */
  readonly positions = new Map<string, number>();
  readonly marks: number[] = [];
  /** Of the last trade; 0 before the first. */
  readonly last: number[] = [];
  readonly states: MarketState[] = [];
  /** Orders that ended with this command, and fills in it. */
  readonly ended: TrailOrder[] = [];
  readonly fills: TrailFill[] = [];
  trades = 0;
  #lastId = 0;
  /** A market is open again: what came to rest while it was not may take. */
  #isUncrossing = false;
  #stamp = 0;
  #trade: Trade | null = null;
  /** Markets that trade again since the last cut. */
  readonly #resumed = new Set<number>();
  #placed: PlaceCommand | null = null;

  follow({ command, reason }: Step, events: EventLog): void {
    this.#isUncrossing = false;
    this.ended.length = 0;
    this.fills.length = 0;
    for (const order of this.orders.values()) {
      order.movedAt = 0;
      order.lostPlace = false;
    }
    this.#placed = command.kind === VenueKind.place && reason === Reason.accepted ? command : null;
    if (reason === Reason.accepted) {
      const halting = new Set<number>();
      for (let row = 0; row < events.count; row++)
        if (events.kind(row) === VenueEvent.state && events.field(row, 1) === MarketState.halted)
          halting.add(events.field(row, 0));
      // Of two marks for one market the later counts, and nobody sees the other.
      if (command.kind === Kind.marks)
        for (const [market, price] of new Map(command.marks.map((each) => [each.market, each.price])))
          this.#mark(market, price, halting.has(market));
      if (command.kind === Kind.quality && command.mark !== null)
        this.#mark(command.market, command.mark, halting.has(command.market));
      if (command.kind === VenueKind.listing) this.states[command.market] ??= MarketState.active;
    }
    for (let row = 0; row < events.count; row++) this.#take(events, row);
    demand(this.#trade === null, () => 'a trade without its two fills');
    demand(this.#placed === null, () => 'an order that was placed and never accepted');
  }

  book(market: number, side: Side): TrailOrder[] {
    return (this.books[2 * market + side] ??= []);
  }

  held(account: number, market: number, leg: number): number {
    return this.positions.get(`${account}:${market}:${leg}`) ?? 0;
  }

  #priceFor({ by, market }: TrailOrder): number {
    return (by === TriggerBy.mark ? this.marks[market] : this.last[market]) ?? 0;
  }

  /** Looks at the price that a waiting order looks at. */
  #look(order: TrailOrder): void {
    const price = this.#priceFor(order);
    if (order.place !== 'waits' || !(price > 0) || this.states[order.market] === MarketState.halted) return;
    if (order.best === 0) order.best = price;
    else order.best = order.side === Side.bid ? Math.min(order.best, price) : Math.max(order.best, price);
    if (this.#fires(order, price)) order.isDue = true;
  }

  #fires(order: TrailOrder, price: number): boolean {
    const isBuy = order.side === Side.bid;
    switch (order.trigger) {
      case TriggerKind.stop:
        return isBuy ? price >= order.triggerPrice : price <= order.triggerPrice;
      case TriggerKind.take_profit:
        return isBuy ? price <= order.triggerPrice : price >= order.triggerPrice;
      case TriggerKind.trailing:
        return isBuy ? price >= order.best + order.distance : price <= order.best - order.distance;
      default:
        return false;
    }
  }

  #take(events: EventLog, row: number): void {
    this.#stamp++;
    const field = (place: number): number => events.field(row, place);
    switch (events.kind(row)) {
      case VenueEvent.accepted:
        return this.#accept(events, row);
      case VenueEvent.rested:
        return this.#rest(this.#find(field(0)), field(3), field(4));
      case VenueEvent.trade:
        return this.#meet(field);
      case VenueEvent.fill:
        return this.#fill(field);
      case VenueEvent.position:
        this.positions.set(`${field(0)}:${field(1)}:${field(2)}`, field(4));
        return;
      case VenueEvent.done:
        return this.#end(this.#find(field(0)), field(3) as DoneReason, field(4));
      case VenueEvent.amended:
        return this.#amend(this.#find(field(0)), field);
      case VenueEvent.triggered:
        return this.#fire(this.#find(field(0)));
      case VenueEvent.state:
        if (this.states[field(0)] === MarketState.halted) this.#resumed.add(field(0));
        this.states[field(0)] = field(1) as MarketState;
        this.#isUncrossing ||= field(1) !== MarketState.halted;
        return;
      case VenueEvent.cut:
        for (const market of this.#resumed)
          for (const by of [TriggerBy.mark, TriggerBy.last]) this.#lookAll(market, by);
        this.#resumed.clear();
        return;
      default:
    }
  }

  #find(id: number): TrailOrder {
    const order = this.orders.get(id);
    demand(order !== undefined, () => `an event about order ${id}, which is over or never was`);
    return order!;
  }

  /** While nothing trades nothing that waits looks at prices. */
  #mark(market: number, price: number, isHalting: boolean): void {
    this.marks[market] = price;
    if (!isHalting && this.states[market] !== MarketState.halted) this.#lookAll(market, TriggerBy.mark);
  }

  #lookAll(market: number, by: number): void {
    for (const order of this.orders.values())
      if (order.market === market && order.by === by) this.#look(order);
  }

  #accept(events: EventLog, row: number): void {
    const field = (place: number): number => events.field(row, place);
    const id = field(0);
    demand(id === this.#lastId + 1, () => `order ${id} accepted after ${this.#lastId}`);
    this.#lastId = id;
    const [parent, flags] = [field(13), field(9)];
    const isOwn = parent === 0 && (flags & OrderFlag.liquidation) === 0;
    const placed = isOwn ? this.#placed : null;
    demand(!isOwn || placed !== null, () => `order ${id} was accepted and nobody placed it`);
    if (isOwn) this.#placed = null;
    const trigger = field(11);
    const order: TrailOrder = {
      id,
      account: field(1),
      market: field(2),
      leg: field(3),
      side: field(4) as Side,
      type: field(5),
      timeInForce: field(6),
      price: field(7),
      size: field(8),
      reduceOnly: (flags & OrderFlag.reduceOnly) !== 0,
      postOnly: (flags & OrderFlag.postOnly) !== 0,
      isLiquidation: (flags & OrderFlag.liquidation) !== 0,
      clientId: field(10),
      trigger,
      triggerPrice: field(12),
      parent,
      pair: placed?.pair ?? 0,
      session: placed?.session ?? 0,
      expiresUs: placed?.expiresUs ?? 0,
      by: (flags & OrderFlag.byLast) !== 0 ? TriggerBy.last : TriggerBy.mark,
      distance: placed?.trigger?.distance ?? 0,
      filled: 0,
      dropped: 0,
      place: trigger === TriggerKind.none ? 'moves' : 'waits',
      best: 0,
      bornAt: this.#stamp,
      movedAt: 0,
      lostPlace: false,
      isDue: false,
    };
    if (placed !== null) {
      const isSame =
        order.account === placed.account &&
        order.market === placed.market &&
        order.leg === placed.leg &&
        order.side === placed.side &&
        order.size === placed.size &&
        order.clientId === placed.clientId &&
        order.reduceOnly === (placed.reduceOnly || closes(placed)) &&
        order.trigger === (placed.trigger?.kind ?? TriggerKind.none);
      demand(isSame, () => `order ${id} is not what was placed`);
    }
    this.orders.set(id, order);
    this.#look(order);
  }

  #rest(order: TrailOrder, price: number, left: number): void {
    if (this.#isUncrossing) this.#leave(order);
    demand(order.place === 'moves', () => `order ${order.id} came to rest while it ${order.place}`);
    demand(order.type === OrderType.limit, () => `market order ${order.id} came to rest`);
    demand(
      left === leftOf(order) && left > 0,
      () => `order ${order.id} rests with ${left} lots and has ${leftOf(order)} left`,
    );
    demand(price === order.price, () => `order ${order.id} at ${order.price} rests at ${price}`);
    order.place = 'rests';
    const book = this.book(order.market, order.side);
    const isBehind = (other: TrailOrder): boolean =>
      order.side === Side.bid ? other.price < price : other.price > price;
    const at = book.findIndex(isBehind);
    book.splice(at === -1 ? book.length : at, 0, order);
  }

  #leave(order: TrailOrder): void {
    if (order.place !== 'rests') return;
    const book = this.book(order.market, order.side);
    book.splice(book.indexOf(order), 1);
    order.place = 'moves';
  }

  #meet(field: (place: number) => number): void {
    demand(this.#trade === null, () => 'a trade before the fills of the one before it');
    const [trade, market, price, size, side] = [field(0), field(1), field(2), field(3), field(4) as Side];
    const taker = this.#find(field(5));
    const maker = this.#find(field(6));
    if (this.#isUncrossing) this.#leave(taker);
    this.trades++;
    demand(trade === this.trades, () => `trade ${trade} is the ${this.trades}th`);
    demand(
      taker.side === side && maker.side !== side && taker.market === market && maker.market === market,
      () => `trade ${trade} is not between two sides of a market`,
    );
    demand(taker.place === 'moves', () => `trade ${trade}: taker ${taker.id} ${taker.place}`);
    const first = this.book(market, maker.side)[0];
    demand(
      first === maker,
      () => `trade ${trade}: maker ${maker.id} is not the first, which is ${first?.id}`,
    );
    demand(price === maker.price, () => `trade ${trade} at ${price}, its maker stands at ${maker.price}`);
    demand(
      taker.type === OrderType.market || (side === Side.bid ? price <= taker.price : price >= taker.price),
      () => `trade ${trade} at ${price} is worse than the taker's limit ${taker.price}`,
    );
    demand(
      size >= 1 && size <= leftOf(taker) && size <= leftOf(maker),
      () => `trade ${trade} of ${size} lots: taker has ${leftOf(taker)}, maker ${leftOf(maker)}`,
    );
    demand(!taker.postOnly, () => `post-only order ${taker.id} took`);
    demand(taker.account !== maker.account, () => `trade ${trade} of account ${taker.account} with itself`);
    this.last[market] = price;
    this.#lookAll(market, TriggerBy.last);
    this.#trade = { trade, market, price, size, side, taker, maker, due: 2 };
  }

  #fill(field: (place: number) => number): void {
    const [account, market, leg, size, price, fee] = [
      field(0),
      field(1),
      field(2),
      field(4),
      field(5),
      field(6),
    ];
    const [trade, id, left] = [field(7), field(8), field(9)];
    const held = this.held(account, market, leg);
    const order = id === 0 ? null : this.#find(id);
    const isTaker = order !== null && this.#trade?.taker === order;
    if (order !== null) this.#fillOrder(order, trade, market, size, price, left);
    else demand(trade === 0, () => `a fill of trade ${trade} without an order`);
    this.positions.set(`${account}:${market}:${leg}`, held + size);
    this.fills.push({ order, account, market, leg, size, price, fee, trade, isTaker, held });
  }

  #fillOrder(
    order: TrailOrder,
    trade: number,
    market: number,
    size: number,
    price: number,
    left: number,
  ): void {
    const open = this.#trade;
    demand(open !== null && open.trade === trade, () => `a fill of trade ${trade}, which is not at hand`);
    demand(
      order === open!.taker || order === open!.maker,
      () => `order ${order.id} is not of trade ${trade}`,
    );
    demand(
      market === open!.market &&
        price === open!.price &&
        Math.abs(size) === open!.size &&
        size > 0 === (order.side === Side.bid),
      () => `order ${order.id}'s fill is not that of trade ${trade}`,
    );
    order.filled += Math.abs(size);
    order.movedAt ||= this.#stamp;
    demand(
      left === leftOf(order),
      () => `order ${order.id} has ${leftOf(order)} lots left, its fill says ${left}`,
    );
    if (left === 0) this.#leave(order);
    if (--open!.due === 0) this.#trade = null;
  }

  #end(order: TrailOrder, why: DoneReason, left: number): void {
    demand(
      left === leftOf(order),
      () => `order ${order.id} is done with ${left} lots left of ${leftOf(order)}`,
    );
    const isAllGone = why === DoneReason.filled || why === DoneReason.self_trade;
    demand(
      left === 0 ? isAllGone : why !== DoneReason.filled,
      () => `order ${order.id} is done, why ${why}, with ${left} lots left`,
    );
    this.#leave(order);
    this.orders.delete(order.id);
    this.ended.push(order);
  }

  #amend(order: TrailOrder, field: (place: number) => number): void {
    const [price, size, left, kept] = [field(2), field(3), field(4), field(5) === 1];
    if (kept && order.place === 'rests')
      demand(
        price === order.price && size <= order.size,
        () => `order ${order.id} kept its place and did not only shrink`,
      );
    else if (order.place === 'rests') {
      order.lostPlace = price === order.price && size <= order.size;
      this.#leave(order);
    }
    order.price = price;
    // What two orders of one account give up against each other is neither traded nor asked for any more.
    if (kept && size === order.size) order.dropped += leftOf(order) - left;
    order.size = size;
    demand(
      left === leftOf(order),
      () => `order ${order.id} amended has ${leftOf(order)} lots left, not ${left}`,
    );
  }

  #fire(order: TrailOrder): void {
    demand(order.place === 'waits', () => `order ${order.id} fired and did not wait`);
    demand(
      order.isDue,
      () =>
        `order ${order.id} fired at mark ${this.marks[order.market]}, last ${this.last[order.market]}, and waits for ${order.triggerPrice} (${order.trigger}, best ${order.best}, distance ${order.distance})`,
    );
    order.place = 'moves';
    order.movedAt ||= this.#stamp;
  }
}

/** On a hedge leg, the side that cannot open. */
function closes({ leg, side }: PlaceCommand): boolean {
  return leg !== Leg.net && (leg === Leg.long) !== (side === Side.bid);
}
