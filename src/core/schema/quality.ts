/**
 * How good a market's price is, and what it may be used for. Who makes prices says both: the engine keeps them, holds what
 * must not be acted on, and never changes a level for it.
 */

/** These numbers are on disk: never reuse one. */
export const Quality = {
  ok: 0,
  /** Nothing new was heard for longer than it may be. */
  stale: 1,
  /** One source is left of several. */
  single_source: 2,
  /** Only our own book says so: whoever moves it moves the price. */
  own_book_only: 3,
  /** Mark and reference, or the sources among themselves, are too far apart. */
  divergent: 4,
  /** Not to be believed: zero, negative, a leap. Comes without a mark, the last good one stands. */
  implausible: 5,
} as const;
export type Quality = (typeof Quality)[keyof typeof Quality];
export const QUALITY_NAMES = [
  'ok',
  'stale',
  'single-source',
  'own-book-only',
  'divergent',
  'implausible',
] as const;

/** What a price may be good for; a set of them is their sum. On disk, too. */
export const Use = {
  show: 1,
  value: 2,
  open: 4,
  liquidate: 8,
  settle: 16,
} as const;
export type Use = (typeof Use)[keyof typeof Use];
export const USE_NAMES = ['show', 'value', 'open', 'liquidate', 'settle'] as const;
export const USES_ALL = 31;

/**
 * What follows for a margin bucket. It is `none` under liquidatable. From there on it is `actionable`, unless a market among its
 * positions is held: then it is `held`, and nothing is done about it.
 */
export const Verdict = { none: 0, actionable: 1, held: 2 } as const;
export type Verdict = (typeof Verdict)[keyof typeof Verdict];
export const VERDICT_NAMES = ['none', 'actionable', 'held'] as const;
