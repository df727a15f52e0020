import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openJournal } from '../../io/journal/open.ts';
import { LatencyLog, latencyUsOf } from './latency-log.ts';

let directory: string;
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'plimsoll-latencies-'));
  const { journal } = await openJournal(directory, { holds: 'gate' });
  await journal.close();
});
afterEach(() => rmSync(directory, { recursive: true }));

const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));

it('has what each command waited, over many groups and a restart', async () => {
  const seen: number[] = [];
  let log = LatencyLog.open(directory, 0);
  for (let group = 0; group < 60; group++) {
    for (let at = 1; at <= 1000; at++) log.arrived(group * 1000 + at, 100 + at / 1000);
    log.acknowledged((group + 1) * 1000, 103, (ms) => seen.push(ms));
    // The disk has its turn now and then, and is behind at other times.
    if (group % 5 === 4) await turn();
  }
  log.close();
  expect(seen).toHaveLength(60_000);
  for (const sequence of [1, 2, 4095, 4096, 4097, 16_384, 59_999, 60_000])
    expect([sequence, latencyUsOf(directory, sequence)]).toEqual([
      sequence,
      Math.round((3 - (((sequence - 1) % 1000) + 1) / 1000) * 10_000) / 10,
    ]);
  expect(latencyUsOf(directory, 60_001)).toBeNull();

  log = LatencyLog.open(directory, 60_000);
  log.arrived(60_001, 5);
  log.acknowledged(60_001, 5.25, null);
  log.close();
  expect([60_000, 60_001].map((sequence) => latencyUsOf(directory, sequence))).toEqual([2000, 250]);
});

it('of another directory, or of none, nothing is known', () => {
  const log = LatencyLog.open(directory, 0);
  log.arrived(1, 0);
  log.acknowledged(1, 1, null);
  log.close();
  expect(latencyUsOf(directory, 1)).toBe(1000);
  const bytes = readFileSync(join(directory, 'latencies'));
  bytes[10] ^= 1;
  writeFileSync(join(directory, 'latencies'), bytes);
  expect(latencyUsOf(directory, 1)).toBeNull();
  // A gate that opens it begins anew.
  LatencyLog.open(directory, 1).close();
  expect(latencyUsOf(directory, 1)).toBeNull();
  expect(latencyUsOf(join(directory, 'nowhere'), 1)).toBeNull();
});
