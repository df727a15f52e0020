/**
 * How bad an account can be as long as every mark stays in its band (`Bands`) and nothing comes to it but what is added here. So an order of an account
 * in fifty markets is held against its limits without going over all of them: where it is within them by these bounds it is so by the exact numbers, and
 * where it is not those are asked. Bounds are derived: they stand in no snapshot and no hash, and no decision differs by them.
 *
 *   byte  0  gross and net value, initial margin with the losses of orders     3 x f64     no more than
 *        24  equity                                              f64         no less than
 *        32  lost of the day                                     f64         no more than
 *        40  epoch of the bands                                  f64         another than now: nothing is known
 *
 * Only of accounts whose legs are all net, cross and linear; money units. With h lots held, b bid and a asked, upper end h + b and lower end h - a:
 *
 * - Orders that are cancelled or filled move neither end of a leg away from 0, so gross, net and margin only shrink. Reduce-only orders count in no end:
 *   after a fill of one nothing is known.
 * - Losses of orders against the mark are bounded order by order, never netted: those that go would leave the others more.
 * - A fill of l lots at p changes equity at a mark m by l(m - p) less its fee, at worst by that at the near end of the band.
 */
import { inLines, widenedInLines } from '../num/columns.ts';
import { BUCKET_NONE } from '../state/book.ts';
import { BUCKET_I32, BucketLink } from '../state/buckets.ts';
import type { Engine } from '../engine/engine.ts';
import type { Accounts } from './accounts.ts';
import { EXPOSURE_F64, EXPOSURE_I32, ExposureField, ExposureLink, NO_PRICE } from './exposures.ts';
import type { Holdings } from './holdings.ts';
import type { Instruments } from './instruments.ts';
import type { Reservations } from './reservations.ts';
import { LIST_ENTRY, LIST_HEAD } from './row-lists.ts';
import { marketOfTag, TAG_PLACE, legOfTag } from '../state/positions.ts';
import { Leg } from '../schema/commands.ts';

export const ROOM_F64 = 8;
export const RoomField = { gross: 0, net: 1, required: 2, equity: 3, lost: 4, epoch: 5 } as const;

// Constants of its own are compiled in; another module's, and those that it exports, are looked up at every turn.
const R_F64 = ROOM_F64;
const {
  gross: R_GROSS,
  net: R_NET,
  required: R_REQUIRED,
  equity: R_EQUITY,
  lost: R_LOST,
  epoch: R_EPOCH,
} = RoomField;
const E_F64 = EXPOSURE_F64;
const E_I32 = EXPOSURE_I32;
const HEAD = LIST_HEAD;
const ENTRY = LIST_ENTRY;
const UNPRICED = NO_PRICE;
const PLACE = TAG_PLACE;
const NOWHERE = BUCKET_NONE;
const B_I32 = BUCKET_I32;
const { count: B_COUNT } = BucketLink;
const { held: E_HELD, bids: E_BIDS, asks: E_ASKS } = ExposureField;
const { tag: E_TAG } = ExposureLink;
const { net: LEG_NET } = Leg;
/** Sums up to here are exact with room to spare; beyond, nothing is concluded. */
const MOST = 2 ** 50;
const VOID = 0;
/** Of a fill: what realising it and its funding may be rounded by. */
const ROUNDED = 2;

export class Rooms {
  f64 = inLines(1024 * R_F64);
  readonly #engine: Engine;
  readonly #accounts: Accounts;
  readonly #instruments: Instruments;
  readonly #holdings: Holdings;
  readonly #reservations: Reservations;
  #gross = 0;
  #upper = 0;
  #lower = 0;
  #required = 0;
  #swing = 0;
  #legs = 0;

  constructor(
    engine: Engine,
    accounts: Accounts,
    instruments: Instruments,
    holdings: Holdings,
    reservations: Reservations,
  ) {
    this.#engine = engine;
    this.#accounts = accounts;
    this.#instruments = instruments;
    this.#holdings = holdings;
    this.#reservations = reservations;
  }

  isKnown(account: number): boolean {
    return this.f64[account * R_F64 + R_EPOCH] === this.#instruments.bands.epoch;
  }

  /** Finds out about the account, whose equity and loss of the day are these now. */
  lay(account: number, equity: number, lost: number): void {
    const f = account * R_F64;
    this.#reserve(account);
    this.f64[f + R_EPOCH] = VOID;
    const { book } = this.#engine;
    const cross = this.#accounts.cross(account);
    if (book.nextBucket(cross) !== NOWHERE) return;
    this.#gross = 0;
    this.#upper = 0;
    this.#lower = 0;
    this.#required = 0;
    this.#swing = 0;
    this.#legs = 0;
    const lists = this.#holdings.exposures.lists.i32;
    const list = this.#accounts.exposures(account);
    const end = list + HEAD + lists[list] * ENTRY;
    for (let at = list + HEAD; at < end; at += ENTRY) if (!this.#add(lists[at + 1])) return;
    // A position of which a gate knows no leg is an asset.
    if (this.#legs !== book.buckets.i32[cross * B_I32 + B_COUNT]) return;
    const net = Math.max(this.#upper, -this.#lower, 0);
    if (!(this.#gross + this.#required <= MOST) || !(Math.abs(equity) + Math.abs(lost) <= MOST)) return;
    this.f64[f + R_GROSS] = this.#gross;
    this.f64[f + R_NET] = net;
    this.f64[f + R_REQUIRED] = this.#required;
    this.f64[f + R_EQUITY] = equity - this.#swing;
    this.f64[f + R_LOST] = lost + this.#swing;
    this.f64[f + R_EPOCH] = this.#instruments.bands.epoch;
  }

  /** An order that was accepted adds this at most. */
  take(account: number, gross: number, net: number, required: number): void {
    const f = account * R_F64;
    this.f64[f + R_GROSS] += gross;
    this.f64[f + R_NET] += net;
    this.f64[f + R_REQUIRED] += required;
  }

  /** Lots of a working order traded at a price; what else it was is nothing that was counted on. */
  trade(account: number, market: number, isBid: boolean, lots: number, price: number, fee: number): void {
    if (!this.isKnown(account)) return;
    const lost = this.lossOf(market, isBid, lots, price) + Math.max(0, fee) + ROUNDED;
    const f = account * R_F64;
    this.f64[f + R_EQUITY] -= lost;
    this.f64[f + R_LOST] += lost;
  }

  /** What lots lose at most that are traded at a price, anywhere in the band. Of linear markets. */
  lossOf(market: number, isBid: boolean, lots: number, price: number): number {
    const { bands } = this.#instruments;
    const paid = price * this.#instruments.tickWorth(market);
    return lots * Math.max(0, isBid ? paid - bands.low[market] : bands.high[market] - paid);
  }

  /** For reading ahead. */
  peek(account: number): number {
    return account * R_F64 < this.f64.length ? this.f64[account * R_F64] : 0;
  }

  /** Something happened to the account that the bounds do not cover. */
  forget(account: number): void {
    if (account * R_F64 < this.f64.length) this.f64[account * R_F64 + R_EPOCH] = VOID;
  }

  /** Or to everybody. */
  forgetAll(): void {
    this.#instruments.bands.turn();
  }

  /** Counts a leg in; false where nothing can be said of the account. */
  #add(row: number): boolean {
    const { f64, i32 } = this.#holdings.exposures;
    const f = row * E_F64;
    const held = f64[f + E_HELD];
    const bids = f64[f + E_BIDS];
    const asks = f64[f + E_ASKS];
    if (held === 0 && bids === 0 && asks === 0) return true;
    const tag = i32[row * E_I32 + E_TAG];
    const market = marketOfTag(tag & PLACE);
    const instruments = this.#instruments;
    if (legOfTag(tag & PLACE) !== LEG_NET || !instruments.isLinear(market)) return false;
    const low = instruments.bands.low[market];
    const high = instruments.bands.high[market];
    const worth = instruments.worth[market];
    const upper = held + bids;
    const lower = held - asks;
    const value = Math.max(Math.abs(upper), Math.abs(lower)) * high;
    this.#gross += value;
    this.#upper += upper * (upper > 0 ? high : low);
    this.#lower += lower * (lower > 0 ? low : high);
    this.#required += instruments.initialMargin(market, value);
    if (held !== 0) {
      this.#legs++;
      this.#swing += held > 0 ? held * (worth - low) : -held * (high - worth);
    }
    if (bids > 0) this.#required += this.#lossOfAll(row, market, true, bids);
    if (asks > 0) this.#required += this.#lossOfAll(row, market, false, asks);
    return true;
  }

  /** As if all were at the best of their prices. */
  #lossOfAll(row: number, market: number, isBid: boolean, lots: number): number {
    const best = this.#reservations.best(row, isBid);
    return best === UNPRICED ? 0 : this.lossOf(market, isBid, lots, best);
  }

  #reserve(account: number): void {
    if ((account + 1) * R_F64 > this.f64.length)
      this.f64 = widenedInLines(this.f64, Math.max(this.f64.length * 2, this.#accounts.count * R_F64));
  }
}
