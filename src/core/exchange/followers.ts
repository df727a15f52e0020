/** What hangs on an order: the others of its pair, and the take-profit and stop-loss that close what it fills. */
import type { OrderRow } from '../num/units.ts';
import { DoneReason, SelfTrade, TimeInForce, TriggerKind } from '../schema/orders.ts';
import { Side } from '../schema/side.ts';
import type { OrderLife } from './order-life.ts';
import type { Venue } from './venue.ts';
import type { Waiting } from './waiting.ts';
import { OrderBits, SELF_TRADE_SHIFT, TIME_IN_FORCE_SHIFT, TRIGGER_SHIFT } from './working-orders.ts';

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
    const { orders } = this.#venue;
    if (orders.pair(row) !== 0) this.dropPair(row);
    const takeProfit = orders.takeProfit(row);
    const stopLoss = orders.stopLoss(row);
    if (takeProfit !== 0) this.#protect(row, TriggerKind.take_profit, takeProfit, lots);
    if (stopLoss !== 0) this.#protect(row, TriggerKind.stop, stopLoss, lots);
  }

  /** Ends the other orders with the pair number of `row`. */
  dropPair(row: OrderRow): void {
    const { orders } = this.#venue;
    const pair = orders.pair(row);
    if (pair === 0) return;
    const others = orders.ofPair(orders.account(row), pair).filter((other) => other !== row);
    this.#life.finishAll(others, DoneReason.pair);
  }

  /** The pair of an order's own followers has a number that nobody else can give: its id, negative. */
  #protect(parent: OrderRow, kind: TriggerKind, mark: number, lots: number): void {
    const { orders } = this.#venue;
    const id = orders.id(parent);
    const account = orders.account(parent);
    const known = orders.ofPair(account, -id).find((row) => orders.triggerKind(row) === kind);
    if (known !== undefined) {
      orders.setSize(known, orders.size(known) + lots);
      this.#life.sayAmended(known, true);
      return;
    }
    const row = orders.add(account, 0);
    const market = orders.market(parent);
    const side = orders.side(parent) === Side.bid ? Side.ask : Side.bid;
    orders.describe(
      row,
      orders.exposure(parent),
      market,
      side |
        OrderBits.market |
        OrderBits.reduceOnly |
        (TimeInForce.ioc << TIME_IN_FORCE_SHIFT) |
        (SelfTrade.cancel_taker << SELF_TRADE_SHIFT) |
        (kind << TRIGGER_SHIFT),
    );
    orders.setSize(row, lots);
    orders.setTrigger(row, mark);
    orders.setPair(row, -id);
    orders.setParent(row, id);
    orders.setSession(row, orders.session(parent));
    this.#life.link(row);
    this.#life.sayAccepted(row, false);
    this.#waiting.add(row, this.#waiting.now(market, false));
    this.#waiting.look(row);
  }
}
