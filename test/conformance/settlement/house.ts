/**
 * A real engine, spoken to in decimals: markets, accounts, fills, funding, and what each bucket then is. Everything that it does is a
 * command; one that is refused is an error of the test.
 */
import { Engine } from '../../../src/core/engine/engine.ts';
import type { TierInput } from '../../../src/core/calculator/input.ts';
import { valueWide, type BucketValue } from '../../../src/core/margin/valuation-wide.ts';
import {
  gridOf,
  isGrid,
  lotsFromText,
  markFromText,
  moneyFromText,
  priceFromText,
  type Grid,
} from '../../../src/core/num/grid.ts';
import { div, floor, fraction, mul, parseRational, type Rational } from '../../../src/core/num/rational.ts';
import { FUNDING_SCALE, type MarketRow, type Rate } from '../../../src/core/num/units.ts';
import {
  Form,
  Kind,
  Leg,
  MarginBasis,
  OrderMargin,
  type Command,
  type Tier,
} from '../../../src/core/schema/commands.ts';
import { DEFAULT_LEVELS } from '../../../src/core/schema/levels.ts';
import { REASON_NAMES, Reason } from '../../../src/core/schema/reasons.ts';
import { placeOf } from '../../../src/core/state/buckets.ts';
import type { TakeoverTerms } from '../../../src/core/liquidation/takeover-price.ts';

const ONE: Rate = { num: 1, den: 1 };
const NONE: Rate = { num: 0, den: 1 };
const PRICE_MAX = 2 ** 30;

export interface HouseMarket {
  readonly name: string;
  readonly kind: 'linear' | 'inverse';
  /** Marks lie on the grid of prices in an inverse market. */
  readonly tick: string;
  readonly lot: string;
  /** Of one unit of size: 1 in a linear market, whose sizes are in the coin. */
  readonly contractValue: string;
  readonly tiers: readonly TierInput[];
}

export class House {
  readonly engine = new Engine();
  readonly #decimals: number;
  readonly #names: string[] = [];
  readonly #markets: HouseMarket[] = [];
  readonly #grids: Grid[] = [];
  #accounts = 0;

  constructor(decimals: number) {
    this.#decimals = decimals;
    this.#do({
      kind: Kind.settings,
      rules: 1,
      asset: 'MONEY',
      decimals,
      inclusive: false,
      levels: DEFAULT_LEVELS,
    });
  }

  list(market: HouseMarket): void {
    const isInverse = market.kind === 'inverse';
    const spec = { tick: market.tick, lot: market.lot, decimals: this.#decimals };
    const grid = gridOf(isInverse ? { ...spec, markTick: market.tick } : spec);
    if (!isGrid(grid)) throw new Error(grid.problem);
    const tiers = market.tiers.map(({ floor, mmr, imr, maintenanceFraction }): Tier => {
      const initial = parseRational(imr ?? mmr!)!;
      const maintenance =
        mmr === undefined ? mul(initial, parseRational(maintenanceFraction!)!) : parseRational(mmr)!;
      return { floor: moneyFromText(floor, this.#decimals)!, mmr: rateOf(maintenance), imr: rateOf(initial) };
    });
    this.#do({
      kind: Kind.market,
      name: market.name,
      tick: grid.tick,
      lot: grid.lot,
      markTick: grid.markTick,
      markUnit: isInverse ? 1 : grid.markUnit,
      tickUnit: isInverse ? ONE : grid.tickUnit,
      tiers,
      closeFee: NONE,
      basis: MarginBasis.mark,
      orderMargin: OrderMargin.none,
      orderRate: NONE,
    });
    if (isInverse) {
      const ofLot = mul(parseRational(market.lot)!, parseRational(market.contractValue)!);
      const value = div(ofLot, parseRational(market.tick)!);
      this.#do({
        kind: Kind.contract,
        market: this.#names.length,
        form: Form.inverse,
        value: { num: Number(value.num), den: Number(value.den) },
        weight: ONE,
      });
    }
    this.#names.push(market.name);
    this.#markets.push(market);
    this.#grids.push(grid);
  }

  open(name: string): number {
    this.#do({ kind: Kind.account, name });
    return this.#accounts++;
  }

  mark(market: string, price: string): void {
    const row = this.#row(market);
    const mark = markFromText(price, this.#grids[row]);
    this.#do({ kind: Kind.marks, marks: [{ market: row, price: mark }], text: price });
  }

  deposit(account: number, amount: string): void {
    this.#do({
      kind: Kind.transfer,
      ...this.#cross(account, 0),
      amount: moneyFromText(amount, this.#decimals),
    });
  }

  /** Money units. */
  pay(from: number, to: number, amount: number): void {
    this.#do({ kind: Kind.transfer, ...this.#cross(from, 0), amount: -amount });
    this.#do({ kind: Kind.transfer, ...this.#cross(to, 0), amount });
  }

  /** The fee is in money and must be on its grid. */
  fill(account: number, market: string, size: string, price: string, fee: Rational): void {
    const row = this.#row(market);
    const grid = this.#grids[row];
    const money = mul(fee, { num: 10n ** BigInt(this.#decimals), den: 1n });
    if (money.den !== 1n) throw new Error('a fee that is not whole');
    this.fillTicks(account, row, lotsFromText(size, grid)!, priceFromText(price, grid)!, Number(money.num));
  }

  fillTicks(account: number, market: number, lots: number, price: number, fee: number): void {
    this.#do({ kind: Kind.fill, ...this.#cross(account, market), size: lots, price, fee });
  }

  /** The market's index rises by what one unit of size pays, as near as an index can say it. */
  fund(market: string, paid: Rational): void {
    const row = this.#row(market);
    const perLot = mul(paid, parseRational(this.#markets[row].lot)!);
    const units = mul(perLot, fraction(10n ** BigInt(this.#decimals) * BigInt(FUNDING_SCALE), 1n));
    const before = this.engine.book.markets.fundingIndex(row as MarketRow);
    this.#do({ kind: Kind.funding, market: row, index: before + Number(floor(units)) });
  }

  settle(account: number, market: string): void {
    this.#do({ kind: Kind.settle, ...this.#cross(account, this.#row(market)) });
  }

  /** The cross bucket. */
  bucket(account: number): BucketValue {
    const { book } = this.engine;
    return valueWide(book, book.findBucket(account, placeOf(false, 0, 0)));
  }

  money(units: bigint): Rational {
    return fraction(units, 10n ** BigInt(this.#decimals));
  }

  units(amount: string): number {
    return moneyFromText(amount, this.#decimals)!;
  }

  /** Size and entry price of a position, or zeros. */
  position(account: number, market: string): { size: Rational; entryPrice: Rational } {
    const row = this.#row(market);
    const { kind, lot, contractValue } = this.#markets[row];
    const held = this.bucket(account).positions.find((position) => position.market === row);
    if (held === undefined) return { size: fraction(0n, 1n), entryPrice: fraction(0n, 1n) };
    const sign = kind === 'inverse' ? -1n : 1n;
    const size = mul(fraction(sign * held.size, 1n), parseRational(lot)!);
    const contracts = mul(size, parseRational(contractValue)!);
    const cost = this.money(sign * held.cost);
    return { size, entryPrice: kind === 'inverse' ? div(contracts, cost) : div(cost, contracts) };
  }

  terms(market: number): TakeoverTerms {
    const { specs, terms } = this.engine.book.markets;
    const own = terms[market];
    const { num, den } = specs[market].tickUnit;
    return own === null
      ? { isInverse: false, num: BigInt(num), den: BigInt(den), priceMax: PRICE_MAX }
      : { isInverse: own.form === Form.inverse, num: own.tickNum, den: own.tickDen, priceMax: PRICE_MAX };
  }

  /** An order price in decimals. */
  price(market: number, ticks: number): Rational {
    return mul(fraction(BigInt(ticks), 1n), parseRational(this.#grids[market].tick)!);
  }

  #cross(account: number, market: number): object {
    return { account, market, leg: Leg.net, isolated: false };
  }

  #row(name: string): number {
    return this.#names.indexOf(name);
  }

  #do(fields: object): void {
    const { reason } = this.engine.apply({ timeUs: 0, origin: null, ...fields } as unknown as Command);
    if (reason !== Reason.accepted) throw new Error(`${REASON_NAMES[reason]}: ${JSON.stringify(fields)}`);
  }
}

function rateOf({ num, den }: Rational): Rate {
  return { num: Number(num), den: Number(den) };
}
