/** The same with what a venue really sent: a part of a recorded capture, played by the mock venue with faults. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { readCaptured } from '../mock-venue/captured.ts';
import { faultsOf, NO_FAULTS } from '../mock-venue/faults.ts';
import { BINANCE_USDM } from './venues.ts';
import { runScenario, SETTLE_MS } from './virtual-run.ts';

const capture = fileURLToPath(
  new URL('../../../shared/data/binance-usdm-btcusdt_20240808.gz', import.meta.url),
);
const isThere = existsSync(capture);
if (!isThere) console.log(`skipped: there is no recorded capture at ${capture}`);

const SEEDS = 20;
const FAULTY_MS = 40_000;

it.skipIf(!isThere)('the book of a recorded capture is true or unusable, and comes back', async () => {
  const scenario = await readCaptured(capture, 'BTCUSDT', FAULTY_MS + SETTLE_MS);
  const calm = await runScenario(0, scenario, NO_FAULTS, BINANCE_USDM.make);
  expect(calm.wrong).toEqual([]);
  expect(calm.check.counts.lost).toBe(1);
  const failed: string[] = [];
  let lost = 0;
  for (let seed = 0; seed < SEEDS; seed++) {
    // A recording's ids do not start over.
    const faults = { ...faultsOf(seed, FAULTY_MS), resetsAtMs: [] };
    const { wrong, check } = await runScenario(seed, scenario, faults, BINANCE_USDM.make);
    if (wrong.length > 0) failed.push(`seed ${seed}: ${wrong.slice(0, 3).join('; ')}`);
    lost += check.counts.lost;
  }
  expect(failed).toEqual([]);
  expect(lost).toBeGreaterThan(2 * SEEDS);
});
