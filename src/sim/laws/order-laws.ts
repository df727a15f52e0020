/** What must be true of orders after every command, and of every fill. */
import type { Engine } from '../../core/engine/engine.ts';
import { MarketState, OrderType, TimeInForce } from '../../core/schema/orders.ts';
import { Reason } from '../../core/schema/reasons.ts';
import { Side } from '../../core/schema/side.ts';
import { VenueKind } from '../../core/schema/venue-commands.ts';
import { demand, type Step } from './law.ts';
import type { Trail, TrailFill, TrailOrder } from './trail.ts';

export function judgeOrders(step: Step, trail: Trail, engine: Engine): void {
  for (const fill of trail.fills) judgeFill(fill, engine);
  judgePairs(trail);
  for (const order of trail.ended) judgeEnd(order, trail);
  for (const order of trail.orders.values()) judgeOpen(order, engine);
  for (let at = 0; at < trail.books.length; at += 2) judgeBook(at >> 1, trail);
  if (step.reason === Reason.accepted) judgeCommand(step, trail);
}

function judgeFill({ order, held, size, account, market }: TrailFill, engine: Engine): void {
  if (order === null) {
    demand(
      held !== 0 && held > 0 !== size > 0 && Math.abs(size) <= Math.abs(held),
      () =>
        `account ${account} held ${held} in market ${market} and was filled with ${size} without an order`,
    );
    return;
  }
  const { id, expiresUs } = order;
  demand(
    expiresUs === 0 || expiresUs > engine.timeUs,
    () => `order ${id} ended at ${expiresUs} and traded at ${engine.timeUs}`,
  );
  if (!order.reduceOnly && !order.isLiquidation) return;
  demand(
    held !== 0 && held > 0 !== size > 0 && Math.abs(size) <= Math.abs(held),
    () => `reduce-only order ${id} of account ${account} filled ${size} on a position of ${held}`,
  );
}

/** When one of a pair traded or fired, the others that were there are gone. */
function judgePairs(trail: Trail): void {
  for (const one of [...trail.ended, ...trail.orders.values()]) {
    if ((one.pair === 0 && one.parent === 0) || one.movedAt === 0) continue;
    for (const other of trail.orders.values()) {
      const isPair =
        one.pair === 0
          ? other.parent === one.parent
          : other.pair === one.pair && other.account === one.account;
      demand(
        other === one || !isPair || other.bornAt > one.movedAt,
        () => `order ${other.id} is there although ${one.id} of its pair traded or fired`,
      );
    }
  }
}

function judgeEnd(order: TrailOrder, trail: Trail): void {
  const isAllOrNothing = order.timeInForce === TimeInForce.fok && order.filled > 0;
  demand(
    !isAllOrNothing || order.filled === order.size,
    () => `fill-or-kill order ${order.id} of ${order.size} lots got ${order.filled}`,
  );
  demand(trail.orders.get(order.id) === undefined, () => `order ${order.id} is over and there`);
}

function judgeOpen(order: TrailOrder, engine: Engine): void {
  const { id, place, type, timeInForce, expiresUs } = order;
  demand(place !== 'moves', () => `order ${id} neither waits nor rests nor is over`);
  const isImmediate =
    type === OrderType.market || timeInForce === TimeInForce.ioc || timeInForce === TimeInForce.fok;
  demand(place !== 'rests' || !isImmediate, () => `order ${id} is immediate and rests`);
  demand(
    expiresUs === 0 || expiresUs > engine.timeUs,
    () => `order ${id} is over since ${expiresUs}, it is ${engine.timeUs}`,
  );
  demand(!order.isLiquidation, () => `order ${id} of a liquidation stays`);
}

function judgeBook(market: number, trail: Trail): void {
  const bid = trail.book(market, Side.bid)[0];
  const ask = trail.book(market, Side.ask)[0];
  if (trail.states[market] !== MarketState.active || bid === undefined || ask === undefined) return;
  demand(
    bid.price < ask.price,
    () => `market ${market} is crossed: ${bid.price} bid by order ${bid.id}, ${ask.price} asked by ${ask.id}`,
  );
}

/** What a command that was accepted has brought about. */
function judgeCommand({ command }: Step, trail: Trail): void {
  switch (command.kind) {
    case VenueKind.cancel: {
      for (const order of trail.orders.values()) {
        const isNamed =
          command.order === 0
            ? order.account === command.account && order.clientId === command.clientId
            : order.id === command.order;
        demand(!isNamed, () => `order ${order.id} was cancelled and is there`);
      }
      return;
    }
    case VenueKind.amend:
      for (const { account, id, clientId, lostPlace } of trail.orders.values()) {
        const isNamed =
          command.order === 0
            ? account === command.account && clientId === command.clientId
            : id === command.order;
        demand(!isNamed || !lostPlace, () => `order ${id} only shrank and lost its place`);
      }
      return;
    case VenueKind.cancel_all:
      for (const { id, account, market } of trail.orders.values())
        demand(
          account !== command.account || (command.market !== null && market !== command.market),
          () => `order ${id} is left of those that account ${account} cancelled`,
        );
      return;
    case VenueKind.disconnect:
      for (const { id, account, session } of trail.orders.values())
        demand(
          account !== command.account || session === 0 || session !== command.session,
          () => `order ${id} is left of session ${session}`,
        );
      return;
    case VenueKind.settlement: {
      for (const { id, market } of trail.orders.values())
        demand(market !== command.market, () => `order ${id} outlives its market`);
      for (const [key, size] of trail.positions)
        demand(
          Number(key.split(':')[1]) !== command.market || size === 0,
          () => `a position outlives its market: ${key} ${size}`,
        );
      demand(
        trail.states[command.market] === MarketState.settling,
        () => `market ${command.market} is settled and in state ${trail.states[command.market]}`,
      );
      return;
    }
    case VenueKind.place: {
      const ended = trail.ended.find(
        ({ account, clientId }) => account === command.account && clientId === command.clientId,
      );
      demand(
        command.timeInForce !== TimeInForce.fok ||
          command.trigger !== null ||
          command.clientId === 0 ||
          ended?.filled === command.size,
        () => 'a fill-or-kill order was accepted and not filled',
      );
      return;
    }
    default:
  }
}

/** Triggers whose price was there have fired, where something may trade. */
export function judgeTriggers(trail: Trail): void {
  for (const { id, isDue, market, place } of trail.orders.values())
    demand(
      !isDue || place !== 'waits' || trail.states[market] !== MarketState.active,
      () => `order ${id} waits although its price was there`,
    );
}

/** Names and numbers of an account's orders. */
export function judgeNames(trail: Trail, ordersMax: number): void {
  const counts = new Map<number, number>();
  const names = new Set<string>();
  for (const { account, clientId, id, parent } of trail.orders.values()) {
    if (parent === 0) counts.set(account, (counts.get(account) ?? 0) + 1);
    if (clientId === 0) continue;
    const name = `${account}:${clientId}`;
    demand(
      !names.has(name),
      () => `order ${id} has a client id that account ${account} has given already, ${clientId}`,
    );
    names.add(name);
  }
  for (const [account, count] of counts)
    demand(count <= ordersMax, () => `account ${account} has ${count} orders of ${ordersMax}`);
}
