/**
 * Where the events of all feeds come together: order books, the price router, and what is derived beside it, by market. A feed
 * speaks to it as to any sink, live or from a recording, and it knows no clock but the times of receipt and `advance`.
 *
 *   feed ──> event ──┬──> DepthBook, one an instrument ──┐
 *                    ├──> PriceRouter <── best of books ─┘ ──> alerts
 *                    └──> StationMarket: funding, volatility, history, once a second
 */
import type { TimeUs } from '../../core/num/units.ts';
import { isCount, type PriceAlert } from '../../core/price/anomaly.ts';
import { DepthBook } from '../../core/price/depth-book.ts';
import type { PriceExplanation } from '../../core/price/explain-price.ts';
import { PriceRouter } from '../../core/price/router.ts';
import type { TopOfBook } from '../../core/price/router-sources.ts';
import type { InstrumentRow, VenueEvent } from '../../core/price/venue-event.ts';
import type { Problem } from '../../io/ingest/problem.ts';
import type { Whence } from '../../io/ingest/quarantine.ts';
import type { Plan } from './plan.ts';
import { signalsOf, type SignalView } from './signals.ts';
import { StationMarket } from './station-market.ts';
import { viewOf, type MarketView } from './view.ts';

export interface StationListener {
  alert?(alert: PriceAlert): void;
  problem?(problem: Problem, whence: Whence): void;
}

const SECOND_US = 1_000_000;
/** Seconds of silence that are sampled one by one; what a longer one missed is not made up for. */
const CATCH_UP = 60;
/** Recorders and venues disagree by more than a second: the captures of 2024-08 by 1.2 s. */
const SKEW_US = 2 * SECOND_US;
const ALERTS_KEPT = 100;
const PROBLEMS_KEPT = 10;
/** Characters of a frame. */
const FRAME_KEPT = 400;

export interface LatestProblem extends Whence {
  readonly problem: Problem;
  /** Of the whole frame, in characters. */
  readonly frameLength: number | null;
}

export class PriceStation {
  readonly plan: Plan;
  readonly router: PriceRouter;
  /** The newest, oldest first. */
  readonly alerts: PriceAlert[] = [];
  alertCount = 0;
  problemCount = 0;
  /** By code: how many, and the newest. */
  readonly problems = new Map<string, { count: number; last: Problem }>();
  /** The newest, oldest first, each with the beginning of its frame. */
  readonly latestProblems: LatestProblem[] = [];
  readonly #markets: readonly StationMarket[];
  /** By instrument, its book, and the markets that it is the own perpetual of. */
  readonly #books: readonly { readonly book: DepthBook; isWhole: boolean }[];
  readonly #owners: readonly (readonly StationMarket[])[];
  readonly #listener: StationListener;
  #sampleUs = 0;

  constructor(plan: Plan, listener: StationListener = {}) {
    const { instruments, markets } = plan;
    this.plan = plan;
    this.#listener = listener;
    this.#books = instruments.map(() => ({ book: new DepthBook(), isWhole: false }));
    this.router = new PriceRouter({
      instruments,
      markets: markets.map(({ priced }) => priced),
      sink: { price: () => {}, alert: (alert) => this.#alert(alert) },
      topOf: (instrument) => this.#topOf(instrument),
      skewUs: SKEW_US,
    });
    this.#markets = markets.map((planned, row) => {
      const { own } = planned.priced;
      return own === null
        ? new StationMarket(planned, row, null, null)
        : new StationMarket(planned, row, instruments[own], this.#books[own].book);
    });
    this.#owners = instruments.map((_, row) =>
      this.#markets.filter(({ planned }) => planned.priced.own === row),
    );
  }

  event(event: VenueEvent): void {
    const { receivedUs } = event;
    if (isCount(receivedUs)) this.#sample(receivedUs);
    const held = this.#books[event.instrument];
    if (held !== undefined) {
      if (event.kind === 'depth') held.book.apply(event.bids, event.asks);
      else if (event.kind === 'snapshot') {
        held.book.replace(event.bids, event.asks, event.levelsMax ?? null);
        held.isWhole = true;
      } else if (event.kind === 'lost') {
        held.book.clear();
        held.isWhole = false;
      } else if (event.kind === 'mark')
        for (const market of this.#owners[event.instrument]) market.hearMark(event);
      else if (event.kind === 'contract')
        for (const market of this.#owners[event.instrument]) market.hearContract(event);
    }
    this.router.receive(event);
  }

  problem(problem: Problem, whence: Whence): void {
    this.problemCount += 1;
    const { frame } = whence;
    this.latestProblems.push({
      ...whence,
      problem,
      frame: frame?.slice(0, FRAME_KEPT) ?? null,
      frameLength: frame?.length ?? null,
    });
    if (this.latestProblems.length > PROBLEMS_KEPT) this.latestProblems.shift();
    const known = this.problems.get(problem.code);
    if (known === undefined) this.problems.set(problem.code, { count: 1, last: problem });
    else {
      known.count += 1;
      known.last = problem;
    }
    this.#listener.problem?.(problem, whence);
  }

  /** It is `now`, whether or not anything was heard. */
  advance(now: TimeUs): void {
    this.#sample(now);
    this.router.advance(now);
  }

  view(row: number): MarketView {
    return viewOf(this.#markets[row], row, this.router);
  }

  views(): MarketView[] {
    return this.#markets.map((_, row) => this.view(row));
  }

  signals(): SignalView[] {
    return signalsOf(this.#markets, this.router);
  }

  explain(row: number): PriceExplanation {
    return this.router.explain(row);
  }

  /** Every whole second up to `now`, each with prices as of then. */
  #sample(now: number): void {
    if (this.#sampleUs === 0) this.#sampleUs = now - (now % SECOND_US) + SECOND_US;
    if (now < this.#sampleUs) return;
    const last = now - (now % SECOND_US);
    if (last - this.#sampleUs > CATCH_UP * SECOND_US) this.#sampleUs = last;
    for (; this.#sampleUs <= now; this.#sampleUs += SECOND_US) {
      const at = this.#sampleUs as TimeUs;
      this.router.advance(at);
      for (const market of this.#markets) market.sample(this.router, at);
    }
  }

  #topOf(instrument: InstrumentRow): TopOfBook | null {
    const { book, isWhole } = this.#books[instrument];
    return isWhole && book.state !== 'beyond' ? book : null;
  }

  #alert(alert: PriceAlert): void {
    this.alertCount += 1;
    this.alerts.push(alert);
    if (this.alerts.length > ALERTS_KEPT) this.alerts.shift();
    this.#listener.alert?.(alert);
  }
}
