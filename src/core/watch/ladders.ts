/**
 * Two ladders a market: price rungs, each the head of a doubly linked list of wires that runs through the position
 * records themselves. Laying and lifting a wire is O(1); a mark that moves visits only the rungs it passes.
 *
 *   rung      0 ........ rung(key) ........ RUNGS-1      covers half the mark at which it was set up, to either side
 *   heads    [ -1 | -1 | row | -1 | ... ]
 *                        |
 *                       position --next--> position --next--> END       previous of the first: -2 - head
 *
 * A lo wire fires when mark - A < key, a hi wire when mark + A > key, A being the market's funding cursor. Keys outside the
 * rungs are stored but not linked: a mark that leaves the rungs has every holder evaluated (`Watch`).
 */
import type { Valuation } from '../margin/valuation.ts';
import type { Intervals } from './budgets.ts';
import { MARKET_STRIDE, MarketField } from '../state/markets.ts';
import type { Book } from '../state/book.ts';
import {
  END,
  NEVER_HI,
  NEVER_LO,
  POSITION_F64,
  POSITION_I32,
  PositionField,
  PositionLink,
  UNLINKED,
} from '../state/positions.ts';

// Constants of its own are compiled into a loop; another module's are looked up at every turn.
const M_STRIDE = MARKET_STRIDE;
const P_F64 = POSITION_F64;
const P_I32 = POSITION_I32;
const {
  mark: M_MARK,
  sweptCursor: M_SWEPT_CURSOR,
  cursor: M_CURSOR,
  baseLo: M_BASE_LO,
  baseHi: M_BASE_HI,
  rungsPerTick: M_RUNGS_PER_TICK,
  nearLo: M_NEAR_LO,
  nearHi: M_NEAR_HI,
} = MarketField;
const { lo: P_LO, hi: P_HI } = PositionField;
const { loPrev: P_LO_PREV, loNext: P_LO_NEXT, hiPrev: P_HI_PREV, hiNext: P_HI_NEXT } = PositionLink;

export const RUNGS = 4096;
/**
 * A wire that is nearer than it has to be, but not by more than this, stays: moving it costs more than firing early at times.
 * Measured on the `edge` book: an evaluation costs 5 % less, and there is one more in sixty.
 */
const KEEP = 2 / 3;

export class Ladders {
  /** First row of each rung, at [(market * 2 + side) * RUNGS + rung]. */
  heads = new Int32Array(0);

  addMarket(market: number): void {
    const needed = (market + 1) * 2 * RUNGS;
    if (needed <= this.heads.length) return;
    const wider = new Int32Array(Math.max(needed, this.heads.length * 2)).fill(END);
    wider.set(this.heads);
    this.heads = wider;
  }

  /** Centres the rungs of `market` on its present mark, empty. The funding cursor starts over, so that it stays small. */
  centre(book: Book, market: number): void {
    const f = book.markets.fields;
    const m = market * M_STRIDE;
    const mark = f[m + M_MARK];
    f[m + M_SWEPT_CURSOR] -= f[m + M_CURSOR];
    f[m + M_CURSOR] = 0;
    f[m + M_BASE_LO] = mark / 2;
    f[m + M_BASE_HI] = mark / 2;
    f[m + M_RUNGS_PER_TICK] = RUNGS / mark;
    f[m + M_NEAR_LO] = -Infinity;
    f[m + M_NEAR_HI] = Infinity;
    this.heads.fill(END, market * 2 * RUNGS, (market + 1) * 2 * RUNGS);
  }
}

/** Lays the wires of all coordinates of a valued bucket at `intervals` (inclusive bounds; NEVER_LO, NEVER_HI: none). */
export function layWires(book: Book, heads: Int32Array, valuation: Valuation, intervals: Intervals): void {
  const { f64, i32 } = book.positions;
  const { fields } = book.markets;
  const { coordinates, lead, market: markets, mark: marks } = valuation;
  const { lo, hi } = intervals;
  for (let c = 0; c < coordinates; c++) {
    const row = lead[c];
    const market = markets[c];
    const m = market * M_STRIDE;
    const f = row * P_F64;
    const i = row * P_I32;
    const cursor = fields[m + M_CURSOR];
    const perTick = fields[m + M_RUNGS_PER_TICK];

    // A key that stays leaves its wire where it is: whoever lifts a wire sets its key to "never" as well.
    let loKey = lo[c] - cursor;
    const loWas = f64[f + P_LO];
    const loMark = marks[c] - cursor;
    if (loWas > loKey && loMark - loWas > KEEP * (loMark - loKey)) loKey = loWas;
    if (loKey !== loWas) {
      f64[f + P_LO] = loKey;
      const base = fields[m + M_BASE_LO];
      const rung = Math.floor((loKey - base) * perTick);
      const linked = i32[i + P_LO_PREV] !== UNLINKED;
      if (!linked || rung !== Math.floor((loWas - base) * perTick)) {
        if (linked) unlink(i32, heads, i, P_LO_NEXT, P_LO_PREV);
        const head = market * 2 * RUNGS + (rung < RUNGS ? rung : RUNGS - 1);
        if (rung >= 0) link(i32, heads, head, row, P_LO_NEXT, P_LO_PREV);
      }
    }
    // Also where the key is what it was: marks of one command may have passed it and come back.
    if (loKey > fields[m + M_NEAR_LO]) fields[m + M_NEAR_LO] = loKey;

    let hiKey = hi[c] + cursor;
    const hiWas = f64[f + P_HI];
    const hiMark = marks[c] + cursor;
    if (hiWas < hiKey && hiWas - hiMark > KEEP * (hiKey - hiMark)) hiKey = hiWas;
    if (hiKey !== hiWas) {
      f64[f + P_HI] = hiKey;
      const base = fields[m + M_BASE_HI];
      const rung = Math.floor((hiKey - base) * perTick);
      const linked = i32[i + P_HI_PREV] !== UNLINKED;
      if (!linked || rung !== Math.floor((hiWas - base) * perTick)) {
        if (linked) unlink(i32, heads, i, P_HI_NEXT, P_HI_PREV);
        const head = (market * 2 + 1) * RUNGS + (rung > 0 ? rung : 0);
        if (rung < RUNGS) link(i32, heads, head, row, P_HI_NEXT, P_HI_PREV);
      }
    }
    if (hiKey < fields[m + M_NEAR_HI]) fields[m + M_NEAR_HI] = hiKey;
  }
}

/** Takes both wires of a position off the ladders; its keys become "never". */
export function liftWires(book: Book, heads: Int32Array, row: number): void {
  const { f64, i32 } = book.positions;
  const i = row * P_I32;
  if (i32[i + P_LO_PREV] !== UNLINKED) unlink(i32, heads, i, P_LO_NEXT, P_LO_PREV);
  if (i32[i + P_HI_PREV] !== UNLINKED) unlink(i32, heads, i, P_HI_NEXT, P_HI_PREV);
  f64[row * P_F64 + P_LO] = NEVER_LO;
  f64[row * P_F64 + P_HI] = NEVER_HI;
}

function link(
  i32: Int32Array,
  heads: Int32Array,
  head: number,
  row: number,
  next: number,
  prev: number,
): void {
  const first = heads[head];
  const i = row * P_I32;
  i32[i + next] = first;
  i32[i + prev] = -2 - head;
  if (first !== END) i32[first * P_I32 + prev] = row;
  heads[head] = row;
}

function unlink(i32: Int32Array, heads: Int32Array, i: number, next: number, prev: number): void {
  const before = i32[i + prev];
  const after = i32[i + next];
  if (before <= -2) heads[-2 - before] = after;
  else i32[before * P_I32 + next] = after;
  if (after !== END) i32[after * P_I32 + prev] = before;
  i32[i + prev] = UNLINKED;
}
