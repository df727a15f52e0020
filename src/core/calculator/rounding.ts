/** A venue's rounding: to which unit, which way. Null is exact. */

import { roundTo, type Rational } from '../num/rational.ts';
import type { Direction } from './input.ts';

export interface Rounding {
  readonly unit: Rational;
  readonly direction: Direction;
}

export function rounded(amount: Rational, rounding: Rounding | null): Rational {
  return rounding === null ? amount : roundTo(amount, rounding.unit, rounding.direction);
}
