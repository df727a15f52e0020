/**
 * What a live feed needs of the world: two clocks, timers, randomness, sockets, HTTP. `node-world.ts` is the real one; the
 * tests have one in virtual time, so that a year of faults takes a second.
 *
 * Nothing here calls back before it has returned.
 */
import type { TimeUs } from '../../../../core/num/units.ts';

export type Cancel = () => void;

export interface SocketListener {
  opened(): void;
  frame(text: string): void;
  /** Once, and nothing after it; also where it never opened. `why` is for people. */
  closed(why: string): void;
}

export interface Socket {
  /** Drops the text where the socket is not open. */
  send(text: string): void;
  /** Lets go of it for good, and calls the listener no more. `done` is called when nothing of it is left open. */
  close(done?: () => void): void;
}

export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly body: string | null;
}

export interface HttpAnswer {
  /** 0: no answer came, and `body` says why. */
  readonly status: number;
  readonly body: string;
  /** As the server wrote it: seconds or a date. */
  readonly retryAfter: string | null;
}

export interface World {
  /** By the wall clock, which may jump. Stamps what is received; nothing is timed by it. */
  nowUs(): TimeUs;
  /** Milliseconds by a clock that never jumps, from any start. */
  elapsedMs(): number;
  /** In [0, 1). */
  random(): number;
  after(ms: number, run: () => void): Cancel;
  openSocket(url: string, listener: SocketListener): Socket;
  /** Calls `done` once, unless it is called off before. */
  request(request: HttpRequest, done: (answer: HttpAnswer) => void): Cancel;
}
