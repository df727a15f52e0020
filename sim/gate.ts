/**
 * Gates beside their reference, on all cores.
 *
 *   npm run sim:gate -- 4711                                one history of 2,000 commands, the same everywhere
 *   npm run sim:gate -- --seeds 8000 --commands 350         many, from `--from` on (0): more than a million orders
 */
import { gateCoverageLines } from '../test/fuzz/gate/coverage.ts';
import { addGateTally, emptyGateTally } from '../test/fuzz/gate/trial.ts';
import { simulate } from './seeds.ts';

await simulate({
  name: 'sim:gate',
  worker: new URL('./gate-worker.ts', import.meta.url),
  tally: emptyGateTally(),
  add: addGateTally,
  report: (tally, { done, failed, seconds }) => [
    ...gateCoverageLines(tally),
    `simulation: ${done - failed} of ${done} gates decided ${tally.orders} orders as their reference, in ${seconds.toFixed(1)} s`,
  ],
});
