/** The calculator on the command line: what goes in, what comes out, and what is said of what cannot go in. */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ACCOUNT, documentOf, errorsOf, run, temporaryFolder, write } from './run-cli.ts';

const EXPECTED = {
  buckets: [
    {
      name: 'cross',
      equity: '-1000',
      maintenanceMargin: '12',
      initialMargin: '24',
      excess: '-1012',
      health: '-83.33',
      liquidatable: true,
      bankrupt: true,
      positions: [
        {
          market: 'BTCUSDT',
          notional: '3000',
          unrealizedPnl: '-2000',
          maintenanceMargin: '12',
          liquidationPrice: { price: '40160.6', reason: null, assumption: 'other marks fixed' },
          bankruptcyPrice: { price: '40000.0', reason: null, value: '4000' },
        },
      ],
    },
  ],
};

test('reads standard input or a file and writes one JSON document, --json or not', async () => {
  const folder = temporaryFolder();
  write(folder, 'account.json', `\ufeff${ACCOUNT}`);
  for (const [args, input] of [
    [['margin'], ACCOUNT],
    [['margin', '-'], ACCOUNT],
    [['margin', 'account.json'], ''],
    [['margin', 'account.json', '--json'], ''],
  ] as const) {
    const ran = await run(args, { cwd: folder, input });
    expect([ran.code, ran.stderr]).toEqual([0, '']);
    expect(documentOf(ran)).toEqual(EXPECTED);
  }
});

test.each([
  ['', 'INPUT_JSON', 1, null],
  ['{"markets":', 'INPUT_JSON', 1, null],
  ['{\n"markets": {},\n"account": nope }', 'INPUT_JSON', 3, null],
  ['{"markets":{"BTCUSDT":{"mark":NaN}},"account":{}}', 'INPUT_JSON', 1, null],
  [ACCOUNT.replace('"30000"', '"-1"'), 'number_not_positive', null, 'markets.BTCUSDT.mark'],
  [ACCOUNT.replace('"30000"', '"0"'), 'number_not_positive', null, 'markets.BTCUSDT.mark'],
  [ACCOUNT.replace('"30000"', '0.1'), 'number_not_quoted', null, 'markets.BTCUSDT.mark'],
  [ACCOUNT.replace('"30000"', '9007199254740993'), 'number_not_quoted', null, 'markets.BTCUSDT.mark'],
  [ACCOUNT.replace('"30000"', '"Infinity"'), expect.any(String), null, 'markets.BTCUSDT.mark'],
  [
    ACCOUNT.replace('"market":"BTCUSDT"', '"market":"BTCUSD"'),
    expect.any(String),
    null,
    'account.positions[0].market',
  ],
  [ACCOUNT.replace('"size"', '"sise"'), expect.any(String), null, 'account.positions[0].sise'],
  [
    ACCOUNT.replace('"50000","mmr"', '"0","mmr"'),
    expect.any(String),
    null,
    expect.stringContaining('markets.BTCUSDT.tiers'),
  ],
])('refuses %s', async (input, code, line, field) => {
  const json = await run(['margin', '--json'], { input });
  expect([json.code, json.stdout]).toEqual([2, '']);
  const [error] = errorsOf(json);
  expect(error).toMatchObject({ code, file: '<stdin>', line, field });
  const human = await run(['margin'], { input });
  expect([human.code, human.stdout]).toEqual([2, '']);
  expect(human.stderr).toContain('<stdin>');
  if (typeof field === 'string') expect(human.stderr).toContain(field);
});

test('names a file that cannot be read', async () => {
  const file = join(temporaryFolder(), 'nothing.json');
  const ran = await run(['margin', file, '--json']);
  expect(ran.code).toBe(2);
  expect(errorsOf(ran)).toMatchObject([{ code: 'INPUT_UNREADABLE', file }]);
});
