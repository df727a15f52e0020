/**
 * Clients of an exchange on a Unix socket. Each sends commands as lines and gets the answers to its own; who reads slowly is
 * read from slowly, and costs nobody else anything.
 */
import { rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { goneOrDestroyed, listenFailure, removeStaleSocket } from '../../io/unix-socket.ts';
import { LineSplitter } from '../../io/ingest/lines.ts';
import { chunksOf } from './chunks.ts';
import { StreamReader } from './outbox.ts';
import type { Session } from './session.ts';

const CLIENTS_MAX = 1024;

export class Listener {
  readonly #server: Server;
  readonly #path: string;
  readonly #serving = new Set<Promise<void>>();
  readonly #sockets = new Set<Socket>();

  private constructor(server: Server, path: string) {
    this.#server = server;
    this.#path = path;
  }

  /** Throws LISTEN_FAILED where the path cannot be listened at, or somebody does already. */
  static async open(
    path: string,
    session: Session,
    signal: AbortSignal,
    onFailure: (error: unknown) => void,
  ): Promise<Listener> {
    await removeStaleSocket(path);
    await session.hangUpAll();
    const server = createServer({ allowHalfOpen: true });
    server.maxConnections = CLIENTS_MAX;
    const listener = new Listener(server, path);
    let clients = 0;
    server.on('connection', (socket) => {
      const serving = serve(socket, `client ${++clients}`, session, signal)
        .catch(onFailure)
        .finally(() => listener.#serving.delete(serving));
      listener.#serving.add(serving);
      listener.#sockets.add(socket);
      socket.once('close', () => listener.#sockets.delete(socket));
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', (cause) => reject(listenFailure(path, cause)));
      server.listen(path, resolve);
    });
    return listener;
  }

  /**
   * Takes no new clients; resolves when those there are have what they asked for, or had time to take it. The signal that `open` was given
   * tells them to stop.
   */
  async close(): Promise<void> {
    this.#server.close();
    await Promise.all(this.#serving);
    await Promise.all([...this.#sockets].map(goneOrDestroyed));
    rmSync(this.#path, { force: true });
  }
}

async function serve(socket: Socket, name: string, session: Session, signal: AbortSignal): Promise<void> {
  // A client that goes away is no failure: what it asked is done, and who repeats it is told so.
  socket.on('error', () => socket.destroy());
  const reader = new StreamReader(name, socket);
  const splitter = new LineSplitter();
  try {
    for await (const chunk of chunksOf(socket, signal)) {
      const batch = splitter.push(chunk);
      if (batch !== null) await session.feed(batch, reader, signal);
    }
    const rest = splitter.end();
    if (rest !== null) await session.feed(rest, reader, signal);
  } catch (error) {
    if (!isGone(error)) throw error;
  }
  await session.hangUp(reader);
  await session.settle();
  socket.end();
}

function isGone(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code;
  return code === 'ECONNRESET' || code === 'EPIPE';
}
