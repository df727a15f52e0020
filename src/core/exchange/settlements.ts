/**
 * The end of a contract. Every position is closed at the one price. Where a bucket cannot pay for it, the insurance fund does, down to its floor, and
 * then those who gain by this settlement, in proportion to their gains as far as they still have them: the waterfall is equity, fund, winners.
 * If all gains are not enough, the bucket stays in debt and says so.
 */
import { isRow, isWhole } from '../num/exact.ts';
import type { OrderRow } from '../num/units.ts';
import { proRataShares } from '../liquidation/adl-rank.ts';
import { shareLoss } from '../liquidation/socialise.ts';
import { DoneReason, MarketState } from '../schema/orders.ts';
import { Reason } from '../schema/reasons.ts';
import type { SettlementCommand } from '../schema/venue-commands.ts';
import { StateWhy, TransferWhy, VenueEvent } from '../schema/venue-events.ts';
import { legOfTag, marketOfTag, POSITION_F64, PositionField } from '../state/positions.ts';
import type { Backlog } from './backlog.ts';
import { NO_EXPOSURE } from './exposures.ts';
import { INSURANCE } from './ledger.ts';
import type { Listing } from './listing.ts';
import type { OrderLife } from './order-life.ts';
import type { Venue } from './venue.ts';

interface Share {
  readonly exposure: number;
  readonly lots: number;
  /** Realised by the settlement: what it pays less what the position cost. */
  readonly gain: number;
}

interface Settled {
  readonly exposure: number;
  equity: number;
}

export class Settlements {
  readonly #venue: Venue;
  readonly #life: OrderLife;
  readonly #backlog: Backlog;

  constructor(venue: Venue, life: OrderLife, backlog: Backlog) {
    this.#venue = venue;
    this.#life = life;
    this.#backlog = backlog;
  }

  settle({ market, price }: SettlementCommand): Reason {
    const { engine, listings, events } = this.#venue;
    if (!isRow(market, engine.book.markets.count)) return Reason.market_unknown;
    const listing = listings[market];
    if (listing === null) return Reason.listing_missing;
    if (!isWhole(price) || price < 1) return Reason.number_invalid;
    if (listing.state === MarketState.settling) return Reason.market_settling;
    if (price > listing.rules.priceMax) return Reason.price_out_of_range;
    this.#endOrders(listing);
    listing.state = MarketState.settling;
    events.emit(VenueEvent.state, market, MarketState.settling, StateWhy.settlement);
    const shares = this.#shares(listing, price);
    events.emit(VenueEvent.settlement, market, price, shares.length);
    this.#cover(listing, shares, price);
    for (const { exposure, lots } of shares) this.#venue.ledger.fill(exposure, -lots, price, 0, 0, 0, 0);
    this.#backlog.clear(market);
    return Reason.accepted;
  }

  #endOrders(listing: Listing): void {
    const { orders } = this.#venue;
    const rows: OrderRow[] = [];
    for (let row = 0; row < orders.used; row++) {
      const isThere = orders.id(row as OrderRow) !== 0 && orders.market(row as OrderRow) === listing.market;
      if (isThere) rows.push(row as OrderRow);
    }
    rows.sort((a, b) => orders.id(a) - orders.id(b));
    this.#life.finishAll(rows, DoneReason.market_state);
  }

  /** Every holder, by account, then leg. */
  #shares(listing: Listing, price: number): Share[] {
    const { ledger, engine } = this.#venue;
    const { exposures } = ledger;
    const { positions } = engine.book;
    const shares: Share[] = [];
    let row = exposures.firstHolder(listing.market);
    for (; row !== NO_EXPOSURE; row = exposures.nextHolder(row)) {
      const f = ledger.positionOf(row) * POSITION_F64;
      const size = positions.f64[f + PositionField.size];
      const gain = this.#paidFor(listing, size, price) - positions.f64[f + PositionField.cost];
      shares.push({ exposure: row, lots: ledger.held(row), gain });
    }
    return shares.sort(
      (a, b) =>
        exposures.account(a.exposure) - exposures.account(b.exposure) ||
        legOfTag(exposures.tag(a.exposure)) - legOfTag(exposures.tag(b.exposure)),
    );
  }

  /** Pays what buckets will lack, before it is taken from them. The fund's own position is settled as well, and comes first. */
  #cover(listing: Listing, shares: readonly Share[], price: number): void {
    const { ledger, engine, margin, rules, events } = this.#venue;
    const after = this.#equitiesAfter(listing, shares, price);
    const debts = new Map<number, number>();
    for (const { exposure, equity } of after.values()) if (equity < 0) debts.set(exposure, -equity);
    let owed = 0;
    for (const debt of debts.values()) owed += debt;
    if (owed === 0) return;
    let fund = margin.equityOf(engine.book.cross[INSURANCE]) - rules!.fundFloor;
    for (const { exposure, lots } of shares)
      if (ledger.exposures.account(exposure) === INSURANCE) fund -= this.#changeAt(listing, lots, price);
    const winners = this.#winners(shares, after);
    const shared = shareLoss(
      owed,
      Math.max(0, fund),
      winners.map(({ gain }) => gain),
    );
    const parts = proRataShares([...debts.values()], owed - shared.missing);
    ledger.transfer(INSURANCE, false, 0, 0, -shared.fund, TransferWhy.cover, 0);
    for (const [at, { exposure }] of winners.entries())
      this.#move(exposure, -shared.haircuts[at], TransferWhy.haircut);
    for (const [at, exposure] of [...debts.keys()].entries()) {
      this.#move(exposure, parts[at], TransferWhy.cover);
      const unpaid = debts.get(exposure)! - parts[at];
      if (unpaid > 0) events.emit(VenueEvent.deficit, 0, ledger.exposures.account(exposure), unpaid);
    }
  }

  /** What each bucket but the fund's will have when all is settled, at one of its exposures. */
  #equitiesAfter(listing: Listing, shares: readonly Share[], price: number): Map<number, Settled> {
    const { ledger, margin } = this.#venue;
    const after = new Map<number, Settled>();
    for (const { exposure, lots } of shares) {
      const bucket = ledger.bucketOf(exposure);
      if (ledger.exposures.account(exposure) === INSURANCE) continue;
      const one = after.get(bucket) ?? { exposure, equity: margin.equityOf(bucket) };
      one.equity -= this.#changeAt(listing, lots, price);
      after.set(bucket, one);
    }
    return after;
  }

  /** Those who gain, by no more than their buckets have: what is taken from a gain that losses elsewhere have eaten would be a debt again. */
  #winners(shares: readonly Share[], after: ReadonlyMap<number, Settled>): Share[] {
    const { ledger } = this.#venue;
    const given = new Map<number, number>();
    const winners: Share[] = [];
    for (const share of shares) {
      const bucket = ledger.bucketOf(share.exposure);
      const before = given.get(bucket) ?? 0;
      const gain = Math.min(share.gain, (after.get(bucket)?.equity ?? 0) - before);
      if (gain <= 0) continue;
      given.set(bucket, before + gain);
      winners.push({ ...share, gain });
    }
    return winners;
  }

  /** What a position is worth less at the price than at the mark; negative: more. */
  #changeAt(listing: Listing, lots: number, price: number): number {
    const { markets } = this.#venue.engine.book;
    const inside = markets.sign(listing.market) * lots;
    return Math.sign(inside) * listing.notional(lots) - this.#paidFor(listing, inside, price);
  }

  /** What closing a position of so many lots, as inside, brings at the price. */
  #paidFor(listing: Listing, inside: number, price: number): number {
    return -this.#venue.engine.book.markets.valueAt(listing.market, -inside, price)!;
  }

  #move(exposure: number, amount: number, why: TransferWhy): void {
    const { exposures } = this.#venue.ledger;
    const tag = exposures.tag(exposure);
    this.#venue.ledger.transfer(
      exposures.account(exposure),
      exposures.isIsolated(exposure),
      marketOfTag(tag),
      legOfTag(tag),
      amount,
      why,
      0,
    );
  }
}
