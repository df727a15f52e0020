/**
 * Simulated exchanges under all laws, on all cores.
 *
 *   npm run sim -- 4711                                one history of 2,000 commands, the same everywhere
 *   npm run sim -- --seeds 10000 --commands 2000       many, from `--from` on (0)
 *
 * Exit 0: all laws held; 1: one did not, and its history is printed as short as it could be made; 2: wrong usage.
 */
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { Progress } from '../src/app/cli/progress.ts';
import { coverageLines } from '../test/fuzz/exchange/coverage.ts';
import { addTally, emptyTally } from '../test/fuzz/exchange/trial.ts';
import type { Played } from './worker.ts';

const FAILURES_MAX = 3;
/** Where no bar is drawn. */
const SAID_EVERY = 500;

interface Wanted {
  readonly from: number;
  readonly seeds: number;
  readonly commands: number;
  readonly workers: number;
}

async function run({ from, seeds, commands, workers }: Wanted): Promise<boolean> {
  const tally = emptyTally();
  const progress = new Progress('simulated');
  const startedAt = performance.now();
  let next = from;
  let done = 0;
  let failures = 0;
  const play = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData: { commands } });
      const give = (): void => {
        if (next >= from + seeds || failures >= FAILURES_MAX) {
          void worker.terminate().then(() => resolve());
          return;
        }
        // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
        worker.postMessage(next++);
      };
      worker.on('error', reject);
      worker.on('message', (played: Played) => {
        done++;
        addTally(tally, played.tally);
        if (played.failure !== null) {
          failures++;
          progress.clear();
          console.log(`${played.failure}\n\nagain: npm run sim -- ${played.seed} --commands ${commands}\n`);
        }
        progress.show(
          done,
          seeds,
          () => `${done} of ${seeds} seeds, ${tally.commands} commands, ${failures} failed`,
        );
        if (!process.stderr.isTTY && done % SAID_EVERY === 0) console.error(`${done} of ${seeds} seeds`);
        give();
      });
      give();
    });
  await Promise.all(Array.from({ length: Math.min(workers, seeds) }, play));
  progress.clear();
  const seconds = (performance.now() - startedAt) / 1000;
  console.log(coverageLines(tally).join('\n'));
  console.log(
    `simulation: ${done - failures} of ${done} histories kept all laws, ${tally.commands} commands in ${seconds.toFixed(1)} s`,
  );
  return failures === 0;
}

function wantedOf(): Wanted | null {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      seeds: { type: 'string' },
      commands: { type: 'string', default: '2000' },
      from: { type: 'string', default: '0' },
      workers: { type: 'string', default: String(availableParallelism()) },
    },
  });
  const numbers = [values.seeds ?? '1', values.commands, positionals[0] ?? values.from, values.workers].map(
    Number,
  );
  if (positionals.length > 1 || !numbers.every((number) => Number.isSafeInteger(number) && number >= 0))
    return null;
  const [seeds, commands, from, workers] = numbers;
  return seeds > 0 && commands > 0 && workers > 0 ? { from, seeds, commands, workers } : null;
}

const wanted = wantedOf();
if (wanted === null) {
  console.error(
    'usage: npm run sim -- [SEED] [--seeds COUNT] [--commands COUNT] [--from SEED] [--workers COUNT]',
  );
  process.exitCode = 2;
} else process.exitCode = (await run(wanted)) ? 0 : 1;
