/** Drift v2: ratios rise with the square root of base size: max(m, 0.8 m + imf * sqrt(size)). */

import type { MarginFact } from '../fact.ts';
import { flat, single } from '../layout.ts';

const REPO = 'drift-labs/protocol-v2 at 0ae3e3b1, ';
const MARKET_TEST = `${REPO}state/perp_market/tests.rs`;
const VENUE = { model: 'drift', rounding: 'venue' } as const;
const M = { base: '0.04', slope: '0', power: '0.5', min: '0.05' };

export const DRIFT: readonly MarginFact[] = [
  {
    id: 'drift_v2-018',
    name: 'size 1, imf 0: initial 10 %',
    source: MARKET_TEST,
    evidence: 'upstream_test',
    checks: [
      {
        input: single(
          VENUE,
          {
            mark: '1',
            curve: { ...M, initial: { base: '0.08', slope: '0', power: '0.5', min: '0.1' } },
          },
          { size: '1' },
          '1',
        ),
        expect: { initialMargin: '0.1', maintenanceMargin: '0.05' },
      },
    ],
  },
  {
    id: 'drift_v2-021',
    name: '1000000 base, imf 50: initial 13 %',
    source: MARKET_TEST,
    evidence: 'upstream_test',
    checks: [
      {
        input: single(
          VENUE,
          {
            mark: '1',
            curve: { ...M, initial: { base: '0.08', slope: '0.00005', power: '0.5', min: '0.1' } },
          },
          { size: '1000000' },
          '1000000',
        ),
        expect: { initialMargin: '130000' },
      },
    ],
  },
  {
    id: 'drift_v2-025',
    name: 'high leverage mode, 3000 base: maintenance 0.67 %',
    source: MARKET_TEST,
    evidence: 'upstream_test',
    checks: [
      {
        input: single(
          VENUE,
          {
            mark: '1',
            curve: { base: '0.004', slope: '0.00005', power: '0.5', min: '0.005' },
          },
          { size: '3000' },
          '3000',
        ),
        expect: { maintenanceMargin: '20.1' },
      },
    ],
  },
  {
    id: 'drift_v2-026',
    name: 'high leverage mode, 300000 base: maintenance 3.13 %',
    source: MARKET_TEST,
    evidence: 'upstream_test',
    checks: [
      {
        input: single(
          VENUE,
          {
            mark: '1',
            curve: { base: '0.004', slope: '0.00005', power: '0.5', min: '0.005' },
          },
          { size: '300000' },
          '300000',
        ),
        expect: { maintenanceMargin: '9390' },
      },
    ],
  },
  {
    id: 'drift_v2-034',
    name: 'short 6.147540983 BTC @ 22050: initial requirement',
    source: `${REPO}math/margin/tests.rs`,
    evidence: 'upstream_test',
    checks: [
      {
        input: single(
          VENUE,
          {
            mark: '22050',
            curve: { ...M, initial: { base: '0.08', slope: '0.001', power: '0.5', min: '0.1' } },
          },
          { size: '-6.147540983' },
          '20000',
        ),
        expect: { initialMargin: '13555.327867' },
      },
    ],
  },
  {
    id: 'drift_v2-059',
    name: 'long 20 @ 1, cost 10, 10x',
    source: `${REPO}sdk/tests/user/test.ts`,
    evidence: 'upstream_test',
    note: 'Upstream is liquidatable all the same: its mock gives unrealised profit no weight as collateral.',
    checks: [
      {
        input: single(VENUE, { mark: '1', tiers: flat('0.1') }, { size: '20', entryPrice: '0.5' }, '0'),
        expect: { maintenanceMargin: '2', unrealizedPnl: '10' },
      },
    ],
  },
];
