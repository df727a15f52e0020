import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OperationalError } from '../operational-error.ts';
import { LINE_MAX, linesOf, readLines, type LineBatch } from './lines.ts';

async function* chunked(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

/** The lines and the error's code, if any; checks that lines are numbered without gaps. */
async function collect(
  batches: AsyncIterable<LineBatch>,
): Promise<{ lines: string[]; error: string | null }> {
  const lines: string[] = [];
  try {
    for await (const batch of batches) {
      expect(batch.first).toBe(lines.length + 1);
      lines.push(...batch.lines);
    }
  } catch (error) {
    expect(error).toBeInstanceOf(OperationalError);
    return { lines, error: (error as OperationalError).code };
  }
  return { lines, error: null };
}
const linesIn = (bytes: Uint8Array, size = 7): ReturnType<typeof collect> =>
  collect(linesOf(chunked(bytes, size), 'x'));

describe('linesOf', () => {
  it.each([
    ['', []],
    ['a', ['a']],
    ['a\n', ['a']],
    ['a\nb', ['a', 'b']],
    ['\n\na\n', ['', '', 'a']],
    ['a\r\nb\r\n', ['a', 'b']],
    ['\ufeffa\nb', ['a', 'b']],
    ['zwölf ⚓ lines\n⚓', ['zwölf ⚓ lines', '⚓']],
  ])('%j', async (text, lines) => {
    for (const size of [1, 2, 3, 1000]) {
      expect(await linesIn(Buffer.from(text), size)).toEqual({ lines, error: null });
      expect(await linesIn(gzipSync(text), size)).toEqual({ lines, error: null });
    }
  });

  it('agrees with split for any text in chunks of any size', async () => {
    const text = fc
      .array(fc.constantFrom('a', 'bc', '\n', '⚓', '{"x":1}'), { maxLength: 60 })
      .map((parts) => parts.join(''));
    await fc.assert(
      fc.asyncProperty(text, fc.integer({ min: 1, max: 50 }), async (given, size) => {
        const lines = given === '' ? [] : given.replace(/\n$/, '').split('\n');
        expect((await linesIn(Buffer.from(given), size)).lines).toEqual(lines);
      }),
    );
  });

  it('reads gzip files that were put together from several', async () => {
    expect(await linesIn(Buffer.concat([gzipSync('a\nb'), gzipSync('c\n')]))).toEqual({
      lines: ['a', 'bc'],
      error: null,
    });
  });

  it('cuts a line that is longer than any can be, and goes on', async () => {
    const { lines } = await linesIn(Buffer.from(`one\n${'x'.repeat(LINE_MAX + 10)}\nthree\n`), 100_000);
    expect(lines.length).toBe(3);
    expect(lines[1].length).toBeLessThan(2000);
    expect(lines[1]).toContain('cut: a line of more than');
    expect(lines[2]).toBe('three');
  });

  it('delivers what was whole before a cut anywhere in a gzip stream, then says so', async () => {
    const all = Array.from(
      { length: 400 },
      (_, index) => `line ${index} ${(index * 2654435761) % 4294967296}`,
    );
    const bytes = gzipSync(`${all.join('\n')}\n`);
    let most = 0;
    for (let length = 2; length < bytes.length; length += 13) {
      const { lines, error } = await linesIn(bytes.subarray(0, length), 500);
      expect(error).toBe('INGEST_TRUNCATED');
      expect(lines).toEqual(all.slice(0, lines.length));
      most = Math.max(most, lines.length);
    }
    expect(most).toBeGreaterThan(390);
  });

  it('tells damage from an early end', async () => {
    const bytes = gzipSync(
      Array.from({ length: 400 }, (_, index) => `line ${index} ${(index * 2654435761) % 4294967296}\n`).join(
        '',
      ),
    );
    bytes[bytes.length - 6] ^= 1;
    expect((await linesIn(bytes)).error).toBe('INGEST_DAMAGED');
    const middle = Buffer.from(bytes);
    middle.fill(0xff, 1000, 1040);
    expect((await linesIn(middle)).error).toBe('INGEST_DAMAGED');
    // Large enough that some of it is unpacked before the damage is met, in one and the same chunk.
    const all = Array.from(
      { length: 60_000 },
      (_, index) => `line ${index} ${(index * 2654435761) % 4294967296}`,
    );
    const large = gzipSync(all.join('\n'));
    large.fill(0xff, large.length - 1000, large.length - 900);
    const { lines, error } = await linesIn(large, large.length);
    expect([error, lines.length > 30_000]).toEqual(['INGEST_DAMAGED', true]);
    expect(lines).toEqual(all.slice(0, lines.length));
  });
});

describe('readLines', () => {
  it('reads files, and says which it cannot', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'lines-'));
    try {
      writeFileSync(join(folder, 'plain'), 'a\nb\n');
      writeFileSync(join(folder, 'packed'), gzipSync('a\nb\n'));
      for (const name of ['plain', 'packed'])
        expect((await collect(readLines(join(folder, name)))).lines).toEqual(['a', 'b']);
      await expect(readLines(join(folder, 'none')).next()).rejects.toThrow(/none cannot be read \(ENOENT\)/);
      await expect(readLines(folder).next()).rejects.toThrow(/EISDIR/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('stops reading when nobody wants more', async () => {
    let closed = false;
    async function* endless(): AsyncGenerator<Uint8Array> {
      try {
        for (;;) yield Buffer.from('line\n');
      } finally {
        closed = true;
      }
    }
    for await (const batch of linesOf(endless(), 'x')) {
      expect(batch.lines).toEqual(['line']);
      break;
    }
    expect(closed).toBe(true);
  });
});
