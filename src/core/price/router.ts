/**
 * From what venues say to prices that can be defended: takes the events of all instruments in the order in which they were
 * received, keeps what each last said, and makes of it index, mark, quality and alerts of every market.
 *
 *   VenueEvent --> SourceTable (one row an instrument) --> RoutedMarket (votes, index, mark, quality) --> PriceSink
 *                                                               ^ and by itself when it is due: a sample, a source grown stale
 *
 * Time is the time of receipt of the newest event, or what `advance` says when it is quiet: the driver's clock. What a
 * venue says about time decides ages. A recording and a live connection give the same prices.
 *
 * Nothing here acts. Marks leave as whole mark ticks with a quality; how they become commands is for the caller.
 */
import { scaledToText } from '../num/decimal.ts';
import type { TimeUs } from '../num/units.ts';
import { isOutlierPrint, isCount, type PriceAlert } from './anomaly.ts';
import { explainPrice, type PriceExplanation } from './explain-price.ts';
import { instrumentsOf, marketProblem, type PricedMarket, scaleOf } from './price-rules.ts';
import { DEFAULT_SYSTEM_LIMIT, isSystemImplausible, type SystemLimit } from './quality.ts';
import { MarketAlerts } from './router-alerts.ts';
import { type MarketPrice, RoutedMarket } from './router-market.ts';
import { Heard, SourceTable, type TopOfBook } from './router-sources.ts';
import type {
  ContractEvent,
  Instrument,
  InstrumentRow,
  TradeEvent,
  VenueEvent,
  VenueMarkEvent,
} from './venue-event.ts';

export interface PriceSink {
  /** Index, mark or quality is another. The object is the router's own: copy what is to be kept. */
  price(price: MarketPrice): void;
  alert(alert: PriceAlert): void;
}

export interface RouterOptions {
  readonly instruments: readonly Instrument[];
  readonly markets: readonly PricedMarket[];
  readonly sink: PriceSink;
  /**
   * The order book of an instrument whose feed sends no quotes, after the event was applied to it; null while it is not to
   * be used. Asked for at every depth event of such an instrument.
   */
  readonly topOf?: (instrument: InstrumentRow) => TopOfBook | null;
  /** How far a venue's clock may be off. */
  readonly skewUs?: number;
  readonly systemLimit?: SystemLimit;
}

/** What was not used, by why. */
export interface RouterCounts {
  events: number;
  /** Older than what was known: duplicates, messages out of order. */
  late: number;
  /** With a number that is none, or a time that cannot be. */
  invalid: number;
  /** Of an instrument that nobody asked for. */
  unknown: number;
}

/** Recorders two seconds off are seen in the wild; more than that is a clock to be set. */
const SKEW_US = 2_000_000;
const HOUR_US = 3_600_000_000;
/** Samples that a silence can have missed before the rest of it is skipped: more than any average remembers. */
const CATCH_UP = 4000;

interface Listeners {
  readonly book: RoutedMarket[];
  readonly trade: RoutedMarket[];
  readonly mark: RoutedMarket[];
  readonly any: RoutedMarket[];
}

export class PriceRouter {
  readonly counts: RouterCounts = { events: 0, late: 0, invalid: 0, unknown: 0 };
  readonly sources: SourceTable;
  readonly markets: readonly RoutedMarket[];
  readonly #alerts: readonly MarketAlerts[];
  readonly #listeners: readonly Listeners[];
  readonly #sink: PriceSink;
  readonly #topOf: (instrument: InstrumentRow) => TopOfBook | null;
  readonly #skewUs: number;
  readonly #systemLimit: SystemLimit;
  #now = 0;
  #dueUs = 0;
  #isBehind = false;

  /** Throws a sentence when a market's configuration is wrong; `marketProblem` asks without throwing. */
  constructor(options: RouterOptions) {
    const { instruments, markets, sink } = options;
    for (const market of markets) {
      const problem = marketProblem(market, instruments);
      if (problem !== null) throw new RangeError(problem);
    }
    this.#sink = sink;
    this.#topOf = options.topOf ?? (() => null);
    this.#skewUs = options.skewUs ?? SKEW_US;
    this.#systemLimit = options.systemLimit ?? DEFAULT_SYSTEM_LIMIT;
    this.sources = new SourceTable(instruments, this.#skewUs);
    this.markets = markets.map(
      (market, row) => new RoutedMarket(market, row, this.sources, scaleOf(market, instruments)),
    );
    this.#alerts = this.markets.map(
      (market) => new MarketAlerts(market, instruments, (alert) => sink.alert(alert)),
    );
    this.#listeners = instruments.map((_, row) => listenersOf(row, this.markets));
  }

  /** The newest time known. */
  get now(): TimeUs {
    return this.#now as TimeUs;
  }

  price(market: number): MarketPrice {
    return this.markets[market].price;
  }

  /** Why the present price of a market is what it is. */
  explain(market: number): PriceExplanation {
    return explainPrice(this.markets[market], this.sources);
  }

  /** In the order of receipt. */
  receive(event: VenueEvent): void {
    const { counts, sources } = this;
    counts.events++;
    const row = event.instrument;
    const listeners = this.#listeners[row];
    if (listeners === undefined) {
      counts.unknown++;
      return;
    }
    const { receivedUs } = event;
    if (!isCount(receivedUs)) {
      counts.invalid++;
      return;
    }
    if (receivedUs < this.#now - this.#skewUs !== this.#isBehind) this.#jumped(receivedUs);
    if (receivedUs > this.#now) this.advance(receivedUs);

    const timed = sources.hearTime(event, this.#now);
    if (timed === Heard.changed || timed === Heard.invalid) this.#updateAll(listeners.any);
    if (timed === Heard.invalid) counts.invalid++;
    else if (timed === Heard.late) counts.late++;
    else this.#hear(event, listeners);
  }

  /** Time passes, whether or not anyone says anything: samples are taken and silent sources grow stale. */
  advance(now: TimeUs): void {
    while (this.#dueUs <= now) this.#runDue(now);
    if (now > this.#now) this.#now = now;
  }

  /** Funding was paid: the rate of one interval in units of 1e-12, and when the next is. */
  settled(market: number, rate: number, nextFundingUs: TimeUs): void {
    const { mark } = this.markets[market];
    mark.fundingRate = rate;
    mark.nextFundingUs = nextFundingUs;
    this.#update(this.markets[market], this.#now);
  }

  /**
   * How many accounts would newly breach under the latest prices of `markets`, of how many: asked of the caller, who has the
   * accounts, before anything is done about them. True: so many that it is the prices. They are held at the ones before, and
   * an emergency is raised; `release` ends it.
   */
  holdIfSystemic(markets: readonly number[], breaching: number, accounts: number): boolean {
    if (!isSystemImplausible(breaching, accounts, this.#systemLimit)) return false;
    for (const row of markets) this.markets[row].hold();
    this.#system(
      true,
      `${breaching} of ${accounts} accounts would breach at once; ${this.#namesOf(markets)} held`,
    );
    for (const row of markets) this.#update(this.markets[row], this.#now);
    return true;
  }

  /** A person says that the market is where its sources are: whatever was held or refused is taken. */
  release(market: number): void {
    const { isHeld } = this.markets[market];
    this.markets[market].release();
    if (isHeld) this.#system(false, `${this.#namesOf([market])} released`);
    this.#update(this.markets[market], this.#now);
  }

  #hear(event: VenueEvent, listeners: Listeners): void {
    const { sources } = this;
    const row = event.instrument;
    switch (event.kind) {
      case 'quote':
        this.#settle(sources.hearQuote(event), listeners.book);
        break;
      case 'depth':
      case 'snapshot':
        if (listeners.book.length > 0 && !sources.hasQuotes(row)) {
          this.#settle(sources.hearBook(row, this.#topOf(row)), listeners.book);
        }
        break;
      case 'trade': {
        const heard = sources.hearTrade(event);
        if (heard === Heard.changed) this.#print(event, listeners.any);
        this.#settle(heard, listeners.trade);
        break;
      }
      case 'mark': {
        const heard = sources.hearMark(event);
        if (heard !== Heard.late) this.#announced(event, listeners.mark);
        this.#settle(heard, listeners.mark);
        break;
      }
      case 'contract':
        this.#contract(event, listeners);
        break;
      case 'lost':
        this.#settle(sources.lose(event), listeners.any);
        break;
    }
  }

  #settle(heard: Heard, markets: readonly RoutedMarket[]): void {
    if (heard === Heard.same) {
      for (let at = 0; at < markets.length; at++) {
        if (markets[at].hasStale) this.#update(markets[at], this.#now);
      }
      return;
    }
    if (heard === Heard.late) {
      this.counts.late++;
      return;
    }
    if (heard === Heard.invalid) this.counts.invalid++;
    this.#updateAll(markets);
  }

  #updateAll(markets: readonly RoutedMarket[]): void {
    for (let at = 0; at < markets.length; at++) this.#update(markets[at], this.#now);
  }

  #update(market: RoutedMarket, now: number): void {
    const isChanged = market.update(this.sources, now);
    if (market.dueUs < this.#dueUs) this.#dueUs = market.dueUs;
    // What is wrong is told before the price that it made.
    this.#alerts[market.price.market].review(now);
    if (isChanged) this.#sink.price(market.price);
  }

  /** Looks at every market that is due, as of when it was due; what a silence of hours missed is not made up for. */
  #runDue(now: number): void {
    let next = Infinity;
    for (const market of this.markets) {
      const { mark } = market;
      const missedUs = CATCH_UP * mark.rules.sampleUs;
      if (mark.sampleUs > 0 && now - mark.sampleUs > missedUs) {
        mark.sampleUs = now - (now % mark.rules.sampleUs) - missedUs;
        market.dueUs = mark.sampleUs;
      }
      if (market.dueUs <= this.#dueUs) this.#update(market, this.#dueUs === 0 ? now : this.#dueUs);
      if (market.dueUs < next) next = market.dueUs;
    }
    this.#dueUs = next;
  }

  #print(event: TradeEvent, markets: readonly RoutedMarket[]): void {
    const { sources } = this;
    const row = event.instrument;
    for (const market of markets) {
      if (!isOutlierPrint(event.price, sources.bid[row], sources.ask[row], market.config.printPpm)) continue;
      const price = scaledToText(event.price, sources.instruments[row].priceScale, { trim: true });
      this.#alerts[market.price.market].print(row, price, this.#now);
    }
  }

  /**
   * The rate that a venue announces is that of the interval that runs. When its end moves on, the interval is over and what
   * was announced last was paid: from then on it is the last funding rate.
   */
  #announced(event: VenueMarkEvent, markets: readonly RoutedMarket[]): void {
    const { fundingRate, nextFundingUs } = event;
    if (fundingRate === null || nextFundingUs === null) return;
    if (!Number.isSafeInteger(fundingRate) || !isCount(nextFundingUs)) {
      this.counts.invalid++;
      return;
    }
    for (const market of markets) {
      if (market.config.own !== event.instrument) continue;
      const { mark } = market;
      if (market.announcedRate !== null && nextFundingUs > mark.nextFundingUs)
        mark.fundingRate = market.announcedRate;
      if (nextFundingUs >= mark.nextFundingUs) mark.nextFundingUs = nextFundingUs;
      market.announcedRate = fundingRate;
    }
  }

  #contract(event: ContractEvent, listeners: Listeners): void {
    const intervalUs = event.fundingIntervalHours === null ? 0 : event.fundingIntervalHours * HOUR_US;
    if (!isCount(intervalUs)) this.counts.invalid++;
    else if (intervalUs > 0) {
      for (const market of listeners.any) {
        if (market.config.own === event.instrument) market.mark.fundingIntervalUs = intervalUs;
      }
    }
    this.#settle(this.sources.halt(event.instrument, event.isTrading), listeners.any);
  }

  #jumped(receivedUs: number): void {
    this.#isBehind = !this.#isBehind;
    this.#sink.alert({
      code: 'clock_jump',
      severity: 'critical',
      isRaised: this.#isBehind,
      market: null,
      source: null,
      timeUs: this.#now,
      detail: this.#isBehind
        ? `our clock went back by ${this.#now - receivedUs} us; prices are as of the time before`
        : 'our clock is where it was again',
    });
  }

  #system(isRaised: boolean, detail: string): void {
    const about = { market: null, source: null, timeUs: this.#now, detail };
    this.#sink.alert({ code: 'system_implausible', severity: 'emergency', isRaised, ...about });
  }

  #namesOf(markets: readonly number[]): string {
    return markets.map((row) => this.markets[row].config.name).join(', ');
  }
}

/** Which markets have to look again when something of instrument `row` is different. */
function listenersOf(row: number, markets: readonly RoutedMarket[]): Listeners {
  const uses = (market: RoutedMarket, part: 'mid' | 'last' | 'index'): boolean =>
    [...market.config.sources, ...market.config.perps].some(
      (source) => source.instrument === row && source.part === part,
    );
  const isOwn = (market: RoutedMarket): boolean => market.config.own === row;
  return {
    book: markets.filter((market) => isOwn(market) || uses(market, 'mid')),
    trade: markets.filter((market) => isOwn(market) || uses(market, 'last')),
    mark: markets.filter((market) => isOwn(market) || uses(market, 'index')),
    any: markets.filter((market) => instrumentsOf(market.config).some((other) => other === row)),
  };
}
