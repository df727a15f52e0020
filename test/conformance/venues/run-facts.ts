/** Puts facts to the calculator and compares exactly, or within the tolerance a fact explains. */

import { applyFill, entryPrice, FLAT, type FillContract } from '../../../src/core/calculator/fills.ts';
import { calculate } from '../../../src/core/calculator/calculate.ts';
import type { BucketOutput } from '../../../src/core/calculator/output.ts';
import { parseCalculatorInput } from '../../../src/core/calculator/parse-input.ts';
import { abs, compare, mul, parseRational, sub, ZERO } from '../../../src/core/num/rational.ts';
import type { Check, Expectation, Expected, FillFact } from './fact.ts';

/** Each mismatch as a sentence; none means that the fact is reproduced. */
export function mismatchesOfCheck(check: Check): string[] {
  const parsed = parseCalculatorInput(check.input);
  if (!parsed.ok) return [`refused: ${parsed.error.code} at ${parsed.error.field}: ${parsed.error.message}`];
  const { buckets } = calculate(parsed.input);
  const { expect } = check;
  const bucket =
    expect.bucket === undefined ? buckets[0] : buckets.find((candidate) => candidate.name === expect.bucket);
  if (bucket === undefined) return [`no bucket ${expect.bucket ?? 'at all'}`];
  const found = mismatchesOfBucket(bucket, expect);
  const naive = check.naiveLiquidationPrice;
  const ours = bucket.positions[expect.position ?? 0]?.liquidationPrice.price ?? null;
  if (naive !== undefined && ours !== null && isNear(ours, naive)) {
    found.push(`liquidationPrice is the naive ${naive}`);
  }
  return found;
}

function mismatchesOfBucket(bucket: BucketOutput, expect: Expectation): string[] {
  const position = bucket.positions[expect.position ?? 0];
  const pairs: [string, unknown, Expected | undefined][] = [
    ['equity', bucket.equity, expect.equity],
    ['maintenanceMargin', bucket.maintenanceMargin, expect.maintenanceMargin],
    ['initialMargin', bucket.initialMargin, expect.initialMargin],
    ['excess', bucket.excess, expect.excess],
    ['liquidatable', bucket.liquidatable, expect.liquidatable],
    ['bankrupt', bucket.bankrupt, expect.bankrupt],
    ['notional', position?.notional, expect.notional],
    ['unrealizedPnl', position?.unrealizedPnl, expect.unrealizedPnl],
    ['positionMaintenance', position?.maintenanceMargin, expect.positionMaintenance],
    ['liquidationPrice', position?.liquidationPrice.price, expect.liquidationPrice],
    ['bankruptcyPrice', position?.bankruptcyPrice.price, expect.bankruptcyPrice],
    ['bankruptcyValue', position?.bankruptcyPrice.value, expect.bankruptcyValue],
  ];
  const asked = pairs.filter(([, , expected]) => expected !== undefined);
  if (asked.length === 0) return ['the fact expects nothing'];
  return asked.flatMap(([name, ours, expected]) => mismatch(name, ours, expected!));
}

export function mismatchesOfFills(fact: FillFact, contract: FillContract): string[] {
  let position = FLAT;
  const found: string[] = [];
  for (const [at, [sizeText, priceText]] of fact.fills.entries()) {
    const size = parseRational(sizeText)!;
    const price = parseRational(priceText)!;
    const fee = mul(parseRational(fact.feeRate)!, mul(abs(size), price));
    position = applyFill(position, { size, price, fee }, contract);
    for (const expected of fact.expect.filter((item) => item.afterFill === at + 1)) {
      const label = `after fill ${at + 1}: `;
      const entry = entryPrice(position, contract) ?? ZERO;
      const text = (value: { num: bigint; den: bigint }): string => `${value.num}/${value.den}`;
      if (expected.entryPrice !== undefined) {
        found.push(...mismatch(`${label}entryPrice`, text(entry), expected.entryPrice));
      }
      if (expected.realizedPnl !== undefined) {
        found.push(...mismatch(`${label}realizedPnl`, text(position.realizedPnl), expected.realizedPnl));
      }
      if (expected.size !== undefined) {
        found.push(...mismatch(`${label}size`, text(position.size), expected.size));
      }
    }
  }
  return found;
}

export function mismatch(name: string, ours: unknown, expected: Expected): string[] {
  const isWithin = typeof expected === 'object' && expected !== null;
  const wanted = isWithin ? expected.value : expected;
  const tolerance = isWithin ? expected.tolerance : '0';
  const isEqual =
    typeof wanted === 'string' && typeof ours === 'string'
      ? compare(abs(sub(parseRational(ours)!, parseRational(wanted)!)), parseRational(tolerance)!) <= 0
      : ours === wanted;
  return isEqual ? [] : [`${name} is ${String(ours)}, expected ${String(wanted)} within ${tolerance}`];
}

function isNear(a: string, b: string): boolean {
  return compare(abs(sub(parseRational(a)!, parseRational(b)!)), parseRational('0.000001')!) < 0;
}
