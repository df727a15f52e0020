/**
 * The tier at the liquidation price is often not the tier of today. `naiveLiquidationPrice` is the
 * closed form evaluated in the tier of the entry notional: wrong wherever a tier is crossed.
 */

import type { MarginFact } from '../fact.ts';
import { single, table } from '../layout.ts';
import { BTCUSDT_2024_10 } from './btcusdt-tiers.ts';

const SOURCE =
  'consequence of the recorded BTCUSDT table of 2024-10; expected by bisection on the marginal sum';

function crossing(
  id: string,
  name: string,
  size: string,
  entry: string,
  wallet: string,
  expected: string | null,
  naive: string | null,
): MarginFact {
  return {
    id,
    name,
    source: SOURCE,
    evidence: 'rule',
    checks: [
      {
        input: single({}, { mark: entry, tiers: table(BTCUSDT_2024_10) }, { size }, wallet),
        expect: {
          liquidationPrice:
            expected === null
              ? null
              : { value: expected, tolerance: '0.000001', because: 'the bisection was done in doubles' },
        },
        ...(naive === null ? {} : { naiveLiquidationPrice: naive }),
      },
    ],
  };
}

export const TIER_CROSSING: readonly MarginFact[] = [
  crossing(
    'derived_tier_crossing-001',
    'long 25 @ 30000: tier 3 now, tier 2 then',
    '25',
    '30000',
    '300000',
    '18088.442211055277',
    '18079.51685958732',
  ),
  crossing(
    'derived_tier_crossing-004',
    'long 100 @ 50000: tier 4 both times',
    '100',
    '50000',
    '2000000',
    '30187.37373737374',
    null,
  ),
  crossing(
    'derived_tier_crossing-006',
    'short 2 @ 60000: tier 2 both times',
    '-2',
    '60000',
    '50000',
    '84601.99004975124',
    null,
  ),
  crossing(
    'derived_tier_crossing-008',
    'long 4000 @ 40000: tier 7 both times',
    '4000',
    '40000',
    '30000000',
    '33425.93421052632',
    null,
  ),
  crossing('derived_tier_crossing-010', 'long 1 @ 40000 fully paid: none', '1', '40000', '40000', null, null),
  crossing(
    'derived_tier_crossing-011',
    'short 0.8 @ 62000: tier 1 now, tier 2 then',
    '-0.8',
    '62000',
    '5000',
    '67972.63681592038',
    '67978.08764940238',
  ),
];
