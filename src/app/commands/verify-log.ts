/** `plimsoll verify-log`: is this directory what was written, and does it say what it said? */
import { Command } from 'commander';
import { damaged } from '../../io/journal/damage.ts';
import { DAMAGED, reportError } from '../cli/errors.ts';
import { jsonOption } from '../cli/options.ts';
import { bytesText, grouped, type Paint, paintFor, printJson, printLines, table } from '../cli/output.ts';
import { Progress } from '../cli/progress.ts';
import { verifyDirectory, type DirectoryVerdict } from '../runtime/verify-directory.ts';

const HELP = `
Checks every byte of the directory, replays every record through the engine, and compares the state hash that was stored
with each snapshot. Changes nothing, and may run while the directory is written to.

Exit code: 0 all is as it was written; 2 there is no journal, or it cannot be read; 3 damaged.

Examples:
  plimsoll verify-log data
  plimsoll verify-log data --json
`;

export function command(): Command {
  return new Command('verify-log')
    .description('Every record, snapshot and hash of a data directory, checked.')
    .argument('<dir>', 'data directory')
    .addOption(jsonOption())
    .addHelpText('after', HELP)
    .action(async (directory: string, { json }: { json?: boolean }) => {
      const progress = new Progress('verify-log');
      const found = await verifyDirectory(directory, (done, total) => progress.show(done, total)).finally(
        () => progress.clear(),
      );
      if (json === true) printJson(documentOf(directory, found));
      else printLines(textOf(directory, found, paintFor(process.stdout)));
      if (found.damages.length > 0)
        process.exitCode = json === true ? reportError(damaged(found.damages[0]), true) : DAMAGED;
    });
}

function documentOf(
  directory: string,
  { verdict, damages, snapshots, kinds, refused, stateHash }: DirectoryVerdict,
): Record<string, unknown> {
  const { directoryId, first, last, records, acknowledged, segments, bytes, tornTail } = verdict;
  return {
    ok: damages.length === 0,
    directory,
    directoryId,
    records,
    first,
    last,
    acknowledged,
    segments,
    bytes,
    commands: kinds,
    refused,
    stateHash,
    snapshots,
    damage: damages[0] ?? null,
    damages,
    tornTail,
  };
}

function textOf(
  directory: string,
  { verdict, damages, snapshots, kinds, refused, stateHash }: DirectoryVerdict,
  paint: Paint,
): string[] {
  const { first, last, records, acknowledged, segments, bytes, tornTail } = verdict;
  const counts = (of: Readonly<Record<string, number>>): string =>
    Object.entries(of)
      .map(([name, count]) => `${name} ${grouped(count)}`)
      .join(', ') || 'none';
  const lines = [
    paint('bold', directory),
    '',
    ...table([
      [
        'records',
        `${grouped(records)}${records === 0 ? '' : ` (sequence ${first} to ${last})`}, ${grouped(acknowledged)} acknowledged`,
      ],
      ['commands', counts(kinds)],
      ['refused', counts(refused)],
      ['log', `${segments} segment${segments === 1 ? '' : 's'}; ${bytesText(bytes)} with snapshots`],
      ...snapshots.map(({ sequence, stateHash, replayed, restores }): [string, string] => [
        'snapshot',
        `at ${sequence}, state hash ${stateHash}: ${restores && (replayed === null || replayed === stateHash) ? paint('green', replayed === null ? 'restores to it' : 'replayed and restored to it') : paint('red', 'differs')}`,
      ]),
      ['state hash', stateHash === null ? '-' : `${stateHash} at ${last}`],
    ]),
    '',
  ];
  if (acknowledged > last && damages.length === 0)
    lines.push(
      `  Of sequence ${last + 1} to ${acknowledged} the log lost what its tail has: they are put back when the directory is next opened.`,
      '',
    );
  else if (tornTail !== null)
    lines.push(
      `  An interrupted write left ${tornTail.bytes} bytes after the last record; nothing acknowledged is in them. They go when the directory is next opened.`,
      '',
    );
  if (damages.length === 0) return [...lines, `  ${paint('green', 'Everything is as it was written.')}`];
  return [
    ...lines,
    paint('red', `  DAMAGED in ${damages.length === 1 ? 'one place' : `${damages.length} places`}:`),
    ...damages.map(
      ({ file, offset, sequence, what }) => `    ${file}, byte ${offset}, sequence ${sequence}: ${what}`,
    ),
    '',
    '  Keep the directory as it is and restore it from a copy or a replica. Records before the first damage are good.',
  ];
}
