/** `plimsoll gate`: may this be sent? Orders in, decisions out, by lines, a socket or HTTP. What can be asked about its limits stands in gate-limits.ts. */
import { Command, InvalidArgumentError } from 'commander';
import { addressText, parseAddress, type Address } from '../../io/gate/address.ts';
import { CHECK_FAILED, reportError } from '../cli/errors.ts';
import { catchInterrupt } from '../cli/interrupt.ts';
import { jsonOption, wholeNumber } from '../cli/options.ts';
import { grouped } from '../cli/output.ts';
import { ProblemPrinter } from '../cli/problems.ts';
import { Progress } from '../cli/progress.ts';
import { readVersion } from '../cli/version.ts';
import { monotonicUs } from '../gate/clock.ts';
import { runGate, type GateRunResult } from '../gate/run.ts';
import { batchCommand, checkCommand, replayCommand } from './gate-ask.ts';
import { limitsCommand } from './gate-limits.ts';

const HELP = `
Decides about every order before it is sent: limits on the order, on what the account and its groups could come to with everything that works, how often,
margin, losses, halts. Every decision has all reasons, each with its limit and what would be. docs/reference/gate.md has every command, the limits and the
protocol of the socket.

Without --listen commands come as NDJSON on standard input, each is answered by a line, in order: a batch is decided one after the other, each with what those before it
reserved. With --listen clients ask over a socket (TypeScript: GateClient) and standard output has the notices: halts, alarms, limits
that come into force. Nothing is answered before it is on disk. Both doors, and HTTP, are open on this machine only: nobody is asked who he is.

With --data everything is journaled; start the same command again after a crash and it goes on with the same reservations and windows. verify-log and explain order
read the directory. --definitions reads what shall be there (settings, source, market, contract, tiers, account, breaker, instrument, group,
member); what is so already is left out. --limits reads the limits that shall hold: one version more than those in force, or the same again.

Ctrl-C ends after the command at hand, with everything on disk and a snapshot of the state.

Exit code: 0 done or interrupted; 1 lines were left out; 2 usage, a wrong file, or the directory is in use; 3 damaged data.

Examples:
  plimsoll gate --definitions examples/gate-definitions.ndjson --limits examples/gate-limits.json < examples/gate-session.ndjson
  plimsoll gate --limits examples/gate-limits.json --definitions examples/gate-definitions.ndjson --data data --listen unix:gate.sock --http 127.0.0.1:8080
  plimsoll gate check examples/gate-order.json --data data
  plimsoll gate limits diff examples/gate-limits.json --data data
`;

interface Options {
  readonly data?: string;
  readonly listen?: Address;
  readonly http?: { readonly host: string; readonly port: number };
  readonly definitions: string[];
  readonly limits?: string;
  readonly snapshotEvery: number;
  readonly cancelOnDisconnect?: boolean;
  readonly json?: boolean;
}

export function command(): Command {
  return (
    new Command('gate')
      .description('Pre-trade checks: may this order be sent?')
      // What stands behind check, replay, batch and limits is theirs.
      .enablePositionalOptions()
      .option('--limits <file>', 'the limits that shall hold')
      .option('--data <dir>', 'journal everything in this directory, and go on from what it has')
      .option('--listen <address>', 'take clients at unix:PATH or tcp:127.0.0.1:PORT', listenAddress)
      .option('--http <host:port>', 'take orders and show limits, halts and metrics over HTTP', httpAddress)
      .option(
        '--definitions <file>',
        'definitions that shall be in force; may be given again',
        (file: string, files: string[]) => [...files, file],
        [],
      )
      .option(
        '--snapshot-every <n>',
        'with --data: a snapshot after every n commands',
        wholeNumber(1),
        10_000_000,
      )
      .option(
        '--cancel-on-disconnect',
        'cancel the orders of every client that is gone, not just of those that ask for it',
      )
      .addOption(jsonOption())
      .addHelpText('after', HELP)
      .action(run)
      .addCommand(checkCommand())
      .addCommand(replayCommand())
      .addCommand(batchCommand())
      .addCommand(limitsCommand())
  );
}

async function run(options: Options): Promise<void> {
  const json = options.json === true;
  const interrupt = catchInterrupt();
  const progress = new Progress('gate');
  const problems = new ProblemPrinter(progress, json);
  const note = (text: string): void => {
    if (!json) progress.print(`plimsoll: ${text}`);
  };
  try {
    const result = await runGate(
      {
        data: options.data ?? null,
        listen: options.listen ?? null,
        http: options.http ?? null,
        definitions: options.definitions,
        limits: options.limits ?? null,
        snapshotEvery: options.snapshotEvery,
        cancelWhenGone: options.cancelOnDisconnect === true,
        version: await readVersion(),
      },
      {
        signal: interrupt.signal,
        problem: (problem) => problems.print(problem),
        note,
        progress: (what, done, total) => progress.show(done, total, () => what),
        ready: ({ sequence, snapshot, records, limits, address, http }) => {
          progress.clear();
          const from = snapshot > 0 ? `the snapshot at ${grouped(snapshot)} and ` : '';
          const state =
            snapshot + records === 0
              ? 'new'
              : `at sequence ${grouped(sequence)}, from ${from}${grouped(records)} records`;
          const doors = [address === null ? null : addressText(address), http].filter(
            (door) => door !== null,
          );
          const told = limits === 0 ? 'no limits, so nothing opens' : `limits of version ${limits}`;
          note(
            `gate ${state}, ${told}; commands come from ${doors.length === 0 ? 'standard input' : doors.join(' and ')}. Ctrl-C ends it`,
          );
        },
        nowUs: monotonicUs(),
      },
    );
    progress.clear();
    problems.end();
    if (json) process.stdout.write(`${JSON.stringify(endDocument(result))}\n`);
    else note(endText(result, options));
    const isLines = options.listen === undefined && options.http === undefined;
    process.exitCode = result.counts.problems > 0 && isLines ? CHECK_FAILED : 0;
    if (result.snapshotFailure !== null)
      process.exitCode = Math.max(process.exitCode, reportError(result.snapshotFailure, json));
  } finally {
    progress.clear();
    interrupt.release();
  }
}

function endDocument({ counts, sequence, acknowledged, stateHash, isInterrupted }: GateRunResult): object {
  return { event: 'end', sequence, acknowledged, stateHash, ...counts, interrupted: isInterrupted };
}

function endText({ counts, sequence, stateHash }: GateRunResult, { data }: Options): string {
  const { commands, decisions, refused, duplicates, problems, alarms } = counts;
  const told = `${grouped(commands)} commands (${grouped(decisions)} decisions, ${grouped(refused)} refused), ${grouped(duplicates)} duplicates, ${grouped(problems)} lines left out, ${grouped(alarms)} alarms`;
  const next =
    data === undefined
      ? 'Nothing was kept: --data keeps it'
      : `All of it is in ${data}, with a snapshot of the state: the same command goes on from there`;
  return `${told}. At sequence ${grouped(sequence)}, state hash ${stateHash === '' ? 'none yet' : stateHash}. ${next}`;
}

function listenAddress(text: string): Address {
  const address = parseAddress(text);
  if (address !== null) return address;
  throw new InvalidArgumentError(
    'It must be unix:PATH, or tcp:127.0.0.1:PORT on this machine: nobody is asked who he is.',
  );
}

function httpAddress(text: string): { host: string; port: number } {
  const address = parseAddress(`tcp:${text}`);
  if (address?.kind === 'tcp') return { host: address.host, port: address.port };
  throw new InvalidArgumentError(
    'It must be 127.0.0.1:PORT, localhost:PORT or [::1]:PORT: nobody is asked who he is. Put a proxy before it that does.',
  );
}
