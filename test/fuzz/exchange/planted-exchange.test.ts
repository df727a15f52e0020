/** Each planted mistake in turn: if the simulation does not notice, a law is missing or nobody does what would show it. */
import { expect, it } from 'vitest';
import type { Exchange } from '../../../src/core/exchange/exchange.ts';
import { importPatched } from '../patched-core.ts';
import { PLANTED_MISTAKES } from './planted-exchange.ts';
import { emptyTally, playSeed } from './trial.ts';

const SEEDS_MAX = 400;
const COMMANDS = 500;

type Module = { readonly Exchange: new (options: { book: 'direct' | 'naive' }) => Exchange };

it.each(PLANTED_MISTAKES)('notices that $mistake', async ({ patches }) => {
  const { module, remove } = await importPatched('exchange/exchange.ts', patches);
  try {
    const { Exchange: Patched } = module as Module;
    const make = (book: 'direct' | 'naive'): Exchange => new Patched({ book });
    let seed = 0;
    while (seed < SEEDS_MAX && playSeed(seed, COMMANDS, make, emptyTally()) === null) seed++;
    expect(seed).toBeLessThan(SEEDS_MAX);
  } finally {
    remove();
  }
});
