/** Statements that make markets and say their rules. */
import type { LiquidationPreset } from '../../core/liquidation/presets.ts';
import type { Rate } from '../../core/num/units.ts';
import type { Cursor } from './cursor.ts';
import type {
  LiquidationTerms,
  ListingTerms,
  MarketStatement,
  SettingsStatement,
  Statement,
  TierText,
  VenueStatement,
} from './statements.ts';
import { quoted, type Word } from './words.ts';

const ONE: Rate = { num: 1, den: 1 };
const POLICIES = ['full', 'tier-step', 'fraction', 'shortage'] as const;
const PRESETS = ['binance', 'hyperliquid', 'dydx', 'drift'] as const satisfies readonly LiquidationPreset[];
type Writable<T> = { -readonly [Key in keyof T]: T[Key] };

export function parseSettings(cursor: Cursor): SettingsStatement {
  const said: Writable<SettingsStatement> = {
    kind: 'settings',
    asset: null,
    decimals: null,
    inclusive: false,
  };
  cursor.options({
    asset: () => (said.asset = cursor.word('the name of the settlement asset').text),
    decimals: () => (said.decimals = cursor.whole('a number of decimals', 0)),
    trigger: () => (said.inclusive = cursor.choice('a trigger', ['strict', 'inclusive']) === 'inclusive'),
  });
  return said;
}

export function parseVenue(cursor: Cursor): VenueStatement {
  const said: Writable<VenueStatement> = {
    kind: 'venue',
    gainHaircut: null,
    fundFloor: null,
    adl: null,
    notionalMax: null,
    ordersMax: null,
  };
  cursor.options({
    'gain-haircut': () => (said.gainHaircut = cursor.rate('a share of gains')),
    'fund-floor': () => (said.fundFloor = cursor.decimal('an amount of money')),
    adl: () => (said.adl = cursor.choice('a ranking', ['pnl-leverage', 'pnl-ratio', 'size', 'pro-rata'])),
    'notional-max': () => (said.notionalMax = cursor.decimal('an amount of money')),
    'orders-max': () => (said.ordersMax = cursor.whole('a number of orders', 0)),
  });
  return said;
}

export function parseMarket(cursor: Cursor): MarketStatement {
  const market = cursor.newName('a name for the market');
  const { listing, readers } = listingReaders(cursor);
  const said: Partial<Writable<MarketStatement>> = {};
  let isListed = true;
  cursor.options({
    tick: () => (said.tick = cursor.decimal('a tick')),
    lot: () => (said.lot = cursor.decimal('a lot')),
    'mark-tick': () => (said.markTick = cursor.decimal('a mark tick')),
    tiers: () => (said.tiers = parseTiers(cursor)),
    'close-fee': () => (said.closeFee = cursor.rate('a fee')),
    basis: () => (said.basis = cursor.choice('a basis', ['mark', 'entry'])),
    'order-margin': () => {
      said.orderMargin = cursor.choice('an order margin', ['none', 'worst', 'sum']);
      if (said.orderMargin !== 'none') said.orderRate = cursor.rate('a rate of order margin');
    },
    inverse: () => (said.inverse = cursor.decimal('the value of one lot in the quote currency')),
    unlisted: () => (isListed = false),
    ...readers,
  });
  const { tick, lot } = said;
  if (tick === undefined) throw cursor.fail(null, 'a market needs its tick, such as "tick 0.1"');
  if (lot === undefined) throw cursor.fail(null, 'a market needs its lot, such as "lot 0.001"');
  cursor.scope.markets.add(market.text);
  return {
    kind: 'market',
    market,
    tick,
    lot,
    markTick: said.markTick ?? null,
    tiers: said.tiers ?? null,
    closeFee: said.closeFee ?? null,
    basis: said.basis ?? 'mark',
    orderMargin: said.orderMargin ?? 'none',
    orderRate: said.orderRate ?? null,
    inverse: said.inverse ?? null,
    listing: isListed ? listing : null,
  };
}

export function parseListing(cursor: Cursor): Statement {
  const market = cursor.market();
  const { listing, readers } = listingReaders(cursor);
  cursor.options(readers);
  return { kind: 'listing', market, listing };
}

export function parseAsset(cursor: Cursor): Statement {
  const asset = cursor.newName('a name for the asset');
  let haircut: Rate = { num: 0, den: 1 };
  let tick: Word = { text: '0.01', column: asset.column };
  let lot: Word = { text: '0.001', column: asset.column };
  cursor.options({
    tick: () => (tick = cursor.decimal('a tick')),
    lot: () => (lot = cursor.decimal('a lot')),
    haircut: () => (haircut = cursor.rate('a haircut')),
  });
  cursor.scope.assets.add(asset.text);
  return { kind: 'asset', asset, tick, lot, haircut };
}

/**
 * `0:0.4%:0.8%,50000:0.5%:1%`: tiers by where they begin, with maintenance and initial rate. A list that does not begin at 0
 * names where tiers end instead: `50000:0.4%` is 0.4 % up to 50,000, `50000:0.4%,250000:0.5%` then 0.5 %, and beyond the last end the last rate
 * goes on.
 */
export function parseTiers(cursor: Cursor): TierText[] {
  const word = cursor.word('a list of tiers');
  let column = word.column;
  const rows = word.text.split(',').map((row) => {
    const at = column;
    column += row.length + 1;
    const parts = row.split(':');
    const bad = (what: string) => cursor.fail({ text: row, column: at }, what);
    if (parts.length < 2 || parts.length > 3)
      throw bad(`${quoted(row)} is not a tier such as 50000:0.4% or 0:0.4%:0.8% (floor:mmr:imr)`);
    const [bound, mmr, imr] = parts;
    if (!/^\d+(\.\d+)?$/.test(bound)) throw bad(`${quoted(bound)} is not an amount of notional`);
    const rateAt = (text: string, what: string): Rate => cursor.rateOf({ text, column: at }, what);
    return {
      bound: { text: bound, column: at },
      mmr: rateAt(mmr, 'a maintenance rate'),
      imr: imr === undefined ? null : rateAt(imr, 'an initial rate'),
    };
  });
  const zero: Word = { text: '0', column: word.column };
  const byFloor = Number(rows[0].bound.text) === 0;
  return rows.map(({ bound, mmr, imr }, at) => ({
    floor: byFloor ? bound : at === 0 ? zero : rows[at - 1].bound,
    mmr,
    imr,
  }));
}

function listingReaders(cursor: Cursor): {
  listing: ListingTerms;
  readers: Record<string, () => void>;
} {
  const listing: Writable<ListingTerms> = {
    makerFee: null,
    takerFee: null,
    priceMax: null,
    sizeMin: null,
    sizeMax: null,
    positionMax: null,
    openInterestMax: null,
    collar: null,
    band: null,
    depthShare: null,
    leverageMax: null,
    halt: null,
    liquidation: null,
    liquidationFee: null,
  };
  const readers = {
    'maker-fee': () => (listing.makerFee = cursor.rate('a fee')),
    'taker-fee': () => (listing.takerFee = cursor.rate('a fee')),
    'price-max': () => (listing.priceMax = cursor.decimal('a price')),
    'size-min': () => (listing.sizeMin = cursor.decimal('a size')),
    'size-max': () => (listing.sizeMax = cursor.decimal('a size')),
    'position-max': () => (listing.positionMax = cursor.decimal('a size')),
    'open-interest-max': () => (listing.openInterestMax = cursor.decimal('a size')),
    collar: () => (listing.collar = cursor.rate('a share of the mark')),
    band: () => (listing.band = cursor.rate('a share of the mark')),
    'depth-share': () =>
      (listing.depthShare = cursor.take('none') ? 'none' : cursor.rate('a multiple of the depth')),
    'leverage-max': () => (listing.leverageMax = cursor.whole('a leverage', 0)),
    'halt-move': () => {
      const move = cursor.rate('a move of the mark');
      cursor.expect('in', 'a time span');
      listing.halt = { move, windowUs: cursor.duration('a time span') };
    },
    liquidation: () => (listing.liquidation = parsePolicy(cursor)),
    'liquidation-fee': () => (listing.liquidationFee = cursor.rate('a fee')),
  };
  return { listing, readers };
}

function parsePolicy(cursor: Cursor): LiquidationTerms | LiquidationPreset {
  const policy = cursor.choice('a close-out policy or the preset of a venue', [...POLICIES, ...PRESETS]);
  if (isPreset(policy)) return policy;
  const said: Writable<LiquidationTerms> = {
    policy,
    share: ONE,
    threshold: null,
    cooldownUs: 0,
    buffer: ONE,
  };
  if (policy === 'fraction') {
    said.share = cursor.rate('a share of the position');
    if (cursor.take('above')) said.threshold = cursor.decimal('a notional');
    if (cursor.take('pause')) said.cooldownUs = cursor.duration('a time span');
  } else if (policy === 'shortage') {
    if (cursor.take('buffer')) said.buffer = cursor.rate('a multiple of maintenance');
    if (cursor.take('under')) said.threshold = cursor.decimal('an amount of money');
  }
  return said;
}

function isPreset(word: string): word is (typeof PRESETS)[number] {
  return (PRESETS as readonly string[]).includes(word);
}
