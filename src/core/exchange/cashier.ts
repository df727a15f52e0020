/** Money in and out, margin between buckets, and what an account sets for itself: leverage, mode. Also who is exempt from liquidation. */
import { isRow, isWhole } from '../num/exact.ts';
import type { MarketRow } from '../num/units.ts';
import { Form, Leg } from '../schema/commands.ts';
import { Use } from '../schema/quality.ts';
import { Reason } from '../schema/reasons.ts';
import { Side } from '../schema/side.ts';
import type {
  DepositCommand,
  ExemptCommand,
  LeverageCommand,
  MarginTransferCommand,
  ModeCommand,
  WithdrawCommand,
} from '../schema/venue-commands.ts';
import { TransferWhy, VenueEvent } from '../schema/venue-events.ts';
import { MARK_NONE } from '../state/markets.ts';
import { marketOfTag, tagOf } from '../state/positions.ts';
import { NO_EXPOSURE } from './exposures.ts';
import { isHouse, TREASURY } from './ledger.ts';
import type { Listing } from './listing.ts';
import type { OrderLife } from './order-life.ts';
import type { Venue } from './venue.ts';
import { NO_ORDER } from './working-orders.ts';

/** What deposits may bring one balance to: with gains on top sums stay exact. */
const BALANCE_MAX = 2 ** 51;

export class Cashier {
  readonly #venue: Venue;
  readonly #life: OrderLife;

  constructor(venue: Venue, life: OrderLife) {
    this.#venue = venue;
    this.#life = life;
  }

  deposit({ account, asset, amount }: DepositCommand): Reason {
    const { members, ledger, engine } = this.#venue;
    if (!isRow(account, members.count) || account === TREASURY) return Reason.account_unknown;
    if (!isWhole(amount) || amount < 1) return Reason.number_invalid;
    if (asset !== null) return this.#moveAsset(account, asset, amount, TransferWhy.deposit);
    const balance = engine.book.collateral(engine.book.cross[account]);
    if (balance + amount > BALANCE_MAX) return Reason.amount_out_of_range;
    ledger.net += BigInt(amount);
    ledger.transfer(account, false, 0, 0, amount, TransferWhy.deposit, 0);
    return Reason.accepted;
  }

  withdraw({ account, asset, amount }: WithdrawCommand): Reason {
    const { members, ledger, margin, engine, rules } = this.#venue;
    if (!isRow(account, members.count)) return Reason.account_unknown;
    if (!isWhole(amount) || amount < 1) return Reason.number_invalid;
    if (asset !== null && !this.#isAsset(asset)) return Reason.asset_invalid;
    if (members.liquidating(account) > 0) return Reason.account_liquidating;
    if (!this.#pricesAreValid(account)) return Reason.price_not_valid;
    const cross = engine.book.cross[account];
    const worth = asset === null ? amount : this.#worthOf(asset, amount);
    const covered =
      margin.headroom(account) - margin.haircutOf(cross, rules!.gainHaircut) - this.#closingCost(account);
    if (covered < worth) return Reason.balance_insufficient;
    if (asset !== null) return this.#moveAsset(account, asset, -amount, TransferWhy.withdrawal);
    if (engine.book.collateral(cross) < amount) return Reason.balance_insufficient;
    ledger.net -= BigInt(amount);
    ledger.transfer(account, false, 0, 0, -amount, TransferWhy.withdrawal, 0);
    return Reason.accepted;
  }

  moveMargin({ account, market, leg, amount }: MarginTransferCommand): Reason {
    const { members, engine, ledger, margin, rules } = this.#venue;
    if (!isRow(account, members.count)) return Reason.account_unknown;
    if (!isRow(market, engine.book.markets.count)) return Reason.market_unknown;
    if (!isWhole(amount) || amount === 0 || !isRow(leg, 3)) return Reason.number_invalid;
    if (members.liquidating(account) > 0) return Reason.account_liquidating;
    const exposure = ledger.findExposure(account, tagOf(market, leg));
    if (exposure === NO_EXPOSURE || !ledger.exposures.isIsolated(exposure)) return Reason.position_unknown;
    if (ledger.held(exposure) === 0) return Reason.position_unknown;
    if (amount > 0) {
      const cross = engine.book.cross[account];
      if (margin.headroom(account) < amount || engine.book.collateral(cross) < amount)
        return Reason.margin_insufficient;
    } else {
      const bucket = ledger.bucketOf(exposure);
      const room =
        margin.equityOf(bucket) -
        margin.positionMargin(exposure) -
        margin.haircutOf(bucket, rules!.gainHaircut) -
        this.#closingCostOf(exposure);
      if (room + amount < 0 || engine.book.collateral(bucket) + amount < 0) return Reason.margin_insufficient;
    }
    ledger.moveMargin(account, market, leg, amount, TransferWhy.margin);
    return Reason.accepted;
  }

  leverage({ account, market, leverage }: LeverageCommand): Reason {
    const { members, listings, ledger, margin, engine, events } = this.#venue;
    if (!isRow(account, members.count)) return Reason.account_unknown;
    if (isHouse(account)) return Reason.account_reserved;
    if (!isRow(market, engine.book.markets.count)) return Reason.market_unknown;
    const listing = listings[market];
    if (listing === null) return Reason.listing_missing;
    if (!isWhole(leverage)) return Reason.number_invalid;
    if (leverage < 1 || leverage > listing.rules.leverageMax) return Reason.leverage_invalid;
    const rows = this.#exposuresIn(account, market);
    const { exposures } = ledger;
    const before = rows.map((row) => exposures.leverage(row));
    const usual = rows.map((row) => ledger.leverage(row));
    for (const row of rows) exposures.setLeverage(row, leverage);
    const isCarried =
      rows.every((row, at) => usual[at] <= ledger.leverage(row)) ||
      (margin.headroom(account) >= 0 && rows.every((row) => this.#carriesItself(row)));
    if (!isCarried) {
      for (const [at, row] of rows.entries()) exposures.setLeverage(row, before[at]);
      return Reason.margin_insufficient;
    }
    events.emit(VenueEvent.leverage, account, market, leverage);
    return Reason.accepted;
  }

  mode({ account, market, isolated, hedge }: ModeCommand): Reason {
    const { members, listings, ledger, engine, events } = this.#venue;
    if (!isRow(account, members.count)) return Reason.account_unknown;
    if (isHouse(account)) return Reason.account_reserved;
    if (market === null) {
      if (members.firstOrder(account) !== NO_ORDER) return Reason.mode_in_use;
      for (const row of this.#exposures(account)) if (ledger.held(row) !== 0) return Reason.mode_in_use;
      members.setHedged(account, hedge);
      events.emit(VenueEvent.mode, account, -1, 0, hedge ? 1 : 0);
      return Reason.accepted;
    }
    if (!isRow(market, engine.book.markets.count)) return Reason.market_unknown;
    if (listings[market] === null) return Reason.listing_missing;
    const rows = this.#exposuresIn(account, market);
    if (rows.some((row) => ledger.held(row) !== 0)) return Reason.mode_in_use;
    const { orders } = this.#venue;
    if (this.#life.ordersOf(account, (row) => orders.market(row) === market).length > 0)
      return Reason.mode_in_use;
    for (const row of rows) ledger.exposures.setIsolated(row, isolated);
    events.emit(VenueEvent.mode, account, market, isolated ? 1 : 0, members.isHedged(account) ? 1 : 0);
    return Reason.accepted;
  }

  exempt({ account, exempt, text }: ExemptCommand): Reason {
    const { members, events } = this.#venue;
    if (!isRow(account, members.count)) return Reason.account_unknown;
    if (isHouse(account)) return Reason.account_reserved;
    if (text.trim() === '') return Reason.exemption_unexplained;
    members.setExempt(account, exempt);
    events.emit(VenueEvent.exempt, account, exempt ? 1 : 0);
    return Reason.accepted;
  }

  *#exposures(account: number): Generator<number> {
    const { members, ledger } = this.#venue;
    let row = members.firstExposure(account);
    for (; row !== NO_EXPOSURE; row = ledger.exposures.next(row)) yield row;
  }

  /** Those of all legs, made where there are none: what is said of a market holds in hedge mode and out of it. */
  #exposuresIn(account: number, market: number): number[] {
    const { ledger } = this.#venue;
    return [Leg.net, Leg.long, Leg.short].map((leg) => ledger.ensureExposure(account, tagOf(market, leg)));
  }

  /** An isolated position covers its own initial margin. */
  #carriesItself(exposure: number): boolean {
    const { ledger, margin } = this.#venue;
    if (!ledger.exposures.isIsolated(exposure) || ledger.held(exposure) === 0) return true;
    return margin.equityOf(ledger.bucketOf(exposure)) >= margin.positionMargin(exposure);
  }

  /** Whether every market that the account's cross bucket depends on has a price that one may open by. */
  #pricesAreValid(account: number): boolean {
    const { ledger, engine } = this.#venue;
    const { markets } = engine.book;
    for (const row of this.#exposures(account)) {
      const market = marketOfTag(ledger.exposures.tag(row)) as MarketRow;
      if (ledger.held(row) !== 0 && !markets.isAllowed(market, Use.open)) return false;
    }
    for (let market = 0; market < markets.count; market++) {
      if (!this.#isAsset(market) || markets.isAllowed(market as MarketRow, Use.open)) continue;
      if (ledger.balance(engine.book.cross[account], market) !== 0) return false;
    }
    return true;
  }

  /** What closing the cross positions into the book would cost against the mark. */
  #closingCost(account: number): number {
    const { ledger } = this.#venue;
    let cost = 0;
    for (const row of this.#exposures(account))
      if (!ledger.exposures.isIsolated(row)) cost += this.#closingCostOf(row);
    return cost;
  }

  /** Of one position, where its market limits positions by depth. */
  #closingCostOf(exposure: number): number {
    const { ledger, listings } = this.#venue;
    const held = ledger.held(exposure);
    const listing = listings[marketOfTag(ledger.exposures.tag(exposure))]!;
    return held === 0 || listing.rules.depthShare === null ? 0 : this.#costIntoBook(listing, held);
  }

  /** Beyond what the book has within the collar, the rest is taken to go at the collar. */
  #costIntoBook(listing: Listing, held: number): number {
    const { margin } = this.#venue;
    const { book } = listing;
    const isBid = held < 0;
    const limit = isBid ? listing.collarHigh : listing.collarLow;
    let left = Math.abs(held);
    let cost = 0;
    let row = book.best(isBid ? Side.ask : Side.bid);
    while (left > 0 && row >= 0) {
      const price = book.price(row);
      if (isBid ? price > limit : price < limit) break;
      const lots = Math.min(left, book.left(row));
      cost += margin.lossOf(listing, isBid, lots, price);
      left -= lots;
      row = book.next(row);
    }
    return left === 0 ? cost : cost + margin.lossOf(listing, isBid, left, limit);
  }

  #isAsset(market: number): boolean {
    const { markets } = this.#venue.engine.book;
    return isRow(market, markets.count) && markets.terms[market]?.form === Form.collateral;
  }

  /** Money units of so many lots of an asset at its haircut price. */
  #worthOf(asset: number, lots: number): number {
    const { markets } = this.#venue.engine.book;
    return lots * markets.markInside(asset as MarketRow) * markets.unit(asset as MarketRow);
  }

  /** Whether the assets are worth what the account owes in cash, once so many lots of one are left: gains are no security for it. */
  #coversDebt(account: number, asset: number, left: number): boolean {
    const { ledger, engine } = this.#venue;
    const { book } = engine;
    const cross = book.cross[account];
    let own = book.collateral(cross);
    if (own >= 0) return true;
    for (let market = 0; market < book.markets.count; market++)
      if (this.#isAsset(market))
        own += this.#worthOf(market, market === asset ? left : ledger.balance(cross, market));
    return own >= 0;
  }

  #moveAsset(account: number, asset: number, lots: number, why: TransferWhy): Reason {
    const { engine, ledger, events } = this.#venue;
    if (!this.#isAsset(asset)) return Reason.asset_invalid;
    if (engine.book.markets.mark(asset as MarketRow) === MARK_NONE) return Reason.market_unpriced;
    const balance = ledger.balance(engine.book.cross[account], asset) + lots;
    if (balance < 0 || (lots < 0 && !this.#coversDebt(account, asset, balance)))
      return Reason.balance_insufficient;
    const reason = ledger.setBalance(account, false, asset, balance, 0);
    if (reason !== Reason.accepted) return reason;
    events.emit(VenueEvent.asset, account, asset, lots, why);
    return Reason.accepted;
  }
}
