/** What an exchange does not remember any more is explained from its journal, as `plimsoll explain` does. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { explanationDocument } from '../../src/app/explain/document.ts';
import { explainAccount } from '../../src/app/explain/explain.ts';
import { History } from '../../src/app/explain/venue/history.ts';
import { explainLiquidation } from '../../src/app/explain/venue/liquidation.ts';
import { explainOrder } from '../../src/app/explain/venue/order.ts';
import { explainTrade } from '../../src/app/explain/venue/trade.ts';
import { Past } from '../../src/app/serve/past/past.ts';
import type { AnswerOf } from '../../src/io/api/contract/routes.ts';
import type { Problem } from '../../src/io/api/contract/problem.ts';
import { ask, post, runServed, until, violations, type Running } from './served.ts';

const folder = mkdtempSync(join(tmpdir(), 'plimsoll-past-'));
const data = join(folder, 'demo');
let running: Running;
/** Of the run before. */
let ids: { trade: number; order: number; account: string; liquidation: number };

beforeAll(async () => {
  const before = await runServed({ accounts: 60, data });
  const { exchange } = before.service.replica;
  await until('the crowd', () => exchange.engine.book.accounts.count >= 100);
  await ask(before.url, '/api/v1/demo/crash', post({ percent: '30', seconds: 1 }));
  const over = async (): Promise<AnswerOf<'liquidations'>['data']> =>
    ((await ask(before.url, '/api/v1/liquidations')).body as AnswerOf<'liquidations'>).data.filter(
      ({ endedAt }) => endedAt !== null,
    );
  await until('a liquidation that is over', async () => (await over()).length > 0);
  const [liquidation] = await over();
  const trades = (await ask(before.url, '/api/v1/markets/BTC-PERP/trades')).body as AnswerOf<'trades'>;
  const { id, takerOrder } = trades.data[0];
  ids = { trade: id, order: takerOrder, account: liquidation.account, liquidation: liquidation.id };
  await before.stop();
  running = await runServed({ accounts: 60, data });
});
afterAll(async () => {
  await running.stop();
  rmSync(folder, { recursive: true, force: true });
});

const explained = async (path: string): Promise<AnswerOf<'explainOrder'>['data']> => {
  const { status, body } = await ask(running.url, `/api/v1/explain/${path}`);
  expect({ status, body: status === 200 ? null : body }).toEqual({ status: 200, body: null });
  expect(violations('explainOrder', body)).toEqual([]);
  return (body as AnswerOf<'explainOrder'>).data;
};

/** What the command says, with the journal still being written. */
async function told(
  explain: (history: History, id: number, onProgress: () => void) => Promise<{ readonly hash: string }>,
  id: number,
): Promise<string> {
  const history = await History.open(data);
  try {
    return (await explain(history, id, () => {})).hash;
  } finally {
    await history.close();
  }
}

test.each([
  ['trade', explainTrade],
  ['order', explainOrder],
  ['liquidation', explainLiquidation],
] as const)('a %s of the run before', async (about, explain) => {
  const { source, document } = await explained(`${about}/${ids[about]}`);
  expect(source).toBe('journal');
  expect(document.hash).toBe(await told(explain, ids[about]));
});

test('an account when it first became liquidatable, and at a sequence', async () => {
  const first = await explained(`account/${ids.account}?moment=first`);
  const options = { account: ids.account, directory: data, verify: false, onProgress: () => {} };
  const { explained: own } = await explainAccount({ ...options, wish: { at: 'first' } });
  expect([first.source, first.document['cut']]).toEqual(['journal', explanationDocument(own)['cut']]);
  const { sequence } = first.document['cut'] as { sequence: number };
  const then = await explained(`account/${ids.account}?sequence=${sequence + 1}`);
  expect((then.document['cut'] as { sequence: number }).sequence).toBe(sequence + 1);
  const now = await explained(`account/${ids.account}`);
  expect(now.source).toBe('memory');
});

test.each([
  ['trade/999999999', 404, 'API_NOT_FOUND'],
  ['order/999999999', 404, 'API_NOT_FOUND'],
  ['liquidation/999999999', 404, 'API_NOT_FOUND'],
  ['account/maker-2?sequence=999999999', 404, 'API_NOT_FOUND'],
  ['account/maker-2?sequence=1&moment=first', 400, 'API_FIELD_INVALID'],
  ['account/nobody?moment=first', 404, 'API_NOT_FOUND'],
])('%s is not there', async (path, status, code) => {
  const { status: got, body } = await ask(running.url, `/api/v1/explain/${path}`);
  expect([got, (body as Problem).code]).toEqual([status, code]);
});

test('only so many wait, who asks the same waits for the same, and reads go on meanwhile', async () => {
  const asked = Array.from({ length: 24 }, (_, at) =>
    ask(running.url, `/api/v1/explain/trade/${1_000_000_000 + (at % 12)}`),
  );
  expect((await ask(running.url, '/api/v1/accounts/maker-2')).status).toBe(200);
  const answers = await Promise.all(asked);
  const busy = answers.filter(({ status }) => status === 503);
  expect(new Set(busy.map(({ body }) => (body as Problem).code))).toEqual(new Set(['API_BUSY']));
  expect(answers.filter(({ status }) => status === 404).length).toBeGreaterThanOrEqual(8);
  expect(busy.length).toBeGreaterThan(0);
});

test('a journal that takes too long to go through is given up', async () => {
  const past = new Past(data, 1);
  await expect(past.explain({ about: 'trade', id: ids.trade })).rejects.toMatchObject({ code: 'API_BUSY' });
  await past.close();
});

test('nothing was our fault', () => {
  expect(running.faults).toEqual([]);
});
