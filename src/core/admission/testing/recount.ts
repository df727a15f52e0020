/** What the members of each group have, counted anew from accounts, exposures and orders: what the sums that are kept must be. */
import { ACCOUNT_F64, AccountField } from '../accounts.ts';
import { EXPOSURE_F64, ExposureField } from '../exposures.ts';
import { GROUP_MARKET_F64, GroupMarketField, NO_GROUP_MARKET } from '../group-markets.ts';
import { GROUP_F64, GroupField } from '../groups.ts';
import { ORDER_F64, OrderBits, OrderField } from '../orders.ts';
import type { GateState } from '../state.ts';

interface Sums {
  readonly gross: number;
  readonly upper: number;
  readonly lower: number;
  readonly working: number;
  /** By market: upper, lower, long, short, worst. */
  readonly lots: readonly (readonly number[])[];
}

/** As they are kept, by group. */
export function summed({ groups, groupMarkets, instruments }: GateState): Sums[] {
  return Array.from({ length: groups.count }, (_, group) => {
    const g = group * GROUP_F64;
    return {
      gross: groups.f64[g + GroupField.gross],
      upper: groups.f64[g + GroupField.upper],
      lower: groups.f64[g + GroupField.lower],
      working: groups.f64[g + GroupField.working],
      lots: Array.from({ length: instruments.count }, (_market, market) => {
        const row = groupMarkets.find(group, market);
        return [
          GroupMarketField.upper,
          GroupMarketField.lower,
          GroupMarketField.long,
          GroupMarketField.short,
          GroupMarketField.worst,
        ].map((field) => (row === NO_GROUP_MARKET ? 0 : groupMarkets.f64[row * GROUP_MARKET_F64 + field]));
      }),
    };
  });
}

/** From what accounts hold, and orders that work. */
export function recounted(state: GateState): Sums[] {
  const { groups, accounts, instruments } = state;
  const legs = legsOf(state);
  return Array.from({ length: groups.count }, (_, group) => {
    const lots = Array.from({ length: instruments.count }, () => [0, 0, 0, 0, 0]);
    let working = 0;
    for (let account = 0; account < accounts.count; account++) {
      if (!groups.withParents(groups.directOf(account)).includes(group)) continue;
      working += accounts.f64[account * ACCOUNT_F64 + AccountField.working];
      for (const { market, held, bids, asks } of legs.filter((leg) => leg.account === account)) {
        const upper = held + bids;
        const lower = held - asks;
        const share = [
          upper,
          lower,
          Math.max(0, upper),
          Math.max(0, -lower),
          Math.max(Math.abs(upper), Math.abs(lower)),
        ];
        for (const [at, value] of share.entries()) lots[market][at] += value;
      }
    }
    const worthOf = (field: number): number =>
      lots.reduce((sum, sums, market) => sum + sums[field] * instruments.worth[market], 0);
    return { gross: worthOf(4), upper: worthOf(0), lower: worthOf(1), working, lots };
  });
}

interface LegLots {
  readonly account: number;
  readonly market: number;
  readonly held: number;
  bids: number;
  asks: number;
}

/** Legs that are held, with the lots of orders counted one by one. */
function legsOf({ accounts, holdings, reservations }: GateState): LegLots[] {
  const { exposures } = holdings;
  const { orders } = reservations;
  const legs = new Map<number, LegLots>();
  for (let account = 0; account < accounts.count; account++)
    for (const row of holdings.of(account))
      legs.set(row, {
        account,
        market: exposures.market(row),
        held: exposures.f64[row * EXPOSURE_F64 + ExposureField.held],
        bids: 0,
        asks: 0,
      });
  for (let row = 0; row < orders.used; row++) {
    if (orders.id(row) === 0 || (orders.bits(row) & OrderBits.reduceOnly) !== 0) continue;
    const f = row * ORDER_F64;
    const size = Math.max(orders.f64[f + OrderField.size], orders.f64[f + OrderField.nextSize]);
    const left = size - orders.f64[f + OrderField.filled];
    const leg = legs.get(orders.exposure(row))!;
    if ((orders.bits(row) & OrderBits.ask) === 0) leg.bids += left;
    else leg.asks += left;
  }
  return [...legs.values()];
}
