/** What the checks and limits of the gate are called where people read them; docs/reference/gate.md has them all. */
const NAMES: Readonly<Record<string, string>> = {
  market_value_max: 'value in a market',
  gross_max: 'value, long + short',
  net_max: 'value, long \u2212 short',
  leverage_max: 'leverage',
  orders_max: 'orders in the window',
  order_rate_value_max: 'value ordered in the window',
  cancels_max: 'cancels in the window',
  working_max: 'orders that work',
  group_gross_value_max: 'value of the group, long + short',
  group_net_value_max: 'value of the group, long \u2212 short',
  group_orders_max: 'orders of the group in the window',
  group_rate_value_max: 'value ordered by the group in the window',
  traded_value_max: 'value traded today',
  loss_max: 'lost today',
  drawdown_max: 'lost since the best of the day',
  order_rate: 'orders too fast',
  order_value: 'order too large in value',
  order_size: 'order too large',
  market_value: 'too much in one market',
  gross_value: 'too much in all markets',
  value_rate: 'value ordered too fast',
  collar_mark: 'priced too far from the mark',
  amend_filled: 'amended under what is filled',
};

export const checkName = (check: string): string =>
  NAMES[check] ?? check.replace(/_max$/, '').replaceAll('_', ' ');
