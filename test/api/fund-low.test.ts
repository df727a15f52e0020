/** An exchange whose fund inherits a position that goes on losing: what is told of it over HTTP and on the stream is what the exchange has. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, expect, test } from 'vitest';
import type { AnswerOf } from '../../src/io/api/contract/routes.ts';
import type { DataOf } from '../../src/io/api/contract/stream.ts';
import { ask, Listener, runServed, until, violations } from './served.ts';

const MARKET = join(import.meta.dirname, '../../examples/exchange-market.ndjson');
const folder = mkdtempSync(join(tmpdir(), 'plimsoll-fund-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('a low fund is told with what it has left and what it holds', async () => {
  const made = join(folder, 'accounts.ndjson');
  const names = ['long', 'short'];
  const time = '2024-08-08T12:00:00Z';
  writeFileSync(made, names.map((name) => `${JSON.stringify({ kind: 'account', time, name })}\n`).join(''));
  const listen = join(folder, 'exchange.sock');
  const running = await runServed({ demo: null, marketFiles: [MARKET, made], listen });
  const { url } = running;
  await until('the market', async () => (await ask(url, '/healthz')).status === 200);
  const socket = connect(listen);
  const answers: { reason: string }[] = [];
  createInterface({ input: socket }).on('line', (line) => {
    const said = JSON.parse(line) as { event: string; reason: string };
    if (said.event === 'command') answers.push(said);
  });
  const say = async (line: object): Promise<void> => {
    const count = answers.length;
    socket.write(`${JSON.stringify(line)}\n`);
    await until('an answer', () => answers.length > count);
    expect(answers[count]).toMatchObject({ reason: 'accepted' });
  };
  let position = 0;
  const mark = (price: string): Promise<void> =>
    say({
      kind: 'marks',
      origin: { source: 'desk', position: ++position },
      marks: [{ market: 'BTC-PERP', price }],
    });
  const told = async (kind: string): Promise<AnswerOf<'alerts'>['data']> => {
    const { body } = await ask(url, `/api/v1/alerts?kind=${kind}`);
    expect(violations('alerts', body)).toEqual([]);
    return (body as AnswerOf<'alerts'>).data;
  };
  try {
    const listener = await new Listener(url).open();
    listener.say({ op: 'subscribe', channel: 'alerts' });
    await mark('60000');
    for (const [account, amount] of [
      ['insurance', '1000'],
      ['long', '700'],
      ['short', '100000'],
    ])
      await say({ kind: 'deposit', account, amount });
    const order = { kind: 'place', market: 'BTC-PERP', size: '1', price: '60000' };
    await say({ ...order, account: 'short', side: 'ask' });
    await say({ ...order, account: 'long', side: 'bid' });
    await mark('59500');
    await until('the liquidation', async () => (await told('position_liquidated')).length === 1);
    expect((await told('position_liquidated'))[0]).toMatchObject({
      accounts: ['long'],
      positions: [{ positionId: 'long/BTC-PERP/net' }],
    });
    expect(await told('insurance_fund_low')).toEqual([]);
    await mark('58500');
    await until('the alert', async () => (await told('insurance_fund_low')).length === 1);
    const [low] = await told('insurance_fund_low');
    const { data } = (await ask(url, '/api/v1/aggregates')).body as AnswerOf<'aggregates'>;
    expect(low).toMatchObject({ severity: 'critical', actionRequired: true, market: null, accounts: [] });
    expect(low.impact).toEqual({
      positionsAffected: 1,
      totalNotional: '58500',
      insuranceFundBalance: data.insuranceFund,
    });
    expect(Number(data.insuranceFund)).toBeLessThan(Number(low.figures['most']) / 4);
    const heard = (): DataOf<'alerts'> =>
      listener.of('alerts').flatMap((message) => message['data'] as DataOf<'alerts'>);
    await until('the stream', () => heard().some(({ id }) => id === low.id));
    expect(heard()).toContainEqual(low);
    listener.close();
  } finally {
    socket.destroy();
    await running.stop();
  }
});
