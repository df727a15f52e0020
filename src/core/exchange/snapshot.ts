/**
 * The whole state of an exchange as bytes, and an exchange from such bytes. What follows from the rest (sums of exposures, lists of orders,
 * heaps) is not in there and is made again; the engine within is, as engine/snapshot.ts writes it, to the end.
 *
 *   "PLIMVENU"   version u32
 *   text         JSON: sequence, net (deposits less withdrawals), trades, last order id, last liquidation, venue's rules
 *   members      count u32, each: 1 hedge + 2 exempt u32
 *   exposures    count u32, each: account, tag, leverage, isolated u32; in the order of their rows
 *   orders       count u32, each: id, size, filled, price, client id, expiry, pair, session, trigger, take-profit, stop-loss, parent f64,
 *                account, exposure's row, market, bits u32; by id
 *   listings     markets u32, each 0 u32, or 1 u32 and: rules and lotsMax (JSON), state u32, low, high, last, open interest, window's mark, window's time,
 *                dust f64; bids, asks: count u32, ids f64, first in priority first;
 *                waiting: count u32, each id, best price seen f64, in the order in which they are to be added;
 *                holders: count u32, exposures' rows u32, in the order in which they are to be listed
 *   liquidations count u32, each: id, due f64, account, bucket's place, has begun, second round, what it waits for u32
 *   backlog      markets u32, each: market u32, entries u32, each: liquidation, lots, price f64
 *   "UNEVMILP"
 *   the engine's snapshot
 *
 * Little-endian; texts are a u32 count of UTF-16 units and those units. Every version stays readable.
 */
import { restoreEngine, snapshotChunks, SnapshotError } from '../engine/snapshot.ts';
import { assert } from '../num/assert.ts';
import { isWhole } from '../num/exact.ts';
import type { OrderRow, PriceTicks, SizeLots } from '../num/units.ts';
import { MARKET_STATE_NAMES, type MarketState } from '../schema/orders.ts';
import { Side } from '../schema/side.ts';
import { WAIT_WHY_NAMES, type WaitWhy } from '../schema/venue-events.ts';
import { ByteReader, ByteWriter } from '../state/bytes.ts';
import { legOfTag, marketOfTag } from '../state/positions.ts';
import { Exchange } from './exchange.ts';
import { NO_EXPOSURE } from './exposures.ts';
import { Listing, type ListingRules } from './listing.ts';
import type { BookKind, VenueRules } from './venue.ts';
import { ORDER_F64, OrderBits, OrderField } from './working-orders.ts';

export const EXCHANGE_SNAPSHOT_VERSION = 1;
const HEAD = 'PLIMVENU';
const TAIL = 'UNEVMILP';

const HEDGE = 1;
const EXEMPT = 2;

const ORDER_FIELDS = [
  OrderField.size,
  OrderField.filled,
  OrderField.price,
  OrderField.expiresUs,
  OrderField.pair,
  OrderField.session,
  OrderField.trigger,
  OrderField.takeProfit,
  OrderField.stopLoss,
  OrderField.parent,
];

const LISTING_FIELDS = [
  'low',
  'high',
  'last',
  'openInterest',
  'windowMark',
  'windowUs',
  'dust',
] as const satisfies readonly (keyof Listing)[];

interface Head {
  readonly sequence: number;
  /** Decimal text: it may pass 2^53. */
  readonly net: string;
  readonly trades: number;
  readonly lastOrder: number;
  readonly lastLiquidation: number;
  readonly rules: VenueRules | null;
}

/** The state in chunks of about a megabyte. The exchange must rest meanwhile. */
export function* exchangeChunks(exchange: Exchange): Generator<Uint8Array, void, undefined> {
  const { venue, desk, liquidations, sequence } = exchange;
  assert(!desk.waiting.hasFired && !liquidations.hasWork, 'a snapshot is taken between commands');
  const { ledger, members, orders } = venue;
  const to = new ByteWriter();
  const head: Head = {
    sequence,
    net: String(ledger.net),
    trades: venue.trades,
    lastOrder: orders.lastId,
    lastLiquidation: liquidations.lastId,
    rules: venue.rules,
  };
  to.ascii(HEAD).u32(EXCHANGE_SNAPSHOT_VERSION).text(JSON.stringify(head)).u32(members.count);
  for (let row = 0; row < members.count; row++) {
    to.u32((members.isHedged(row) ? HEDGE : 0) + (members.isExempt(row) ? EXEMPT : 0));
    if (to.isFull()) yield to.take();
  }
  const { exposures } = ledger;
  to.u32(exposures.used);
  for (let row = 0; row < exposures.used; row++) {
    to.u32(exposures.account(row)).u32(exposures.tag(row)).u32(exposures.leverage(row));
    to.u32(exposures.isIsolated(row) ? 1 : 0);
    if (to.isFull()) yield to.take();
  }
  to.u32(orders.count);
  for (const row of rowsById(exchange)) {
    writeOrder(to, exchange, row);
    if (to.isFull()) yield to.take();
  }
  to.u32(venue.listings.length);
  for (const listing of venue.listings) {
    writeListing(to, exchange, listing);
    if (to.isFull()) yield to.take();
  }
  writeLiquidations(to, exchange);
  yield to.ascii(TAIL).take();
  yield* snapshotChunks(exchange.engine);
}

function rowsById({ venue }: Exchange): OrderRow[] {
  const { orders } = venue;
  const rows: OrderRow[] = [];
  for (let row = 0; row < orders.used; row++)
    if (orders.id(row as OrderRow) !== 0) rows.push(row as OrderRow);
  return rows.sort((a, b) => orders.id(a) - orders.id(b));
}

function writeOrder(to: ByteWriter, { venue }: Exchange, row: OrderRow): void {
  const { orders } = venue;
  const f = row * ORDER_F64;
  to.f64(orders.id(row)).f64(orders.clientId(row));
  for (const field of ORDER_FIELDS) to.f64(orders.f64[f + field]);
  to.u32(orders.account(row)).u32(orders.exposure(row)).u32(orders.market(row)).u32(orders.bits(row));
}

function writeListing(to: ByteWriter, { venue, desk }: Exchange, listing: Listing | null): void {
  to.u32(listing === null ? 0 : 1);
  if (listing === null) return;
  const { orders, ledger } = venue;
  to.text(JSON.stringify({ ...listing.rules, lotsMax: listing.lotsMax })).u32(listing.state);
  for (const field of LISTING_FIELDS) to.f64(listing[field]);
  for (const side of [Side.bid, Side.ask]) {
    const ids: number[] = [];
    for (let row = listing.book.best(side); row >= 0; row = listing.book.next(row)) ids.push(orders.id(row));
    to.u32(ids.length);
    for (const id of ids) to.f64(id);
  }
  const waiting: [id: number, best: number][] = [];
  desk.waiting.each(listing.market, (row, best) => waiting.push([orders.id(row), best]));
  to.u32(waiting.length);
  for (const [id, best] of waiting) to.f64(id).f64(best);
  const holders: number[] = [];
  for (
    let row = ledger.exposures.firstHolder(listing.market);
    row !== NO_EXPOSURE;
    row = ledger.exposures.nextHolder(row)
  )
    holders.push(row);
  to.u32(holders.length);
  // Whoever is listed last is the first.
  for (const row of holders.reverse()) to.u32(row);
}

function writeLiquidations(to: ByteWriter, { liquidations }: Exchange): void {
  to.u32(liquidations.active.size);
  for (const liquidation of liquidations.active.values()) {
    const { id, account, place, hasBegun, dueUs, isSecondRound, waitsFor } = liquidation;
    to.f64(id)
      .f64(dueUs)
      .u32(account)
      .u32(place)
      .u32(hasBegun ? 1 : 0)
      .u32(isSecondRound ? 1 : 0)
      .u32(waitsFor);
  }
  const { backlog } = liquidations;
  to.u32(backlog.markets.length);
  for (const market of backlog.markets) {
    const entries = backlog.of(market);
    to.u32(market).u32(entries.length);
    for (const { liquidation, lots, price } of entries) to.f64(liquidation).f64(lots).f64(price);
  }
}

/** The exchange that `bytes` describe, or a SnapshotError that says where they stop making sense. */
export function restoreExchange(bytes: Uint8Array, options: { readonly book?: BookKind } = {}): Exchange {
  const from = new ByteReader(bytes);
  try {
    return read(from, bytes, new Exchange(options));
  } catch (error) {
    if (error instanceof SnapshotError) throw error;
    throw new SnapshotError(`snapshot damaged near byte ${from.at}: ${(error as Error).message}`);
  }
}

interface StoredOrder {
  readonly id: number;
  readonly clientId: number;
  readonly fields: readonly number[];
  readonly account: number;
  readonly exposure: number;
  readonly market: number;
  readonly bits: number;
}

interface StoredListing {
  readonly rules: ListingRules;
  readonly lotsMax: number;
  readonly state: number;
  readonly fields: readonly number[];
  /** Of bids and of asks. */
  readonly queues: readonly (readonly number[])[];
  readonly waiting: readonly (readonly [id: number, best: number])[];
  readonly holders: readonly number[];
}

/** The engine comes last in the bytes and first in the making: all else stands on it. */
function read(from: ByteReader, bytes: Uint8Array, exchange: Exchange): Exchange {
  expect(from.ascii(8) === HEAD, 'these bytes are not the snapshot of an exchange');
  const version = from.u32();
  expect(
    version === EXCHANGE_SNAPSHOT_VERSION,
    `snapshot version ${version}; this program reads ${EXCHANGE_SNAPSHOT_VERSION}`,
  );
  const head = JSON.parse(from.text()) as Head;
  const members = list(from, 4, () => from.u32());
  const exposures = list(from, 16, () => [from.u32(), from.u32(), from.u32(), from.u32()]);
  const orders = list(from, 8 * (ORDER_FIELDS.length + 4), () => readOrder(from));
  const listings = list(from, 4, () => (from.u32() === 0 ? null : readListing(from)));
  const liquidations = list(from, 36, () => ({
    id: from.f64(),
    dueUs: from.f64(),
    account: from.u32(),
    place: from.u32(),
    hasBegun: from.u32() === 1,
    isSecondRound: from.u32() === 1,
    waitsFor: from.u32() as WaitWhy,
  }));
  const backlog = list(from, 8, () => ({
    market: from.u32(),
    entries: list(from, 24, () => ({ liquidation: from.f64(), lots: from.f64(), price: from.f64() })),
  }));
  expect(from.ascii(8) === TAIL, 'the end of the exchange is missing');

  const { engine, venue } = exchange;
  restoreEngine(bytes.subarray(from.at), 'auto', engine);
  const { book } = engine;
  expect(members.length === book.accounts.count, 'there is not one member for each account');
  expect(listings.length === book.markets.count, 'there is not one place for each market');
  exchange.sequence = head.sequence;
  venue.rules = head.rules;
  venue.trades = head.trades;
  venue.ledger.net = BigInt(head.net);
  for (const [row, bits] of members.entries()) {
    venue.members.add();
    venue.members.setHedged(row, (bits & HEDGE) !== 0);
    venue.members.setExempt(row, (bits & EXEMPT) !== 0);
  }
  for (const [market, stored] of listings.entries()) {
    expect(stored === null || stored.rules.market === market, 'a listing is not that of its market');
    const listing = stored === null ? null : new Listing(book, stored.rules, venue.makeBook());
    if (listing !== null) listing.lotsMax = stored!.lotsMax;
    venue.listings.push(listing);
  }
  for (const [account, tag, leverage, isolated] of exposures) {
    const isKnown = account < members.length && (listings[marketOfTag(tag)] ?? null) !== null;
    expect(isKnown, 'an exposure makes no sense');
    const first = venue.members.firstExposure(account);
    const row = venue.ledger.exposures.add(account, marketOfTag(tag), legOfTag(tag), leverage, first);
    venue.ledger.exposures.setIsolated(row, isolated === 1);
    venue.members.setFirstExposure(account, row);
  }
  for (const order of orders) restoreOrder(exchange, order);
  venue.orders.lastId = head.lastOrder;
  for (const [market, stored] of listings.entries())
    if (stored !== null) restoreListing(exchange, market, stored);
  for (const liquidation of liquidations) {
    const isKnown = liquidation.waitsFor < WAIT_WHY_NAMES.length;
    expect(isKnown && liquidation.account < members.length, 'a liquidation makes no sense');
    exchange.liquidations.restore(liquidation);
  }
  exchange.liquidations.lastId = head.lastLiquidation;
  for (const { market, entries } of backlog)
    for (const entry of entries) exchange.liquidations.backlog.add(market, entry);
  return exchange;
}

function readOrder(from: ByteReader): StoredOrder {
  const id = from.f64();
  const clientId = from.f64();
  const fields = ORDER_FIELDS.map(() => from.f64());
  return {
    id,
    clientId,
    fields,
    account: from.u32(),
    exposure: from.u32(),
    market: from.u32(),
    bits: from.u32(),
  };
}

function readListing(from: ByteReader): StoredListing {
  const text = JSON.parse(from.text()) as ListingRules & { readonly lotsMax?: number };
  // Snapshots of before rules that allowed less than those before them do not have it.
  const { lotsMax = text.positionMax, ...rules } = text;
  expect(isWhole(lotsMax) && lotsMax >= rules.positionMax, 'a listing makes no sense');
  const state = from.u32();
  expect(MARKET_STATE_NAMES[state] !== undefined, 'the state of a market makes no sense');
  const fields = LISTING_FIELDS.map(() => from.f64());
  expect(fields.every(isWhole), 'a listing makes no sense');
  return {
    rules,
    lotsMax,
    state,
    fields,
    queues: [list(from, 8, () => from.f64()), list(from, 8, () => from.f64())],
    waiting: list(from, 16, () => [from.f64(), from.f64()] as const),
    holders: list(from, 4, () => from.u32()),
  };
}

/** Its row, its place in its account's list, and what it adds to its exposure; not yet its rest or its wait. */
function restoreOrder({ venue, desk }: Exchange, stored: StoredOrder): void {
  const { orders, members, ledger, expiries } = venue;
  const { id, clientId, fields, account, exposure, market, bits } = stored;
  const makesSense =
    isWhole(id) &&
    fields.every(isWhole) &&
    account < members.count &&
    exposure < ledger.exposures.used &&
    ledger.exposures.account(exposure) === account &&
    marketOfTag(ledger.exposures.tag(exposure)) === market;
  expect(makesSense, 'an order makes no sense');
  const row = orders.restore(id, account, clientId);
  for (const [at, field] of ORDER_FIELDS.entries())
    if (field === OrderField.pair) orders.setPair(row, fields[at]);
    else orders.f64[row * ORDER_F64 + field] = fields[at];
  orders.describe(row, exposure, market, bits & ~OrderBits.waits);
  desk.life.link(row);
  if ((bits & OrderBits.waits) === 0) desk.life.count(row);
  const expiresUs = orders.expiresUs(row);
  if (expiresUs !== 0) expiries.add(expiresUs, id);
}

function restoreListing({ venue, desk }: Exchange, market: number, stored: StoredListing): void {
  const { orders, ledger } = venue;
  const listing = venue.listings[market]!;
  listing.state = stored.state as MarketState;
  for (const [at, field] of LISTING_FIELDS.entries()) listing[field] = stored.fields[at];
  const rowOf = (id: number): OrderRow => {
    const row = orders.find(id);
    expect(row >= 0 && orders.market(row) === market, 'a queue names an order that is not there');
    return row;
  };
  for (const [side, ids] of stored.queues.entries()) {
    for (const id of ids) {
      const row = rowOf(id);
      listing.book.add(row, side as Side, orders.price(row) as PriceTicks, orders.left(row) as SizeLots);
    }
  }
  for (const [id, best] of stored.waiting) desk.waiting.add(rowOf(id), best);
  for (const row of stored.holders) {
    expect(row < ledger.exposures.used, 'a holder is not there');
    ledger.exposures.list(row, market);
  }
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
