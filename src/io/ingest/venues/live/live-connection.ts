/**
 * One connection, kept up: opened, greeted, pinged, given up when nothing is heard, and opened anew after a wait.
 *
 *   waiting -> opening -> open -> waiting ...        any -> stopped
 */
import type { FeedConnection } from '../feed.ts';
import { BackOff, type BackOffLimits } from './back-off.ts';
import type { Cancel, Socket, World } from './world.ts';

export interface ConnectionOwner {
  opened(connection: FeedConnection): void;
  frame(connection: FeedConnection, text: string): void;
  /** What was open is not any more. */
  closed(connection: FeedConnection, why: string): void;
}

export interface ConnectionTiming extends BackOffLimits {
  /** Not open after this long: given up. */
  readonly openMs: number;
  /** After this long open, the failures before count no more. A server that takes us in only to throw us out is not hammered. */
  readonly steadyMs: number;
}

export interface ConnectionStatistics {
  readonly name: string;
  readonly isOpen: boolean;
  /** Times that it was opened again. */
  readonly reconnects: number;
  /** Tries that never opened, and losses for silence. */
  readonly refusals: number;
  readonly silences: number;
  readonly frames: number;
  /** UTF-16 units: bytes, for venues write ASCII. */
  readonly characters: number;
  /** Why it was last lost or not opened; null where it never was. */
  readonly trouble: string | null;
  /** Until it is tried again; null while it is open or being opened. */
  readonly nextTryMs: number | null;
}

const NO_TIMER: Cancel = () => {};

export class LiveConnection {
  readonly #world: World;
  readonly #connection: FeedConnection;
  readonly #url: string;
  readonly #owner: ConnectionOwner;
  readonly #timing: ConnectionTiming;
  readonly #backOff: BackOff;
  #socket: Socket | null = null;
  #isOpen = false;
  #isStopped = false;
  /** Of waiting to open, for opening, and for silence: there is only one of them at a time. */
  #timer = NO_TIMER;
  #pinging = NO_TIMER;
  #openedMs = 0;
  #heardMs = 0;
  #opens = 0;
  #refusals = 0;
  #silences = 0;
  #frames = 0;
  #characters = 0;
  #trouble: string | null = null;
  #nextTryMs: number | null = null;

  constructor(
    world: World,
    connection: FeedConnection,
    url: string,
    timing: ConnectionTiming,
    owner: ConnectionOwner,
  ) {
    this.#world = world;
    this.#connection = connection;
    this.#url = url;
    this.#owner = owner;
    this.#timing = timing;
    this.#backOff = new BackOff(timing, () => world.random());
  }

  get name(): string {
    return this.#connection.name;
  }

  /** Dropped where it is not open: what is to be said then is in the greeting. */
  send(text: string): void {
    if (this.#isOpen) this.#socket?.send(text);
  }

  statistics(): ConnectionStatistics {
    return {
      name: this.#connection.name,
      isOpen: this.#isOpen,
      reconnects: Math.max(0, this.#opens - 1),
      refusals: this.#refusals,
      silences: this.#silences,
      frames: this.#frames,
      characters: this.#characters,
      trouble: this.#trouble,
      nextTryMs: this.#nextTryMs === null ? null : Math.max(0, this.#nextTryMs - this.#world.elapsedMs()),
    };
  }

  open(): void {
    this.#nextTryMs = null;
    this.#timer = this.#world.after(this.#timing.openMs, () =>
      this.#lose(`not open after ${this.#timing.openMs} ms`),
    );
    this.#socket = this.#world.openSocket(this.#url, {
      opened: () => this.#opened(),
      frame: (text) => this.#frame(text),
      closed: (why) => this.#lose(why),
    });
  }

  /** For good. `done` is called when nothing is left open. */
  stop(done: () => void): void {
    this.#isStopped = true;
    const socket = this.#letGo('stopped');
    if (socket === null) done();
    else socket.close(done);
  }

  #opened(): void {
    const { hello, ping, silenceMs } = this.#connection;
    this.#timer();
    this.#isOpen = true;
    this.#opens += 1;
    this.#openedMs = this.#heardMs = this.#world.elapsedMs();
    this.#timer = this.#world.after(silenceMs, () => this.#listen());
    for (const text of hello) this.#socket?.send(text);
    if (ping !== null) this.#ping(ping.text, ping.everyMs);
    this.#owner.opened(this.#connection);
  }

  #frame(text: string): void {
    this.#heardMs = this.#world.elapsedMs();
    this.#frames += 1;
    this.#characters += text.length;
    this.#owner.frame(this.#connection, text);
  }

  #ping(text: string, everyMs: number): void {
    this.#pinging = this.#world.after(everyMs, () => {
      this.#socket?.send(text);
      this.#ping(text, everyMs);
    });
  }

  /** One timer for the longest silence still allowed, rather than one for every frame. */
  #listen(): void {
    const { silenceMs } = this.#connection;
    const leftMs = this.#heardMs + silenceMs - this.#world.elapsedMs();
    if (leftMs > 0) {
      this.#timer = this.#world.after(leftMs, () => this.#listen());
      return;
    }
    this.#silences += 1;
    this.#lose(`nothing heard for ${silenceMs} ms`);
  }

  #lose(why: string): void {
    const livedMs = this.#isOpen ? this.#world.elapsedMs() - this.#openedMs : 0;
    if (livedMs >= this.#timing.steadyMs) this.#backOff.succeed();
    if (!this.#isOpen) this.#refusals += 1;
    this.#trouble = why;
    const waitMs = this.#backOff.fail();
    const socket = this.#letGo(why);
    socket?.close();
    if (this.#isStopped) return;
    this.#nextTryMs = this.#world.elapsedMs() + waitMs;
    this.#timer = this.#world.after(waitMs, () => this.open());
  }

  #letGo(why: string): Socket | null {
    this.#timer();
    this.#pinging();
    this.#timer = this.#pinging = NO_TIMER;
    const socket = this.#socket;
    this.#socket = null;
    if (this.#isOpen) {
      this.#isOpen = false;
      this.#owner.closed(this.#connection, why);
    }
    return socket;
  }
}
