/**
 * A seeded book that trades and speaks Binance USD-M's protocol: a best bid and ask with every change of either, and every so
 * often the levels that changed since (`U` first id, `u` last id, `pu` last id of the message before).
 *
 * Ids skip, as they do where many instruments share a counter, and may start over elsewhere; a snapshot may fall in the middle
 * of a message.
 */
import { Random } from '../fuzz/random.ts';
import type { Quote, Scenario, ScenarioFrame } from './scenario.ts';
import { bestFirst, TrueBook, type Levels } from './true-book.ts';

export interface GeneratedOptions {
  readonly symbol: string;
  readonly durationMs: number;
  /** Mean time between depth messages. */
  readonly everyMs: number;
  /** When the ids start over, and the book with them. */
  readonly resetsAtMs: readonly number[];
}

/** Of the text: prices in 0.01, on a grid of 0.10; sizes in 0.001. */
export const PRICE_SCALE = 2;
export const SIZE_SCALE = 3;
const TICK = 10;
/** 2023-11-14. */
const START_MS = 1_700_000_000_000;

export function generate(seed: number, options: GeneratedOptions): Scenario {
  return new Model(seed, options).play();
}

class Model {
  readonly #random: Random;
  readonly #options: GeneratedOptions;
  readonly #truth = new TrueBook();
  readonly #frames: ScenarioFrame[] = [];
  readonly #quotes = new Map<number, Quote>();
  readonly #moments: { readonly atMs: number; readonly id: number }[] = [];
  readonly #book = { bids: new Map<number, number>(), asks: new Map<number, number>() };
  /** Changed since the last depth message. */
  #changed = { bids: new Map<number, number>(), asks: new Map<number, number>() };
  #middle: number;
  #id: number;
  #first = 0;
  #previous: number;
  #best = '';

  constructor(seed: number, options: GeneratedOptions) {
    this.#random = new Random(seed);
    this.#options = options;
    this.#middle = this.#random.whole(500, 700_000) * TICK;
    this.#id = this.#random.whole(1e9, 5e12);
    this.#previous = this.#id;
  }

  play(): Scenario {
    const { symbol, durationMs, everyMs, resetsAtMs } = this.#options;
    const resets = [...resetsAtMs];
    let nextMarkMs = 0;
    for (let atMs = 0; atMs < durationMs;) {
      if (atMs >= (resets[0] ?? Infinity)) {
        resets.shift();
        this.#startOver(atMs);
      }
      const spanMs = this.#random.log(everyMs / 4, everyMs * 2);
      this.#step(atMs, spanMs);
      atMs += spanMs;
      this.#sayDepth(atMs);
      if (atMs >= nextMarkMs) {
        nextMarkMs += 1_000;
        this.#sayMark(atMs);
      }
    }
    const moments = this.#moments;
    const truth = this.#truth;
    const walk = truth.walk();
    return {
      symbol,
      durationMs,
      frames: this.#frames,
      truth,
      quotes: this.#quotes,
      snapshot: (atMs, limit) => {
        const moment =
          moments[
            Math.max(
              0,
              moments.findLastIndex((each) => each.atMs <= atMs),
            )
          ];
        return snapshotText(moment.id, Math.floor(START_MS + atMs), walk.at(moment.id)!, limit);
      },
    };
  }

  /** Ids far from all that were used, so that an id means one book. */
  #startOver(atMs: number): void {
    this.#id = this.#random.chance(0.5) ? this.#id + 1e12 : Math.max(1, Math.floor(this.#id / 1e3));
    this.#previous = this.#id;
    this.#truth.clear(this.#id, this.#book);
    this.#moments.push({ atMs, id: this.#id });
    this.#book.bids.clear();
    this.#book.asks.clear();
    this.#changed = { bids: new Map(), asks: new Map() };
    this.#middle = this.#random.whole(500, 700_000) * TICK;
  }

  #step(fromMs: number, spanMs: number): void {
    const random = this.#random;
    const changes: [side: 'bids' | 'asks', price: number, size: number][] = [];
    const { bids, asks } = this.#book;
    if (random.chance(0.3)) this.#middle = Math.max(100 * TICK, this.#middle + random.whole(-3, 3) * TICK);
    // What the market has moved through goes first, so that no update leaves the book crossed.
    for (const price of bids.keys()) if (price >= this.#middle) changes.push(['bids', price, 0]);
    for (const price of asks.keys()) if (price <= this.#middle) changes.push(['asks', price, 0]);
    const count = bids.size + asks.size === 0 ? 80 : random.whole(1, 8);
    for (let each = 0; each < count; each++) {
      const side = random.chance(0.5) ? 'bids' : 'asks';
      const away = Math.floor(random.log(1, 60)) * TICK;
      const price = side === 'bids' ? this.#middle - away : this.#middle + away;
      const isGone = this.#book[side].size > 10 && random.chance(0.35);
      changes.push([side, price, isGone ? 0 : Math.ceil(random.log(1, 50_000))]);
    }
    changes.forEach(([side, price, size], index) => {
      this.#change(fromMs + (spanMs * (index + 1)) / (changes.length + 1), side, price, size);
    });
  }

  #change(atMs: number, side: 'bids' | 'asks', price: number, size: number): void {
    this.#id += this.#random.chance(0.5) ? 1 : this.#random.whole(2, 40);
    if (this.#first === 0) this.#first = this.#id;
    if (size === 0) this.#book[side].delete(price);
    else this.#book[side].set(price, size);
    this.#changed[side].set(price, size);
    this.#truth.add({ id: this.#id, side, price, size });
    this.#moments.push({ atMs, id: this.#id });
    this.#sayBest(atMs);
  }

  #sayBest(atMs: number): void {
    const { bids, asks } = this.#book;
    if (bids.size === 0 || asks.size === 0) return;
    const bid = Math.max(...bids.keys());
    const ask = Math.min(...asks.keys());
    const quote: Quote = [bid, bids.get(bid)!, ask, asks.get(ask)!];
    const best = `"b":"${priceText(bid)}","B":"${sizeText(quote[1])}","a":"${priceText(ask)}","A":"${sizeText(quote[3])}"`;
    if (best === this.#best) return;
    this.#best = best;
    this.#quotes.set(this.#id, quote);
    const time = Math.floor(START_MS + atMs);
    const { symbol } = this.#options;
    this.#say(
      atMs,
      'bookTicker',
      `{"e":"bookTicker","u":${this.#id},"s":"${symbol}",${best},"T":${time},"E":${time}}`,
    );
  }

  #sayMark(atMs: number): void {
    const time = Math.floor(START_MS + atMs);
    const mark = priceText(this.#middle);
    this.#say(
      atMs,
      'markPrice@1s',
      `{"e":"markPriceUpdate","E":${time},"s":"${this.#options.symbol}","p":"${mark}","i":"${mark}","P":"${mark}","r":"0.00010000","T":${time + 3_600_000}}`,
    );
  }

  #sayDepth(atMs: number): void {
    const time = Math.floor(START_MS + atMs);
    const { bids, asks } = this.#changed;
    const ids = `"U":${this.#first},"u":${this.#id},"pu":${this.#previous}`;
    this.#say(
      atMs,
      'depth@100ms',
      `{"e":"depthUpdate","E":${time},"T":${time},"s":"${this.#options.symbol}",${ids},"b":${levelsText(bestFirst(bids, 'asks'))},"a":${levelsText(bestFirst(asks, 'asks'))}}`,
    );
    this.#previous = this.#id;
    this.#first = 0;
    this.#changed = { bids: new Map(), asks: new Map() };
  }

  #say(atMs: number, kind: string, data: string): void {
    const stream = `${this.#options.symbol.toLowerCase()}@${kind}`;
    this.#frames.push({ atMs, stream, text: `{"stream":"${stream}","data":${data}}` });
  }
}

export function snapshotText(id: number, time: number, levels: Levels, limit: number): string {
  const bids = levelsText(bestFirst(levels.bids, 'bids').slice(0, limit));
  const asks = levelsText(bestFirst(levels.asks, 'asks').slice(0, limit));
  return `{"lastUpdateId":${id},"E":${time},"T":${time},"bids":${bids},"asks":${asks}}`;
}

function levelsText(levels: readonly [number, number][]): string {
  return `[${levels.map(([price, size]) => `["${priceText(price)}","${sizeText(size)}"]`).join(',')}]`;
}

const priceText = (price: number): string => decimalText(price, PRICE_SCALE);
const sizeText = (size: number): string => decimalText(size, SIZE_SCALE);

function decimalText(whole: number, scale: number): string {
  const digits = String(whole).padStart(scale + 1, '0');
  return `${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}
