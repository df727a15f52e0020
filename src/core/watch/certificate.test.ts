/**
 * Where doubles, rungs and sweeps come to their limits: streams on which the watch once kept a level that had changed.
 * `test/fuzz/planted.test.ts` plays them without the rules they are about.
 */
import { expect, it } from 'vitest';
import { Engine } from '../engine/engine.ts';
import { CASES } from '../../../test/fuzz/cases.ts';
import { replay } from '../../../test/fuzz/compare.ts';

it.each(CASES)('agrees with the reference: $name', ({ commands }) => {
  const steps = commands().map((command) => ({ command, tidy: 0 }));
  expect(replay(steps, () => new Engine())).toBeNull();
});
