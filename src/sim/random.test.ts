import { describe, expect, it } from 'vitest';
import { logOfTwo, logUniform, powerOfTwo } from './log-uniform.ts';
import { Chooser } from './popularity.ts';
import { Random } from './random.ts';

const take = (random: Random, count: number): number[] => Array.from({ length: count }, () => random.u32());

describe('Random', () => {
  it('gives the numbers it always gave', () => {
    expect(take(new Random(4711), 4)).toEqual([1990789641, 2360518705, 177319999, 3219611871]);
  });

  it('depends on all of the seed and on the stream', () => {
    const seeds = [
      new Random(1),
      new Random(2),
      new Random(1, 1),
      new Random(2 ** 32 + 1),
      new Random(Number.MAX_SAFE_INTEGER),
      new Random(0),
    ];
    expect(new Set(seeds.map((random) => take(random, 3).join())).size).toBe(seeds.length);
    expect(take(new Random(7, 3), 5)).toEqual(take(new Random(7, 3), 5));
    for (const seed of [-1, 1.5, Number.NaN, 2 ** 53])
      expect(() => new Random(seed)).toThrow('a seed is a whole number');
  });

  it('spreads evenly', () => {
    const random = new Random(1);
    const counts = new Float64Array(16);
    for (let left = 160_000; left > 0; left--) counts[random.below(16)]++;
    // Chi-squared with 15 degrees of freedom passes 37.7 once in a thousand seeds.
    expect(counts.reduce((sum, count) => sum + (count - 10_000) ** 2 / 10_000, 0)).toBeLessThan(37.7);
  });
});

it('has powers and logarithms to six digits', () => {
  const random = new Random(2);
  for (let left = 1000; left > 0; left--) {
    const x = random.between(0, 30);
    expect(Math.abs(powerOfTwo(x) / 2 ** x - 1)).toBeLessThan(1e-6);
    expect(Math.abs(logOfTwo(2 ** x) - x)).toBeLessThan(1e-6);
  }
  expect(powerOfTwo(10)).toBe(1024);
  expect(logOfTwo(1)).toBe(0);
});

it('draws log-uniformly: every octave as often', () => {
  const random = new Random(3);
  const octaves = new Float64Array(7);
  for (let left = 70_000; left > 0; left--) octaves[Math.floor(Math.log2(logUniform(random, 1, 128)))]++;
  for (const count of octaves) expect(Math.abs(count - 10_000)).toBeLessThan(400);
});

it('chooses by weight', () => {
  for (const [popularity, first, last] of [
    ['uniform', 0.1, 0.1],
    ['zipf', 1 / 2.928968, 0.1 / 2.928968],
  ] as const) {
    const random = new Random(4);
    const chooser = new Chooser(10, popularity);
    const counts = new Float64Array(10);
    for (let left = 200_000; left > 0; left--) counts[chooser.draw(random)]++;
    expect(counts[0] / 200_000).toBeCloseTo(first, 2);
    expect(counts[9] / 200_000).toBeCloseTo(last, 2);
  }
});
