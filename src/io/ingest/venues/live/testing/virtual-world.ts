/** A world in virtual time: hours of it pass as fast as what happens in them, and the same seed gives the same hours. */
import type { TimeUs } from '../../../../../core/num/units.ts';
import type { Cancel, HttpAnswer, HttpRequest, Socket, SocketListener, World } from '../world.ts';

/** The other end of sockets and requests. It may answer at once: the world delays that to the next turn. */
export interface Network {
  connect(url: string, client: SocketListener): NetworkSession;
  request(request: HttpRequest, done: (answer: HttpAnswer) => void): void;
}

export interface NetworkSession {
  received(text: string): void;
  /** The client has gone. */
  left(): void;
}

interface Entry {
  readonly atMs: number;
  readonly run: () => void;
}

export class VirtualWorld implements World {
  /** Added to the wall clock only. */
  clockJumpUs = 0;
  network: Network | null = null;
  readonly #startUs: number;
  readonly #random: () => number;
  #nowMs = 0;
  /** Soonest last; of the same time, the one added first comes first. */
  readonly #entries: Entry[] = [];
  #openSockets = 0;
  #openRequests = 0;

  constructor(random: () => number, startUs = 1_700_000_000_000_000) {
    this.#random = random;
    this.#startUs = startUs;
  }

  /** Sockets, requests and timers that are not done with. */
  get leftOpen(): { readonly sockets: number; readonly requests: number; readonly timers: number } {
    return { sockets: this.#openSockets, requests: this.#openRequests, timers: this.#entries.length };
  }

  nowUs(): TimeUs {
    return (this.#startUs + Math.floor(this.#nowMs * 1_000) + this.clockJumpUs) as TimeUs;
  }

  elapsedMs(): number {
    return this.#nowMs;
  }

  random(): number {
    return this.#random();
  }

  after(ms: number, run: () => void): Cancel {
    const entry = { atMs: this.#nowMs + Math.max(0, ms), run };
    let low = 0;
    let high = this.#entries.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#entries[middle].atMs > entry.atMs) low = middle + 1;
      else high = middle;
    }
    this.#entries.splice(low, 0, entry);
    return () => {
      const at = this.#entries.indexOf(entry);
      if (at !== -1) this.#entries.splice(at, 1);
    };
  }

  /** Lets so much time pass. */
  pass(ms: number): void {
    const untilMs = this.#nowMs + ms;
    for (
      let next = this.#entries.at(-1);
      next !== undefined && next.atMs <= untilMs;
      next = this.#entries.at(-1)
    ) {
      this.#entries.pop();
      this.#nowMs = next.atMs;
      next.run();
    }
    this.#nowMs = untilMs;
  }

  openSocket(url: string, listener: SocketListener): Socket {
    this.#openSockets += 1;
    let isOpen = true;
    let session: NetworkSession | null = null;
    const end = (): void => {
      isOpen = false;
      this.#openSockets -= 1;
    };
    this.after(0, () => {
      if (!isOpen) return;
      session = this.network!.connect(url, {
        opened: () => isOpen && listener.opened(),
        frame: (text) => isOpen && listener.frame(text),
        closed: (why) => {
          if (!isOpen) return;
          end();
          listener.closed(why);
        },
      });
    });
    return {
      send: (text) => {
        this.after(0, () => isOpen && session?.received(text));
      },
      close: (done) => {
        if (isOpen) {
          end();
          session?.left();
        }
        done?.();
      },
    };
  }

  request(request: HttpRequest, done: (answer: HttpAnswer) => void): Cancel {
    this.#openRequests += 1;
    let isOpen = true;
    const end = (): void => {
      if (isOpen) this.#openRequests -= 1;
      isOpen = false;
    };
    this.after(0, () => {
      if (!isOpen) return;
      this.network!.request(request, (answer) => {
        if (!isOpen) return;
        end();
        done(answer);
      });
    });
    return end;
  }
}
