/** Markets as the API shows them. */
import { MARKET_STATE_NAMES } from '../../../core/schema/orders.ts';
import type { MarketRow } from '../../../core/num/units.ts';
import { FORM_NAMES, Form } from '../../../core/schema/commands.ts';
import { useNames } from '../../../core/price/quality.ts';
import { QUALITY_NAMES } from '../../../core/schema/quality.ts';
import { LEVEL_NAMES } from '../../../core/schema/levels.ts';
import { CLOSE_POLICY_NAMES } from '../../../core/schema/venue-commands.ts';
import { MARKET_STRIDE, MARK_NONE, MarketField, NEVER } from '../../../core/state/markets.ts';
import { aggregatesOf } from '../../../core/state/aggregates-of-market.ts';
import { Side, SIDE_NAMES } from '../../../core/schema/side.ts';
import type { Listing } from '../../../core/exchange/listing.ts';
import type {
  Book,
  Candle,
  Interval,
  Market,
  MarketSummary,
  Trade,
  TradeDetail,
} from '../../../io/api/contract/markets.ts';
import type { MoneyByLevel } from '../../../io/api/contract/scalars.ts';
import { fraction, toExactText, toText, div } from '../../../core/num/rational.ts';
import { rateText, timeText, type Units } from '../../explain/units.ts';
import { INTERVAL_US, type CandleRow } from '../memory/candles.ts';
import type { FillRecord, TradeRecord } from '../memory/trades.ts';
import { fixed, percentText } from './numbers.ts';
import type { Served } from './served.ts';

export function moneyByLevel(units: Units, amounts: readonly bigint[]): MoneyByLevel {
  return Object.fromEntries(
    LEVEL_NAMES.map((name, level) => [name, units.amount(amounts[level])]),
  ) as MoneyByLevel;
}

export function listingOf({ exchange }: Served, market: number): Listing | null {
  return exchange.venue.listings[market] ?? null;
}

export function marketSummary(served: Served, row: number): MarketSummary {
  const { exchange, memory, units } = served;
  const { markets } = exchange.engine.book;
  const market = row as MarketRow;
  const listing = listingOf(served, row);
  const { longLots, longNotional, longPnl, shortPnl, notionals } = aggregatesOf(exchange.engine.book, market);
  const day = memory.candlesOf(row).day(exchange.timeUs);
  const best = (side: Side): string | null => {
    const price = listing?.book.bestPrice(side) ?? 0;
    return price > 0 ? units.price(row, price) : null;
  };
  return {
    market: units.market(row),
    form: FORM_NAMES[markets.terms[row]?.form ?? Form.linear],
    state: listing === null ? null : MARKET_STATE_NAMES[listing.state],
    price: priceOf(served, row, day.markBefore),
    quality: qualityOf(served, row),
    bestBid: best(Side.bid),
    bestAsk: best(Side.ask),
    openInterest: units.size(row, longLots),
    openInterestNotional: units.amount(longNotional),
    longPnl: units.amount(longPnl),
    shortPnl: units.amount(shortPnl),
    volume24h: units.size(row, day.lots),
    volume24hNotional: units.amount(Math.round(day.notional)),
    liquidated24hNotional: units.amount(Math.round(day.liquidated)),
    notionalByLevel: moneyByLevel(units, notionals),
  };
}

function priceOf(served: Served, row: number, markBefore: number | null): MarketSummary['price'] {
  const { exchange, memory, units } = served;
  const { markets } = exchange.engine.book;
  const market = row as MarketRow;
  const mark = markets.mark(market);
  const reference = markets.reference(market);
  const saying = memory.marks[row] ?? null;
  const funding = memory.funding[row] ?? null;
  const last = listingOf(served, row)?.last ?? 0;
  return {
    markPrice: mark === MARK_NONE ? null : units.mark(row, mark),
    indexPrice: reference === MARK_NONE ? null : units.mark(row, reference),
    lastPrice: last > 0 ? units.price(row, last) : null,
    sequence: saying?.sequence ?? 0,
    time: saying === null ? null : timeText(saying.timeUs),
    ageMs: saying === null ? null : Math.max(0, (exchange.timeUs - saying.timeUs) / 1000),
    change24hPercent: markBefore === null || markBefore <= 0 ? null : percentText(mark / markBefore - 1),
    funding: {
      lastPercent: funding === null ? null : fixed(funding.share * 100, 6),
      index: units.exact({ num: BigInt(markets.fundingIndex(market)), den: 1_000_000n }),
      intervalSeconds:
        funding?.everyUs === undefined || funding.everyUs === null ? null : Math.round(funding.everyUs / 1e6),
      nextAt:
        funding === null || funding.everyUs === null ? null : timeText(funding.timeUs + funding.everyUs),
    },
  };
}

export function qualityOf({ exchange, memory, units }: Served, row: number): MarketSummary['quality'] {
  const { markets } = exchange.engine.book;
  const market = row as MarketRow;
  const reference = markets.reference(market);
  const since = markets.fields[row * MARKET_STRIDE + MarketField.qualitySince];
  const text = memory.marks[row]?.text ?? '';
  return {
    quality: QUALITY_NAMES[markets.quality(market)],
    allows: useNames(markets.uses(market)),
    held: markets.isHeld(market),
    breaker: markets.isTripped(market),
    reference: reference === MARK_NONE ? null : units.mark(row, reference),
    since: since === NEVER ? null : timeText(since),
    text: text === '' ? null : text,
  };
}

export function marketDetail(served: Served, row: number): Market {
  const { exchange, units } = served;
  const spec = exchange.engine.book.markets.specs[row];
  const listing = listingOf(served, row);
  const rules = listing?.rules ?? null;
  const mark = exchange.engine.book.markets.mark(row as MarketRow);
  const hasMark = mark !== MARK_NONE;
  const price = (ticks: number): string | null => (hasMark ? units.price(row, ticks) : null);
  return {
    summary: marketSummary(served, row),
    asset: units.asset,
    tick: spec.tick,
    lot: spec.lot,
    markTick: spec.markTick,
    tiers: spec.tiers.map(({ floor, mmr, imr }) => ({
      floor: units.amount(floor),
      maintenanceRate: rateText(mmr),
      initialRate: rateText(imr),
      maximumLeverage:
        imr.num === 0 ? '0' : toText(div(fraction(BigInt(imr.den), 1n), fraction(BigInt(imr.num), 1n))),
    })),
    makerFee: rules === null ? null : rateText(rules.makerFee),
    takerFee: rules === null ? null : rateText(rules.takerFee),
    closeFee: rateText(spec.closeFee),
    limits:
      rules === null || listing === null
        ? null
        : {
            sizeMin: units.size(row, rules.sizeMin),
            sizeMax: units.size(row, rules.sizeMax),
            positionMax: units.size(row, rules.positionMax),
            openInterestMax: units.size(row, rules.openInterestMax),
            leverageMax: rules.leverageMax,
            collarLow: hasMark ? price(listing.collarLow) : null,
            collarHigh: hasMark ? price(listing.collarHigh) : null,
            bandLow: hasMark ? price(listing.bandLow) : null,
            bandHigh: hasMark ? price(listing.bandHigh) : null,
          },
    liquidation:
      rules === null
        ? null
        : {
            policy: CLOSE_POLICY_NAMES[rules.liquidation.policy],
            fee:
              toExactText(fraction(BigInt(rules.liquidation.fee.num), BigInt(rules.liquidation.fee.den))) ??
              rateText(rules.liquidation.fee),
            cooldownSeconds: rules.liquidation.cooldownUs / 1e6,
          },
  };
}

const DEPTH_MAX = 500;
const depthPrices = new Float64Array(DEPTH_MAX);
const depthSizes = new Float64Array(DEPTH_MAX);

export function bookOf(served: Served, row: number, depth: number): Book {
  const { exchange, units } = served;
  const listing = listingOf(served, row);
  const mark = exchange.engine.book.markets.mark(row as MarketRow);
  const side = (which: Side): Book['bids'] => {
    if (listing === null) return [];
    const prices = depthPrices.subarray(0, depth);
    const count = listing.book.levels(which, prices, depthSizes.subarray(0, depth));
    let total = 0;
    return Array.from({ length: count }, (_, at) => {
      total += depthSizes[at];
      return {
        price: units.price(row, prices[at]),
        size: units.size(row, depthSizes[at]),
        total: units.size(row, total),
        orders: null,
      };
    });
  };
  return {
    market: units.market(row),
    markPrice: mark === MARK_NONE ? null : units.mark(row, mark),
    bids: side(Side.bid),
    asks: side(Side.ask),
  };
}

export function candlesOf(served: Served, row: number, interval: Interval, count: number): Candle[] {
  return served.memory
    .candlesOf(row)
    .last(interval, count)
    .map((candle) => candleOf(served, row, candle, interval));
}

export function candleOf(
  { exchange, units }: Served,
  row: number,
  candle: CandleRow,
  interval: Interval,
): Candle {
  const price = (ticks: number): string | null => (candle.trades > 0 ? units.price(row, ticks) : null);
  const mark = (ticks: number): string | null => (ticks > 0 ? units.mark(row, ticks) : null);
  return {
    time: timeText(candle.startUs),
    open: price(candle.open),
    high: price(candle.high),
    low: price(candle.low),
    close: price(candle.close),
    volume: units.size(row, candle.lots),
    trades: candle.trades,
    markOpen: mark(candle.markOpen),
    markHigh: mark(candle.markHigh),
    markLow: mark(candle.markLow),
    markClose: mark(candle.markClose),
    indexClose: mark(candle.index),
    openInterest: units.size(row, candle.openInterest),
    isClosed: exchange.timeUs >= candle.startUs + INTERVAL_US[interval],
  };
}

export function tradeOf({ units }: Served, trade: TradeRecord): Trade {
  const { id, market, price, lots, side, takerOrder, makerOrder, sequence, timeUs, isLiquidation } = trade;
  return {
    id,
    market: units.market(market),
    price: units.price(market, price),
    size: units.size(market, lots),
    side: SIDE_NAMES[side],
    takerOrder,
    makerOrder,
    sequence,
    time: timeText(timeUs),
    isLiquidation,
  };
}

export function tradeDetail(served: Served, trade: TradeRecord): TradeDetail {
  const { units } = served;
  const side = (fill: FillRecord | null): TradeDetail['taker'] =>
    fill === null
      ? null
      : {
          account: served.accountName(fill.account),
          order: fill.order,
          size: units.size(trade.market, fill.lots),
          fee: units.amount(fill.fee),
          realizedPnl: units.amount(fill.realized),
        };
  return { trade: tradeOf(served, trade), taker: side(trade.taker), maker: side(trade.maker) };
}
