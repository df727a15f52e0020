/**
 * The one place where an exchange changes money and positions. Every change is a row of the engine's open transaction and an event, so that
 * who has the events has the accounts.
 *
 * What is conserved, to the unit, while no cut is open: over all accounts, collateral less cost basis, plus accrued funding in exact
 * parts of FUNDING_SCALE, plus the dust of all listings in the same parts, is what was deposited less what was withdrawn. What rounding up the
 * two sides of a trade leaves, and fees, are due to the treasury and go there at the end of each cut.
 */
import type { Engine } from '../engine/engine.ts';
import type { EngineDecision } from '../engine/decision.ts';
import { assert } from '../num/assert.ts';
import { accruedFundingWide, mulDivCeil, mulDivFloor } from '../num/exact.ts';
import {
  FUNDING_SCALE,
  type AccountRow,
  type FundingIndex,
  type MarketRow,
  type PriceTicks,
  type QuoteMicros,
  type Rate,
  type SizeLots,
  type TimeUs,
} from '../num/units.ts';
import { Kind, Leg, type FillCommand, type TransferCommand } from '../schema/commands.ts';
import { Reason } from '../schema/reasons.ts';
import { TransferWhy, VenueEvent } from '../schema/venue-events.ts';
import { BUCKET_NONE, POSITION_MISSING } from '../state/book.ts';
import { placeOf } from '../state/buckets.ts';
import { legOfTag, marketOfTag, POSITION_F64, PositionField, TAG_PLACE, tagOf } from '../state/positions.ts';
import type { EventLog } from './event-log.ts';
import { Exposures, LEVERAGE_UNSET, NO_EXPOSURE } from './exposures.ts';
import type { Listing } from './listing.ts';
import type { Members } from './members.ts';

// Constants of its own are compiled in; another module's, and those that it exports, are looked up at every turn.
const P_F64 = POSITION_F64;
const NO_BUCKET = BUCKET_NONE;
const MISSING = POSITION_MISSING;
const NONE = NO_EXPOSURE;
const PLACE = TAG_PLACE;
const { size: P_SIZE, cost: P_COST, funding: P_FUNDING } = PositionField;
const { accepted: ACCEPTED } = Reason;

/** The house's accounts. */
export const INSURANCE = 0 as AccountRow;
export const TREASURY = 1 as AccountRow;

/** The fund and the treasury have no modes and no limits, do not trade, and nobody liquidates them. */
export function isHouse(account: number): boolean {
  return account === INSURANCE || account === TREASURY;
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };

export class Ledger {
  /** Fees and rounding that the treasury gets at the end of the cut. */
  treasuryDue = 0;
  /** Deposits less withdrawals so far, of the settlement asset: more than any one account may have. */
  net = 0n;
  readonly exposures = new Exposures();
  readonly #engine: Engine;
  readonly #events: EventLog;
  readonly #members: Members;
  readonly #listings: readonly (Listing | null)[];
  /** Rows that are used again and again. */
  readonly #fill: Writable<FillCommand> = {
    kind: Kind.fill,
    timeUs: 0 as TimeUs,
    origin: null,
    account: 0 as AccountRow,
    market: 0 as MarketRow,
    leg: 0,
    isolated: false,
    size: 0 as SizeLots,
    price: 0 as PriceTicks,
    fee: 0 as QuoteMicros,
  };
  readonly #transfer: Writable<TransferCommand> = {
    kind: Kind.transfer,
    timeUs: 0 as TimeUs,
    origin: null,
    account: 0 as AccountRow,
    market: 0 as MarketRow,
    leg: 0,
    isolated: false,
    amount: 0 as QuoteMicros,
  };

  constructor(engine: Engine, events: EventLog, members: Members, listings: readonly (Listing | null)[]) {
    this.#engine = engine;
    this.#events = events;
    this.#members = members;
    this.#listings = listings;
  }

  /** Ends the engine's transaction, with what the treasury is due. */
  close(): EngineDecision {
    if (this.treasuryDue !== 0) {
      const due = this.treasuryDue;
      this.treasuryDue = 0;
      this.transfer(TREASURY, false, 0, 0, due, TransferWhy.fees, 0);
    }
    this.#events.emit(VenueEvent.cut, this.#engine.timeUs);
    return this.#engine.close();
  }

  /** The account's exposure in a market and leg, or NO_EXPOSURE. */
  findExposure(account: number, tag: number): number {
    const { exposures } = this;
    let row = this.#members.firstExposure(account);
    while (row !== NONE && exposures.tag(row) !== tag) row = exposures.next(row);
    return row;
  }

  ensureExposure(account: number, tag: number): number {
    const found = this.findExposure(account, tag);
    if (found !== NONE) return found;
    const first = this.#members.firstExposure(account);
    const row = this.exposures.add(account, marketOfTag(tag), legOfTag(tag), LEVERAGE_UNSET, first);
    this.#members.setFirstExposure(account, row);
    return row;
  }

  /** The account's own limit there, where it has set one, and never more than the listing's. */
  leverage(exposure: number): number {
    const { leverageMax } = this.#listings[marketOfTag(this.exposures.tag(exposure))]!.rules;
    const own = this.exposures.leverage(exposure);
    return own === LEVERAGE_UNSET || own > leverageMax ? leverageMax : own;
  }

  /** Row of the bucket that holds the exposure's position, or BUCKET_NONE. */
  bucketOf(exposure: number): number {
    const { book } = this.#engine;
    const account = this.exposures.account(exposure);
    if (!this.exposures.isIsolated(exposure)) return book.cross[account];
    const tag = this.exposures.tag(exposure);
    return book.findBucket(account, placeOf(true, marketOfTag(tag), legOfTag(tag)));
  }

  /** Row of its position, or POSITION_MISSING. */
  positionOf(exposure: number): number {
    return this.#engine.book.findByTag(this.bucketOf(exposure), this.exposures.tag(exposure));
  }

  /** Signed lots, as outside. */
  held(exposure: number): number {
    const { book } = this.#engine;
    const row = this.positionOf(exposure);
    if (row === MISSING) return 0;
    const market = marketOfTag(this.exposures.tag(exposure)) as MarketRow;
    return book.markets.sign(market) * book.positions.f64[row * P_F64 + P_SIZE];
  }

  /** fee on what `lots` are worth at `price`, rounded up; a rebate is rounded towards the house. */
  feeOf(market: number, lots: number, price: number, rate: Rate): number {
    if (rate.num === 0) return 0;
    return mulDivCeil(this.#listings[market]!.worth(lots, price)!, rate.num, rate.den)!;
  }

  /**
   * One side of a trade: `lots` signed, at `price`, for a `fee`. What opens in an isolated bucket brings from the cross bucket what was reserved for
   * it there: its initial margin, what it loses against the mark, its fee. What closes there gives back its share. Answers what was held before.
   */
  fill(
    exposure: number,
    lots: number,
    price: number,
    fee: number,
    trade: number,
    order: number,
    left: number,
  ): number {
    const { exposures } = this;
    const { book } = this.#engine;
    const { markets } = book;
    const account = exposures.account(exposure) as AccountRow;
    const tag = exposures.tag(exposure) & PLACE;
    const market = marketOfTag(tag) as MarketRow;
    const leg = legOfTag(tag) as Leg;
    const isolated = exposures.isIsolated(exposure);
    const listing = this.#listings[market]!;
    const sign = markets.sign(market);
    const row = this.positionOf(exposure);
    const { f64 } = book.positions;
    const f = row * P_F64;
    const inside = sign * lots;
    const heldInside = row === MISSING ? 0 : f64[f + P_SIZE];
    const cost = row === MISSING ? 0 : f64[f + P_COST];
    const closed =
      heldInside !== 0 && heldInside > 0 !== inside > 0
        ? Math.min(Math.abs(heldInside), Math.abs(inside))
        : 0;
    const opened = Math.abs(inside) - closed;
    const closes = closed === 0 ? 0 : Math.sign(inside) * closed;
    const closeValue = closed === 0 ? 0 : markets.valueAt(market, closes, price)!;
    const openValue = opened === 0 ? 0 : markets.valueAt(market, inside - closes, price)!;
    const realized = closed === 0 ? 0 : -closeValue - mulDivFloor(cost, closed, Math.abs(heldInside))!;
    if (heldInside !== 0) this.#keepDust(listing, heldInside, f64[f + P_FUNDING]);

    const bucket = isolated ? this.bucketOf(exposure) : NO_BUCKET;
    // What funding has accrued is margin as well: the fill settles it.
    const marginBefore =
      bucket === NO_BUCKET || heldInside === 0
        ? 0
        : book.collateral(bucket) + this.#accrued(market, heldInside, f64[f + P_FUNDING]);
    if (isolated && opened > 0) {
      const notional = listing.notional(opened);
      const loss = Math.max(0, openValue - Math.sign(inside) * notional);
      const margin = listing.initialMargin(notional, this.leverage(exposure)) + loss;
      this.moveMargin(account, market, leg, margin + Math.max(fee, 0), TransferWhy.opened);
    }

    const command = this.#fill;
    command.account = account;
    command.market = market;
    command.leg = leg;
    command.isolated = isolated;
    command.size = lots as SizeLots;
    command.price = price as PriceTicks;
    command.fee = fee as QuoteMicros;
    const reason = this.#engine.row(command);
    assert(reason === ACCEPTED, 'a trade that was admitted is booked');
    this.#events.emit(
      VenueEvent.fill,
      account,
      market,
      leg,
      isolated ? 1 : 0,
      lots,
      price,
      fee,
      trade,
      order,
      left,
      realized,
    );
    this.treasuryDue += closeValue + openValue + fee;

    const held = sign * heldInside;
    this.#hold(exposure, listing, held, held + lots);
    if (isolated && closed > 0 && closed < Math.abs(heldInside) && this.#members.liquidating(account) === 0)
      this.#releaseMargin(exposure, marginBefore, closed, Math.abs(heldInside));
    return held;
  }

  #accrued(market: MarketRow, size: number, entry: number): number {
    const index = this.#engine.book.markets.fundingInside(market);
    return index === entry ? 0 : Number(accruedFundingWide(size, BigInt(index) - BigInt(entry)));
  }

  /** Money into a bucket (negative: out of it), beyond what fills do. */
  transfer(
    account: number,
    isolated: boolean,
    market: number,
    leg: number,
    amount: number,
    why: TransferWhy,
    liquidation: number,
  ): void {
    if (amount === 0) return;
    const command = this.#transfer;
    command.account = account as AccountRow;
    command.isolated = isolated;
    command.market = (isolated ? market : 0) as MarketRow;
    command.leg = (isolated ? leg : 0) as Leg;
    command.amount = amount as QuoteMicros;
    const reason = this.#engine.row(command);
    assert(reason === ACCEPTED, 'money that was counted before can be moved');
    this.#events.emit(
      VenueEvent.transfer,
      account,
      command.market,
      command.leg,
      isolated ? 1 : 0,
      amount,
      why,
      liquidation,
    );
  }

  /** What a resting order reserves in the cross bucket, where its market charges for orders; `lots` signed, 0 where it is gone. */
  charge(exposure: number, order: number, lots: number, price: number): void {
    const { exposures } = this;
    const account = exposures.account(exposure) as AccountRow;
    const tag = exposures.tag(exposure);
    const market = marketOfTag(tag) as MarketRow;
    const leg = legOfTag(tag) as Leg;
    const reason = this.#engine.row({
      kind: Kind.order,
      timeUs: 0 as TimeUs,
      origin: null,
      account,
      market,
      leg,
      isolated: false,
      id: order,
      size: lots as SizeLots,
      price: price as PriceTicks,
    });
    assert(reason === ACCEPTED, 'an order that was admitted can be charged for');
    this.#events.emit(VenueEvent.charge, account, market, leg, 0, order, lots, lots === 0 ? 0 : price);
  }

  /** From the cross bucket to an isolated one; negative: back. */
  moveMargin(account: number, market: number, leg: number, amount: number, why: TransferWhy): void {
    this.transfer(account, false, 0, 0, -amount, why, 0);
    this.transfer(account, true, market, leg, amount, why, 0);
  }

  /** States a position (size 0: none) as it now is, at the present funding index. Sizes and bases as inside. */
  setPosition(
    account: number,
    isolated: boolean,
    market: number,
    leg: number,
    size: number,
    cost: number,
    liquidation: number,
  ): void {
    const sign = this.#engine.book.markets.sign(market as MarketRow);
    const exposure = this.ensureExposure(account, tagOf(market, leg));
    const before = this.held(exposure);
    const reason = this.#state(account, isolated, market, leg, sign * size + 0, sign * cost + 0, liquidation);
    assert(reason === ACCEPTED, 'a position that was held elsewhere can be held here');
    this.#hold(exposure, this.#listings[market]!, before, sign * size);
  }

  /** Lots of a collateral asset in a bucket. */
  balance(bucket: number, asset: number): number {
    const { book } = this.#engine;
    const row = book.findPosition(bucket, asset, Leg.net);
    return row === MISSING ? 0 : book.positions.f64[row * P_F64 + P_SIZE];
  }

  /** States the balance of a collateral asset; refused where it could not be counted. */
  setBalance(account: number, isolated: boolean, asset: number, lots: number, liquidation: number): Reason {
    return this.#state(account, isolated, asset, Leg.net, lots, 0, liquidation);
  }

  /** A position as outside, by a row and an event. */
  #state(
    account: number,
    isolated: boolean,
    market: number,
    leg: number,
    size: number,
    cost: number,
    liquidation: number,
  ): Reason {
    const reason = this.#engine.row({
      kind: Kind.position,
      timeUs: 0 as TimeUs,
      origin: null,
      account: account as AccountRow,
      market: market as MarketRow,
      leg: leg as Leg,
      isolated,
      size: size as SizeLots,
      costBasis: cost as QuoteMicros,
      fundingIndex: null as FundingIndex | null,
    });
    if (reason === ACCEPTED)
      this.#events.emit(VenueEvent.position, account, market, leg, isolated ? 1 : 0, size, cost, liquidation);
    return reason;
  }

  /** Puts what a position's funding has accrued into its bucket, before the position is stated anew. */
  crystallise(exposure: number, liquidation: number): void {
    const { book } = this.#engine;
    const row = this.positionOf(exposure);
    const tag = this.exposures.tag(exposure);
    const market = marketOfTag(tag) as MarketRow;
    const size = book.positions.f64[row * P_F64 + P_SIZE];
    const entry = book.positions.f64[row * P_F64 + P_FUNDING];
    this.#keepDust(this.#listings[market]!, size, entry);
    this.transfer(
      this.exposures.account(exposure),
      this.exposures.isIsolated(exposure),
      market,
      legOfTag(tag),
      this.#accrued(market, size, entry),
      TransferWhy.funding,
      liquidation,
    );
  }

  /** Open interest and the list of holders after a position went from `before` to `after` signed lots. */
  #hold(exposure: number, listing: Listing, before: number, after: number): void {
    listing.openInterest += Math.max(after, 0) - Math.max(before, 0);
    if (after === 0) this.exposures.unlist(exposure, listing.market);
    else this.exposures.list(exposure, listing.market);
  }

  /** Of funding that is about to be settled, what rounding down leaves over: in exact parts, a whole unit goes to the treasury. */
  #keepDust(listing: Listing, size: number, entry: number): void {
    const index = this.#engine.book.markets.fundingInside(listing.market);
    if (index === entry) return;
    const delta = (((index % FUNDING_SCALE) - (entry % FUNDING_SCALE)) % FUNDING_SCALE) + FUNDING_SCALE;
    const lots = (-size % FUNDING_SCALE) + FUNDING_SCALE;
    listing.dust += (lots * delta) % FUNDING_SCALE;
    if (listing.dust < FUNDING_SCALE) return;
    listing.dust -= FUNDING_SCALE;
    this.treasuryDue += 1;
  }

  /** What an isolated bucket has beyond the share of its margin that the rest of the position keeps. */
  #releaseMargin(exposure: number, before: number, closed: number, held: number): void {
    const { book } = this.#engine;
    const keep = before - mulDivFloor(before, closed, held)!;
    const free = book.collateral(this.bucketOf(exposure)) - keep;
    if (free <= 0) return;
    const tag = this.exposures.tag(exposure);
    this.moveMargin(
      this.exposures.account(exposure),
      marketOfTag(tag),
      legOfTag(tag),
      -free,
      TransferWhy.closed,
    );
  }
}
