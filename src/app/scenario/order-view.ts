/**
 * Orders and books as the events tell them, and nothing else: what a screen or an auditor of the exchange would have. That it
 * is enough is part of what scenarios show.
 */
import { DONE_REASON_NAMES } from '../../core/schema/orders.ts';
import { Side } from '../../core/schema/side.ts';
import type { VenueEventObject } from '../../core/exchange/event-log.ts';

export interface OrderSeen {
  readonly id: number;
  readonly account: number;
  readonly market: number;
  readonly side: Side;
  readonly trigger: number;
  readonly parent: number;
  readonly clientId: number;
  price: number;
  size: number;
  left: number;
  state: string;
  rests: boolean;
}

export class OrderView {
  readonly #orders = new Map<number, OrderSeen>();
  /** Ids whose end is remembered. */
  readonly #kept = new Set<number>();
  /** Ended in this line. */
  readonly #ended = new Map<number, OrderSeen>();
  readonly #resting = new Map<number, Set<OrderSeen>>();

  find(id: number): OrderSeen | undefined {
    return this.#orders.get(id);
  }

  /** Its end is not forgotten, nor that of the orders that close what it fills. To be said before the line ends. */
  keep(id: number): void {
    this.#kept.add(id);
    for (const order of [...this.#orders.values(), ...this.#ended.values()])
      if (order.parent === id) this.#kept.add(order.id);
    for (const [row, order] of this.#ended) if (this.#kept.has(row)) this.#orders.set(row, order);
  }

  beginLine(): void {
    this.#ended.clear();
  }

  /** What works or waits. */
  countOf(account: number): number {
    let count = 0;
    for (const order of this.#orders.values()) if (order.account === account && isLive(order)) count++;
    return count;
  }

  /** The id of what works or waits under the account's own name for it, or 0. */
  byClient(account: number, clientId: number): number {
    for (const order of this.#orders.values())
      if (order.account === account && order.clientId === clientId && isLive(order)) return order.id;
    return 0;
  }

  childrenOf(parent: number): OrderSeen[] {
    return [...this.#orders.values()].filter((order) => order.parent === parent);
  }

  observe(event: VenueEventObject): void {
    switch (event.event) {
      case 'accepted':
        this.#accept(event);
        return;
      case 'rested': {
        const order = this.#orders.get(event['order']);
        if (order === undefined) return;
        order.price = event['price'];
        order.left = event['size'];
        order.state = 'working';
        this.#rest(order);
        return;
      }
      case 'fill': {
        const order = this.#orders.get(event['order']);
        if (order === undefined) return;
        order.left = event['left'];
        if (order.left === 0) this.#unrest(order);
        return;
      }
      case 'triggered': {
        const order = this.#orders.get(event['order']);
        if (order !== undefined) order.state = 'working';
        return;
      }
      case 'amended': {
        const order = this.#orders.get(event['order']);
        if (order === undefined) return;
        order.price = event['price'];
        order.size = event['size'];
        order.left = event['left'];
        return;
      }
      case 'done': {
        const order = this.#orders.get(event['order']);
        if (order === undefined) return;
        order.left = event['left'];
        order.state = DONE_REASON_NAMES[event['why']];
        this.#unrest(order);
        if (this.#kept.has(order.id)) return;
        this.#orders.delete(order.id);
        this.#ended.set(order.id, order);
        return;
      }
      default:
    }
  }

  /** Best price in ticks and the lots that stand there; null where the side is empty. */
  best(market: number, side: Side): { price: number; lots: number } | null {
    let best: { price: number; lots: number } | null = null;
    for (const order of this.#resting.get(market) ?? []) {
      if (order.side !== side) continue;
      if (best === null || (side === Side.bid ? order.price > best.price : order.price < best.price))
        best = { price: order.price, lots: order.left };
      else if (order.price === best.price) best.lots += order.left;
    }
    return best;
  }

  /** Lots by price in ticks. */
  levels(market: number, side: Side): Map<number, number> {
    const levels = new Map<number, number>();
    for (const order of this.#resting.get(market) ?? [])
      if (order.side === side) levels.set(order.price, (levels.get(order.price) ?? 0) + order.left);
    return levels;
  }

  /** Lots at `limit` or better. */
  depth(market: number, side: Side, limit: number): number {
    let lots = 0;
    for (const order of this.#resting.get(market) ?? [])
      if (order.side === side && (side === Side.bid ? order.price >= limit : order.price <= limit))
        lots += order.left;
    return lots;
  }

  #accept(event: VenueEventObject): void {
    const parent = event['parent'];
    if (this.#kept.has(parent)) this.#kept.add(event['order']);
    const order: OrderSeen = {
      id: event['order'],
      account: event['account'],
      market: event['market'],
      side: event['side'] as Side,
      trigger: event['trigger'],
      parent,
      clientId: event['clientId'],
      price: event['price'],
      size: event['size'],
      left: event['size'],
      state: event['trigger'] === 0 ? 'working' : 'waiting',
      rests: false,
    };
    this.#orders.set(order.id, order);
  }

  #rest(order: OrderSeen): void {
    order.rests = true;
    let resting = this.#resting.get(order.market);
    if (resting === undefined) this.#resting.set(order.market, (resting = new Set()));
    resting.add(order);
  }

  #unrest(order: OrderSeen): void {
    if (!order.rests) return;
    order.rests = false;
    this.#resting.get(order.market)?.delete(order);
  }
}

function isLive({ state }: OrderSeen): boolean {
  return state === 'working' || state === 'waiting';
}
