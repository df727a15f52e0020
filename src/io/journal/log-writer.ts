/**
 * Group commit. Appends fill one batch while another is on its way. A small one takes the short way, any other the long one, whose two stages overlap:
 *
 *     append ->[ batch ]        filled by the caller, no system call
 *       short:  [ batch ] -> write (segment), write (tail, which waits for the disk), then `acknowledged` rises
 *       long:   [ batch ] -> write, fdatasync (segment)         stage 1: the records
 *                              [ mark ] -> write, fdatasync     stage 2: the promise, then `acknowledged` rises
 *
 * On the long way a record is acknowledged only when it and a mark that covers it are both durable, in this order: a mark ahead of its
 * records would make a harmless tear look like a broken promise. Stage 2 of one batch runs beside stage 1 of the next, so
 * the mark costs latency and no throughput. An entry of the tail brings its records with it, so it is a promise by itself, as long as all before it is
 * promised. The segment is synced, and marked, whenever half of the tail is used.
 *
 * After any failed write or sync nothing is retried and nothing acknowledged: the kernel may have dropped the pages and
 * report success the next time.
 */
import { assert } from '../../core/num/assert.ts';
import { OperationalError, errnoOf } from '../operational-error.ts';
import { Batch } from './batch.ts';
import type { DirectoryPaths } from './directory.ts';
import { type Disk, writeFully, writeFullySync } from './disk.ts';
import { SEQUENCE_NONE } from './journal.ts';
import { MarkFile } from './mark.ts';
import type { JournalOptions } from './options.ts';
import { RECORD_HEADER_BYTES, writeRecord } from './record.ts';
import { type LogPoint, SEGMENT_HEADER_BYTES, segmentName, writeSegmentHeader } from './segment.ts';
import { TailFile } from './tail.ts';

export interface LogStart {
  /** The oldest record held. */
  readonly first: number;
  /** First sequences of the segments. The writer adds to it. */
  readonly segments: number[];
  readonly point: LogPoint;
  /** Slot of the mark file that is not to be overwritten next. */
  readonly slot: number;
}

interface SegmentFile {
  readonly path: string;
  readonly file: number;
  /** A descriptor of its own for `flushSync`: the kernel reports a failed write-back once per descriptor. */
  readonly fileSync: number;
}

interface Waiter {
  readonly sequence: number;
  readonly resolve: (sequence: number) => void;
  readonly reject: (error: unknown) => void;
}

/** Takes no record: every append ends up on the slow path, which knows why. */
const NO_BATCH = new Batch(0);
NO_BATCH.limit = -1;

export class LogWriter {
  appended: number;
  acknowledged: number;
  failure: OperationalError | null = null;
  onAcknowledged: ((sequence: number) => void) | null = null;
  onFailure: ((failure: OperationalError) => void) | null = null;

  readonly #disk: Disk;
  readonly #paths: DirectoryPaths;
  readonly #directoryId: Uint8Array;
  readonly #settings: JournalOptions;
  readonly #segments: number[];
  readonly #mark: MarkFile;
  /** Null: every batch takes the long way. */
  readonly #tail: TailFile | null;
  readonly #directory: number;
  readonly #free: Batch[] = [];
  readonly #sealed: Batch[] = [];
  #batch: Batch;
  #chain: number;
  #segmentFile: SegmentFile;
  /** The batch on the short way or in stage 1, and the file it goes to. */
  #writing: Batch | null = null;
  #writingFile: SegmentFile;
  #marking = false;
  /** The segment is synced for the tail. */
  #syncing = false;
  /** Someone is going to look at the current batch. */
  #scheduled = false;
  /** Records up to here are in their segments: seen by whoever reads them, durable or not. */
  #written: LogPoint;
  /** Records up to here are durable in their segments, and may not be acknowledged yet. */
  #durable: LogPoint;
  /** The mark promises all up to here. */
  #marked: number;
  #first: number;
  #firstMarked: number;
  #flushes: Waiter[] = [];
  #waitingForRoom: Waiter[] = [];
  #waitingForMark: Waiter[] = [];
  #waitingForIdle: (() => void)[] = [];

  constructor(
    disk: Disk,
    paths: DirectoryPaths,
    directoryId: Uint8Array,
    settings: JournalOptions,
    start: LogStart,
  ) {
    this.#disk = disk;
    this.#paths = paths;
    this.#directoryId = directoryId;
    this.#settings = settings;
    this.#segments = start.segments;
    this.#first = this.#firstMarked = start.first;
    this.#durable = this.#written = start.point;
    this.#marked = start.point.sequence;
    this.#chain = start.point.chain;
    this.appended = this.acknowledged = start.point.sequence;
    this.#mark = new MarkFile(disk, paths.mark, directoryId, start.slot);
    this.#directory = disk.open(paths.journal, 'directory');
    const { tailBytes } = settings;
    this.#tail =
      tailBytes === 0 ? null : new TailFile(disk, paths.tail, this.#directory, directoryId, tailBytes);
    this.#segmentFile = this.#writingFile = this.#openSegment(start.point.segment, 'write');
    for (let count = 0; count < settings.batches; count++) this.#free.push(new Batch(settings.batchBytes));
    this.#batch = this.#free.pop()!;
    this.#batch.start(start.point.segment, start.point.position, false, settings.segmentBytes);
  }

  append(bytes: Uint8Array, offset: number, length: number): number {
    const batch = this.#batch;
    const at = batch.used;
    const end = at + RECORD_HEADER_BYTES + length;
    if (end > batch.limit || length < 0 || offset < 0 || offset + length > bytes.length) {
      return this.#appendSlowly(bytes, offset, length);
    }
    const sequence = this.appended + 1;
    this.#chain = writeRecord(
      batch.bytes,
      at,
      batch.position + at,
      this.#chain,
      sequence,
      bytes,
      offset,
      length,
    );
    batch.used = end;
    batch.records++;
    this.appended = sequence;
    if (!this.#scheduled) this.#schedule();
    return sequence;
  }

  /** Resolves when an append of any permitted size finds room. */
  ready(): Promise<void> {
    if (this.failure !== null) return Promise.reject(this.failure);
    if (this.#hasRoom()) return Promise.resolve();
    return this.#wait(this.#waitingForRoom, 0).then(() => undefined);
  }

  flush(): Promise<number> {
    if (this.failure !== null) return Promise.reject(this.failure);
    if (this.appended <= this.acknowledged) return Promise.resolve(this.acknowledged);
    if (!this.#scheduled) this.#schedule();
    return this.#wait(this.#flushes, this.appended);
  }

  /**
   * All that was appended is durable when this returns. What is under way in the pool is written once more from here,
   * the same bytes to the same place: its outcome cannot be waited for without the event loop.
   */
  flushSync(): number {
    if (this.failure !== null) throw this.failure;
    let doing = 'writing';
    try {
      if (this.#writing !== null) this.#commitSync(this.#writing, this.#writingFile);
      for (let batch = this.#sealed.shift(); batch !== undefined; batch = this.#sealed.shift()) {
        this.#commitSync(batch, null);
        this.#free.push(batch);
      }
      const batch = this.#batch;
      if (batch.records > 0) {
        this.#closeBatch(batch);
        this.#commitSync(batch, null);
        batch.start(batch.segment, batch.position + batch.used, false, this.#settings.segmentBytes);
      }
      doing = 'marking';
      if (this.#durable.sequence > this.acknowledged) {
        this.#mark.writeSync({ ...this.#durable, first: this.#first });
        this.#markedUpTo(this.#durable.sequence);
      }
    } catch (cause) {
      this.#fail(
        doing,
        doing === 'marking' ? this.#paths.mark : this.#segmentFile.path,
        this.#durable.position,
        cause,
      );
      throw this.failure!;
    }
    this.#acknowledge(this.#durable.sequence);
    this.#settle(this.#waitingForRoom, 0);
    return this.acknowledged;
  }

  /** Records in the mark that the log may start at `first` from now on. Durable when it resolves. */
  retain(first: number): Promise<unknown> {
    if (this.failure !== null) return Promise.reject(this.failure);
    this.#first = first;
    const marked = this.#wait(this.#waitingForMark, first);
    this.#markDurable();
    return marked;
  }

  /** Flushes unless failed, waits for what is under way, and closes the files. */
  async close(): Promise<void> {
    try {
      if (this.failure === null) await this.flush();
      // What only the tail promises yet.
      if (this.failure === null && this.#marked < this.#written.sequence) void this.#syncForTail();
    } finally {
      this.#batch = NO_BATCH;
      if (!this.#isIdle) await new Promise<void>((resolve) => this.#waitingForIdle.push(resolve));
      this.#closeSegment(this.#segmentFile);
      this.#mark.close();
      this.#tail?.close();
      this.#disk.close(this.#directory);
    }
  }

  #appendSlowly(bytes: Uint8Array, offset: number, length: number): number {
    if (this.failure !== null) throw this.failure;
    assert(this.#batch !== NO_BATCH, 'the journal is closed');
    assert(Number.isInteger(offset) && Number.isInteger(length), 'a record is a whole number of bytes');
    assert(offset >= 0 && length >= 0 && offset + length <= bytes.length, 'a record lies inside its buffer');
    assert(
      length <= this.#settings.recordBytesMax,
      `a record is at most ${this.#settings.recordBytesMax} bytes`,
    );
    const { segmentBytes } = this.#settings;
    const batch = this.#batch;
    const end = batch.position + batch.used;
    const opens = end + RECORD_HEADER_BYTES + length > segmentBytes;
    if (batch.records > 0) {
      if (this.#free.length === 0) return SEQUENCE_NONE;
      this.#seal();
    }
    if (opens) this.#startSegment(end);
    if (!this.#scheduled) this.#schedule();
    this.#pump();
    return this.append(bytes, offset, length);
  }

  /** The current, empty batch becomes the first of a new segment. */
  #startSegment(previousBytes: number): void {
    const batch = this.#batch;
    const first = this.appended + 1;
    batch.start(first, 0, true, this.#settings.segmentBytes);
    this.#chain = writeSegmentHeader(batch.bytes, this.#directoryId, first, previousBytes, this.#chain);
    batch.used = SEGMENT_HEADER_BYTES;
  }

  #closeBatch(batch: Batch): void {
    batch.end = {
      segment: batch.segment,
      position: batch.position + batch.used,
      sequence: this.appended,
      chain: this.#chain,
    };
  }

  #seal(): void {
    const batch = this.#batch;
    this.#closeBatch(batch);
    this.#sealed.push(batch);
    const next = this.#free.pop();
    assert(next !== undefined, 'a batch is sealed only when another is free');
    next.start(batch.segment, batch.end.position, false, this.#settings.segmentBytes);
    this.#batch = next;
  }

  #hasRoom(): boolean {
    const batch = this.#batch;
    if (this.#free.length > 0 || batch.records === 0) return true;
    return batch.limit - batch.used >= RECORD_HEADER_BYTES + this.#settings.recordBytesMax;
  }

  /** Once per turn of the event loop, so that all that is appended in one turn is one group. */
  #schedule(): void {
    this.#scheduled = true;
    setImmediate(() => this.#pump());
  }

  #pump(): void {
    if (this.#writing !== null || this.failure !== null) return;
    const next = this.#sealed[0] ?? this.#batch;
    if (next.records === 0) {
      this.#scheduled = false;
      return;
    }
    this.#scheduled = true;
    const isShort = this.#tail !== null && !next.opens && this.#tail.takes(next.used);
    // A mark or a sync that ends pumps again: what is waited for here is under way.
    if (isShort ? this.#written.sequence > this.acknowledged : this.#syncing) return;
    if (next.opens && this.#written.sequence > this.#durable.sequence) {
      void this.#syncForTail();
      return;
    }
    if (this.#sealed.length === 0) this.#seal();
    this.#writing = this.#sealed.shift()!;
    if (isShort) this.#promise(this.#tail, next);
    else void this.#commit(next);
  }

  /**
   * The short way. All before the batch is promised. Here and now: the disk takes as long as a few orders do, and a thread of the pool would first have to be
   * given a processor, and then this one again.
   */
  #promise(tail: TailFile, batch: Batch): void {
    const { file, path } = (this.#writingFile = this.#segmentFile);
    try {
      writeFullySync(this.#disk, file, batch.bytes, batch.used, batch.position);
    } catch (cause) {
      this.#fail('writing', path, batch.position, cause);
    }
    try {
      if (this.failure === null) tail.write(this.#written, batch.end, batch.bytes, batch.used);
    } catch (cause) {
      this.#fail('writing', this.#paths.tail, 0, cause);
    }
    this.#writing = null;
    if (this.failure === null) {
      if (batch.end.sequence > this.#written.sequence) this.#written = batch.end;
      this.#free.push(batch);
      this.#acknowledge(batch.end.sequence);
      if (tail.isHalfFull && !this.#syncing) void this.#syncForTail();
      this.#pump();
      this.#settle(this.#waitingForRoom, 0);
    }
    this.#settleIdle();
  }

  /** Syncs what the tail holds, and marks it, so that the tail may forget it. */
  async #syncForTail(): Promise<void> {
    this.#syncing = true;
    const point = this.#written;
    const { file, path } = this.#segmentFile;
    try {
      await this.#disk.sync(file);
    } catch (cause) {
      this.#fail('syncing', path, point.position, cause);
    }
    this.#syncing = false;
    if (this.failure === null) {
      this.#advance(point);
      this.#markDurable();
      this.#pump();
    }
    this.#settleIdle();
  }

  async #commit(batch: Batch): Promise<void> {
    let doing = 'writing';
    try {
      if (batch.opens) this.#createSegment(batch.segment);
      const { file } = (this.#writingFile = this.#segmentFile);
      await writeFully(this.#disk, file, batch.bytes, batch.used, batch.position);
      doing = 'syncing';
      await this.#disk.sync(file);
      if (batch.opens) await this.#disk.syncDirectory(this.#directory);
    } catch (cause) {
      this.#writing = null;
      this.#fail(doing, `${this.#paths.journal}/${segmentName(batch.segment)}`, batch.position, cause);
      this.#settleIdle();
      return;
    }
    this.#writing = null;
    if (this.#writingFile !== this.#segmentFile) this.#closeSegment(this.#writingFile);
    this.#advance(batch.end);
    this.#free.push(batch);
    this.#markDurable();
    this.#pump();
    this.#settle(this.#waitingForRoom, 0);
    this.#settleIdle();
  }

  /** `under` is the file of a batch that is under way already. */
  #commitSync(batch: Batch, under: SegmentFile | null): void {
    if (under === null && batch.opens) {
      if (this.#written.sequence > this.#durable.sequence) this.#disk.syncSync(this.#segmentFile.fileSync);
      this.#createSegment(batch.segment);
    }
    const { fileSync } = under ?? this.#segmentFile;
    writeFullySync(this.#disk, fileSync, batch.bytes, batch.used, batch.position);
    this.#disk.syncSync(fileSync);
    if (batch.opens) this.#disk.syncDirectorySync(this.#directory);
    this.#advance(batch.end);
  }

  #advance(point: LogPoint): void {
    if (point.sequence > this.#durable.sequence) this.#durable = point;
    if (point.sequence > this.#written.sequence) this.#written = point;
  }

  #markDurable(): void {
    if (this.#marking || this.failure !== null) return;
    const point = this.#durable;
    const first = this.#first;
    if (point.sequence <= this.#marked && first === this.#firstMarked) return;
    this.#marking = true;
    this.#mark.write({ ...point, first }).then(
      () => {
        this.#marking = false;
        this.#firstMarked = first;
        this.#markedUpTo(point.sequence);
        this.#acknowledge(point.sequence);
        this.#settle(this.#waitingForMark, first);
        this.#markDurable();
        this.#pump();
        this.#settleIdle();
      },
      (cause: unknown) => {
        this.#marking = false;
        this.#fail('marking', this.#paths.mark, 0, cause);
        this.#settleIdle();
      },
    );
  }

  #markedUpTo(sequence: number): void {
    if (sequence <= this.#marked) return;
    this.#marked = sequence;
    this.#tail?.release(sequence);
  }

  #acknowledge(sequence: number): void {
    if (this.failure !== null || sequence <= this.acknowledged) return;
    this.acknowledged = sequence;
    this.onAcknowledged?.(sequence);
    this.#settle(this.#flushes, sequence);
  }

  #fail(doing: string, file: string, position: number, cause: unknown): void {
    if (this.failure !== null) return;
    this.failure = journalFailure(doing, file, position, this.acknowledged, this.appended, cause);
    this.#batch = NO_BATCH;
    for (const waiter of [...this.#flushes, ...this.#waitingForRoom, ...this.#waitingForMark])
      waiter.reject(this.failure);
    this.#flushes = [];
    this.#waitingForRoom = [];
    this.#waitingForMark = [];
    this.onFailure?.(this.failure);
  }

  /** The segment before is complete and durable by now: a later file implies it. */
  #createSegment(first: number): void {
    const before = this.#segmentFile;
    this.#segmentFile = this.#openSegment(first, 'create');
    this.#segments.push(first);
    if (before !== this.#writingFile || this.#writing === null || this.#writing.segment === first)
      this.#closeSegment(before);
  }

  #openSegment(first: number, mode: 'write' | 'create'): SegmentFile {
    const path = `${this.#paths.journal}/${segmentName(first)}`;
    const file = this.#disk.open(path, mode);
    return { path, file, fileSync: this.#disk.open(path, 'write') };
  }

  #closeSegment(segment: SegmentFile): void {
    this.#disk.close(segment.file);
    this.#disk.close(segment.fileSync);
  }

  #wait(waiters: Waiter[], sequence: number): Promise<number> {
    return new Promise((resolve, reject) => waiters.push({ sequence, resolve, reject }));
  }

  /** Resolves the waiters that wait for no more than `sequence`. They queue in order. */
  #settle(waiters: Waiter[], sequence: number): void {
    while (waiters.length > 0 && waiters[0].sequence <= sequence) waiters.shift()!.resolve(sequence);
  }

  get #isIdle(): boolean {
    return this.#writing === null && !this.#marking && !this.#syncing;
  }

  #settleIdle(): void {
    if (!this.#isIdle) return;
    for (const resolve of this.#waitingForIdle.splice(0)) resolve();
  }
}

function journalFailure(
  doing: string,
  file: string,
  position: number,
  acknowledged: number,
  appended: number,
  cause: unknown,
): OperationalError {
  const errno = errnoOf(cause);
  const full = errno === 'ENOSPC' || errno === 'EDQUOT';
  const lost =
    acknowledged === appended
      ? ''
      : ` Records ${acknowledged + 1} to ${appended} were never acknowledged and may be lost.`;
  const remedy = full
    ? 'Free disk space and start again'
    : 'Look at the device (dmesg, SMART), and start again on a healthy one';
  return new OperationalError(
    full ? 'JOURNAL_FULL' : 'JOURNAL_FAILED',
    `The journal stopped: ${doing} ${file} at byte ${position} failed with ${errno}. Everything up to sequence ` +
      `${acknowledged} is safe.${lost} Nothing is retried, because a second sync may claim success for pages that were ` +
      `dropped. ${remedy}; recovery continues from what is safe.`,
    { file, position, sequence: acknowledged, errno },
    cause,
  );
}
