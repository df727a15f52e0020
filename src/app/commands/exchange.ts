/** `plimsoll exchange`: a whole venue in one process. Commands in as lines, events out as lines. */
import { Command, InvalidArgumentError, Option } from 'commander';
import type { Address } from '../../io/api/listening.ts';
import { CHECK_FAILED, reportError, usageError } from '../cli/errors.ts';
import { catchInterrupt } from '../cli/interrupt.ts';
import { hostPort, jsonOption, wholeNumber } from '../cli/options.ts';
import { grouped } from '../cli/output.ts';
import { ProblemPrinter } from '../cli/problems.ts';
import { Progress } from '../cli/progress.ts';
import { readVersion } from '../cli/version.ts';
import { SIM_HELP, simOptions, wantsSimulation, type SimFlags } from '../exchange-sim/options.ts';
import { runExchange, type RunResult } from '../exchange/run.ts';

const HELP = `
Order books, matching, margin, liquidation, insurance fund and ADL, funding and settlement: a perpetual-futures venue. Commands come
as NDJSON, one a line, on standard input or from each client of a Unix socket; docs/reference/exchange.md has all of them. Every
command is answered by a line with its sequence and reason, followed by the events that it caused. All events go to standard
output; a client gets the answers to what it sent. Nothing is answered before it is on disk.

With --data everything is journaled; verify-log and explain read the directory. Start the same command again after a crash and send
everything again: a line whose origin was seen, and a definition that is in force, is answered as a duplicate and changes nothing.

--market-file reads definitions (settings, source, venue, market, contract, tiers, listing, account, breaker) that shall be in force;
what is so already is left out, so the files stay in the command. A listing that was edited applies anew.

Watchers look at what happens and report what people should look at (wash pairs, linked accounts, money taken out before a
liquidation, positions that no book can take, exempt accounts, open interest) as "event":"alert" on standard output. They decide nothing.

With --http the exchange is behind its API (docs/reference/api.md): orders and money come by HTTP, or from clients of --listen, and events are
read there; standard input is not read. Acting needs a key of plimsoll key create. With --limits a gate is asked before every order, and
tells of its decisions under /gate; the file is as for plimsoll gate --limits, of the firm and of accounts.

Ctrl-C ends after the command at hand, with everything on disk and a snapshot of the state.

Exit code: 0 done or interrupted; 1 lines were left out; 2 usage, or the directory is in use; 3 damaged data.

Examples:
  plimsoll exchange --data data --market-file examples/exchange-market.ndjson < examples/exchange-session.ndjson
  plimsoll exchange --market-file examples/exchange-market.ndjson --json < examples/exchange-session.ndjson
  plimsoll exchange --data data --listen unix:exchange.sock --snapshot-every 100000
  plimsoll exchange --data data --market-file examples/exchange-market.ndjson --http 127.0.0.1:8080 --limits limits.json
`;

interface Options {
  readonly data?: string;
  readonly listen?: string;
  readonly marketFile: string[];
  readonly snapshotEvery: number;
  readonly surveillance: boolean;
  readonly http?: Address;
  readonly keys?: string;
  readonly limits?: string;
  readonly json?: boolean;
}

export function command(): Command {
  const command = new Command('exchange')
    .description('A perpetual-futures venue: commands in as lines, events out as lines.')
    .option('--data <dir>', 'journal everything in this directory, and go on from what it has')
    .option('--listen <address>', 'take clients at unix:PATH instead of standard input', socketPath)
    .addOption(
      new Option(
        '--http <address>',
        'serve the API and the dashboard there, in place of standard input',
      ).argParser(hostPort),
    )
    .option('--keys <file>', 'with --http: keys that open it (default: keys.json in --data)')
    .option('--limits <file>', 'with --http: limits that every order is held against first')
    .option(
      '--market-file <file>',
      'definitions that shall be in force; may be given again',
      (file: string, files: string[]) => [...files, file],
      [],
    )
    .option(
      '--snapshot-every <n>',
      'with --data: a snapshot after every n commands',
      wholeNumber(1),
      1_000_000,
    )
    .option('--no-surveillance', 'no alerts about conduct: wash trading, linked accounts and the like')
    .addOption(jsonOption())
    .addHelpText('after', HELP + SIM_HELP);
  for (const option of simOptions()) command.addOption(option);
  return command.action(run);
}

async function run(options: Options & SimFlags): Promise<void> {
  if (wantsSimulation(options)) {
    const { exchangeSim } = await import('../exchange-sim/run.ts');
    return exchangeSim(options);
  }
  if (options.http !== undefined) {
    const { serveExchange } = await import('../serve/exchange.ts');
    return serveExchange({ ...options, http: options.http });
  }
  if (options.keys !== undefined) throw usageError('--keys goes with --http', { field: '--keys' });
  if (options.limits !== undefined) throw usageError('--limits goes with --http', { field: '--limits' });
  const json = options.json === true;
  const interrupt = catchInterrupt();
  const progress = new Progress('exchange');
  const problems = new ProblemPrinter(progress, json);
  const note = (text: string): void => {
    if (!json) progress.print(`plimsoll: ${text}`);
  };
  try {
    const result = await runExchange(
      {
        data: options.data ?? null,
        listen: options.listen ?? null,
        marketFiles: options.marketFile,
        snapshotEvery: options.snapshotEvery,
        watched: options.surveillance,
        version: await readVersion(),
      },
      {
        signal: interrupt.signal,
        problem: (problem) => problems.print(problem),
        note,
        progress: (what, done, total) => progress.show(done, total, () => what),
        ready: ({ sequence, snapshot, records }) => {
          progress.clear();
          const from = snapshot > 0 ? `the snapshot at ${grouped(snapshot)} and ` : '';
          const state =
            snapshot + records === 0
              ? 'new'
              : `at sequence ${grouped(sequence)}, from ${from}${grouped(records)} records`;
          note(
            `exchange ${state}; commands come from ${options.listen === undefined ? 'standard input' : `unix:${options.listen}`}. Ctrl-C ends it`,
          );
        },
        nowUs: () => Date.now() * 1000,
      },
    );
    progress.clear();
    problems.end();
    if (json) process.stdout.write(`${JSON.stringify(endDocument(result))}\n`);
    else note(endText(result, options));
    process.exitCode = result.counts.problems > 0 && options.listen === undefined ? CHECK_FAILED : 0;
    if (result.snapshotFailure !== null)
      process.exitCode = Math.max(process.exitCode, reportError(result.snapshotFailure, json));
  } finally {
    progress.clear();
    interrupt.release();
  }
}

function endDocument({ counts, sequence, acknowledged, stateHash, isInterrupted }: RunResult): object {
  return { event: 'end', sequence, acknowledged, stateHash, ...counts, interrupted: isInterrupted };
}

function endText({ counts, sequence, stateHash }: RunResult, { data, listen }: Options): string {
  const { commands, refused, duplicates, problems, alerts } = counts;
  const told = `${grouped(commands)} commands (${grouped(refused)} refused), ${grouped(duplicates)} duplicates, ${grouped(problems)} lines left out, ${grouped(alerts)} alerts`;
  const next =
    data === undefined
      ? 'Nothing was kept: --data keeps it'
      : `All of it is in ${data}, with a snapshot of the state: the same command goes on from there${listen === undefined ? '' : ', and clients that repeat what was not answered change nothing twice'}`;
  return `${told}. At sequence ${grouped(sequence)}, state hash ${stateHash === '' ? 'none yet' : stateHash}. ${next}`;
}

function socketPath(text: string): string {
  if (text.startsWith('unix:') && text.length > 5) return text.slice(5);
  throw new InvalidArgumentError('It must be unix: and a path, such as unix:exchange.sock.');
}
