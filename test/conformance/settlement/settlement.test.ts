import { describe, expect, it } from 'vitest';
import { add, parseRational } from '../../../src/core/num/rational.ts';
import { COLLECTED } from '../venues/collected.ts';
import { ELSEWHERE } from '../venues/elsewhere.ts';
import type { Expected } from '../venues/fact.ts';
import { nameOf, type SettlementFact } from './fact.ts';
import { SETTLEMENT_FACTS } from './facts.ts';
import { mismatchesOf } from './run-facts.ts';

/** By what is asked: a fact may be asked for two things. */
const ROWS = SETTLEMENT_FACTS.map((fact) => [nameOf(fact).id, fact.asks, nameOf(fact).name, fact] as const);

describe('facts of venues about fills, funding, takeovers, fees and losses', () => {
  it.each(ROWS)('%s %s: %s', (_id, _asks, _name, fact) => {
    expect(mismatchesOf(fact)).toEqual([]);
  });
});

describe('the comparison itself', () => {
  it('notices an answer that is off, in every number of every fact', () => {
    const unnoticed: string[] = [];
    for (const fact of SETTLEMENT_FACTS) {
      const wrong = wrongOnes(fact);
      expect(wrong.length).toBeGreaterThan(0);
      for (const each of wrong) if (mismatchesOf(each).length === 0) unnoticed.push(nameOf(fact).id);
    }
    expect(unnoticed).toEqual([]);
  });
});

it('accounts for every collected fact about settlement', () => {
  const ids = new Set(SETTLEMENT_FACTS.map((fact) => nameOf(fact).id));
  const collected = new Set(
    Object.entries(COLLECTED).flatMap(([source, numbers]) => numbers.map((id) => `${source}-${id}`)),
  );
  expect([...ids].filter((id) => !collected.has(id))).toEqual([]);
  const states = [...ELSEWHERE];
  const answered = states.filter(([, { state }]) => state === 'answered:settlement').map(([id]) => id);
  expect(answered.length).toBeGreaterThan(0);
  expect(answered.filter((id) => !ids.has(id))).toEqual([]);
  // What these are about is built: nothing waits for it any more.
  const built = new Set<string>([
    'waits:liquidation',
    'waits:insurance',
    'waits:adl',
    'waits:loss_socialisation',
  ]);
  expect(states.filter(([, { state }]) => built.has(state))).toEqual([]);

  const differing = SETTLEMENT_FACTS.filter((fact) => fact.asks === 'takeover' && fact.differs !== undefined);
  const counts = new Map<string, number>();
  const count = (label: string): void => void counts.set(label, (counts.get(label) ?? 0) + 1);
  for (const fact of SETTLEMENT_FACTS) if (!differing.includes(fact)) count(`  ${nameOf(fact).evidence}`);
  for (const fact of SETTLEMENT_FACTS) if (!differing.includes(fact)) count(`  asked for: ${fact.asks}`);
  for (const fact of differing) if (fact.asks === 'takeover') count(`differs: ${fact.differs!.because}`);
  for (const { state, because, subject } of ELSEWHERE.values())
    if (state === 'left_out' && subject === 'settlement') count(`left out: ${because}`);
  const lines = [...counts].map(([label, number]) => `${String(number).padStart(5)}  ${label}`);
  const passes = SETTLEMENT_FACTS.length - differing.length;
  console.log(
    [
      `${String(passes).padStart(5)}  questions about settlement pass, on ${ids.size} collected facts`,
      ...lines,
    ].join('\n'),
  );
});

/** The fact with one of its numbers moved, for each of them. */
function wrongOnes(fact: SettlementFact): SettlementFact[] {
  switch (fact.asks) {
    case 'fills': {
      const { expect } = fact.fact;
      return expect.flatMap((item, at) =>
        (['entryPrice', 'realizedPnl', 'size'] as const)
          .filter((key) => item[key] !== undefined)
          .map((key) => ({
            ...fact,
            fact: { ...fact.fact, expect: expect.with(at, { ...item, [key]: off(item[key]!) }) },
          })),
      );
    }
    case 'value':
    case 'takeover': {
      const keys = ['equity', 'unrealizedPnl', 'bankruptcyPrice'] as const;
      const asked = keys.filter((key) => (key === 'bankruptcyPrice') === (fact.asks === 'takeover'));
      const { checks } = fact.fact;
      if (fact.asks === 'takeover' && fact.differs !== undefined)
        return [{ ...fact, differs: { ...fact.differs, price: off(fact.differs.price) as string } }];
      return checks.flatMap((check, at) =>
        asked
          .filter((key) => check.expect[key] !== undefined)
          .map((key) => {
            const expect = { ...check.expect, [key]: off(check.expect[key]!) };
            return { ...fact, fact: { ...fact.fact, checks: checks.with(at, { ...check, expect }) } };
          }),
      );
    }
    case 'insurance':
      return [{ ...fact, fund: off(fact.fund) }];
    case 'fee':
      return [{ ...fact, fee: fact.fee + 1 }];
    case 'close':
      return [{ ...fact, lots: off(fact.lots) }];
    case 'funding': {
      const { expect } = fact;
      const payment = { ...fact, expect: { ...expect, payment: off(expect.payment) } };
      return expect.total === undefined
        ? [payment]
        : [payment, { ...fact, expect: { ...expect, total: off(expect.total) } }];
    }
    case 'shared': {
      const { expect } = fact;
      const fund = { ...fact, expect: { ...expect, fundAfter: expect.fundAfter + 1 } };
      return [
        fund,
        ...expect.haircuts.flatMap((haircut, at) =>
          haircut === null
            ? []
            : [{ ...fact, expect: { ...expect, haircuts: expect.haircuts.with(at, off(haircut)) } }],
        ),
      ];
    }
  }
}

/** Moved by a little, or by thrice its tolerance where it has one. */
function off(expected: Expected): Expected {
  const isWithin = typeof expected === 'object' && expected !== null;
  const tolerance = parseRational(isWithin && expected.tolerance !== '0' ? expected.tolerance : '0.0000001')!;
  const { num, den } = add(parseRational(isWithin ? expected.value : (expected as string))!, {
    num: 3n * tolerance.num,
    den: tolerance.den,
  });
  return isWithin ? { ...expected, value: `${num}/${den}` } : `${num}/${den}`;
}
