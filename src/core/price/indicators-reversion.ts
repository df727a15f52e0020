/**
 * How a number returns to its mean: x' - mean = phi * (x - mean) + noise, a fixed time apart. For funding rates and for the
 * basis of a perpetual. Fitted by least squares of each value on the one before it, with intercept (AR(1)).
 */
import { logRatio, powerOf } from '../num/elementary.ts';

export interface Reversion {
  /** Above 0 and under 1: what is left of a distance after one step. */
  readonly phi: number;
  readonly mean: number;
  /** Steps until half of a distance is left: ln 2 / -ln phi. */
  readonly halfLife: number;
}

/** Fewer pairs than this say nothing. */
const PAIRS_MIN = 8;

/** Null when there are too few values, they do not move, or they do not return (phi not between 0 and 1). */
export function fitReversion(values: readonly number[]): Reversion | null {
  const pairs = values.length - 1;
  if (pairs < PAIRS_MIN) return null;
  // Relative to the first value, so that a constant series has no variance at all.
  const origin = values[0];
  let sumBefore = 0;
  let sumAfter = 0;
  for (let at = 0; at < pairs; at++) {
    sumBefore += values[at] - origin;
    sumAfter += values[at + 1] - origin;
  }
  const before = sumBefore / pairs;
  const after = sumAfter / pairs;
  let together = 0;
  let alone = 0;
  for (let at = 0; at < pairs; at++) {
    const distance = values[at] - origin - before;
    together += distance * (values[at + 1] - origin - after);
    alone += distance * distance;
  }
  if (!(alone > 0)) return null;
  const phi = together / alone;
  if (!(phi > 0 && phi < 1)) return null;
  const mean = origin + (after - phi * before) / (1 - phi);
  return { phi, mean, halfLife: logRatio(1, 2) / logRatio(phi, 1) };
}

/** Where `value` is expected `steps` later. */
export function expectedAfter(fit: Reversion, value: number, steps: number): number {
  return fit.mean + powerOf(fit.phi, steps) * (value - fit.mean);
}

/** The sum of the next `steps` values: of funding rates, what is expected to be paid. */
export function expectedSum(fit: Reversion, value: number, steps: number): number {
  const { phi, mean } = fit;
  return steps * mean + ((phi * (1 - powerOf(phi, steps))) / (1 - phi)) * (value - mean);
}
