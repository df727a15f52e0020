/** Plays the seeds that it is given, one after another. */
import { parentPort, workerData } from 'node:worker_threads';
import { Gate } from '../src/core/admission/gate.ts';
import { describeGateFailure, shrinkGate } from '../test/fuzz/gate/shrink.ts';
import { emptyGateTally, playGateSeed, type GateTally, type MakeGate } from '../test/fuzz/gate/trial.ts';
import type { Played } from './seeds.ts';

const { commands } = workerData as { readonly commands: number };
const make: MakeGate = () => new Gate();

parentPort!.on('message', (seed: number) => {
  const tally = emptyGateTally();
  const failure = playGateSeed(seed, commands, make, tally);
  const played: Played<GateTally> = {
    seed,
    tally,
    failure: failure === null ? null : describeGateFailure(shrinkGate(failure, make)),
  };
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
  parentPort!.postMessage(played);
});
