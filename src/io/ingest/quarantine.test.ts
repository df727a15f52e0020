import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { problemAt } from './problem.ts';
import { Quarantine, type Whence } from './quarantine.ts';

let path: string;
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'plimsoll-quarantine-'));
  path = join(folder, 'kept.ndjson');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const problem = problemAt('FEED_PRICE', 'okx/public', 7, 'no price', 'b', 'NaN');
const whence = (frame: string | null): Whence => ({
  timeUs: 1_700_000_000_000_000,
  venue: 'okx',
  connection: 'public',
  frame,
});
const entries = (): Record<string, unknown>[] =>
  readFileSync(path, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

describe('a quarantine', () => {
  it('has every problem in the file as soon as it was told', () => {
    const quarantine = new Quarantine(path);
    quarantine.keep(problem, whence('{"b":"NaN"}'));
    expect(entries()).toMatchObject([
      {
        time: '2023-11-14T22:13:20.000000Z',
        venue: 'okx',
        frame: '{"b":"NaN"}',
        frameBytes: 11,
        isCut: false,
      },
    ]);
    quarantine.keep(problem, whence(null));
    expect(entries()[1]).toMatchObject({ frame: null, frameBytes: null, isCut: false });
    quarantine.close();
  });

  it('cuts a frame between characters, and says how long it was', () => {
    const quarantine = new Quarantine(path, { fileBytes: 1e6, frameBytes: 10 });
    for (const frame of ['0123456789', '01234567€', '0123456789a', 'ääääää'])
      quarantine.keep(problem, whence(frame));
    expect(entries().map(({ frame, frameBytes, isCut }) => [frame, frameBytes, isCut])).toEqual([
      ['0123456789', 10, false],
      ['01234567', 11, true],
      ['0123456789', 11, true],
      ['äääää', 12, true],
    ]);
    quarantine.close();
  });

  it('ends with a line that says so, within its size', () => {
    const fileBytes = 4096;
    const quarantine = new Quarantine(path, { fileBytes, frameBytes: 100 });
    for (let each = 0; each < 100; each++) quarantine.keep(problem, whence('x'.repeat(50)));
    const kept = entries();
    expect(kept.length).toBeGreaterThan(5);
    expect(kept.slice(0, -1).every(({ code }) => code === 'FEED_PRICE')).toBe(true);
    expect(kept.at(-1)).toMatchObject({
      code: 'QUARANTINE_FULL',
      message: expect.stringContaining('full at 4096 bytes') as string,
    });
    expect(statSync(path).size).toBeLessThanOrEqual(fileBytes);
    quarantine.close();
  });

  it('never writes over a file, and says where it cannot write', () => {
    new Quarantine(path).close();
    expect(() => new Quarantine(path)).toThrow(/is there already/);
    expect(() => new Quarantine(join(folder, 'nowhere', 'kept'))).toThrow(/cannot be written \(ENOENT\)/);
  });

  it('keeps the failure of the disk, and goes on without', () => {
    const quarantine = new Quarantine(path);
    quarantine.close();
    quarantine.keep(problem, whence('a'));
    expect(quarantine.failure).toMatchObject({ code: 'QUARANTINE_FAILED', fields: { errno: 'EBADF' } });
    quarantine.keep(problem, whence('b'));
  });
});
