/** Orders and what becomes of them, in random gate histories. */
import { Leg } from '../../../src/core/schema/commands.ts';
import { GateKind } from '../../../src/core/schema/gate-commands.ts';
import { OrderType } from '../../../src/core/schema/orders.ts';
import { Side } from '../../../src/core/schema/side.ts';
import { legOf } from '../../../src/reference/gate/exposure.ts';
import { leftOf } from '../../../src/reference/gate/orders.ts';
import type { Order } from '../../../src/reference/gate/state.ts';
import { UNKNOWN, type GateWorld } from './gate-world.ts';

export type GateFields = { readonly kind: number } & Record<string, unknown>;

export class GateOrders {
  readonly #world: GateWorld;
  /** What was entered last: duplicates are made of it. */
  #last: GateFields | null = null;

  constructor(world: GateWorld) {
    this.#world = world;
  }

  enter(): GateFields {
    const { random } = this.#world;
    if (this.#last !== null && random.chance(0.06)) return { ...this.#last, clientId: 0 };
    const account = this.#world.account();
    const market = this.#world.market();
    const fields = random.chance(0.3) ? this.#reducing(account, market) : null;
    const isMarketOrder = random.chance(0.15);
    const type = isMarketOrder ? OrderType.market : OrderType.limit;
    const price = isMarketOrder ? (random.chance(0.02) ? 1 : 0) : this.#world.price(market);
    const leg = this.#world.leg();
    const opens = leg === Leg.long ? Side.bid : Side.ask;
    const made = {
      kind: GateKind.enter,
      account,
      market,
      leg,
      side: leg === Leg.net || random.chance(0.1) ? this.#world.side() : opens,
      type,
      price,
      size: this.#world.size(),
      reduceOnly: random.chance(0.02),
      clientId: random.chance(0.3) ? random.whole(1, 6) : 0,
      parent: this.#parentOf(account, market),
      ...fields,
    };
    this.#last = made;
    return made;
  }

  replace(): GateFields {
    const { random } = this.#world;
    const order = this.#anyOrder();
    const market = order?.market ?? 0;
    const size = order === undefined ? 1 : this.#sizeNear(order);
    const price = order?.type === OrderType.market ? 0 : this.#world.price(market);
    const same = order !== undefined && random.chance(0.2) ? Number(order.price) : price;
    return {
      kind: GateKind.replace,
      ...this.#nameOf(order),
      price: order?.type === OrderType.market && random.chance(0.95) ? 0 : same,
      size,
    };
  }

  cancel(): GateFields {
    return { kind: GateKind.cancel, ...this.#nameOf(this.#anyOrder()) };
  }

  confirm(): GateFields {
    const { random } = this.#world;
    const waiting = this.#world.working().filter(({ pending }) => pending !== null);
    const order = waiting.length > 0 && random.chance(0.9) ? random.pick(waiting) : this.#anyOrder();
    return { kind: GateKind.confirm, order: this.#idOf(order), taken: random.chance(0.7) };
  }

  done(): GateFields {
    return { kind: GateKind.done, order: this.#idOf(this.#anyOrder()) };
  }

  execution(): GateFields {
    const { random, trades } = this.#world;
    if (trades.length > 0 && random.chance(0.1)) {
      const again = random.pick(trades.slice(-40));
      return { ...again, ...(random.chance(0.2) ? { lots: 3 } : {}) } as GateFields;
    }
    const order = random.chance(0.75) ? this.#anyOrder() : undefined;
    const market = order?.market ?? this.#world.market();
    const isStray = random.chance(0.02);
    const fields = {
      kind: GateKind.execution,
      account: isStray ? null : (order?.account ?? this.#world.account()),
      name: isStray
        ? random.pick([`a${this.#world.state.accounts.length + 1}`, 'ghost', 'a1', '', 'a\u0000'])
        : '',
      market,
      leg: order?.leg ?? this.#world.leg(),
      side: order?.side ?? this.#world.side(),
      lots: order === undefined ? this.#world.size() : this.#lotsOf(order),
      price:
        order !== undefined && order.price > 0n && random.chance(0.5)
          ? Number(order.price)
          : Math.max(1, this.#world.price(market)),
      fee: random.chance(0.5) ? 0 : random.whole(-3, 20),
      trade: this.#world.newTrade(),
      order: order?.id ?? (random.chance(0.1) ? random.whole(0, this.#world.state.lastOrder + 1) : 0),
    };
    const wrong = [
      { side: 1 - fields.side },
      { leg: Leg.long },
      { account: this.#world.account() },
      { order: UNKNOWN * 1e6 },
    ];
    const made = random.chance(0.02) ? { ...fields, ...random.pick<object>(wrong) } : fields;
    trades.push(made);
    return made;
  }

  parent(): GateFields {
    const { random, state } = this.#world;
    const isTaken = state.parents.size > 0 && random.chance(0.1);
    return {
      kind: GateKind.parent,
      parent: isTaken ? random.pick([...state.parents.keys()]) : random.whole(1, 30),
      account: this.#world.account(),
      market: this.#world.market(),
      side: this.#world.side(),
      size: random.whole(1, 3 * Math.min(this.#world.lots, 1e9)),
    };
  }

  locate(): GateFields {
    const { random, timeUs } = this.#world;
    return {
      kind: GateKind.locate,
      account: this.#world.account(),
      market: this.#world.market(),
      lots: random.chance(0.2) ? 0 : random.whole(1, 2 * this.#world.lots),
      expiresUs: timeUs + random.pick([-1, 0, 1, 10, 200, 1e6]),
    };
  }

  /** Against what is held, of just as much as is free, or a little more or less. */
  #reducing(account: number, row: number): Partial<GateFields> | null {
    const { random, state, markets } = this.#world;
    if (state.accounts[account] === undefined || markets[row] === undefined) return null;
    const legs = [Leg.net, Leg.long, Leg.short]
      .map((leg) => legOf(state.engine, account, [], markets[row], leg))
      .filter(({ held }) => held !== 0n);
    if (legs.length === 0) return null;
    const { leg, held } = random.pick(legs);
    const side = held > 0n ? Side.ask : Side.bid;
    const working = state.accounts[account].orders
      .filter((order) => order.market === row && order.leg === leg && order.side === side)
      .reduce((sum, order) => sum + leftOf(order), 0n);
    const free = Number((held < 0n ? -held : held) - working);
    const size = random.chance(0.6) ? free + random.pick([-1, 0, 0, 1]) : random.whole(1, Math.max(1, free));
    return { leg, side, size: Math.max(1, size), reduceOnly: random.chance(0.4) };
  }

  /** One that fits, one that does not, or none. */
  #parentOf(account: number, market: number): number {
    const { random, state, style } = this.#world;
    if (random.chance(style === 'parents' ? 0.2 : 0.97)) return 0;
    const parents = [...state.parents.values()];
    const own = parents.filter((parent) => parent.account === account && parent.market === market);
    if (own.length > 0 && random.chance(0.95)) return random.pick(own).id;
    return random.chance(0.1) ? random.whole(1, 30) : 0;
  }

  #anyOrder(): Order | undefined {
    const working = this.#world.working();
    return working.length === 0 ? undefined : this.#world.random.pick(working);
  }

  #idOf(order: Order | undefined): number {
    const { random, state } = this.#world;
    return order === undefined || random.chance(0.03) ? random.whole(0, state.lastOrder + 1) : order.id;
  }

  /** By its id or its client's; at times somebody else's. */
  #nameOf(order: Order | undefined): { account: number; order: number; clientId: number } {
    const { random } = this.#world;
    const account = order === undefined || random.chance(0.02) ? this.#world.account() : order.account;
    if (order !== undefined && order.clientId !== 0 && random.chance(0.5))
      return { account, order: 0, clientId: order.clientId };
    return { account, order: this.#idOf(order), clientId: random.chance(0.1) ? random.whole(0, 6) : 0 };
  }

  /** What was filled, a little more, what it is, twice that. */
  #sizeNear({ size, filled }: Order): number {
    const { random } = this.#world;
    const all = Number(size);
    const done = Number(filled);
    return random.pick([
      all,
      all,
      all + 1,
      all * 2,
      done,
      done + 1,
      random.whole(1, Math.max(1, all)),
      all + random.whole(1, this.#world.lots),
    ]);
  }

  #lotsOf(order: Order): number {
    const { random } = this.#world;
    const left = Number(leftOf(order));
    if (random.chance(0.06)) return left + random.whole(1, 4);
    return random.chance(0.4) ? left : random.whole(1, Math.max(1, left));
  }
}
