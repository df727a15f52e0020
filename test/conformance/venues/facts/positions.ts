/** Fills, average prices, realised and unrealised profit. */

import type { FillFact, MarginFact } from '../fact.ts';
import { flat, single } from '../layout.ts';

const NAUTILUS = 'nautilus_trader at a95c8042, tests/unit_tests/model/test_position.py';
const EIGHT = 'upstream keeps money to 8 decimals';
const DOUBLE = 'expected as a double';

function unrealized(
  id: string,
  name: string,
  kind: 'linear' | 'inverse',
  size: string,
  entry: string,
  mark: string,
  pnl: string,
  tolerance = '0',
): MarginFact {
  return {
    id,
    name,
    source: NAUTILUS,
    evidence: 'upstream_test',
    checks: [
      {
        input: single(
          {},
          { kind, contractValue: '1', mark, tiers: flat('0') },
          { size, entryPrice: entry },
          '1000000',
        ),
        expect: { unrealizedPnl: { value: pnl, tolerance, because: tolerance === '0' ? 'exact' : EIGHT } },
      },
    ],
  };
}

export const PNL: readonly MarginFact[] = [
  unrealized('nautilus_positions-004', 'long win', 'linear', '12', '10500', '10510', '120'),
  unrealized('nautilus_positions-005', 'long loss', 'linear', '12', '10500', '10480.5', '-234'),
  unrealized('nautilus_positions-006', 'short win', 'linear', '-10.15', '10500', '10390', '1116.5'),
  unrealized(
    'nautilus_positions-011',
    'ETHUSD short, settled in ETH',
    'inverse',
    '-100000',
    '375.95',
    '370',
    '4.27745208',
    '0.000000005',
  ),
  unrealized(
    'nautilus_positions-013',
    'XBTUSD short',
    'inverse',
    '-1250000',
    '15500',
    '12506.65',
    '19.301667',
    '0.0000005',
  ),
];

export const FILLS: readonly FillFact[] = [
  {
    id: 'nautilus_positions-002',
    name: 'buys and sells interleaved, fee 0.1 %',
    source: NAUTILUS,
    evidence: 'upstream_test',
    note: 'Fees are part of realised profit.',
    fills: [
      ['12', '10000'],
      ['17', '9999'],
      ['-9', '10001'],
      ['3', '10003'],
      ['-4', '10005'],
    ],
    feeRate: '0.001',
    expect: [
      {
        afterFill: 2,
        entryPrice: { value: '9999.413793103447', tolerance: '0.000000001', because: DOUBLE },
        realizedPnl: '-289.983',
      },
      { afterFill: 3, realizedPnl: { value: '-365.71613793', tolerance: '0.00000001', because: EIGHT } },
      {
        afterFill: 4,
        realizedPnl: { value: '-395.72513793', tolerance: '0.00000001', because: EIGHT },
        entryPrice: { value: '9999.88155922039', tolerance: '0.00000001', because: DOUBLE },
      },
      {
        afterFill: 5,
        realizedPnl: { value: '-415.27137481', tolerance: '0.00000002', because: EIGHT },
        size: '19',
      },
    ],
  },
  {
    id: 'nautilus_positions-003',
    name: 'two buys, closed at once, before fees',
    source: NAUTILUS,
    evidence: 'upstream_test',
    fills: [
      ['100000', '1'],
      ['100000', '1.00001'],
      ['-200000', '1.0001'],
    ],
    feeRate: '0',
    expect: [
      { afterFill: 2, entryPrice: '1.000005' },
      { afterFill: 3, realizedPnl: '19', size: '0' },
    ],
  },
  {
    id: 'nautilus_positions-016',
    name: 'long 100000, sell 150000: short 50000',
    source: NAUTILUS,
    evidence: 'upstream_test',
    note: 'Before fees; upstream charges 3.75 on top.',
    fills: [
      ['100000', '0.75'],
      ['-150000', '0.7502'],
    ],
    feeRate: '0',
    expect: [{ afterFill: 2, size: '-50000', entryPrice: '0.7502', realizedPnl: '20' }],
  },
  {
    id: 'settlement_and_fills-005',
    name: 'HYPE sell 1 @ 25.585 of an average of 30 (2026-01)',
    source: 'ccxt hyperliquid.json, fetchMyTrades',
    evidence: 'recorded_inferred',
    note: 'Two closes of one position imply the average of 30.',
    fills: [
      ['1', '30'],
      ['-1', '25.585'],
    ],
    feeRate: '0',
    expect: [{ afterFill: 2, realizedPnl: '-4.415' }],
  },
  {
    id: 'settlement_and_fills-006',
    name: 'flx:CRCL 0.13 @ 80.262 and 0.14 @ 70, liquidated @ 55.877',
    source: 'ccxt hyperliquid.json, fetchMyTrades and fetchPositions',
    evidence: 'recorded',
    fills: [
      ['0.13', '80.262'],
      ['0.14', '70'],
      ['-0.27', '55.877'],
    ],
    feeRate: '0',
    expect: [
      {
        afterFill: 3,
        realizedPnl: {
          value: '-5.147253',
          tolerance: '0.0003',
          because: 'the recorded entry of 80.262 is itself rounded',
        },
      },
    ],
  },
];
