/**
 * Who takes the money out and leaves the position to be liquidated lets the fund close it. An alert comes with the liquidation of an
 * account that withdrew within the window before it; `profitUnits` is what it took out beyond all that it put in.
 *
 * Memory: one number an account, and the times of the last `entriesMax` that withdrew.
 */
import { widened } from '../../num/columns.ts';
import { NO_MARKET, type AlertSink } from './alerts.ts';

export interface SelfLiquidationRules {
  readonly windowUs: number;
  readonly entriesMax: number;
}

export const SELF_LIQUIDATION_RULES: SelfLiquidationRules = {
  windowUs: 3_600_000_000,
  entriesMax: 65_536,
};

interface Withdrawn {
  readonly timeUs: number;
  readonly amount: number;
}

export class SelfLiquidation {
  readonly #rules: SelfLiquidationRules;
  readonly #sink: AlertSink;
  /** Deposits less withdrawals, by account row. */
  #cash = new Float64Array(256);
  /** The oldest withdrawal first. */
  readonly #withdrawn = new Map<number, Withdrawn>();

  constructor(sink: AlertSink, rules: SelfLiquidationRules = SELF_LIQUIDATION_RULES) {
    this.#rules = rules;
    this.#sink = sink;
  }

  get size(): number {
    return this.#withdrawn.size;
  }

  /** Money from outside, or with a negative amount to it. */
  transfer(timeUs: number, account: number, amount: number): void {
    while (account >= this.#cash.length) this.#cash = widened(this.#cash, this.#cash.length * 2);
    this.#cash[account] += amount;
    if (amount >= 0) return;
    const before = this.#withdrawn.get(account);
    const isRecent = before !== undefined && timeUs - before.timeUs <= this.#rules.windowUs;
    this.#withdrawn.delete(account);
    this.#withdrawn.set(account, { timeUs, amount: (isRecent ? before.amount : 0) - amount });
    if (this.#withdrawn.size > this.#rules.entriesMax)
      this.#withdrawn.delete(this.#withdrawn.keys().next().value!);
  }

  liquidation(timeUs: number, account: number, equity: number): void {
    const withdrawn = this.#withdrawn.get(account);
    if (withdrawn === undefined) return;
    // Told once: what follows of the same withdrawal is the same story.
    this.#withdrawn.delete(account);
    if (timeUs - withdrawn.timeUs > this.#rules.windowUs) return;
    this.#sink({
      name: 'self-liquidation',
      timeUs,
      market: NO_MARKET,
      accounts: [account],
      figures: {
        withdrawnUnits: withdrawn.amount,
        profitUnits: -this.#cash[account] + 0,
        equityUnits: equity,
        sinceUs: timeUs - withdrawn.timeUs,
      },
    });
  }
}
