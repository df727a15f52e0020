/**
 * How far limits are used: what an account or a group came to, beside what it may. Read from what the gate keeps, at the marks and the time of its last command;
 * changes nothing.
 */
import {
  ACCOUNT_F64,
  ACCOUNT_I32,
  AccountField,
  AccountLink,
  NO_ACTIVITY,
} from '../../core/admission/accounts.ts';
import { EXPOSURE_F64, ExposureField } from '../../core/admission/exposures.ts';
import { GROUP_F64, GroupField } from '../../core/admission/groups.ts';
import { GROUP_MARKET_F64, GroupMarketField, NO_GROUP_MARKET } from '../../core/admission/group-markets.ts';
import type { Gate } from '../../core/admission/gate.ts';
import { WINDOW_F64, WindowField, type Windows } from '../../core/admission/windows.ts';
import {
  Limit,
  LIMIT_COUNT,
  LIMIT_NAMES,
  LIMIT_UNITS,
  LimitUnit,
  WINDOW_SLICES,
} from '../../core/schema/gate-limits.ts';
import { amountToText, limitToText } from '../../io/gate/limit-text.ts';
import type { Registry } from '../../io/ingest/file/registry.ts';

export interface Used {
  readonly limit: string;
  readonly hard: string | number | boolean | null;
  readonly soft: string | number | boolean | null;
  readonly used: string | number;
  /** Of the hard value, in percent; null where that is none or not said. */
  readonly percent: number | null;
}

/** Of an account: in all markets, or in one as well. */
export function accountUtilisation(
  gate: Gate,
  registry: Registry,
  account: number,
  market: number | null,
): Record<string, unknown> {
  const { accounts, holdings, instruments, groups, limits, days, windows } = gate.state;
  const { exposures } = holdings;
  let gross = 0;
  let upperValue = 0;
  let lowerValue = 0;
  let marketValue = 0;
  let held = 0;
  let long = 0;
  let short = 0;
  for (const row of holdings.of(account)) {
    const f = row * EXPOSURE_F64;
    const here = exposures.held(row);
    const upper = here + exposures.f64[f + ExposureField.bids];
    const lower = here - exposures.f64[f + ExposureField.asks];
    const worth = instruments.worth[exposures.market(row)];
    const value = Math.max(Math.abs(upper), Math.abs(lower)) * worth;
    gross += value;
    upperValue += upper * worth;
    lowerValue += lower * worth;
    if (exposures.market(row) !== market) continue;
    marketValue += value;
    held += here;
    long += Math.max(0, upper);
    short += Math.max(0, -lower);
  }
  days.look(account);
  const { equity, lost, drawdown } = days;
  const recent = inWindow(windows, accounts.activity(account), gate.timeUs);
  const used = new Map<Limit, number>([
    [Limit.gross_max, gross],
    [Limit.net_max, Math.max(Math.abs(upperValue), Math.abs(lowerValue))],
    [Limit.leverage_max, equity > 0 ? Math.ceil((gross / equity) * 1e6) : gross > 0 ? Infinity : 0],
    [Limit.orders_max, recent.orders],
    [Limit.order_rate_value_max, recent.value],
    [Limit.cancels_max, recent.cancels],
    [Limit.working_max, accounts.i32[account * ACCOUNT_I32 + AccountLink.count]],
    [Limit.loss_max, Math.max(0, lost)],
    [Limit.drawdown_max, drawdown],
  ]);
  if (market !== null) {
    used.set(Limit.position_max, Math.max(long, short));
    used.set(Limit.long_max, long);
    used.set(Limit.short_max, short);
    used.set(Limit.market_value_max, marketValue);
  }
  const values = new Float64Array(2 * LIMIT_COUNT);
  const within = groups.withParents(groups.directOf(account));
  limits.ofAccount(within, limits.own().has(account) ? account : null, market, values);
  const money = moneyOf(registry, market);
  return {
    account: registry.accountAt(account as never),
    ...(market === null ? {} : { market: registry.marketAt(market as never) }),
    sequence: gate.sequence,
    groups: within.map((group) => registry.groupAt(group)),
    equity: amountToText(LimitUnit.money, equity, money),
    ...(market === null ? {} : { held: amountToText(LimitUnit.lots, held, money) }),
    ordersToday: accounts.f64[account * ACCOUNT_F64 + AccountField.orders],
    limits: tableOf(used, values, money),
  };
}

export function groupUtilisation(
  gate: Gate,
  registry: Registry,
  group: number,
  market: number | null,
): Record<string, unknown> {
  const { groups, groupMarkets, groupWindows, limits } = gate.state;
  const g = group * GROUP_F64;
  const wide = (at: number): number => groups.f64[g + at];
  const recent = inWindow(groupWindows, groups.window(group), gate.timeUs);
  const used = new Map<Limit, number>([
    [Limit.group_gross_value_max, wide(GroupField.gross)],
    [Limit.group_net_value_max, Math.max(Math.abs(wide(GroupField.upper)), Math.abs(wide(GroupField.lower)))],
    [Limit.group_orders_max, recent.orders],
    [Limit.group_rate_value_max, recent.value],
    [Limit.traded_value_max, groups.tradedValue(group)],
  ]);
  if (market !== null) {
    const row = groupMarkets.find(group, market);
    const lots = (at: number): number =>
      row === NO_GROUP_MARKET ? 0 : groupMarkets.f64[row * GROUP_MARKET_F64 + at];
    const long = lots(GroupMarketField.long);
    const short = lots(GroupMarketField.short);
    used.set(Limit.group_long_max, long);
    used.set(Limit.group_short_max, short);
    used.set(Limit.open_interest_max, Math.max(long, short));
    used.set(
      Limit.group_net_max,
      Math.max(Math.abs(lots(GroupMarketField.upper)), Math.abs(lots(GroupMarketField.lower))),
    );
  }
  const values = new Float64Array(2 * LIMIT_COUNT);
  limits.ofGroup(group, market, values);
  return {
    group: registry.groupAt(group),
    ...(market === null ? {} : { market: registry.marketAt(market as never) }),
    sequence: gate.sequence,
    limits: tableOf(used, values, moneyOf(registry, market)),
  };
}

type Money = Parameters<typeof limitToText>[2];

function moneyOf(registry: Registry, market: number | null): Money {
  return {
    grid: market === null ? null : registry.gridAt(market as never),
    decimals: registry.decimals ?? 0,
  };
}

function tableOf(used: ReadonlyMap<Limit, number>, values: Float64Array, money: Money): Used[] {
  return [...used].map(([limit, value]) => {
    const hard = values[limit];
    const soft = values[LIMIT_COUNT + limit];
    const said = (of: number): Used['hard'] =>
      Number.isNaN(of) ? null : limitToText(limit, of === Infinity ? null : of, money);
    const isCount = LIMIT_UNITS[limit] === LimitUnit.count;
    const share = hard > 0 && hard !== Infinity ? Math.round((value / hard) * 1000) / 10 : null;
    return {
      limit: LIMIT_NAMES[limit],
      hard: said(hard),
      soft: said(soft),
      used: isCount ? value : amountToText(LIMIT_UNITS[limit], value, money),
      percent: share !== null && Number.isFinite(share) ? share : null,
    };
  });
}

/** What still counts of a window, without forgetting what does not. */
function inWindow(
  windows: Windows,
  row: number,
  nowUs: number,
): { orders: number; cancels: number; value: number } {
  const sums = { orders: 0, cancels: 0, value: 0 };
  if (row === NO_ACTIVITY) return sums;
  const slice = windows.f64[row * WINDOW_F64 + WindowField.slice];
  const oldest = Math.floor(nowUs / slice) - WINDOW_SLICES;
  for (const { at, orders, cancels, value } of windows.slices(row)) {
    if (at < oldest) continue;
    sums.orders += orders;
    sums.cancels += cancels;
    sums.value += value;
  }
  return sums;
}
