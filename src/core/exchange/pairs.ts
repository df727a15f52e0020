/** Orders by account and pair number, so that what goes with an order is found without going over all that its account has. */
import type { OrderRow } from '../num/units.ts';

const NOBODY: ReadonlySet<OrderRow> = new Set();

export class Pairs {
  readonly #ofAccount = new Map<number, Map<number, Set<OrderRow>>>();

  join(account: number, pair: number, row: OrderRow): void {
    let pairs = this.#ofAccount.get(account);
    if (pairs === undefined) this.#ofAccount.set(account, (pairs = new Map<number, Set<OrderRow>>()));
    const rows = pairs.get(pair);
    if (rows === undefined) pairs.set(pair, new Set([row]));
    else rows.add(row);
  }

  /** It has joined before. */
  leave(account: number, pair: number, row: OrderRow): void {
    const pairs = this.#ofAccount.get(account)!;
    const rows = pairs.get(pair)!;
    rows.delete(row);
    if (rows.size > 0) return;
    pairs.delete(pair);
    if (pairs.size === 0) this.#ofAccount.delete(account);
  }

  /** In no order that means anything. */
  of(account: number, pair: number): ReadonlySet<OrderRow> {
    return this.#ofAccount.get(account)?.get(pair) ?? NOBODY;
  }
}
