/** Facts of the other venues: recorded rates, published examples and rules, upstream tests. */
import {
  binance,
  binanceBefore2025,
  BITMEX,
  DERIBIT,
  DRIFT,
  HYPERLIQUID,
  OKX,
  VEGA,
} from '../../../src/core/price/funding-presets.ts';
import type { FundingRule } from '../../../src/core/price/funding.ts';
import type { Rate } from '../../../src/core/num/units.ts';
import type { FundingFact, RateFact } from './fact.ts';

const HOUR = 3_600_000_000;
const rate = (num: number, den: number): Rate => ({ num, den });

type RateFields = Pick<RateFact, 'id' | 'name' | 'source' | 'evidence' | 'rule' | 'average'> &
  Partial<RateFact>;
const asks = (fact: RateFields): FundingFact => ({ asks: 'rate', margin: null, ...fact });

/**
 * Hyperliquid in May 2023 paid every eight hours; the damper of 0.03 % is inferred, the same in all rows.
 * The clamp that is published today (0.05 %) would leave 0.0005 between premium and rate.
 */
const HYPERLIQUID_2023: FundingRule = {
  ...HYPERLIQUID,
  name: 'hyperliquid-2023',
  intervalUs: 8 * HOUR,
  damper: rate(3, 10_000),
};
const hyperliquid2023 = (coin: string, premium: string, funding: string): FundingFact =>
  asks({
    id: `hyperliquid-2023-05-12-${coin}`,
    name: `${coin}, 2023-05-12 00:00`,
    source: 'funding history of the venue, dataset ironflow/hyperliquid-funding',
    evidence: 'recorded_inferred',
    rule: HYPERLIQUID_2023,
    average: premium,
    rate: funding,
  });

/** BitMEX XBTUSD at 100x: 1 % initial, 0.5 % maintenance. */
const XBTUSD = { initial: rate(1, 100), maintenance: rate(1, 200) };
const MMR_04 = { initial: rate(8, 1000), maintenance: rate(4, 1000) };

const binanceFact = (
  name: string,
  rule: FundingRule,
  average: string,
  is: string,
  because: string,
): FundingFact =>
  asks({
    id: `binance-${rule.name}-${average}`,
    name,
    source: 'F = [P + clamp(I - P, 0.05 %, -0.05 %)] / (8/N), announcement of 2025-09',
    evidence: 'rule',
    note: because,
    rule,
    margin: MMR_04,
    average,
    rate: is,
  });

export const VENUE_FUNDING: readonly FundingFact[] = [
  asks({
    id: 'drift_v2-058',
    name: 'Drift: a day of -0.2 %, one hour of it',
    source: 'programs/drift/src/math/funding/tests.rs',
    evidence: 'upstream_test',
    rule: DRIFT,
    average: '-65027/32546442',
    payment: { notional: '32546442000', is: '-65027000/24' },
  }),
  {
    asks: 'index',
    id: 'drift_v2-058',
    name: 'Drift: the same on its index, a thousandth of a price unit',
    source: 'programs/drift/src/math/funding/tests.rs',
    evidence: 'upstream_test',
    note: 'Drift counts 10^-9 where a price is 10^-6: a thousandth of what FUNDING_SCALE makes',
    rule: DRIFT,
    quoted: '-65027/32546442',
    notional: '32546442/1000',
    increment: '-2709458',
  },
  ...(
    [
      ['124', '2', { scale: rate(1, 2) }, '110', '1'],
      ['125', '10', { scale: rate(3, 2) }, '1650', '15'],
      ['126', '100/110', { limits: { ...VEGA.limits, max: rate(1, 2) } }, '55', '1/2'],
      ['127', '5/110', { limits: { ...VEGA.limits, min: rate(1, 2) } }, '55', '1/2'],
    ] as const
  ).map(([id, average, given, payment, quoted]) =>
    asks({
      id: `vega_protocol-${id}`,
      name: `Vega: distance ${average} of 110`,
      source: 'core/products/perpetual_test.go::TestFundingPaymentModifiers',
      evidence: 'upstream_test',
      rule: { ...VEGA, ...given },
      average,
      rate: quoted,
      payment: { notional: '110', is: payment },
    }),
  ),
  asks({
    id: 'vega_protocol-130',
    name: 'Vega: inner 990, outer 1000, not under -0.5 %',
    source: 'core/integration/features/settlement/0053-PERP-funding-rate-modifiers.feature',
    evidence: 'upstream_test',
    rule: { ...VEGA, limits: { ...VEGA.limits, min: rate(-5, 1000) } },
    average: '-10/1000',
    rate: '-0.005',
    payment: { notional: '1000', is: '-5' },
  }),
  asks({
    id: 'other_venues-024',
    name: 'Deribit: premium inside the damper',
    source: 'support.deribit.com 31424939178397',
    evidence: 'rule',
    rule: DERIBIT,
    average: '0.0002',
    rate: '0',
  }),
  asks({
    id: 'other_venues-026',
    name: 'Deribit: premium past the damper',
    source: 'support.deribit.com 31424939178397',
    evidence: 'rule',
    rule: DERIBIT,
    average: '0.001',
    rate: '0.00075',
  }),
  asks({
    id: 'deribit-cap',
    name: 'Deribit: at most 0.5 %',
    source: 'support.deribit.com 31424939178397',
    evidence: 'rule',
    rule: DERIBIT,
    average: '-0.02',
    rate: '-0.005',
  }),
  {
    asks: 'interest',
    id: 'other_venues-013',
    name: 'BitMEX: interest of 15000 XBTUSD at 750',
    source: 'bitmex.com/app/perpetualContractsGuideExamples',
    evidence: 'published',
    quote: rate(1, 100),
    base: rate(25, 10_000),
    perDay: 3,
    interest: '0.0025',
    payment: { contractUnits: '15000', price: '750', is: '0.05' },
  },
  asks({
    id: 'other_venues-013',
    name: 'BitMEX: the rate is that interest while the premium is near it',
    source: 'bitmex.com/app/perpetualContractsGuideExamples',
    evidence: 'published',
    note: 'the example gives no premium: any within 0.05 % of the interest will do',
    rule: { ...BITMEX, interest: rate(25, 10_000) },
    margin: XBTUSD,
    average: '0.0021',
    rate: '0.0025',
    payment: { notional: '20', is: '0.05' },
  }),
  asks({
    id: 'bitmex-cap-8h',
    name: 'BitMEX: at most 0.375 % an interval, 1.125 % a day',
    source: 'blog.bitmex.com/important-changes-to-bitcoin-usd-swap-funding',
    evidence: 'published',
    rule: BITMEX,
    margin: XBTUSD,
    average: '0.05',
    rate: '0.00375',
  }),
  asks({
    id: 'bitmex-cap-2h',
    name: 'BitMEX: the same each two hours, 4.5 % a day',
    source: 'blog.bitmex.com/important-changes-to-bitcoin-usd-swap-funding',
    evidence: 'published',
    rule: { ...BITMEX, intervalUs: 2 * HOUR, periodUs: 2 * HOUR },
    margin: XBTUSD,
    average: '-0.05',
    rate: '-0.00375',
    payment: { notional: '12', is: '-0.045' },
  }),
  asks({
    id: 'hyperliquid-example',
    name: 'Hyperliquid: impact bid 10100 over an oracle of 10000',
    source: 'hyperliquid.gitbook.io/hyperliquid-docs/trading/funding',
    evidence: 'published',
    note: '1 % less 0.05 % is 0.95 % in eight hours, an eighth of it each hour',
    rule: HYPERLIQUID,
    average: '0.01',
    paid: '0.0011875',
    payment: { notional: '800000', is: '950' },
  }),
  asks({
    id: 'hyperliquid-interest',
    name: 'Hyperliquid: without premium 0.00125 % an hour',
    source: 'hyperliquid.gitbook.io/hyperliquid-docs/trading/funding',
    evidence: 'published',
    rule: HYPERLIQUID,
    average: '0',
    rate: '0.0000125',
  }),
  asks({
    id: 'hyperliquid-cap',
    name: 'Hyperliquid: at most 4 % an hour',
    source: 'hyperliquid.gitbook.io/hyperliquid-docs/trading/funding',
    evidence: 'published',
    rule: HYPERLIQUID,
    average: '0.5',
    rate: '0.04',
  }),
  hyperliquid2023('APE', '-0.000691', '-0.000391'),
  hyperliquid2023('ARB', '-0.000281', '0.000019'),
  hyperliquid2023('BNB', '-0.000952', '-0.000652'),
  hyperliquid2023('ETH', '-0.000214', '0.000086'),
  hyperliquid2023('INJ', '-0.001782', '-0.001482'),
  hyperliquid2023('kPEPE', '-0.00032', '-0.00002'),
  binanceFact('Binance 8h: inside the damper', binance(8), '0.0004', '0.0001', 'I - P = -0.0003, so F = I'),
  binanceFact('Binance 8h: past the damper', binance(8), '0.001', '0.0005', '0.001 - 0.0005'),
  binanceFact('Binance 4h: the same divided by two', binance(4), '0.001', '0.00025', '0.0005 / 2'),
  binanceFact('Binance 1h: the same divided by eight', binance(1), '0.001', '0.0000625', '0.0005 / 8'),
  binanceFact('Binance 4h: below the index', binance(4), '-0.002', '-0.00075', '(-0.002 + 0.0005) / 2'),
  binanceFact('Binance 8h: cap', binance(8), '0.02', '0.003', '0.75 of 0.4 %; the factor is from memory'),
  binanceFact(
    'Binance 4h before: the premium was not divided',
    binanceBefore2025(4),
    '0.001',
    '0.0005',
    '0.001 + clamp(0.00005 - 0.001)',
  ),
  binanceFact(
    'Binance 4h before: interest of four hours',
    binanceBefore2025(4),
    '0.0001',
    '0.00005',
    '0.03 % a day is 0.005 % in four hours',
  ),
  asks({
    id: 'okx-mean',
    name: 'OKX: the mean premium itself',
    source: 'OKX: clamp(MA(premium - interest), cap, floor), interest 0',
    evidence: 'rule',
    rule: OKX,
    average: '0.0003',
    rate: '0.0003',
  }),
  asks({
    id: 'okx-cap',
    name: 'OKX: at most its cap',
    source: 'OKX: clamp(MA(premium - interest), cap, floor), interest 0',
    evidence: 'rule',
    rule: OKX,
    average: '0.03',
    rate: '0.015',
  }),
];
