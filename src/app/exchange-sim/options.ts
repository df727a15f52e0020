/** What `plimsoll exchange --sim` can be told. */
import { Option } from 'commander';
import { REGIMES } from '../../sim/prices.ts';
import { usageError } from '../cli/errors.ts';
import { wholeNumber } from '../cli/options.ts';

export interface SimFlags {
  readonly sim?: boolean;
  readonly seed: number;
  readonly accounts: number;
  readonly speed: number;
  readonly seconds?: number;
  readonly crash?: boolean;
  readonly plain?: boolean;
  readonly surveillance: boolean;
  readonly json?: boolean;
}

export const SIM_HELP = `
With --sim nobody sends commands: seeded market makers, takers, holders and a manipulator trade on three markets, and a live screen shows
book, trades, liquidations and the fund. Beside it a plain engine hears nothing but the exchange's events, and laws are checked
after every command: money to the last part of funding, priority, fees, margin, liquidations. Exits with 1 where one is broken.

  plimsoll exchange --sim
  plimsoll exchange --sim --crash --seed 7 --accounts 500
`;

export function simOptions(): Option[] {
  return [
    new Option('--sim', `simulated traders instead of commands; prices are ${REGIMES.join(', ')} in turns`),
    new Option('--seed <number>', 'with --sim: the same seed gives the same history everywhere')
      .argParser(wholeNumber(0))
      .default(1),
    new Option('--accounts <count>', 'with --sim: how many trade')
      .argParser(wholeNumber(6, 100_000))
      .default(60),
    new Option('--speed <per second>', 'with --sim: commands a second at most; 0: as many as can be done')
      .argParser(wholeNumber(0))
      .default(400),
    new Option('--seconds <count>', 'with --sim: ends after so many seconds (default: at Ctrl-C)').argParser(
      wholeNumber(1),
    ),
    new Option('--crash', 'with --sim: prices fall and fall'),
    new Option(
      '--plain',
      'with --sim: a line a second instead of a live screen; the default without a terminal',
    ),
  ];
}

/** Whether traders are simulated; options that only make sense with them are refused without. */
export function wantsSimulation(flags: SimFlags): boolean {
  if (flags.sim === true) {
    if (flags.json === true && flags.plain === true)
      throw usageError('--json and --plain are two forms of the same: choose one', { field: '--plain' });
    return true;
  }
  for (const name of ['seconds', 'crash', 'plain'] as const)
    if (flags[name] !== undefined) throw usageError(`--${name} goes with --sim`, { field: `--${name}` });
  return false;
}
