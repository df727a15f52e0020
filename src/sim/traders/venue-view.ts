/**
 * What traders see of an exchange: marks, accounts, and, from its events, the orders that work and the best prices. It knows
 * nothing that a participant with all accounts' feeds could not know, and decides nothing.
 */
import type { Engine } from '../../core/engine/engine.ts';
import type { EventLog } from '../../core/exchange/event-log.ts';
import type { AccountRow, MarketRow, PriceTicks, SizeLots } from '../../core/num/units.ts';
import type { Command, Leg } from '../../core/schema/commands.ts';
import { MarketState } from '../../core/schema/orders.ts';
import type { Reason } from '../../core/schema/reasons.ts';
import { Side } from '../../core/schema/side.ts';
import type { OwnCommand } from '../../core/schema/venue-commands.ts';
import { OrderFlag, VenueEvent } from '../../core/schema/venue-events.ts';
import { BUCKET_NONE } from '../../core/state/book.ts';
import { Sum } from '../../core/margin/valuation.ts';
import { positionsOf } from '../holdings.ts';
import type { SimVenueMarket } from './world.ts';

/** What is needed of an exchange to trade on it. */
export interface Venue {
  readonly engine: Pick<Engine, 'book' | 'watch'>;
  readonly events: Pick<EventLog, 'count' | 'kind' | 'field'>;
  apply(command: Command | OwnCommand): Reason;
}

export interface OrderView {
  readonly id: number;
  readonly account: number;
  readonly market: number;
  readonly leg: number;
  readonly side: Side;
  readonly clientId: number;
  readonly reduceOnly: boolean;
  waits: boolean;
  rests: boolean;
  price: number;
  size: number;
  left: number;
}

export interface PositionView {
  readonly market: MarketRow;
  readonly leg: Leg;
  readonly size: number;
}

/** Lots by price of one side, and the best of them while it is known. */
interface Levels {
  readonly lots: Map<number, number>;
  best: number | null;
}

const NO_PRICE = -1;

export class VenueView {
  readonly venue: Venue;
  readonly markets: readonly SimVenueMarket[];
  readonly orders = new Map<number, OrderView>();
  readonly lastPrice: number[] = [];
  readonly states: MarketState[] = [];
  readonly hedged = new Set<number>();
  /** Accounts that nobody liquidates. */
  readonly exempt = new Set<AccountRow>();
  readonly #isolated = new Set<string>();
  readonly #byAccount = new Map<number, Set<OrderView>>();
  readonly #levels: Levels[] = [];

  constructor(venue: Venue, markets: readonly SimVenueMarket[]) {
    this.venue = venue;
    this.markets = markets;
    for (const { row, firstMark } of markets) {
      this.lastPrice[row] = this.ticksOf(row, firstMark);
      this.states[row] = MarketState.active;
      this.#levels.push({ lots: new Map(), best: NO_PRICE }, { lots: new Map(), best: NO_PRICE });
    }
  }

  mark(market: number): number {
    return this.venue.engine.book.markets.mark(market as MarketRow);
  }

  /** The tick nearest to a mark, 1 at least. */
  ticksOf(market: number, mark: number): PriceTicks {
    const { tickUnit, markUnit } = this.markets[market].definition;
    return Math.max(1, Math.round((mark * markUnit * tickUnit.den) / tickUnit.num)) as PriceTicks;
  }

  /** The mark tick nearest to a price, 1 at least. */
  markOf(market: number, ticks: number): number {
    const { tickUnit, markUnit } = this.markets[market].definition;
    return Math.max(1, Math.round((ticks * tickUnit.num) / (tickUnit.den * markUnit)));
  }

  markTicks(market: number): PriceTicks {
    return this.ticksOf(market, this.mark(market));
  }

  /** Money units of one lot at the mark, about. */
  lotValue(market: number): number {
    const { value, definition } = this.markets[market];
    return Math.max(1e-9, value > 0 ? value / this.mark(market) : this.mark(market) * definition.markUnit);
  }

  lotsFor(market: number, money: number): SizeLots {
    return Math.max(1, Math.round(money / this.lotValue(market))) as SizeLots;
  }

  isIsolated(account: number, market: number): boolean {
    return this.#isolated.has(`${account}:${market}`);
  }

  ordersOf(account: number): OrderView[] {
    return [...(this.#byAccount.get(account) ?? [])];
  }

  /** -1 where a side is empty. */
  bestPrice(market: number, side: Side): number {
    const levels = this.#levels[2 * market + side];
    if (levels.best === null) {
      let best = NO_PRICE;
      for (const price of levels.lots.keys())
        if (best === NO_PRICE || (side === Side.bid ? price > best : price < best)) best = price;
      levels.best = best;
    }
    return levels.best;
  }

  /** Price and lots of the best `count` levels. */
  depth(market: number, side: Side, count: number): [price: number, lots: number][] {
    const { lots } = this.#levels[2 * market + side];
    const sign = side === Side.bid ? -1 : 1;
    return [...lots].toSorted((a, b) => sign * (a[0] - b[0])).slice(0, count);
  }

  positions(account: number): PositionView[] {
    const { book } = this.venue.engine;
    const found: PositionView[] = [];
    for (let bucket = book.cross[account]; bucket !== BUCKET_NONE; bucket = book.nextBucket(bucket)) {
      for (const { market, leg, size } of positionsOf(this.venue.engine, bucket))
        found.push({ market, leg, size: book.markets.sign(market) * size });
    }
    return found;
  }

  positionSize(account: number, market: number, leg: Leg): number {
    for (const each of this.positions(account))
      if (each.market === market && each.leg === leg) return each.size;
    return 0;
  }

  collateral(account: number): number {
    const { book } = this.venue.engine;
    return book.collateral(book.cross[account]);
  }

  /** Of the cross bucket. */
  equity(account: number): number {
    const { watch, book } = this.venue.engine;
    return watch === null ? 0 : watch.value(book.cross[account]).sums[Sum.equity];
  }

  /** Takes in what the last command made happen. */
  follow(): void {
    const { events } = this.venue;
    for (let row = 0; row < events.count; row++) this.#take(events.kind(row), row);
  }

  #take(kind: VenueEvent, row: number): void {
    const { events } = this.venue;
    const field = (place: number): number => events.field(row, place);
    const order = this.orders.get(field(0));
    switch (kind) {
      case VenueEvent.accepted:
        this.#add(row);
        break;
      case VenueEvent.rested:
        if (order === undefined) return;
        this.#level(order, -1);
        order.rests = true;
        order.waits = false;
        order.price = field(3);
        order.left = field(4);
        this.#level(order, 1);
        break;
      case VenueEvent.trade:
        this.lastPrice[field(1)] = field(2);
        break;
      case VenueEvent.fill:
        this.#fill(field(8), field(9));
        break;
      case VenueEvent.amended:
        if (order === undefined) return;
        this.#level(order, -1);
        order.price = field(2);
        order.size = field(3);
        order.left = field(4);
        if (field(5) !== 1) order.rests = false;
        this.#level(order, 1);
        break;
      case VenueEvent.triggered:
        if (order !== undefined) order.waits = false;
        break;
      case VenueEvent.done:
        if (order === undefined) return;
        this.#level(order, -1);
        this.orders.delete(order.id);
        this.#byAccount.get(order.account)?.delete(order);
        break;
      case VenueEvent.state:
        this.states[field(0)] = field(1) as MarketState;
        break;
      case VenueEvent.exempt:
        if (field(1) === 1) this.exempt.add(field(0) as AccountRow);
        else this.exempt.delete(field(0) as AccountRow);
        break;
      case VenueEvent.mode:
        this.#mode(field(0), field(1), field(2) === 1, field(3) === 1);
        break;
      default:
    }
  }

  #add(row: number): void {
    const { events } = this.venue;
    const order: OrderView = {
      id: events.field(row, 0),
      account: events.field(row, 1),
      market: events.field(row, 2),
      leg: events.field(row, 3),
      side: events.field(row, 4) as Side,
      price: events.field(row, 7),
      size: events.field(row, 8),
      left: events.field(row, 8),
      reduceOnly: (events.field(row, 9) & OrderFlag.reduceOnly) !== 0,
      clientId: events.field(row, 10),
      waits: events.field(row, 11) !== 0,
      rests: false,
    };
    this.orders.set(order.id, order);
    const known = this.#byAccount.get(order.account);
    if (known === undefined) this.#byAccount.set(order.account, new Set([order]));
    else known.add(order);
  }

  #fill(id: number, left: number): void {
    const order = this.orders.get(id);
    if (order === undefined) return;
    this.#level(order, -1);
    order.left = left;
    this.#level(order, 1);
  }

  #mode(account: number, market: number, isolated: boolean, hedge: boolean): void {
    if (market < 0) {
      if (hedge) this.hedged.add(account);
      else this.hedged.delete(account);
    } else if (isolated) this.#isolated.add(`${account}:${market}`);
    else this.#isolated.delete(`${account}:${market}`);
  }

  /** Adds what is left of a resting order to its level, or takes it off. */
  #level({ market, side, price, left, rests }: OrderView, sign: 1 | -1): void {
    if (!rests || left === 0) return;
    const levels = this.#levels[2 * market + side];
    const lots = (levels.lots.get(price) ?? 0) + sign * left;
    if (lots > 0) levels.lots.set(price, lots);
    else levels.lots.delete(price);
    if (lots <= 0 && levels.best === price) levels.best = null;
    const isBetter =
      levels.best !== null &&
      (levels.best === NO_PRICE || (side === Side.bid ? price > levels.best : price < levels.best));
    if (lots > 0 && isBetter) levels.best = price;
  }
}
