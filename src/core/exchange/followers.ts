/** What hangs on an order: the others of its pair, and the take-profit and stop-loss that close what it fills. */
import type { OrderRow } from '../num/units.ts';
import { DoneReason, SelfTrade, TimeInForce, TriggerKind } from '../schema/orders.ts';
import { Side } from '../schema/side.ts';
import type { OrderLife } from './order-life.ts';
import type { Venue } from './venue.ts';
import type { Waiting } from './waiting.ts';
import {
  ORDER_F64,
  ORDER_I32,
  OrderBits,
  OrderField,
  OrderLink,
  SELF_TRADE_SHIFT,
  TIME_IN_FORCE_SHIFT,
  TRIGGER_SHIFT,
} from './working-orders.ts';

export class Followers {
  readonly #venue: Venue;
  readonly #life: OrderLife;
  readonly #waiting: Waiting;

  constructor(venue: Venue, life: OrderLife, waiting: Waiting) {
    this.#venue = venue;
    this.#life = life;
    this.#waiting = waiting;
  }

  /** `row` traded `lots`: its pair goes, and what protects its fill comes or grows. */
  traded(row: OrderRow, lots: number): void {
    const { f64 } = this.#venue.orders;
    const f = row * ORDER_F64;
    if (f64[f + OrderField.pair] !== 0) this.dropPair(row);
    const { takeProfit, stopLoss } = OrderField;
    if (f64[f + takeProfit] === 0 && f64[f + stopLoss] === 0) return;
    this.#protect(row, TriggerKind.take_profit, f64[f + takeProfit], lots);
    this.#protect(row, TriggerKind.stop, f64[f + stopLoss], lots);
  }

  /** Ends the other orders with the pair number of `row`. */
  dropPair(row: OrderRow): void {
    const { orders } = this.#venue;
    const pair = orders.f64[row * ORDER_F64 + OrderField.pair];
    if (pair === 0) return;
    const others = orders.ofPair(orders.account(row), pair).filter((other) => other !== row);
    this.#life.finishAll(others, DoneReason.pair);
  }

  /** The pair of an order's own followers has a number that nobody else can give: its id, negative. */
  #protect(parent: OrderRow, kind: TriggerKind, mark: number, lots: number): void {
    if (mark === 0) return;
    const { orders } = this.#venue;
    const id = orders.id(parent);
    const account = orders.account(parent);
    const known = orders
      .ofPair(account, -id)
      .find((row) => ((orders.bits(row) >> TRIGGER_SHIFT) & 3) === (kind as number));
    if (known !== undefined) {
      orders.f64[known * ORDER_F64 + OrderField.size] += lots;
      this.#life.sayAmended(known, true);
      return;
    }
    const row = orders.add(account, 0);
    const f = row * ORDER_F64;
    const i = row * ORDER_I32;
    const exposure = orders.exposure(parent);
    const market = orders.market(parent);
    const side = (orders.bits(parent) & OrderBits.side) === Side.bid ? Side.ask : Side.bid;
    orders.f64[f + OrderField.size] = lots;
    orders.setPair(row, -id);
    orders.f64[f + OrderField.parent] = id;
    orders.f64[f + OrderField.trigger] = mark;
    orders.f64[f + OrderField.session] = orders.f64[parent * ORDER_F64 + OrderField.session];
    orders.i32[i + OrderLink.exposure] = exposure;
    orders.i32[i + OrderLink.market] = market;
    orders.i32[i + OrderLink.bits] =
      side |
      OrderBits.market |
      OrderBits.reduceOnly |
      (TimeInForce.ioc << TIME_IN_FORCE_SHIFT) |
      (SelfTrade.cancel_taker << SELF_TRADE_SHIFT) |
      (kind << TRIGGER_SHIFT);
    this.#life.link(row);
    this.#life.sayAccepted(row, false);
    this.#waiting.add(row, this.#waiting.now(market, false));
    this.#waiting.look(row);
  }
}
