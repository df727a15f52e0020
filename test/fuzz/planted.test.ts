/** Each rule of the certificate and of verdicts left out in turn: if the fuzz does not notice, either the rule or the fuzz is idle. */
import { expect, it } from 'vitest';
import { styleOf } from './books.ts';
import type { Case } from './cases.ts';
import { emptyTally, playBook, replay } from './compare.ts';
import { patchCore } from './patched-core.ts';
import { PLANTED_FORMS } from './planted-forms.ts';
import { PLANTED_RULES } from './planted-rules.ts';
import { PLANTED_VERDICTS } from './planted-verdicts.ts';

const BOOKS_MAX = 3_000;
/** Of one style, which is one in nine at most. */
const SEEDS_MAX = 20_000;

it.each([...PLANTED_RULES, ...PLANTED_VERDICTS, ...PLANTED_FORMS])(
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
      const end = style === undefined ? BOOKS_MAX : SEEDS_MAX;
      let seed = 0;
      while (seed < end && (!isPlayed(seed) || playBook(seed, make, tally) === null)) seed++;
      expect(seed).toBeLessThan(end);
    } finally {
      remove();
    }
  },
);
