/**
 * What prices suggest, of all markets of a run in one order: by what is left after costs. Advice; nothing takes it as input.
 *
 * A signal is of a perpetual, over one hour (of funding: three intervals), taken and left at the market. One of a price that may not be used to open
 * positions is left out, as is one that is not worth its costs; both are told with the reason.
 */
import { POWERS_OF_TEN } from '../../core/num/decimal.ts';
import { narrow } from '../../core/num/exact.ts';
import { lotsToText } from '../../core/num/grid.ts';
import { SAFE_MAX, type QuoteMicros, type SizeLots, type TimeUs } from '../../core/num/units.ts';
import { linearNotional, RATE_ONE } from '../../core/price/funding.ts';
import { fitReversion } from '../../core/price/indicators-reversion.ts';
import { isAllowed } from '../../core/price/quality.ts';
import type { PriceRouter } from '../../core/price/router.ts';
import {
  detectBasisReversion,
  detectExhaustion,
  detectFundingReversion,
  detectTrend,
  type SignalContext,
} from '../../core/price/signals-detect.ts';
import { volatilitySize } from '../../core/price/signals-size.ts';
import {
  rankSignals,
  type DroppedSignal,
  type RankedSignal,
  type Signal,
  type SignalKind,
  type TradingCosts,
} from '../../core/price/signals.ts';
import { SECOND_US } from './market-indicators.ts';
import type { StationMarket } from './station-market.ts';

export interface SignalView {
  readonly market: string;
  readonly kind: SignalKind;
  readonly side: Signal['side'];
  readonly horizonSeconds: number;
  /** All of these are fractions of notional: what is expected, of the price's move and of funding, and what costs leave of it. */
  readonly expected: number;
  readonly move: number;
  readonly funding: number;
  /** Both ways of fee and half spread; null where there is no book. */
  readonly cost: number | null;
  readonly net: number | null;
  /** In the base asset, moved by `RISK` in one deviation of the horizon; null where volatility is not known. */
  readonly size: string | null;
  readonly why: string;
  /** Why it is not among the ranked; null: it is. */
  readonly dropped: DroppedSignal['why'] | null;
}

const HORIZON_US = 3600 * SECOND_US;
/** Of funding: that is what its signal is over. */
const INTERVALS = 3;
const Z_MIN = 2;
/** What a direction without a measured record is taken to be worth: the correlation of its score with what follows. */
const SKILL = 0.02;
/** Of the first fee tier, as published. */
const TAKER_FEES: Readonly<Record<string, number>> = { binance: 0.0005, hyperliquid: 0.00045 };
/** Whole units of the quote currency. */
export const RISK = 1000;
const MICROS = 1_000_000;

/** Ranked ones first, best first, then those that were left out. */
export function signalsOf(markets: readonly StationMarket[], router: PriceRouter): SignalView[] {
  const rows = new Map(markets.map((market, row) => [market.planned.name, row]));
  const found = markets.flatMap((market, row) => detect(market, router.price(row).scale, router.now));
  const { ranked, dropped } = rankSignals(
    found,
    (market) => isAllowed(router.price(rows.get(market)!).uses, 'open'),
    (market) => costsOf(markets[rows.get(market)!], rows.get(market)!, router),
  );
  const view = (
    signal: Signal | RankedSignal,
    cost: number | null,
    why: SignalView['dropped'],
  ): SignalView => {
    const { market, kind, side, horizonUs, move, funding, because } = signal;
    const expected = move + funding;
    return {
      market,
      kind,
      side,
      horizonSeconds: horizonUs / SECOND_US,
      expected,
      move,
      funding,
      cost,
      net: cost === null ? null : expected - cost,
      size: sizeOf(markets[rows.get(market)!], rows.get(market)!, router, horizonUs),
      why: because,
      dropped: why,
    };
  };
  return [
    ...ranked.map((signal) => view(signal, signal.costs, null)),
    ...dropped.map(({ signal, why }) => {
      const row = rows.get(signal.market)!;
      const costs = costsOf(markets[row], row, router);
      return view(signal, costs === null ? null : bothWays(costs), why);
    }),
  ];
}

/** Of a perpetual: an index is nothing that can be taken. */
function detect(market: StationMarket, scale: number, now: TimeUs): Signal[] {
  const { planned, indicators, funding, paidRates } = market;
  if (market.own === null) return [];
  const volatility = market.volatility.ewma();
  const rate = (funding?.predicted()?.paid ?? 0) / RATE_ONE;
  const context: SignalContext = {
    market: planned.name,
    atUs: now,
    horizonUs: HORIZON_US,
    fundingPaid: rate * (funding === null ? 0 : paymentsIn(HORIZON_US, now, funding)),
  };
  const { basis, basisZScore: zScore, reversion: fit, fast, slow, rsi } = indicators;
  const price = (units: number | null): number | null =>
    units === null ? null : units / POWERS_OF_TEN[scale];
  return [
    basis === null
      ? null
      : detectBasisReversion(context, { basis, zScore, zMin: Z_MIN, fit, stepUs: SECOND_US }),
    funding === null
      ? null
      : detectFundingReversion(
          { ...context, horizonUs: INTERVALS * funding.rule.intervalUs },
          { rate, fit: fitReversion(paidRates.rates()), intervals: INTERVALS },
        ),
    detectTrend(context, { fast: price(fast), slow: price(slow), volatility, skill: SKILL }),
    detectExhaustion(context, { rsi, volatility, skill: SKILL }),
  ].filter((signal) => signal !== null);
}

/** How often funding is paid from now until the end of the horizon. */
function paymentsIn(
  horizonUs: number,
  now: TimeUs,
  { nextUs, rule }: { readonly nextUs: TimeUs; readonly rule: { readonly intervalUs: number } },
): number {
  return Math.max(0, Math.floor((now + horizonUs - nextUs) / rule.intervalUs) + 1);
}

function costsOf({ own }: StationMarket, row: number, router: PriceRouter): TradingCosts | null {
  const { bid, ask } = router.markets[row].mark;
  const takerFee = own === null ? undefined : TAKER_FEES[own.venue];
  if (takerFee === undefined || !(bid > 0 && ask >= bid)) return null;
  return { takerFee, halfSpread: (ask - bid) / (ask + bid) };
}

function bothWays({ takerFee, halfSpread }: TradingCosts): number {
  return 2 * (takerFee + halfSpread);
}

function sizeOf(
  { planned, volatility }: StationMarket,
  row: number,
  router: PriceRouter,
  horizonUs: number,
): string | null {
  const { grid } = planned;
  const notionalPerLot = narrow(linearNotional(router.price(row).mark, grid.markUnit).num);
  if (notionalPerLot === null) return null;
  const lots = volatilitySize({
    risk: (RISK * MICROS) as QuoteMicros,
    notionalPerLot,
    volatility: volatility.ewma(),
    horizonUs,
    lotsMax: SAFE_MAX as SizeLots,
  });
  return lots === 0 ? null : lotsToText(lots, grid);
}
