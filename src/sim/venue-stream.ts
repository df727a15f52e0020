/**
 * What several venues say about several markets, from a seed: quotes, trades, depth and marks as decoders make them, in the
 * order of receipt. For measuring, and for tests that need many events that hang together.
 *
 * Every market has one price that walks by ticks, and every venue follows it a few ticks away. Books have a level at every
 * tick: when the price moves, levels on one side go and come on the other, so that no book is ever crossed and each can be
 * held against `bid` and `ask`, which are what was last said.
 */
import { POWERS_OF_TEN } from '../core/num/decimal.ts';
import { gridOf, isGrid, markToText, type Grid } from '../core/num/grid.ts';
import type { TimeUs } from '../core/num/units.ts';
import {
  DEFAULT_INDEX_RULES,
  DEFAULT_MARKET,
  MARK_RULES,
  type PricedMarket,
  type PriceSource,
} from '../core/price/price-rules.ts';
import type {
  DepthEvent,
  Instrument,
  InstrumentRow,
  SnapshotEvent,
  TradeEvent,
  VenueEvent,
  VenueMarkEvent,
} from '../core/price/venue-event.ts';
import { simMarkets } from './markets.ts';
import { Chooser, type Popularity } from './popularity.ts';
import { Random } from './random.ts';

export interface SimVenue {
  readonly name: string;
  readonly isPerpetual: boolean;
  /** Best bid and ask are told by themselves; else they are those of the book. */
  readonly hasQuotes: boolean;
  /** How far its price is from the market's, in ticks. */
  readonly offset: number;
  /** Decimals of its prices beyond those of the tick. */
  readonly finer: number;
}

/** The first is the one whose market it is. */
export const SIM_VENUES: readonly SimVenue[] = [
  { name: 'binance', isPerpetual: true, hasQuotes: true, offset: 3, finer: 0 },
  { name: 'binance-spot', isPerpetual: false, hasQuotes: true, offset: 0, finer: 1 },
  { name: 'okx', isPerpetual: false, hasQuotes: true, offset: 1, finer: 0 },
  { name: 'bybit', isPerpetual: false, hasQuotes: true, offset: -1, finer: 0 },
  { name: 'coinbase', isPerpetual: false, hasQuotes: true, offset: 2, finer: 1 },
  { name: 'kraken', isPerpetual: false, hasQuotes: false, offset: -2, finer: 0 },
  { name: 'hyperliquid', isPerpetual: true, hasQuotes: false, offset: 4, finer: 0 },
];

export interface VenueStreamOptions {
  /** The first of them in the list of simulated markets; absent: 0. */
  readonly from?: number;
  readonly markets: number;
  readonly popularity: Popularity;
  readonly seed: number;
  readonly venues?: readonly SimVenue[];
}

/** Of a hundred events; the rest are quotes. About what a day of Binance has. */
const TRADES = 22;
const DEPTHS = 7;
/** Every perpetual's mark is told so often. */
const MARK_EVERY_US = 1_000_000;
/** Of each side. */
const LEVELS = 200;
/** Levels that a depth update changes, besides those that the price moved; a book without quotes is told of in small ones. */
const CHANGED_MAX = 120;
const CHANGED_SMALL = 4;
const BETWEEN_US = 80;
const START_US = 1_723_161_255_000_000;
const INTERVAL_US = 8 * 3_600_000_000;
const RULES = [
  MARK_RULES['binance-2025-09-18'],
  MARK_RULES.hyperliquid,
  MARK_RULES.plain,
  MARK_RULES.published,
];

/** One instrument: what it last said, and what its next event is made of. */
interface Spoken {
  readonly market: number;
  readonly venue: SimVenue;
  /** Units of price a tick, and of size a lot. */
  readonly tick: number;
  readonly lot: number;
  readonly delayUs: number;
  /** Best bid of the book, in ticks; the best ask is the next tick. */
  bookTick: number;
  lastId: number;
  eventUs: number;
}

export class VenueStream {
  readonly instruments: readonly Instrument[];
  readonly markets: readonly PricedMarket[];
  /** By instrument, what was last said; 0 is not yet. */
  readonly bid: Float64Array;
  readonly ask: Float64Array;
  readonly last: Float64Array;
  readonly mark: Float64Array;
  readonly index: Float64Array;
  /** Levels in depth updates so far. */
  levels = 0;
  readonly #spoken: readonly Spoken[];
  readonly #price: Int32Array;
  readonly #home: Int32Array;
  readonly #random: Random;
  readonly #chooser: Chooser;
  readonly #venues: number;
  readonly #perpetuals: readonly number[];
  #markNext = 0;
  #markUs = START_US;
  #nowUs = START_US;
  #id = 5_000_000_000_000;

  constructor({ from = 0, markets, popularity, seed, venues = SIM_VENUES }: VenueStreamOptions) {
    this.#random = new Random(seed, 7);
    this.#chooser = new Chooser(markets, popularity);
    this.#venues = venues.length;
    const sims = simMarkets(from + markets, seed, 6).slice(from);
    const grids = sims.map(({ spec }) => fineGrid(spec.tick, spec.lot));
    this.#home = Int32Array.from(sims, ({ spec, grid, mark }) =>
      Math.round(Number(markToText(mark, grid)) / Number(spec.tick)),
    );
    this.#price = this.#home.slice();
    const rows = sims.flatMap((_, market) => venues.map((venue) => ({ market, venue })));
    this.instruments = rows.map(({ market, venue }) => ({
      venue: venue.name,
      symbol: sims[market].spec.name,
      market: sims[market].spec.name,
      isPerpetual: venue.isPerpetual,
      priceScale: grids[market].steps.price.scale + venue.finer,
      sizeScale: grids[market].steps.size.scale,
    }));
    this.markets = sims.map(({ spec }, market) => pricedMarket(spec.name, market, grids[market], venues));
    this.#spoken = rows.map(({ market, venue }) => ({
      market,
      venue,
      tick: grids[market].steps.price.digits * POWERS_OF_TEN[venue.finer],
      lot: grids[market].steps.size.digits,
      delayUs: 5000 + this.#random.below(50_000),
      bookTick: this.#price[market] + venue.offset,
      lastId: this.#id++,
      eventUs: 0,
    }));
    this.#perpetuals = rows.flatMap(({ venue }, row) => (venue.isPerpetual ? [row] : []));
    const column = (): Float64Array => new Float64Array(rows.length);
    this.bid = column();
    this.ask = column();
    this.last = column();
    this.mark = column();
    this.index = column();
  }

  /** What a start looks like: of every instrument its book, and what else there is of it. */
  begin(): VenueEvent[] {
    return this.#spoken.flatMap((spoken, row) => {
      const events: VenueEvent[] = [this.#snapshot(row, spoken)];
      if (spoken.venue.hasQuotes) events.push(this.#quote(row, spoken));
      events.push(this.#trade(row, spoken));
      if (spoken.venue.isPerpetual) events.push(this.#mark(row, spoken));
      return events;
    });
  }

  /** Of receipt, of the newest event. */
  get nowUs(): TimeUs {
    return this.#nowUs as TimeUs;
  }

  /** The best bid that the depth of an instrument says; the best ask is a tick above. */
  bookBid(row: number): number {
    const { bookTick, tick } = this.#spoken[row];
    return bookTick * tick;
  }

  /** The next `count` events. */
  take(count: number): VenueEvent[] {
    const events: VenueEvent[] = [];
    while (events.length < count) events.push(this.#next());
    return events;
  }

  #next(): VenueEvent {
    const random = this.#random;
    this.#nowUs += 1 + random.below(2 * BETWEEN_US - 1);
    if (this.#nowUs >= this.#markUs) return this.#nextMark();
    const market = this.#chooser.draw(random);
    const row = market * this.#venues + random.below(this.#venues);
    const spoken = this.#spoken[row];
    if (random.oneIn(3)) this.#walk(market);
    const kind = random.below(100);
    if (kind < TRADES) return this.#trade(row, spoken);
    if (kind < TRADES + DEPTHS) return this.#depth(row, spoken, 1 + random.below(CHANGED_MAX));
    if (spoken.venue.hasQuotes) return this.#quote(row, spoken);
    return this.#depth(row, spoken, 1 + random.below(CHANGED_SMALL));
  }

  /** One perpetual after the other. */
  #nextMark(): VenueEvent {
    const row = this.#perpetuals[this.#markNext];
    this.#markNext = (this.#markNext + 1) % this.#perpetuals.length;
    this.#markUs = this.#nowUs + MARK_EVERY_US / this.#perpetuals.length;
    return this.#mark(row, this.#spoken[row]);
  }

  /** By a tick, and never further than 3 % from where it began. */
  #walk(market: number): void {
    const home = this.#home[market];
    const away = this.#price[market] - home;
    const isFar = Math.abs(away) * 100 > 3 * home;
    this.#price[market] += isFar ? -Math.sign(away) : this.#random.oneIn(2) ? 1 : -1;
  }

  #heard(row: number, spoken: Spoken) {
    const sentUs = this.#nowUs - spoken.delayUs - this.#random.below(2000);
    if (sentUs > spoken.eventUs) spoken.eventUs = sentUs;
    return {
      instrument: row as InstrumentRow,
      eventUs: spoken.eventUs as TimeUs,
      receivedUs: this.#nowUs as TimeUs,
    };
  }

  #tickOf({ market, venue }: Spoken): number {
    return this.#price[market] + venue.offset;
  }

  #size({ lot }: Spoken): number {
    return lot * (1 + this.#random.below(1000));
  }

  #quote(row: number, spoken: Spoken): VenueEvent {
    const bid = this.#tickOf(spoken) * spoken.tick;
    const ask = bid + spoken.tick;
    this.bid[row] = bid;
    this.ask[row] = ask;
    const { instrument, eventUs, receivedUs } = this.#heard(row, spoken);
    return {
      kind: 'quote',
      instrument,
      eventUs,
      receivedUs,
      updateId: this.#id++,
      bid,
      bidSize: this.#size(spoken),
      ask,
      askSize: this.#size(spoken),
    };
  }

  #trade(row: number, spoken: Spoken): TradeEvent {
    const isBuy = this.#random.oneIn(2);
    const price = (this.#tickOf(spoken) + (isBuy ? 1 : 0)) * spoken.tick;
    this.last[row] = price;
    const { instrument, eventUs, receivedUs } = this.#heard(row, spoken);
    return {
      kind: 'trade',
      instrument,
      eventUs,
      receivedUs,
      id: String(this.#id++),
      price,
      size: this.#size(spoken),
      taker: isBuy ? 'buy' : 'sell',
    };
  }

  #mark(row: number, spoken: Spoken): VenueMarkEvent {
    const mark = this.#tickOf(spoken) * spoken.tick;
    const index = this.#price[spoken.market] * spoken.tick;
    this.mark[row] = mark;
    this.index[row] = index;
    const { instrument, eventUs, receivedUs } = this.#heard(row, spoken);
    return {
      kind: 'mark',
      instrument,
      eventUs,
      receivedUs,
      mark,
      index,
      fundingRate: 100_000_000,
      nextFundingUs: (Math.ceil(receivedUs / INTERVAL_US) * INTERVAL_US) as TimeUs,
      openInterest: null,
    };
  }

  #snapshot(row: number, spoken: Spoken): SnapshotEvent {
    const { tick } = spoken;
    const best = this.#tickOf(spoken);
    const bids: number[] = [];
    const asks: number[] = [];
    for (let rank = 0; rank < LEVELS; rank++) {
      bids.push((best - rank) * tick, this.#size(spoken));
      asks.push((best + 1 + rank) * tick, this.#size(spoken));
    }
    spoken.bookTick = best;
    this.#says(row, spoken);
    const { instrument, eventUs, receivedUs } = this.#heard(row, spoken);
    return { kind: 'snapshot', instrument, eventUs, receivedUs, last: spoken.lastId, bids, asks };
  }

  /**
   * The price moved from level to level, and about `changed` sizes of others with it, most of them near the best. Each level
   * once and in the order of price, as venues write them.
   */
  #depth(row: number, spoken: Spoken, changed: number): DepthEvent | SnapshotEvent {
    const best = this.#tickOf(spoken);
    const from = spoken.bookTick;
    if (Math.abs(best - from) >= LEVELS / 2) return this.#snapshot(row, spoken);
    const low = Math.min(from, best);
    const high = Math.max(from, best);
    const isUp = best > from;
    const bids: number[] = [];
    const asks: number[] = [];
    this.#moved(bids, spoken, low - LEVELS, high - LEVELS, !isUp);
    this.#changed(bids, spoken, low, high - LEVELS, changed >> 1);
    this.#moved(bids, spoken, low, high, isUp);
    this.#moved(asks, spoken, low, high, !isUp);
    this.#changed(asks, spoken, high + 1, low + LEVELS + 1, (changed + 1) >> 1);
    this.#moved(asks, spoken, low + LEVELS, high + LEVELS, isUp);
    this.levels += (bids.length + asks.length) / 2;
    spoken.bookTick = best;
    this.#says(row, spoken);
    const previous = spoken.lastId;
    spoken.lastId = this.#id++;
    const { instrument, eventUs, receivedUs } = this.#heard(row, spoken);
    return {
      kind: 'depth',
      instrument,
      eventUs,
      receivedUs,
      first: spoken.lastId,
      last: spoken.lastId,
      previous,
      bids,
      asks,
    };
  }

  /** The levels of ticks above `low` up to `high` come or go. */
  #moved(levels: number[], spoken: Spoken, low: number, high: number, isNew: boolean): void {
    for (let at = low + 1; at <= high; at++) levels.push(at * spoken.tick, isNew ? this.#size(spoken) : 0);
  }

  /** Other sizes at up to `count` ticks from `near` towards `end`, which is not among them; the lowest first. */
  #changed(levels: number[], spoken: Spoken, near: number, end: number, count: number): void {
    const isDown = end < near;
    let before = isDown ? end : near - 1;
    for (let at = 0; at < count; at++) {
      const share = ((isDown ? count - 1 - at : at) + this.#random.unit()) / count;
      const wanted = near + Math.trunc(share * share * (end - near));
      const tick = wanted > before ? wanted : before + 1;
      if (isDown ? tick > near : tick >= end) return;
      levels.push(tick * spoken.tick, this.#size(spoken));
      before = tick;
    }
  }

  #says(row: number, { venue, bookTick, tick }: Spoken): void {
    if (venue.hasQuotes) return;
    this.bid[row] = bookTick * tick;
    this.ask[row] = (bookTick + 1) * tick;
  }
}

function fineGrid(tick: string, lot: string): Grid {
  const grid = gridOf({ tick, lot, decimals: 6 });
  if (!isGrid(grid)) throw new RangeError(grid.problem);
  return grid;
}

/** Spot makes the index; the first venue is the market's own, the other perpetuals are witnesses. */
function pricedMarket(name: string, market: number, grid: Grid, venues: readonly SimVenue[]): PricedMarket {
  const sourceOf = (venue: SimVenue): PriceSource => ({
    instrument: (market * venues.length + venues.indexOf(venue)) as InstrumentRow,
    part: 'mid',
    weight: venue.name === 'binance-spot' ? 3 : 2,
    isOwn: venue === venues[0],
  });
  const spot = venues.filter(({ isPerpetual }) => !isPerpetual);
  const sources = (spot.length === 0 ? venues : spot).map(sourceOf);
  return {
    ...DEFAULT_MARKET,
    name,
    grid,
    own: sourceOf(venues[0]).instrument,
    sources,
    perps: venues.filter(({ isPerpetual }, at) => isPerpetual && at > 0).map(sourceOf),
    index: { ...DEFAULT_INDEX_RULES, sourcesMin: Math.min(3, sources.length) },
    mark: RULES[market % RULES.length],
  };
}
