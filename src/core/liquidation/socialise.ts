/**
 * A loss that its bucket cannot pay, at a settlement: the insurance fund pays as far as it goes, and the rest is taken from the gains of
 * that settlement in proportion, whole money units, the largest remainder first. Nobody gives more than he gained; what is then
 * missing is said.
 */
import { proRataShares } from './adl-rank.ts';

export interface SharedLoss {
  readonly fund: number;
  /** Of each gain, in the order in which they are given. */
  readonly haircuts: readonly number[];
  readonly missing: number;
}

/** Nothing is below zero; equal remainders go to the first, so gains come in the order of accounts. */
export function shareLoss(loss: number, fund: number, gains: readonly number[]): SharedLoss {
  const paid = Math.min(loss, fund);
  const haircuts = proRataShares(gains, loss - paid);
  const taken = haircuts.reduce((sum, haircut) => sum + haircut, 0);
  return { fund: paid, haircuts, missing: loss - paid - taken };
}
