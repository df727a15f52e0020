/** Tier tables: what makes one valid, and the maintenance of one position's notional. */
import type { Rate } from '../core/num/units.ts';
import type { Tier } from '../core/schema/commands.ts';
import { add, ceilDiv, exact, exactRate, subtract, times, ZERO, type Exact } from './exact.ts';

const TIERS_MAX = 255;
export const DENOMINATOR_MAX = 1e9;

export interface TierTable {
  readonly effectiveUs: number;
  readonly tiers: readonly Tier[];
  readonly steps: readonly Step[];
}

/** A tier ready for use: maintenance before rounding is (notional * rateNum - cumNum) / den. */
interface Step {
  readonly floor: bigint;
  readonly mmr: Exact;
  readonly closeFee: Exact;
  /** Deduction that makes maintenance continuous where the rate steps up. */
  readonly cum: Exact;
  readonly den: bigint;
  /** (mmr + closeFee) * den */
  readonly rateNum: bigint;
  /** cum * den */
  readonly cumNum: bigint;
}

/** The table of valid `tiers`: cum starts at 0 and grows by floor * (this mmr - the one before). */
export function tierTable(tiers: readonly Tier[], fee: Rate, effectiveUs: number): TierTable {
  const closeFee = exactRate(fee);
  const steps: Step[] = [];
  let cum = ZERO;
  let before: Exact | null = null;
  for (const tier of tiers) {
    const mmr = exactRate(tier.mmr);
    const floor = BigInt(tier.floor);
    cum = before === null ? ZERO : add(cum, times(floor, subtract(mmr, before)));
    before = mmr;
    const rate = add(mmr, closeFee);
    steps.push({
      floor,
      mmr,
      closeFee,
      cum,
      den: rate.den * cum.den,
      rateNum: rate.num * cum.den,
      cumNum: cum.num * rate.den,
    });
  }
  return { effectiveUs, tiers: tiers.map((tier) => ({ ...tier })), steps };
}

/** The last tier whose floor is not above `notional`. */
export function tierIndex(table: TierTable, notional: bigint): number {
  let index = 0;
  while (index + 1 < table.steps.length && table.steps[index + 1].floor <= notional) index++;
  return index;
}

/** ceil( N * mmr - cum + N * closeFee ), with that one rounding. */
export function maintenanceOf(table: TierTable, notional: bigint): bigint {
  const step = table.steps[tierIndex(table, notional)];
  return ceilDiv(notional * step.rateNum - step.cumNum, step.den);
}

/** The same before rounding. */
export function unroundedMaintenanceOf(table: TierTable, notional: bigint): Exact {
  const step = table.steps[tierIndex(table, notional)];
  return exact(notional * step.rateNum - step.cumNum, step.den);
}

export function areTiersValid(tiers: readonly Tier[]): boolean {
  if (tiers.length < 1 || tiers.length > TIERS_MAX || tiers[0].floor !== 0) return false;
  return tiers.every((tier, at) => isTierValid(tier, at === 0 ? null : tiers[at - 1]));
}

function isTierValid(tier: Tier, before: Tier | null): boolean {
  if (!Number.isSafeInteger(tier.floor) || !isTierRate(tier.mmr) || !isTierRate(tier.imr)) return false;
  if (compareRates(tier.mmr, tier.imr) > 0 || tier.imr.num > tier.imr.den) return false;
  if (before === null) return true;
  return (
    tier.floor > before.floor &&
    compareRates(tier.mmr, before.mmr) >= 0 &&
    compareRates(tier.imr, before.imr) >= 0
  );
}

function isTierRate({ num, den }: Rate): boolean {
  return (
    Number.isSafeInteger(num) && num >= 0 && Number.isSafeInteger(den) && den >= 1 && den <= DENOMINATOR_MAX
  );
}

function compareRates(a: Rate, b: Rate): number {
  const difference = BigInt(a.num) * BigInt(b.den) - BigInt(b.num) * BigInt(a.den);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}
