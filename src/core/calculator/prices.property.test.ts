/**
 * Liquidation and bankruptcy prices against brute force: the same account is valued at every tick of a
 * small price range, and the solved price must be where the verdict turns.
 */

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { bucketMargin, isLiquidatable } from './bucket-margin.ts';
import { calculate } from './calculate.ts';
import type { CalculatorInput, MarketInput, PositionInput } from './input.ts';
import type { BucketOutput } from './output.ts';
import { parseCalculatorInput, readInput } from './parse-input.ts';

const TICKS = 60;
/** The same cases on every run; set these to explore further: `PLIMSOLL_PROPERTY_RUNS=20000 PLIMSOLL_PROPERTY_SEED=7`. */
const RUNS = Number(process.env.PLIMSOLL_PROPERTY_RUNS ?? 150);
const SEED = Number(process.env.PLIMSOLL_PROPERTY_SEED ?? 4711);

const hundredths = (min: number, max: number): fc.Arbitrary<string> =>
  fc.integer({ min, max }).map((value) => (value / 100).toFixed(2));

const tiers = fc
  .tuple(
    fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 4 }),
    fc.array(fc.integer({ min: 1, max: 150 }), { minLength: 0, maxLength: 3 }),
  )
  .map(([steps, rises]) => {
    let floor = 0;
    let rate = 5;
    const table = [{ floor: '0', mmr: '0.005' }];
    for (const [at, rise] of rises.entries()) {
      floor += steps[at % steps.length];
      rate += rise;
      table.push({ floor: String(floor), mmr: (rate / 1000).toFixed(3) });
    }
    return table;
  });

/** Bounds around the rates of the range, so that some are met within it. */
const curve = fc
  .record({
    base: hundredths(0, 20),
    slope: hundredths(0, 10),
    power: fc.constantFrom('0', '0.5', '1', '1.5', '2'),
    min: fc.option(hundredths(0, 30), { nil: undefined }),
    rise: fc.option(hundredths(0, 60), { nil: undefined }),
  })
  .map(({ min, rise, ...rates }) => ({
    ...rates,
    ...(min === undefined ? {} : { min }),
    ...(rise === undefined ? {} : { max: (Number(min ?? 0) + Number(rise)).toFixed(2) }),
  }));

const kind = fc.constantFrom('linear' as const, 'inverse' as const);

const rules = fc.record({
  mmBasis: fc.constantFrom('mark' as const, 'entry' as const),
  closeFee: fc.constantFrom('0', '0.0006', '0.02'),
  closeFeeBasis: fc.constantFrom('mark' as const, 'entry' as const, 'bankruptcy' as const),
  orderMargin: fc.constantFrom('none' as const, 'sum' as const, 'worst_position' as const),
  trigger: fc.constantFrom('strict' as const, 'inclusive' as const),
});

const legs = fc
  .record({
    long: fc.integer({ min: 0, max: 6 }),
    short: fc.integer({ min: 0, max: 6 }),
    longEntry: fc.integer({ min: 1, max: TICKS }),
    shortEntry: fc.integer({ min: 1, max: TICKS }),
  })
  .filter(({ long, short }) => long + short > 0);

const order = fc.record({
  side: fc.constantFrom('buy' as const, 'sell' as const),
  size: fc.integer({ min: 1, max: 5 }),
  price: fc.integer({ min: 1, max: TICKS }),
});

const input = fc
  .record({
    kind,
    rules,
    legs,
    schedule: fc.oneof(
      tiers.map((table) => ({ tiers: table })),
      curve.map((value) => ({ curve: value })),
    ),
    mark: fc.integer({ min: 1, max: TICKS }),
    collateral: fc.integer({ min: -200, max: 400 }),
    orders: fc.array(order, { maxLength: 2 }),
    isRounded: fc.boolean(),
    hasOther: fc.boolean(),
  })
  .map(
    ({ kind: contract, rules: own, legs: held, schedule, mark, collateral, orders, isRounded, hasOther }) => {
      // An inverse contract of 20 is worth about one coin in the middle of the range, as a linear one is worth 40.
      const market: MarketInput = {
        kind: contract,
        contractValue: contract === 'linear' ? '1' : '20',
        mark: String(mark),
        tick: '1',
        ...own,
        ...schedule,
        ...(own.orderMargin === 'sum' ? { orderRate: '0.05' } : {}),
      };
      const positions: PositionInput[] = [];
      if (held.long > 0)
        positions.push({
          market: 'M',
          size: String(held.long),
          entryPrice: String(held.longEntry),
          leg: 'long',
        });
      if (held.short > 0)
        positions.push({
          market: 'M',
          size: String(-held.short),
          entryPrice: String(held.shortEntry),
          leg: 'short',
        });
      const isAlone = own.closeFeeBasis === 'bankruptcy' && own.closeFee !== '0';
      if (hasOther && !isAlone) positions.push({ market: 'OTHER', size: '-2', entryPrice: '9' });
      const document: CalculatorInput = {
        ...(isRounded ? { settleUnit: contract === 'linear' ? '0.1' : '0.001' } : {}),
        markets: { M: market, OTHER: { ...market, mark: '10', tick: '1' } },
        account: {
          collateral: contract === 'linear' ? String(collateral) : (collateral / 40).toFixed(3),
          positions,
          orders: orders.map((item) => ({
            market: 'M',
            side: item.side,
            size: String(item.size),
            price: String(item.price),
          })),
        },
      };
      return document;
    },
  );

function valued(document: CalculatorInput): BucketOutput {
  const parsed = parseCalculatorInput(document);
  if (!parsed.ok) throw new Error(`${parsed.error.code} ${parsed.error.field} ${parsed.error.message}`);
  return calculate(parsed.input).buckets[0];
}

function at(document: CalculatorInput, mark: string): BucketOutput {
  return valued({ ...document, markets: { ...document.markets, M: { ...document.markets.M, mark } } });
}

interface Verdict {
  readonly liquidatable: boolean;
  readonly bankrupt: boolean;
}

/** What the account is with the mark there, by valuing it: no price is solved for. */
function verdictAt(document: CalculatorInput, mark: string): Verdict {
  const read = readInput({
    ...document,
    markets: { ...document.markets, M: { ...document.markets.M, mark } },
  });
  if ('error' in read) throw new Error(read.error.message);
  const [bucket] = read.account.buckets;
  const { equity, maintenance } = bucketMargin(bucket);
  return { liquidatable: isLiquidatable(bucket, equity, maintenance), bankrupt: equity.num < 0n };
}

/** The same at each tick from 1 to `TICKS`. */
function verdicts(document: CalculatorInput): Verdict[] {
  return Array.from({ length: TICKS }, (_, step) => verdictAt(document, String(step + 1)));
}

function isDirect(document: CalculatorInput): boolean {
  return document.settleUnit === undefined;
}

it('the liquidation price is the tick at which the verdict turns, nearest to the mark', () => {
  let found = 0;
  let foundFromSafe = 0;
  fc.assert(
    fc.property(input, (document) => {
      const bucket = valued(document);
      const { price, reason } = bucket.positions[0].liquidationPrice;
      const flags = verdicts(document).map((verdict) => verdict.liquidatable);
      if (price === null) {
        // A margin rounded up can only make more prices liquidatable.
        if (reason === 'liquidatable_at_every_price') expect(flags).not.toContain(false);
        else if (isDirect(document)) expect(flags).not.toContain(true);
        return;
      }
      const tick = Number(price);
      expect(verdictAt(document, price).liquidatable).toBe(true);
      found += 1;
      const neighbours = [tick - 1, tick + 1].filter((step) => step > 0);
      const safe = neighbours.filter((step) => !verdictAt(document, String(step)).liquidatable);
      // The safe range can be too narrow to hold a tick; then both neighbours are past a boundary.
      if (safe.length === 0) {
        expect(isDirect(document) && flags.includes(false) && tick <= TICKS).toBe(false);
        return;
      }
      const mark = Number(document.markets.M.mark);
      if (!bucket.liquidatable) {
        foundFromSafe += 1;
        const [from, to] = tick < mark ? [tick + 1, mark] : [mark, tick - 1];
        const between = flags.slice(from - 1, to);
        if (isDirect(document)) expect(between).not.toContain(true);
        // Nor is there a nearer one on the other side; a boundary is less than a tick before its tick.
        const reach = Math.abs(tick - mark) - 2;
        const around = reach < 0 ? [] : flags.slice(Math.max(mark - reach, 1) - 1, mark + reach);
        if (isDirect(document)) expect(around).not.toContain(true);
      }
    }),
    { numRuns: RUNS, seed: SEED },
  );
  expect(found).toBeGreaterThan(RUNS / 3);
  expect(foundFromSafe).toBeGreaterThan(RUNS / 10);
});

it('the bankruptcy price leaves equity at or above zero, and one tick worse leaves a debt', () => {
  let found = 0;
  fc.assert(
    fc.property(input, (document) => {
      const bucket = valued(document);
      const { price, reason } = bucket.positions[0].bankruptcyPrice;
      if (price === null) {
        const flags = verdicts(document).map((verdict) => verdict.bankrupt);
        const expected =
          reason === 'bankrupt_at_every_price'
            ? true
            : reason === 'equity_does_not_depend_on_price'
              ? bucket.bankrupt
              : false;
        expect(new Set(flags)).toEqual(new Set([expected]));
        return;
      }
      found += 1;
      const tick = Number(price);
      expect(verdictAt(document, price).bankrupt).toBe(false);
      const neighbours = [tick - 1, tick + 1]
        .filter((step) => step > 0)
        .map((step) => verdictAt(document, String(step)).bankrupt);
      // Exactly at zero on the tick itself, or at the bottom of the grid, the worse neighbour is one further.
      if (tick > 1) expect(neighbours).toContain(true);
    }),
    { numRuns: RUNS, seed: SEED },
  );
  expect(found).toBeGreaterThan(RUNS / 3);
});

it('without a tick the boundary itself is printed: excess there is zero to the digits shown', () => {
  let found = 0;
  fc.assert(
    fc.property(input.filter(isDirect), (document) => {
      const { tick: _tick, ...market } = document.markets.M;
      const exact = { ...document, markets: { ...document.markets, M: market } };
      const { price } = valued(exact).positions[0].liquidationPrice;
      if (price === null) return;
      found += 1;
      const bucket = at(exact, price);
      const scale =
        1 +
        Number(bucket.maintenanceMargin) +
        Math.abs(Number(bucket.equity)) +
        Math.abs(Number(document.account.collateral));
      expect(Math.abs(Number(bucket.excess)) / scale).toBeLessThan(1e-8);
    }),
    { numRuns: RUNS, seed: SEED },
  );
  expect(found).toBeGreaterThan(RUNS / 3);
});

it('isolated positions answer alone: other positions change nothing of theirs', () => {
  fc.assert(
    fc.property(input, (document) => {
      const [first, ...rest] = document.account.positions!;
      const own = { ...first, isolated: '25' };
      const alone = { ...document, account: { positions: [own] } };
      const beside = {
        ...document,
        account: { collateral: '5', positions: [own, ...rest.filter((item) => item.market !== 'M')] },
      };
      const parsed = parseCalculatorInput(beside);
      if (!parsed.ok) throw new Error(parsed.error.message);
      expect(calculate(parsed.input).buckets.find((bucket) => bucket.name.startsWith('isolated'))).toEqual(
        valued(alone),
      );
    }),
    { numRuns: RUNS, seed: SEED },
  );
});
