/** How large a position moves its account by a set amount: the more a market moves, the fewer lots. */
import { SAFE_MAX, type QuoteMicros, type SizeLots } from '../num/units.ts';
import { volatilityOver } from './volatility.ts';

/**
 * floor(risk / (volatility over the horizon * notional of one lot)), at most `lotsMax`: one standard deviation of the
 * horizon then gains or loses `risk`. Advice, like every signal; margin and liquidity are checked where orders are.
 *
 * 0 when volatility is unknown or 0: a market that seems not to move has a feed that does not.
 */
export function volatilitySize(given: {
  readonly risk: QuoteMicros;
  /** Money units of one lot at the mark. */
  readonly notionalPerLot: number;
  readonly volatility: number | null;
  readonly horizonUs: number;
  readonly lotsMax: SizeLots;
}): SizeLots {
  const { risk, notionalPerLot, volatility, horizonUs, lotsMax } = given;
  if (volatility === null || !(volatility > 0) || !(notionalPerLot > 0) || !(risk > 0)) return 0 as SizeLots;
  const lots = Math.floor(risk / (volatilityOver(volatility, horizonUs) * notionalPerLot));
  return Math.min(lots, lotsMax, SAFE_MAX) as SizeLots;
}
