/**
 * Losses of the day. A day begins for all accounts at once and is counted for each when it is first looked at: until then nothing of it changed, so what it
 * had at the beginning is what it has, at the marks of then. Those are kept; accounts are not gone over.
 */
import type { Book } from '../state/book.ts';
import { BUCKET_NONE } from '../state/book.ts';
import { equityAt } from '../margin/equity.ts';
import { ACCOUNT_F64, AccountField, type Accounts } from './accounts.ts';

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
    const f = account * ACCOUNT_F64;
    f64[f + AccountField.orders] = 0;
    f64[f + AccountField.executions] = 0;
    f64[f + AccountField.start] = start;
    f64[f + AccountField.best] = 0;
    this.#accounts.setDay(account, this.day);
  }

  /** Of all its buckets, now. */
  equityNow(account: number): number {
    return this.#equityOf(account, this.#book.markets.fields);
  }

  /** What came or went is no gain and no loss. */
  move(account: number, amount: number): void {
    this.#accounts.f64[account * ACCOUNT_F64 + AccountField.start] += amount;
  }

  /** Looks at the account now; this may be its best moment. */
  see(account: number): void {
    this.look(account);
    if (this.lost >= 0) return;
    const { f64 } = this.#accounts;
    const at = account * ACCOUNT_F64 + AccountField.best;
    if (-this.lost > f64[at]) f64[at] = -this.lost;
  }

  /** The same without remembering. */
  look(account: number): void {
    this.roll(account);
    const total = this.#equityOf(account, this.#book.markets.fields);
    const { f64 } = this.#accounts;
    const f = account * ACCOUNT_F64;
    const gained = total - f64[f + AccountField.start];
    this.lost = 0 - gained;
    this.drawdown = Math.max(0, f64[f + AccountField.best] - gained);
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
