import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Allowance } from './allowance.ts';

it('never spends more than it may in any window, and makes nobody wait who need not', () => {
  const request = fc.record({ afterMs: fc.nat(400), weight: fc.integer({ min: 1, max: 12 }) });
  fc.assert(
    fc.property(fc.array(request, { maxLength: 60 }), (requests) => {
      const allowance = new Allowance({ weight: 10, windowMs: 1_000 });
      const spent: { atMs: number; weight: number }[] = [];
      const within = (nowMs: number): number =>
        spent
          .filter(({ atMs }) => atMs > nowMs - 1_000 && atMs <= nowMs)
          .reduce((sum, { weight }) => sum + weight, 0);
      let nowMs = 0;
      for (const { afterMs, weight } of requests) {
        nowMs += afterMs;
        const waitMs = allowance.wait(weight, nowMs);
        // One that weighs more than a window counts as a whole one: it waits for an empty window, and then goes.
        const cost = Math.min(weight, 10);
        if (waitMs > 0) expect(within(nowMs + waitMs - 1) + cost).toBeGreaterThan(10);
        nowMs += waitMs;
        expect(allowance.used(nowMs)).toBe(within(nowMs));
        expect(within(nowMs) + cost).toBeLessThanOrEqual(10);
        expect(allowance.wait(weight, nowMs)).toBe(0);
        allowance.spend(weight, nowMs);
        spent.push({ atMs: nowMs, weight });
      }
    }),
  );
});
