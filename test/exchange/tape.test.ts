/** What an exchange prints is enough to follow it: an engine that hears nothing else is the engine within the exchange. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { DurableExchange } from '../../src/app/exchange/durable-exchange.ts';
import type { Reader } from '../../src/app/exchange/outbox.ts';
import { Session } from '../../src/app/exchange/session.ts';
import { Engine } from '../../src/core/engine/engine.ts';
import { Kind } from '../../src/core/schema/commands.ts';
import { Reason } from '../../src/core/schema/reasons.ts';
import { HOUSE_NAMES } from '../../src/core/schema/venue-commands.ts';
import { decodeCommand } from '../../src/io/ingest/file/decode.ts';
import { Registry } from '../../src/io/ingest/file/registry.ts';

type Line = Record<string, unknown> & { readonly time: string };

/** Commands as they are written in docs, without origins: where a source stands is the sender's to know. */
function linesOf(page: string): string[] {
  const text = readFileSync(new URL(`../../${page}`, import.meta.url), 'utf8');
  const lines = [...text.matchAll(/^\{"kind":.*\}$/gm)].map(([line]) => line);
  return lines.map((line) => line.replace(/"origin":\{[^}]*\},/, ''));
}

class Tape implements Reader {
  readonly name = 'tape';
  readonly lines: Line[] = [];

  write(text: string): void {
    for (const line of text.trimEnd().split('\n')) this.lines.push(JSON.parse(line) as Line);
  }

  drained(): Promise<void> {
    return Promise.resolve();
  }
}

async function said(
  lines: readonly string[],
): Promise<{ tape: Line[]; exchange: DurableExchange['exchange'] }> {
  const durable = DurableExchange.inMemory(true);
  const tape = new Tape();
  const session = new Session(durable, tape, Infinity, {
    problem: ({ message }) => expect.fail(message),
    note: () => {},
    nowUs: () => 0,
  });
  await session.feed({ first: 1, lines: [...lines] }, tape, new AbortController().signal);
  await session.finish();
  return { tape: tape.lines, exchange: durable.exchange };
}

/** Facts as the lines of a plain engine say them: under another name, and without what says why. */
const FACTS: Readonly<Record<string, string>> = {
  fill: 'fill',
  transfer: 'transfer',
  position: 'position',
  charge: 'order',
};
const RENAMED: Readonly<Record<string, string>> = { cost: 'costBasis' };
const BARE = new Set(['sequence', 'event', 'time', 'liquidation', 'trade', 'left', 'realized', 'why']);

function factOf(line: Line): Record<string, unknown> {
  const { event, order, ...rest } = line;
  const fields = Object.entries(rest).filter(([name]) => !BARE.has(name));
  const fact = Object.fromEntries(fields.map(([name, value]) => [RENAMED[name] ?? name, value]));
  // The order of a fill is a reason as well.
  return { kind: FACTS[event as string], ...(event === 'charge' ? { id: order } : {}), ...fact };
}

/** An engine that is told what stands on the tape. */
function follow(tape: readonly Line[]): Engine {
  const engine = new Engine();
  const registry = new Registry();
  const apply = (line: Line): void => {
    const command = decodeCommand(JSON.stringify(line), registry);
    const { reason, refusals } = engine.apply(command);
    expect([line, reason, refusals]).toEqual([line, Reason.accepted, []]);
    registry.learn(command, { reason, refusals });
  };
  let rows: object[] = [];
  for (const line of tape) {
    const { event, kind, reason, time } = line;
    if (event === 'command' && reason === 'accepted' && (kind as string) in Kind)
      apply(line['command'] as Line);
    else if (event === 'command' && kind === 'venue')
      rows = HOUSE_NAMES.map((name) => ({ kind: 'account', name }));
    else if (event === 'cut') {
      apply({ kind: 'transaction', time, rows });
      rows = [];
    } else if ((event as string) in FACTS) rows.push(factOf(line));
  }
  expect(rows).toEqual([]);
  return engine;
}

test('an engine that reads only what an exchange prints comes to the same state', async () => {
  // Of a venue that charges for orders, so that nothing is left out.
  const charging = (line: string): string =>
    line.replace('"name":"BTC-PERP",', '"name":"BTC-PERP","orderMargin":"sum","orderRate":"0.0001",');
  const { tape, exchange } = await said(linesOf('docs/reference/exchange.md').map(charging));
  const kinds = new Set(tape.map(({ event }) => event));
  for (const kind of ['fill', 'takeover', 'adl', 'settlement', 'charge', 'deficit'])
    expect(kinds).toContain(kind);
  expect(follow(tape).digest()).toBe(exchange.engine.digest());
});
