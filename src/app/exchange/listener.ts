/**
 * Clients of an exchange on a Unix socket. Each sends commands as lines and gets the answers to its own; who reads slowly is
 * read from slowly, and costs nobody else anything.
 */
import { rmSync, statSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { LineSplitter } from '../../io/ingest/lines.ts';
import { errnoOf, OperationalError } from '../../io/operational-error.ts';
import { chunksOf } from './chunks.ts';
import { StreamReader } from './outbox.ts';
import type { Session } from './session.ts';

const CLIENTS_MAX = 1024;
const LAST_ANSWERS_MS = 1000;

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
    await removeStale(path);
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

/** Who does not take his last answers gets no more: what he asked is done, and he can ask again. */
function goneOrDestroyed(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    if (socket.destroyed) {
      resolve();
      return;
    }
    const timer = setTimeout(() => socket.destroy(), LAST_ANSWERS_MS);
    socket.once('close', () => {
      clearTimeout(timer);
      resolve();
    });
  });
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
  await session.settle();
  socket.end();
}

/** What a dead process left there is removed, unless somebody answers. */
async function removeStale(path: string): Promise<void> {
  const isSocket = statSync(path, { throwIfNoEntry: false })?.isSocket();
  if (isSocket === undefined) return;
  if (!isSocket) {
    throw new OperationalError(
      'LISTEN_FAILED',
      `${path} is there already and is no socket. Give another path`,
      {
        file: path,
      },
    );
  }
  const isAlive = await new Promise<boolean>((resolve) => {
    const probe = connect(path);
    probe.once('connect', () => {
      probe.destroy();
      resolve(true);
    });
    probe.once('error', () => resolve(false));
  });
  if (isAlive) {
    throw new OperationalError(
      'LISTEN_FAILED',
      `${path} is listened at by another process. Stop it, or give another path`,
      { file: path },
    );
  }
  rmSync(path, { force: true });
}

function listenFailure(path: string, cause: Error): OperationalError {
  return new OperationalError(
    'LISTEN_FAILED',
    `${path} cannot be listened at (${errnoOf(cause)}). Check that its folder is there and may be written to, and that the path has at most 107 bytes`,
    { file: path, errno: errnoOf(cause) },
    cause,
  );
}

function isGone(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code;
  return code === 'ECONNRESET' || code === 'EPIPE';
}
