/** kill -9 at random moments of real processes on a real disk: what they told as acknowledged is there afterwards. */
import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openJournal } from './open.ts';
import { recordOf, seeded } from './testing/fixtures.ts';
import { verifyJournal } from './verify.ts';

const ROUNDS = 200;
const LANES = 2;
const ROUNDS_PER_DIRECTORY = 4;
const CHILD = path.join(import.meta.dirname, 'testing/append-until-killed.ts');

/** Types are stripped once, not in every child: most of a child's life is its start. */
const cache = fs.mkdtempSync(path.join(os.tmpdir(), 'plimsoll-compiled-'));

beforeAll(() => {
  const warmUp = `await import(${JSON.stringify(path.join(import.meta.dirname, 'testing/fixtures.ts'))})`;
  execFileSync(process.execPath, ['--input-type=module', '-e', warmUp], {
    env: { ...process.env, NODE_COMPILE_CACHE: cache },
  });
});

afterAll(() => fs.rmSync(cache, { recursive: true }));

/** Kills a child `delayMs` after it told its first acknowledgement, and returns the last it told whole. */
function killOne(directory: string, delayMs: number): Promise<{ told: number; errors: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [CHILD, directory], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, NODE_COMPILE_CACHE: cache },
    });
    let output = '';
    let errors = '';
    child.stdout.once('data', () => setTimeout(() => child.kill('SIGKILL'), delayMs));
    child.stdout.on('data', (data: Buffer) => (output += data.toString()));
    child.stderr.on('data', (data: Buffer) => (errors += data.toString()));
    child.once('error', reject);
    child.once('close', () => {
      const lines = output.split('\n').slice(0, -1);
      resolve({ told: Number(lines.at(-1) ?? -1), errors });
    });
  });
}

async function lane(seed: number, rounds: number): Promise<{ acknowledged: number; rounds: number }> {
  const random = seeded(seed);
  let directory = '';
  let done = 0;
  let sum = 0;
  for (; done < rounds; done++) {
    if (done % ROUNDS_PER_DIRECTORY === 0) {
      if (directory !== '') fs.rmSync(directory, { recursive: true });
      directory = fs.mkdtempSync(path.join(os.tmpdir(), 'plimsoll-kill-'));
    }
    const { told, errors } = await killOne(directory, random() ** 2 * 25);
    expect(errors).toBe('');
    expect(told).toBeGreaterThanOrEqual(0);

    const verdict = await verifyJournal(directory);
    expect(verdict.damage).toBeNull();
    expect(verdict.acknowledged).toBeGreaterThanOrEqual(told);

    const { journal, snapshot, recovery } = await openJournal(directory);
    expect(recovery.lockTakenFrom).not.toBeNull();
    expect(journal.acknowledged).toBeGreaterThanOrEqual(told);
    if (snapshot !== null) expect(snapshot.stateHash).toBe(`hash ${snapshot.sequence}`);
    let expected = 1;
    await journal.read(1, (sequence, bytes, offset, length) => {
      const record = recordOf(sequence);
      const same =
        sequence === expected++ &&
        length === record.length &&
        record.every((byte, at) => bytes[offset + at] === byte);
      if (!same) expect.unreachable(`record ${sequence} is not what was appended`);
    });
    expect(expected - 1).toBe(journal.acknowledged);
    await journal.close();
    sum += told;
  }
  fs.rmSync(directory, { recursive: true });
  return { acknowledged: sum, rounds: done };
}

test(`${ROUNDS} processes killed lose nothing they acknowledged`, async () => {
  const lanes = await Promise.all(
    Array.from({ length: LANES }, (_, index) => lane(index + 1, ROUNDS / LANES)),
  );
  expect(lanes.reduce((sum, { rounds }) => sum + rounds, 0)).toBe(ROUNDS);
  expect(lanes.reduce((sum, { acknowledged }) => sum + acknowledged, 0)).toBeGreaterThan(ROUNDS * 100);
});
