/**
 * What is listened to and how it is priced: from names of venues and markets to the instruments of the feeds and the markets
 * of the router.
 *
 * Every perpetual among the venues is a market of its own: its book is compared with one index of spot venues, by its
 * venue's rule. Where no perpetual is asked for, the market is its index.
 */
import { gridOf, isGrid, type Grid } from '../../core/num/grid.ts';
import { assert } from '../../core/num/assert.ts';
import {
  DEFAULT_INDEX_RULES,
  DEFAULT_MARKET,
  HYPERLIQUID_PERP_WEIGHTS,
  HYPERLIQUID_SPOT_WEIGHTS,
  MARK_RULES,
  type MarkRules,
  type PricedMarket,
  type PriceSource,
} from '../../core/price/price-rules.ts';
import type { Instrument, InstrumentRow } from '../../core/price/venue-event.ts';
import { didYouMean } from '../../io/ingest/nearest.ts';
import { usageError } from '../cli/errors.ts';
import { instrumentOf, type CatalogueMarket, type CatalogueVenue } from './catalogue.ts';

export interface PlanChoice {
  /** Venues and markets that there is something of, in the order in which they are shown. */
  readonly pairs: readonly { readonly venue: CatalogueVenue; readonly market: CatalogueMarket }[];
  /** Those that are priced; null: all. The others are listened to and not looked at. */
  readonly markets: readonly CatalogueMarket[] | null;
  readonly sourcesMin: number;
  /** Null: that of each market's venue. */
  readonly rule: string | null;
  /** The time that rules are of: venues have changed theirs. */
  readonly atUs: number;
}

export interface PlannedMarket {
  readonly name: string;
  readonly market: CatalogueMarket;
  readonly grid: Grid;
  readonly priced: PricedMarket;
}

export interface Plan {
  readonly instruments: readonly Instrument[];
  readonly markets: readonly PlannedMarket[];
  readonly venues: readonly CatalogueVenue[];
  readonly sourcesMin: number;
}

/** 2025-09-18 08:01 UTC: thirty seconds of basis instead of a minute, and another funding formula. */
export const BINANCE_2025_US = Date.UTC(2025, 8, 18, 8, 1) * 1000;
/** Money units of the settlement asset are millionths. */
const DECIMALS = 6;
export const RULE_NAMES: readonly string[] = ['binance', ...Object.keys(MARK_RULES)];

export function planOf({ pairs, markets: priced, sourcesMin, rule, atUs }: PlanChoice): Plan {
  const instruments = pairs.map(({ venue, market }) => instrumentOf(venue, market));
  const heard = new Set(pairs.map(({ market }) => market));
  const wanted = [...heard].filter((market) => priced === null || priced.includes(market));
  const markets = wanted.flatMap((market) => {
    const rows = pairs.flatMap((pair, row) =>
      pair.market === market ? [{ venue: pair.venue, row: row as InstrumentRow }] : [],
    );
    const perpetuals = rows.filter(({ venue }) => venue.isPerpetual);
    const owns = perpetuals.length === 0 ? [null] : perpetuals;
    return owns.map((own): PlannedMarket => {
      const name = owns.length > 1 ? `${market.base}@${own!.venue.name}` : market.base;
      const isHyperliquid = own?.venue.name === 'hyperliquid';
      const weights = isHyperliquid ? HYPERLIQUID_SPOT_WEIGHTS : {};
      const grid = gridOf({ tick: market.tick, lot: market.lot, decimals: DECIMALS });
      assert(isGrid(grid), `the catalogue has a grid for ${market.base}`);
      const mark = ruleNamed(rule ?? own?.venue.name ?? 'plain', atUs);
      const config = {
        ...DEFAULT_MARKET,
        name,
        grid,
        own: own?.row ?? null,
        sources: rows
          .filter(({ venue }) => !venue.isPerpetual)
          .map(({ venue, row }) => sourceOf(row, weights[venue.name] ?? 1)),
        perps: perpetuals
          .filter(({ row }) => row !== own?.row && mark.parts.includes('perps'))
          .map(({ venue, row }) => sourceOf(row, HYPERLIQUID_PERP_WEIGHTS[venue.name] ?? 1)),
        index: { ...DEFAULT_INDEX_RULES, sourcesMin },
        mark,
        fundingIntervalUs: (isHyperliquid ? 1 : 8) * 3_600_000_000,
      };
      return { name, market, grid, priced: config };
    });
  });
  const venues = [...new Set(pairs.map(({ venue }) => venue))];
  return { instruments, markets, venues, sourcesMin };
}

/** `binance` is what Binance did at that time. */
export function ruleNamed(name: string, atUs: number): MarkRules {
  if (name === 'binance') return MARK_RULES[atUs < BINANCE_2025_US ? 'binance-60s' : 'binance-2025-09-18'];
  const rule = (MARK_RULES as Readonly<Record<string, MarkRules>>)[name];
  if (rule !== undefined && RULE_NAMES.includes(name)) return rule;
  const hint = didYouMean(name, RULE_NAMES) || `; there are ${RULE_NAMES.join(', ')}`;
  throw usageError(`unknown mark rule ${name}${hint}`, { field: '--rule', value: name });
}

function sourceOf(instrument: InstrumentRow, weight: number): PriceSource {
  return { instrument, part: 'mid', weight, isOwn: false };
}
