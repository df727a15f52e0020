/**
 * Hyperliquid: `l2Book`, the twenty best levels a side, whole in every message, and `bbo`. Both have the time of their block and
 * no number. When its clock is set, it goes on from there.
 */
import { BookWalk, decimalText, START_MS, TICK, type Batch } from '../book-walk.ts';
import { spoiled } from '../faults.ts';
import { Subscriber, type VenueProtocol } from '../protocol.ts';
import type { Quote, Scenario, ScenarioFrame, ScenarioOptions } from '../scenario.ts';
import { ShownBook, type Pair, type Shown } from '../shown-book.ts';

/** Three decimals of size leave three to prices. */
export const HYPERLIQUID = { venue: 'hyperliquid', symbol: 'BTC', priceScale: 3, sizeScale: 3 } as const;
const LEVELS = 20;
const SET_MS = 3_600_000;
const META_WEIGHT = 20;
const CONTEXT_MS = 1_000;

export function generateHyperliquid(seed: number, options: ScenarioOptions): Scenario {
  const walk = new BookWalk(seed, { ...options, isContiguous: false });
  const shown = new ShownBook(LEVELS);
  const frames: ScenarioFrame[] = [];
  const ids = new Map<number, number>();
  const quotes = new Map<number, Quote>();
  let offsetMs = 0;
  let settings = 0;
  let contexts = 0;
  let lastId = 0;
  const told = ({ atMs, last, book }: Batch): void => {
    const time = Math.floor(START_MS + atMs) + offsetMs;
    shown.turn(book);
    ids.set(time, last);
    lastId = last;
    frames.push({ atMs, stream: 'l2Book', text: bookText(time, shown.now) });
    const [bid] = shown.now.bids;
    const [ask] = shown.now.asks;
    quotes.set(time, [bid?.[0] ?? 0, bid?.[1] ?? 0, ask?.[0] ?? 0, ask?.[1] ?? 0]);
    frames.push({ atMs, stream: 'bbo', text: bboText(time, bid, ask) });
    if (atMs < contexts * CONTEXT_MS) return;
    contexts += 1;
    frames.push({ atMs, stream: 'activeAssetCtx', text: contextText(walk.middle()) });
  };
  walk.play({
    told,
    startedOver: () => {
      settings += 1;
      offsetMs += (settings % 2 === 0 ? 1 : -1) * settings * SET_MS;
    },
  });
  return {
    durationMs: options.durationMs,
    frames,
    truth: walk.truth,
    lastId,
    // Behind them lies what it does not show, which is as it should be.
    depth: null,
    idOf: ({ last }) => ids.get(last) ?? null,
    quoteOf: ({ eventUs }) => quotes.get(eventUs / 1000) ?? null,
    protocol: PROTOCOL,
  };
}

const PROTOCOL: VenueProtocol = {
  connect: () => new HyperliquidClient(),
  answer: ({ method, url, body }) => {
    if (method !== 'POST' || new URL(url).pathname !== '/info') return null;
    return body === '{"type":"metaAndAssetCtxs"}' ? META : null;
  },
  weightOf: () => META_WEIGHT,
  // Subscribed to once a connection, far below its limits.
  refusal: () => null,
  spoilers: ['time', 'coin', 'px', 'sz', 'channel', 'levels', 'szDecimals', 'marginTableId'].map(spoiled),
};

class HyperliquidClient extends Subscriber {
  override received(text: string): readonly string[] {
    const { method, subscription } = JSON.parse(text) as { method: string; subscription?: { type: string } };
    if (subscription === undefined) return ['{"channel":"pong"}'];
    this.subscribe(subscription.type, method === 'subscribe');
    return [JSON.stringify({ channel: 'subscriptionResponse', data: { method, subscription } })];
  }
}

const levelOf = ([price, size]: Pair): object => ({
  px: decimalText(price, HYPERLIQUID.priceScale),
  sz: decimalText(size, HYPERLIQUID.sizeScale),
  n: 1,
});

function bookText(time: number, { bids, asks }: Shown): string {
  const levels = [bids.map(levelOf), asks.map(levelOf)];
  return JSON.stringify({ channel: 'l2Book', data: { coin: HYPERLIQUID.symbol, time, levels } });
}

function bboText(time: number, bid: Pair | undefined, ask: Pair | undefined): string {
  const bbo = [bid, ask].map((level) => (level === undefined ? null : levelOf(level)));
  return JSON.stringify({ channel: 'bbo', data: { coin: HYPERLIQUID.symbol, time, bbo } });
}

const contextOf = (middle: number): object => {
  const price = decimalText(middle, HYPERLIQUID.priceScale);
  return { funding: '0.0000125', openInterest: '688.11', oraclePx: price, markPx: price, midPx: price };
};

function contextText(middle: number): string {
  const data = { coin: HYPERLIQUID.symbol, ctx: contextOf(middle) };
  return JSON.stringify({ channel: 'activeAssetCtx', data });
}

const META = JSON.stringify([
  {
    universe: [{ name: HYPERLIQUID.symbol, szDecimals: 3, maxLeverage: 50, marginTableId: 50 }],
    marginTables: [[50, { description: '', marginTiers: [{ lowerBound: '0.0', maxLeverage: 50 }] }]],
  },
  [contextOf(1_000 * TICK)],
]);
