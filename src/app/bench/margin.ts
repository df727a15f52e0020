/**
 * `plimsoll bench margin`: accounts a second through the exact calculator, and nanoseconds a position through the valuation
 * that the watch runs on. Both are given the same accounts and must agree to the unit.
 */
import { calculate } from '../../core/calculator/calculate.ts';
import type { CalculatorInput, MarketInput } from '../../core/calculator/input.ts';
import { Engine } from '../../core/engine/engine.ts';
import { valueWide } from '../../core/margin/valuation-wide.ts';
import { scaledToText } from '../../core/num/decimal.ts';
import { lotsToText, markToText } from '../../core/num/grid.ts';
import type { MarkTicks, QuoteMicros, Rate } from '../../core/num/units.ts';
import { Kind, Leg, type Command, type PositionCommand } from '../../core/schema/commands.ts';
import { describeBook } from '../../sim/book-description.ts';
import { bookForMarkets, type BookOptions } from '../../sim/book.ts';
import { simMarkets, type SimMarket } from '../../sim/markets.ts';
import { loadBook, nextTurn, type BookChoice, type OnProgress } from './load.ts';
import { Checks, report, rounded, type Report } from './report.ts';

export interface MarginOptions extends BookChoice {
  readonly seconds: number;
  readonly quick: boolean;
}

export interface MarginResults {
  /** Accounts a second through `calculate`, text in and text out, all prices solved. */
  readonly accountsPerSecond: number;
  readonly calculatorPositionsPerSecond: number;
  readonly usPerAccount: number;
  /** `value` of the core, ns a position, over all buckets in order of memory. */
  readonly valueNsPerPosition: number;
  readonly valueNsPerBucket: number;
  readonly accountsCompared: number;
  readonly positions: number;
}

const DECIMALS = 6;
const ACCOUNTS_PER_SECOND_MIN = 500;
const VALUE_NS_MAX = 200;

export async function benchMargin(
  options: MarginOptions,
  onProgress: OnProgress,
): Promise<Report & MarginResults> {
  const { quick, seconds, seed } = options;
  const checks = new Checks(quick);

  const { inputs, engine: small } = sampleAccounts(simMarkets(options.markets, seed, DECIMALS), {
    ...options,
    accounts: quick ? 200 : 2000,
  });
  checks.equal('accounts on which calculator and engine differ', countDifferences(inputs, small), 0);
  const positionsSampled = inputs.reduce((sum, { account }) => sum + account.positions!.length, 0);
  let rounds = 0;
  let calculating = 0;
  while (calculating < seconds * 1000) {
    const start = performance.now();
    for (let at = 0; at < inputs.length && performance.now() - start < 200; at++, rounds++)
      calculate(inputs[rounds % inputs.length]);
    calculating += performance.now() - start;
    onProgress('calculator', calculating / (seconds * 1000));
    await nextTurn();
  }
  const accountsPerSecond = rounds / (calculating / 1000);

  const engine = new Engine();
  await loadBook(engine, options, { onProgress });
  const { buckets, positions } = engine.book;
  const watch = engine.watch!;
  let valued = 0;
  let valuing = 0;
  for (let bucket = 0; bucket < buckets.used; bucket++) watch.value(bucket);
  while (valuing < seconds * 1000) {
    const start = performance.now();
    for (let bucket = 0; bucket < buckets.used; bucket++) watch.value(bucket);
    valuing += performance.now() - start;
    valued++;
    onProgress('valuation', valuing / (seconds * 1000));
    await nextTurn();
  }
  const nsPerSweep = (valuing * 1e6) / valued;
  checks.atLeast('accountsPerSecond', accountsPerSecond, ACCOUNTS_PER_SECOND_MIN);
  checks.atMost('valueNsPerPosition', nsPerSweep / positions.count, VALUE_NS_MAX);
  return report(
    'margin',
    quick,
    checks,
    { ...describeBook(options).json, seconds, sampledAccounts: inputs.length },
    ['reading and printing JSON', 'levels and wires: `value` only sums'],
    {
      accountsPerSecond: rounded(accountsPerSecond),
      calculatorPositionsPerSecond: rounded((accountsPerSecond * positionsSampled) / inputs.length),
      usPerAccount: rounded(1e6 / accountsPerSecond),
      valueNsPerPosition: rounded(nsPerSweep / positions.count),
      valueNsPerBucket: rounded(nsPerSweep / buckets.count),
      accountsCompared: inputs.length,
      positions: positions.count,
    },
  );
}

/** Accounts of a generated book for the calculator and, with entry prices on the mark grid and no orders, for an engine. */
function sampleAccounts(
  markets: readonly SimMarket[],
  options: BookOptions,
): { inputs: CalculatorInput[]; engine: Engine } {
  const listed = markets.map(calculatorMarket);
  const engine = new Engine();
  const inputs: CalculatorInput[] = [];
  for (const command of bookForMarkets(markets, options)) {
    if (command.kind !== Kind.transaction) {
      engine.apply(command);
      continue;
    }
    const rows: Command[] = [];
    let collateral = 0;
    const held: PositionCommand[] = [];
    const isolated = new Map<string, number>();
    for (const row of command.rows) {
      if (row.kind === Kind.account) rows.push(structuredClone(row));
      if (row.kind === Kind.collateral) {
        rows.push(structuredClone(row));
        if (row.isolated) isolated.set(`${row.market}/${row.leg}`, row.amount);
        else collateral = row.amount;
      }
      if (row.kind === Kind.position) {
        const entry = Math.round(row.costBasis / row.size / markets[row.market].grid.markUnit);
        const costBasis = (row.size * entry * markets[row.market].grid.markUnit) as QuoteMicros;
        const position = { ...structuredClone(row), costBasis };
        rows.push(position);
        held.push(position);
      }
    }
    engine.apply({ ...command, rows });
    inputs.push({
      settleUnit: scaledToText(1, DECIMALS),
      markets: Object.fromEntries(held.map(({ market }) => [markets[market].spec.name, listed[market]])),
      account: {
        collateral: scaledToText(collateral, DECIMALS),
        positions: held.map(({ market, leg, size, costBasis, isolated: alone }) => {
          const { spec, grid } = markets[market];
          return {
            market: spec.name,
            size: lotsToText(size, grid),
            entryPrice: markToText((costBasis / size / grid.markUnit) as MarkTicks, grid),
            isolated: alone ? scaledToText(isolated.get(`${market}/${leg}`)!, DECIMALS) : null,
            leg: leg === Leg.net ? null : leg === Leg.long ? 'long' : 'short',
          };
        }),
      },
    });
  }
  return { inputs, engine };
}

function calculatorMarket({ spec, grid, mark }: SimMarket): MarketInput {
  return {
    kind: 'linear',
    mark: markToText(mark, grid),
    tick: spec.tick,
    lot: spec.lot,
    tiers: spec.tiers.map(([floor, mmr, imr]) => ({
      floor: String(floor),
      mmr: mmr.join('/'),
      imr: imr.join('/'),
    })),
    closeFee: rateText(spec.closeFee ?? { num: 0, den: 1 }),
  };
}

function rateText({ num, den }: Rate): string {
  return num === 0 ? '0' : `${num}/${den}`;
}

/** Equity and maintenance of all an account's buckets together, by the calculator and by the engine. */
function countDifferences(inputs: readonly CalculatorInput[], engine: Engine): number {
  let different = 0;
  const { buckets } = engine.book;
  const sums = inputs.map(() => ({ equity: 0n, maintenance: 0n }));
  for (let bucket = 0; bucket < buckets.used; bucket++) {
    const { equity, maintenance } = valueWide(engine.book, bucket);
    sums[buckets.account(bucket)].equity += equity;
    sums[buckets.account(bucket)].maintenance += maintenance;
  }
  for (const [account, input] of inputs.entries()) {
    let equity = 0n;
    let maintenance = 0n;
    for (const bucket of calculate(input).buckets) {
      equity += unitsOf(bucket.equity);
      maintenance += unitsOf(bucket.maintenanceMargin);
    }
    if (equity !== sums[account].equity || maintenance !== sums[account].maintenance) different++;
  }
  return different;
}

/** Decimal text with at most six decimals as whole units. */
function unitsOf(text: string): bigint {
  const [whole, fraction = ''] = text.replace('-', '').split('.');
  const units = BigInt(whole + fraction.padEnd(DECIMALS, '0'));
  return text.startsWith('-') ? -units : units;
}
