/**
 * The straight line that a bucket's equity is in one market's x, and where it meets zero (or meets the
 * cost of closing). Roundings are left out: a line has none.
 */

import { abs, add, div, mul, negate, sub, sum, ZERO, type Rational } from '../num/rational.ts';
import type { Bucket, Market } from './account.ts';
import { feeValueAt } from './margin.ts';
import { pnlSign, toX, unrealizedPnl } from './value.ts';

/** E(x) = at0 + slope * x, other marks fixed. */
export interface EquityLine {
  readonly at0: Rational;
  readonly slope: Rational;
}

export function equityLine(bucket: Bucket, market: Market): EquityLine {
  const held = bucket.positions.filter((position) => position.market === market);
  const slope = mul(pnlSign(market), sum(held.map((position) => mul(position.size, market.contractValue))));
  let equity = bucket.collateral;
  for (const position of bucket.positions) {
    const x = toX(position.market, position.market.mark);
    equity = add(equity, add(unrealizedPnl(position, x, true), position.accruedFunding));
  }
  return { at0: sub(equity, mul(slope, toX(market, market.mark))), slope };
}

/**
 * The x at which equity is used up, after paying for closing if `withFee`. May be zero or negative,
 * which no price is; `x` is null when equity does not depend on this market. `slope` is that of what
 * is left, so its sign says on which side of x the bucket is bankrupt.
 */
export function bankruptcyX(
  bucket: Bucket,
  market: Market,
  withFee: boolean,
): { x: Rational | null; slope: Rational } {
  const line = equityLine(bucket, market);
  let { at0, slope } = line;
  if (withFee && market.closeFee.num !== 0n) {
    const held = bucket.positions.filter((position) => position.market === market);
    if (market.rules.closeFeeBasis === 'bankruptcy') {
      const gross = sum(held.map((position) => abs(mul(position.size, market.contractValue))));
      slope = sub(slope, mul(market.closeFee, gross));
    } else {
      const one = { num: 1n, den: 1n };
      const feeAt = (x: Rational): Rational =>
        mul(market.closeFee, sum(held.map((position) => feeValueAt(position, x, true))));
      const fee0 = feeAt(ZERO);
      at0 = sub(at0, fee0);
      slope = sub(slope, sub(feeAt(one), fee0));
    }
  }
  return { x: slope.num === 0n ? null : div(negate(at0), slope), slope };
}
