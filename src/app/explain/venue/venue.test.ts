/** Explanations of what an exchange did, against the exchange itself and against what it said when it did it. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Exchange } from '../../../core/exchange/exchange.ts';
import type { TimeUs } from '../../../core/num/units.ts';
import type { Command } from '../../../core/schema/commands.ts';
import type { OwnCommand } from '../../../core/schema/venue-commands.ts';
import { VenueEvent } from '../../../core/schema/venue-events.ts';
import { Registry } from '../../../io/ingest/file/registry.ts';
import { decodeVenueLine } from '../../../io/ingest/file/venue-decode.ts';
import { describeEvent } from '../../../io/publish/venue-lines.ts';
import { DurableExchange } from '../../exchange/durable-exchange.ts';
import { contentHash } from '../document.ts';
import { Units } from '../units.ts';
import { History } from './history.ts';
import { explainLiquidation } from './liquidation.ts';
import { explainOrder } from './order.ts';
import { field } from './rows.ts';
import { liquidationText, orderText, tradeText } from './text.ts';
import { explainTrade } from './trade.ts';

/** The session of docs/reference/exchange.md: every command, a liquidation by parts, takeover, deleveraging, settlement. */
const page = readFileSync(new URL('../../../../docs/reference/exchange.md', import.meta.url), 'utf8');
const lines = [...page.matchAll(/^\{"kind":.*\}$/gm)].map(([line]) => line);

interface Said {
  readonly sequence: number;
  readonly told: Record<string, unknown>;
}

const folder = mkdtempSync(join(tmpdir(), 'plimsoll-explain-'));
const directory = join(folder, 'data');
const commands: (Command | OwnCommand)[] = [];
const said: Said[] = [];
let trades = 0;
let orders = 0;
let liquidations = 0;
let history: History;
const nobody = (): void => {};

beforeAll(async () => {
  const durable = await DurableExchange.open(directory, { version: 'test', watched: false });
  const { exchange } = durable;
  const registry = new Registry();
  for (const line of lines) {
    const command = decodeVenueLine(line, registry, 0 as TimeUs, (account, order, clientId) => {
      const { orders: working } = exchange.venue;
      const row = order === 0 ? working.findClient(account, clientId) : working.find(order);
      return row < 0 ? null : (working.market(row) as never);
    });
    const reason = durable.apply(command)!;
    registry.learn(command, { reason, refusals: [] });
    commands.push(structuredClone(command));
    for (let row = 0; row < exchange.events.count; row++)
      said.push({ sequence: exchange.sequence, told: describeEvent(exchange.events, row, registry) });
    if (exchange.sequence === 30) await durable.snapshot();
  }
  trades = exchange.venue.trades;
  orders = exchange.venue.orders.lastId;
  liquidations = exchange.liquidations.lastId;
  await durable.close();
  history = await History.open(directory);
});
afterAll(async () => {
  await history.close();
  rmSync(folder, { recursive: true });
});

const money = (texts: readonly unknown[]): number =>
  texts.reduce<number>((sum, text) => sum + Math.round(Number(text) * 1e6), 0) / 1e6;

describe('an order', () => {
  test('has the life that was said of it, for every order there was', async () => {
    expect(orders).toBeGreaterThan(12);
    for (let id = 1; id <= orders; id++) {
      const { order, life, result, hash, ...rest } = await explainOrder(history, id, nobody);
      const about = said.filter(({ told }) => told['order'] === id);
      expect(life.map(({ sequence, event }) => [sequence, event])).toEqual(
        about.map(({ sequence, told }) => [sequence, told['event']]),
      );
      const fills = about.filter(({ told }) => told['event'] === 'fill').map(({ told }) => told);
      expect(money([result['fees']])).toBe(money(fills.map(({ fee }) => fee)));
      expect(money([result['filled']])).toBe(money(fills.map(({ size }) => Math.abs(Number(size)))));
      const done = about.find(({ told }) => told['event'] === 'done');
      expect(result['ended']).toBe(done?.told['why'] ?? null);
      expect(order['id']).toBe(id);
      expect(hash).toBe(contentHash({ order, life, result, ...rest }));
    }
  });

  test('says who was on the other side of each fill', async () => {
    const { life } = await explainOrder(history, 3, nobody);
    expect(life.filter(({ event }) => event === 'fill')).toMatchObject([
      {
        trade: 1,
        role: 'taker',
        price: '60010',
        size: '0.8',
        fee: '24.004',
        counterOrder: 1,
        counterAccount: 'maker',
        cause: { kind: 'place', account: 'alice' },
      },
    ]);
  });

  test('in words', async () => {
    const text = orderText(await explainOrder(history, 5, nobody), (_, word) => word).join('\n');
    expect(text).toContain('Order 5: bob, bid 1.2 BTC-PERP, market, ioc');
    expect(text).toContain('taken: order 4 was filled, and this protects the fill');
    expect(text).toContain('fires: the mark is 55000, by marks: BTC-PERP 55000');
  });
});

describe('a trade', () => {
  test('has both sides as the exchange had them before and after', async () => {
    let checked = 0;
    for (let id = 1; id <= trades; id++) {
      const { trade, taker, maker } = await explainTrade(history, id, nobody);
      for (const side of [taker, maker]) {
        const [before, after] = [side.before, side.after].map(({ position }) => Number(position?.size ?? 0));
        expect(money([after - before])).toBe(money([side.size]));
      }
      // Where the command made this trade alone, what is before it and after it is the exchange's own state.
      const sequence = trade['sequence'] as number;
      const alone =
        said.filter((one) => one.sequence === sequence && one.told['event'] === 'trade').length === 1;
      if (!alone || commands[sequence - 1].kind < 64) continue;
      const exchange = new Exchange();
      for (const command of commands.slice(0, sequence - 1)) exchange.apply(command);
      const units = new Units(exchange.engine.book, exchange.engine.settings!);
      const equityOf = (account: string): string => {
        const row = exchange.engine.book.accounts.find(account);
        return units.amount(exchange.venue.margin.equityOf(exchange.engine.book.cross[row]));
      };
      const isCross = [taker, maker].filter(({ isolated }) => !isolated);
      for (const { account, before } of isCross) expect(before.equity).toBe(equityOf(account));
      exchange.apply(commands[sequence - 1]);
      for (const { account, after } of isCross) expect(after.equity).toBe(equityOf(account));
      checked++;
    }
    expect(checked).toBeGreaterThan(3);
  });

  test('in words, with the hash of its document', async () => {
    const document = await explainTrade(history, 1, nobody);
    const text = tradeText(document, (_, word) => word).join('\n');
    expect(text).toContain("Trade 1: 0.8 BTC-PERP at 60010, the taker's side bid");
    expect(text).toContain(document.hash);
    const { hash, ...rest } = document;
    expect(hash).toBe(contentHash(rest));
  });
});

describe('a liquidation', () => {
  test('goes step by step from what was missing to the takeover', async () => {
    const document = await explainLiquidation(history, 1, nobody);
    expect(document.liquidation).toMatchObject({
      account: 'alice',
      equity: '183.996',
      maintenance: '188.864',
      shortage: '4.868',
      cause: { kind: 'marks', marks: [{ market: 'BTC-PERP', price: '59020' }] },
    });
    expect(document.positions).toMatchObject([{ market: 'BTC-PERP', size: '0.8', notional: '47216' }]);
    const [first, second, third] = document.steps;
    expect(first).toMatchObject({
      what: 'close',
      size: '0.4',
      of: '0.8',
      closed: '0.4',
      averagePrice: '59000',
      why: '0.5 of it: its notional is above 20000',
      trades: [3],
    });
    expect(second).toMatchObject({ what: 'close', of: '0.4', size: '0.2', closed: '0.1', trades: [4] });
    expect(third).toMatchObject({ what: 'takeover', size: '0.3' });
    expect(third['why']).toContain('the fund stays at its floor of 500 or above');
    // What the steps leave is what the next begins with.
    expect(third['bucketEquity']).toBe(second['equityAfter']);
    expect(document.end).toMatchObject({ outcome: 'taken_over', equity: '0' });
    const fees = money([first['feeToFund'], second['feeToFund']]);
    const taken = Number(third['bucketEquity']);
    expect(fees).toBeGreaterThan(0);
    const after = said.find(({ told }) => told['event'] === 'liquidation_end')!.told['fund'];
    expect(money([document.fund.before, fees, taken])).toBe(money([after]));
  });

  test('names who was deleveraged, in which rank and why', async () => {
    const document = await explainLiquidation(history, 2, nobody);
    expect(document.steps).toMatchObject([
      {
        what: 'adl',
        against: 'bob',
        rank: 1,
        size: '1',
        why: expect.stringContaining('under its floor of 500') as string,
      },
    ]);
    expect(document.end).toMatchObject({ outcome: 'deleveraged' });
    const later = (await explainLiquidation(history, 1, nobody)).steps.slice(3);
    expect(later).toMatchObject([
      { what: 'adl of what the fund held', against: 'bob' },
      { what: 'adl of what the fund held', against: 'maker' },
    ]);
  });

  test('that nobody could end says what is owed, and that it goes on', async () => {
    const document = await explainLiquidation(history, 3, nobody);
    expect(document.liquidation).toMatchObject({ account: 'dave' });
    const owed = said.findLast(({ told }) => told['event'] === 'deficit' && told['liquidation'] === 3);
    expect(document.steps.at(-1)).toMatchObject({ what: 'deficit', amount: owed!.told['amount'] });
    expect(document.end).toBeNull();
    expect(liquidationText(document, (_, word) => word).join('\n')).toContain('It goes on');
  });

  test('in words', async () => {
    const text = liquidationText(await explainLiquidation(history, 1, nobody), (_, word) => word).join('\n');
    expect(text).toContain('equity 183.996 < maintenance 188.864: 4.868 is missing (liquidatable)');
    expect(text).toContain(
      '1. 2024-08-08T12:00:12.000000Z (sequence 40)  close 0.4 of 0.8 BTC-PERP at 58790.1 or better',
    );
    expect(text).toContain('taken over, equity 0');
  });
});

test('what is not there is named with what is', async () => {
  for (const [explain, what, last] of [
    [explainOrder, 'order', orders],
    [explainTrade, 'trade', trades],
    [explainLiquidation, 'liquidation', liquidations],
  ] as const)
    await expect(explain(history, 9999, nobody)).rejects.toMatchObject({
      code: 'EXPLAIN_ID',
      message: `there is no ${what} 9999 in this journal: ids 1 to ${last} were given`,
    });
});

test('events have fields by name', () => {
  const exchange = new Exchange();
  exchange.events.emit(VenueEvent.trade, 1, 2, 3, 4, 0, 5, 6);
  expect(['trade', 'price', 'makerOrder'].map((name) => field(exchange.events, 0, name))).toEqual([1, 3, 6]);
});
