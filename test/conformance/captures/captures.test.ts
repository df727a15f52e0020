/**
 * The books that we rebuild from recorded depth, held against what the venue itself published as best bid and ask, at every
 * update id. The two come from different streams of the venue and share nothing here but their ids.
 */
import { describe, expect, it } from 'vitest';
import { scaledToText } from '../../../src/core/num/decimal.ts';
import { DepthBook } from '../../../src/core/price/depth-book.ts';
import type {
  DepthEvent,
  InstrumentRow,
  SnapshotEvent,
  VenueEvent,
} from '../../../src/core/price/venue-event.ts';
import type { Problem } from '../../../src/io/ingest/problem.ts';
import { CaptureDriver } from '../../../src/io/ingest/venues/binance/capture-feed.ts';
import type { BinanceFeed } from '../../../src/io/ingest/venues/binance/feed.ts';
import { parseFrame, scanFrame, type Listened } from '../../../src/io/ingest/venues/binance/frame.ts';
import type { TimeUs } from '../../../src/core/num/units.ts';
import {
  areThere,
  INSTRUMENTS,
  linesOf,
  RECORDINGS,
  statedAt,
  statedBests,
  type Recording,
  type StatedBest,
} from './recording.ts';

if (!areThere) console.log('left out: recorded captures, which are looked for in ../shared/data');

interface Heard {
  readonly events: VenueEvent[];
  readonly problems: Problem[];
  readonly driver: CaptureDriver<BinanceFeed>;
}

function play({ file, make }: Recording, lines: readonly string[]): Heard {
  const events: VenueEvent[] = [];
  const problems: Problem[] = [];
  const driver = new CaptureDriver(make, {
    event: (event) => events.push(event),
    problem: (problem) => problems.push(problem),
  });
  for (const [index, line] of lines.entries()) driver.line(line, file, index + 1);
  return { events, problems, driver };
}

const isBook = (event: VenueEvent): event is SnapshotEvent | DepthEvent =>
  event.kind === 'snapshot' || event.kind === 'depth';

interface Comparison {
  /** Depth updates at which the venue had stated its best before. */
  compared: number;
  /** Best prices, and their sizes with them. */
  equalPrices: number;
  equal: number;
  /** Best prices behind what the snapshot showed. */
  beyond: number;
  readonly differences: string[];
}

/** Our book after each update, against what the venue states for that id. */
function compare(events: readonly VenueEvent[], stated: readonly StatedBest[], row: number): Comparison {
  const { priceScale, sizeScale } = INSTRUMENTS[row];
  const book = new DepthBook();
  const result: Comparison = { compared: 0, equalPrices: 0, equal: 0, beyond: 0, differences: [] };
  for (const event of events.filter(isBook)) {
    if (event.kind === 'snapshot') book.replace(event.bids, event.asks, event.levelsMax ?? null);
    else book.apply(event.bids, event.asks);
    const best = statedAt(stated, event.last);
    if (event.kind === 'snapshot' || best === null) continue;
    const { bids, asks } = book;
    const ours = [bids.best, asks.best, bids.bestSize, asks.bestSize];
    const theirs = [whole(best.bid, priceScale), whole(best.ask, priceScale)];
    const sizes = [whole(best.bidSize, sizeScale), whole(best.askSize, sizeScale)];
    result.compared++;
    if (book.state === 'beyond') result.beyond++;
    if (ours[0] === theirs[0] && ours[1] === theirs[1]) result.equalPrices++;
    if (JSON.stringify(ours) === JSON.stringify([...theirs, ...sizes])) result.equal++;
    else
      result.differences.push(
        `at ${event.last}: ours ${ours
          .slice(0, 2)
          .map((price) => scaledToText(price, priceScale))
          .join(' ')}, stated at ${best.updateId}: ${best.bid} ${best.ask}`,
      );
  }
  return result;
}

/** By multiplying, which is right for these numbers and shares nothing with the decoder. */
const whole = (text: string, scale: number): number => Math.round(Number(text) * 10 ** scale);

const share = (part: number, all: number): string =>
  `${part} of ${all} (${((100 * part) / all).toFixed(3)} %)`;

describe.skipIf(!areThere).each(RECORDINGS)('$file', (recording) => {
  const { file, row } = recording;
  const read = linesOf(recording);

  it('is understood whole, its book without a hole', async () => {
    const lines = await read;
    const { events, problems } = play(recording, lines);
    expect(problems).toEqual([]);
    const count = (kind: VenueEvent['kind']): number => events.filter((event) => event.kind === kind).length;
    const lineCount = (stream: string): number => lines.filter((line) => line.includes(stream)).length;
    expect(count('quote')).toBe(lineCount('@bookTicker"'));
    expect(count('trade')).toBe(lineCount('@trade"'));
    expect([count('snapshot'), count('lost')]).toEqual([1, 0]);
    const chain = events.filter(isBook);
    expect(chain[0].kind).toBe('snapshot');
    // The first may begin within what the snapshot covers.
    expect((chain[1] as DepthEvent).first).toBeLessThanOrEqual(chain[0].last + 1);
    for (let at = 2; at < chain.length; at++) {
      const { first, previous } = chain[at] as DepthEvent;
      expect(previous ?? first - 1).toBe(chain[at - 1].last);
    }
    // All but those that the snapshot covers: their last id is not above its own.
    const ids = lines.flatMap((line) => /"depthUpdate".*?"u":(\d+)/.exec(line.slice(0, 300))?.[1] ?? []);
    expect(count('depth')).toBeGreaterThanOrEqual(ids.filter((id) => Number(id) > chain[0].last).length);
  });

  it('gives the best bid and ask that the venue states, prices and sizes, at every update id', async () => {
    const lines = await read;
    const { events } = play(recording, lines);
    const { compared, equalPrices, equal, beyond, differences } = compare(events, statedBests(lines), row);
    console.log(
      `${file}: best prices equal at ${share(equalPrices, compared)} depth updates, sizes too at ${share(equal, compared)}; ${beyond} with a best price behind the snapshot's last level`,
    );
    expect(differences).toEqual([]);
    expect(compared).toBeGreaterThan(3000);
  });

  it('is another book with one change taken out, and the comparison shows it', async () => {
    const lines = await read;
    const { events } = play(recording, lines);
    const stated = statedBests(lines);
    const { length } = events.filter((event) => event.kind === 'depth');
    // The first change from the middle on that puts up a new best bid.
    const book = new DepthBook();
    let seen = 0;
    const without = events.map((event) => {
      if (!isBook(event)) return event;
      const before = book.bid;
      if (event.kind === 'snapshot') book.replace(event.bids, event.asks, null);
      else book.apply(event.bids, event.asks);
      if (event.kind === 'snapshot' || ++seen < length / 2 || book.bid <= before) return event;
      seen = -Infinity;
      return { ...event, bids: [] };
    });
    expect(seen).toBe(-Infinity);
    expect(compare(without, stated, row).differences).not.toEqual([]);
  });

  it('is lost where an update is missing, and not used again without a snapshot', async () => {
    const lines = await read;
    const places = lines.flatMap((line, at) => (line.includes('@depth') ? [at] : []));
    for (const part of [0.1, 0.5, 0.9]) {
      const place = places[Math.floor(places.length * part)];
      const { events, driver, problems } = play(recording, lines.toSpliced(place, 1));
      const lost = events.findIndex((event) => event.kind === 'lost');
      expect(events[lost]).toMatchObject({ why: 'gap', instrument: row });
      expect(events.slice(lost + 1).filter((event) => isBook(event) || event.kind === 'lost')).toEqual([]);
      expect(driver.feed.bookOf(row as InstrumentRow)).toBeNull();
      expect(problems).toEqual([]);
    }
  });

  it('says the same with every line heard twice', async () => {
    const lines = await read;
    const once = play(recording, lines);
    const twice = play(
      recording,
      lines.flatMap((line) => [line, line]),
    );
    expect(twice.events).toEqual(once.events);
  });

  it('is scanned whole, and gives what JSON gives', async () => {
    const listening = new Map<string, Listened>();
    const { symbol } = INSTRUMENTS[row];
    listening.set(symbol, { row: row as InstrumentRow, instrument: INSTRUMENTS[row] });
    for (const line of await read) {
      const frame = line.slice(line.indexOf(' ') + 1);
      if (frame.startsWith('{"lastUpdateId"')) continue;
      const scanned = scanFrame(frame, listening, 0 as TimeUs);
      if (JSON.stringify(scanned) !== JSON.stringify(parseFrame(frame, listening, 0 as TimeUs)))
        throw new Error(`scanned as ${JSON.stringify(scanned)}: ${frame}`);
    }
  });
});
