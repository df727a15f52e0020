/** `plimsoll demo`: what `npm start` runs. */
import { Command, Option } from 'commander';
import type { BookShape } from '../../sim/book.ts';
import type { Popularity } from '../../sim/popularity.ts';
import { usageError } from '../cli/errors.ts';
import { catchInterrupt } from '../cli/interrupt.ts';
import { bookOption, hostPort, popularityOption, wholeNumber } from '../cli/options.ts';

interface DemoFlags {
  readonly accounts: number;
  readonly seed: number;
  readonly speed?: number;
  readonly crash?: boolean;
  readonly http: { readonly host: string; readonly port: number };
  readonly data?: string;
  readonly keys?: string;
  readonly open: boolean;
  readonly json?: boolean;
  readonly terminal?: boolean;
  readonly markets: number;
  readonly book: BookShape;
  readonly popularity: Popularity;
  readonly seconds?: number;
  readonly plain?: boolean;
}

const HELP = `
An exchange that lives: five markets, simulated traders, and a crowd of leveraged holders that comes in by real deposits and trades
while the page is there already. The engine runs in a thread of its own; what is shown comes from a replica that is compared with it all the
time. Nothing is kept unless --data says where; a directory goes on where it was left, after Ctrl-C as after a kill.

With --terminal there is no exchange: a book of accounts is generated from the seed, and prices run over it on a live screen. Beside the
engine a checker computes prices anew by brute force, in exact integers, as many as it has time for; where it disagrees the demo
exits with 1. --markets, --book, --popularity, --seconds and --plain go with it.

Examples:
  plimsoll demo
  plimsoll demo --accounts 100000 --crash
  plimsoll demo --data venue --http 127.0.0.1:9000 --no-open
  plimsoll demo --terminal --accounts 3000000 --book edge --speed 20000
  plimsoll demo --terminal --seconds 30 --json | tail -1`;

const SPEED = 250;
const SPEED_MAX = 20_000;
/** Flags that have no meaning beside others: by name, whether they were given. */
const TERMINAL_ONLY = ['seconds', 'plain'] as const;
const PAGE_ONLY = ['data', 'keys', 'crash'] as const;

export function command(): Command {
  return new Command('demo')
    .description(
      'An exchange full of accounts, live, on a page of its own: who is close to liquidation, and why.',
    )
    .addOption(
      new Option('--accounts <count>', 'how many').argParser(wholeNumber(1, 20_000_000)).default(1_000_000),
    )
    .addOption(
      new Option('--seed <number>', 'the same seed gives the same accounts and prices everywhere')
        .argParser(wholeNumber(0))
        .default(1),
    )
    .addOption(
      new Option(
        '--speed <per second>',
        'prices a second (default: 250; with --terminal 0, as many as can be done)',
      ).argParser(wholeNumber(0)),
    )
    .option('--crash', 'the first market falls by 15 % after twenty seconds')
    .addOption(
      new Option('--http <address>', 'where the page is')
        .argParser(hostPort)
        .default({ host: '127.0.0.1', port: 8080 }, '127.0.0.1:8080'),
    )
    .option('--data <dir>', 'journal everything in this directory, and go on from what it has')
    .option('--keys <file>', 'keys that open it (default: keys.json in --data)')
    .option('--no-open', 'do not open a browser')
    .option('--json', 'a JSON document a second on stdout, and a summary as the last')
    .option('--terminal', 'a live screen of generated accounts, without an exchange')
    .addOption(
      new Option('--markets <count>', 'with --terminal: how many')
        .argParser(wholeNumber(1, 60_000))
        .default(64),
    )
    .addOption(bookOption('spread'))
    .addOption(popularityOption())
    .addOption(
      new Option('--seconds <count>', 'with --terminal: ends after so many seconds of prices').argParser(
        seconds,
      ),
    )
    .option('--plain', 'with --terminal: a line a second instead of a live screen')
    .addHelpText('after', HELP)
    .action(demo);
}

async function demo(flags: DemoFlags): Promise<void> {
  const isTerminal = flags.terminal === true;
  for (const name of isTerminal ? PAGE_ONLY : TERMINAL_ONLY)
    if (flags[name] !== undefined)
      throw usageError(`--${name} goes ${isTerminal ? 'without' : 'with'} --terminal`, {
        field: `--${name}`,
      });
  // Never released: npm passes on a Ctrl-C that the terminal has sent as well.
  const { signal } = catchInterrupt();
  if (isTerminal) await onTerminal(flags, signal);
  else await onPage(flags, signal);
  if (!signal.aborted) return;
  // Left to itself, Node takes its handlers down first and gives back memory after: a second Ctrl-C could kill it between.
  await new Promise((resolve) => process.stdout.write('', resolve));
  process.exit();
}

async function onPage(flags: DemoFlags, signal: AbortSignal): Promise<void> {
  const { accounts, seed, speed = SPEED, crash, http, data, keys, open, json } = flags;
  if (speed < 1 || speed > SPEED_MAX)
    throw usageError(`--speed is from 1 to ${SPEED_MAX} prices a second`, { field: '--speed', value: speed });
  const { runServedDemo } = await import('../serve/demo/run.ts');
  await runServedDemo(
    {
      choice: { seed, accounts, speed, crash: crash === true },
      address: http,
      data: data ?? null,
      keys: keys ?? null,
      json: json === true,
      opens: open && json !== true && process.stdout.isTTY,
    },
    signal,
  );
}

async function onTerminal(flags: DemoFlags, signal: AbortSignal): Promise<void> {
  const { json, plain, accounts, markets, book, popularity, seed, speed = 0 } = flags;
  if (json === true && plain === true)
    throw usageError('--json and --plain are two forms of the same: choose one', { field: '--plain' });
  const { runDemo } = await import('../demo/run.ts');
  const { demoOutput } = await import('../demo/output.ts');
  const kind = json === true ? 'json' : plain === true || !process.stdout.isTTY ? 'plain' : 'screen';
  const { checker } = await runDemo(
    { accounts, markets, book, popularity, seed, speed, seconds: flags.seconds ?? Infinity },
    demoOutput(kind),
    signal,
  );
  process.exitCode = checker.verdict === 'agrees' ? 0 : 1;
}

function seconds(text: string): number {
  const number = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (number > 0) return number;
  throw usageError(`--seconds is a number above 0, not ${text}`, { field: '--seconds', value: text });
}
