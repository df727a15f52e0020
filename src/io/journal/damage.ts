/**
 * Damage: bytes on disk that are not what was written. Found by checksum, told by place, never repaired here: what was
 * acknowledged is only ever given up by a person.
 */
import { OperationalError, errnoOf } from '../operational-error.ts';

export interface Damage {
  /** Path of the file, as the directory was given. */
  readonly file: string;
  /** The first byte that cannot be trusted. */
  readonly offset: number;
  /** The first record that is lost or in doubt; for a snapshot the one it was taken at; 0 where there is none. */
  readonly sequence: number;
  /** A sentence without its full stop. */
  readonly what: string;
}

export function damaged(damage: Damage): OperationalError {
  const place = `${damage.file}, byte ${damage.offset}, sequence ${damage.sequence}`;
  return new OperationalError(
    'JOURNAL_DAMAGED',
    `${damage.what} (${place}). Nothing was changed on disk. Keep the directory as it is, run plimsoll verify-log for ` +
      'the extent, and restore it from a copy or a replica.',
    { file: damage.file, position: damage.offset, sequence: damage.sequence },
    damage,
  );
}

/** The damage an error tells of, or null when it tells of something else. */
export function damageOf(error: unknown): Damage | null {
  return error instanceof OperationalError && error.code === 'JOURNAL_DAMAGED'
    ? (error.cause as Damage)
    : null;
}

/** Runs what touches the disk; a bare system error leaves as one that says what we were doing. */
export async function explained<T>(directory: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (cause) {
    if (cause instanceof OperationalError || (cause as { syscall?: unknown } | null)?.syscall === undefined)
      throw cause;
    const errno = errnoOf(cause);
    throw new OperationalError(
      'JOURNAL_UNREADABLE',
      `The journal in ${directory} could not be opened or read (${(cause as Error).message}). Check that the path, its ` +
        'permissions and the device are good; nothing was lost by trying.',
      { file: (cause as { path?: string }).path ?? directory, errno },
      cause,
    );
  }
}
