/** `plimsoll bench`: measurements with thresholds. What each means stands in docs/operating/benchmarks.md. */
import { Command, Option } from 'commander';
import { didYouMean } from '../../io/ingest/nearest.ts';
import { BOOK, type BookShape } from '../../sim/book.ts';
import type { Popularity } from '../../sim/popularity.ts';
import type { OnProgress } from '../bench/load.ts';
import type { Check, Report } from '../bench/report.ts';
import { usageError } from '../cli/errors.ts';
import { bookOption, jsonOption, popularityOption, wholeNumber } from '../cli/options.ts';
import { grouped, paintFor, printJson, printLines, table } from '../cli/output.ts';
import { Progress } from '../cli/progress.ts';

interface Common {
  readonly seed: number;
  readonly quick?: boolean;
  readonly json?: boolean;
}

interface BookFlags extends Common {
  readonly accounts?: number;
  readonly positions?: number;
  readonly markets?: number;
  readonly book: BookShape;
  readonly popularity: Popularity;
  readonly seconds?: number;
}

const EXAMPLES = `
Examples:
  plimsoll bench watch --book edge --popularity zipf
  plimsoll bench watch --accounts 3300000 --positions 10000000 --no-gaps
  plimsoll bench journal --directory /var/lib/plimsoll --json
  plimsoll bench ingest --quick`;

export function command(): Command {
  const bench = new Command('bench')
    .description(
      'How fast it is on this machine. Prints `ok`, the workload with its seed, and the machine; exits 1 where a threshold was not held.',
    )
    .addHelpText('after', EXAMPLES)
    .allowExcessArguments()
    .action((_flags: object, { args, commands }: Command) => {
      const names = commands.map((each) => each.name());
      const what =
        args[0] === undefined
          ? 'say what to measure'
          : `there is no benchmark ${args[0]}${didYouMean(args[0], names)}`;
      throw usageError(`${what}: ${names.join(', ')}`, { field: 'bench', value: args[0] ?? null });
    });

  withBook(sub(bench, 'watch', 'what a price costs when every account is watched'), 'edge')
    .addOption(
      new Option('--step-bp <bp>', 'how far each price moves its market').argParser(basisPoints).default(1),
    )
    .option('--no-gaps', 'leave out gaps, the longer part')
    .action(async (flags: BookFlags & { stepBp: number; gaps: boolean }) => {
      const { benchWatch } = await import('../bench/watch.ts');
      await run(flags, (onProgress) =>
        benchWatch(
          {
            ...bookOf(flags),
            stepBp: flags.stepBp,
            gaps: flags.gaps,
            seconds: secondsOf(flags, 5),
            quick: isQuick(flags),
          },
          onProgress,
        ),
      );
    });

  withBook(sub(bench, 'sweep', 'brute force: everything evaluated, nothing else'), 'edge').action(
    async (flags: BookFlags) => {
      const { benchSweep } = await import('../bench/sweep.ts');
      await run(flags, (onProgress) =>
        benchSweep({ ...bookOf(flags), seconds: secondsOf(flags, 3), quick: isQuick(flags) }, onProgress),
      );
    },
  );

  withSeed(sub(bench, 'journal', 'commands a second that the journal makes durable'))
    .addOption(new Option('--records <count>', 'how many').argParser(wholeNumber(1)))
    .addOption(
      new Option('--bytes <count>', 'payload of each').argParser(wholeNumber(1, 1_000_000)).default(48),
    )
    .addOption(
      new Option('--group <count>', 'appended per turn of the event loop, at most')
        .argParser(wholeNumber(1))
        .default(10_000),
    )
    .addOption(
      new Option('--rate <per second>', 'offer so many, for latencies below saturation; 0: as many as fit')
        .argParser(wholeNumber(0))
        .default(0),
    )
    .option('--directory <folder>', 'which disk to measure (default: the temporary folder)')
    .action(
      async (
        flags: Common & { records?: number; bytes: number; group: number; rate: number; directory?: string },
      ) => {
        const { benchJournal } = await import('../bench/journal.ts');
        const { bytes, group, rate, directory = null } = flags;
        const records = flags.records ?? (isQuick(flags) ? 100_000 : 5_000_000);
        await run(flags, (onProgress) =>
          benchJournal({ records, bytes, group, rate, directory, quick: isQuick(flags) }, onProgress),
        );
      },
    );

  withBook(
    sub(bench, 'margin', 'the calculator, and the valuation that the watch runs on'),
    'edge',
    100_000,
  ).action(async (flags: BookFlags) => {
    const { benchMargin } = await import('../bench/margin.ts');
    await run(flags, (onProgress) =>
      benchMargin(
        { ...bookOf(flags, 100_000), seconds: secondsOf(flags, 3), quick: isQuick(flags) },
        onProgress,
      ),
    );
  });

  withBook(
    sub(bench, 'ingest', 'a busy exchange, decoded, journaled and watched; then the journal replayed'),
    'spread',
    100_000,
  )
    .option('--directory <folder>', 'where the journal is (default: the temporary folder)')
    .action(async (flags: BookFlags & { directory?: string }) => {
      const { benchIngest } = await import('../bench/ingest.ts');
      await run(flags, (onProgress) =>
        benchIngest(
          {
            ...bookOf(flags, 100_000),
            seconds: secondsOf(flags, 3),
            directory: flags.directory ?? null,
            quick: isQuick(flags),
          },
          onProgress,
        ),
      );
    });

  withSeed(sub(bench, 'prices', 'what venues say into prices: decoded, from raw frames, and one quote'))
    .addOption(new Option('--markets <count>', 'how many (default: 64)').argParser(wholeNumber(1, 1000)))
    .addOption(popularityOption())
    .addOption(new Option('--seconds <count>', 'how long to measure').argParser(seconds))
    .option('--captures <file...>', "recordings of Binance's streams (default: a synthetic one is written)")
    .action(
      async (
        flags: Common & {
          markets?: number;
          popularity: Popularity;
          seconds?: number;
          captures?: string[];
        },
      ) => {
        const { benchPrices } = await import('../bench/prices.ts');
        const { popularity, seed, captures = [] } = flags;
        const quick = isQuick(flags);
        const markets = flags.markets ?? (quick ? 8 : 64);
        await run(flags, (onProgress) =>
          benchPrices(
            { markets, popularity, seed, seconds: secondsOf(flags, 12), captures, quick },
            onProgress,
          ),
        );
      },
    );

  withSeed(sub(bench, 'matching', 'what an order costs in an order book, beside other order books')).action(
    async (flags: Common) => {
      const { benchMatching } = await import('../bench/matching.ts');
      await run(flags, (onProgress) =>
        benchMatching({ seed: flags.seed, quick: isQuick(flags) }, onProgress),
      );
    },
  );

  withSeed(sub(bench, 'gate', 'orders through every check of a gate, beside Redis with a script of Lua'))
    .addOption(new Option('--accounts <count>', 'how many (default: 1,000,000)').argParser(wholeNumber(1)))
    .addOption(new Option('--markets <count>', 'how many (default: 64)').argParser(wholeNumber(1, 1000)))
    .addOption(new Option('--commands <count>', 'how many (default: 2,000,000)').argParser(wholeNumber(1)))
    .addOption(
      new Option('--working <count>', 'orders that work (default: 200,000)').argParser(wholeNumber(1)),
    )
    .addOption(
      new Option('--popularity <law>', 'which accounts send: all alike, or the k-th with weight 1/k')
        .choices(['uniform', 'zipf'])
        .default('zipf'),
    )
    .action(
      async (
        flags: Common & {
          accounts?: number;
          markets?: number;
          commands?: number;
          working?: number;
          popularity: Popularity;
        },
      ) => {
        const { benchGate } = await import('../bench/gate.ts');
        const quick = isQuick(flags);
        const { seed, popularity } = flags;
        const accounts = flags.accounts ?? (quick ? 500 : 1_000_000);
        const markets = flags.markets ?? (quick ? 8 : 64);
        const commands = flags.commands ?? (quick ? 5000 : 2_000_000);
        const working = flags.working ?? (quick ? 500 : 200_000);
        await run(flags, (onProgress) =>
          benchGate({ accounts, markets, commands, working, popularity, seed, quick }, onProgress),
        );
      },
    );

  withSeed(sub(bench, 'gate-socket', 'a gate with a journal over a Unix socket, beside a bare echo'))
    .addOption(new Option('--accounts <count>', 'how many (default: 100,000)').argParser(wholeNumber(1)))
    .addOption(new Option('--markets <count>', 'how many (default: 64)').argParser(wholeNumber(1, 1000)))
    .addOption(new Option('--commands <count>', 'how many (default: 500,000)').argParser(wholeNumber(1)))
    .addOption(
      new Option('--working <count>', 'orders that work (default: 50,000)').argParser(wholeNumber(1)),
    )
    .addOption(
      new Option('--rate <count>', 'commands a second').argParser(wholeNumber(1, 10_000_000)).default(50_000),
    )
    .option('--directory <folder>', 'where the journal is (default: the temporary folder)')
    .action(
      async (
        flags: Common & {
          accounts?: number;
          markets?: number;
          commands?: number;
          working?: number;
          rate: number;
          directory?: string;
        },
      ) => {
        const { benchGateSocket } = await import('../bench/gate-socket.ts');
        const quick = isQuick(flags);
        const { seed, rate, directory = null } = flags;
        const accounts = flags.accounts ?? (quick ? 500 : 100_000);
        const markets = flags.markets ?? (quick ? 8 : 64);
        const commands = flags.commands ?? (quick ? 5000 : 500_000);
        const working = flags.working ?? (quick ? 500 : 50_000);
        await run(flags, (onProgress) =>
          benchGateSocket(
            { accounts, markets, commands, working, popularity: 'zipf', rate, directory, seed, quick },
            onProgress,
          ),
        );
      },
    );

  withSeed(
    sub(
      bench,
      'exchange',
      'orders through everything an exchange does with them, and with a journal under it',
    ),
  )
    .addOption(new Option('--accounts <count>', 'how many (default: 10,000)').argParser(wholeNumber(1)))
    .addOption(new Option('--markets <count>', 'how many (default: 1)').argParser(wholeNumber(1, 1000)))
    .addOption(new Option('--commands <count>', 'how many (default: 500,000)').argParser(wholeNumber(1)))
    .addOption(
      new Option('--resting <count>', 'orders in the book of each market')
        .argParser(wholeNumber(2000))
        .default(10_000),
    )
    .option('--directory <folder>', 'where the journal is (default: the temporary folder)')
    .action(
      async (
        flags: Common & {
          accounts?: number;
          markets?: number;
          commands?: number;
          resting: number;
          directory?: string;
        },
      ) => {
        const { benchExchange } = await import('../bench/exchange.ts');
        const quick = isQuick(flags);
        const accounts = flags.accounts ?? (quick ? 200 : 10_000);
        const commands = flags.commands ?? (quick ? 5000 : 500_000);
        const { markets = 1, resting, seed, directory = null } = flags;
        await run(flags, (onProgress) =>
          benchExchange({ accounts, markets, commands, resting, seed, directory, quick }, onProgress),
        );
      },
    );

  withSeed(
    sub(bench, 'api', 'accounts read and prices listened to by many, and what the engine notices of it'),
  )
    .addOption(new Option('--accounts <count>', 'how many (default: 1,000,000)').argParser(wholeNumber(1)))
    .addOption(new Option('--connections <count>', 'that read').argParser(wholeNumber(1, 1000)).default(32))
    .addOption(
      new Option('--subscribers <count>', 'of the stream (default: 1000)').argParser(wholeNumber(1, 4000)),
    )
    .addOption(new Option('--seconds <count>', 'of each load (default: 10)').argParser(seconds))
    .action(
      async (
        flags: Common & { accounts?: number; connections: number; subscribers?: number; seconds?: number },
      ) => {
        const { benchApi } = await import('../bench/api.ts');
        const quick = isQuick(flags);
        const { connections, seed } = flags;
        const accounts = flags.accounts ?? (quick ? 500 : 1_000_000);
        const subscribers = flags.subscribers ?? (quick ? 20 : 1000);
        const seconds = flags.seconds ?? (quick ? 1.5 : 10);
        await run(flags, (onProgress) =>
          benchApi({ accounts, connections, subscribers, seconds, seed, quick }, onProgress),
        );
      },
    );
  return bench;
}

function sub(bench: Command, name: string, summary: string): Command {
  return bench
    .command(name)
    .summary(summary)
    .description(`${summary[0].toUpperCase()}${summary.slice(1)}.`)
    .exitOverride()
    .configureOutput({ outputError: () => {} });
}

function withSeed(command: Command): Command {
  return command
    .addOption(
      new Option('--seed <number>', 'the same seed gives the same workload everywhere')
        .argParser(wholeNumber(0))
        .default(1),
    )
    .option('--quick', 'small sizes, thresholds of speed not judged: whether it works, not how fast')
    .addOption(jsonOption());
}

function withBook(command: Command, book: BookShape, accounts = 1_000_000): Command {
  return withSeed(
    command
      .addOption(
        new Option('--accounts <count>', `how many (default: ${grouped(accounts)})`).argParser(
          wholeNumber(1),
        ),
      )
      .addOption(
        new Option(
          '--positions <count>',
          'of all accounts together, about (default: 3 an account)',
        ).argParser(wholeNumber(1)),
      )
      .addOption(new Option('--markets <count>', 'how many (default: 512)').argParser(wholeNumber(1, 60_000)))
      .addOption(bookOption(book))
      .addOption(popularityOption())
      .addOption(new Option('--seconds <count>', 'how long to measure').argParser(seconds)),
  );
}

function bookOf(flags: BookFlags, accountsUsual = 1_000_000) {
  const { book, popularity, seed } = flags;
  const accounts = flags.accounts ?? (isQuick(flags) ? 2000 : accountsUsual);
  const markets = flags.markets ?? (isQuick(flags) ? 16 : 512);
  const mean = flags.positions === undefined ? 3 : flags.positions / accounts;
  if (mean >= 1 && mean <= BOOK.marketsMax)
    return { accounts, markets, book, popularity, seed, positionsPerAccountMean: mean };
  throw usageError(
    `${flags.positions} positions of ${accounts} accounts are ${mean.toFixed(2)} each; between 1 and ${BOOK.marketsMax} can be drawn`,
    { field: '--positions', value: flags.positions },
  );
}

function isQuick(flags: Common): boolean {
  return flags.quick === true;
}

function secondsOf(flags: Common & { seconds?: number }, usual: number): number {
  return flags.seconds ?? (isQuick(flags) ? 0.2 : usual);
}

function basisPoints(text: string): number {
  return decimal(text, '--step-bp', 1000);
}

function seconds(text: string): number {
  return decimal(text, '--seconds', 86_400);
}

function decimal(text: string, field: string, most: number): number {
  const number = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (number > 0 && number <= most) return number;
  throw usageError(`${field} is a number above 0 and at most ${most}, not ${text}`, { field, value: text });
}

async function run(flags: Common, measure: (onProgress: OnProgress) => Promise<Report>): Promise<void> {
  let shown = '';
  let progress = new Progress('');
  const result = await measure((what, share) => {
    if (what !== shown) {
      progress.clear();
      progress = new Progress(what);
      shown = what;
    }
    progress.show(share, 1);
  });
  progress.clear();
  if (flags.json === true) printJson(result);
  else printLines(textOf(result));
  process.exitCode = result.ok ? 0 : 1;
}

/** Everything that is in the JSON, for people. */
function textOf({ bench, ok, quick, checks, workload, machine, notIncluded, ...results }: Report): string[] {
  const paint = paintFor(process.stdout);
  const verdict = ok ? paint('green', 'ok') : paint('red', 'not ok');
  return [
    `${paint('bold', `bench ${bench}`)}: ${verdict}${quick ? ' (quick: speed is not judged)' : ''}`,
    ...table(flatten(results)),
    paint('bold', 'thresholds'),
    ...checks.map((check) => checkText(check, paint)),
    paint('bold', 'workload'),
    ...table(flatten(workload)),
    paint('bold', 'machine'),
    ...table(flatten(machine)),
    paint('bold', 'not included'),
    ...notIncluded.map((line) => `  ${line}`),
  ];
}

function checkText({ name, value, limit, ok }: Check, paint: ReturnType<typeof paintFor>): string {
  const verdict =
    ok === null ? paint('dim', 'not judged') : ok ? paint('green', 'ok') : paint('red', 'not held');
  return `  ${name}: ${valueText(value)} ${paint('dim', limit)} ${verdict}`;
}

/** Lists of objects are left to the JSON, except gaps, which are a table of their own. */
function flatten(fields: object, prefix = ''): [string, string][] {
  return Object.entries(fields).flatMap(([name, value]: [string, unknown]): [string, string][] => {
    if (Array.isArray(value))
      return value.map((each: object, at): [string, string] => [
        at === 0 ? `${prefix}${name}` : '',
        flatten(each)
          .map(([key, text]) => `${key} ${text}`)
          .join('  '),
      ]);
    if (typeof value === 'object' && value !== null) return flatten(value, `${prefix}${name}.`);
    return [[`${prefix}${name}`, valueText(value)]];
  });
}

function valueText(value: unknown): string {
  if (typeof value === 'number')
    return Number.isInteger(value) && Math.abs(value) >= 10_000 ? grouped(value) : String(value);
  return value === null ? '-' : typeof value === 'string' ? value : JSON.stringify(value);
}
