/**
 * What a position is worth and what it earns, for both kinds of contract, in one coordinate:
 *
 *   linear    x = price        settled in quote      value = size * contractValue * x     pnl rises with x
 *   inverse   x = 1 / price    settled in coin       value = size * contractValue * x     pnl falls with x
 *
 * In x both are straight lines, so everything that solves for a price solves a line and converts.
 */

import { div, integer, mul, negate, ONE, sub, type Rational } from '../num/rational.ts';
import type { Market, Position } from './account.ts';
import { rounded } from './rounding.ts';

export function toX(market: Market, price: Rational): Rational {
  return market.kind === 'linear' ? price : div(ONE, price);
}

/** The price at x, which is positive. */
export function toPrice(market: Market, x: Rational): Rational {
  return market.kind === 'linear' ? x : div(ONE, x);
}

/** +1 when a long gains as x rises. */
export function pnlSign(market: Market): Rational {
  return integer(market.kind === 'linear' ? 1 : -1);
}

/** Signed value of `size` contracts at x, in the settlement asset. `exact` skips the venue's rounding. */
export function valueAt(market: Market, size: Rational, x: Rational, exact = false): Rational {
  const one = mul(market.contractValue, x);
  return mul(size, exact ? one : rounded(one, market.roundings.contractValue));
}

/** What the position was booked at: rounded as the venue does, also where the rest stays exact. */
export function entryValue(position: Position): Rational {
  const { market, size, entryPrice } = position;
  return valueAt(market, size, toX(market, entryPrice));
}

export function unrealizedPnl(position: Position, x: Rational, exact = false): Rational {
  const { market, size } = position;
  const entry = entryValue(position);
  const gain = sub(valueAt(market, size, x, exact), entry);
  return market.kind === 'linear' ? gain : negate(gain);
}
