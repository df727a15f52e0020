/**
 * A market as a venue lists it, in text and whole amounts, and the command that defines it. Specs are what tables in
 * source code and venue metadata are written as; the engine only ever sees the command.
 */
import { gridOf, isGrid, type Grid } from '../../core/num/grid.ts';
import type { QuoteMicros, Rate, TimeUs } from '../../core/num/units.ts';
import { Kind, MarginBasis, OrderMargin, type MarketCommand, type Tier } from '../../core/schema/commands.ts';
import { OperationalError } from '../operational-error.ts';

/** From `floor` whole units of the settlement asset on: maintenance and initial rate, each as `[num, den]`. */
export type TierRow = readonly [
  floor: number,
  mmr: readonly [number, number],
  imr: readonly [number, number],
];

export interface MarketSpec {
  readonly name: string;
  readonly tick: string;
  readonly lot: string;
  /** Absent: the finest grid there is. */
  readonly markTick?: string;
  readonly tiers: readonly TierRow[];
  /** Absent: 0. */
  readonly closeFee?: Rate;
  /** Absent: at the mark. */
  readonly basis?: MarginBasis;
  /** Absent: none, at a rate of 0. */
  readonly orderMargin?: OrderMargin;
  readonly orderRate?: Rate;
}

const ZERO: Rate = { num: 0, den: 1 };

/** Throws `MARKET_GRID` where the numbers have no grid in an asset of so many decimals. */
export function gridOfSpec(spec: MarketSpec, decimals: number): Grid {
  const grid = gridOf({ tick: spec.tick, lot: spec.lot, markTick: spec.markTick, decimals });
  if (isGrid(grid)) return grid;
  throw new OperationalError('MARKET_GRID', `market ${spec.name}: ${grid.problem}`, {
    field: grid.field,
    market: spec.name,
  });
}

export function marketCommandOf(spec: MarketSpec, decimals: number, timeUs: TimeUs): MarketCommand {
  const grid = gridOfSpec(spec, decimals);
  return {
    kind: Kind.market,
    timeUs,
    origin: null,
    name: spec.name,
    tick: grid.tick,
    lot: grid.lot,
    markTick: grid.markTick,
    markUnit: grid.markUnit,
    tickUnit: grid.tickUnit,
    tiers: tiersOf(spec.tiers, decimals),
    closeFee: spec.closeFee ?? ZERO,
    basis: spec.basis ?? MarginBasis.mark,
    orderMargin: spec.orderMargin ?? OrderMargin.none,
    orderRate: spec.orderRate ?? ZERO,
  };
}

function tiersOf(rows: readonly TierRow[], decimals: number): Tier[] {
  return rows.map(([floor, mmr, imr]) => ({
    floor: (floor * 10 ** decimals) as QuoteMicros,
    mmr: { num: mmr[0], den: mmr[1] },
    imr: { num: imr[0], den: imr[1] },
  }));
}
