/** Bybit, BitMEX, edgeX, Phemex, Deribit and FTX. */

import type { MarginFact } from '../fact.ts';
import { flat, isolated, single, table } from '../layout.ts';

const DERIBIT = 'support.deribit.com 25944738177565, linear perpetual';
const FTX = 'FTX help center 360027668712 and liquidation flowchart (historic)';

function deribit(
  id: string,
  name: string,
  base: string,
  slope: string,
  size: string,
  mark: string,
  quote: string,
): MarginFact {
  return {
    id,
    name,
    source: DERIBIT,
    evidence: 'published',
    note: 'The rate rises with size, so the requirement is quadratic in it: no finite table of tiers says this.',
    checks: [
      {
        input: single(
          { model: 'deribit' },
          {
            mark,
            curve: { base: '0.01', slope, power: '1', initial: { base, slope, power: '1' } },
          },
          { size },
          '1000000000',
        ),
        expect: { initialMargin: quote },
      },
    ],
  };
}

const BYBIT_INVERSE = {
  kind: 'inverse',
  contractValue: '1',
  mark: '8000',
  tiers: flat('0.005'),
  closeFee: '0.00075',
  closeFeeBasis: 'bankruptcy',
  closeFeeInBankruptcy: true,
} as const;

export const OTHER_VENUES: readonly MarginFact[] = [
  {
    id: 'other_venues-004',
    name: 'Bybit: long 10000 BTCUSD @ 8000, cross 0.5 BTC',
    source: 'Bybit help center 360039261334',
    evidence: 'published',
    note: 'The fee to close is the one at the bankruptcy price. Long prices round up to 0.5.',
    checks: [
      {
        input: single({ model: 'bybit', asOf: '2020-06-01' }, BYBIT_INVERSE, { size: '10000' }, '0.5'),
        expect: {
          bankruptcyPrice: { value: '5718.57', tolerance: '0.005', because: 'printed with 2 decimals' },
        },
      },
      {
        input: single(
          { model: 'bybit', asOf: '2020-06-01' },
          { ...BYBIT_INVERSE, tick: '0.5' },
          { size: '10000' },
          '0.5',
        ),
        expect: { liquidationPrice: '5739.5' },
      },
    ],
  },
  {
    id: 'other_venues-005',
    name: 'Bybit: 3500 USDT of XYZUSDT',
    evidence: 'rule',
    source: 'Bybit help center, maintenance margin (USDT contract), table of XYZUSDT',
    checks: [
      {
        input: single(
          { model: 'bybit', asOf: '2024-01-01' },
          {
            mark: '1',
            tiers: table([
              ['0', '0.02'],
              ['1000', '0.025'],
              ['2000', '0.03'],
              ['3000', '0.035'],
              ['4000', '0.04'],
            ]),
          },
          { size: '3500' },
          '10000',
        ),
        expect: { maintenanceMargin: '92.5' },
      },
    ],
  },
  {
    id: 'other_venues-006',
    name: 'Bybit: ETHUSDT short 0.01, unified account 30x (2025-11-03)',
    evidence: 'recorded_inferred',
    source: 'nautilus_trader at a95c8042, crates/adapters/bybit/test_data/ws_account_position.json',
    partly: 'left_out: its liquidation price needs account totals that the message does not carry',
    note: 'Both margins imply a mark of 3642.3 where the message says 3641.33: they were computed at another moment.',
    checks: [
      {
        input: single(
          { model: 'bybit' },
          { mark: '3641.33', tiers: flat('0.005') },
          { size: '-0.01', entryPrice: '3641.075', leverage: '30' },
          '100',
        ),
        expect: {
          unrealizedPnl: '-0.00255',
          positionMaintenance: {
            value: '0.20281586',
            tolerance: '0.0001',
            because: 'the mark of the margin is not in the message',
          },
          initialMargin: {
            value: '1.23480936',
            tolerance: '0.0004',
            because: 'the mark of the margin is not in the message',
          },
        },
      },
    ],
  },
  {
    id: 'other_venues-007',
    name: 'Bybit: ABCUSDT long 100 @ 500, margin 1000, wallet 100',
    evidence: 'published',
    source: 'mirror of the Bybit ADL help page, wuyelx.com/6291',
    note: 'Cross bankruptcy takes in the free wallet.',
    checks: [
      {
        input: single(
          { model: 'bybit', asOf: '2024-01-01' },
          { mark: '500', tiers: flat('0.005') },
          { size: '100' },
          '1100',
        ),
        expect: { bankruptcyPrice: '489' },
      },
    ],
  },
  {
    id: 'other_venues-008',
    name: 'Bybit: long 5000 BTCUSD @ 7890.08, 50x isolated',
    evidence: 'published',
    source: 'Bybit help center 900000031623, ADL example',
    note: 'Margin is Q / EP / 50. Long prices round up to 0.5. 0.5 % is the documented minimum for BTC.',
    checks: [
      {
        input: isolated(
          { model: 'bybit', asOf: '2020-06-01' },
          { kind: 'inverse', contractValue: '1', mark: '7890.08', tick: '0.5', tiers: flat('0.005') },
          { size: '5000', isolated: '0.012674142720986352483118041896' },
        ),
        expect: { bankruptcyPrice: '7735.5', liquidationPrice: '7773.5' },
      },
      {
        input: isolated(
          { model: 'bybit', asOf: '2020-06-01' },
          { kind: 'inverse', contractValue: '1', mark: '7890.08', tiers: flat('0.005') },
          { size: '5000', isolated: '0.012674142720986352483118041896' },
        ),
        expect: {
          bankruptcyPrice: {
            value: '7735.372549',
            tolerance: '0.0000005',
            because: 'printed with 6 decimals',
          },
        },
      },
    ],
  },
  {
    id: 'other_venues-011',
    name: 'BitMEX: XBTUSD short 500 @ 6725, 25x isolated (2018-08-27)',
    evidence: 'recorded_inferred',
    source: 'BitMEX websocket position record in a public C# source comment',
    note: 'A contract is worth round(1e8 / price) satoshi first, then times contracts; short prices go down to 0.5. The closing commission of 5800 satoshi is in the record, as a share of the cost.',
    checks: [
      {
        input: isolated(
          { model: 'bitmex', rounding: 'venue' },
          {
            kind: 'inverse',
            contractValue: '1',
            mark: '6726.8',
            tick: '0.5',
            tiers: flat('0.005'),
            closeFee: '5800/7435000',
          },
          { size: '-500', entryPrice: '6725', isolated: '0.003032' },
        ),
        expect: {
          notional: '0.07433',
          unrealizedPnl: '-0.00002',
          positionMaintenance: '0.00042975',
          bankruptcyPrice: '7004.5',
          liquidationPrice: '6968.5',
        },
      },
    ],
  },
  {
    id: 'other_venues-013',
    name: 'BitMEX: 15000 XBTUSD @ 750 to 800',
    evidence: 'published',
    note: 'its funding is in the funding suite',
    source: 'bitmex.com/app/perpetualContractsGuideExamples',
    checks: [
      {
        input: single(
          {},
          { kind: 'inverse', contractValue: '1', mark: '750', tiers: flat('0') },
          { size: '15000' },
          '1',
        ),
        expect: { notional: '20' },
      },
      {
        input: single(
          {},
          { kind: 'inverse', contractValue: '1', mark: '800', tiers: flat('0') },
          { size: '15000', entryPrice: '750' },
          '1',
        ),
        expect: { unrealizedPnl: '1.25' },
      },
    ],
  },
  {
    id: 'other_venues-016',
    name: 'edgeX: BTC long 0.001 (2024-12-20)',
    evidence: 'recorded_inferred',
    source: 'edgeX getPositionAsset response, public fixture',
    note: 'Risk rates are fixed-point there: 0.5 % is 21474837 / 2^32. Both prices are cut to the tick.',
    checks: [
      {
        input: single(
          {},
          {
            mark: '97734.42660924047',
            tick: '0.1',
            bankruptcyRounding: 'adverse',
            tiers: flat('21474837/4294967296'),
          },
          { size: '0.001' },
          '15.791238609240471',
        ),
        expect: {
          liquidationPrice: '82354.9',
          bankruptcyPrice: '81943.1',
          maintenanceMargin: { value: '0.488672144', tolerance: '0.000000001', because: 'cut to 9 decimals' },
        },
      },
    ],
  },
  {
    id: 'other_venues-017',
    name: 'Phemex: 200 USDT long 5x',
    evidence: 'published',
    source: 'phemex.com/help-center/liq-price-for-USDTM',
    note: 'Margin is 40 and the fee to close at bankruptcy, 160 * 0.0006.',
    checks: [
      {
        input: isolated(
          {},
          { mark: '0.4', tiers: flat('0.01'), closeFee: '0.0006' },
          { size: '500', isolated: '40.096' },
        ),
        expect: {
          liquidationPrice: { value: '0.3232', tolerance: '0.00005', because: 'printed with 4 decimals' },
        },
      },
    ],
  },
  deribit('other_venues-018', 'Deribit: BTC 25', '0.02', '0.00005', '25', '100000', '53125'),
  deribit('other_venues-019', 'Deribit: BTC 350', '0.02', '0.00005', '350', '100000', '1312500'),
  deribit('other_venues-021', 'Deribit: SOL 25', '0.04', '0.000005', '25', '200', '200.625'),
  deribit('other_venues-022', 'Deribit: SOL 6000', '0.04', '0.000005', '6000', '200', '84000'),
  {
    id: 'ftx_historic-001',
    name: 'FTX: 5 M long on 1 M, BTC down 11 %',
    source: FTX,
    evidence: 'published',
    checks: [
      {
        input: single(
          {},
          { mark: '8900', tiers: flat('0.04', '0.1') },
          { size: '500', entryPrice: '10000' },
          '1000000',
        ),
        expect: { equity: '450000' },
      },
    ],
  },
  {
    id: 'ftx_historic-002',
    name: 'FTX: 5 M long on 1 M, BTC down 16.5 %',
    source: FTX,
    evidence: 'published',
    checks: [
      {
        input: single(
          {},
          { mark: '8350', tiers: flat('0.04', '0.1') },
          { size: '500', entryPrice: '10000' },
          '1000000',
        ),
        expect: { equity: '175000' },
      },
    ],
  },
  {
    id: 'ftx_historic-007',
    name: 'FTX: zero price at a margin fraction of 5 %',
    source: FTX,
    evidence: 'rule',
    checks: [
      {
        input: single({}, { mark: '10000', tiers: flat('0.03') }, { size: '1' }, '500'),
        expect: { bankruptcyPrice: '9500' },
      },
      {
        input: single({}, { mark: '10000', tiers: flat('0.03') }, { size: '-1' }, '500'),
        expect: { bankruptcyPrice: '10500' },
      },
    ],
  },
];
