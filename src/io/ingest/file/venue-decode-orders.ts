/** Lines about orders: place, amend, and which order is meant. */
import type {
  AccountRow,
  MarketRow,
  MarkTicks,
  PriceTicks,
  SizeLots,
  TimeUs,
} from '../../../core/num/units.ts';
import type { Grid } from '../../../core/num/grid.ts';
import { LEG_NAMES, type Leg } from '../../../core/schema/commands.ts';
import {
  ORDER_TYPE_NAMES,
  OrderType,
  SELF_TRADE_NAMES,
  TIME_IN_FORCE_NAMES,
  TimeInForce,
  TRIGGER_BY_NAMES,
  TRIGGER_KIND_NAMES,
  TriggerBy,
  TriggerKind,
  type SelfTrade,
} from '../../../core/schema/orders.ts';
import { SIDE_NAMES, type Side } from '../../../core/schema/side.ts';
import type {
  AmendCommand,
  CancelCommand,
  PlaceCommand,
  Trigger,
} from '../../../core/schema/venue-commands.ts';
import { lotsOn, markOn, priceOn } from './decode-amounts.ts';
import { accountOf, marketOf } from './decode-names.ts';
import { BadCommand, Fields } from './fields.ts';
import type { Registry } from './registry.ts';

const TRIGGER = new Set(['kind', 'by', 'price', 'distance']);

type Body<T> = Omit<T, 'kind' | 'timeUs' | 'origin'>;

/** A market order is at once or not, a limit order until cancelled, where nothing else is said. */
export function placeOf(fields: Fields, registry: Registry): Body<PlaceCommand> {
  const account = accountOf(fields, registry, null);
  const { row: market, grid } = marketOf(fields, registry);
  fields.value('side');
  const type = fields.choice('type', ORDER_TYPE_NAMES, OrderType.limit) as OrderType;
  const usual = type === OrderType.market ? TimeInForce.ioc : TimeInForce.gtc;
  const timeInForce = fields.choice('timeInForce', TIME_IN_FORCE_NAMES, usual) as TimeInForce;
  if (type === OrderType.market && fields.has('price'))
    throw fields.bad('COMMAND_FIELD_INVALID', 'price', 'a market order has none: leave it out, or type');
  if (fields.has('expires') && timeInForce !== TimeInForce.gtd)
    throw fields.bad('COMMAND_FIELD_INVALID', 'expires', 'goes with "timeInForce": "gtd"');
  const name = (field: string): number => (fields.has(field) ? fields.whole(field) : 0);
  const atMark = (field: string): MarkTicks | null =>
    fields.has(field) ? markOn(fields, field, grid) : null;
  return {
    account,
    market,
    leg: fields.choice('leg', LEG_NAMES, 0) as Leg,
    side: fields.choice('side', SIDE_NAMES, 0) as Side,
    type,
    timeInForce,
    price: type === OrderType.market ? (0 as PriceTicks) : priceOn(fields, 'price', grid),
    size: lotsOn(fields, 'size', grid),
    reduceOnly: fields.flag('reduceOnly', false),
    postOnly: fields.flag('postOnly', false),
    selfTrade: fields.choice('selfTrade', SELF_TRADE_NAMES, 0) as SelfTrade,
    expiresUs: timeInForce === TimeInForce.gtd ? fields.time('expires') : (0 as TimeUs),
    clientId: name('clientId'),
    pair: name('pair'),
    session: name('session'),
    trigger: fields.has('trigger') ? triggerOf(fields, grid) : null,
    takeProfit: atMark('takeProfit'),
    stopLoss: atMark('stopLoss'),
  };
}

/** The market of an order that works or waits, by its id or, where that is 0, by the account's own; null: there is none. */
export type MarketOfOrder = (account: AccountRow, order: number, clientId: number) => MarketRow | null;

/**
 * Both are said, whichever of them changes; an order without a limit price has none here either. Of an order that is not there, and may have been
 * a moment ago, nobody knows the grid: it is named alone, and refused as `order_unknown` before anything else of it is looked at.
 */
export function amendOf(
  fields: Fields,
  registry: Registry,
  marketOfOrder: MarketOfOrder,
): Body<AmendCommand> {
  const name = orderNameOf(fields, registry);
  fields.value('size');
  const market = marketOfOrder(name.account, name.order, name.clientId);
  if (market === null) return { ...name, price: 0 as PriceTicks, size: 0 as SizeLots };
  const grid = registry.gridAt(market);
  const price = fields.has('price') ? priceOn(fields, 'price', grid) : (0 as PriceTicks);
  return { ...name, price, size: lotsOn(fields, 'size', grid) };
}

export function orderNameOf(fields: Fields, registry: Registry): Body<CancelCommand> {
  const account: AccountRow = accountOf(fields, registry, null);
  const isById = fields.has('order');
  if (isById === fields.has('clientId')) {
    throw isById
      ? fields.bad('COMMAND_FIELD_INVALID', 'clientId', 'give order or clientId, not both')
      : new BadCommand(
          'COMMAND_FIELD_MISSING',
          'is missing: give order, the id that the exchange gave, or clientId, your own',
          fields.at('order'),
        );
  }
  return {
    account,
    order: isById ? fields.whole('order', 1) : 0,
    clientId: isById ? 0 : fields.whole('clientId', 1),
  };
}

function triggerOf(fields: Fields, grid: Grid): Trigger {
  const trigger = new Fields(fields.value('trigger'), fields.at('trigger'), TRIGGER);
  trigger.value('kind');
  const kind = trigger.choice('kind', TRIGGER_KIND_NAMES, 0) as TriggerKind;
  if (kind === TriggerKind.none)
    throw trigger.bad('COMMAND_FIELD_INVALID', 'kind', 'fires nothing: leave the trigger out');
  const by = trigger.choice('by', TRIGGER_BY_NAMES, TriggerBy.mark) as TriggerBy;
  const isTrailing = kind === TriggerKind.trailing;
  const [mine, other] = isTrailing ? ['distance', 'price'] : ['price', 'distance'];
  if (trigger.has(other))
    throw trigger.bad(
      'COMMAND_FIELD_INVALID',
      other,
      `a ${TRIGGER_KIND_NAMES[kind]} trigger has a ${mine}: leave ${other} out`,
    );
  const amount: PriceTicks | MarkTicks =
    by === TriggerBy.mark ? markOn(trigger, mine, grid) : priceOn(trigger, mine, grid);
  return isTrailing
    ? { kind, by, price: 0 as PriceTicks, distance: amount }
    : { kind, by, price: amount, distance: 0 };
}
