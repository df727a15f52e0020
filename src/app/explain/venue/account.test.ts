/** Accounts and prices of an exchange explained from its directory, against the exchange itself. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Exchange } from '../../../core/exchange/exchange.ts';
import { exchangeChunks } from '../../../core/exchange/snapshot.ts';
import type { TimeUs } from '../../../core/num/units.ts';
import type { Command } from '../../../core/schema/commands.ts';
import { LEVEL_NAMES } from '../../../core/schema/levels.ts';
import { VenueCommandWriter } from '../../../core/schema/venue-codec.ts';
import type { OwnCommand } from '../../../core/schema/venue-commands.ts';
import { Registry } from '../../../io/ingest/file/registry.ts';
import { decodeVenueLine } from '../../../io/ingest/file/venue-decode.ts';
import { openJournal } from '../../../io/journal/open.ts';
import { DurableExchange } from '../../exchange/durable-exchange.ts';
import { contentHash, explanationDocument } from '../document.ts';
import { explainAccount } from '../explain.ts';
import { journaledDocument, readJournaledPrice, type MomentWish } from '../price-journal.ts';
import { explanationText } from '../text.ts';
import { Units } from '../units.ts';
import type { CutWish } from '../walk.ts';

/** The session of docs/reference/exchange.md. */
const page = readFileSync(new URL('../../../../docs/reference/exchange.md', import.meta.url), 'utf8');
const lines = [...page.matchAll(/^\{"kind":.*\}$/gm)].map(([line]) => line);
const folder = mkdtempSync(join(tmpdir(), 'plimsoll-explain-'));
const directory = join(folder, 'data');
const commands: (Command | OwnCommand)[] = [];

beforeAll(async () => {
  const durable = await DurableExchange.open(directory, { version: 'test', watched: false });
  const registry = new Registry();
  for (const line of lines) {
    const command = decodeVenueLine(line, registry, 0 as TimeUs, (account, order, clientId) => {
      const { orders } = durable.exchange.venue;
      const row = order === 0 ? orders.findClient(account, clientId) : orders.find(order);
      return row < 0 ? null : (orders.market(row) as never);
    });
    registry.learn(command, { reason: durable.apply(command)!, refusals: [] });
    commands.push(structuredClone(command));
  }
  await durable.close();
});
afterAll(() => rmSync(folder, { recursive: true }));

async function explain(account: string, wish: CutWish = { at: 'first' }) {
  const { explained, verification } = await explainAccount({
    account,
    directory,
    wish,
    verify: true,
    onProgress: () => {},
  });
  return { explained, verification: verification!, document: explanationDocument(explained) as Document };
}

interface Document extends Record<string, unknown> {
  readonly cut: { readonly sequence: number };
  readonly level: string;
  readonly buckets: readonly {
    readonly equity: string;
    readonly level: string;
    readonly orderCharge: string;
  }[];
  readonly margin: Record<string, unknown> | null;
}

describe('an account of an exchange', () => {
  test('stands after every command as in the exchange, and the reference agrees', async () => {
    const exchange = new Exchange();
    let compared = 0;
    for (const [at, command] of commands.entries()) {
      exchange.apply(command);
      if (at < 20 || at % 4 !== 0) continue;
      const { book, settings } = exchange.engine;
      const units = new Units(book, settings!);
      for (const name of ['alice', 'bob', 'maker', 'insurance']) {
        const { document, verification } = await explain(name, { at: 'sequence', sequence: at + 1 });
        expect(verification).toMatchObject({ agrees: true, differences: [] });
        const row = book.accounts.find(name);
        const cross = book.cross[row];
        const { margin, members } = exchange.venue;
        const equity = margin.equityOf(cross);
        const money = (amount: number): string => units.amount(BigInt(amount));
        expect(document.cut.sequence).toBe(at + 1);
        expect(document.buckets[0]).toMatchObject({
          equity: money(equity),
          level: LEVEL_NAMES[book.buckets.level(cross)],
        });
        expect(document.margin).toEqual({
          orders: members.orders(row),
          crossEquity: money(equity),
          initialMargin: money(margin.requirement(row)),
          freeCollateral: money(margin.headroom(row)),
        });
        compared++;
      }
    }
    expect(compared).toBeGreaterThan(20);
  });

  test('is shown as it first became liquidatable: within the command, before its liquidation', async () => {
    const { document, explained, verification } = await explain('alice');
    expect(verification.agrees).toBe(true);
    expect(document).toMatchObject({
      cut: { sequence: 40 },
      level: 'liquidatable',
      margin: null,
      buckets: [{ equity: '183.996', maintenanceMargin: '188.864', saved: { topUp: '4.868' } }],
      liquidatable: { times: 1, first: { sequence: 40, by: 'marks', marks: [{ price: '59020.0' }] } },
    });
    const text = explanationText(explained, 'HASH', (_, word) => word).join('\n');
    expect(text).toContain('equity 183.996000 < maintenance 188.864000');
    expect(text).toContain('--seq 40 has initial margin and free collateral');
  });

  test('that is exempt from liquidation says who said so, and why, from that moment on', async () => {
    const at = async (sequence: number) => explain('maker', { at: 'sequence', sequence });
    expect((await at(24)).document['exemption']).toBeNull();
    const { document, explained } = await at(30);
    const text = 'market maker of the first month, by the risk committee';
    expect(document['exemption']).toEqual({ sequence: 25, time: '2024-08-08T12:00:03.000000Z', text });
    expect(explanationText(explained, 'HASH', (_, word) => word).join('\n')).toContain(
      `from liquidation, by sequence 25, 2024-08-08T12:00:03.000000Z: "${text}"`,
    );
    const house = await explain('insurance', { at: 'sequence', sequence: 30 });
    expect(house.document['exemption']).toEqual({ sequence: null, time: null, text: null });
  });

  test('at a time: all that had happened by then, and nothing of what came next', async () => {
    const { document, explained } = await explain('maker', { at: 'time', timeUs: exchangeTime(41) });
    expect(document.cut.sequence).toBe(41);
    expect(document.margin).toMatchObject({ orders: 1 });
    const text = explanationText(explained, 'HASH', (_, word) => word).join('\n');
    expect(text).toContain('of its positions and 1 order');
  });

  test('has the hash of its document', async () => {
    const { document } = await explain('bob');
    const { hash, ...rest } = document;
    expect(hash).toBe(contentHash(rest));
    expect((await explain('bob')).document).toEqual(document);
  });
});

function exchangeTime(sequence: number): number {
  return commands[sequence - 1].timeUs;
}

test('where records were pruned it begins at the snapshot that stands for them', async () => {
  const pruned = join(folder, 'pruned');
  const options = { holds: 'exchange', prune: true, snapshotsKept: 1, segmentBytes: 700 } as const;
  const { journal } = await openJournal(pruned, options);
  const exchange = new Exchange();
  const writer = new VenueCommandWriter();
  for (const command of commands) {
    const length = writer.write(command);
    journal.append(writer.bytes, 0, length);
    exchange.apply(command);
    await journal.flush();
    if (exchange.sequence === 39)
      await journal.writeSnapshot(39, exchange.digest(), exchangeChunks(exchange));
  }
  await journal.close();
  const ask = async (wish: CutWish, verify = false): Promise<Document> => {
    const options = { account: 'alice', directory: pruned, wish, verify, onProgress: () => {} };
    return explanationDocument((await explainAccount(options)).explained) as Document;
  };
  const whole = (await explain('alice')).document;
  const { buckets, liquidatable } = await ask({ at: 'first' });
  expect(buckets).toEqual(whole.buckets);
  expect(liquidatable).toMatchObject({ times: 1, records: { first: 40, last: 50 } });
  const first = await ask({ at: 'sequence', sequence: 39 });
  expect(first.margin).toEqual((await explain('alice', { at: 'sequence', sequence: 39 })).document.margin);
  await expect(ask({ at: 'first' }, true)).rejects.toMatchObject({ code: 'EXPLAIN_PRUNED' });
  await expect(ask({ at: 'sequence', sequence: 38 })).rejects.toMatchObject({ code: 'EXPLAIN_SEQUENCE' });
});

test('a price of an exchange: the mark in force, and which of its commands said so', async () => {
  const ask = async (wish: MomentWish): Promise<Record<string, unknown>> =>
    journaledDocument(await readJournaledPrice(directory, 'BTC-PERP', wish, null, () => {}));
  expect(await ask({ at: 'end' })).toMatchObject({
    cut: { sequence: 50, records: { first: 1, last: 50 } },
    mark: { price: '55000.0', before: '59020.0', by: { sequence: 43, kind: 'marks' } },
    quality: { quality: 'ok', held: false },
  });
  const before = { mark: { price: '59020.0', by: { sequence: 40 } }, cut: { sequence: 42 } };
  expect(await ask({ at: 'sequence', sequence: 42 })).toMatchObject(before);
  expect(await ask({ at: 'time', timeUs: exchangeTime(42) })).toMatchObject(before);
});
