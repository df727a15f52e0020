/** `plimsoll explain`: the whole arithmetic behind one account, or one price, at one moment. */
import { Command } from 'commander';
import { CHECK_FAILED, usageError } from '../cli/errors.ts';
import { catchInterrupt, INTERRUPTED } from '../cli/interrupt.ts';
import { jsonOption, timeUs, wholeNumber } from '../cli/options.ts';
import { type Paint, paintFor, printJson, printLines } from '../cli/output.ts';
import type { Problem } from '../../io/ingest/problem.ts';
import { ProblemPrinter } from '../cli/problems.ts';
import { Progress } from '../cli/progress.ts';
import { explanationDocument } from '../explain/document.ts';
import { explainAccount } from '../explain/explain.ts';
import { explainPriceAt, priceExplanationDocument, type PriceQuestion } from '../explain/price.ts';
import { explainJournaled, journaledPriceDocument, type JournalQuestion } from '../explain/price-data.ts';
import type { MomentWish } from '../explain/price-journal.ts';
import { journaledPriceText } from '../explain/price-journal-text.ts';
import { priceExplanationText } from '../explain/price-text.ts';
import { explanationText } from '../explain/text.ts';
import type { Verification } from '../explain/verify.ts';
import type { CutWish } from '../explain/walk.ts';
import { ruleNamed } from '../prices/plan.ts';
import { VENUE_EXAMPLES, venueCommands } from './explain-venue.ts';

const EXAMPLES = `
Examples:
  plimsoll explain account long-1 --data data
  plimsoll explain account 17 --data data --seq 12
  plimsoll explain account alice --data venue --seq 30
  plimsoll explain account long-1 --data data --at 2024-08-08T23:54:05Z --verify --json
`;
const PRICE_EXAMPLES = `
Examples:
  plimsoll explain price BTC --replay capture.gz
  plimsoll explain price BTC --at 2024-08-08T23:54:16.130Z --replay capture.gz --json
  plimsoll explain price BTC --data data --seq 12
`;
const PRICE_HELP = `
Plays the files up to the moment and prints what the price was made of: every source with its age, clock, weight and why it
had none, the median and what was refused, every part of the mark with what stood in for it, and the rounding. The price is
the one in force then: the last decided at or before it. Without --at the moment is the end of the files.

With --data it is the mark that a replay or an exchange journaled: which command said it, what it may be used for, and what is not in the
journal. With the captures of that replay beside it (--replay usdm.gz spot.gz) the mark is made again, explained in full, and
compared with the journal. The directory is only read, and may be in use.

Give --min-sources and --rule as the run had them: a price is explained by its own configuration.

Exit code: 0 done; 1 lines could not be used, or the files make another price than the journal has; 2 usage, no such market or
moment; 3 damaged data.
${PRICE_EXAMPLES}`;
const HELP = `
Replays the journal to the moment and prints what the engine saw: the marks and where they came from, each position with
its margin, the inequality, the levels, when the account became liquidatable and what would have been enough to avoid
it. Without --seq or --at the moment is when the account first became liquidatable, else the end.

Of an exchange it is the accounts as its events make them. What first became liquidatable is shown as it was within the command, before
its liquidation; at the end of a command there is also what the account could still open: initial margin with its orders, and
free collateral, which the exchange says and --verify does not derive again.

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
    .requiredOption('--data <dir>', 'data directory of a replay or an exchange')
    .option('--seq <n>', 'as of this sequence of the journal', wholeNumber(1))
    .option('--at <time>', 'as of this time: ISO 8601 in UTC, or microseconds since 1970', timeUs)
    .option('--verify', 'derive it again with the reference, and compare')
    .addOption(jsonOption())
    .addHelpText('after', HELP)
    .action(run);
  const price = new Command('price')
    .description('Every input, weight and rejection behind one mark.')
    .argument('<market>', 'BTC; BTC@hyperliquid where the files have it of several venues')
    .option('--at <time>', 'as of this time: ISO 8601 in UTC, or microseconds since 1970', timeUs)
    .option('--replay <file...>', 'recordings of plimsoll prices, or captures of Binance')
    .option('--data <dir>', 'data directory of a replay or an exchange: the mark that is in its journal')
    .option('--seq <n>', 'with --data: as of this sequence of the journal', wholeNumber(1))
    .option('--min-sources <n>', 'fresh sources that were needed', wholeNumber(1, 32), 3)
    .option('--rule <name>', "mark rule (default: that of the market's venue, at the time of the files)")
    .addOption(jsonOption())
    .addHelpText('after', PRICE_HELP)
    .action(runPrice);
  const explain = new Command('explain')
    .description('Why an account was liquidatable, what a price was made of, what became of an order.')
    .addCommand(account)
    .addCommand(price);
  for (const each of venueCommands()) explain.addCommand(each);
  const examples = [EXAMPLES, PRICE_EXAMPLES, VENUE_EXAMPLES].map((text) =>
    text.replace('\nExamples:\n', ''),
  );
  return explain.addHelpText('after', `\nExamples:\n${examples.join('')}`);
}

interface PriceOptions {
  readonly at?: number;
  readonly seq?: number;
  readonly replay?: string[];
  readonly data?: string;
  readonly minSources: number;
  readonly rule?: string;
  readonly json?: boolean;
}

async function runPrice(market: string, options: PriceOptions): Promise<void> {
  const { at = null, seq = null, replay: files, data, minSources: sourcesMin, rule = null } = options;
  const json = options.json === true;
  if (files === undefined && data === undefined)
    throw usageError(
      'give what was recorded of the venues with --replay FILE, or the directory of a replay or an exchange with --data DIR',
      { field: '--replay' },
    );
  if (seq !== null && data === undefined)
    throw usageError('--seq is a sequence of a journal: give its directory with --data', {
      field: '--seq',
      value: seq,
    });
  assertOneMoment(options);
  if (rule !== null) ruleNamed(rule, 0);
  const progress = new Progress('explain');
  const problems = new ProblemPrinter(progress, json);
  const interrupt = catchInterrupt();
  try {
    const hooks = {
      signal: interrupt.signal,
      problem: (problem: Problem) => problems.print(problem),
      progress: (done: number) => progress.show(done, null, () => (data === undefined ? 'lines' : '')),
    };
    const { document, text, agrees } =
      data === undefined
        ? await answerOfFiles({ market, atUs: at, files: files!, sourcesMin, rule, ...hooks })
        : await answerOfJournal({
            market,
            directory: data,
            wish: momentOf(options),
            files: files ?? null,
            sourcesMin,
            rule,
            ...hooks,
          });
    progress.clear();
    problems.end();
    if (interrupt.signal.aborted) {
      process.exitCode = INTERRUPTED;
      return;
    }
    if (json) printJson(document);
    else printLines(text(paintFor(process.stdout)));
    if (problems.count > 0 || !agrees) process.exitCode = CHECK_FAILED;
  } finally {
    progress.clear();
    interrupt.release();
  }
}

interface Answer {
  readonly document: Record<string, unknown>;
  readonly text: (paint: Paint) => string[];
  /** Whether the files make what the journal has; nothing to compare agrees. */
  readonly agrees: boolean;
}

async function answerOfFiles(question: PriceQuestion): Promise<Answer> {
  const answer = await explainPriceAt(question);
  const document = priceExplanationDocument(answer);
  return {
    document,
    text: (paint) => priceExplanationText(answer, String(document['hash']), paint),
    agrees: true,
  };
}

async function answerOfJournal(question: JournalQuestion): Promise<Answer> {
  const answer = await explainJournaled(question);
  const document = journaledPriceDocument(answer);
  return {
    document,
    text: (paint) => journaledPriceText(answer, String(document['hash']), paint),
    agrees: answer.made?.comparison.agrees !== false,
  };
}

function assertOneMoment({ seq, at }: { readonly seq?: number; readonly at?: number }): void {
  if (seq === undefined || at === undefined) return;
  throw usageError('--seq and --at are two ways to say which moment: give one of them', {
    field: '--at',
    value: at,
  });
}

function momentOf({ seq, at }: PriceOptions): MomentWish {
  if (seq !== undefined) return { at: 'sequence', sequence: seq };
  return at === undefined ? { at: 'end' } : { at: 'time', timeUs: at };
}

async function run(id: string, options: Options): Promise<void> {
  assertOneMoment(options);
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
