/**
 * The orders of one market that wait for one price, its mark or its last, to come to their trigger (`TriggerKind` says what fires
 * when). Rows are the caller's, dense and reused, and so are side, kind and size: all that is kept here is what finds those that fire.
 *
 *   rising    stops that buy, take-profits that sell      lowest trigger first
 *   falling   stops that sell, take-profits that buy      highest trigger first
 *   sells     trailing stops that sell: from the highest down
 *   buys      trailing stops that buy: from the lowest up; prices negated, so that both are alike
 *
 * A price costs a few comparisons and what fires; of trailing ones, see `trailing.ts`.
 */
import { assert } from '../num/assert.ts';
import { widened } from '../num/columns.ts';
import { PRICE_NONE } from '../num/units.ts';
import { TriggerKind } from '../schema/orders.ts';
import { Side } from '../schema/side.ts';
import { KeyedHeap } from './keyed-heap.ts';
import { PairingHeaps } from './pairing-heaps.ts';
import { Trailing } from './trailing.ts';

const Where = { nowhere: 0, rising: 1, falling: 2, sells: 3, buys: 4 } as const;

export class Triggers {
  /** Rows that the last `move` fired, as many as it answered. They are in no order that means anything. */
  fired = new Int32Array(64);
  #count = 0;
  #firedCount = 0;
  /** By row. */
  #where = new Uint8Array(64);
  readonly #rising = new KeyedHeap();
  readonly #falling = new KeyedHeap();
  readonly #heaps = new PairingHeaps();
  readonly #sells = new Trailing(this.#heaps);
  readonly #buys = new Trailing(this.#heaps);

  /** Orders that wait. */
  get count(): number {
    return this.#count;
  }

  has(row: number): boolean {
    return row < this.#where.length && this.#where[row] !== Where.nowhere;
  }

  /**
   * `price` is the trigger, `distance` that of a trailing stop (at least 1), and of each only the one that the kind has is looked at.
   * `now` is the present price, or PRICE_NONE: a trailing stop then begins with the first. An order that is beyond its trigger already fires
   * by the next `move`, also to the same price.
   *
   * Adding again what `each` visits, in its order and with what it calls the extreme as `now`, restores it.
   */
  add(row: number, side: Side, kind: TriggerKind, price: number, distance: number, now: number): void {
    assert(!this.has(row), 'a row waits once');
    assert(kind !== TriggerKind.none, 'what waits has a trigger');
    if (row >= this.#where.length)
      this.#where = widened(this.#where, Math.max(row + 1, this.#where.length * 2));
    this.#count++;
    const isBuy = side === Side.bid;
    if (kind === TriggerKind.trailing) {
      assert(distance >= 1, 'a trailing stop has a distance');
      this.#where[row] = isBuy ? Where.buys : Where.sells;
      const seen = now === PRICE_NONE ? -Infinity : isBuy ? -now : now;
      (isBuy ? this.#buys : this.#sells).add(row, distance, seen);
    } else if ((kind === TriggerKind.stop) === isBuy) {
      this.#where[row] = Where.rising;
      this.#rising.set(row, price);
    } else {
      this.#where[row] = Where.falling;
      this.#falling.set(row, -price);
    }
  }

  /** It is there. */
  remove(row: number): void {
    assert(this.has(row), 'the row waits');
    const where = this.#where[row];
    if (where === Where.rising) this.#rising.remove(row);
    else if (where === Where.falling) this.#falling.remove(row);
    else this.#trailing(where).remove(row);
    this.#where[row] = Where.nowhere;
    this.#count--;
  }

  /** The price is now this. Answers how many fire; they are in `fired`, and wait no more. */
  move(price: number): number {
    this.#firedCount = 0;
    const rising = this.#rising;
    while (rising.firstKey <= price) {
      const row = rising.first;
      rising.remove(row);
      this.#fire(row);
    }
    const falling = this.#falling;
    while (falling.firstKey <= -price) {
      const row = falling.first;
      falling.remove(row);
      this.#fire(row);
    }
    this.#follow(this.#sells, price);
    this.#follow(this.#buys, -price);
    return this.#firedCount;
  }

  /** The price at which it fires now: of a trailing stop the present one. PRICE_NONE where no price is low enough, or it has seen none. */
  triggerPrice(row: number): number {
    const where = this.#where[row];
    if (where === Where.rising) return this.#rising.key(row);
    if (where === Where.falling) return -this.#falling.key(row);
    const isBuy = where === Where.buys;
    const at = this.#trailing(where).seen(row) - this.#heaps.key(row);
    const price = isBuy ? -at : at;
    return price >= 1 && price < Infinity ? price : PRICE_NONE;
  }

  /** All that wait, trailing ones from the oldest extreme to the newest; `extreme` is the best price since it was placed, PRICE_NONE of others. */
  each(visit: (row: number, extreme: number) => void): void {
    for (const heap of [this.#rising, this.#falling])
      for (let place = 0; place < heap.count; place++) visit(heap.itemAt(place), PRICE_NONE);
    this.#sells.each((row, seen) => visit(row, seen === -Infinity ? PRICE_NONE : seen));
    this.#buys.each((row, seen) => visit(row, seen === -Infinity ? PRICE_NONE : -seen));
  }

  #trailing(where: number): Trailing {
    return where === Where.sells ? this.#sells : this.#buys;
  }

  #follow(trailing: Trailing, price: number): void {
    trailing.raise(price);
    while (trailing.nearest >= price) this.#fire(trailing.take());
  }

  #fire(row: number): void {
    if (this.#firedCount === this.fired.length) this.fired = widened(this.fired, this.#firedCount * 2);
    this.fired[this.#firedCount++] = row;
    this.#where[row] = Where.nowhere;
    this.#count--;
  }
}
