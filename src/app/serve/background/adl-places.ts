/**
 * Who would be deleveraged before whom, in every market and on both sides, made anew in the background: scores in sorted pieces, in which a place is found
 * by halving. A rank counts those with a higher score, and of an equal one those of lower accounts, then legs: the order that a deleveraging has.
 */
import { roughScore } from '../../../core/liquidation/adl-rank.ts';
import { AdlRanking } from '../../../core/schema/venue-commands.ts';
import { NO_EXPOSURE } from '../../../core/exchange/exposures.ts';
import { INSURANCE } from '../../../core/exchange/ledger.ts';
import { legOfTag, POSITION_F64, PositionField, tagOf } from '../../../core/state/positions.ts';
import type { Replica } from '../replica.ts';
import type { Job } from './background.ts';

const PIECE = 1024;
const EVERY_MS = 10_000;
const WANTED_MS = 60_000;

export interface AdlPlace {
  readonly rank: number;
  readonly of: number;
  readonly sequence: number;
}

interface Piece {
  /** Highest first. */
  readonly scores: Float64Array;
  readonly accounts: Int32Array;
  readonly legs: Uint8Array;
}

interface Side {
  readonly pieces: Piece[];
  readonly count: number;
  readonly sequence: number;
}

export class AdlPlaces implements Job {
  readonly #replica: Replica;
  /** By market and side of those who stand in it. */
  #sides = new Map<number, Side>();
  #wantedAt = -Infinity;
  #madeAt = -Infinity;

  constructor(replica: Replica) {
    this.#replica = replica;
  }

  isDue(nowMs: number): boolean {
    return nowMs - this.#wantedAt < WANTED_MS && nowMs - this.#madeAt >= EVERY_MS;
  }

  /** Null where nothing was ranked yet, or no rank decides. */
  of(account: number, market: number, leg: number): AdlPlace | null {
    this.#wantedAt = performance.now();
    const { ledger, rules } = this.#replica.exchange.venue;
    const exposure = ledger.findExposure(account, tagOf(market, leg));
    if (exposure === NO_EXPOSURE || rules === null || rules.adl === AdlRanking.pro_rata) return null;
    const side = this.#sides.get(keyOf(market, ledger.held(exposure) > 0));
    if (side === undefined || side.count === 0) return null;
    const score = this.#scoreOf(exposure, market);
    let before = 0;
    for (const piece of side.pieces) before += countBefore(piece, score, account, leg);
    return { rank: Math.min(side.count, before + 1), of: side.count, sequence: side.sequence };
  }

  *work(): Generator<void, void, undefined> {
    const { venue, engine } = this.#replica.exchange;
    const made = new Map<number, Side>();
    for (let market = 0; market < engine.book.markets.count; market++) {
      if ((venue.listings[market] ?? null) === null) continue;
      yield* this.#market(market, made);
    }
    this.#sides = made;
    this.#madeAt = performance.now();
  }

  *#market(market: number, made: Map<number, Side>): Generator<void, void, undefined> {
    const { exchange } = this.#replica;
    const { exposures } = exchange.venue.ledger;
    const { sequence } = exchange;
    const sides = [new Collector(), new Collector()];
    // Holders come and go while this pauses, so it pauses over rows, which stay, and not along the list of holders.
    for (let row = 0; row < exposures.used; row++) {
      if (row % 256 === 0) yield;
      if (exposures.tag(row) >>> 8 !== market) continue;
      const account = exposures.account(row);
      const held = exchange.venue.ledger.held(row);
      if (held === 0 || account === INSURANCE) continue;
      sides[held > 0 ? 1 : 0].add(this.#scoreOf(row, market), account, legOfTag(exposures.tag(row)));
    }
    for (const [side, collector] of sides.entries())
      made.set(keyOf(market, side === 1), { pieces: collector.finish(), count: collector.count, sequence });
  }

  #scoreOf(exposure: number, market: number): number {
    const { engine, venue } = this.#replica.exchange;
    const { ledger, margin, listings, rules } = venue;
    const f = ledger.positionOf(exposure) * POSITION_F64;
    const { f64 } = engine.book.positions;
    const size = f64[f + PositionField.size];
    return roughScore(
      {
        account: 0,
        leg: 0,
        size,
        cost: f64[f + PositionField.cost],
        notional: listings[market]!.notional(size),
        equity: margin.equityOf(ledger.bucketOf(exposure)),
      },
      rules!.adl,
    );
  }
}

class Collector {
  count = 0;
  readonly #pieces: Piece[] = [];
  #entries: { readonly score: number; readonly account: number; readonly leg: number }[] = [];

  add(score: number, account: number, leg: number): void {
    this.count++;
    this.#entries.push({ score, account, leg });
    if (this.#entries.length === PIECE) this.#cut();
  }

  finish(): Piece[] {
    if (this.#entries.length > 0) this.#cut();
    return this.#pieces;
  }

  #cut(): void {
    const entries = this.#entries.sort((a, b) => b.score - a.score || a.account - b.account || a.leg - b.leg);
    this.#pieces.push({
      scores: Float64Array.from(entries, ({ score }) => score),
      accounts: Int32Array.from(entries, ({ account }) => account),
      legs: Uint8Array.from(entries, ({ leg }) => leg),
    });
    this.#entries = [];
  }
}

/** How many of a piece come before. */
function countBefore({ scores, accounts, legs }: Piece, score: number, account: number, leg: number): number {
  let low = 0;
  let high = scores.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const isBefore =
      scores[middle] > score ||
      (scores[middle] === score &&
        (accounts[middle] < account || (accounts[middle] === account && legs[middle] < leg)));
    if (isBefore) low = middle + 1;
    else high = middle;
  }
  return low;
}

function keyOf(market: number, areLong: boolean): number {
  return market * 2 + (areLong ? 1 : 0);
}
