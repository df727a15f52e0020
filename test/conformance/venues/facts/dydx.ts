/** dYdX v4. Quote quantums are 1e-6 USDC; a base quantum of BTC is 1e-8 here, of ETH 1e-9. */

import type { DifferingFact, MarginFact } from '../fact.ts';
import { flat, single } from '../layout.ts';

const REPO = 'dydxprotocol/v4-chain at 84d4664b, ';
const TIER_TEST = `${REPO}x/perpetuals/types/liquidity_tier_test.go`;
const LIB_TEST = `${REPO}x/perpetuals/lib/lib_test.go`;
const LIQUIDATION_TEST = `${REPO}x/clob/keeper/liquidations_test.go`;
const VENUE = { model: 'dydx', rounding: 'venue' } as const;

/** MM ppm = IM ppm * fraction: on a notional of 1 the margin is the rate. */
function maintenancePpm(
  id: string,
  name: string,
  imr: string,
  fraction: string,
  expected: string,
): MarginFact {
  return {
    id,
    name,
    source: TIER_TEST,
    evidence: 'upstream_test',
    checks: [
      {
        input: single(
          { model: 'dydx' },
          {
            mark: '1',
            tiers: [{ floor: '0', imr, maintenanceFraction: fraction }],
            maintenanceFrom: 'rate',
            rounding: { rate: { unit: '0.000001', direction: 'floor' } },
          },
          { size: '1' },
          '1',
        ),
        expect: { maintenanceMargin: expected },
      },
    ],
  };
}

function initialWithOpenInterest(
  id: string,
  name: string,
  imr: string,
  lower: string,
  upper: string,
  openInterest: string,
  notional: string,
  expected: string,
): MarginFact {
  return {
    id,
    name,
    source: TIER_TEST,
    evidence: 'upstream_test',
    checks: [
      {
        input: single(
          VENUE,
          {
            mark: '1',
            tiers: flat('0', imr),
            openInterestScaling: { lower, upper, openInterest },
          },
          { size: notional },
          '1',
        ),
        expect: { initialMargin: expected },
      },
    ],
  };
}

function requirements(
  id: string,
  name: string,
  mark: string,
  size: string,
  imr: string,
  fraction: string,
  initial: string,
  maintenance: string,
  scaling?: { lower: string; upper: string; openInterest: string },
): MarginFact {
  return {
    id,
    name,
    source: LIB_TEST,
    evidence: 'upstream_test',
    note: 'The scaled rate is cut to ppm, then each step rounds up to a quantum. Maintenance is of the base rate.',
    checks: [
      {
        input: single(
          VENUE,
          {
            mark,
            tiers: [{ floor: '0', imr, maintenanceFraction: fraction }],
            ...(scaling === undefined ? {} : { openInterestScaling: scaling }),
          },
          { size },
          '1',
        ),
        expect: { initialMargin: initial, maintenanceMargin: maintenance },
      },
    ],
  };
}

type Holding = readonly [market: 'BTC' | 'ETH', size: string];
const MARKETS = {
  BTC: { mark: '50000', tiers: [{ floor: '0', imr: '0.2', maintenanceFraction: '0.5' }] },
  ETH: { mark: '3000', tiers: [{ floor: '0', imr: '0.2', maintenanceFraction: '0.5' }] },
};

/** `collateral` is the USDC of the test plus what the positions were bought for, at the mark. */
function bankruptcy(
  id: string,
  name: string,
  collateral: string,
  holdings: readonly Holding[],
  position: number,
  price: string | null,
  note: string,
  value?: string,
): MarginFact {
  return {
    id,
    name,
    source: LIQUIDATION_TEST,
    evidence: 'upstream_test',
    note,
    checks: [
      {
        input: {
          ...VENUE,
          markets: MARKETS,
          account: {
            collateral,
            positions: holdings.map(([market, size]) => ({ market, size, entryPrice: MARKETS[market].mark })),
          },
        },
        expect: {
          position,
          bankruptcyPrice: price,
          ...(value === undefined ? {} : { bankruptcyValue: value }),
        },
      },
    ],
  };
}

export const DYDX: readonly MarginFact[] = [
  maintenancePpm('dydx_v4-001', '15 % at 80 %', '0.15', '0.8', '0.12'),
  maintenancePpm('dydx_v4-002', '45 % at 77 %', '0.45', '0.77', '0.3465'),
  maintenancePpm('dydx_v4-004', '100 % at 100 %', '1', '1', '1'),
  maintenancePpm('dydx_v4-006', '0 % at 0 %', '0', '0', '0'),
  initialWithOpenInterest(
    'dydx_v4-018',
    '56.7243 % of 123456 quantums rounds up',
    '0.567243',
    '0',
    '0',
    '0',
    '0.123456',
    '0.07003',
  ),
  initialWithOpenInterest(
    'dydx_v4-021',
    'open interest above the upper cap',
    '0.2',
    '25000000',
    '50000000',
    '80000000',
    '0.5',
    '0.5',
  ),
  initialWithOpenInterest(
    'dydx_v4-022',
    'open interest at the lower cap',
    '0.2',
    '25000000',
    '50000000',
    '25000000',
    '0.5',
    '0.1',
  ),
  initialWithOpenInterest(
    'dydx_v4-025',
    'half way between the caps: 600000 ppm',
    '0.2',
    '1',
    '2',
    '1.5',
    '1',
    '0.6',
  ),
  initialWithOpenInterest('dydx_v4-029', 'above the caps: 1000000 ppm', '0.2', '1', '2', '2.5', '1', '1'),
  initialWithOpenInterest('dydx_v4-030', 'no caps: 200000 ppm', '0.2', '0', '0', '1.5', '1', '0.2'),
  requirements(
    'dydx_v4-031',
    '1 % and half of it, resolution 4',
    '5555',
    '0.7',
    '0.01',
    '0.5',
    '38.885',
    '19.4425',
  ),
  requirements('dydx_v4-033', '100 % and all of it', '5555', '0.007', '1', '1', '38.885', '38.885'),
  requirements('dydx_v4-034', '1 % and all of it', '5555', '0.007', '0.01', '1', '0.38885', '0.38885'),
  requirements('dydx_v4-035', 'no margin at all', '5555', '0.007', '0', '1', '0', '0'),
  requirements(
    'dydx_v4-037',
    'price and size of 2^64 - 1',
    '1844674407370955161.5',
    '18446744073709.551615',
    '0.0001',
    '1',
    '3402823669209384634264811192.843492',
    '3402823669209384634264811192.843492',
  ),
  requirements(
    'dydx_v4-043',
    'open interest above the caps: initial is all of it',
    '36750',
    '0.012',
    '0.2',
    '0.5',
    '441',
    '44.1',
    { lower: '10000000', upper: '20000000', openInterest: '1000' },
  ),
  requirements(
    'dydx_v4-044',
    'open interest between the caps',
    '36750',
    '0.012',
    '0.2',
    '0.5',
    '318.042585',
    '44.1',
    { lower: '25000000', upper: '50000000', openInterest: '1123.456789' },
  ),
  bankruptcy(
    'dydx_v4-045',
    'long slightly below maintenance',
    '499',
    [['BTC', '0.1']],
    0,
    '45010',
    '4501 for 0.1',
    '4501',
  ),
  bankruptcy(
    'dydx_v4-046',
    'short slightly below maintenance',
    '499',
    [['BTC', '-0.1']],
    0,
    '54990',
    '5499 for 0.1',
    '-5499',
  ),
  bankruptcy('dydx_v4-047', 'long at bankruptcy', '0', [['BTC', '0.1']], 0, '50000', '5000 for 0.1', '5000'),
  bankruptcy(
    'dydx_v4-048',
    'long at bankruptcy, half closed',
    '0',
    [['BTC', '0.1']],
    0,
    '50000',
    '2500 for 0.05: the price does not depend on how much is closed',
    '5000',
  ),
  bankruptcy(
    'dydx_v4-049',
    'short at bankruptcy, half closed',
    '0',
    [['BTC', '-0.1']],
    0,
    '50000',
    '2500 for 0.05',
    '-5000',
  ),
  bankruptcy(
    'dydx_v4-050',
    'short at bankruptcy',
    '0',
    [['BTC', '-0.1']],
    0,
    '50000',
    '5000 for 0.1',
    '-5000',
  ),
  bankruptcy(
    'dydx_v4-051',
    'long below bankruptcy',
    '-100',
    [['BTC', '0.1']],
    0,
    '51000',
    '5100 for 0.1',
    '5100',
  ),
  bankruptcy(
    'dydx_v4-053',
    'ETH of two longs',
    '10',
    [
      ['BTC', '0.004'],
      ['ETH', '0.1'],
    ],
    1,
    '2940',
    '294 for 0.1: 6 of the 10 USDC, its share of maintenance',
    '294',
  ),
  bankruptcy(
    'dydx_v4-055',
    'ETH short beside a BTC long',
    '10',
    [
      ['BTC', '0.004'],
      ['ETH', '-0.1'],
    ],
    1,
    '3060',
    '306 for 0.1',
    '-306',
  ),
  bankruptcy(
    'dydx_v4-058',
    'long that cannot be closed at a loss',
    '50001',
    [['BTC', '1']],
    0,
    null,
    'nobody buys at -1: there is no such price, and an exchange takes over at its lowest',
    '-1',
  ),
  bankruptcy(
    'dydx_v4-134',
    'deleveraging a short, half closed',
    '4999',
    [['BTC', '-1']],
    0,
    '54999',
    '27499.5 for 0.5: both sides fill at the bankruptcy price',
  ),
  {
    id: 'dydx_v4-137',
    name: 'cross: short 1.5 ETH beside long 1000 STRK',
    source: 'dYdX docs, liquidations',
    evidence: 'published',
    checks: [
      {
        input: {
          model: 'dydx',
          markets: {
            ETH: { mark: '3000', tiers: flat('0.05') },
            STRK: { mark: '1.75', tiers: flat('0.1') },
          },
          account: {
            collateral: '1000',
            positions: [
              { market: 'ETH', size: '-1.5', entryPrice: '3000' },
              { market: 'STRK', size: '1000', entryPrice: '1.75' },
            ],
          },
        },
        expect: {
          liquidationPrice: { value: '3380.95', tolerance: '0.005', because: 'printed with 2 decimals' },
        },
      },
    ],
  },
  {
    id: 'dydx_v4-140',
    name: 'long 500 @ 1 with 100 USDC, oracle 0.801',
    source: 'dYdX docs, insurance fund',
    evidence: 'published',
    note: 'Liquidated at 0.77, the fund pays (0.80 - 0.77) * 500 = 15: ../settlement asks for that.',
    checks: [
      {
        input: single(
          { model: 'dydx' },
          { mark: '0.801', tiers: flat('0.03') },
          { size: '500', entryPrice: '1' },
          '100',
        ),
        expect: { equity: '0.5', bankruptcyPrice: '0.8', liquidatable: true },
      },
    ],
  },
];

export const DYDX_DIFFERS: readonly DifferingFact[] = [
  {
    id: 'dydx_v4-036',
    name: 'a market at price zero',
    source: LIB_TEST,
    evidence: 'upstream_test',
    input: single(
      VENUE,
      { mark: '0', tiers: [{ floor: '0', imr: '0.0001', maintenanceFraction: '1' }] },
      { size: '-0.007', entryPrice: '1' },
      '1',
    ),
    venueSays: 'initial and maintenance margin 0',
    weRefuseWith: 'number_not_positive',
    because: 'A zero mark is a broken feed, not a valuation: an account must not look safe because of it.',
  },
];
