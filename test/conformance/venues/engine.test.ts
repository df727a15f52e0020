/**
 * Inverse contracts: the engine against the calculator, on facts of venues and on random accounts. Both know the same formulas; they
 * share no code: the calculator solves in fractions, the engine counts lots at the worth of one lot.
 */
import { describe, expect, it } from 'vitest';
import { calculate } from '../../../src/core/calculator/calculate.ts';
import { readInput } from '../../../src/core/calculator/parse-input.ts';
import type { Account, Bucket } from '../../../src/core/calculator/account.ts';
import type { CalculatorInput } from '../../../src/core/calculator/input.ts';
import { abs, compare, parseRational, sub, toText, type Rational } from '../../../src/core/num/rational.ts';
import { Level } from '../../../src/core/schema/levels.ts';
import { Random } from '../../fuzz/random.ts';
import { askEngine, unsupported } from './engine-account.ts';
import type { Expected, MarginFact } from './fact.ts';
import { BINANCE } from './facts/binance.ts';
import { OTHER_VENUES } from './facts/other-venues.ts';
import { PNL } from './facts/positions.ts';

const FACTS = [...BINANCE, ...OTHER_VENUES, ...PNL].filter(({ checks }) =>
  checks.some(({ input }) => Object.values(input.markets).some(({ kind }) => kind === 'inverse')),
);

function accountOf(input: CalculatorInput): Account {
  const read = readInput(input);
  if ('error' in read) throw new Error(read.error.message);
  return read.account;
}

/** Half a unit a lot at the mark and at entry, and one for what is rounded up or cut. */
function tolerance({ positions }: Bucket, money: (units: bigint) => Rational): Rational {
  const lots = positions.reduce((sum, { size }) => sum + abs(size).num / abs(size).den + 1n, 0n);
  return money(lots + 2n);
}

function isWithin(ours: Rational, expected: Expected, slack: Rational): boolean {
  const wanted = typeof expected === 'object' && expected !== null ? expected.value : String(expected);
  const venue = typeof expected === 'object' && expected !== null ? expected.tolerance : '0';
  const off = abs(sub(ours, parseRational(wanted)!));
  return compare(off, parseRational(venue)!) <= 0 || compare(sub(off, parseRational(venue)!), slack) <= 0;
}

function mismatches({ checks }: MarginFact): string[] {
  return checks.flatMap(({ input, expect: expected }) => {
    const [bucket] = accountOf(input).buckets;
    const { market } = bucket.positions[0];
    const { bucket: facts, money, price } = askEngine(bucket);
    const [position] = facts.positions;
    const slack = tolerance(bucket, money);
    const tick = market.tick ?? parseRational('0.01')!;
    const hasFeeInBankruptcy = market.rules.closeFeeInBankruptcy && market.closeFee.num !== 0n;
    const asked: [string, Rational | null, Expected | undefined, Rational][] = [
      ['equity', money(facts.equity), expected.equity, slack],
      ['maintenanceMargin', money(facts.maintenance), expected.maintenanceMargin, slack],
      ['notional', money(position.notional), expected.notional, slack],
      ['unrealizedPnl', money(position.unrealized), expected.unrealizedPnl, slack],
      ['positionMaintenance', money(position.maintenance), expected.positionMaintenance, slack],
      ['liquidationPrice', answer(position.liquidation.price, price), expected.liquidationPrice, tick],
      [
        'bankruptcyPrice',
        answer(position.bankruptcy.price, price),
        // A fee to close is part of that price at some venues; ours is where equity ends.
        hasFeeInBankruptcy ? undefined : expected.bankruptcyPrice,
        tick,
      ],
    ];
    return asked.flatMap(([name, ours, wanted, within]) => {
      if (wanted === undefined) return [];
      if (ours !== null && isWithin(ours, wanted, within)) return [];
      return [`${name}: ${ours === null ? 'none' : toText(ours)}, the venue says ${JSON.stringify(wanted)}`];
    });
  });
}

function answer(ticks: number | null, price: (ticks: number) => Rational): Rational | null {
  return ticks === null ? null : price(ticks);
}

function whyNot({ checks }: MarginFact): string | null {
  const markets = checks.flatMap(({ input }) =>
    accountOf(input).buckets.flatMap(({ positions }) => positions.map(({ market }) => market)),
  );
  return markets.map(unsupported).find((why) => why !== null) ?? null;
}

describe('facts of inverse contracts, put to the engine', () => {
  it.each(FACTS.filter((fact) => whyNot(fact) === null).map((fact) => [fact.id, fact.name, fact] as const))(
    '%s %s',
    (_id, _name, fact) => expect(mismatches(fact)).toEqual([]),
  );

  it('leaves out what asks for a rule that the engine has not, and says which', () => {
    const out = FACTS.map((fact) => [fact.id, whyNot(fact)] as const).filter(([, why]) => why !== null);
    console.log(out.map(([id, why]) => `left out: ${id}, ${why}`).join('\n'));
    expect(out).toEqual([['other_venues-004', 'a close fee at the bankruptcy price']]);
  });
});

const ACCOUNTS = 300;
const DECIMALS = 11;
const UNIT = `0.${'0'.repeat(DECIMALS - 1)}1`;

/** One to three inverse markets of a cross account, rounded as the engine rounds. */
function randomAccount(random: Random): CalculatorInput {
  const names = ['A', 'B', 'C'].slice(0, random.whole(1, 3));
  const cents = (value: number): string => (Math.max(1, Math.round(value * 100)) / 100).toFixed(2);
  const markets = names.map((name) => {
    const mark = random.log(200, 150_000);
    const floors = [0, random.log(0.01, 1), random.log(2, 50)].slice(0, random.whole(1, 3));
    const tiers = floors.map((floor, at) => ({
      floor: floor.toFixed(8),
      mmr: (0.004 * (at + 1)).toFixed(3),
      imr: '1',
    }));
    const contractValue = random.pick(['1', '10', '100']);
    const rounding = {
      contractValue: { unit: UNIT, direction: 'half-even' },
      maintenanceMargin: { unit: UNIT, direction: 'ceil' },
    } as const;
    return {
      name,
      mark,
      market: {
        kind: 'inverse',
        contractValue,
        mark: cents(mark),
        tick: '0.01',
        tiers,
        closeFee: random.pick(['0', '0.0005']),
        rounding,
      } as const,
    };
  });
  const positions = markets.map(({ name, mark, market }) => ({
    market: name,
    size: String(random.sign() * Math.ceil((random.log(0.01, 40) * mark) / Number(market.contractValue))),
    entryPrice: cents(mark * random.log(0.8, 1.25)),
  }));
  const worth = positions.reduce(
    (sum, { size }, at) =>
      sum + (Math.abs(Number(size)) * Number(markets[at].market.contractValue)) / markets[at].mark,
    0,
  );
  return {
    markets: Object.fromEntries(markets.map(({ name, market }) => [name, market])),
    account: { collateral: (worth * random.log(0.005, 0.6)).toFixed(DECIMALS), positions },
  };
}

it('gives what the calculator gives, to the unit, on random accounts', () => {
  const random = new Random(11);
  let [liquidatable, priced] = [0, 0];
  for (let count = 0; count < ACCOUNTS; count++) {
    const input = randomAccount(random);
    const account = accountOf(input);
    const [theirs] = calculate(input).buckets;
    const { bucket, money, price, decimals } = askEngine(account.buckets[0]);
    expect(decimals).toBe(DECIMALS);
    const same = (units: bigint, decimal: string): void =>
      expect(toText(money(units), 30)).toBe(toText(parseRational(decimal)!, 30));
    same(bucket.equity, theirs.equity);
    same(bucket.maintenance, theirs.maintenanceMargin);
    expect(bucket.level >= Level.liquidatable).toBe(theirs.liquidatable);
    expect(bucket.level >= Level.bankrupt).toBe(theirs.bankrupt);
    liquidatable += +theirs.liquidatable;
    for (const position of bucket.positions) {
      const other = theirs.positions.find(
        ({ market }) => market === input.account.positions![position.market].market,
      )!;
      same(position.notional, other.notional);
      same(position.unrealized, other.unrealizedPnl);
      same(position.maintenance, other.maintenanceMargin);
      if (bucket.level >= Level.liquidatable) continue;
      const { price: wanted } = other.liquidationPrice;
      const ours = answer(position.liquidation.price, price);
      // Beyond what a mark can be, ours is none.
      if (ours === null) continue;
      // The calculator solves the line without its roundings: one tick.
      expect(compare(abs(sub(ours, parseRational(wanted!)!)), parseRational('0.01')!)).toBeLessThanOrEqual(0);
      priced++;
    }
  }
  expect(liquidatable).toBeGreaterThan(30);
  expect(priced).toBeGreaterThan(100);
});
