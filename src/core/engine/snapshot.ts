/**
 * The whole state as bytes, and an engine from such bytes. Nothing of columns, rows or wires is in there: a snapshot says what
 * is true, and a restored engine lays its own wires, evaluating every bucket once on the way, which proves that the
 * levels in the snapshot agree with its marks.
 *
 *   "PLIMSNAP"  version u32
 *   text        settings command (JSON), then sequence f64, time f64
 *   sources     count u32, each: name, last position f64, gapped u32
 *   markets     count u32, each: spec (JSON), from version 3 on contract (JSON), mark f64, funding index f64, and from version 2 on
 *               quality, allows, reference, since, tripped since f64; then pending tiers (JSON), and from version 2 on breaker (JSON)
 *   sizes       accounts u32, buckets u32, rows that positions take u32
 *   accounts    each: name, buckets u32, each bucket:
 *                 place u32, level u32, collateral f64, positions u32, each: tag u32, size, cost, funding index f64
 *   orders      count u32, each: account u32, place u32, market u32, leg u32, id f64, size f64, price f64
 *   "PANSMILP"
 *
 * Marks, sizes, costs and funding indices are those of the commands, whatever a market's form. Little-endian; texts are a u32 count of UTF-16 units and those units. Every version stays readable.
 */
import { assert } from '../num/assert.ts';
import type { MarketRow, MarkTicks } from '../num/units.ts';
import { Kind, type SettingsCommand } from '../schema/commands.ts';
import { LEVEL_COUNT } from '../schema/levels.ts';
import { QUALITY_NAMES, type Quality } from '../schema/quality.ts';
import { ByteReader, ByteWriter } from '../state/bytes.ts';
import {
  BUCKET_F64,
  BUCKET_I32,
  BucketField,
  BucketLink,
  isIsolated,
  legOfPlace,
  marketOfPlace,
  placeOf,
} from '../state/buckets.ts';
import {
  type Breaker,
  MARK_NONE,
  MARKET_STRIDE,
  MarketField,
  type MarketSpec,
  NEVER,
  type PendingTiers,
} from '../state/markets.ts';
import type { Contract } from '../state/forms.ts';
import { ORDER_F64, ORDER_I32, OrderField, OrderLink } from '../state/orders.ts';
import {
  END,
  marketOfTag,
  POSITION_F64,
  POSITION_I32,
  PositionField,
  PositionLink,
  TAG_PLACE,
} from '../state/positions.ts';
import type { WatchMode } from '../watch/watch.ts';
import { Engine } from './engine.ts';
import { isWhole } from '../num/exact.ts';

export const SNAPSHOT_VERSION = 3;
const HEAD = 'PLIMSNAP';
const TAIL = 'PANSMILP';

const QUALITY_FIELDS = [
  MarketField.quality,
  MarketField.allows,
  MarketField.reference,
  MarketField.qualitySince,
  MarketField.trippedSince,
];

/** What is wrong with bytes that are no snapshot. */
export class SnapshotError extends Error {}

/** The state in chunks of about a megabyte, so that a large one needs no buffer of its size. */
export function* snapshotChunks(engine: Engine): Generator<Uint8Array, void, undefined> {
  assert(engine.settings !== null, 'an engine without settings has no state to keep');
  const { book } = engine;
  const to = new ByteWriter();
  to.ascii(HEAD)
    .u32(SNAPSHOT_VERSION)
    .text(JSON.stringify(engine.settings))
    .f64(engine.sequence)
    .f64(engine.timeUs);
  to.u32(book.sources.names.count);
  for (let row = 0; row < book.sources.names.count; row++) {
    to.text(book.sources.names.at(row))
      .f64(book.sources.last[row])
      .u32(book.sources.gapped[row] ? 1 : 0);
  }
  to.u32(book.markets.count);
  for (const [row, spec] of book.markets.specs.entries()) {
    to.text(JSON.stringify(spec))
      .text(JSON.stringify(book.markets.terms[row]?.contract ?? null))
      .f64(book.markets.mark(row as never))
      .f64(book.markets.fundingIndex(row as never));
    for (const field of QUALITY_FIELDS) to.f64(book.markets.fields[row * MARKET_STRIDE + field]);
  }
  to.text(JSON.stringify(book.markets.pending)).text(JSON.stringify(book.markets.breaker));
  to.u32(book.accounts.count).u32(book.buckets.count).u32(book.positions.used);
  for (let account = 0; account < book.accounts.count; account++) {
    writeAccount(to, engine, account);
    if (to.isFull()) yield to.take();
  }
  to.u32(book.orders.count);
  for (let row = 0; row < book.orders.used; row++) {
    writeOrder(to, engine, row);
    if (to.isFull()) yield to.take();
  }
  yield to.ascii(TAIL).take();
}

function writeAccount(to: ByteWriter, engine: Engine, account: number): void {
  const { buckets, positions, cross, accounts, markets } = engine.book;
  const links = buckets.i32;
  let count = 0;
  for (let row = cross[account]; row !== END; row = links[row * BUCKET_I32 + BucketLink.next]) count++;
  to.text(accounts.at(account)).u32(count);
  for (let bucket = cross[account]; bucket !== END; bucket = links[bucket * BUCKET_I32 + BucketLink.next]) {
    const start = links[bucket * BUCKET_I32 + BucketLink.start];
    const held = links[bucket * BUCKET_I32 + BucketLink.count];
    to.u32(buckets.place(bucket))
      .u32(buckets.level(bucket))
      .f64(buckets.f64[bucket * BUCKET_F64 + BucketField.collateral])
      .u32(held);
    for (let row = start; row < start + held; row++) {
      const f = row * POSITION_F64;
      const tag = positions.i32[row * POSITION_I32 + PositionLink.tag];
      const sign = markets.sign(marketOfTag(tag) as MarketRow);
      to.u32(tag & TAG_PLACE)
        .f64(sign * positions.f64[f + PositionField.size])
        .f64(sign * positions.f64[f + PositionField.cost] + 0)
        .f64(sign * positions.f64[f + PositionField.funding] + 0);
    }
  }
}

function writeOrder(to: ByteWriter, engine: Engine, row: number): void {
  const { f64, i32 } = engine.book.orders;
  const i = row * ORDER_I32;
  const bucket = i32[i + OrderLink.bucket];
  if (bucket === END) return;
  to.u32(i32[i + OrderLink.account])
    .u32(engine.book.buckets.place(bucket))
    .u32(i32[i + OrderLink.market])
    .u32(i32[i + OrderLink.leg]);
  to.f64(f64[row * ORDER_F64 + OrderField.id])
    .f64(f64[row * ORDER_F64 + OrderField.size])
    .f64(f64[row * ORDER_F64 + OrderField.price]);
}

/** The engine that `bytes` describe, or a SnapshotError that says where they stop making sense. `engine` is a new one, to be it. */
export function restoreEngine(
  bytes: Uint8Array,
  mode: WatchMode = 'auto',
  engine: Engine = new Engine(mode),
): Engine {
  const from = new ByteReader(bytes);
  try {
    return read(from, engine);
  } catch (error) {
    if (error instanceof SnapshotError) throw error;
    throw new SnapshotError(`snapshot damaged near byte ${from.at}: ${(error as Error).message}`);
  }
}

function read(from: ByteReader, engine: Engine): Engine {
  expect(from.ascii(8) === HEAD, 'these bytes are not a snapshot');
  const version = from.u32();
  expect(
    version >= 1 && version <= SNAPSHOT_VERSION,
    `snapshot version ${version}; this program reads 1 to ${SNAPSHOT_VERSION}`,
  );
  const settings = JSON.parse(from.text()) as SettingsCommand;
  const sequence = from.f64();
  const timeUs = from.f64();
  const reason = engine.apply({ ...settings, kind: Kind.settings }).reason;
  expect(reason === 0, `settings refused with reason ${reason}`);
  readSources(from, engine);
  readMarkets(from, engine, version);
  readAccounts(from, engine);
  readOrders(from, engine);
  expect(from.ascii(8) === TAIL && from.left === 0, 'the end is missing');
  const moved = engine.resume(sequence, timeUs);
  expect(moved === 0, `${moved} levels do not agree with the marks beside them`);
  return engine;
}

function readSources(from: ByteReader, { book }: Engine): void {
  for (let left = from.u32(); left > 0; left--) {
    const name = from.text();
    book.sources.add(name);
    book.sources.last[book.sources.names.count - 1] = from.f64();
    book.sources.gapped[book.sources.names.count - 1] = from.u32() === 1;
  }
}

function readMarkets(from: ByteReader, engine: Engine, version: number): void {
  const { book } = engine;
  for (let left = from.u32(); left > 0; left--) {
    const spec = JSON.parse(from.text()) as MarketSpec;
    const market = book.markets.add(spec);
    book.aggregates.addMarket(market);
    engine.watch!.addMarket(market);
    const contract = version >= 3 ? (JSON.parse(from.text()) as Contract | null) : null;
    if (contract !== null) book.markets.setContract(market, contract, engine.settings!.decimals);
    const mark = from.f64();
    const fundingIndex = from.f64();
    book.markets.fields[market * MARKET_STRIDE + MarketField.funding] =
      book.markets.sign(market) * fundingIndex + 0;
    if (mark !== MARK_NONE) readMark(engine, market, mark);
    if (version >= 2) readQuality(from, engine, market);
  }
  book.markets.pending = JSON.parse(from.text()) as PendingTiers[];
  if (version >= 2) book.markets.breaker = JSON.parse(from.text()) as Breaker | null;
}

function readMark({ book, watch }: Engine, market: MarketRow, mark: number): void {
  const inside = book.markets.inside(market, mark);
  expect(inside !== 0, 'the mark of a market makes no sense');
  book.markets.fields[market * MARKET_STRIDE + MarketField.told] = mark;
  watch!.moveAll([{ market, price: inside as MarkTicks }]);
}

function readQuality(from: ByteReader, { book }: Engine, market: MarketRow): void {
  const [quality, allows, reference, since, tripped] = QUALITY_FIELDS.map(() => from.f64());
  const makesSense =
    QUALITY_NAMES[quality] !== undefined && [allows, reference, since, tripped].every(isWhole);
  expect(makesSense, 'the quality of a market makes no sense');
  if (since !== NEVER) book.markets.setQuality(market, quality as Quality, allows, reference, since);
  if (tripped !== NEVER) book.markets.trip(market, tripped);
}

function readAccounts(from: ByteReader, { book }: Engine): void {
  const accounts = from.u32();
  const [buckets, rows] = [from.u32(), from.u32()];
  // A damaged count must not ask for more memory than the bytes at hand could fill.
  if (accounts + buckets + rows < from.left) book.reserve(accounts, buckets, rows);
  for (let account = 0; account < accounts; account++) {
    expect(book.openAccount(from.text()) === account, 'accounts out of order');
    for (let left = from.u32(); left > 0; left--) {
      const place = from.u32();
      const level = from.u32();
      const bucket = book.ensureBucket(account, place);
      const collateral = from.f64();
      const held = from.u32();
      expect(level < LEVEL_COUNT && isWhole(collateral) && held < from.left, 'a bucket makes no sense');
      book.restoreBucket(bucket, level, collateral, held);
      for (let position = 0; position < held; position++) {
        const tag = from.u32();
        const size = from.f64();
        expect(
          isWhole(size) && size !== 0 && marketOfTag(tag) < book.markets.count,
          'a position makes no sense',
        );
        const sign = book.markets.sign(marketOfTag(tag) as MarketRow);
        const [cost, funding] = [from.f64(), from.f64()];
        book.restorePosition(bucket, tag, sign * size, sign * cost + 0, sign * funding + 0);
      }
    }
  }
}

function readOrders(from: ByteReader, { book }: Engine): void {
  for (let left = from.u32(); left > 0; left--) {
    const account = from.u32();
    const place = from.u32();
    const market = from.u32();
    const leg = from.u32();
    const [id, size, price] = [from.f64(), from.f64(), from.f64()];
    expect(account < book.accounts.count && market < book.markets.count, 'an order makes no sense');
    const makesSense =
      isWhole(id) &&
      isWhole(size) &&
      size !== 0 &&
      isWhole(price) &&
      price >= 1 &&
      book.markets.valueAt(market as MarketRow, Math.abs(size), price) !== null;
    expect(makesSense, 'an order makes no sense');
    const bucket = book.ensureBucket(
      account,
      placeOf(isIsolated(place), marketOfPlace(place), legOfPlace(place)),
    );
    book.addOrder(account, id, bucket, market, leg, size, price);
  }
}

function expect(condition: boolean, sentence: string): asserts condition {
  if (!condition) throw new SnapshotError(sentence);
}
