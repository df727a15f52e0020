/** Equity, what was lost of it today, and the initial margin that it has to cover. */
import { Side } from '../../core/schema/side.ts';
import { ceilDiv, max } from '../exact.ts';
import { accruedFunding, unrealizedPnl } from '../margin.ts';
import type { Bucket, Market, State } from '../state.ts';
import { legsOf } from './exposure.ts';
import { lossAgainstMark, notionalOf } from './orders.ts';
import type { GateAccount, GateState, Order } from './state.ts';

export function equityOf({ collateral, positions }: Bucket): bigint {
  return positions.reduce(
    (equity, position) => equity + unrealizedPnl(position) + accruedFunding(position),
    collateral,
  );
}

/** Of all buckets; nothing where there is no such account. */
export function equityOfAll(engine: State, account: number): bigint {
  const found = engine.accounts[account];
  if (found === undefined) return 0n;
  return [found.cross, ...found.isolated.values()].reduce((sum, bucket) => sum + equityOf(bucket), 0n);
}

/** Since the day began, and since its best moment that was seen; less than 0: gained. */
export function lossesOf(state: GateState, { row, day }: GateAccount): { lost: bigint; drawdown: bigint } {
  const equity = equityOfAll(state.engine, row) - day.flows;
  return { lost: day.start - equity, drawdown: day.best - equity };
}

export function see(state: GateState, { row, day }: GateAccount): void {
  day.best = max(day.best, equityOfAll(state.engine, row) - day.flows);
}

/** At the rate of its tier, rounded up. */
export function initialMargin(market: Market, notional: bigint): bigint {
  const { imr } = market.tiers.tiers.findLast(({ floor }) => BigInt(floor) <= notional)!;
  return ceilDiv(notional * BigInt(imr.num), BigInt(imr.den));
}

/** Of all that the account could come to hold, and of what its orders lose against the mark, but not what `order` does (null: with all of them). */
export function requiredOf(
  state: GateState,
  account: number,
  orders: readonly Order[],
  order: Order | null,
): bigint {
  let required = 0n;
  for (const { market, leg, held, worst, isIsolated } of legsOf(state.engine, account, orders)) {
    const margin = initialMargin(market, notionalOf(market, worst));
    // The margin of what is held isolated is in its own bucket.
    required += isIsolated ? max(0n, margin - initialMargin(market, notionalOf(market, held))) : margin;
    for (const side of [Side.bid, Side.ask]) {
      const others = orders.filter(
        (other) =>
          other.id !== order?.id &&
          other.market === market.row &&
          other.leg === leg &&
          other.side === side &&
          !other.reduceOnly,
      );
      required += lossAgainstMark(market, side, others);
    }
  }
  return required;
}
