/** Bybit: `orderbook.50`, numbered one by one. When its service starts anew it counts from 1, and says the whole book with it. */
import { BookWalk, decimalText, START_MS, type Batch } from '../book-walk.ts';
import { spoiled } from '../faults.ts';
import { newestAt, NO_HTTP, Subscriber } from '../protocol.ts';
import type { Scenario, ScenarioFrame, ScenarioOptions } from '../scenario.ts';
import { ShownBook, type Pair, type Shown } from '../shown-book.ts';

export const BYBIT = { venue: 'bybit', symbol: 'BTCUSDT', priceScale: 2, sizeScale: 3, depth: 50 } as const;
const TOPIC = `orderbook.${BYBIT.depth}.${BYBIT.symbol}`;
/** Far above what is counted after a restart. */
const FROM = 5_000_000;

interface Said {
  readonly atMs: number;
  readonly u: number;
  readonly shown: Shown;
}

/** It counts anew once: a second time its numbers would name two books. */
export function generateBybit(seed: number, options: ScenarioOptions): Scenario {
  const walk = new BookWalk(seed, {
    ...options,
    resetsAtMs: options.resetsAtMs.slice(0, 1),
    isContiguous: false,
  });
  const shown = new ShownBook(BYBIT.depth);
  const frames: ScenarioFrame[] = [];
  const said: Said[] = [];
  const ids = new Map<number, number>();
  let u = FROM;
  const told = ({ atMs, last, book }: Batch): void => {
    u += 1;
    const changes = shown.turn(book);
    const text = u === 1 ? bookText('snapshot', atMs, u, shown.now) : bookText('delta', atMs, u, changes);
    frames.push({ atMs, stream: TOPIC, text });
    said.push({ atMs, u, shown: shown.now });
    ids.set(u, last);
  };
  walk.play({ told, startedOver: () => void (u = 0) });
  return {
    durationMs: options.durationMs,
    frames,
    truth: walk.truth,
    lastId: ids.get(u)!,
    depth: BYBIT.depth,
    idOf: ({ last }) => ids.get(last) ?? null,
    quoteOf: null,
    protocol: {
      connect: () =>
        new BybitClient((atMs) => {
          const newest = newestAt(said, atMs);
          return newest === null ? null : bookText('snapshot', newest.atMs, newest.u, newest.shown);
        }),
      ...NO_HTTP,
      refusal: (text) =>
        text.includes('"subscribe"')
          ? '{"success":false,"ret_msg":"Too many visits","conn_id":"465772b1","op":"subscribe"}'
          : null,
      spoilers: ['u', 'cts', 'type', 'topic', 's'].map(spoiled),
    },
  };
}

class BybitClient extends Subscriber {
  readonly #snapshot: (atMs: number) => string | null;

  constructor(snapshot: (atMs: number) => string | null) {
    super();
    this.#snapshot = snapshot;
  }

  override received(text: string, atMs: number): readonly string[] {
    const { op, args = [] } = JSON.parse(text) as { op: string; args?: string[] };
    if (op === 'ping') return ['{"success":true,"ret_msg":"pong","conn_id":"465772b1","op":"ping"}'];
    const answers = [`{"success":true,"ret_msg":"","conn_id":"465772b1","op":"${op}"}`];
    for (const topic of args) {
      this.subscribe(topic, op === 'subscribe');
      const snapshot = op === 'subscribe' && topic === TOPIC ? this.#snapshot(atMs) : null;
      if (snapshot !== null) answers.push(snapshot);
    }
    return answers;
  }
}

function bookText(type: string, atMs: number, u: number, { bids, asks }: Shown): string {
  const write = (levels: readonly Pair[]): string[][] =>
    levels.map(([price, size]) => [decimalText(price, BYBIT.priceScale), decimalText(size, BYBIT.sizeScale)]);
  const cts = Math.floor(START_MS + atMs);
  const data = { s: BYBIT.symbol, b: write(bids), a: write(asks), u, seq: 7_961_638_724 };
  return JSON.stringify({ topic: TOPIC, ts: cts + 3, type, data, cts });
}
