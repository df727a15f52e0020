/** The tables. What is stated for the calculator already is taken from its suite and put to the engine. */
import type { QuoteMicros } from '../../../src/core/num/units.ts';
import { LIQUIDATION_PRESETS } from '../../../src/core/liquidation/presets.ts';
import type { Expected, FillFact, MarginFact } from '../venues/fact.ts';
import { DYDX } from '../venues/facts/dydx.ts';
import { OTHER_VENUES } from '../venues/facts/other-venues.ts';
import { FILLS, PNL } from '../venues/facts/positions.ts';
import { flat } from '../venues/layout.ts';
import type {
  CloseFact,
  FeeFact,
  FillsFact,
  FundingFact,
  InsuranceFact,
  SettlementFact,
  SharedFact,
  Steps,
  TakeoverFact,
  ValueFact,
} from './fact.ts';

const DYDX_INSURANCE = 'v4-chain at 84d4664b, x/clob/keeper/liquidations_test.go';
const DRIFT = 'drift-labs/protocol-v2 at 0ae3e3b1, math/liquidation/tests.rs';
const VEGA_SOCIALISED =
  'vegaprotocol/vega at a50750cc, core/integration/features/verified/0002-STTL-settlement-verified-loss-socialization';
const VEGA_FUNDING = 'vegaprotocol/vega at a50750cc, core/products/perpetual_test.go';

const CENTS: Steps = { tick: '0.01', lot: '0.001', decimals: 6 };

const FILL_STEPS: Readonly<Record<string, Steps>> = {
  'nautilus_positions-002': { tick: '1', lot: '1', decimals: 8 },
  'nautilus_positions-003': { tick: '0.00001', lot: '1', decimals: 8 },
  'nautilus_positions-016': { tick: '0.0001', lot: '1', decimals: 8 },
  'settlement_and_fills-005': { tick: '0.001', lot: '1', decimals: 6 },
  'settlement_and_fills-006': { tick: '0.001', lot: '0.01', decimals: 6 },
};
const FILLED: readonly FillsFact[] = FILLS.map((fact: FillFact) => ({
  asks: 'fills',
  fact,
  steps: FILL_STEPS[fact.id],
}));

const INVERSE: Steps = { tick: '0.01', lot: '1000', decimals: 12 };
const VALUED: readonly ValueFact[] = [
  ...PNL,
  ...OTHER_VENUES.filter(({ id }) => id === 'ftx_historic-001' || id === 'ftx_historic-002'),
].map((fact) => ({
  asks: 'value',
  fact,
  steps: fact.checks[0].input.markets['M'].kind === 'inverse' ? INVERSE : CENTS,
}));

const TAKEN_OVER: readonly TakeoverFact[] = [
  ...taken(DYDX, ['045', '046', '047', '048', '049', '050', '051', '053', '055', '134'], 'dydx_v4'),
  ...taken(DYDX, ['140'], 'dydx_v4', { tick: '0.001', lot: '1', decimals: 6 }),
  ...taken(OTHER_VENUES, ['007'], 'ftx_historic'),
  ...taken(DYDX, ['058'], 'dydx_v4').map((fact) => ({
    ...fact,
    differs: {
      price: '0.01',
      because:
        'upstream asks for less than nothing; a price is one tick at least, and the account keeps more',
    },
  })),
];

function taken(
  facts: readonly MarginFact[],
  numbers: readonly string[],
  source: string,
  steps = CENTS,
): TakeoverFact[] {
  return numbers.map((number) => ({
    asks: 'takeover',
    fact: facts.find(({ id }) => id === `${source}-${number}`)!,
    steps,
  }));
}

/** dYdX: 0.1 BTC at 50,000 with 10 % maintenance; `collateral` beside an entry at the mark is its equity. */
function fund(
  id: string,
  name: string,
  size: string,
  collateral: string,
  fillPrice: string,
  rate: string,
  fund: string,
): InsuranceFact {
  return {
    asks: 'insurance',
    id,
    name,
    source: DYDX_INSURANCE,
    evidence: 'upstream_test',
    steps: CENTS,
    mark: '50000',
    tiers: flat('0.1'),
    collateral,
    entryPrice: '50000',
    size,
    fillPrice,
    rate,
    fund,
  };
}

const INSURED: readonly (InsuranceFact | FeeFact)[] = [
  fund('dydx_v4-074', 'long above bankruptcy pays all of 0.5 %', '0.1', '-100', '56100', '0.005', '28.05'),
  fund('dydx_v4-075', 'long above bankruptcy pays all of 2.5 %', '0.1', '-100', '56100', '0.025', '140.25'),
  fund('dydx_v4-076', 'long above bankruptcy pays what it has', '0.1', '-100', '56100', '1', '510'),
  fund('dydx_v4-078', 'short above bankruptcy pays all of 2.5 %', '-0.1', '-100', '44100', '0.025', '110.25'),
  fund('dydx_v4-079', 'short above bankruptcy pays what it has', '-0.1', '-100', '44100', '1', '490'),
  fund('dydx_v4-080', 'long just above bankruptcy pays what it has', '0.1', '-100', '51051', '0.005', '5.1'),
  fund('dydx_v4-085', 'short below bankruptcy: the fund pays', '-0.1', '-100', '49490', '0.005', '-49'),
  {
    asks: 'fee',
    id: 'dydx_v4-086',
    name: 'a close-out for nothing pays nothing',
    source: DYDX_INSURANCE,
    evidence: 'upstream_test',
    rate: '0.005',
    value: 0,
    left: 4_900_000_000,
    fee: 0,
  },
  {
    asks: 'insurance',
    id: 'dydx_v4-140',
    name: 'long 500 @ 1 with 100 USDC, liquidated at 0.77',
    source: 'dYdX docs, insurance fund',
    evidence: 'published',
    steps: { tick: '0.001', lot: '1', decimals: 6 },
    mark: '0.801',
    tiers: flat('0.03'),
    collateral: '100',
    entryPrice: '1',
    size: '500',
    fillPrice: '0.77',
    rate: '0.005',
    fund: '-15',
  },
];

const CLOSED: readonly CloseFact[] = [
  {
    asks: 'close',
    id: 'drift_v2-037',
    name: 'base to cover a shortage of 10 at 10 %, USDC at 0.99',
    source: DRIFT,
    evidence: 'upstream_test',
    note: 'Lots of 1e-9 worth 99 nano-dollars; money in 1e-12.',
    rules: {
      ...LIQUIDATION_PRESETS.drift,
      threshold: 0 as QuoteMicros,
      buffer: { num: 1, den: 1 },
      fee: { num: 0, den: 1 },
    },
    size: 2_000_000_000,
    lotNotional: 99_000,
    rate: '0.1',
    equity: 9_800_000_000_000,
    maintenance: 19_800_000_000_000,
    lots: { value: '1010101010', tolerance: '1', because: 'upstream rounds down, we close enough to cover' },
  },
  {
    asks: 'close',
    id: 'drift_v2-051',
    name: 'a shortage of 49 is closed at once',
    source: DRIFT,
    evidence: 'upstream_test',
    rules: LIQUIDATION_PRESETS.drift,
    size: 10_000,
    lotNotional: 1_000_000,
    rate: '0.05',
    equity: 651_000_000,
    maintenance: 500_000_000,
    lots: '10000',
  },
];

function perUnit(number: string, name: string, paid: string): FundingFact {
  return {
    asks: 'funding',
    id: `vega_protocol-${number}`,
    name,
    source: VEGA_FUNDING,
    evidence: 'upstream_test',
    note: 'Of one unit; how the payment comes of two averages is for the suite of funding rules.',
    steps: { tick: '1', lot: '1', decimals: 0 },
    kind: 'linear',
    size: '1',
    price: '1000',
    paid,
    expect: { payment: paid },
  };
}

const FUNDED: readonly FundingFact[] = [
  perUnit('124', 'half of 220', '110'),
  perUnit('125', 'one and a half times 1100', '1650'),
  perUnit('126', 'no more than half the price', '55'),
  perUnit('127', 'no less than half the price', '55'),
  perUnit('130', 'no less than minus 0.5 % of the price', '-5'),
  {
    asks: 'funding',
    id: 'other_venues-013',
    name: 'BitMEX: 15,000 XBTUSD bought at 750, funding of 0.25 %, sold at 800',
    source: 'BitMEX documentation, funding',
    evidence: 'published',
    steps: { tick: '0.5', lot: '1', decimals: 8 },
    kind: 'inverse',
    size: '15000',
    price: '750',
    paid: '0.05/15000',
    expect: { payment: '0.05', closedAt: '800', total: '1.2' },
  },
];

const REMAINDER: string = 'the remainder goes to whom upstream comes to first, with us to the largest';
const within = (value: string): Expected => ({ value, tolerance: '1', because: REMAINDER });

const SHARED: readonly SharedFact[] = [
  {
    asks: 'shared',
    id: 'settlement_and_fills-001',
    name: '3,000 of gains of 8,000 and 80',
    source: `${VEGA_SOCIALISED}-case1.feature`,
    evidence: 'upstream_test',
    losses: [3000],
    fund: 0,
    gains: [8000, 80],
    expect: { fundAfter: 0, haircuts: ['2970', null] },
  },
  {
    asks: 'shared',
    id: 'settlement_and_fills-002',
    name: '5,500 of gains of 2,000, 6,000 and 80',
    source: `${VEGA_SOCIALISED}-case2.feature`,
    evidence: 'upstream_test',
    losses: [5500],
    fund: 0,
    gains: [2000, 6000, 80],
    expect: { fundAfter: 0, haircuts: [within('1362'), within('4083'), null] },
  },
  {
    asks: 'shared',
    id: 'settlement_and_fills-003',
    name: 'a fund of 3,000 covers 400 and 2,600',
    source: `${VEGA_SOCIALISED}-case5.feature`,
    evidence: 'upstream_test',
    losses: [400, 2600],
    fund: 3000,
    gains: [8000],
    expect: { fundAfter: 0, haircuts: ['0'] },
  },
];

export const SETTLEMENT_FACTS: readonly SettlementFact[] = [
  ...FILLED,
  ...VALUED,
  ...TAKEN_OVER,
  ...INSURED,
  ...CLOSED,
  ...FUNDED,
  ...SHARED,
];
