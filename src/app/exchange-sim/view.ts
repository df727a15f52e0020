/** A status as lines: a full screen, one plain line, and what is printed at the end. Pure: no terminal, no clock. */
import type { AlertDocument } from '../../io/publish/alert-lines.ts';
import { grouped, type Paint, type Style } from '../cli/output.ts';
import { columnsOf, paintedLine, type Part } from '../cli/parts.ts';
import type { LiquidationLine, TradeLine } from './ticker.ts';
import type { MarketStatus, SimStatus } from './status.ts';

const BAR = 14;

/** Lines of at most `width` letters; the most important come first, so that a low screen shows them. */
export function screenLines(
  status: SimStatus,
  lastAlert: string,
  width: number,
  height: number,
  paint: Paint,
): string[] {
  const rows: Part[][] = [
    [
      ['bold', 'plimsoll exchange --sim'],
      `   ${grouped(status.accounts)} accounts, seed ${status.seed}, ${clock(status.simulatedSeconds)} simulated   `,
      [regimeStyle(status.regime), status.regime],
      ['dim', '   Ctrl-C ends it'],
    ],
    [],
    [
      label('commands'),
      ['bold', `${grouped(Math.round(status.commandsPerSecond))}/s`],
      `   ${grouped(status.commands)}, ${grouped(status.refused)} refused   ${grouped(status.orders)} orders work, ${grouped(status.trades)} trades`,
    ],
    [label('laws'), ...lawParts(status)],
    [
      label('fund'),
      money(status.fund),
      `   treasury ${compact(status.treasury)}   liquidations ${grouped(status.liquidations)}, takeovers ${grouped(status.takeovers)}, deleveraged ${grouped(status.adls)}`,
    ],
    [label('alerts'), grouped(status.alerts), ['yellow', lastAlert === '' ? '' : `   ${lastAlert}`]],
    [],
    ...columnsOf(
      [
        ['  market', 'mark', 'last', 'bid', 'ask', 'open interest', 'volume', 'funding', ''],
        ...status.markets.map(marketCells),
      ],
      ['left', 'right', 'right', 'right', 'right', 'right', 'right', 'right', 'left'],
    ),
    [],
    [
      ['bold', `  ${(status.markets[0]?.name ?? '').padEnd(36)}`],
      ['bold', 'last trades'],
    ],
    ...sideBySide(bookParts(status), status.lastTrades.map(tradeParts(status)), 38),
    [],
    [['bold', '  liquidations']],
    ...status.lastLiquidations.map(liquidationParts),
  ];
  return rows.slice(0, height).map((parts) => paintedLine(parts, width, paint));
}

/** For logs and pipes. */
export function plainLine(status: SimStatus): string {
  return [
    `${clock(status.elapsedSeconds)} ${grouped(Math.round(status.commandsPerSecond))} commands/s (${status.regime}), ${grouped(status.commands)} in all, ${grouped(status.refused)} refused`,
    `${grouped(status.trades)} trades`,
    ...status.markets.map(
      ({ name, mark, openInterestValue }) => `${name} ${mark} OI ${compact(openInterestValue)}`,
    ),
    `liquidations ${grouped(status.liquidations)} takeovers ${grouped(status.takeovers)} ADL ${grouped(status.adls)}`,
    `fund ${compact(status.fund)}`,
    `alerts ${grouped(status.alerts)}`,
    lawText(status),
  ].join(' | ');
}

export function summaryLines(status: SimStatus, paint: Paint): string[] {
  const lines: Part[][] = [
    [
      label('commands'),
      `${grouped(status.commands)} in ${status.elapsedSeconds.toFixed(1)} s, ${grouped(status.refused)} refused; ${grouped(status.trades)} trades, ${grouped(status.orders)} orders work`,
    ],
    [
      label('liquidations'),
      `${grouped(status.liquidations)}, ${grouped(status.takeovers)} positions taken over, ${grouped(status.adls)} deleveraged; the fund has ${compact(status.fund)}`,
    ],
    [label('alerts'), grouped(status.alerts)],
    [label('laws'), ...lawParts(status)],
    [label('again'), `plimsoll exchange --sim --seed ${status.seed} --accounts ${status.accounts}`],
  ];
  return lines.map((parts) => paintedLine(parts, Infinity, paint));
}

const ACCOUNTS_MAX = 6;

/** An alert on one line. */
export function alertText({ kind, market, accounts, figures }: AlertDocument): string {
  const more = accounts.length > ACCOUNTS_MAX ? ` and ${accounts.length - ACCOUNTS_MAX} more` : '';
  const numbers = Object.entries(figures).map(([name, value]) => `${name} ${value}`);
  return [
    `${kind}${market === undefined ? '' : ` ${market}`}`,
    accounts.slice(0, ACCOUNTS_MAX).join(', ') + more,
    ...numbers,
  ]
    .filter((part) => part !== '')
    .join('; ');
}

export function lawText(status: SimStatus): string {
  return lawParts(status)
    .map((part) => (typeof part === 'string' ? part : part[1]))
    .join('');
}

function lawParts({ checked, commands, stateEvery, broken }: SimStatus): Part[] {
  if (broken !== null) return [['red', `broken after ${grouped(commands)} commands: ${broken}`]];
  const every = stateEvery === 1 ? '' : `, all that is there after every ${grouped(stateEvery)}`;
  return [
    ['green', `hold ${grouped(checked)} of ${grouped(commands)}`],
    ['dim', every],
  ];
}

function marketCells({
  name,
  state,
  mark,
  last,
  bid,
  ask,
  openInterest,
  volume,
  funding,
}: MarketStatus): Part[] {
  return [
    `  ${name}`,
    ['bold', String(mark)],
    String(last),
    ['green', bid === null ? '-' : String(bid)],
    ['red', ask === null ? '-' : String(ask)],
    grouped(openInterest),
    compact(volume),
    `${(funding * 100).toFixed(4)}%`,
    state === 'active' ? '' : ['yellow', state],
  ];
}

/** Asks over bids, the best of each in the middle. */
function bookParts({ bids, asks }: SimStatus): Part[][] {
  const most = Math.max(1, ...bids.map(({ size }) => size), ...asks.map(({ size }) => size));
  const line = (style: Style, price: number, size: number): Part[] => [
    `  ${String(price).padStart(9)} `,
    [style, '█'.repeat(Math.ceil((size / most) * BAR)).padEnd(BAR)],
    ` ${grouped(size).padStart(9)}`,
  ];
  return [
    ...asks
      .slice(0, 5)
      .toReversed()
      .map(({ price, size }) => line('red', price, size)),
    ...bids.slice(0, 5).map(({ price, size }) => line('green', price, size)),
  ];
}

function tradeParts({ markets }: SimStatus): (trade: TradeLine) => Part[] {
  return ({ market, price, size, side }) => [
    [side === 'buy' ? 'green' : 'red', side.padEnd(5)],
    `${grouped(size).padStart(8)} at ${String(price).padStart(8)}  `,
    ['dim', markets[market]?.name ?? ''],
  ];
}

function liquidationParts({ account, equity, maintenance, outcome }: LiquidationLine): Part[] {
  return [
    `  account ${String(account).padEnd(7)}`,
    ['red', `equity ${compact(equity)} < ${compact(maintenance)}`],
    ['dim', `  ${outcome === null ? 'goes on' : outcome.replaceAll('_', ' ')}`],
  ];
}

function sideBySide(left: readonly Part[][], right: readonly Part[][], width: number): Part[][] {
  return Array.from({ length: Math.max(left.length, right.length) }, (_, at): Part[] => {
    const parts = left[at] ?? [];
    const letters = parts.reduce((sum, part) => sum + (typeof part === 'string' ? part : part[1]).length, 0);
    return [...parts, ' '.repeat(Math.max(0, width - letters)), ...(right[at] ?? [])];
  });
}

function label(text: string): Part {
  return ['dim', text.padEnd(14)];
}

function money(value: number): Part {
  return [value < 0 ? 'red' : 'green', compact(value)];
}

function regimeStyle(regime: string): Style {
  return regime === 'crash' ? 'red' : regime === 'calm' ? 'green' : 'yellow';
}

/** 12.34 M, 4.567 bn */
function compact(value: number): string {
  const size = Math.abs(value);
  for (const [unit, by] of [
    [' bn', 1e9],
    [' M', 1e6],
    [' k', 1e3],
  ] as const)
    if (size >= by) return `${(value / by).toPrecision(4)}${unit}`;
  return value.toFixed(2);
}

function clock(seconds: number): string {
  const whole = Math.floor(seconds);
  const hours = Math.floor(whole / 3600);
  const rest = `${String(Math.floor(whole / 60) % 60).padStart(hours > 0 ? 2 : 1, '0')}:${String(whole % 60).padStart(2, '0')}`;
  return hours > 0 ? `${hours}:${rest}` : rest;
}
