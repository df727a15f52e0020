/** `plimsoll demo`: what `npm start` runs. */
import { Command, Option } from 'commander';
import type { BookShape } from '../../sim/book.ts';
import type { Popularity } from '../../sim/popularity.ts';
import { usageError } from '../cli/errors.ts';
import { catchInterrupt } from '../cli/interrupt.ts';
import { bookOption, popularityOption, wholeNumber } from '../cli/options.ts';

interface DemoFlags {
  readonly accounts: number;
  readonly markets: number;
  readonly book: BookShape;
  readonly popularity: Popularity;
  readonly seed: number;
  readonly speed: number;
  readonly seconds?: number;
  readonly json?: boolean;
  readonly plain?: boolean;
}

const EXAMPLES = `
A book of accounts is generated from the seed, and prices run over it: calm, volatile, jumps and crashes, each market
pulled back a little towards where it began. Beside the engine a checker computes prices anew by brute force, in exact
integers, as many as it has time for; where it disagrees the demo exits with 1.

Examples:
  plimsoll demo
  plimsoll demo --accounts 3000000 --book edge --speed 20000
  plimsoll demo --seconds 30 --json | tail -1`;

export function command(): Command {
  return new Command('demo')
    .description('An exchange full of accounts, live prices, and who is close to liquidation.')
    .addOption(
      new Option('--accounts <count>', 'how many, about three positions each')
        .argParser(wholeNumber(1, 20_000_000))
        .default(1_000_000),
    )
    .addOption(new Option('--markets <count>', 'how many').argParser(wholeNumber(1, 60_000)).default(64))
    .addOption(bookOption('spread'))
    .addOption(popularityOption())
    .addOption(
      new Option('--seed <number>', 'the same seed gives the same book and prices everywhere')
        .argParser(wholeNumber(0))
        .default(1),
    )
    .addOption(
      new Option('--speed <per second>', 'prices a second at most; 0: as many as can be done')
        .argParser(wholeNumber(0))
        .default(0),
    )
    .addOption(
      new Option('--seconds <count>', 'ends after so many seconds of prices (default: at Ctrl-C)').argParser(
        seconds,
      ),
    )
    .option('--json', 'a JSON document a second on stdout, and a summary as the last')
    .option('--plain', 'a line a second instead of a live screen; the default where stdout is no terminal')
    .addHelpText('after', EXAMPLES)
    .action(demo);
}

async function demo(flags: DemoFlags): Promise<void> {
  const { json, plain, ...options } = flags;
  if (json === true && plain === true)
    throw usageError('--json and --plain are two forms of the same: choose one', { field: '--plain' });
  // Never released: npm passes on a Ctrl-C that the terminal has sent as well.
  const { signal } = catchInterrupt();
  const { runDemo } = await import('../demo/run.ts');
  const { demoOutput } = await import('../demo/output.ts');
  const kind = json === true ? 'json' : plain === true || !process.stdout.isTTY ? 'plain' : 'screen';
  const { checker } = await runDemo(
    { ...options, seconds: options.seconds ?? Infinity },
    demoOutput(kind),
    signal,
  );
  process.exitCode = checker.verdict === 'agrees' ? 0 : 1;
  if (!signal.aborted) return;
  // Left to itself, Node takes its handlers down first and gives back memory after: a second Ctrl-C could kill it between.
  await new Promise((resolve) => process.stdout.write('', resolve));
  process.exit();
}

function seconds(text: string): number {
  const number = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (number > 0) return number;
  throw usageError(`--seconds is a number above 0, not ${text}`, { field: '--seconds', value: text });
}
