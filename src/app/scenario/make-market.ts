/**
 * Settings, house, markets and assets of a scenario, with the defaults that docs/reference/scenarios.md lists: nothing costs anything, nothing is
 * limited by less than what amounts can be, and what is liquidatable is closed at once and in full.
 */
import type { Grid } from '../../core/num/grid.ts';
import { LIQUIDATION_PRESETS, presetRules, type LiquidationPreset } from '../../core/liquidation/presets.ts';
import type { MarketRow, PriceTicks, QuoteMicros, Rate, SizeLots, TimeUs } from '../../core/num/units.ts';
import { Form, Kind, MarginBasis, OrderMargin, type Tier } from '../../core/schema/commands.ts';
import { DEFAULT_LEVELS } from '../../core/schema/levels.ts';
import { Reason } from '../../core/schema/reasons.ts';
import {
  AdlRanking,
  ClosePolicy,
  VenueKind,
  type ListingCommand,
  type LiquidationRules,
} from '../../core/schema/venue-commands.ts';
import { div, parseRational } from '../../core/num/rational.ts';
import type {
  ListingTerms,
  LiquidationTerms,
  MarketStatement,
  SettingsStatement,
  Statement,
  TierText,
  VenueStatement,
} from './statements.ts';
import type { Wish, World } from './world.ts';
import type { Word } from './words.ts';

const ZERO: Rate = { num: 0, den: 1 };
const ONE: Rate = { num: 1, den: 1 };
/** Ticks: 200,000.0 where the tick is 0.1. */
const PRICE_MAX_DEFAULT = 2_000_000;
/** What a position may be worth at the highest price: 2^51 money units. */
const WORTH_MAX = 2 ** 51;
const OPEN_INTEREST_MAX = 2 ** 52;
const ORDERS_MAX_DEFAULT = 10_000;
const LEVERAGE_MAX_DEFAULT = 1000;
const POLICIES = {
  full: ClosePolicy.full,
  'tier-step': ClosePolicy.tier_step,
  fraction: ClosePolicy.fraction,
  shortage: ClosePolicy.shortage,
} as const;
const RANKINGS = {
  'pnl-leverage': AdlRanking.pnl_leverage,
  'pnl-ratio': AdlRanking.pnl_ratio,
  size: AdlRanking.size,
  'pro-rata': AdlRanking.pro_rata,
} as const;

export function applySettings(world: World, said: SettingsStatement | null): void {
  world.asset = said?.asset ?? world.asset;
  world.decimals = said?.decimals ?? world.decimals;
  world.apply({
    kind: Kind.settings,
    rules: 1,
    asset: world.asset,
    decimals: world.decimals,
    inclusive: said?.inclusive ?? false,
    levels: DEFAULT_LEVELS,
  });
}

export function applyVenue(world: World, said: VenueStatement | null): void {
  const money = (word: Word | null | undefined): QuoteMicros | null =>
    word === null || word === undefined ? null : world.money(word);
  world.apply({
    kind: VenueKind.venue,
    gainHaircut: said?.gainHaircut ?? ZERO,
    fundFloor: money(said?.fundFloor) ?? (0 as QuoteMicros),
    adl: RANKINGS[said?.adl ?? 'pnl-leverage'],
    notionalMax: money(said?.notionalMax),
    ordersMax: said?.ordersMax ?? ORDERS_MAX_DEFAULT,
  });
}

export function applyMarket(world: World, said: MarketStatement): void {
  const grid = world.makeGrid(said.tick, said.lot, said.markTick);
  const tiers =
    said.tiers === null
      ? [{ floor: 0 as QuoteMicros, mmr: ratio(1, 200), imr: ratio(1, 100) }]
      : tiersOf(world, said.tiers);
  const { basis, orderMargin, orderRate, closeFee, inverse } = said;
  const market = world.exchange.engine.book.markets.count as MarketRow;
  const made = world.apply({
    kind: Kind.market,
    name: said.market.text,
    tick: grid.tick,
    lot: grid.lot,
    markTick: grid.markTick,
    markUnit: grid.markUnit,
    tickUnit: grid.tickUnit,
    tiers,
    closeFee: closeFee ?? ZERO,
    basis: MarginBasis[basis],
    orderMargin: OrderMargin[orderMargin],
    orderRate: orderRate ?? ZERO,
  });
  if (made !== Reason.accepted) return;
  world.addGrid(grid);
  if (inverse !== null) {
    const value = div(parseRational(inverse.text)!, parseRational(grid.markTick)!);
    const contract = { form: Form.inverse, value: ratio(Number(value.num), Number(value.den)), weight: ONE };
    if (world.apply({ kind: Kind.contract, market, ...contract }) !== Reason.accepted) return;
  }
  if (said.listing !== null) applyListing(world, market, grid, said.listing);
}

/** States the rules of a listing: those that are said, then those that stand, then the defaults. */
export function applyListing(world: World, market: MarketRow, grid: Grid, terms: ListingTerms): void {
  const before = world.listings.get(market);
  const lots = (word: Word | null): SizeLots | undefined =>
    word === null ? undefined : world.lots(word, grid);
  const priceMax =
    (terms.priceMax === null ? undefined : world.price(terms.priceMax, grid)) ??
    before?.priceMax ??
    (PRICE_MAX_DEFAULT as PriceTicks);
  const positionMax =
    lots(terms.positionMax) ?? before?.positionMax ?? largestPosition(world, market, priceMax);
  const wish: Wish<ListingCommand> = {
    kind: VenueKind.listing,
    market,
    makerFee: terms.makerFee ?? before?.makerFee ?? ZERO,
    takerFee: terms.takerFee ?? before?.takerFee ?? ZERO,
    priceMax,
    sizeMin: lots(terms.sizeMin) ?? before?.sizeMin ?? (1 as SizeLots),
    sizeMax: lots(terms.sizeMax) ?? before?.sizeMax ?? positionMax,
    positionMax,
    openInterestMax:
      lots(terms.openInterestMax) ?? before?.openInterestMax ?? (OPEN_INTEREST_MAX as SizeLots),
    collar: terms.collar ?? before?.collar ?? ratio(1, 10),
    band: terms.band ?? before?.band ?? ONE,
    depthShare: terms.depthShare === 'none' ? null : (terms.depthShare ?? before?.depthShare ?? null),
    leverageMax: terms.leverageMax ?? before?.leverageMax ?? LEVERAGE_MAX_DEFAULT,
    haltMove: terms.halt?.move ?? before?.haltMove ?? null,
    haltWindowUs: terms.halt?.windowUs ?? before?.haltWindowUs ?? 60_000_000,
    liquidation: liquidationOf(world, terms.liquidation, terms.liquidationFee, before?.liquidation),
  };
  if (world.apply(wish) === Reason.accepted) world.listings.set(market, wish);
}

export function applyAsset(world: World, said: Extract<Statement, { kind: 'asset' }>): void {
  const grid = world.makeGrid(said.tick, said.lot, null);
  const market = world.exchange.engine.book.markets.count as MarketRow;
  const made = world.apply({
    kind: Kind.market,
    name: said.asset.text,
    tick: grid.tick,
    lot: grid.lot,
    markTick: grid.markTick,
    markUnit: grid.markUnit,
    tickUnit: grid.tickUnit,
    tiers: [{ floor: 0 as QuoteMicros, mmr: ZERO, imr: ZERO }],
    closeFee: ZERO,
    basis: MarginBasis.mark,
    orderMargin: OrderMargin.none,
    orderRate: ZERO,
  });
  if (made !== Reason.accepted) return;
  world.addGrid(grid);
  const { num, den } = said.haircut;
  world.apply({
    kind: Kind.contract,
    market,
    form: Form.collateral,
    value: ONE,
    weight: ratio(den - num, den),
  });
}

export function applyTiers(
  world: World,
  said: Extract<Statement, { kind: 'tiers' }>,
  effectiveUs: TimeUs,
): void {
  const { row } = world.market(said.market);
  world.apply({ kind: Kind.tiers, market: row, tiers: tiersOf(world, said.tiers), effectiveUs });
}

function tiersOf(world: World, tiers: readonly TierText[]): Tier[] {
  return tiers.map(({ floor: from, mmr, imr }) => ({
    floor: world.money(from),
    mmr,
    imr: imr ?? (2 * mmr.num > mmr.den ? ONE : ratio(2 * mmr.num, mmr.den)),
  }));
}

function liquidationOf(
  world: World,
  said: LiquidationTerms | LiquidationPreset | null,
  fee: Rate | null,
  before: LiquidationRules | undefined,
): LiquidationRules {
  const rules: LiquidationRules =
    said === null
      ? (before ?? LIQUIDATION_PRESETS.full)
      : typeof said === 'string'
        ? presetRules(said, world.decimals)
        : {
            policy: POLICIES[said.policy],
            share: said.share,
            threshold: said.threshold === null ? (0 as QuoteMicros) : world.money(said.threshold),
            cooldownUs: said.cooldownUs,
            buffer: said.buffer,
            fee: before?.fee ?? ZERO,
          };
  return fee === null ? rules : { ...rules, fee };
}

/** As many lots as may be held by what they are worth where they are worth most: inverse ones at a price of one tick. */
function largestPosition(world: World, market: MarketRow, priceMax: number): SizeLots {
  const { markets } = world.exchange.engine.book;
  const dearest = markets.terms[market]?.form === Form.inverse ? 1 : priceMax;
  const worth = Math.abs(markets.valueAt(market, 1, dearest) ?? WORTH_MAX);
  return Math.max(1, Math.floor(WORTH_MAX / worth)) as SizeLots;
}

function ratio(num: number, den: number): Rate {
  return { num, den };
}
