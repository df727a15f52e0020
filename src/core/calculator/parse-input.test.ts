import { describe, expect, it } from 'vitest';
import { calculate } from './calculate.ts';
import { parseCalculatorInput } from './parse-input.ts';

type Json = Record<string, unknown>;

function valid(): Json {
  return {
    model: 'binance',
    markets: {
      BTCUSDT: {
        mark: '30000',
        tick: '0.1',
        lot: '0.001',
        tiers: [
          { floor: '0', mmr: '0.004', imr: '0.008' },
          { floor: '50000', mmr: '0.005', imr: '0.01', cum: '50' },
        ],
      },
    },
    account: {
      collateral: '1000',
      positions: [{ market: 'BTCUSDT', size: '0.1', entryPrice: '50000', isolated: null }],
      orders: [{ market: 'BTCUSDT', side: 'buy', size: '0.1', price: '29000.5' }],
    },
  };
}

/** Sets what a path such as `markets.BTCUSDT.tiers[1].mmr` points at; undefined removes it. */
function change(path: string, value: unknown): Json {
  const document = valid();
  const keys = path.replaceAll(/\[(\d+)\]/g, '.$1').split('.');
  const last = keys.pop()!;
  let target: Json = document;
  for (const key of keys) target = target[key] as Json;
  if (value === undefined) delete target[last];
  else target[last] = value;
  return document;
}

it('accepts the document all others are changed from', () => {
  expect(parseCalculatorInput(valid())).toEqual({ ok: true, input: valid() });
});

const M = 'markets.BTCUSDT';
const P = 'account.positions[0]';

describe('refuses, and says what, where and why', () => {
  it.each([
    // path of the change, new value, code, field reported (default: the path)
    ['markte', {}, 'field_unknown'],
    [`${M}.tik`, '1', 'field_unknown'],
    [`${P}.collateral`, '5', 'field_unknown'],
    [`${M}.tiers[0].imx`, '1', 'field_unknown'],
    [`${M}.rounding`, { up: {} }, 'field_unknown', `${M}.rounding.up`],
    ['markets', undefined, 'field_missing'],
    ['account', undefined, 'field_missing'],
    ['account.collateral', undefined, 'field_missing'],
    [`${M}.mark`, undefined, 'field_missing'],
    [`${M}.tiers[1].mmr`, undefined, 'field_missing'],
    [`${P}.size`, undefined, 'field_missing'],
    [`${P}.entryPrice`, undefined, 'field_missing'],
    ['account.orders[0].side', undefined, 'field_missing'],
    [`${M}.orderMargin`, 'worst', 'field_missing', `${M}.orderRate`],
    [`${M}.kind`, 'inverse', 'field_missing', `${M}.contractValue`],
    ['markets', [], 'type_wrong'],
    [`${M}.tiers`, {}, 'type_wrong'],
    [`${M}.mark`, null, 'type_wrong'],
    [`${P}.isolated`, true, 'type_wrong'],
    [`${M}.closeFeeInInitial`, 'yes', 'type_wrong'],
    [`${M}.mark`, 'NaN', 'number_malformed'],
    [`${M}.mark`, NaN, 'number_malformed'],
    [`${M}.mark`, Infinity, 'number_malformed'],
    [`${M}.mark`, '0x10', 'number_malformed'],
    [`${M}.mark`, '30,000', 'number_malformed'],
    [`${M}.mark`, '', 'number_malformed'],
    [`${M}.tiers[1].mmr`, '1/0', 'number_malformed'],
    [`${P}.size`, '1/3', 'number_malformed'],
    [`${M}.mark`, 30000.5, 'number_not_quoted'],
    ['account.collateral', 2 ** 53, 'number_not_quoted'],
    [`${M}.mark`, '0', 'number_not_positive'],
    [`${M}.mark`, '-1', 'number_not_positive'],
    [`${M}.tick`, '0', 'number_not_positive'],
    [`${M}.lot`, '0', 'number_not_positive'],
    [`${P}.entryPrice`, '-5', 'number_not_positive'],
    [`${P}.leverage`, '0', 'number_not_positive'],
    ['account.orders[0].size', '-1', 'number_not_positive'],
    ['settleUnit', '0', 'number_not_positive'],
    [`${M}.tiers[1].floor`, '-1', 'number_negative'],
    [`${M}.tiers[1].mmr`, '-0.1', 'number_negative'],
    [`${M}.tiers[1].mmr`, '0.5%', 'number_malformed'],
    [`${M}.tiers[1].mmr`, '40', 'rate_out_of_range'],
    [`${M}.closeFee`, '5', 'rate_out_of_range'],
    [`${M}.tiers[0].floor`, '1', 'tier_first_floor_not_zero'],
    [`${M}.tiers[1].floor`, '0', 'tier_floor_order'],
    [`${M}.tiers[1].mmr`, '0.003', 'tier_rate_falling'],
    [`${M}.tiers[1].cum`, '51', 'tier_cum_mismatch'],
    [`${M}.tiers`, [], 'schedule_missing'],
    [`${M}.tiers`, undefined, 'schedule_missing'],
    [`${M}.curve`, { base: '0', slope: '0', power: '1' }, 'schedule_conflict'],
    [`${M}.tiers[0].maintenanceFraction`, '0.5', 'schedule_conflict'],
    [`${P}.market`, 'ETHUSDT', 'market_unknown'],
    ['account.orders[0].market', 'ETHUSDT', 'market_unknown'],
    [`${P}.size`, '0', 'size_zero'],
    [`${P}.size`, '0.0', 'size_zero'],
    [`${P}.size`, '0.1005', 'size_not_lot_multiple'],
    ['account.orders[0].price', '29000.55', 'price_not_tick_multiple'],
    [`${P}.leg`, 'short', 'leg_sign_mismatch', `${P}.size`],
    [`${P}.leg`, 'up', 'choice_unknown'],
    [`${M}.trigger`, 'at', 'choice_unknown'],
    [`${M}.mmBasis`, 'marks', 'choice_unknown'],
    ['model', 'binnance', 'choice_unknown'],
    ['model', '__proto__', 'choice_unknown'],
    ['asOf', '2024-13-01', 'date_malformed'],
    ['rounding', 'up', 'choice_unknown'],
  ] as const)('%s = %j: %s', (path, value, code, field?: string) => {
    const parsed = parseCalculatorInput(change(path, value));
    expect(parsed).toMatchObject({ ok: false, error: { code, field: field ?? path } });
    if (!parsed.ok) expect(parsed.error.message).toMatch(/[.?]$/);
  });

  it('shows the value, and the nearest name for a slip', () => {
    expect(parseCalculatorInput(change(`${M}.mrak`, '1'))).toEqual({
      ok: false,
      error: {
        code: 'field_unknown',
        field: `${M}.mrak`,
        value: '1',
        message: 'There is no field "mrak" here; did you mean "mark"?',
      },
    });
    expect(parseCalculatorInput(change('model', 'binnance'))).toMatchObject({
      error: { message: expect.stringContaining('"binance"') },
    });
    expect(parseCalculatorInput(change(`${M}.mark`, 0.1))).toMatchObject({
      error: { value: 0.1, message: expect.stringContaining('"0.1"') },
    });
  });

  it.each([null, undefined, 5, 'text', [], true])('%j instead of a document', (document) => {
    expect(parseCalculatorInput(document)).toMatchObject({ ok: false, error: { field: '' } });
  });
});

describe('positions that contradict each other', () => {
  const long = { market: 'BTCUSDT', size: '0.1', entryPrice: '30000' };
  it.each([
    ['the same market twice', [long, long], 'position_duplicate'],
    [
      'two isolated positions in one market',
      [
        { ...long, isolated: '5' },
        { ...long, isolated: '6' },
      ],
      'position_duplicate',
    ],
    [
      'two long legs',
      [
        { ...long, leg: 'long' },
        { ...long, leg: 'long' },
      ],
      'position_duplicate',
    ],
    ['a leg beside a one-way position', [{ ...long, leg: 'long' }, long], 'leg_missing'],
  ])('%s', (_name, positions, code) => {
    expect(parseCalculatorInput(change('account.positions', positions))).toMatchObject({
      ok: false,
      error: { code, field: 'account.positions[1]' },
    });
  });

  it('cross and isolated in one market are two buckets, not a contradiction', () => {
    const parsed = parseCalculatorInput(change('account.positions', [long, { ...long, isolated: '500' }]));
    expect(parsed.ok && calculate(parsed.input).buckets.map((bucket) => bucket.name)).toEqual([
      'cross',
      'isolated:BTCUSDT',
    ]);
  });
});

it('refuses rounded rates for a curve on an inverse contract, and for no other', () => {
  const parsed = (kind: string, rounding: Json): unknown => {
    const curve = { base: '0.01', slope: '0.0001', power: '1' };
    const market = { kind, contractValue: '10', mark: '100', curve, rounding };
    return parseCalculatorInput({ markets: { M: market }, account: { collateral: '1' } });
  };
  const step = { unit: '0.0001', direction: 'floor' };
  expect(parsed('inverse', { rate: step })).toMatchObject({
    error: {
      code: 'rate_rounding_conflict',
      field: 'markets.M.curve',
      message: expect.stringContaining('markets.M.rounding.rate'),
    },
  });
  expect(parsed('inverse', { maintenanceMargin: step })).toMatchObject({ ok: true });
  expect(parsed('linear', { rate: step })).toMatchObject({ ok: true });
});

it('refuses one cross bucket with two triggers or two kinds of settlement', () => {
  const document = valid() as { markets: Json; account: { positions: unknown[] } };
  const market = document.markets.BTCUSDT as Json;
  document.account.positions.push({ market: 'ETH', size: '1', entryPrice: '1' });
  document.markets.ETH = { ...market, trigger: 'strict' };
  expect(parseCalculatorInput(document)).toMatchObject({
    error: { code: 'trigger_conflict', field: 'markets.ETH.trigger' },
  });
  document.markets.ETH = { ...market, kind: 'inverse', contractValue: '10' };
  expect(parseCalculatorInput(document)).toMatchObject({
    error: { code: 'settlement_conflict', field: 'markets.ETH.kind' },
  });
});

it('takes whole JSON numbers, and a power of 0.5, as if they were text', () => {
  const document = change(`${M}.mark`, 30000);
  const parsed = parseCalculatorInput(document);
  expect(parsed).toMatchObject({ ok: true, input: { markets: { BTCUSDT: { mark: '30000' } } } });
  const curved = change(`${M}.tiers`, undefined) as { markets: { BTCUSDT: Json } };
  curved.markets.BTCUSDT.curve = { base: '0.01', slope: '0.001', power: 0.5 };
  const read = parseCalculatorInput(curved);
  expect(read.ok && calculate(read.input).buckets[0].maintenanceMargin).toMatch(/^30\.9486832/);
});
