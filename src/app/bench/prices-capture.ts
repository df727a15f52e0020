/**
 * From a file of raw frames to prices, as a feed does it live: unpack, split, decode, keep the book, route. Every file is
 * played by itself, into a feed and a router of its own.
 */
import { createWriteStream } from 'node:fs';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { gridOf, isGrid } from '../../core/num/grid.ts';
import type { InstrumentRow } from '../../core/price/venue-event.ts';
import { DEFAULT_INDEX_RULES, DEFAULT_MARKET, type PricedMarket } from '../../core/price/price-rules.ts';
import { PriceRouter } from '../../core/price/router.ts';
import type { Instrument, VenueEvent } from '../../core/price/venue-event.ts';
import { OperationalError } from '../../io/operational-error.ts';
import { readLines } from '../../io/ingest/lines.ts';
import type { Problem } from '../../io/ingest/problem.ts';
import { CaptureDriver, playCapture } from '../../io/ingest/venues/binance/capture-feed.ts';
import { BinanceSpotFeed, BinanceUsdmFeed, type BinanceFeed } from '../../io/ingest/venues/binance/feed.ts';
import { CaptureWriter } from '../../sim/venue-capture.ts';
import type { OnProgress } from './load.ts';
import { priceFault } from './prices-check.ts';

export interface CaptureRun {
  readonly lines: number;
  /** Processor time of the whole process, unpacking included; and by the clock. */
  readonly cpuMs: number;
  readonly elapsedMs: number;
  readonly prices: number;
  /** Sentences about what is not as it should be. */
  readonly faults: readonly string[];
  /** The price at the end, as text. */
  readonly outcome: string;
}

/** What a file is about. */
export interface CaptureSource {
  readonly file: string;
  readonly instrument: Instrument;
  readonly lines: number;
}

/** The clock of a recording may be off from the venue's; ages are not what is measured here. */
const SKEW_US = 60_000_000;
const STREAM = /^\d+ \{"stream":"([a-z0-9_]+)@/;

/** One file for each of the first two markets of the simulation. Answers the paths. */
export async function writeCaptures(
  directory: string,
  lines: number,
  seed: number,
  onProgress: OnProgress,
): Promise<string[]> {
  const files: string[] = [];
  for (let market = 0; market < 2; market++) {
    const writer = new CaptureWriter(market, seed);
    const file = path.join(directory, `synthetic-${market}.gz`);
    const parts = function* (): Generator<string> {
      for (let written = 0; written < lines; written += PART) {
        onProgress('writing a capture', (market + written / lines) / 2);
        yield `${writer.lines(Math.min(PART, lines - written)).join('\n')}\n`;
      }
    };
    await pipeline(Readable.from(parts()), createGzip(), createWriteStream(file));
    files.push(file);
  }
  return files;
}

const PART = 5000;

/** Reads the file once to know its market: spot numbers its depth otherwise, and prices have as many decimals as are used. */
export async function sourceOf(file: string): Promise<CaptureSource> {
  let symbol = '';
  let isPerpetual = false;
  let priceScale = 0;
  let sizeScale = 0;
  let count = 0;
  for await (const { lines } of readLines(file)) {
    count += lines.length;
    for (const line of lines) {
      symbol ||= STREAM.exec(line)?.[1].toUpperCase() ?? '';
      isPerpetual ||= line.includes(',"pu":');
      for (const [, price, size] of line.matchAll(/\["\d+\.?(\d*?)0*","\d+\.?(\d*?)0*"\]/g)) {
        priceScale = Math.max(priceScale, price.length);
        sizeScale = Math.max(sizeScale, size.length);
      }
      for (const [, which, digits] of line.matchAll(/"([pqbBaA])":"\d+\.?(\d*?)0*"/g)) {
        if (which === 'p' || which === 'b' || which === 'a') priceScale = Math.max(priceScale, digits.length);
        else sizeScale = Math.max(sizeScale, digits.length);
      }
    }
  }
  if (symbol === '')
    throw new OperationalError(
      'CAPTURE_LINE',
      `${file} is no recording of Binance's streams: no line is \`<time in ns> {"stream":…\`. Give captures in that format, or none`,
      { file },
    );
  const venue = isPerpetual ? 'binance' : 'binance-spot';
  return {
    file,
    instrument: { venue, symbol, market: symbol, isPerpetual, priceScale, sizeScale },
    lines: count,
  };
}

export async function runCapture({ file, instrument, lines }: CaptureSource): Promise<CaptureRun> {
  const instruments = [instrument];
  const problems: string[] = [];
  let prices = 0;
  let alerts = 0;
  const said = { bid: [0], ask: [0], last: [0], mark: [0] };
  const market = marketOf(instrument);
  let feed: BinanceFeed | null = null;
  const router = new PriceRouter({
    instruments,
    markets: [market],
    sink: { price: () => void prices++, alert: () => void alerts++ },
    topOf: (row) => feed!.bookOf(row),
    skewUs: SKEW_US,
  });
  const counts = { quote: 0, trade: 0, depth: 0, snapshot: 0, mark: 0, contract: 0, lost: 0 };
  const sink = {
    event: (event: VenueEvent): void => {
      counts[event.kind]++;
      router.receive(event);
      if (event.kind === 'quote') {
        said.bid[0] = event.bid;
        said.ask[0] = event.ask;
      } else if (event.kind === 'trade') said.last[0] = event.price;
    },
    problem: ({ message }: Problem): void => void problems.push(message),
  };
  const driver = new CaptureDriver((to) => {
    feed = instrument.isPerpetual
      ? new BinanceUsdmFeed(instruments, to)
      : new BinanceSpotFeed(instruments, to);
    return feed;
  }, sink);

  const cpu = process.cpuUsage();
  const start = performance.now();
  let played = 0;
  for await (const count of playCapture(file, driver)) played += count;
  const elapsedMs = performance.now() - start;
  const { user, system } = process.cpuUsage(cpu);

  const faults = [...problems];
  const { duplicates, ignored, problems: refused } = driver.feed.counts;
  const sync = driver.feed.syncCountsOf(0 as InstrumentRow)!;
  const heard = router.counts.events - counts.lost;
  const missing = lines - heard - duplicates - ignored - refused - sync.duplicates;
  if (played !== lines) faults.push(`${file}: ${played} of ${lines} lines were played`);
  if (missing !== 0) faults.push(`${file}: ${missing} lines are not accounted for`);
  const { late, invalid, unknown } = router.counts;
  if (late + invalid + unknown > 0)
    faults.push(
      `${file}: the router took ${late} events for late, ${invalid} for invalid, ${unknown} for unknown`,
    );
  const explanation = router.explain(0);
  const fault = priceFault(explanation, market, instruments, said);
  if (fault !== null) faults.push(fault);
  const { mark, index, last, quality } = explanation;
  return {
    lines,
    cpuMs: (user + system) / 1000,
    elapsedMs,
    prices,
    faults,
    outcome: `${mark} ${index} ${last} ${quality} ${prices} ${alerts}`,
  };
}

/** Of one instrument, which is its own only witness: each quote is judged and each makes a mark. */
function marketOf({ symbol, priceScale }: Instrument): PricedMarket {
  const grid = gridOf({ tick: `1e-${priceScale}`, lot: '1', decimals: priceScale });
  if (!isGrid(grid)) throw new RangeError(grid.problem);
  const instrument = 0 as InstrumentRow;
  return {
    ...DEFAULT_MARKET,
    name: symbol,
    grid,
    own: instrument,
    sources: [{ instrument, part: 'mid', weight: 1, isOwn: true }],
    index: { ...DEFAULT_INDEX_RULES, sourcesMin: 1 },
  };
}
