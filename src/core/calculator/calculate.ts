/**
 * The margin calculator: an account and its markets in, every bucket's equity, requirements, health
 * and prices out. Pure and exact: the arithmetic is on fractions, and only printing rounds.
 *
 * It shares no arithmetic with the engine, so that each can check the other.
 */

import { div, sub, type Rational } from '../num/rational.ts';
import type { Bucket, Market, Position } from './account.ts';
import { bankruptcyPrice } from './bankruptcy-price.ts';
import { bucketMargin, isLiquidatable, type BucketMargin } from './bucket-margin.ts';
import type { CalculatorInput } from './input.ts';
import { liquidationPrice } from './liquidation-price.ts';
import type { BucketOutput, CalculatorOutput, LiquidationPriceOutput, PositionOutput } from './output.ts';
import { readInput } from './parse-input.ts';
import type { VenueRatio } from './presets.ts';
import { amountText, priceText, ratioText } from './print.ts';

/** `input` has passed `parseCalculatorInput`; anything else is our bug and throws. */
export function calculate(input: CalculatorInput): CalculatorOutput {
  const read = readInput(input);
  if ('error' in read) {
    throw new Error(`calculate() was given input that parseCalculatorInput refuses: ${read.error.message}`);
  }
  const { buckets, ratio } = read.account;
  return { buckets: buckets.map((bucket) => bucketOutput(bucket, ratio)) };
}

function bucketOutput(bucket: Bucket, ratio: VenueRatio | null): BucketOutput {
  const margin = bucketMargin(bucket);
  const { equity, maintenance, initial } = margin;
  const markets = new Set(bucket.positions.map((position) => position.market));
  const liquidations = new Map([...markets].map((market) => [market, liquidationOutput(bucket, market)]));
  return {
    name: bucket.name,
    equity: amountText(equity),
    maintenanceMargin: amountText(maintenance),
    initialMargin: initial === null ? null : amountText(initial),
    excess: amountText(sub(equity, maintenance)),
    health: maintenance.num === 0n ? null : ratioText(div(equity, maintenance)),
    liquidatable: isLiquidatable(bucket, equity, maintenance),
    bankrupt: equity.num < 0n,
    ...venueRatio(ratio, equity, maintenance),
    positions: margin.positions.map(({ position }) =>
      positionOutput(bucket, margin, position, liquidations.get(position.market)!),
    ),
  };
}

function positionOutput(
  bucket: Bucket,
  margin: BucketMargin,
  position: Position,
  liquidation: LiquidationPriceOutput,
): PositionOutput {
  const own = margin.positions.find((item) => item.position === position)!;
  const { market, leg } = position;
  const bankruptcy = bankruptcyPrice(bucket, position, margin);
  return {
    market: market.name,
    ...(leg === null ? {} : { leg }),
    notional: amountText(own.notional),
    unrealizedPnl: amountText(own.unrealizedPnl),
    maintenanceMargin: amountText(own.maintenance),
    liquidationPrice: liquidation,
    bankruptcyPrice: {
      price: bankruptcy.price === null ? null : priceText(market, bankruptcy.price),
      reason: bankruptcy.reason,
      value: bankruptcy.value === null ? null : amountText(bankruptcy.value),
    },
  };
}

function liquidationOutput(bucket: Bucket, market: Market): LiquidationPriceOutput {
  const { price, reason, otherBoundary, isVerified } = liquidationPrice(bucket, market);
  const isFrozen = market.rules.maintenanceInLiquidation === 'frozen';
  const parts = [isFrozen ? 'other marks and maintenance fixed' : 'other marks fixed'];
  if (otherBoundary !== null) {
    parts.push(`the nearer of two boundaries, the other is at ${priceText(market, otherBoundary)}`);
  }
  if (!isVerified) parts.push('margins not rounded');
  return {
    price: price === null ? null : priceText(market, price),
    reason,
    assumption: parts.join('; '),
  };
}

function venueRatio(
  ratio: VenueRatio | null,
  equity: Rational,
  maintenance: Rational,
): Partial<BucketOutput> {
  if (ratio === null) return {};
  if (ratio === 'okxMgnRatio') {
    return maintenance.num === 0n ? {} : { okxMgnRatio: ratioText(div(equity, maintenance)) };
  }
  return equity.num <= 0n ? {} : { [ratio]: ratioText(div(maintenance, equity)) };
}
