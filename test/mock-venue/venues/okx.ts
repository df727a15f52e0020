/** OKX: `books`, whose messages each name the one before; a snapshot for whoever subscribes. After a reset the chain holds. */
import { BookWalk, decimalText, START_MS, type Batch } from '../book-walk.ts';
import { spoiled } from '../faults.ts';
import { newestAt, NO_HTTP, Subscriber } from '../protocol.ts';
import type { Scenario, ScenarioFrame, ScenarioOptions } from '../scenario.ts';
import { ShownBook, type Pair, type Shown } from '../shown-book.ts';

export const OKX = { venue: 'okx', symbol: 'BTC-USDT', priceScale: 2, sizeScale: 3, depth: 400 } as const;

interface Said {
  readonly atMs: number;
  readonly id: number;
  readonly shown: Shown;
}

export function generateOkx(seed: number, options: ScenarioOptions): Scenario {
  const walk = new BookWalk(seed, { ...options, isContiguous: false });
  const shown = new ShownBook(OKX.depth);
  const frames: ScenarioFrame[] = [];
  const said: Said[] = [];
  const told = ({ atMs, last, previous, book }: Batch): void => {
    const text = bookText('update', atMs, last, previous, shown.turn(book));
    frames.push({ atMs, stream: 'books', text });
    said.push({ atMs, id: last, shown: shown.now });
  };
  walk.play({ told, startedOver: told });
  return {
    durationMs: options.durationMs,
    frames,
    truth: walk.truth,
    lastId: said.at(-1)!.id,
    depth: OKX.depth,
    idOf: ({ last }) => last,
    quoteOf: null,
    protocol: {
      connect: () =>
        new OkxClient((atMs) => {
          const newest = newestAt(said, atMs);
          return newest === null ? null : bookText('snapshot', newest.atMs, newest.id, -1, newest.shown);
        }),
      ...NO_HTTP,
      refusal: (text) =>
        text.includes('"subscribe"')
          ? '{"event":"error","code":"60014","msg":"Requests too frequent","connId":"a4d3ae55"}'
          : null,
      spoilers: ['seqId', 'prevSeqId', 'ts', 'action', 'instId', 'channel'].map(spoiled),
    },
  };
}

class OkxClient extends Subscriber {
  readonly #snapshot: (atMs: number) => string | null;

  constructor(snapshot: (atMs: number) => string | null) {
    super();
    this.#snapshot = snapshot;
  }

  override received(text: string, atMs: number): readonly string[] {
    if (text === 'ping') return ['pong'];
    const { op, args } = JSON.parse(text) as { op: string; args: { channel: string }[] };
    return args.flatMap((arg) => {
      const isWanted = op === 'subscribe';
      this.subscribe(arg.channel, isWanted);
      const answer = JSON.stringify({ event: op, arg, connId: 'a4d3ae55' });
      const snapshot = isWanted && arg.channel === 'books' ? this.#snapshot(atMs) : null;
      return snapshot === null ? [answer] : [answer, snapshot];
    });
  }
}

function bookText(action: string, atMs: number, id: number, previous: number, { bids, asks }: Shown): string {
  const write = (levels: readonly Pair[]): string[][] =>
    levels.map(([price, size]) => [
      decimalText(price, OKX.priceScale),
      decimalText(size, OKX.sizeScale),
      '0',
      '1',
    ]);
  const ts = String(Math.floor(START_MS + atMs));
  const data = [{ asks: write(asks), bids: write(bids), ts, checksum: 0, seqId: id, prevSeqId: previous }];
  return JSON.stringify({ arg: { channel: 'books', instId: OKX.symbol }, action, data });
}
