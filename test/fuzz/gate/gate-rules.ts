/** Groups, halts, instruments and reference prices of random gate histories. */
import { GateKind, HaltState } from '../../../src/core/schema/gate-commands.ts';
import { GroupKind } from '../../../src/core/schema/gate-limits.ts';
import type { GateFields } from './gate-orders.ts';
import { UNKNOWN, type GateWorld } from './gate-world.ts';

export class GateRules {
  readonly #world: GateWorld;

  constructor(world: GateWorld) {
    this.#world = world;
  }

  group(): GateFields {
    const { random, state } = this.#world;
    const of = random.chance(0.02)
      ? random.pick([0, 6, -1])
      : random.whole(GroupKind.customer, GroupKind.set);
    const alike = state.groups.filter(({ kind }) => kind === of);
    const isNested = alike.length > 0 && random.chance(0.4);
    const parent = random.chance(0.02) ? UNKNOWN : isNested ? random.pick(alike).row : 0;
    const name = random.chance(0.02) ? random.pick(['firm', '', 'g1']) : `g${state.groups.length}`;
    return { kind: GateKind.group, name, of, parent };
  }

  member(): GateFields {
    const { random, state } = this.#world;
    const isIn = random.chance(0.8);
    const put = state.members;
    if (!isIn && put.length > 0 && random.chance(0.9))
      return { kind: GateKind.member, ...random.pick(put), isIn };
    return { kind: GateKind.member, account: this.#world.account(), group: this.#world.group(), isIn };
  }

  instrument(): GateFields {
    const { random } = this.#world;
    return {
      kind: GateKind.instrument,
      market: this.#world.market(),
      sector: random.pick(['', 'crypto', 'energy']),
      issuer: random.pick(['', 'one', 'two']),
      short: random.pick([0, 0, 0, 1, 2]),
      restricted: random.chance(0.05),
    };
  }

  reference(): GateFields {
    const { random } = this.#world;
    const market = this.#world.market();
    return {
      kind: GateKind.reference,
      market,
      index: random.chance(0.2) ? null : this.#world.movedMark(market),
      last: random.chance(0.2) ? null : this.#world.price(market),
    };
  }

  halt(): GateFields {
    const { random } = this.#world;
    return {
      kind: GateKind.halt,
      ...this.#scope(),
      state: random.chance(0.02)
        ? random.pick([0, 3])
        : random.pick([HaltState.reduce_only, HaltState.halted]),
      by: random.chance(0.02) ? '' : 'officer',
      why: 'test',
    };
  }

  /** Mostly of one that stands. */
  release(): GateFields {
    const { random, state } = this.#world;
    const { halts } = state;
    const stands = halts.length > 0 && random.chance(0.9) ? random.pick(halts) : this.#scope();
    const { group, account, market } = stands;
    return {
      kind: GateKind.release,
      group,
      account,
      market,
      by: 'officer',
      why: random.chance(0.02) ? '' : 'test',
    };
  }

  #scope(): { group: number | null; account: number | null; market: number | null } {
    const { random } = this.#world;
    const none = { group: null, account: null, market: null };
    const how = random.weighted({ group: 2, account: 3, market: 2, both: 2, none: 0.1, odd: 0.1 });
    switch (how) {
      case 'group':
        return { ...none, group: this.#world.group() };
      case 'account':
        return { ...none, account: this.#world.account() };
      case 'market':
        return { ...none, market: this.#world.market() };
      case 'both':
        return { ...none, account: this.#world.account(), market: this.#world.market() };
      case 'odd':
        return { group: this.#world.group(), account: null, market: this.#world.market() };
      case 'none':
        return none;
    }
  }
}
