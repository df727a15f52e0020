/** Facts of dYdX v4: its own tests of premiums, samples, rates and indices. Source: github.com/dydxprotocol/v4-chain. */
import { DYDX } from '../../../src/core/price/funding-presets.ts';
import type { FundingRule, MarginRates } from '../../../src/core/price/funding.ts';
import type { FundingFact, PremiumFact } from './fact.ts';

const PPM = 1_000_000;
/** Money units of 10^-6 USDC a base quantum: price * 10^(exponent + resolution + 6). */
const BTC_LOT = '5';
const ETH_LOT = '3';

function margin(initialPpm: number, maintenanceFractionPpm: number): MarginRates {
  const maintenancePpm = Math.floor((initialPpm * maintenanceFractionPpm) / PPM);
  return { initial: { num: initialPpm, den: PPM }, maintenance: { num: maintenancePpm, den: PPM } };
}

function limitedBy(clampFactorPpm: number): FundingRule {
  return {
    ...DYDX,
    limits: {
      ...DYDX.limits,
      margin: { factor: { num: clampFactorPpm, den: PPM }, of: 'initial-less-maintenance' },
    },
  };
}

function clampFact(
  id: string,
  name: string,
  factorPpm: number,
  rates: MarginRates,
  ppm: string,
): FundingFact {
  return {
    asks: 'rate',
    id: `dydx_v4-${id}`,
    name: `largest rate: ${name}`,
    source: 'x/perpetuals/types/liquidity_tier_test.go',
    evidence: 'upstream_test',
    rule: limitedBy(factorPpm),
    margin: rates,
    average: '1000000',
    rate: `${ppm}/1000000`,
  };
}

function tick(
  id: string,
  name: string,
  given: {
    minutes?: number;
    ppm: string;
    samplesMin?: number;
    defaultPpm?: number;
    margin?: MarginRates;
    lot?: string;
  },
  rate: string,
  increment: number,
): FundingFact {
  return {
    asks: 'interval',
    id: `dydx_v4-${id}`,
    name: `funding tick: ${name}`,
    source: 'x/perpetuals/keeper/perpetual_test.go',
    evidence: 'upstream_test',
    rule: {
      ...DYDX,
      interest: { num: given.defaultPpm ?? 0, den: PPM },
      average: { ...DYDX.average, samplesMin: given.samplesMin ?? 60 },
    },
    margin: given.margin ?? margin(1_000_000, 750_000),
    minutes: given.minutes ?? 60,
    premium: `${given.ppm}/1000000`,
    notional: given.lot ?? BTC_LOT,
    rate: `${rate}/1000000`,
    increment,
  };
}

type Orders = PremiumFact['orders'];

function premium(
  id: string,
  name: string,
  orders: Orders,
  index: string,
  impactNotional: number,
  maxPpm: number,
  ppm: string,
): FundingFact {
  return {
    asks: 'premium',
    id: `dydx_v4-${id}`,
    name: `premium: ${name}`,
    source: 'x/clob/memclob/memclob_get_premium_price_test.go',
    evidence: 'upstream_test',
    orders,
    index,
    impactNotional,
    premiumMax: { num: maxPpm, den: PPM },
    premium: `${ppm}/1000000`,
  };
}

function tails(id: string, name: string, sharePpm: number, samples: number[], kept: number[]): FundingFact {
  return {
    asks: 'tails',
    id: `dydx_v4-${id}`,
    name: `tails: ${name}`,
    source: 'x/perpetuals/keeper/perpetual_test.go',
    evidence: 'upstream_test',
    samples,
    share: { num: sharePpm, den: PPM },
    kept,
  };
}

const BOOK: Orders = [
  ['sell', '1', '10001'],
  ['buy', '1', '9999.9'],
];
const THIN_ASK: Orders = [
  ['sell', '0.1', '10000.1'],
  ['buy', '1', '9999.8'],
];

export const DYDX_FUNDING: readonly FundingFact[] = [
  clampFact('010', 'no initial margin', 6_000_000, margin(0, 1_000_000), '0'),
  clampFact('013', 'largest factor', 4_294_967_295, margin(1_000_000, 0), '4294967295'),
  clampFact('014', 'odd numbers', 423_978_721, margin(745_345, 564_947), '137481459'),
  {
    asks: 'index',
    id: 'dydx_v4-088',
    name: 'negative rate, rounded towards zero',
    source: 'x/perpetuals/funding/funding_test.go',
    evidence: 'upstream_test',
    rule: { ...DYDX, intervalUs: DYDX.periodUs },
    quoted: '-1001999/1000000',
    notional: '1/1000',
    increment: '-1001',
  },
  {
    asks: 'index',
    id: 'dydx_v4-089',
    name: 'half a period',
    source: 'x/perpetuals/funding/funding_test.go',
    evidence: 'upstream_test',
    rule: { ...DYDX, intervalUs: DYDX.periodUs / 2 },
    quoted: '-1001999/1000000',
    notional: '10000000',
    increment: '-5009995000000',
  },
  tails('091', 'of nothing', 250_000, [], []),
  tails('094', 'a quarter of four', 250_000, [0, -1, -3, 5], [-1, 0]),
  tails('098', 'more than there is', 800_000, [0, -1, -3, -5, 5], [0, -1, -3, -5, 5]),
  premium(
    '102',
    'impact bid < best bid < best ask = impact ask < index',
    [
      ['sell', '1', '10001'],
      ['buy', '1', '9999'],
    ],
    '10001.9',
    5000,
    1_000_000,
    '-89',
  ),
  premium('103', 'index < impact bid', BOOK, '9997.5', 5000, 1_000_000, '240'),
  premium(
    '104',
    'impact bid < index < best bid',
    [
      ['sell', '1', '10001'],
      ['buy', '0.1', '9999.9'],
      ['buy', '1', '9999.5'],
      ['buy', '1', '9999'],
    ],
    '9999.82',
    5000,
    1_000_000,
    '0',
  ),
  premium('105', 'best ask < index, too little offered', THIN_ASK, '10001', 2000, 100_000, '0'),
  premium(
    '106',
    'index < best bid, too little wanted',
    [
      ['sell', '1', '10000.1'],
      ['buy', '0.1', '9999.8'],
    ],
    '9999.5',
    2000,
    100_000,
    '0',
  ),
  {
    ...premium('110', 'impact ask far under the index', BOOK, '15000', 5000, 100_000, '-100000'),
    note: 'recorded as 14999.999999999998, which is 15000 in doubles; the answer is the limit either way',
  },
  premium('111', 'index < impact bid, too little offered', THIN_ASK, '9999', 5000, 100_000, '80'),
  premium('113', 'no impact notional: best bid', BOOK, '9997.5', 0, 1_000_000, '240'),
  tick('114', '60 samples of 0.1 %', { ppm: '1000' }, '1000', 625),
  tick('116', '60 samples of the largest premium', { ppm: '2147483647' }, '1500000', 937_500),
  tick('117', '60 samples of the smallest premium', { ppm: '-2147483648' }, '-1500000', -937_500),
  tick('118', '60 samples of 0.2 %', { ppm: '2000' }, '2000', 1250),
  tick(
    '122',
    '60 samples of -12 %, 20 % initial, 18 % maintenance',
    { ppm: '-120000', margin: margin(200_000, 900_000) },
    '-120000',
    -75_000,
  ),
  tick(
    '123',
    '60 samples of 12 %, initial equals maintenance',
    { ppm: '120000', margin: margin(1_000_000, 1_000_000), lot: '500' },
    '0',
    0,
  ),
  tick('124', 'first of two perpetuals', { ppm: '1000' }, '1000', 625),
  tick(
    '125',
    'second of two perpetuals',
    { ppm: '1000', margin: margin(500_000, 600_000), lot: ETH_LOT },
    '1000',
    375,
  ),
  tick('126', '60 samples of 0.1 %, 120 expected', { ppm: '1000', samplesMin: 120 }, '500', 312),
  tick('127', '30 samples of 0.1 %, 60 expected', { ppm: '1000', minutes: 30 }, '500', 312),
  tick('128', 'default funding of 0.1 %', { ppm: '1000', defaultPpm: 1000 }, '2000', 1250),
  tick(
    '131',
    'no samples',
    { ppm: '0', minutes: 0, margin: margin(1_000_000, 0), lot: '50000000000' },
    '0',
    0,
  ),
];
