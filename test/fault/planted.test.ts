/** Mistakes that keepers of books make, each planted in a copy of the sources: a suite that does not see them proves nothing. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';
import type { Instrument } from '../../src/core/price/venue-event.ts';
import type { FeedSink, VenueFeed } from '../../src/io/ingest/venues/feed.ts';
import {
  BINANCE_SPOT,
  BINANCE_USDM,
  BYBIT,
  COINBASE,
  HYPERLIQUID,
  KRAKEN,
  OKX,
  type FaultyVenue,
} from './venues.ts';
import { runVirtually, type MakeFeed } from './virtual-run.ts';

interface Plant {
  readonly venue: FaultyVenue;
  readonly mistake: string;
  /** Within src/io/ingest/venues; `find` must be there exactly once. */
  readonly file: string;
  readonly find: string;
  readonly replace: string;
  /** What the suite must say of it. */
  readonly seen: RegExp;
}

const PLANTS: readonly Plant[] = [
  {
    venue: BINANCE_USDM,
    mistake: 'what follows is not asked which update was before it',
    file: 'binance/book-sync.ts',
    find: "return previous === id ? 'next' : 'gap';",
    replace: "return 'next';",
    seen: /^at \d+: /,
  },
  {
    venue: BINANCE_USDM,
    mistake: 'the old book is kept over a gap',
    file: 'binance/book-sync.ts',
    find: "this.counts.gaps++;\n      return this.#lose('gap', update);",
    replace: "this.counts.gaps++;\n      return 'duplicate';",
    seen: /standing still/,
  },
  {
    venue: BINANCE_USDM,
    mistake: 'a stale snapshot is taken, and joined to whatever update comes',
    file: 'binance/book-sync.ts',
    find: "return first <= id || previous === id ? 'next' : 'gap';",
    replace: "return 'next';",
    seen: /^at \d+: /,
  },
  {
    venue: BINANCE_USDM,
    mistake: 'ids that start over are taken for old ones',
    file: 'binance/book-sync.ts',
    find: 'const isRestart = update.eventUs > ',
    replace: 'const isRestart = Infinity < ',
    seen: /standing still/,
  },
  {
    venue: BINANCE_USDM,
    mistake: 'the book outlives its connection',
    file: 'binance/feed.ts',
    find: "sync.reset('disconnected', now);",
    replace: 'void sync;',
    seen: /usable without a connection/,
  },
  {
    venue: BINANCE_SPOT,
    mistake: 'what follows is not asked whether it is the next',
    file: 'binance/book-sync.ts',
    find: "return first === id + 1 ? 'next' : 'gap';",
    replace: "return 'next';",
    seen: /^at \d+: \w+ \d+ instead of/,
  },
  {
    venue: BINANCE_SPOT,
    mistake: 'a snapshot is joined to an update that begins after it',
    file: 'binance/book-sync.ts',
    find: "return first <= id + 1 ? 'next' : 'gap';",
    replace: "return 'next';",
    seen: /^at \d+: \w+ \d+ instead of/,
  },
  {
    venue: HYPERLIQUID,
    mistake: 'a book of an earlier block is taken',
    file: 'hyperliquid/feed.ts',
    find: 'if (!coin.bookTime.isNew(eventUs, receivedUs)) {',
    replace: 'if (coin === null) {',
    seen: /gone back in time/,
  },
  {
    venue: HYPERLIQUID,
    mistake: 'the book outlives its connection',
    file: 'hyperliquid/feed.ts',
    find: "this.#lose(coin, 'disconnected');",
    replace: 'void coin;',
    seen: /usable without a connection/,
  },
  {
    venue: HYPERLIQUID,
    mistake: 'a venue whose clock was set back is not heard again',
    file: 'hyperliquid/feed.ts',
    find: '> BACK_US;',
    replace: '> Infinity;',
    seen: /standing still/,
  },
  {
    venue: OKX,
    mistake: 'what follows is not asked which update was before it',
    file: 'okx/okx-feed.ts',
    find: 'previous === last && (number',
    replace: '(number',
    seen: /^at \d+: \w+ \d+ instead of/,
  },
  {
    venue: BYBIT,
    mistake: 'what follows is not asked whether it is the next',
    file: 'bybit/bybit-feed.ts',
    find: 'follows: number === last + 1',
    replace: 'follows: number > last',
    seen: /^at \d+: \w+ \d+ instead of/,
  },
  {
    venue: BYBIT,
    mistake: 'a late snapshot is taken for a new one',
    file: 'decode/spot-feed.ts',
    find: 'return eventUs < stream.lastUs || ',
    replace: 'return false && ',
    seen: /gone back in time/,
  },
  {
    venue: KRAKEN,
    mistake: 'the checksum is not looked at',
    file: 'decode/spot-feed.ts',
    find: 'if (sum !== checksum)',
    replace: 'if (sum === -1)',
    seen: /^at \d+: \w+ \d+ instead of/,
  },
  {
    venue: KRAKEN,
    mistake: 'levels that fall out of sight are kept',
    file: 'decode/spot-feed.ts',
    find: 'if (this.#depth !== null) {',
    replace: 'if (this.#depth === -1) {',
    seen: /not back/,
  },
  {
    venue: COINBASE,
    mistake: 'a message that is missing loses nothing',
    file: 'coinbase/coinbase-feed.ts',
    find: "if (place === 'gap')",
    replace: "if (place === 'repeated')",
    seen: /^at \d+: \w+ \d+ instead of/,
  },
  {
    venue: COINBASE,
    mistake: 'a change that could not be read was counted, and loses nothing',
    file: 'coinbase/coinbase-feed.ts',
    find: 'if (events.length === 1) this.reading = stream;',
    replace: 'this.reading = null;',
    seen: /^at \d+: \w+ \d+ instead of/,
  },
];

type FeedClass = new (instruments: readonly Instrument[], sink: FeedSink) => VenueFeed;

const SEEDS_MAX = 300;

it.each(PLANTS)('is seen: $venue.name, $mistake', async (plant) => {
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-planted-feed-'));
  try {
    const make = await planted(folder, plant);
    let seed = 0;
    let wrong: readonly string[] = [];
    for (; seed < SEEDS_MAX && !wrong.some((what) => plant.seen.test(what)); seed++)
      ({ wrong } = await runVirtually(seed, make, plant.venue));
    expect(seed).toBeLessThan(SEEDS_MAX);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

async function planted(folder: string, { venue, file, find, replace }: Plant): Promise<MakeFeed> {
  const sources = fileURLToPath(new URL('../../src', import.meta.url));
  for (const part of ['core', 'io'])
    cpSync(join(sources, part), join(folder, part), {
      recursive: true,
      // Without its compiler settings: they point at the repository's.
      filter: (path) => !path.endsWith('.json') && !path.endsWith('.test.ts'),
    });
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  const path = join(folder, 'io/ingest/venues', file);
  const parts = readFileSync(path, 'utf8').split(find);
  if (parts.length !== 2) throw new Error(`${file} holds ${parts.length - 1} times: ${find}`);
  writeFileSync(path, parts.join(replace));
  const url = pathToFileURL(join(folder, 'io/ingest/venues', venue.file)).href;
  const made = (await import(/* @vite-ignore */ url)) as Record<string, FeedClass>;
  return (sink) => new made[venue.feed](venue.instruments, sink);
}
