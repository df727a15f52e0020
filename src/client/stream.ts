/**
 * Subscriptions over one WebSocket. A listener gets the whole state of its channel each time, put together from the snapshot and the deltas. The
 * connection is made again when it is lost, as long as anyone listens; what was missed is asked for by number, and where that is gone a
 * snapshot comes instead, so a listener never sees a state with a hole in it.
 */
import type { Cut } from '../io/api/contract/scalars.ts';
import type { ClientMessage, ServerMessage } from '../io/api/contract/stream.ts';
import { merged, type ChannelName, type DataOf } from './merge.ts';

export interface Update<Name extends ChannelName> {
  readonly data: DataOf<Name>;
  readonly cut: Cut;
  readonly seq: number;
}
export type Listener<Name extends ChannelName> = (update: Update<Name>) => void;

export type Connection = 'idle' | 'connecting' | 'open' | 'lost';

export interface StreamOptions {
  /** `ws://…/api/v1/stream` */
  readonly url: string;
  readonly key?: string | undefined;
  readonly onConnection?: (connection: Connection) => void;
  /** What the server says went wrong with a subscription. */
  readonly onTrouble?: (message: Extract<ServerMessage, { type: 'error' | 'dropped' }>) => void;
}

interface Subscription {
  readonly channel: ChannelName;
  readonly key: string | null;
  readonly listeners: Set<(update: Update<ChannelName>) => void>;
  last: Update<ChannelName> | null;
}

const RETRY_FIRST_MS = 250;
const RETRY_MAX_MS = 5000;
/** A server that says nothing for so long after a ping is not there. */
const PING_EVERY_MS = 5000;
const SILENCE_MAX_MS = 15_000;
/** Refusals that pass by themselves. */
const PASSING: ReadonlySet<string> = new Set(['API_STARTING', 'API_BUSY', 'API_UNAVAILABLE']);
const ASK_AGAIN_MS = 500;

const nameOf = (channel: ChannelName, key: string | null): string => `${channel}:${key ?? ''}`;

export class Stream {
  readonly #options: StreamOptions;
  readonly #subscriptions = new Map<string, Subscription>();
  #socket: WebSocket | null = null;
  #connection: Connection = 'idle';
  #epoch = '';
  #retryMs = RETRY_FIRST_MS;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #ping: ReturnType<typeof setInterval> | undefined;
  #heardAt = 0;
  readonly #waiting = new Set<string>();
  #later: ReturnType<typeof setTimeout> | undefined;

  constructor(options: StreamOptions) {
    this.#options = options;
  }

  get connection(): Connection {
    return this.#connection;
  }

  /** Returns what ends it. A second listener of a channel is told at once what the first one has. */
  subscribe<Name extends ChannelName>(
    channel: Name,
    key: string | null,
    listener: Listener<Name>,
  ): () => void {
    const name = nameOf(channel, key);
    const heard = listener as (update: Update<ChannelName>) => void;
    let subscription = this.#subscriptions.get(name);
    if (subscription === undefined) {
      subscription = { channel, key, listeners: new Set(), last: null };
      this.#subscriptions.set(name, subscription);
      if (this.#connection === 'open') this.#ask(subscription);
      else if (this.#socket === null && this.#retry === undefined) this.#connect();
    }
    const { listeners } = subscription;
    listeners.add(heard);
    if (subscription.last !== null) heard(subscription.last);
    return () => {
      listeners.delete(heard);
      if (listeners.size > 0 || this.#subscriptions.get(name)?.listeners !== listeners) return;
      this.#subscriptions.delete(name);
      this.#send({ op: 'unsubscribe', channel, ...(key === null ? {} : { key }) });
    };
  }

  /** Ends all subscriptions. */
  close(): void {
    this.#subscriptions.clear();
    clearTimeout(this.#retry);
    clearTimeout(this.#later);
    this.#retry = undefined;
    this.#later = undefined;
    this.#leave();
    this.#say('idle');
  }

  #connect(): void {
    this.#retry = undefined;
    this.#say('connecting');
    const socket = new WebSocket(this.#options.url);
    this.#socket = socket;
    this.#heardAt = Date.now();
    socket.addEventListener('message', ({ data }) => {
      if (this.#socket !== socket) return;
      this.#heardAt = Date.now();
      this.#hear(JSON.parse(String(data)) as ServerMessage);
    });
    socket.addEventListener('close', () => {
      if (this.#socket === socket) this.#lost();
    });
    // Every error is followed by a close.
    socket.addEventListener('error', () => undefined);
    this.#ping = setInterval(() => {
      if (Date.now() - this.#heardAt > SILENCE_MAX_MS) this.#lost();
      else this.#send({ op: 'ping' });
    }, PING_EVERY_MS);
  }

  #leave(): void {
    clearInterval(this.#ping);
    const socket = this.#socket;
    this.#socket = null;
    socket?.close();
  }

  #lost(): void {
    this.#leave();
    if (this.#subscriptions.size === 0) {
      this.#say('idle');
      return;
    }
    this.#say('lost');
    this.#retry = setTimeout(() => this.#connect(), this.#retryMs);
    this.#retryMs = Math.min(RETRY_MAX_MS, this.#retryMs * 2);
  }

  #hear(message: ServerMessage): void {
    switch (message.type) {
      case 'hello':
        this.#greeted(message.epoch);
        break;
      case 'snapshot':
      case 'delta':
        this.#update(message);
        break;
      case 'dropped':
        this.#options.onTrouble?.(message);
        if (message.reason === 'slow' && message.channel !== null) this.#again(message.channel, message.key);
        break;
      case 'error':
        this.#options.onTrouble?.(message);
        if (PASSING.has(message.code)) this.#askLater(message.channel, message.key);
        break;
      case 'pong':
      case 'authorized':
      case 'unsubscribed':
        break;
    }
  }

  #greeted(epoch: string): void {
    if (epoch !== this.#epoch)
      for (const subscription of this.#subscriptions.values()) subscription.last = null;
    this.#epoch = epoch;
    this.#retryMs = RETRY_FIRST_MS;
    const { key } = this.#options;
    if (key !== undefined) this.#send({ op: 'auth', token: key });
    this.#say('open');
    for (const subscription of this.#subscriptions.values()) this.#ask(subscription);
  }

  #update(message: Extract<ServerMessage, { type: 'snapshot' | 'delta' }>): void {
    const { channel, key, seq, cut, type } = message;
    const subscription = this.#subscriptions.get(nameOf(channel, key));
    if (subscription === undefined) return;
    const { last } = subscription;
    if (type === 'delta' && (last === null || seq !== last.seq + 1)) {
      // What was asked for twice may come twice; what is missing is asked for again.
      if (last !== null && seq > last.seq) this.#again(channel, key);
      return;
    }
    const sent = message.data as DataOf<ChannelName>;
    const data = type === 'snapshot' || last === null ? sent : merged(channel, last.data, sent);
    subscription.last = { data, cut, seq };
    for (const listener of subscription.listeners) listener(subscription.last);
  }

  #again(channel: ChannelName, key: string | null): void {
    const subscription = this.#subscriptions.get(nameOf(channel, key));
    if (subscription === undefined) return;
    subscription.last = null;
    this.#ask(subscription);
  }

  /** The server cannot serve it yet. Once for all that it said so of: they are asked for together. */
  #askLater(channel: string | null, key: string | null): void {
    this.#waiting.add(nameOf(channel as ChannelName, key));
    this.#later ??= setTimeout(() => {
      this.#later = undefined;
      const names = [...this.#waiting];
      this.#waiting.clear();
      for (const name of names) {
        const subscription = this.#subscriptions.get(name);
        if (subscription !== undefined) this.#ask(subscription);
      }
    }, ASK_AGAIN_MS);
  }

  #ask({ channel, key, last }: Subscription): void {
    this.#send({
      op: 'subscribe',
      channel,
      ...(key === null ? {} : { key }),
      ...(last === null ? {} : { since: last.seq }),
    });
  }

  #send(message: ClientMessage): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }

  #say(connection: Connection): void {
    if (connection === this.#connection) return;
    this.#connection = connection;
    this.#options.onConnection?.(connection);
  }
}
