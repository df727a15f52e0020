/** PLIMSOLL_GATE_STEPS plays longer histories: 4 are some ten thousand, 5 some two hundred thousand, each step more twenty times as many. */
import { expect, test } from 'vitest';
import { GateReference } from '../../../src/reference/gate/gate-reference.ts';
import { playInterleavings } from './interleavings.ts';

test('the reference never breaches a limit, never leaks a reservation', () => {
  expect(playInterleavings(3, () => new GateReference())).toBeGreaterThan(1_000);
}, 60_000);
