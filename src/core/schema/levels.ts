/**
 * Risk levels: a total, gap-free order on a margin bucket's health (equity / maintenance), worst last.
 *
 * `safe … critical` have hysteresis: a bucket enters a level when its health falls under `enter` and leaves
 * it only when health is back at `exit` or above. The last three have none. A level therefore depends on the
 * path and is part of the state.
 */
export const Level = {
  safe: 0,
  warning: 1,
  danger: 2,
  critical: 3,
  liquidatable: 4,
  backstop: 5,
  bankrupt: 6,
} as const;
export type Level = (typeof Level)[keyof typeof Level];

export const LEVEL_COUNT = 7;
export const LEVEL_NAMES = [
  'safe',
  'warning',
  'danger',
  'critical',
  'liquidatable',
  'backstop',
  'bankrupt',
] as const;

/**
 * One threshold on health, `num / den`. With E equity and MM maintenance in money units it is breached when
 *
 *   den * E - num * MM - [inclusive and MM > 0]  <  0
 *
 * so a strict threshold is breached under it, an inclusive one at it, and a bucket without requirement
 * (MM = 0) only when its equity is negative.
 */
export interface Threshold {
  readonly num: number;
  readonly den: number;
  readonly inclusive: boolean;
}

/** Numerators and denominators of thresholds are whole numbers in [0, 32] and [1, 32]. */
export const THRESHOLD_MAX = 32;

export interface LevelSettings {
  /** Entry thresholds of warning, danger and critical; each above the next, all above 1. */
  readonly enter: readonly [Fraction, Fraction, Fraction];
  /** Exit thresholds of the same levels: none under its entry, none under the next level's exit. */
  readonly exit: readonly [Fraction, Fraction, Fraction];
  /** Health under which a liquidatable bucket goes to the backstop: in (0, 1). */
  readonly backstop: Fraction;
}
/** `[numerator, denominator]` */
export type Fraction = readonly [number, number];

export const DEFAULT_LEVELS: LevelSettings = {
  enter: [
    [2, 1],
    [3, 2],
    [6, 5],
  ],
  exit: [
    [21, 10],
    [8, 5],
    [5, 4],
  ],
  backstop: [2, 3],
};

/** Entry thresholds of levels 1 to 6, at index level - 1. `inclusive` concerns the liquidatable level alone. */
export function entryThresholds(levels: LevelSettings, inclusive: boolean): Threshold[] {
  return [
    ...levels.enter.map(([num, den]) => ({ num, den, inclusive: false })),
    { num: 1, den: 1, inclusive },
    { num: levels.backstop[0], den: levels.backstop[1], inclusive: false },
    { num: 0, den: 1, inclusive: false },
  ];
}

/** Exit thresholds of levels 1 to 6: a bucket in level L stays there while its exit threshold is breached. */
export function exitThresholds(levels: LevelSettings, inclusive: boolean): Threshold[] {
  const exits = levels.exit.map(([num, den]) => ({ num, den, inclusive: false }));
  return [...exits, ...entryThresholds(levels, inclusive).slice(3)];
}
