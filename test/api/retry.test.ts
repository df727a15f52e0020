/** What is sent again because no answer came is done once: orders that fill at once, deposits, by the header and by the client. */
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, request as ask, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Client } from '../../src/client/index.ts';
import { KeyFile } from '../../src/io/api/keys.ts';
import { Api } from '../../src/io/api/server.ts';
import { post, problemViolations, runServed, until, type Running } from './served.ts';

const folder = mkdtempSync(join(tmpdir(), 'plimsoll-retry-'));
const keyFile = join(folder, 'keys.json');
const [one, other] = ['one', 'other'].map(
  (name) => new KeyFile(keyFile).create(name, ['read', 'trade'], new Date()).text,
);
const WHO = 'holder-0000004';
let running: Running;
let client: Client;

beforeAll(async () => {
  running = await runServed({ accounts: 60, keys: keyFile });
  client = new Client({ url: running.url, key: one });
  await until('the crowd', () => running.service.replica.exchange.engine.book.accounts.count >= 60);
  await client.call('deposit', { params: { account: WHO }, body: { amount: '100000' } });
  await until('somebody who sells', async () => {
    const { data } = await client.call('book', { params: { market: 'ETH-PERP' }, query: {} });
    return data.asks.length > 0;
  });
});
afterAll(async () => {
  await running.stop();
  rmSync(folder, { recursive: true, force: true });
});

const ORDER = {
  account: WHO,
  market: 'ETH-PERP',
  side: 'bid',
  type: 'market',
  timeInForce: 'ioc',
  size: '0.01',
};

interface Sent {
  readonly status: number;
  readonly text: string;
  readonly code: string | undefined;
  readonly isReplay: boolean;
}

async function send(path: string, body: unknown, headers: Record<string, string>): Promise<Sent> {
  const response = await fetch(`${running.url}/api/v1${path}`, {
    ...post(body, { authorization: `Bearer ${one}`, ...headers }),
  });
  const text = await response.text();
  const { code } = JSON.parse(text) as { code?: string };
  if (code !== undefined) expect(problemViolations(JSON.parse(text))).toEqual([]);
  return {
    status: response.status,
    text,
    code,
    isReplay: response.headers.get('idempotency-replayed') === 'true',
  };
}

/** ETH that the account has, in thousandths. */
async function held(): Promise<number> {
  const { data } = await client.call('positions', { params: { account: WHO } });
  return Math.round(1000 * Number(data.find(({ market }) => market === 'ETH-PERP')?.size ?? '0'));
}

test('an order that fills at once trades once by its key, and again without one', async () => {
  const before = await held();
  const first = await send('/orders', ORDER, { 'idempotency-key': 'buy-1' });
  expect([first.status, first.isReplay]).toEqual([200, false]);
  expect(await held()).toBe(before + 10);
  const second = await send('/orders', ORDER, { 'idempotency-key': 'buy-1' });
  expect(second).toEqual({ ...first, isReplay: true });
  expect(await held()).toBe(before + 10);
  await send('/orders', ORDER, {});
  expect(await held()).toBe(before + 20);
  // Keys are of who sends them.
  await send('/orders', ORDER, { 'idempotency-key': 'buy-1', authorization: `Bearer ${other}` });
  expect(await held()).toBe(before + 30);
  const told = running.api.audit.last.filter(({ route }) => route === 'placeOrder');
  expect(told.map(({ isReplay }) => isReplay)).toEqual([false, true, false, false]);
});

test('many at once are done once', async () => {
  const before = await held();
  const sent = await Promise.all(
    Array.from({ length: 8 }, () => send('/orders', ORDER, { 'idempotency-key': 'at-once' })),
  );
  // Who comes while it is under way is told so, who comes later has its answer.
  expect(sent.filter(({ code, isReplay }) => code === undefined && !isReplay)).toHaveLength(1);
  for (const { code } of sent) expect([undefined, 'API_IDEMPOTENCY_PENDING']).toContain(code);
  expect(await held()).toBe(before + 10);
});

test('a key with another request is refused; one that came to nothing may be used again', async () => {
  const before = await held();
  await send('/orders', ORDER, { 'idempotency-key': 'mine' });
  expect(await send('/orders', { ...ORDER, size: '0.02' }, { 'idempotency-key': 'mine' })).toMatchObject({
    status: 422,
    code: 'API_IDEMPOTENCY_REUSED',
  });
  expect(
    await send(`/accounts/${WHO}/deposits`, { amount: '1' }, { 'idempotency-key': 'mine' }),
  ).toMatchObject({
    code: 'API_IDEMPOTENCY_REUSED',
  });
  expect(await held()).toBe(before + 10);
  expect(await send('/orders', { ...ORDER, size: '0.0000001' }, { 'idempotency-key': 'next' })).toMatchObject(
    {
      status: 400,
      code: 'API_FIELD_INVALID',
    },
  );
  expect(await send('/orders', ORDER, { 'idempotency-key': 'next' })).toMatchObject({ status: 200 });
  expect(await send('/orders', ORDER, { 'idempotency-key': 'two words' })).toMatchObject({
    code: 'API_FIELD_INVALID',
  });
});

test('a refusal is the same refusal', async () => {
  const far = { ...ORDER, size: '900' };
  const first = await send('/orders', far, { 'idempotency-key': 'too-much' });
  expect([first.status, first.code]).toEqual([422, 'API_REFUSED']);
  const second = await send('/orders', far, { 'idempotency-key': 'too-much' });
  expect(second).toMatchObject({ status: 422, code: 'API_REFUSED', isReplay: true });
  const without = (text: string): unknown => ({ ...(JSON.parse(text) as object), requestId: '' });
  expect(without(second.text)).toEqual(without(first.text));
});

/** Stands before the server and loses the first answer to an acting call; after that `next` is asked. */
async function lossy(next: () => string): Promise<{ url: string; lost: () => number; server: Server }> {
  let lost = 0;
  let upstream = running.url;
  const server = createServer((incoming, outgoing) => {
    const { hostname, port } = new URL(upstream);
    const headers: IncomingHttpHeaders = { ...incoming.headers, host: `${hostname}:${port}` };
    const forward = ask(
      { host: hostname, port, path: incoming.url, method: incoming.method, headers },
      (answer) => {
        if (incoming.method === 'POST' && lost === 0) {
          lost++;
          upstream = next();
          answer.resume().on('end', () => outgoing.destroy());
          return;
        }
        outgoing.writeHead(answer.statusCode!, answer.headers);
        answer.pipe(outgoing);
      },
    );
    incoming.pipe(forward);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, lost: () => lost, server };
}

test('the client sends again what got no answer, and it is done once', async () => {
  const between = await lossy(() => running.url);
  try {
    const behind = new Client({ url: between.url, key: one });
    await behind.call('status');
    const before = await held();
    const { data } = await behind.call('placeOrder', { body: ORDER as never });
    expect([between.lost(), data.events.some(({ event }) => event === 'fill')]).toEqual([1, true]);
    expect(await held()).toBe(before + 10);
  } finally {
    between.server.close();
  }
});

test('a server that was started since does nothing, and the client is told that nobody knows', async () => {
  const restarted = await Api.create(
    {
      version: '0.0.0-test',
      address: { host: '127.0.0.1', port: 0 },
      keys: new KeyFile(keyFile),
      auditPath: null,
      rateLimit: 0,
      dashboard: null,
      onFault: () => {},
    },
    running.service.backend,
  );
  const url = await restarted.listen();
  const between = await lossy(() => url);
  try {
    const behind = new Client({ url: between.url, key: one });
    await behind.call('status');
    const before = await held();
    await expect(behind.call('placeOrder', { body: ORDER as never })).rejects.toMatchObject({
      code: 'API_EPOCH_PAST',
    });
    expect([between.lost(), await held()]).toEqual([1, before + 10]);
    // Who never heard of a server cannot say that it is the same one.
    const stranger = await lossy(() => url);
    const unheard = new Client({ url: stranger.url, key: one });
    await expect(unheard.call('placeOrder', { body: ORDER as never })).rejects.toMatchObject({
      name: 'ApiUnreachable',
    });
    expect(await held()).toBe(before + 20);
    stranger.server.close();
  } finally {
    between.server.close();
    await restarted.close();
  }
});
