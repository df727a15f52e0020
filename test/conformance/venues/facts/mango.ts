/** Mango v4: init health of a perp alone is equity less initial margin, on the worst case of its orders. */

import type { MarginFact } from '../fact.ts';
import { flat, single } from '../layout.ts';

export const MANGO: readonly MarginFact[] = [
  {
    id: 'mango_v4-010',
    name: 'perp leg, asks execute: -10 lots, quote -131, bids 7, asks 11',
    evidence: 'upstream_test',
    source: 'mango-v4 at 1303a4a1, programs/mango-v4/src/health/cache.rs',
    note: 'A lot is worth 50; weights 0.8 and 1.2 are a rate of 20 % either way. Quote -131 is collateral -631 at an entry of 50. Health -841 is equity -631 less the 210 that 21 lots short need.',
    checks: [
      {
        input: single(
          {},
          { mark: '50', tiers: flat('0.2', '0.2'), orderMargin: 'worst_position' },
          { size: '-10' },
          '-631',
          [
            { side: 'buy', size: '7', price: '50' },
            { side: 'sell', size: '11', price: '50' },
          ],
        ),
        expect: { equity: '-631', initialMargin: '210', excess: '-841' },
      },
    ],
  },
];
