/** Each rule of the certificate left out in turn: if the fuzz does not notice, either the rule or the fuzz is idle. */
import { expect, it } from 'vitest';
import { emptyTally, playBook } from './compare.ts';
import { patchCore } from './patched-core.ts';
import { PLANTED_RULES } from './planted-rules.ts';

const BOOKS_MAX = 3_000;

it.each(PLANTED_RULES)('notices when left out: $rule', async ({ patches }) => {
  const { make, remove } = await patchCore(patches);
  try {
    const tally = emptyTally();
    let seed = 0;
    while (seed < BOOKS_MAX && playBook(seed, make, tally) === null) seed++;
    expect(seed).toBeLessThan(BOOKS_MAX);
  } finally {
    remove();
  }
});
