/** Exposures are the sums over orders that count: what is bid and asked by all that are not reduce-only and do not wait, and its worth. */
import type { Engine } from '../../core/engine/engine.ts';
import type { Exposures } from '../../core/exchange/exposures.ts';
import type { MarketRow } from '../../core/num/units.ts';
import { Side } from '../../core/schema/side.ts';
import { legOfTag, marketOfTag } from '../../core/state/positions.ts';
import { demand } from './law.ts';
import { leftOf, type Trail } from './trail.ts';

export function judgeExposures(exposures: Exposures, trail: Trail, engine: Engine): void {
  const sums = new Map<
    string,
    [bids: number, asks: number, bidsWorth: number, asksWorth: number, reduceOnly: number]
  >();
  for (const order of trail.orders.values()) {
    if (order.place === 'waits') continue;
    const key = `${order.account}:${order.market}:${order.leg}`;
    let sum = sums.get(key);
    if (sum === undefined) sums.set(key, (sum = [0, 0, 0, 0, 0]));
    if (order.reduceOnly) {
      sum[4]++;
      continue;
    }
    const place = order.side === Side.bid ? 0 : 1;
    sum[place] += leftOf(order);
    sum[place + 2] += Math.abs(
      engine.book.markets.valueAt(order.market as MarketRow, leftOf(order), order.price)!,
    );
  }
  for (let row = 0; row < exposures.used; row++) {
    const tag = exposures.tag(row);
    const [market, leg, account] = [marketOfTag(tag), legOfTag(tag), exposures.account(row)];
    const key = `${account}:${market}:${leg}`;
    const wanted = sums.get(key) ?? [0, 0, 0, 0, 0];
    sums.delete(key);
    const given = [
      exposures.ordered(row, Side.bid),
      exposures.ordered(row, Side.ask),
      exposures.orderedWorth(row, Side.bid),
      exposures.orderedWorth(row, Side.ask),
      exposures.reduceOnly(row),
    ];
    demand(
      given.every((value, at) => value === wanted[at]),
      () => `exposure ${key} counts ${given.join(' ')}, its orders are ${wanted.join(' ')}`,
    );
    const held = trail.held(account, market, leg);
    demand(
      exposures.isHolder(row) === (held !== 0),
      () => `exposure ${key} holds ${held} and is${exposures.isHolder(row) ? '' : ' not'} listed as a holder`,
    );
  }
  for (const key of sums.keys()) demand(false, () => `orders of ${key} count nowhere`);
}
