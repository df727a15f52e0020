/** Puts facts about funding to the core and compares exactly. Each mismatch is a sentence. */
import { FundingMarket } from '../../../src/core/price/funding-market.ts';
import { withoutTails } from '../../../src/core/price/funding-average.ts';
import { DYDX } from '../../../src/core/price/funding-presets.ts';
import {
  type FundingRule,
  indexIncrement,
  interestBetween,
  inverseNotional,
  paidRate,
  quotedRate,
  RATE_ONE,
} from '../../../src/core/price/funding.ts';
import { impactNotional, levelsOf, premiumOf } from '../../../src/core/price/premium.ts';
import { toScaled } from '../../../src/core/num/decimal.ts';
import {
  compare,
  fraction,
  mul,
  parseRational,
  toText,
  type Rational,
} from '../../../src/core/num/rational.ts';
import type { FundingIndex, TimeUs } from '../../../src/core/num/units.ts';
import type { FundingFact, IntervalFact, PremiumFact } from './fact.ts';

const PRICE_SCALE = 2;
const SIZE_SCALE = 1;
const MINUTE = 60_000_000;

export function mismatchesOf(fact: FundingFact): string[] {
  switch (fact.asks) {
    case 'rate': {
      const quoted = quotedRate(fact.rule, read(fact.average), fact.margin, null);
      if (quoted === null) return ['no rate: it needs margin rates'];
      const paid = paidRate(fact.rule, quoted);
      const found: string[] = [];
      if (fact.rate === undefined && fact.paid === undefined && fact.payment === undefined)
        found.push('the fact expects nothing');
      if (fact.rate !== undefined) found.push(...differs('rate', quoted, fact.rate));
      if (fact.paid !== undefined) found.push(...differs('paid', paid, fact.paid));
      if (fact.payment !== undefined)
        found.push(...differs('payment', mul(paid, read(fact.payment.notional)), fact.payment.is));
      return found;
    }
    case 'index': {
      const increment = indexIncrement(paidRate(fact.rule, read(fact.quoted)), read(fact.notional));
      return increment === null
        ? ['the increment does not fit']
        : differs('increment', fraction(BigInt(increment), 1n), fact.increment);
    }
    case 'interval':
      return mismatchesOfInterval(fact);
    case 'premium':
      return differs('premium', premiumOfFact(fact), fact.premium);
    case 'tails':
      return JSON.stringify(withoutTails(fact.samples, fact.share)) === JSON.stringify(fact.kept)
        ? []
        : [`keeps ${JSON.stringify(withoutTails(fact.samples, fact.share))}`];
    case 'interest': {
      const interest = interestBetween(fact.quote, fact.base, fact.perDay);
      const { contractUnits, price, is } = fact.payment;
      const value = inverseNotional(BigInt(contractUnits), BigInt(price));
      return [
        ...differs('interest', interest, fact.interest),
        ...differs('payment', mul(interest, value), is),
      ];
    }
  }
}

/** Fifteen votes a minute, so that the median of each minute is the premium of the fact. */
function mismatchesOfInterval(fact: IntervalFact): string[] {
  const market = new FundingMarket(fact.rule, {
    margin: fact.margin,
    premiumMax: null,
    startUs: 0 as TimeUs,
    index: 0 as FundingIndex,
  });
  const premium = read(fact.premium);
  for (let minute = 0; minute < fact.minutes; minute++) {
    for (let vote = 0; vote < 15; vote++) {
      const outcome = market.sample((minute * MINUTE + vote * 1_000_000) as TimeUs, premium);
      if (outcome !== 'taken') return [`vote ${vote} of minute ${minute} is ${outcome}`];
    }
  }
  const settled = market.settle(fact.rule.intervalUs as TimeUs, read(fact.notional));
  if (settled === null || 'why' in settled) return [`not settled: ${JSON.stringify(settled)}`];
  return [
    ...differs('rate', fraction(BigInt(settled.rate), BigInt(RATE_ONE)), fact.rate),
    ...(settled.increment === fact.increment && settled.index === fact.increment
      ? []
      : [`increment is ${settled.increment}, index ${settled.index}, expected ${fact.increment}`]),
  ];
}

/** A market that quotes the one premium it heard. */
function premiumOfFact(fact: PremiumFact): Rational {
  const side = (name: 'buy' | 'sell'): number[] =>
    fact.orders
      .filter(([side]) => side === name)
      .map(([, size, price]) => [scaled(price, PRICE_SCALE), scaled(size, SIZE_SCALE)])
      .toSorted((a, b) => (name === 'buy' ? b[0] - a[0] : a[0] - b[0]))
      .flat();
  const depth = { bids: levelsOf(side('buy')), asks: levelsOf(side('sell')) };
  const notional = impactNotional(fact.impactNotional, PRICE_SCALE, SIZE_SCALE);
  const rule: FundingRule = {
    ...DYDX,
    average: { ...DYDX.average, median: null, samplesMin: 0 },
    limits: { max: null, min: null, margin: null, step: null },
  };
  const market = new FundingMarket(rule, {
    margin: { initial: fact.premiumMax, maintenance: { num: 0, den: 1 } },
    premiumMax: { num: 1, den: 1 },
    startUs: 0 as TimeUs,
    index: 0 as FundingIndex,
  });
  market.sample(0 as TimeUs, premiumOf(depth, notional, scaled(fact.index, PRICE_SCALE))!);
  return fraction(BigInt(market.predicted()!.rate), BigInt(RATE_ONE));
}

function scaled(text: string, scale: number): number {
  return Number(toScaled(text, scale, 'exact'));
}

function read(text: string): Rational {
  return parseRational(text)!;
}

function differs(name: string, ours: Rational, expected: string): string[] {
  return compare(ours, read(expected)) === 0 ? [] : [`${name} is ${toText(ours, 18)}, expected ${expected}`];
}
