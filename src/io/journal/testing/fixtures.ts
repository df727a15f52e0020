/** What the journal tests share: records whose content follows from their number, seeded randomness, two dead processes. */
import { assert } from '../../../core/num/assert.ts';
import type { Journal } from '../journal.ts';
import { type OpenOptions, type OpenedJournal, openJournal } from '../open.ts';
import type { Processes } from '../lock.ts';
import type { SimulatedDisk } from './simulated-disk.ts';

/** Small enough that a few records fill a batch, and a few batches a segment. */
export const SMALL = {
  segmentBytes: 1024,
  batchBytes: 512,
  batches: 3,
  recordBytesMax: 200,
  tailBytes: 0,
} as const;
export const ROOT = '/data';

/** Mulberry32: tests must fail the same way every time. */
export function seeded(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The record that a life of the journal writes as number `sequence`: 0 to 90 bytes, different in every life. */
export function recordOf(sequence: number, life = 0): Uint8Array {
  const random = seeded(sequence * 7919 + life * 104_729);
  const bytes = new Uint8Array(sequence % 17 === 0 ? 0 : 8 + Math.floor(random() * 83));
  for (let at = 0; at < bytes.length; at++) bytes[at] = random() * 256;
  return bytes;
}

/** Appends and waits for room where there is none. */
export async function appendOne(journal: Journal, bytes: Uint8Array): Promise<number> {
  for (;;) {
    const sequence = journal.append(bytes, 0, bytes.length);
    if (sequence !== 0) return sequence;
    await journal.ready();
  }
}

export async function readAll(journal: Journal, from = journal.first): Promise<Uint8Array[]> {
  const records: Uint8Array[] = [];
  let expected = from;
  await journal.read(from, (sequence, bytes, offset, length) => {
    assert(sequence === expected++, 'records come in order');
    records.push(bytes.slice(offset, offset + length));
  });
  return records;
}

/** A process of its own, with all the others dead. */
export function lonelyProcess(pid: number): Processes {
  return { pid, host: 'test', boot: 'boot', startOf: (other) => (other === pid ? String(pid) : null) };
}

let lives = 0;

export function openOn(disk: SimulatedDisk, options: OpenOptions = {}): Promise<OpenedJournal> {
  const processes = lonelyProcess(++lives);
  return openJournal(ROOT, { ...SMALL, disk, processes, now: () => new Date(0), ...options });
}
