/** What orders are called in a scenario, and which ids they have. */
import { TriggerKind } from '../../core/schema/orders.ts';
import type { World } from './world.ts';

/** 0: it was refused; undefined: it was not placed. Of `a.take-profit` and `a.stop-loss`: the order that the exchange made for what `a` filled. */
export function orderId(world: World, name: string): number | undefined {
  const own = world.orderIds.get(name);
  if (own !== undefined) return own;
  const at = name.lastIndexOf('.');
  const parent = world.orderIds.get(name.slice(0, at));
  if (parent === undefined) return undefined;
  const kind = name.endsWith('.stop-loss') ? TriggerKind.stop : TriggerKind.take_profit;
  return world.orders.childrenOf(parent).find(({ trigger }) => trigger === kind)?.id;
}
