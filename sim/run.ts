/**
 * Simulated exchanges under all laws, on all cores.
 *
 *   npm run sim -- 4711                                one history of 2,000 commands, the same everywhere
 *   npm run sim -- --seeds 10000 --commands 2000       many, from `--from` on (0)
 */
import { coverageLines } from '../test/fuzz/exchange/coverage.ts';
import { addTally, emptyTally } from '../test/fuzz/exchange/trial.ts';
import { simulate } from './seeds.ts';

await simulate({
  name: 'sim',
  worker: new URL('./worker.ts', import.meta.url),
  tally: emptyTally(),
  add: addTally,
  report: (tally, { done, failed, seconds }) => [
    ...coverageLines(tally),
    `simulation: ${done - failed} of ${done} histories kept all laws, ${tally.commands} commands in ${seconds.toFixed(1)} s`,
  ],
});
