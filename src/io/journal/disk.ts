/**
 * The file system, as far as the journal uses it: small enough to simulate, so that tests can fail or crash at any call.
 *
 * Cold calls are synchronous. Those that carry data come twice: through the thread pool, and blocking for the few
 * callers that cannot wait for the event loop. All throw Node's errors, with their errno as `code`.
 */
import fs from 'node:fs';

/**
 * `create` is exclusive: it fails with EEXIST. `directory` is for syncing its entries. What is written to a file that was opened as `durable` is durable
 * when the write ends: for writes that do not change how long the file is, that is one wait where a write and a sync are two.
 */
export type OpenMode = 'read' | 'write' | 'durable' | 'create' | 'directory';

export interface Disk {
  open(path: string, mode: OpenMode): number;
  close(file: number): void;
  size(file: number): number;
  truncate(file: number, length: number): void;

  read(file: number, bytes: Uint8Array, offset: number, length: number, position: number): Promise<number>;
  readSync(file: number, bytes: Uint8Array, offset: number, length: number, position: number): number;
  /** May write less than asked, as the system call may. */
  write(file: number, bytes: Uint8Array, offset: number, length: number, position: number): Promise<number>;
  writeSync(file: number, bytes: Uint8Array, offset: number, length: number, position: number): number;
  /** fdatasync: the data and the size. */
  sync(file: number): Promise<void>;
  syncSync(file: number): void;
  /** fsync: what a directory needs for its entries, which fdatasync does not promise. */
  syncDirectory(directory: number): Promise<void>;
  syncDirectorySync(directory: number): void;

  /** Names in a directory, in no order; empty when there is none. */
  list(path: string): string[];
  makeDirectory(path: string): void;
  rename(from: string, to: string): void;
  /** Fails with EEXIST when `to` exists: the one atomic "only one of us" there is. */
  link(from: string, to: string): void;
  remove(path: string): void;
}

const FLAGS = {
  read: fs.constants.O_RDONLY,
  write: fs.constants.O_RDWR,
  durable: fs.constants.O_RDWR | fs.constants.O_DSYNC,
  create: fs.constants.O_RDWR | fs.constants.O_CREAT | fs.constants.O_EXCL,
  directory: fs.constants.O_RDONLY | fs.constants.O_DIRECTORY,
} as const;

export const nodeDisk: Disk = {
  open: (path, mode) => fs.openSync(path, FLAGS[mode], 0o644),
  close: (file) => fs.closeSync(file),
  size: (file) => fs.fstatSync(file).size,
  truncate: (file, length) => fs.ftruncateSync(file, length),

  read: (file, bytes, offset, length, position) =>
    new Promise((resolve, reject) => {
      fs.read(file, bytes, offset, length, position, (error, count) =>
        error ? reject(error) : resolve(count),
      );
    }),
  readSync: (file, bytes, offset, length, position) => fs.readSync(file, bytes, offset, length, position),
  write: (file, bytes, offset, length, position) =>
    new Promise((resolve, reject) => {
      fs.write(file, bytes, offset, length, position, (error, count) =>
        error ? reject(error) : resolve(count),
      );
    }),
  writeSync: (file, bytes, offset, length, position) => fs.writeSync(file, bytes, offset, length, position),
  sync: (file) =>
    new Promise((resolve, reject) => fs.fdatasync(file, (error) => (error ? reject(error) : resolve()))),
  syncSync: (file) => fs.fdatasyncSync(file),
  syncDirectory: (directory) =>
    new Promise((resolve, reject) => fs.fsync(directory, (error) => (error ? reject(error) : resolve()))),
  syncDirectorySync: (directory) => fs.fsyncSync(directory),

  list: (path) => {
    try {
      return fs.readdirSync(path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw error;
    }
  },
  makeDirectory: (path) => void fs.mkdirSync(path, { recursive: true }),
  rename: (from, to) => fs.renameSync(from, to),
  link: (from, to) => fs.linkSync(from, to),
  remove: (path) => fs.unlinkSync(path),
};

/** Writes all of it, however short the single writes are. */
export async function writeFully(
  disk: Disk,
  file: number,
  bytes: Uint8Array,
  length: number,
  position: number,
): Promise<void> {
  for (let done = 0; done < length;) {
    done += progress(await disk.write(file, bytes, done, length - done, position + done));
  }
}

export function writeFullySync(
  disk: Disk,
  file: number,
  bytes: Uint8Array,
  length: number,
  position: number,
): void {
  for (let done = 0; done < length;) {
    done += progress(disk.writeSync(file, bytes, done, length - done, position + done));
  }
}

/** A write of nothing would be retried for ever; no file system we know does it, so it is an error of the device. */
function progress(count: number): number {
  if (count > 0) return count;
  throw Object.assign(new Error('the device accepted no bytes'), { code: 'EIO' });
}

/** Reads until `length` or the end of the file, and returns how much there was. */
export async function readFully(
  disk: Disk,
  file: number,
  bytes: Uint8Array,
  offset: number,
  length: number,
  position: number,
): Promise<number> {
  let done = 0;
  while (done < length) {
    const count = await disk.read(file, bytes, offset + done, length - done, position + done);
    if (count === 0) break;
    done += count;
  }
  return done;
}

/** Opens a file for reading, or null when there is none. */
export function openIfThere(disk: Disk, path: string): number | null {
  try {
    return disk.open(path, 'read');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/** The whole of a small file, or null when there is none. */
export function readSmallFile(disk: Disk, path: string): Uint8Array | null {
  const file = openIfThere(disk, path);
  if (file === null) return null;
  try {
    const bytes = new Uint8Array(disk.size(file));
    let done = 0;
    while (done < bytes.length) {
      const count = disk.readSync(file, bytes, done, bytes.length - done, done);
      if (count === 0) break;
      done += count;
    }
    return bytes.subarray(0, done);
  } finally {
    disk.close(file);
  }
}

export function syncPath(disk: Disk, path: string): void {
  const directory = disk.open(path, 'directory');
  try {
    disk.syncDirectorySync(directory);
  } finally {
    disk.close(directory);
  }
}
