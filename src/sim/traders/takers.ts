/** Those who trade against quotes: at random, with the trend, and as large as they are allowed to. */
import type { MarkTicks, QuoteMicros, TimeUs } from '../../core/num/units.ts';
import { Leg } from '../../core/schema/commands.ts';
import { TimeInForce, TriggerBy, TriggerKind } from '../../core/schema/orders.ts';
import { Side } from '../../core/schema/side.ts';
import { VenueKind, type OwnCommand } from '../../core/schema/venue-commands.ts';
import type { Desk } from './desk.ts';
import { chance, pick, weighted } from './draw.ts';

/** Small orders of any side, at the market or near it, and at times back out. */
export function noiseCommands(desk: Desk): OwnCommand[] {
  const { random, view, account } = desk;
  const market = desk.market();
  const side = desk.side();
  const size = desk.usualLots(market) * random.between(0.05, 0.5);
  const held = view.positions(account);
  switch (
    weighted(random, { take: 40, limit: 30, immediate: 10, close: held.length > 0 ? 15 : 0, cancel: 5 })
  ) {
    case 'take':
      return [desk.take(market, side, size)];
    case 'limit': {
      const away = 1 + random.between(-0.01, 0.01);
      return [desk.limit(market, side, view.markTicks(market) * away, size, { session: random.below(3) })];
    }
    case 'immediate': {
      const through = side === Side.bid ? 1.005 : 0.995;
      const timeInForce = pick(random, [TimeInForce.ioc, TimeInForce.fok]);
      return [desk.limit(market, side, view.markTicks(market) * through, size, { timeInForce })];
    }
    case 'close': {
      const { market: row, leg } = pick(random, held);
      const close =
        view.markets[row].listing === null ? null : desk.close(row, leg, pick(random, [0.5, 1, 1]));
      return close === null ? [] : [close];
    }
    case 'cancel':
      return [desk.say({ kind: VenueKind.cancel_all, account, market: chance(random, 0.5) ? market : null })];
  }
}

/** Follows what the mark did since its last turn, with a stop behind it. */
export class Momentum {
  readonly #seen: number[] = [];

  commands(desk: Desk): OwnCommand[] {
    const { random, view } = desk;
    const market = desk.market();
    const mark = view.mark(market);
    const before = this.#seen[market] ?? mark;
    this.#seen[market] = mark;
    if (mark === before && chance(random, 0.7)) return [];
    const side = mark >= before ? Side.bid : Side.ask;
    const size = desk.usualLots(market) * random.between(0.1, 1);
    const held = view.positionSize(desk.account, market, desk.openingLeg(side));
    // Turned: out first.
    if (held !== 0 && held > 0 !== (side === Side.bid)) {
      const close = desk.close(market, desk.openingLeg(side));
      return close === null ? [] : [close];
    }
    const sign = side === Side.bid ? 1 : -1;
    const marks = (away: number): MarkTicks => Math.max(1, Math.round(mark * (1 + sign * away))) as MarkTicks;
    const hasBracket = chance(random, 0.4);
    const open = desk.take(market, side, size, {
      takeProfit: hasBracket ? marks(random.between(0.005, 0.05)) : null,
      stopLoss: hasBracket && chance(random, 0.8) ? marks(-random.between(0.005, 0.05)) : null,
    });
    if (hasBracket || chance(random, 0.6)) return [open];
    const distance = Math.max(1, Math.round(mark * random.between(0.003, 0.03)));
    const trailing = desk.take(market, side === Side.bid ? Side.ask : Side.bid, size, {
      leg: open.leg,
      reduceOnly: true,
      trigger: {
        kind: TriggerKind.trailing,
        by: pick(random, Object.values(TriggerBy)),
        price: 0 as MarkTicks,
        distance,
      },
    });
    return [open, trailing];
  }
}

/** Borrows all it may, cross or isolated, long or short, and moves margin about as the position goes. */
export function holderCommands(desk: Desk): OwnCommand[] {
  const { random, view, account, money } = desk;
  const market = desk.market();
  const isIsolated = view.isIsolated(account, market);
  const held = view.positions(account).filter((each) => view.markets[each.market].listing !== null);
  const does = weighted(random, {
    open: held.length > 2 ? 10 : 45,
    leverage: 12,
    margin: isIsolated ? 12 : 3,
    withdraw: 8,
    deposit: 4,
    flip: held.length > 0 ? 5 : 0,
    protect: held.length > 0 ? 12 : 0,
  });
  switch (does) {
    case 'open': {
      const side = desk.side();
      const borrowed = Math.max(0, view.collateral(account)) * pick(random, [1, 4, 9, 18, 45, 95]);
      return [desk.take(market, side, view.lotsFor(market, borrowed * random.between(0.5, 1)))];
    }
    case 'leverage':
      return [
        desk.say({
          kind: VenueKind.leverage,
          account,
          market,
          leverage: pick(random, [1, 3, 10, 20, 50, 100]),
        }),
      ];
    case 'margin': {
      const leg = held.find((each) => each.market === market)?.leg ?? Leg.net;
      const amount = Math.round(money * random.between(-0.3, 0.3)) as QuoteMicros;
      return [desk.say({ kind: VenueKind.margin, account, market, leg, amount })];
    }
    case 'withdraw': {
      const amount = Math.max(1, Math.round(view.collateral(account) * pick(random, [0.1, 0.5, 1])));
      return [desk.say({ kind: VenueKind.withdraw, account, asset: null, amount })];
    }
    case 'deposit':
      return [
        desk.say({
          kind: VenueKind.deposit,
          account,
          asset: null,
          amount: Math.max(1, Math.round(money * random.between(0.05, 0.5))),
        }),
      ];
    case 'flip': {
      const each = pick(random, held);
      const leg = each.leg;
      const side = each.size > 0 ? Side.ask : Side.bid;
      return [desk.take(each.market, side, Math.abs(each.size) * (leg === Leg.net ? 2 : 1), { leg })];
    }
    case 'protect': {
      const each = pick(random, held);
      const away = random.between(0.002, 0.03);
      const stop = view.mark(each.market) * (each.size > 0 ? 1 - away : 1 + away);
      return [
        desk.take(each.market, each.size > 0 ? Side.ask : Side.bid, Math.abs(each.size), {
          leg: each.leg,
          reduceOnly: true,
          trigger: {
            kind: TriggerKind.stop,
            by: TriggerBy.mark,
            price: Math.max(1, Math.round(stop)) as MarkTicks,
            distance: 0,
          },
          expiresUs: 0 as TimeUs,
        }),
      ];
    }
  }
}
