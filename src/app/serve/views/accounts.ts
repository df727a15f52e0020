/** Accounts as the API shows them: every bucket and position with what it rests on. */
import { jointDistance } from '../../../core/margin/joint-distance.ts';
import {
  bankruptcyPriceOf,
  liquidationPriceOf,
  type PriceAnswer as Answer,
} from '../../../core/margin/liquidation-price.ts';
import { valueWide, type BucketValue, type PositionValue } from '../../../core/margin/valuation-wide.ts';
import { Valuation, value, Sum } from '../../../core/margin/valuation.ts';
import type { MarketRow } from '../../../core/num/units.ts';
import { Form, FORM_NAMES, LEG_NAMES, type Leg } from '../../../core/schema/commands.ts';
import { LEVEL_NAMES } from '../../../core/schema/levels.ts';
import { VERDICT_NAMES } from '../../../core/schema/quality.ts';
import { ADL_RANKING_NAMES } from '../../../core/schema/venue-commands.ts';
import { BUCKET_NONE } from '../../../core/state/book.ts';
import { BUCKET_I32, BucketLink, isIsolated } from '../../../core/state/buckets.ts';
import { MARKET_STRIDE, MarketField } from '../../../core/state/markets.ts';
import {
  marketOfTag,
  POSITION_F64,
  POSITION_I32,
  PositionField,
  PositionLink,
  tagOf,
} from '../../../core/state/positions.ts';
import { NO_EXPOSURE } from '../../../core/exchange/exposures.ts';
import { isHouse } from '../../../core/exchange/ledger.ts';
import type { Account, AccountSummary, Bucket, Position } from '../../../io/api/contract/accounts.ts';
import { ASSUMPTION } from '../../explain/document.ts';
import { accountBuckets, placeName, positionName } from '../../explain/buckets.ts';
import { rateText, timeText } from '../../explain/units.ts';
import type { AdlPlaces } from '../background/adl-places.ts';
import { fixed, percentText } from './numbers.ts';
import type { Served } from './served.ts';

const HEALTH_DECIMALS = 6;

export function accountOf(served: Served, account: number, places: AdlPlaces): Account {
  const { exchange, units } = served;
  const { engine, venue } = exchange;
  const { book } = engine;
  const { margin, members } = venue;
  const rows = accountBuckets(book, account);
  const values = rows.map((row) => valueWide(book, row));
  const distances = rows.map((row) => jointDistance(book, row));
  const buckets = rows.map((row, at) => bucketOf(served, account, row, values[at], distances[at], places));
  const sum = (take: (value: BucketValue) => bigint): bigint =>
    values.reduce((total, each) => total + take(each), 0n);
  const equity = sum((each) => each.equity);
  const notional = sum(notionalOf);
  const requirement = isHouse(account) ? 0 : margin.requirement(account);
  const health = worstHealth(values);
  return {
    account: served.accountName(account),
    row: account,
    level: LEVEL_NAMES[Math.max(0, ...rows.map((row) => book.buckets.level(row)))],
    equity: units.amount(equity),
    collateral: units.amount(sum((each) => each.collateral)),
    maintenanceMargin: units.amount(sum((each) => each.maintenance)),
    initialMargin: units.amount(requirement),
    freeCollateral: units.amount(margin.equityOf(book.cross[account]) - requirement),
    notional: units.amount(notional),
    unrealizedPnl: units.amount(sum(unrealizedOf)),
    health: health === null ? null : fixed(health, HEALTH_DECIMALS),
    jointDistancePercent: percentOrNone(Math.min(...distances)),
    leverage: equity > 0n ? fixed(Number(notional) / Number(equity), 2) : null,
    hedge: members.isHedged(account),
    exempt: members.isExempt(account),
    liquidating: members.liquidating(account) > 0,
    orders: members.orders(account),
    buckets,
    lastUpdated: served.touchedAt(account),
  };
}

function bucketOf(
  served: Served,
  account: number,
  row: number,
  value: BucketValue,
  distance: number,
  places: AdlPlaces,
): Bucket {
  const { exchange, units } = served;
  const { engine } = exchange;
  const { collateral, charge, equity, maintenance } = value;
  const notional = notionalOf(value);
  const ratio = equity > 0n ? percentText(Number(maintenance) / Number(equity)) : null;
  return {
    name: placeName(engine.book, row),
    level: LEVEL_NAMES[engine.book.buckets.level(row)],
    verdict: VERDICT_NAMES[engine.verdicts.of(row)],
    collateral: units.amount(collateral),
    equity: units.amount(equity),
    maintenanceMargin: units.amount(maintenance),
    excess: units.amount(equity - maintenance),
    health: maintenance === 0n ? null : fixed(Number(equity) / Number(maintenance), HEALTH_DECIMALS),
    unrealizedPnl: units.amount(unrealizedOf(value)),
    accruedFunding: units.amount(value.positions.reduce((sum, { accrued }) => sum + accrued, 0n)),
    orderCharge: units.amount(charge),
    jointDistancePercent: percentOrNone(distance),
    ratios: {
      binanceMarginRatioPercent: ratio,
      hyperliquidMaintenanceRatioPercent: ratio,
      equityToNotionalPercent: notional === 0n ? null : percentText(Number(equity) / Number(notional)),
    },
    positions: value.positions.map((position) => positionOf(served, account, row, value, position, places)),
  };
}

function positionOf(
  served: Served,
  account: number,
  bucket: number,
  value: BucketValue,
  position: PositionValue,
  places: AdlPlaces,
): Position {
  const { exchange, units, memory } = served;
  const { engine, venue } = exchange;
  const { book, thresholds } = engine;
  const { market, leg, notional, accrued, maintenance, tier, line } = position;
  const row = market as MarketRow;
  const sign = BigInt(book.markets.sign(row));
  const size = sign * position.size;
  const cost = sign * position.cost;
  const form = book.markets.terms[market]?.form ?? Form.linear;
  const unrealized = unrealizedOfPosition(position, BigInt(book.markets.unit(row)));
  const exposure = venue.ledger.findExposure(account, tagOf(market, leg));
  const listing = venue.listings[market] ?? null;
  const hasMargin = exposure !== NO_EXPOSURE && listing !== null;
  const mark = book.markets.mark(row);
  const liquidation = liquidationPriceOf(book, thresholds!, value, market);
  const saying = memory.marks[market] ?? null;
  const lines = book.markets.lines[market];
  return {
    positionId: positionName(served.accountName(account), units.market(market), leg),
    account: served.accountName(account),
    market: units.market(market),
    form: FORM_NAMES[form],
    leg: LEG_NAMES[leg as Leg],
    side: size > 0n ? 'long' : 'short',
    marginMode: isIsolated(book.buckets.place(bucket)) ? 'isolated' : 'cross',
    size: units.size(market, size),
    entryPrice: form === Form.collateral ? null : entryPrice(units.entryPrice(market, cost, size)),
    markPrice: units.mark(market, mark),
    notional: units.amount(notional),
    costBasis: units.amount(cost),
    unrealizedPnl: units.amount(unrealized),
    accruedFunding: units.amount(accrued),
    maintenanceMargin: units.amount(maintenance),
    initialMargin: hasMargin ? units.amount(venue.margin.positionMargin(exposure)) : null,
    marginBasis: book.markets.specs[market].basis === 1 ? 'entry' : 'mark',
    tier: {
      number: tier + 1,
      of: lines.length,
      floor: units.amount(line.floor),
      maintenanceRate: rateText(line.mmr),
    },
    leverage: hasMargin ? String(venue.ledger.leverage(exposure)) : null,
    level: LEVEL_NAMES[book.buckets.level(bucket)],
    liquidationPrice: priceOf(served, market, liquidation),
    bankruptcyPrice: priceOf(served, market, bankruptcyPriceOf(book, value, market)),
    liquidationDistancePercent:
      liquidation.price === null
        ? null
        : percentText(((size > 0n ? 1 : -1) * (mark - liquidation.price)) / mark),
    adl: unrealized <= 0n || listing === null ? null : adlOf(served, account, position, places),
    lastUpdated: served.touchedAt(account),
    lastPriceUpdate: saying === null ? null : timeText(saying.timeUs),
  };
}

function adlOf(
  { exchange }: Served,
  account: number,
  position: PositionValue,
  places: AdlPlaces,
): Position['adl'] {
  const place = places.of(account, position.market, position.leg);
  if (place === null) return null;
  const { rank, of, sequence } = place;
  return {
    rank,
    of,
    lights: Math.min(5, Math.max(1, 5 - Math.floor(((rank - 1) * 5) / of))),
    ranking: ADL_RANKING_NAMES[exchange.venue.rules!.adl],
    sequence,
  };
}

function entryPrice(text: string): string | null {
  return text === 'none' ? null : text;
}

export function priceOf(
  { units }: Served,
  market: number,
  { price, reason }: Answer,
): Position['liquidationPrice'] {
  return { price: price === null ? null : units.mark(market, price), reason, assumption: ASSUMPTION };
}

function unrealizedOfPosition({ size, mark, cost }: PositionValue, unit: bigint): bigint {
  return size * mark * unit - cost;
}

function unrealizedOf({ collateral, equity, positions }: BucketValue): bigint {
  return positions.reduce((sum, { accrued }) => sum - accrued, equity - collateral);
}

function notionalOf({ positions }: BucketValue): bigint {
  return positions.reduce((sum, { notional }) => sum + notional, 0n);
}

function worstHealth(values: readonly BucketValue[]): number | null {
  const found = values
    .filter(({ maintenance }) => maintenance > 0n)
    .map(({ equity, maintenance }) => Number(equity) / Number(maintenance));
  return found.length === 0 ? null : Math.min(...found);
}

function percentOrNone(distance: number): string | null {
  return Number.isFinite(distance) ? percentText(distance) : null;
}

const scratch = new Valuation();

/** An account in doubles: exact up to 2^48 money units, and close beyond. For lists, where a page of it is made at once. */
export function summaryOf(served: Served, account: number): AccountSummary {
  const { exchange, units } = served;
  const { book } = exchange.engine;
  let equity = 0;
  let maintenance = 0;
  let notional = 0;
  let collateral = 0;
  let positions = 0;
  let level = 0;
  let health = Infinity;
  let distance = Infinity;
  for (let row = book.cross[account]; row !== BUCKET_NONE; row = book.nextBucket(row)) {
    value(book, row, scratch);
    const { sums } = scratch;
    equity += sums[Sum.equity];
    maintenance += sums[Sum.maintenance];
    notional += sums[Sum.notional];
    collateral += book.collateral(row);
    positions += scratch.legs;
    if (book.buckets.level(row) > level) level = book.buckets.level(row);
    if (sums[Sum.maintenance] > 0) health = Math.min(health, sums[Sum.equity] / sums[Sum.maintenance]);
    if (scratch.legs > 0) distance = Math.min(distance, jointDistance(book, row));
  }
  return {
    account: served.accountName(account),
    row: account,
    level: LEVEL_NAMES[level],
    equity: units.amount(equity),
    maintenanceMargin: units.amount(maintenance),
    excess: units.amount(equity - maintenance),
    health: health === Infinity ? null : fixed(health, HEALTH_DECIMALS),
    notional: units.amount(notional),
    unrealizedPnl: units.amount(equity - collateral),
    leverage: equity > 0 ? fixed(notional / equity, 2) : null,
    jointDistancePercent: percentOrNone(distance),
    positions,
    largest: largestOf(served, account),
  };
}

/** The position of the largest notional. */
export function largestOf({ exchange, units }: Served, account: number): AccountSummary['largest'] {
  const { book } = exchange.engine;
  const { f64, i32 } = book.positions;
  const fields = book.markets.fields;
  let largest = 0;
  let found: { market: number; size: number } | null = null;
  for (let bucket = book.cross[account]; bucket !== BUCKET_NONE; bucket = book.nextBucket(bucket)) {
    const start = book.buckets.i32[bucket * BUCKET_I32 + BucketLink.start];
    const end = start + book.buckets.i32[bucket * BUCKET_I32 + BucketLink.count];
    for (let row = start; row < end; row++) {
      const market = marketOfTag(i32[row * POSITION_I32 + PositionLink.tag]);
      const size = f64[row * POSITION_F64 + PositionField.size];
      const m = market * MARKET_STRIDE;
      const notional = Math.abs(size) * fields[m + MarketField.mark] * fields[m + MarketField.unit];
      if (notional <= largest) continue;
      largest = notional;
      found = { market, size: size * book.markets.sign(market as MarketRow) };
    }
  }
  if (found === null) return null;
  return {
    market: units.market(found.market),
    side: found.size > 0 ? 'long' : 'short',
    notional: units.amount(largest),
  };
}
