import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { generateBook } from '../../sim/book.ts';
import { PriceStream } from '../../sim/prices.ts';
import { Kind, type Command } from '../schema/commands.ts';
import type { MarketRow, TimeUs } from '../num/units.ts';
import { Engine } from './engine.ts';
import { restoreEngine, SNAPSHOT_VERSION, snapshotChunks, SnapshotError } from './snapshot.ts';

function bytesOf(engine: Engine): Uint8Array {
  const chunks = [...snapshotChunks(engine)];
  const bytes = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

function engineAfter(accounts: number, prices: number): { engine: Engine; stream: PriceStream } {
  const engine = new Engine();
  for (const command of generateBook({ accounts, markets: 6, book: 'edge', popularity: 'zipf', seed: 4 }))
    engine.apply(command);
  const marks = engine.book.markets.specs.map((_, market) => engine.book.markets.mark(market as MarketRow));
  const stream = new PriceStream({
    marks,
    seed: 8,
    popularity: 'uniform',
    mode: 'regimes',
    startUs: engine.timeUs as TimeUs,
  });
  for (let count = 0; count < prices; count++) engine.apply(stream.next());
  const pending: Command = {
    kind: Kind.tiers,
    timeUs: engine.timeUs as TimeUs,
    origin: null,
    market: 0 as MarketRow,
    effectiveUs: (engine.timeUs + 1e9) as TimeUs,
    tiers: engine.book.markets.specs[1].tiers,
  };
  engine.apply(pending);
  engine.apply({ kind: Kind.source, timeUs: engine.timeUs as TimeUs, origin: null, name: 'feed' });
  return { engine, stream };
}

describe('a snapshot', () => {
  it('restores to the same hash and goes on to the same decisions', () => {
    const { engine, stream } = engineAfter(2000, 3000);
    const restored = restoreEngine(bytesOf(engine));
    expect(restored.digest()).toBe(engine.digest());
    expect(restored.sequence).toBe(engine.sequence);
    expect([...restored.book.aggregates.buckets]).toEqual([...engine.book.aggregates.buckets]);
    for (let count = 0; count < 3000; count++) {
      const command = structuredClone(stream.next());
      const levels = engine.apply(command).levels;
      expect(restored.apply(command).levels).toEqual(levels);
    }
    expect(restored.digest()).toBe(engine.digest());
    expect(bytesOf(restored).length).toBe(bytesOf(engine).length);
  });

  it('is refused with a reason when it is cut anywhere or is something else', () => {
    const bytes = bytesOf(engineAfter(20, 50).engine);
    for (let length = 0; length < bytes.length; length += 7) {
      expect(() => restoreEngine(bytes.subarray(0, length))).toThrow(SnapshotError);
    }
    const newer = bytes.slice();
    newer[8] = 9;
    expect(() => restoreEngine(newer)).toThrow('snapshot version 9; this program reads 1 to 3');
    expect(() => restoreEngine(new Uint8Array([...bytes, 0]))).toThrow('the end is missing');
  });

  it('is refused when a level does not agree with the marks', () => {
    const { engine } = engineAfter(50, 10);
    const bucket = [...engine.book.buckets.levels].findIndex((level, row) => level === 0 && row > 3);
    engine.book.buckets.levels[bucket] = 6;
    expect(() => restoreEngine(bytesOf(engine))).toThrow('do not agree');
  });
});

describe.each([1, 2, 3])('a snapshot of format %i', (version) => {
  const golden = new URL(`../../../test/golden/snapshot-v${version}.json`, import.meta.url);

  it('stays readable: the bytes of then give the state of then', () => {
    const { bytes, digest, sequence } = JSON.parse(readFileSync(golden, 'utf8')) as {
      bytes: string;
      digest: string;
      sequence: number;
    };
    const engine = restoreEngine(Uint8Array.from(Buffer.from(bytes, 'base64')));
    expect(engine.digest()).toBe(digest);
    expect(engine.sequence).toBe(sequence);
    expect(bytesOf(engine)[8]).toBe(SNAPSHOT_VERSION);
    expect(restoreEngine(bytesOf(engine)).digest()).toBe(digest);
  });
});
