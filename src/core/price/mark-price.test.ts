import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { divideRounded } from '../num/decimal.ts';
import { decay } from '../num/elementary.ts';
import { BasisMean, TimeWeightedAverage } from './mark-price-averages.ts';
import { MarkPrice, PART_STATE_NAMES, roundToMark } from './mark-price.ts';
import { MARK_RULES, type MarkRules } from './price-rules.ts';

const SECOND = 1_000_000;
const HOUR = 3600 * SECOND;
/** A whole second, as samples are taken at whole ones. */
const START = 1_758_182_400 * SECOND;

interface Inputs {
  readonly index?: number;
  readonly bid?: number;
  readonly ask?: number;
  readonly last?: number;
  readonly perps?: number;
}

function markOf(rules: MarkRules, inputs: Inputs, now = START, hours = 8): MarkPrice {
  const mark = new MarkPrice(rules, hours * HOUR);
  Object.assign(mark, inputs);
  mark.decide(now);
  return mark;
}

/** Samples every second from `from`, with a steady basis. */
function sampled(rules: MarkRules, inputs: Inputs, seconds: number): MarkPrice {
  const mark = new MarkPrice(rules, 8 * HOUR);
  Object.assign(mark, inputs);
  for (let second = 0; second <= seconds; second++) mark.sample(START + second * SECOND);
  mark.decide(START + seconds * SECOND);
  return mark;
}

const states = (mark: MarkPrice): string[] => [...mark.state].map((state) => PART_STATE_NAMES[state]);
const BINANCE = MARK_RULES['binance-2025-09-18'];

describe('binance', () => {
  it.each([
    // hours of the interval, hours left, rate, index -> price 1 = index * (1 + rate * left / interval)
    [8, 8, 0.0001, 1_000_000, 1_000_100],
    [8, 4, 0.0001, 1_000_000, 1_000_050],
    [4, 4, 0.0001, 1_000_000, 1_000_100],
    [1, 0.5, -0.0004, 1_000_000, 999_800],
    [8, 0, 0.01, 1_000_000, 1_000_000],
  ])(
    'of a %d h interval with %d h left at %d: index %d is moved to %d',
    (hours, left, rate, index, expected) => {
      const mark = new MarkPrice(BINANCE, hours * HOUR);
      Object.assign(mark, { index, fundingRate: rate * 1e12, nextFundingUs: START + left * HOUR });
      mark.decide(START);
      expect(mark.value[0]).toBeCloseTo(expected, 6);
    },
  );

  it('counts no time beyond the interval and none after funding was due', () => {
    const mark = new MarkPrice(BINANCE, HOUR);
    Object.assign(mark, { index: 1_000_000, fundingRate: 1e9, nextFundingUs: START });
    mark.decide(START - 5 * HOUR);
    expect(mark.value[0]).toBe(1_001_000);
    mark.decide(START + 5 * HOUR);
    expect(mark.value[0]).toBe(1_000_000);
  });

  it('is the middle of index with funding, index with basis, and last', () => {
    const mark = sampled(BINANCE, { index: 1000, bid: 1010, ask: 1030, last: 1015 }, 40);
    expect([...mark.value]).toEqual([1000, 1020, 1015]);
    expect(states(mark)).toEqual(['index instead', 'there', 'there']);
    expect([mark.raw, mark.chosen]).toEqual([1015, 2]);
  });

  it('has no basis before half of its samples are there', () => {
    const inputs = { index: 1000, bid: 1010, ask: 1030, last: 1015 };
    expect(states(sampled(BINANCE, inputs, 13))[1]).toBe('index instead');
    expect(states(sampled(BINANCE, inputs, 14))[1]).toBe('there');
  });

  it('does not move out of what the other two say when funding is paid', () => {
    const price = fc.integer({ min: 900_000, max: 1_100_000 });
    fc.assert(
      fc.property(price, price, price, fc.integer({ min: -3e9, max: 3e9 }), (index, bid, last, rate) => {
        const mark = new MarkPrice({ ...BINANCE, samples: 1 }, 8 * HOUR);
        Object.assign(mark, { index, bid, ask: bid + 2, last, fundingRate: rate, nextFundingUs: START });
        mark.sample(START - 1);
        mark.decide(START - 1);
        const before = mark.raw;
        Object.assign(mark, { fundingRate: -rate, nextFundingUs: START + 8 * HOUR });
        mark.decide(START);
        const others = [mark.value[1], mark.value[2]];
        const moved = mark.raw - before;
        expect(Math.abs(moved)).toBeLessThanOrEqual(Math.abs(others[0] - others[1]));
        expect(mark.raw).toBeGreaterThanOrEqual(Math.min(...others));
        expect(mark.raw).toBeLessThanOrEqual(Math.max(...others));
      }),
    );
  });
});

describe('hyperliquid', () => {
  const rules = MARK_RULES.hyperliquid;
  const inputs = { index: 10_000, bid: 10_005, ask: 10_015, last: 10_010, perps: 9_990 };

  it('is the middle of oracle with basis, book, and other perpetuals', () => {
    // The basis is 10 throughout.
    const mark = sampled(rules, inputs, 60);
    expect(mark.value[0]).toBeCloseTo(10_010, 9);
    expect([mark.value[1], mark.value[2]]).toEqual([10_010, 9_990]);
    expect(mark.raw).toBeCloseTo(10_010, 9);
  });

  it('takes the average of the book as the third when exactly two are there', () => {
    const mark = sampled(rules, { ...inputs, perps: 0 }, 60);
    expect(states(mark)).toEqual(['there', 'there', 'book average instead']);
    expect(mark.value[2]).toBeCloseTo(10_010, 9);
  });

  it('is nothing with fewer', () => {
    const mark = sampled(rules, { ...inputs, index: 0, perps: 0 }, 60);
    expect([mark.raw, mark.chosen]).toEqual([0, -1]);
  });
});

describe('the other rules', () => {
  const inputs = { index: 1000, bid: 1010, ask: 1030, last: 990, perps: 0 };
  it.each([
    ['dydx', 1000],
    ['okx', 1020],
    ['plain', 1020],
    ['bitmex', 1000],
    ['bybit', 1000],
    ['binance-60s', 1000],
    ['binance-150s', 1000],
  ] as const)('%s is %d', (name, expected) => {
    // All averages of seconds are full after five minutes; the last print of 990 is under index and basis.
    expect(sampled(MARK_RULES[name], inputs, 300).raw).toBe(expected);
  });

  it('published is what the venue says', () => {
    const mark = new MarkPrice(MARK_RULES.published, 8 * HOUR);
    mark.published = 1234;
    mark.decide(START);
    expect(mark.raw).toBe(1234);
  });

  it.each(Object.values(MARK_RULES))('$name: without an index and a book there is none', (rules) => {
    expect(markOf(rules, { last: 1000 }).raw).toBe(0);
  });
});

describe('book', () => {
  it.each([
    [{ bid: 10, ask: 20, last: 15 }, 15],
    [{ bid: 10, ask: 20, last: 5 }, 10],
    [{ bid: 10, ask: 20, last: 99 }, 20],
    [{ bid: 10, ask: 20, last: 0 }, 15],
    [{ bid: 0, ask: 20, last: 15 }, 0],
  ])('of %j is %d', (inputs, book) => {
    expect(Object.assign(new MarkPrice(MARK_RULES.plain, HOUR), inputs).book).toBe(book);
  });
});

describe('averages', () => {
  it('the mean is that of the last samples, whatever came and went', () => {
    const samples = fc.array(fc.option(fc.integer({ min: -1e6, max: 1e6 })), {
      minLength: 1,
      maxLength: 200,
    });
    fc.assert(
      fc.property(samples, fc.integer({ min: 1, max: 40 }), (list, size) => {
        const mean = new BasisMean(size);
        for (const sample of list) {
          if (sample === null) mean.skip();
          else mean.add(sample);
        }
        const kept = list.slice(-size).filter((sample) => sample !== null);
        expect(mean.count).toBe(kept.length);
        expect(mean.isThere).toBe(kept.length > 0 && 2 * kept.length >= size);
        if (kept.length > 0)
          expect(mean.value).toBe(kept.reduce((sum, sample) => sum + sample, 0) / kept.length);
      }),
    );
  });

  it('a sample counts for the time since the one before, and the first for none', () => {
    const ema = new TimeWeightedAverage(150 * SECOND);
    ema.add(1_000_000, START);
    expect([ema.isThere, ema.value]).toEqual([false, 0]);
    ema.add(10, START + 3 * SECOND);
    expect(ema.value).toBe(10);
    ema.add(20, START + 10 * SECOND);
    // num = 10*3*e^(-7/150) + 20*7, den = 3*e^(-7/150) + 7
    const faded = Math.exp(-7 / 150);
    expect(ema.value).toBeCloseTo((30 * faded + 140) / (3 * faded + 7), 12);
  });

  it('two samples at one time are one', () => {
    const ema = new TimeWeightedAverage(SECOND);
    ema.add(5, START);
    ema.add(6, START);
    expect(ema.isThere).toBe(false);
  });

  it('decay is e^-x', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 699, noNaN: true }), (x) => {
        expect(Math.abs(decay(x) / Math.exp(-x) - 1)).toBeLessThan(1e-15);
      }),
    );
    expect([decay(0), decay(700), decay(Infinity)]).toEqual([1, 0, 0]);
  });
});

describe('rounding', () => {
  it('is half to even, once', () => {
    expect([25, 35, 24, 26, 4].map((units) => roundToMark(units, 10))).toEqual([2, 4, 2, 3, 0]);
    expect(roundToMark(24.999999, 10)).toBe(2);
    expect(roundToMark(25.000001, 10)).toBe(3);
  });

  it('is exact for whole prices', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 2 ** 46 }),
        fc.integer({ min: 1, max: 100_000 }),
        (units, perTick) => {
          const exact = Number(divideRounded(BigInt(units), BigInt(perTick), 'half-even'));
          expect(roundToMark(units, perTick)).toBe(exact >= 1 && exact <= 2 ** 44 ? exact : 0);
        },
      ),
    );
  });
});
