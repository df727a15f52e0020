import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { GateDesk } from './desk.ts';
import { DurableGate } from './durable-gate.ts';
import { forceLimits } from './offline.ts';
import { whatIf, type WhatIf } from './what-if.ts';

let directory: string;
let seconds: number;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'plimsoll-what-if-'));
  seconds = 0;
});
afterEach(() => rmSync(directory, { recursive: true }));

const EACH = {
  order_size_max: '5 lots',
  order_value_max: 'none',
  collar_mark: 'none',
  position_max: 'none',
  gross_max: 'none',
  window_us: 'none',
  orders_max: 'none',
  order_rate_value_max: 'none',
  working_max: 1,
};
const limits = (version: number, each: object): object => ({
  version,
  author: 'ann',
  why: 'x',
  firm: {
    each: { ...EACH, ...each },
    total: { group_gross_value_max: 'none', traded_value_max: 'none' },
  },
});

/** A gate that was told this, and what other limits would have made of it. */
async function played(lines: readonly object[], each: object, lastUs: number | null = null): Promise<WhatIf> {
  const data = join(directory, 'data');
  const durable = await DurableGate.open(data, { version: 'test' });
  const desk = new GateDesk(durable, { nowUs: () => 0 });
  for (const line of [
    { kind: 'settings', asset: 'USDT', decimals: 6 },
    { kind: 'market', name: 'X', tick: '0.1', lot: '0.1', tiers: [{ floor: '0', mmr: '0.01', imr: '0.02' }] },
    { kind: 'account', name: 'a' },
    { kind: 'collateral', account: 'a', amount: '1000000' },
    { kind: 'marks', marks: [{ market: 'X', price: '100' }] },
    { kind: 'limits', ...limits(1, {}) },
    ...lines,
  ]) {
    const time = new Date(++seconds * 1000).toISOString();
    const answer = desk.applyLine(JSON.stringify({ time, ...line }), 'test', seconds, 0)!;
    expect(answer).not.toContain('"kind":null');
  }
  await desk.settle();
  await durable.close();
  const file = join(directory, 'limits.json');
  writeFileSync(file, JSON.stringify(limits(9, each)));
  return whatIf(
    data,
    lastUs,
    (gate, registry) => forceLimits(gate, registry, file),
    () => {},
  );
}

const enter = (size: string, side = 'bid'): object => ({
  kind: 'enter',
  account: 'a',
  market: 'X',
  side,
  price: '100',
  size,
});

it('an order that only the other limits take is taken back, and keeps no room', async () => {
  const lines = [enter('1'), enter('1'), enter('1'), enter('0.1'), { kind: 'done', order: 1 }, enter('0.2')];
  expect(await played(lines, { order_size_max: '10 lots' })).toMatchObject({
    orders: 5,
    before: { accepted: 2, refused: 3 },
    after: { accepted: 5, refused: 0 },
    newlyAccepted: 3,
    newlyRefused: 0,
  });
});

it('an order that only the other limits refuse did not happen, nor what came of it', async () => {
  const trade = {
    kind: 'execution',
    account: 'a',
    market: 'X',
    side: 'bid',
    size: '0.4',
    price: '100',
    trade: 1,
    order: 1,
  };
  const lines = [
    enter('0.4'),
    { kind: 'replace', account: 'a', order: 1, price: '100', size: '0.5' },
    { kind: 'confirm', order: 1, taken: true },
    trade,
    { kind: 'done', order: 1 },
    // With nothing held, this one opens.
    enter('0.3', 'ask'),
    { kind: 'cancel', account: 'a', order: 2 },
    { kind: 'done', order: 2 },
    enter('0.1'),
  ];
  expect(await played(lines, { order_size_max: '3 lots' })).toMatchObject({
    // The replace is of an order that did not happen: it is not compared.
    before: { accepted: 3, refused: 0 },
    after: { accepted: 2, refused: 1 },
    newlyRefused: 1,
    newlyAccepted: 0,
    tradesLeftOut: 1,
    differing: [
      { sequence: 7, before: { accepted: true }, after: { accepted: false, reason: 'order_size' } },
    ],
  });
});

it('a replace that only the other limits take is not, and the names of orders follow', async () => {
  const lines = [
    enter('0.6'),
    enter('0.4'),
    { kind: 'replace', account: 'a', order: 1, price: '100', size: '0.7' },
    { kind: 'replace', account: 'a', order: 1, price: '100', size: '0.5' },
    { kind: 'confirm', order: 1, taken: true },
    { kind: 'done', order: 1 },
    enter('0.2'),
  ];
  expect(await played(lines, { order_size_max: '8 lots' })).toMatchObject({
    before: { accepted: 3, refused: 2, reasons: { order_size: 2 } },
    after: { accepted: 5, refused: 0, reasons: {} },
    newlyAccepted: 2,
  });
});

it('the last so long only', async () => {
  const lines = [enter('0.9'), { kind: 'tick' }, { kind: 'tick' }, enter('0.9')];
  expect(await played(lines, { order_size_max: '10 lots' }, 2_000_000)).toMatchObject({
    commands: 3,
    orders: 1,
    newlyAccepted: 1,
    to: '1970-01-01T00:00:10.000000Z',
  });
});
