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
 * rungs are stored but not linked: a mark that leaves the rungs re-evaluates every holder (`Watch.rebase`).
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

export const RUNGS = 4096;

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
    const m = market * MARKET_STRIDE;
    const mark = f[m + MarketField.mark];
    f[m + MarketField.sweptCursor] -= f[m + MarketField.cursor];
    f[m + MarketField.cursor] = 0;
    f[m + MarketField.baseLo] = mark / 2;
    f[m + MarketField.baseHi] = mark / 2;
    f[m + MarketField.rungsPerTick] = RUNGS / mark;
    f[m + MarketField.nearLo] = -Infinity;
    f[m + MarketField.nearHi] = Infinity;
    this.heads.fill(END, market * 2 * RUNGS, (market + 1) * 2 * RUNGS);
  }
}

/** Lays the wires of all coordinates of a valued bucket at `intervals` (inclusive bounds; NEVER_LO, NEVER_HI: none). */
export function layWires(book: Book, heads: Int32Array, valuation: Valuation, intervals: Intervals): void {
  for (let c = 0; c < valuation.coordinates; c++) setWires(book, heads, valuation, intervals, c);
}

function setWires(
  book: Book,
  heads: Int32Array,
  valuation: Valuation,
  intervals: Intervals,
  c: number,
): void {
  const market = valuation.market[c];
  const row = valuation.lead[c];
  const { f64, i32 } = book.positions;
  const fields = book.markets.fields;
  const m = market * MARKET_STRIDE;
  const cursor = fields[m + MarketField.cursor];
  const perTick = fields[m + MarketField.rungsPerTick];
  const f = row * POSITION_F64;
  const i = row * POSITION_I32;

  // A key that stays leaves its wire where it is: whoever lifts a wire sets its key to "never" as well.
  const loKey = intervals.lo[c] - cursor;
  const loBase = fields[m + MarketField.baseLo];
  const loWas = f64[f + PositionField.lo];
  if (loKey !== loWas) {
    f64[f + PositionField.lo] = loKey;
    const rung = Math.floor((loKey - loBase) * perTick);
    const linked = i32[i + PositionLink.loPrev] !== UNLINKED;
    if (!linked || rung !== Math.floor((loWas - loBase) * perTick)) {
      if (linked) unlink(i32, heads, i, PositionLink.loNext, PositionLink.loPrev);
      if (rung >= 0)
        link(
          i32,
          heads,
          market * 2 * RUNGS + (rung < RUNGS ? rung : RUNGS - 1),
          row,
          PositionLink.loNext,
          PositionLink.loPrev,
        );
    }
  }
  // Also where the key is what it was: marks of one command may have passed it and come back.
  if (loKey > fields[m + MarketField.nearLo]) fields[m + MarketField.nearLo] = loKey;

  const hiKey = intervals.hi[c] + cursor;
  const hiBase = fields[m + MarketField.baseHi];
  const hiWas = f64[f + PositionField.hi];
  if (hiKey !== hiWas) {
    f64[f + PositionField.hi] = hiKey;
    const rung = Math.floor((hiKey - hiBase) * perTick);
    const linked = i32[i + PositionLink.hiPrev] !== UNLINKED;
    if (!linked || rung !== Math.floor((hiWas - hiBase) * perTick)) {
      if (linked) unlink(i32, heads, i, PositionLink.hiNext, PositionLink.hiPrev);
      if (rung < RUNGS)
        link(
          i32,
          heads,
          (market * 2 + 1) * RUNGS + (rung > 0 ? rung : 0),
          row,
          PositionLink.hiNext,
          PositionLink.hiPrev,
        );
    }
  }
  if (hiKey < fields[m + MarketField.nearHi]) fields[m + MarketField.nearHi] = hiKey;
}

/** Takes both wires of a position off the ladders; its keys become "never". */
export function liftWires(book: Book, heads: Int32Array, row: number): void {
  const { f64, i32 } = book.positions;
  const i = row * POSITION_I32;
  if (i32[i + PositionLink.loPrev] !== UNLINKED)
    unlink(i32, heads, i, PositionLink.loNext, PositionLink.loPrev);
  if (i32[i + PositionLink.hiPrev] !== UNLINKED)
    unlink(i32, heads, i, PositionLink.hiNext, PositionLink.hiPrev);
  f64[row * POSITION_F64 + PositionField.lo] = NEVER_LO;
  f64[row * POSITION_F64 + PositionField.hi] = NEVER_HI;
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
  const i = row * POSITION_I32;
  i32[i + next] = first;
  i32[i + prev] = -2 - head;
  if (first !== END) i32[first * POSITION_I32 + prev] = row;
  heads[head] = row;
}

function unlink(i32: Int32Array, heads: Int32Array, i: number, next: number, prev: number): void {
  const before = i32[i + prev];
  const after = i32[i + next];
  if (before <= -2) heads[-2 - before] = after;
  else i32[before * POSITION_I32 + next] = after;
  if (after !== END) i32[after * POSITION_I32 + prev] = before;
  i32[i + prev] = UNLINKED;
}
