/**
 * A busy exchange's commands, with the ids that its orders really get: made once by playing them, and played again for measuring. A thousand price levels on
 * either side, most of what happens is near the touch, one order in twenty takes.
 */
import { Exchange } from '../../core/exchange/exchange.ts';
import type { Command } from '../../core/schema/commands.ts';
import { Kind } from '../../core/schema/commands.ts';
import { DEFAULT_LEVELS } from '../../core/schema/levels.ts';
import { OrderType, TimeInForce } from '../../core/schema/orders.ts';
import { Side } from '../../core/schema/side.ts';
import {
  AdlRanking,
  ClosePolicy,
  PLAIN_ORDER,
  VenueKind,
  type OwnCommand,
} from '../../core/schema/venue-commands.ts';
import { VenueEvent } from '../../core/schema/venue-events.ts';
import { Random } from '../../sim/random.ts';

export type AnyCommand = Command | OwnCommand;

export interface FlowOptions {
  readonly accounts: number;
  readonly markets: number;
  readonly commands: number;
  /** Orders that rest in each market. */
  readonly resting: number;
  readonly seed: number;
}

export interface Flow {
  readonly setup: readonly AnyCommand[];
  readonly commands: readonly AnyCommand[];
}

/**
 * Of a hundred commands; the rest are new limit orders, or cancels while more orders rest than at first: the book stays as deep as it is. Marks are one
 * in two hundred and fifty.
 */
export const FLOW_MIX = { cancel: 33, amend: 10, market: 5 } as const;
const MARK_EVERY = 250;
const LEVELS = 1000;
const MID = 500_000;
const FIRST_ACCOUNT = 2;

interface Resting {
  readonly id: number;
  readonly account: number;
  readonly market: number;
  readonly side: Side;
  readonly price: number;
  readonly size: number;
}

/** A tick is ten cents, a lot a thousandth, money millionths: a lot at a tick is 100 of them. */
export function makeFlow({ accounts, markets, commands, resting: depth, seed }: FlowOptions): Flow {
  const random = new Random(seed);
  const exchange = new Exchange();
  let timeUs = 1_700_000_000_000_000;
  const resting: Resting[] = [];
  const placeOf = new Map<number, number>();
  const setup: AnyCommand[] = [];
  const flow: AnyCommand[] = [];
  const play = (into: AnyCommand[], body: Record<string, unknown>): void => {
    timeUs += 1;
    const command = { timeUs, origin: null, ...body } as never as AnyCommand;
    into.push(command);
    exchange.apply(command);
    follow(exchange, resting, placeOf);
  };

  play(setup, {
    kind: Kind.settings,
    rules: 1,
    asset: 'USDT',
    decimals: 6,
    inclusive: false,
    levels: DEFAULT_LEVELS,
  });
  play(setup, {
    kind: VenueKind.venue,
    gainHaircut: { num: 0, den: 1 },
    fundFloor: 0,
    adl: AdlRanking.pnl_leverage,
    notionalMax: null,
    ordersMax: 1_000_000,
  });
  for (let market = 0; market < markets; market++) {
    play(setup, marketCommand(market));
    play(setup, listingCommand(market));
    play(setup, { kind: Kind.marks, marks: [{ market, price: MID }], text: '' });
  }
  for (let account = 0; account < accounts; account++) {
    play(setup, { kind: Kind.account, name: `a${account}` });
    play(setup, {
      kind: VenueKind.deposit,
      account: FIRST_ACCOUNT + account,
      asset: null,
      amount: 1_000_000_000,
    });
  }
  const anyone = (): number => FIRST_ACCOUNT + random.below(accounts);
  const limit = (into: AnyCommand[], market: number, side: Side, distance: number): void => {
    const price = side === Side.bid ? MID - 1 - distance : MID + 1 + distance;
    play(into, orderCommand(anyone(), market, side, OrderType.limit, price, 1 + random.below(100)));
  };
  for (let market = 0; market < markets; market++)
    for (let distance = 0; distance < LEVELS; distance++)
      for (let at = 0; at < depth / LEVELS / 2; at++)
        for (const side of [Side.bid, Side.ask]) limit(setup, market, side, distance);

  while (flow.length < commands) {
    const market = random.below(markets);
    if (flow.length % MARK_EVERY === MARK_EVERY - 1) {
      play(flow, { kind: Kind.marks, marks: [{ market, price: MID - 50 + random.below(101) }], text: '' });
      continue;
    }
    const turn = random.below(100);
    const side = random.below(2) as Side;
    const isNew = turn >= FLOW_MIX.cancel + FLOW_MIX.amend + FLOW_MIX.market;
    const isFull = resting.length > depth * markets;
    if (resting.length > 0 && (turn < FLOW_MIX.cancel || (isNew && isFull))) {
      const { id, account } = resting[random.below(resting.length)];
      play(flow, { kind: VenueKind.cancel, account, order: id, clientId: 0 });
    } else if (turn < FLOW_MIX.cancel + FLOW_MIX.amend && resting.length > 0) {
      const { id, account, price, size, side: own } = resting[random.below(resting.length)];
      const away = own === Side.bid ? -1 : 1;
      const isMove = random.below(2) === 0;
      play(flow, {
        kind: VenueKind.amend,
        account,
        order: id,
        clientId: 0,
        price: isMove ? price + away : price,
        size: isMove ? size : Math.max(1, size - 1),
      });
    } else if (turn < FLOW_MIX.cancel + FLOW_MIX.amend + FLOW_MIX.market) {
      play(flow, orderCommand(anyone(), market, side, OrderType.market, 0, 1 + random.below(100)));
    } else {
      // Most of it is near the touch: the product of three is small more often than not.
      limit(flow, market, side, Math.floor(LEVELS * random.unit() * random.unit() * random.unit()));
    }
  }
  return { setup, commands: flow };
}

function follow(exchange: Exchange, resting: Resting[], placeOf: Map<number, number>): void {
  const { events } = exchange;
  for (let row = 0; row < events.count; row++) {
    const kind = events.kind(row);
    if (kind === VenueEvent.rested) {
      const id = events.field(row, 0);
      const order = exchange.venue.orders.find(id);
      const entry: Resting = {
        id,
        account: exchange.venue.orders.account(order),
        market: events.field(row, 1),
        side: events.field(row, 2) as Side,
        price: events.field(row, 3),
        size: events.field(row, 4),
      };
      const known = placeOf.get(id);
      if (known === undefined) placeOf.set(id, resting.push(entry) - 1);
      else resting[known] = entry;
    } else if (kind === VenueEvent.done) {
      const place = placeOf.get(events.field(row, 0));
      if (place === undefined) continue;
      placeOf.delete(events.field(row, 0));
      const last = resting.pop()!;
      if (place === resting.length) continue;
      resting[place] = last;
      placeOf.set(last.id, place);
    }
  }
}

function marketCommand(market: number): Record<string, unknown> {
  return {
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
  };
}

function listingCommand(market: number): Record<string, unknown> {
  return {
    kind: VenueKind.listing,
    market,
    makerFee: { num: 200, den: 1_000_000 },
    takerFee: { num: 500, den: 1_000_000 },
    priceMax: 10_000_000,
    sizeMin: 1,
    sizeMax: 100_000,
    positionMax: 1_000_000,
    openInterestMax: 1_000_000_000,
    collar: { num: 1, den: 20 },
    band: { num: 1, den: 10 },
    depthShare: null,
    leverageMax: 125,
    haltMove: null,
    haltWindowUs: 0,
    liquidation: {
      policy: ClosePolicy.full,
      share: { num: 1, den: 1 },
      threshold: 0,
      cooldownUs: 0,
      buffer: { num: 1, den: 1 },
      fee: { num: 1, den: 200 },
    },
  };
}

function orderCommand(
  account: number,
  market: number,
  side: Side,
  type: OrderType,
  price: number,
  size: number,
): Record<string, unknown> {
  return {
    ...PLAIN_ORDER,
    account,
    market,
    side,
    type,
    timeInForce: type === OrderType.market ? TimeInForce.ioc : TimeInForce.gtc,
    price,
    size,
  };
}
