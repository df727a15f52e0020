/** Inverse contracts and assets held as collateral, as a person reads about them: prices, signs and amounts are those of the venue. */
import { beforeAll, expect, test } from 'vitest';
import { documentOf, run, temporaryFolder, write } from './run-cli.ts';

const T = '"time":"2024-08-08T23:54:00Z"';
const TIERS = '[{"floor":"0","mmr":"0.005","imr":"0.01"},{"floor":"10","mmr":"0.01","imr":"0.02"}]';
const LINES = `
{"kind":"settings",${T},"asset":"BTC","decimals":8}
{"kind":"market",${T},"name":"XBTUSD","tick":"0.5","lot":"1","markTick":"0.01","tiers":${TIERS}}
{"kind":"contract",${T},"market":"XBTUSD","form":"inverse","value":"100"}
{"kind":"market",${T},"name":"WBETH","tick":"0.00001","lot":"0.001","markTick":"0.00001","tiers":[{"floor":"0","mmr":"0","imr":"0"}]}
{"kind":"contract",${T},"market":"WBETH","form":"collateral","weight":"0.95"}
{"kind":"marks",${T},"marks":[{"market":"XBTUSD","price":"50000"},{"market":"WBETH","price":"0.05"}]}
{"kind":"funding",${T},"market":"XBTUSD","index":"0.00000001"}
{"kind":"account",${T},"name":"long"}
{"kind":"account",${T},"name":"short"}
{"kind":"collateral",${T},"account":"long","amount":"1.5"}
{"kind":"position",${T},"account":"long","market":"XBTUSD","size":"10000","entryPrice":"50000"}
{"kind":"position",${T},"account":"long","market":"WBETH","size":"20"}
{"kind":"collateral",${T},"account":"short","amount":"7"}
{"kind":"fill",${T},"account":"short","market":"XBTUSD","size":"-3000","price":"50000.5","fee":"0.0036"}
{"kind":"order",${T},"account":"short","market":"XBTUSD","id":1,"size":"-10","price":"60000"}
{"kind":"funding",${T},"market":"XBTUSD","index":"0.00000021"}
{"kind":"marks",${T},"marks":[{"market":"XBTUSD","price":"45500.01"}]}
`;

let folder: string;
const explain = (...args: string[]) =>
  run(['explain', 'account', ...args, '--data', 'data', '--verify'], { cwd: folder });

beforeAll(async () => {
  folder = temporaryFolder();
  write(folder, 'commands.ndjson', LINES.trimStart());
  const { code, stderr } = await run(['replay', 'commands.ndjson', '--data', 'data', '--check'], {
    cwd: folder,
  });
  expect([code, stderr]).toEqual([0, '']);
});

const LONG = `
  equity         0.47000000  = collateral + unrealized + funding
    collateral   1.50000000
    unrealized  -1.02800000
    funding     -0.00200000  accrued and not settled
  maintenance    0.16978000  = positions + orders
    XBTUSD       0.16978000
    WBETH        0.00000000
    orders       0.00000000
  excess         0.30022000  = equity - maintenance
  health        2.77  = equity / maintenance

  XBTUSD
    size               10000  (long)
    entry price        50000.0  = 10000 x 100 / cost basis 20.00000000
    a lot              0.00219780  = 1 x 100 / 45500.01, rounded to the unit
    unrealized         -1.97800000  = 20.00000000 - 10000 lots x 0.00219780
    notional           21.97800000  = 10000 lots x 0.00219780
    tier               2 of 2, from 10.00000000: rate 0.01, deduction 0.05
    maintenance        0.16978000  = 21.97800000 x 0.01 - 0.05 = 0.16978, rounded up
    funding            -0.00200000  = -10000 lots x (index 0.00000021 - 0.00000001 at entry), rounded down
    liquidation price  44892.87  the first liquidatable mark; other marks as they are
    bankruptcy price   44547.29  the first bankrupt mark; other marks as they are

  WBETH
    balance            20
    a lot              0.00004750  = 0.001 x 0.05000 x 0.95, the price rounded down to a mark tick
    worth              0.95000000  = 20000 lots x 0.00004750
    liquidation price  0.03419  the first liquidatable mark; other marks as they are
    bankruptcy price   0.02526  the first bankrupt mark; other marks as they are
`;

test('a long of 10,000 contracts with an asset behind it, to the letter', async () => {
  const { code, stdout } = await explain('long');
  expect(code).toBe(0);
  expect(stdout).toContain('agrees on all of');
  expect(stdout).toContain(LONG);
});

test('a short that no price can hurt has no liquidation price', async () => {
  const ran = await explain('short', '--json');
  expect(ran.code).toBe(0);
  const document = documentOf(ran);
  expect(document).toMatchObject({ verification: { agrees: true } });
  const nowhere = { price: null, reason: 'no_price_is_bad_enough' };
  expect((document.buckets as { positions: unknown[] }[])[0].positions[0]).toMatchObject({
    form: 'inverse',
    size: '-3000',
    mark: '45500.01',
    // -3,000 lots at exactly 100 / 50,000.5: 5.9999400006, rounded against the account.
    costBasis: '-5.99994001',
    unrealizedPnl: '0.59345999',
    accruedFunding: '0.0006',
    liquidationPrice: nowhere,
    bankruptcyPrice: nowhere,
  });
});
