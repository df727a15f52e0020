/**
 * The accounts that nobody liquidates. That there are any is an alert, with each change of the list; that one of them owes money is another.
 * The deficit of the system includes what they owe: `deficit` adds it up.
 *
 * Memory: one entry an exempt account, as the exchange itself has.
 */
import { NO_MARKET, type AlertSink, type BookFacts } from './alerts.ts';

export class ExemptInventory {
  readonly #facts: BookFacts;
  readonly #sink: AlertSink;
  /** Whether the account was found to owe money. */
  readonly #owes = new Map<number, boolean>();

  constructor(facts: BookFacts, sink: AlertSink) {
    this.#facts = facts;
    this.#sink = sink;
  }

  /** Rows, ascending. */
  get accounts(): number[] {
    return [...this.#owes.keys()].sort((a, b) => a - b);
  }

  /** What exempt accounts owe together, money units. */
  get deficit(): number {
    let deficit = 0;
    for (const account of this.#owes.keys()) deficit += Math.max(0, -this.#facts.equity(account));
    return deficit;
  }

  /** Was exempt before anything was watched: no news. */
  adopt(account: number): void {
    this.#owes.set(account, this.#facts.equity(account) < 0);
  }

  exempt(timeUs: number, account: number, isExempt: boolean): void {
    if (isExempt) this.#owes.set(account, false);
    else this.#owes.delete(account);
    if (this.#owes.size === 0) return;
    this.#sink({
      name: 'exempt-inventory',
      timeUs,
      market: NO_MARKET,
      accounts: this.accounts,
      figures: { deficitUnits: this.deficit },
    });
  }

  /** To be called after every command. */
  settle(timeUs: number): void {
    for (const [account, owed] of this.#owes) {
      const equity = this.#facts.equity(account);
      const owes = equity < 0;
      if (owes === owed) continue;
      this.#owes.set(account, owes);
      if (owes)
        this.#sink({
          name: 'exempt-deficit',
          timeUs,
          market: NO_MARKET,
          accounts: [account],
          figures: { owedUnits: -equity, deficitUnits: this.deficit },
        });
    }
  }
}
