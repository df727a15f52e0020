/** A served exchange that is killed goes on from its directory: the same accounts, and clients come back. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, expect, test } from 'vitest';
import type { AnswerOf } from '../../src/io/api/contract/routes.ts';
import { KeyFile } from '../../src/io/api/keys.ts';
import { ask, post, until } from './served.ts';

const CLI = join(import.meta.dirname, '../../src/app/cli.ts');
const EXAMPLES = join(import.meta.dirname, '../../examples');
const folder = mkdtempSync(join(tmpdir(), 'plimsoll-served-'));
const started: ChildProcess[] = [];
afterAll(() => {
  for (const child of started) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

async function start(...args: string[]): Promise<{ child: ChildProcess; url: string }> {
  const child = spawn(process.execPath, [CLI, ...args, '--http', '127.0.0.1:0', '--json'], {
    // A process that puts itself in its own place could not be told from one that was killed.
    env: { ...process.env, GLIBC_TUNABLES: 'glibc.malloc.hugetlb=0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  started.push(child);
  for await (const line of createInterface({ input: child.stdout })) {
    const told = JSON.parse(line) as { address?: string };
    if (told.address !== undefined) {
      child.stdout.resume();
      return { child, url: told.address };
    }
  }
  throw new Error('it ended without listening');
}

const accounts = async (url: string): Promise<AnswerOf<'accounts'>> =>
  (await ask(url, '/api/v1/accounts?sort=row&limit=500')).body as AnswerOf<'accounts'>;
const isLive = async (url: string): Promise<boolean> => (await ask(url, '/healthz')).status === 200;

test('the demo, killed while it trades', async () => {
  const data = join(folder, 'demo');
  const first = await start('demo', '--accounts', '60', '--data', data, '--no-open');
  await until(
    'the accounts',
    async () => (await isLive(first.url)) && (await accounts(first.url)).total >= 100,
  );
  const deposited = (
    await ask(first.url, '/api/v1/accounts/holder-0000003/deposits', post({ amount: '123.45' }))
  ).body as AnswerOf<'deposit'>;
  expect(deposited.data.durable).toBe(true);
  const before = await accounts(first.url);
  first.child.kill('SIGKILL');
  await once(first.child, 'exit');
  const second = await start('demo', '--accounts', '60', '--data', data, '--no-open');
  await until('the exchange', () => isLive(second.url));
  const after = await accounts(second.url);
  expect(after.data.map(({ account }) => account)).toEqual(before.data.map(({ account }) => account));
  // Nothing that was answered is lost: the sequence goes on beyond it.
  expect(after.cut.sequence).toBeGreaterThanOrEqual(deposited.data.sequence);
  const status = (await ask(second.url, '/api/v1/status')).body as AnswerOf<'status'>;
  expect(status.data.checker).toMatchObject({ verdict: 'agrees', missed: 0 });
  second.child.kill('SIGINT');
  expect((await once(second.child, 'exit'))[0]).toBe(0);
});

test('an exchange of its own, over HTTP and nothing else, to the unit', async () => {
  const data = join(folder, 'venue');
  const args = ['exchange', '--data', data, '--market-file', join(EXAMPLES, 'exchange-market.ndjson')];
  const made = join(folder, 'accounts.ndjson');
  writeFileSync(
    made,
    ['alice', 'bob']
      .map((name) => `{"kind":"account","time":"2024-08-08T12:00:00Z","name":"${name}"}\n`)
      .join(''),
  );
  const key = join(folder, 'keys.json');
  const { text } = new KeyFile(key).create('test', ['read', 'trade'], new Date(0));
  const headers = { authorization: `Bearer ${text}` };
  const first = await start(...args, '--market-file', made, '--keys', key);
  await until('the market', () => isLive(first.url));
  await until('bob', async () => (await ask(first.url, '/api/v1/accounts/bob', { headers })).status === 200);
  expect(
    (await ask(first.url, '/api/v1/accounts/bob/deposits', post({ amount: '1000.000001' }))).status,
  ).toBe(401);
  const done = await ask(
    first.url,
    '/api/v1/accounts/bob/deposits',
    post({ amount: '1000.000001' }, headers),
  );
  expect(done.status).toBe(200);
  first.child.kill('SIGKILL');
  await once(first.child, 'exit');
  const second = await start(...args, '--market-file', made, '--keys', key);
  await until(
    'bob again',
    async () => (await ask(second.url, '/api/v1/accounts/bob', { headers })).status === 200,
  );
  const told = await ask(second.url, '/api/v1/accounts/bob', { headers });
  const bob = told.body as AnswerOf<'account'>;
  expect(bob.data).toMatchObject({ equity: '1000.000001', level: 'safe' });
  // Nothing happened since.
  const same = await ask(second.url, '/api/v1/accounts/bob', {
    headers: { ...headers, 'if-none-match': told.headers.get('etag')! },
  });
  expect([same.status, same.body, same.headers.get('content-type')]).toEqual([304, '', null]);
  second.child.kill('SIGINT');
  expect((await once(second.child, 'exit'))[0]).toBe(0);
});
