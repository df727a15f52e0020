/** Everything behind one account's levels, to the unit: what `explain` prints and a checker shows of a difference. */
import type { Form, Leg } from '../core/schema/commands.ts';
import type { Level } from '../core/schema/levels.ts';
import type { Quality } from '../core/schema/quality.ts';
import type { Exact } from './exact.ts';
import {
  accruedFunding,
  marginNotional,
  marginOf,
  orderCharge,
  orderMarkets,
  unrealizedPnl,
} from './margin.ts';
import type { Account, Bucket, Market, Position } from './state.ts';
import { maintenanceOf, tierIndex, unroundedMaintenanceOf } from './tiers.ts';
import { formOf } from './worth.ts';

export interface PositionReport {
  readonly market: number;
  readonly marketName: string;
  readonly leg: Leg;
  readonly size: bigint;
  readonly costBasis: bigint;
  readonly mark: bigint;
  readonly unrealizedPnl: bigint;
  readonly entryIndex: bigint;
  readonly fundingIndex: bigint;
  readonly accruedFunding: bigint;
  /** What margin is taken on: at the mark, or the absolute cost basis. */
  readonly notional: bigint;
  readonly tier: number;
  /** The tier's floor, its maintenance rate, its deduction, and the market's close fee. */
  readonly tierFloor: bigint;
  readonly mmr: Exact;
  readonly cum: Exact;
  readonly closeFee: Exact;
  readonly maintenanceUnrounded: Exact;
  readonly maintenance: bigint;
}

export interface OrdersReport {
  readonly market: number;
  readonly count: number;
  readonly charge: bigint;
}

export interface BucketReport {
  readonly isolated: boolean;
  readonly market: number;
  readonly leg: Leg;
  readonly level: Level;
  readonly collateral: bigint;
  readonly equity: bigint;
  readonly maintenance: bigint;
  readonly accruedFunding: bigint;
  readonly orderCharge: bigint;
  readonly positions: readonly PositionReport[];
  readonly orders: readonly OrdersReport[];
}

export interface AccountReport {
  readonly account: number;
  readonly name: string;
  /** Cross first, then isolated by market and leg. */
  readonly buckets: readonly BucketReport[];
}

export interface MarketReport {
  readonly name: string;
  /** Null: no mark yet. */
  readonly mark: bigint | null;
  readonly form: Form;
  /** Money units of one lot at the mark; 0 without one. */
  readonly lotValue: bigint;
  readonly fundingIndex: bigint;
  readonly quality: Quality;
  /** A sum of `Use`. */
  readonly allows: number;
  readonly reference: bigint | null;
  readonly isTripped: boolean;
  /** Margin buckets with a position or an order here. */
  readonly holders: number;
}

export function reportMarket(market: Market): MarketReport {
  const { definition, mark, fundingIndex, quality, allows, reference, trippedSince, holders } = market;
  return {
    name: definition.name,
    mark,
    form: formOf(market),
    lotValue: market.lotValue,
    fundingIndex,
    quality,
    allows,
    reference,
    isTripped: trippedSince !== null,
    holders: holders.size,
  };
}

export function reportAccount(account: Account): AccountReport {
  const isolated = [...account.isolated.values()].sort((a, b) => a.market - b.market || a.leg - b.leg);
  return {
    account: account.row,
    name: account.name,
    buckets: [account.cross, ...isolated].map(reportBucket),
  };
}

function reportBucket(bucket: Bucket): BucketReport {
  const { isolated, market, leg, level, collateral } = bucket;
  const { equity, maintenance } = marginOf(bucket);
  const orders = [...orderMarkets(bucket.orders)].map((market) => ({
    market: market.row,
    count: bucket.orders.filter((order) => order.market === market).length,
    charge: orderCharge(bucket.orders, market),
  }));
  return {
    isolated,
    market,
    leg,
    level,
    collateral,
    equity,
    maintenance,
    accruedFunding: bucket.positions.reduce((sum, position) => sum + accruedFunding(position), 0n),
    orderCharge: orders.reduce((sum, { charge }) => sum + charge, 0n),
    positions: bucket.positions.map(reportPosition).sort((a, b) => a.market - b.market || a.leg - b.leg),
    orders: orders.sort((a, b) => a.market - b.market),
  };
}

function reportPosition(position: Position): PositionReport {
  const { market, leg, size, costBasis, entryIndex } = position;
  const notional = marginNotional(position);
  const tier = tierIndex(market.tiers, notional);
  const step = market.tiers.steps[tier];
  return {
    market: market.row,
    marketName: market.definition.name,
    leg,
    size,
    costBasis,
    mark: market.mark ?? 0n,
    unrealizedPnl: unrealizedPnl(position),
    entryIndex,
    fundingIndex: market.fundingIndex,
    accruedFunding: accruedFunding(position),
    notional,
    tier,
    tierFloor: step.floor,
    mmr: step.mmr,
    cum: step.cum,
    closeFee: step.closeFee,
    maintenanceUnrounded: unroundedMaintenanceOf(market.tiers, notional),
    maintenance: maintenanceOf(market.tiers, notional),
  };
}
