/** Each rule of the certificate and of verdicts left out in turn: if the fuzz does not notice, either the rule or the fuzz is idle. */
import { expect, it } from 'vitest';
import { styleOf } from './books.ts';
import type { Case } from './cases.ts';
import { emptyTally, playBook, replay } from './compare.ts';
import { patchCore } from './patched-core.ts';
import { PLANTED_RULES } from './planted-rules.ts';
import { PLANTED_VERDICTS } from './planted-verdicts.ts';

const BOOKS_MAX = 3_000;

it.each([...PLANTED_RULES, ...PLANTED_VERDICTS])(
  'notices when left out: $rule',
  async ({ patches, style, cases = [] }) => {
    const { make, remove } = await patchCore(patches);
    try {
      const isShownBy = ({ commands }: Case): boolean =>
        replay(
          commands().map((command) => ({ command, tidy: 0 })),
          make,
        ) !== null;
      expect(cases.filter((each) => !isShownBy(each))).toEqual([]);
      const tally = emptyTally();
      const isPlayed = (seed: number): boolean => style === undefined || styleOf(seed) === style;
      let seed = 0;
      while (seed < BOOKS_MAX && (!isPlayed(seed) || playBook(seed, make, tally) === null)) seed++;
      expect(seed).toBeLessThan(BOOKS_MAX);
    } finally {
      remove();
    }
  },
);
