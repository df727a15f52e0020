import { describe, expect, it } from 'vitest';
import { COLLECTED } from '../venues/collected.ts';
import { ELSEWHERE } from '../venues/elsewhere.ts';
import type { FundingFact } from './fact.ts';
import { DYDX_FUNDING } from './facts-dydx.ts';
import { VENUE_FUNDING } from './facts-venues.ts';
import { mismatchesOf } from './run-facts.ts';

const FACTS: readonly FundingFact[] = [...DYDX_FUNDING, ...VENUE_FUNDING];

/** Facts that mention funding and are not about how a rate or an index is made. */
const LEFT_OUT: Readonly<Record<string, string>> = {
  'drift_v2-052': 'a bankruptcy spread over a market through its index: loss socialisation',
};

describe('facts of venues, put to the funding rules', () => {
  it.each(FACTS.map((fact) => [fact.id, fact.name, fact] as const))('%s %s', (_id, _name, fact) => {
    expect(mismatchesOf(fact)).toEqual([]);
  });
});

describe('the comparison itself', () => {
  it('notices an answer that is off by one in its last digit, in every fact', () => {
    const unnoticed = FACTS.filter((fact) => mismatchesOf(offByOne(fact)).length === 0);
    expect(unnoticed.map((fact) => fact.id)).toEqual([]);
  });
});

it('accounts for every collected fact about funding', () => {
  const ids = new Set(FACTS.map((fact) => fact.id));
  const waiting = [...ELSEWHERE].filter(([, { state }]) => state === 'answered:funding').map(([id]) => id);
  expect(waiting).not.toEqual([]);
  expect(waiting.filter((id) => !ids.has(id))).toEqual([]);

  const collected = new Set(
    Object.entries(COLLECTED).flatMap(([source, numbers]) => numbers.map((id) => `${source}-${id}`)),
  );
  for (const id of Object.keys(LEFT_OUT)) expect(collected).toContain(id);
  const byEvidence = new Map<string, number>();
  for (const { evidence } of FACTS) byEvidence.set(evidence, (byEvidence.get(evidence) ?? 0) + 1);
  const lines = [
    [
      FACTS.length,
      `facts about funding pass, ${[...ids].filter((id) => collected.has(id)).length} of them collected`,
    ],
    ...[...byEvidence].map(([evidence, count]) => [count, `  ${evidence}`]),
    [0, 'differ'],
    ...Object.entries(LEFT_OUT).map(([id, why]) => [1, `left out: ${id}, ${why}`]),
  ];
  console.log(lines.map(([count, label]) => `${String(count).padStart(5)}  ${label}`).join('\n'));
});

function offByOne(fact: FundingFact): FundingFact {
  const off = (text: string): string => {
    const [num, den] = text.split('/');
    return den === undefined
      ? `${num}${num.includes('.') ? '' : '.'}0000001`
      : `${num}${num.includes('.') ? '' : '.'}1/${den}`;
  };
  switch (fact.asks) {
    case 'rate':
      if (fact.rate !== undefined) return { ...fact, rate: off(fact.rate) };
      if (fact.paid !== undefined) return { ...fact, paid: off(fact.paid) };
      return { ...fact, payment: { ...fact.payment!, is: off(fact.payment!.is) } };
    case 'index':
      return { ...fact, increment: off(fact.increment) };
    case 'interval':
      return { ...fact, increment: fact.increment + 1 };
    case 'premium':
      return { ...fact, premium: off(fact.premium) };
    case 'tails':
      return { ...fact, kept: [...fact.kept, 1] };
    case 'interest':
      return { ...fact, interest: off(fact.interest) };
  }
}
