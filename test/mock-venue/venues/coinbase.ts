/**
 * Coinbase Advanced Trade: `level2` and `heartbeats`. Book changes have a time and no number; every message has one that counts
 * the connection, whatever it says.
 */
import { BookWalk, decimalText, isoText, timeUs, type Batch } from '../book-walk.ts';
import { spoiled } from '../faults.ts';
import { newestAt, NO_HTTP, Subscriber } from '../protocol.ts';
import type { Scenario, ScenarioFrame, ScenarioOptions } from '../scenario.ts';
import { ShownBook, type Pair, type Shown } from '../shown-book.ts';

export const COINBASE = { venue: 'coinbase', symbol: 'BTC-USDT', priceScale: 2, sizeScale: 3 } as const;
const HEARTBEAT_MS = 1_000;

interface Said {
  readonly atMs: number;
  readonly id: number;
  readonly shown: Shown;
}

export function generateCoinbase(seed: number, options: ScenarioOptions): Scenario {
  const walk = new BookWalk(seed, { ...options, isContiguous: false });
  const shown = new ShownBook(Infinity);
  const frames: ScenarioFrame[] = [];
  const said: Said[] = [];
  const byTime = new Map<number, number>();
  let beats = 0;
  const told = ({ atMs, last, book }: Batch): void => {
    frames.push({ atMs, stream: 'level2', text: bookText('update', atMs, shown.turn(book)) });
    said.push({ atMs, id: last, shown: shown.now });
    byTime.set(timeUs(atMs), last);
    if (atMs < beats * HEARTBEAT_MS) return;
    beats += 1;
    const beat = { current_time: isoText(timeUs(atMs)), heartbeat_counter: beats };
    frames.push({ atMs, stream: 'heartbeats', text: messageText('heartbeats', atMs, beat) });
  };
  walk.play({ told, startedOver: told });
  return {
    durationMs: options.durationMs,
    frames,
    truth: walk.truth,
    lastId: said.at(-1)!.id,
    depth: null,
    idOf: ({ eventUs }) => byTime.get(eventUs) ?? null,
    quoteOf: null,
    protocol: {
      connect: () =>
        new CoinbaseClient((atMs) => {
          const newest = newestAt(said, atMs);
          return newest === null ? null : bookText('snapshot', newest.atMs, newest.shown);
        }),
      ...NO_HTTP,
      refusal: (text) =>
        text.includes('"subscribe"') ? '{"type":"error","message":"rate limit exceeded"}' : null,
      spoilers: [
        'sequence_num',
        'timestamp',
        'channel',
        'type',
        'product_id',
        'side',
        'price_level',
        'new_quantity',
        'events',
        'updates',
      ].map(spoiled),
    },
  };
}

class CoinbaseClient extends Subscriber {
  readonly #snapshot: (atMs: number) => string | null;
  #number = 0;

  constructor(snapshot: (atMs: number) => string | null) {
    super();
    this.#snapshot = snapshot;
  }

  override received(text: string, atMs: number): readonly string[] {
    const { type, channel } = JSON.parse(text) as { type: string; channel: string };
    const isWanted = type === 'subscribe';
    this.subscribe(channel, isWanted);
    const answer = messageText('subscriptions', atMs, { subscriptions: { [channel]: [COINBASE.symbol] } });
    const snapshot = isWanted && channel === 'level2' ? this.#snapshot(atMs) : null;
    return snapshot === null ? [answer] : [snapshot, answer];
  }

  override dress(text: string): string {
    if (!text.includes('"sequence_num":0')) return text;
    return text.replace('"sequence_num":0', `"sequence_num":${this.#number++}`);
  }
}

function messageText(channel: string, atMs: number, event: object): string {
  const timestamp = isoText(timeUs(atMs));
  return JSON.stringify({ channel, client_id: '', timestamp, sequence_num: 0, events: [event] });
}

function bookText(type: string, atMs: number, { bids, asks }: Shown): string {
  const write = (side: string, levels: readonly Pair[]): object[] =>
    levels.map(([price, size]) => ({
      side,
      event_time: '1970-01-01T00:00:00Z',
      price_level: decimalText(price, COINBASE.priceScale),
      new_quantity: decimalText(size, COINBASE.sizeScale),
    }));
  const updates = [...write('bid', bids), ...write('offer', asks)];
  return messageText('l2_data', atMs, { type, product_id: COINBASE.symbol, updates });
}
