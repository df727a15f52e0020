/**
 * Markets: one flat record of doubles each, so that a valuation touches one or two cache lines per market, and
 * beside it what is read rarely (texts, the rates as given, pending tier tables).
 */
import { widened } from '../num/columns.ts';
import type { FundingIndex, MarketRow, MarkTicks, TimeUs } from '../num/units.ts';
import type { MarketCommand, Tier } from '../schema/commands.ts';
import { MarginBasis } from '../schema/commands.ts';
import { NameTable } from './names.ts';
import { prepareTiers, TIER_STRIDE, TierField, writeTiers, type TierLine } from './tier-table.ts';

export const MarketField = {
  /** MARK_NONE before the first mark. */
  mark: 0,
  unit: 1,
  funding: 2,
  /** First tier of this market in the tier table, and how many. */
  tierStart: 3,
  tierCount: 4,
  /** 1 when margin is on the cost basis. */
  entryBasis: 5,
  /** 1 when only BigInt can value this market's tiers. */
  wide: 6,
  /** Highest rate of any tier, close fee included. */
  rhoMax: 7,
  /** Funding cursor A: how far accrued funding can have moved any bucket since the market began, in mark ticks. */
  cursor: 8,
  /** No lo wire has a key above `nearLo`, no hi wire one below `nearHi`. */
  nearLo: 9,
  nearHi: 10,
  /** Ladder geometry: key of the lower edge of rung 0 on either side, and rungs per mark tick. */
  baseLo: 11,
  baseHi: 12,
  rungsPerTick: 13,
  /** Typical absolute move of the mark between updates, in mark ticks. For budgets only. */
  step: 14,
  /** Mark and cursor when the last sweep left wires to be laid. */
  sweptMark: 15,
  sweptCursor: 16,
} as const;
export const MARKET_STRIDE = 24;
export const MARK_NONE = -1;
export const MARKETS_MAX = 65_535;

export interface PendingTiers {
  readonly market: MarketRow;
  readonly effectiveUs: TimeUs;
  readonly tiers: readonly Tier[];
}

/** What a market was defined as, with the tiers now active. */
export type MarketSpec = Omit<MarketCommand, 'kind' | 'timeUs' | 'origin'>;

export class Markets {
  readonly names = new NameTable();
  fields = new Float64Array(16 * MARKET_STRIDE);
  tierTable = new Float64Array(64 * TIER_STRIDE);
  readonly specs: MarketSpec[] = [];
  readonly lines: TierLine[][] = [];
  /** Sorted by effectiveUs, then market. */
  pending: PendingTiers[] = [];
  #tiersUsed = 0;
  /** Tier slots of a market, so that a table of the same length or shorter is replaced in place. */
  readonly #tierRoom: number[] = [];

  get count(): number {
    return this.names.count;
  }

  add(spec: MarketSpec): MarketRow {
    const row = this.names.add(spec.name) as MarketRow;
    if ((row + 1) * MARKET_STRIDE > this.fields.length) {
      this.fields = widened(this.fields, this.fields.length * 2);
    }
    const base = row * MARKET_STRIDE;
    this.fields[base + MarketField.mark] = MARK_NONE;
    this.fields[base + MarketField.unit] = spec.markUnit;
    this.fields[base + MarketField.entryBasis] = spec.basis === MarginBasis.entry ? 1 : 0;
    this.fields[base + MarketField.nearLo] = -Infinity;
    this.fields[base + MarketField.nearHi] = Infinity;
    this.specs.push(spec);
    this.lines.push([]);
    this.#tierRoom.push(0);
    this.setTiers(row, spec.tiers);
    return row;
  }

  setTiers(row: MarketRow, tiers: readonly Tier[]): void {
    const base = row * MARKET_STRIDE;
    const spec = { ...this.specs[row], tiers };
    const lines = prepareTiers(tiers, spec.closeFee);
    this.specs[row] = spec;
    this.lines[row] = lines;
    if (lines.length > this.#tierRoom[row]) {
      this.fields[base + MarketField.tierStart] = this.#tiersUsed;
      this.#tierRoom[row] = lines.length;
      this.#tiersUsed += lines.length;
      if (this.#tiersUsed * TIER_STRIDE > this.tierTable.length) {
        this.tierTable = widened(
          this.tierTable,
          Math.max(this.#tiersUsed * TIER_STRIDE, this.tierTable.length * 2),
        );
      }
    }
    const start = this.fields[base + MarketField.tierStart];
    const fits = writeTiers(this.tierTable, start, this.#tierRoom[row], lines);
    this.fields[base + MarketField.tierCount] = lines.length;
    this.fields[base + MarketField.wide] = fits ? 0 : 1;
    this.fields[base + MarketField.rhoMax] =
      this.tierTable[(start + lines.length - 1) * TIER_STRIDE + TierField.rho];
  }

  schedule(change: PendingTiers): void {
    const others = this.pending.filter(
      (p) => p.market !== change.market || p.effectiveUs !== change.effectiveUs,
    );
    this.pending = [...others, change].sort((a, b) => a.effectiveUs - b.effectiveUs || a.market - b.market);
  }

  mark(row: MarketRow): MarkTicks {
    return this.fields[row * MARKET_STRIDE + MarketField.mark] as MarkTicks;
  }

  fundingIndex(row: MarketRow): FundingIndex {
    return this.fields[row * MARKET_STRIDE + MarketField.funding] as FundingIndex;
  }
}
