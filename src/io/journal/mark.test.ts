import { beforeEach, describe, expect, test } from 'vitest';
import { type Mark, MarkFile, SLOTS, SLOT_BYTES, decodeMark, readMark } from './mark.ts';
import { SimulatedDisk } from './testing/simulated-disk.ts';

const PATH = '/data/journal/acknowledged.mark';
const ID = new Uint8Array(16).fill(9);

function markAt(sequence: number): Mark {
  return { first: 1, segment: 1, position: 64 + sequence, sequence, chain: -sequence };
}

describe('the acknowledged mark', () => {
  let disk: SimulatedDisk;
  let file: MarkFile;

  beforeEach(() => {
    disk = new SimulatedDisk();
    disk.put(PATH, new Uint8Array(SLOTS * SLOT_BYTES));
    file = new MarkFile(disk, PATH, ID, 0);
    file.writeAllSync(markAt(1));
  });

  function sequences(): (number | undefined)[] {
    const bytes = disk.bytes(PATH);
    return Array.from(
      { length: SLOTS },
      (_, slot) => decodeMark(bytes.subarray(slot * SLOT_BYTES, (slot + 1) * SLOT_BYTES), ID)?.sequence,
    );
  }

  test('comes back as it was written, from the newest slot', async () => {
    for (let sequence = 2; sequence < 12; sequence++) {
      await file.write(markAt(sequence));
      expect(readMark(disk.bytes(PATH), ID)).toMatchObject({ mark: markAt(sequence), damaged: [] });
    }
  });

  test('holds numbers past 32 bits', async () => {
    const mark = {
      first: 2 ** 40 + 1,
      segment: 2 ** 41 + 3,
      position: 2 ** 31,
      sequence: 2 ** 52 + 5,
      chain: -(2 ** 31),
    };
    await file.write(mark);
    expect(readMark(disk.bytes(PATH), ID).mark).toEqual(mark);
  });

  test('is another directory’s, and then none of ours', () => {
    expect(readMark(disk.bytes(PATH), new Uint8Array(16))).toMatchObject({ mark: null, damaged: [0, 1, 2] });
  });

  test('the slot before stays while the next is written', async () => {
    for (let sequence = 2; sequence < 12; sequence++) {
      await file.write(markAt(sequence));
      expect(sequences()).toContain(sequence - 1);
    }
  });

  test('a write that lingers in the pool is not written over, and does not count as the newest when it ends', async () => {
    let land: () => void = () => {};
    const writeAtOnce = disk.write.bind(disk);
    disk.write = async (...args) => {
      await new Promise<void>((resolve) => (land = resolve));
      return writeAtOnce(...args);
    };
    const lingering = file.write(markAt(10));
    for (const sequence of [11, 12, 13, 14]) file.writeSync(markAt(sequence));
    land();
    await lingering;
    expect(sequences()).toEqual([14, 10, 13]);
    file.writeSync(markAt(15));
    expect(sequences()).toContain(14);
  });
});
