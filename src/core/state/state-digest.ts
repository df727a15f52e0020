/** The state hash of a book, as `schema/digest.ts` lays down. Row order, column layout and what is turned round inside do not show. */
import type { SettingsCommand, Tier } from '../schema/commands.ts';
import { Digest, Entity } from '../schema/digest.ts';
import type { MarketRow } from '../num/units.ts';
import type { Book } from './book.ts';
import {
  BUCKET_F64,
  BUCKET_I32,
  BucketField,
  BucketLink,
  Flag,
  isIsolated,
  legOfPlace,
  marketOfPlace,
} from './buckets.ts';
import { MARKET_STRIDE, MarketField, NEVER } from './markets.ts';
import { ORDER_F64, ORDER_I32, OrderField, OrderLink } from './orders.ts';
import {
  END,
  legOfTag,
  marketOfTag,
  POSITION_F64,
  POSITION_I32,
  PositionField,
  PositionLink,
} from './positions.ts';

export function digestState(book: Book, settings: SettingsCommand | null, timeUs: number): string {
  const digest = new Digest();
  addState(digest, book, settings, timeUs);
  return digest.hex();
}

/** The same into a digest that others add to. */
export function addState(digest: Digest, book: Book, settings: SettingsCommand | null, timeUs: number): void {
  digest.begin(Entity.engine).field(timeUs).end();
  if (settings !== null) addSettings(digest, settings);
  for (let row = 0; row < book.sources.names.count; row++) {
    digest.begin(Entity.source).field(row).field(book.sources.last[row]).field(book.sources.gapped[row]);
    digest.text(book.sources.names.at(row)).end();
  }
  addMarkets(digest, book);
  for (let row = 0; row < book.accounts.count; row++)
    digest.begin(Entity.account).field(row).text(book.accounts.at(row)).end();
  addBuckets(digest, book);
  addOrders(digest, book);
}

function addSettings(digest: Digest, settings: SettingsCommand): void {
  const { enter, exit, backstop } = settings.levels;
  digest.begin(Entity.settings).field(settings.rules).field(settings.decimals).field(settings.inclusive);
  for (const [num, den] of [...enter, ...exit, backstop]) digest.field(num).field(den);
  digest.text(settings.asset).end();
}

function addMarkets(digest: Digest, book: Book): void {
  for (const [row, spec] of book.markets.specs.entries()) {
    digest
      .begin(Entity.market)
      .field(row)
      .field(book.markets.mark(row as never))
      .field(book.markets.fundingIndex(row as never));
    digest
      .field(spec.markUnit)
      .field(spec.tickUnit.num)
      .field(spec.tickUnit.den)
      .field(spec.closeFee.num)
      .field(spec.closeFee.den);
    digest
      .field(spec.basis)
      .field(spec.orderMargin)
      .field(spec.orderRate.num)
      .field(spec.orderRate.den)
      .text(spec.name)
      .end();
    addTiers(digest, row, -1, spec.tiers);
    addContract(digest, book, row as MarketRow);
    addQuality(digest, book, row as MarketRow);
  }
  for (const pending of book.markets.pending)
    addTiers(digest, pending.market, pending.effectiveUs, pending.tiers);
  if (book.markets.breaker !== null) {
    const { share, least } = book.markets.breaker;
    digest.begin(Entity.breaker).field(share.num).field(share.den).field(least).end();
  }
}

function addContract(digest: Digest, { markets }: Book, row: MarketRow): void {
  const terms = markets.terms[row];
  if (terms === null) return;
  const { form, value, weight } = terms.contract;
  digest.begin(Entity.contract).field(row).field(form);
  digest.field(value.num).field(value.den).field(weight.num).field(weight.den).end();
}

function addQuality(digest: Digest, { markets }: Book, row: MarketRow): void {
  const { fields } = markets;
  const base = row * MARKET_STRIDE;
  const since = fields[base + MarketField.qualitySince];
  const tripped = fields[base + MarketField.trippedSince];
  if (since === NEVER && tripped === NEVER) return;
  digest
    .begin(Entity.quality)
    .field(row)
    .field(markets.quality(row))
    .field(fields[base + MarketField.allows]);
  digest.field(markets.reference(row)).field(since).field(tripped).end();
}

function addTiers(digest: Digest, market: number, effectiveUs: number, tiers: readonly Tier[]): void {
  for (const [place, { floor, mmr, imr }] of tiers.entries()) {
    digest.begin(Entity.tier).field(market).field(effectiveUs).field(place).field(floor);
    digest.field(mmr.num).field(mmr.den).field(imr.num).field(imr.den).end();
  }
}

function addBuckets(digest: Digest, book: Book): void {
  const { buckets, positions } = book;
  for (let bucket = 0; bucket < buckets.used; bucket++) {
    const i = bucket * BUCKET_I32;
    if ((buckets.i32[i + BucketLink.flags] & Flag.free) !== 0) continue;
    const account = buckets.account(bucket);
    const place = buckets.place(bucket);
    const isolated = isIsolated(place);
    digest
      .begin(Entity.bucket)
      .field(account)
      .field(isolated)
      .field(marketOfPlace(place))
      .field(legOfPlace(place));
    digest
      .field(buckets.f64[bucket * BUCKET_F64 + BucketField.collateral])
      .field(buckets.level(bucket))
      .end();
    const start = buckets.i32[i + BucketLink.start];
    for (let row = start; row < start + buckets.i32[i + BucketLink.count]; row++) {
      const tag = positions.i32[row * POSITION_I32 + PositionLink.tag];
      const sign = book.markets.sign(marketOfTag(tag) as MarketRow);
      const f = row * POSITION_F64;
      digest
        .begin(Entity.position)
        .field(account)
        .field(marketOfTag(tag))
        .field(legOfTag(tag))
        .field(isolated);
      digest
        .field(sign * positions.f64[f + PositionField.size])
        .field(sign * positions.f64[f + PositionField.cost]);
      digest.field(sign * positions.f64[f + PositionField.funding]).end();
    }
  }
}

function addOrders(digest: Digest, book: Book): void {
  const { f64, i32, used } = book.orders;
  for (let row = 0; row < used; row++) {
    const i = row * ORDER_I32;
    const bucket = i32[i + OrderLink.bucket];
    if (bucket === END) continue;
    digest
      .begin(Entity.order)
      .field(i32[i + OrderLink.account])
      .field(f64[row * ORDER_F64 + OrderField.id]);
    digest
      .field(i32[i + OrderLink.market])
      .field(i32[i + OrderLink.leg])
      .field(isIsolated(book.buckets.place(bucket)));
    digest
      .field(f64[row * ORDER_F64 + OrderField.size])
      .field(f64[row * ORDER_F64 + OrderField.price])
      .end();
  }
}
