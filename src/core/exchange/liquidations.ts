/**
 * Liquidations, from the level that begins one to its end. `schema/venue-events.ts` says which steps there are. In one round all that are due are
 * closed in the book or taken over, worst first; only then are those deleveraged that nobody could take; then the backlog is tended.
 * What cannot go on (a held price, a halted market, a pause, nobody to take it) waits for the next mark, state or tick.
 */
import { closeSize, type CloseFacts } from '../liquidation/close-size.ts';
import { liquidationFee } from '../liquidation/liquidation-fee.ts';
import { PRICE_NONE } from '../num/units.ts';
import { DoneReason } from '../schema/orders.ts';
import { Side } from '../schema/side.ts';
import { Level } from '../schema/levels.ts';
import { ClosePolicy } from '../schema/venue-commands.ts';
import { LiquidationOutcome, TransferWhy, VenueEvent, WaitWhy } from '../schema/venue-events.ts';
import { BUCKET_NONE, type Book } from '../state/book.ts';
import { isIsolated, legOfPlace, marketOfPlace } from '../state/buckets.ts';
import { tagOf } from '../state/positions.ts';
import type { Changes } from '../watch/changes.ts';
import { holdsHeldMarket } from '../engine/verdicts.ts';
import { Backlog, type BacklogEntry } from './backlog.ts';
import { viewBucket, type BucketView, type HeldPosition } from './bucket-view.ts';
import { Deleverage } from './deleverage.ts';
import { INSURANCE } from './ledger.ts';
import type { OrderDesk } from './order-desk.ts';
import { Takeover } from './takeover.ts';
import type { Venue } from './venue.ts';

/** So many steps of a round are no larger than the rules ask for; those after it close at least 1, 2, 4, 8, … lots, so that it has an end. */
const STEPS_FREE = 16;

export interface Liquidation {
  readonly id: number;
  readonly account: number;
  /** Of the bucket (`state/buckets.ts`). */
  readonly place: number;
  /** Its orders are gone and it was still liquidatable. */
  hasBegun: boolean;
  /** It pauses until then. */
  dueUs: number;
  isSecondRound: boolean;
  /** What it was last said to wait for. */
  waitsFor: WaitWhy;
}

export class Liquidations {
  readonly backlog = new Backlog();
  /** By account and place: under way or waiting. */
  readonly active = new Map<number, Liquidation>();
  /** The number that was given last. */
  lastId = 0;
  readonly #venue: Venue;
  readonly #orders: OrderDesk;
  readonly #deleverage: Deleverage;
  readonly #takeover: Takeover;
  readonly #due = new Set<number>();
  /** Ended since the cut began: their levels are those from before, so that what changes again does not show as a change. */
  readonly #ended = new Set<Liquidation>();
  #isBacklogDue = false;
  readonly #facts: CloseFacts = {
    size: 0,
    lotNotional: 0,
    base: 0,
    tierFloor: 0,
    tierRate: { num: 0, den: 1 },
    equity: 0,
    maintenance: 0,
    takerFee: { num: 0, den: 1 },
    isSecondRound: false,
  };

  constructor(venue: Venue, orders: OrderDesk) {
    this.#venue = venue;
    this.#orders = orders;
    this.#deleverage = new Deleverage(venue, orders.matcher);
    this.#takeover = new Takeover(venue, this.backlog);
  }

  get hasWork(): boolean {
    return this.#due.size > 0 || this.#isBacklogDue;
  }

  /** Levels moved: what became liquidatable is due. So is what waited for a price that it does not depend on any more. */
  notice(changes: Changes): void {
    const { book, verdicts } = this.#venue.engine;
    const { buckets } = book;
    for (let at = 0; at < changes.count; at++) {
      const row = changes.bucket[at];
      const account = buckets.account(row);
      const place = buckets.place(row);
      const isNew = changes.to[at] >= Level.liquidatable && changes.from[at] < Level.liquidatable;
      if (isNew) this.#begin(account, place);
      else this.#stir(account, place);
    }
    for (const row of verdicts.released()) this.#stir(buckets.account(row), buckets.place(row));
    if (this.#ended.size === 0) return;
    for (const { account, place } of this.#ended) {
      const bucket = book.findBucket(account, place);
      if (bucket !== BUCKET_NONE && buckets.level(bucket) >= Level.liquidatable) this.#begin(account, place);
    }
    this.#ended.clear();
  }

  /** Something changed that waiting ones may have waited for. */
  retry(): void {
    for (const key of this.active.keys()) this.#due.add(key);
    this.#isBacklogDue = this.backlog.markets.length > 0;
  }

  /** One that was under way when a snapshot was taken. */
  restore(liquidation: Liquidation): void {
    const { account, place } = liquidation;
    this.active.set(keyOf(account, place), liquidation);
    this.#venue.members.addLiquidating(account, 1);
  }

  /** An account that is exempt no more. */
  look(account: number): void {
    const { buckets } = this.#venue.engine.book;
    for (const row of bucketsOf(this.#venue.engine.book, account))
      if (buckets.level(row) >= Level.liquidatable) this.#begin(account, buckets.place(row));
  }

  /** One round, within an open cut. */
  work(): void {
    this.#deleverage.begin();
    const unsold: Liquidation[] = [];
    for (const liquidation of this.#worstFirst()) if (this.#liquidate(liquidation)) unsold.push(liquidation);
    for (const { account, place } of unsold) this.#want(account, place);
    for (const liquidation of unsold) this.#deleverageBucket(liquidation);
    if (this.#isBacklogDue || unsold.length > 0) this.#tendBacklog();
    this.#isBacklogDue = false;
  }

  /** One that is under way is due again. */
  #stir(account: number, place: number): void {
    const key = keyOf(account, place);
    if (this.active.has(key)) this.#due.add(key);
  }

  #begin(account: number, place: number): void {
    const { members } = this.#venue;
    const key = keyOf(account, place);
    if (members.isExempt(account) || this.active.has(key)) return;
    const id = ++this.lastId;
    this.active.set(key, {
      id,
      account,
      place,
      hasBegun: false,
      dueUs: 0,
      isSecondRound: false,
      waitsFor: WaitWhy.none,
    });
    members.addLiquidating(account, 1);
    this.#due.add(key);
  }

  /** Those that are due, bankrupt ones by equity, then by health, then by account and place. */
  #worstFirst(): Liquidation[] {
    const { margin, engine } = this.#venue;
    const due = [...this.#due].map((key) => this.active.get(key)).filter((one) => one !== undefined);
    this.#due.clear();
    const ranked = due.map((liquidation) => {
      const bucket = engine.book.findBucket(liquidation.account, liquidation.place);
      if (bucket === BUCKET_NONE) return { liquidation, equity: 0, maintenance: 0 };
      margin.value(bucket);
      return { liquidation, equity: margin.equity, maintenance: margin.maintenance };
    });
    ranked.sort((a, b) => {
      if (a.equity < 0 || b.equity < 0) {
        if (a.equity !== b.equity) return a.equity - b.equity;
      } else {
        const left = BigInt(a.equity) * BigInt(b.maintenance);
        const right = BigInt(b.equity) * BigInt(a.maintenance);
        if (left !== right) return left < right ? -1 : 1;
      }
      return a.liquidation.account - b.liquidation.account || a.liquidation.place - b.liquidation.place;
    });
    return ranked.map(({ liquidation }) => liquidation);
  }

  /** True where only deleveraging is left. */
  #liquidate(liquidation: Liquidation): boolean {
    const { engine, events, members } = this.#venue;
    const { account, place } = liquidation;
    const bucket = engine.book.findBucket(account, place);
    if (members.isExempt(account) || bucket === BUCKET_NONE || !this.#isLiquidatable(bucket)) {
      this.#end(liquidation, LiquidationOutcome.healthy);
      return false;
    }
    const why = liquidation.dueUs > engine.timeUs ? WaitWhy.pause : this.#mustWait(bucket);
    if (why !== WaitWhy.none) {
      this.#wait(liquidation, why);
      return false;
    }
    // Also those that came since: what only reduces may be placed while it waits.
    this.#cancelOrders(liquidation);
    if (!liquidation.hasBegun) {
      if (!this.#isLiquidatable(bucket)) {
        this.#end(liquidation, LiquidationOutcome.healthy);
        return false;
      }
      liquidation.hasBegun = true;
      const { margin } = this.#venue;
      margin.value(bucket);
      events.emit(
        VenueEvent.liquidation,
        liquidation.id,
        account,
        isIsolated(place) ? marketOfPlace(place) : 0,
        isIsolated(place) ? legOfPlace(place) : 0,
        isIsolated(place) ? 1 : 0,
        engine.book.buckets.level(bucket),
        margin.equity,
        margin.maintenance,
      );
    }
    return this.#closeInBook(liquidation, bucket);
  }

  /** Closes what the book gives; true where neither book nor fund take the rest. */
  #closeInBook(liquidation: Liquidation, bucket: number): boolean {
    const { margin, engine } = this.#venue;
    const exhausted = new Set<number>();
    for (let steps = 0; ; steps++) {
      const view = viewBucket(this.#venue, bucket);
      const position = view.contracts.find(({ exposure }) => !exhausted.has(exposure));
      if (position === undefined) return this.#settleRest(liquidation, bucket, view);
      const { rules } = this.#venue.listings[position.value.market]!;
      const least = steps < STEPS_FREE ? 1 : 2 ** (steps - STEPS_FREE);
      const lots = Math.min(
        Math.abs(position.lots),
        Math.max(least, this.#lotsToClose(liquidation, position, view)),
      );
      const pauseUs = this.#pauses(liquidation, position, lots)
        ? engine.timeUs + rules.liquidation.cooldownUs
        : 0;
      const traded = this.#step(liquidation, position, lots, pauseUs);
      if (traded < lots) exhausted.add(position.exposure);
      const after = engine.book.findBucket(liquidation.account, liquidation.place);
      if (after === BUCKET_NONE || !this.#isLiquidatable(after)) {
        const { closed, healthy } = LiquidationOutcome;
        const isClosed = after === BUCKET_NONE || viewBucket(this.#venue, after).contracts.length === 0;
        this.#end(liquidation, isClosed ? closed : healthy);
        return false;
      }
      if (pauseUs > 0 && margin.equity >= this.#backstopOf(margin.maintenance)) {
        liquidation.dueUs = pauseUs;
        liquidation.isSecondRound = true;
        this.#wait(liquidation, WaitWhy.pause);
        return false;
      }
    }
  }

  #step(liquidation: Liquidation, position: HeldPosition, lots: number, pauseUs: number): number {
    const { events, ledger, listings, margin } = this.#venue;
    const { book } = this.#venue.engine;
    const { id, account, place } = liquidation;
    const { value, exposure, price } = position;
    const listing = listings[value.market]!;
    const signed = position.lots > 0 ? -lots : lots;
    const isBid = signed > 0;
    const inBook = listing.book.available(isBid ? 1 : 0, price as never, lots as never);
    if (inBook === 0) return 0;
    const { policy, fee } = listing.rules.liquidation;
    events.emit(VenueEvent.step, id, value.market, value.leg, lots, price, policy, pauseUs);
    const cross = book.cross[account];
    const cashBefore = book.collateral(cross);
    const before = Math.abs(ledger.held(exposure));
    this.#orders.closeOut(exposure, signed, price);
    const traded = before - Math.abs(ledger.held(exposure));
    if (traded === 0 || fee.num === 0) return traded;
    // An isolated position that was closed whole has given what was left to the cross bucket.
    const hasMoved = isIsolated(place) && traded === before;
    const most = hasMoved ? book.collateral(cross) - cashBefore : margin.equityOf(ledger.bucketOf(exposure));
    const paid = liquidationFee(fee, this.#orders.matcher.takenWorth, most);
    const { liquidation_fee: why } = TransferWhy;
    const isOwn = isIsolated(place) && !hasMoved;
    ledger.transfer(account, isOwn, marketOfPlace(place), legOfPlace(place), -paid, why, id);
    ledger.transfer(INSURANCE, false, 0, 0, paid, why, id);
    return traded;
  }

  /** Nothing is left to do in the book. */
  #settleRest(liquidation: Liquidation, bucket: number, view: BucketView): boolean {
    const { margin } = this.#venue;
    if (view.contracts.length === 0 && view.equity >= 0n) {
      this.#end(liquidation, LiquidationOutcome.closed);
      return false;
    }
    margin.value(bucket);
    const isAboveBackstop = margin.equity >= this.#backstopOf(margin.maintenance);
    if (isAboveBackstop && view.contracts.every(({ value }) => this.#canWait(value.market))) {
      this.#wait(liquidation, WaitWhy.book);
      return false;
    }
    if (!this.#takeover.fits(view)) return true;
    this.#takeover.take(liquidation, bucket, view);
    this.#end(liquidation, LiquidationOutcome.taken_over);
    return false;
  }

  #want(account: number, place: number): void {
    const { engine } = this.#venue;
    const bucket = engine.book.findBucket(account, place);
    if (bucket === BUCKET_NONE) return;
    for (const { value, lots } of viewBucket(this.#venue, bucket).contracts)
      this.#deleverage.want(value.market, lots);
  }

  #deleverageBucket(liquidation: Liquidation): void {
    const { engine, events } = this.#venue;
    const { account, place, id } = liquidation;
    const bucket = engine.book.findBucket(account, place);
    if (bucket === BUCKET_NONE || !this.#isLiquidatable(bucket)) {
      this.#end(liquidation, LiquidationOutcome.healthy);
      return;
    }
    let left = 0;
    for (const { exposure, lots, price } of viewBucket(this.#venue, bucket).contracts)
      left += this.#deleverage.close(exposure, lots, price, id, this.#isOut);
    // What the closes have left of it (assets, dust, what nobody could take) is the fund's, like any other bucket that it can carry.
    const rest = engine.book.findBucket(account, place);
    const view = rest === BUCKET_NONE ? null : viewBucket(this.#venue, rest);
    if (view !== null && !this.#takeover.fits(view)) {
      events.emit(VenueEvent.deficit, id, account, Number(-view.equity));
      this.#wait(liquidation, WaitWhy.deficit);
      return;
    }
    if (view !== null) this.#takeover.take(liquidation, rest, view);
    this.#end(liquidation, left > 0 ? LiquidationOutcome.taken_over : LiquidationOutcome.deleveraged);
  }

  /** Only what is liquidated itself: a small position that waits for that must not shield all else that its account has. */
  readonly #isOut = (bucket: number): boolean => {
    const { buckets } = this.#venue.engine.book;
    return this.active.has(keyOf(buckets.account(bucket), buckets.place(bucket)));
  };

  /** Closes what the fund holds at the price it came at or better; under its floor others have to take it at that price. */
  #tendBacklog(): void {
    const { ledger } = this.#venue;
    for (const market of this.backlog.markets) {
      if (this.#isStopped(market)) continue;
      const exposure = ledger.findExposure(INSURANCE, tagOf(market, 0));
      // The mark stays where it is meanwhile, and a backlog can be long.
      const { collarLow, collarHigh } = this.#venue.listings[market]!;
      for (const entry of this.backlog.of(market))
        this.#closeEntry(market, exposure, entry, collarLow, collarHigh);
      this.backlog.sweep(market);
    }
    if (this.#isFundAtFloor()) return;
    for (const market of this.backlog.markets)
      for (const { lots } of this.backlog.of(market)) this.#deleverage.want(market, lots);
    for (const market of this.backlog.markets) {
      if (this.#isStopped(market)) continue;
      const exposure = ledger.findExposure(INSURANCE, tagOf(market, 0));
      for (const entry of this.backlog.of(market)) {
        if (this.#isFundAtFloor()) break;
        const { lots, price, liquidation } = entry;
        const left = this.#deleverage.close(exposure, lots, price, liquidation, this.#isOut);
        this.#reduceBacklog(market, exposure, entry, Math.abs(lots) - left);
      }
      this.backlog.sweep(market);
    }
  }

  #isFundAtFloor(): boolean {
    const { margin, engine, rules } = this.#venue;
    return margin.equityOf(engine.book.cross[INSURANCE]) >= rules!.fundFloor;
  }

  /** Within the collar, however far the mark has gone the fund's way meanwhile. */
  #closeEntry(
    market: number,
    exposure: number,
    entry: BacklogEntry,
    collarLow: number,
    collarHigh: number,
  ): void {
    const { listings, ledger } = this.#venue;
    const listing = listings[market]!;
    const { lots, price } = entry;
    const limit = lots > 0 ? Math.max(price, collarLow) : Math.min(price, collarHigh);
    const best = listing.book.bestPrice(lots > 0 ? Side.bid : Side.ask);
    if (best === PRICE_NONE || (lots > 0 ? best < limit : best > limit)) return;
    const before = ledger.held(exposure);
    this.#orders.closeOut(exposure, -lots, limit);
    this.#reduceBacklog(market, exposure, entry, Math.abs(ledger.held(exposure) - before));
  }

  /** The entry stays in its list until that is swept. */
  #reduceBacklog(market: number, exposure: number, entry: BacklogEntry, lots: number): void {
    if (lots === 0) return;
    const { events, ledger } = this.#venue;
    entry.lots -= Math.sign(entry.lots) * lots;
    events.emit(VenueEvent.backlog, entry.liquidation, market, ledger.held(exposure), entry.price);
  }

  #lotsToClose(liquidation: Liquidation, position: HeldPosition, view: BucketView): number {
    const { value, lots } = position;
    const listing = this.#venue.listings[value.market]!;
    const facts = this.#facts;
    facts.size = Math.abs(lots);
    facts.lotNotional = listing.notional(1);
    facts.base = Number(value.base);
    facts.tierFloor = value.line.floor;
    facts.tierRate = value.line.mmr;
    facts.equity = Number(view.equity);
    facts.maintenance = Number(view.maintenance);
    facts.isSecondRound = liquidation.isSecondRound;
    return closeSize(listing.rules.liquidation, facts);
  }

  #pauses(liquidation: Liquidation, { value, lots }: HeldPosition, closing: number): boolean {
    const { policy, cooldownUs } = this.#venue.listings[value.market]!.rules.liquidation;
    if (policy !== ClosePolicy.fraction || liquidation.isSecondRound) return false;
    return cooldownUs > 0 && closing < Math.abs(lots);
  }

  /** Where the rules do not hand everything to the fund at once, what is above the backstop waits for the book. */
  #canWait(market: number): boolean {
    const { policy } = this.#venue.listings[market]!.rules.liquidation;
    return policy === ClosePolicy.fraction || policy === ClosePolicy.shortage;
  }

  #backstopOf(maintenance: number): number {
    const [num, den] = this.#venue.engine.settings!.levels.backstop;
    return Math.ceil((maintenance * num) / den);
  }

  #isLiquidatable(bucket: number): boolean {
    const { margin, engine } = this.#venue;
    margin.value(bucket);
    const { equity, maintenance } = margin;
    if (engine.settings!.inclusive) return maintenance > 0 ? equity <= maintenance : equity < 0;
    return equity < maintenance;
  }

  /** A held price, or a market of it that does not trade. */
  #mustWait(bucket: number): WaitWhy {
    if (holdsHeldMarket(this.#venue.engine.book, bucket)) return WaitWhy.price_held;
    const { contracts } = viewBucket(this.#venue, bucket);
    const isStopped = contracts.some(({ value }) => this.#isStopped(value.market));
    return isStopped ? WaitWhy.market_stopped : WaitWhy.none;
  }

  /** Says so once: it is looked at again with every mark. */
  #wait(liquidation: Liquidation, why: WaitWhy): void {
    if (liquidation.waitsFor === why) return;
    liquidation.waitsFor = why;
    this.#venue.events.emit(VenueEvent.waiting, liquidation.id, liquidation.account, why);
  }

  #isStopped(market: number): boolean {
    const { engine, listings } = this.#venue;
    return !listings[market]!.isTrading || engine.book.markets.isHeld(market as never);
  }

  /** An isolated bucket's own orders; of a cross bucket all that the account has, for they all take from it. */
  #cancelOrders({ account, place }: Liquidation): void {
    const { orders, ledger } = this.#venue;
    const tag = tagOf(marketOfPlace(place), legOfPlace(place));
    const rows = this.#orders.life.ordersOf(
      account,
      (row) => !isIsolated(place) || ledger.exposures.tag(orders.exposure(row)) === tag,
    );
    this.#orders.life.finishAll(rows, DoneReason.liquidation);
  }

  #end(liquidation: Liquidation, outcome: LiquidationOutcome): void {
    const { members, events, margin, engine } = this.#venue;
    const { id, account, place, hasBegun } = liquidation;
    this.active.delete(keyOf(account, place));
    this.#ended.add(liquidation);
    members.addLiquidating(account, -1);
    if (!hasBegun) return;
    const bucket = engine.book.findBucket(account, place);
    const equity = bucket === BUCKET_NONE ? 0 : margin.equityOf(bucket);
    const fund = margin.equityOf(engine.book.cross[INSURANCE]);
    events.emit(VenueEvent.liquidation_end, id, account, outcome, equity, fund);
  }
}

function keyOf(account: number, place: number): number {
  return account * 2 ** 25 + place;
}

function bucketsOf(book: Book, account: number): number[] {
  const rows: number[] = [];
  for (let row = book.cross[account]; row !== BUCKET_NONE; row = book.nextBucket(row)) rows.push(row);
  return rows;
}
