/** Histories of simulated exchanges with a gate before them: what the gate holds of orders and positions is what the exchange has. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { EXPOSURE_F64, ExposureField } from '../../../core/admission/exposures.ts';
import type { Gate } from '../../../core/admission/gate.ts';
import { ORDER_F64, OrderBits as GateOrderBits, OrderField } from '../../../core/admission/orders.ts';
import { Exchange } from '../../../core/exchange/exchange.ts';
import { NO_ORDER, OrderBits } from '../../../core/exchange/working-orders.ts';
import { FIRM, GroupKind } from '../../../core/schema/gate-limits.ts';
import { Form } from '../../../core/schema/commands.ts';
import { Reason } from '../../../core/schema/reasons.ts';
import { BUCKET_NONE } from '../../../core/state/book.ts';
import { BUCKET_I32, BucketLink } from '../../../core/state/buckets.ts';
import {
  legOfTag,
  marketOfTag,
  POSITION_F64,
  POSITION_I32,
  PositionField,
  PositionLink,
  TAG_PLACE,
} from '../../../core/state/positions.ts';
import { GROUP_F64, GroupField } from '../../../core/admission/groups.ts';
import { Simulation } from '../../../sim/traders/simulation.ts';
import { Guard } from './guard.ts';
import { plainGuardPlan, type GuardPlan } from './plan.ts';

const directory = mkdtempSync(join(tmpdir(), 'guard-'));
afterAll(() => rmSync(directory, { recursive: true }));
const limits = join(directory, 'limits.json');
const NAMES = ['order_size_max', 'order_value_max', 'collar_mark', 'position_max', 'gross_max', 'window_us'];
const each = Object.fromEntries(
  [...NAMES, 'orders_max', 'order_rate_value_max'].map((name) => [name, 'none']),
);
const total = { group_gross_value_max: 'none', traded_value_max: 'none' };
writeFileSync(limits, JSON.stringify({ version: 1, author: 'a', why: 'b', firm: { each, total } }));

const PLAN: GuardPlan = {
  groups: [{ name: 'others', of: GroupKind.set }],
  members: [],
  others: 'others',
  limits,
};

const COMMANDS = 8000;
/** Often enough to see what is left of orders that met one of their own account. */
const EVERY = 50;

/** Plays a history; `look` sees it every so many commands. Answers how many orders the gate refused. */
function play(
  seed: number,
  look: (exchange: Exchange, guard: Guard) => void,
  plan: GuardPlan = PLAN,
): number {
  const exchange = new Exchange();
  const simulation = new Simulation(seed, exchange, { chaosOneIn: 0 });
  const guard = new Guard(exchange, plan);
  let refused = 0;
  for (let count = 0; count < COMMANDS; count++) {
    if (count === simulation.setupCount) guard.begin();
    const command = simulation.next();
    if (guard.ask(command) === Reason.accepted) {
      exchange.apply(command);
      simulation.follow();
      guard.follow(command);
    } else refused++;
    if (guard.isUp && count % EVERY === 0) look(exchange, guard);
  }
  return refused;
}

/** Lots by account, market and leg, of all positions. */
function positionsOf({ engine }: Exchange): string[] {
  const { book } = engine;
  const { i32, f64 } = book.positions;
  const rows: string[] = [];
  for (let account = 0; account < book.accounts.count; account++)
    for (let bucket = book.cross[account]; bucket !== BUCKET_NONE; bucket = book.nextBucket(bucket)) {
      const start = book.buckets.i32[bucket * BUCKET_I32 + BucketLink.start];
      const end = start + book.buckets.i32[bucket * BUCKET_I32 + BucketLink.count];
      for (let row = start; row < end; row++) {
        const tag = i32[row * POSITION_I32 + PositionLink.tag] & TAG_PLACE;
        const market = marketOfTag(tag);
        // Assets held as collateral are no exposure.
        if (book.markets.terms[market]?.form === Form.collateral) continue;
        const size = book.markets.sign(market as never) * f64[row * POSITION_F64 + PositionField.size];
        rows.push(`${account}/${market}/${legOfTag(tag)}: ${size}`);
      }
    }
  return rows.sort();
}

function heldOf({ state }: Gate): string[] {
  const { accounts, holdings } = state;
  const { exposures } = holdings;
  const rows: string[] = [];
  for (let account = 0; account < accounts.count; account++)
    for (const row of holdings.of(account)) {
      const held = exposures.held(row);
      if (held !== 0) rows.push(`${account}/${exposures.market(row)}/${exposures.leg(row)}: ${held}`);
    }
  return rows.sort();
}

/** Lots that are left of orders which may open, by account. Those that protect a fill nobody asked about. */
function leftOf({ venue, engine }: Exchange): string[] {
  const { orders, members } = venue;
  const rows: string[] = [];
  for (let account = 0; account < engine.book.accounts.count; account++)
    for (let row = members.firstOrder(account); row !== NO_ORDER; row = orders.next(row as never)) {
      if ((orders.bits(row as never) & OrderBits.reduceOnly) !== 0) continue;
      rows.push(`${account}/${orders.market(row as never)}: ${orders.left(row as never)}`);
    }
  return rows.sort();
}

function reservedOf({ state }: Gate): string[] {
  const { orders } = state.reservations;
  const { exposures } = state.holdings;
  const rows: string[] = [];
  for (let row = 0; row < orders.used; row++) {
    if (orders.id(row) === 0 || (orders.bits(row) & GateOrderBits.reduceOnly) !== 0) continue;
    const counted = orders.f64[row * ORDER_F64 + OrderField.counted];
    rows.push(`${orders.account(row)}/${exposures.market(orders.exposure(row))}: ${counted}`);
  }
  return rows.sort();
}

/** What the firm has at worst in all, counted anew. */
function grossOf({ state }: Gate): number {
  const { accounts, holdings, instruments } = state;
  const { exposures } = holdings;
  let gross = 0;
  for (let account = 0; account < accounts.count; account++)
    for (const row of holdings.of(account)) {
      const f = row * EXPOSURE_F64;
      const upper = exposures.held(row) + exposures.f64[f + ExposureField.bids];
      const lower = exposures.held(row) - exposures.f64[f + ExposureField.asks];
      gross += Math.max(Math.abs(upper), Math.abs(lower)) * instruments.worth[exposures.market(row)];
    }
  return gross;
}

test.each([1, 2, 3, 4, 5, 6, 7, 8])('seed %i: the gate has what the exchange has', (seed) => {
  const seen = { positions: 0, orders: 0 };
  let counts = { approved: 0, rejected: 0 };
  const refused = play(seed, (exchange, guard) => {
    const { gate } = guard;
    const positions = positionsOf(exchange);
    const left = leftOf(exchange);
    expect(heldOf(gate)).toEqual(positions);
    expect(reservedOf(gate)).toEqual(left);
    const firm = gate.state.groups.f64[FIRM * GROUP_F64 + GroupField.gross];
    expect(firm).toBeCloseTo(grossOf(gate), -3);
    seen.positions += positions.length;
    seen.orders += left.length;
    counts = guard.news(0)!.counts;
  });
  expect(seen.positions).toBeGreaterThan(100);
  expect(seen.orders).toBeGreaterThan(100);
  expect(counts.approved).toBeGreaterThan(500);
  expect(counts.rejected).toBeLessThanOrEqual(refused);
});

test('one that begins later takes over the same', () => {
  play(3, (exchange) => {
    const later = new Guard(exchange, PLAN);
    later.begin();
    expect(heldOf(later.gate)).toEqual(positionsOf(exchange));
    expect(reservedOf(later.gate)).toEqual(leftOf(exchange));
  });
});

test("whoever lost too much today is halted when its turn comes, and days begin with the exchange's", () => {
  const file = join(directory, 'losses.json');
  const firm = { each: { ...each, loss_max: '0.01' }, total };
  writeFileSync(file, JSON.stringify({ version: 1, author: 'a', why: 'b', firm }));
  const halted: number[] = [];
  const days = new Set<number>();
  const refused = play(
    5,
    (exchange, guard) => {
      const { state } = guard.gate;
      const before = state.days.day;
      guard.turn();
      const today = Math.floor(exchange.timeUs / 86_400_000_000);
      if (!days.has(today) && days.size > 0) expect(state.days.day).toBe(before + 1);
      else expect(state.days.day).toBe(before);
      days.add(today);
      halted.push(state.halts.count);
    },
    plainGuardPlan(file),
  );
  expect(halted[0]).toBe(0);
  expect(halted.at(-1)).toBeGreaterThan(3);
  expect(refused).toBeGreaterThan(100);
});
