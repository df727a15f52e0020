/** Orders that are done, for as long as they are remembered, and when those that work were taken. */
import { Ring } from './ring.ts';

/** As its account had it; prices and sizes as in events. */
export interface OrderRecord {
  readonly id: number;
  readonly account: number;
  readonly market: number;
  readonly leg: number;
  readonly side: number;
  readonly type: number;
  readonly timeInForce: number;
  price: number;
  size: number;
  left: number;
  readonly flags: number;
  readonly clientId: number;
  readonly trigger: number;
  readonly triggerPrice: number;
  readonly parent: number;
  readonly createdUs: number;
  updatedUs: number;
  sequence: number;
  /** A `DoneReason`; null while it works or waits. */
  why: number | null;
}

export class OrderMemory {
  readonly #known = new Map<number, OrderRecord>();
  readonly #ring: Ring<OrderRecord>;

  constructor(size: number) {
    this.#ring = new Ring(size);
  }

  get(id: number): OrderRecord | undefined {
    return this.#known.get(id);
  }

  accepted(order: OrderRecord): void {
    this.#known.set(order.id, order);
  }

  done(id: number, why: number, left: number, sequence: number, timeUs: number): void {
    const order = this.#known.get(id);
    if (order === undefined) return;
    order.why = why;
    order.left = left;
    order.sequence = sequence;
    order.updatedUs = timeUs;
    const gone = this.#ring.add(order);
    if (gone !== undefined) this.#known.delete(gone.id);
  }
}
