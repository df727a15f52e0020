/** What every benchmark answers, whatever it measures: whether its thresholds held, on what, and on which machine. */
import { machineHere, type Machine } from './machine.ts';

/** One threshold. `ok` is null where it is not judged: another workload, or a quick run. */
export interface Check {
  readonly name: string;
  readonly value: number | string;
  readonly limit: string;
  readonly ok: boolean | null;
}

export interface Report {
  readonly bench: string;
  /** Everything judged held. */
  readonly ok: boolean;
  /** Sizes are small and thresholds of speed are not judged: `ok` is then about correctness. */
  readonly quick: boolean;
  readonly checks: readonly Check[];
  /** All parameters, and the seed. */
  readonly workload: Readonly<Record<string, unknown>>;
  readonly machine: Machine;
  /** What the numbers leave out. */
  readonly notIncluded: readonly string[];
}

export class Checks {
  readonly list: Check[] = [];
  readonly #quick: boolean;

  constructor(quick: boolean) {
    this.#quick = quick;
  }

  atLeast(name: string, value: number, least: number, applies = true): void {
    this.list.push({
      name,
      value: rounded(value),
      limit: `>= ${least}`,
      ok: applies && !this.#quick ? value >= least : null,
    });
  }

  atMost(name: string, value: number, most: number, applies = true): void {
    this.list.push({
      name,
      value: rounded(value),
      limit: `<= ${most}`,
      ok: applies && !this.#quick ? value <= most : null,
    });
  }

  /** Of correctness: judged in quick runs too. */
  equal(name: string, value: number | string, expected: number | string): void {
    this.list.push({ name, value, limit: `= ${expected}`, ok: value === expected });
  }
}

export function report<Results extends object>(
  bench: string,
  quick: boolean,
  checks: Checks,
  workload: Readonly<Record<string, unknown>>,
  notIncluded: readonly string[],
  results: Results,
): Report & Results {
  return {
    bench,
    ok: checks.list.every(({ ok }) => ok !== false),
    quick,
    ...results,
    checks: checks.list,
    notIncluded,
    workload,
    machine: machineHere(),
  };
}

/** To four digits that count. */
export function rounded(value: number): number {
  if (!Number.isFinite(value) || Math.abs(value) >= 1000) return Math.round(value);
  return Number(value.toPrecision(4));
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}
