/** What a person reads when an account was liquidated, to the letter, and that it is the same for everyone. */
import { beforeAll, describe, expect, test } from 'vitest';
import { captureLines, documentOf, errorsOf, LINES, run, temporaryFolder, write } from './run-cli.ts';

let folder: string;
const explain = (...args: string[]) => run(['explain', 'account', ...args], { cwd: folder });

beforeAll(async () => {
  folder = temporaryFolder();
  write(folder, 'commands.ndjson', LINES);
  write(folder, 'capture', captureLines(300));
  await run(['replay', 'commands.ndjson', '--data', 'data'], { cwd: folder });
  await run(['replay', 'capture', '--accounts', '150', '--data', 'book'], { cwd: folder });
});

const LIQUIDATABLE = `Account long-1 (row 0): LIQUIDATABLE

  cut     sequence 12 of 13, engine time 2024-08-08T23:54:05.000000Z
  source  ledger at position 7
  mark    BTCUSDT 40160.0, set by sequence 12, 2024-08-08T23:54:05.000000Z: mid of 40159.9 and 40160.1

cross: LIQUIDATABLE
  equity 16.000000 < maintenance 16.064000

  equity          16.000000  = collateral + unrealized + funding
    collateral  1000.000000
    unrealized  -984.000000
    funding        0.000000  accrued and not settled
  maintenance     16.064000  = positions + orders
    BTCUSDT       16.064000
    orders         0.000000
  excess          -0.064000  = equity - maintenance
  health        0.996  = equity / maintenance

  BTCUSDT
    size               0.1  (long)
    entry price        50000.0  = cost basis 5000.000000 / 0.1
    unrealized         -984.000000  = 0.1 x 40160.0 - 5000.000000
    notional           4016.000000  = 0.1 x 40160.0
    tier               1 of 2, from 0.000000: rate 0.004, deduction 0
    maintenance        16.064000  = 4016.000000 x 0.004 - 0 = 16.064, rounded up
    funding            0.000000  = -100 lots x (index 0 - 0 at entry), rounded down
    liquidation price  40160.642  the last liquidatable mark: it is already, and one tick of 0.001 further it would not be; other marks as they are
    bankruptcy price   39999.999  the first bankrupt mark; other marks as they are

  levels
    warning       health under 2: equity must be at least 32.128000  breached
    danger        health under 1.5: equity must be at least 24.096000  breached
    critical      health under 1.2: equity must be at least 19.276800  breached
    liquidatable  health under 1: equity must be at least 16.064000  breached
    backstop      health under 2/3: equity must be at least 10.709334  holds
    bankrupt      health under 0: equity must be at least  0.000000  holds

  what would have been enough
    top up            0.064000 USDT: equity 16.064000; one unit less and it is not enough
    or close BTCUSDT  0.001 of 0.1 at the mark, without fees: maintenance 15.903360; one lot less and it is not enough

  liquidatable once in all that the journal has
    cross, at worst liquidatable
      from  sequence 12, 2024-08-08T23:54:05.000000Z: critical -> liquidatable by BTCUSDT 40161.0 -> 40160.0 (mid of 40159.9 and 40160.1)
      to    sequence 13, 2024-08-08T23:54:06.000000Z: liquidatable -> safe by BTCUSDT 40160.0 -> 41000.0

  HASH

  verified: the reference derived it again and agrees on all of 28 numbers
`;

describe('the long that is taken over at 40160.0', () => {
  test('is explained to the letter', async () => {
    const { code, stdout, stderr } = await explain('long-1', '--data', 'data', '--verify');
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout.replace(/sha256:[0-9a-f]{64}/, 'HASH')).toBe(LIQUIDATABLE);
  });

  test('is open at 40161.0', async () => {
    const { stdout } = await explain('0', '--data', 'data', '--seq', '11');
    expect(stdout).toContain('Account long-1 (row 0): CRITICAL');
    expect(stdout).toContain('equity 16.100000 > maintenance 16.064400');
    expect(stdout).toContain('liquidation price  40160.642  the first liquidatable mark');
    expect(stdout).not.toContain('what would have been enough');
  });

  test('has all of it in JSON', async () => {
    const ran = await explain('long-1', '--data', 'data', '--json', '--verify');
    expect([ran.code, ran.stderr]).toEqual([0, '']);
    expect(documentOf(ran)).toMatchObject({
      account: { row: 0, name: 'long-1' },
      asset: { name: 'USDT', decimals: 6 },
      cut: {
        sequence: 12,
        time: '2024-08-08T23:54:05.000000Z',
        timeUs: 1723161245000000,
        sources: [{ name: 'ledger', position: 7, gapped: false }],
      },
      level: 'liquidatable',
      marks: [
        {
          market: 'BTCUSDT',
          price: '40160.0',
          before: '40161.0',
          text: 'mid of 40159.9 and 40160.1',
          sequence: 12,
        },
      ],
      buckets: [
        {
          name: 'cross',
          level: 'liquidatable',
          equity: '16',
          maintenanceMargin: '16.064',
          excess: '-0.064',
          health: '0.996',
          trigger: 'strict',
          inequality: 'equity 16.000000 < maintenance 16.064000',
          collateral: '1000',
          unrealizedPnl: '-984',
          accruedFunding: '0',
          orderCharge: '0',
          positions: [
            {
              market: 'BTCUSDT',
              size: '0.1',
              entryPrice: '50000.0',
              costBasis: '5000',
              mark: '40160.0',
              notional: '4016',
              tier: { number: 1, of: 2, floor: '0', mmr: '0.004', cum: '0', closeFee: '0' },
              maintenanceMarginUnrounded: '16.064',
              maintenanceMargin: '16.064',
              liquidationPrice: { price: '40160.642', reason: 'already_liquidatable' },
              bankruptcyPrice: { price: '39999.999', reason: null },
            },
          ],
          saved: {
            topUp: '0.064',
            reductions: [{ market: 'BTCUSDT', close: '0.001', of: '0.1', maintenanceMarginThen: '15.90336' }],
          },
        },
      ],
      liquidatable: {
        first: { sequence: 12, by: 'marks', from: 'critical', to: 'liquidatable' },
        ended: { sequence: 13, to: 'safe' },
        times: 1,
      },
      hash: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) as string,
      verification: { agrees: true, compared: 28, differences: [] },
    });
  });

  test('has the same hash in every directory of the same commands, and by every way to the moment', async () => {
    await run(['replay', 'commands.ndjson', '--data', 'other'], { cwd: folder });
    const hash = async (...args: string[]) => documentOf(await explain('long-1', '--json', ...args))['hash'];
    const wanted = await hash('--data', 'data');
    expect(await hash('--data', 'other')).toBe(wanted);
    expect(await hash('--data', 'data', '--seq', '12', '--verify')).toBe(wanted);
    expect(await hash('--data', 'data', '--at', '2024-08-08T23:54:05.9Z')).toBe(wanted);
    expect(await hash('--data', 'data', '--at', '1723161245000000')).toBe(wanted);
    expect(await hash('--data', 'data', '--seq', '13')).not.toBe(wanted);
  });
});

test('an account that never was is explained at the end', async () => {
  const { code, stdout } = await explain('short-1', '--data', 'data', '--verify');
  expect(code).toBe(0);
  expect(stdout).toContain('Account short-1 (row 1): SAFE');
  expect(stdout).toContain('sequence 13 of 13');
  expect(stdout).toContain('never liquidatable');
});

test('accounts of a whole book, with legs, isolated margin, orders and tiers, are verified', async () => {
  let liquidatable = 0;
  for (const account of ['0', '7', '23', '61', '104', '149']) {
    const ran = await explain(account, '--data', 'book', '--json', '--verify');
    expect(ran.code).toBe(0);
    const document = documentOf(ran) as {
      verification: { agrees: boolean; differences: unknown[] };
      liquidatable: { times: number };
    };
    expect(document.verification).toMatchObject({ agrees: true, differences: [] });
    if (document.liquidatable.times > 0) liquidatable++;
  }
  expect(liquidatable).toBeGreaterThan(0);
});

test.each([
  [['nobody', '--data', 'data'], 2, 'EXPLAIN_ACCOUNT', 'account', 'nobody'],
  [['2', '--data', 'data'], 2, 'EXPLAIN_ACCOUNT', 'account', '2'],
  [['long-1', '--data', 'data', '--seq', '14'], 2, 'EXPLAIN_SEQUENCE', '--seq', 14],
  [['long-1', '--data', 'data', '--seq', '3'], 2, 'EXPLAIN_ACCOUNT', 'account', 'long-1'],
  [['long-1', '--data', 'data', '--at', '2024-08-08T23:54:00Z'], 2, 'EXPLAIN_ACCOUNT', 'account', 'long-1'],
  [['long-1', '--data', 'data', '--seq', '12', '--at', '5'], 2, 'USAGE_INVALID', '--at', 5],
  [['long-1', '--data', 'nowhere'], 2, 'JOURNAL_MISSING', null, null],
])('%j is refused', async (args, exitCode, code, field, value) => {
  const ran = await explain(...args, '--json');
  expect([ran.code, ran.stdout]).toEqual([exitCode, '']);
  expect(errorsOf(ran)).toMatchObject([{ code, field, value }]);
});

test('an account whose price is not fit to liquidate by is held, with the level by the reference beside it', async () => {
  const held = temporaryFolder();
  write(held, 'commands.ndjson', [
    ...LINES.slice(0, 10),
    '{"kind":"quality","time":"2024-08-08T23:54:05Z","market":"BTCUSDT","quality":"divergent","allows":["show","value"],"mark":"40160","reference":"50000","text":"mark 20 % under the index"}',
  ]);
  const replayed = await run(['replay', 'commands.ndjson', '--data', 'data', '--json'], { cwd: held });
  expect(documentOf(replayed)).toMatchObject({ prices: 2, liquidatable: 1, held: 1 });
  const args = ['explain', 'account', 'long-1', '--data', 'data'];
  const { stdout } = await run(args, { cwd: held });
  expect(stdout).toContain('divergent: HELD: nothing is liquidated by it; reference 50000.0');
  expect(stdout).toContain('cross: LIQUIDATABLE, HELD; by the reference price it is safe');
  expect(stdout).toContain('mark    BTCUSDT 40160.0, set by sequence 11');
  expect(stdout).toContain('mark 20 % under the index');
  expect(documentOf(await run([...args, '--json', '--verify'], { cwd: held }))).toMatchObject({
    level: 'liquidatable',
    marks: [
      { price: '40160.0', before: '50000.0', quality: 'divergent', allows: ['show', 'value'], held: true },
    ],
    buckets: [{ verdict: 'held', referenceLevel: 'safe' }],
  });
});
