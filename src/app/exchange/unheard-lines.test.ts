import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { problemAt } from '../../io/ingest/problem.ts';
import { UnheardLines } from './unheard-lines.ts';

const silent = (text: string): void => expect.fail(text);

test('keeps the newest within its bound, also over a restart', () => {
  const data = mkdtempSync(join(tmpdir(), 'plimsoll-unheard-'));
  try {
    const add = (unheard: UnheardLines, line: number): void =>
      unheard.add('x'.repeat(10_000), problemAt('json_invalid', '<stdin>', line, 'is no JSON'), line, 7);
    const first = new UnheardLines(data, silent, 20_000);
    for (let line = 1; line <= 3; line++) add(first, line);
    const second = new UnheardLines(data, silent, 20_000);
    for (let line = 4; line <= 10; line++) add(second, line);
    const lines = ['unheard.ndjson.1', 'unheard.ndjson'].flatMap((name) =>
      readFileSync(join(data, name), 'utf8').trimEnd().split('\n'),
    );
    const kept = lines.map((text) => JSON.parse(text) as { line: number; text: string });
    expect(kept.map(({ line }) => line)).toEqual([5, 6, 7, 8, 9, 10]);
    expect(new Set(kept.map(({ text }) => text.length))).toEqual(new Set([4096]));
    expect(readdirSync(data)).toHaveLength(2);
  } finally {
    rmSync(data, { recursive: true });
  }
});

test('ends nothing where it cannot be written, and says so once', () => {
  const data = mkdtempSync(join(tmpdir(), 'plimsoll-unheard-'));
  try {
    mkdirSync(join(data, 'unheard.ndjson'));
    const notes: string[] = [];
    const unheard = new UnheardLines(data, (text) => void notes.push(text));
    for (let line = 1; line <= 3; line++)
      unheard.add('nonsense', problemAt('json_invalid', '<stdin>', line, 'is no JSON'), 1, 7);
    expect(notes).toEqual([expect.stringContaining('unheard.ndjson cannot be written')]);
  } finally {
    rmSync(data, { recursive: true });
  }
});
