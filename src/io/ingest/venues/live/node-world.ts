/** The real world, by Node's own WebSocket, fetch, clocks and timers. */
import { channel } from 'node:diagnostics_channel';
import type { Socket as NetSocket } from 'node:net';
import type { TimeUs } from '../../../../core/num/units.ts';
import type { Cancel, HttpAnswer, HttpRequest, Socket, SocketListener, World } from './world.ts';

/** An answer larger than this is none: the largest that venues give are a few megabytes. */
const BODY_MAX = 64 * 1024 * 1024;
/** A server has this long to say goodbye. */
const GOODBYE_MS = 500;

export class NodeWorld implements World {
  /** Wall clock less monotonic clock, in milliseconds. */
  #anchorMs = Date.now() - performance.now();

  constructor() {
    watchSockets();
  }

  /** The wall clock to the millisecond, and within the millisecond as far as the monotonic clock has run. */
  nowUs(): TimeUs {
    const wallMs = Date.now();
    const elapsedMs = performance.now();
    const fineMs = this.#anchorMs + elapsedMs;
    if (fineMs < wallMs) this.#anchorMs = wallMs - elapsedMs;
    else if (fineMs >= wallMs + 1) this.#anchorMs = wallMs + 0.999 - elapsedMs;
    return Math.floor((this.#anchorMs + elapsedMs) * 1_000) as TimeUs;
  }

  elapsedMs(): number {
    return performance.now();
  }

  random(): number {
    return Math.random();
  }

  after(ms: number, run: () => void): Cancel {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  }

  openSocket(url: string, listener: SocketListener): Socket {
    return new NodeSocket(url, listener);
  }

  request(request: HttpRequest, done: (answer: HttpAnswer) => void): Cancel {
    const abort = new AbortController();
    const ask = async (): Promise<void> => {
      const answer = await answerTo(request, abort.signal);
      if (!abort.signal.aborted) done(answer);
    };
    void ask();
    return () => abort.abort();
  }
}

async function answerTo({ method, url, body }: HttpRequest, signal: AbortSignal): Promise<HttpAnswer> {
  const headers: Record<string, string> = body === null ? {} : { 'content-type': 'application/json' };
  try {
    const response = await fetch(url, { method, headers, body, signal, redirect: 'error' });
    const text = await readBody(response);
    return { status: response.status, body: text, retryAfter: response.headers.get('retry-after') };
  } catch (error) {
    return { status: 0, body: reasonOf(error), retryAfter: null };
  }
}

async function readBody({ body }: Response): Promise<string> {
  if (body === null) return '';
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body as AsyncIterable<Uint8Array>) {
    length += chunk.length;
    if (length > BODY_MAX) throw new Error(`an answer of more than ${BODY_MAX} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

class NodeSocket implements Socket {
  readonly #socket: WebSocket;
  #listener: SocketListener | null;
  #why: string | null = null;

  constructor(url: string, listener: SocketListener) {
    this.#listener = listener;
    const socket = new WebSocket(url);
    socket.binaryType = 'arraybuffer';
    socket.addEventListener('open', () => this.#listener?.opened());
    socket.addEventListener('message', (event) => {
      const data = event.data as string | ArrayBuffer;
      // No venue here sends binary frames: as text it is garbage that the feed counts and keeps.
      this.#listener?.frame(typeof data === 'string' ? data : Buffer.from(data).toString('utf8'));
    });
    socket.addEventListener('error', (event) => {
      const { error } = event as Event & { readonly error?: unknown };
      this.#why = reasonOf(error);
    });
    socket.addEventListener('close', ({ code, reason }) => {
      const listener = this.#listener;
      this.#listener = null;
      const said = reason === '' ? '' : `: ${reason}`;
      listener?.closed(this.#why ?? `closed by the server (${code}${said})`);
    });
    this.#socket = socket;
  }

  send(text: string): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(text);
  }

  close(done: () => void = () => {}): void {
    this.#listener = null;
    const socket = this.#socket;
    if (socket.readyState === WebSocket.CLOSED) {
      done();
      return;
    }
    const timer = setTimeout(() => connectionUnder.get(socket)?.destroy(), GOODBYE_MS);
    socket.addEventListener('close', () => {
      clearTimeout(timer);
      done();
    });
    socket.close();
  }
}

/**
 * The TCP connection under each WebSocket. Node's WebSocket has no way to drop one whose server does not answer: after
 * `close` it waits for the goodbye for as long as TCP does, and keeps the process alive. Its diagnostics channels tell of
 * every connection and of every WebSocket that opened, by the local port they have in common.
 */
const connectionUnder = new WeakMap<WebSocket, NetSocket>();
const connectionAt = new Map<number, NetSocket>();
let isWatching = false;

function watchSockets(): void {
  if (isWatching) return;
  isWatching = true;
  channel('undici:client:connected').subscribe((message) => {
    const { socket } = message as { socket: NetSocket };
    const port = socket.localPort;
    if (port === undefined) return;
    connectionAt.set(port, socket);
    socket.once('close', () => {
      if (connectionAt.get(port) === socket) connectionAt.delete(port);
    });
  });
  channel('undici:websocket:open').subscribe((message) => {
    const { websocket, address } = message as { websocket: WebSocket; address: { port: number } };
    const socket = connectionAt.get(address.port);
    if (socket !== undefined) connectionUnder.set(websocket, socket);
  });
}

/** The innermost cause: "fetch failed" says nothing, ECONNREFUSED does. WebSockets give none for a server that is not there. */
function reasonOf(error: unknown): string {
  let inner = error;
  while (inner instanceof Error && inner.cause instanceof Error) inner = inner.cause;
  if (inner instanceof AggregateError && inner.errors.length > 0) inner = inner.errors[0] as unknown;
  return inner instanceof Error && inner.message !== '' ? inner.message : 'connection failed';
}
