/**
 * How many commands a second the journal makes durable, and reads back. Every record counted was written, fdatasynced,
 * covered by a synced mark, and acknowledged; the clock stops at the last acknowledgement.
 *
 *     node benchmarks/journal.ts [records] [bytes] [group] [directory] [rate]
 *
 * `group` is how many records are appended per turn of the event loop, at most; `rate` offers so many per second, for
 * latencies below saturation. The directory decides which disk is measured.
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { type Disk, nodeDisk } from '../src/io/journal/disk.ts';
import { SEQUENCE_NONE } from '../src/io/journal/journal.ts';
import { openJournal } from '../src/io/journal/open.ts';

export interface JournalBenchmarkOptions {
  /** Default 5,000,000. */
  readonly records?: number;
  /** Payload bytes of each. Default 48. */
  readonly bytes?: number;
  /** Records appended per turn of the event loop. Default 10,000. */
  readonly batch?: number;
  /** Records per second to offer, for latencies below saturation; 0, the default, offers as many as fit. */
  readonly rate?: number;
  /** A folder on the disk to measure. Default: the temporary one. */
  readonly directory?: string;
}

export interface Spread {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

export interface JournalBenchmark {
  readonly ok: boolean;
  readonly workload: {
    readonly records: number;
    readonly bytes: number;
    readonly batch: number;
    readonly rate: number;
  };
  readonly machine: {
    readonly cpu: string;
    readonly cores: number;
    readonly node: string;
    readonly filesystem: string;
  };
  /** Durable and acknowledged, per second of wall time. */
  readonly recordsPerSecond: number;
  /** Of the log, headers included. */
  readonly bytesPerSecond: number;
  readonly seconds: number;
  /** Group commits: syncs of a segment. */
  readonly batches: number;
  readonly recordsPerBatch: number;
  /** Of segments and mark alike. */
  readonly fdatasyncMs: Spread;
  /** From the append of a record to its acknowledgement, for the first record of each turn. */
  readonly acknowledgeMs: Spread;
  /** Turns in which the pending bytes were at their bound. */
  readonly waits: number;
  /** Time in the calls of `append` alone, per record. */
  readonly appendNs: number;
  readonly readRecordsPerSecond: number;
  readonly reopenMs: number;
}

const REQUIRED_PER_SECOND = 1_000_000;

export async function runJournalBenchmark(options: JournalBenchmarkOptions = {}): Promise<JournalBenchmark> {
  const { records = 5_000_000, bytes = 48, batch = 10_000, rate = 0 } = options;
  const directory = fs.mkdtempSync(path.join(options.directory ?? os.tmpdir(), 'plimsoll-bench-'));
  try {
    const syncs: number[] = [];
    let segmentSyncs = 0;
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
        syncs.push(performance.now() - start);
        if (!marks.has(file)) segmentSyncs++;
      },
    };
    const opened = await openJournal(directory, { disk });
    const { journal } = opened;
    const waiting: { sequence: number; since: number }[] = [];
    const latencies: number[] = [];
    journal.onAcknowledged = (sequence) => {
      const now = performance.now();
      while (waiting.length > 0 && waiting[0].sequence <= sequence)
        latencies.push(now - waiting.shift()!.since);
    };
    const record = Buffer.alloc(bytes, 0x5a);
    let waits = 0;
    let appending = 0;
    const start = performance.now();
    for (let done = 0; done < records;) {
      const turn = performance.now();
      const due = rate === 0 ? records : Math.floor(((turn - start) / 1000) * rate);
      if (due <= done) {
        await new Promise((resolve) => setImmediate(resolve));
        continue;
      }
      waiting.push({ sequence: done + 1, since: turn });
      let full = false;
      for (const end = Math.min(records, done + batch, due); done < end && !full;) {
        record[0] = done;
        if (journal.append(record, 0, bytes) === SEQUENCE_NONE) full = true;
        else done++;
      }
      appending += performance.now() - turn;
      if (full) {
        waits++;
        await journal.ready();
      } else await new Promise((resolve) => setImmediate(resolve));
    }
    await journal.flush();
    const seconds = (performance.now() - start) / 1000;
    journal.onAcknowledged = null;

    const readStart = performance.now();
    let read = 0;
    await journal.read(1, () => void read++);
    const readSeconds = (performance.now() - readStart) / 1000;
    await journal.close();
    const reopenStart = performance.now();
    await (await openJournal(directory)).journal.close();
    const reopenMs = performance.now() - reopenStart;

    const recordsPerSecond = records / seconds;
    return {
      ok: recordsPerSecond >= (rate === 0 ? REQUIRED_PER_SECOND : rate * 0.95) && read === records,
      workload: { records, bytes, batch, rate },
      machine: {
        cpu: os.cpus()[0]?.model ?? 'unknown',
        cores: os.availableParallelism(),
        node: process.version,
        filesystem: directory,
      },
      recordsPerSecond: Math.round(recordsPerSecond),
      bytesPerSecond: Math.round(recordsPerSecond * (bytes + 16)),
      seconds: round(seconds),
      batches: segmentSyncs,
      recordsPerBatch: Math.round(records / segmentSyncs),
      fdatasyncMs: spread(syncs),
      acknowledgeMs: spread(latencies),
      waits,
      appendNs: round((appending * 1e6) / records),
      readRecordsPerSecond: Math.round(read / readSeconds),
      reopenMs: round(reopenMs),
    };
  } finally {
    fs.rmSync(directory, { recursive: true });
  }
}

function spread(samples: number[]): Spread {
  const sorted = samples.toSorted((a, b) => a - b);
  const at = (share: number): number =>
    round(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0);
  return { p50: at(0.5), p99: at(0.99), max: at(1) };
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}

if (import.meta.main) {
  const { positionals } = parseArgs({ allowPositionals: true });
  const [records, bytes, batch] = positionals.map(Number);
  const result = await runJournalBenchmark({
    ...(records === undefined ? {} : { records }),
    ...(bytes === undefined ? {} : { bytes }),
    ...(batch === undefined ? {} : { batch }),
    ...(positionals[4] === undefined ? {} : { rate: Number(positionals[4]) }),
    ...(positionals[3] === undefined ? {} : { directory: positionals[3] }),
  });
  console.log(JSON.stringify(result, null, 2));
  process.exitCode = result.ok ? 0 : 1;
}
