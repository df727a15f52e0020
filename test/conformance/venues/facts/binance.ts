import type { MarginFact } from '../fact.ts';
import { single, table } from '../layout.ts';
import { BTCUSDT_2021_03, BTCUSDT_2024_10 } from './btcusdt-tiers.ts';

const FAQ =
  'binance.com FAQ b3c689c1f50a44cabb3a84e663b81d93, numbers carried in freqtrade tests/exchange/test_binance.py';
/** ETHUSDT brackets of 2021 up to the tier of the example; its published deduction is cross-checked. */
const ETHUSDT_2021 = table([
  ['0', '0.005'],
  ['10000', '0.0065'],
  ['100000', '0.01'],
  ['500000', '0.02'],
  ['1000000', '0.05'],
  ['2000000', '0.1', '135365'],
]);
const VENUE = { model: 'binance', rounding: 'venue' } as const;

function recordedMargin(
  id: string,
  name: string,
  source: string,
  notional: string,
  mmr: string,
  expected: string,
): MarginFact {
  return {
    id,
    name,
    source,
    evidence: 'recorded_inferred',
    note: 'Binance cuts maintMargin to 8 decimals.',
    checks: [
      {
        input: single(VENUE, { mark: notional, tiers: table([['0', mmr]]) }, { size: '1' }, '1000'),
        expect: { positionMaintenance: expected },
      },
    ],
  };
}

/** The deduction itself is no output; what it does to a notional inside the tier is. */
function tierOf(
  rows: readonly (readonly string[])[],
  evidence: 'recorded' | 'published',
  source: string,
): (id: string, name: string, notional: string, expected: string) => MarginFact {
  return (id, name, notional, expected) => ({
    id,
    name,
    source,
    evidence,
    checks: [
      {
        input: single(
          { model: 'binance' },
          { mark: notional, tiers: table(rows) },
          { size: '1' },
          '1000000000',
        ),
        expect: { maintenanceMargin: expected },
      },
    ],
  });
}

const tier2021 = tierOf(
  BTCUSDT_2021_03,
  'recorded',
  'BTCUSDT table of 2021-03-26, gist highfestiva/b71e76f51eed84d56c1be8ebbcc286b5',
);
const tier2024 = tierOf(
  BTCUSDT_2024_10,
  'recorded',
  'BTCUSDT leverageBracket of 2024-10 as recorded in freqtrade',
);

export const BINANCE: readonly MarginFact[] = [
  {
    id: 'binance_usdm_coinm-001',
    name: 'ETH long, no other positions',
    source: FAQ,
    evidence: 'published',
    checks: [
      {
        input: single(
          { model: 'binance' },
          { mark: '1335.18', tick: '0.01', tiers: ETHUSDT_2021 },
          { size: '3683.979', entryPrice: '1456.84' },
          '1535443.01',
        ),
        expect: { liquidationPrice: '1114.78' },
      },
    ],
  },
  {
    id: 'binance_usdm_coinm-004',
    name: 'BTC cross beside an ETH position',
    source: FAQ,
    evidence: 'published',
    checks: [
      {
        input: {
          model: 'binance',
          markets: {
            BTC: { mark: '31967.27', tick: '0.01', tiers: table(BTCUSDT_2021_03) },
            ETH: { mark: '1335.18', tick: '0.01', tiers: ETHUSDT_2021 },
          },
          account: {
            collateral: '1535443.01',
            positions: [
              { market: 'BTC', size: '109.488', entryPrice: '32481.98' },
              { market: 'ETH', size: '3683.979', entryPrice: '1456.84' },
            ],
          },
        },
        expect: { liquidationPrice: '26316.89' },
      },
    ],
  },
  recordedMargin(
    'binance_usdm_coinm-009',
    'BTCUSDT 0.009 @ 67582.2',
    'ccxt binance.json',
    '608.2398',
    '0.004',
    '2.4329592',
  ),
  recordedMargin(
    'binance_usdm_coinm-012',
    'ADAUSDT 30 @ 0.4104759',
    'Binance /fapi/v3/positionRisk example',
    '12.314277',
    '0.0065',
    '0.0800428',
  ),
  recordedMargin(
    'binance_usdm_coinm-013',
    'BTCUSDT 0.003',
    'public fixture of 2022-04-10',
    '129.5889',
    '0.004',
    '0.5183556',
  ),
  recordedMargin(
    'binance_usdm_coinm-015',
    'BTCUSDT 0.002',
    'public fixture of 2024-07-15',
    '122.63842038',
    '0.004',
    '0.49055368',
  ),
  tier2021('binance_usdm_coinm-019', 'tier 3: 500000 * 0.01 - 1300', '500000', '3700'),
  tier2021('binance_usdm_coinm-020', 'tier 4: 5000000 * 0.025 - 16300', '5000000', '108700'),
  tier2021('binance_usdm_coinm-022', 'tier 6: 30000000 * 0.1 - 1266300', '30000000', '1733700'),
  tier2021('binance_usdm_coinm-023', 'tier 7: 80000000 * 0.125 - 2516300', '80000000', '7483700'),
  tier2021('binance_usdm_coinm-024', 'tier 8: 150000000 * 0.15 - 5016300', '150000000', '17483700'),
  tier2021('binance_usdm_coinm-025', 'tier 9: 300000000 * 0.25 - 25016300', '300000000', '49983700'),
  {
    id: 'binance_usdm_coinm-027',
    name: 'BTCUSD level 5, brackets in coin: 60 BTC * 0.05 - 1.81',
    source: 'Binance COIN-M FAQ ceccfcfb4e3a45e3b48b0b1bb1a8ae46',
    evidence: 'published',
    note: 'The FAQ states the deduction 0.56 of the level before, not its tiers; one tier stands in for them.',
    checks: [
      {
        input: single(
          { model: 'binance' },
          {
            kind: 'inverse',
            contractValue: '100',
            mark: '50000',
            tiers: table([
              ['0', '0.005'],
              ['28', '0.025', '0.56'],
              ['50', '0.05', '1.81'],
            ]),
          },
          { size: '30000' },
          '100',
        ),
        expect: { notional: '60', maintenanceMargin: '1.19' },
      },
    ],
  },
  tier2024('binance_usdm_coinm-029', 'tier 1: 25000 * 0.004', '25000', '100'),
  tier2024('binance_usdm_coinm-033', 'tier 5: 20000000 * 0.02 - 131450', '20000000', '268550'),
  tier2024('binance_usdm_coinm-034', 'tier 6: 80000000 * 0.025 - 481450', '80000000', '1518550'),
  tier2024('binance_usdm_coinm-035', 'tier 7: 200000000 * 0.05 - 2981450', '200000000', '7018550'),
  tier2024('binance_usdm_coinm-037', 'tier 9: 500000000 * 0.125 - 26481450', '500000000', '36018550'),
  tier2024('binance_usdm_coinm-039', 'tier 11: 1000000000 * 0.25 - 121481450', '1000000000', '128518550'),
  tier2024('binance_usdm_coinm-040', 'tier 12: 1500000000 * 0.5 - 421481450', '1500000000', '328518550'),
];
