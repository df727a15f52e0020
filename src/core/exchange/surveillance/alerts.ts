/**
 * What the watchers of conduct report: facts about accounts that people should look at. An alert decides nothing and changes
 * nothing; it says who, where, when, and the numbers it rests on.
 */

export const ALERT_NAMES = [
  /** Two accounts that trade with each other and hardly with anybody else. */
  'wash-pair',
  /** Accounts whose positions grew to equal or opposite sizes within minutes. */
  'linked-cluster',
  /** Money was withdrawn, then the account was liquidated. */
  'self-liquidation',
  /** A position that the book could not take. */
  'position-depth',
  /** Accounts that nobody liquidates: there are some. */
  'exempt-inventory',
  /** One of these owes money. */
  'exempt-deficit',
  /** Open interest is a multiple of what it was. */
  'open-interest-growth',
  /** Much of a market was liquidated at once. */
  'high-liquidation-volume',
  /** Winners were deleveraged, for the first time in a while. */
  'adl-triggered',
] as const;
export type AlertName = (typeof ALERT_NAMES)[number];

/** What alerts rest on, as people say it: `figures` has them in one word, with their unit. */
export const ALERT_FIGURES = [
  'pair',
  'largest',
  'market',
  'long',
  'short',
  'open-interest',
  'before',
  'withdrawn',
  'profit',
  'equity',
  'since',
  'position',
  'depth',
  'deficit',
  'owed',
  'liquidated',
  'notional',
  'count',
  'closed',
] as const;

/** No market: the alert is about accounts as a whole. */
export const NO_MARKET = -1;

export interface Alert {
  readonly name: AlertName;
  readonly timeUs: number;
  readonly market: number;
  /** Rows, ascending. */
  readonly accounts: readonly number[];
  /** What it rests on, by name: lots end in `Lots`, money units in `Units`. */
  readonly figures: Readonly<Record<string, number>>;
}

export type AlertSink = (alert: Alert) => void;

/** What the watchers ask the exchange. */
export interface BookFacts {
  /** Signed lots, all legs and both margin modes together. */
  position(account: number, market: number): number;
  /** Lots that the book would take of a position of this sign, within the collar. */
  depth(market: number, sign: number): number;
  /** Lots of all longs. */
  openInterest(market: number): number;
  /** Equity of all the account's buckets, money units. */
  equity(account: number): number;
  /** What lots are worth at the mark, money units. */
  notional(market: number, lots: number): number;
}
