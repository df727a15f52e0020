/** The names that a scenario has said so far: what a word can mean is known before anything runs. */
export const FUND = 'insurance';
export const TREASURY = 'treasury';

export class Scope {
  readonly markets = new Set<string>();
  readonly assets = new Set<string>();
  /** The house's accounts are there from the start. */
  readonly accounts = new Set([FUND, TREASURY]);
  readonly orders = new Set<string>();

  /** With its article, or null. */
  whatIs(name: string): string | null {
    if (this.markets.has(name)) return 'a market';
    if (this.assets.has(name)) return 'a collateral asset';
    if (this.accounts.has(name)) return 'an account';
    return this.orders.has(name) ? 'an order' : null;
  }
}
