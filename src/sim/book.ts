/**
 * A seeded book: an exchange's accounts and positions as the commands that build them. Settings, markets, their first
 * marks, then one transaction an account. `describeBook` says what is drawn from what.
 *
 * The commands of accounts are **the same objects filled again**: one is valid until the next is asked for. That is what
 * makes millions of accounts a matter of seconds; whoever keeps commands encodes them or uses `structuredClone`.
 *
 * Whole numbers come from doubles by `Math.floor` of products and quotients, so the same options give the same book to
 * the byte on every machine.
 */
import {
  SAFE_MAX,
  type AccountRow,
  type MarketRow,
  type PriceTicks,
  type QuoteMicros,
  type SizeLots,
  type TimeUs,
} from '../core/num/units.ts';
import {
  Kind,
  Leg,
  OrderMargin,
  type AccountCommand,
  type CollateralCommand,
  type Command,
  type MarketCommand,
  type OrderCommand,
  type PositionCommand,
  type TransactionCommand,
} from '../core/schema/commands.ts';
import { DEFAULT_LEVELS, type LevelSettings } from '../core/schema/levels.ts';
import { marketCommandOf } from '../io/ingest/market-spec.ts';
import { logUniform } from './log-uniform.ts';
import { simMarkets, type SimMarket } from './markets.ts';
import { Chooser, type Popularity } from './popularity.ts';
import { Random } from './random.ts';

/** How leverage is spread: `spread` to 30x within what initial margin allows, `edge` to 125x and a little past maintenance. */
export type BookShape = 'spread' | 'edge';

export interface BookOptions {
  readonly accounts: number;
  readonly seed: number;
  readonly book: BookShape;
  readonly popularity: Popularity;
  /** From 1 to 8; the number of an account's markets is 1 + binomial(7). Absent: 3. */
  readonly positionsPerAccountMean?: number;
  /** Absent: USDT with 6 decimals. Known prices need at least 6. */
  readonly asset?: string;
  readonly decimals?: number;
  readonly inclusive?: boolean;
  readonly levels?: LevelSettings;
  /** The time of the settings; each later command is 1 µs after the one before. Absent: 2024-08-09. */
  readonly startUs?: TimeUs;
}

/** Every number that shapes a book, in one place, so that `describeBook` cannot say another. */
export const BOOK = {
  leverageMax: { spread: 30, edge: 125 },
  /** At `edge`, leverage goes to what this share of maintenance would allow: a little beyond liquidation. */
  edgeShare: 0.95,
  /** Gross notional of an account in whole units of the asset, log-uniform. */
  grossMin: 50,
  grossMax: 5_000_000,
  marketsMax: 8,
  isolatedOneIn: 10,
  hedgeAccountOneIn: 20,
  dustOneIn: 20,
  dustLotsMax: 3,
  ordersOneIn: 5,
  ordersMax: 3,
  /** Entry prices lie within this of the mark, and within half of what the leverage can bear. */
  scatter: 0.03,
  orderDistance: 0.05,
} as const;

const ENTRIES_MAX = 2 * BOOK.marketsMax;
const START_US = 1723161600000000 as TimeUs;

/** The book over simulated markets, BTCUSDT first. */
export function generateBook(
  options: BookOptions & { readonly markets: number },
): Generator<Command, void, undefined> {
  return bookForMarkets(simMarkets(options.markets, options.seed, options.decimals ?? 6), options);
}

/** The book over given markets at given marks: those of a capture, say, so that its prices meet accounts. */
export function* bookForMarkets(
  markets: readonly SimMarket[],
  options: BookOptions,
): Generator<Command, void, undefined> {
  const { book, seed, accounts } = options;
  const mean = options.positionsPerAccountMean ?? 3;
  const decimals = options.decimals ?? 6;
  if (markets.length === 0) throw new RangeError('a book needs a market');
  if (!(mean >= 1 && mean <= BOOK.marketsMax))
    throw new RangeError(`positions an account are 1 to ${BOOK.marketsMax} in the mean, not ${mean}`);
  let timeUs: number = options.startUs ?? START_US;
  yield {
    kind: Kind.settings,
    timeUs: timeUs as TimeUs,
    origin: null,
    rules: 1,
    asset: options.asset ?? 'USDT',
    decimals,
    inclusive: options.inclusive ?? false,
    levels: options.levels ?? DEFAULT_LEVELS,
  };
  const definitions = markets.map(({ spec }) => marketCommandOf(spec, decimals, ++timeUs as TimeUs));
  yield* definitions;
  yield {
    kind: Kind.marks,
    timeUs: ++timeUs as TimeUs,
    origin: null,
    text: '',
    marks: markets.map(({ mark }, row) => ({ market: row as MarketRow, price: mark })),
  };

  const random = new Random(seed, 2);
  const chooser = new Chooser(markets.length, options.popularity);
  const counts = countTable(mean, Math.min(BOOK.marketsMax, markets.length));
  const lotValues = markets.map(({ mark }, row) => mark * definitions[row].markUnit);
  const schedules = definitions.map((definition) => scheduleOf(definition, book));
  const rows = new RowPool();
  const unit = 10 ** decimals;
  const grossMax = Math.min(BOOK.grossMax * unit, SAFE_MAX / 1024);
  const leverageMax = BOOK.leverageMax[book];

  // The entries (positions) of one account, as columns.
  const market = new Uint32Array(ENTRIES_MAX);
  const size = new Float64Array(ENTRIES_MAX);
  const required = new Float64Array(ENTRIES_MAX);
  const isolated = new Uint8Array(ENTRIES_MAX);
  const leg = new Uint8Array(ENTRIES_MAX);
  const share = new Float64Array(BOOK.marketsMax);

  for (let account = 0; account < accounts; account++) {
    const held = drawCount(counts, random);
    const hedges = random.oneIn(BOOK.hedgeAccountOneIn);
    const gross = logUniform(random, BOOK.grossMin * unit, grossMax);
    let shares = 0;
    for (let index = 0; index < held; index++) {
      share[index] = random.between(0.2, 1.2);
      shares += share[index];
    }

    // Which positions, in which sizes.
    let entries = 0;
    let crossNotional = 0;
    let crossRequired = 0;
    for (let index = 0; index < held; index++) {
      let row = chooser.draw(random);
      while (includes(market, entries, row)) row = (row + 1) % markets.length;
      const wanted = Math.floor((gross * share[index]) / shares / lotValues[row]);
      const lots = wanted < 1 || random.oneIn(BOOK.dustOneIn) ? 1 + random.below(BOOK.dustLotsMax) : wanted;
      const alone = random.oneIn(BOOK.isolatedOneIn);
      const long = random.oneIn(2);
      const legs = hedges && index === 0 ? 2 : 1;
      for (let side = 0; side < legs; side++) {
        const buys = long === (side === 0);
        const amount = side === 0 ? lots : 1 + random.below(lots);
        market[entries] = row;
        size[entries] = buys ? amount : -amount;
        leg[entries] = hedges ? (buys ? Leg.long : Leg.short) : Leg.net;
        isolated[entries] = alone ? 1 : 0;
        const notional = amount * lotValues[row];
        required[entries] = requirement(schedules[row], notional);
        if (!alone) {
          crossNotional += notional;
          crossRequired += required[entries];
        }
        entries++;
      }
    }

    // What the account puts behind them, and at which prices it entered.
    rows.clear();
    const now = ++timeUs as TimeUs;
    const opened = rows.account(now);
    opened.name = `account-${account + 1}`;
    const leverage = drawLeverage(random, crossNotional, crossRequired, leverageMax);
    const crossEquity =
      crossNotional === 0 ? Math.floor(gross / leverage) : Math.floor(crossNotional / leverage);
    const crossCollateral = rows.collateral(now, account, 0, Leg.net, false);
    let crossProfit = 0;
    for (let entry = 0; entry < entries; entry++) {
      const row = market[entry];
      const value = size[entry] * lotValues[row];
      const notional = value < 0 ? -value : value;
      const alone = isolated[entry] === 1;
      const own = alone ? drawLeverage(random, notional, required[entry], leverageMax) : leverage;
      const scatter = 0.5 / own < BOOK.scatter ? 0.5 / own : BOOK.scatter;
      const cost = Math.floor(value * (1 + random.between(-scatter, scatter)));
      if (alone)
        rows.collateral(now, account, row, leg[entry], true).amount = (Math.floor(notional / own) -
          value +
          cost) as QuoteMicros;
      else crossProfit += value - cost;
      const position = rows.position(now, account, row, leg[entry], alone);
      position.size = size[entry] as SizeLots;
      position.costBasis = cost as QuoteMicros;
    }
    crossCollateral.amount = (crossEquity - crossProfit) as QuoteMicros;

    if (random.oneIn(BOOK.ordersOneIn)) {
      const row = market[0];
      const { num, den } = definitions[row].tickUnit;
      const ticks = (lotValues[row] / num) * den;
      const orders = 1 + random.below(BOOK.ordersMax);
      for (let id = 1; id <= orders; id++) {
        const order = rows.order(now, account, row, leg[0], isolated[0] === 1);
        const most = Math.floor((size[0] < 0 ? -size[0] : size[0]) / 5);
        const lots = 1 + random.below(most + 1);
        order.id = id;
        order.size = (random.oneIn(2) ? lots : -lots) as SizeLots;
        const price = Math.floor(ticks * (1 + random.between(-BOOK.orderDistance, BOOK.orderDistance)));
        order.price = (price < 1 ? 1 : price) as PriceTicks;
      }
    }
    yield rows.transaction(now);
  }
}

/**
 * Log-uniform from 1 to the most the margin requirement allows (`required` of `notional`), or to `max` if that is less.
 * A requirement of the whole notional or more allows 1.
 */
function drawLeverage(random: Random, notional: number, required: number, max: number): number {
  const allowed = required <= 0 ? max : notional / required;
  return logUniform(random, 1, allowed < 1 ? 1 : allowed < max ? allowed : max);
}

/** Rates and deductions by tier: of initial margin for `spread`, of a share of maintenance (close fee included) for `edge`. */
interface Schedule {
  readonly floors: Float64Array;
  readonly rates: Float64Array;
  readonly cuts: Float64Array;
}

function scheduleOf({ tiers, closeFee, orderMargin, orderRate }: MarketCommand, book: BookShape): Schedule {
  const floors = Float64Array.from(tiers, (tier) => tier.floor);
  const extra =
    closeFee.num / closeFee.den + (orderMargin === OrderMargin.none ? 0 : orderRate.num / orderRate.den);
  const rates = Float64Array.from(tiers, ({ imr, mmr }) =>
    book === 'spread' ? imr.num / imr.den : BOOK.edgeShare * (mmr.num / mmr.den + extra),
  );
  const cuts = new Float64Array(tiers.length);
  if (book === 'edge')
    for (let tier = 1; tier < cuts.length; tier++)
      cuts[tier] = cuts[tier - 1] + floors[tier] * (rates[tier] - rates[tier - 1]);
  return { floors, rates, cuts };
}

function requirement({ floors, rates, cuts }: Schedule, notional: number): number {
  let tier = floors.length - 1;
  while (floors[tier] > notional) tier--;
  return notional * rates[tier] - cuts[tier];
}

/** Cumulated chances of 1, 2, … markets: 1 + binomial(most - 1), its mean as near to `mean` as `most` allows. */
function countTable(mean: number, most: number): Float64Array {
  const table = new Float64Array(most).fill(1);
  const trials = most - 1;
  const chance = trials === 0 ? 0 : Math.min(1, (mean - 1) / trials);
  let sum = 0;
  for (let successes = 0; successes < trials; successes++) {
    let term = 1;
    for (let k = 0; k < successes; k++) term *= (chance * (trials - k)) / (k + 1);
    for (let k = successes; k < trials; k++) term *= 1 - chance;
    sum += term;
    table[successes] = sum;
  }
  return table;
}

function drawCount(table: Float64Array, random: Random): number {
  const unit = random.unit();
  let index = 0;
  while (index < table.length - 1 && table[index] <= unit) index++;
  return index + 1;
}

function includes(values: Uint32Array, length: number, wanted: number): boolean {
  for (let index = 0; index < length; index++) if (values[index] === wanted) return true;
  return false;
}

type Mutable<T> = { -readonly [Field in keyof T]: T[Field] };

/** The rows of one transaction, made once and filled for every account. */
class RowPool {
  readonly #account: Mutable<AccountCommand> = {
    kind: Kind.account,
    timeUs: START_US,
    origin: null,
    name: '',
  };
  readonly #collaterals: Mutable<CollateralCommand>[] = [];
  readonly #positions: Mutable<PositionCommand>[] = [];
  readonly #orders: Mutable<OrderCommand>[] = [];
  readonly #rows: Command[] = [];
  readonly #transaction: Mutable<TransactionCommand> = {
    kind: Kind.transaction,
    timeUs: START_US,
    origin: null,
    rows: this.#rows,
  };
  #used = 0;
  #collateralsUsed = 0;
  #positionsUsed = 0;
  #ordersUsed = 0;

  clear(): void {
    this.#used = 0;
    this.#collateralsUsed = 0;
    this.#positionsUsed = 0;
    this.#ordersUsed = 0;
  }

  account(timeUs: TimeUs): Mutable<AccountCommand> {
    this.#account.timeUs = timeUs;
    this.#add(this.#account);
    return this.#account;
  }

  collateral(
    timeUs: TimeUs,
    account: number,
    market: number,
    leg: number,
    isolated: boolean,
  ): Mutable<CollateralCommand> {
    const pool = this.#collaterals;
    if (this.#collateralsUsed === pool.length)
      pool.push({ kind: Kind.collateral, ...bucket(), amount: 0.5 as QuoteMicros });
    return this.#fill(pool[this.#collateralsUsed++], timeUs, account, market, leg, isolated);
  }

  position(
    timeUs: TimeUs,
    account: number,
    market: number,
    leg: number,
    isolated: boolean,
  ): Mutable<PositionCommand> {
    const pool = this.#positions;
    if (this.#positionsUsed === pool.length) {
      pool.push({
        kind: Kind.position,
        ...bucket(),
        size: 0.5 as SizeLots,
        costBasis: 0.5 as QuoteMicros,
        fundingIndex: null,
      });
    }
    return this.#fill(pool[this.#positionsUsed++], timeUs, account, market, leg, isolated);
  }

  order(
    timeUs: TimeUs,
    account: number,
    market: number,
    leg: number,
    isolated: boolean,
  ): Mutable<OrderCommand> {
    const pool = this.#orders;
    if (this.#ordersUsed === pool.length)
      pool.push({ kind: Kind.order, ...bucket(), id: 0, size: 0.5 as SizeLots, price: 0.5 as PriceTicks });
    return this.#fill(pool[this.#ordersUsed++], timeUs, account, market, leg, isolated);
  }

  transaction(timeUs: TimeUs): TransactionCommand {
    this.#rows.length = this.#used;
    this.#transaction.timeUs = timeUs;
    return this.#transaction;
  }

  #fill<T extends Mutable<CollateralCommand | PositionCommand | OrderCommand>>(
    row: T,
    timeUs: TimeUs,
    account: number,
    market: number,
    leg: number,
    isolated: boolean,
  ): T {
    row.timeUs = timeUs;
    row.account = account as AccountRow;
    row.market = market as MarketRow;
    row.leg = leg as Leg;
    row.isolated = isolated;
    this.#add(row);
    return row;
  }

  #add(row: Command): void {
    this.#rows[this.#used++] = row;
  }
}

/** Numbers start as fractions so that they are stored as doubles from the first, in place. */
function bucket(): {
  timeUs: TimeUs;
  origin: null;
  account: AccountRow;
  market: MarketRow;
  leg: Leg;
  isolated: boolean;
} {
  return {
    timeUs: 0.5 as TimeUs,
    origin: null,
    account: 0.5 as AccountRow,
    market: 0.5 as MarketRow,
    leg: Leg.net,
    isolated: false,
  };
}
