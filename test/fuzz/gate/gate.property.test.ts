/**
 * The gate beside its reference: orders, limits, groups, halts, trades and everything else that can be asked, and after every command the same
 * answer, the same findings with the same numbers, the same notices and the same sums. A difference is printed as a short history.
 * PLIMSOLL_GATE_SEEDS plays that many histories instead, of PLIMSOLL_GATE_COMMANDS commands each, from PLIMSOLL_GATE_SEED on;
 * `npm run sim:gate` does so on all cores.
 */
import { expect, it } from 'vitest';
import { Gate } from '../../../src/core/admission/gate.ts';
import { gateCoverageLines, unseen } from './coverage.ts';
import { describeGateFailure, shrinkGate } from './shrink.ts';
import { emptyGateTally, playGateSeed, type MakeGate } from './trial.ts';

const SEEDS = Number(process.env['PLIMSOLL_GATE_SEEDS'] ?? 140);
const COMMANDS = Number(process.env['PLIMSOLL_GATE_COMMANDS'] ?? 300);
const SEED = Number(process.env['PLIMSOLL_GATE_SEED'] ?? 0);

const make: MakeGate = () => new Gate();

it(
  'decides as its reference does',
  () => {
    const tally = emptyGateTally();
    for (let seed = SEED; seed < SEED + SEEDS; seed++) {
      const failure = playGateSeed(seed, COMMANDS, make, tally);
      if (failure !== null) expect.fail(describeGateFailure(shrinkGate(failure, make)));
    }
    console.log(gateCoverageLines(tally).join('\n'));
    expect(unseen(tally)).toEqual([]);
  },
  120_000 + SEEDS * COMMANDS * 4,
);
