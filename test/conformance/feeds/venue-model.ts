/**
 * A venue as its documentation describes it, for one instrument: a book that changes at random, told in the venue's own
 * frames, and a snapshot for whoever subscribes. Written apart from the feeds, decimal text to decimal text.
 */
import { crc32 } from 'node:zlib';
import { scaledToText } from '../../../src/core/num/decimal.ts';
import type { Instrument } from '../../../src/core/price/venue-event.ts';
import { bybit } from './bybit.ts';
import { coinbase } from './coinbase.ts';
import { kraken } from './kraken.ts';
import { okx } from './okx.ts';
import type { FeedUnderTest } from './play.ts';

export type Random = (below: number) => number;
type Level = readonly [price: string, size: string];

interface Told {
  readonly symbol: string;
  readonly bids: readonly Level[];
  readonly asks: readonly Level[];
  /** Of this message and of the one before. */
  readonly number: number;
  readonly previous: number;
  readonly ms: number;
  /** How many frames were said before this one. */
  readonly frame: number;
  /** The best levels after it. */
  readonly view: { readonly bids: readonly Level[]; readonly asks: readonly Level[] };
}

export interface Dialect {
  readonly under: FeedUnderTest;
  /** Levels a side that it shows. */
  readonly depth: number;
  /** What the next number may be. */
  readonly step: (random: Random) => number;
  snapshot(told: Told): string;
  update(told: Told): string;
  subscribesTo(text: string, symbol: string): boolean;
}

const iso = (ms: number) => new Date(ms).toISOString();
const okxBook = (action: string, { symbol, bids, asks, number, previous, ms }: Told) => {
  const pad = (levels: readonly Level[]) => levels.map(([price, size]) => [price, size, '0', '1']);
  const data = [
    { asks: pad(asks), bids: pad(bids), ts: String(ms), checksum: 0, seqId: number, prevSeqId: previous },
  ];
  return JSON.stringify({ arg: { channel: 'books', instId: symbol }, action, data });
};
const bybitBook = (type: string, { symbol: s, bids: b, asks: a, number: u, ms }: Told) =>
  JSON.stringify({
    topic: `orderbook.50.${s}`,
    ts: ms + 3,
    type,
    data: { s, b, a, u, seq: 7_961_638_724 },
    cts: ms,
  });
const krakenBook = (type: string, { symbol, bids, asks, ms, view }: Told) => {
  const write = (levels: readonly Level[]) =>
    levels.map(([price, size]) => `{"price":${price},"qty":${size}}`).join(',');
  const digits = (levels: readonly Level[]) =>
    levels
      .slice(0, 10)
      .flat()
      .map((text) => text.replace('.', '').replace(/^0+/, ''))
      .join('');
  const checksum = crc32(digits(view.asks) + digits(view.bids));
  return `{"channel":"book","type":"${type}","data":[{"symbol":"${symbol}","bids":[${write(bids)}],"asks":[${write(asks)}],"checksum":${checksum},"timestamp":"${iso(ms)}"}]}`;
};

const coinbaseBook = (type: string, { symbol, bids, asks, frame, ms }: Told) => {
  const write = (side: string, levels: readonly Level[]) =>
    levels.map(([price_level, new_quantity]) => ({ side, event_time: iso(ms), price_level, new_quantity }));
  const updates = [...write('bid', bids), ...write('offer', asks)];
  const events = [{ type, product_id: symbol, updates }];
  return JSON.stringify({ channel: 'l2_data', timestamp: iso(ms), sequence_num: frame, events });
};

export const DIALECTS: readonly (readonly [string, Dialect])[] = [
  [
    'OKX',
    {
      under: okx,
      depth: 400,
      step: (random) => 1 + random(5),
      snapshot: (told) => okxBook('snapshot', { ...told, previous: -1 }),
      update: (told) => okxBook('update', told),
      subscribesTo: (text, symbol) => text.includes('"op":"subscribe"') && text.includes(`"${symbol}"`),
    },
  ],
  [
    'Bybit',
    {
      under: bybit,
      depth: 50,
      step: () => 1,
      snapshot: (told) => bybitBook('snapshot', told),
      update: (told) => bybitBook('delta', told),
      subscribesTo: (text, symbol) => text.includes('"op":"subscribe"') && text.includes(`.${symbol}"`),
    },
  ],
  [
    'Coinbase',
    {
      under: coinbase,
      depth: 10_000,
      step: () => 1,
      snapshot: (told) => coinbaseBook('snapshot', told),
      update: (told) => coinbaseBook('update', told),
      subscribesTo: (text, symbol) => text.includes('"type":"subscribe"') && text.includes(`"${symbol}"`),
    },
  ],
  [
    'Kraken',
    {
      under: kraken,
      depth: 10,
      step: () => 1,
      snapshot: (told) => krakenBook('snapshot', told),
      update: (told) => krakenBook('update', told),
      subscribesTo: (text, symbol) => text.includes('"method":"subscribe"') && text.includes(`"${symbol}"`),
    },
  ],
];

/** Levels that it may have on a side: more than Kraken shows. */
const LEVELS_MOST = 18;
const MIDDLE = 250_000;
/** How far behind the middle levels are, and how far beyond it they may come. */
const REACH = 60;
const CROSSING = 3;

export class VenueModel {
  readonly #dialect: Dialect;
  readonly #instrument: Instrument;
  readonly #random: Random;
  readonly #bids = new Map<number, number>();
  readonly #asks = new Map<number, number>();
  #number = 100;
  #frames = 0;
  #ms = 1_730_000_000_000;

  constructor(dialect: Dialect, instrument: Instrument, random: Random) {
    this.#dialect = dialect;
    this.#instrument = instrument;
    this.#random = random;
    for (let at = 0; at < 4 * LEVELS_MOST; at++) this.#change();
  }

  /** As a listener knows it, to be compared. */
  known(): { readonly bids: readonly (readonly number[])[]; readonly asks: readonly (readonly number[])[] } {
    const { bids, asks } = this.#view();
    return { bids: bids.toSorted(([a], [b]) => a - b), asks: asks.toSorted(([a], [b]) => a - b) };
  }

  snapshot(): string {
    const { bids, asks } = this.#view();
    return this.#dialect.snapshot(this.#told(bids, asks, -1));
  }

  /** Changes the book, and says how. */
  update(): string {
    const before = this.#view();
    const previous = this.#number;
    for (let changes = this.#random(4); changes >= 0; changes--) this.#change();
    this.#number += this.#dialect.step(this.#random);
    this.#ms += 1 + this.#random(50);
    const after = this.#view();
    const bids = changed(before.bids, after.bids, this.#bids);
    const asks = changed(before.asks, after.asks, this.#asks);
    return this.#dialect.update(this.#told(bids, asks, previous));
  }

  /** A level set or taken away; the other side makes room, as trades would. */
  #change(): void {
    const isBid = this.#random(2) === 0;
    const [side, other] = isBid ? [this.#bids, this.#asks] : [this.#asks, this.#bids];
    const levels = [...side.keys()];
    if (levels.length >= LEVELS_MOST || (levels.length > 2 && this.#random(4) === 0)) {
      side.delete(levels[this.#random(levels.length)]);
      return;
    }
    const behind = this.#random(REACH) - CROSSING;
    const price = isBid ? MIDDLE - behind : MIDDLE + behind;
    side.set(price, 1 + this.#random(1000));
    for (const level of other.keys()) if (isBid ? level <= price : level >= price) other.delete(level);
  }

  #view(): {
    readonly bids: readonly (readonly [number, number])[];
    readonly asks: readonly (readonly [number, number])[];
  } {
    const { depth } = this.#dialect;
    return {
      bids: [...this.#bids].toSorted(([a], [b]) => b - a).slice(0, depth),
      asks: [...this.#asks].toSorted(([a], [b]) => a - b).slice(0, depth),
    };
  }

  #told(
    bids: readonly (readonly [number, number])[],
    asks: readonly (readonly [number, number])[],
    previous: number,
  ): Told {
    const { symbol, priceScale, sizeScale } = this.#instrument;
    const write = (levels: readonly (readonly [number, number])[]) =>
      levels.map(([price, size]): Level => [scaledToText(price, priceScale), scaledToText(size, sizeScale)]);
    const view = this.#view();
    return {
      symbol,
      bids: write(bids),
      asks: write(asks),
      number: this.#number,
      previous,
      ms: this.#ms,
      frame: this.#frames++,
      view: { bids: write(view.bids), asks: write(view.asks) },
    };
  }
}

/** What a venue says: levels that are new to its view or other than before, and those that are gone, not those that are out of view. */
function changed(
  before: readonly (readonly [number, number])[],
  after: readonly (readonly [number, number])[],
  all: ReadonlyMap<number, number>,
): (readonly [number, number])[] {
  const had = new Map(before);
  return [
    ...before.filter(([price]) => !all.has(price)).map(([price]) => [price, 0] as const),
    ...after.filter(([price, size]) => had.get(price) !== size),
  ];
}
