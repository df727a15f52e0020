/**
 * An order that may open is taken exactly where initial margin is held for it: equity of the cross bucket, less what it would lose against the mark and
 * its fee at its limit, covers the initial margin of positions and orders with it among them. Computed from the state before the command, in
 * unbounded integers.
 */
import type { Engine } from '../../core/engine/engine.ts';
import type { Exposures } from '../../core/exchange/exposures.ts';
import { FUNDING_SCALE, type MarketRow, type Rate } from '../../core/num/units.ts';
import { Leg } from '../../core/schema/commands.ts';
import { Reason } from '../../core/schema/reasons.ts';
import { Side } from '../../core/schema/side.ts';
import { VenueKind, type ListingCommand, type PlaceCommand } from '../../core/schema/venue-commands.ts';
import { VenueEvent } from '../../core/schema/venue-events.ts';
import { legOfTag, marketOfTag, tagOf } from '../../core/state/positions.ts';
import type { Exchange } from '../../core/exchange/exchange.ts';
import { positionsOf } from '../holdings.ts';
import { demand, type Step } from './law.ts';
import { leftOf, type Trail } from './trail.ts';

const SCALE = BigInt(FUNDING_SCALE);

/** An order that is not there yet, on an exposure. */
interface Added {
  readonly tag: number;
  readonly side: Side;
  readonly lots: bigint;
}

export class MarginLaw {
  readonly #listings: ListingCommand[] = [];

  follow({ command, reason }: Step): void {
    if (command.kind === VenueKind.listing && reason === Reason.accepted)
      this.#listings[command.market] = command;
  }

  /** Fees of trades: of what was traded, rounded up; a liquidation's order pays none, out of which no rebate could come. */
  judgeFees({ fills }: Trail, engine: Engine): void {
    const free = new Set<number>();
    for (const { order, trade, isTaker } of fills) if (isTaker && order!.isLiquidation) free.add(trade);
    for (const { order, account, market, size, price, fee, trade, isTaker } of fills) {
      if (order === null) continue;
      const { makerFee, takerFee } = this.#listings[market];
      const rate = isTaker ? takerFee : makerFee;
      const isFree = free.has(trade) && (isTaker || rate.num < 0);
      const wanted = isFree ? 0n : ceilRate(worthAt(engine, market, BigInt(Math.abs(size)), price), rate);
      demand(
        BigInt(fee) === wanted,
        () => `account ${account} paid ${fee} for trade ${trade}, it is ${wanted}`,
      );
    }
  }

  /** `before` and `trail` are as they were before the command, the exchange as it is after it. */
  judge({ command, reason }: Step, exchange: Exchange, trail: Trail, before: Engine): void {
    if (command.kind !== VenueKind.place || command.trigger !== null) return;
    if (reason !== Reason.accepted && reason !== Reason.margin_insufficient) return;
    const { pending } = before.book.markets;
    if (pending.length > 0 && pending[0].effectiveUs <= exchange.engine.timeUs) return;
    const price = priceOf(command, reason, exchange);
    if (price === 0 || !this.#opens(command, trail, exchange.engine.timeUs)) return;
    const room = this.#room(command, price, exchange, trail, before);
    demand(
      room >= 0n === (reason === Reason.accepted),
      () =>
        `an order of account ${command.account} leaves ${room} of margin and was ${reason === Reason.accepted ? 'accepted' : 'refused'}`,
    );
  }

  #opens(
    { account, market, leg, side, size, reduceOnly }: PlaceCommand,
    trail: Trail,
    nowUs: number,
  ): boolean {
    if (reduceOnly || (leg !== Leg.net && (leg === Leg.long) !== (side === Side.bid))) return false;
    const held = trail.held(account, market, leg);
    if (held === 0 || held > 0 === (side === Side.bid)) return true;
    return Number(ordersOn(trail, account, market, leg, side, nowUs).lots) + size > Math.abs(held);
  }

  #room(command: PlaceCommand, price: number, exchange: Exchange, trail: Trail, before: Engine): bigint {
    const { account, market, leg, side, size } = command;
    const { exposures } = exchange.venue.ledger;
    const { takerFee } = this.#listings[market];
    const own = worthAt(before, market, BigInt(size), price);
    const fee = ceilRate(own, takerFee);
    const equity = equityOf(before, before.book.cross[account]);
    const added = { tag: tagOf(market, leg), side, lots: BigInt(size) };
    const required = this.#required(account, exposures, trail, before, exchange.engine.timeUs, added);
    return equity - required - lossAt(before, market, side, BigInt(size), price) - (fee > 0n ? fee : 0n);
  }

  /** What the cross bucket of an account answers for; `added`: with an order that is not there yet. */
  #required(
    account: number,
    exposures: Exposures,
    trail: Trail,
    engine: Engine,
    nowUs: number,
    added: Added | null,
  ): bigint {
    let required = 0n;
    for (let row = 0; row < exposures.used; row++)
      if (exposures.account(row) === account)
        required += this.#requirement(row, exposures, trail, engine, nowUs, added);
    return required;
  }

  /** What money that left a bucket left behind: initial margin, and of a withdrawal a share of gains that does not count. */
  judgeOutflow({ command, reason }: Step, exchange: Exchange, trail: Trail): void {
    const isWithdrawal = command.kind === VenueKind.withdraw;
    if (reason !== Reason.accepted || (!isWithdrawal && command.kind !== VenueKind.margin)) return;
    if (trail.fills.length > 0 || trail.ended.length > 0) return;
    const { engine, venue } = exchange;
    const { account } = command;
    const cross = engine.book.cross[account];
    const { num, den } = isWithdrawal ? venue.rules!.gainHaircut : { num: 0, den: 1 };
    const gains = isWithdrawal ? ceilDiv(gainsOf(exchange, cross) * BigInt(num), BigInt(den)) : 0n;
    const required = this.#required(account, venue.ledger.exposures, trail, engine, engine.timeUs, null);
    const room = equityOf(engine, cross) - gains - required;
    const isOut = isWithdrawal || command.amount > 0;
    demand(
      !isOut || room >= 0n,
      () => `account ${account} took out ${command.amount}, which leaves ${room} of margin`,
    );
    // Money is there or it is not; assets may secure what is owed, gains may not.
    const security = isWithdrawal && command.asset !== null ? assetsOf(exchange, cross) : 0n;
    const own = BigInt(engine.book.collateral(cross)) + security;
    demand(
      !isOut || own >= 0n,
      () => `account ${account} took out ${command.amount}, which leaves it with ${own} besides gains`,
    );
  }

  /** An account's own limit, where it has one, and never more than the listing's. */
  #leverageOf(market: number, own: number): number {
    const { leverageMax } = this.#listings[market];
    return own === 0 ? leverageMax : Math.min(own, leverageMax);
  }

  #requirement(
    row: number,
    exposures: Exposures,
    trail: Trail,
    engine: Engine,
    nowUs: number,
    added: Added | null,
  ): bigint {
    const tag = exposures.tag(row);
    const [account, market, leg] = [exposures.account(row), marketOfTag(tag), legOfTag(tag)];
    const held = BigInt(trail.held(account, market, leg));
    const leverage = BigInt(this.#leverageOf(market, exposures.leverage(row)));
    const margin = (lots: bigint): bigint =>
      initialMargin(engine, market, notionalOf(engine, market, lots), leverage);
    const sides = [Side.bid, Side.ask].map((side) => {
      const sum = ordersOn(trail, account, market, leg, side, nowUs, engine);
      if (added === null || added.tag !== tag || added.side !== side) return sum;
      return { lots: sum.lots + added.lots, worth: sum.worth + notionalOf(engine, market, added.lots) };
    });
    const [bids, asks] = sides;
    const isIsolated = exposures.isIsolated(row);
    if (bids.lots === 0n && asks.lots === 0n) return isIsolated ? 0n : margin(held);
    const long = abs(held + bids.lots);
    const short = abs(held - asks.lots);
    let required = margin(long > short ? long : short);
    if (isIsolated && held !== 0n) {
      required -= margin(held);
      if (required < 0n) required = 0n;
    }
    for (const [at, { lots, worth }] of sides.entries())
      if (lots > 0n) required += lossOf(engine, market, at as Side, worth, notionalOf(engine, market, lots));
    return required;
  }
}

/** The limit, and of a market order the collar that its event says; 0 where nobody said it. */
function priceOf(command: PlaceCommand, reason: Reason, { events }: Exchange): number {
  if (command.price !== 0) return command.price;
  if (reason !== Reason.accepted) return 0;
  for (let row = 0; row < events.count; row++)
    if (events.kind(row) === VenueEvent.accepted) return events.field(row, 7);
  return 0;
}

/** What an account asks on one side, by orders that count; `engine` is for what they are worth. */
function ordersOn(
  trail: Trail,
  account: number,
  market: number,
  leg: number,
  side: Side,
  nowUs: number,
  engine: Engine | null = null,
): { readonly lots: bigint; readonly worth: bigint } {
  let lots = 0n;
  let worth = 0n;
  for (const order of trail.orders.values()) {
    const isOn =
      order.account === account && order.market === market && order.leg === leg && order.side === side;
    if (!isOn || order.reduceOnly || order.place === 'waits') continue;
    if (order.expiresUs !== 0 && order.expiresUs <= nowUs) continue;
    const left = BigInt(leftOf(order));
    lots += left;
    if (engine !== null) worth += worthAt(engine, market, left, order.price);
  }
  return { lots, worth };
}

export function equityOf(engine: Engine, bucket: number): bigint {
  const { markets } = engine.book;
  let equity = BigInt(engine.book.collateral(bucket));
  for (const { market, size, cost, entry } of positionsOf(engine, bucket)) {
    equity += BigInt(size) * BigInt(markets.markInside(market)) * BigInt(markets.unit(market)) - BigInt(cost);
    equity += floorDiv(-BigInt(size) * (BigInt(markets.fundingInside(market)) - BigInt(entry)), SCALE);
  }
  return equity;
}

/** Unrealised, of each position where it is positive; assets have none. */
function gainsOf({ engine, venue }: Exchange, bucket: number): bigint {
  let gains = 0n;
  for (const { market, size, cost } of positionsOf(engine, bucket)) {
    if (venue.listings[market] === null) continue;
    const gain = BigInt(Math.sign(size)) * notionalOf(engine, market, BigInt(size)) - BigInt(cost);
    if (gain > 0n) gains += gain;
  }
  return gains;
}

/** What they are worth at their haircut prices. */
function assetsOf({ engine, venue }: Exchange, bucket: number): bigint {
  let worth = 0n;
  for (const { market, size } of positionsOf(engine, bucket))
    if (venue.listings[market] === null) worth += notionalOf(engine, market, BigInt(size));
  return worth;
}

export function notionalOf({ book }: Engine, market: number, lots: bigint): bigint {
  const row = market as MarketRow;
  return abs(lots) * BigInt(book.markets.markInside(row)) * BigInt(book.markets.unit(row));
}

/** Rounded up, or down. */
function worthAt(
  { book, settings }: Engine,
  market: number,
  lots: bigint,
  price: number,
  round = ceilDiv,
): bigint {
  const { tickUnit, markUnit } = book.markets.specs[market];
  const terms = book.markets.terms[market];
  if (terms === null || terms.sign === 1)
    return round(lots * BigInt(price) * BigInt(tickUnit.num), BigInt(tickUnit.den));
  const { value } = terms.contract;
  const num =
    lots * BigInt(value.num) * 10n ** BigInt(settings!.decimals) * BigInt(markUnit) * BigInt(tickUnit.den);
  return round(num, BigInt(value.den) * BigInt(price) * BigInt(tickUnit.num));
}

/** What trading it costs against the mark: trades are rounded against who makes them. */
export function lossAt(engine: Engine, market: number, side: Side, lots: bigint, price: number): bigint {
  const paysMore = (side === Side.bid) === (engine.book.markets.sign(market as MarketRow) === 1);
  const worth = worthAt(engine, market, lots, price, paysMore ? ceilDiv : floorDiv);
  return lossOf(engine, market, side, worth, notionalOf(engine, market, lots));
}

function lossOf({ book }: Engine, market: number, side: Side, worth: bigint, notional: bigint): bigint {
  const above = (worth - notional) * BigInt(book.markets.sign(market as MarketRow));
  const loss = side === Side.bid ? above : -above;
  return loss > 0n ? loss : 0n;
}

/** The larger of the tier's rate and one over the leverage, each rounded up. */
export function initialMargin({ book }: Engine, market: number, notional: bigint, leverage: bigint): bigint {
  let { imr } = book.markets.specs[market].tiers[0];
  for (const tier of book.markets.specs[market].tiers) if (BigInt(tier.floor) <= notional) imr = tier.imr;
  const byTier = ceilRate(notional, imr);
  const byLeverage = ceilDiv(notional, leverage);
  return byTier > byLeverage ? byTier : byLeverage;
}

function ceilRate(amount: bigint, { num, den }: Rate): bigint {
  return ceilDiv(amount * BigInt(num), BigInt(den));
}

function floorDiv(a: bigint, b: bigint): bigint {
  const quotient = a / b;
  return a % b < 0n ? quotient - 1n : quotient;
}

function ceilDiv(a: bigint, b: bigint): bigint {
  return -floorDiv(-a, b);
}

function abs(value: bigint): bigint {
  return value < 0n ? -value : value;
}
