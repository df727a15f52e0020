/** What a replay comes to, as the JSON that docs/reference/json.md promises and as text. */
import type { Paint } from '../cli/output.ts';
import { duration, grouped, table } from '../cli/output.ts';
import { CHECK_FAILED, USAGE } from '../cli/errors.ts';
import { INTERRUPTED } from '../cli/interrupt.ts';
import type { MarketRow } from '../../core/num/units.ts';
import { QUALITY_NAMES } from '../../core/schema/quality.ts';
import type { ReplayResult } from './run.ts';

const INCLUDES =
  'reading, unpacking, parsing, journaling, applying and checking; not making accounts, recovery or the last snapshot';

export function replayExitCode({ check, failure, isInterrupted, problems, gaps }: ReplayResult): number {
  if (check?.checker === 'disagrees') return CHECK_FAILED;
  if (failure !== null) return USAGE;
  if (isInterrupted) return INTERRUPTED;
  return problems > 0 || gaps > 0 ? CHECK_FAILED : 0;
}

export function replayDocument(result: ReplayResult): Record<string, unknown> {
  const {
    engine,
    tally,
    inputs,
    plan,
    durable,
    problems,
    gaps,
    check,
    difference,
    pricing,
    elapsedMs,
    isInterrupted,
    failure,
  } = result;
  const { book } = engine;
  return {
    prices: tally.prices,
    accounts: book.accounts.count,
    positions: book.positions.count,
    evaluations: tally.evaluations(engine),
    levelChanges: tally.levelChanges,
    liquidatable: liquidatable(result),
    everLiquidatable: tally.everLiquidatable,
    held: engine.verdicts.heldCount,
    pricing: pricing === null ? null : { ...pricing, quality: qualities(result) },
    missed: check?.missed ?? null,
    late: check?.late ?? null,
    extra: check?.extra ?? null,
    checker: check?.checker ?? 'off',
    checked:
      check === null
        ? null
        : {
            commands: check.commands,
            compared: check.compared,
            other: check.other,
            difference: difference === null ? null : { ...difference },
          },
    stateHash: engine.digest(),
    elapsedMs: Math.round(elapsedMs * 10) / 10,
    elapsedIncludes: INCLUDES,
    pricesPerSecond: perSecond(result),
    commands: tally.commands,
    sequence: engine.sequence,
    duplicates: tally.duplicates,
    gaps,
    problems,
    refused: Object.fromEntries(tally.refused),
    complete: failure === null && !isInterrupted,
    source: inputs.map(({ name, kind, bytes }) => ({ file: name, kind, bytes })),
    book: plan === null ? null : plan.description.json,
    data: durable,
  };
}

export function replayText(result: ReplayResult, paint: Paint): string[] {
  const { engine, tally, inputs, plan, durable, problems, gaps, pricing, check, elapsedMs, isInterrupted } =
    result;
  const { book } = engine;
  const refused = [...tally.refused]
    .filter(([reason]) => reason !== 'duplicate')
    .map(([reason, count]) => `${reason} ${grouped(count)}`);
  const now = liquidatable(result);
  const held = engine.verdicts.heldCount;
  const evaluations = tally.evaluations(engine);
  const each = tally.prices === 0 ? '' : `, ${(evaluations / tally.prices).toFixed(2)} a price`;
  return [
    paint('bold', `${inputs.map(({ name }) => name).join(', ')}${isInterrupted ? '  (interrupted)' : ''}`),
    ...(plan === null
      ? []
      : plan.description.text.map((line, at) => `  ${at === 0 ? 'accounts: ' : '          '}${line}`)),
    '',
    ...table([
      ['prices', `${grouped(tally.prices)}${rate(result)}`],
      ['accounts', `${grouped(book.accounts.count)} with ${grouped(book.positions.count)} positions`],
      ['evaluations', `${grouped(evaluations)}${each}`],
      ['level changes', grouped(tally.levelChanges)],
      [
        'liquidatable',
        paint(now > 0 ? 'red' : 'green', `${grouped(now)} margin buckets at the end`) +
          `, ${grouped(tally.everLiquidatable)} at some time` +
          (held === 0 ? '' : `; ${paint('yellow', `${grouped(held)} held`)}: a price is not fit for it`),
      ],
      ...(pricing === null ? [] : ([['marks', pricingText(result)]] as const)),
      ['checker', checkerText(result, paint)],
      [
        'input',
        `${grouped(gaps)} gaps, ${grouped(problems)} lines left out, ${grouped(tally.duplicates)} duplicates${refused.length === 0 ? '' : `, refused: ${refused.join(', ')}`}`,
      ],
      ['state hash', engine.digest()],
      ...(durable === null
        ? []
        : ([
            [
              'data',
              `${durable.directory}: ${grouped(durable.acknowledged)} commands on disk${durable.resumedAt === 0 ? '' : `, ${grouped(durable.resumedAt)} of them from before`}`,
            ],
          ] as const)),
      ['time', `${duration(elapsedMs)} (${INCLUDES})`],
    ]),
    ...(check === null
      ? []
      : [
          '',
          `  ${check.checker === 'agrees' ? paint('green', 'The reference agrees') : paint('red', 'The reference disagrees')} on ${grouped(check.compared)} of ${grouped(check.commands)} commands compared.`,
        ]),
    ...advice(result),
  ];
}

/** What to do about what the exit code says. */
function advice({ gaps, problems, durable, isInterrupted }: ReplayResult): string[] {
  return [
    ...(gaps > 0
      ? [
          '',
          '  Gaps: prices are missing from the recording, so levels around them are not complete. Record that time again, or take',
          '  verdicts near the lines named above as open.',
        ]
      : []),
    ...(problems > 0
      ? [
          '',
          '  Lines were left out: each is named above. Repair them, or run with --strict to stop at the first.',
        ]
      : []),
    ...(isInterrupted && durable !== null ? ['', '  Interrupted: the same command goes on from here.'] : []),
  ];
}

function checkerText({ check }: ReplayResult, paint: Paint): string {
  if (check === null) return paint('dim', 'off (--check compares every command with the reference)');
  const { checker, missed, late, extra, other } = check;
  return `${paint(checker === 'agrees' ? 'green' : 'red', checker)}: ${missed} missed, ${late} late, ${extra} extra${other === 0 ? '' : `, ${other} other`}`;
}

/** Of every market, what its price is good for at the end. */
function qualities({ engine }: ReplayResult): Record<string, string> {
  const { markets } = engine.book;
  return Object.fromEntries(
    Array.from({ length: markets.count }, (_, row) => [
      markets.names.at(row),
      QUALITY_NAMES[markets.quality(row as MarketRow)],
    ]),
  );
}

function pricingText(result: ReplayResult): string {
  const { rule, minSources } = result.pricing!;
  const made =
    minSources === null
      ? 'the middle of the own book, without an index'
      : `${rule}, ${minSources} index ${minSources === 1 ? 'source' : 'sources'} needed`;
  const markets = Object.entries(qualities(result)).map(([name, quality]) => `${name} ${quality}`);
  return `${made}; ${markets.join(', ')}`;
}

function liquidatable({ engine }: ReplayResult): number {
  const { buckets } = engine.book.aggregates;
  return buckets[4] + buckets[5] + buckets[6];
}

function perSecond({ tally, elapsedMs }: ReplayResult): number | null {
  return tally.prices === 0 || elapsedMs === 0 ? null : Math.round((tally.prices / elapsedMs) * 1000);
}

function rate(result: ReplayResult): string {
  const each = perSecond(result);
  return each === null ? '' : `  (${grouped(each)} a second)`;
}
