import { describe, expect, it } from 'vitest';
import { parseCalculatorInput } from '../../../src/core/calculator/parse-input.ts';
import { COLLECTED } from './collected.ts';
import { ELSEWHERE } from './elsewhere.ts';
import type { MarginFact } from './fact.ts';
import { BINANCE } from './facts/binance.ts';
import { DRIFT } from './facts/drift.ts';
import { DYDX, DYDX_DIFFERS } from './facts/dydx.ts';
import { FREQTRADE } from './facts/freqtrade.ts';
import { HYPERLIQUID } from './facts/hyperliquid.ts';
import { MANGO } from './facts/mango.ts';
import { OTHER_VENUES } from './facts/other-venues.ts';
import { FILLS, PNL } from './facts/positions.ts';
import { TIER_CROSSING } from './facts/tier-crossing.ts';
import { VEGA } from './facts/vega.ts';
import { mismatchesOfCheck, mismatchesOfFills } from './run-facts.ts';
import { ONE } from '../../../src/core/num/rational.ts';

const FACTS: readonly MarginFact[] = [
  ...BINANCE,
  ...TIER_CROSSING,
  ...HYPERLIQUID,
  ...DYDX,
  ...DRIFT,
  ...FREQTRADE,
  ...OTHER_VENUES,
  ...MANGO,
  ...VEGA,
  ...PNL,
];
const SPOT = { kind: 'linear', contractValue: ONE, moneyUnit: null } as const;

describe('facts of venues, put to the calculator', () => {
  it.each(FACTS.map((fact) => [fact.id, fact.name, fact] as const))('%s %s', (_id, _name, fact) => {
    expect(fact.checks.length).toBeGreaterThan(0);
    expect(fact.checks.flatMap(mismatchesOfCheck)).toEqual([]);
  });
});

describe('facts of venues, put to position accounting', () => {
  it.each(FILLS.map((fact) => [fact.id, fact.name, fact] as const))('%s %s', (_id, _name, fact) => {
    expect(mismatchesOfFills(fact, SPOT)).toEqual([]);
  });
});

describe('facts we answer differently, on purpose', () => {
  it.each(DYDX_DIFFERS.map((fact) => [fact.id, fact.because, fact] as const))(
    '%s %s',
    (_id, _because, fact) => {
      const parsed = parseCalculatorInput(fact.input);
      expect(parsed.ok ? 'accepted' : parsed.error.code).toBe(fact.weRefuseWith);
    },
  );
});

describe('the comparison itself', () => {
  it('notices a number that is off by one in its last digit, in every fact', () => {
    for (const fact of FACTS) {
      for (const check of fact.checks) {
        for (const [key, expected] of Object.entries(check.expect)) {
          if (typeof expected !== 'string' || key === 'bucket') continue;
          const off = {
            ...check,
            expect: { ...check.expect, [key]: `${expected}${expected.includes('.') ? '' : '.'}1` },
          };
          expect(mismatchesOfCheck(off), `${fact.id} ${key}`).not.toEqual([]);
        }
      }
    }
  });

  it('has a reason for every tolerance', () => {
    for (const fact of FACTS) {
      for (const check of fact.checks) {
        for (const expected of Object.values(check.expect)) {
          if (typeof expected === 'object' && expected !== null) expect(expected.because).not.toBe('');
        }
      }
    }
  });
});

it('accounts for every collected fact, once', () => {
  const answered = [...FACTS, ...FILLS].map((fact) => fact.id);
  const differing = DYDX_DIFFERS.map((fact) => fact.id);
  const accounted = [...answered, ...differing, ...ELSEWHERE.keys()];
  const collected = Object.entries(COLLECTED).flatMap(([source, ids]) => ids.map((id) => `${source}-${id}`));
  expect(accounted.toSorted()).toEqual(collected.toSorted());

  const counts = new Map<string, number>([
    ['passes', answered.length],
    ['differs', differing.length],
  ]);
  for (const { state, because } of ELSEWHERE.values()) {
    const label = state === 'left_out' ? `left out: ${because}` : state;
    counts.set(label, (counts.get(label) ?? 0) + 1);
  }
  const lines = [...counts].map(([label, count]) => `${String(count).padStart(5)}  ${label}`);
  console.log([`${String(collected.length).padStart(5)}  facts collected`, ...lines].join('\n'));
});
