/**
 * `plimsoll bench journal`: how many commands a second the journal makes durable, and reads back. Every record counted was
 * written, fdatasynced, covered by a synced mark, and acknowledged; the clock stops at the last acknowledgement.
 */
import { type Disk, nodeDisk } from '../../io/journal/disk.ts';
import { SEQUENCE_NONE } from '../../io/journal/journal.ts';
import { openJournal } from '../../io/journal/open.ts';
import { Latencies, type LatencyReport } from './latencies.ts';
import { nextTurn, type OnProgress } from './load.ts';
import { Checks, report, rounded, type Report } from './report.ts';
import { inTemporaryDirectory } from './temporary.ts';

export interface JournalOptions {
  readonly records: number;
  /** Payload bytes of each. */
  readonly bytes: number;
  /** Records appended per turn of the event loop, at most. */
  readonly group: number;
  /** Records per second to offer, for latencies below saturation; 0 offers as many as fit. */
  readonly rate: number;
  /** A folder on the disk to measure; null: the temporary one. */
  readonly directory: string | null;
  readonly quick: boolean;
}

export interface JournalResults {
  /** Durable and acknowledged, per second of wall time. */
  readonly recordsPerSecond: number;
  /** Of the log, headers included. */
  readonly bytesPerSecond: number;
  readonly seconds: number;
  /** Group commits: syncs of a segment. */
  readonly batches: number;
  readonly recordsPerBatch: number;
  /** Of segments and mark alike. */
  readonly fdatasyncUs: LatencyReport;
  /** From the append of a record to its acknowledgement, for the first record of each turn. */
  readonly acknowledgeUs: LatencyReport;
  /** Turns in which the pending bytes were at their bound. */
  readonly waits: number;
  /** Time in the calls of `append` alone, per record. */
  readonly appendNs: number;
  readonly readRecordsPerSecond: number;
  readonly reopenMs: number;
}

const RECORDS_PER_SECOND_MIN = 1_000_000;
const RECORD_HEADER_BYTES = 16;

export function benchJournal(
  options: JournalOptions,
  onProgress: OnProgress,
): Promise<Report & JournalResults> {
  return inTemporaryDirectory(options.directory, (directory) => measure(directory, options, onProgress));
}

async function measure(
  directory: string,
  options: JournalOptions,
  onProgress: OnProgress,
): Promise<Report & JournalResults> {
  const { records, bytes, group, rate, quick } = options;
  const syncs = new Latencies();
  const acknowledgements = new Latencies();
  let batches = 0;
  const marks = new Set<number>();
  const disk: Disk = {
    ...nodeDisk,
    open(file, mode) {
      const descriptor = nodeDisk.open(file, mode);
      if (file.endsWith('.mark')) marks.add(descriptor);
      else marks.delete(descriptor);
      return descriptor;
    },
    async sync(file) {
      const start = performance.now();
      await nodeDisk.sync(file);
      syncs.add(performance.now() - start);
      if (!marks.has(file)) batches++;
    },
  };
  const { journal } = await openJournal(directory, { disk });
  const waiting: { sequence: number; since: number }[] = [];
  journal.onAcknowledged = (sequence) => {
    const now = performance.now();
    while (waiting.length > 0 && waiting[0].sequence <= sequence)
      acknowledgements.add(now - waiting.shift()!.since);
  };
  const record = Buffer.alloc(bytes, 0x5a);
  let waits = 0;
  let appending = 0;
  const start = performance.now();
  for (let done = 0; done < records;) {
    const turn = performance.now();
    const due = rate === 0 ? records : Math.floor(((turn - start) / 1000) * rate);
    if (due <= done) {
      await nextTurn();
      continue;
    }
    waiting.push({ sequence: done + 1, since: turn });
    let full = false;
    for (const end = Math.min(records, done + group, due); done < end && !full;) {
      record[0] = done;
      if (journal.append(record, 0, bytes) === SEQUENCE_NONE) full = true;
      else done++;
    }
    appending += performance.now() - turn;
    onProgress('appending', done / records);
    if (full) {
      waits++;
      await journal.ready();
    } else await nextTurn();
  }
  await journal.flush();
  const seconds = (performance.now() - start) / 1000;
  journal.onAcknowledged = null;

  onProgress('reading back', 0);
  const readStart = performance.now();
  let read = 0;
  let different = 0;
  await journal.read(1, (sequence, data, offset, length) => {
    read++;
    if (length !== bytes || data[offset] !== ((sequence - 1) & 0xff)) different++;
  });
  const readSeconds = (performance.now() - readStart) / 1000;
  await journal.close();
  const reopenStart = performance.now();
  await (await openJournal(directory)).journal.close();
  const reopenMs = performance.now() - reopenStart;

  const recordsPerSecond = records / seconds;
  const checks = new Checks(quick);
  checks.atLeast('recordsPerSecond', recordsPerSecond, rate === 0 ? RECORDS_PER_SECOND_MIN : rate * 0.95);
  checks.equal('records read back', read, records);
  checks.equal('records that came back different', different, 0);
  // No record's content is drawn, so the seed that every workload states is none.
  return report(
    'journal',
    quick,
    checks,
    { records, bytes, group, rate, directory, seed: null },
    NOT_INCLUDED,
    {
      recordsPerSecond: rounded(recordsPerSecond),
      bytesPerSecond: rounded(recordsPerSecond * (bytes + RECORD_HEADER_BYTES)),
      seconds: rounded(seconds),
      batches,
      recordsPerBatch: rounded(records / batches),
      fdatasyncUs: syncs.report(),
      acknowledgeUs: acknowledgements.report(),
      waits,
      appendNs: rounded((appending * 1e6) / records),
      readRecordsPerSecond: rounded(read / readSeconds),
      reopenMs: rounded(reopenMs),
    },
  );
}

const NOT_INCLUDED = [
  'encoding commands: the payload is the same bytes each time',
  'what the disk does after fdatasync says that it is done',
  'at rate 0 acknowledgements wait behind all that fits into memory: use --rate for latencies below saturation',
];
