/** Which sessions go with which connection: those in which its client placed orders. */
import type { Exchange } from '../../core/exchange/exchange.ts';
import { NO_ORDER } from '../../core/exchange/working-orders.ts';
import type { AccountRow, OrderRow } from '../../core/num/units.ts';
import type { Reader } from './outbox.ts';

export interface HeldSession {
  readonly account: AccountRow;
  readonly session: number;
}

/** Grows by sessions, not by orders. */
export class HeldSessions {
  readonly #byReader = new Map<Reader, Map<string, HeldSession>>();

  add(reader: Reader, account: AccountRow, session: number): void {
    let held = this.#byReader.get(reader);
    if (held === undefined) this.#byReader.set(reader, (held = new Map()));
    held.set(`${account} ${session}`, { account, session });
  }

  /** In the order in which they began; the reader has none any more. */
  take(reader: Reader): HeldSession[] {
    const held = this.#byReader.get(reader);
    this.#byReader.delete(reader);
    return held === undefined ? [] : [...held.values()];
  }
}

/** Those that orders work or wait in, by account and number. */
export function sessionsOf({ venue }: Exchange): HeldSession[] {
  const { members, orders } = venue;
  const found: HeldSession[] = [];
  for (let account = 0; account < members.count; account++) {
    const sessions = new Set<number>();
    let row = members.firstOrder(account) as OrderRow;
    for (; row !== NO_ORDER; row = orders.next(row)) sessions.add(orders.session(row));
    sessions.delete(0);
    for (const session of [...sessions].sort((a, b) => a - b))
      found.push({ account: account as AccountRow, session });
  }
  return found;
}
