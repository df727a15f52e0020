/**
 * After any schedule of faults the book that was rebuilt from a venue's messages is the venue's own at that update id, or it is
 * said to be unusable; and it is usable again once the faults end. Every seed is another book, schedule and network.
 */
import { describe, expect, it } from 'vitest';
import { BinanceUsdmFeed } from '../../src/io/ingest/venues/binance/feed.ts';
import { ANSWER_FAULTS, FRAME_FAULTS } from '../mock-venue/faults.ts';
import { INSTRUMENTS, runVirtually } from './virtual-run.ts';

const SEEDS = 600;
const BATCH = 100;

describe('the book of Binance USD-M', () => {
  const seen = new Map<string, number>();
  let compared = 0;
  let lost = 0;

  it.each(Array.from({ length: SEEDS / BATCH }, (_, batch) => batch * BATCH))(
    'is true or unusable, and comes back: seeds from %i',
    async (from) => {
      const failed: string[] = [];
      for (let seed = from; seed < from + BATCH; seed++) {
        const { wrong, check, venue } = await runVirtually(
          seed,
          (sink) => new BinanceUsdmFeed(INSTRUMENTS, sink),
        );
        if (wrong.length > 0) failed.push(`seed ${seed}: ${wrong.slice(0, 3).join('; ')}`);
        for (const [fault, count] of venue.counts) seen.set(fault, (seen.get(fault) ?? 0) + count);
        compared += check.counts.compared;
        lost += check.counts.lost;
      }
      expect(failed).toEqual([]);
    },
  );

  it('was tried with every kind of fault, often', () => {
    for (const fault of [...FRAME_FAULTS, ...ANSWER_FAULTS, 'refused'])
      expect([fault, (seen.get(fault) ?? 0) >= 50]).toEqual([fault, true]);
    expect(lost).toBeGreaterThan(SEEDS);
    expect(compared).toBeGreaterThan(100 * SEEDS);
  });
});
