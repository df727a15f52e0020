import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { nodeDisk } from './disk.ts';
import { Lock, type Processes, thisMachine } from './lock.ts';
import { openJournal } from './open.ts';
import { SimulatedDisk } from './testing/simulated-disk.ts';

const PATH = '/data/lock';

/** A machine on which exactly these pids run, each with its start time. */
function machine(pid: number, running: Record<number, string>, host = 'here', boot = 'boot-1'): Processes {
  return { pid, host, boot, startOf: (other) => running[other] ?? null };
}

describe('the lock', () => {
  test('keeps a second out while the first lives, naming it and what to do', () => {
    const disk = new SimulatedDisk();
    const running = { 7: 'a', 8: 'b' };
    const first = Lock.acquire(disk, PATH, machine(7, running));
    expect(() => Lock.acquire(disk, PATH, machine(8, running))).toThrow(
      expect.objectContaining({
        code: 'JOURNAL_LOCKED',
        message: expect.stringMatching(/process 7\. Stop it, or give another/),
      }),
    );
    expect(() => Lock.acquire(disk, PATH, machine(7, running))).toThrow(/open for writing in this process/);
    first.release();
    const second = Lock.acquire(disk, PATH, machine(8, running));
    expect(second.takenFrom).toBeNull();
    first.release();
    expect(() => Lock.acquire(disk, PATH, machine(7, running))).toThrow(/process 8/);
  });

  test.each([
    ['the owner is dead', machine(8, { 8: 'b' })],
    ['its pid is another process now', machine(8, { 7: 'later', 8: 'b' })],
    ['its pid is our own now', machine(7, { 7: 'later' })],
    [
      'the machine was started anew, pids and times repeating',
      machine(8, { 7: 'a', 8: 'b' }, 'here', 'boot-2'),
    ],
  ])('is taken over when %s', (_, second) => {
    const disk = new SimulatedDisk();
    Lock.acquire(disk, PATH, machine(7, { 7: 'a' }));
    const lock = Lock.acquire(disk, PATH, second);
    expect(lock.takenFrom).toBe(7);
    expect(disk.paths()).toEqual([PATH]);
    lock.release();
    expect(disk.paths()).toEqual([]);
  });

  test('of another host is never taken over: nobody can tell whether it lives', () => {
    const disk = new SimulatedDisk();
    Lock.acquire(disk, PATH, machine(7, { 7: 'a' }, 'there'));
    expect(() => Lock.acquire(disk, PATH, machine(8, { 8: 'b' }))).toThrow(
      /on host there.*remove \/data\/lock/s,
    );
  });

  test('that is not ours to read is not ours to take', () => {
    const disk = new SimulatedDisk();
    for (const text of ['', 'vim', '{"pid": "7"}']) {
      disk.put(PATH, Buffer.from(text));
      expect(() => Lock.acquire(disk, PATH, machine(8, { 8: 'b' }))).toThrow(/remove it and start again/);
    }
  });

  /** Every order in which two that saw the same death can take their steps, one step being one call to the disk. */
  test('has one winner among two that take over at once, however their calls interleave', () => {
    const STEPS = 40;
    let bothTried = 0;
    for (let pause = 0; pause < STEPS; pause++) {
      for (let resume = 0; resume < 2; resume++) {
        const disk = new SimulatedDisk();
        Lock.acquire(disk, PATH, machine(7, { 7: 'a' }));
        if (resume === 1) {
          // The owner died after a successor that died, too, before shortening the list.
          const dying = pausing(disk, 6, () => {
            throw new Error('killed');
          });
          expect(() => Lock.acquire(dying, PATH, machine(9, { 9: 'c' }))).toThrow('killed');
        }
        const running = { 8: 'b', 10: 'd' };
        const winners: number[] = [];
        const attempt = (each: SimulatedDisk, pid: number): void => {
          try {
            Lock.acquire(each, PATH, machine(pid, running));
            winners.push(pid);
          } catch (error) {
            expect(error).toMatchObject({ code: 'JOURNAL_LOCKED' });
          }
        };
        let paused = false;
        const interrupted = pausing(disk, pause, () => {
          paused = true;
          attempt(disk, 10);
        });
        attempt(interrupted, 8);
        if (paused) bothTried++;
        expect(winners, `paused before call ${pause}`).toHaveLength(1);
      }
    }
    expect(bothTried).toBeGreaterThan(20);
  });

  test('knows real processes', async () => {
    expect(thisMachine.startOf(process.pid)).toMatch(/^\d*$/);
    const child = spawn('sleep', ['60']);
    await new Promise((resolve) => child.once('spawn', resolve));
    const start = thisMachine.startOf(child.pid!);
    expect(start).not.toBeNull();
    expect(thisMachine.startOf(child.pid!)).toBe(start);
    child.kill('SIGKILL');
    await new Promise((resolve) => child.once('exit', resolve));
    expect(thisMachine.startOf(child.pid!)).toBeNull();
  });
});

test('a second process is refused by name, may read, and gets in when the first is gone', async () => {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'plimsoll-lock-'));
  const child = spawn(process.execPath, [
    path.join(import.meta.dirname, 'testing/append-until-killed.ts'),
    directory,
  ]);
  const exited = new Promise((resolve) => child.once('exit', resolve));
  await new Promise((resolve) => child.stdout.once('data', resolve));
  await expect(openJournal(directory)).rejects.toMatchObject({
    code: 'JOURNAL_LOCKED',
    message: expect.stringContaining(`process ${child.pid}`),
  });

  const { journal: reader } = await openJournal(directory, { readOnly: true });
  expect(await reader.read(1, () => {})).toBe(reader.acknowledged);
  await reader.close();

  child.kill('SIGKILL');
  await exited;
  const { journal, recovery } = await openJournal(directory);
  expect(recovery.lockTakenFrom).toBe(child.pid);
  await journal.close();
  expect(nodeDisk.list(directory).filter((name) => name.startsWith('lock'))).toEqual([]);
  fs.rmSync(directory, { recursive: true });
});

/** The same disk, seen by a process that is held up before its call number `at`. */
function pausing(disk: SimulatedDisk, at: number, meanwhile: () => void): SimulatedDisk {
  let call = 0;
  return new Proxy(disk, {
    get(target, name) {
      const member = Reflect.get(target, name, target) as unknown;
      if (typeof member !== 'function') return member;
      return (...args: unknown[]) => {
        if (call++ === at) meanwhile();
        return (member as (...args: unknown[]) => unknown).apply(target, args);
      };
    },
  });
}
