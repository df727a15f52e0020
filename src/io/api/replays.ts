/**
 * Answers to acting calls that came with an `Idempotency-Key`, so that the same call sent again gets the same answer and nothing is done twice.
 * Kept is what became of a command: that it was taken, or refused by exchange or gate. A call that never came to the engine is forgotten, and may be
 * sent again by the same key.
 *
 * Memory: an answer is kept for `WINDOW_MS`, never for less; past a caller's share of bytes, or all of them, calls with a key are refused until
 * the oldest answers are past their time. Nothing of it is on disk: after a restart no key is known.
 */
import { createHash } from 'node:crypto';
import { ApiProblem } from './problem.ts';

export const WINDOW_MS = 300_000;
const CALLER_BYTES = 16 * 2 ** 20;
const ALL_BYTES = 4 * CALLER_BYTES;
/** Of an entry beside its answer, about. */
const ENTRY_BYTES = 512;
const KEY = /^[\x21-\x7e]{1,128}$/;

interface Entry {
  readonly caller: string;
  readonly fingerprint: string;
  /** Null while the first is under way. */
  ending: Ending | null;
  bytes: number;
  endedMs: number;
}

export type Ending = { readonly told: object } | { readonly error: unknown };

export interface Outcome {
  readonly ending: Ending;
  /** It was answered before, and nothing was done now. */
  readonly isReplay: boolean;
}

export interface ReplayLimits {
  readonly callerBytes: number;
  readonly allBytes: number;
}

export class Replays {
  readonly #limits: ReplayLimits;
  readonly #nowMs: () => number;
  readonly #entries = new Map<string, Entry>();
  /** By when they ended: the first is the first to go. */
  readonly #ended = new Map<string, Entry>();
  readonly #bytes = new Map<string, number>();
  #allBytes = 0;

  constructor(
    nowMs: () => number = () => performance.now(),
    limits: ReplayLimits = { callerBytes: CALLER_BYTES, allBytes: ALL_BYTES },
  ) {
    this.#nowMs = nowMs;
    this.#limits = limits;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** `call` is all that makes a call what it is. `act` is done by the first of a key alone, and what it throws is thrown. */
  async once(
    caller: string,
    header: string,
    call: unknown,
    act: () => object | Promise<object>,
  ): Promise<Outcome> {
    const key = `${caller} ${keyOf(header)}`;
    this.#forget();
    const fingerprint = createHash('sha256').update(JSON.stringify(call)).digest('base64');
    const known = this.#entries.get(key);
    if (known !== undefined) return replayOf(known, fingerprint);
    this.#assertRoom(caller);
    const entry: Entry = { caller, fingerprint, ending: null, bytes: 0, endedMs: 0 };
    this.#entries.set(key, entry);
    this.#count(entry, ENTRY_BYTES);
    try {
      const told = await act();
      const ending = { told };
      this.#end(key, entry, ending, JSON.stringify(told).length);
      return { ending, isReplay: false };
    } catch (error) {
      // Of anything but these it cannot be said that nothing was done: whoever asks again is told the same.
      if (error instanceof ApiProblem && error.code !== 'API_REFUSED') {
        this.#entries.delete(key);
        this.#count(entry, -entry.bytes);
      } else this.#end(key, entry, { error }, 0);
      throw error;
    }
  }

  #end(key: string, entry: Entry, ending: Ending, bytes: number): void {
    entry.ending = ending;
    entry.endedMs = this.#nowMs();
    this.#count(entry, bytes);
    this.#ended.set(key, entry);
  }

  #count(entry: Entry, bytes: number): void {
    const { caller } = entry;
    entry.bytes += bytes;
    this.#allBytes += bytes;
    const left = (this.#bytes.get(caller) ?? 0) + bytes;
    if (left === 0) this.#bytes.delete(caller);
    else this.#bytes.set(caller, left);
  }

  #forget(): void {
    const before = this.#nowMs() - WINDOW_MS;
    for (const [key, entry] of this.#ended) {
      if (entry.endedMs > before) return;
      this.#ended.delete(key);
      this.#entries.delete(key);
      this.#count(entry, -entry.bytes);
    }
  }

  #assertRoom(caller: string): void {
    const { callerBytes, allBytes } = this.#limits;
    if ((this.#bytes.get(caller) ?? 0) < callerBytes && this.#allBytes < allBytes) return;
    throw new ApiProblem(
      'API_BUSY',
      `too many answers are kept to be given again: send it later, or without Idempotency-Key. Each is kept for ${WINDOW_MS / 60_000} minutes`,
      { field: 'Idempotency-Key' },
    );
  }
}

/** The draft has the key in quotes; without them it is the same key. */
function keyOf(header: string): string {
  const key = /^"(.*)"$/.exec(header)?.[1] ?? header;
  if (KEY.test(key)) return key;
  throw new ApiProblem(
    'API_FIELD_INVALID',
    'Idempotency-Key must be 1 to 128 printable characters without spaces, a UUID for instance',
    { field: 'Idempotency-Key', value: header.slice(0, 200) },
  );
}

function replayOf(entry: Entry, fingerprint: string): Outcome {
  if (entry.fingerprint !== fingerprint)
    throw new ApiProblem(
      'API_IDEMPOTENCY_REUSED',
      'this Idempotency-Key was sent with another request: give every request a key of its own',
      { field: 'Idempotency-Key' },
    );
  if (entry.ending === null)
    throw new ApiProblem(
      'API_IDEMPOTENCY_PENDING',
      'the first request of this Idempotency-Key is under way: ask again in a moment',
      { field: 'Idempotency-Key' },
    );
  return { ending: entry.ending, isReplay: true };
}
