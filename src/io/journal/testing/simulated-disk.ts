/**
 * A disk in memory that forgets like a real one. What a process sees and what the platter holds are two things; `sync`
 * makes them one, for that file; a crash keeps what was synced and any part of the rest.
 *
 *     write -> seen --(sync)--> durable
 *                \--(crash)---> any subset of the unsynced writes, torn at any byte, and of the unsynced names
 *
 * After a failed sync the unsynced writes are dropped and still seen, as Linux does it: the next sync succeeds, and a
 * crash then shows the truth.
 */
import type { Disk, OpenMode } from '../disk.ts';

export type CrashMode = 'none' | 'all' | 'prefix' | 'scatter';
export type Fault = string | { readonly short: number } | undefined;

/** A system call about to happen, in the order of all calls. */
export interface DiskCall {
  readonly index: number;
  readonly name:
    | 'open'
    | 'truncate'
    | 'write'
    | 'sync'
    | 'syncDirectory'
    | 'rename'
    | 'link'
    | 'remove'
    | 'makeDirectory';
  readonly path: string;
}

interface Write {
  readonly order: number;
  readonly position: number;
  /** Null truncates to `position`. */
  readonly bytes: Uint8Array | null;
}

interface Inode {
  seen: Uint8Array;
  durable: Uint8Array;
  unsynced: Write[];
}

interface OpenFile {
  readonly inode: Inode;
  readonly path: string;
  readonly isDurable: boolean;
}

interface NameChange {
  readonly order: number;
  readonly path: string;
  readonly inode: Inode | null;
}

const SECTOR_BYTES = 512;

export class SimulatedDisk implements Disk {
  calls = 0;
  crashed = false;
  /** The process dies at this call: a write may reach the disk, anything else does not happen. */
  crashAt = Infinity;
  /** Errno to fail with, or a short write. */
  fault: (call: DiskCall) => Fault = () => undefined;

  /** Resolves when the process has died, and what it still had on the stack has unwound. */
  readonly death: Promise<void>;
  readonly #die: () => void;

  #names = new Map<string, Inode>();
  #durableNames = new Map<string, Inode>();
  #unsyncedNames: NameChange[] = [];
  #open: (OpenFile | null)[] = [];
  #order = 0;

  constructor() {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.death = promise;
    this.#die = () => setImmediate(resolve);
  }

  open(path: string, mode: OpenMode): number {
    const inode = this.#names.get(path);
    if (mode === 'create') {
      this.#call('open', path);
      if (inode !== undefined) throw errno('EEXIST', path);
      this.#setName(path, emptyInode());
    } else if (mode !== 'directory' && inode === undefined) throw errno('ENOENT', path);
    const isDurable = mode === 'durable';
    return this.#open.push({ path, inode: this.#names.get(path) ?? emptyInode(), isDurable }) - 1;
  }

  close(file: number): void {
    this.#at(file);
    this.#open[file] = null;
  }

  size(file: number): number {
    return this.#at(file).inode.seen.length;
  }

  truncate(file: number, length: number): void {
    const { inode, path } = this.#at(file);
    this.#call('truncate', path);
    this.#apply(inode, { order: this.#order++, position: length, bytes: null });
  }

  async read(
    file: number,
    bytes: Uint8Array,
    offset: number,
    length: number,
    position: number,
  ): Promise<number> {
    await this.#turn();
    return this.readSync(file, bytes, offset, length, position);
  }

  readSync(file: number, bytes: Uint8Array, offset: number, length: number, position: number): number {
    const part = this.#at(file).inode.seen.subarray(position, position + length);
    bytes.set(part, offset);
    return part.length;
  }

  async write(
    file: number,
    bytes: Uint8Array,
    offset: number,
    length: number,
    position: number,
  ): Promise<number> {
    const count = await this.#vanishing(() => this.writeSync(file, bytes, offset, length, position));
    await this.#turn();
    return count;
  }

  writeSync(file: number, bytes: Uint8Array, offset: number, length: number, position: number): number {
    const { inode, path, isDurable } = this.#at(file);
    const fault = this.#call('write', path, () => {
      this.#apply(inode, { order: this.#order++, position, bytes: bytes.slice(offset, offset + length) });
    });
    const count = typeof fault === 'object' ? Math.min(fault.short, length) : length;
    this.#apply(inode, { order: this.#order++, position, bytes: bytes.slice(offset, offset + count) });
    if (isDurable) inode.durable = written(inode.durable, inode.unsynced.pop()!);
    return count;
  }

  async sync(file: number): Promise<void> {
    await this.#vanishing(() => this.syncSync(file));
    await this.#turn();
  }

  syncSync(file: number): void {
    const { inode, path } = this.#at(file);
    try {
      this.#call('sync', path);
      for (const write of inode.unsynced) inode.durable = written(inode.durable, write);
    } finally {
      if (!this.crashed) inode.unsynced = [];
    }
  }

  async syncDirectory(file: number): Promise<void> {
    await this.#vanishing(() => this.syncDirectorySync(file));
    await this.#turn();
  }

  syncDirectorySync(file: number): void {
    const { path } = this.#at(file);
    this.#call('syncDirectory', path);
    this.#unsyncedNames = this.#unsyncedNames.filter((change) => {
      if (change.path.slice(0, change.path.lastIndexOf('/')) !== path) return true;
      applyName(this.#durableNames, change);
      return false;
    });
  }

  list(path: string): string[] {
    return [...this.#names.keys()].flatMap((name) => {
      const rest = name.startsWith(`${path}/`) ? name.slice(path.length + 1) : '';
      return rest !== '' && !rest.includes('/') ? [rest] : [];
    });
  }

  makeDirectory(path: string): void {
    this.#call('makeDirectory', path);
  }

  rename(from: string, to: string): void {
    this.#call('rename', to);
    const inode = this.#named(from);
    this.#setName(to, inode);
    this.#setName(from, null);
  }

  link(from: string, to: string): void {
    this.#call('link', to);
    if (this.#names.has(to)) throw errno('EEXIST', to);
    this.#setName(to, this.#named(from));
  }

  remove(path: string): void {
    this.#call('remove', path);
    this.#named(path);
    this.#setName(path, null);
  }

  /** The file as the process sees it, to look at or to damage. */
  bytes(path: string): Uint8Array {
    return this.#named(path).seen;
  }

  /** Puts a file there, durably, as someone else might. */
  put(path: string, bytes: Uint8Array): void {
    const inode = { seen: bytes.slice(), durable: bytes.slice(), unsynced: [] };
    this.#names.set(path, inode);
    this.#durableNames.set(path, inode);
  }

  drop(path: string): void {
    this.#names.delete(path);
    this.#durableNames.delete(path);
  }

  paths(): string[] {
    return [...this.#names.keys()].sort();
  }

  /** The disk that the next process finds. `random` gives numbers in [0, 1). */
  afterCrash(mode: CrashMode, random: () => number): SimulatedDisk {
    const next = new SimulatedDisk();
    const last = mode === 'prefix' ? Math.floor(random() * (this.#order + 1)) : this.#order;
    const keeps = (): boolean =>
      mode === 'all' || mode === 'prefix' || (mode === 'scatter' && random() < 0.5);
    const names = new Map(this.#durableNames);
    for (const change of this.#unsyncedNames) if (keeps() && change.order < last) applyName(names, change);
    for (const [path, inode] of names) {
      let bytes = inode.durable;
      for (const write of inode.unsynced) {
        if (write.order > last) break;
        const tear = mode === 'prefix' && write.order === last;
        if (mode === 'all' || (mode === 'prefix' && !tear)) bytes = written(bytes, write);
        else if (tear) bytes = written(bytes, tornWrite(write, random));
        else if (mode === 'scatter')
          for (const sector of sectorsOf(write)) if (keeps()) bytes = written(bytes, sector);
      }
      next.put(path, bytes);
    }
    return next;
  }

  #apply(inode: Inode, write: Write): void {
    inode.seen = written(inode.seen, write);
    inode.unsynced.push(write);
  }

  #call(name: DiskCall['name'], path: string, whenCrashing?: () => void): Fault {
    if (this.crashed) throw errno('CRASHED', path);
    const fault = this.fault({ index: this.calls, name, path });
    if (this.calls++ >= this.crashAt) {
      whenCrashing?.();
      this.crashed = true;
      this.#die();
      throw errno('CRASHED', path);
    }
    if (typeof fault === 'string') throw errno(fault, path);
    return fault;
  }

  /** A dead process hears nothing back from the pool. */
  #vanishing<T>(action: () => T): T | Promise<never> {
    try {
      return action();
    } catch (error) {
      if (this.crashed) return new Promise<never>(() => {});
      throw error;
    }
  }

  async #turn(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    if (this.crashed) await new Promise(() => {});
  }

  #at(file: number): OpenFile {
    const entry = this.#open[file];
    if (entry === null || entry === undefined) throw errno('EBADF', String(file));
    return entry;
  }

  #named(path: string): Inode {
    const inode = this.#names.get(path);
    if (inode === undefined) throw errno('ENOENT', path);
    return inode;
  }

  #setName(path: string, inode: Inode | null): void {
    const change = { order: this.#order++, path, inode };
    applyName(this.#names, change);
    this.#unsyncedNames.push(change);
  }
}

function emptyInode(): Inode {
  return { seen: new Uint8Array(0), durable: new Uint8Array(0), unsynced: [] };
}

function applyName(names: Map<string, Inode>, { path, inode }: NameChange): void {
  if (inode === null) names.delete(path);
  else names.set(path, inode);
}

function written(content: Uint8Array, { position, bytes }: Write): Uint8Array {
  const end = bytes === null ? position : position + bytes.length;
  const result = bytes !== null && end <= content.length ? content.slice() : new Uint8Array(end);
  result.set(content.subarray(0, result.length));
  if (bytes !== null) result.set(bytes, position);
  return result;
}

function tornWrite(write: Write, random: () => number): Write {
  if (write.bytes === null) return write;
  return { ...write, bytes: write.bytes.slice(0, Math.floor(random() * (write.bytes.length + 1))) };
}

function sectorsOf(write: Write): Write[] {
  const { bytes, position } = write;
  if (bytes === null) return [write];
  const sectors: Write[] = [];
  for (let at = 0; at < bytes.length;) {
    const end = Math.min(bytes.length, at + SECTOR_BYTES - ((position + at) % SECTOR_BYTES));
    sectors.push({ ...write, position: position + at, bytes: bytes.slice(at, end) });
    at = end;
  }
  return sectors;
}

function errno(code: string, path: string): Error {
  return Object.assign(new Error(`${code}: ${path}`), { code, path, syscall: 'simulated' });
}
