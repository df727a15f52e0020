/**
 * The insurance fund takes a bucket over, as it is: positions with their cost basis, assets, and what is left of the collateral. That
 * is the bankruptcy price to the unit, with nothing rounded: the bucket ends at zero, and its equity, good or bad, is the fund's.
 */
import { assert } from '../num/assert.ts';
import { mulDivFloor } from '../num/exact.ts';
import type { MarketRow } from '../num/units.ts';
import { Reason } from '../schema/reasons.ts';
import { TransferWhy, VenueEvent } from '../schema/venue-events.ts';
import type { PositionValue } from '../margin/valuation-wide.ts';
import { POSITION_MISSING } from '../state/book.ts';
import { isIsolated, legOfPlace, marketOfPlace } from '../state/buckets.ts';
import { POSITION_F64, PositionField, tagOf } from '../state/positions.ts';
import type { Backlog } from './backlog.ts';
import type { BucketView, HeldPosition } from './bucket-view.ts';
import { NO_EXPOSURE } from './exposures.ts';
import { INSURANCE } from './ledger.ts';
import type { Liquidation } from './liquidations.ts';
import type { Venue } from './venue.ts';

/** What one position of the fund may be worth at the mark, and have cost: half of what is counted exactly, so that the mark has room to move. */
const FUND_MAX = 2 ** 52;

export class Takeover {
  readonly #venue: Venue;
  readonly #backlog: Backlog;

  constructor(venue: Venue, backlog: Backlog) {
    this.#venue = venue;
    this.#backlog = backlog;
  }

  /** Whether the fund can take a bucket over: it is left at its floor or above, by one that owes nothing always, and can count what it then holds. */
  fits({ equity, contracts }: BucketView): boolean {
    if (!contracts.every((position) => this.#counts(position))) return false;
    if (equity >= 0n) return true;
    const { margin, engine, rules } = this.#venue;
    const fund = margin.equityOf(engine.book.cross[INSURANCE]);
    return BigInt(fund) + equity >= BigInt(rules!.fundFloor);
  }

  take(liquidation: Liquidation, bucket: number, { contracts, assets }: BucketView): void {
    for (const position of contracts) this.#takePosition(liquidation, position);
    for (const asset of assets) this.#takeAsset(liquidation, asset);
    this.#takeRest(liquidation, bucket);
  }

  /** What is left of its collateral, of either sign. */
  #takeRest({ id, account, place }: Liquidation, bucket: number): void {
    const { ledger, engine } = this.#venue;
    const rest = engine.book.collateral(bucket);
    const isolated = isIsolated(place);
    ledger.transfer(
      account,
      isolated,
      marketOfPlace(place),
      legOfPlace(place),
      -rest,
      TransferWhy.remainder,
      id,
    );
    ledger.transfer(INSURANCE, false, 0, 0, rest, TransferWhy.remainder, id);
  }

  #counts({ value: { market, size, cost } }: HeldPosition): boolean {
    const { markets } = this.#venue.engine.book;
    const { held, basis } = this.#own(market);
    const worth = Math.abs(held + Number(size)) * markets.markInside(market as MarketRow);
    return (
      worth * markets.unit(market as MarketRow) <= FUND_MAX && Math.abs(basis + Number(cost)) <= FUND_MAX
    );
  }

  #takePosition({ id, account, place }: Liquidation, { exposure, lots, price, value }: HeldPosition): void {
    const { ledger, engine, events } = this.#venue;
    const { book } = engine;
    const { market, leg } = value;
    const own = ledger.ensureExposure(INSURANCE, tagOf(market, 0));
    ledger.crystallise(exposure, id);
    if (ledger.held(own) !== 0) ledger.crystallise(own, id);
    events.emit(
      VenueEvent.takeover,
      id,
      account,
      market,
      leg,
      lots,
      price,
      book.markets.mark(market as MarketRow),
    );
    const size = Number(value.size);
    const cost = Number(value.cost);
    const { held, basis } = this.#own(market);
    const closed = held !== 0 && held > 0 !== size > 0 ? Math.min(Math.abs(held), Math.abs(size)) : 0;
    // What closes the one against the other realises the bases of both.
    const released =
      closed === 0
        ? 0
        : mulDivFloor(basis, closed, Math.abs(held))! + mulDivFloor(cost, closed, Math.abs(size))!;
    ledger.setPosition(account, isIsolated(place), market, leg, 0, 0, id);
    ledger.setPosition(INSURANCE, false, market, 0, held + size, basis + cost - released, id);
    ledger.transfer(INSURANCE, false, 0, 0, -released, TransferWhy.remainder, id);
    this.#backlog.add(market, { liquidation: id, lots, price });
    events.emit(VenueEvent.backlog, id, market, ledger.held(own), price);
  }

  #takeAsset({ id, account, place }: Liquidation, { market, size }: PositionValue): void {
    const { ledger, engine } = this.#venue;
    const held = ledger.balance(engine.book.cross[INSURANCE], market);
    const given = ledger.setBalance(account, isIsolated(place), market, 0, id);
    const taken = ledger.setBalance(INSURANCE, false, market, held + Number(size), id);
    assert(
      given === Reason.accepted && taken === Reason.accepted,
      'a balance that was held elsewhere can be held here',
    );
  }

  /** Size and cost basis of what the fund has in a market already, as inside. */
  #own(market: number): { readonly held: number; readonly basis: number } {
    const { ledger, engine } = this.#venue;
    const own = ledger.findExposure(INSURANCE, tagOf(market, 0));
    const row = own === NO_EXPOSURE ? POSITION_MISSING : ledger.positionOf(own);
    if (row === POSITION_MISSING) return { held: 0, basis: 0 };
    const { f64 } = engine.book.positions;
    const f = row * POSITION_F64;
    return { held: f64[f + PositionField.size], basis: f64[f + PositionField.cost] };
  }
}
