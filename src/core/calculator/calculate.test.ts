import { describe, expect, it } from 'vitest';
import { calculate } from './calculate.ts';
import type { CalculatorInput, MarketInput, PositionInput } from './input.ts';
import type { BucketOutput } from './output.ts';
import { parseCalculatorInput } from './parse-input.ts';

const BTC: MarketInput = {
  kind: 'linear',
  mark: '30000',
  tick: '0.1',
  lot: '0.001',
  tiers: [
    { floor: '0', mmr: '0.004', imr: '0.008' },
    { floor: '50000', mmr: '0.005', imr: '0.01' },
  ],
};

const FLAT = [{ floor: '0', mmr: '0.1', imr: '0.2' }];

function run(input: unknown): BucketOutput[] {
  const parsed = parseCalculatorInput(input);
  if (!parsed.ok) throw new Error(`${parsed.error.code} ${parsed.error.field}: ${parsed.error.message}`);
  return calculate(parsed.input).buckets;
}

/** One market M, cross. */
function one(
  market: Partial<MarketInput>,
  position: Partial<PositionInput>,
  collateral: string,
  top: Partial<CalculatorInput> = {},
): BucketOutput {
  return run({
    ...top,
    markets: { M: { mark: '100', ...(market.curve === undefined ? { tiers: FLAT } : {}), ...market } },
    account: { collateral, positions: [{ market: 'M', size: '1', entryPrice: '100', ...position }] },
  })[0];
}

it('answers the documented example to the letter', () => {
  expect(
    run({
      model: 'binance',
      markets: { BTCUSDT: { ...BTC, closeFee: '0', mmBasis: 'mark' } },
      account: {
        collateral: '1000',
        positions: [{ market: 'BTCUSDT', size: '0.1', entryPrice: '50000', isolated: null }],
      },
    }),
  ).toEqual([
    {
      name: 'cross',
      equity: '-1000',
      maintenanceMargin: '12',
      initialMargin: '24',
      excess: '-1012',
      health: '-83.33',
      liquidatable: true,
      bankrupt: true,
      positions: [
        {
          market: 'BTCUSDT',
          notional: '3000',
          unrealizedPnl: '-2000',
          maintenanceMargin: '12',
          liquidationPrice: { price: '40160.6', reason: null, assumption: 'other marks fixed' },
          bankruptcyPrice: { price: '40000.0', reason: null, value: '4000' },
        },
      ],
    },
  ]);
});

describe('the trigger', () => {
  // 100 long with 10 %: equity 10 at the mark meets maintenance 10 exactly.
  it.each([
    ['strict', false, '99'],
    ['inclusive', true, '100'],
  ] as const)('%s at equality', (trigger, liquidatable, price) => {
    const bucket = one({ trigger, tick: '1' }, {}, '10');
    expect(bucket).toMatchObject({ excess: '0', health: '1.00', liquidatable });
    expect(bucket.positions[0].liquidationPrice.price).toBe(price);
  });

  it('does not liquidate an account with nothing to maintain', () => {
    const empty = run({ markets: { M: { ...BTC, trigger: 'inclusive' } }, account: { collateral: '0' } });
    expect(empty[0]).toMatchObject({ health: null, liquidatable: false, bankrupt: false, positions: [] });
  });
});

describe('health', () => {
  it.each([
    ['20', '2.00'],
    ['9.9999', '0.99999'],
    ['10.00001', '1.000001'],
    ['-0.0001', '-0.00001'],
    ['0', '0.00'],
    ['12.345', '1.23'],
    ['-33.3', '-3.33'],
  ])('of equity %s over maintenance 10 is %s', (collateral, health) => {
    expect(one({}, {}, collateral).health).toBe(health);
  });
});

describe('buckets', () => {
  it('keeps an isolated position apart from the cross bucket', () => {
    const buckets = run({
      markets: { BTC, ETH: { ...BTC, mark: '2000', lot: '0.01' } },
      account: {
        collateral: '1000',
        positions: [
          { market: 'BTC', size: '0.1', entryPrice: '30000' },
          { market: 'ETH', size: '-1', entryPrice: '2000', isolated: '100' },
        ],
      },
    });
    expect(buckets.map((bucket) => [bucket.name, bucket.equity])).toEqual([
      ['cross', '1000'],
      ['isolated:ETH', '100'],
    ]);
    expect(buckets[1].positions[0].liquidationPrice.price).toBe('2091.7');
  });

  it('shares one liquidation price between cross hedge legs, and not between isolated ones', () => {
    const legs = [
      { market: 'BTC', size: '0.3', entryPrice: '30000', leg: 'long' },
      { market: 'BTC', size: '-0.1', entryPrice: '30000', leg: 'short' },
    ];
    const cross = run({ markets: { BTC }, account: { collateral: '1000', positions: legs } });
    const prices = cross[0].positions.map((position) => position.liquidationPrice.price);
    expect(prices).toEqual(['25201.6', '25201.6']);
    expect(cross[0].positions.map((position) => position.leg)).toEqual(['long', 'short']);

    const isolated = run({
      markets: { BTC },
      account: { positions: legs.map((leg) => ({ ...leg, isolated: '500' })) },
    });
    expect(isolated.map((bucket) => bucket.name)).toEqual(['isolated:BTC:long', 'isolated:BTC:short']);
    expect(new Set(isolated.map((bucket) => bucket.positions[0].liquidationPrice.price)).size).toBe(2);
  });

  it('finds the liquidation price of a full hedge above, where maintenance outgrows equity', () => {
    const [bucket] = run({
      markets: { M: { mark: '100', tick: '1', tiers: [{ floor: '0', mmr: '0.05' }] } },
      account: {
        collateral: '20',
        positions: [
          { market: 'M', size: '1', entryPrice: '100', leg: 'long' },
          { market: 'M', size: '-1', entryPrice: '100', leg: 'short' },
        ],
      },
    });
    expect(bucket.initialMargin).toBeNull();
    for (const position of bucket.positions) {
      expect(position.liquidationPrice.price).toBe('201');
      expect(position.bankruptcyPrice).toEqual({
        price: null,
        reason: 'equity_does_not_depend_on_price',
        value: null,
      });
    }
  });

  it('names the other boundary when there are two', () => {
    // Net long 1 of 3 and 2: a fall costs 1 a point, but from a leg of 300 on a rise costs half a point of each leg.
    const [bucket] = run({
      markets: {
        M: {
          mark: '100',
          tiers: [
            { floor: '0', mmr: '0' },
            { floor: '300', mmr: '0.5' },
          ],
        },
      },
      account: {
        collateral: '50',
        positions: [
          { market: 'M', size: '3', entryPrice: '100', leg: 'long' },
          { market: 'M', size: '-2', entryPrice: '100', leg: 'short' },
        ],
      },
    });
    expect(bucket.positions[0].liquidationPrice).toEqual({
      price: '50',
      reason: null,
      assumption: 'other marks fixed; the nearer of two boundaries, the other is at 166.666666667',
    });
  });

  it.each([
    ['a curve', { curve: { base: '0', slope: '0.01', power: '0.5' } }, ['-1']],
    [
      'tiers',
      {
        tiers: [
          { floor: '0', mmr: '0.01' },
          { floor: '600', mmr: '2/3' },
        ],
      },
      ['-3', '2'],
    ],
  ])('passes over a boundary that lies below the first tick, however near: %s', (_name, rates, sizes) => {
    // From 1 the boundary below 0.1 is nearer than the one at 2.9, but no tick lies past it.
    const [bucket] = run({
      markets: { M: { kind: 'inverse', contractValue: '20', mark: '1', tick: '1', ...rates } },
      account: {
        collateral: '0',
        positions: sizes.map((size) => ({
          market: 'M',
          size,
          entryPrice: '3',
          leg: size.startsWith('-') ? 'short' : 'long',
        })),
      },
    });
    expect(bucket.liquidatable).toBe(false);
    expect(bucket.positions[0].liquidationPrice).toEqual({
      price: '3',
      reason: null,
      assumption: 'other marks fixed',
    });
  });

  // Of x = 1 / mark, excess is x - 0.12 - 0.9 x^2 up to x = 1 and 0.1 x - 0.12 after: safe in two stretches.
  it.each([
    ['0.4', false, '0.833333333333', 'other marks fixed'],
    ['0.9', true, '0.833333333333', 'other marks fixed'],
    [
      '1',
      true,
      '1.0264260531',
      'other marks fixed; the nearer of two boundaries, the other is at 7.30690728024',
    ],
    [
      '2',
      false,
      '1.0264260531',
      'other marks fixed; the nearer of two boundaries, the other is at 7.30690728024',
    ],
  ])(
    'does not look past the nearest boundary of a capped curve, from %s',
    (mark, liquidatable, price, assumption) => {
      const market = {
        kind: 'inverse',
        contractValue: '1',
        mark,
        curve: { base: '0', slope: '0.9', power: '1', max: '0.9' },
      } as const;
      const bucket = one(market, { size: '-1', entryPrice: '5' }, '0.08');
      expect(bucket.liquidatable).toBe(liquidatable);
      expect(bucket.positions[0].liquidationPrice).toEqual({ price, reason: null, assumption });
    },
  );

  it('prints all digits of a boundary far from the mark', () => {
    // Excess is 0.001 x - 1 - 0.01 (0.001 x)^2 far above the mark's x: the nearer root is 0.001 x = 1.01020514434.
    const market = {
      kind: 'inverse',
      contractValue: '0.001',
      mark: '1000000000',
      curve: { base: '0', slope: '0.01', power: '1' },
    } as const;
    const bucket = one(market, { size: '-1', entryPrice: '0.001' }, '0');
    expect(bucket.positions[0].liquidationPrice.price).toBe('0.000989897948557');
  });
});

describe('prices that do not exist', () => {
  it.each([
    [
      'a long that is fully paid',
      {},
      { size: '1' },
      '100',
      'no_price_is_low_enough',
      'no_price_is_low_enough',
    ],
    [
      'an inverse short over-covered in coin',
      { kind: 'inverse', contractValue: '100' },
      { size: '-1' },
      '2',
      'no_price_is_high_enough',
      'no_price_is_high_enough',
    ],
    [
      'an inverse long with more debt than value',
      { kind: 'inverse', contractValue: '100' },
      { size: '1' },
      '-2',
      'liquidatable_at_every_price',
      'bankrupt_at_every_price',
    ],
    [
      'a short with debt beyond its proceeds',
      {},
      { size: '-1' },
      '-101',
      'liquidatable_at_every_price',
      'bankrupt_at_every_price',
    ],
  ] as const)('%s', (_name, market, position, collateral, liquidation, bankruptcy) => {
    const [answer] = one(market, position, collateral).positions;
    expect(answer.liquidationPrice).toEqual({
      price: null,
      reason: liquidation,
      assumption: 'other marks fixed',
    });
    expect(answer.bankruptcyPrice).toMatchObject({ price: null, reason: bankruptcy });
  });
});

it('begins a tier at its floor, where the initial rate jumps and maintenance does not', () => {
  const tiers = [
    { floor: '0', mmr: '0.01', imr: '0.02' },
    { floor: '100', mmr: '0.05', imr: '0.1' },
  ];
  expect(one({ tiers, mark: '99.9' }, {}, '20')).toMatchObject({
    initialMargin: '1.998',
    maintenanceMargin: '0.999',
  });
  expect(one({ tiers, mark: '100' }, {}, '20')).toMatchObject({
    initialMargin: '10',
    maintenanceMargin: '1',
  });
});

describe('open orders', () => {
  const orders = [
    { market: 'M', side: 'buy', size: '1', price: '90' },
    { market: 'M', side: 'sell', size: '3', price: '110' },
  ];
  function withOrders(market: Partial<MarketInput>): BucketOutput {
    return run({
      markets: { M: { mark: '100', tiers: [{ floor: '0', mmr: '0.1', imr: '0.2' }], ...market } },
      account: { collateral: '100', positions: [{ market: 'M', size: '1', entryPrice: '100' }], orders },
    })[0];
  }

  it.each([
    // Position 10 of maintenance; orders of 90 and 330 in value.
    ['none', '0.01', '10'],
    ['worst', '0.01', '13.3'],
    ['sum', '0.01', '14.2'],
    // 2 long after all buys, 2 short after all sells.
    ['worst_position', undefined, '20'],
  ] as const)('%s', (orderMargin, orderRate, maintenance) => {
    const bucket = withOrders({ orderMargin, ...(orderRate === undefined ? {} : { orderRate }) });
    expect(bucket.maintenanceMargin).toBe(maintenance);
    expect(bucket.positions[0].maintenanceMargin).toBe('10');
  });

  it('raises initial margin to that of the worse side, at the order prices', () => {
    expect(withOrders({}).initialMargin).toBe('46');
    expect(withOrders({ orderInitial: 'none' }).initialMargin).toBe('20');
  });
});

describe('models', () => {
  it('gives a venue its own ratio by name, and none where its sign would lie', () => {
    expect(one({}, {}, '20', { model: 'binance' }).binanceMarginRatio).toBe('0.50');
    expect(one({}, {}, '-20', { model: 'binance' })).not.toHaveProperty('binanceMarginRatio');
    expect(one({}, {}, '20', { model: 'okx' }).okxMgnRatio).toBe('1.99');
    expect(one({}, {}, '20', { model: 'bybit' }).bybitAccountMmRate).toBe('0.50');
    expect(JSON.stringify(one({}, {}, '20', { model: 'okx' }))).not.toContain('"marginRatio"');
  });

  it('takes the formulas of the date', () => {
    const bybit = (asOf: string | undefined): string | null =>
      one(
        { closeFee: '0', mark: '200' },
        {},
        '20',
        asOf === undefined ? { model: 'bybit' } : { model: 'bybit', asOf },
      ).positions[0].maintenanceMargin;
    expect(bybit('2024-06-01')).toBe('10');
    expect(bybit('2026-04-30')).toBe('10');
    expect(bybit('2026-05-01')).toBe('20');
    expect(bybit(undefined)).toBe('20');
    const frozen = one({}, {}, '50', { model: 'hyperliquid', asOf: '2023-03-27' }).positions[0]
      .liquidationPrice;
    expect(frozen).toEqual({ price: '60', reason: null, assumption: 'other marks and maintenance fixed' });
  });

  it('lets a market override its model', () => {
    expect(one({ mmBasis: 'entry', mark: '200' }, {}, '20', { model: 'binance' }).maintenanceMargin).toBe(
      '10',
    );
  });

  it('rounds margins up to the settlement unit when there is one', () => {
    const tiers = [{ floor: '0', mmr: '1/30', imr: '1/15' }];
    expect(one({ tiers }, {}, '20').maintenanceMargin).toBe('3.3333333333333333333');
    expect(one({ tiers }, {}, '20', { settleUnit: '0.000001' })).toMatchObject({
      maintenanceMargin: '3.333334',
      initialMargin: '6.666667',
    });
  });

  it('rounds dYdX up twice: the initial requirement, then its maintenance fraction', () => {
    const market = { mark: '0.000011', tiers: [{ floor: '0', imr: '0.1', maintenanceFraction: '0.8' }] };
    expect(one(market, { entryPrice: '0.000011' }, '20', { model: 'dydx', rounding: 'venue' })).toMatchObject(
      { initialMargin: '0.000002', maintenanceMargin: '0.000002' },
    );
    expect(one(market, { entryPrice: '0.000011' }, '20', { model: 'dydx' })).toMatchObject({
      initialMargin: '0.0000011',
      maintenanceMargin: '0.00000088',
    });
  });

  it('rounds like the venue only when asked to', () => {
    const tiers = [{ floor: '0', mmr: '0.0012345678901' }];
    expect(one({ tiers }, {}, '20', { model: 'binance' }).maintenanceMargin).toBe('0.12345678901');
    expect(one({ tiers }, {}, '20', { model: 'binance', rounding: 'venue' }).maintenanceMargin).toBe(
      '0.12345678',
    );
  });
});

describe('curves', () => {
  it('rises with the square root of size, exactly where the root is', () => {
    const curve = { base: '0.02', slope: '0.001', power: '0.5' };
    expect(one({ curve }, { size: '25' }, '1000')).toMatchObject({
      maintenanceMargin: '62.5',
      initialMargin: null,
    });
  });

  it('solves an inverse contract, where the requirement bends with the price', () => {
    const curve = { base: '0.01', slope: '0.005', power: '1' };
    const market = { kind: 'inverse', contractValue: '1', tick: '0.5', curve } as const;
    const price = one(market, { size: '1000' }, '1').positions[0].liquidationPrice.price!;
    const at = (mark: string): boolean => one({ ...market, mark }, { size: '1000' }, '1').liquidatable;
    expect(at(price)).toBe(true);
    expect(at(String(Number(price) + 0.5))).toBe(false);
  });
});

it('says so when a rounding unit spans more ticks than it looks at', () => {
  const coarse = one({ tick: '0.01' }, { size: '0.001' }, '10', { settleUnit: '100' });
  expect(coarse.positions[0].liquidationPrice.assumption).toBe('other marks fixed');
  const short = one({ tick: '0.01' }, { size: '-0.001' }, '10', { settleUnit: '100' });
  expect(short.positions[0].liquidationPrice.assumption).toBe('other marks fixed; margins not rounded');
});

it('gives the tick past the boundary when the safe prices fit between two ticks', () => {
  // Equity crosses zero at 100.2; from 100.5 on the long leg's maintenance grows faster and catches up at 100.875.
  const priceAt = (mark: string): string | null =>
    run({
      markets: {
        M: {
          mark,
          tick: '1',
          tiers: [
            { floor: '0', mmr: '0' },
            { floor: '201', mmr: '0.9' },
          ],
        },
      },
      account: {
        collateral: '-0.2',
        positions: [
          { market: 'M', size: '2', entryPrice: '100', leg: 'long' },
          { market: 'M', size: '-1', entryPrice: '100', leg: 'short' },
        ],
      },
    })[0].positions[0].liquidationPrice.price;
  expect([priceAt('99'), priceAt('100.4'), priceAt('100.8'), priceAt('102')]).toEqual([
    '100',
    '100',
    '101',
    '101',
  ]);
});

it('counts accrued funding as equity', () => {
  expect(one({}, { accruedFunding: '-3' }, '20').equity).toBe('17');
});

it('asks for as much initial margin as the leverage or the tier says, whichever is more', () => {
  expect(one({}, { leverage: '2' }, '20').initialMargin).toBe('50');
  expect(one({}, { leverage: '100' }, '20').initialMargin).toBe('20');
});

it('refuses what has not been parsed', () => {
  expect(() =>
    calculate({ markets: {}, account: { positions: [{}] } } as unknown as CalculatorInput),
  ).toThrow(/refuses/);
});
