/**
 * The journal: the one totally ordered input of a shard. What is in it happened; what is not did not.
 *
 * It stores opaque byte records and opaque snapshots, and knows nothing of commands or state. This is the contract that
 * every implementation keeps and test/conformance/journal.ts checks; it says nothing about where the bytes live.
 *
 *     append --> appended --(made durable)--> acknowledged --> read
 *
 * Invariant: 0 <= acknowledged <= appended, both only ever rise, and sequences have no gaps.
 */
import type { OperationalError } from '../operational-error.ts';

/** What `append` returns when the pending bytes are at their bound: nothing was appended. Sequences start at 1. */
export const SEQUENCE_NONE = 0;

/**
 * Called once per record, in order. The record is `bytes[offset, offset + length)` and is only valid during the call:
 * the buffer is reused. Return false to stop.
 */
export type RecordVisitor = (
  sequence: number,
  bytes: Uint8Array,
  offset: number,
  length: number,
) => void | false;

export interface JournalSnapshot {
  /** The snapshot holds the state after this record. */
  readonly sequence: number;
  /** Whatever the writer gave: the journal keeps it and never looks at it. */
  readonly stateHash: string;
  /** Payload bytes. */
  readonly length: number;
  /** The payload in pieces, each valid until the next is asked for. Throws JOURNAL_DAMAGED if it is not what was written. */
  chunks(): AsyncIterable<Uint8Array>;
}

export type SnapshotChunks = Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

export interface Journal {
  /** The highest sequence given out; it may still be lost in a crash. */
  readonly appended: number;
  /** The highest sequence that survives a crash, with all before it. */
  readonly acknowledged: number;
  /** The oldest record still held is `first`; 1 unless history was pruned. */
  readonly first: number;
  /** Why nothing will be acknowledged any more, or null. There is no way back except to close and open again. */
  readonly failure: OperationalError | null;

  /** Called after `acknowledged` rose, never from inside `append`. */
  onAcknowledged: ((sequence: number) => void) | null;
  /** Called once, when the journal fails. */
  onFailure: ((failure: OperationalError) => void) | null;

  /**
   * Copies the record and returns its sequence, or `SEQUENCE_NONE` when full: await `ready()` and append it again.
   * Throws the failure once there is one. Allocates nothing.
   */
  append(bytes: Uint8Array, offset: number, length: number): number;
  /**
   * Appends `count` records that lie back to back in `bytes` from `offset`, record i being `lengths[i]` bytes long.
   * Returns how many were appended, fewer than `count` only when full.
   */
  appendMany(bytes: Uint8Array, offset: number, lengths: ArrayLike<number>, count: number): number;
  /** Resolves when an append of any permitted size can succeed. Rejects with the failure. */
  ready(): Promise<void>;
  /** Resolves to `acknowledged` once all that was appended before the call is durable. Rejects with the failure. */
  flush(): Promise<number>;

  /**
   * Visits the acknowledged records from sequence `from` up to what was acknowledged at the call, and resolves to the
   * last sequence visited (`from - 1` for none). Every record was checked before it is shown.
   * Throws JOURNAL_DAMAGED at the first that is not what was written, JOURNAL_PRUNED below `first`.
   */
  read(from: number, visit: RecordVisitor): Promise<number>;

  /**
   * Stores the state after record `sequence`, which it first makes durable. One at a time. A failure to write it
   * throws SNAPSHOT_FAILED, leaves older snapshots as they are, and does not fail the journal.
   */
  writeSnapshot(sequence: number, stateHash: string, chunks: SnapshotChunks): Promise<void>;
  /** The newest valid snapshot, or null. */
  readSnapshot(): Promise<JournalSnapshot | null>;

  /** Makes everything appended durable, unless failed, and lets go. Rejects if that fails; it lets go all the same. */
  close(): Promise<void>;
}
