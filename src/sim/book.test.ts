import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { CommandWriter } from '../core/schema/codec.ts';
import { Engine } from '../core/engine/engine.ts';
import {
  Kind,
  type Command,
  type MarketCommand,
  type MarksCommand,
  type TransactionCommand,
} from '../core/schema/commands.ts';
import { Level } from '../core/schema/levels.ts';
import { Reason } from '../core/schema/reasons.ts';
import { BTCUSDT } from '../io/ingest/venues/binance/markets.ts';
import { bookForMarkets, generateBook, type BookOptions } from './book.ts';
import { describeBook } from './book-description.ts';
import { simMarket, simMarkets } from './markets.ts';

const options = { accounts: 2000, markets: 40, seed: 7, book: 'spread', popularity: 'uniform' } as const;
type All = BookOptions & { markets: number };

function digest(commands: Iterable<Command>): string {
  const writer = new CommandWriter();
  const hash = createHash('sha256');
  for (const command of commands) hash.update(writer.bytes.subarray(0, writer.write(command)));
  return hash.digest('hex').slice(0, 16);
}

/** Per bucket of an account: equity, gross notional, initial and maintenance margin, in doubles. */
function bucketsOf(
  given: All,
): { equity: number; gross: number; initial: number; maintenance: number; isolated: boolean }[] {
  const markets: MarketCommand[] = [];
  const marks: number[] = [];
  const buckets: ReturnType<typeof bucketsOf> = [];
  for (const command of generateBook(given)) {
    if (command.kind === Kind.market) markets.push(structuredClone(command));
    else if (command.kind === Kind.marks)
      for (const { market, price } of command.marks) marks[market] = price;
    else if (command.kind === Kind.transaction) {
      const own = new Map<string, (typeof buckets)[number]>();
      const at = (row: { isolated: boolean; market: number; leg: number }): (typeof buckets)[number] => {
        const key = row.isolated ? `${row.market}/${row.leg}` : '';
        if (!own.has(key))
          own.set(key, { equity: 0, gross: 0, initial: 0, maintenance: 0, isolated: row.isolated });
        return own.get(key)!;
      };
      for (const row of command.rows) {
        if (row.kind === Kind.collateral) at(row).equity += row.amount;
        if (row.kind !== Kind.position) continue;
        const bucket = at(row);
        const { tiers, markUnit } = markets[row.market];
        const value = row.size * marks[row.market] * markUnit;
        const notional = Math.abs(value);
        const tier = tiers.findLastIndex(({ floor }) => floor <= notional);
        const { mmr, imr } = tiers[tier];
        let cut = 0;
        for (let k = 1; k <= tier; k++)
          cut +=
            tiers[k].floor *
            (tiers[k].mmr.num / tiers[k].mmr.den - tiers[k - 1].mmr.num / tiers[k - 1].mmr.den);
        bucket.equity += value - row.costBasis;
        bucket.gross += notional;
        bucket.initial += (notional * imr.num) / imr.den;
        bucket.maintenance += (notional * mmr.num) / mmr.den - cut;
      }
      buckets.push(...own.values());
    }
  }
  return buckets.filter(({ gross }) => gross > 0);
}

describe('generateBook', () => {
  it('is the same for the same seed, on every machine', () => {
    expect(digest(generateBook(options))).toBe('89cc50ab614acd7d');
    expect(digest(generateBook({ ...options, book: 'edge', popularity: 'zipf' }))).toBe('dd5cd9ccf16e706d');
    expect(digest(generateBook({ ...options, seed: 8 }))).not.toBe(digest(generateBook(options)));
  });

  it('states accounts that are whole and consistent', () => {
    let account = 0;
    let marks: readonly { price: number }[] = [];
    const units: number[] = [];
    for (const command of generateBook({ ...options, popularity: 'zipf', book: 'edge' })) {
      if (command.kind === Kind.market) units.push(command.markUnit);
      if (command.kind === Kind.marks) marks = command.marks;
      if (command.kind !== Kind.transaction) continue;
      const seen = new Set<string>();
      const markets = new Set<number>();
      expect(command.rows[0]).toMatchObject({ kind: Kind.account, name: `account-${account + 1}` });
      expect(command.rows[1]).toMatchObject({
        kind: Kind.collateral,
        account,
        isolated: false,
        market: 0,
        leg: 0,
      });
      for (const row of command.rows) {
        expect(row.timeUs).toBe(command.timeUs);
        if (row.kind === Kind.collateral)
          expect(Number.isSafeInteger(row.amount) && row.amount > 0).toBe(true);
        if (row.kind === Kind.order)
          expect(row).toSatisfy(
            ({ size, price, id }: typeof row) =>
              size !== 0 &&
              Number.isSafeInteger(size) &&
              price >= 1 &&
              Number.isSafeInteger(price) &&
              id >= 1,
          );
        if (row.kind !== Kind.position) continue;
        expect(row.account).toBe(account);
        const key = `${row.market}/${row.leg}`;
        expect(seen.has(key)).toBe(false);
        seen.add(key);
        markets.add(row.market);
        expect(row.size !== 0 && Number.isSafeInteger(row.size) && Number.isSafeInteger(row.costBasis)).toBe(
          true,
        );
        expect(Math.sign(row.costBasis)).toBe(Math.sign(row.size));
        expect(row.leg === 0 || (row.leg === 1) === row.size > 0).toBe(true);
        expect(Number.isSafeInteger(row.size * marks[row.market].price * units[row.market])).toBe(true);
      }
      expect(markets.size).toBeGreaterThan(0);
      expect(markets.size).toBeLessThanOrEqual(8);
      account++;
    }
    expect(account).toBe(2000);
  });

  it.each(['spread', 'edge'] as const)('is accepted by the engine to the last row: %s', (book) => {
    const engine = new Engine();
    const worst = new Float64Array(7);
    for (const command of generateBook({ ...options, book })) {
      const { reason, refusals, levels } = engine.apply(command);
      expect([reason, refusals]).toEqual([Reason.accepted, []]);
      for (const { to } of levels) worst[to]++;
    }
    expect(worst[Level.bankrupt]).toBe(0);
    expect(worst[Level.liquidatable] > 10).toBe(book === 'edge');
  });

  it('keeps a spread book within initial margin, and leads an edge book to maintenance', () => {
    const spread = bucketsOf(options);
    // Half a dozen lots of rounding in collateral of a few dollars is the slack.
    expect(spread.every(({ equity, initial }) => equity >= initial * 0.999)).toBe(true);
    expect(Math.max(...spread.map(({ equity, gross }) => gross / equity))).toBeGreaterThan(20);
    expect(Math.max(...spread.map(({ equity, gross }) => gross / equity))).toBeLessThan(30.1);
    const edge = bucketsOf({ ...options, book: 'edge' });
    const near = edge.filter(({ equity, maintenance }) => equity < maintenance * 1.1).length / edge.length;
    expect(near).toBeGreaterThan(0.01);
    expect(near).toBeLessThan(0.2);
    expect(Math.max(...edge.map(({ equity, gross }) => gross / equity))).toBeGreaterThan(60);
    expect(edge.every(({ equity }) => equity > 0)).toBe(true);
  });

  it('has the shares it says', () => {
    let positions = 0;
    let isolated = 0;
    let legs = 0;
    for (const command of generateBook({ ...options, accounts: 20_000 })) {
      if (command.kind !== Kind.transaction) continue;
      for (const row of command.rows) {
        if (row.kind !== Kind.position) continue;
        positions++;
        if (row.isolated) isolated++;
        if (row.leg !== 0) legs++;
      }
    }
    expect(positions / 20_000).toBeCloseTo(3.05, 1);
    expect(isolated / positions).toBeCloseTo(0.1, 2);
    expect(legs / positions).toBeCloseTo(0.065, 2);
  });

  it('fits into one market, and into the markets of a capture', () => {
    const commands = [...bookForMarkets([simMarket(BTCUSDT, '61800.25', 6)], { ...options, accounts: 3 })];
    expect(commands.map(({ kind }) => kind)).toEqual([
      Kind.settings,
      Kind.market,
      Kind.marks,
      Kind.transaction,
      Kind.transaction,
      Kind.transaction,
    ]);
    expect((commands[2] as MarksCommand).marks).toEqual([{ market: 0, price: 61800250 }]);
    expect(
      (commands[5] as TransactionCommand).rows.filter(({ kind }) => kind === Kind.position).length,
    ).toBeLessThanOrEqual(2);
  });
});

it('has as many different markets as asked for', () => {
  const markets = simMarkets(600, 1, 6);
  expect(new Set(markets.map(({ spec }) => spec.name)).size).toBe(600);
  expect(markets.slice(0, 2).map(({ spec }) => spec.name)).toEqual(['BTCUSDT', 'ETHUSDT']);
  expect(markets.every(({ mark, grid }) => mark >= 1000 && grid.markUnit === 1)).toBe(true);
});

it('describes itself with its seed', () => {
  const { text, json } = describeBook({ ...options, book: 'edge' });
  expect(text.join('\n')).toContain('seed 7');
  expect(text.join('\n')).toContain('1 to 125x');
  expect(json).toMatchObject({ seed: 7, accounts: 2000, markets: 40, leverageMax: 125 });
});
