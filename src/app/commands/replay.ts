/** `plimsoll replay`: recorded prices or commands through the engine. */
import { Command, Option } from 'commander';
import { reportError } from '../cli/errors.ts';
import { catchInterrupt, INTERRUPTED } from '../cli/interrupt.ts';
import { jsonOption, wholeNumber } from '../cli/options.ts';
import { grouped, paintFor, printJson, printLines } from '../cli/output.ts';
import { ProblemPrinter } from '../cli/problems.ts';
import { Progress } from '../cli/progress.ts';
import { readVersion } from '../cli/version.ts';
import { replayDocument, replayExitCode, replayText } from '../replay/report.ts';
import { replay } from '../replay/run.ts';

const HELP = `
A file is a capture of Binance or NDJSON commands, gzipped or not; its content says which. A spot capture beside that of the
perpetual is its index: marks follow Binance's rule of that time. Without one, marks are the middle of best bid and ask, and hold all
liquidation, as any price does that fewer than --min-sources sources agree on. Captures have no accounts, so a seeded book is made for their markets. Captures of different markets run side by side, by
time. Commands bring their own accounts and come before captures.

With --data every command is journaled before it is applied: explain and verify-log read the directory, and the same
command again goes on where the last run ended.

Exit code: 0 done; 1 the reference disagrees, lines were left out, or prices are missing from a capture; 2 usage, or an input
that ends too soon; 3 damaged data; 130 interrupted.

Examples:
  plimsoll replay capture.gz
  plimsoll replay capture.gz --accounts 10000 --seed 7 --check
  plimsoll replay usdm.gz spot.gz --min-sources 1
  plimsoll replay commands.ndjson --data data
`;

interface Options {
  readonly accounts?: number;
  readonly seed?: number;
  readonly book?: 'spread' | 'edge';
  readonly data?: string;
  readonly check?: boolean;
  readonly checkEvery?: number;
  readonly snapshotEvery: number;
  readonly minSources: number;
  readonly strict?: boolean;
  readonly json?: boolean;
}

export function command(): Command {
  return new Command('replay')
    .description('Recorded prices or commands through the engine, checked if you want.')
    .argument('<file...>', 'captures or NDJSON commands; - is standard input')
    .option('--accounts <n>', 'accounts of the book (default: 1000)', wholeNumber(0, 10_000_000))
    .option('--seed <n>', 'of the book (default: 1)', wholeNumber(0, 2 ** 32 - 1))
    .addOption(
      new Option(
        '--book <shape>',
        'how leverage is spread: to 30x, or to the edge of liquidation (default: edge)',
      ).choices(['spread', 'edge']),
    )
    .option('--data <dir>', 'journal everything in this directory')
    .option('--check', 'run the reference beside the engine and compare after every command')
    .option('--check-every <n>', 'as --check, comparing after every nth command', wholeNumber(1))
    .option(
      '--snapshot-every <n>',
      'with --data: a snapshot after every n commands',
      wholeNumber(1),
      1_000_000,
    )
    .option(
      '--min-sources <n>',
      'fresh index sources that a price needs before anyone is liquidated by it',
      wholeNumber(1, 32),
      3,
    )
    .option('--strict', 'stop at the first line that cannot be used')
    .addOption(jsonOption())
    .addHelpText('after', HELP)
    .action(async (files: string[], options: Options) => {
      const json = options.json === true;
      const interrupt = catchInterrupt();
      const progress = new Progress('replay');
      const problems = new ProblemPrinter(progress, json);
      try {
        const result = await replay(
          {
            files,
            accounts: options.accounts ?? null,
            seed: options.seed ?? null,
            book: options.book ?? null,
            data: options.data ?? null,
            checkEvery: options.checkEvery ?? (options.check === true ? 1 : null),
            snapshotEvery: options.snapshotEvery,
            minSources: options.minSources,
            strict: options.strict === true,
            version: await readVersion(),
          },
          {
            signal: interrupt.signal,
            problem: (problem) => problems.print(problem),
            note: (text) => {
              if (!json) progress.print(`plimsoll: ${text}`);
            },
            progress: (what, done, total, prices) =>
              progress.show(done, total, () => `${what}${prices === 0 ? '' : `, ${grouped(prices)} prices`}`),
          },
        );
        progress.clear();
        problems.end();
        if (result.difference !== null && !json)
          progress.print(`plimsoll: the engine and the reference differ.\n${result.difference.text}`);
        if (json) printJson(replayDocument(result));
        else printLines(replayText(result, paintFor(process.stdout)));
        process.exitCode = replayExitCode(result);
        if (result.failure !== null)
          process.exitCode = Math.max(process.exitCode, reportError(result.failure, json));
      } catch (error) {
        // Before there was anything to report.
        if (!interrupt.signal.aborted) throw error;
        process.exitCode = INTERRUPTED;
      } finally {
        progress.clear();
        interrupt.release();
      }
    });
}
