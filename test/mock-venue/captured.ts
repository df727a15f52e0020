/**
 * A part of a recorded capture of Binance USD-M as a scenario: the frames are what the venue sent, and the truth is the
 * recording's own snapshot with every recorded update applied. Ids are those at the end of depth messages, the only ones at
 * which a recording knows the book.
 */
import { readLines } from '../../src/io/ingest/lines.ts';
import { newestAt } from './protocol.ts';
import type { Quote, Scenario, ScenarioFrame } from './scenario.ts';
import { TrueBook } from './true-book.ts';
import { binanceProtocol, PRICE_SCALE, quoteBy, SIZE_SCALE, snapshotText } from './venues/binance.ts';

interface Data {
  readonly e?: string;
  readonly E?: number;
  readonly U: number;
  readonly u: number;
  readonly b: string | readonly [string, string][];
  readonly a: string | readonly [string, string][];
  readonly B: string;
  readonly A: string;
}

interface Snapshot {
  readonly lastUpdateId: number;
  readonly bids: readonly [string, string][];
  readonly asks: readonly [string, string][];
}

export interface Captured extends Scenario {
  /** Receive time of its beginning. */
  readonly startUs: number;
}

/** So long from where the snapshot joins. */
export async function readCaptured(path: string, symbol: string, durationMs: number): Promise<Captured> {
  const lines = await linesAround(path, durationMs);
  const truth = new TrueBook();
  const quotes = new Map<number, Quote>();
  const frames: ScenarioFrame[] = [];
  const moments: { readonly atMs: number; readonly id: number; readonly time: number }[] = [];
  const snapshot = JSON.parse(lines.find(isSnapshot)!.text) as Snapshot;
  const { lastUpdateId } = snapshot;
  const add = (id: number, side: 'bids' | 'asks', levels: readonly [string, string][]): void => {
    for (const [price, size] of levels)
      truth.add({ id, side, price: whole(price, PRICE_SCALE), size: whole(size, SIZE_SCALE) });
  };
  let startMs: number | null = null;
  for (const { receivedMs, text } of lines) {
    if (text.startsWith('{"lastUpdateId"')) continue;
    const { stream, data } = JSON.parse(text) as { stream: string; data: Data };
    const isDepth = data.e === 'depthUpdate';
    if (startMs === null) {
      if (!isDepth || data.u < lastUpdateId) continue;
      startMs = receivedMs;
      add(data.u, 'bids', snapshot.bids);
      add(data.u, 'asks', snapshot.asks);
    }
    const atMs = receivedMs - startMs;
    if (isDepth) {
      add(data.u, 'bids', data.b as readonly [string, string][]);
      add(data.u, 'asks', data.a as readonly [string, string][]);
      moments.push({ atMs, id: data.u, time: data.E! });
    }
    if (data.e === 'bookTicker') quotes.set(data.u, quoteOf(data));
    frames.push({ atMs, stream, text });
  }
  const walk = truth.walk();
  return {
    durationMs: frames.at(-1)!.atMs,
    startUs: Math.floor(startMs! * 1_000),
    frames,
    truth,
    lastId: moments.at(-1)!.id,
    depth: null,
    idOf: ({ last }) => last,
    quoteOf: quoteBy(quotes),
    protocol: binanceProtocol('usdm', symbol, (atMs, limit) => {
      const { id, time } = newestAt(moments, atMs) ?? moments[0];
      return snapshotText('usdm', id, time, walk.at(id)!, limit);
    }),
  };
}

interface Line {
  readonly receivedMs: number;
  readonly text: string;
}

const isSnapshot = ({ text }: Line): boolean => text.startsWith('{"lastUpdateId"');

/** From the beginning to `durationMs` after the snapshot. */
async function linesAround(path: string, durationMs: number): Promise<Line[]> {
  const found: Line[] = [];
  let untilMs = Infinity;
  for await (const { lines } of readLines(path))
    for (const line of lines) {
      const receivedMs = Number(line.slice(0, 16)) / 1_000;
      if (receivedMs > untilMs) return found;
      const each = { receivedMs, text: line.slice(20) };
      found.push(each);
      if (isSnapshot(each)) untilMs = receivedMs + durationMs;
    }
  return found;
}

function quoteOf({ b, B, a, A }: Data): Quote {
  return [
    whole(b as string, PRICE_SCALE),
    whole(B, SIZE_SCALE),
    whole(a as string, PRICE_SCALE),
    whole(A, SIZE_SCALE),
  ];
}

/** Exact for the few digits of a recorded number, by its text. */
function whole(text: string, scale: number): number {
  const [units, decimals = ''] = text.split('.');
  return Number(units + decimals.padEnd(scale, '0').slice(0, scale));
}
