/** Sockets to listen at: what was left behind goes, and what cannot be is told with what to do. */
import { rmSync, statSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { errnoOf, OperationalError } from './operational-error.ts';

const LAST_ANSWERS_MS = 1000;

/** What a dead process left at the path of a Unix socket is removed, unless somebody answers. Throws LISTEN_FAILED. */
export async function removeStaleSocket(path: string): Promise<void> {
  const isSocket = statSync(path, { throwIfNoEntry: false })?.isSocket();
  if (isSocket === undefined) return;
  if (!isSocket) {
    throw new OperationalError(
      'LISTEN_FAILED',
      `${path} is there already and is no socket. Give another path`,
      { file: path },
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

export function listenFailure(where: string, cause: unknown): OperationalError {
  return new OperationalError(
    'LISTEN_FAILED',
    `${where} cannot be listened at (${errnoOf(cause)}). Check that its folder is there and may be written to and that the path has at most 107 bytes, or that the port is free`,
    { file: where, errno: errnoOf(cause) },
    cause,
  );
}

/** Who does not take his last answers gets no more: what he asked is done, and he can ask again. */
export function goneOrDestroyed(socket: Socket): Promise<void> {
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
