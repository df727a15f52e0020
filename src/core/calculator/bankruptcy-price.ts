/**
 * The mark of one market, others frozen, at which a bucket has nothing left. With a tick it is rounded
 * towards solvency (up for a long): closing there leaves dust, never a debt, unless the venue rounds
 * the other way.
 *
 * What closing the position there brings in stands beside it, unrounded: less than 0 for a short, which pays, and for a long whose account
 * would have something left at a price of zero.
 *
 * dYdX asks per position instead: each may lose the share of equity that its maintenance is of the
 * bucket's (`maintenance_share`), so that closing one of several does not spend what backs the others.
 */

import { ceil, div, floor, mul, sub, type Rational } from '../num/rational.ts';
import type { Bucket, Market, Position } from './account.ts';
import { bankruptcyX } from './bankruptcy-line.ts';
import type { BucketMargin } from './bucket-margin.ts';
import { onContractValue } from './liquidation-price.ts';
import { pnlSign, toPrice, toX } from './value.ts';

export type NoBankruptcy =
  | 'no_price_is_low_enough'
  | 'no_price_is_high_enough'
  | 'bankrupt_at_every_price'
  | 'equity_does_not_depend_on_price';

export interface BankruptcyPrice {
  readonly price: Rational | null;
  readonly reason: NoBankruptcy | null;
  /** In collateral, of the whole position; null where there is no such point. */
  readonly value: Rational | null;
}

export function bankruptcyPrice(bucket: Bucket, position: Position, margin: BucketMargin): BankruptcyPrice {
  const { market } = position;
  const { x, slope } =
    market.rules.bankruptcy === 'maintenance_share' && margin.maintenance.num !== 0n
      ? shareX(position, margin)
      : bankruptcyX(bucket, market, market.rules.closeFeeInBankruptcy);
  if (x === null) return { price: null, reason: 'equity_does_not_depend_on_price', value: null };
  const value = mul(mul(pnlSign(market), mul(position.size, market.contractValue)), x);
  if (x.num <= 0n) return { price: null, reason: reasonOutside(market, slope), value };

  // Bankrupt below the price where the bucket gains as the price rises.
  const side = slope.num > 0n === (market.kind === 'linear') ? 'below' : 'above';
  const price = onTick(market, onContractValue(market, toPrice(market, x), side), side);
  if (price.num > 0n) return { price, reason: null, value };
  // It lies below the first tick: all prices are on its one side or on its other.
  return {
    price: null,
    reason: side === 'below' ? 'no_price_is_low_enough' : 'bankrupt_at_every_price',
    value,
  };
}

function shareX(position: Position, margin: BucketMargin): { x: Rational; slope: Rational } {
  const { market, size } = position;
  const slope = mul(pnlSign(market), mul(size, market.contractValue));
  const own = margin.positions.find((candidate) => candidate.position === position)!;
  const share = div(mul(margin.equity, own.maintenance), margin.maintenance);
  return { x: sub(toX(market, market.mark), div(share, slope)), slope };
}

function reasonOutside(market: Market, slope: Rational): NoBankruptcy {
  if (slope.num < 0n) return 'bankrupt_at_every_price';
  return market.kind === 'linear' ? 'no_price_is_low_enough' : 'no_price_is_high_enough';
}

function onTick(market: Market, price: Rational, side: 'below' | 'above'): Rational {
  if (market.tick === null) return price;
  const steps = div(price, market.tick);
  const isUp = (side === 'below') === (market.rules.bankruptcyRounding === 'favourable');
  return mul({ num: isUp ? ceil(steps) : floor(steps), den: 1n }, market.tick);
}
