/** What a market is to a gate beside its margin: what is said of it, the prices that orders are held against, and what a lot is worth. Columns by market row. */
import { PRICE_ABSENT } from '../gate/candidate.ts';
import { changeAtMark } from '../margin/at-mark.ts';
import { initialByTier, initialTable } from '../margin/initial-margin.ts';
import { lossBeyondMark } from '../margin/worst-case.ts';
import { widened } from '../num/columns.ts';
import type { MarketRow, Rate } from '../num/units.ts';
import { Form, type Tier } from '../schema/commands.ts';
import type { ShortRule } from '../schema/gate-commands.ts';
import type { Book } from '../state/book.ts';
import { MARK_NONE } from '../state/markets.ts';
import { NameTable } from '../state/names.ts';

export const NO_NAME = -1;
/** Before the first mark. */
const WORTHLESS = 0;

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
  sector = new Int32Array(16).fill(NO_NAME);
  issuer = new Int32Array(16).fill(NO_NAME);
  /** Of sectors and issuers alike. */
  readonly names = new NameTable();
  readonly #book: Book;
  /** By market: tiers, and what was made of them. */
  readonly #tiers: (readonly Tier[])[] = [];
  readonly #initial: Float64Array[] = [];

  constructor(book: Book) {
    this.#book = book;
  }

  add(): void {
    const row = this.count++;
    this.#tiers.push([]);
    this.#initial.push(new Float64Array(0));
    if (row < this.worth.length) return;
    const length = 2 * row;
    this.worth = widened(this.worth, length);
    this.mark = widened(this.mark, length);
    this.index = widened(this.index, length);
    this.last = widened(this.last, length);
    this.indexTold = widened(this.indexTold, length);
    this.short = widened(this.short, length);
    this.restricted = widened(this.restricted, length);
    this.sector = widened(this.sector, length);
    this.sector.fill(NO_NAME, row);
    this.issuer = widened(this.issuer, length);
    this.issuer.fill(NO_NAME, row);
  }

  describe(market: number, sector: string, issuer: string, short: ShortRule, restricted: boolean): void {
    this.sector[market] = this.#nameOf(sector);
    this.issuer[market] = this.#nameOf(issuer);
    this.short[market] = short;
    this.restricted[market] = restricted ? 1 : 0;
  }

  refer(market: number, index: number | null, last: number | null): void {
    this.indexTold[market] = index ?? PRICE_ABSENT;
    this.index[market] = index === null ? PRICE_ABSENT : this.#ticksOf(market, index);
    this.last[market] = last ?? PRICE_ABSENT;
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
    this.mark[market] = told === MARK_NONE ? PRICE_ABSENT : this.#ticksOf(market, told);
    return worth - before;
  }

  isMarked(market: number): boolean {
    return this.worth[market] !== WORTHLESS;
  }

  /** Whether it is an asset held as collateral, which nobody trades here. */
  isCollateral(market: number): boolean {
    return this.#book.markets.terms[market]?.form === Form.collateral;
  }

  initialMargin(market: number, notional: number): number {
    const { tiers } = this.#book.markets.specs[market];
    if (tiers !== this.#tiers[market]) {
      this.#tiers[market] = tiers;
      this.#initial[market] = initialTable(tiers);
    }
    return initialByTier(this.#initial[market], notional);
  }

  closeFee(market: number): Rate {
    return this.#book.markets.specs[market].closeFee;
  }

  /** What `lots` > 0 are worth at an order price, money units, up; null past 2^53. */
  valueAt(market: number, lots: number, price: number): number | null {
    return this.#book.markets.valueAt(market as MarketRow, lots, price);
  }

  /** What a trade of `lots` at `price` loses against the mark at once, rounded as it is booked; never less than 0. */
  lossOf(market: number, isBid: boolean, lots: number, price: number): number {
    const { markets } = this.#book;
    const notional = lots * this.worth[market];
    return Math.max(0, changeAtMark(markets, market as MarketRow, isBid, lots, price, notional));
  }

  /** What bids that are worth `worth` together cost beyond the mark, or asks under it; of inverse markets the other way round. */
  lossBeyond(market: number, isBid: boolean, worth: number, lots: number): number {
    const sign = this.#book.markets.sign(market as MarketRow);
    return lossBeyondMark(sign, isBid, worth, lots * this.worth[market]);
  }

  #nameOf(text: string): number {
    if (text === '') return NO_NAME;
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
