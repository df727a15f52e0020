/** Each planted mistake in turn: if playing against the reference does not notice, the reference has it too or nobody does what would show it. */
import { expect, it } from 'vitest';
import { importPatched } from '../patched-core.ts';
import { PLANTED_MISTAKES } from './planted-gate.ts';
import { emptyGateTally, playGateSeed, type GateSubject } from './trial.ts';

const SEEDS_MAX = 1_000;
const COMMANDS = 300;

type Module = { readonly Gate: new () => GateSubject };

it.each(PLANTED_MISTAKES)('notices that $mistake', async ({ patches }) => {
  const { module, remove } = await importPatched('admission/gate.ts', patches);
  try {
    const { Gate: Patched } = module as Module;
    let seed = 0;
    while (seed < SEEDS_MAX && playGateSeed(seed, COMMANDS, () => new Patched(), emptyGateTally()) === null)
      seed++;
    expect(seed).toBeLessThan(SEEDS_MAX);
  } finally {
    remove();
  }
});
