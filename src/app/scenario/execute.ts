/** Statements into commands: each line makes its commands one after another, and ends at the first that is refused. */
import { divideRounded } from '../../core/num/decimal.ts';
import {
  FUNDING_SCALE,
  type FundingIndex,
  type PriceTicks,
  type Rate,
  type SizeLots,
  type TimeUs,
} from '../../core/num/units.ts';
import { Kind, Leg, type Leg as LegRow } from '../../core/schema/commands.ts';
import {
  MarketState,
  OrderType,
  SelfTrade,
  TimeInForce,
  TriggerBy,
  TriggerKind,
} from '../../core/schema/orders.ts';
import { Quality, QUALITY_NAMES, Use, USES_ALL } from '../../core/schema/quality.ts';
import { Reason } from '../../core/schema/reasons.ts';
import { Side } from '../../core/schema/side.ts';
import { VenueKind, type PlaceCommand, type Trigger } from '../../core/schema/venue-commands.ts';
import { timeFromText, timeToText } from '../../io/ingest/file/fields.ts';
import { applyCrowd, applyLadder, applyPath } from './execute-crowd.ts';
import {
  applyAsset,
  applyListing,
  applyMarket,
  applySettings,
  applyTiers,
  applyVenue,
} from './make-market.ts';
import { orderId } from './order-names.ts';
import { meet, openAccount, placeOrder } from './place.ts';
import type { OrderRef, PlaceStatement, Statement, TimeText } from './statements.ts';
import type { Wish, World } from './world.ts';
import { quoted, type Word } from './words.ts';

const LEGS = { net: Leg.net, long: Leg.long, short: Leg.short } as const satisfies Record<string, LegRow>;
const TRIGGERS = {
  stop: TriggerKind.stop,
  'take-profit': TriggerKind.take_profit,
  trailing: TriggerKind.trailing,
};
const SELF_TRADES = {
  'cancel-taker': SelfTrade.cancel_taker,
  'cancel-maker': SelfTrade.cancel_maker,
  'cancel-both': SelfTrade.cancel_both,
  'reduce-both': SelfTrade.reduce_both,
};
const STATES = {
  active: MarketState.active,
  'reduce-only': MarketState.reduce_only,
  halted: MarketState.halted,
  settling: MarketState.settling,
};

export function execute(world: World, statement: Statement): void {
  if (statement.kind === 'settings') {
    if (world.exchange.engine.settings !== null)
      throw world.fail(null, 'settings come first, before all other statements, and once');
    applySettings(world, statement);
    return;
  }
  if (!world.isOpen) {
    // Before anything has happened a scenario may begin whenever it says.
    if (statement.kind === 'clock') {
      world.timeUs = momentOf(world, statement.time, true);
      return;
    }
    world.isOpen = true;
    if (world.exchange.engine.settings === null) applySettings(world, null);
    if (statement.kind !== 'venue') applyVenue(world, null);
  }
  run(world, statement);
}

function run(world: World, statement: Exclude<Statement, { kind: 'settings' }>): void {
  switch (statement.kind) {
    case 'venue':
      return applyVenue(world, statement);
    case 'market':
      return applyMarket(world, statement);
    case 'listing': {
      const { row, grid } = world.market(statement.market);
      return applyListing(world, row, grid, statement.listing);
    }
    case 'asset':
      return applyAsset(world, statement);
    case 'tiers':
      return applyTiers(
        world,
        statement,
        statement.from === null ? world.timeUs : momentOf(world, statement.from),
      );
    case 'account':
      for (const { text } of statement.accounts) openAccount(world, text);
      return;
    case 'deposit':
    case 'withdraw':
      return applyCash(world, statement);
    case 'margin': {
      const amount = world.money(statement.amount);
      apply(world, {
        kind: VenueKind.margin,
        account: world.accountRow(statement.account.text),
        market: world.market(statement.market).row,
        leg: LEGS[statement.leg],
        amount,
      });
      return;
    }
    case 'leverage':
      apply(world, {
        kind: VenueKind.leverage,
        account: world.accountRow(statement.account.text),
        market: world.market(statement.market).row,
        leverage: statement.leverage,
      });
      return;
    case 'mode':
      apply(world, {
        kind: VenueKind.mode,
        account: world.accountRow(statement.account.text),
        market: statement.market === null ? null : world.market(statement.market).row,
        isolated: statement.mode === 'isolated',
        hedge: statement.mode === 'hedge',
      });
      return;
    case 'exempt':
      apply(world, {
        kind: VenueKind.exempt,
        account: world.accountRow(statement.account.text),
        exempt: statement.exempt,
        text: statement.why,
      });
      return;
    case 'place':
      placeOrder(world, placeOf(world, statement), statement.name);
      return;
    case 'amend': {
      const { id, clientId } = refOf(world, statement.order);
      const seen = world.orders.find(id === 0 ? clientOrder(world, statement.account, clientId) : id);
      if (world.exchange.engine.book.markets.count === 0)
        throw world.fail(null, 'there is no market yet, and so no order');
      // An order that is not there has no market: any grid will do for what is refused anyway.
      const grid = world.gridAt(seen?.market ?? 0);
      apply(world, {
        kind: VenueKind.amend,
        account: world.accountRow(statement.account.text),
        order: id,
        clientId,
        price:
          statement.price === null ? ((seen?.price ?? 1) as PriceTicks) : world.price(statement.price, grid),
        size: statement.size === null ? ((seen?.size ?? 1) as SizeLots) : world.lots(statement.size, grid),
      });
      return;
    }
    case 'cancel': {
      const { id, clientId } = refOf(world, statement.order);
      apply(world, {
        kind: VenueKind.cancel,
        account: world.accountRow(statement.account.text),
        order: id,
        clientId,
      });
      return;
    }
    case 'cancel-all':
      apply(world, {
        kind: VenueKind.cancel_all,
        account: world.accountRow(statement.account.text),
        market: statement.market === null ? null : world.market(statement.market).row,
      });
      return;
    case 'disconnect':
      apply(world, {
        kind: VenueKind.disconnect,
        account: world.accountRow(statement.account.text),
        session: statement.session,
      });
      return;
    case 'trade':
      return applyTrade(world, statement);
    case 'mark': {
      const marks = statement.marks.map(({ market, price }) => {
        const { row, grid } = world.market(market);
        return { market: row, price: world.mark(price, grid) };
      });
      apply(world, { kind: Kind.marks, marks, text: '' });
      return;
    }
    case 'index': {
      const { row, grid } = world.market(statement.market);
      const reference = world.mark(statement.price, grid);
      apply(world, {
        kind: Kind.quality,
        market: row,
        quality: Quality.ok,
        allows: USES_ALL,
        mark: null,
        reference,
        text: '',
      });
      return;
    }
    case 'quality':
      return applyQuality(world, statement);
    case 'funding':
      return applyFunding(world, statement.market, statement.rate);
    case 'state':
      apply(world, {
        kind: VenueKind.state,
        market: statement.market === null ? null : world.market(statement.market).row,
        state: STATES[statement.state],
        text: statement.why,
      });
      return;
    case 'bands': {
      const { row, grid } = world.market(statement.market);
      const { low, high } = statement;
      apply(world, {
        kind: VenueKind.bands,
        market: row,
        low: low === null ? null : world.price(low, grid),
        high: high === null ? null : world.price(high, grid),
      });
      return;
    }
    case 'clock':
      world.timeUs = momentOf(world, statement.time);
      apply(world, { kind: VenueKind.tick });
      return;
    case 'settle': {
      const { row, grid } = world.market(statement.market);
      apply(world, { kind: VenueKind.settlement, market: row, price: world.price(statement.price, grid) });
      return;
    }
    case 'breaker':
      apply(world, { kind: Kind.breaker, share: statement.share, least: statement.least });
      return;
    case 'lift':
      apply(world, { kind: Kind.lift, market: world.market(statement.market).row });
      return;
    case 'path':
      return applyPath(world, statement);
    case 'crowd':
      return applyCrowd(world, statement);
    case 'ladder':
      return applyLadder(world, statement);
  }
}

function apply(world: World, wish: Wish): boolean {
  return world.apply(wish) === Reason.accepted;
}

/**
 * Two limit orders that meet: the first named rests, the second takes it. In a market without a mark the price of its first trade is
 * one: there is nothing else to go by.
 */
function applyTrade(
  world: World,
  { market, maker, taker, price }: Extract<Statement, { kind: 'trade' }>,
): void {
  const { row, grid } = world.market(market);
  const ticks = world.price(price, grid);
  if (world.reference.inspectMarket(row)?.mark === null) {
    const marks = [{ market: row, price: world.mark(price, grid) }];
    if (!apply(world, { kind: Kind.marks, marks, text: '' })) return;
  }
  meet(world, market, maker.account.text, taker.account.text, world.lots(maker.size, grid), ticks, price);
}

function placeOf(world: World, said: PlaceStatement): Wish<PlaceCommand> {
  const { row, grid } = world.market(said.market);
  const { trigger } = said;
  const markOf = (word: Word | null) => (word === null ? null : world.mark(word, grid));
  return {
    kind: VenueKind.place,
    account: world.accountRow(said.account.text),
    market: row,
    leg: LEGS[said.leg],
    side: said.side === 'buy' ? Side.bid : Side.ask,
    type: said.price === null ? OrderType.market : OrderType.limit,
    timeInForce: TimeInForce[said.timeInForce ?? (said.price === null ? 'ioc' : 'gtc')],
    price: said.price === null ? (0 as PriceTicks) : world.price(said.price, grid),
    size: world.lots(said.size, grid),
    reduceOnly: said.reduceOnly,
    postOnly: said.postOnly,
    selfTrade: SELF_TRADES[said.selfTrade],
    expiresUs: said.expires === null ? (0 as TimeUs) : momentOf(world, said.expires, true),
    clientId: said.clientId,
    pair: said.pair,
    session: said.session,
    trigger: trigger === null ? null : triggerOf(world, trigger, grid),
    takeProfit: markOf(said.takeProfit),
    stopLoss: markOf(said.stopLoss),
  };
}

function triggerOf(
  world: World,
  { kind, price, by }: NonNullable<PlaceStatement['trigger']>,
  grid: ReturnType<World['gridAt']>,
): Trigger {
  const steps = by === 'mark' ? world.mark(price, grid) : world.price(price, grid);
  const isTrailing = kind === 'trailing';
  return {
    kind: TRIGGERS[kind],
    by: TriggerBy[by],
    price: isTrailing ? (0 as PriceTicks) : steps,
    distance: isTrailing ? steps : 0,
  };
}

function refOf(world: World, order: OrderRef): { id: number; clientId: number } {
  if (order.by === 'id') return { id: order.number, clientId: 0 };
  if (order.by === 'client') return { id: 0, clientId: order.number };
  const id = orderId(world, order.name.text);
  if (id === undefined) throw world.fail(order.name, `the order ${quoted(order.name.text)} was not placed`);
  if (id === 0)
    throw world.fail(
      order.name,
      `the order ${quoted(order.name.text)} was refused: there is nothing to change`,
    );
  return { id, clientId: 0 };
}

function clientOrder(world: World, account: Word, clientId: number): number {
  return world.orders.byClient(world.accountRow(account.text), clientId);
}

function applyCash(world: World, said: Extract<Statement, { kind: 'deposit' | 'withdraw' }>): void {
  const name = said.account.text;
  if (world.accountRow(name) < 0) openAccount(world, name);
  const asset = said.asset === null ? null : world.market(said.asset);
  const amount = asset === null ? world.money(said.amount) : world.lots(said.amount, asset.grid);
  const kind = said.kind === 'deposit' ? VenueKind.deposit : VenueKind.withdraw;
  apply(world, { kind, account: world.accountRow(name), asset: asset?.row ?? null, amount });
}

function applyQuality(world: World, said: Extract<Statement, { kind: 'quality' }>): void {
  const { row, grid } = world.market(said.market);
  const quality = QUALITY_NAMES.indexOf(said.quality as (typeof QUALITY_NAMES)[number]) as Quality;
  const usual = quality === Quality.ok ? USES_ALL : Use.show + Use.value;
  const allows = said.allows?.reduce((sum, use) => sum | Use[use as keyof typeof Use], 0) ?? usual;
  const markOf = (word: Word | null) => (word === null ? null : world.mark(word, grid));
  apply(world, {
    kind: Kind.quality,
    market: row,
    quality,
    allows,
    mark: markOf(said.mark),
    reference: markOf(said.reference),
    text: '',
  });
}

/** One funding payment: longs pay this share of what a lot is worth at the mark, rounded half to even in the index. */
function applyFunding(world: World, market: Word, rate: Rate): void {
  const { row } = world.market(market);
  const { markets } = world.exchange.engine.book;
  const worth = BigInt(markets.markInside(row)) * BigInt(markets.unit(row));
  const step = divideRounded(worth * BigInt(rate.num) * BigInt(FUNDING_SCALE), BigInt(rate.den), 'half-even');
  const index = Number(world.reference.inspectMarket(row)!.fundingIndex + step) as FundingIndex;
  apply(world, { kind: Kind.funding, market: row, index });
}

const DAY_US = 86_400_000_000;

/** `isFree`: it need not be later than now. */
export function momentOf(world: World, time: TimeText, isFree = false): TimeUs {
  if (time.is === 'span') return (world.timeUs + time.us) as TimeUs;
  const { text } = time.word;
  const clock = text.replace(/Z$/, '');
  const full = /:\d\d:/.test(clock) ? clock : `${clock}:00`;
  const day = timeToText((world.timeUs - (world.timeUs % DAY_US)) as TimeUs).slice(0, 11);
  const moment = timeFromText(`${full.includes('T') ? '' : day}${full}Z`);
  if (moment === null) throw world.fail(time.word, `${quoted(text)} is no time of day`);
  if (moment < world.timeUs && !isFree)
    throw world.fail(time.word, `${quoted(text)} is over: it is ${timeToText(world.timeUs)} by now`);
  return moment as TimeUs;
}
