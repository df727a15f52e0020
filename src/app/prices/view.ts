/** A market as it is shown: prices as decimal text, rates and volatility as numbers, null for what there is none of. */
import { scaledToText } from '../../core/num/decimal.ts';
import type { TimeUs } from '../../core/num/units.ts';
import { explainPrice, type SourceExplanation } from '../../core/price/explain-price.ts';
import { bandAround, MINUTE_BAND } from '../../core/price/price-bands.ts';
import type { PriceSource } from '../../core/price/price-rules.ts';
import type { QualityName, UseName } from '../../core/price/quality.ts';
import type { PriceRouter } from '../../core/price/router.ts';
import { FAST, RSI_STEPS, SLOW, STEP_US } from './market-indicators.ts';
import { VOLATILITY, type StationMarket } from './station-market.ts';

export interface FundingView {
  readonly rule: string;
  /** Decimal text, of one interval: what would be paid if it ended now. Null before the first sample. */
  readonly rate: string | null;
  readonly intervalHours: number;
  readonly nextUs: number;
  readonly leftSeconds: number;
  readonly samples: number;
  readonly expected: number;
  /** What the premium is measured with. */
  readonly impactNotional: number;
}

/** What the venue says itself. */
export interface PublishedView {
  readonly mark: string;
  readonly index: string | null;
  readonly fundingRate: string | null;
  readonly nextFundingUs: number | null;
  readonly ageMs: number;
}

/** Of the index, but for the basis. Null until there are enough steps. */
export interface IndicatorsView {
  readonly everySeconds: number;
  readonly emaFast: string | null;
  readonly emaSlow: string | null;
  readonly emaSteps: readonly [fast: number, slow: number];
  /** 0 to 100. */
  readonly rsi: number | null;
  readonly rsiSteps: number;
  /** The own book's middle less the index, as a fraction of it; how far from its mean of five minutes, in deviations; and in
   * how many seconds half of that is gone, where it returns. */
  readonly bookBasis: number | null;
  readonly bookBasisZScore: number | null;
  readonly bookBasisHalfLifeSeconds: number | null;
}

export interface MarketView {
  readonly market: string;
  readonly venue: string | null;
  readonly symbol: string | null;
  readonly timeUs: number;
  readonly quality: QualityName;
  readonly uses: readonly UseName[];
  readonly reasons: readonly string[];
  readonly index: string | null;
  readonly mark: string | null;
  /** The mark is one of before: there is none now. */
  readonly isMarkKept: boolean;
  readonly last: string | null;
  readonly reference: string | null;
  readonly rule: string;
  /** Mark less index, also in millionths of the index, and in deviations of its last five minutes. */
  readonly basis: string | null;
  readonly basisPpm: number | null;
  readonly basisZScore: number | null;
  readonly funding: FundingView | null;
  readonly published: PublishedView | null;
  /** Of the index, annualised as a fraction. */
  readonly volatility: {
    readonly realized: number | null;
    readonly ewma: number | null;
    readonly everySeconds: number;
    readonly returns: number;
  };
  readonly indicators: IndicatorsView;
  readonly band: { readonly lower: string; readonly upper: string; readonly halfWidthPpm: number } | null;
  /** Of the index over 24 hours, as a fraction; null where that far back nothing is known. */
  readonly dayChange: number | null;
  /** In the base asset. */
  readonly openInterest: string | null;
  readonly sourcesMin: number;
  readonly sourcesFresh: number;
  readonly sourcesAgreeing: number;
  readonly sources: readonly SourceExplanation[];
  readonly perps: readonly SourceExplanation[];
  /** Decimals that orders have, for people. */
  readonly decimals: number;
}

const RATE_DECIMALS = 12;

export function viewOf(market: StationMarket, row: number, router: PriceRouter): MarketView {
  const { priced } = market.planned;
  const price = router.price(row);
  const { index } = router.markets[row];
  const { scale } = price;
  const explained = explainPrice(router.markets[row], router.sources);
  const own = priced.own === null ? null : router.sources.instruments[priced.own];
  const text = (units: number): string => scaledToText(units, scale, { trim: true });
  const hasBoth = price.mark > 0 && price.index > 0;
  const ewma = market.volatility.ewma();
  const band = index.value === 0 ? null : bandAround(index.value, ewma, MINUTE_BAND);
  const openInterest = market.openInterest.last;
  return {
    market: market.planned.name,
    venue: own?.venue ?? null,
    symbol: own?.symbol ?? null,
    timeUs: router.now,
    quality: explained.quality,
    uses: explained.uses,
    reasons: explained.reasons,
    index: explained.index,
    mark: explained.mark,
    isMarkKept: price.isKept && price.mark > 0,
    last: explained.last,
    reference: explained.reference,
    rule: priced.mark.name,
    basis: hasBoth ? text(price.basis) : null,
    basisPpm: hasBoth ? (price.basis / price.index) * 1e6 : null,
    basisZScore: hasBoth ? market.basis.zScore(price.basis) : null,
    funding: fundingView(market, router.now),
    published: publishedView(market, router),
    volatility: {
      realized: market.volatility.realized(),
      ewma,
      everySeconds: VOLATILITY.everyUs / 1e6,
      returns: market.volatility.count,
    },
    indicators: indicatorsView(market, text),
    band:
      band === null
        ? null
        : { lower: text(band.lower), upper: text(band.upper), halfWidthPpm: band.halfWidthPpm },
    dayChange: market.series.dayChange(router.now),
    openInterest:
      openInterest === null || own === null
        ? null
        : scaledToText(openInterest.value, own.sizeScale, { trim: true }),
    sourcesMin: priced.index.sourcesMin,
    sourcesFresh: price.sourcesFresh,
    sourcesAgreeing: price.sourcesAgreeing,
    sources: asOfNow(explained.sources, priced.sources, router),
    perps: asOfNow(explained.perps, priced.perps, router),
    decimals: market.planned.grid.steps.price.scale,
  };
}

/** A decision may be old where nothing changed; what it rests on goes on ageing. */
function asOfNow(
  explained: readonly SourceExplanation[],
  list: readonly PriceSource[],
  { sources, now }: PriceRouter,
): SourceExplanation[] {
  return explained.map((source, at) => ({
    ...source,
    ageUs: sources.ageOf(list[at].instrument, list[at].part, now),
  }));
}

function fundingView({ funding, impact }: StationMarket, now: TimeUs): FundingView | null {
  if (funding === null) return null;
  const predicted = funding.predicted();
  const { nextUs, rule } = funding;
  return {
    rule: rule.name,
    rate: predicted === null ? null : rateText(predicted.paid),
    intervalHours: rule.intervalUs / 3_600_000_000,
    nextUs,
    leftSeconds: Math.max(0, Math.round((nextUs - now) / 1e6)),
    samples: predicted?.samples ?? 0,
    expected: Math.floor(rule.intervalUs / rule.average.everyUs),
    impactNotional: impact,
  };
}

function indicatorsView({ indicators }: StationMarket, text: (units: number) => string): IndicatorsView {
  const { fast, slow, rsi, basis, basisZScore, reversion } = indicators;
  const price = (units: number | null): string | null => (units === null ? null : text(Math.round(units)));
  return {
    everySeconds: STEP_US / 1e6,
    emaFast: price(fast),
    emaSlow: price(slow),
    emaSteps: [FAST, SLOW],
    rsi,
    rsiSteps: RSI_STEPS,
    bookBasis: basis,
    bookBasisZScore: basisZScore,
    bookBasisHalfLifeSeconds: reversion?.halfLife ?? null,
  };
}

function publishedView(
  { published, planned }: StationMarket,
  { sources, now }: PriceRouter,
): PublishedView | null {
  const { own } = planned.priced;
  if (published === null || own === null) return null;
  const { priceScale } = sources.instruments[own];
  const text = (price: number): string => scaledToText(price, priceScale, { trim: true });
  return {
    mark: text(published.mark),
    index: published.index === 0 ? null : text(published.index),
    fundingRate: published.fundingRate === null ? null : rateText(published.fundingRate),
    nextFundingUs: published.nextFundingUs,
    ageMs: Math.round(sources.ageOf(own, 'index', now) / 1000),
  };
}

function rateText(rate: number): string {
  return scaledToText(rate, RATE_DECIMALS, { trim: true });
}
