/**
 * Three families of isolated linear liquidation prices, as freqtrade's tests have them: maintenance on
 * the mark (Binance), on the mark with the fee to close (Gate, OKX), on the entry (Bybit).
 */

import type { MarketInput } from '../../../../src/core/calculator/input.ts';
import type { MarginFact } from '../fact.ts';
import { flat, isolated, table } from '../layout.ts';

const SOURCE = 'freqtrade at c9ae5e1e, tests/exchange/test_exchange.py::test_get_liquidation_price';
type Case = readonly [
  id: string,
  size: string,
  entry: string,
  wallet: string,
  expected: string,
  tolerance?: string,
];

function family(venue: string, rules: Omit<MarketInput, 'mark'>, cases: readonly Case[]): MarginFact[] {
  return cases.map(([id, size, entry, wallet, expected, tolerance]) => ({
    id: `freqtrade_liq_formulas-${id}`,
    name: `${venue} ${size} @ ${entry} with ${wallet}`,
    source: SOURCE,
    evidence: 'upstream_test',
    checks: [
      {
        input: isolated({}, { mark: entry, ...rules }, { size, isolated: wallet }),
        expect: {
          liquidationPrice: {
            value: expected,
            tolerance: tolerance ?? '0.00000001',
            because: tolerance === undefined ? 'upstream computes in doubles' : 'printed with 6 decimals',
          },
        },
      },
    ],
  }));
}

const THIRD = '3.333333333333333333333333';

export const FREQTRADE: readonly MarginFact[] = [
  // A deduction of 0.01 at 1 %: from a notional of 1 on.
  ...family(
    'Binance',
    {
      tiers: table([
        ['0', '0'],
        ['1', '0.01', '0.01'],
      ]),
    },
    [
      ['001', '-1', '10', '2', '11.89108910891089'],
      ['002', '-1', '10', THIRD, '13.211221122079207'],
      ['003', '-1', '8', '1.6', '9.514851485148514'],
      ['004', '-0.6', '10', '1.2', '11.897689768976898'],
      ['005', '1', '10', '2', '8.070707070707071'],
      ['006', '1', '8', '1.6', '6.454545454545454'],
      ['007', '1', '10', THIRD, '6.723905723905723'],
    ],
  ),
  ...family('Gate', { tiers: flat('0.01'), closeFee: '0.0006' }, [
    ['009', '-1', '10', '2', '11.87413417771621'],
    ['010', '-2', '10', '4', '11.87413417771621'],
    ['012', '-1', '8', '1.6', '9.499307342172967'],
    ['014', '1', '10', '2', '8.085708510208207'],
    ['015', '1', '10', THIRD, '6.738090425173506'],
  ]),
  ...family('Bybit', { tiers: flat('0.01'), mmBasis: 'entry' }, [
    ['019', '1', '10', '2', '8.1'],
    ['021', '-1', '10', '10', '19.9'],
    ['022', '-1', '10', THIRD, '13.233333', '0.0000005'],
    ['023', '-1', '10', '2', '11.9'],
    ['024', '-1', '10', '1', '10.9'],
  ]),
];
