/**
 * After any schedule of faults the book that was rebuilt from a venue's messages is the venue's own, or it is said to be
 * unusable; and it is usable again once the faults end. Every seed is another book, schedule and network.
 * PLIMSOLL_FAULT_SEEDS plays that many seeds of each venue instead; PLIMSOLL_FAULT_SEED starts from another.
 */
import { describe, expect, it } from 'vitest';
import { ANSWER_FAULTS, FRAME_FAULTS } from '../mock-venue/faults.ts';
import { BINANCE_SPOT, BINANCE_USDM, BYBIT, COINBASE, HYPERLIQUID, KRAKEN, OKX } from './venues.ts';
import { runVirtually } from './virtual-run.ts';

const SEEDS = Number(process.env.PLIMSOLL_FAULT_SEEDS ?? 200);
const FROM = Number(process.env.PLIMSOLL_FAULT_SEED ?? 0);

/** Those that are asked over HTTP for their books. */
const ASKED = new Set([BINANCE_USDM, BINANCE_SPOT]);

describe.each([BINANCE_USDM, BINANCE_SPOT, HYPERLIQUID, OKX, BYBIT, KRAKEN, COINBASE])(
  'the book of $name',
  (venue) => {
    const seen = new Map<string, number>();
    const counts = { compared: 0, quotes: 0, lost: 0 };

    it('is true or unusable, and comes back', { timeout: 30_000 + 300 * SEEDS }, async () => {
      const failed: string[] = [];
      for (let seed = FROM; seed < FROM + SEEDS; seed++) {
        const { wrong, check, venue: mock } = await runVirtually(seed, venue.make, venue);
        if (wrong.length > 0) failed.push(`seed ${seed}: ${wrong.slice(0, 3).join('; ')}`);
        for (const [fault, count] of mock.counts) seen.set(fault, (seen.get(fault) ?? 0) + count);
        counts.compared += check.counts.compared;
        counts.quotes += check.counts.quotes;
        counts.lost += check.counts.lost;
      }
      expect(failed).toEqual([]);
    });

    if (SEEDS < 100) return;
    it('was tried with every kind of fault, often', () => {
      const answers = ASKED.has(venue) ? ANSWER_FAULTS : venue === HYPERLIQUID ? [] : ['tooMany'];
      for (const fault of [...FRAME_FAULTS, ...answers, 'refused'])
        expect([fault, (seen.get(fault) ?? 0) >= 20]).toEqual([fault, true]);
      expect(counts.lost).toBeGreaterThan(SEEDS);
      expect(counts.quotes).toBeGreaterThan(50 * SEEDS);
      expect(counts.compared).toBeGreaterThan(50 * SEEDS);
    });
  },
);
