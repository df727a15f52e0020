/**
 * One writer per data directory.
 *
 * An owner is a file with pid, start time of that pid, boot and host: a recycled pid has another start time, so it is
 * not mistaken for the owner. The file appears whole (written aside, then linked), so nobody reads half of one.
 *
 * Taking over from a dead owner is where such locks go wrong: two that both saw the death must not both win. Nobody
 * removes a dead owner's file before having succeeded it. The successor of owner X is whoever links `lock.X`, which
 * works once per X; successors form a list, and the owner is its end:
 *
 *     lock -> X (dead)    lock.X -> Y (dead)    lock.Y -> Z  <- the owner, who then renames itself to `lock`
 *
 * One who followed the list while it was being shortened could still link behind a file just removed. It finds out by
 * reading `lock` again: Z renamed before it removed, so the root is no longer X.
 */
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import { OperationalError } from '../operational-error.ts';
import { type Disk, readSmallFile, writeFullySync } from './disk.ts';

/** Who we are, and who else is alive. Injected in tests. */
export interface Processes {
  readonly pid: number;
  readonly host: string;
  /** Changes with every start of the machine. */
  readonly boot: string;
  /** When `pid` started, in whatever unit the system has; null when there is no such process; '' when unknown. */
  startOf(pid: number): string | null;
}

interface Owner {
  readonly pid: number;
  readonly start: string;
  readonly host: string;
  readonly boot: string;
  readonly nonce: string;
}

const ATTEMPTS = 100;

export class Lock {
  readonly #disk: Disk;
  readonly #path: string;
  readonly #nonce: string;
  /** The pid whose lock was taken over, or null. */
  readonly takenFrom: number | null;

  private constructor(disk: Disk, path: string, nonce: string, takenFrom: number | null) {
    this.#disk = disk;
    this.#path = path;
    this.#nonce = nonce;
    this.takenFrom = takenFrom;
  }

  /** Throws JOURNAL_LOCKED when another owner lives, or may. */
  static acquire(disk: Disk, path: string, processes: Processes = thisMachine): Lock {
    const nonce = randomBytes(8).toString('hex');
    const { pid, host, boot } = processes;
    const owner: Owner = { pid, start: processes.startOf(pid) ?? '', host, boot, nonce };
    const aside = `${path}-${nonce}`;
    const file = disk.open(aside, 'create');
    try {
      const bytes = new TextEncoder().encode(`${JSON.stringify(owner)}\n`);
      writeFullySync(disk, file, bytes, bytes.length, 0);
      // Else a power cut could leave a lock without content, which nobody could judge.
      disk.syncSync(file);
    } finally {
      disk.close(file);
    }
    try {
      for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
        const takenFrom = tryAcquire(disk, path, aside, nonce, processes);
        if (takenFrom !== undefined) return new Lock(disk, path, nonce, takenFrom);
      }
    } finally {
      removeIfThere(disk, aside);
    }
    throw new OperationalError(
      'JOURNAL_LOCKED',
      `${path} keeps changing hands; start only one process on this directory.`,
      { file: path },
    );
  }

  /** Only what is still ours: a lock that was removed by hand and taken by another stays. */
  release(): void {
    if (readOwner(this.#disk, this.#path)?.nonce === this.#nonce) removeIfThere(this.#disk, this.#path);
  }
}

/** The pid taken over from, null when the lock was free, undefined to try again. */
function tryAcquire(
  disk: Disk,
  path: string,
  aside: string,
  nonce: string,
  processes: Processes,
): number | null | undefined {
  const root = readOwner(disk, path);
  if (root === null) {
    if (!linkOnce(disk, aside, path)) return undefined;
    return null;
  }
  let last = root;
  let lastPath = path;
  for (;;) {
    const nextPath = `${path}.${last.nonce}`;
    const next = readOwner(disk, nextPath);
    if (next === null) break;
    last = next;
    lastPath = nextPath;
  }
  refuseAlive(last, lastPath, processes);
  const mine = `${path}.${last.nonce}`;
  if (!linkOnce(disk, aside, mine)) return undefined;
  if (readOwner(disk, path)?.nonce !== root.nonce) {
    removeIfThere(disk, mine);
    return undefined;
  }
  disk.rename(aside, path);
  const folder = path.slice(0, path.lastIndexOf('/'));
  const prefix = path.slice(folder.length + 1);
  for (const name of disk.list(folder)) {
    if (name.startsWith(`${prefix}.`)) removeIfThere(disk, `${folder}/${name}`);
    else if (name.startsWith(`${prefix}-`) && name !== `${prefix}-${nonce}`)
      removeDead(disk, `${folder}/${name}`, processes);
  }
  return last.pid;
}

function refuseAlive(owner: Owner, path: string, processes: Processes): void {
  const fields = { file: path, field: 'pid', value: owner.pid };
  if (owner.host !== processes.host) {
    throw new OperationalError(
      'JOURNAL_LOCKED',
      `The data directory is held by process ${owner.pid} on host ${owner.host}, which cannot be looked at from here. ` +
        `If that process is gone for certain, remove ${path} and start again.`,
      fields,
    );
  }
  if (!isAlive(owner, processes)) return;
  const who = owner.pid === processes.pid ? 'this process' : `process ${owner.pid}`;
  throw new OperationalError(
    'JOURNAL_LOCKED',
    `The data directory is open for writing in ${who}. Stop it, or give another data directory; verify-log and explain ` +
      `can read this one meanwhile. (Lock file: ${path})`,
    fields,
  );
}

function isAlive(owner: Owner, processes: Processes): boolean {
  if (owner.boot !== processes.boot) return false;
  const start = processes.startOf(owner.pid);
  if (start === null) return false;
  return start === '' || owner.start === '' || start === owner.start;
}

function readOwner(disk: Disk, path: string): Owner | null {
  const bytes = readSmallFile(disk, path);
  if (bytes === null) return null;
  try {
    const owner = JSON.parse(Buffer.from(bytes).toString('utf8')) as Owner;
    if (Number.isSafeInteger(owner.pid) && typeof owner.nonce === 'string') return owner;
  } catch {
    // Said below: an unreadable lock and one that is not ours get the same answer.
  }
  throw new OperationalError(
    'JOURNAL_LOCKED',
    `${path} is not a lock that Plimsoll wrote, or was damaged. If no process uses this directory, remove it and start again.`,
    { file: path },
  );
}

function linkOnce(disk: Disk, from: string, to: string): boolean {
  try {
    disk.link(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function removeIfThere(disk: Disk, path: string): void {
  try {
    disk.remove(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

/** What one who died between writing its file and linking it left behind. */
function removeDead(disk: Disk, path: string, processes: Processes): void {
  const bytes = readSmallFile(disk, path);
  if (bytes === null) return;
  try {
    const owner = JSON.parse(Buffer.from(bytes).toString('utf8')) as Owner;
    if (owner.host === processes.host && !isAlive(owner, processes)) removeIfThere(disk, path);
  } catch {
    // Being written this moment, or by another program: not ours to remove.
  }
}

export const thisMachine: Processes = {
  pid: process.pid,
  host: os.hostname(),
  boot: readText('/proc/sys/kernel/random/boot_id') ?? '',
  startOf(pid) {
    const stat = readText(`/proc/${pid}/stat`);
    if (stat !== null) {
      // The command name, second, may hold blanks and brackets; state and start time are first and twentieth after it.
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return fields[0] === 'Z' || fields[0] === 'X' ? null : fields[19];
    }
    try {
      process.kill(pid, 0);
      return '';
    } catch (error) {
      return (error as NodeJS.ErrnoException).code === 'EPERM' ? '' : null;
    }
  },
};

function readText(path: string): string | null {
  try {
    return fs.readFileSync(path, 'utf8').trim();
  } catch {
    return null;
  }
}
