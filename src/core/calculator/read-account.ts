/** Reads positions and orders, checks them against their markets, and sorts them into margin buckets. */

import { div, negate, type Rational } from '../num/rational.ts';
import type { Bucket, Market, Order, Position } from './account.ts';
import type { LegSide } from './input.ts';
import {
  join,
  orZero,
  readArray,
  readChoice,
  readDecimal,
  readObject,
  report,
  type Problems,
} from './read-fields.ts';

const POSITION_FIELDS = [
  'market',
  'size',
  'entryPrice',
  'isolated',
  'leg',
  'leverage',
  'accruedFunding',
] as const;
const ORDER_FIELDS = ['market', 'side', 'size', 'price'] as const;

interface PositionRead {
  readonly position: Position;
  readonly isolated: Rational | null;
  readonly field: string;
}

export function readBuckets(
  problems: Problems,
  value: unknown,
  markets: ReadonlyMap<string, Market>,
): Bucket[] {
  const account = readObject(problems, value, 'account', ['collateral', 'positions', 'orders']) ?? {};
  const collateral = readDecimal(problems, account.collateral, 'account.collateral', 'any', false);
  const read = readArray(problems, account.positions, 'account.positions').map((item, at) =>
    readPosition(problems, item, `account.positions[${at}]`, markets),
  );
  const positions = read.filter((item) => item !== null);
  const orders = readArray(problems, account.orders, 'account.orders')
    .map((item, at) => readOrder(problems, item, `account.orders[${at}]`, markets))
    .filter((order) => order !== null);
  if (problems.first !== null) return [];

  checkDuplicates(problems, positions);
  const crossPositions = positions.filter((item) => item.isolated === null).map((item) => item.position);
  const isolated = positions.filter((item) => item.isolated !== null);
  const ownOrders = new Map<PositionRead, Order[]>(isolated.map((item) => [item, []]));
  const crossOrders: Order[] = [];
  for (const order of orders) {
    const own = bucketOfOrder(order, crossPositions, isolated);
    if (own === null) crossOrders.push(order);
    else ownOrders.get(own)!.push(order);
  }
  const buckets: Bucket[] = [];
  if (account.collateral !== undefined || crossPositions.length + crossOrders.length > 0) {
    if (collateral === null)
      report(
        problems,
        'field_missing',
        'account.collateral',
        null,
        'account.collateral is missing: cross positions and orders are backed by it.',
      );
    buckets.push(bucket(problems, 'cross', orZero(collateral), crossPositions, crossOrders));
  }
  for (const item of isolated) {
    const { market, leg } = item.position;
    const name = `isolated:${market.name}${leg === null ? '' : `:${leg}`}`;
    buckets.push(bucket(problems, name, item.isolated!, [item.position], ownOrders.get(item)!));
  }
  return buckets;
}

/** An order is backed by the cross bucket, unless the only positions in its market are isolated. */
function bucketOfOrder(
  order: Order,
  cross: readonly Position[],
  isolated: readonly PositionRead[],
): PositionRead | null {
  if (cross.some((position) => position.market === order.market)) return null;
  const own = isolated.filter((item) => item.position.market === order.market);
  const side: LegSide = order.size.num > 0n ? 'long' : 'short';
  return own.find((item) => item.position.leg === side) ?? own[0] ?? null;
}

function bucket(
  problems: Problems,
  name: string,
  collateral: Rational,
  positions: readonly Position[],
  orders: readonly Order[],
): Bucket {
  const markets = [...new Set([...positions, ...orders].map((item) => item.market))];
  for (const market of markets) {
    if (market.rules.trigger !== markets[0].rules.trigger) {
      report(
        problems,
        'trigger_conflict',
        `markets.${market.name}.trigger`,
        market.rules.trigger,
        `The ${name} bucket is liquidated as a whole, so its markets must agree on the trigger.`,
      );
    }
    if (markets.length > 1 && market.closeFee.num !== 0n && market.rules.closeFeeBasis === 'bankruptcy') {
      report(
        problems,
        'close_fee_basis_conflict',
        `markets.${market.name}.closeFeeBasis`,
        'bankruptcy',
        `The ${name} bucket holds several markets, so none of them has a bankruptcy price of its own to charge a fee on.`,
      );
    }
    if (market.kind !== markets[0].kind) {
      report(
        problems,
        'settlement_conflict',
        `markets.${market.name}.kind`,
        market.kind,
        `The ${name} bucket has one collateral; linear and inverse contracts settle in different assets.`,
      );
    }
  }
  return {
    name,
    collateral,
    positions,
    orders,
    inclusive: markets.length > 0 && markets[0].rules.trigger === 'inclusive',
  };
}

function readPosition(
  problems: Problems,
  value: unknown,
  field: string,
  markets: ReadonlyMap<string, Market>,
): PositionRead | null {
  const raw = readObject(problems, value, field, POSITION_FIELDS) ?? {};
  const market = readMarketName(problems, raw.market, join(field, 'market'), markets);
  const size = readSize(problems, raw.size, join(field, 'size'), market, 'any');
  const leg =
    raw.leg === undefined || raw.leg === null
      ? null
      : readChoice<LegSide>(problems, raw.leg, join(field, 'leg'), ['long', 'short'], 'long');
  if (leg !== null && size !== null && (leg === 'long') !== size.num > 0n) {
    report(
      problems,
      'leg_sign_mismatch',
      join(field, 'size'),
      raw.size,
      `A ${leg} leg has a ${leg === 'long' ? 'positive' : 'negative'} size.`,
    );
  }
  const entryPrice = readDecimal(problems, raw.entryPrice, join(field, 'entryPrice'), 'positive', true);
  const isolated =
    raw.isolated === null ? null : readDecimal(problems, raw.isolated, join(field, 'isolated'), 'any', false);
  const leverage = readDecimal(problems, raw.leverage, join(field, 'leverage'), 'positive', false);
  const funding = readDecimal(problems, raw.accruedFunding, join(field, 'accruedFunding'), 'any', false);
  if (market === null || size === null || entryPrice === null) return null;
  const position = { market, leg, size, entryPrice, leverage, accruedFunding: orZero(funding) };
  return { position, isolated, field };
}

function readOrder(
  problems: Problems,
  value: unknown,
  field: string,
  markets: ReadonlyMap<string, Market>,
): Order | null {
  const raw = readObject(problems, value, field, ORDER_FIELDS) ?? {};
  const market = readMarketName(problems, raw.market, join(field, 'market'), markets);
  if (raw.side === undefined) {
    report(problems, 'field_missing', join(field, 'side'), null, `${field}.side is missing: buy or sell.`);
  }
  const side = readChoice(problems, raw.side, join(field, 'side'), ['buy', 'sell'], 'buy');
  const size = readSize(problems, raw.size, join(field, 'size'), market, 'positive');
  const price = readDecimal(problems, raw.price, join(field, 'price'), 'positive', true);
  if (market === null || size === null || price === null) return null;
  if (market.tick !== null && div(price, market.tick).den !== 1n) {
    report(
      problems,
      'price_not_tick_multiple',
      join(field, 'price'),
      raw.price,
      `${field}.price is not a multiple of the tick of ${market.name}.`,
    );
  }
  return { market, size: side === 'buy' ? size : negate(size), price };
}

function readMarketName(
  problems: Problems,
  value: unknown,
  field: string,
  markets: ReadonlyMap<string, Market>,
): Market | null {
  if (typeof value === 'string' && markets.has(value)) return markets.get(value)!;
  if (value === undefined) report(problems, 'field_missing', field, null, `${field} is missing.`);
  else
    report(
      problems,
      'market_unknown',
      field,
      value,
      `${field} names no market of this input. Known: ${[...markets.keys()].join(', ')}.`,
    );
  return null;
}

function readSize(
  problems: Problems,
  value: unknown,
  field: string,
  market: Market | null,
  bound: 'any' | 'positive',
): Rational | null {
  const size = readDecimal(problems, value, field, bound, true);
  if (size === null) return null;
  if (size.num === 0n) {
    report(problems, 'size_zero', field, value, `${field} is zero; leave the position out instead.`);
  } else if (market !== null && market.lot !== null && div(size, market.lot).den !== 1n) {
    report(
      problems,
      'size_not_lot_multiple',
      field,
      value,
      `${field} is not a multiple of the lot of ${market.name}.`,
    );
  }
  return size;
}

function checkDuplicates(problems: Problems, positions: readonly PositionRead[]): void {
  for (const [at, item] of positions.entries()) {
    const { market, leg } = item.position;
    const isCross = item.isolated === null;
    for (const other of positions.slice(0, at)) {
      if (other.position.market !== market || (other.isolated === null) !== isCross) continue;
      if (other.position.leg === leg) {
        report(
          problems,
          'position_duplicate',
          item.field,
          market.name,
          `${other.field} is already the ${isCross ? 'cross' : 'isolated'} position in ${market.name}${leg === null ? '' : ` (${leg})`}.`,
        );
      } else if (leg === null || other.position.leg === null) {
        report(
          problems,
          'leg_missing',
          item.field,
          market.name,
          `Two positions in ${market.name} are hedge legs: both need a leg, long or short.`,
        );
      }
    }
  }
}
