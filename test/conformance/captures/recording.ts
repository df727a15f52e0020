/** Recorded market data of Binance, which lies beside the project and is not part of it, and what it says taken at its word. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Instrument } from '../../../src/core/price/venue-event.ts';
import { readLines } from '../../../src/io/ingest/lines.ts';
import {
  BinanceSpotFeed,
  BinanceUsdmFeed,
  type BinanceFeed,
} from '../../../src/io/ingest/venues/binance/feed.ts';
import type { FeedSink } from '../../../src/io/ingest/venues/feed.ts';

const folder = fileURLToPath(new URL('../../../../shared/data/', import.meta.url));
export const areThere = existsSync(folder);

/** Sizes of levels of spot are not whole lots: what a fee left over stays in the book. So all the venue's decimals are kept. */
export const INSTRUMENTS: readonly Instrument[] = ['BTCUSDT', 'ETHUSDT'].flatMap((symbol) => [
  { venue: 'binance', symbol, market: symbol, isPerpetual: true, priceScale: 2, sizeScale: 3 },
  { venue: 'binance-spot', symbol, market: symbol, isPerpetual: false, priceScale: 2, sizeScale: 8 },
]);

export interface Recording {
  readonly file: string;
  /** In `INSTRUMENTS`. */
  readonly row: number;
  readonly make: (sink: FeedSink) => BinanceFeed;
}

const usdm = (sink: FeedSink): BinanceFeed => new BinanceUsdmFeed(INSTRUMENTS, sink);
const spot = (sink: FeedSink): BinanceFeed => new BinanceSpotFeed(INSTRUMENTS, sink);

export const RECORDINGS: readonly Recording[] = [
  { file: 'binance-usdm-btcusdt_20240808.gz', row: 0, make: usdm },
  { file: 'binance-spot-btcusdt_20240808.gz', row: 1, make: spot },
  { file: 'binance-usdm-ethusdt_20240808.gz', row: 2, make: usdm },
  { file: 'binance-spot-ethusdt_20240808.gz', row: 3, make: spot },
];

export async function linesOf({ file }: Recording): Promise<string[]> {
  const all: string[] = [];
  for await (const { lines } of readLines(folder + file)) for (const line of lines) all.push(line);
  return all;
}

/** What the venue itself says is best, as it wrote it. */
export interface StatedBest {
  readonly updateId: number;
  readonly bid: string;
  readonly bidSize: string;
  readonly ask: string;
  readonly askSize: string;
}

interface Raw {
  readonly e?: string;
  readonly u: number;
  readonly b: string;
  readonly B: string;
  readonly a: string;
  readonly A: string;
}

/** Every bookTicker, in order of its id. */
export function statedBests(lines: readonly string[]): StatedBest[] {
  return lines
    .filter((line) => line.includes('@bookTicker"'))
    .map((line) => (JSON.parse(line.slice(line.indexOf(' ') + 1)) as { data: Raw }).data)
    .map(({ u, b, B, a, A }) => ({ updateId: u, bid: b, bidSize: B, ask: a, askSize: A }))
    .sort((a, b) => a.updateId - b.updateId);
}

/** The last whose id is not above `id`; null: there is none yet. */
export function statedAt(bests: readonly StatedBest[], id: number): StatedBest | null {
  let low = 0;
  let high = bests.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (bests[middle].updateId <= id) low = middle + 1;
    else high = middle;
  }
  return low === 0 ? null : bests[low - 1];
}
