/**
 * What the insurance fund takes of a close-out that brought or cost `value`: the rate of it, rounded up, and no more than `left`, what the
 * bucket has above its bankruptcy. Where nothing is left there is no fee, and a debt is not its business.
 */
import { mulDivCeil } from '../num/exact.ts';
import type { Rate } from '../num/units.ts';

/** `value` without sign; the rate is in [0, 1]. */
export function liquidationFee(rate: Rate, value: number, left: number): number {
  return Math.max(0, Math.min(mulDivCeil(value, rate.num, rate.den)!, left));
}
