/** Watchers beside an exchange that ends and starts again: what they report is what they would have reported without that. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { Alert } from '../../core/exchange/surveillance/alerts.ts';
import { Exchange } from '../../core/exchange/exchange.ts';
import type { TimeUs } from '../../core/num/units.ts';
import type { Command } from '../../core/schema/commands.ts';
import type { OwnCommand } from '../../core/schema/venue-commands.ts';
import { Registry } from '../../io/ingest/file/registry.ts';
import { decodeVenueLine } from '../../io/ingest/file/venue-decode.ts';
import { DurableExchange } from './durable-exchange.ts';
import { Watchers } from './watchers.ts';

/** The session of docs/reference/exchange.md. */
const page = readFileSync(new URL('../../../docs/reference/exchange.md', import.meta.url), 'utf8');
const commands = decoded([...page.matchAll(/^\{"kind":.*\}$/gm)].map(([line]) => line));

function decoded(lines: readonly string[]): (Command | OwnCommand)[] {
  const registry = new Registry();
  const exchange = new Exchange();
  const marketOf = (account: number, order: number, clientId: number): never | null => {
    const { orders } = exchange.venue;
    const row = order === 0 ? orders.findClient(account, clientId) : orders.find(order);
    return row < 0 ? null : (orders.market(row) as never);
  };
  return lines.map((line) => {
    const command = decodeVenueLine(line, registry, 0 as TimeUs, marketOf);
    const reason = exchange.apply(command);
    registry.learn(command, { reason, refusals: [] });
    return structuredClone(command);
  });
}

const folder = mkdtempSync(join(tmpdir(), 'plimsoll-watchers-'));
afterAll(() => rmSync(folder, { recursive: true }));

interface Reported {
  readonly sequence: number;
  readonly alert: Alert;
}

/** Alerts of the commands from `from` on, in a directory that has those before. */
async function play(data: string, from: number, until: number, keep: boolean) {
  const durable = await DurableExchange.open(join(folder, data), { version: 'test', watched: true });
  const { exchange, watchers } = durable;
  const reported: Reported[] = [];
  for (const command of commands.slice(from, until)) {
    durable.apply(command);
    for (const alert of watchers!.observe()) reported.push({ sequence: exchange.sequence, alert });
  }
  await durable.flush();
  if (keep) await durable.snapshot();
  await durable.close();
  return { reported, since: watchers!.since };
}

describe('watchers', () => {
  test('report what happens, once', async () => {
    const { reported, since } = await play('whole', 0, commands.length, false);
    expect(since).toBe(1);
    expect(new Set(reported.map(({ alert }) => alert.name))).toEqual(
      new Set([
        'exempt-inventory',
        'wash-pair',
        'linked-cluster',
        'position-depth',
        'high-liquidation-volume',
        'adl-triggered',
      ]),
    );
  });

  test.each([26, 28, 29, 40, 45])('after a start at %i report what they would have', async (cut) => {
    const whole = await play(`whole-${cut}`, 0, commands.length, false);
    const before = await play(`parts-${cut}`, 0, cut, false);
    const after = await play(`parts-${cut}`, cut, commands.length, false);
    expect(after.since).toBe(1);
    expect([...before.reported, ...after.reported]).toEqual(whole.reported);
  });

  test('begin where a snapshot ends, know who is exempt by then, and say so', async () => {
    await play('kept', 0, 40, true);
    const { since, reported } = await play('kept', 40, commands.length, false);
    expect(since).toBe(41);
    expect(reported.map(({ alert }) => alert.name)).toContain('position-depth');
    const exchange = new Exchange();
    for (const command of commands.slice(0, 26)) exchange.apply(command);
    const late = new Watchers(exchange);
    const maker = exchange.engine.book.accounts.find('maker');
    exchange.apply({ ...commands[24], account: maker + 1 } as never);
    // The list has who was there before, which is no news, and who came.
    expect(late.observe()).toEqual([]);
    exchange.apply({ ...commands[24], account: maker - 1, timeUs: exchange.timeUs } as never);
    expect(late.observe()).toMatchObject([{ name: 'exempt-inventory', accounts: [maker - 1, maker] }]);
  });
});
