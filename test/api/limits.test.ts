/** An exchange with limits before it: orders by HTTP and by lines are held against them first, decisions are told, and a restart knows what works. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AnswerOf } from '../../src/io/api/contract/routes.ts';
import { KeyFile } from '../../src/io/api/keys.ts';
import { ask, post, until, violations } from './served.ts';

const CLI = join(import.meta.dirname, '../../src/app/cli.ts');
const MARKET = join(import.meta.dirname, '../../examples/exchange-market.ndjson');
const folder = mkdtempSync(join(tmpdir(), 'plimsoll-limits-'));
const limits = join(folder, 'limits.json');
const made = join(folder, 'accounts.ndjson');
const keys = join(folder, 'keys.json');
const started: ChildProcess[] = [];
let headers: Record<string, string> = {};

/** What every account is asked for, none of which matters here. */
const NONE = [
  'order_size_max',
  'collar_mark',
  'gross_max',
  'window_us',
  'orders_max',
  'order_rate_value_max',
];

function limitsOf(account: string): string {
  const each = {
    ...Object.fromEntries(NONE.map((name) => [name, 'none'])),
    order_value_max: '50000',
    position_max: 'none',
  };
  return JSON.stringify({
    version: 1,
    author: 'desk',
    why: 'test',
    firm: { each, total: { group_gross_value_max: 'none', traded_value_max: 'none' } },
    accounts: { [account]: { markets: { 'BTC-PERP': { each: { position_max: '1.5' } } } } },
  });
}

beforeAll(() => {
  writeFileSync(
    made,
    ['alice', 'bob']
      .map((name) => `{"kind":"account","time":"2024-08-08T12:00:00Z","name":"${name}"}\n`)
      .join(''),
  );
  writeFileSync(limits, limitsOf('alice'));
  headers = {
    authorization: `Bearer ${new KeyFile(keys).create('test', ['read', 'trade'], new Date(0)).text}`,
  };
});
afterAll(() => {
  for (const child of started) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

interface Started {
  readonly child: ChildProcess;
  readonly url: string;
  readonly said: () => string;
}

async function start(data: string, socket: string, file = limits): Promise<Started> {
  const args = ['exchange', '--data', data, '--market-file', MARKET, '--market-file', made, '--keys', keys];
  const child = spawn(
    process.execPath,
    [CLI, ...args, '--limits', file, '--listen', `unix:${socket}`, '--http', '127.0.0.1:0', '--json'],
    { env: { ...process.env, GLIBC_TUNABLES: 'glibc.malloc.hugetlb=0' }, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  started.push(child);
  let said = '';
  child.stderr.on('data', (text: Buffer) => (said += text.toString()));
  for await (const line of createInterface({ input: child.stdout })) {
    const told = JSON.parse(line) as { address?: string };
    if (told.address === undefined) continue;
    child.stdout.resume();
    return { child, url: told.address, said: () => said };
  }
  return { child, url: '', said: () => said };
}

type Line = Readonly<Record<string, unknown>>;

/** A client of lines: each is answered before the next is sent. */
class Client {
  readonly #socket: Socket;
  readonly #answers: Line[] = [];

  constructor(path: string) {
    this.#socket = connect(path);
    createInterface({ input: this.#socket }).on('line', (line) => {
      const said = JSON.parse(line) as Line;
      if (said['event'] === 'command') this.#answers.push(said);
    });
  }

  async say(line: Line): Promise<Line> {
    const count = this.#answers.length;
    this.#socket.write(`${JSON.stringify(line)}\n`);
    await until('an answer', () => this.#answers.length > count);
    return this.#answers[count];
  }

  end(): void {
    this.#socket.destroy();
  }
}

const order = (side: string, size: string, price = '60000'): Line => ({
  market: 'BTC-PERP',
  side,
  size,
  price,
});
const read = async <Name extends 'gateDecisions' | 'gateLimits' | 'gateUtilisation' | 'account'>(
  url: string,
  name: Name,
  path: string,
): Promise<AnswerOf<Name>['data']> => {
  const { body } = await ask(url, `/api/v1${path}`, { headers });
  expect(violations(name, body)).toEqual([]);
  return (body as AnswerOf<Name>).data;
};
const usedOf = async (url: string): Promise<string | undefined> =>
  (await read(url, 'gateUtilisation', '/gate/utilisation?account=alice&market=BTC-PERP')).limits.find(
    ({ check }) => check === 'position_max',
  )?.used;

test('orders by HTTP and by lines pass the gate first, and a restart after a kill holds them against the same', async () => {
  const data = join(folder, 'data');
  const path = join(folder, 'exchange.sock');
  const first = await start(data, path);
  await until('the market', async () => (await ask(first.url, '/healthz')).status === 200);
  const client = new Client(path);
  for (const account of ['alice', 'bob'])
    expect(await client.say({ kind: 'deposit', account, amount: '100000' })).toMatchObject({
      reason: 'accepted',
    });
  const marks = { kind: 'marks', origin: { source: 'desk', position: 1 } };
  expect(await client.say({ ...marks, marks: [{ market: 'BTC-PERP', price: '60000' }] })).toMatchObject({
    reason: 'accepted',
  });

  // By lines.
  const place = { kind: 'place', account: 'bob', ...order('ask', '0.8') };
  expect(await client.say(place)).toMatchObject({ kind: 'place', reason: 'accepted' });
  const tooLarge = { ...place, size: '2', origin: { source: 'desk', position: 2 } };
  const away = await client.say(tooLarge);
  expect(away).toMatchObject({
    kind: 'place',
    reason: 'order_value',
    by: 'gate',
    found: [{ check: 'order_value', kind: 'hard', limit: '50000', value: '120000' }],
  });
  // Its place is used up: sent again it is a repetition, and what follows is no gap.
  expect(await client.say(tooLarge)).toMatchObject({ reason: 'duplicate' });
  expect(await client.say({ ...place, size: '0.1', origin: { source: 'desk', position: 3 } })).toMatchObject({
    reason: 'accepted',
  });

  // By HTTP: what alice gets and what works for her count together.
  const send = (body: Line): ReturnType<typeof ask> =>
    ask(first.url, '/api/v1/orders', post({ account: 'alice', type: 'limit', ...body }, headers));
  expect((await send(order('bid', '0.8'))).status).toBe(200);
  expect((await send(order('bid', '0.6', '59000'))).status).toBe(200);
  const refused = await send(order('bid', '0.2', '59000'));
  expect([refused.status, (refused.body as Line)['reason']]).toEqual([422, 'position_max']);
  expect((refused.body as Line)['detail']).toContain('the gate refused it: position');
  const rejected = async (): Promise<string[]> =>
    (await read(first.url, 'gateDecisions', '/gate/decisions?verdict=rejected')).map(
      ({ account, size }) => `${account} ${size}`,
    );
  await until('the decisions', async () => (await rejected()).length > 1);
  expect(await rejected()).toEqual(['alice 0.2', 'bob 2']);
  expect(await read(first.url, 'gateLimits', '/gate/limits')).toContainEqual({
    check: 'position_max',
    scope: 'account',
    subject: 'alice BTC-PERP',
    kind: 'hard',
    limit: '1.5',
    unit: 'BTC-PERP',
  });
  await until('what is used', async () => (await usedOf(first.url)) === '1.4');
  const standing = async (url: string): Promise<unknown> => {
    const { equity, collateral, level } = await read(url, 'account', '/accounts/alice');
    return { equity, collateral, level };
  };
  const before = await standing(first.url);
  client.end();
  first.child.kill('SIGKILL');
  await once(first.child, 'exit');

  const second = await start(data, path);
  await until('the exchange', async () => (await ask(second.url, '/healthz')).status === 200);
  expect(await standing(second.url)).toEqual(before);
  const again = await ask(
    second.url,
    '/api/v1/orders',
    post({ account: 'alice', type: 'limit', ...order('bid', '0.2', '59000') }, headers),
  );
  expect([again.status, (again.body as Line)['reason']]).toEqual([422, 'position_max']);
  await until('what is used again', async () => (await usedOf(second.url)) === '1.4');
  // Whoever wants less risk is let through.
  const gone = await ask(second.url, '/api/v1/accounts/alice/orders', { method: 'DELETE', headers });
  expect(gone.status).toBe(200);
  const later = await ask(
    second.url,
    '/api/v1/orders',
    post({ account: 'alice', type: 'limit', ...order('bid', '0.2', '59000') }, headers),
  );
  expect(later.status).toBe(200);
  second.child.kill('SIGINT');
  expect((await once(second.child, 'exit'))[0]).toBe(0);
});

test('a file that names nobody the exchange has is refused by its line', async () => {
  const wrong = join(folder, 'wrong.json');
  writeFileSync(wrong, limitsOf('nobody'));
  const { child, said } = await start(join(folder, 'other'), join(folder, 'other.sock'), wrong);
  if (child.exitCode === null) await once(child, 'exit');
  expect(child.exitCode).not.toBe(0);
  expect(said()).toContain('LIMITS_FILE');
  expect(said()).toContain('nobody');
});
