import { expect, it } from 'vitest';
import { Latencies } from './latencies.ts';

it('finds percentiles to within a step, and the worst exactly', () => {
  const latencies = new Latencies();
  const samples = Array.from({ length: 10_000 }, (_, at) => 0.0001 * 1.0012 ** at);
  for (const ms of samples) latencies.add(ms);
  for (const share of [0.01, 0.5, 0.99, 0.999]) {
    const exact = samples[Math.ceil(share * samples.length) - 1] * 1000;
    const found = latencies.percentileUs(share);
    expect(found).toBeGreaterThanOrEqual(Math.floor(exact * 1000) / 1000);
    expect(found).toBeLessThan(exact * 1.01 + 0.001);
  }
  expect(latencies.longest).toBe(samples.at(-1));
  expect(latencies.percentileUs(1)).toBeCloseTo(samples.at(-1)! * 1000, 3);
});

it('adds up', () => {
  const [one, other, both] = [new Latencies(), new Latencies(), new Latencies()];
  for (let at = 1; at <= 1000; at++) {
    (at % 3 === 0 ? one : other).add(at / 7);
    both.add(at / 7);
  }
  one.addAll(other);
  expect(one.report()).toEqual(both.report());
  expect([one.count, one.longest]).toEqual([both.count, both.longest]);
});

it('counts what is longer than it has steps for', () => {
  const latencies = new Latencies();
  latencies.add(5000);
  expect(latencies.report()).toEqual({ p50: 2147483.65, p99: 2147483.65, p999: 2147483.65, max: 5_000_000 });
});

it('says nothing of nothing', () => {
  expect(new Latencies().report()).toEqual({ p50: 0, p99: 0, p999: 0, max: 0 });
});
