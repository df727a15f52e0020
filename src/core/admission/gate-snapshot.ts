/**
 * The whole state of a gate as bytes, and a gate from such bytes. What follows from the rest (sums, resolved limits, lists of orders) is not in
 * there and is made again; the engine within is, as engine/snapshot.ts writes it, to the end.
 *
 *   "PLIMGATE"   version u32
 *   text         JSON: what is rare (`Head`)
 *   accounts     count u32, each: orders, executions, start, best f64, has activity u32, and then its window and
 *                recent orders: count u32, each: shape, price u32, size, time f64; oldest first
 *   window       length of a slice f64, slices u32, each: number, value f64, orders, cancels u32; oldest first
 *   groups       count u32, each: value traded today as text, its window
 *   notes        count u32, each: account, market u32, located, until, time of repeats f64, repeats, side u32; of what is not empty
 *   parents      count u32, each: name, size, traded f64, account, market, side, day u32; by name
 *   orders       count u32, each: id, size, filled, price, next size, next price, client id, parent's name f64,
 *                account, market, leg, bits u32; by id
 *   trades       of today, then of the day before: count u32, each: market * 2 + side u32, id f64
 *   "ETAGMILP"
 *   the engine's snapshot
 *
 * Little-endian; texts are a u32 count of UTF-16 units and those units. Every version stays readable.
 */
import { restoreEngine, snapshotChunks, SnapshotError } from '../engine/snapshot.ts';
import { isRow, isWhole } from '../num/exact.ts';
import { Leg } from '../schema/commands.ts';
import type { GroupKind } from '../schema/gate-limits.ts';
import type { Halt } from '../schema/gate-notices.ts';
import { BUCKET_NONE } from '../state/book.ts';
import { BUCKET_I32, BucketLink, isIsolated } from '../state/buckets.ts';
import { ByteReader, ByteWriter } from '../state/bytes.ts';
import {
  legOfTag,
  marketOfTag,
  POSITION_F64,
  POSITION_I32,
  PositionField,
  PositionLink,
  TAG_PLACE,
} from '../state/positions.ts';
import { ACCOUNT_F64, ACCOUNT_I32, AccountField, AccountLink, NO_ACTIVITY } from './accounts.ts';
import { EXPOSURE_F64, EXPOSURE_I32, ExposureField, ExposureLink } from './exposures.ts';
import { Gate, type GateOptions } from './gate.ts';
import { ORDER_FIELDS } from './gate-digest.ts';
import { NO_NAME } from './instruments.ts';
import type { Grant, LimitsVersion } from './limit-book.ts';
import { ORDER_F64 } from './orders.ts';
import { NO_PARENT_ROW, PARENT_F64, PARENT_I32, ParentField, ParentLink } from './parents.ts';
import type { GateState } from './state.ts';
import { WINDOW_F64, WindowField, type Windows } from './windows.ts';

export const GATE_SNAPSHOT_VERSION = 1;
const HEAD = 'PLIMGATE';
const TAIL = 'ETAGMILP';
/** Times what there is. */
const GROWTH = 4;
const NO_NAMED_PARENT = 0;

interface Head {
  readonly sequence: number;
  readonly day: number;
  readonly seenNext: number;
  readonly lastOrder: number;
  readonly lastEpoch: number;
  /** Sector, issuer, short, restricted, index as it came, last. */
  readonly instruments: readonly (readonly [string, string, number, number, number, number])[];
  /** Name, kind, parent; without the firm. */
  readonly groups: readonly (readonly [string, GroupKind, number])[];
  readonly members: readonly (readonly [account: number, groups: readonly number[]])[];
  readonly limitsVersion: number;
  readonly active: LimitsVersion | null;
  readonly pending: LimitsVersion | null;
  readonly grants: readonly Grant[];
  readonly halts: readonly Halt[];
  readonly strays: readonly (readonly [name: string, market: number, lots: number])[];
}

/** The state in chunks of about a megabyte. */
export function* gateChunks(gate: Gate): Generator<Uint8Array, void, undefined> {
  const { state } = gate;
  const { accounts, groups, parents, reservations } = state;
  const to = new ByteWriter();
  to.ascii(HEAD)
    .u32(GATE_SNAPSHOT_VERSION)
    .text(JSON.stringify(headOf(gate)));
  to.u32(accounts.count);
  for (let account = 0; account < accounts.count; account++) {
    writeAccount(to, state, account);
    if (to.isFull()) yield to.take();
  }
  to.u32(groups.count);
  for (let group = 0; group < groups.count; group++) {
    to.text(String(groups.tradedToday(group)));
    writeWindow(to, state.groupWindows, groups.window(group));
    if (to.isFull()) yield to.take();
  }
  const notes = notedRows(state);
  to.u32(notes.length);
  for (const row of notes) {
    writeNote(to, state, row);
    if (to.isFull()) yield to.take();
  }
  to.u32(parents.count);
  for (let row = 0; row < parents.used; row++) writeParent(to, state, row);
  yield to.take();
  const { orders } = reservations;
  to.u32(orders.count);
  for (const row of rowsById(state)) {
    writeOrder(to, state, row);
    if (to.isFull()) yield to.take();
  }
  for (const isToday of [true, false]) {
    to.u32(state.trades.count(isToday));
    for (const [place, id] of state.trades.entries(isToday)) {
      to.u32(place).f64(id);
      if (to.isFull()) yield to.take();
    }
  }
  yield to.ascii(TAIL).take();
  yield* snapshotChunks(gate.engine);
}

function headOf(gate: Gate): Head {
  const { instruments, groups, limits, halts, strays, days, reservations, seenNext } = gate.state;
  const nameOf = (row: number): string => (row === NO_NAME ? '' : instruments.names.at(row));
  return {
    sequence: gate.sequence,
    day: days.day,
    seenNext,
    lastOrder: reservations.orders.lastId,
    lastEpoch: halts.lastEpoch,
    instruments: Array.from({ length: instruments.count }, (_, market) => [
      nameOf(instruments.sector[market]),
      nameOf(instruments.issuer[market]),
      instruments.short[market],
      instruments.restricted[market],
      instruments.indexTold[market],
      instruments.last[market],
    ]),
    groups: Array.from({ length: groups.count - 1 }, (_, at) => [
      groups.names.at(at + 1),
      groups.kind(at + 1),
      groups.parent(at + 1),
    ]),
    members: groups.memberships(),
    limitsVersion: limits.version,
    active: limits.active,
    pending: limits.pending,
    grants: limits.grants,
    halts: [...halts.standing.values()],
    strays: strays.entries(),
  };
}

function writeAccount(to: ByteWriter, state: GateState, account: number): void {
  const { accounts, days, windows, recent } = state;
  days.roll(account);
  const { f64 } = accounts;
  const f = account * ACCOUNT_F64;
  to.f64(f64[f + AccountField.orders]).f64(f64[f + AccountField.executions]);
  to.f64(f64[f + AccountField.start]).f64(f64[f + AccountField.best]);
  const activity = accounts.activity(account);
  to.u32(activity === NO_ACTIVITY ? 0 : 1);
  if (activity === NO_ACTIVITY) return;
  writeWindow(to, windows, activity);
  const entries = [...recent.entries(activity)];
  to.u32(entries.length);
  for (const { shape, price, size, timeUs } of entries) to.u32(shape).u32(price).f64(size).f64(timeUs);
}

function writeWindow(to: ByteWriter, windows: Windows, window: number): void {
  windows.expire(window);
  const slices = [...windows.slices(window)];
  to.f64(windows.f64[window * WINDOW_F64 + WindowField.slice]).u32(slices.length);
  for (const { at, orders, cancels, value } of slices) to.f64(at).f64(value).u32(orders).u32(cancels);
}

function notedRows({ holdings }: GateState): number[] {
  const { exposures } = holdings;
  const rows: number[] = [];
  for (let row = 0; row < exposures.used; row++) {
    const isNoted =
      exposures.f64[row * EXPOSURE_F64 + ExposureField.located] !== 0 ||
      exposures.i32[row * EXPOSURE_I32 + ExposureLink.repeats] !== 0;
    if (isNoted) rows.push(row);
  }
  return rows;
}

function writeNote(to: ByteWriter, { holdings }: GateState, row: number): void {
  const { exposures } = holdings;
  const f = row * EXPOSURE_F64;
  const i = row * EXPOSURE_I32;
  to.u32(exposures.account(row)).u32(exposures.market(row));
  to.f64(exposures.f64[f + ExposureField.located]).f64(exposures.f64[f + ExposureField.locatedUntil]);
  to.f64(exposures.f64[f + ExposureField.repeatUs]);
  to.u32(exposures.i32[i + ExposureLink.repeats]).u32(exposures.i32[i + ExposureLink.repeatSide]);
}

function writeParent(to: ByteWriter, { parents }: GateState, row: number): void {
  const f = row * PARENT_F64;
  const i = row * PARENT_I32;
  if (parents.f64[f + ParentField.name] === 0) return;
  to.f64(parents.f64[f + ParentField.name]);
  to.f64(parents.f64[f + ParentField.size]).f64(parents.f64[f + ParentField.traded]);
  to.u32(parents.i32[i + ParentLink.account]).u32(parents.i32[i + ParentLink.market]);
  to.u32(parents.i32[i + ParentLink.side]).u32(parents.i32[i + ParentLink.day]);
}

function rowsById({ reservations }: GateState): number[] {
  const { orders } = reservations;
  const rows: number[] = [];
  for (let row = 0; row < orders.used; row++) if (orders.id(row) !== 0) rows.push(row);
  return rows.sort((a, b) => orders.id(a) - orders.id(b));
}

function writeOrder(to: ByteWriter, { reservations, holdings, parents }: GateState, row: number): void {
  const { orders } = reservations;
  const exposure = orders.exposure(row);
  const parent = orders.parent(row);
  to.f64(orders.id(row));
  for (const field of ORDER_FIELDS) to.f64(orders.f64[row * ORDER_F64 + field]);
  to.f64(parent === NO_PARENT_ROW ? NO_NAMED_PARENT : parents.f64[parent * PARENT_F64 + ParentField.name]);
  to.u32(orders.account(row)).u32(holdings.exposures.market(exposure));
  to.u32(holdings.exposures.leg(exposure)).u32(orders.bits(row));
}

/** The gate that `bytes` describe, or a SnapshotError that says where they stop making sense. */
export function restoreGate(bytes: Uint8Array, options: GateOptions = {}): Gate {
  const from = new ByteReader(bytes);
  try {
    return read(from, bytes, new Gate(options));
  } catch (error) {
    if (error instanceof SnapshotError) throw error;
    throw new SnapshotError(`snapshot damaged near byte ${from.at}: ${(error as Error).message}`);
  }
}

interface StoredWindow {
  readonly slice: number;
  readonly slices: readonly { at: number; value: number; orders: number; cancels: number }[];
}

interface StoredAccount {
  readonly fields: readonly number[];
  readonly window: StoredWindow | null;
  readonly recent: readonly { shape: number; price: number; size: number; timeUs: number }[];
}

interface StoredOrder {
  readonly id: number;
  readonly fields: readonly number[];
  readonly parent: number;
  readonly account: number;
  readonly market: number;
  readonly leg: number;
  readonly bits: number;
}

/** The engine comes last in the bytes and first in the making: all else stands on it. */
function read(from: ByteReader, bytes: Uint8Array, gate: Gate): Gate {
  expect(from.ascii(8) === HEAD, 'these bytes are not the snapshot of a gate');
  const version = from.u32();
  expect(
    version === GATE_SNAPSHOT_VERSION,
    `snapshot version ${version}; this program reads ${GATE_SNAPSHOT_VERSION}`,
  );
  const head = JSON.parse(from.text()) as Head;
  const accounts = list(from, 36, () => readAccount(from));
  const groups = list(from, 18, () => ({
    traded: BigInt(from.text()),
    window: readWindow(from),
  }));
  const notes = list(from, 40, () => ({
    account: from.u32(),
    market: from.u32(),
    located: from.f64(),
    until: from.f64(),
    repeatUs: from.f64(),
    repeats: from.u32(),
    side: from.u32(),
  }));
  const parents = list(from, 40, () => ({
    name: from.f64(),
    size: from.f64(),
    traded: from.f64(),
    account: from.u32(),
    market: from.u32(),
    side: from.u32(),
    day: from.u32(),
  }));
  const orders = list(from, 8 * (ORDER_FIELDS.length + 2) + 16, () => readOrder(from));
  const trades = [true, false].map((isToday) => ({
    isToday,
    entries: list(from, 12, () => [from.u32(), from.f64()] as const),
  }));
  expect(from.ascii(8) === TAIL, 'the end of the gate is missing');

  const { state } = gate;
  restoreEngine(bytes.subarray(from.at), 'auto', gate.engine);
  const { book } = gate.engine;
  expect(accounts.length === book.accounts.count, 'there is not one record for each account');
  expect(head.instruments.length === book.markets.count, 'there is not one record for each market');
  gate.sequence = head.sequence;
  state.days.day = head.day;
  state.seenNext = head.seenNext;
  restoreInstruments(state, head);
  reserve(state, accounts.length, orders.length);
  for (const stored of accounts) restoreAccount(state, head.day, stored);
  restoreGroups(state, head, groups);
  restoreLimits(state, head);
  restoreHoldings(state);
  for (const { account, market, located, until, repeatUs, repeats, side } of notes) {
    expect(isPlace(state, account, market) && isWhole(located), 'what is noted of a market makes no sense');
    const { exposures } = state.holdings;
    const row = state.holdings.ensure(account, market, Leg.net);
    exposures.f64[row * EXPOSURE_F64 + ExposureField.located] = located;
    exposures.f64[row * EXPOSURE_F64 + ExposureField.locatedUntil] = until;
    exposures.f64[row * EXPOSURE_F64 + ExposureField.repeatUs] = repeatUs;
    exposures.i32[row * EXPOSURE_I32 + ExposureLink.repeats] = repeats;
    exposures.i32[row * EXPOSURE_I32 + ExposureLink.repeatSide] = side;
  }
  for (const { name, size, traded, account, market, side, day } of parents) {
    expect(isPlace(state, account, market) && isWhole(name) && name > 0, 'a parent makes no sense');
    const row = state.parents.add(name, account, market, side, size, day);
    state.parents.f64[row * PARENT_F64 + ParentField.traded] = traded;
  }
  for (const order of orders) restoreOrder(state, order);
  state.reservations.orders.lastId = head.lastOrder;
  for (const { isToday, entries } of trades)
    for (const [place, id] of entries) state.trades.restore(isToday, place, id);
  for (const halt of head.halts) {
    state.halts.restore(halt);
    if (halt.account !== null) state.accounts.setHalted(halt.account, true);
  }
  state.halts.lastEpoch = head.lastEpoch;
  for (const [name, market, lots] of head.strays) state.strays.add(name, market, lots);
  return gate;
}

/**
 * Room to grow into: a gate that goes on stands still for a millisecond for every megabyte that it copies to a larger place. Whoever sends orders has a window, so
 * there is one for every account.
 */
function reserve(state: GateState, accounts: number, orders: number): void {
  state.windows.reserve(accounts);
  state.recent.reserve(accounts);
  state.holdings.exposures.reserve(GROWTH * (accounts + orders));
  state.reservations.orders.reserve(GROWTH * orders);
}

function readWindow(from: ByteReader): StoredWindow {
  return {
    slice: from.f64(),
    slices: list(from, 24, () => ({
      at: from.f64(),
      value: from.f64(),
      orders: from.u32(),
      cancels: from.u32(),
    })),
  };
}

function readAccount(from: ByteReader): StoredAccount {
  const fields = [from.f64(), from.f64(), from.f64(), from.f64()];
  expect(fields.every(isWhole), 'the day of an account makes no sense');
  if (from.u32() === 0) return { fields, window: null, recent: [] };
  return {
    fields,
    window: readWindow(from),
    recent: list(from, 24, () => ({
      shape: from.u32(),
      price: from.u32(),
      size: from.f64(),
      timeUs: from.f64(),
    })),
  };
}

function readOrder(from: ByteReader): StoredOrder {
  const id = from.f64();
  const fields = ORDER_FIELDS.map(() => from.f64());
  const parent = from.f64();
  expect(isWhole(id) && id > 0 && fields.every(isWhole), 'an order makes no sense');
  return {
    id,
    fields,
    parent,
    account: from.u32(),
    market: from.u32(),
    leg: from.u32(),
    bits: from.u32(),
  };
}

function restoreInstruments({ instruments, holdings }: GateState, head: Head): void {
  for (const [market, [sector, issuer, short, restricted, index, last]] of head.instruments.entries()) {
    instruments.add();
    instruments.describe(market, sector, issuer, short as never, restricted === 1);
    instruments.refer(market, index === 0 ? null : index, last === 0 ? null : last);
    holdings.follow(market);
  }
}

function restoreAccount(state: GateState, day: number, { fields, window, recent }: StoredAccount): void {
  const { accounts, engine } = state;
  const account = accounts.add(engine.book.cross[accounts.count], day);
  const f = account * ACCOUNT_F64;
  const days = [AccountField.orders, AccountField.executions, AccountField.start, AccountField.best];
  for (const [at, field] of days.entries()) accounts.f64[f + field] = fields[at];
  if (window === null) return;
  const activity = state.windows.add();
  state.recent.add();
  accounts.i32[account * ACCOUNT_I32 + AccountLink.activity] = activity;
  restoreWindow(state.windows, activity, window);
  for (const { shape, price, size, timeUs } of recent)
    state.recent.restore(activity, shape, price, size, timeUs);
}

function restoreWindow(windows: Windows, row: number, { slice, slices }: StoredWindow): void {
  for (const { at, orders, cancels, value } of slices)
    windows.restore(row, slice, at, orders, cancels, value);
}

function restoreGroups(
  state: GateState,
  head: Head,
  stored: readonly { traded: bigint; window: StoredWindow }[],
): void {
  const { groups, groupWindows, accounts } = state;
  for (const [name, kind, parent] of head.groups) groups.add(name, kind, parent, groupWindows.add());
  expect(stored.length === groups.count, 'there is not one record for each group');
  for (const [group, { traded, window }] of stored.entries()) {
    groups.restoreTraded(group, traded);
    restoreWindow(groupWindows, groups.window(group), window);
  }
  for (const [account, direct] of head.members) {
    const isKnown = isRow(account, accounts.count) && direct.every((group) => isRow(group, groups.count));
    expect(isKnown, 'a member makes no sense');
    groups.setDirect(account, direct);
  }
}

function restoreLimits({ limits }: GateState, head: Head): void {
  limits.version = head.limitsVersion;
  limits.active = head.active;
  limits.pending = head.pending;
  limits.grants = [...head.grants];
  limits.refresh();
}

/** Every position of every account, but for assets held as collateral. */
function restoreHoldings({ engine, accounts, holdings, instruments, seat }: GateState): void {
  const { book } = engine;
  const { buckets, positions, markets } = book;
  for (let account = 0; account < accounts.count; account++) {
    for (let bucket = book.cross[account]; bucket !== BUCKET_NONE; bucket = book.nextBucket(bucket)) {
      const start = buckets.i32[bucket * BUCKET_I32 + BucketLink.start];
      const end = start + buckets.i32[bucket * BUCKET_I32 + BucketLink.count];
      for (let row = start; row < end; row++) {
        const tag = positions.i32[row * POSITION_I32 + PositionLink.tag] & TAG_PLACE;
        const market = marketOfTag(tag);
        if (instruments.isCollateral(market)) continue;
        const lots = markets.sign(market as never) * positions.f64[row * POSITION_F64 + PositionField.size];
        const exposure = holdings.ensure(account, market, legOfTag(tag));
        holdings.heldMore = lots;
        seat.take(account, market);
        holdings.change(exposure);
        holdings.exposures.setIsolated(exposure, isIsolated(buckets.place(bucket)));
      }
    }
  }
}

function restoreOrder(state: GateState, stored: StoredOrder): void {
  const { holdings, parents, reservations } = state;
  const { id, fields, parent, account, market, leg, bits } = stored;
  const [size, filled, price, nextSize, nextPrice, clientId] = fields;
  expect(isPlace(state, account, market) && isRow(leg, 3), 'an order makes no sense');
  const row = parent === NO_NAMED_PARENT ? NO_PARENT_ROW : parents.find(parent);
  expect(parent === NO_NAMED_PARENT || row !== NO_PARENT_ROW, 'an order names a parent that is not there');
  const exposure = holdings.ensure(account, market, leg);
  const order = reservations.add(id, exposure, bits, size, filled, price, clientId, row);
  if (nextSize !== 0) reservations.wait(order, nextSize, nextPrice);
}

function isPlace({ accounts, instruments }: GateState, account: number, market: number): boolean {
  return isRow(account, accounts.count) && isRow(market, instruments.count);
}

/** As many things of at least `bytes` each as the count before them says, which is checked against what is left. */
function list<T>(from: ByteReader, bytes: number, one: () => T): T[] {
  const count = from.u32();
  expect(count * bytes <= from.left, `a count of ${count} does not fit into the ${from.left} bytes left`);
  const items: T[] = [];
  for (let at = 0; at < count; at++) items.push(one());
  return items;
}

function expect(condition: boolean, sentence: string): asserts condition {
  if (!condition) throw new SnapshotError(sentence);
}
