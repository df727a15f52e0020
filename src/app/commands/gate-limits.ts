/** `plimsoll gate limits`: what holds, what a file would change, what it would have done, and putting it in force. */
import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import type { TimeUs } from '../../core/num/units.ts';
import { Reason, REASON_NAMES } from '../../core/schema/reasons.ts';
import { GateKind } from '../../core/schema/gate-commands.ts';
import { GateClient } from '../../io/gate/client.ts';
import { MalformedJson, parseJsonWithLines } from '../../io/gate/json-lines.ts';
import { diffLimits, type LimitChange } from '../../io/gate/limits-diff.ts';
import { limitsDocument, readLimitsFile, type LimitsBody } from '../../io/gate/limits-file.ts';
import type { Registry } from '../../io/ingest/file/registry.ts';
import { errnoOf, OperationalError } from '../../io/operational-error.ts';
import { CHECK_FAILED, usageError } from '../cli/errors.ts';
import { jsonOption, wholeNumber } from '../cli/options.ts';
import { grouped, paintFor, printJson, printLines, type Paint, type Style } from '../cli/output.ts';
import { Progress } from '../cli/progress.ts';
import { readVersion } from '../cli/version.ts';
import { monotonicUs } from '../gate/clock.ts';
import { GateDesk } from '../gate/desk.ts';
import { DurableGate } from '../gate/durable-gate.ts';
import { deskFrom, forceLimits, gateOf } from '../gate/offline.ts';
import { whatIfText } from '../gate/text.ts';
import { limitsView } from '../gate/views.ts';
import { whatIf } from '../gate/what-if.ts';
import { registryOfGate } from '../runtime/registry-of.ts';

const HOUR_US = 3_600_000_000;

const EXAMPLES = `
Examples:
  plimsoll gate limits show --data data
  plimsoll gate limits show examples/gate-limits.json --definitions examples/gate-definitions.ndjson
  plimsoll gate limits diff examples/gate-limits.json --data data
  plimsoll gate limits apply examples/gate-limits.json --data data --dry-run
  plimsoll gate limits apply examples/gate-limits.json --to unix:gate.sock
`;
const SHOW_HELP = `
The limits of a directory: those in force, those that wait, and grants. Or those of a file, read and written back. As a file of limits
would have them: what is printed under "active" can be given to diff and apply.
${EXAMPLES}`;
const DIFF_HELP = `
What a file would change of the limits in force (--data), or from one file to another (--definitions has what they are about): each limit that is loosened,
tightened, added or removed, or of which only the warning is another. Added and removed are about what is stated: what counts instead may be a more general limit.

Exit code: 0 they are the same; 1 they differ; 2 usage, or a wrong file; 3 damaged data.
${EXAMPLES}`;
const APPLY_HELP = `
Puts the limits of a file in force, from the moment that it says or at once: in a directory that no gate has open (--data), or at a gate that
runs (--to). The version of the file must be one more than the last.

--dry-run changes nothing: it shows what would change, and what the limits would have done to the orders of the last hour (--hours) of the journal. That may be done
while the gate runs.

Exit code: 0 done; 2 usage, a wrong file, or the directory is in use; 3 damaged data.
${EXAMPLES}`;

interface Options {
  readonly data?: string;
  readonly to?: string;
  readonly definitions: string[];
  readonly dryRun?: boolean;
  readonly hours?: number;
  readonly json?: boolean;
}

const gather = (file: string, files: string[]): string[] => [...files, file];

export function limitsCommand(): Command {
  const show = new Command('show')
    .description('The limits in force, or those of a file.')
    .argument('[file]', 'a file of limits')
    .option('--data <dir>', 'data directory of a gate')
    .option('--definitions <file>', 'with a file: what it is about; may be given again', gather, [])
    .addOption(jsonOption())
    .addHelpText('after', SHOW_HELP)
    .action(showLimits);
  const diff = new Command('diff')
    .description('What a file would change.')
    .argument('<file>', 'a file of limits')
    .argument('[other]', 'another file, compared with the first instead of the directory')
    .option('--data <dir>', 'data directory of a gate')
    .option('--definitions <file>', 'with two files: what they are about; may be given again', gather, [])
    .addOption(jsonOption())
    .addHelpText('after', DIFF_HELP)
    .action(diffFiles);
  const apply = new Command('apply')
    .description('Puts the limits of a file in force.')
    .argument('<file>', 'a file of limits')
    .option('--data <dir>', 'data directory of a gate that does not run')
    .option('--to <address>', 'where a gate listens: unix:PATH or tcp:127.0.0.1:PORT')
    .option('--dry-run', 'change nothing: show what would change, now and for the orders of the last hour')
    .option('--hours <n>', 'with --dry-run: so many hours of orders', wholeNumber(1, 10_000), 1)
    .addOption(jsonOption())
    .addHelpText('after', APPLY_HELP)
    .action(applyFile);
  return new Command('limits')
    .description('The limits of a gate: what holds, what a file would change, and putting it in force.')
    .addCommand(show)
    .addCommand(diff)
    .addCommand(apply)
    .addHelpText('after', EXAMPLES);
}

/** Always JSON: what is shown is what a file would say. */
async function showLimits(file: string | undefined, { data, definitions }: Options): Promise<void> {
  if ((file === undefined) === (data === undefined))
    throw usageError('give a file of limits with --definitions, or the directory of a gate with --data', {
      field: file === undefined ? '--data' : 'file',
      value: file ?? null,
    });
  if (data !== undefined) {
    const gate = await gateOf(data);
    printJson(limitsView(gate, registryOfGate(gate)));
    return;
  }
  const registry = await registryFrom(definitions);
  printJson(limitsDocument(readLimitsFile(file!, registry, now()), registry));
}

async function diffFiles(
  file: string,
  other: string | undefined,
  { data, definitions, json }: Options,
): Promise<void> {
  if ((other === undefined) === (data === undefined))
    throw usageError('give a second file, or the directory of a gate with --data', {
      field: '--data',
      value: data ?? null,
    });
  let changes: LimitChange[];
  if (data === undefined) {
    const registry = await registryFrom(definitions);
    const before = readLimitsFile(file, registry, now());
    changes = diffLimits(before.sets, readLimitsFile(other!, registry, now()).sets, registry);
  } else {
    const gate = await gateOf(data);
    const registry = registryOfGate(gate);
    const { active } = gate.state.limits;
    changes = diffLimits(active?.sets ?? [], readLimitsFile(file, registry, now()).sets, registry);
  }
  if (json === true) printJson({ same: changes.length === 0, changes });
  else printLines(changesText(changes, paintFor(process.stdout)));
  if (changes.length > 0) process.exitCode = CHECK_FAILED;
}

async function applyFile(file: string, options: Options): Promise<void> {
  const { data, to, dryRun, json } = options;
  if ((data === undefined) === (to === undefined))
    throw usageError('give the directory of a gate with --data, or where one listens with --to', {
      field: '--data',
      value: data ?? null,
    });
  if (dryRun === true) {
    if (data === undefined)
      throw usageError('a dry run looks into the journal: give its directory with --data', {
        field: '--to',
        value: to,
      });
    await dry(file, data, options);
    return;
  }
  const told = data === undefined ? await applyAt(file, to!) : await applyIn(file, data);
  if (json === true) printJson(told);
  else printLines([`Version ${told.version} of ${told.author} is taken, at sequence ${told.sequence}`]);
}

interface Applied {
  readonly version: number;
  readonly author: string;
  readonly sequence: number;
}

async function applyIn(file: string, data: string): Promise<Applied> {
  // That there is one is looked at first: opening it would make one.
  await gateOf(data);
  const durable = await DurableGate.open(data, { version: await readVersion() });
  try {
    const desk = new GateDesk(durable, { nowUs: monotonicUs() });
    const timeUs = desk.nowUs() as TimeUs;
    const body = readLimitsFile(file, desk.registry, timeUs);
    assertNext(file, body, durable.gate.state.limits.version);
    const reason = desk.apply({ kind: GateKind.limits, timeUs, origin: null, ...body }, performance.now());
    await desk.settle();
    if (reason !== Reason.accepted) throw refused(file, REASON_NAMES[reason!]);
    return { version: body.version, author: body.author, sequence: desk.sequence };
  } finally {
    await durable.close();
  }
}

async function applyAt(file: string, to: string): Promise<Applied> {
  const { value, lines } = parsed(file);
  const client = await GateClient.connect(to);
  try {
    const answer = await client.line(JSON.stringify({ ...(value as object), kind: 'limits' }));
    const { sequence, reason, message, field } = JSON.parse(answer.split('\n')[0]) as Record<string, never>;
    if (message !== undefined) {
      // The gate knows the field, the file its line.
      const line = lines.get(field) ?? 1;
      throw new OperationalError(
        'LIMITS_FILE',
        `${file}:${line}: ${String(message).replace(/^client:\d+: /, '')}`,
        {
          file,
          line,
          field,
        },
      );
    }
    if (reason !== 'accepted') throw refused(file, reason);
    await client.close();
    const { version, author } = value as LimitsBody;
    return { version, author, sequence };
  } finally {
    client.destroy();
  }
}

async function dry(file: string, data: string, { hours = 1, json }: Options): Promise<void> {
  const gate = await gateOf(data);
  const registry = registryOfGate(gate);
  const body = readLimitsFile(file, registry, now());
  assertNext(file, body, gate.state.limits.version);
  const changes = diffLimits(gate.state.limits.active?.sets ?? [], body.sets, registry);
  const progress = new Progress('dry run');
  const found = await whatIf(
    data,
    hours * HOUR_US,
    (other, names) => forceLimits(other, names, file),
    (done, total) => progress.show(done, total),
  ).finally(() => progress.clear());
  if (json === true) printJson({ changes, orders: found });
  else {
    const paint = paintFor(process.stdout);
    printLines([
      ...changesText(changes, paint),
      '',
      `The last ${hours === 1 ? 'hour' : `${grouped(hours)} hours`} of orders with these limits:`,
      ...whatIfText(found, paint),
    ]);
  }
}

const STYLES: Readonly<Record<LimitChange['change'], Style>> = {
  loosened: 'red',
  tightened: 'green',
  added: 'cyan',
  removed: 'red',
  warning: 'yellow',
};

function changesText(changes: readonly LimitChange[], paint: Paint): string[] {
  if (changes.length === 0) return ['Nothing changes.'];
  return changes.map(({ change, scope, level, market, limit, before, after }) => {
    const where = `${scope}${market === null ? '' : `, ${market}`}${level === 'total' ? ', total' : ''}`;
    const text = (value: unknown): string =>
      value === null ? 'not said' : typeof value === 'string' ? value : JSON.stringify(value);
    return `${paint(STYLES[change], change.padEnd(9))}  ${where}  ${limit}: ${text(before)} -> ${text(after)}`;
  });
}

function assertNext(file: string, { version }: LimitsBody, last: number): void {
  if (version === last + 1) return;
  throw new OperationalError(
    'LIMITS_VERSION',
    `${file} is version ${version}, and the last that this gate took is ${last === 0 ? 'none' : `version ${last}`}: make it version ${last + 1}`,
    { file, field: 'version', value: version, expected: last + 1 },
  );
}

function refused(file: string, reason: string): OperationalError {
  const isVersion = reason === 'version_invalid';
  return new OperationalError(
    isVersion ? 'LIMITS_VERSION' : 'LIMITS_FILE',
    `${file} was refused: ${reason} (${isVersion ? 'its version must be one more than the last: look at it with limits show' : 'docs/reference/errors.md says what to do'})`,
    { file },
  );
}

function parsed(file: string): ReturnType<typeof parseJsonWithLines> {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new OperationalError(
      'LIMITS_UNREADABLE',
      `${file} cannot be read (${errnoOf(cause)})`,
      { file },
      cause,
    );
  }
  try {
    return parseJsonWithLines(text);
  } catch (error) {
    if (!(error instanceof MalformedJson)) throw error;
    throw new OperationalError('LIMITS_FILE', `${file}:${error.line}: ${error.message}`, {
      file,
      line: error.line,
    });
  }
}

async function registryFrom(definitions: readonly string[]): Promise<Registry> {
  if (definitions.length === 0)
    throw usageError('limits are about markets and accounts: give what is there with --definitions FILE', {
      field: '--definitions',
    });
  return (await deskFrom({ definitions, limits: null, session: [] }, monotonicUs())).registry;
}

function now(): TimeUs {
  return monotonicUs()() as TimeUs;
}
