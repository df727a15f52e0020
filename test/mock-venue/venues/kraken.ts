/**
 * Kraken: `book` at depth 10, whose messages have no number but the checksum of the ten best levels of either side, and a
 * heartbeat. Snapshots have a time with some seeds and none with others, as the venue has had it both ways.
 */
import { crc32 } from 'node:zlib';
import type { DepthBook } from '../../../src/core/price/depth-book.ts';
import { BookWalk, decimalText, isoText, timeUs, type Batch } from '../book-walk.ts';
import { spoiled } from '../faults.ts';
import { newestAt, NO_HTTP, Subscriber } from '../protocol.ts';
import type { Scenario, ScenarioFrame, ScenarioOptions } from '../scenario.ts';
import { ShownBook, type Pair, type Shown } from '../shown-book.ts';

export const KRAKEN = {
  venue: 'kraken',
  symbol: 'BTC/USDT',
  priceScale: 2,
  sizeScale: 3,
  depth: 10,
} as const;
const HEARTBEAT = '{"channel":"heartbeat"}';
const HEARTBEAT_MS = 1_000;

interface Said {
  readonly atMs: number;
  readonly id: number;
  readonly shown: Shown;
}

export function generateKraken(seed: number, options: ScenarioOptions): Scenario {
  const isTimed = seed % 2 === 0;
  const walk = new BookWalk(seed, { ...options, isContiguous: false });
  const shown = new ShownBook(KRAKEN.depth);
  const frames: ScenarioFrame[] = [];
  const said: Said[] = [];
  const byTime = new Map<number, number>();
  const byContent = new Map<string, number>();
  const told = ({ atMs, last, book }: Batch): void => {
    frames.push({ atMs, stream: 'book', text: bookText('update', atMs, shown.turn(book), shown.now) });
    said.push({ atMs, id: last, shown: shown.now });
    byTime.set(timeUs(atMs), last);
    const content = contentOf(shown.now);
    if (!byContent.has(content)) byContent.set(content, last);
    const beat = Math.floor(atMs / HEARTBEAT_MS) * HEARTBEAT_MS;
    if (beat > (said.at(-2)?.atMs ?? 0)) frames.push({ atMs, stream: 'heartbeat', text: HEARTBEAT });
  };
  walk.play({ told, startedOver: told });
  return {
    durationMs: options.durationMs,
    frames,
    truth: walk.truth,
    lastId: said.at(-1)!.id,
    depth: KRAKEN.depth,
    idOf: ({ kind, eventUs }, book) =>
      kind === 'snapshot' && !isTimed
        ? (byContent.get(contentOf(shownOf(book))) ?? null)
        : (byTime.get(eventUs) ?? null),
    quoteOf: null,
    protocol: {
      connect: () =>
        new KrakenClient((atMs) => {
          const newest = newestAt(said, atMs);
          if (newest === null) return null;
          return bookText('snapshot', isTimed ? newest.atMs : null, newest.shown, newest.shown);
        }),
      ...NO_HTTP,
      refusal: (text) =>
        text.includes('"subscribe"')
          ? '{"error":"Exceeded msg rate","method":"subscribe","success":false}'
          : null,
      spoilers: ['checksum', 'timestamp', 'price', 'qty', 'symbol', 'channel', 'type'].map(spoiled),
    },
  };
}

class KrakenClient extends Subscriber {
  readonly #snapshot: (atMs: number) => string | null;

  constructor(snapshot: (atMs: number) => string | null) {
    super();
    this.#snapshot = snapshot;
    this.subscribe('heartbeat', true);
  }

  override received(text: string, atMs: number): readonly string[] {
    const { method, params } = JSON.parse(text) as { method: string; params?: { channel: string } };
    if (params === undefined) return ['{"method":"pong"}'];
    const isWanted = method === 'subscribe';
    this.subscribe(params.channel, isWanted);
    const answer = JSON.stringify({ method, success: true, result: params });
    const snapshot = isWanted && params.channel === 'book' ? this.#snapshot(atMs) : null;
    return snapshot === null ? [answer] : [answer, snapshot];
  }
}

const contentOf = ({ bids, asks }: Shown): string => `${bids.join()} ${asks.join()}`;

function shownOf(book: DepthBook): Shown {
  const pairs = (side: DepthBook['bids']): Pair[] =>
    Array.from({ length: side.count }, (_, rank) => [side.priceAt(rank), side.sizeAt(rank)]);
  return { bids: pairs(book.bids), asks: pairs(book.asks) };
}

/** `atMs` is null for a message without a time. `after` is the book with it. */
function bookText(type: string, atMs: number | null, said: Shown, after: Shown): string {
  const price = (units: number): string => decimalText(units, KRAKEN.priceScale);
  const qty = (units: number): string => decimalText(units, KRAKEN.sizeScale);
  const write = (levels: readonly Pair[]): string =>
    levels.map((level) => `{"price":${price(level[0])},"qty":${qty(level[1])}}`).join(',');
  const digits = (levels: readonly Pair[]): string =>
    levels
      .flatMap((level) => [price(level[0]), qty(level[1])])
      .map((text) => text.replace('.', '').replace(/^0+/, ''))
      .join('');
  const checksum = crc32(digits(after.asks) + digits(after.bids));
  const time = atMs === null ? '' : `,"timestamp":"${isoText(timeUs(atMs))}"`;
  return `{"channel":"book","type":"${type}","data":[{"symbol":"${KRAKEN.symbol}","bids":[${write(said.bids)}],"asks":[${write(said.asks)}],"checksum":${checksum}${time}}]}`;
}
