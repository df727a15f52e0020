/**
 * Most of the time that a busy exchange's command takes is spent waiting for memory: an order among millions, its bucket, the
 * bucket's positions, one after another, for each command anew. Commands come in groups. So before a group is applied, the
 * same word of each is read for all of them, and they wait side by side. It decides nothing and may be left out.
 */
import type { Book } from '../state/book.ts';
import { BUCKET_F64, BUCKET_I32, BucketLink } from '../state/buckets.ts';
import { ORDER_I32 } from '../state/orders.ts';
import { MARGIN_I32 } from '../state/orders.ts';
import { POSITION_I32, PositionLink } from '../state/positions.ts';
import { subjectOf, type Subject } from '../schema/codec-subject.ts';

/** Commands in a group: enough to keep memory busy, few enough that nothing is evicted before it is used. */
export const FORESIGHT_GROUP = 16;

const B_F64 = BUCKET_F64;
const B_I32 = BUCKET_I32;
const P_I32 = POSITION_I32;
const O_I32 = ORDER_I32;
const OM_I32 = MARGIN_I32;
const { flags: B_FLAGS, start: B_START, orders: B_ORDERS, orderMargins: B_ORDER_MARGINS } = BucketLink;
const { tag: P_TAG } = PositionLink;

export class Foresight {
  readonly #book: Book;
  readonly #subject: Subject = { account: 0, order: 0 };
  readonly #accounts = new Int32Array(FORESIGHT_GROUP);
  readonly #ids = new Float64Array(FORESIGHT_GROUP);
  readonly #buckets = new Int32Array(FORESIGHT_GROUP);
  readonly #orders = new Int32Array(FORESIGHT_GROUP);
  /** What was read, summed: unused, and without it the compiler would leave the reads out. */
  readonly #read = new Float64Array(1);
  #count = 0;

  constructor(book: Book) {
    this.#book = book;
  }

  /** Takes an encoded command into the group, if it is about a bucket. Bytes that are no command do no harm. */
  note(view: DataView, offset: number, length: number): void {
    const subject = this.#subject;
    if (this.#count === FORESIGHT_GROUP || !subjectOf(view, offset, length, subject)) return;
    if (!(subject.account >= 0 && subject.account < this.#book.accounts.count)) return;
    this.#accounts[this.#count] = subject.account;
    this.#ids[this.#count++] = subject.order;
  }

  /** Reads for the group, which is then over. */
  look(): void {
    const { cross, buckets, orders } = this.#book;
    const { i32: bucketI, f64: bucketF, levels } = buckets;
    const positionI = this.#book.positions.i32;
    const orderI = orders.i32;
    const marginI = this.#book.orderMargins.i32;
    const count = this.#count;
    let sum = 0;
    for (let at = 0; at < count; at++) {
      this.#buckets[at] = cross[this.#accounts[at]];
      this.#orders[at] = this.#ids[at] > 0 ? orders.expect(this.#accounts[at], this.#ids[at]) : 0;
    }
    for (let at = 0; at < count; at++) {
      const bucket = this.#buckets[at];
      sum += bucketI[bucket * B_I32 + B_FLAGS] + levels[bucket] + orderI[this.#orders[at] * O_I32];
    }
    for (let at = 0; at < count; at++) {
      const bucket = this.#buckets[at];
      const links = bucket * B_I32;
      const order = bucketI[links + B_ORDERS];
      const margin = bucketI[links + B_ORDER_MARGINS];
      sum += positionI[bucketI[links + B_START] * P_I32 + P_TAG] + bucketF[bucket * B_F64];
      if (order >= 0) sum += orderI[order * O_I32];
      if (margin >= 0) sum += marginI[margin * OM_I32];
    }
    this.#read[0] = sum;
    this.#count = 0;
  }
}
