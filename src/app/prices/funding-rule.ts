/** Which funding rule a perpetual has: that of its venue, its interval and its time, with the margin rates that limit it. */
import {
  binance,
  binanceBefore2025,
  HYPERLIQUID,
  type IntervalHours,
} from '../../core/price/funding-presets.ts';
import type { FundingRule, MarginRates } from '../../core/price/funding.ts';
import { mul, integer, parseRational, type Rational } from '../../core/num/rational.ts';
import { narrow } from '../../core/num/exact.ts';
import type { Rate } from '../../core/num/units.ts';
import type { ContractEvent } from '../../core/price/venue-event.ts';
import { BINANCE_2025_US } from './plan.ts';

const HOURS: readonly number[] = [1, 2, 4, 8] satisfies readonly IntervalHours[];
const USUAL_HOURS = 8;

/** Without known margin rates nothing limits it: the name says so. */
export function fundingRuleOf(
  venue: string,
  hours: number | null,
  hasMargin: boolean,
  atUs: number,
): FundingRule {
  if (venue === 'hyperliquid') return HYPERLIQUID;
  const every = (hours !== null && HOURS.includes(hours) ? hours : USUAL_HOURS) as IntervalHours;
  const rule = atUs < BINANCE_2025_US ? binanceBefore2025(every) : binance(every);
  if (hasMargin) return rule;
  return { ...rule, name: `${rule.name}-unlimited`, limits: { ...rule.limits, margin: null } };
}

/** Of the first tier, where the venue tells: twice the maintenance rate is required to open there. */
export function marginOfTiers(tiers: ContractEvent['tiers']): MarginRates | null {
  const first = tiers?.[0];
  const maintenance = first === undefined ? null : rateOf(parseRational(first.rate));
  if (first === undefined || maintenance === null) return null;
  const initial = rateOf(mul(parseRational(first.rate)!, integer(2n)));
  return initial === null ? null : { maintenance, initial };
}

function rateOf(value: Rational | null): Rate | null {
  if (value === null) return null;
  const num = narrow(value.num);
  const den = narrow(value.den);
  return num === null || den === null ? null : { num, den };
}
