/** Somebody who uses everything that there is, in all combinations, sensible or not, and everything else of a member's vocabulary. */
import type {
  MarketRow,
  MarkTicks,
  PriceTicks,
  QuoteMicros,
  SizeLots,
  TimeUs,
} from '../../core/num/units.ts';
import { Leg } from '../../core/schema/commands.ts';
import { OrderType, SelfTrade, TimeInForce, TriggerBy, TriggerKind } from '../../core/schema/orders.ts';
import { Side } from '../../core/schema/side.ts';
import {
  VenueKind,
  type OwnCommand,
  type PlaceCommand,
  type Trigger,
} from '../../core/schema/venue-commands.ts';
import type { Desk } from './desk.ts';
import { chance, pick, weighted } from './draw.ts';

export function testerCommands(desk: Desk): OwnCommand[] {
  const { random, view, account } = desk;
  const market = desk.market();
  const open = view.ordersOf(account);
  const does = weighted(random, {
    place: 60,
    pair: 10,
    amend: open.length > 0 ? 12 : 0,
    cancel: open.length > 0 ? 6 : 1,
    cancelAll: 2,
    disconnect: 2,
    mode: 3,
    leverage: 3,
    margin: 3,
    money: 4,
  });
  switch (does) {
    case 'place':
      return [anyOrder(desk, market)];
    case 'pair':
      return anyPair(desk, market);
    case 'amend': {
      const order = pick(random, open);
      const byClient = order.clientId !== 0 && chance(random, 0.5);
      const price =
        order.waits && order.price === 0
          ? 0
          : Math.max(1, Math.round(view.markTicks(order.market) * random.between(0.97, 1.03)));
      return [
        desk.say({
          kind: VenueKind.amend,
          account,
          order: byClient ? 0 : order.id,
          clientId: byClient ? order.clientId : 0,
          price: (chance(random, 0.5) ? order.price : price) as PriceTicks,
          size: Math.max(1, Math.round(order.size * pick(random, [0.3, 0.8, 1, 1, 1.5]))) as SizeLots,
        }),
      ];
    }
    case 'cancel':
      return [
        desk.say({
          kind: VenueKind.cancel,
          account,
          order: open.length > 0 ? pick(random, open).id : 1,
          clientId: 0,
        }),
      ];
    case 'cancelAll':
      return [desk.say({ kind: VenueKind.cancel_all, account, market: chance(random, 0.5) ? market : null })];
    case 'disconnect':
      return [desk.say({ kind: VenueKind.disconnect, account, session: random.below(4) })];
    case 'mode': {
      const isOfAll = chance(random, 0.4);
      const said = { isolated: chance(random, 0.5), hedge: chance(random, 0.5) };
      return [
        ...(chance(random, 0.5)
          ? [desk.say({ kind: VenueKind.cancel_all, account, market: isOfAll ? null : market })]
          : []),
        desk.say({ kind: VenueKind.mode, account, market: isOfAll ? null : market, ...said }),
      ];
    }
    case 'leverage':
      return [
        desk.say({
          kind: VenueKind.leverage,
          account,
          market,
          leverage: pick(random, [1, 2, 5, 10, 25, 75, 1000]),
        }),
      ];
    case 'margin': {
      const amount = Math.round(desk.money * random.between(-0.2, 0.2)) as QuoteMicros;
      return [
        desk.say({ kind: VenueKind.margin, account, market, leg: desk.openingLeg(desk.side()), amount }),
      ];
    }
    case 'money': {
      const asset = chance(random, 0.4) ? pick(random, view.markets).row : null;
      const kind = pick(random, [VenueKind.deposit, VenueKind.withdraw] as const);
      const amount =
        asset === null
          ? desk.money * random.between(0.01, 0.5)
          : desk.usualLots(asset) * random.between(0.1, 1);
      return [desk.say({ kind, account, asset, amount: Math.max(1, Math.round(amount)) })];
    }
  }
}

/** Any type, time in force, leg, trigger, flags; one in three of them plain. */
export function anyOrder(desk: Desk, market: MarketRow): PlaceCommand {
  const { random, view } = desk;
  const side = desk.side();
  const isHedged = view.hedged.has(desk.account);
  const isMarket = chance(random, 0.3);
  const isWaiting = chance(random, 0.3);
  const timeInForce = isMarket
    ? pick(random, [TimeInForce.ioc, TimeInForce.ioc, TimeInForce.fok])
    : pick(random, [TimeInForce.gtc, TimeInForce.gtc, TimeInForce.gtd, TimeInForce.ioc, TimeInForce.fok]);
  const isImmediate = timeInForce === TimeInForce.ioc || timeInForce === TimeInForce.fok;
  const mark = view.mark(market);
  const marks = (away: number): MarkTicks => Math.max(1, Math.round(mark * away)) as MarkTicks;
  return desk.limit(
    market,
    side,
    isMarket
      ? 1
      : view.markTicks(market) * (1 + random.between(-0.02, 0.02) * (chance(random, 0.1) ? 20 : 1)),
    desk.usualLots(market) * pick(random, [0.05, 0.2, 0.5, 1, 3]),
    {
      type: isMarket ? OrderType.market : OrderType.limit,
      ...(isMarket ? { price: 0 as PriceTicks } : {}),
      timeInForce,
      leg: isHedged ? pick(random, [Leg.long, Leg.short]) : Leg.net,
      reduceOnly: chance(random, 0.25),
      postOnly: !isImmediate && chance(random, 0.25),
      selfTrade: pick(random, Object.values(SelfTrade)),
      expiresUs: (timeInForce === TimeInForce.gtd
        ? desk.nowUs + 1 + random.below(pick(random, [1_000, 1e6, 60e6]))
        : 0) as TimeUs,
      clientId: chance(random, 0.3) ? (chance(random, 0.1) ? 1 : desk.nextClientId()) : 0,
      pair: chance(random, 0.1) ? 1 + random.below(3) : 0,
      session: random.below(4),
      trigger: isWaiting ? anyTrigger(desk, market) : null,
      takeProfit: chance(random, 0.12)
        ? marks(side === Side.bid ? random.between(1.001, 1.05) : random.between(0.95, 0.999))
        : null,
      stopLoss: chance(random, 0.12)
        ? marks(side === Side.bid ? random.between(0.95, 0.999) : random.between(1.001, 1.05))
        : null,
    },
  );
}

/** On either side of the price: those that could fire at once too. */
function anyTrigger(desk: Desk, market: MarketRow): Trigger {
  const { random, view } = desk;
  const kind = pick(random, [TriggerKind.stop, TriggerKind.take_profit, TriggerKind.trailing]);
  const by = pick(random, Object.values(TriggerBy));
  const price = by === TriggerBy.mark ? view.mark(market) : view.lastPrice[market];
  const at = Math.max(1, Math.round(price * random.between(0.98, 1.02)));
  const distance = Math.max(1, Math.round(price * random.between(0.0005, 0.02)));
  return kind === TriggerKind.trailing
    ? { kind, by, price: 0 as MarkTicks, distance }
    : { kind, by, price: at as MarkTicks, distance: 0 };
}

/** A position's take-profit and stop-loss as a pair by hand, or two entries on either side of the market. */
function anyPair(desk: Desk, market: MarketRow): OwnCommand[] {
  const { random, view } = desk;
  const pair = 10 + random.below(1000);
  const held = view.positions(desk.account).find((each) => each.market === market);
  const mark = view.mark(market);
  if (held === undefined) {
    const size = desk.usualLots(market) * 0.3;
    const ticks = view.markTicks(market);
    return [
      desk.limit(market, Side.bid, ticks * 0.995, size, { pair }),
      desk.limit(market, Side.ask, ticks * 1.005, size, { pair }),
      ...(chance(random, 0.3) ? [desk.limit(market, Side.ask, ticks * 1.01, size, { pair })] : []),
    ];
  }
  const side = held.size > 0 ? Side.ask : Side.bid;
  const sign = held.size > 0 ? 1 : -1;
  const trigger = (kind: TriggerKind, away: number): Trigger => ({
    kind,
    by: TriggerBy.mark,
    price: Math.max(1, Math.round(mark * (1 + sign * away))) as MarkTicks,
    distance: 0,
  });
  const size = Math.abs(held.size);
  return [
    desk.take(market, side, size, {
      leg: held.leg,
      reduceOnly: true,
      pair,
      trigger: trigger(TriggerKind.take_profit, random.between(0.002, 0.02)),
    }),
    desk.take(market, side, size, {
      leg: held.leg,
      reduceOnly: true,
      pair,
      trigger: trigger(TriggerKind.stop, -random.between(0.002, 0.02)),
    }),
  ];
}
