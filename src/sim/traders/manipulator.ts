/**
 * Somebody with two accounts who wants the others' money, or the fund's: trades with itself, lets one account be liquidated
 * against the other, shows size that it takes back, buys up a thin book, and takes out money while prices are far away.
 */
import type { MarketRow } from '../../core/num/units.ts';
import { SelfTrade, TimeInForce } from '../../core/schema/orders.ts';
import { Side } from '../../core/schema/side.ts';
import { VenueKind, type OwnCommand } from '../../core/schema/venue-commands.ts';
import type { Desk } from './desk.ts';
import { pick, weighted } from './draw.ts';

export function manipulatorCommands(desk: Desk, partner: Desk): OwnCommand[] {
  const { random, view } = desk;
  const market = desk.market();
  switch (weighted(random, { wash: 25, selfWash: 15, sink: 20, spoof: 15, corner: 15, runAway: 10 })) {
    case 'wash':
      return meet(
        desk,
        partner,
        market,
        view.markTicks(market) * random.between(0.99, 1.01),
        desk.usualLots(market) * random.between(0.1, 2),
      );
    case 'selfWash': {
      const price = view.markTicks(market) * random.between(0.995, 1.005);
      const size = desk.usualLots(market) * random.between(0.1, 1);
      const selfTrade = pick(random, Object.values(SelfTrade));
      return [
        desk.limit(market, Side.bid, price, size),
        desk.limit(market, Side.ask, price, size * random.between(0.3, 2), { selfTrade }),
      ];
    }
    case 'sink': {
      // As far off the mark as the band lets it: what one loses the other wins, and the fund is left with the rest.
      const side = desk.side();
      const away = random.between(0.01, 0.2);
      const price = view.markTicks(market) * (side === Side.bid ? 1 + away : 1 - away);
      const size = view.lotsFor(
        market,
        Math.max(0, view.collateral(desk.account)) * pick(random, [3, 9, 19, 48]),
      );
      return meet(desk, partner, market, price, size, side);
    }
    case 'spoof': {
      const side = desk.side();
      const price = view.markTicks(market) * (side === Side.bid ? 0.98 : 1.02);
      return [
        desk.limit(market, side, price, desk.usualLots(market) * 5, { session: 9 }),
        partner.take(market, side === Side.bid ? Side.ask : Side.bid, desk.usualLots(market) * 0.2),
        desk.say({ kind: VenueKind.disconnect, account: desk.account, session: 9 }),
      ];
    }
    case 'corner': {
      const side = desk.side();
      const asks = view.depth(market, side === Side.bid ? Side.ask : Side.bid, 10);
      const lots = asks.reduce((sum, [, size]) => sum + size, 0);
      const worst = asks[asks.length - 1]?.[0] ?? view.markTicks(market);
      return [desk.limit(market, side, worst, Math.max(1, lots), { timeInForce: TimeInForce.ioc })];
    }
    case 'runAway':
      return [
        desk.say({
          kind: VenueKind.withdraw,
          account: desk.account,
          asset: null,
          amount: Math.max(1, Math.round(view.collateral(desk.account) * pick(random, [0.3, 0.9, 1]))),
        }),
      ];
  }
}

/** One order of each, at the same price. */
function meet(
  a: Desk,
  b: Desk,
  market: MarketRow,
  price: number,
  size: number,
  side = a.side(),
): OwnCommand[] {
  const other = side === Side.bid ? Side.ask : Side.bid;
  return [
    b.limit(market, other, price, size),
    a.limit(market, side, price, size, { timeInForce: TimeInForce.ioc }),
  ];
}
