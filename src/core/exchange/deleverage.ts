/**
 * Auto-deleveraging: what nobody takes over is closed against opposite positions, in the order of their rank, at the price of the
 * one that could not be closed. Ranks are those at the beginning of a round and are made once a market and side; equity is looked at again before each
 * close, so that none goes under for it.
 */
import { rankCandidates, proRataShares, type AdlCandidate } from '../liquidation/adl-rank.ts';
import { AdlRanking } from '../schema/venue-commands.ts';
import { VenueEvent } from '../schema/venue-events.ts';
import { legOfTag, marketOfTag, POSITION_F64, PositionField } from '../state/positions.ts';
import { NO_EXPOSURE } from './exposures.ts';
import { INSURANCE } from './ledger.ts';
import type { Matcher } from './matcher.ts';
import type { Venue } from './venue.ts';

/** Nothing is left to be had from this one. */
const GONE = -1;

interface Candidate extends AdlCandidate {
  readonly exposure: number;
}

/** Those who stand against one side of a market, first in rank first. */
interface Line {
  readonly candidates: readonly Candidate[];
  /** Those before it have nothing left, or are left alone. */
  next: number;
  /** Pro rata: the lots of each that are still to be closed for what is wanted in all; null where rank decides. */
  readonly shares: number[] | null;
  /** Those before it have had their shares. */
  nextShare: number;
}

export class Deleverage {
  readonly #venue: Venue;
  readonly #matcher: Matcher;
  /** By market and side of those who stand against. */
  readonly #lines = new Map<number, Line>();
  /** Lots that have to be closed, by the same key. */
  readonly #wanted = new Map<number, number>();

  constructor(venue: Venue, matcher: Matcher) {
    this.#venue = venue;
    this.#matcher = matcher;
  }

  begin(): void {
    this.#lines.clear();
    this.#wanted.clear();
  }

  /** Says before the first `close` that so many lots (signed, as held) have to be: what is shared pro rata is shared over all of them. */
  want(market: number, lots: number): void {
    const key = keyOf(market, lots < 0);
    this.#wanted.set(key, (this.#wanted.get(key) ?? 0) + Math.abs(lots));
  }

  /**
   * Closes up to `lots` (signed, as held) of `exposure` at `price`; `isOut` says which buckets are left alone. Returns the lots, without sign, that
   * nobody could take.
   */
  close(
    exposure: number,
    lots: number,
    price: number,
    liquidation: number,
    isOut: (bucket: number) => boolean,
  ): number {
    const market = marketOfTag(this.#venue.ledger.exposures.tag(exposure));
    const line = this.#line(market, lots < 0);
    const { shares, candidates } = line;
    let left = Math.abs(lots);
    const closeWith = (at: number, most: number): number => {
      const { exposure: against } = candidates[at];
      const { ledger } = this.#venue;
      const held = ledger.held(against);
      if (held === 0 || held > 0 === lots > 0 || isOut(ledger.bucketOf(against))) return GONE;
      const wanted = Math.min(left, Math.abs(held), most);
      return this.#closeAgainst(exposure, lots > 0, candidates[at], wanted, price, liquidation, at + 1);
    };
    if (shares !== null)
      for (let at = line.nextShare; at < candidates.length && left > 0; at++) {
        const closed = shares[at] === 0 ? GONE : closeWith(at, shares[at]);
        if (closed === GONE) {
          if (at === line.nextShare) line.nextShare++;
          continue;
        }
        shares[at] -= closed;
        left -= closed;
      }
    // Rank decides, and about what some could not take of their shares.
    for (let at = line.next; at < candidates.length && left > 0; at++) {
      const closed = closeWith(at, left);
      if (closed !== GONE) left -= closed;
      else if (at === line.next) line.next++;
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
    const market = marketOfTag(exposures.tag(exposure));
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
    this.#matcher.dropIdle(candidate.exposure, held);
    return lots;
  }

  #line(market: number, areLong: boolean): Line {
    const key = keyOf(market, areLong);
    const known = this.#lines.get(key);
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
    const sizes = ranked.map(({ size }) => Math.abs(size));
    const shares =
      rules!.adl === AdlRanking.pro_rata ? proRataShares(sizes, this.#wanted.get(key) ?? 0) : null;
    const line = { candidates: ranked, next: 0, shares, nextShare: 0 };
    this.#lines.set(key, line);
    return line;
  }
}

function keyOf(market: number, areLong: boolean): number {
  return market * 2 + (areLong ? 1 : 0);
}
