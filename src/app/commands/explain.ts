/** `plimsoll explain account`: the whole arithmetic behind one account at one moment. */
import { Command } from 'commander';
import { CHECK_FAILED, usageError } from '../cli/errors.ts';
import { jsonOption, timeUs, wholeNumber } from '../cli/options.ts';
import { type Paint, paintFor, printJson, printLines } from '../cli/output.ts';
import { Progress } from '../cli/progress.ts';
import { explanationDocument } from '../explain/document.ts';
import { explainAccount } from '../explain/explain.ts';
import { explanationText } from '../explain/text.ts';
import type { Verification } from '../explain/verify.ts';
import type { CutWish } from '../explain/walk.ts';

const EXAMPLES = `
Examples:
  plimsoll explain account long-1 --data data
  plimsoll explain account 17 --data data --seq 12
  plimsoll explain account long-1 --data data --at 2024-08-08T23:54:05Z --verify --json
`;
const HELP = `
Replays the journal to the moment and prints what the engine saw: the marks and where they came from, each position with
its margin, the inequality, the levels, when the account became liquidatable and what would have been enough to avoid
it. Without --seq or --at the moment is when the account first became liquidatable, else the end.

--verify derives all of it again with the reference and compares. The hash is over everything but itself and the
verification: equal hashes are equal explanations. The directory is only read, and may be in use.

Exit code: 0 done; 1 the reference disagrees; 2 usage, no such account or moment; 3 damaged data.
${EXAMPLES}`;

interface Options {
  readonly data: string;
  readonly seq?: number;
  readonly at?: number;
  readonly verify?: boolean;
  readonly json?: boolean;
}

export function command(): Command {
  const account = new Command('account')
    .description('The whole arithmetic behind one account at one moment.')
    .argument('<id>', 'name of the account, or its row from 0')
    .requiredOption('--data <dir>', 'data directory of a replay')
    .option('--seq <n>', 'as of this sequence of the journal', wholeNumber(1))
    .option('--at <time>', 'as of this time: ISO 8601 in UTC, or microseconds since 1970', timeUs)
    .option('--verify', 'derive it again with the reference, and compare')
    .addOption(jsonOption())
    .addHelpText('after', HELP)
    .action(run);
  return new Command('explain')
    .description('Why an account was liquidatable, to the last unit, from the journal.')
    .addCommand(account)
    .addHelpText('after', EXAMPLES);
}

async function run(id: string, options: Options): Promise<void> {
  if (options.seq !== undefined && options.at !== undefined)
    throw usageError('--seq and --at are two ways to say which moment: give one of them', {
      field: '--at',
      value: options.at,
    });
  const wish: CutWish =
    options.seq !== undefined
      ? { at: 'sequence', sequence: options.seq }
      : options.at !== undefined
        ? { at: 'time', timeUs: options.at }
        : { at: 'first' };
  const progress = new Progress('explain');
  const { explained, verification } = await explainAccount({
    account: id,
    directory: options.data,
    wish,
    verify: options.verify === true,
    onProgress: (what, done, total) => progress.show(done, total, () => what),
  }).finally(() => progress.clear());
  const document = explanationDocument(explained);
  const paint = paintFor(process.stdout);
  if (options.json === true) printJson({ ...document, ...(verification === null ? {} : { verification }) });
  else
    printLines([
      ...explanationText(explained, String(document['hash']), paint),
      ...(verification === null ? [] : verificationText(verification, paint)),
    ]);
  if (verification?.agrees === false) process.exitCode = CHECK_FAILED;
}

function verificationText({ agrees, compared, differences }: Verification, paint: Paint): string[] {
  if (agrees)
    return [
      '',
      `  ${paint('green', 'verified')}: the reference derived it again and agrees on all of ${compared} numbers`,
    ];
  return [
    '',
    paint(
      'red',
      `  NOT VERIFIED: the reference differs in ${differences.length} of ${compared} numbers. Please report this, with the directory`,
    ),
    ...differences.map(
      ({ what, engine, reference }) => `    ${what}: engine ${engine}, reference ${reference}`,
    ),
  ];
}
