/**
 * The venues' published rules, reproduced from configuration alone: events in, marks out. Every number on the right is worked
 * out in the comment beside it from the rule as the venue prints it, not taken from a run.
 */
import { describe, expect, it } from 'vitest';
import type { TimeUs } from '../../../src/core/num/units.ts';
import {
  HYPERLIQUID_PERP_WEIGHTS,
  HYPERLIQUID_SPOT_WEIGHTS,
  MARK_RULES,
} from '../../../src/core/price/price-rules.ts';
import { START_US, Tape } from '../../scenarios/prices-tape.ts';

const HOUR_US = 3_600_000_000;
const THREE = ['a', 'b', 'c'];

interface Moment {
  readonly index: string;
  readonly bid: string;
  readonly ask: string;
  readonly last: string;
}

/** One moment held for `seconds`, so that every average has only it to average. */
function held(name: keyof typeof MARK_RULES, moment: Moment, seconds: number): Tape {
  const tape = new Tape({
    sources: THREE.map((venue) => ({ name: venue })),
    rules: { mark: MARK_RULES[name] },
  });
  for (let second = 0; second <= seconds; second++) {
    for (const venue of THREE) tape.quote(second, venue, moment.index);
    sides(tape, second, moment.bid, moment.ask);
    tape.trade(second, 'own', moment.last);
  }
  return tape;
}

function sides(tape: Tape, second: number, bid: string, ask: string): void {
  tape.say(second, 'own', {
    kind: 'quote',
    updateId: null,
    bid: Math.round(Number(bid) * 100),
    bidSize: 1,
    ask: Math.round(Number(ask) * 100),
    askSize: 1,
  });
}

describe('Binance: median of index with funding, index with basis, and contract', () => {
  const moment = { index: '60000.00', bid: '60029.00', ask: '60031.00', last: '60050.00' };
  // Price 2 = 60000 + 30 = 60030, contract = 60050.
  it.each([
    // Price 1 = 60000 * (1 + rate * time / interval)
    ['0.0001, 8 h of 8 h left: price 1 is 60006', 1e8, 8, 8, '60030'],
    ['0.0006, 8 h of 8 h left: price 1 is 60036', 6e8, 8, 8, '60036'],
    ['0.0006, 4 h of 8 h left: price 1 is 60018', 6e8, 4, 8, '60030'],
    ['0.0006, 4 h of 4 h left, not of 8: price 1 is 60036', 6e8, 4, 4, '60036'],
    ['0.002, 8 h of 8 h left: price 1 is 60120', 2e9, 8, 8, '60050'],
    ['-0.001, 8 h of 8 h left: price 1 is 59940', -1e9, 8, 8, '60030'],
  ])('%s', (_, rate, left, interval, expected) => {
    const tape = held('binance-2025-09-18', moment, 40);
    tape.say(40, 'own', {
      kind: 'contract',
      tick: '0.01',
      lot: '0.001',
      isTrading: true,
      fundingIntervalHours: interval,
      tiers: null,
    });
    tape.router.settled(0, rate, (tape.router.now + left * HOUR_US) as TimeUs);
    expect(tape.now().mark).toBe(expected);
  });

  it.each([
    // The basis was 0 for 60 s and is 30 since: after n samples of a window of w it is 30 * min(n, w) / w.
    ['binance-2025-09-18', 15, '60015'],
    ['binance-2025-09-18', 30, '60030'],
    ['binance-60s', 30, '60015'],
    ['binance-60s', 60, '60030'],
    // A sample every five seconds, thirty of them.
    ['binance-150s', 75, '60015'],
  ] as const)('%s: %d s after the basis moved, price 2 is %s', (rule, seconds, expected) => {
    const flat = { index: '60000.00', bid: '59999.00', ask: '60001.00', last: '60050.00' };
    const tape = held(rule, flat, 160);
    for (let second = 161; second <= 160 + seconds; second++) {
      for (const venue of THREE) tape.quote(second, venue, '60000.00');
      sides(tape, second, '60029.00', '60031.00');
    }
    // The sample of the last second is taken at its end, when the quotes of it are known.
    tape.wait(160 + seconds + 1);
    const basis = tape.router.explain(0).rule.parts.find(({ part }) => part === 'mean-basis');
    expect(basis?.value).toBe(expected);
  });

  it('a source more than 5 % off the median has no weight; with more than one off, the plain median counts', () => {
    const sources = [
      { name: 'a', weight: 5 },
      { name: 'b' },
      { name: 'c' },
      { name: 'd', weight: 4 },
      { name: 'e' },
    ];
    const index = (prices: readonly string[]): string => {
      const tape = new Tape({ sources, rules: { mark: MARK_RULES.dydx } });
      prices.forEach((price, at) => tape.quote(1, sources[at].name, price));
      return tape.now().index;
    };
    // Median 100: a is off, and of b, c, d, e with weights 1, 1, 4, 1 half is reached at d.
    expect(index(['106.00', '99.00', '100.00', '101.00', '98.00'])).toBe('101');
    // Median 100: a and e are off; by weight it would be d, but with two off it is the median.
    expect(index(['106.00', '99.00', '100.00', '101.00', '90.00'])).toBe('100');
  });
});

describe('Hyperliquid: weighted medians of venues, time-weighted basis, book, other perpetuals', () => {
  const spot = Object.entries(HYPERLIQUID_SPOT_WEIGHTS).map(([name, weight]) => ({ name, weight }));

  it('oracle: the weights are 3 2 2 1 1 1 1, and their median is where half of 11 is reached', () => {
    expect(spot.map(({ weight }) => weight)).toEqual([3, 2, 2, 1, 1, 1, 1]);
    expect(Object.values(HYPERLIQUID_PERP_WEIGHTS)).toEqual([3, 2, 2, 1, 1]);
    const tape = new Tape({ sources: spot, rules: { mark: MARK_RULES.dydx } });
    // Ascending: kraken 1, mexc 1, okx 2, binance 3 (7 of 11).
    const price = ['103.00', '102.00', '105.00', '100.00', '106.00', '104.00', '101.00'];
    spot.forEach(({ name }, at) => tape.quote(1, name, price[at]));
    expect(tape.now().index).toBe('103');
  });

  it('mark: an oracle of 10,000, a basis of 20, bid 10,005, ask 10,015 and last 10,010', () => {
    const perps = Object.entries(HYPERLIQUID_PERP_WEIGHTS).map(([name, weight]) => ({
      name: `perp ${name}`,
      weight,
    }));
    const tape = new Tape({ sources: spot, perps, rules: { mark: MARK_RULES.hyperliquid } });
    const say = (second: number, bid: string, ask: string): void => {
      for (const { name } of spot) tape.quote(second, name, '10000.00');
      // Weighted: 9990 by 3, 9995 by 2, 10030 by 2, 9980 by 1, 10040 by 1: half of 9 is reached at 9995.
      ['9990.00', '9995.00', '10030.00', '9980.00', '10040.00'].forEach((price, at) =>
        tape.quote(second, perps[at].name, price),
      );
      sides(tape, second, bid, ask);
      tape.trade(second, 'own', '10010.00');
    };
    for (let second = 0; second <= 30; second++) say(second, '10015.00', '10025.00');
    for (let second = 30.1; second < 30.5; second += 0.1) say(second, '10005.00', '10015.00');
    const { rule, mark } = tape.router.explain(0);
    expect(rule.parts.map(({ part, value }) => [part, value])).toEqual([
      ['ema-basis', '10020'],
      ['book', '10010'],
      ['perps', '9995'],
    ]);
    expect(mark).toBe('10010');
  });

  it('with exactly two of the three it adds the 30 s average of the book', () => {
    const tape = new Tape({ sources: spot, rules: { mark: MARK_RULES.hyperliquid } });
    for (let second = 0; second <= 30; second++) {
      for (const { name } of spot) tape.quote(second, name, '10000.00');
      sides(tape, second, '10005.00', '10015.00');
      tape.trade(second, 'own', '10010.00');
    }
    const parts = tape.router.explain(0).rule.parts;
    expect(parts.map(({ state }) => state)).toEqual(['there', 'there', 'book average instead']);
    expect(tape.now().mark).toBe('10010');
  });
});

describe('the others', () => {
  it('dYdX: the oracle is the mark, whatever the book says', () => {
    expect(
      held('dydx', { index: '100.00', bid: '104.00', ask: '104.02', last: '104.00' }, 40).now().mark,
    ).toBe('100');
  });

  it('BitMEX: index * (1 + rate * time until funding / interval)', () => {
    const tape = held('bitmex', { index: '10000.00', bid: '10400.00', ask: '10400.02', last: '10400.00' }, 5);
    tape.router.settled(0, 1e9, (tape.router.now + 2 * HOUR_US) as TimeUs);
    // 10000 * (1 + 0.001 * 2 / 8)
    expect(tape.now().mark).toBe('10002.5');
  });

  it('OKX: index and the mean of the basis', () => {
    // (100.40 + 100.60) / 2 - 100 = 0.5
    expect(held('okx', { index: '100.00', bid: '100.40', ask: '100.60', last: '90.00' }, 70).now().mark).toBe(
      '100.5',
    );
  });

  it('Bybit: as Binance, with five minutes of seconds', () => {
    const tape = held('bybit', { index: '100.00', bid: '100.40', ask: '100.60', last: '100.80' }, 310);
    const { rule } = tape.router.explain(0);
    expect([rule.samples, rule.samplesMax]).toEqual([300, 300]);
    expect(tape.now().mark).toBe('100.5');
  });
});

it('rounds once, half to even, on the grid of the market', () => {
  const at = (index: string, markTick: string): string => {
    const tape = new Tape({
      sources: THREE.map((name) => ({ name })),
      rules: { mark: MARK_RULES.dydx },
      markTick,
    });
    for (const venue of THREE) tape.quote(1, venue, index);
    return tape.now().mark;
  };
  expect([at('100.25', '0.5'), at('100.75', '0.5'), at('100.74', '0.5')]).toEqual(['100', '101', '100.5']);
  expect([at('100.05', '0.1'), at('100.15', '0.1')]).toEqual(['100', '100.2']);
});

it('leaves nothing to the machine: the same tape gives the same explanation, to the last digit', () => {
  const play = (): string =>
    JSON.stringify(
      held(
        'hyperliquid',
        { index: '10000.01', bid: '10005.00', ask: '10015.07', last: '10010.00' },
        90,
      ).router.explain(0),
    );
  expect(play()).toBe(play());
  expect(START_US % 1_000_000).toBe(0);
});
