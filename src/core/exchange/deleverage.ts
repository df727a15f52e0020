/**
 * Auto-deleveraging: what nobody takes over is closed against opposite positions, in the order of their rank, at the price of the
 * one that could not be closed. Ranks are those at the beginning of a round and are made once a market and side; equity is looked at again before each
 * close, so that none goes under for it.
 */
import { rankCandidates, proRataShares, type AdlCandidate } from '../liquidation/adl-rank.ts';
import { AdlRanking } from '../schema/venue-commands.ts';
import { VenueEvent } from '../schema/venue-events.ts';
import { legOfTag, POSITION_F64, PositionField } from '../state/positions.ts';
import { NO_EXPOSURE } from './exposures.ts';
import { INSURANCE } from './ledger.ts';
import type { Matcher } from './matcher.ts';
import type { Venue } from './venue.ts';

interface Candidate extends AdlCandidate {
  readonly exposure: number;
}

export class Deleverage {
  readonly #venue: Venue;
  readonly #matcher: Matcher;
  /** By market and side of those who stand against. */
  readonly #ranked = new Map<number, readonly Candidate[]>();

  constructor(venue: Venue, matcher: Matcher) {
    this.#venue = venue;
    this.#matcher = matcher;
  }

  begin(): void {
    this.#ranked.clear();
  }

  /**
   * Closes up to `lots` (signed, as held) of `exposure` at `price`; `isOut` says which accounts are left alone. Returns the lots, without sign, that
   * nobody could take.
   */
  close(
    exposure: number,
    lots: number,
    price: number,
    liquidation: number,
    isOut: (account: number) => boolean,
  ): number {
    const { ledger, rules } = this.#venue;
    const { exposures } = ledger;
    const account = exposures.account(exposure);
    const market = (exposures.tag(exposure) >>> 8) & 0xffff;
    const candidates = this.#candidates(market, lots < 0).filter(
      (candidate) => candidate.account !== account && !isOut(candidate.account),
    );
    const wanted = Math.abs(lots);
    const shares =
      rules!.adl === AdlRanking.pro_rata
        ? proRataShares(
            candidates.map(({ size }) => Math.abs(size)),
            wanted,
          )
        : null;
    let left = wanted;
    for (const [at, candidate] of candidates.entries()) {
      if (left === 0) break;
      const most = shares === null ? left : Math.min(left, shares[at]);
      left -= this.#closeAgainst(exposure, lots > 0, candidate, most, price, liquidation, at + 1);
    }
    // What some could not take of their shares, others may.
    if (shares !== null)
      for (const [at, candidate] of candidates.entries()) {
        if (left === 0) break;
        left -= this.#closeAgainst(exposure, lots > 0, candidate, left, price, liquidation, at + 1);
      }
    return left;
  }

  #closeAgainst(
    exposure: number,
    isLong: boolean,
    candidate: Candidate,
    most: number,
    price: number,
    liquidation: number,
    rank: number,
  ): number {
    const { ledger, events } = this.#venue;
    const { exposures } = ledger;
    const held = ledger.held(candidate.exposure);
    if (held === 0 || held > 0 === isLong) return 0;
    const market = (exposures.tag(exposure) >>> 8) & 0xffff;
    const lots = this.#matcher.affordable(candidate.exposure, isLong, price, Math.min(most, Math.abs(held)));
    if (lots === 0) return 0;
    const sign = isLong ? 1 : -1;
    events.emit(
      VenueEvent.adl,
      liquidation,
      exposures.account(exposure),
      legOfTag(exposures.tag(exposure)),
      candidate.account,
      candidate.leg,
      market,
      lots,
      price,
      rank,
    );
    ledger.fill(exposure, -sign * lots, price, 0, 0, 0, 0);
    ledger.fill(candidate.exposure, sign * lots, price, 0, 0, 0, 0);
    this.#matcher.dropIdle(candidate.exposure);
    return lots;
  }

  #candidates(market: number, areLong: boolean): readonly Candidate[] {
    const key = market * 2 + (areLong ? 1 : 0);
    const known = this.#ranked.get(key);
    if (known !== undefined) return known;
    const { ledger, margin, listings, engine, rules } = this.#venue;
    const { exposures } = ledger;
    const candidates: Candidate[] = [];
    for (let row = exposures.firstHolder(market); row !== NO_EXPOSURE; row = exposures.nextHolder(row)) {
      const account = exposures.account(row);
      const lots = ledger.held(row);
      if (account === INSURANCE || lots > 0 !== areLong) continue;
      const f = ledger.positionOf(row) * POSITION_F64;
      candidates.push({
        account,
        leg: legOfTag(exposures.tag(row)),
        size: engine.book.positions.f64[f + PositionField.size],
        cost: engine.book.positions.f64[f + PositionField.cost],
        notional: listings[market]!.notional(lots),
        equity: margin.equityOf(ledger.bucketOf(row)),
        exposure: row,
      });
    }
    const ranked = rankCandidates(candidates, rules!.adl);
    this.#ranked.set(key, ranked);
    return ranked;
  }
}
