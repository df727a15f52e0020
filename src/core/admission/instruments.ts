/** What a market is to a gate beside its margin: what is said of it, the prices that orders are held against, and what a lot is worth. Columns by market row. */
import { PRICE_ABSENT } from '../gate/candidate.ts';
import { changeAtMark } from '../margin/at-mark.ts';
import { initialByTier, initialTable } from '../margin/initial-margin.ts';
import { lossBeyondMark } from '../margin/worst-case.ts';
import { widened } from '../num/columns.ts';
import { mulRateCeil } from '../num/exact.ts';
import { SAFE_MAX, type MarketRow, type Rate } from '../num/units.ts';
import { Form } from '../schema/commands.ts';
import type { ShortRule } from '../schema/gate-commands.ts';
import type { Book } from '../state/book.ts';
import { MARK_NONE } from '../state/markets.ts';
import { NameTable } from '../state/names.ts';
import { Bands } from './bands.ts';

// Constants of its own are compiled in; another module's, and those that it exports, are looked up at every turn.
const ABSENT = PRICE_ABSENT;
const MOST = SAFE_MAX;
const { collateral: FORM_COLLATERAL, linear: FORM_LINEAR, inverse: FORM_INVERSE } = Form;

export const NO_NAME = -1;
/** More than there can be. */
export const UNCOUNTABLE = Infinity;

/** By market: money units of a lot at a tick (NaN where it is not that simple), what sizes are multiplied by inside, closing fee, and initial rate up to a notional. */
const Term = {
  tick: 0,
  sign: 1,
  feeNum: 2,
  feeDen: 3,
  initialNum: 4,
  initialDen: 5,
  initialBelow: 6,
} as const;
const TERM_STRIDE = 8;
/** Before the first mark. */
const WORTHLESS = 0;

const TOO_MUCH = UNCOUNTABLE;
const NAMELESS = NO_NAME;

export class Instruments {
  count = 0;
  /** Money units of one lot at the mark, whatever the form. */
  worth = new Float64Array(16);
  /** In ticks of orders, rounded half-even; PRICE_ABSENT where there is none. */
  mark = new Float64Array(16);
  index = new Float64Array(16);
  last = new Float64Array(16);
  /** The index as it came. */
  indexTold = new Float64Array(16);
  short = new Uint8Array(16);
  restricted = new Uint8Array(16);
  /** Rows of `names`, or NO_NAME. */
  sector = new Int32Array(16).fill(NAMELESS);
  issuer = new Int32Array(16).fill(NAMELESS);
  /** Of sectors and issuers alike. */
  readonly names = new NameTable();
  terms = new Float64Array(16 * TERM_STRIDE);
  /** How often mark or terms changed, from 1: margins of then are those of now. */
  stamps = new Int32Array(16);
  readonly bands = new Bands();
  readonly #book: Book;
  readonly #initial: Float64Array[] = [];
  #tierChanges = 0;

  constructor(book: Book) {
    this.#book = book;
  }

  add(): void {
    const row = this.count++;
    if (row >= this.worth.length) this.#widen(row);
    this.bands.reserve(this.count);
    this.prepare(row);
  }

  describe(market: number, sector: string, issuer: string, short: ShortRule, restricted: boolean): void {
    this.sector[market] = this.#nameOf(sector);
    this.issuer[market] = this.#nameOf(issuer);
    this.short[market] = short;
    this.restricted[market] = restricted ? 1 : 0;
  }

  refer(market: number, index: number | null, last: number | null): void {
    this.indexTold[market] = index ?? ABSENT;
    this.index[market] = index === null ? ABSENT : this.#ticksOf(market, index);
    this.last[market] = last ?? ABSENT;
  }

  /** Takes the engine's mark; answers by how much the worth of a lot changed. */
  follow(market: number): number {
    const { markets } = this.#book;
    const told = markets.mark(market as MarketRow);
    const before = this.worth[market];
    const worth =
      told === MARK_NONE
        ? WORTHLESS
        : markets.markInside(market as MarketRow) * markets.unit(market as MarketRow);
    this.worth[market] = worth;
    this.bands.follow(market, worth);
    this.stamps[market]++;
    this.mark[market] = told === MARK_NONE ? ABSENT : this.#ticksOf(market, told);
    return worth - before;
  }

  isMarked(market: number): boolean {
    return this.worth[market] !== WORTHLESS;
  }

  /** Whether a lot at a tick is a whole number of money units, and gains as the mark does. */
  isLinear(market: number): boolean {
    return !Number.isNaN(this.terms[market * TERM_STRIDE + Term.tick]);
  }

  /** Money units of a lot at a tick, where that is linear. */
  tickWorth(market: number): number {
    return this.terms[market * TERM_STRIDE + Term.tick];
  }

  /** Whether it is an asset held as collateral, which nobody trades here. */
  isCollateral(market: number): boolean {
    return this.#book.markets.terms[market]?.form === FORM_COLLATERAL;
  }

  /** Takes over tiers that came into force since. */
  refresh(): void {
    const { tierChanges } = this.#book.markets;
    if (tierChanges === this.#tierChanges) return;
    this.#tierChanges = tierChanges;
    for (let market = 0; market < this.count; market++) this.prepare(market);
  }

  /** Takes over what the market is. */
  prepare(market: number): void {
    const { specs, terms } = this.#book.markets;
    const { tickUnit, closeFee, tiers } = specs[market];
    const f = market * TERM_STRIDE;
    this.stamps[market]++;
    this.bands.turn();
    const form = terms[market]?.form ?? FORM_LINEAR;
    this.terms[f + Term.tick] = form === FORM_LINEAR && tickUnit.den === 1 ? tickUnit.num : NaN;
    this.terms[f + Term.sign] = form === FORM_INVERSE ? -1 : 1;
    this.terms[f + Term.feeNum] = closeFee.num;
    this.terms[f + Term.feeDen] = closeFee.den;
    this.terms[f + Term.initialNum] = tiers[0].imr.num;
    this.terms[f + Term.initialDen] = tiers[0].imr.den;
    this.terms[f + Term.initialBelow] = tiers.length > 1 ? tiers[1].floor : Infinity;
    this.#initial[market] = initialTable(tiers);
  }

  /** Of `notional` money units, up. As of the last `refresh`. */
  initialMargin(market: number, notional: number): number {
    const f = market * TERM_STRIDE;
    const product = notional * this.terms[f + Term.initialNum];
    return notional < this.terms[f + Term.initialBelow] && product <= MOST
      ? Math.ceil(product / this.terms[f + Term.initialDen])
      : initialByTier(this.#initial[market], notional);
  }

  /** Closing fee on a value, up. */
  feeOf(market: number, value: number): number {
    const f = market * TERM_STRIDE;
    const num = this.terms[f + Term.feeNum];
    return num === 0 ? 0 : mulRateCeil(value, num, this.terms[f + Term.feeDen]);
  }

  /** What `lots` > 0 are worth at an order price, money units, up; UNCOUNTABLE past 2^53. */
  valueAt(market: number, lots: number, price: number): number {
    const plain = lots * price * this.terms[market * TERM_STRIDE + Term.tick];
    return plain <= MOST ? plain : this.#valueOf(market, lots, price);
  }

  /** What a trade of `lots` at `price` loses against the mark at once, rounded as it is booked; never less than 0. */
  lossOf(market: number, isBid: boolean, lots: number, price: number): number {
    const notional = lots * this.worth[market];
    const plain = lots * price * this.terms[market * TERM_STRIDE + Term.tick];
    if (plain <= MOST) return Math.max(0, isBid ? plain - notional : notional - plain);
    const { markets } = this.#book;
    return Math.max(0, changeAtMark(markets, market as MarketRow, isBid, lots, price, notional));
  }

  /** What bids that are worth `worth` together cost beyond the mark, or asks under it; of inverse markets the other way round. */
  lossBeyond(market: number, isBid: boolean, worth: number, lots: number): number {
    const sign = this.terms[market * TERM_STRIDE + Term.sign] === 1 ? 1 : -1;
    return lossBeyondMark(sign, isBid, worth, lots * this.worth[market]);
  }

  #widen(row: number): void {
    const length = 2 * row;
    this.terms = widened(this.terms, length * TERM_STRIDE);
    this.stamps = widened(this.stamps, length);
    this.worth = widened(this.worth, length);
    this.mark = widened(this.mark, length);
    this.index = widened(this.index, length);
    this.last = widened(this.last, length);
    this.indexTold = widened(this.indexTold, length);
    this.short = widened(this.short, length);
    this.restricted = widened(this.restricted, length);
    this.sector = widened(this.sector, length);
    this.sector.fill(NAMELESS, row);
    this.issuer = widened(this.issuer, length);
    this.issuer.fill(NAMELESS, row);
  }

  #valueOf(market: number, lots: number, price: number): number {
    return this.#book.markets.valueAt(market as MarketRow, lots, price) ?? TOO_MUCH;
  }

  #nameOf(text: string): number {
    if (text === '') return NAMELESS;
    const row = this.names.find(text);
    return row >= 0 ? row : this.names.add(text);
  }

  /** A price in mark ticks in ticks of orders, half to even. */
  #ticksOf(market: number, price: number): number {
    const { markUnit, tickUnit } = this.#book.markets.specs[market];
    const top = price * markUnit * tickUnit.den;
    if (!Number.isSafeInteger(top)) return ticksWide(price, markUnit, tickUnit);
    const floor = Math.floor(top / tickUnit.num);
    const rest = 2 * (top - floor * tickUnit.num);
    return rest > tickUnit.num || (rest === tickUnit.num && floor % 2 === 1) ? floor + 1 : floor;
  }
}

function ticksWide(price: number, markUnit: number, { num, den }: Rate): number {
  const top = BigInt(price) * BigInt(markUnit) * BigInt(den);
  const bottom = BigInt(num);
  const floor = top / bottom;
  const rest = 2n * (top - floor * bottom);
  return Number(rest > bottom || (rest === bottom && floor % 2n === 1n) ? floor + 1n : floor);
}
