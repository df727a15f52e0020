/**
 * An exchange under everything that its members, its operator and nobody in their right mind would ask of it: after every command all laws
 * hold (src/sim/laws), and a failure is printed as a short history. PLIMSOLL_SIM_SEEDS plays that many histories instead, of
 * PLIMSOLL_SIM_COMMANDS commands each, from PLIMSOLL_SIM_SEED on; `npm run sim` does so on all cores.
 */
import { expect, it } from 'vitest';
import { Exchange } from '../../../src/core/exchange/exchange.ts';
import { coverageLines, unseenEvents, unseenReasons } from './coverage.ts';
import { describeFailure, shrink } from './shrink.ts';
import { emptyTally, playSeed, type MakeExchange } from './trial.ts';

const SEEDS = Number(process.env.PLIMSOLL_SIM_SEEDS ?? 240);
const COMMANDS = Number(process.env.PLIMSOLL_SIM_COMMANDS ?? 500);
const SEED = Number(process.env.PLIMSOLL_SIM_SEED ?? 0);

const make: MakeExchange = (book) => new Exchange({ book });

it(
  'keeps all laws after every command',
  () => {
    const tally = emptyTally();
    for (let seed = SEED; seed < SEED + SEEDS; seed++) {
      const failure = playSeed(seed, COMMANDS, make, tally);
      if (failure !== null) expect.fail(describeFailure(shrink(failure, make), make));
    }
    console.log(coverageLines(tally).join('\n'));
    expect(unseenEvents(tally)).toEqual([]);
    expect(unseenReasons(tally)).toEqual([]);
  },
  120_000 + SEEDS * COMMANDS * 4,
);
