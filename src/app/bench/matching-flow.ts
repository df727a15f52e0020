/**
 * What a market's order entry sees, from a seed: an opening book, then new orders, cancels and amendments around a touch that
 * moves. Which order is cancelled or amended depends on which ones rest, so a book is kept while drawing.
 */
import { DirectOrderBook } from '../../core/matching/direct-order-book.ts';
import { match, type MatchHost } from '../../core/matching/match.ts';
import { PRICE_MAX, type OrderRow, type PriceTicks, type SizeLots } from '../../core/num/units.ts';
import { Side } from '../../core/schema/side.ts';
import { Random } from '../../sim/random.ts';

export interface FlowChoice {
  /** Resting orders, and price levels that they open on; a run keeps the orders near that and moves the levels. */
  readonly orders: number;
  readonly levels: number;
  readonly commands: number;
  readonly seed: number;
}

export const Act = { limit: 0, cancel: 1, resize: 2, reprice: 3, market: 4 } as const;

/** Shares of the commands. Half of the amendments take lots off, half name another price. */
export const MIX = { limit: 0.55, cancel: 0.3, resize: 0.05, reprice: 0.05, market: 0.05 } as const;

/** One column a field. Orders are named by whole numbers from 0, each used once; market orders take one, too. */
export interface Flow {
  readonly act: Uint8Array;
  readonly id: Int32Array;
  readonly side: Uint8Array;
  readonly price: Int32Array;
  /** Of `limit` and `market`; for `resize` what shall be left. */
  readonly size: Int32Array;
  /** Commands that build the opening book. */
  readonly opening: number;
  readonly length: number;
  /** Ids used. */
  readonly ids: number;
  /** What rested when it was drawn, at the opening and at the end, and what traded in all. */
  readonly opened: Depth;
  readonly closed: Depth;
  readonly trades: number;
  readonly lots: number;
}

interface Depth {
  readonly orders: number;
  readonly levels: number;
}

const MIDDLE = 2 ** 29;
const SIZE_MOST = 100;
/** So many of a hundred new limit orders cross, by up to three ticks. */
const CROSSING = 8;

export function drawFlow({ orders, levels, commands, seed }: FlowChoice): Flow {
  const random = new Random(seed, 0x0b00c);
  const span = Math.ceil(levels / 2);
  const length = orders + commands;
  const flow = {
    act: new Uint8Array(length),
    id: new Int32Array(length),
    side: new Uint8Array(length),
    price: new Int32Array(length),
    size: new Int32Array(length),
  };
  const resting = new Resting(length);
  const { book } = resting;
  let ids = 0;
  let at = 0;
  const put = (act: number, id: number, side: Side, price: number, size: number): void => {
    flow.act[at] = act;
    flow.id[at] = id;
    flow.side[at] = side;
    flow.price[at] = price;
    flow.size[at++] = size;
  };
  const sizeOf = (): number => 1 + random.below(SIZE_MOST);
  /** Near the touch most of the time: half of them in the first eighth of the levels. */
  const passive = (side: Side): number => {
    const distance = 1 + Math.floor(span * random.unit() ** 3);
    const other = book.bestPrice(side === Side.bid ? Side.ask : Side.bid);
    const touch = other > 0 ? other : MIDDLE;
    return Math.min(PRICE_MAX, Math.max(1, side === Side.bid ? touch - distance : touch + distance));
  };

  for (let order = 0; order < orders; order++) {
    const side = order % 2 === 0 ? Side.bid : Side.ask;
    // Every level once, then as the dice fall.
    const level = order < 2 * span ? order >> 1 : random.below(span);
    const price = side === Side.bid ? MIDDLE - 1 - level : MIDDLE + 1 + level;
    const size = sizeOf();
    put(Act.limit, ids, side, price, size);
    resting.rest(ids++, side, price, size);
  }
  const opened = resting.depth();

  while (at < length) {
    const dice = random.unit();
    if (dice < MIX.limit || book.count < 2) {
      const side = random.oneIn(2) ? Side.bid : Side.ask;
      const best = book.bestPrice(side === Side.bid ? Side.ask : Side.bid);
      const beyond = random.below(3);
      const price =
        random.below(100) < CROSSING && best > 3
          ? best + (side === Side.bid ? beyond : -beyond)
          : passive(side);
      const size = sizeOf();
      put(Act.limit, ids, side, price, size);
      resting.enter(ids++, side, price, size);
    } else if (dice < MIX.limit + MIX.cancel) {
      const id = resting.any(random);
      put(Act.cancel, id, resting.book.side(id as OrderRow), 0, 0);
      resting.remove(id);
    } else if (dice < MIX.limit + MIX.cancel + MIX.resize) {
      const id = resting.any(random);
      const left = book.left(id as OrderRow);
      if (left === 1) continue;
      const kept = 1 + random.below(left - 1);
      put(Act.resize, id, book.side(id as OrderRow), book.price(id as OrderRow), kept);
      book.reduce(id as OrderRow, (left - kept) as SizeLots);
    } else if (dice < 1 - MIX.market) {
      const id = resting.any(random);
      const side = book.side(id as OrderRow);
      const price = passive(side);
      const left = book.left(id as OrderRow);
      put(Act.reprice, id, side, price, left);
      resting.remove(id);
      resting.enter(id, side, price, left);
    } else {
      // As large as keeps the book at its size: what is entered and not cancelled has to trade.
      const excess = book.count / orders;
      const size = Math.max(1, Math.round(random.unit() * SIZE_MOST * 4 * excess ** 4));
      const side = random.oneIn(2) ? Side.bid : Side.ask;
      const price = side === Side.bid ? PRICE_MAX : 1;
      put(Act.market, ids++, side, price, size);
      resting.take(side, price, size);
    }
  }
  const { trades, lots } = resting;
  return { ...flow, opening: orders, length, ids, opened, closed: resting.depth(), trades, lots };
}

/** The book while drawing, whose rows are the ids, and a list to draw one of the resting from. */
class Resting {
  readonly book = new DirectOrderBook();
  trades = 0;
  lots = 0;
  readonly #ids: Int32Array;
  /** Where each id is in the list. */
  readonly #places: Int32Array;
  #count = 0;
  readonly #host: MatchHost;

  constructor(ids: number) {
    this.#ids = new Int32Array(ids);
    this.#places = new Int32Array(ids).fill(-1);
    let left = 0;
    this.#host = {
      admit: (maker, _, size) => {
        left = this.book.left(maker) - size;
        return size;
      },
      trade: (maker, _, size) => {
        this.trades++;
        this.lots += size;
        if (left === 0) this.#unlist(maker);
      },
    };
  }

  any(random: Random): number {
    return this.#ids[random.below(this.#count)];
  }

  /** What does not trade rests. */
  enter(id: number, side: Side, price: number, size: number): void {
    const left = this.take(side, price, size);
    if (left > 0) this.rest(id, side, price, left);
  }

  take(side: Side, price: number, size: number): number {
    return match(this.book, this.#host, side, price as PriceTicks, size as SizeLots);
  }

  rest(id: number, side: Side, price: number, size: number): void {
    this.book.add(id as OrderRow, side, price as PriceTicks, size as SizeLots);
    this.#places[id] = this.#count;
    this.#ids[this.#count++] = id;
  }

  remove(id: number): void {
    this.book.remove(id as OrderRow);
    this.#unlist(id);
  }

  depth(): Depth {
    const column = new Float64Array(this.book.count + 1);
    const levels = this.book.levels(Side.bid, column, column) + this.book.levels(Side.ask, column, column);
    return { orders: this.book.count, levels };
  }

  #unlist(id: number): void {
    const place = this.#places[id];
    const last = this.#ids[--this.#count];
    this.#ids[place] = last;
    this.#places[last] = place;
    this.#places[id] = -1;
  }
}
