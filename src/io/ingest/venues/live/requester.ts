/**
 * Asks a venue over HTTP, in order and within its allowance. What it refuses for having asked too much is asked again
 * when it said, and nothing is asked until then. What failed is reported as unanswered, and the next request waits a while.
 */
import type { FeedLimits, FeedRequest } from '../feed.ts';
import { Allowance } from './allowance.ts';
import { BackOff, type BackOffLimits } from './back-off.ts';
import type { Cancel, HttpAnswer, World } from './world.ts';

export interface RequestTiming extends BackOffLimits {
  /** No answer after this long: given up. */
  readonly answerMs: number;
}

export interface RequestStatistics {
  readonly waiting: number;
  readonly sent: number;
  readonly answered: number;
  /** Told to ask less (429, 418). */
  readonly refused: number;
  /** No answer, or none that could be used. */
  readonly failed: number;
  /** Of the window that ends now. */
  readonly weightUsed: number;
  readonly weight: number;
  /** Until it may ask again, where it was told to wait or waits after a failure; else 0. */
  readonly restMs: number;
  readonly trouble: string | null;
}

/** More than this many waiting: the feed is not asked for more until there are fewer. */
const WAITING_MAX = 1_000;
/** While all is well; after a failure one goes ahead to see. */
const AT_ONCE_MAX = 4;
/** The longest that timers can wait: 24.8 days. Bans are shorter. */
const REST_MAX_MS = 2 ** 31 - 1;

export class Requester {
  readonly #world: World;
  readonly #limits: FeedLimits;
  readonly #timing: RequestTiming;
  readonly #addressOf: (url: string) => string;
  /** `body` is null where there is none. */
  readonly #answered: (request: FeedRequest, body: string | null) => void;
  readonly #allowance: Allowance;
  readonly #backOff: BackOff;
  #waiting: FeedRequest[] = [];
  readonly #inFlight = new Set<Cancel>();
  #timer: Cancel = () => {};
  #isStopped = false;
  #restUntilMs = 0;
  #sent = 0;
  #answers = 0;
  #refused = 0;
  #failed = 0;
  #trouble: string | null = null;

  constructor(
    world: World,
    limits: FeedLimits,
    timing: RequestTiming,
    addressOf: (url: string) => string,
    answered: (request: FeedRequest, body: string | null) => void,
  ) {
    this.#world = world;
    this.#limits = limits;
    this.#timing = timing;
    this.#addressOf = addressOf;
    this.#answered = answered;
    this.#allowance = new Allowance(limits);
    this.#backOff = new BackOff(timing, () => world.random());
  }

  get isFull(): boolean {
    return this.#waiting.length >= WAITING_MAX;
  }

  ask(requests: readonly FeedRequest[]): void {
    this.#waiting.push(...requests);
    this.#pump();
  }

  /** For good: what is in flight is aborted, what waits is forgotten. */
  stop(): void {
    this.#isStopped = true;
    this.#timer();
    this.#waiting = [];
    for (const cancel of this.#inFlight) cancel();
    this.#inFlight.clear();
  }

  statistics(): RequestStatistics {
    const nowMs = this.#world.elapsedMs();
    return {
      waiting: this.#waiting.length,
      sent: this.#sent,
      answered: this.#answers,
      refused: this.#refused,
      failed: this.#failed,
      weightUsed: this.#allowance.used(nowMs),
      weight: this.#limits.weight,
      restMs: Math.max(0, this.#restUntilMs - nowMs),
      trouble: this.#trouble,
    };
  }

  #pump(): void {
    this.#timer();
    const atOnce = this.#backOff.failures === 0 ? AT_ONCE_MAX : 1;
    while (!this.#isStopped && this.#waiting.length > 0 && this.#inFlight.size < atOnce) {
      const nowMs = this.#world.elapsedMs();
      const [request] = this.#waiting;
      const waitMs = Math.max(this.#restUntilMs - nowMs, this.#allowance.wait(request.weight, nowMs));
      if (waitMs > 0) {
        this.#timer = this.#world.after(Math.ceil(waitMs), () => this.#pump());
        return;
      }
      this.#waiting.shift();
      this.#send(request, nowMs);
    }
  }

  #send(request: FeedRequest, nowMs: number): void {
    this.#allowance.spend(request.weight, nowMs);
    this.#sent += 1;
    const finish = (answer: HttpAnswer): void => {
      giveUp();
      this.#inFlight.delete(abort);
      this.#take(request, answer);
      this.#pump();
    };
    const { method, url, body } = request;
    const cancel = this.#world.request({ method, url: this.#addressOf(url), body }, finish);
    const giveUp = this.#world.after(this.#timing.answerMs, () => {
      cancel();
      finish({ status: 0, body: `no answer after ${this.#timing.answerMs} ms`, retryAfter: null });
    });
    const abort = (): void => {
      cancel();
      giveUp();
    };
    this.#inFlight.add(abort);
  }

  #take(request: FeedRequest, { status, body, retryAfter }: HttpAnswer): void {
    if (status >= 200 && status < 300) {
      this.#answers += 1;
      this.#backOff.succeed();
      this.#answered(request, body);
      return;
    }
    const backOffMs = this.#backOff.fail();
    if (status === 429 || status === 418) {
      this.#refused += 1;
      this.#trouble = `${request.id}: told to ask less (${status}, retry after ${retryAfter ?? 'no time said'})`;
      this.#rest(Math.max(backOffMs, this.#restFor(retryAfter)));
      this.#waiting.unshift(request);
      return;
    }
    this.#failed += 1;
    this.#trouble = `${request.id}: ${status === 0 ? body : `status ${status}`}`;
    this.#rest(backOffMs);
    this.#answered(request, null);
  }

  /** Never cuts short a longer rest: answers to requests in flight may come in any order. */
  #rest(ms: number): void {
    this.#restUntilMs = Math.max(this.#restUntilMs, this.#world.elapsedMs() + Math.min(ms, REST_MAX_MS));
  }

  /** Seconds, or a date; a whole window where the venue says neither. */
  #restFor(retryAfter: string | null): number {
    const text = (retryAfter ?? '').trim();
    if (/^\d+$/.test(text)) return Number(text) * 1_000;
    const dateMs = Date.parse(text);
    return Number.isNaN(dateMs) ? this.#limits.windowMs : dateMs - this.#world.nowUs() / 1_000;
  }
}
