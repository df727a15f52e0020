/** Market makers: quotes on several levels around the mark, moved when it has moved, and smaller on the side they are long of. */
import type { MarketRow, PriceTicks, SizeLots, TimeUs } from '../../core/num/units.ts';
import { Leg } from '../../core/schema/commands.ts';
import { SelfTrade, TimeInForce } from '../../core/schema/orders.ts';
import { Side } from '../../core/schema/side.ts';
import { VenueKind, type OwnCommand } from '../../core/schema/venue-commands.ts';
import { chance, pick } from './draw.ts';
import type { Desk } from './desk.ts';

const LEVELS_MAX = 4;

export function makerCommands(desk: Desk): OwnCommand[] {
  const { random, view, account } = desk;
  const market = desk.market();
  const resting = view.ordersOf(account).filter((order) => order.market === market && order.rests);
  if (resting.length > 0 && chance(random, 0.3)) return [amendment(desk, pick(random, resting))];
  const commands: OwnCommand[] = [];
  if (resting.length > 0) {
    if (chance(random, 0.7)) commands.push(desk.say({ kind: VenueKind.cancel_all, account, market }));
    else
      for (const { id } of resting.slice(0, 3))
        commands.push(desk.say({ kind: VenueKind.cancel, account, order: id, clientId: 0 }));
  }
  return [...commands, ...quotes(desk, market)];
}

function quotes(desk: Desk, market: MarketRow): OwnCommand[] {
  const { random, view, account } = desk;
  const middle = view.markTicks(market);
  const usual = desk.usualLots(market);
  const lean = view.positionSize(account, market, Leg.net) / (usual * 10);
  const spread = pick(random, [0.0005, 0.002, 0.01]);
  const levels = 1 + random.below(LEVELS_MAX);
  const session = 1 + random.below(2);
  const isTimed = chance(random, 0.15);
  const commands: OwnCommand[] = [];
  for (let level = 1; level <= levels; level++) {
    for (const side of [Side.bid, Side.ask]) {
      const away = Math.max(level, middle * spread * level);
      const favour = side === Side.bid ? 1 - lean : 1 + lean;
      commands.push(
        desk.limit(
          market,
          side,
          side === Side.bid ? middle - away : middle + away,
          usual * random.between(0.2, 1.5) * level * Math.max(0.1, favour),
          {
            postOnly: chance(random, 0.6),
            session,
            selfTrade: pick(random, Object.values(SelfTrade)),
            ...(isTimed
              ? { timeInForce: TimeInForce.gtd, expiresUs: (desk.nowUs + 1 + random.below(5e6)) as TimeUs }
              : {}),
          },
        ),
      );
    }
  }
  return commands;
}

/** Down in size keeps its place; anything else loses it. */
function amendment(
  desk: Desk,
  order: { readonly id: number; readonly price: number; readonly size: number; readonly market: number },
): OwnCommand {
  const { random, account, view } = desk;
  const moved = chance(random, 0.5)
    ? 0
    : Math.round(view.markTicks(order.market) * random.between(-0.002, 0.002));
  return desk.say({
    kind: VenueKind.amend,
    account,
    order: order.id,
    clientId: 0,
    price: Math.max(1, order.price + moved) as PriceTicks,
    size: Math.max(1, Math.round(order.size * pick(random, [0.5, 0.9, 1, 1, 1.3]))) as SizeLots,
  });
}
