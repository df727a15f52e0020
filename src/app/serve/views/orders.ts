/** Orders as the API shows them: what works from the exchange itself, what is done from memory. */
import { LEG_NAMES, type Leg } from '../../../core/schema/commands.ts';
import {
  DONE_REASON_NAMES,
  ORDER_TYPE_NAMES,
  TIME_IN_FORCE_NAMES,
  TriggerKind,
} from '../../../core/schema/orders.ts';
import { SIDE_NAMES } from '../../../core/schema/side.ts';
import { OrderFlag } from '../../../core/schema/venue-events.ts';
import {
  NO_ORDER,
  ORDER_F64,
  ORDER_I32,
  OrderBits,
  OrderField,
  OrderLink,
  TIME_IN_FORCE_SHIFT,
  TRIGGER_SHIFT,
} from '../../../core/exchange/working-orders.ts';
import { NO_EXPOSURE } from '../../../core/exchange/exposures.ts';
import { legOfTag } from '../../../core/state/positions.ts';
import type { Order } from '../../../io/api/contract/orders.ts';
import { timeText } from '../../explain/units.ts';
import type { OrderRecord } from '../memory/orders.ts';
import type { Served } from './served.ts';

const TRIGGERS = {
  [TriggerKind.stop]: 'stop',
  [TriggerKind.take_profit]: 'take_profit',
  [TriggerKind.trailing]: 'trailing',
} as const;

/** Null where no order of that id is known any more. */
export function orderOf(served: Served, id: number): Order | null {
  const row = served.exchange.venue.orders.find(id);
  if (row !== NO_ORDER) return workingOrder(served, row);
  const record = served.memory.orders.get(id);
  return record === undefined ? null : doneOrder(served, record);
}

/** Rows of the account's orders that work or wait, the newest first. */
export function orderRowsOf({ exchange }: Served, account: number): number[] {
  const { orders, members } = exchange.venue;
  const rows: number[] = [];
  for (
    let row = members.firstOrder(account);
    row !== NO_ORDER;
    row = orders.i32[row * ORDER_I32 + OrderLink.next]
  )
    rows.push(row);
  return rows.sort((a, b) => orders.id(b as never) - orders.id(a as never));
}

export function workingOrder(served: Served, row: number): Order {
  const { exchange, memory, units } = served;
  const { orders, ledger } = exchange.venue;
  const f = row * ORDER_F64;
  const field = (which: number): number => orders.f64[f + which];
  const bits = orders.bits(row as never);
  const market = orders.market(row as never);
  const id = orders.id(row as never);
  const record = memory.orders.get(id);
  const exposure = orders.exposure(row as never);
  const expiresUs = field(OrderField.expiresUs);
  const mark = (ticks: number): string | null => (ticks > 0 ? units.mark(market, ticks) : null);
  return {
    id,
    account: served.accountName(orders.account(row as never)),
    market: units.market(market),
    leg: LEG_NAMES[(exposure === NO_EXPOSURE ? 0 : legOfTag(ledger.exposures.tag(exposure))) as Leg],
    side: SIDE_NAMES[bits & OrderBits.side],
    type: ORDER_TYPE_NAMES[(bits & OrderBits.market) === 0 ? 0 : 1],
    timeInForce: TIME_IN_FORCE_NAMES[(bits >> TIME_IN_FORCE_SHIFT) & 3],
    price: field(OrderField.price) > 0 ? units.price(market, field(OrderField.price)) : null,
    size: units.size(market, field(OrderField.size)),
    filled: units.size(market, field(OrderField.filled)),
    left: units.size(market, orders.left(row as never)),
    status: (bits & OrderBits.waits) === 0 ? 'working' : 'waiting',
    why: null,
    reduceOnly: (bits & OrderBits.reduceOnly) !== 0,
    postOnly: (bits & OrderBits.postOnly) !== 0,
    isLiquidation: ((record?.flags ?? 0) & OrderFlag.liquidation) !== 0,
    clientId: idOrNone(field(OrderField.clientId)),
    parent: idOrNone(field(OrderField.parent)),
    trigger: triggerOf(
      served,
      market,
      (bits >> TRIGGER_SHIFT) & 3,
      (bits & OrderBits.byLast) !== 0,
      field(OrderField.trigger),
    ),
    takeProfit: mark(field(OrderField.takeProfit)),
    stopLoss: mark(field(OrderField.stopLoss)),
    expiresAt: expiresUs > 0 ? timeText(expiresUs) : null,
    createdAt: record === undefined ? null : timeText(record.createdUs),
    updatedAt: record === undefined ? null : timeText(record.updatedUs),
    sequence: record?.sequence ?? null,
  };
}

function doneOrder(served: Served, order: OrderRecord): Order {
  const { units } = served;
  const { market, flags } = order;
  return {
    id: order.id,
    account: served.accountName(order.account),
    market: units.market(market),
    leg: LEG_NAMES[order.leg as Leg],
    side: SIDE_NAMES[order.side],
    type: ORDER_TYPE_NAMES[order.type],
    timeInForce: TIME_IN_FORCE_NAMES[order.timeInForce],
    price: order.price > 0 ? units.price(market, order.price) : null,
    size: units.size(market, order.size),
    filled: units.size(market, order.size - order.left),
    left: units.size(market, order.left),
    status: 'done',
    why: order.why === null ? null : DONE_REASON_NAMES[order.why],
    reduceOnly: (flags & OrderFlag.reduceOnly) !== 0,
    postOnly: (flags & OrderFlag.postOnly) !== 0,
    isLiquidation: (flags & OrderFlag.liquidation) !== 0,
    clientId: idOrNone(order.clientId),
    parent: idOrNone(order.parent),
    trigger: triggerOf(served, market, order.trigger, (flags & OrderFlag.byLast) !== 0, order.triggerPrice),
    takeProfit: null,
    stopLoss: null,
    expiresAt: null,
    createdAt: timeText(order.createdUs),
    updatedAt: timeText(order.updatedUs),
    sequence: order.sequence,
  };
}

function triggerOf(
  { units }: Served,
  market: number,
  kind: number,
  isByLast: boolean,
  at: number,
): Order['trigger'] {
  if (kind === TriggerKind.none) return null;
  const text = isByLast ? units.price(market, at) : units.mark(market, at);
  const isTrailing = kind === TriggerKind.trailing;
  return {
    kind: TRIGGERS[kind as keyof typeof TRIGGERS],
    by: isByLast ? 'last' : 'mark',
    price: isTrailing ? null : text,
    distance: isTrailing ? text : null,
  };
}

function idOrNone(id: number): number | null {
  return id === 0 ? null : id;
}
