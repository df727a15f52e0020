/** A market that is traded: its rules, its book, its state, and what orders are checked against, prepared from both. */
import { notionalAtMark } from '../margin/at-mark.ts';
import { initialByTier, initialTable } from '../margin/initial-margin.ts';
import type { MarketRow, PriceTicks, Rate } from '../num/units.ts';
import { OrderMargin, type Tier } from '../schema/commands.ts';
import { MarketState } from '../schema/orders.ts';
import type { TakeoverTerms } from '../liquidation/takeover-price.ts';
import type { ListingCommand } from '../schema/venue-commands.ts';
import type { Book } from '../state/book.ts';
import type { OrderBook } from '../matching/order-book.ts';

// Constants of its own are compiled in; another module's, and those that it exports, are looked up at every turn.
const { active: ACTIVE, reduce_only: REDUCE_ONLY } = MarketState;

export type ListingRules = Omit<ListingCommand, 'kind' | 'timeUs' | 'origin'>;

export const BAND_NONE = 0;
export const PRICE_UNKNOWN = 0;

export class Listing {
  rules: ListingRules;
  readonly market: MarketRow;
  readonly book: OrderBook;
  state: MarketState = MarketState.active;
  /** Prices beyond which no order is taken, from `bands`; BAND_NONE where there is no such limit. */
  low = BAND_NONE;
  high = BAND_NONE;
  /** Of the last trade, ticks; PRICE_UNKNOWN before the first. */
  last = PRICE_UNKNOWN;
  /** Whether resting orders are part of maintenance: they are stated to the engine then. */
  readonly charges: boolean;
  /** Lots of all long positions. */
  openInterest = 0;
  /** Of the largest position there can be: rules that allow less leave those of before, and orders for such. */
  lotsMax: number;
  /** Where the mark stood when the window of the move breaker began, and when that was. */
  windowMark = 0;
  windowUs = 0;
  /** Funding that settlements rounded away, in parts of FUNDING_SCALE of a money unit: under one unit. */
  dust = 0;
  readonly #book: Book;
  #edges = [0, 0, 0, 0];
  #edgesMark = -1;
  #edgesRules: ListingRules | null = null;
  #tiers: readonly Tier[] = [];
  #initial = new Float64Array(0);

  constructor(book: Book, rules: ListingRules, orders: OrderBook) {
    this.#book = book;
    this.rules = rules;
    this.market = rules.market;
    this.lotsMax = rules.positionMax;
    this.book = orders;
    this.charges = book.markets.specs[rules.market].orderMargin !== OrderMargin.none;
  }

  /** What `lotsMax` is under other rules. */
  lotsUnder({ positionMax }: ListingRules): number {
    return this.openInterest === 0 && this.book.count === 0
      ? positionMax
      : Math.max(positionMax, this.lotsMax);
  }

  restate(rules: ListingRules): void {
    this.lotsMax = this.lotsUnder(rules);
    this.rules = rules;
  }

  /** Whether orders trade: they do not while it is halted, nor after its settlement. */
  get isTrading(): boolean {
    return this.state === ACTIVE || this.state === REDUCE_ONLY;
  }

  /** What a lot is worth at an order price, for close-outs. */
  get terms(): TakeoverTerms {
    const { priceMax } = this.rules;
    const terms = this.#book.markets.terms[this.market];
    if (terms !== null)
      return { isInverse: terms.sign === -1, num: terms.tickNum, den: terms.tickDen, priceMax };
    const { num, den } = this.#book.markets.specs[this.market].tickUnit;
    return { isInverse: false, num: BigInt(num), den: BigInt(den), priceMax };
  }

  /** At the mark. */
  notional(lots: number): number {
    return notionalAtMark(this.#book.markets, this.market, lots);
  }

  /** Money units that `lots` are worth at an order price, rounded up: exact where a lot at a tick is a whole number of them. */
  worth(lots: number, price: number): number | null {
    const worth = this.#book.markets.valueAt(this.market, lots, price);
    return worth === null ? null : Math.abs(worth);
  }

  /** Lowest and highest price of market orders, and of limit orders that go through the mark: exact, in whole ticks towards the mark. */
  get collarLow(): PriceTicks {
    return this.#edge(0);
  }

  get collarHigh(): PriceTicks {
    return this.#edge(1);
  }

  get bandLow(): PriceTicks {
    return this.#edge(2);
  }

  get bandHigh(): PriceTicks {
    return this.#edge(3);
  }

  /** Initial margin of `notional` money units: the larger of the tier's rate and one over the leverage, rounded up. */
  initialMargin(notional: number, leverage: number): number {
    const { tiers } = this.#book.markets.specs[this.market];
    if (tiers !== this.#tiers) this.#prepare(tiers);
    const byTier = initialByTier(this.#initial, notional);
    const byLeverage = Math.ceil(notional / leverage);
    return byTier > byLeverage ? byTier : byLeverage;
  }

  #edge(which: number): PriceTicks {
    const told = this.#book.markets.mark(this.market);
    if (told !== this.#edgesMark || this.rules !== this.#edgesRules) this.#refresh(told);
    return this.#edges[which] as PriceTicks;
  }

  #refresh(told: number): void {
    this.#edgesMark = told;
    this.#edgesRules = this.rules;
    const { markUnit, tickUnit } = this.#book.markets.specs[this.market];
    const num = BigInt(told) * BigInt(markUnit) * BigInt(tickUnit.den);
    const den = BigInt(tickUnit.num);
    const { collar, band, priceMax } = this.rules;
    const edge = (rate: Rate, sign: bigint): number => {
      const top = num * (BigInt(rate.den) + sign * BigInt(rate.num));
      const bottom = den * BigInt(rate.den);
      const ticks = sign > 0n ? top / bottom : (top + bottom - 1n) / bottom;
      return Math.max(1, Math.min(Number(ticks), priceMax));
    };
    this.#edges = [edge(collar, -1n), edge(collar, 1n), edge(band, -1n), edge(band, 1n)];
  }

  #prepare(tiers: readonly Tier[]): void {
    this.#tiers = tiers;
    this.#initial = initialTable(tiers);
  }
}
