/** Every route that is served, asked for real: its answer is as the contract has it, and equals what the replica's engine says. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Compile } from 'typebox/compile';
import { channels, type DataOf, type DeltaOf } from '../../src/io/api/contract/stream.ts';
import { merged } from '../../src/client/merge.ts';
import { routes, type AnswerOf, type RouteName } from '../../src/io/api/contract/routes.ts';
import { openApiDocument } from '../../src/io/api/openapi.ts';
import { LEVEL_NAMES } from '../../src/core/schema/levels.ts';
import { valueWide } from '../../src/core/margin/valuation-wide.ts';
import {
  ask,
  Listener,
  post,
  problemViolations,
  runServed,
  until,
  untilFull,
  violations,
  type Running,
} from './served.ts';

const ACCOUNTS = 300;
/** A holder of the crowd: it does nothing by itself. Traders are busy, and may be at a limit of theirs. */
const QUIET = 'holder-0000006';
let running: Running;
/** Of a trader that has orders, a holder with a position, an order and a trade that are there. */
let ids: { maker: string; order: number; trade: number; liquidation: number | null };

beforeAll(async () => {
  running = await runServed({ accounts: ACCOUNTS });
  await untilFull(running, ACCOUNTS);
  const { url, service } = running;
  // Somebody is liquidated, so that there is one to show.
  await ask(url, '/api/v1/demo/crash', post({ percent: '20', seconds: 1 }));
  const served = service.replica.exchange;
  await until('a liquidation', () => served.liquidations.lastId > 0);
  await until('an order in the book', () => served.venue.orders.count > 0);
  const liquidations = (await ask(url, '/api/v1/liquidations')).body as AnswerOf<'liquidations'>;
  const trades = (await ask(url, '/api/v1/markets/BTC-PERP/trades')).body as AnswerOf<'trades'>;
  const { id, takerOrder } = trades.data[0];
  await ask(url, `/api/v1/accounts/${QUIET}/deposits`, post({ amount: '100000' }));
  ids = { maker: 'maker-2', order: takerOrder, trade: id, liquidation: liquidations.data[0]?.id ?? null };
});
afterAll(() => running.stop());

/** A request for each route: its path behind the prefix, and what goes with it. */
function requestOf(name: RouteName): [path: string, init?: RequestInit] {
  switch (name) {
    case 'accounts':
      return ['/accounts?sort=notional&limit=7'];
    case 'nearest':
      return ['/nearest?limit=5'];
    case 'sizing':
      return ['/sizing?market=BTC-PERP&stop=30000&equity=100000&trades=200'];
    case 'stress':
      return ['/stress', post({ shocks: { 'BTC-PERP': '-12.5' }, limit: 3 })];
    case 'placeOrder':
      return [
        '/orders',
        post({ account: QUIET, market: 'BTC-PERP', side: 'bid', price: '30000.1', size: '0.01' }),
      ];
    case 'amendOrder':
    case 'cancelOrder':
      return ['', {}];
    case 'deposit':
      return [`/accounts/${ids.maker}/deposits`, post({ amount: '12.5' })];
    case 'withdraw':
      return [`/accounts/${ids.maker}/withdrawals`, post({ amount: '1' })];
    case 'cancelOrders':
      return [`/accounts/${ids.maker}/orders`, { method: 'DELETE' }];
    case 'marketState':
      return ['/markets/DOGE-PERP/state', post({ state: 'reduce_only', text: 'a drill' })];
    case 'crash':
      return ['/demo/crash', post({ market: 'SOL-PERP', percent: '1', seconds: 1 })];
    default: {
      const { path } = routes[name];
      const id = path.includes('liquidation')
        ? (ids.liquidation ?? 1)
        : path.includes('trade')
          ? ids.trade
          : ids.order;
      return [
        path
          .replace('{market}', 'BTC-PERP')
          .replace('{account}', 'holder-0000007')
          .replace('{id}', String(id)),
      ];
    }
  }
}

const served = (Object.keys(routes) as RouteName[]).filter(
  (name) => name !== 'amendOrder' && name !== 'cancelOrder',
);

describe('answers are as the contract has them', () => {
  test.each(served)('%s', async (name) => {
    const [path, init] = requestOf(name);
    const { status, body } = await ask(running.url, `/api/v1${path}`, init);
    expect({ status, body: status === 200 ? [] : body }).toEqual({ status: 200, body: [] });
    expect(violations(name, body)).toEqual([]);
  });

  test('an order is placed, seen, amended and cancelled', async () => {
    const { url } = running;
    // Traders take back what they find of theirs; a holder of the crowd does nothing.
    const who = 'holder-0000005';
    await ask(url, `/api/v1/accounts/${who}/deposits`, post({ amount: '100000' }));
    const placed = (
      await ask(
        url,
        '/api/v1/orders',
        post({ account: who, market: 'ETH-PERP', side: 'bid', price: '1500.01', size: '0.5' }),
      )
    ).body as AnswerOf<'placeOrder'>;
    const id = placed.data.order!;
    const seen = (await ask(url, `/api/v1/orders/${id}`)).body as AnswerOf<'order'>;
    expect(seen.data).toMatchObject({
      id,
      account: who,
      status: 'working',
      price: '1500.01',
      left: '0.5',
    });
    const amended = await ask(url, `/api/v1/orders/${id}`, {
      ...post({ account: who, price: '1500.02', size: '0.4' }),
      method: 'PATCH',
    });
    expect([amended.status, violations('amendOrder', amended.body)]).toEqual([200, []]);
    expect(((await ask(url, `/api/v1/orders/${id}`)).body as AnswerOf<'order'>).data).toMatchObject({
      price: '1500.02',
      size: '0.4',
    });
    const cancelled = await ask(url, `/api/v1/orders/${id}?account=${who}`, { method: 'DELETE' });
    expect([cancelled.status, violations('cancelOrder', cancelled.body)]).toEqual([200, []]);
    expect(((await ask(url, `/api/v1/orders/${id}`)).body as AnswerOf<'order'>).data).toMatchObject({
      status: 'done',
      why: 'canceled',
    });
  });
});

describe('the gate', () => {
  test('an order by the API is asked of it, and a refusal says everything that was found', async () => {
    const { url } = running;
    // More than customers may in one order, and far from the market.
    const { status, body } = await ask(
      url,
      '/api/v1/orders',
      post({ account: 'holder-0000003', market: 'BTC-PERP', side: 'bid', price: '90000', size: '20' }),
    );
    expect([status, problemViolations(body)]).toEqual([422, []]);
    const { code, reason, detail } = body as { code: string; reason: string; detail: string };
    expect([code, reason]).toEqual(['API_REFUSED', 'order_value']);
    expect(detail).toContain('the gate refused it: order_value 1800000, allowed 250000; ');
    expect(detail).toContain('collar_mark');
    await until('the decision', async () => (await refusals('holder-0000003')).length > 0);
    const [decision] = await refusals('holder-0000003');
    expect(decision).toMatchObject({ market: 'BTC-PERP', size: '20', price: '90000', side: 'bid' });
    expect(decision.reasons[0]).toEqual({
      check: 'order_value',
      kind: 'hard',
      limit: '250000',
      value: '1800000',
    });
  });

  test('traders are asked too, limits are told, and what is used of them', async () => {
    const { url } = running;
    const all = async (): Promise<AnswerOf<'gateUtilisation'>['data']> =>
      (
        (await ask(url, '/api/v1/gate/utilisation?group=makers&limit=500'))
          .body as AnswerOf<'gateUtilisation'>
      ).data;
    await until('decisions', async () => (await all()).approved > 100);
    const { rejected, rejectsByReason, limits } = await all();
    expect(rejectsByReason.reduce((sum, { count }) => sum + count, 0)).toBe(rejected);
    await until('the makers', async () =>
      (await all()).limits.some(
        ({ check, subject }) => check === 'group_gross_value_max' && subject === 'makers',
      ),
    );
    for (const { limit, used, usedPercent } of limits)
      expect(Math.abs((100 * Number(used)) / Number(limit) - Number(usedPercent))).toBeLessThan(0.06);
    const of = async (query: string): Promise<AnswerOf<'gateUtilisation'>> =>
      (await ask(url, `/api/v1/gate/utilisation?${query}`)).body as AnswerOf<'gateUtilisation'>;
    const makers = await of('group=makers');
    expect(
      new Set(makers.data.limits.map(({ scope, subject }) => `${scope} ${subject!.split(' ')[0]}`)),
    ).toEqual(new Set(['group makers']));
    const percents = makers.data.limits.map(({ usedPercent }) => Number(usedPercent));
    expect(percents).toEqual(percents.toSorted((a, b) => b - a));
    const { subject } = (await of('limit=500')).data.limits.find(({ scope }) => scope === 'account')!;
    const [name] = subject!.split(' ');
    const mine = await of(`account=${name}&market=BTC-PERP&limit=500`);
    for (const row of mine.data.limits)
      expect([row.scope, row.subject, row.market]).toEqual(['account', `${name} BTC-PERP`, 'BTC-PERP']);
    const [first, { next }] = [await of('limit=1'), await of('limit=500')];
    expect([first.data.limits.length, next]).toEqual([1, null]);
    const second = await of(`limit=1&cursor=${first.next!}`);
    expect(second.data.limits).toHaveLength(1);
    expect((await ask(url, `/api/v1/gate/utilisation?group=makers&cursor=${first.next!}`)).status).toBe(400);
    const told = ((await ask(url, '/api/v1/gate/limits')).body as AnswerOf<'gateLimits'>).data;
    expect(told).toContainEqual({
      check: 'order_value_max',
      scope: 'group',
      subject: 'customers',
      kind: 'hard',
      limit: '250000',
      unit: 'USDT',
    });
  });

  test('its channel', async () => {
    const listener = await new Listener(running.url).open();
    listener.say({ op: 'subscribe', channel: 'gate' });
    await until('snapshot and deltas', () => listener.of('gate').length > 3);
    listener.close();
    const [snapshot, delta] = listener.of('gate');
    expect([...Compile(channels.gate.data).Errors(snapshot['data'])].slice(0, 3)).toEqual([]);
    expect([snapshot['type'], delta['type']]).toEqual(['snapshot', 'delta']);
  });
});

test('of its history an overview on the stream has what is new, and a client has all of it', async () => {
  const { health } = running.service;
  await until('some history', () => health.seconds > 5);
  const listener = await new Listener(running.url).open();
  listener.say({ op: 'subscribe', channel: 'overview' });
  const histories = (): Record<string, unknown>[] =>
    listener.of('overview').filter(({ type, data }) => type === 'delta' && 'history' in (data as object));
  await until('three more seconds', () => histories().length >= 3);
  const [snapshot, ...deltas] = listener.of('overview');
  listener.close();
  const told = deltas
    .map(({ data }) => (data as DeltaOf<'overview'>).history)
    .filter((one) => one !== undefined);
  // A second or two, where this thread was late.
  for (const { touched, accountsByLevel, notionalByLevel, missed } of told) {
    expect([1, 2, 3]).toContain(touched.length);
    for (const series of [missed, ...Object.values(accountsByLevel), ...Object.values(notionalByLevel)])
      expect(series).toHaveLength(touched.length);
  }
  let state = snapshot['data'] as DataOf<'overview'>;
  expect(state.history.touched.length).toBeGreaterThan(5);
  for (const { data } of deltas) state = merged('overview', state, data as DeltaOf<'overview'>);
  // It is not so long ago that something would be gone.
  const { history } = health.overview();
  for (const name of ['accounts', 'commandsPerSecond', 'priceLatencyUs'] as const)
    expect(state.history[name]).toEqual(history[name].slice(0, state.history[name].length));
  for (const name of LEVEL_NAMES)
    for (const what of ['accountsByLevel', 'notionalByLevel'] as const) {
      const series = state.history[what][name];
      expect(series).toEqual(history[what][name].slice(0, series.length));
    }
  expect(history.missed.every((missed) => missed === 0)).toBe(true);
  await until('a moment in which the last second is what is so now', () => {
    const { accountsByLevel, notionalByLevel, history: kept } = health.overview();
    return LEVEL_NAMES.every(
      (name) =>
        kept.accountsByLevel[name].at(-1) === accountsByLevel[name] &&
        // Marks move it all the time, by little.
        Math.abs(kept.notionalByLevel[name].at(-1)! - Number(notionalByLevel[name])) <=
          0.02 * Number(notionalByLevel[name]),
    );
  });
});

test('a fall tells who comes near, who is liquidated, and that it is much', async () => {
  const { url } = running;
  const told = async (kind: string): Promise<AnswerOf<'alerts'>['data']> =>
    ((await ask(url, `/api/v1/alerts?kind=${kind}&limit=500`)).body as AnswerOf<'alerts'>).data;
  await ask(url, '/api/v1/demo/crash', post({ percent: '20', seconds: 1 }));
  for (const kind of ['margin_warning', 'liquidation_near', 'position_liquidated', 'high_liquidation_volume'])
    await until(kind, async () => (await told(kind)).length > 0);
  const [warning] = await told('margin_warning');
  expect(warning).toMatchObject({ severity: 'warning', level: 'danger', actionRequired: true });
  expect(Number(warning.distancePercent)).toBeGreaterThan(0);
  const [first, ...others] = warning.positions;
  expect(first).toMatchObject({ account: warning.accounts[0], leg: 'net' });
  expect(first.positionId).toBe(`${first.account}/${first.market}/net`);
  // It is the largest, and the price that the message has is its.
  expect(warning.message).toContain(`liquidated with ${first.market} at ${first.liquidationPrice} (`);
  expect(others.map(({ account }) => account)).toEqual(others.map(() => first.account));
  // Positions of who still holds them go by the same id.
  await until('a position that is held still, by the id of its alert', async () => {
    const warned = (await told('margin_warning')).flatMap(({ positions }) => positions);
    const named = new Set(warned.map(({ positionId }) => positionId));
    const held = await Promise.all(
      [...new Set(warned.map(({ account }) => account))].map(async (account) => {
        const { body } = await ask(url, `/api/v1/accounts/${account}/positions`);
        return (body as AnswerOf<'positions'>).data.map(({ positionId }) => positionId);
      }),
    );
    return held.flat().some((id) => named.has(id));
  });
  const [near] = await told('liquidation_near');
  expect(near).toMatchObject({ severity: 'critical', level: 'critical', actionRequired: true });
  const [liquidated] = await told('position_liquidated');
  expect(liquidated).toMatchObject({ severity: 'critical', actionRequired: false });
  // A fall may take an account past the first of them.
  expect(['liquidatable', 'backstop', 'bankrupt']).toContain(liquidated.level);
  expect(liquidated.positions.map(({ account }) => account)).toContain(liquidated.accounts[0]);
  const { body } = await ask(url, '/api/v1/liquidations?limit=500');
  const liquidations = (body as AnswerOf<'liquidations'>).data;
  expect(liquidations.map(({ account }) => account)).toContain(liquidated.accounts[0]);
  const [much] = await told('high_liquidation_volume');
  expect(much.market).not.toBeNull();
  expect(Number(much.impact?.totalNotional)).toBeGreaterThan(0);
  expect(much.impact?.positionsAffected).toBe(Number(much.figures['count']));
  expect(much.impact?.positionsAffected).toBeGreaterThan(0);
});

test('whoever listens hears of alerts as they come', async () => {
  const { url } = running;
  const listener = await new Listener(url).open();
  listener.say({ op: 'subscribe', channel: 'alerts' });
  await until('the alerts so far', () => listener.of('alerts').length > 0);
  await ask(url, '/api/v1/demo/crash', post({ market: 'ETH-PERP', percent: '20', seconds: 1 }));
  await until('more of them', () => listener.of('alerts').length > 1);
  const [snapshot, delta] = listener.of('alerts');
  listener.close();
  expect([snapshot['type'], delta['type']]).toEqual(['snapshot', 'delta']);
  const [heard] = delta['data'] as DeltaOf<'alerts'>;
  expect(snapshot['data']).not.toContainEqual(heard);
  const { data } = (await ask(url, `/api/v1/alerts?kind=${heard.kind}&limit=500`)).body as AnswerOf<'alerts'>;
  expect(data).toContainEqual(heard);
});

async function refusals(account: string): Promise<AnswerOf<'gateDecisions'>['data']> {
  const { body } = await ask(running.url, `/api/v1/gate/decisions?verdict=rejected&account=${account}`);
  return (body as AnswerOf<'gateDecisions'>).data;
}

describe('numbers are those of the engine', () => {
  test('an account, to the last unit', async () => {
    const { service, url } = running;
    const { book } = service.replica.exchange.engine;
    for (const row of [0, 1, 5, 20, 60, 150, 299]) {
      const account = book.accounts.at(row);
      // Both before the event loop has another turn: nothing moves in between.
      const answered = service.backend.handlers.account!({ params: { account } } as never);
      let equity = 0n;
      for (let bucket = book.cross[row]; bucket >= 0; bucket = book.nextBucket(bucket))
        equity += valueWide(book, bucket).equity;
      const told = await answered;
      expect([account, toUnits(told.data.equity)]).toEqual([account, equity]);
      const { data } = (await ask(url, `/api/v1/accounts/${account}`)).body as AnswerOf<'account'>;
      expect([data.row, Object.keys(data)]).toEqual([row, Object.keys(told.data)]);
    }
  });

  test('levels add up to all buckets, longs to shorts', async () => {
    const { data } = (await ask(running.url, '/api/v1/aggregates')).body as AnswerOf<'aggregates'>;
    expect(Object.values(data.bucketsByLevel).reduce((sum, count) => sum + count, 0)).toBe(data.buckets);
    for (const { longSize, shortSize } of data.markets) expect(longSize).toBe(shortSize);
  });

  test('replica and engine agree', () => {
    expect([running.service.replica.compared > 0, running.service.replica.differing]).toEqual([true, 0]);
  });
});

describe('lists', () => {
  test('what rests on a look at all accounts says by which command that began, and how long ago', async () => {
    const { url } = running;
    const all = (await ask(url, '/api/v1/nearest')).body as AnswerOf<'nearest'>;
    expect(all.rankedAt).toBeNull();
    const { cut, rankedAt } = (await ask(url, '/api/v1/nearest?market=BTC-PERP')).body as AnswerOf<'nearest'>;
    expect(rankedAt!.sequence).toBeGreaterThan(0);
    expect(rankedAt!.sequence).toBeLessThanOrEqual(cut.sequence);
    const sums = async (): Promise<number> =>
      ((await ask(url, '/api/v1/overview')).body as AnswerOf<'overview'>).data.rankedAt!.sequence;
    const before = await sums();
    await until('the next look', async () => (await sums()) > before);
    // It is as old as its beginning, and that was no earlier than the one before.
    const { data, cut: now } = (await ask(url, '/api/v1/overview')).body as AnswerOf<'overview'>;
    expect(data.rankedAt!.ageMs).toBeGreaterThanOrEqual(0);
    expect(data.rankedAt!.sequence).toBeLessThanOrEqual(now.sequence);
  });

  test('pages of accounts by rank have everybody once', async () => {
    const seen: string[] = [];
    let path: string | null = '/api/v1/accounts?sort=equity&limit=50';
    while (path !== null) {
      const { body } = await ask(running.url, path);
      const { data, next, total } = body as AnswerOf<'accounts'>;
      seen.push(...data.map(({ account }) => account));
      path = next === null ? null : `/api/v1/accounts?sort=equity&limit=50&cursor=${next}`;
      if (next === null) expect(seen).toHaveLength(total);
    }
    // The order may be made anew between two pages, and then somebody may move over an edge.
    expect(new Set(seen).size).toBeGreaterThan(seen.length - 20);
  });

  test('by equity they fall', async () => {
    const { data } = (await ask(running.url, '/api/v1/accounts?sort=notional&order=desc&limit=100'))
      .body as AnswerOf<'accounts'>;
    const notionals = data.map(({ notional }) => Number(notional));
    // They have moved since they were put in order, by far less than they are apart at the top.
    expect(notionals[0]).toBeGreaterThan(notionals[99]);
  });

  test('a search finds by the beginning of the name', async () => {
    const { data, total } = (await ask(running.url, '/api/v1/accounts?search=maker-'))
      .body as AnswerOf<'accounts'>;
    expect(total).toBe(data.length);
    expect(data.every(({ account }) => account.startsWith('maker-'))).toBe(true);
    expect(data.length).toBeGreaterThan(1);
  });

  test('events go on where a cursor says', async () => {
    const first = (await ask(running.url, '/api/v1/events?limit=5')).body as AnswerOf<'events'>;
    const then = (await ask(running.url, `/api/v1/events?limit=5&cursor=${first.next}`))
      .body as AnswerOf<'events'>;
    expect(first.data).toHaveLength(5);
    expect(then.data[0]?.sequence ?? Infinity).toBeGreaterThanOrEqual(first.data[4].sequence);
  });

  test('an answer that follows from the sequence has its tag', async () => {
    const [path] = requestOf('levels');
    const { headers } = await ask(running.url, `/api/v1${path}`);
    expect(headers.get('etag')).toMatch(/^W\//);
  });

  test('HEAD tells what GET would, but for the body', async () => {
    const [path] = requestOf('account');
    const { status, headers, body } = await ask(running.url, `/api/v1${path}`, { method: 'HEAD' });
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(Number(headers.get('content-length'))).toBeGreaterThan(500);
    expect(body).toBe('');
  });

  test.each(['/api/v1/levels', '/api/v1/status', '/api/v1/nothing', '/docs', '/healthz', '/metrics'])(
    '%s says what a browser may do with it, and which request it answers',
    async (path) => {
      const { headers } = await ask(running.url, path);
      expect(headers.get('content-security-policy')).toContain("default-src 'self'");
      expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('cross-origin-resource-policy')).toBe('same-origin');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('x-request-id')).toMatch(/^[0-9a-f]{12}-\d+$/);
    },
  );
});

test('the checked-in OpenAPI document is the one that the contract makes', () => {
  const path = join(import.meta.dirname, '../../docs/reference/openapi.json');
  const kept = JSON.parse(readFileSync(path, 'utf8')) as { info: { version: string } };
  expect(kept).toEqual(JSON.parse(JSON.stringify(openApiDocument(kept.info.version))));
});

test('nothing was our fault', () => {
  expect(running.faults).toEqual([]);
});

function toUnits(text: string): bigint {
  const [whole, part = ''] = text.replace('-', '').split('.');
  const units = BigInt(whole + part.padEnd(6, '0'));
  return text.startsWith('-') ? -units : units;
}
