/**
 * The process dies at every single system call of a busy life, and the disk keeps what it likes of the rest. Then the next
 * life is killed in its recovery, too.
 */
import { describe, expect, test } from 'vitest';
import type { OpenOptions } from './open.ts';
import { ROOT, appendOne, openOn, readAll, recordOf, seeded } from './testing/fixtures.ts';
import { type CrashMode, SimulatedDisk } from './testing/simulated-disk.ts';
import { TAIL_BLOCK_BYTES } from './tail.ts';
import { verifyJournal } from './verify.ts';

/** Room for four groups: half is used when there are three. */
const TAIL_BYTES = 8 * TAIL_BLOCK_BYTES;
const MODES: readonly CrashMode[] = ['none', 'all', 'prefix', 'scatter'];

/** What the outside world knows: what was handed in, and what it was told is safe. */
class World {
  readonly records: Uint8Array[] = [];
  acknowledged = 0;

  async recovered(disk: SimulatedDisk, options: OpenOptions): Promise<Awaited<ReturnType<typeof openOn>>> {
    const opened = await openOn(disk, options);
    const { journal, snapshot } = opened;
    expect(journal.acknowledged).toBeGreaterThanOrEqual(this.acknowledged);
    expect(journal.acknowledged).toBeLessThanOrEqual(this.records.length);
    this.records.length = journal.acknowledged;
    // From here on these are promised, whether or not anybody was told before.
    this.acknowledged = journal.acknowledged;
    const from = journal.first;
    expect(await readAll(journal)).toEqual(this.records.slice(from - 1));
    if (snapshot !== null) expect(snapshot.stateHash).toBe(`after ${snapshot.sequence}`);
    else expect(from).toBe(1);
    journal.onAcknowledged = (sequence) => (this.acknowledged = sequence);
    return opened;
  }
}

/** Appends, flushes both ways, rolls segments, takes snapshots; ends in a clean close. */
async function live(disk: SimulatedDisk, world: World, life: number, options: OpenOptions): Promise<void> {
  const { journal } = await world.recovered(disk, options);
  for (let count = 0; count < 40; count++) {
    const record = recordOf(world.records.length + 1, life);
    world.records.push(record);
    await appendOne(journal, record);
    if (count % 9 === 8) await journal.flush();
    else if (count % 5 === 4) await new Promise((resolve) => setImmediate(resolve));
    if (count === 12 || count === 30) world.acknowledged = journal.flushSync();
    if (count === 20 || count === 35)
      await journal.writeSnapshot(journal.appended - 3, `after ${journal.appended - 3}`, [record]);
  }
  await journal.close();
  world.acknowledged = world.records.length;
}

/** Runs until the end or until the disk says that the process is dead, whichever is first. */
async function liveOrDie(disk: SimulatedDisk, action: Promise<void>): Promise<boolean> {
  try {
    await Promise.race([action, disk.death]);
  } catch (error) {
    if (!disk.crashed) throw error;
  }
  return !disk.crashed;
}

async function afterwards(
  disk: SimulatedDisk,
  world: World,
  life: number,
  options: OpenOptions,
): Promise<void> {
  await live(disk, world, life, options);
  const platter = disk.afterCrash('none', Math.random);
  const verdict = await verifyJournal(ROOT, null, null, platter);
  expect(verdict.damage).toBeNull();
  expect(verdict.tornTail).toBeNull();
  expect(verdict.last).toBe(world.records.length);
}

describe.each([
  ['keeping history', {}],
  ['pruning', { prune: true, snapshotsKept: 1, segmentBytes: 700 }],
  ['with a tail', { tailBytes: TAIL_BYTES, segmentBytes: 2500 }],
  ['with a tail, pruning', { tailBytes: TAIL_BYTES, prune: true, snapshotsKept: 1, segmentBytes: 700 }],
])('a crash at every system call, %s', (_, options: OpenOptions) => {
  test.each(MODES)('the disk keeps of what was not synced: %s', async (mode) => {
    let crashes = 0;
    for (let call = 0; ; call++) {
      const random = seeded(call * 31 + MODES.indexOf(mode));
      const disk = new SimulatedDisk();
      const world = new World();
      disk.crashAt = call;
      const ended = await liveOrDie(disk, live(disk, world, 1, options));
      if (ended) break;
      crashes++;
      await afterwards(disk.afterCrash(mode, random), world, 2, options);
    }
    expect(crashes).toBeGreaterThan(80);
  });

  test('and again at every call of the recovery', async () => {
    let crashes = 0;
    for (let seed = 0; seed < 60; seed++) {
      const random = seeded(seed + 1000);
      for (let call = 0; ; call++) {
        const first = new SimulatedDisk();
        const world = new World();
        first.crashAt = 15 + seed * 2;
        if (await liveOrDie(first, live(first, world, 1, options))) break;
        const second = first.afterCrash(seed % 2 === 0 ? 'prefix' : 'scatter', random);
        second.crashAt = call;
        let recovered = false;
        const reopening = world.recovered(second, options).then(() => void (recovered = true));
        await liveOrDie(second, reopening);
        if (recovered) break;
        crashes++;
        await afterwards(second.afterCrash(MODES[call % 4], random), world, 2, options);
      }
    }
    expect(crashes).toBeGreaterThan(200);
  });
});
