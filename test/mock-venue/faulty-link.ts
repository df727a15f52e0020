/** One connection from the venue to a client, on which frames get lost, doubled, overtaken, held up and spoilt. */
import type { Random } from '../fuzz/random.ts';
import type { Cancel } from '../../src/io/ingest/venues/live/world.ts';
import { FRAME_FAULTS, garbage, type Faults, type FrameFault, type Spoiler } from './faults.ts';

export interface LinkClient {
  frame(text: string): void;
  /** `isCut`: without a goodbye. */
  closed(why: string, isCut: boolean): void;
}

export interface Timers {
  elapsedMs(): number;
  after(ms: number, run: () => void): Cancel;
}

export class FaultyLink {
  readonly #client: LinkClient;
  readonly #faults: Faults;
  readonly #spoilers: readonly Spoiler[];
  readonly #random: Random;
  readonly #timers: Timers;
  readonly #count: (fault: FrameFault) => void;
  /** Frames that others go before, and how many others still. */
  #held: { readonly text: string; left: number }[] = [];
  #dropping = 0;
  #isStalled = false;
  /** Nothing is delivered before this: frames of one connection keep their order, however late. */
  #busyUntilMs = 0;
  isOpen = true;

  constructor(
    client: LinkClient,
    faults: Faults,
    spoilers: readonly Spoiler[],
    random: Random,
    timers: Timers,
    count: (fault: FrameFault) => void,
  ) {
    this.#client = client;
    this.#faults = faults;
    this.#spoilers = spoilers;
    this.#random = random;
    this.#timers = timers;
    this.#count = count;
  }

  /** `isFaulty`: whether anything may still go wrong. */
  send(text: string, isFaulty: boolean): void {
    const kind = isFaulty ? this.#pick() : null;
    if (kind !== null) this.#count(kind);
    if (kind === 'disconnected') {
      this.close('going away', this.#random.chance(0.5));
      return;
    }
    if (kind === 'stalled') this.#isStalled = true;
    if (kind === 'burstDropped') this.#dropping = this.#random.whole(2, 40);
    if (this.#dropping > 0) this.#dropping -= 1;
    else if (kind !== 'dropped') this.#sendAs(kind, text);
    this.#release(isFaulty);
  }

  close(why: string, isCut: boolean): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    this.#client.closed(why, isCut);
  }

  /** The client has gone. */
  left(): void {
    this.isOpen = false;
  }

  #sendAs(kind: FrameFault | null, text: string): void {
    const random = this.#random;
    if (kind === 'late') this.#busyUntilMs = this.#timers.elapsedMs() + random.log(1, 3_000);
    if (kind === 'overtaken') {
      this.#held.push({ text, left: random.whole(1, 6) });
      return;
    }
    if (kind === 'garbage') this.#deliver(garbage(random, text, this.#spoilers));
    else if (kind === 'cut') this.#deliver(text.slice(0, random.whole(0, text.length - 1)));
    else this.#deliver(text);
    if (kind === 'repeated') this.#held.push({ text, left: random.chance(0.5) ? 0 : random.whole(1, 20) });
  }

  #release(isFaulty: boolean): void {
    const held = this.#held;
    this.#held = [];
    for (const each of held) {
      // What is held when faults end never comes: coming later still would be a fault after the end.
      if (!isFaulty) continue;
      if (each.left > 0) this.#held.push({ text: each.text, left: each.left - 1 });
      else this.#deliver(each.text);
    }
  }

  #deliver(text: string): void {
    if (this.#isStalled) return;
    const waitMs = this.#busyUntilMs - this.#timers.elapsedMs();
    const deliver = (): void => {
      if (this.isOpen && !this.#isStalled) this.#client.frame(text);
    };
    if (waitMs > 0) this.#timers.after(waitMs, deliver);
    else deliver();
  }

  #pick(): FrameFault | null {
    for (const kind of FRAME_FAULTS) if (this.#random.chance(this.#faults.frame[kind])) return kind;
    return null;
  }
}
