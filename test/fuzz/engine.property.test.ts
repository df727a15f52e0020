/**
 * The engine decides as the reference does, to the last level change and bit of state, after every command of every
 * book. PLIMSOLL_FUZZ_BOOKS plays that many books instead; PLIMSOLL_FUZZ_SEED starts from another seed.
 */
import { expect, it } from 'vitest';
import { Engine } from '../../src/core/engine/engine.ts';
import { styleOf, type Style } from './books.ts';
import { emptyTally, playBook, type Subject } from './compare.ts';
import { LAZY, patchCore } from './patched-core.ts';
import { describeFailure, shrink } from './shrink.ts';

const BOOKS = Number(process.env.PLIMSOLL_FUZZ_BOOKS ?? 1_600);
const SEED = Number(process.env.PLIMSOLL_FUZZ_SEED ?? 0);
const TIMEOUT_MS = 120_000 + BOOKS * 100;

it('agrees with the reference on random books', () => playBooks(() => new Engine()), TIMEOUT_MS);

it(
  'agrees with the reference on inverse markets and assets held as collateral',
  () => playBooks(() => new Engine(), 2 / 3, 'forms'),
  TIMEOUT_MS,
);

it(
  'agrees with the reference where sweeps are many and wires are laid late',
  async () => {
    const { make, remove } = await patchCore(LAZY);
    try {
      playBooks(make);
    } finally {
      remove();
    }
  },
  TIMEOUT_MS,
);

it(
  'agrees with the reference when every command sweeps',
  () => playBooks(() => new Engine('sweep'), 0.2),
  TIMEOUT_MS,
);

it(
  'agrees with the reference when no command sweeps',
  () => playBooks(() => new Engine('wires'), 0.2),
  TIMEOUT_MS,
);

/** A share of the books, or as many of one style. */
function playBooks(make: () => Subject, share = 1, style: Style | null = null): void {
  const tally = emptyTally();
  let left = Math.ceil(BOOKS * share);
  for (let seed = SEED; left > 0; seed++) {
    if (style !== null && styleOf(seed) !== style) continue;
    left--;
    const failure = playBook(seed, make, tally);
    if (failure !== null) expect.fail(describeFailure(shrink(failure, make)));
  }
  expect(tally.levelChanges).toBeGreaterThan(0);
}
