/**
 * Facts that the margin calculator does not answer: they wait for the capability they are about, or
 * they are left out, with the reason. `waits:x` is work to do; a left-out fact is not. `answered:funding` are put to the
 * funding rules by the suite in ../funding, `answered:settlement` to the engine and to liquidation by the one in ../settlement.
 */

export type Elsewhere = {
  readonly state: `waits:${string}` | 'answered:funding' | 'answered:settlement' | 'left_out';
  readonly because: string;
  /** The suite that it would be for. */
  readonly subject?: 'settlement';
};

interface Group extends Elsewhere {
  readonly source: string;
  readonly ids: readonly string[];
}

const GROUPS: readonly Group[] = [
  {
    source: 'binance_usdm_coinm',
    ids: ['041'],
    state: 'left_out',
    subject: 'settlement',
    because:
      'a score for display, of gain over wallet times margin ratio: ours ranks by gain over cost times leverage',
  },
  {
    source: 'dydx_v4',
    ids: [
      '010',
      '013',
      '014',
      '088',
      '089',
      '091',
      '094',
      '098',
      '102',
      '103',
      '104',
      '105',
      '106',
      '110',
      '111',
      '113',
      '114',
      '116',
      '117',
      '118',
      '122',
      '123',
      '124',
      '125',
      '126',
      '127',
      '128',
      '131',
    ],
    state: 'answered:funding',
    because: 'premium samples, impact prices, rate clamps and the funding index',
  },
  {
    source: 'dydx_v4',
    ids: ['059', '061', '062', '063', '064', '066', '069'],
    state: 'left_out',
    subject: 'settlement',
    because:
      'a limit between mark and bankruptcy for what a liquidation may fill at: ours is the bankruptcy price',
  },
  {
    source: 'dydx_v4',
    ids: ['074', '075', '076', '078', '079', '080', '085', '086'],
    state: 'answered:settlement',
    because: 'what a liquidation pays to or takes from the fund',
  },
  {
    source: 'drift_v2',
    ids: ['002', '009', '010', '011', '013', '014', '016', '017', '028', '030', '031'],
    state: 'left_out',
    because:
      'weight of a spot asset or of unrealised profit as collateral, without an account; collateral here is one amount',
  },
  {
    source: 'drift_v2',
    ids: ['019'],
    state: 'waits:gate',
    because: 'third margin level, checked when an order fills',
  },
  {
    source: 'drift_v2',
    ids: ['037', '051'],
    state: 'answered:settlement',
    because: 'how much is closed at once',
  },
  {
    source: 'drift_v2',
    ids: ['048', '049'],
    state: 'left_out',
    subject: 'settlement',
    because: 'a fee that rises with the time a liquidation takes: ours is a fixed rate',
  },
  {
    source: 'drift_v2',
    ids: ['041', '042', '043', '044', '045', '047'],
    state: 'left_out',
    subject: 'settlement',
    because:
      'a fee for the fund that falls with the shortage: ours is a fixed rate, and no more than is left',
  },
  {
    source: 'drift_v2',
    ids: ['052', '053'],
    state: 'left_out',
    subject: 'settlement',
    because:
      'a bankruptcy spread over all positions of a market, or over depositors, through an index: ours is deleveraged, and at a settlement shared by its gains',
  },
  { source: 'drift_v2', ids: ['058'], state: 'answered:funding', because: 'hourly rate from two averages' },
  {
    source: 'freqtrade_liq_formulas',
    ids: ['025'],
    state: 'left_out',
    because: 'a client’s own buffer between entry and the venue’s price: nothing a venue does',
  },
  {
    source: 'ftx_historic',
    ids: ['008', '009'],
    state: 'left_out',
    subject: 'settlement',
    because:
      'the venue’s own fraction at which positions are handed over: ours is the backstop level, a setting',
  },
  {
    source: 'mango_v4',
    ids: ['004', '005', '006', '007', '008'],
    state: 'waits:collateral_weights',
    because: 'perp profit and loss weighted again as a token, beside other weighted tokens',
  },
  { source: 'other_venues', ids: ['024', '026'], state: 'answered:funding', because: 'premium damper' },
  {
    source: 'risk_statistics',
    ids: ['001', '002', '006', '007', '010', '012'],
    state: 'waits:statistics',
    because: 'tests of value-at-risk exceptions',
  },
  { source: 'risk_statistics', ids: ['014', '015', '016'], state: 'waits:sizing', because: 'Kelly fraction' },
  {
    source: 'settlement_and_fills',
    ids: ['001', '002'],
    state: 'answered:settlement',
    because: 'a shortfall shared by the winners of a settlement',
  },
  {
    source: 'settlement_and_fills',
    ids: ['003'],
    state: 'answered:settlement',
    because: 'the fund pays before anyone shares',
  },
  {
    source: 'vega_protocol',
    ids: ['124', '125', '126', '127', '130'],
    state: 'answered:funding',
    because: 'payment from two averages, scaled and bounded',
  },
  {
    source: 'vega_protocol',
    ids: ['005', '012', '028', '040', '041', '044', '081', '086', '087', '089', '091', '099', '103'],
    state: 'left_out',
    because: 'arithmetic in a comment, asserted by no table',
  },
  {
    source: 'vega_protocol',
    ids: [
      '013',
      '015',
      '017',
      '033',
      '049',
      '053',
      '054',
      '057',
      '058',
      '059',
      '063',
      '064',
      '095',
      '100',
      '101',
    ],
    state: 'left_out',
    because:
      'arithmetic in a comment, asserted by no table, of slippage taken from an order book that is not stated',
  },
  {
    source: 'vega_protocol',
    ids: ['062', '072', '073', '074'],
    state: 'left_out',
    because:
      'arithmetic in a comment: the larger of two sides with a rate of their own each, without an account',
  },
  {
    source: 'vega_protocol',
    ids: ['071'],
    state: 'left_out',
    because: 'arithmetic in a comment: a product of two numbers whose account is not stated',
  },
  {
    source: 'vega_protocol',
    ids: ['083', '085'],
    state: 'left_out',
    because: 'arithmetic in a comment whose table is itself commented out upstream',
  },
];

export const ELSEWHERE: ReadonlyMap<string, Elsewhere> = new Map(
  GROUPS.flatMap(({ source, ids, ...rest }) => ids.map((id) => [`${source}-${id}`, rest] as const)),
);
