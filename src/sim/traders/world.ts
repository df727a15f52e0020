/**
 * What a simulated exchange is made of: markets, their rules, accounts and their money. A seed draws everything, so that one
 * has fees that leave crumbs and a fund without money, the next inverse contracts, hedge mode and a book that is next to
 * empty.
 */
import {
  type AccountRow,
  type MarketRow,
  type MarkTicks,
  type PriceTicks,
  type QuoteMicros,
  type Rate,
  type SizeLots,
  type TimeUs,
} from '../../core/num/units.ts';
import {
  Form,
  Kind,
  MarginBasis,
  OrderMargin,
  type Command,
  type MarketCommand,
  type Tier,
} from '../../core/schema/commands.ts';
import { DEFAULT_LEVELS } from '../../core/schema/levels.ts';
import {
  AdlRanking,
  ClosePolicy,
  VenueKind,
  type LiquidationRules,
  type ListingCommand,
  type OwnCommand,
} from '../../core/schema/venue-commands.ts';
import type { Random } from '../random.ts';
import { REGIMES, type Regime } from '../prices.ts';
import { chance, pick, weighted, wholeLog } from './draw.ts';

/** What somebody trades like. */
export const ROLES = ['maker', 'noise', 'momentum', 'holder', 'manipulator', 'tester'] as const;
export type Role = (typeof ROLES)[number];

export interface SimVenueMarket {
  readonly row: MarketRow;
  readonly definition: MarketCommand;
  readonly form: Form;
  /** Of an inverse market: money units of a lot, times the mark. */
  readonly value: number;
  readonly firstMark: MarkTicks;
  /** Null for assets held as collateral. */
  readonly listing: ListingCommand | null;
  /** A usual order. */
  readonly lots: number;
}

export interface World {
  readonly startUs: number;
  readonly markets: readonly SimVenueMarket[];
  /** By account row; house accounts have none. */
  readonly roles: readonly (Role | null)[];
  readonly setup: readonly (Command | OwnCommand)[];
  /** Basis points of a step of the prices. */
  readonly stepBp: number;
  readonly regime: Regime | 'turns';
  /** Usual money of an account. */
  readonly money: number;
}

export interface WorldOptions {
  /** Absent: 6 to 12, beside the house. */
  readonly accounts?: number;
  /** Absent: drawn. */
  readonly regime?: Regime | 'turns';
  /** Nothing odd: one linear grid without crumbs, honest fees, a fund that has money. For people to look at. */
  readonly isPlain?: boolean;
}

/** How large amounts are: some worlds live on single units, some next to what can be counted. */
type Grain = 'plain' | 'usual' | 'dust' | 'wide';
const MONEY: Readonly<Record<Grain, readonly [number, number]>> = {
  plain: [1e8, 1e10],
  usual: [1e8, 1e10],
  dust: [2_000, 50_000],
  wide: [1e12, 6e13],
};
const DECIMALS = 6;
/** Of a position at the worst price there may be. */
const WORTH_MAX = 2 ** 50;
const START_US = 1_723_161_600_000_000;
const NOTHING: Rate = { num: 0, den: 1 };

export function drawWorld(random: Random, options: WorldOptions = {}): World {
  const { isPlain = false } = options;
  const grain = isPlain ? 'plain' : weighted(random, { usual: 60, dust: 30, wide: 10 });
  const isPoor = !isPlain && chance(random, 0.5);
  const money = wholeLog(random, ...MONEY[grain]);
  const markets: SimVenueMarket[] = [];
  const count = isPlain ? 3 : 1 + random.below(3);
  for (let row = 0; row < count; row++) {
    const form = !isPlain && chance(random, 0.25) ? Form.inverse : Form.linear;
    markets.push(drawMarket(random, row, form, grain, money));
  }
  if (!isPlain && chance(random, 0.4)) markets.push(drawMarket(random, count, Form.collateral, grain, money));
  const accounts = options.accounts ?? 6 + random.below(7);
  const roles: (Role | null)[] = [null, null];
  for (let at = 0; at < accounts; at++) roles.push(roleOf(random, at));
  return {
    startUs: START_US,
    markets,
    roles,
    setup: setupOf(random, markets, roles, money, { isPlain, isPoor }),
    stepBp: isPlain ? 6 : pick(random, [3, 10, 30, 60]),
    regime: options.regime ?? (chance(random, 0.5) ? 'turns' : pick(random, REGIMES)),
    money,
  };
}

/** Every book has a maker; then one of each, then as they come. */
function roleOf(random: Random, at: number): Role {
  if (at < ROLES.length) return ROLES[at];
  return pick(random, [...ROLES, 'maker', 'noise', 'momentum', 'holder', 'holder'] as const);
}

function drawMarket(random: Random, row: number, form: Form, grain: Grain, money: number): SimVenueMarket {
  const isPlain = grain === 'plain';
  const isDust = grain === 'dust';
  const isLinear = form === Form.linear;
  const markUnit = isPlain ? 10 : isDust ? pick(random, [1, 1, 2, 3]) : pick(random, [1, 7, 10, 100]);
  // Mark ticks in a tick: fractions leave crumbs in every trade.
  const step = isPlain
    ? { num: 10, den: 1 }
    : isDust
      ? pick(random, [rate(1, 7), rate(3, 10), rate(1, 1), rate(5, 3)])
      : pick(random, [rate(10, 1), rate(10, 1), rate(1, 1), rate(3, 7), rate(5, 2)]);
  const firstMark = isDust && isLinear ? 40 + random.below(300) : wholeLog(random, 5_000, 500_000);
  const value =
    form === Form.inverse ? wholeLog(random, isDust ? 5 : 500, isDust ? 200 : 20_000) * firstMark : 0;
  const lotValue = form === Form.inverse ? value / firstMark : firstMark * markUnit;
  const wanted = Math.round((money * (isPlain ? 1 : 2) * random.between(0.05, 0.6)) / lotValue);
  // What is worth counting at a price of one tick too.
  const most = Math.floor(WORTH_MAX / (value > 0 ? 100 * value : 12 * lotValue));
  const lots = Math.max(1, Math.min(wanted, most));
  const definition: MarketCommand = {
    kind: Kind.market,
    timeUs: START_US as TimeUs,
    origin: null,
    name: form === Form.collateral ? `ASSET${row}` : `M${row}-PERP`,
    tick: '0.1',
    lot: '0.001',
    markTick: '0.01',
    markUnit,
    tickUnit: { num: step.num * markUnit, den: step.den },
    tiers: drawTiers(random, form, lots * lotValue, isPlain),
    closeFee:
      form === Form.collateral || isPlain
        ? NOTHING
        : pick(random, [NOTHING, NOTHING, rate(1, 2000), rate(7, 900)]),
    basis: isPlain || chance(random, 0.9) ? MarginBasis.mark : MarginBasis.entry,
    orderMargin: pick(random, [OrderMargin.none, OrderMargin.none, OrderMargin.worst]),
    orderRate: pick(random, [NOTHING, rate(1, 100)]),
  };
  return {
    row: row as MarketRow,
    definition,
    form,
    value,
    firstMark: firstMark as MarkTicks,
    listing:
      form === Form.collateral
        ? null
        : drawListing(
            random,
            row,
            Math.max(1, Math.round((firstMark * step.den) / step.num)),
            lots,
            lotValue,
            grain,
          ),
    lots,
  };
}

/** One to three, the first of 10x to 100x. Collateral needs no margin. */
function drawTiers(random: Random, form: Form, notional: number, isPlain: boolean): Tier[] {
  if (form === Form.collateral) return [{ floor: 0 as QuoteMicros, mmr: NOTHING, imr: NOTHING }];
  const count = isPlain ? 2 : 1 + random.below(3);
  const first = isPlain ? 50 : pick(random, [10, 20, 30, 50, 100]);
  const tiers: Tier[] = [];
  for (let at = 0; at < count; at++) {
    const leverage = Math.max(2, Math.round(first / (at + 1)));
    tiers.push({
      floor: (at === 0
        ? 0
        : Math.max(at, Math.round(notional * 3 * at * random.between(0.5, 2)))) as QuoteMicros,
      mmr: rate(1, leverage * 2),
      imr: rate(1, leverage),
    });
  }
  return tiers
    .filter((tier, at) => at === 0 || tier.floor > tiers[at - 1].floor)
    .toSorted((a, b) => a.floor - b.floor);
}

function drawListing(
  random: Random,
  row: number,
  firstTicks: number,
  lots: number,
  lotValue: number,
  grain: Grain,
): ListingCommand {
  const isPlain = grain === 'plain';
  // Where amounts are large, a position at the highest price must still be counted.
  const isWide = grain === 'wide';
  const taker = isPlain ? rate(1, 2000) : pick(random, [NOTHING, rate(1, 2000), rate(7, 9_000), rate(1, 10)]);
  const maker = isPlain
    ? rate(1, 5000)
    : pick(random, [
        NOTHING,
        rate(1, 5000),
        rate(-taker.num, taker.den),
        rate(-taker.num, taker.den * 2),
        taker,
      ]);
  return {
    kind: VenueKind.listing,
    timeUs: START_US as TimeUs,
    origin: null,
    market: row as MarketRow,
    makerFee: maker,
    takerFee: taker,
    priceMax: Math.min(2 ** 30, firstTicks * (isWide ? 3 : pick(random, [3, 8, 40]))) as PriceTicks,
    sizeMin: (isPlain ? 1 : pick(random, [1, 1, 1, Math.max(1, Math.floor(lots / 4))])) as SizeLots,
    sizeMax: (lots * (isPlain ? 20 : pick(random, [2, 3, 4]))) as SizeLots,
    positionMax: (lots * (isPlain ? 100 : isWide ? 4 : pick(random, [4, 20, 100]))) as SizeLots,
    openInterestMax: (lots * (isPlain ? 2_000 : pick(random, [8, 40, 500]))) as SizeLots,
    collar: isPlain ? rate(1, 50) : pick(random, [rate(1, 100), rate(1, 20), rate(1, 4), rate(1, 1)]),
    band: isPlain ? rate(1, 10) : pick(random, [rate(1, 50), rate(1, 10), rate(1, 2), rate(1, 1)]),
    // Nobody could begin in an empty book: the operator brings it in.
    depthShare: null,
    leverageMax: isPlain ? 50 : pick(random, [5, 20, 50, 100, 1000]),
    haltMove: isPlain || chance(random, 0.8) ? null : pick(random, [rate(1, 20), rate(1, 10)]),
    haltWindowUs: wholeLog(random, 1e5, 1e8),
    liquidation: drawLiquidation(random, lots * lotValue),
  };
}

export function drawLiquidation(random: Random, notional: number): LiquidationRules {
  const policy = pick(random, Object.values(ClosePolicy));
  const hasThreshold = policy === ClosePolicy.fraction || policy === ClosePolicy.shortage;
  return {
    policy,
    share: policy === ClosePolicy.fraction ? pick(random, [rate(1, 5), rate(1, 2), rate(1, 1)]) : rate(1, 1),
    threshold: (hasThreshold ? Math.round(notional * random.between(0, 2)) : 0) as QuoteMicros,
    cooldownUs: policy === ClosePolicy.fraction ? wholeLog(random, 1_000, 60e6) : 0,
    buffer: policy === ClosePolicy.shortage ? pick(random, [rate(1, 1), rate(3, 2)]) : rate(1, 1),
    fee: pick(random, [NOTHING, rate(1, 200), rate(3, 100)]),
  };
}

function setupOf(
  random: Random,
  markets: readonly SimVenueMarket[],
  roles: readonly (Role | null)[],
  money: number,
  { isPlain, isPoor }: { readonly isPlain: boolean; readonly isPoor: boolean },
): (Command | OwnCommand)[] {
  const head = { timeUs: START_US as TimeUs, origin: null };
  const commands: (Command | OwnCommand)[] = [
    {
      kind: Kind.settings,
      ...head,
      rules: 1,
      asset: 'USDT',
      decimals: DECIMALS,
      inclusive: chance(random, 0.3),
      levels: DEFAULT_LEVELS,
    },
    ...Array.from({ length: isPlain ? 0 : random.below(3) }, (_, row) => sourceOf(row)),
    {
      kind: VenueKind.venue,
      ...head,
      gainHaircut: isPlain ? rate(1, 2) : pick(random, [NOTHING, rate(1, 2), rate(1, 1)]),
      fundFloor: (isPoor ? pick(random, [0, Math.round(money / 10)]) : 0) as QuoteMicros,
      adl: isPlain ? AdlRanking.pnl_leverage : pick(random, Object.values(AdlRanking)),
      notionalMax:
        isPlain || chance(random, 0.8) ? null : ((money * wholeLog(random, 10, 200)) as QuoteMicros),
      ordersMax: isPlain ? 200 : pick(random, [5, 20, 100]),
    },
  ];
  for (const { row, definition, form, value, firstMark, listing } of markets) {
    commands.push(definition);
    if (form !== Form.linear)
      commands.push({
        kind: Kind.contract,
        ...head,
        market: row,
        form,
        value: form === Form.inverse ? rate(value, 10 ** DECIMALS) : rate(1, 1),
        weight: form === Form.collateral ? pick(random, [rate(9, 10), rate(1, 2), rate(1, 1)]) : rate(1, 1),
      });
    // Some are traded before anybody has said what they are worth.
    if (isPlain || chance(random, 0.95))
      commands.push({ kind: Kind.marks, ...head, marks: [{ market: row, price: firstMark }], text: '' });
    if (listing !== null) commands.push(listing);
  }
  if (isPlain || chance(random, 0.2))
    commands.push({ kind: Kind.breaker, ...head, share: rate(1, 2), least: isPlain ? 1_000_000 : 2 });
  const fund = isPoor ? pick(random, [0, 1, Math.round(money / 20)]) : money * 20;
  if (fund > 0) commands.push(depositOf(0, fund));
  for (let account = 2; account < roles.length; account++) {
    commands.push({ kind: Kind.account, ...head, name: `${roles[account]}-${account}` });
    const share = roles[account] === 'maker' ? 20 : random.between(0.3, 2);
    commands.push(depositOf(account, Math.max(1, Math.round(money * share))));
    for (const { row, form, lots } of markets) {
      if (form === Form.collateral) {
        if (chance(random, 0.3)) commands.push(depositOf(account, wholeLog(random, 1, lots), row));
        continue;
      }
      if (!isPlain && roles[account] === 'maker') continue;
      if (chance(random, isPlain ? 0.2 : 0.3))
        commands.push({
          kind: VenueKind.mode,
          ...head,
          account: account as AccountRow,
          market: row,
          isolated: true,
          hedge: false,
        });
    }
    if (roles[account] !== 'maker' && chance(random, isPlain ? 0.1 : 0.25))
      commands.push({
        kind: VenueKind.mode,
        ...head,
        account: account as AccountRow,
        market: null,
        isolated: false,
        hedge: true,
      });
  }
  return commands;
}

function depositOf(account: number, amount: number, asset: MarketRow | null = null): OwnCommand {
  return {
    kind: VenueKind.deposit,
    timeUs: START_US as TimeUs,
    origin: null,
    account: account as AccountRow,
    asset,
    amount,
  };
}

function sourceOf(row: number): Command {
  return { kind: Kind.source, timeUs: START_US as TimeUs, origin: null, name: `s${row}` };
}

function rate(num: number, den: number): Rate {
  return { num, den };
}
