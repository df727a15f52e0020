/**
 * What the reference remembers: objects, maps and lists, one of each thing a command can define. It is made to
 * be read, not to be fast, and it shares nothing with the engine but the schema.
 *
 *   State ── sources[]
 *         ── markets[] ── mark, funding index, tier tables, the buckets that hold anything there
 *         ── accounts[] ── cross bucket ── positions[], orders[]
 *                       ── isolated buckets by market and leg ── position, orders[]
 *                       ── orders by id
 */
import { SAFE_MAX, type AccountRow, type MarketRow, type Rate } from '../core/num/units.ts';
import { Leg, type Form, type MarketCommand, type SettingsCommand } from '../core/schema/commands.ts';
import { Level } from '../core/schema/levels.ts';
import { Verdict, type Quality } from '../core/schema/quality.ts';
import { abs } from './exact.ts';
import type { Lines } from './levels.ts';
import type { TierTable } from './tiers.ts';

export interface Source {
  readonly row: number;
  readonly name: string;
  /** -1: none yet. */
  last: number;
  gapped: boolean;
}

export interface Market {
  readonly row: number;
  readonly definition: MarketCommand;
  readonly markUnit: bigint;
  readonly tickUnit: { readonly num: bigint; readonly den: bigint };
  readonly orderRate: { readonly num: bigint; readonly den: bigint };
  /** What it was told to be; null: it was not, so it is linear. */
  contract: Contract | null;
  /** Null: no mark yet, so nobody has a position here. */
  mark: bigint | null;
  /** Money units of one lot at the mark. */
  lotValue: bigint;
  fundingIndex: bigint;
  quality: Quality;
  /** A sum of `Use`. */
  allows: number;
  /** What to compare with while it is held. */
  reference: bigint | null;
  /** Since when quality and uses are these, and since when the breaker is tripped; null: never told, not tripped. */
  qualitySince: number | null;
  trippedSince: number | null;
  tiers: TierTable;
  /** Sorted by the time from which they count. */
  pending: TierTable[];
  /** Every bucket with a position or an order here. */
  readonly holders: Set<Bucket>;
}

export interface Contract {
  readonly form: Form;
  readonly value: Rate;
  readonly weight: Rate;
  /** 10^decimals of the settlement asset. */
  readonly money: bigint;
}

export interface Position {
  readonly market: Market;
  readonly leg: Leg;
  size: bigint;
  costBasis: bigint;
  /** The funding index from which funding accrues. */
  entryIndex: bigint;
}

export interface Order {
  readonly id: number;
  readonly bucket: Bucket;
  readonly market: Market;
  readonly leg: Leg;
  readonly size: bigint;
  readonly price: bigint;
  /** What |size| is worth at the price, rounded up, money units. */
  readonly notional: bigint;
}

export interface Bucket {
  readonly account: AccountRow;
  readonly isolated: boolean;
  /** Both 0 in the cross bucket. */
  readonly market: MarketRow;
  readonly leg: Leg;
  collateral: bigint;
  level: Level;
  verdict: Verdict;
  positions: Position[];
  orders: Order[];
}

export interface Account {
  readonly row: number;
  readonly name: string;
  readonly cross: Bucket;
  readonly isolated: Map<string, Bucket>;
  readonly orders: Map<number, Order>;
}

export interface State {
  sequence: number;
  timeUs: number;
  settings: SettingsCommand | null;
  lines: Lines;
  breaker: { readonly share: Rate; readonly least: number } | null;
  readonly sources: Source[];
  readonly markets: Market[];
  readonly accounts: Account[];
  readonly accountNames: Set<string>;
  /** The buckets that the command at hand may have changed. */
  readonly touched: Set<Bucket>;
  /** The markets that it gave a mark, a funding index or an active tier table. */
  readonly moved: Set<Market>;
}

export function emptyState(): State {
  return {
    sequence: 0,
    timeUs: 0,
    settings: null,
    lines: { enter: [], exit: [] },
    breaker: null,
    sources: [],
    markets: [],
    accounts: [],
    accountNames: new Set(),
    touched: new Set(),
    moved: new Set(),
  };
}

export function emptyBucket(account: number, isolated: boolean, market: number, leg: Leg): Bucket {
  return {
    account: account as AccountRow,
    isolated,
    market: market as MarketRow,
    leg,
    collateral: 0n,
    level: Level.safe,
    verdict: Verdict.none,
    positions: [],
    orders: [],
  };
}

/** The named bucket if it exists. */
export function findBucket(
  account: Account,
  isolated: boolean,
  market: number,
  leg: Leg,
): Bucket | undefined {
  return isolated ? account.isolated.get(bucketKey(market, leg)) : account.cross;
}

/** The named bucket, new if need be, and marked for a new level. If it is left with nothing, it goes again. */
export function openBucket(
  state: State,
  account: Account,
  isolated: boolean,
  market: number,
  leg: Leg,
): Bucket {
  let bucket = findBucket(account, isolated, market, leg);
  if (bucket === undefined) {
    bucket = emptyBucket(account.row, true, market, leg);
    account.isolated.set(bucketKey(market, leg), bucket);
  }
  state.touched.add(bucket);
  return bucket;
}

/** An isolated bucket goes when it holds no position, no order and no collateral. */
export function dropIfEmpty(state: State, bucket: Bucket): void {
  const isEmpty = bucket.positions.length === 0 && bucket.orders.length === 0 && bucket.collateral === 0n;
  if (bucket.isolated && isEmpty) {
    state.accounts[bucket.account].isolated.delete(bucketKey(bucket.market, bucket.leg));
  }
}

export function findPosition(bucket: Bucket | undefined, market: Market, leg: Leg): Position | undefined {
  return bucket?.positions.find((position) => position.market === market && position.leg === leg);
}

/** Puts `position` in the place of the bucket's position of the same market and leg; a size of 0 only removes. */
export function putPosition(bucket: Bucket, position: Position): void {
  const { market, leg } = position;
  bucket.positions = bucket.positions.filter((other) => other.market !== market || other.leg !== leg);
  if (position.size !== 0n) bucket.positions.push(position);
  noteHolder(bucket, market);
}

export function addOrder(order: Order, account: Account): void {
  account.orders.set(order.id, order);
  order.bucket.orders.push(order);
  noteHolder(order.bucket, order.market);
}

export function removeOrder(order: Order, account: Account): void {
  account.orders.delete(order.id);
  order.bucket.orders = order.bucket.orders.filter((other) => other !== order);
  noteHolder(order.bucket, order.market);
}

/** Money and notionals must stay within the safe integers. */
export function fits(amount: bigint): boolean {
  return abs(amount) <= BigInt(SAFE_MAX);
}

export function bigRate(rate: Rate): { num: bigint; den: bigint } {
  return { num: BigInt(rate.num), den: BigInt(rate.den) };
}

function noteHolder(bucket: Bucket, market: Market): void {
  const holds =
    bucket.positions.some((position) => position.market === market) ||
    bucket.orders.some((order) => order.market === market);
  if (holds) market.holders.add(bucket);
  else market.holders.delete(bucket);
}

function bucketKey(market: number, leg: Leg): string {
  return `${market}:${leg}`;
}
