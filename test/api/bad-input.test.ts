/** What clients get wrong: a named problem each time, never a crash, memory that is bounded, and an engine that does not notice. */
import { connect } from 'node:net';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';

import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import fc from 'fast-check';
import { routes, type Route, type RouteName } from '../../src/io/api/contract/routes.ts';
import { KeyFile } from '../../src/io/api/keys.ts';
import { RateLimit } from '../../src/io/api/limits.ts';
import {
  ask,
  Listener,
  post,
  problemViolations,
  runServed,
  until,
  untilFull,
  type Running,
} from './served.ts';

const folder = mkdtempSync(join(tmpdir(), 'plimsoll-api-'));
let running: Running;

beforeAll(async () => {
  running = await runServed({ accounts: 100, audit: join(folder, 'audit.ndjson') });
  await untilFull(running, 100);
});
afterAll(async () => {
  await running.stop();
  rmSync(folder, { recursive: true, force: true });
});

test.each<[string, RequestInit, number, string]>([
  ['/api/v1/nothing', {}, 404, 'API_ROUTE_UNKNOWN'],
  ['/api/v2/status', {}, 404, 'API_ROUTE_UNKNOWN'],
  ['/api/v1/accounts', { method: 'POST' }, 405, 'API_METHOD_UNKNOWN'],
  ['/api/v1/markets/BTC-PERP', { method: 'DELETE' }, 405, 'API_METHOD_UNKNOWN'],
  ['/api/v1/accounts/nobody', {}, 404, 'API_NOT_FOUND'],
  ['/api/v1/markets/BTC-PREP', {}, 404, 'API_NOT_FOUND'],
  ['/api/v1/orders/999999999', {}, 404, 'API_NOT_FOUND'],
  ['/api/v1/orders/-1', {}, 400, 'API_FIELD_INVALID'],
  ['/api/v1/orders/1.5', {}, 400, 'API_FIELD_INVALID'],
  ['/api/v1/trades/x', {}, 400, 'API_FIELD_INVALID'],
  ['/api/v1/liquidations/9007199254740991', {}, 404, 'API_NOT_FOUND'],
  ['/api/v1/accounts?cursor=abc', {}, 400, 'API_CURSOR_INVALID'],
  ['/api/v1/accounts?cursor=%00', {}, 400, 'API_FIELD_INVALID'],
  ['/api/v1/accounts?limit=0', {}, 400, 'API_FIELD_INVALID'],
  ['/api/v1/accounts?limit=10&limit=20', {}, 400, 'API_FIELD_INVALID'],
  ['/api/v1/accounts?limits=10', {}, 400, 'API_FIELD_INVALID'],
  ['/api/v1/accounts?level=fine', {}, 400, 'API_FIELD_INVALID'],
  ['/api/v1/status?verbose=1', {}, 400, 'API_FIELD_INVALID'],
  ['/api/v1/nearest?market=NO', {}, 404, 'API_NOT_FOUND'],
  ['/api/v1/sizing?market=BTC-PERP&stop=0', {}, 400, 'API_FIELD_INVALID'],
  ['/api/v1/sizing?market=BTC-PERP&stop=1', {}, 400, 'API_FIELD_INVALID'],
  ['/api/v1/stress', post({}), 400, 'API_FIELD_INVALID'],
  ['/api/v1/stress', post({ shocks: { 'BTC-PERP': '-100' } }), 400, 'API_FIELD_INVALID'],
  ['/api/v1/stress', post({ shocks: { NO: '1' } }), 404, 'API_NOT_FOUND'],
  ['/api/v1/stress', post('{'), 400, 'API_BODY_INVALID'],
  ['/api/v1/stress', post(''), 400, 'API_BODY_INVALID'],
  ['/api/v1/stress', post('{"__proto__": {"allPercent": "1"}}'), 400, 'API_BODY_INVALID'],
  ['/api/v1/stress', post('null'), 400, 'API_FIELD_INVALID'],
  ['/api/v1/stress', { method: 'POST', body: 'allPercent=1' }, 415, 'API_MEDIA_TYPE'],
  ['/api/v1/stress', post({ allPercent: 'x'.repeat(100_000) }), 413, 'API_BODY_TOO_LARGE'],
  [
    '/api/v1/orders',
    post({ account: 'maker-2', market: 'BTC-PERP', side: 'buy', size: '1' }),
    400,
    'API_FIELD_INVALID',
  ],
  [
    '/api/v1/orders',
    post({ account: 'maker-2', market: 'BTC-PERP', side: 'bid', size: 1 }),
    400,
    'API_FIELD_INVALID',
  ],
  [
    '/api/v1/orders',
    post({ account: 'maker-2', market: 'BTC-PERP', side: 'bid', price: '1.23', size: '0.0001' }),
    400,
    'API_FIELD_INVALID',
  ],
  [
    '/api/v1/orders',
    post({ account: 'nobody', market: 'BTC-PERP', side: 'bid', price: '1', size: '1' }),
    404,
    'API_NOT_FOUND',
  ],
  [
    '/api/v1/orders',
    post({ account: 'maker-2', market: 'BTC-PERP', side: 'bid', price: '100000', size: '190' }),
    422,
    'API_REFUSED',
  ],
  ['/api/v1/accounts/maker-2/withdrawals', post({ amount: '999999999' }), 422, 'API_REFUSED'],
  ['/api/v1/demo/crash', post({ percent: '61' }), 400, 'API_FIELD_INVALID'],
  ['/api/v1/status', { headers: { origin: 'https://elsewhere.example' } }, 403, 'API_SCOPE_MISSING'],
  [
    '/api/v1/demo/crash',
    { method: 'POST', headers: { origin: 'https://elsewhere.example' } },
    403,
    'API_SCOPE_MISSING',
  ],
  ['/api/v1/status', { headers: { authorization: 'Basic abc' } }, 401, 'API_KEY_UNKNOWN'],
  [
    '/api/v1/status',
    { headers: { authorization: `Bearer plk_${'0'.repeat(12)}_${'a'.repeat(43)}` } },
    401,
    'API_KEY_UNKNOWN',
  ],
])('%s %#', async (path, init, status, code) => {
  const { status: got, body, headers } = await ask(running.url, path, init);
  expect(body).toMatchObject({ code, status });
  expect([got, problemViolations(body)]).toEqual([status, []]);
  expect(headers.get('content-type')).toContain('application/problem+json');
  expect(headers.get('x-request-id')).toBe((body as { requestId: string }).requestId);
});

test('whatever is asked, it is answered as a client’s mistake or as what the contract has', async () => {
  const names = Object.keys(routes) as RouteName[];
  const word = fc.oneof(
    fc.string({ maxLength: 80 }),
    fc.constantFrom(
      'BTC-PERP',
      'maker-2',
      '1',
      '-1',
      '1e9',
      '',
      '..',
      '%',
      '\u0000',
      '9007199254740993',
      '__proto__',
      'constructor',
    ),
  );
  const json = fc.oneof(
    fc.jsonValue(),
    fc.dictionary(
      fc.constantFrom(
        'account',
        'market',
        'side',
        'size',
        'price',
        'shocks',
        'allPercent',
        'amount',
        'state',
        'text',
        'trigger',
        '__proto__',
      ),
      fc.oneof(word, fc.jsonValue()),
    ),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...names.filter((name) => name !== 'marketState')),
      fc.array(word, { minLength: 2, maxLength: 2 }),
      fc.dictionary(
        fc.constantFrom(
          'limit',
          'cursor',
          'search',
          'sort',
          'order',
          'offset',
          'market',
          'since',
          'depth',
          'stop',
          'equity',
          'x',
        ),
        word,
        { maxKeys: 3 },
      ),
      json,
      async (name, words, query, body) => {
        const { method, path }: Route = routes[name];
        let at = 0;
        const filled = path.replaceAll(
          /\{\w+\}/g,
          () => encodeURIComponent(words[at++ % 2].toWellFormed()) || '%20',
        );
        const search = new URLSearchParams(
          Object.entries(query).map(([key, value]): [string, string] => [key, value.toWellFormed()]),
        );
        const init = method === 'GET' ? {} : { ...post(body), method };
        const { status, body: told } = await ask(running.url, `/api/v1${filled}?${search.toString()}`, init);
        expect([method, filled, status]).toEqual([
          method,
          filled,
          expect.toSatisfy((code: number) => code < 500 || code === 503),
        ]);
        if (status >= 400) expect(problemViolations(told)).toEqual([]);
      },
    ),
    { numRuns: 400 },
  );
  expect(running.faults).toEqual([]);
});

test('bytes that are no HTTP, and a request that never ends', async () => {
  const { port } = new URL(running.url);
  const talk = (text: string): Promise<string> =>
    new Promise((resolve) => {
      const socket = connect(Number(port), '127.0.0.1', () => socket.write(text));
      let told = '';
      socket.on('data', (data) => (told += data.toString()));
      socket.on('error', () => {});
      socket.on('close', () => resolve(told));
    });
  expect(await talk('nonsense\r\n\r\n')).toContain('API_REQUEST_INVALID');
  // Headers that come a little at a time are cut off, and others are answered meanwhile.
  const slow = talk('GET /api/v1/status HTTP/1.1\r\nhost: 127.0.0.1\r\nx-slow: ');
  expect((await ask(running.url, '/api/v1/levels')).status).toBe(200);
  expect(await slow).toMatch(/^HTTP\/1\.1 408 .*API_REQUEST_INVALID/s);
});

test('acting calls are on record, refused ones too', async () => {
  await ask(running.url, '/api/v1/accounts/maker-3/deposits', post({ amount: '7' }));
  await ask(running.url, '/api/v1/accounts/maker-3/deposits', post({ amount: '-7' }));
  const lines = readFileSync(join(folder, 'audit.ndjson'), 'utf8')
    .trim()
    .split('\n')
    .slice(-2)
    .map((line) => JSON.parse(line) as object);
  expect(lines).toMatchObject([
    {
      route: 'deposit',
      params: { account: 'maker-3' },
      body: { amount: '7' },
      status: 200,
      code: null,
      key: null,
      sequence: expect.any(Number) as number,
    },
    { route: 'deposit', body: { amount: '-7' }, status: 400, code: 'API_FIELD_INVALID', sequence: null },
  ]);
});

describe('the stream', () => {
  test('complains by name and goes on', async () => {
    const listener = await new Listener(running.url).open();
    for (const said of [
      '{',
      '[]',
      { op: 'subscribe' },
      { op: 'subscribe', channel: 'all' },
      { op: 'subscribe', channel: 'book' },
      { op: 'subscribe', channel: 'book', key: 'NO' },
      { op: 'subscribe', channel: 'overview', key: 'x' },
      { op: 'subscribe', channel: 'gate', key: 'x' },
    ])
      listener.say(said);
    listener.say({ op: 'ping', id: 5 });
    await until('the answer to the ping', () => listener.heard.some(({ type }) => type === 'pong'));
    expect(listener.heard.filter(({ type }) => type === 'error').map(({ code }) => code)).toEqual([
      'API_BODY_INVALID',
      'API_FIELD_INVALID',
      'API_FIELD_INVALID',
      'API_FIELD_INVALID',
      'API_FIELD_INVALID',
      'API_NOT_FOUND',
      'API_FIELD_INVALID',
      'API_FIELD_INVALID',
    ]);
    listener.close();
  });

  test('snapshot, then deltas in sequence; who comes back gets what it missed', async () => {
    const first = await new Listener(running.url).open();
    first.say({ op: 'subscribe', channel: 'markets' });
    const watcher = await new Listener(running.url).open();
    watcher.say({ op: 'subscribe', channel: 'markets' });
    await until('deltas', () => first.of('markets').length > 5);
    const seqs = first.of('markets').map(({ seq }) => seq as number);
    expect(first.of('markets')[0]['type']).toBe('snapshot');
    expect(seqs).toEqual(seqs.map((_, at) => seqs[0] + at));
    first.close();
    const last = seqs.at(-1)!;
    await until('what it misses', () => (watcher.of('markets').at(-1)?.['seq'] as number) > last + 2);
    const again = await new Listener(running.url).open();
    again.say({ op: 'subscribe', channel: 'markets', since: last });
    await until('what was missed', () => again.of('markets').length > 2);
    expect(
      again
        .of('markets')
        .slice(0, 2)
        .map(({ type, seq }) => [type, seq]),
    ).toEqual([
      ['delta', last + 1],
      ['delta', last + 2],
    ]);
    for (const each of [watcher, again]) each.close();
  });

  test('a page of another site is not heard', async () => {
    const listener = await new Listener(running.url, {
      headers: { origin: 'https://elsewhere.example' },
    }).open();
    listener.say({ op: 'subscribe', channel: 'overview' });
    await until('a word', () => listener.heard.length >= 2);
    expect(listener.heard[1]).toMatchObject({ type: 'error', code: 'API_KEY_MISSING' });
    listener.close();
  });

  test('who never reads is passed over, costs little and is dropped; others go on', async () => {
    const reader = await new Listener(running.url).open();
    reader.say({ op: 'subscribe', channel: 'markets' });
    const dropped = running.api.streamNumbers.dropped;
    const socket = connect(Number(new URL(running.url).port), '127.0.0.1');
    socket.write(
      'GET /api/v1/stream HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n',
    );
    socket.pause();
    socket.on('error', () => {});
    const frame = (text: string): Buffer =>
      Buffer.concat([Buffer.from([0x81, 0x80 | text.length, 0, 0, 0, 0]), Buffer.from(text)]);
    // Many channels, so that what a system's own buffers take is soon filled.
    setTimeout(() => {
      for (const market of ['BTC-PERP', 'ETH-PERP', 'SOL-PERP', 'DOGE-PERP', 'USDJPY-INV'])
        for (const channel of ['market', 'book', 'trades'])
          socket.write(frame(JSON.stringify({ op: 'subscribe', channel, key: market })));
      for (const channel of ['events', 'overview', 'markets', 'nearest'])
        socket.write(frame(JSON.stringify({ op: 'subscribe', channel })));
    }, 200);
    let most = 0;
    await until(
      'the drop',
      () => {
        most = Math.max(most, running.api.streamNumbers.bufferedBytes);
        return running.api.streamNumbers.dropped > dropped;
      },
      100,
    );
    expect(most).toBeLessThan(2_000_000);
    const before = reader.heard.length;
    await until('news for who reads', () => reader.heard.length > before + 5);
    expect(running.service.replica.differing).toBe(0);
    socket.destroy();
    reader.close();
  });
});

describe('keys', () => {
  test('open what their scopes say, and nothing once they are revoked', async () => {
    const path = join(folder, 'keys.json');
    const keys = new KeyFile(path);
    const reading = keys.create('reader', ['read'], new Date(0));
    const trading = keys.create('trader', ['read', 'trade'], new Date(0));
    expect(readFileSync(path, 'utf8')).not.toContain(reading.text.split('_')[2]);
    const locked = await runServed({ accounts: 10, keys: path });
    const bearer = (text: string): Record<string, string> => ({ authorization: `Bearer ${text}` });
    const status = async (path: string, init: RequestInit = {}): Promise<number> =>
      (await ask(locked.url, path, init)).status;
    await until('traders', () => locked.service.replica.exchange.engine.book.accounts.count > 10);
    expect(await status('/api/v1/levels')).toBe(401);
    expect(await status('/metrics')).toBe(401);
    expect(await status('/api/v1/levels', { headers: bearer(reading.text) })).toBe(200);
    expect(
      await status('/api/v1/accounts/maker-2/deposits', post({ amount: '1' }, bearer(reading.text))),
    ).toBe(403);
    expect(
      await status('/api/v1/accounts/maker-2/deposits', post({ amount: '1' }, bearer(trading.text))),
    ).toBe(200);
    expect(await status('/api/v1/demo/crash', post({}, bearer(trading.text)))).toBe(403);
    const listener = await new Listener(locked.url).open();
    listener.say({ op: 'subscribe', channel: 'overview' });
    listener.say({ op: 'auth', token: reading.text });
    listener.say({ op: 'subscribe', channel: 'overview' });
    await until('the snapshot', () => listener.of('overview').some(({ type }) => type === 'snapshot'));
    expect(listener.heard[1]).toMatchObject({ type: 'error', code: 'API_KEY_MISSING' });
    listener.close();
    keys.revoke(reading.key.id, new Date(0));
    await until(
      'the revocation',
      async () => (await status('/api/v1/levels', { headers: bearer(reading.text) })) === 401,
      10,
    );
    await locked.stop();
  });

  test('a caller may ask so often and no oftener', () => {
    const limit = new RateLimit(10);
    const taken = Array.from({ length: 25 }, () => limit.take('a', 1000));
    expect(taken.filter((wait) => wait === 0)).toHaveLength(20);
    expect(limit.take('b', 1000)).toBe(0);
    expect(limit.take('a', 1100)).toBe(0);
    expect(limit.take('a', 1100)).toBe(1);
  });
});

test('nothing was our fault', () => {
  expect(running.faults).toEqual([]);
});
