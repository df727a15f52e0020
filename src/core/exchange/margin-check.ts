/**
 * Whether an account can carry what it wants: its cross bucket's equity against the initial margin of everything it has and has ordered.
 *
 *   requirement = sum over markets, cross:     IM(worst) + losses of orders
 *                                   isolated:  IM(worst) - IM(held) + losses of orders      its own margin is in its own bucket
 *   worst  = the larger of |held + bids| and |held - asks|, lots at the mark
 *   losses = what bids together cost above the mark, and asks under it
 *
 * Orders that only reduce are not in the sums (`Exposures`). Amounts are exact; where a bucket passes 2^48 money units its equity comes from BigInt.
 */
import type { Engine } from '../engine/engine.ts';
import { changeAtMark } from '../margin/at-mark.ts';
import { equityAt } from '../margin/equity.ts';
import { FAST_MAX, Sum, Valuation, value } from '../margin/valuation.ts';
import { valueWide } from '../margin/valuation-wide.ts';
import { lossBeyondMark, worstLots } from '../margin/worst-case.ts';
import { ceilDiv, mulRateCeil } from '../num/exact.ts';
import type { Rate } from '../num/units.ts';
import { Side } from '../schema/side.ts';
import { BUCKET_NONE } from '../state/book.ts';
import { BUCKET_I32, BucketLink } from '../state/buckets.ts';
import { MARKET_STRIDE, MarketField } from '../state/markets.ts';
import { marketOfTag, POSITION_F64, POSITION_I32, PositionField, PositionLink } from '../state/positions.ts';
import { NO_EXPOSURE } from './exposures.ts';
import type { Ledger } from './ledger.ts';
import type { Listing } from './listing.ts';
import type { Members } from './members.ts';

// Constants of its own are compiled into a loop; another module's are looked up at every turn.
const NONE = NO_EXPOSURE;
const NO_BUCKET = BUCKET_NONE;
const { bid: BID, ask: ASK } = Side;
const { equity: S_EQUITY, maintenance: S_MAINTENANCE, gross: S_GROSS } = Sum;

export class MarginCheck {
  readonly #engine: Engine;
  readonly #ledger: Ledger;
  readonly #members: Members;
  readonly #listings: readonly (Listing | null)[];
  readonly #valuation = new Valuation();
  /** Of the bucket that was valued last, money units. */
  equity = 0;
  maintenance = 0;

  constructor(engine: Engine, ledger: Ledger, members: Members, listings: readonly (Listing | null)[]) {
    this.#engine = engine;
    this.#ledger = ledger;
    this.#members = members;
    this.#listings = listings;
  }

  /** Values a bucket at the present marks, into `equity` and `maintenance`. */
  value(bucket: number): void {
    const { book } = this.#engine;
    const { sums } = this.#valuation;
    value(book, bucket, this.#valuation);
    this.equity = sums[S_EQUITY];
    this.maintenance = sums[S_MAINTENANCE];
    if (sums[S_GROSS] < FAST_MAX) return;
    const wide = valueWide(book, bucket);
    this.equity = Number(wide.equity);
    this.maintenance = Number(wide.maintenance);
  }

  /** The bucket's equity alone: without tiers it is a third of the work. 0 where there is no such bucket. */
  equityOf(bucket: number): number {
    const { book } = this.#engine;
    return bucket === NO_BUCKET ? 0 : equityAt(book, bucket, book.markets.fields);
  }

  /** Equity of the cross bucket less what it must cover. */
  headroom(account: number): number {
    return this.equityOf(this.#engine.book.cross[account]) - this.requirement(account);
  }

  /** Initial margin of the account's positions and orders that the cross bucket answers for. */
  requirement(account: number): number {
    const { exposures } = this.#ledger;
    let total = 0;
    for (let row = this.#members.firstExposure(account); row !== NONE; row = exposures.next(row))
      total += this.#requirementOf(row);
    return total;
  }

  /** Initial margin of the position itself. */
  positionMargin(exposure: number): number {
    const { exposures } = this.#ledger;
    const held = this.#ledger.held(exposure);
    if (held === 0) return 0;
    const listing = this.#listings[marketOfTag(exposures.tag(exposure))]!;
    return listing.initialMargin(listing.notional(held), this.#ledger.leverage(exposure));
  }

  /** What a trade of `lots` at `price` loses against the mark at once, rounded as it is booked; never less than 0. */
  lossOf(listing: Listing, isBid: boolean, lots: number, price: number): number {
    return Math.max(0, this.changeOf(listing, isBid, lots, price));
  }

  /** The same, and less than 0 where it gains; without end where it is too much to be counted. */
  changeOf(listing: Listing, isBid: boolean, lots: number, price: number): number {
    const { markets } = this.#engine.book;
    return changeAtMark(markets, listing.market, isBid, lots, price, listing.notional(lots));
  }

  /** Maintenance of a position of `lots`, whose cost basis is `cost`, at the mark. */
  maintenanceOf(listing: Listing, lots: number, cost: number): number {
    const { markets } = this.#engine.book;
    const isByEntry = markets.fields[listing.market * MARKET_STRIDE + MarketField.entryBasis] === 1;
    const base = isByEntry ? Math.abs(cost) : listing.notional(lots);
    const lines = markets.lines[listing.market];
    let tier = lines.length - 1;
    while (base < lines[tier].floor) tier--;
    const { num, den, cut } = lines[tier];
    return Number(ceilDiv(BigInt(base) * num - cut, den));
  }

  /** No less than what maintenance rises by when `lots` are opened at `price`, on top of whatever is there. */
  maintenanceAtMost(listing: Listing, lots: number, price: number): number {
    if (lots === 0) return 0;
    const rate = this.#engine.book.markets.fields[listing.market * MARKET_STRIDE + MarketField.rhoMax];
    return Math.ceil(Math.max(listing.notional(lots), listing.worth(lots, price)!) * rate) + 2;
  }

  /** Unrealised gains of a bucket's positions, each where it is positive, times `haircut`, rounded up. */
  haircutOf(bucket: number, haircut: Rate): number {
    if (haircut.num === 0) return 0;
    const { buckets, positions, markets } = this.#engine.book;
    const start = buckets.i32[bucket * BUCKET_I32 + BucketLink.start];
    const end = start + buckets.i32[bucket * BUCKET_I32 + BucketLink.count];
    let gains = 0;
    for (let row = start; row < end; row++) {
      const market = marketOfTag(positions.i32[row * POSITION_I32 + PositionLink.tag]);
      if (this.#listings[market] === null) continue;
      const f = row * POSITION_F64;
      const m = market * MARKET_STRIDE;
      const worth =
        positions.f64[f + PositionField.size] *
        markets.fields[m + MarketField.mark] *
        markets.fields[m + MarketField.unit];
      gains += Math.max(0, worth - positions.f64[f + PositionField.cost]);
    }
    return mulRateCeil(gains, haircut.num, haircut.den);
  }

  #requirementOf(exposure: number): number {
    const { exposures } = this.#ledger;
    const bids = exposures.ordered(exposure, BID);
    const asks = exposures.ordered(exposure, ASK);
    const held = this.#ledger.held(exposure);
    if (bids === 0 && asks === 0) {
      return held === 0 || exposures.isIsolated(exposure) ? 0 : this.positionMargin(exposure);
    }
    const market = marketOfTag(exposures.tag(exposure));
    const listing = this.#listings[market]!;
    const leverage = this.#ledger.leverage(exposure);
    let required = listing.initialMargin(listing.notional(worstLots(held, bids, asks)), leverage);
    if (exposures.isIsolated(exposure) && held !== 0)
      required = Math.max(0, required - listing.initialMargin(listing.notional(held), leverage));
    const sign = this.#engine.book.markets.sign(listing.market);
    if (bids > 0)
      required += lossBeyondMark(sign, true, exposures.orderedWorth(exposure, BID), listing.notional(bids));
    if (asks > 0)
      required += lossBeyondMark(sign, false, exposures.orderedWorth(exposure, ASK), listing.notional(asks));
    return required;
  }
}
