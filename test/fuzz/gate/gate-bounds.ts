/** Limits and grants of random gate histories: at what an order would come to just now, one less, one more, or far off. */
import { GateKind } from '../../../src/core/schema/gate-commands.ts';
import {
  GroupKind,
  Limit,
  LIMIT_COUNT,
  levelOfLimit,
  LimitLevel,
  LimitUnit,
  LIMIT_UNITS,
  REQUIRED_FIRM_LIMITS,
  REQUIRED_LIMITS,
} from '../../../src/core/schema/gate-limits.ts';
import { OrderType } from '../../../src/core/schema/orders.ts';
import {
  candidateOf,
  doneOf,
  lossesToday,
  lotsHere,
  marginOf,
  valuesOf,
  type Candidate,
  type GroupView,
} from '../../../src/reference/gate/candidate.ts';
import { share } from '../../../src/reference/gate/prices.ts';
import type { Order } from '../../../src/reference/gate/state.ts';
import { Form } from '../../../src/core/schema/commands.ts';
import { formOf } from '../../../src/reference/worth.ts';
import { clamp } from '../books.ts';
import type { GateFields } from './gate-orders.ts';
import { UNKNOWN, type GateWorld } from './gate-world.ts';

interface Scope {
  readonly level: number;
  readonly group: number | null;
  readonly account: number | null;
  readonly market: number | null;
}

interface Value {
  readonly limit: number;
  readonly hard: number | null;
  readonly soft: number | null;
}

const SETTLED: ReadonlySet<number> = new Set([Limit.window_us, Limit.group_window_us]);

/** What only shows where other things come together. */
const SELDOM: ReadonlySet<number> = new Set([
  Limit.self_trade,
  Limit.parent_required,
  Limit.duplicate_us,
  Limit.repeat_max,
  Limit.repeat_us,
  Limit.collar_index,
  Limit.collar_last,
]);

export class GateBounds {
  readonly #world: GateWorld;
  /** How often a limit is stated where it need not be, and how often just where things are. */
  readonly #statedShare: number;
  readonly #tightShare: number;

  constructor(world: GateWorld) {
    this.#world = world;
    this.#statedShare = world.random.pick([0.02, 0.06, 0.2]);
    this.#tightShare = world.random.pick([0.02, 0.1, 0.3]);
  }

  limits(): GateFields {
    const { random, state, timeUs } = this.#world;
    const version = random.chance(0.95) ? state.version + 1 : random.whole(0, 9);
    return {
      kind: GateKind.limits,
      version,
      author: random.chance(0.01) ? '' : 'officer',
      why: random.chance(0.01) ? '' : 'test',
      effectiveUs: random.chance(0.6) ? timeUs : timeUs + random.pick([-5, 1, 3, 20, 300]),
      sets: this.#sets(),
    };
  }

  grant(): GateFields {
    const { random, timeUs } = this.#world;
    const level = random.chance(0.6) ? LimitLevel.account : LimitLevel.group;
    const limit = this.#limitOf(level);
    const isOfGroup = level === LimitLevel.group || random.chance(0.3);
    const market = random.chance(0.4) && !SETTLED.has(limit) ? this.#world.market() : null;
    return {
      kind: GateKind.grant,
      level,
      group: isOfGroup ? this.#world.group() : null,
      account: isOfGroup && random.chance(0.99) ? null : this.#world.account(),
      market,
      limit,
      hard: random.chance(0.2) ? null : this.#valueFor(limit),
      expiresUs: timeUs + random.pick([-1, 0, 1, 5, 50, 500, 5_000]),
      by: 'one',
      approvedBy: random.chance(0.03) ? 'one' : 'two',
      why: random.chance(0.02) ? '' : 'test',
    };
  }

  /** As much as anybody may. */
  ease(): GateFields {
    const fields = this.limits();
    const values = (limits: readonly Limit[]): Value[] =>
      limits.map((limit) => (SETTLED.has(limit) ? this.#value(limit) : { limit, hard: null, soft: null }));
    const firm = { group: 0, account: null, market: null };
    return {
      ...fields,
      version: this.#world.state.version + 1,
      effectiveUs: 0,
      sets: [
        { ...firm, level: LimitLevel.account, values: values(REQUIRED_LIMITS) },
        { ...firm, level: LimitLevel.group, values: values(REQUIRED_FIRM_LIMITS) },
      ],
    };
  }

  #sets(): readonly (Scope & { values: Value[] })[] {
    const { random, state } = this.#world;
    const required = (limits: readonly Limit[]): Value[] => {
      const isComplete = random.chance(0.97);
      return limits
        .filter(() => isComplete || random.chance(0.6))
        .map((limit) =>
          SETTLED.has(limit) || random.chance(this.#tightShare)
            ? this.#value(limit)
            : { limit, hard: null, soft: null },
        );
    };
    const firm = { group: 0, account: null, market: null };
    const sets: (Scope & { values: Value[] })[] = [
      {
        ...firm,
        level: LimitLevel.account,
        values: [...required(REQUIRED_LIMITS), ...this.#some(LimitLevel.account, REQUIRED_LIMITS)],
      },
      {
        ...firm,
        level: LimitLevel.group,
        values: [...required(REQUIRED_FIRM_LIMITS), ...this.#some(LimitLevel.group, REQUIRED_FIRM_LIMITS)],
      },
    ];
    const known = new Set<string>(sets.map(textOf));
    for (let left = random.whole(0, 4); left > 0; left--) {
      const scope = this.#scope();
      if (known.has(textOf(scope)) && random.chance(0.97)) continue;
      known.add(textOf(scope));
      sets.push({ ...scope, values: this.#some(scope.level, [], scope.market !== null) });
    }
    const housed = state.groups.filter(
      ({ kind }) => kind === GroupKind.venue || kind === GroupKind.counterparty,
    );
    if (housed.length > 0 && random.chance(0.3)) {
      const limits = [
        Limit.group_long_max,
        Limit.group_short_max,
        Limit.group_net_max,
        Limit.group_gross_value_max,
        Limit.group_net_value_max,
      ];
      const values = [random.pick(limits)].map((limit) => this.#value(limit));
      const scope = { level: LimitLevel.group, group: random.pick(housed).row, account: null, market: null };
      if (!known.has(textOf(scope))) sets.push({ ...scope, values });
    }
    if (random.chance(0.03)) {
      const bad = [
        { ...firm, level: LimitLevel.group, group: UNKNOWN, values: [] },
        { ...firm, level: LimitLevel.group, account: 0, values: [] },
        { ...firm, level: LimitLevel.group, values: [{ limit: Limit.gross_max, hard: 1, soft: null }] },
        {
          ...firm,
          level: LimitLevel.account,
          market: 0,
          values: [{ limit: Limit.window_us, hard: 1, soft: null }],
        },
        {
          ...firm,
          level: LimitLevel.account,
          market: 0,
          values: [{ limit: Limit.gross_max, hard: random.pick([-1, Number.NaN, 0.5, 2 ** 53]), soft: null }],
        },
        {
          ...firm,
          level: LimitLevel.account,
          market: 0,
          values: [{ limit: LIMIT_COUNT, hard: 1, soft: null }],
        },
        { ...firm, level: LimitLevel.account, market: UNKNOWN, values: [] },
        { ...firm, level: LimitLevel.account, group: null, account: state.accounts.length, values: [] },
      ];
      sets.push(random.pick(bad));
    }
    return sets;
  }

  #scope(): Scope {
    const { random } = this.#world;
    const market = random.chance(0.4) ? this.#world.market() : null;
    const level = random.chance(0.6) ? LimitLevel.account : LimitLevel.group;
    if (level === LimitLevel.group || random.chance(0.4))
      return { level, group: this.#world.group(), account: null, market };
    return { level, group: null, account: this.#world.account(), market };
  }

  #some(level: number, without: readonly Limit[], isOfMarket = false): Value[] {
    const { random } = this.#world;
    return Object.values<Limit>(Limit)
      .filter((limit) => levelOfLimit(limit) === level && !without.includes(limit))
      .filter((limit) => !(isOfMarket && SETTLED.has(limit)))
      .filter((limit) =>
        random.chance(SETTLED.has(limit) ? 0.5 : this.#statedShare * (SELDOM.has(limit) ? 3 : 1)),
      )
      .map((limit) => this.#value(limit));
  }

  #limitOf(level: number): Limit {
    const { random } = this.#world;
    const limits = Object.values<Limit>(Limit).filter(
      (limit) => levelOfLimit(limit) === level || random.chance(0.005),
    );
    return random.pick(limits);
  }

  #value(limit: Limit): Value {
    const { random } = this.#world;
    const hard = random.chance(0.1) ? null : this.#valueFor(limit);
    const isWarned = LIMIT_UNITS[limit] !== LimitUnit.flag && random.chance(0.4);
    const soft = isWarned
      ? Math.floor(random.chance(0.5) ? (hard ?? 100) * 0.8 : this.#valueFor(limit))
      : null;
    return { limit, hard, soft };
  }

  /** Near what an order would come to now. */
  #valueFor(limit: Limit): number {
    const { random, window } = this.#world;
    if (LIMIT_UNITS[limit] === LimitUnit.flag) return random.chance(0.6) ? 1 : 0;
    if (SETTLED.has(limit)) return random.chance(0.8) ? window : random.pick([0, 1, 16, 33, 1_600]);
    if (limit === Limit.duplicate_us || limit === Limit.repeat_us)
      return random.pick([0, 1, 3, 10, 50, 1_000]);
    if (limit === Limit.repeat_max) return random.whole(0, 6);
    const candidate = this.#candidate();
    const now =
      candidate === null
        ? 100
        : clamp(
            Number(at(candidate, random.pick(candidate.groups), limit) ?? 1_000_000n),
            0,
            Number.MAX_SAFE_INTEGER,
          );
    const how = random.weighted({ just: 4, looser: 5, loose: 6, tight: 0.5, zero: 0.1 });
    const value = {
      just: now + random.whole(-1, 1),
      looser: now * random.log(1, 3),
      loose: now * random.log(3, 100) + 1_000,
      tight: now * random.unit(),
      zero: 0,
    }[how];
    return clamp(Math.round(value), 0, Number.MAX_SAFE_INTEGER);
  }

  /** An order that somebody could enter. */
  #candidate(): Candidate | null {
    const { state, markets } = this.#world;
    const account = this.#world.account();
    const row = this.#world.market();
    const market = markets[row];
    if (state.accounts[account] === undefined || market === undefined) return null;
    if (formOf(market) === Form.collateral) return null;
    const size = Math.max(1, Math.floor(this.#world.size()));
    const order: Order = {
      id: state.lastOrder + 1,
      account,
      market: row,
      leg: this.#world.leg(),
      side: this.#world.side(),
      type: OrderType.limit,
      reduceOnly: false,
      clientId: 0,
      parent: 0,
      price: BigInt(Math.max(1, Math.floor(this.#world.price(row)))),
      size: BigInt(size),
      filled: 0n,
      pending: null,
    };
    return candidateOf(state, order, false, 0);
  }
}

function textOf({ level, group, account, market }: Scope): string {
  return [level, group, account, market].join(' ');
}

/** What a limit is held against. */
function at(candidate: Candidate, group: GroupView, limit: Limit): bigint | null {
  const { long, short, worst } = lotsHere(candidate);
  const values = valuesOf(candidate);
  const { equity } = marginOf(candidate);
  const done = doneOf(candidate);
  const { lost, drawdown } = lossesToday(candidate);
  const { orders, executions } = candidate.account.day;
  const amounts: Partial<Record<Limit, bigint | null>> = {
    [Limit.order_size_min]: candidate.size,
    [Limit.order_size_max]: candidate.size,
    [Limit.order_value_min]: candidate.value,
    [Limit.order_value_max]: candidate.value,
    [Limit.collar_mark]: 20_000n,
    [Limit.collar_index]: 30_000n,
    [Limit.collar_last]: 30_000n,
    [Limit.position_max]: worst,
    [Limit.long_max]: long,
    [Limit.short_max]: short,
    [Limit.market_value_max]: values.here,
    [Limit.gross_max]: values.gross,
    [Limit.net_max]: values.net,
    [Limit.market_share_max]: share(values.here, values.gross),
    [Limit.share_floor]: values.gross,
    [Limit.sector_value_max]: values.sector,
    [Limit.issuer_value_max]: values.issuer,
    [Limit.leverage_max]: share(values.gross, equity),
    [Limit.orders_max]: BigInt(done.orders),
    [Limit.order_rate_value_max]: done.value,
    [Limit.cancels_max]: BigInt(done.cancels),
    [Limit.order_trade_max]: share(BigInt(orders + 1), BigInt(Math.max(1, executions))),
    [Limit.order_trade_floor]: BigInt(orders + 1),
    [Limit.working_max]: BigInt(candidate.orders.length),
    [Limit.loss_max]: lost,
    [Limit.drawdown_max]: drawdown,
    [Limit.group_long_max]: group.long,
    [Limit.group_short_max]: group.short,
    [Limit.group_net_max]: group.net,
    [Limit.open_interest_max]: group.long > group.short ? group.long : group.short,
    [Limit.group_gross_value_max]: group.gross,
    [Limit.group_net_value_max]: group.netValue,
    [Limit.group_orders_max]: BigInt(group.done.orders),
    [Limit.group_rate_value_max]: group.done.value,
    [Limit.traded_value_max]: group.traded,
  };
  return amounts[limit] ?? 1_000n;
}
