/**
 * What an order-entry system sends to a gate over a while, with the ids that its orders really get: made once by playing it, and played again for measuring.
 * Every limit there is holds for every account, four groups each, so that every check has something to look at; few orders reach one.
 */
import { Gate } from '../../core/admission/gate.ts';
import { Kind, type Command } from '../../core/schema/commands.ts';
import {
  GateKind,
  type GateCommand,
  type LimitSet,
  type LimitValue,
} from '../../core/schema/gate-commands.ts';
import { FIRM, GroupKind, Limit, LimitLevel } from '../../core/schema/gate-limits.ts';
import { DEFAULT_LEVELS } from '../../core/schema/levels.ts';
import { OrderType } from '../../core/schema/orders.ts';
import { Reason, REASON_NAMES } from '../../core/schema/reasons.ts';
import { Side } from '../../core/schema/side.ts';
import { Chooser, type Popularity } from '../../sim/popularity.ts';
import { Random } from '../../sim/random.ts';

export type AnyCommand = Command | GateCommand;

export interface FlowOptions {
  readonly accounts: number;
  readonly markets: number;
  readonly commands: number;
  /** Orders that work when measuring begins. */
  readonly working: number;
  /** Which accounts send: each as likely as the next, or a few most of it. */
  readonly popularity: Popularity;
  readonly seed: number;
}

export interface Flow {
  /** A gate to the point at which measuring begins: each call makes another. */
  readonly prepared: () => Gate;
  /** The commands that take it there. */
  readonly before: () => Generator<AnyCommand>;
  readonly commands: readonly AnyCommand[];
}

/** Of a hundred commands. What a venue answers to cancels and replaces comes after them; the rest are new orders. Marks are one in two hundred and fifty. */
export const FLOW_MIX = { enter: 40, replace: 8, confirm: 8, cancel: 16, done: 16, execution: 12 } as const;
const MARK_EVERY = 250;
const MID = 500_000;
const CUSTOMERS = 500;
const DESKS = 50;
const VENUES = 8;
const SECTORS = 8;
const US_BETWEEN = 20;
/** Orders asked for one that is accepted, at most. */
const TRIES = 4;
/** Of a position: a million accounts are within what a firm's limit can be stated as, 2^53. */
const LOTS_MAX = 200;
const START_US = 1_700_000_000_000_000;

interface Working {
  readonly order: number;
  readonly account: number;
  readonly market: number;
  readonly side: Side;
  readonly price: number;
  readonly size: number;
  left: number;
}

/** A tick is ten cents, a lot a thousandth, money millionths: a lot at a tick is 100 of them. */
export function makeFlow(options: FlowOptions): Flow {
  const { accounts, markets, seed } = options;
  function* book(): Generator<AnyCommand> {
    yield* definitions(markets);
    yield* members(accounts, markets, new Random(seed));
  }
  const begun = (): Gate => {
    const fresh = new Gate();
    for (const command of book()) mustBeAccepted(fresh, command);
    return fresh;
  };
  const { setup, flow } = played(begun(), options);
  return {
    commands: flow,
    prepared: () => {
      const fresh = begun();
      for (const command of setup) fresh.apply(command);
      return fresh;
    },
    *before() {
      yield* book();
      yield* setup;
    },
  };
}

/** On a gate with accounts, which is over with that: two at a time would be too many where there are a million. */
function played(
  gate: Gate,
  { accounts, markets, commands, working: depth, popularity, seed }: FlowOptions,
): { readonly setup: AnyCommand[]; readonly flow: AnyCommand[] } {
  const random = new Random(seed + 1);
  const setup: AnyCommand[] = [];
  const chooser = new Chooser(accounts, popularity);
  // Accounts that send much are anywhere in memory.
  const stride = strideOf(accounts);

  let timeUs = START_US;
  let trade = 0;
  const working: Working[] = [];
  const play = (into: AnyCommand[], body: Record<string, unknown>): Reason => {
    timeUs += US_BETWEEN;
    const command = { timeUs, origin: null, ...body } as never as AnyCommand;
    into.push(command);
    return gate.apply(command);
  };
  const enter = (into: AnyCommand[]): void => {
    const account = (chooser.draw(random) * stride) % accounts;
    const market = random.below(markets);
    const side = random.below(2) as Side;
    const isMarket = random.below(20) === 0;
    const distance = random.below(1000);
    const price = isMarket ? 0 : side === Side.bid ? MID - 1 - distance : MID + 1 + distance;
    const size = 1 + random.below(100);
    const type = isMarket ? OrderType.market : OrderType.limit;
    const body = {
      account,
      market,
      leg: 0,
      side,
      type,
      price,
      size,
      reduceOnly: false,
      clientId: 0,
      parent: 0,
    };
    if (play(into, { kind: GateKind.enter, ...body }) !== Reason.accepted) return;
    working.push({ order: gate.decision.order, account, market, side, price, size, left: size });
  };
  const take = (): Working => {
    const at = random.below(working.length);
    const taken = working[at];
    working[at] = working[working.length - 1];
    working.pop();
    return taken;
  };
  while (working.length < depth) {
    enter(setup);
    // Whoever asks for more than the limits of the flow allow would wait for ever.
    if (setup.length > TRIES * depth + MARK_EVERY)
      throw new Error(
        `only ${working.length} of ${depth} orders were accepted: ask for fewer with --working; the last was refused: ${REASON_NAMES[gate.decision.reason]}`,
      );
  }

  const flow: AnyCommand[] = [];
  while (flow.length < commands) {
    if (flow.length % MARK_EVERY === MARK_EVERY - 1) {
      const market = random.below(markets);
      play(flow, { kind: Kind.marks, marks: [{ market, price: MID - 50 + random.below(101) }], text: '' });
      continue;
    }
    const turn = random.below(100 - FLOW_MIX.confirm - FLOW_MIX.done);
    const isDeep = working.length > depth;
    if (turn < FLOW_MIX.replace) {
      const { order, account, price, size, side } = working[random.below(working.length)];
      const moved = price === 0 ? 0 : price + (side === Side.bid ? -1 : 1);
      const replaced = play(flow, {
        kind: GateKind.replace,
        account,
        order,
        clientId: 0,
        price: moved,
        size,
      });
      if (replaced === Reason.accepted) play(flow, { kind: GateKind.confirm, order, taken: true });
    } else if (turn < FLOW_MIX.replace + FLOW_MIX.cancel + (isDeep ? FLOW_MIX.enter : 0)) {
      const { order, account } = take();
      play(flow, { kind: GateKind.cancel, account, order, clientId: 0 });
      play(flow, { kind: GateKind.done, order });
    } else if (turn < FLOW_MIX.replace + FLOW_MIX.cancel + FLOW_MIX.execution) {
      const at = random.below(working.length);
      const filled = working[at];
      const { order, account, market, side } = filled;
      const price = filled.price === 0 ? MID : filled.price;
      const lots = Math.min(filled.left, 1 + random.below(filled.size));
      const body = { account, name: '', market, leg: 0, side, lots, price, fee: 100, trade: ++trade, order };
      play(flow, { kind: GateKind.execution, ...body });
      filled.left -= lots;
      if (filled.left > 0) continue;
      working[at] = working[working.length - 1];
      working.pop();
    } else enter(flow);
  }
  return { setup, flow };
}

function* definitions(markets: number): Generator<AnyCommand> {
  yield made({
    kind: Kind.settings,
    rules: 1,
    asset: 'USDT',
    decimals: 6,
    inclusive: false,
    levels: DEFAULT_LEVELS,
  });
  for (let market = 0; market < markets; market++) {
    yield made({
      kind: Kind.market,
      name: `M${market}`,
      tick: '0.1',
      lot: '0.001',
      markTick: '0.1',
      markUnit: 100,
      tickUnit: { num: 100, den: 1 },
      tiers: [
        { floor: 0, mmr: { num: 1, den: 250 }, imr: { num: 1, den: 125 } },
        { floor: 50_000_000_000, mmr: { num: 1, den: 200 }, imr: { num: 1, den: 100 } },
        { floor: 600_000_000_000, mmr: { num: 1, den: 100 }, imr: { num: 1, den: 50 } },
      ],
      closeFee: { num: 0, den: 1 },
      basis: 0,
      orderMargin: 0,
      orderRate: { num: 0, den: 1 },
    });
    yield made({ kind: Kind.marks, marks: [{ market, price: MID }], text: '' });
    yield made({ kind: GateKind.reference, market, index: MID, last: MID });
    const sector = `sector-${market % SECTORS}`;
    yield made({
      kind: GateKind.instrument,
      market,
      sector,
      issuer: `M${market}`,
      short: 0,
      restricted: false,
    });
  }
  const groups: [string, GroupKind, number][] = [
    ['customer', GroupKind.customer, CUSTOMERS],
    ['desk', GroupKind.desk, DESKS],
    ['venue', GroupKind.venue, VENUES],
  ];
  for (const [name, of, count] of groups)
    for (let at = 0; at < count; at++)
      yield made({ kind: GateKind.group, name: `${name}-${at}`, of, parent: FIRM });
  yield made({
    kind: GateKind.limits,
    version: 1,
    author: 'bench',
    why: 'everything is limited',
    effectiveUs: 0,
    sets: limitSets(1 + CUSTOMERS + DESKS + VENUES, markets),
  });
}

/** Accounts with money, in their groups: a customer has one desk and many accounts at venues; every second one holds a position or three. */
function* members(accounts: number, markets: number, random: Random): Generator<AnyCommand> {
  for (let account = 0; account < accounts; account++) {
    yield made({ kind: Kind.account, name: `a${account}` });
    yield made({ kind: Kind.transfer, account, market: 0, leg: 0, isolated: false, amount: 100_000_000_000 });
    const customer = random.below(CUSTOMERS);
    for (const group of [
      1 + customer,
      1 + CUSTOMERS + (customer % DESKS),
      1 + CUSTOMERS + DESKS + random.below(VENUES),
    ])
      yield made({ kind: GateKind.member, account, group, isIn: true });
    if (account % 2 === 1) continue;
    const first = random.below(markets);
    for (let at = 0; at < 1 + (account % 6) / 2; at++) {
      const size = (random.below(2) === 0 ? -1 : 1) * (1 + random.below(LOTS_MAX));
      const market = (first + at) % markets;
      const costBasis = size * MID * 100;
      yield made({
        kind: Kind.position,
        account,
        market,
        leg: 0,
        isolated: false,
        size,
        costBasis,
        fundingIndex: null,
      });
    }
  }
}

/** For every account the same, in every second market something of its own; every group has totals. */
function limitSets(groups: number, markets: number): LimitSet[] {
  const value = (limit: Limit, hard: number, soft: number | null = null): LimitValue => ({
    limit,
    hard,
    soft,
  });
  const everybody = { level: LimitLevel.account, group: FIRM, account: null } as const;
  const sets: LimitSet[] = [
    {
      ...everybody,
      market: null,
      values: [
        value(Limit.order_size_min, 1),
        value(Limit.order_size_max, 100_000),
        value(Limit.order_value_min, 1),
        value(Limit.order_value_max, 1e13),
        value(Limit.collar_mark, 50_000),
        value(Limit.collar_index, 60_000),
        value(Limit.collar_last, 100_000),
        value(Limit.position_max, 1_000_000, 500_000),
        value(Limit.long_max, 1_000_000),
        value(Limit.short_max, 1_000_000),
        value(Limit.market_value_max, 1e13),
        value(Limit.gross_max, 1e14, 5e13),
        value(Limit.net_max, 1e14),
        value(Limit.market_share_max, 900_000),
        value(Limit.share_floor, 1e13),
        value(Limit.sector_value_max, 1e14),
        value(Limit.issuer_value_max, 1e14),
        value(Limit.leverage_max, 100_000_000),
        value(Limit.window_us, 1_000_000),
        value(Limit.orders_max, 100_000),
        value(Limit.order_rate_value_max, 1e15),
        value(Limit.cancels_max, 100_000),
        value(Limit.order_trade_max, 1e12),
        value(Limit.order_trade_floor, 1000),
        value(Limit.duplicate_us, 10),
        value(Limit.repeat_max, 1_000_000),
        value(Limit.repeat_us, 1000),
        value(Limit.working_max, 100_000),
        value(Limit.loss_max, 1e12),
        value(Limit.drawdown_max, 1e12),
        value(Limit.self_trade, 1),
        value(Limit.parent_required, 0),
      ],
    },
  ];
  for (let market = 0; market < markets; market += 2)
    sets.push({ ...everybody, market: market as never, values: [value(Limit.position_max, 900_000)] });
  for (let group = 0; group < groups; group++)
    sets.push({
      level: LimitLevel.group,
      group,
      account: null,
      market: null,
      values: [
        value(Limit.group_long_max, 1e12),
        value(Limit.group_short_max, 1e12),
        value(Limit.group_net_max, 1e12),
        value(Limit.open_interest_max, 1e12),
        value(Limit.group_gross_value_max, 9e15),
        value(Limit.group_net_value_max, 9e15),
        value(Limit.group_orders_max, 1e9),
        value(Limit.group_rate_value_max, 9e15),
        value(Limit.group_window_us, 1_000_000),
        value(Limit.traded_value_max, 9e15),
      ],
    });
  return sets;
}

function made(body: Record<string, unknown>): AnyCommand {
  return { timeUs: START_US, origin: null, ...body } as never;
}

function mustBeAccepted(gate: Gate, command: AnyCommand): void {
  const reason = gate.apply(command);
  if (reason !== Reason.accepted)
    throw new Error(`the flow's setup was refused: ${REASON_NAMES[reason]} ${JSON.stringify(command)}`);
}

/** Odd and far from a power of two, so that neighbours in rank are far apart in memory, and no account is left out. */
function strideOf(accounts: number): number {
  let stride = Math.floor(accounts * 0.381_966) | 1;
  while (greatestCommon(stride, accounts) !== 1) stride += 2;
  return stride;
}

function greatestCommon(a: number, b: number): number {
  return b === 0 ? a : greatestCommon(b, a % b);
}
