/** The state hash of the reference: the entities and fields that `schema/digest.ts` lists, in its order. */
import { Digest, Entity } from '../core/schema/digest.ts';
import type { Account, Bucket, Market, State } from './state.ts';
import type { TierTable } from './tiers.ts';

const NONE = -1;

export function digestOf(state: State): string {
  const digest = new Digest();
  putState(digest, state);
  return digest.hex();
}

export function putState(digest: Digest, state: State): void {
  put(digest, Entity.engine, [state.timeUs]);
  if (state.settings !== null) {
    const { rules, decimals, inclusive, levels, asset } = state.settings;
    const fractions = [...levels.enter, ...levels.exit, levels.backstop].flat();
    put(digest, Entity.settings, [rules, decimals, inclusive, ...fractions], asset);
  }
  for (const { row, last, gapped, name } of state.sources)
    put(digest, Entity.source, [row, last, gapped], name);
  for (const market of state.markets) putMarket(digest, market);
  if (state.breaker !== null) {
    const { share, least } = state.breaker;
    put(digest, Entity.breaker, [share.num, share.den, least]);
  }
  for (const account of state.accounts) putAccount(digest, account);
}

function putMarket(digest: Digest, market: Market): void {
  const { markUnit, tickUnit, closeFee, basis, orderMargin, orderRate, name } = market.definition;
  const prices = [market.mark ?? NONE, market.fundingIndex, markUnit, tickUnit.num, tickUnit.den];
  const rules = [closeFee.num, closeFee.den, basis, orderMargin, orderRate.num, orderRate.den];
  put(digest, Entity.market, [market.row, ...prices, ...rules], name);
  putTiers(digest, market, market.tiers, NONE);
  for (const table of market.pending) putTiers(digest, market, table, table.effectiveUs);
  if (market.contract !== null) {
    const { form, value, weight } = market.contract;
    put(digest, Entity.contract, [market.row, form, value.num, value.den, weight.num, weight.den]);
  }
  const { row, quality, allows, reference, qualitySince, trippedSince } = market;
  if (qualitySince === null && trippedSince === null) return;
  const since = [qualitySince ?? NONE, trippedSince ?? NONE];
  put(digest, Entity.quality, [row, quality, allows, reference ?? NONE, ...since]);
}

function putTiers(digest: Digest, market: Market, table: TierTable, effectiveUs: number): void {
  for (const [place, { floor, mmr, imr }] of table.tiers.entries()) {
    put(digest, Entity.tier, [market.row, effectiveUs, place, floor, mmr.num, mmr.den, imr.num, imr.den]);
  }
}

function putAccount(digest: Digest, account: Account): void {
  put(digest, Entity.account, [account.row], account.name);
  for (const bucket of [account.cross, ...account.isolated.values()]) putBucket(digest, bucket);
}

function putBucket(digest: Digest, bucket: Bucket): void {
  const { account, isolated, market, leg } = bucket;
  put(digest, Entity.bucket, [account, isolated, market, leg, bucket.collateral, bucket.level]);
  for (const { market, leg, size, costBasis, entryIndex } of bucket.positions) {
    put(digest, Entity.position, [account, market.row, leg, isolated, size, costBasis, entryIndex]);
  }
  for (const { id, market, leg, size, price } of bucket.orders) {
    put(digest, Entity.order, [account, id, market.row, leg, isolated, size, price]);
  }
}

/** One entity. */
export function put(
  digest: Digest,
  entity: number,
  fields: readonly (number | bigint | boolean)[],
  ...texts: readonly string[]
): void {
  digest.begin(entity);
  for (const field of fields) digest.field(Number(field));
  for (const text of texts) digest.text(text);
  digest.end();
}
