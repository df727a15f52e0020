/** The settings of an embedded journal, with what they trade. */
import { assert } from '../../core/num/assert.ts';
import { RECORD_HEADER_BYTES, RECORD_PAYLOAD_MAX } from './record.ts';
import { SEGMENT_HEADER_BYTES } from './segment.ts';
import { entryBytesMax } from './tail.ts';

export interface JournalOptions {
  /** A segment is closed when the next record would make it longer. 64 MiB. */
  readonly segmentBytes: number;
  /** The longest record payload. 1 MiB. */
  readonly recordBytesMax: number;
  /** The longest batch, and so the longest single write. 4 MiB. */
  readonly batchBytes: number;
  /** Buffers of `batchBytes` that can be pending: the bound of memory, and of what a crash can take. 4. */
  readonly batches: number;
  /** The ring that small groups are promised in, which is written in place; 0: none, and each group is promised by a mark. 4 MiB. */
  readonly tailBytes: number;
  /** Newest snapshots kept. 2, so that one damaged snapshot is not the last. */
  readonly snapshotsKept: number;
  /** Remove segments that no kept snapshot needs. Off: `explain` needs the history. */
  readonly prune: boolean;
}

export function journalSettings(options: Partial<JournalOptions>): JournalOptions {
  const settings: JournalOptions = {
    segmentBytes: options.segmentBytes ?? 64 * 2 ** 20,
    recordBytesMax:
      options.recordBytesMax ??
      Math.min(2 ** 20, (options.batchBytes ?? 2 ** 20) - 256, (options.segmentBytes ?? 2 ** 20) - 256),
    batchBytes: options.batchBytes ?? 4 * 2 ** 20,
    batches: options.batches ?? 4,
    tailBytes: options.tailBytes ?? 4 * 2 ** 20,
    snapshotsKept: options.snapshotsKept ?? 2,
    prune: options.prune ?? false,
  };
  const recordBytes = SEGMENT_HEADER_BYTES + RECORD_HEADER_BYTES + settings.recordBytesMax;
  assert(
    settings.recordBytesMax >= 0 && settings.recordBytesMax <= RECORD_PAYLOAD_MAX,
    'recordBytesMax fits 24 bits',
  );
  assert(settings.batchBytes >= recordBytes, 'the longest record fits a batch');
  assert(
    settings.segmentBytes >= recordBytes && settings.segmentBytes <= 2 ** 31,
    'the longest record fits a segment',
  );
  assert(settings.batches >= 2, 'one batch is filled while another is written');
  assert(
    settings.tailBytes === 0 || entryBytesMax(settings.tailBytes) > 0,
    'a tail has room for a few groups, or there is none',
  );
  assert(settings.snapshotsKept >= 1, 'a new snapshot is kept');
  return settings;
}
