/**
 * Losses of the day. A day begins for all accounts at once and is counted for each when it is first looked at: until then nothing of it changed, so what it
 * had at the beginning is what it has, at the marks of then. Those are kept; accounts are not gone over.
 */
import type { Book } from '../state/book.ts';
import { BUCKET_NONE } from '../state/book.ts';
import { equityAt } from '../margin/equity.ts';
import { ACCOUNT_F64, AccountField, type Accounts } from './accounts.ts';

// Constants of its own are compiled in; another module's, and those that it exports, are looked up at every turn.
const A_F64 = ACCOUNT_F64;
const { orders: A_ORDERS, executions: A_EXECUTIONS, start: A_START, best: A_BEST } = AccountField;

export class DayBook {
  /** How many days have begun. */
  day = 0;
  /** Of the account that was looked at last: equity of its cross bucket, what it lost today and since its best moment. */
  equity = 0;
  lost = 0;
  drawdown = 0;
  /** Fields of all markets as they were when the day began. */
  #dawn = new Float64Array(0);
  readonly #book: Book;
  readonly #accounts: Accounts;

  constructor(book: Book, accounts: Accounts) {
    this.#book = book;
    this.#accounts = accounts;
  }

  begin(): void {
    this.day++;
    this.#dawn = this.#book.markets.fields.slice();
  }

  /** Brings the account to this day, before anything of it changes or is looked at. */
  roll(account: number): void {
    if (this.#accounts.day(account) === this.day) return;
    const start = this.#equityOf(account, this.#dawn);
    const { f64 } = this.#accounts;
    const f = account * A_F64;
    f64[f + A_ORDERS] = 0;
    f64[f + A_EXECUTIONS] = 0;
    f64[f + A_START] = start;
    f64[f + A_BEST] = 0;
    this.#accounts.setDay(account, this.day);
  }

  /** Of all its buckets, now. */
  equityNow(account: number): number {
    return this.#equityOf(account, this.#book.markets.fields);
  }

  /** What came or went is no gain and no loss. */
  move(account: number, amount: number): void {
    this.#accounts.f64[account * A_F64 + A_START] += amount;
  }

  /** Looks at the account now; this may be its best moment. */
  see(account: number): void {
    this.look(account);
    if (this.lost >= 0) return;
    const { f64 } = this.#accounts;
    const at = account * A_F64 + A_BEST;
    if (-this.lost > f64[at]) f64[at] = -this.lost;
  }

  /** The same without remembering. */
  look(account: number): void {
    this.roll(account);
    const total = this.#equityOf(account, this.#book.markets.fields);
    const { f64 } = this.#accounts;
    const f = account * A_F64;
    const gained = total - f64[f + A_START];
    this.lost = 0 - gained;
    this.drawdown = Math.max(0, f64[f + A_BEST] - gained);
  }

  #equityOf(account: number, markets: Float64Array): number {
    const book = this.#book;
    const cross = this.#accounts.cross(account);
    let total = equityAt(book, cross, markets);
    this.equity = total;
    for (let bucket = book.nextBucket(cross); bucket !== BUCKET_NONE; bucket = book.nextBucket(bucket))
      total += equityAt(book, bucket, markets);
    return total;
  }
}
