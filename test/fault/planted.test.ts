/** Mistakes that keepers of books make, each planted in a copy of the sources: a suite that does not see them proves nothing. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';
import type { BinanceUsdmFeed } from '../../src/io/ingest/venues/binance/feed.ts';
import { INSTRUMENTS, runVirtually, type MakeFeed } from './virtual-run.ts';

interface Plant {
  readonly mistake: string;
  /** Within src/io/ingest/venues/binance; `find` must be there exactly once. */
  readonly file: string;
  readonly find: string;
  readonly replace: string;
  /** What the suite must say of it. */
  readonly seen: RegExp;
}

const PLANTS: readonly Plant[] = [
  {
    mistake: 'what follows is not asked which update was before it',
    file: 'book-sync.ts',
    find: "return previous === id ? 'next' : 'gap';",
    replace: "return 'next';",
    seen: /^at \d+: /,
  },
  {
    mistake: 'the old book is kept over a gap',
    file: 'book-sync.ts',
    find: "this.counts.gaps++;\n      return this.#lose('gap', update);",
    replace: "this.counts.gaps++;\n      return 'duplicate';",
    seen: /standing still/,
  },
  {
    mistake: 'a stale snapshot is taken, and joined to whatever update comes',
    file: 'book-sync.ts',
    find: "return first <= id || previous === id ? 'next' : 'gap';",
    replace: "return 'next';",
    seen: /^at \d+: /,
  },
  {
    mistake: 'ids that start over are taken for old ones',
    file: 'book-sync.ts',
    find: 'const isRestart = update.eventUs > ',
    replace: 'const isRestart = Infinity < ',
    seen: /standing still/,
  },
  {
    mistake: 'the book outlives its connection',
    file: 'feed.ts',
    find: "sync.reset('disconnected', now);",
    replace: 'void sync;',
    seen: /usable without a connection/,
  },
];

const SEEDS_MAX = 300;

it.each(PLANTS)('is seen: $mistake', async (plant) => {
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-planted-feed-'));
  try {
    const make = await planted(folder, plant);
    let seed = 0;
    let wrong: readonly string[] = [];
    for (; seed < SEEDS_MAX && !wrong.some((what) => plant.seen.test(what)); seed++)
      ({ wrong } = await runVirtually(seed, make));
    expect(seed).toBeLessThan(SEEDS_MAX);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

async function planted(folder: string, { file, find, replace }: Plant): Promise<MakeFeed> {
  const sources = fileURLToPath(new URL('../../src', import.meta.url));
  for (const part of ['core', 'io'])
    cpSync(join(sources, part), join(folder, part), {
      recursive: true,
      // Without its compiler settings: they point at the repository's.
      filter: (path) => !path.endsWith('.json') && !path.endsWith('.test.ts'),
    });
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  const path = join(folder, 'io/ingest/venues/binance', file);
  const parts = readFileSync(path, 'utf8').split(find);
  if (parts.length !== 2) throw new Error(`${file} holds ${parts.length - 1} times: ${find}`);
  writeFileSync(path, parts.join(replace));
  const url = pathToFileURL(join(folder, 'io/ingest/venues/binance/feed.ts')).href;
  const made = (await import(/* @vite-ignore */ url)) as { BinanceUsdmFeed: typeof BinanceUsdmFeed };
  return (sink) => new made.BinanceUsdmFeed(INSTRUMENTS, sink);
}
