/** Plays many seeds on all cores, each in whichever worker is free, and says what failed. */
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { Progress } from '../src/app/cli/progress.ts';

const FAILURES_MAX = 3;
/** Where no bar is drawn. */
const SAID_EVERY = 500;

export interface Wanted {
  readonly from: number;
  readonly seeds: number;
  readonly commands: number;
  readonly workers: number;
}

/** What a worker answers to a seed. */
export interface Played<Tally> {
  readonly seed: number;
  readonly tally: Tally;
  /** A short history as text; null: all held. */
  readonly failure: string | null;
}

export interface Simulation<Tally extends { readonly commands: number }> {
  /** Of `npm run`. */
  readonly name: string;
  readonly worker: URL;
  readonly tally: Tally;
  /** Adds what a seed reached. */
  add(this: void, to: Tally, tally: Tally): void;
  /** What was reached and how it went, in the end. */
  report(this: void, tally: Tally, how: { done: number; failed: number; seconds: number }): string[];
}

/** Exit 0: everything held; 1: something did not, and its history is printed as short as it could be made; 2: wrong usage. */
export async function simulate<Tally extends { readonly commands: number }>(
  simulation: Simulation<Tally>,
): Promise<void> {
  const wanted = wantedOf();
  if (wanted === null) {
    console.error(
      `usage: npm run ${simulation.name} -- [SEED] [--seeds COUNT] [--commands COUNT] [--from SEED] [--workers COUNT]`,
    );
    process.exitCode = 2;
  } else process.exitCode = (await run(simulation, wanted)) ? 0 : 1;
}

async function run<Tally extends { readonly commands: number }>(
  { name, worker: url, tally, add, report }: Simulation<Tally>,
  { from, seeds, commands, workers }: Wanted,
): Promise<boolean> {
  const progress = new Progress('simulated');
  const startedAt = performance.now();
  let next = from;
  let done = 0;
  let failed = 0;
  const play = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const worker = new Worker(url, { workerData: { commands } });
      const give = (): void => {
        if (next >= from + seeds || failed >= FAILURES_MAX) {
          void worker.terminate().then(() => resolve());
          return;
        }
        // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
        worker.postMessage(next++);
      };
      worker.on('error', reject);
      worker.on('message', (played: Played<Tally>) => {
        done++;
        add(tally, played.tally);
        if (played.failure !== null) {
          failed++;
          progress.clear();
          console.log(
            `${played.failure}\n\nagain: npm run ${name} -- ${played.seed} --commands ${commands}\n`,
          );
        }
        progress.show(
          done,
          seeds,
          () => `${done} of ${seeds} seeds, ${tally.commands} commands, ${failed} failed`,
        );
        if (!process.stderr.isTTY && done % SAID_EVERY === 0) console.error(`${done} of ${seeds} seeds`);
        give();
      });
      give();
    });
  await Promise.all(Array.from({ length: Math.min(workers, seeds) }, play));
  progress.clear();
  const seconds = (performance.now() - startedAt) / 1000;
  console.log(report(tally, { done, failed, seconds }).join('\n'));
  return failed === 0;
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
