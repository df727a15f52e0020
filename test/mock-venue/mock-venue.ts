/**
 * A venue that plays a scenario to whoever connects, with faults by seed. It knows neither sockets nor clocks: `server.ts` puts
 * it on real ones, `VirtualWorld` in virtual time.
 *
 * It speaks what Binance USD-M documents: combined streams named in the address or subscribed to, `/fapi/v1/depth`,
 * `/fapi/v1/exchangeInfo`, `/fapi/v1/fundingInfo`.
 */
import type { Network, NetworkSession } from '../../src/io/ingest/venues/live/testing/virtual-world.ts';
import type { HttpAnswer, HttpRequest, SocketListener } from '../../src/io/ingest/venues/live/world.ts';
import { Random } from '../fuzz/random.ts';
import { FaultyLink, type LinkClient, type Timers } from './faulty-link.ts';
import { ANSWER_FAULTS, garbage, type AnswerFault, type Faults, type FrameFault } from './faults.ts';
import type { Scenario } from './scenario.ts';

const OPEN_MS = 2;
const ANSWER_MS = 3;
/** A request that was sent before its sender was told to wait is not too soon. */
const ON_ITS_WAY_MS = 50;
const answerOf = (status: number, body: string, retryAfter: string | null = null): HttpAnswer => ({
  status,
  body,
  retryAfter,
});

interface Client {
  readonly link: FaultyLink;
  readonly streams: Set<string>;
}

export class MockVenue implements Network {
  /** How often each fault happened. */
  readonly counts = new Map<FrameFault | AnswerFault | 'refused', number>();
  /** When requests came, since the beginning, what they cost, and whether they came while told to wait. */
  readonly asked: { readonly atMs: number; readonly weight: number; readonly isTooSoon: boolean }[] = [];
  readonly #scenario: Scenario;
  readonly #faults: Faults;
  readonly #random: Random;
  readonly #timers: Timers;
  readonly #startMs: number;
  readonly #clients = new Set<Client>();
  /** When it last told someone to wait, and until when. */
  #toldMs = 0;
  #restUntilMs = 0;
  #next = 0;
  #isStopped = false;

  constructor(scenario: Scenario, faults: Faults, seed: number, timers: Timers) {
    this.#scenario = scenario;
    this.#faults = faults;
    this.#random = new Random(seed);
    this.#timers = timers;
    this.#startMs = timers.elapsedMs();
    this.#play();
  }

  get nowMs(): number {
    return this.#timers.elapsedMs() - this.#startMs;
  }

  /** How many clients are connected. */
  get connected(): number {
    return this.#clients.size;
  }

  stop(): void {
    this.#isStopped = true;
    for (const { link } of this.#clients) link.close('the venue stops', true);
    this.#clients.clear();
  }

  /** Whether it takes in who is at the door. */
  admits(): boolean {
    const isRefused = this.#isFaulty && this.#random.chance(this.#faults.refused);
    if (isRefused) this.#count('refused');
    return !isRefused && !this.#isStopped;
  }

  connect(url: string, listener: SocketListener): NetworkSession {
    if (!this.admits()) {
      this.#timers.after(OPEN_MS, () => listener.closed('refused'));
      return { received: () => {}, left: () => {} };
    }
    let session: NetworkSession | null = null;
    let hasLeft = false;
    this.#timers.after(OPEN_MS, () => {
      if (hasLeft) return;
      // Those who were just let in hear nothing before they know it.
      listener.opened();
      session = this.admit(url, listener);
    });
    return {
      received: (text) => this.#timers.after(0, () => session?.received(text)),
      left: () => {
        hasLeft = true;
        session?.left();
      },
    };
  }

  /** For one whose connection is open already. */
  admit(url: string, client: LinkClient | SocketListener): NetworkSession {
    const streams = new URL(url).searchParams.get('streams')?.split('/') ?? [];
    const link = new FaultyLink(
      {
        frame: (text) => client.frame(text),
        closed: (why, isCut) => {
          this.#clients.delete(member);
          client.closed(why, isCut);
        },
      },
      this.#faults,
      this.#random,
      this.#timers,
      (fault) => this.#count(fault),
    );
    const member = { link, streams: new Set(streams.map(withoutPace)) };
    this.#clients.add(member);
    return {
      received: (text) => this.#take(member, text),
      left: () => {
        link.left();
        this.#clients.delete(member);
      },
    };
  }

  request({ url }: HttpRequest, done: (answer: HttpAnswer) => void): void {
    const { pathname, searchParams } = new URL(url);
    const isTooSoon = this.nowMs > this.#toldMs + ON_ITS_WAY_MS && this.nowMs < this.#restUntilMs;
    this.asked.push({ atMs: this.nowMs, weight: weightOf(pathname, searchParams), isTooSoon });
    const fault = this.#isFaulty
      ? (ANSWER_FAULTS.find((kind) => this.#random.chance(this.#faults.answer[kind])) ?? null)
      : null;
    if (fault !== null) this.#count(fault);
    this.#answer(fault, pathname, searchParams, done);
  }

  #answer(
    fault: AnswerFault | null,
    pathname: string,
    query: URLSearchParams,
    done: (answer: HttpAnswer) => void,
  ): void {
    const random = this.#random;
    const later = (ms: number, answer: () => HttpAnswer): void => {
      this.#timers.after(ms, () => done(answer()));
    };
    const refuse = (status: number, seconds: string): void => {
      later(ANSWER_MS, () => {
        this.#toldMs = this.nowMs;
        this.#restUntilMs = this.nowMs + Number(seconds) * 1_000;
        return answerOf(status, '{"code":-1003,"msg":"Too many requests"}', seconds);
      });
    };
    const whole = this.#body(pathname, query, fault === 'old' ? random.log(50, 20_000) : 0);
    if (whole === null) {
      later(ANSWER_MS, () => answerOf(404, '{"code":-5000,"msg":"Path not found"}'));
      return;
    }
    switch (fault) {
      case null:
      case 'old':
        later(ANSWER_MS, () => answerOf(200, whole));
        return;
      case 'slow':
        later(random.log(50, 8_000), () => answerOf(200, whole));
        return;
      case 'tooMany':
        refuse(429, random.pick(['0', '1', '3']));
        return;
      case 'banned':
        refuse(418, random.pick(['2', '5']));
        return;
      case 'serverError':
        later(ANSWER_MS, () => answerOf(random.pick([500, 502, 503]), '<html>Bad gateway</html>'));
        return;
      case 'never':
        return;
      case 'answerCut':
        later(ANSWER_MS, () => answerOf(200, whole.slice(0, random.whole(0, whole.length - 1))));
        return;
      case 'answerGarbage':
        later(ANSWER_MS, () => answerOf(200, garbage(random, whole)));
        return;
      case 'answerEmpty':
        later(ANSWER_MS, () => answerOf(200, ''));
        return;
      case 'reset':
        later(ANSWER_MS, () => answerOf(0, 'connection reset'));
        return;
    }
  }

  /** Null: there is nothing at that path. */
  #body(pathname: string, query: URLSearchParams, oldMs: number): string | null {
    const { symbol } = this.#scenario;
    switch (pathname) {
      case '/fapi/v1/depth':
        if (query.get('symbol') !== symbol) return null;
        return this.#scenario.snapshot(Math.max(0, this.nowMs - oldMs), Number(query.get('limit') ?? 500));
      case '/fapi/v1/exchangeInfo':
        return JSON.stringify({
          symbols: [
            {
              symbol,
              pair: symbol,
              contractType: 'PERPETUAL',
              status: 'TRADING',
              baseAsset: symbol.slice(0, -4),
              quoteAsset: 'USDT',
              marginAsset: 'USDT',
              filters: [
                { filterType: 'PRICE_FILTER', minPrice: '0.10', maxPrice: '100000000', tickSize: '0.10' },
                { filterType: 'LOT_SIZE', minQty: '0.001', maxQty: '1000', stepSize: '0.001' },
              ],
            },
          ],
        });
      case '/fapi/v1/fundingInfo':
        return JSON.stringify([{ symbol, fundingIntervalHours: 8 }]);
      default:
        return null;
    }
  }

  #take({ link, streams }: Client, text: string): void {
    let message: { method?: unknown; params?: unknown; id?: unknown };
    try {
      message = JSON.parse(text) as typeof message;
    } catch {
      return;
    }
    const { method, params, id } = message;
    if (!Array.isArray(params)) return;
    for (const stream of params as string[]) {
      if (method === 'SUBSCRIBE') streams.add(withoutPace(stream));
      if (method === 'UNSUBSCRIBE') streams.delete(withoutPace(stream));
    }
    link.send(JSON.stringify({ result: null, id }), false);
  }

  /** One timer at a time, for the next frame. */
  #play(): void {
    const { frames } = this.#scenario;
    for (; this.#next < frames.length && frames[this.#next].atMs <= this.nowMs; this.#next++) {
      const { stream, text } = frames[this.#next];
      for (const client of this.#clients)
        if (client.streams.has(withoutPace(stream))) client.link.send(text, this.#isFaulty);
    }
    if (this.#next < frames.length && !this.#isStopped)
      this.#timers.after(frames[this.#next].atMs - this.nowMs, () => this.#play());
  }

  get #isFaulty(): boolean {
    return this.nowMs < this.#faults.untilMs;
  }

  #count(fault: FrameFault | AnswerFault | 'refused'): void {
    this.counts.set(fault, (this.counts.get(fault) ?? 0) + 1);
  }
}

/** At whatever pace it was subscribed to, it comes at the scenario's. */
const withoutPace = (stream: string): string => stream.replace(/@\d+m?s$/, '');

/** As documented: a depth snapshot costs by its levels, the rest 1. */
function weightOf(pathname: string, query: URLSearchParams): number {
  if (pathname !== '/fapi/v1/depth') return 1;
  const limit = Number(query.get('limit') ?? 500);
  if (limit <= 50) return 2;
  if (limit <= 100) return 5;
  return limit <= 500 ? 10 : 20;
}
