/**
 * A batch: the bytes of one group commit. Appends go to the end of one batch while another is written and synced; the
 * pool of buffers they come from is the bound on what can be lost in a crash.
 *
 * A batch lies in one segment. One that opens a segment starts with the segment header.
 */
import type { LogPoint } from './segment.ts';

export class Batch {
  readonly bytes: Uint8Array;
  /** First sequence of the segment this batch goes to. */
  segment = 0;
  /** Where in the segment the batch starts. */
  position = 0;
  /** The batch begins the segment: its file is yet to be made. */
  opens = false;
  used = 0;
  /** Bytes this batch may hold: its buffer, or what is left of its segment. Negative when nothing may be appended. */
  limit = 0;
  records = 0;
  /** Where the log stands after this batch; set when it is sealed. */
  end: LogPoint = { segment: 0, position: 0, sequence: 0, chain: 0 };

  constructor(capacity: number) {
    this.bytes = new Uint8Array(capacity);
  }

  /** Makes it an empty batch that continues the log at a place in a segment. */
  start(segment: number, position: number, opens: boolean, segmentBytes: number): void {
    this.segment = segment;
    this.position = position;
    this.opens = opens;
    this.used = 0;
    this.records = 0;
    this.limit = Math.min(this.bytes.length, segmentBytes - position);
  }
}
