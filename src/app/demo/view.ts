/** A status as lines: a full screen, one plain line, and what is printed at the end. Pure: no terminal, no clock. */
import { LEVEL_NAMES } from '../../core/schema/levels.ts';
import { grouped, type Paint, type Style } from '../cli/output.ts';
import { paintedLine, type Part } from '../cli/parts.ts';
import type { CheckerStatus, Liquidatable, NearAccount, Status } from './status.ts';

const LEVEL_STYLES: readonly (Style | null)[] = [null, null, 'yellow', 'yellow', 'red', 'red', 'red'];
const BAR_WIDTH = 20;
const LIST_LENGTH = 6;

/** Lines of at most `width` letters. The most important come first, so that a low screen shows them. */
export function screenLines(status: Status, width: number, height: number, paint: Paint): string[] {
  const { state } = status;
  const bucketMax = Math.max(1, ...state.buckets.slice(1));
  const rows: Part[][] = [
    [
      ['bold', 'plimsoll demo'],
      `   ${grouped(status.accounts)} accounts, ${grouped(status.positions)} positions, ${status.markets} markets   `,
      ['dim', `${status.book} book, ${status.popularity}, seed ${status.seed}   Ctrl-C ends it`],
    ],
    [],
    [
      label('prices'),
      ['bold', `${grouped(Math.round(status.pricesPerSecond))}/s`],
      `   ${grouped(status.prices)} in ${clock(status.elapsedSeconds)}   market is `,
      [regimeStyle(status.regime), status.regime],
    ],
    [label('looked at'), touchedText(status)],
    [label('a price took'), latencyText(status)],
    [label('memory'), bytes(status.memoryBytes)],
    [label('checker'), ...checkerParts(status.checker, status.prices)],
    [],
    [['dim', '  level          buckets                             notional']],
    ...LEVEL_NAMES.map((name, level): Part[] => {
      const count = state.buckets[level];
      const bar = level === 0 ? '' : '█'.repeat(Math.ceil((count / bucketMax) * BAR_WIDTH));
      const text = `  ${name.padEnd(12)} ${grouped(count).padStart(10)}  ${bar.padEnd(BAR_WIDTH)} ${compact(state.notional[level]).padStart(10)}`;
      const style = LEVEL_STYLES[level];
      return [style === null ? text : [style, text]];
    }),
    [],
    [
      label('open interest'),
      `long ${compact(state.openInterestLong)}, short ${compact(state.openInterestShort)}`,
    ],
    [label('unrealised PnL'), 'long ', signed(state.pnlLong), ', short ', signed(state.pnlShort)],
    [],
  ];
  const used = rows.length + 3;
  const space = Math.max(2, Math.min(LIST_LENGTH, Math.floor((height - used) / 2)));
  rows.push(
    [
      ['bold', 'nearest to liquidation'],
      ['dim', '   by how far all marks would have to move together'],
    ],
    ...nearParts(status.nearest, space),
    [
      ['bold', 'latest liquidatable'],
      ['dim', `   ${grouped(status.liquidations)} so far`],
    ],
    ...status.latest.slice(0, space).map(latestParts),
  );
  return rows.map((parts) => paintedLine(parts, width, paint));
}

/** For logs and pipes: everything that matters in one line. */
export function plainLine(status: Status): string {
  const { state, checker } = status;
  const levels = LEVEL_NAMES.map((name, level) => `${name} ${state.buckets[level]}`).slice(1);
  const { p50, p99, max } = status.latencyUs;
  return [
    `${clock(status.elapsedSeconds)} ${grouped(Math.round(status.pricesPerSecond))} prices/s (${status.regime}), ${grouped(status.prices)} in all`,
    `${rate(status.evaluationsPerPrice)} of ${grouped(status.bucketCount)} buckets a price`,
    `p50 ${p50} p99 ${p99} max ${max} us`,
    levels.join(' '),
    bytes(status.memoryBytes),
    checkerText(checker, status.prices),
  ].join(' | ');
}

export function summaryLines(status: Status, paint: Paint): string[] {
  const { checker, latencyUs } = status;
  const lines: Part[][] = [
    [
      label('prices'),
      `${grouped(status.prices)} in ${status.elapsedSeconds.toFixed(1)} s, ${grouped(Math.round(status.pricesPerSecond))} a second`,
    ],
    [
      label('book'),
      `${grouped(status.accounts)} accounts, ${grouped(status.positions)} positions, ${status.markets} markets, ${status.book}, ${status.popularity}, seed ${status.seed}`,
    ],
    [label('looked at'), touchedText(status)],
    [
      label('level changes'),
      `${grouped(status.levelChanges)}, ${grouped(status.liquidations)} of them into liquidatable`,
    ],
    [
      label('a price took'),
      `p50 ${latencyUs.p50} us, p99 ${latencyUs.p99} us, p99.9 ${latencyUs.p999} us, at worst ${(latencyUs.max / 1000).toFixed(1)} ms`,
    ],
    [label('checker'), ...checkerParts(checker, status.prices)],
  ];
  return lines.map((parts) => paintedLine(parts, Infinity, paint));
}

export function checkerText(checker: CheckerStatus, prices: number): string {
  return checkerParts(checker, prices)
    .map((part) => (typeof part === 'string' ? part : part[1]))
    .join('');
}

function checkerParts(checker: CheckerStatus, prices: number): Part[] {
  const { checked, missed, late, extra, left, opening, failure, first } = checker;
  const counts = `checked ${grouped(checked)} of ${grouped(prices)} prices`;
  const parts: Part[] = [];
  if (checker.verdict === 'disagrees') {
    parts.push(
      ['red', `missed ${grouped(missed)}, late ${grouped(late)}, extra ${grouped(extra)}`],
      ` · ${counts}`,
    );
    if (first !== null) parts.push(['red', ` · first: ${first}`]);
  } else {
    parts.push(['green', 'missed 0'], ` · ${counts}`);
  }
  if (failure !== null) parts.push(['red', ` · it stopped: ${failure}`]);
  else if (!checker.isLoaded) parts.push(['dim', ' · it is loading the book']);
  else if (opening < 1) parts.push(['dim', ` · checking the opening book, ${Math.floor(opening * 100)}%`]);
  if (left > 0) parts.push(['dim', ` · could not follow for ${grouped(left)}`]);
  return parts;
}

function nearParts(near: readonly NearAccount[] | null, space: number): Part[][] {
  if (near === null)
    return [[['dim', '  laying wires after a gap']], ...Array.from({ length: space - 1 }, (): Part[] => [])];
  return Array.from({ length: space }, (_, at): Part[] => {
    const each = near[at];
    return each === undefined
      ? []
      : [
          `  ${(each.distance * 100).toFixed(4).padStart(9)}%  ${each.account.padEnd(18)} `,
          ['dim', each.bucket],
        ];
  });
}

function latestParts({ account, bucket, market, equity, maintenance, at }: Liquidatable): Part[] {
  return [
    `  ${at.toISOString().slice(11, 23)}  ${account.padEnd(18)} `,
    ['red', `equity ${amount(equity, maintenance)} < ${amount(maintenance, equity)}`],
    ['dim', `  ${bucket}, ${market} moved`],
  ];
}

function touchedText(status: Status): string {
  return `${rate(status.evaluationsPerPrice)} of ${grouped(status.bucketCount)} buckets a price (${grouped(status.positions)} positions), ${grouped(status.sweeps)} sweeps after gaps`;
}

function latencyText({ latencyUs: { p50, p99, max } }: Status): string {
  return `p50 ${p50} us   p99 ${p99} us   worst ${max >= 1000 ? `${(max / 1000).toFixed(1)} ms` : `${max} us`}`;
}

function label(text: string): Part {
  return ['dim', text.padEnd(16)];
}

function signed(value: number): Part {
  return [value < 0 ? 'red' : 'green', `${value < 0 ? '-' : '+'}${compact(Math.abs(value))}`];
}

function regimeStyle(regime: string): Style {
  return regime === 'crash' ? 'red' : regime === 'calm' ? 'green' : 'yellow';
}

const SCALES: readonly (readonly [unit: string, by: number])[] = [
  [' tn', 1e12],
  [' bn', 1e9],
  [' M', 1e6],
  [' k', 1e3],
];

/** 12.34 M, 4.567 bn */
function compact(value: number): string {
  const [unit, by] = SCALES.find(([, least]) => value >= least) ?? ['', 1];
  return `${(value / by).toPrecision(4)}${unit}`;
}

/** With so many decimals that the two do not look the same. */
function amount(value: number, beside: number): string {
  return value.toFixed(value.toFixed(2) === beside.toFixed(2) ? 6 : 2);
}

function rate(value: number): string {
  return value >= 100 ? grouped(Math.round(value)) : value.toFixed(value >= 10 ? 1 : 2);
}

function bytes(count: number): string {
  return count >= 2 ** 30 ? `${(count / 2 ** 30).toFixed(2)} GiB` : `${Math.round(count / 2 ** 20)} MiB`;
}

function clock(seconds: number): string {
  const whole = Math.floor(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}
