/**
 * A venue that plays a scenario to whoever connects, with faults by seed. It knows neither sockets nor clocks: `server.ts` puts
 * it on real ones, `VirtualWorld` in virtual time.
 * What it speaks is the scenario's protocol.
 */
import type { Network, NetworkSession } from '../../src/io/ingest/venues/live/testing/virtual-world.ts';
import type { HttpAnswer, HttpRequest, SocketListener } from '../../src/io/ingest/venues/live/world.ts';
import { Random } from '../fuzz/random.ts';
import { FaultyLink, type LinkClient, type Timers } from './faulty-link.ts';
import { ANSWER_FAULTS, garbage, type AnswerFault, type Faults, type FrameFault } from './faults.ts';
import type { ClientProtocol } from './protocol.ts';
import type { VenueScript } from './scenario.ts';

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
  readonly protocol: ClientProtocol;
}

export class MockVenue implements Network {
  /** How often each fault happened. */
  readonly counts = new Map<FrameFault | AnswerFault | 'refused', number>();
  /** When requests came, since the beginning, what they cost, and whether they came while told to wait. */
  readonly asked: { readonly atMs: number; readonly weight: number; readonly isTooSoon: boolean }[] = [];
  readonly #scenario: VenueScript;
  readonly #faults: Faults;
  readonly #random: Random;
  readonly #timers: Timers;
  readonly #startMs: number;
  readonly #clients = new Set<Client>();
  /** When it last told someone to wait, and until when. */
  #toldMs = 0;
  #restUntilMs = 0;
  #next = 0;
  /** Up to when everything has been said. */
  #saidMs = 0;
  #isStopped = false;

  constructor(scenario: VenueScript, faults: Faults, seed: number, timers: Timers) {
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
    const { protocol } = this.#scenario;
    const link = new FaultyLink(
      {
        frame: (text) => client.frame(text),
        closed: (why, isCut) => {
          this.#clients.delete(member);
          client.closed(why, isCut);
        },
      },
      this.#faults,
      protocol.spoilers,
      this.#random,
      this.#timers,
      (fault) => this.#count(fault),
    );
    const member = { link, protocol: protocol.connect(url) };
    this.#clients.add(member);
    return {
      received: (text) => this.#take(member, text),
      left: () => {
        link.left();
        this.#clients.delete(member);
      },
    };
  }

  request(request: HttpRequest, done: (answer: HttpAnswer) => void): void {
    const isTooSoon = this.nowMs > this.#toldMs + ON_ITS_WAY_MS && this.nowMs < this.#restUntilMs;
    const { protocol } = this.#scenario;
    this.asked.push({ atMs: this.nowMs, weight: protocol.weightOf(request), isTooSoon });
    const fault = this.#isFaulty
      ? (ANSWER_FAULTS.find((kind) => this.#random.chance(this.#faults.answer[kind])) ?? null)
      : null;
    if (fault !== null) this.#count(fault);
    this.#answer(fault, request, done);
  }

  #answer(fault: AnswerFault | null, request: HttpRequest, done: (answer: HttpAnswer) => void): void {
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
    const { protocol } = this.#scenario;
    const oldMs = fault === 'old' ? random.log(50, 20_000) : 0;
    const whole = protocol.answer(request, Math.max(0, this.nowMs - oldMs));
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
        later(ANSWER_MS, () => answerOf(200, garbage(random, whole, protocol.spoilers)));
        return;
      case 'answerEmpty':
        later(ANSWER_MS, () => answerOf(200, ''));
        return;
      case 'reset':
        later(ANSWER_MS, () => answerOf(0, 'connection reset'));
        return;
    }
  }

  #take({ link, protocol }: Client, text: string): void {
    const refusal = this.#isFaulty ? this.#scenario.protocol.refusal(text) : null;
    const isRefused = refusal !== null && this.#random.chance(this.#faults.answer.tooMany);
    if (isRefused) this.#count('tooMany');
    for (const answer of isRefused ? [refusal] : protocol.received(text, this.#saidMs))
      link.send(protocol.dress(answer), this.#isFaulty);
  }

  /** One timer at a time, for the next frame. */
  #play(): void {
    const { frames } = this.#scenario;
    for (; this.#next < frames.length && frames[this.#next].atMs <= this.nowMs; this.#next++) {
      const { atMs, stream, text } = frames[this.#next];
      this.#saidMs = atMs;
      for (const { link, protocol } of this.#clients)
        if (protocol.hears(stream)) link.send(protocol.dress(text), this.#isFaulty);
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
