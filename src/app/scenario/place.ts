/** Orders as scenarios send them, and two of them that meet. */
import type { PriceTicks, SizeLots } from '../../core/num/units.ts';
import { Kind } from '../../core/schema/commands.ts';
import { TimeInForce } from '../../core/schema/orders.ts';
import { Reason } from '../../core/schema/reasons.ts';
import { Side } from '../../core/schema/side.ts';
import { PLAIN_ORDER, type PlaceCommand } from '../../core/schema/venue-commands.ts';
import type { Wish, World } from './world.ts';
import { quoted, type Word } from './words.ts';

export function openAccount(world: World, name: string): void {
  world.apply({ kind: Kind.account, name });
}

/** Answers the order's id, or 0 where it was refused. */
export function placeOrder(world: World, wish: Wish<PlaceCommand>, name: string | null): number {
  const before = world.log.events.length;
  const accepted = world.apply(wish) === Reason.accepted;
  const first = accepted
    ? world.log.events.slice(before).find(({ event }) => event === 'accepted')
    : undefined;
  const id = first === undefined ? 0 : first['order'];
  if (name !== null) {
    world.orderIds.set(name, id);
    if (id !== 0) world.orders.keep(id);
  }
  return id;
}

/** A plain order for one-way accounts: until cancelled, or at once where `timeInForce` says so. */
export function plainOrder(
  world: World,
  account: string,
  market: Word,
  lots: number,
  price: PriceTicks,
  timeInForce: TimeInForce,
): Wish<PlaceCommand> {
  return {
    ...PLAIN_ORDER,
    account: world.accountRow(account),
    market: world.market(market).row,
    side: lots > 0 ? Side.bid : Side.ask,
    timeInForce,
    price,
    size: Math.abs(lots) as SizeLots,
  };
}

/** `lots` signed as the maker's. False where one was refused. */
export function meet(
  world: World,
  market: Word,
  maker: string,
  taker: string,
  lots: number,
  price: PriceTicks,
  at: Word,
): boolean {
  const rests = placeOrder(world, plainOrder(world, maker, market, lots, price, TimeInForce.gtc), null);
  if (rests === 0) return false;
  const before = world.log.events.length;
  const order = {
    ...plainOrder(world, taker, market, -lots, price, TimeInForce.ioc),
    size: Math.abs(lots) as SizeLots,
  };
  if (placeOrder(world, order, null) === 0) return false;
  const met = world.log.events
    .slice(before)
    .find((event) => event.event === 'trade' && event['makerOrder'] === rests);
  if (met?.['size'] !== Math.abs(lots))
    throw world.fail(
      at,
      `${maker} and ${taker} do not meet at ${quoted(at.text)}: other orders of the book stand between them`,
    );
  return true;
}
