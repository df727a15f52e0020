/**
 * What the exchange's state does not have: the last trades, orders that are done, liquidations, candles, alerts, events, and when something was. It learns
 * from the replica's events, command by command; all of it is bounded.
 */
import type { EventLog } from '../../../core/exchange/event-log.ts';
import type { Exchange } from '../../../core/exchange/exchange.ts';
import { Kind, type Command } from '../../../core/schema/commands.ts';
import type { MarketRow } from '../../../core/num/units.ts';
import type { OwnCommand } from '../../../core/schema/venue-commands.ts';
import { FACTS, OrderFlag, VenueEvent } from '../../../core/schema/venue-events.ts';
import { Candles } from './candles.ts';
import { EventRing } from './event-ring.ts';
import { LiquidationMemory, type LiquidationRecord } from './liquidations.ts';
import { OrderMemory } from './orders.ts';
import { TradeMemory, type FillRecord, type TradeRecord } from './trades.ts';
import { widened } from '../../../core/num/columns.ts';

const EVENTS_KEPT = 131_072;
const ORDERS_KEPT = 50_000;
const FUNDING_KEPT = 60;

/** What was last said of a market's mark. */
export interface MarkSaying {
  readonly sequence: number;
  readonly timeUs: number;
  readonly text: string;
  readonly kind: string;
  readonly before: number | null;
}

export interface FundingSaying {
  readonly timeUs: number;
  /** What the index rose by, as a share of a lot's worth. */
  readonly share: number;
  /** Of the last intervals, this one last. */
  readonly shares: readonly number[];
  readonly everyUs: number | null;
}

export class Memory {
  readonly events = new EventRing(EVENTS_KEPT);
  readonly orders = new OrderMemory(ORDERS_KEPT);
  readonly trades = new TradeMemory();
  readonly liquidations = new LiquidationMemory();
  readonly candles: Candles[] = [];
  readonly marks: (MarkSaying | null)[] = [];
  readonly funding: (FundingSaying | null)[] = [];
  /** When something of an account last changed; 0: not since the process began. */
  touchedUs = new Float64Array(1024);
  tradeCount = 0;
  priceCount = 0;
  #exchange: Exchange;
  /** The liquidation whose step is under way in the command at hand. */
  #stepping: LiquidationRecord | undefined;
  #trade: TradeRecord | null = null;
  #fundingBefore: number[] = [];

  constructor(exchange: Exchange) {
    this.#exchange = exchange;
  }

  /** The replica was restored. */
  adopt(exchange: Exchange): void {
    this.#exchange = exchange;
    const { markets } = exchange.engine.book;
    for (let row = 0; row < markets.count; row++) {
      this.#fundingBefore[row] = markets.fundingIndex(row as MarketRow);
      this.candlesOf(row).mark = markets.mark(row as MarketRow);
    }
  }

  candlesOf(market: number): Candles {
    return (this.candles[market] ??= new Candles());
  }

  /** After each command. */
  follow(command: Command | OwnCommand, isAccepted: boolean): void {
    const exchange = this.#exchange;
    const { events, sequence, timeUs } = exchange;
    if (isAccepted) this.#noteCommand(command);
    if (events.count === 0) return;
    this.events.add(events, sequence, timeUs);
    this.#stepping = undefined;
    for (let row = 0; row < events.count; row++) this.#take(events, row, sequence, timeUs);
  }

  #noteCommand(command: Command | OwnCommand): void {
    switch (command.kind) {
      case Kind.marks:
        for (const { market } of command.marks) this.#marked(market, command.text, 'marks');
        break;
      case Kind.quality:
        if (command.mark !== null) this.#marked(command.market, command.text, 'quality');
        break;
      case Kind.funding:
        this.#funded(command.market);
        break;
      default:
    }
  }

  #marked(market: MarketRow, text: string, kind: string): void {
    const { engine, venue, timeUs, sequence } = this.#exchange;
    const { markets } = engine.book;
    const candles = this.candlesOf(market);
    this.priceCount++;
    this.marks[market] = { sequence, timeUs, text, kind, before: candles.mark > 0 ? candles.mark : null };
    candles.marked(
      timeUs,
      markets.mark(market),
      markets.reference(market),
      venue.listings[market]?.openInterest ?? 0,
    );
  }

  #funded(market: MarketRow): void {
    const { engine, timeUs } = this.#exchange;
    const { markets } = engine.book;
    const index = markets.fundingIndex(market);
    const worth = markets.markInside(market) * markets.unit(market);
    const before = this.funding[market] ?? null;
    const rise = index - (this.#fundingBefore[market] ?? 0);
    this.#fundingBefore[market] = index;
    if (worth <= 0) return;
    const share = rise / 1e6 / worth;
    this.funding[market] = {
      timeUs,
      share,
      shares: [...(before?.shares ?? []), share].slice(-FUNDING_KEPT),
      everyUs: before === null ? null : timeUs - before.timeUs,
    };
  }

  #take(events: EventLog, row: number, sequence: number, timeUs: number): void {
    const kind = events.kind(row);
    if (FACTS.has(kind)) this.#touch(events.field(row, 0), timeUs);
    switch (kind) {
      case VenueEvent.accepted:
        this.#accepted(events, row, sequence, timeUs);
        break;
      case VenueEvent.amended: {
        const order = this.orders.get(events.field(row, 0));
        if (order === undefined) break;
        order.price = events.field(row, 2);
        order.size = events.field(row, 3);
        order.left = events.field(row, 4);
        order.updatedUs = timeUs;
        break;
      }
      case VenueEvent.trade:
        this.#traded(events, row, sequence, timeUs);
        break;
      case VenueEvent.fill:
        this.#filled(events, row, timeUs);
        break;
      case VenueEvent.done:
        this.orders.done(events.field(row, 0), events.field(row, 3), events.field(row, 4), sequence, timeUs);
        break;
      default:
        if (kind >= VenueEvent.liquidation) this.#liquidated(events, row, sequence, timeUs);
    }
  }

  #touch(account: number, timeUs: number): void {
    if (account >= this.touchedUs.length)
      this.touchedUs = widened(this.touchedUs, Math.max(account + 1, this.touchedUs.length * 2));
    this.touchedUs[account] = timeUs;
  }

  #accepted(events: EventLog, row: number, sequence: number, timeUs: number): void {
    this.orders.accepted({
      id: events.field(row, 0),
      account: events.field(row, 1),
      market: events.field(row, 2),
      leg: events.field(row, 3),
      side: events.field(row, 4),
      type: events.field(row, 5),
      timeInForce: events.field(row, 6),
      price: events.field(row, 7),
      size: events.field(row, 8),
      left: events.field(row, 8),
      flags: events.field(row, 9),
      clientId: events.field(row, 10),
      trigger: events.field(row, 11),
      triggerPrice: events.field(row, 12),
      parent: events.field(row, 13),
      createdUs: timeUs,
      updatedUs: timeUs,
      sequence,
      why: null,
    });
  }

  #traded(events: EventLog, row: number, sequence: number, timeUs: number): void {
    const market = events.field(row, 1);
    const price = events.field(row, 2);
    const lots = events.field(row, 3);
    const takerOrder = events.field(row, 5);
    const notional = this.worth(market, lots, price);
    const flags = this.orders.get(takerOrder)?.flags ?? 0;
    const isLiquidation = (flags & OrderFlag.liquidation) !== 0;
    this.tradeCount++;
    this.#trade = {
      id: events.field(row, 0),
      market,
      price,
      lots,
      side: events.field(row, 4),
      takerOrder,
      makerOrder: events.field(row, 6),
      sequence,
      timeUs,
      isLiquidation,
      taker: null,
      maker: null,
    };
    this.trades.add(this.#trade);
    const candles = this.candlesOf(market);
    candles.traded(timeUs, price, lots, notional);
    if (!isLiquidation) return;
    candles.liquidated(timeUs, notional);
    if (this.#stepping === undefined) return;
    this.#stepping.closed += notional;
    this.#stepping.markets.add(market);
  }

  #filled(events: EventLog, row: number, timeUs: number): void {
    const id = events.field(row, 8);
    const order = this.orders.get(id);
    if (order !== undefined) {
      order.left = events.field(row, 9);
      order.updatedUs = timeUs;
    }
    const trade = this.#trade;
    if (trade === null || trade.id !== events.field(row, 7)) return;
    const fill: FillRecord = {
      account: events.field(row, 0),
      order: id,
      lots: events.field(row, 4),
      fee: events.field(row, 6),
      realized: events.field(row, 10),
    };
    if (id === trade.takerOrder) trade.taker = fill;
    else trade.maker = fill;
  }

  #liquidated(events: EventLog, row: number, sequence: number, timeUs: number): void {
    const { liquidations } = this;
    const id = events.field(row, 0);
    switch (events.kind(row)) {
      case VenueEvent.liquidation:
        liquidations.begin({
          id,
          account: events.field(row, 1),
          market: events.field(row, 2),
          leg: events.field(row, 3),
          isolated: events.field(row, 4) === 1,
          level: events.field(row, 5),
          equity: events.field(row, 6),
          maintenance: events.field(row, 7),
          sequence,
          startedUs: timeUs,
          endedUs: null,
          outcome: null,
          waitsFor: 0,
          closed: 0,
          takenOver: 0,
          deleveraged: 0,
          markets: new Set(),
          fund: null,
          version: 0,
        });
        break;
      case VenueEvent.step:
        this.#stepping = liquidations.touch(id);
        break;
      case VenueEvent.takeover: {
        const lots = Math.abs(events.field(row, 4));
        liquidations.takeovers++;
        this.#gone(id, events.field(row, 2), lots, events.field(row, 5), timeUs, 'takenOver');
        break;
      }
      case VenueEvent.adl:
        liquidations.adls++;
        this.#gone(
          id,
          events.field(row, 5),
          events.field(row, 6),
          events.field(row, 7),
          timeUs,
          'deleveraged',
        );
        break;
      case VenueEvent.liquidation_end: {
        const found = liquidations.touch(id);
        this.#stepping = undefined;
        if (found === undefined) break;
        found.outcome = events.field(row, 2);
        found.endedUs = timeUs;
        found.fund = events.field(row, 4);
        found.waitsFor = 0;
        break;
      }
      case VenueEvent.waiting: {
        const found = liquidations.touch(id);
        if (found !== undefined) found.waitsFor = events.field(row, 2);
        break;
      }
      default:
    }
  }

  #gone(
    id: number,
    market: number,
    lots: number,
    price: number,
    timeUs: number,
    where: 'takenOver' | 'deleveraged',
  ): void {
    const notional = this.worth(market, lots, price);
    this.candlesOf(market).liquidated(timeUs, notional);
    const found = this.liquidations.touch(id);
    if (found === undefined) return;
    found[where] += notional;
    found.markets.add(market);
  }

  /** Money units of lots at an order price; of a price that is none, at the mark. */
  worth(market: number, lots: number, price: number): number {
    const { markets } = this.#exchange.engine.book;
    const row = market as MarketRow;
    const worth =
      price > 0 ? markets.valueAt(row, lots, price) : lots * markets.markInside(row) * markets.unit(row);
    return Math.abs(worth ?? 0);
  }
}
