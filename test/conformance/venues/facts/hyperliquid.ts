import type { MarginFact } from '../fact.ts';
import { flat, isolated, single, table } from '../layout.ts';

const CCXT = 'ccxt hyperliquid.json, recorded clearinghouse states';
const TIERS_PAGE = 'hyperliquid.gitbook.io, Margin tiers';
const SDK = 'hyperliquid-python-sdk, state of 2023-03-27 (12 positions, cross)';
const HL = { model: 'hyperliquid' } as const;

/** The account's other positions only matter by their notional: one stands in for them. */
function march2023(
  id: string,
  name: string,
  mark: string,
  size: string,
  restNotional: string,
  expected: string,
): MarginFact {
  return {
    id,
    name,
    source: SDK,
    evidence: 'recorded_inferred',
    note: 'Then without the divisor 1 - l * side: maintenance did not move with the price. l = 1 % is inferred.',
    checks: [
      {
        input: {
          model: 'hyperliquid',
          asOf: '2023-03-27',
          markets: { M: { mark, tiers: flat('0.01') }, REST: { mark: '1', tiers: flat('0.01') } },
          account: {
            collateral: '1182.312496',
            positions: [
              { market: 'M', size, entryPrice: mark },
              { market: 'REST', size: restNotional, entryPrice: '1' },
            ],
          },
        },
        expect: {
          liquidationPrice: {
            value: expected,
            tolerance: '0.000001',
            because: 'account value and notional are recorded to 6 decimals',
          },
        },
      },
    ],
  };
}

/** mmr is half of 1 / max leverage. */
function tiers(
  id: string,
  name: string,
  rows: readonly (readonly string[])[],
  notional: string,
  expected: string,
): MarginFact {
  return {
    id,
    name,
    source: TIERS_PAGE,
    evidence: 'rule',
    checks: [
      {
        input: single(HL, { mark: '1', tiers: table(rows) }, { size: notional }, '1000000000'),
        expect: {
          maintenanceMargin: { value: expected, tolerance: '0.000001', because: 'expected as a double' },
        },
      },
    ],
  };
}

export const HYPERLIQUID: readonly MarginFact[] = [
  {
    id: 'hyperliquid-002',
    name: 'flx:CRCL long, isolated 3x (2025-11-28)',
    source: CCXT,
    evidence: 'recorded',
    note: 'rawUsd -6.955118 is collateral less cost: 0.13 * 80.262 - 6.955118 = 3.478942.',
    checks: [
      {
        input: isolated(HL, { mark: '80.262', tiers: flat('1/6') }, { size: '0.13', isolated: '3.478942' }),
        expect: {
          liquidationPrice: {
            value: '64.2010892308',
            tolerance: '0.000004',
            because: 'rawUsd is rounded to 6 decimals, divided by the size',
          },
        },
      },
    ],
  },
  {
    id: 'hyperliquid-005',
    name: 'ETH long beside a short: none',
    source: CCXT,
    evidence: 'recorded',
    checks: [
      {
        input: {
          model: 'hyperliquid',
          markets: { ETH: { mark: '2387', tiers: flat('0.01') }, REST: { mark: '1', tiers: flat('0.01') } },
          account: {
            collateral: '11524.216934',
            positions: [
              { market: 'ETH', size: '1.6', entryPrice: '2387' },
              { market: 'REST', size: '-68.98', entryPrice: '1' },
            ],
          },
        },
        expect: { maintenanceMargin: '38.8818', liquidationPrice: null },
      },
    ],
  },
  {
    id: 'hyperliquid-007',
    name: 'crossMaintenanceMarginUsed of 2024-03-05',
    source: CCXT,
    evidence: 'recorded',
    checks: [
      {
        input: single(HL, { mark: '1', tiers: flat('0.01') }, { size: '14157.9994' }, '19762.483455'),
        expect: { maintenanceMargin: '141.579994' },
      },
    ],
  },
  {
    id: 'hyperliquid-008',
    name: 'account value of 2024-10: raw USD plus signed notionals',
    source: CCXT,
    evidence: 'recorded',
    note: 'Raw USD 7773.996934 with entries of 2400 and 1: collateral 7773.996934 + 3840 - 68.98.',
    checks: [
      {
        input: {
          model: 'hyperliquid',
          markets: { ETH: { mark: '2387', tiers: flat('0.01') }, REST: { mark: '2', tiers: flat('0.01') } },
          account: {
            collateral: '11579.506934',
            positions: [
              { market: 'ETH', size: '1.6', entryPrice: '2400' },
              { market: 'REST', size: '-34.49', entryPrice: '1' },
            ],
          },
        },
        expect: { equity: '11524.216934' },
      },
    ],
  },
  {
    id: 'hyperliquid-009',
    name: 'account value of 2024-03: raw USD plus signed notionals',
    source: CCXT,
    evidence: 'recorded',
    note: 'Raw USD 5604.484055 with entries of 4000 and 1: collateral 5604.484055 + 14400 + 231.9797.',
    checks: [
      {
        input: {
          model: 'hyperliquid',
          markets: { ETH: { mark: '3803.9', tiers: flat('0.01') }, REST: { mark: '2', tiers: flat('0.01') } },
          account: {
            collateral: '20236.463755',
            positions: [
              { market: 'ETH', size: '3.6', entryPrice: '4000' },
              { market: 'REST', size: '231.9797', entryPrice: '1' },
            ],
          },
        },
        expect: { equity: '19762.483455' },
      },
    ],
  },
  {
    id: 'hyperliquid-011',
    name: 'long 3.6 in an account without leverage: none (2024-03-05)',
    source: CCXT,
    evidence: 'recorded',
    checks: [
      {
        input: {
          model: 'hyperliquid',
          markets: { ETH: { mark: '3803.9', tiers: flat('0.01') }, REST: { mark: '1', tiers: flat('0.01') } },
          account: {
            collateral: '19762.483455',
            positions: [
              { market: 'ETH', size: '3.6', entryPrice: '3803.9' },
              { market: 'REST', size: '463.9594', entryPrice: '1' },
            ],
          },
        },
        expect: { liquidationPrice: null },
      },
    ],
  },
  march2023('hyperliquid-020', 'APE short 131.8', '3.866', '-131.8', '2925.276534', '12.57589638'),
  march2023('hyperliquid-021', 'OP short 76.4', '2.045', '-76.4', '3278.577334', '17.0707113'),
  tiers(
    'hyperliquid-024',
    'BTC 100 M',
    [
      ['0', '1/80'],
      ['150000000', '1/40'],
    ],
    '100000000',
    '1250000',
  ),
  tiers(
    'hyperliquid-026',
    'BTC 200 M',
    [
      ['0', '1/80'],
      ['150000000', '1/40'],
    ],
    '200000000',
    '3125000',
  ),
  tiers(
    'hyperliquid-027',
    'ETH 150 M',
    [
      ['0', '1/50'],
      ['100000000', '1/30'],
    ],
    '150000000',
    '3666666.666666667',
  ),
  tiers(
    'hyperliquid-030',
    'DOGE 30 M',
    [
      ['0', '1/20'],
      ['20000000', '1/10'],
    ],
    '30000000',
    '2000000',
  ),
  tiers(
    'hyperliquid-031',
    'OP 5 M',
    [
      ['0', '1/20'],
      ['3000000', '1/10'],
    ],
    '5000000',
    '350000',
  ),
];
