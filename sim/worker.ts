/** Plays the seeds that it is given, one after another. */
import { parentPort, workerData } from 'node:worker_threads';
import { Exchange } from '../src/core/exchange/exchange.ts';
import { describeFailure, shrink } from '../test/fuzz/exchange/shrink.ts';
import { emptyTally, playSeed, type MakeExchange, type Tally } from '../test/fuzz/exchange/trial.ts';
import type { Played } from './seeds.ts';

const { commands } = workerData as { readonly commands: number };
const make: MakeExchange = (book) => new Exchange({ book });

parentPort!.on('message', (seed: number) => {
  const tally = emptyTally();
  const failure = playSeed(seed, commands, make, tally);
  const played: Played<Tally> = {
    seed,
    tally,
    failure: failure === null ? null : describeFailure(shrink(failure, make), make),
  };
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
  parentPort!.postMessage(played);
});
