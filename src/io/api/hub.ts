/**
 * The stream: who listens to what, and what each is sent. A message is made once a topic, whoever listens, at most as often as its channel says. A client that
 * reads slower than it is sent is passed over until it has read what it has, and then gets a snapshot in place of what it missed; one that does not read
 * at all for a while is dropped with a reason. So what waits for a client is bounded, and nobody else notices.
 */
import type { IncomingMessage } from 'node:http';
import { Compile } from 'typebox/compile';
import type { WebSocket } from 'ws';
import type { Access } from './access.ts';
import type { Backend } from './backend.ts';
import { ClientMessage, channels, type ChannelName, type ServerMessage } from './contract/stream.ts';
import type { ProblemCode } from './contract/problem.ts';
import { ApiProblem } from './problem.ts';
import { Topic, type Message } from './topic.ts';
import type { RateLimit } from './limits.ts';

/** Bytes that may wait in a client's socket before it is passed over. */
const WAITING_MAX = 64 * 1024;
/** Passed over for so long without a break, it is dropped. */
const STUCK_MS = 15_000;
/** Neither a word nor an answer to a ping for so long: it is gone. */
const SILENT_MS = 60_000;
const PING_MS = 20_000;
/** How often those who listen are let in anew. */
const ADMIT_MS = 1000;
const TICK_MS = 50;
const CLIENTS_MAX = 4096;
const SUBSCRIPTIONS_MAX = 64;
const TOPICS_MAX = 10_000;
const MESSAGES_PER_SECOND = 50;
export const MESSAGE_BYTES_MAX = 4096;

const CLOSE_SLOW = 4408;
const CLOSE_BUSY = 4429;
const CLOSE_SHUTDOWN = 1001;

const isMessage = Compile(ClientMessage);

interface Subscription {
  readonly topic: Topic;
  /** The last that it was sent. */
  seq: number;
  /** It missed something: next it gets a snapshot. */
  isBehind: boolean;
}

interface Client {
  readonly socket: WebSocket;
  readonly name: string;
  readonly subscriptions: Map<string, Subscription>;
  mayRead: boolean;
  /** Throws where what it was let in by lets nobody in any more: a key that was revoked, or no key where one was made since. */
  assertMayRead: () => void;
  /** Since when it is passed over; 0: it is not. */
  stuckAt: number;
  heardAt: number;
  /** Tells that messages are taken one after another. */
  tokens: number;
  tokensAt: number;
}

export interface HubNumbers {
  readonly clients: number;
  readonly subscriptions: number;
  readonly dropped: number;
  readonly conflated: number;
  readonly bufferedBytes: number;
}

export interface HubOptions {
  readonly backend: Backend;
  readonly access: Access;
  readonly version: string;
  /** Names this process: what clients counted in another is gone. */
  readonly epoch: string;
  readonly limit: RateLimit;
}

export class Hub {
  readonly #options: HubOptions;
  readonly #clients = new Set<Client>();
  readonly #topics = new Map<string, { readonly topic: Topic; readonly listeners: Set<Client> }>();
  readonly #timer: NodeJS.Timeout;
  #dropped = 0;
  #conflated = 0;
  #pingedAt = 0;
  #admittedAt = 0;

  constructor(options: HubOptions) {
    this.#options = options;
    this.#timer = setInterval(() => this.#tick(), TICK_MS).unref();
  }

  numbers(): HubNumbers {
    let subscriptions = 0;
    let bufferedBytes = 0;
    for (const client of this.#clients) {
      subscriptions += client.subscriptions.size;
      bufferedBytes += client.socket.bufferedAmount;
    }
    return {
      clients: this.#clients.size,
      subscriptions,
      dropped: this.#dropped,
      conflated: this.#conflated,
      bufferedBytes,
    };
  }

  /** A socket that was opened by this request. */
  open(socket: WebSocket, request: IncomingMessage): void {
    const { access, version, epoch } = this.#options;
    socket.on('error', () => socket.terminate());
    if (this.#clients.size >= CLIENTS_MAX) {
      socket.close(CLOSE_BUSY, 'too many clients');
      return;
    }
    const now = performance.now();
    const client: Client = {
      socket,
      name: request.socket.remoteAddress ?? '',
      subscriptions: new Map(),
      mayRead: mayRead(access, request),
      assertMayRead: () => void access.admit(request, 'read'),
      stuckAt: 0,
      heardAt: now,
      tokens: MESSAGES_PER_SECOND,
      tokensAt: now,
    };
    this.#clients.add(client);
    socket.on('close', () => this.#forget(client));
    socket.on('pong', () => (client.heardAt = performance.now()));
    socket.on('message', (data, isBinary) => this.#hear(client, data as Buffer, isBinary));
    this.#say(client, { type: 'hello', version, epoch, needsKey: !client.mayRead });
  }

  close(): void {
    clearInterval(this.#timer);
    for (const client of this.#clients) {
      this.#say(client, {
        type: 'dropped',
        channel: null,
        key: null,
        reason: 'shutdown',
        detail: 'the server stops',
      });
      client.socket.close(CLOSE_SHUTDOWN, 'shutdown');
    }
  }

  #hear(client: Client, data: Buffer, isBinary: boolean): void {
    const now = performance.now();
    client.heardAt = now;
    client.tokens = Math.min(
      MESSAGES_PER_SECOND,
      client.tokens + ((now - client.tokensAt) / 1000) * MESSAGES_PER_SECOND,
    );
    client.tokensAt = now;
    if (--client.tokens < 0) {
      this.#drop(client, CLOSE_BUSY, `more than ${MESSAGES_PER_SECOND} messages a second`);
      return;
    }
    const message = isBinary ? null : parsed(data);
    if (message === null) {
      this.#complain(client, 'API_BODY_INVALID', 'send a text message of JSON', null, null);
      return;
    }
    if (!isMessage.Check(message)) {
      const { op, channel } = (message ?? {}) as { op?: unknown; channel?: unknown };
      const what =
        typeof channel === 'string' && op === 'subscribe' && !Object.hasOwn(channels, channel)
          ? `there is no channel ${JSON.stringify(channel.slice(0, 64))}; there are ${Object.keys(channels).join(', ')}`
          : 'a message is {"op": "subscribe" | "unsubscribe", "channel", "key"?, "since"?}, {"op": "auth", "token"} or {"op": "ping"}';
      this.#complain(
        client,
        'API_FIELD_INVALID',
        what,
        typeof channel === 'string' ? channel.slice(0, 64) : null,
        null,
      );
      return;
    }
    this.#obey(client, message);
  }

  #obey(client: Client, message: ClientMessage): void {
    const { backend, access } = this.#options;
    switch (message.op) {
      case 'ping':
        this.#say(client, { type: 'pong', id: message.id ?? null, cut: backend.cut() });
        return;
      case 'auth':
        try {
          const { scopes } = access.withKey(message.token, 'read');
          client.mayRead = true;
          client.assertMayRead = () => void access.withKey(message.token, 'read');
          this.#say(client, { type: 'authorized', scopes: [...scopes] });
        } catch (error) {
          this.#complainOf(client, error, null, null);
        }
        return;
      case 'unsubscribe': {
        const { channel, key = null } = message;
        this.#leave(client, nameOf(channel, key));
        this.#say(client, { type: 'unsubscribed', channel, key });
        return;
      }
      default:
        this.#subscribe(client, message.channel, message.key ?? null, message.since);
    }
  }

  #subscribe(client: Client, channel: ChannelName, key: string | null, since: number | undefined): void {
    const { backend } = this.#options;
    const wanted = channels[channel].key;
    try {
      if (!client.mayRead)
        throw new ApiProblem('API_KEY_MISSING', 'first say {"op": "auth", "token": "plk_…"}');
      if (backend.starting !== null) throw new ApiProblem('API_STARTING', backend.starting);
      if (backend.sources[channel] === undefined)
        throw new ApiProblem('API_NOT_FOUND', `the channel ${channel} is not served here`);
      if ((wanted === null) !== (key === null))
        throw new ApiProblem(
          'API_FIELD_INVALID',
          wanted === null
            ? `${channel} has no key: leave it out`
            : `${channel} needs a key: the name of ${wanted === 'account' ? 'an account' : 'a market'}`,
        );
      const name = nameOf(channel, key);
      if (!client.subscriptions.has(name) && client.subscriptions.size >= SUBSCRIPTIONS_MAX)
        throw new ApiProblem('API_BUSY', `a client has ${SUBSCRIPTIONS_MAX} subscriptions at most`);
      const topic = this.#join(client, name, channel, key);
      const subscription = { topic, seq: 0, isBehind: false };
      client.subscriptions.set(name, subscription);
      const missed = since === undefined ? null : topic.after(since);
      if (missed === null) this.#send(client, subscription, topic.snapshot());
      else for (const each of missed) this.#send(client, subscription, each);
    } catch (error) {
      this.#complainOf(client, error, channel, key);
    }
  }

  #join(client: Client, name: string, channel: ChannelName, key: string | null): Topic {
    let entry = this.#topics.get(name);
    if (entry === undefined) {
      if (this.#topics.size >= TOPICS_MAX)
        throw new ApiProblem('API_BUSY', 'too much is listened to already');
      entry = { topic: new Topic(this.#options.backend, channel, key), listeners: new Set() };
      this.#topics.set(name, entry);
    }
    entry.listeners.add(client);
    return entry.topic;
  }

  #leave(client: Client, name: string): void {
    client.subscriptions.delete(name);
    const entry = this.#topics.get(name);
    if (entry === undefined) return;
    entry.listeners.delete(client);
    if (entry.listeners.size === 0) this.#topics.delete(name);
  }

  #forget(client: Client): void {
    this.#clients.delete(client);
    for (const name of client.subscriptions.keys()) this.#leave(client, name);
  }

  #tick(): void {
    const now = performance.now();
    if (now - this.#pingedAt >= PING_MS) this.#ping(now);
    if (now - this.#admittedAt >= ADMIT_MS) this.#admit(now);
    for (const client of this.#clients) this.#tend(client, now);
    for (const { topic, listeners } of this.#topics.values()) {
      // A tick's worth early is early enough: else what is due every 100 ms comes every 150.
      if (now - topic.lookedAt < topic.everyMs - TICK_MS / 2) continue;
      topic.lookedAt = now;
      this.#publish(topic, listeners);
    }
  }

  /** Nobody listens on with a key that was revoked. */
  #admit(now: number): void {
    this.#admittedAt = now;
    for (const client of this.#clients) {
      if (!client.mayRead) continue;
      try {
        client.assertMayRead();
      } catch (error) {
        client.mayRead = false;
        for (const name of client.subscriptions.keys()) this.#leave(client, name);
        this.#complainOf(client, error, null, null);
      }
    }
  }

  #publish(topic: Topic, listeners: ReadonlySet<Client>): void {
    let message: Message | null;
    try {
      message = topic.look();
    } catch (error) {
      // What it was about is gone: a market or an account never is, but a replica that failed is.
      for (const client of listeners) this.#complainOf(client, error, topic.channel, topic.key);
      return;
    }
    const name = nameOf(topic.channel, topic.key);
    for (const client of listeners) {
      const subscription = client.subscriptions.get(name)!;
      if (client.stuckAt > 0 || client.socket.bufferedAmount > WAITING_MAX) {
        if (message !== null) subscription.isBehind = true;
        this.#conflated++;
      } else if (subscription.isBehind) this.#send(client, subscription, topic.snapshot());
      else if (message !== null) this.#send(client, subscription, message);
    }
  }

  /** Looks whether a client reads. */
  #tend(client: Client, now: number): void {
    const { bufferedAmount } = client.socket;
    if (client.stuckAt === 0) {
      if (bufferedAmount > WAITING_MAX) client.stuckAt = now;
    } else if (bufferedAmount <= WAITING_MAX / 2) client.stuckAt = 0;
    else if (now - client.stuckAt > STUCK_MS)
      this.#drop(client, CLOSE_SLOW, `${bufferedAmount} bytes were not read for ${STUCK_MS / 1000} s`);
  }

  #ping(now: number): void {
    this.#pingedAt = now;
    for (const client of this.#clients) {
      if (now - client.heardAt > SILENT_MS)
        this.#drop(client, CLOSE_SLOW, `not heard of for ${SILENT_MS / 1000} s`);
      else if (client.stuckAt === 0) client.socket.ping();
    }
  }

  /** With a reason, which it gets to read if it reads at all. */
  #drop(client: Client, code: number, detail: string): void {
    this.#dropped++;
    if (client.socket.bufferedAmount <= WAITING_MAX)
      this.#say(client, {
        type: 'dropped',
        channel: null,
        key: null,
        reason: code === CLOSE_SLOW ? 'slow' : 'gone',
        detail,
      });
    client.socket.close(code, detail.slice(0, 100));
    this.#forget(client);
    // Who does not read does not close either.
    setTimeout(() => client.socket.terminate(), 1000).unref();
  }

  #send(client: Client, subscription: Subscription, { seq, bytes }: Message): void {
    subscription.seq = seq;
    subscription.isBehind = false;
    if (client.socket.readyState === client.socket.OPEN) client.socket.send(bytes, { binary: false });
  }

  #say(client: Client, message: ServerMessage): void {
    if (client.socket.readyState === client.socket.OPEN && client.socket.bufferedAmount <= 4 * WAITING_MAX)
      client.socket.send(JSON.stringify(message));
  }

  #complainOf(client: Client, error: unknown, channel: string | null, key: string | null): void {
    if (!(error instanceof ApiProblem)) throw error;
    this.#complain(client, error.code, error.message, channel, key);
  }

  #complain(
    client: Client,
    code: ProblemCode,
    detail: string,
    channel: string | null,
    key: string | null,
  ): void {
    this.#say(client, { type: 'error', code, detail, channel, key });
  }
}

function nameOf(channel: ChannelName, key: string | null): string {
  return key === null ? channel : `${channel}:${key}`;
}

function mayRead(access: Access, request: IncomingMessage): boolean {
  try {
    access.admit(request, 'read');
    return true;
  } catch {
    return false;
  }
}

function parsed(data: Buffer): unknown {
  try {
    return JSON.parse(data.toString());
  } catch {
    return null;
  }
}
