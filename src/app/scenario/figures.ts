/**
 * What an account, an order or a market is asked for, as exact numbers: figures of accounts from the reference, of orders and books from the
 * events, of margin for new positions from the exchange.
 */
import { bankruptcyPrice, liquidationPrice } from '../../core/margin/liquidation-price.ts';
import { aggregatesOf } from '../../core/state/aggregates-of-market.ts';
import { placeOf } from '../../core/state/buckets.ts';
import { div, fraction, mul, parseRational, type Rational } from '../../core/num/rational.ts';
import type { Alert } from '../../core/exchange/surveillance/alerts.ts';
import type { VenueEventObject } from '../../core/exchange/event-log.ts';
import type { MarketRow } from '../../core/num/units.ts';
import { Form, Leg } from '../../core/schema/commands.ts';
import { Side } from '../../core/schema/side.ts';
import type { BucketReport, PositionReport } from '../../reference/inspect.ts';
import type { AccountFigure, Where } from './expectations.ts';
import type { World } from './world.ts';

const LEGS = { net: Leg.net, long: Leg.long, short: Leg.short } as const;

/** Null: there is none. */
export type Figure = Rational | null;

export function bucketAt(world: World, account: number, where: Where): BucketReport | null {
  const { buckets } = world.report(account);
  if (!where.isolated) return buckets[0];
  const market = world.marketRow(where.market!);
  return (
    buckets.find((bucket) => bucket.isolated && bucket.market === market && bucket.leg === LEGS[where.leg]) ??
    null
  );
}

/** The position in the market, in whichever bucket it is. */
export function positionAt(world: World, account: number, where: Where): PositionReport | null {
  const market = world.marketRow(where.market!);
  for (const bucket of world.report(account).buckets)
    for (const position of bucket.positions)
      if (position.market === market && position.leg === LEGS[where.leg]) return position;
  return null;
}

export function accountFigure(world: World, account: number, name: AccountFigure, where: Where): Figure {
  const { decimals } = world;
  const money = (units: bigint): Rational => fraction(units, 10n ** BigInt(decimals));
  switch (name) {
    case 'position':
    case 'balance': {
      const position = positionAt(world, account, where);
      return sizeOf(world, where, position?.size ?? 0n);
    }
    case 'cost': {
      const position = positionAt(world, account, where);
      return position === null ? null : money(position.costBasis);
    }
    case 'entry':
      return entryOf(world, positionAt(world, account, where));
    case 'liquidation':
    case 'bankruptcy':
      return priceOfRuin(world, account, name, where);
    case 'im':
      return money(BigInt(world.exchange.venue.margin.requirement(account)));
    case 'free':
      return money(BigInt(world.exchange.venue.margin.headroom(account)));
    case 'orders':
      return fraction(BigInt(world.orders.countOf(account)), 1n);
    case 'fees':
      return money(
        sumOf(world.log.events, (event) => event.event === 'fill' && event['account'] === account, 'fee'),
      );
    case 'realized':
      return money(
        sumOf(
          world.log.events,
          (event) => event.event === 'fill' && event['account'] === account,
          'realized',
        ),
      );
    case 'adl': {
      const isAgainst = (event: VenueEventObject): boolean =>
        event.event === 'adl' && event['against'] === account;
      const lots = sumOf(world.log.events, isAgainst, 'size');
      const last = world.log.events.findLast(isAgainst);
      return last === undefined ? fraction(0n, 1n) : lotsOf(world, last['market'], lots < 0n ? -lots : lots);
    }
    default: {
      const bucket = bucketAt(world, account, where);
      return bucket === null ? null : money(bucketFigure(bucket, name));
    }
  }
}

function bucketFigure(
  bucket: BucketReport,
  name: 'equity' | 'mm' | 'excess' | 'collateral' | 'upnl' | 'funding',
): bigint {
  const { equity, maintenance, collateral, accruedFunding } = bucket;
  switch (name) {
    case 'equity':
      return equity;
    case 'mm':
      return maintenance;
    case 'excess':
      return equity - maintenance;
    case 'collateral':
      return collateral;
    case 'funding':
      return accruedFunding;
    case 'upnl':
      return bucket.positions.reduce((sum, { unrealizedPnl }) => sum + unrealizedPnl, 0n);
  }
}

export function lotsOf(world: World, market: number, lots: bigint): Rational {
  return mul(fraction(lots, 1n), parseRational(world.gridAt(market).lot)!);
}

export function ticksOf(world: World, market: number, ticks: number): Rational {
  return mul(fraction(BigInt(ticks), 1n), parseRational(world.gridAt(market).tick)!);
}

export function markOf(world: World, market: number, mark: number): Rational {
  return mul(fraction(BigInt(mark), 1n), parseRational(world.gridAt(market).markTick)!);
}

export function openInterest(world: World, market: MarketRow): Rational {
  return lotsOf(world, market, aggregatesOf(world.exchange.engine.book, market).longLots);
}

export function bestOf(world: World, market: number, side: Side): { price: Rational; size: Rational } | null {
  const best = world.orders.best(market, side);
  if (best === null) return null;
  return { price: ticksOf(world, market, best.price), size: lotsOf(world, market, BigInt(best.lots)) };
}

/** `open-interest` is the alert's `openInterestLots`; null where it has none such. */
export function alertFigure(world: World, { market, figures }: Alert, name: string): Figure {
  const camel = name.replaceAll(/-[a-z]/g, (letters) => letters[1].toUpperCase());
  const lots = figures[`${camel}Lots`];
  if (lots !== undefined) return lotsOf(world, market, BigInt(lots));
  const units = figures[`${camel}Units`];
  if (units !== undefined) return fraction(BigInt(units), 10n ** BigInt(world.decimals));
  const us = figures[`${camel}Us`];
  if (us !== undefined) return fraction(BigInt(us), 1_000_000n);
  const count = figures[camel];
  return count === undefined ? null : fraction(BigInt(count), 1n);
}

function sizeOf(world: World, where: Where, lots: bigint): Rational {
  return lotsOf(world, world.marketRow(where.market!), lots);
}

function entryOf(world: World, position: PositionReport | null): Figure {
  if (position === null) return null;
  const { market, size, costBasis } = position;
  const terms = world.exchange.engine.book.markets.terms[market];
  const units = 10n ** BigInt(world.decimals);
  if (terms?.form === Form.inverse) {
    // The basis is size times contract value over price.
    const { value } = terms.contract;
    const worth = fraction(size * BigInt(value.num) * units, BigInt(value.den) * costBasis);
    return mul(worth, parseRational(world.gridAt(market).markTick)!);
  }
  return div(fraction(costBasis, units), lotsOf(world, market, size));
}

function priceOfRuin(
  world: World,
  account: number,
  name: 'liquidation' | 'bankruptcy',
  where: Where,
): Figure {
  const { book, thresholds } = world.exchange.engine;
  const market = world.marketRow(where.market!);
  const bucket = book.findBucket(
    account,
    placeOf(where.isolated, where.isolated ? market : 0, where.isolated ? LEGS[where.leg] : 0),
  );
  if (bucket < 0) return null;
  const { price } =
    name === 'liquidation'
      ? liquidationPrice(book, thresholds!, bucket, market)
      : bankruptcyPrice(book, bucket, market);
  return price === null ? null : markOf(world, market, price);
}

function sumOf(
  events: readonly VenueEventObject[],
  isMeant: (event: VenueEventObject) => boolean,
  field: string,
): bigint {
  return events.reduce((sum, event) => (isMeant(event) ? sum + BigInt(event[field]) : sum), 0n);
}
