/**
 * What every journal must do, whatever it stores its records in. Run by the tests of each implementation.
 *
 * The harness owns one storage. It may open it again after a close, and must then find what was acknowledged.
 */
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Journal, SEQUENCE_NONE } from '../../src/io/journal/journal.ts';

export interface JournalUnderTest {
  /** With a bound on pending bytes of 32 KiB to 1 MiB, and records up to 256 bytes. */
  open(): Promise<Journal>;
  destroy(): Promise<void>;
}

export function journalConformance(name: string, make: () => Promise<JournalUnderTest>): void {
  describe(`${name}: a journal`, () => {
    let storage: JournalUnderTest;
    let journal: Journal;

    beforeEach(async () => {
      storage = await make();
      journal = await storage.open();
    });

    afterEach(async () => {
      await journal.close();
      await storage.destroy();
    });

    async function reopen(): Promise<void> {
      await journal.close();
      journal = await storage.open();
    }

    test('starts empty', async () => {
      expect([journal.appended, journal.acknowledged, journal.first, journal.failure]).toEqual([
        0,
        0,
        1,
        null,
      ]);
      expect(await texts(journal)).toEqual([]);
      expect(await journal.readSnapshot()).toBeNull();
      expect(await journal.flush()).toBe(0);
    });

    test('numbers records from 1 without gaps, across openings', async () => {
      expect([put(journal, 'a'), put(journal, 'b')]).toEqual([1, 2]);
      await reopen();
      expect(journal.appended).toBe(2);
      expect(put(journal, 'c')).toBe(3);
      await journal.flush();
      expect(await texts(journal)).toEqual(['a', 'b', 'c']);
    });

    test('keeps bytes as they are: empty, binary, as long as allowed', async () => {
      const records = [
        new Uint8Array(0),
        Uint8Array.from({ length: 256 }, (_, at) => at),
        new Uint8Array(256),
        new Uint8Array(1),
      ];
      for (const record of records) journal.append(record, 0, record.length);
      await reopen();
      expect(await contents(journal)).toEqual(records);
    });

    test('copies: the caller may reuse the buffer at once, and append a part of it', async () => {
      const bytes = Buffer.from('..first..');
      journal.append(bytes, 2, 5);
      bytes.write('other', 2);
      journal.append(bytes, 2, 5);
      await journal.flush();
      expect(await texts(journal)).toEqual(['first', 'other']);
    });

    test('appends many that lie back to back', async () => {
      expect(journal.appendMany(Buffer.from('-onetwothree'), 1, Uint32Array.of(3, 3, 5, 9), 3)).toBe(3);
      expect(journal.appended).toBe(3);
      await journal.flush();
      expect(await texts(journal)).toEqual(['one', 'two', 'three']);
    });

    test('acknowledges in order, never more than was appended, and not inside append', async () => {
      const seen: number[] = [];
      let appending = false;
      journal.onAcknowledged = (sequence) => {
        expect(appending).toBe(false);
        expect(sequence).toBe(journal.acknowledged);
        expect(sequence).toBeLessThanOrEqual(journal.appended);
        seen.push(sequence);
      };
      for (let round = 0; round < 20; round++) {
        appending = true;
        for (let count = 0; count < 50; count++) put(journal, `${round}/${count}`);
        appending = false;
        await new Promise((resolve) => setImmediate(resolve));
      }
      expect(await journal.flush()).toBe(1000);
      expect(seen).toEqual([...new Set(seen)].sort((a, b) => a - b));
      expect(seen.at(-1)).toBe(1000);
    });

    test('flush covers what was appended before it, not what comes after', async () => {
      put(journal, 'before');
      const flushed = journal.flush();
      put(journal, 'after');
      expect(await flushed).toBeGreaterThanOrEqual(1);
      expect(journal.acknowledged).toBeGreaterThanOrEqual(1);
      expect(await journal.flush()).toBe(2);
    });

    test('is acknowledged without anyone flushing', async () => {
      const done = new Promise((resolve) => (journal.onAcknowledged = resolve));
      put(journal, 'alone');
      expect(await done).toBe(1);
    });

    test('reads only what is acknowledged', async () => {
      put(journal, 'durable');
      await journal.flush();
      put(journal, 'pending');
      expect(await texts(journal)).toEqual(['durable']);
    });

    test('reads from any record, and stops when told', async () => {
      for (let count = 1; count <= 500; count++) put(journal, `record ${count}`);
      await journal.flush();
      const seen: number[] = [];
      expect(
        await journal.read(321, (sequence) => (seen.push(sequence), sequence < 325 ? undefined : false)),
      ).toBe(325);
      expect(seen).toEqual([321, 322, 323, 324, 325]);
      expect(await journal.read(500, () => {})).toBe(500);
      expect(await journal.read(501, () => expect.unreachable())).toBe(500);
    });

    test('refuses records when full, takes them when ready, and loses and doubles none', async () => {
      const record = Buffer.alloc(250);
      let refused = 0;
      for (let count = 1; count <= 20_000;) {
        record.writeUInt32LE(count);
        if (journal.append(record, 0, record.length) === SEQUENCE_NONE) {
          refused++;
          await journal.ready();
        } else count++;
      }
      expect(refused).toBeGreaterThan(0);
      await journal.flush();
      let expected = 1;
      await journal.read(1, (_, bytes, offset) => {
        expect(bytes[offset] + bytes[offset + 1] * 256 + bytes[offset + 2] * 65_536).toBe(expected++);
      });
      expect(expected).toBe(20_001);
    });

    test('returns the newest snapshot, whole, with its hash', async () => {
      for (let count = 0; count < 10; count++) put(journal, 'x');
      await journal.writeSnapshot(3, 'hash-3', [Buffer.from('three')]);
      await journal.writeSnapshot(7, 'hash-7 ✓', generated());
      await reopen();
      const snapshot = (await journal.readSnapshot())!;
      expect([snapshot.sequence, snapshot.stateHash, snapshot.length]).toEqual([7, 'hash-7 ✓', 200_006]);
      const pieces: Buffer[] = [];
      for await (const piece of snapshot.chunks()) pieces.push(Buffer.from(piece));
      expect(
        Buffer.concat(pieces).equals(Buffer.concat([Buffer.from('seven,'), Buffer.alloc(200_000, 7)])),
      ).toBe(true);
    });

    test('makes records durable before a snapshot that holds them', async () => {
      put(journal, 'x');
      const writing = journal.writeSnapshot(1, '', []);
      await writing;
      expect(journal.acknowledged).toBe(1);
      expect((await journal.readSnapshot())!.length).toBe(0);
    });

    test('keeps a snapshot until the next is whole, and the journal when one fails', async () => {
      put(journal, 'x');
      await journal.writeSnapshot(1, 'good', []);
      const failing = async function* (): AsyncGenerator<Uint8Array> {
        yield Buffer.from('half');
        throw new Error('the state could not be encoded');
      };
      await expect(journal.writeSnapshot(1, 'bad', failing())).rejects.toMatchObject({
        code: 'SNAPSHOT_FAILED',
      });
      expect((await journal.readSnapshot())!.stateHash).toBe('good');
      expect(put(journal, 'y')).toBe(2);
      expect(await journal.flush()).toBe(2);
    });

    test('is an array that survives', async () => {
      const step = fc.oneof(
        {
          weight: 10,
          arbitrary: fc.record({
            kind: fc.constant('append' as const),
            bytes: fc.uint8Array({ maxLength: 256 }),
          }),
        },
        { weight: 3, arbitrary: fc.record({ kind: fc.constant('flush' as const) }) },
        { weight: 2, arbitrary: fc.record({ kind: fc.constant('turn' as const) }) },
        { weight: 1, arbitrary: fc.record({ kind: fc.constant('reopen' as const) }) },
        {
          weight: 2,
          arbitrary: fc.record({
            kind: fc.constant('read' as const),
            at: fc.double({ min: 0, max: 1, noNaN: true }),
          }),
        },
      );
      const model: Uint8Array[] = [];
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
          for (const action of steps) {
            if (action.kind === 'append') {
              const sequence = await putWhenReady(journal, action.bytes);
              expect(sequence).toBe(model.push(action.bytes));
            } else if (action.kind === 'flush') expect(await journal.flush()).toBe(model.length);
            else if (action.kind === 'turn') await new Promise((resolve) => setImmediate(resolve));
            else if (action.kind === 'reopen') await reopen();
            else {
              const from = 1 + Math.floor(action.at * model.length);
              const until = journal.acknowledged;
              expect(await contents(journal, from)).toEqual(model.slice(from - 1, until));
            }
            expect(journal.appended).toBe(model.length);
            expect(journal.acknowledged).toBeLessThanOrEqual(model.length);
          }
        }),
        { numRuns: 30, endOnFailure: true, seed: 4711 },
      );
      await reopen();
      expect(await contents(journal)).toEqual(model);
    });
  });
}

function put(journal: Journal, text: string): number {
  const bytes = Buffer.from(text);
  return journal.append(bytes, 0, bytes.length);
}

async function putWhenReady(journal: Journal, bytes: Uint8Array): Promise<number> {
  for (;;) {
    const sequence = journal.append(bytes, 0, bytes.length);
    if (sequence !== SEQUENCE_NONE) return sequence;
    await journal.ready();
  }
}

async function contents(journal: Journal, from = 1): Promise<Uint8Array[]> {
  const records: Uint8Array[] = [];
  await journal.read(from, (sequence, bytes, offset, length) => {
    expect(sequence).toBe(from + records.length);
    records.push(Uint8Array.from(bytes.subarray(offset, offset + length)));
  });
  return records;
}

async function texts(journal: Journal): Promise<string[]> {
  return (await contents(journal)).map((bytes) => Buffer.from(bytes).toString());
}

async function* generated(): AsyncGenerator<Uint8Array> {
  yield Buffer.from('seven,');
  for (let piece = 0; piece < 20; piece++) yield Buffer.alloc(10_000, 7);
}
