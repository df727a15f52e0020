/** PLIMSOLL_GATE_STEPS plays longer histories: 4 are some six thousand, 5 some seventy thousand, and so on. */
import { expect, test } from 'vitest';
import { Gate } from '../../../src/core/admission/gate.ts';
import { GateReference } from '../../../src/reference/gate/gate-reference.ts';
import { playInterleavings, type GateLike } from './interleavings.ts';

const STEPS = Number(process.env['PLIMSOLL_GATE_STEPS'] ?? 4);

const gate = (): GateLike => {
  const made = new Gate();
  return { apply: (command) => ({ reason: made.apply(command as never), order: made.decision.order }) };
};

test('no interleaving breaches a limit or leaks a reservation', () => {
  expect(playInterleavings(STEPS, gate)).toBeGreaterThan(1_000);
}, 600_000);

test('nor does one in the reference', () => {
  expect(playInterleavings(3, () => new GateReference())).toBeGreaterThan(500);
}, 60_000);
