/**
 * What is derived of one market beside its price: funding, volatility, the basis in deviations, 24 hours of index, open
 * interest, and what the venue itself says. It is sampled once a second by the station's clock, so that a recording gives
 * what the live run gave. All of it is bounded.
 */
import { isAllowed } from '../../core/price/quality.ts';
import type { DepthBook } from '../../core/price/depth-book.ts';
import { FundingHistory } from '../../core/price/funding-history.ts';
import { FundingMarket } from '../../core/price/funding-market.ts';
import { linearNotional } from '../../core/price/funding.ts';
import { RollingWindow } from '../../core/price/indicators.ts';
import { OpenInterestHistory } from '../../core/price/open-interest.ts';
import { impactNotional, premiumOf, type Levels } from '../../core/price/premium.ts';
import { POWERS_OF_TEN } from '../../core/num/decimal.ts';
import type { PriceRouter } from '../../core/price/router.ts';
import { SERIES, TimeSeries } from '../../core/price/series.ts';
import type { ContractEvent, Instrument, VenueMarkEvent } from '../../core/price/venue-event.ts';
import { Volatility, type VolatilityRule } from '../../core/price/volatility.ts';
import type { FundingIndex, SizeLots, TimeUs } from '../../core/num/units.ts';
import { fundingRuleOf, marginOfTiers } from './funding-rule.ts';
import { MarketIndicators } from './market-indicators.ts';
import type { PlannedMarket } from './plan.ts';

/** Ten seconds apart, looking back a day; the weight of a return halves in 23 minutes. */
export const VOLATILITY: VolatilityRule = { everyUs: 10_000_000, window: 8640, gapMax: 30, lambda: 0.995 };
/** Five minutes of basis, a value a second. */
const BASIS_WINDOW = 300;

export class StationMarket {
  readonly planned: PlannedMarket;
  /** The perpetual whose book it has; null where it is its index. */
  readonly own: Instrument | null;
  readonly volatility = new Volatility(VOLATILITY);
  readonly basis = new RollingWindow(BASIS_WINDOW);
  readonly series = new TimeSeries(SERIES);
  readonly openInterest = new OpenInterestHistory();
  readonly indicators = new MarketIndicators();
  /** What was paid at the ends of intervals, by our own measure. */
  readonly paidRates = new FundingHistory();
  /** What the venue published last, and its terms; null before it did. */
  published: VenueMarkEvent | null = null;
  contract: ContractEvent | null = null;
  /** Null where there is no perpetual, and before anything was heard. */
  funding: FundingMarket | null = null;
  readonly #row: number;
  readonly #book: DepthBook | null;
  #hours: number | null = null;

  constructor(planned: PlannedMarket, row: number, own: Instrument | null, book: DepthBook | null) {
    this.planned = planned;
    this.#row = row;
    this.own = own;
    this.#book = book;
  }

  hearMark(event: VenueMarkEvent): void {
    this.published = event;
    if (event.openInterest !== null) this.openInterest.add(event.eventUs, event.openInterest as SizeLots);
  }

  /** Another interval or other margin rates are another rule: what was sampled under the one before is void. */
  hearContract(event: ContractEvent): void {
    const before = this.contract;
    this.contract = event;
    const isSame =
      before?.fundingIntervalHours === event.fundingIntervalHours &&
      JSON.stringify(before.tiers) === JSON.stringify(event.tiers);
    if (!isSame) this.funding = null;
  }

  /** Once a second. `now` is a whole second, or the end of a silence. */
  sample(router: PriceRouter, now: TimeUs): void {
    const { index } = router.markets[this.#row];
    const price = router.price(this.#row);
    if (index.value > 0) {
      this.volatility.add(now, index.value);
      this.series.add(now, index.value);
      this.indicators.addIndex(now, index.value);
      this.#addBasis(router, now, index.value);
      if (price.mark > 0 && !price.isKept) this.basis.add(price.basis);
    }
    this.#fund(router, now);
  }

  /** Of the own book, which is what could be traded, and not of the mark. */
  #addBasis(router: PriceRouter, now: TimeUs, index: number): void {
    const { bid, ask } = router.markets[this.#row].mark;
    if (bid > 0 && ask >= bid) this.indicators.addBasis(now, ((bid + ask) / 2 - index) / index);
  }

  #fund(router: PriceRouter, now: TimeUs): void {
    const { own } = this;
    const book = this.#book;
    if (own === null || book === null) return;
    this.funding ??= this.#fundingFrom(own, now);
    const { funding } = this;
    const market = router.markets[this.#row];
    const { mark, uses, scale } = market.price;
    const perLot = linearNotional(mark, this.planned.grid.markUnit);
    for (let over = funding.settle(now, perLot); over !== null; over = funding.settle(now, perLot)) {
      if ('why' in over) continue;
      this.paidRates.add(over);
      // Where the venue announces a rate, that is what was paid.
      if (market.announcedRate === null) router.settled(this.#row, over.paid, funding.nextUs);
    }
    if (market.index.value === 0 || !isAllowed(uses, 'value') || book.state !== 'ok') return;
    const factor = POWERS_OF_TEN[scale - own.priceScale];
    const depth = { bids: scaled(book.bids, factor), asks: scaled(book.asks, factor) };
    const notional = impactNotional(this.impact, scale, own.sizeScale);
    const premium = premiumOf(depth, notional, market.index.value);
    if (premium !== null) funding.sample(now, premium);
  }

  /** What the premium is measured with, in whole units of the quote currency. */
  get impact(): number {
    return this.planned.market.impact[this.own?.venue ?? ''] ?? 0;
  }

  #fundingFrom(own: Instrument, startUs: TimeUs): FundingMarket {
    const margin = marginOfTiers(this.contract?.tiers ?? null) ?? this.planned.market.margin;
    this.#hours = this.contract?.fundingIntervalHours ?? this.#hours;
    const rule = fundingRuleOf(own.venue, this.#hours, margin !== null, startUs);
    return new FundingMarket(rule, { margin, premiumMax: null, startUs, index: 0 as FundingIndex });
  }
}

/** A side of a book up to where it is whole, on the scale of the market. */
function scaled(side: DepthBook['bids'], factor: number): Levels {
  return {
    count: side.known,
    priceAt: (rank) => side.priceAt(rank) * factor,
    sizeAt: (rank) => side.sizeAt(rank),
  };
}
