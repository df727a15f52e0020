/**
 * Every check, in the order in which they are made: what it compares, and what it finds. Orders that reduce are held against the collars only.
 */
import { HaltState, ShortRule } from '../../core/schema/gate-commands.ts';
import { FIRM, GroupKind, Limit, LimitLevel } from '../../core/schema/gate-limits.ts';
import { OrderType } from '../../core/schema/orders.ts';
import { Reason } from '../../core/schema/reasons.ts';
import { Side } from '../../core/schema/side.ts';
import { max } from '../exact.ts';
import {
  childrenLots,
  doneOf,
  groupLimitOf,
  haltOf,
  isMarkUsable,
  isRepeated,
  limitOf,
  locatedLots,
  lossesToday,
  lotsHere,
  marginOf,
  missingLimit,
  ownOpposite,
  referencesOf,
  valuesOf,
  type Candidate,
  type GroupView,
} from './candidate.ts';
import type { Bounds } from './limits.ts';
import { priceOf } from './orders.ts';
import { share } from './prices.ts';
import type { Finding } from './state.ts';

const OF_ACCOUNT = -1;

export function findAll(candidate: Candidate): Finding[] {
  const { isReducing } = candidate;
  return (isReducing ? COLLARS : CHECKS).flatMap((check) => check(candidate));
}

type Check = (candidate: Candidate) => Finding[];

const COLLARS: readonly Check[] = [
  (c) => collar(c, Reason.collar_mark, Limit.collar_mark, referencesOf(c).mark),
  (c) => collar(c, Reason.collar_index, Limit.collar_index, referencesOf(c).index),
  (c) => collar(c, Reason.collar_last, Limit.collar_last, referencesOf(c).last),
];

const CHECKS: readonly Check[] = [
  (c) => refuseIf(!isMarkUsable(c), Reason.price_not_valid),
  (c) => halted(c, HaltState.halted, Reason.halted),
  (c) => halted(c, HaltState.reduce_only, Reason.reduce_only),
  (c) => {
    const missing = missingLimit(c);
    const scope = missing?.level === LimitLevel.group ? FIRM : OF_ACCOUNT;
    return refuseIf(missing !== null, Reason.limit_missing, { which: missing?.limit ?? null, scope });
  },
  (c) => refuseIf(c.instrument.restricted, Reason.market_restricted),
  (c) => [
    ...atLeast(c, Reason.order_size, Limit.order_size_min, c.size),
    ...atMost(c, Reason.order_size, Limit.order_size_max, c.size),
  ],
  (c) => [
    ...atLeast(c, Reason.order_value, Limit.order_value_min, c.value),
    ...atMost(c, Reason.order_value, Limit.order_value_max, c.value),
  ],
  ...COLLARS,
  (c) => {
    const within = limitOf(c, Limit.duplicate_us)?.hard ?? 0;
    return refuseIf(isRepeated(c, within), Reason.duplicate_order, {
      which: Limit.duplicate_us,
      limit: within,
    });
  },
  (c) => atMost(c, Reason.order_rate, Limit.orders_max, BigInt(doneOf(c).orders)),
  (c) => atMost(c, Reason.value_rate, Limit.order_rate_value_max, doneOf(c).value),
  (c) => atMost(c, Reason.cancel_rate, Limit.cancels_max, BigInt(doneOf(c).cancels)),
  (c) => {
    const orders = BigInt(c.account.day.orders + 1);
    if (!isAbove(orders, limitOf(c, Limit.order_trade_floor))) return [];
    const trades = max(1n, BigInt(c.account.day.executions));
    return atMost(c, Reason.order_trade_ratio, Limit.order_trade_max, share(orders, trades));
  },
  (c) => atMost(c, Reason.working_limit, Limit.working_max, BigInt(c.orders.length)),
  (c) => atMost(c, Reason.position_max, Limit.position_max, lotsHere(c).worst),
  (c) => atMost(c, Reason.long_max, Limit.long_max, lotsHere(c).long),
  (c) => atMost(c, Reason.short_max, Limit.short_max, lotsHere(c).short),
  (c) => atMost(c, Reason.market_value, Limit.market_value_max, valuesOf(c).here),
  (c) => atMost(c, Reason.gross_value, Limit.gross_max, valuesOf(c).gross),
  (c) => atMost(c, Reason.net_value, Limit.net_max, valuesOf(c).net),
  (c) => {
    const { here, gross } = valuesOf(c);
    if (here === 0n || !isAbove(gross, limitOf(c, Limit.share_floor))) return [];
    return atMost(c, Reason.market_share, Limit.market_share_max, share(here, gross));
  },
  (c) => atMost(c, Reason.sector_value, Limit.sector_value_max, valuesOf(c).sector),
  (c) => atMost(c, Reason.issuer_value, Limit.issuer_value_max, valuesOf(c).issuer),
  (c) => c.groups.filter(isOrdinary).flatMap((group) => groupLots(c, group, Reason.group_position)),
  (c) => c.groups.filter(isOrdinary).flatMap((group) => groupGross(c, group, Reason.group_gross)),
  (c) => c.groups.filter(isOrdinary).flatMap((group) => groupNet(c, group, Reason.group_net)),
  (c) => groupAll(c, GroupKind.venue, Reason.venue_exposure),
  (c) => groupAll(c, GroupKind.counterparty, Reason.counterparty_exposure),
  (c) =>
    c.groups.flatMap((group) => {
      const { orders, value } = group.done;
      return [
        ...ofGroup(c, group, Reason.group_rate, BigInt(orders), Limit.group_orders_max),
        ...ofGroup(c, group, Reason.group_rate, value, Limit.group_rate_value_max),
      ];
    }),
  (c) =>
    c.groups.flatMap((group) =>
      ofGroup(c, group, Reason.open_interest, max(group.long, group.short), Limit.open_interest_max),
    ),
  (c) => {
    const { short } = lotsHere(c);
    const isShort = c.order.side === Side.ask && short > 0n && c.instrument.short === ShortRule.banned;
    return refuseIf(isShort, Reason.short_banned, { limit: 0, value: Number(short) });
  },
  (c) => {
    const { short } = lotsHere(c);
    const located = locatedLots(c);
    const isShort = c.order.side === Side.ask && short > located && c.instrument.short === ShortRule.locate;
    return refuseIf(isShort, Reason.locate_missing, { limit: Number(located), value: Number(short) });
  },
  (c) => {
    const own = ownOpposite(c);
    const isOn = (limitOf(c, Limit.self_trade)?.hard ?? 0) > 0;
    if (!isOn || own === null) return [];
    const price = priceOf(c.order);
    const isMet = c.order.side === Side.bid ? price >= own : price <= own;
    return refuseIf(isMet, Reason.self_trade, { which: Limit.self_trade });
  },
  (c) => {
    const { equity, required } = marginOf(c);
    return refuseIf(required > equity, Reason.initial_margin, {
      limit: Number(equity),
      value: Number(required),
    });
  },
  (c) => {
    const { gross } = valuesOf(c);
    const { equity } = marginOf(c);
    return gross === 0n ? [] : atMost(c, Reason.leverage, Limit.leverage_max, share(gross, equity));
  },
  (c) => atMost(c, Reason.loss, Limit.loss_max, lossesToday(c).lost),
  (c) => atMost(c, Reason.drawdown, Limit.drawdown_max, lossesToday(c).drawdown),
  (c) =>
    c.groups
      .filter(({ group }) => group.row !== FIRM)
      .flatMap((group) => ofGroup(c, group, Reason.credit, group.traded, Limit.traded_value_max)),
  (c) => ofGroup(c, c.groups[0], Reason.capital, c.groups[0].traded, Limit.traded_value_max),
  (c) => {
    const isRequired = (limitOf(c, Limit.parent_required)?.hard ?? 0) > 0;
    return refuseIf(isRequired && c.named === 0, Reason.parent_missing, { which: Limit.parent_required });
  },
  (c) => refuseIf(c.named !== 0 && c.order.parent === 0, Reason.parent_unknown),
  (c) => {
    if (c.order.parent === 0) return [];
    const { size } = c.state.parents.get(c.order.parent)!;
    const lots = childrenLots(c);
    return refuseIf(lots > size, Reason.parent_exceeded, { limit: Number(size), value: Number(lots) });
  },
];

function collar(candidate: Candidate, reason: Reason, limit: Limit, reference: bigint): Finding[] {
  const { order, price } = candidate;
  if (order.type === OrderType.market || reference === 0n) return [];
  const beyond = order.side === Side.bid ? price - reference : reference - price;
  return atMost(candidate, reason, limit, share(max(0n, beyond), reference));
}

function halted(candidate: Candidate, wanted: HaltState, reason: Reason): Finding[] {
  const halt = haltOf(candidate, wanted);
  return halt === null ? [] : refuseIf(true, reason, { scope: halt.epoch });
}

/** Venues and counterparties have reasons of their own. */
function isOrdinary({ group }: GroupView): boolean {
  return group.kind !== GroupKind.venue && group.kind !== GroupKind.counterparty;
}

function groupAll(candidate: Candidate, kind: GroupKind, reason: Reason): Finding[] {
  return candidate.groups
    .filter(({ group }) => group.kind === kind)
    .flatMap((group) => [
      ...groupLots(candidate, group, reason),
      ...groupGross(candidate, group, reason),
      ...groupNet(candidate, group, reason),
    ]);
}

function groupLots(candidate: Candidate, group: GroupView, reason: Reason): Finding[] {
  return [
    ...ofGroup(candidate, group, reason, group.long, Limit.group_long_max),
    ...ofGroup(candidate, group, reason, group.short, Limit.group_short_max),
    ...ofGroup(candidate, group, reason, group.net, Limit.group_net_max),
  ];
}

function groupGross(candidate: Candidate, group: GroupView, reason: Reason): Finding[] {
  return ofGroup(candidate, group, reason, group.gross, Limit.group_gross_value_max);
}

function groupNet(candidate: Candidate, group: GroupView, reason: Reason): Finding[] {
  return ofGroup(candidate, group, reason, group.netValue, Limit.group_net_value_max);
}

function ofGroup(
  candidate: Candidate,
  group: GroupView,
  reason: Reason,
  value: bigint,
  limit: Limit,
): Finding[] {
  return compare(reason, limit, value, groupLimitOf(candidate, group, limit), group.group.row);
}

/** A floor of none is none. */
function isAbove(value: bigint, floor: Bounds | null): boolean {
  return floor === null || floor.hard === null || value > BigInt(floor.hard);
}

/** `value` null: without end. */
function atMost(candidate: Candidate, reason: Reason, limit: Limit, value: bigint | null): Finding[] {
  return compare(reason, limit, value, limitOf(candidate, limit), OF_ACCOUNT);
}

function atLeast(candidate: Candidate, reason: Reason, limit: Limit, value: bigint): Finding[] {
  return compare(reason, limit, value, limitOf(candidate, limit), OF_ACCOUNT, -1n);
}

/** One finding at most: beyond the hard value it is refused, beyond the soft one warned of. */
function compare(
  reason: Reason,
  which: Limit,
  value: bigint | null,
  bounds: Bounds | null,
  scope: number,
  way = 1n,
): Finding[] {
  for (const [isHard, limit] of [
    [true, bounds?.hard ?? null],
    [false, bounds?.soft ?? null],
  ] as const) {
    if (limit === null) continue;
    if (value === null) return [{ reason, isHard, which, limit, value: Infinity, scope }];
    if (way * value > way * BigInt(limit))
      return [{ reason, isHard, which, limit, value: Number(value), scope }];
  }
  return [];
}

function refuseIf(condition: boolean, reason: Reason, rest: Partial<Finding> = {}): Finding[] {
  const plain = { reason, isHard: true, which: null, limit: NaN, value: NaN, scope: OF_ACCOUNT };
  return condition ? [{ ...plain, ...rest }] : [];
}
