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
    return refuseIf(missing !== null, Reason.limit_missing, NaN, NaN, scope);
  },
  (c) => refuseIf(c.instrument.restricted, Reason.market_restricted),
  (c) => [
    ...atLeast(Reason.order_size, c.size, limitOf(c, Limit.order_size_min)),
    ...atMost(Reason.order_size, c.size, limitOf(c, Limit.order_size_max)),
  ],
  (c) => [
    ...atLeast(Reason.order_value, c.value, limitOf(c, Limit.order_value_min)),
    ...atMost(Reason.order_value, c.value, limitOf(c, Limit.order_value_max)),
  ],
  ...COLLARS,
  (c) => {
    const within = limitOf(c, Limit.duplicate_us)?.hard ?? 0;
    return refuseIf(isRepeated(c, within), Reason.duplicate_order);
  },
  (c) => atMost(Reason.order_rate, BigInt(doneOf(c).orders), limitOf(c, Limit.orders_max)),
  (c) => atMost(Reason.value_rate, doneOf(c).value, limitOf(c, Limit.order_rate_value_max)),
  (c) => atMost(Reason.cancel_rate, BigInt(doneOf(c).cancels), limitOf(c, Limit.cancels_max)),
  (c) => {
    const orders = BigInt(c.account.day.orders + 1);
    if (!isAbove(orders, limitOf(c, Limit.order_trade_floor))) return [];
    const trades = max(1n, BigInt(c.account.day.executions));
    return atMost(Reason.order_trade_ratio, share(orders, trades), limitOf(c, Limit.order_trade_max));
  },
  (c) => atMost(Reason.working_limit, BigInt(c.orders.length), limitOf(c, Limit.working_max)),
  (c) => atMost(Reason.position_max, lotsHere(c).worst, limitOf(c, Limit.position_max)),
  (c) => atMost(Reason.long_max, lotsHere(c).long, limitOf(c, Limit.long_max)),
  (c) => atMost(Reason.short_max, lotsHere(c).short, limitOf(c, Limit.short_max)),
  (c) => atMost(Reason.market_value, valuesOf(c).here, limitOf(c, Limit.market_value_max)),
  (c) => atMost(Reason.gross_value, valuesOf(c).gross, limitOf(c, Limit.gross_max)),
  (c) => atMost(Reason.net_value, valuesOf(c).net, limitOf(c, Limit.net_max)),
  (c) => {
    const { here, gross } = valuesOf(c);
    if (here === 0n || !isAbove(gross, limitOf(c, Limit.share_floor))) return [];
    return atMost(Reason.market_share, share(here, gross), limitOf(c, Limit.market_share_max));
  },
  (c) => atMost(Reason.sector_value, valuesOf(c).sector, limitOf(c, Limit.sector_value_max)),
  (c) => atMost(Reason.issuer_value, valuesOf(c).issuer, limitOf(c, Limit.issuer_value_max)),
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
    return refuseIf(isShort, Reason.short_banned, 0, Number(short));
  },
  (c) => {
    const { short } = lotsHere(c);
    const located = locatedLots(c);
    const isShort = c.order.side === Side.ask && short > located && c.instrument.short === ShortRule.locate;
    return refuseIf(isShort, Reason.locate_missing, Number(located), Number(short));
  },
  (c) => {
    const own = ownOpposite(c);
    const isOn = (limitOf(c, Limit.self_trade)?.hard ?? 0) > 0;
    if (!isOn || own === null) return [];
    const price = priceOf(c.order);
    const isMet = c.order.side === Side.bid ? price >= own : price <= own;
    return refuseIf(isMet, Reason.self_trade);
  },
  (c) => {
    const { equity, required } = marginOf(c);
    return refuseIf(required > equity, Reason.initial_margin, Number(equity), Number(required));
  },
  (c) => {
    const { gross } = valuesOf(c);
    const { equity } = marginOf(c);
    return gross === 0n ? [] : atMost(Reason.leverage, share(gross, equity), limitOf(c, Limit.leverage_max));
  },
  (c) => atMost(Reason.loss, lossesToday(c).lost, limitOf(c, Limit.loss_max)),
  (c) => atMost(Reason.drawdown, lossesToday(c).drawdown, limitOf(c, Limit.drawdown_max)),
  (c) =>
    c.groups
      .filter(({ group }) => group.row !== FIRM)
      .flatMap((group) => ofGroup(c, group, Reason.credit, group.traded, Limit.traded_value_max)),
  (c) => ofGroup(c, c.groups[0], Reason.capital, c.groups[0].traded, Limit.traded_value_max),
  (c) => {
    const isRequired = (limitOf(c, Limit.parent_required)?.hard ?? 0) > 0;
    return refuseIf(isRequired && c.named === 0, Reason.parent_missing);
  },
  (c) => refuseIf(c.named !== 0 && c.order.parent === 0, Reason.parent_unknown),
  (c) => {
    if (c.order.parent === 0) return [];
    const { size } = c.state.parents.get(c.order.parent)!;
    const lots = childrenLots(c);
    return refuseIf(lots > size, Reason.parent_exceeded, Number(size), Number(lots));
  },
];

function collar(candidate: Candidate, reason: Reason, limit: Limit, reference: bigint): Finding[] {
  const { order, price } = candidate;
  if (order.type === OrderType.market || reference === 0n) return [];
  const beyond = order.side === Side.bid ? price - reference : reference - price;
  return atMost(reason, share(max(0n, beyond), reference), limitOf(candidate, limit));
}

function halted(candidate: Candidate, wanted: HaltState, reason: Reason): Finding[] {
  const halt = haltOf(candidate, wanted);
  return halt === null ? [] : refuseIf(true, reason, NaN, NaN, halt.epoch);
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
  return atMost(reason, value, groupLimitOf(candidate, group, limit), group.group.row);
}

/** A floor of none is none. */
function isAbove(value: bigint, floor: Bounds | null): boolean {
  return floor === null || floor.hard === null || value > BigInt(floor.hard);
}

/** `value` null: without end. */
function atMost(reason: Reason, value: bigint | null, bounds: Bounds | null, scope = OF_ACCOUNT): Finding[] {
  for (const [isHard, limit] of [
    [true, bounds?.hard ?? null],
    [false, bounds?.soft ?? null],
  ] as const) {
    if (limit !== null && (value === null || value > BigInt(limit)))
      return [{ reason, isHard, limit, value: value === null ? Infinity : Number(value), scope }];
  }
  return [];
}

function atLeast(reason: Reason, value: bigint, bounds: Bounds | null): Finding[] {
  for (const [isHard, limit] of [
    [true, bounds?.hard ?? null],
    [false, bounds?.soft ?? null],
  ] as const) {
    if (limit !== null && value < BigInt(limit))
      return [{ reason, isHard, limit, value: Number(value), scope: OF_ACCOUNT }];
  }
  return [];
}

function refuseIf(
  condition: boolean,
  reason: Reason,
  limit = NaN,
  value = NaN,
  scope = OF_ACCOUNT,
): Finding[] {
  return condition ? [{ reason, isHard: true, limit, value, scope }] : [];
}
