/**
 * Makes signals of indicators. Each returns null when there is nothing to say.
 *
 * Two kinds carry an expected value of their own: a basis or a funding rate that returns to its mean at a measured pace. The
 * other two, trend and exhaustion, only have a direction. Theirs is Grinold's estimate, value = skill * volatility * score,
 * where skill is the correlation of past scores with what followed, to be measured by whoever publishes them.
 * Source: R. Grinold, Alpha is volatility times IC times score, Journal of Portfolio Management 20 (1994).
 */
import type { TimeUs } from '../num/units.ts';
import { expectedAfter, expectedSum, type Reversion } from './indicators-reversion.ts';
import type { Signal } from './signals.ts';
import { volatilityOver } from './volatility.ts';

export interface SignalContext {
  readonly market: string;
  readonly atUs: TimeUs;
  readonly horizonUs: number;
  /** That a long is expected to pay over the horizon, as a fraction. */
  readonly fundingPaid: number;
}

/** A score counts for no more than this: an indicator far out is an event, not a better forecast. */
const SCORE_MAX = 3;

/**
 * The basis (mark - index) / index is `zMin` deviations from its mean and returns to it, `stepUs` a step. The move is that
 * of the perpetual against the index: it is earned by holding the index on the other side.
 */
export function detectBasisReversion(
  context: SignalContext,
  given: { basis: number; zScore: number | null; zMin: number; fit: Reversion | null; stepUs: number },
): Signal | null {
  const { basis, zScore, zMin, fit, stepUs } = given;
  if (zScore === null || fit === null || !(Math.abs(zScore) >= zMin)) return null;
  const steps = Math.floor(context.horizonUs / stepUs);
  const change = expectedAfter(fit, basis, steps) - basis;
  if (steps < 1 || change === 0) return null;
  return signalOf(
    context,
    'basis-reversion',
    change > 0 ? 'long' : 'short',
    Math.abs(change),
    `basis ${basis} is ${zScore} deviations out, half back in ${fit.halfLife} steps`,
  );
}

/** The funding of the next `intervals`, received by the side that does not pay it. No move of the price is expected. */
export function detectFundingReversion(
  context: SignalContext,
  given: { rate: number; fit: Reversion | null; intervals: number },
): Signal | null {
  const { rate, fit, intervals } = given;
  if (fit === null || intervals < 1) return null;
  const paidByLongs = expectedSum(fit, rate, intervals);
  if (paidByLongs === 0) return null;
  return signalOf(
    { ...context, fundingPaid: paidByLongs },
    'funding-reversion',
    paidByLongs > 0 ? 'short' : 'long',
    0,
    `funding ${rate} returns to ${fit.mean}, half back in ${fit.halfLife} intervals`,
  );
}

/** A fast average over a slow one: the price goes on. Score: their distance in deviations of the horizon. */
export function detectTrend(
  context: SignalContext,
  given: { fast: number | null; slow: number | null; volatility: number | null; skill: number },
): Signal | null {
  const { fast, slow, volatility, skill } = given;
  if (fast === null || slow === null || volatility === null || slow <= 0) return null;
  const spread = volatilityOver(volatility, context.horizonUs);
  if (!(spread > 0)) return null;
  const score = (fast - slow) / slow / spread;
  return scored(context, 'trend', score, spread, skill, `averages ${fast} over ${slow}`);
}

/** An RSI out of [30, 70]: the price turns. Score 1 at those ends, 2.5 at 0 and 100. */
export function detectExhaustion(
  context: SignalContext,
  given: { rsi: number | null; volatility: number | null; skill: number },
): Signal | null {
  const { rsi, volatility, skill } = given;
  if (rsi === null || volatility === null || (rsi >= 30 && rsi <= 70)) return null;
  const spread = volatilityOver(volatility, context.horizonUs);
  if (!(spread > 0)) return null;
  return scored(context, 'exhaustion', (50 - rsi) / 20, spread, skill, `RSI ${rsi}`);
}

function scored(
  context: SignalContext,
  kind: 'trend' | 'exhaustion',
  score: number,
  spread: number,
  skill: number,
  because: string,
): Signal | null {
  if (score === 0) return null;
  const move = skill * spread * Math.min(Math.abs(score), SCORE_MAX);
  return signalOf(context, kind, score > 0 ? 'long' : 'short', move, because);
}

function signalOf(
  context: SignalContext,
  kind: Signal['kind'],
  side: Signal['side'],
  move: number,
  because: string,
): Signal {
  const { market, atUs, horizonUs, fundingPaid } = context;
  const funding = side === 'long' ? -fundingPaid : fundingPaid;
  return { kind, market, side, atUs, horizonUs, move, funding, because };
}
