/**
 * Markets: one flat record of doubles each, so that a valuation touches one or two cache lines per market, and
 * beside it what is read rarely (texts, the rates as given, pending tier tables).
 */
import { widened } from '../num/columns.ts';
import { valueAtPrice } from '../num/exact.ts';
import {
  SAFE_MAX,
  type FundingIndex,
  type MarketRow,
  type MarkTicks,
  type Rate,
  type TimeUs,
} from '../num/units.ts';
import type { MarketCommand, Tier } from '../schema/commands.ts';
import { MarginBasis } from '../schema/commands.ts';
import { Quality, Use, USES_ALL } from '../schema/quality.ts';
import { Terms, type Contract } from './forms.ts';
import { NameTable } from './names.ts';
import { prepareTiers, TIER_STRIDE, TierField, writeTiers, type TierLine } from './tier-table.ts';

export const MarketField = {
  /** Mark, money units of a lot and mark tick, and funding index as inside (`forms.ts`). MARK_NONE before the first mark. */
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
  /** What was last said of the price: `Quality`, the sum of its `Use`s, the price to compare with or MARK_NONE. */
  quality: 17,
  allows: 18,
  reference: 19,
  /** Since when quality and uses are these, and since when the breaker is tripped: NEVER where they were not told and it is not. */
  qualitySince: 20,
  trippedSince: 21,
  /** The mark as it came in, of a market with a contract. */
  told: 22,
  /** Money units of a lot at an order tick where these are a whole number, as in most markets; 0 where not, and under a contract. */
  tickUnit: 23,
} as const;
export const MARKET_STRIDE = 24;
export const MARK_NONE = -1;
export const NEVER = -1;
export const MARKETS_MAX = 65_535;

// Constants of its own are compiled in; another module's, and those that it exports, are looked up at every turn.
const STRIDE = MARKET_STRIDE;
const MOST = SAFE_MAX;
const {
  mark: MARK,
  told: TOLD,
  unit: UNIT,
  tickUnit: TICK_UNIT,
  funding: FUNDING,
  allows: ALLOWS,
} = MarketField;

export interface PendingTiers {
  readonly market: MarketRow;
  readonly effectiveUs: TimeUs;
  readonly tiers: readonly Tier[];
}

/** When the breaker trips, see `BreakerCommand`. */
export interface Breaker {
  readonly share: Rate;
  readonly least: number;
}

/** What a market was defined as, with the tiers now active. */
export type MarketSpec = Omit<MarketCommand, 'kind' | 'timeUs' | 'origin'>;

export class Markets {
  readonly names = new NameTable();
  fields = new Float64Array(16 * STRIDE);
  tierTable = new Float64Array(64 * TIER_STRIDE);
  readonly specs: MarketSpec[] = [];
  readonly lines: TierLine[][] = [];
  /** Of markets that were told what they are; null for others, which are linear. */
  readonly terms: (Terms | null)[] = [];
  /** How many of them are told. */
  termsCount = 0;
  /** Sorted by effectiveUs, then market. */
  pending: PendingTiers[] = [];
  /** Null until it is set: more than all accounts can never be. */
  breaker: Breaker | null = null;
  /** Markets that are held now, and how often one came to be or ceased to be. */
  heldCount = 0;
  holdChanges = 0;
  /** How often a market came to have other tiers, its first ones too. */
  tierChanges = 0;
  #tiersUsed = 0;
  /** Tier slots of a market, so that a table of the same length or shorter is replaced in place. */
  readonly #tierRoom: number[] = [];

  get count(): number {
    return this.names.count;
  }

  add(spec: MarketSpec): MarketRow {
    const row = this.names.add(spec.name) as MarketRow;
    if ((row + 1) * STRIDE > this.fields.length) {
      this.fields = widened(this.fields, this.fields.length * 2);
    }
    const base = row * STRIDE;
    this.fields[base + MARK] = MARK_NONE;
    this.fields[base + UNIT] = spec.markUnit;
    this.fields[base + MarketField.entryBasis] = spec.basis === MarginBasis.entry ? 1 : 0;
    this.fields[base + MarketField.nearLo] = -Infinity;
    this.fields[base + MarketField.nearHi] = Infinity;
    this.fields[base + MarketField.quality] = Quality.ok;
    this.fields[base + ALLOWS] = USES_ALL;
    this.fields[base + MarketField.reference] = MARK_NONE;
    this.fields[base + MarketField.qualitySince] = NEVER;
    this.fields[base + MarketField.trippedSince] = NEVER;
    this.fields[base + TOLD] = MARK_NONE;
    this.fields[base + TICK_UNIT] = spec.tickUnit.den === 1 ? spec.tickUnit.num : 0;
    this.specs.push(spec);
    this.lines.push([]);
    this.terms.push(null);
    this.#tierRoom.push(0);
    this.setTiers(row, spec.tiers);
    return row;
  }

  setTiers(row: MarketRow, tiers: readonly Tier[]): void {
    const base = row * STRIDE;
    this.tierChanges++;
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

  /** What a market is, before its first mark. */
  setContract(row: MarketRow, contract: Contract, decimals: number): void {
    const terms = new Terms(contract, this.specs[row], decimals);
    this.terms[row] = terms;
    this.termsCount++;
    this.fields[row * STRIDE + UNIT] = terms.unit;
    this.fields[row * STRIDE + TICK_UNIT] = 0;
  }

  /** 1, or -1 where sizes, cost bases and funding indices are turned round inside. */
  sign(row: MarketRow): 1 | -1 {
    return this.terms[row] === null ? 1 : this.terms[row].sign;
  }

  /** The last mark as it came in. */
  mark(row: MarketRow): MarkTicks {
    const field = this.terms[row] === null ? MARK : TOLD;
    return this.fields[row * STRIDE + field] as MarkTicks;
  }

  fundingIndex(row: MarketRow): FundingIndex {
    return (this.sign(row) * this.fundingInside(row) + 0) as FundingIndex;
  }

  markInside(row: MarketRow): number {
    return this.fields[row * STRIDE + MARK];
  }

  fundingInside(row: MarketRow): number {
    return this.fields[row * STRIDE + FUNDING];
  }

  /** Money units of one lot and mark tick, inside. */
  unit(row: MarketRow): number {
    return this.fields[row * STRIDE + UNIT];
  }

  /** A mark as inside; 0 where it is in no range there. */
  inside(row: MarketRow, mark: number): number {
    const terms = this.terms[row];
    return terms === null ? mark : terms.inside(mark);
  }

  /** ceil of what `size` signed lots, as inside, are worth at an order price; null past 2^53. */
  valueAt(row: MarketRow, size: number, price: number): number | null {
    const perTick = this.fields[row * STRIDE + TICK_UNIT];
    const worth = size * price * perTick;
    if (perTick !== 0 && worth <= MOST && worth >= -MOST) return worth + 0;
    const terms = this.terms[row];
    if (terms !== null) return terms.valueAt(size, price);
    const { num, den } = this.specs[row].tickUnit;
    return valueAtPrice(size, price, num, den);
  }

  quality(row: MarketRow): Quality {
    return this.fields[row * STRIDE + MarketField.quality] as Quality;
  }

  /** What its price may be used for: a sum of `Use`. */
  uses(row: MarketRow): number {
    return this.fields[row * STRIDE + ALLOWS];
  }

  isAllowed(row: MarketRow, use: Use): boolean {
    return (this.uses(row) & use) !== 0;
  }

  /** The price to compare a held market's verdicts with, or MARK_NONE. */
  reference(row: MarketRow): MarkTicks {
    return this.fields[row * STRIDE + MarketField.reference] as MarkTicks;
  }

  isTripped(row: MarketRow): boolean {
    return this.fields[row * STRIDE + MarketField.trippedSince] !== NEVER;
  }

  /** Whether nothing may be liquidated by its mark: for its quality or for the breaker. */
  isHeld(row: MarketRow): boolean {
    return !this.isAllowed(row, Use.liquidate) || this.isTripped(row);
  }

  setQuality(row: MarketRow, quality: Quality, allows: number, reference: number, timeUs: number): void {
    const base = row * STRIDE;
    const wasHeld = this.isHeld(row);
    const isSame =
      this.fields[base + MarketField.qualitySince] !== NEVER &&
      this.fields[base + MarketField.quality] === quality &&
      this.fields[base + ALLOWS] === allows;
    if (!isSame) this.fields[base + MarketField.qualitySince] = timeUs;
    this.fields[base + MarketField.quality] = quality;
    this.fields[base + ALLOWS] = allows;
    this.fields[base + MarketField.reference] = reference;
    this.#noteHold(row, wasHeld);
  }

  /** Trips the breaker for the market; one that is tripped stays so since when it was. */
  trip(row: MarketRow, timeUs: number): void {
    if (this.isTripped(row)) return;
    const wasHeld = this.isHeld(row);
    this.fields[row * STRIDE + MarketField.trippedSince] = timeUs;
    this.#noteHold(row, wasHeld);
  }

  lift(row: MarketRow): void {
    const wasHeld = this.isHeld(row);
    this.fields[row * STRIDE + MarketField.trippedSince] = NEVER;
    this.#noteHold(row, wasHeld);
  }

  #noteHold(row: MarketRow, wasHeld: boolean): void {
    const isHeld = this.isHeld(row);
    if (isHeld === wasHeld) return;
    this.heldCount += isHeld ? 1 : -1;
    this.holdChanges++;
  }
}
