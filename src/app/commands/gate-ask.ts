/** `plimsoll gate check`, `replay` and `batch`: questions to a gate without running one, and many at once to one that runs. */
import { createReadStream, readFileSync, statSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { Command } from 'commander';
import { Reason } from '../../core/schema/reasons.ts';
import { GateClient } from '../../io/gate/client.ts';
import { MalformedJson, parseJsonWithLines } from '../../io/gate/json-lines.ts';
import { LineSplitter, readLines, type LineBatch } from '../../io/ingest/lines.ts';
import { excerpt } from '../../io/ingest/problem.ts';
import { errnoOf, OperationalError } from '../../io/operational-error.ts';
import { CHECK_FAILED, usageError } from '../cli/errors.ts';
import { jsonOption } from '../cli/options.ts';
import { paintFor, printJson, printLines } from '../cli/output.ts';
import { ProblemPrinter } from '../cli/problems.ts';
import { Progress } from '../cli/progress.ts';
import { chunksOf } from '../exchange/chunks.ts';
import { monotonicUs } from '../gate/clock.ts';
import type { GateDesk } from '../gate/desk.ts';
import { deskFrom, deskOf, forceLimits, gateOf } from '../gate/offline.ts';
import { decisionText, tallyText, whatIfText } from '../gate/text.ts';
import { Tally } from '../gate/tally.ts';
import { whatIf } from '../gate/what-if.ts';

interface Sources {
  readonly data?: string;
  readonly definitions: string[];
  readonly session?: string[];
  readonly limits?: string;
  readonly json?: boolean;
}

const gather = (file: string, files: string[]): string[] => [...files, file];

const CHECK_HELP = `
Decides about one order and changes nothing: as the gate of --data stands (the directory may be in use), or as one that begins with --definitions,
--limits and the commands of --session (marks, collateral, orders that work). With --data, --limits takes the place of the limits that hold. The order is a
JSON object as docs/reference/gate.md has it, on as many lines as you like; without a kind it is an enter.

Exit code: 0 accepted; 1 refused; 2 usage, or the order cannot be read; 3 damaged data.

Examples:
  plimsoll gate check examples/gate-order.json --definitions examples/gate-definitions.ndjson --limits examples/gate-limits.json --session examples/gate-session.ndjson
  plimsoll gate check examples/gate-order.json --data data --json
`;

export function checkCommand(): Command {
  return new Command('check')
    .description('Would this order be accepted?')
    .argument('<file>', 'the order as JSON; - for standard input')
    .option('--data <dir>', 'data directory of a gate')
    .option('--definitions <file>', 'without --data: what is there; may be given again', gather, [])
    .option('--session <file>', 'without --data: commands that come before; may be given again', gather, [])
    .option('--limits <file>', 'the limits that shall hold')
    .addOption(jsonOption())
    .addHelpText('after', CHECK_HELP)
    .action(check);
}

async function check(file: string, options: Sources): Promise<void> {
  const desk = await deskFor(options);
  const order = orderIn(file);
  const [first] = desk.applyLine(order, file, 1, 0)!.split('\n');
  if (desk.problem !== null) {
    const { code, message, field, value } = desk.problem;
    throw new OperationalError(code, message, { file, line: 1, ...(field === null ? {} : { field }), value });
  }
  const {
    sequence: _sequence,
    line: _line,
    event: _event,
    ...told
  } = JSON.parse(first) as Record<string, unknown>;
  if (options.json === true) printJson(told);
  else printLines(decisionText(told, paintFor(process.stdout)));
  if (desk.reason !== Reason.accepted) process.exitCode = CHECK_FAILED;
}

async function deskFor({ data, definitions, session = [], limits }: Sources): Promise<GateDesk> {
  const nowUs = monotonicUs();
  if (data === undefined) {
    if (definitions.length === 0 && session.length === 0)
      throw usageError(
        'give the directory of a gate with --data DIR, or what is there with --definitions FILE',
        {
          field: '--data',
        },
      );
    return deskFrom({ definitions, limits: limits ?? null, session }, nowUs);
  }
  if (definitions.length > 0 || session.length > 0)
    throw usageError('--data has its own definitions and commands: leave --definitions and --session out', {
      field: '--data',
      value: data,
    });
  const gate = await gateOf(data);
  const desk = deskOf(gate, nowUs);
  if (limits !== undefined) forceLimits(gate, desk.registry, limits);
  return desk;
}

/** One line, whose kind is `enter` where it has none. */
function orderIn(file: string): string {
  let text: string;
  try {
    text = readFileSync(file === '-' ? 0 : file, 'utf8');
  } catch (cause) {
    throw new OperationalError(
      'INGEST_UNREADABLE',
      `${file} cannot be read (${errnoOf(cause)})`,
      { file, errno: errnoOf(cause) },
      cause,
    );
  }
  try {
    const { value } = parseJsonWithLines(text);
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return JSON.stringify(isObject ? { kind: 'enter', ...value } : value);
  } catch (error) {
    if (!(error instanceof MalformedJson)) throw error;
    const { line, message, field } = error;
    throw new OperationalError(
      'COMMAND_JSON',
      `${file}:${line}: ${field === null ? '' : `${field}: `}${message}`,
      {
        file,
        line,
        ...(field === null ? {} : { field }),
      },
    );
  }
}

const REPLAY_HELP = `
What would these limits have done to these orders?

FILE is a file of commands (NDJSON, as a gate takes them on standard input): they are decided one after the other, with the limits of --limits instead of those in
the file, and counted. Or FILE is the data directory of a gate: two gates go over its journal, one as it was and one with the limits of
--limits, and what differs is told. An order that the second refuses did not happen to it, nor its trades; one that only the second accepts is taken
back at once. Nothing is changed anywhere.

Exit code: 0 done; 1 lines were left out; 2 usage, or a wrong file; 3 damaged data.

Examples:
  plimsoll gate replay examples/gate-session.ndjson --definitions examples/gate-definitions.ndjson --limits examples/gate-limits.json
  plimsoll gate replay data --limits examples/gate-limits.json --json
`;

export function replayCommand(): Command {
  return new Command('replay')
    .description('What would these limits have done to these orders?')
    .argument('<file>', 'commands as NDJSON, or the data directory of a gate')
    .option(
      '--definitions <file>',
      'with a file of commands: what comes before; may be given again',
      gather,
      [],
    )
    .option('--limits <file>', 'the limits that shall hold')
    .addOption(jsonOption())
    .addHelpText('after', REPLAY_HELP)
    .action(replay);
}

async function replay(file: string, { definitions, limits, json }: Sources): Promise<void> {
  const progress = new Progress('gate replay');
  const problems = new ProblemPrinter(progress, json === true);
  const paint = paintFor(process.stdout);
  try {
    if (statSync(file, { throwIfNoEntry: false })?.isDirectory() === true) {
      if (limits === undefined)
        throw usageError('give the limits to try with --limits FILE', { field: '--limits' });
      const found = await whatIf(
        file,
        null,
        (gate, registry) => forceLimits(gate, registry, limits),
        (done, total) => progress.show(done, total),
      );
      progress.clear();
      if (json === true) printJson(found);
      else printLines(whatIfText(found, paint));
      return;
    }
    const desk = await deskFrom({ definitions, limits: limits ?? null, session: [] }, monotonicUs());
    const tally = new Tally();
    for await (const { first, lines } of readLines(file)) {
      for (const [at, line] of lines.entries()) {
        if (line.trim() === '') continue;
        if (limits !== undefined && /^\s*\{\s*"kind"\s*:\s*"limits"/.test(line)) {
          tally.limitsLeftOut++;
          continue;
        }
        const answer = desk.applyLine(line, file, first + at, 0)!;
        if (desk.problem !== null) problems.print(desk.problem);
        else tally.add(answer);
      }
    }
    progress.clear();
    problems.end();
    if (json === true) printJson(tally.document());
    else printLines(tallyText(tally.document(), paint));
    if (problems.count > 0) process.exitCode = CHECK_FAILED;
  } finally {
    progress.clear();
  }
}

const BATCH_HELP = `
Sends a file of commands (NDJSON) to a gate that runs, line by line, and prints the answers in the order of the lines. The gate decides them one after the
other: each sees what those before it reserved, and each is answered when it is on disk.

Exit code: 0 all lines were read as commands, whatever was decided; 1 some were not; 2 usage, or no gate answers.

Examples:
  plimsoll gate batch orders.ndjson --to unix:gate.sock
  plimsoll gate batch - --to tcp:127.0.0.1:7070 < orders.ndjson
`;

export function batchCommand(): Command {
  return new Command('batch')
    .description('Commands to a gate that runs, answered in their order.')
    .argument('<file>', 'commands as NDJSON; - for standard input')
    .requiredOption('--to <address>', 'where the gate listens: unix:PATH or tcp:127.0.0.1:PORT')
    .addOption(jsonOption())
    .addHelpText('after', BATCH_HELP)
    .action(batch);
}

/** Lines on the way at once. */
const AHEAD = 1024;

async function batch(file: string, { to }: { readonly to: string }): Promise<void> {
  const client = await GateClient.connect(to);
  let isBad = false;
  try {
    let asked: Promise<string>[] = [];
    const print = async (): Promise<void> => {
      for (const answer of asked) {
        const text = await answer;
        isBad ||= text.includes('"kind":null');
        if (!process.stdout.write(text))
          await new Promise((resolve) => process.stdout.once('drain', resolve));
      }
      asked = [];
    };
    for await (const { lines } of batchesOf(file)) {
      for (const line of lines) {
        if (line.trim() === '') continue;
        asked.push(client.line(line));
        if (asked.length === AHEAD) await print();
      }
      await print();
    }
    await client.close();
  } finally {
    client.destroy();
  }
  if (isBad) process.exitCode = CHECK_FAILED;
}

async function* batchesOf(file: string): AsyncGenerator<LineBatch> {
  const stream: Readable = file === '-' ? process.stdin : createReadStream(file);
  const splitter = new LineSplitter();
  try {
    for await (const chunk of chunksOf(stream, new AbortController().signal)) {
      const lines = splitter.push(chunk);
      if (lines !== null) yield lines;
    }
  } catch (cause) {
    throw new OperationalError(
      'INGEST_UNREADABLE',
      `${excerpt(file)} cannot be read (${errnoOf(cause)})`,
      { file, errno: errnoOf(cause) },
      cause,
    );
  }
  const rest = splitter.end();
  if (rest !== null) yield rest;
}
