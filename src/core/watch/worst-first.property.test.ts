/** The list of the liquidatable, against a sort of exact integers from the reference. Wide buckets above all. */
import { expect, it } from 'vitest';
import { STYLES, type Style } from '../../../test/fuzz/books.ts';
import { play } from '../../../test/fuzz/play.ts';
import type { BucketReport } from '../../reference/inspect.ts';
import type { Reference } from '../../reference/reference.ts';
import type { Engine } from '../engine/engine.ts';
import { Level } from '../schema/levels.ts';
import { isIsolated, legOfPlace, marketOfPlace } from '../state/buckets.ts';
import { worstFirst } from './worst-first.ts';

const SEEDS: Readonly<Partial<Record<Style, number>>> = {
  wide: 25,
  legs: 25,
  dust: 10,
  large: 4,
  history: 0,
};
const SEEDS_USUAL = 5;

interface Ranked {
  readonly account: number;
  readonly bucket: BucketReport;
}

function rank(reference: Reference): Ranked[] {
  const ranked: Ranked[] = [];
  for (let account = 0; account < reference.accountCount; account++) {
    // Reports come cross first, then by market and leg, and sorting is stable: ties stay in order.
    for (const bucket of reference.inspect(account)!.buckets) {
      if (bucket.level >= Level.liquidatable) ranked.push({ account, bucket });
    }
  }
  return ranked.sort((a, b) => compareBuckets(a.bucket, b.bucket));
}

function compareBuckets(a: BucketReport, b: BucketReport): number {
  if (a.equity < 0n || b.equity < 0n) return Number(a.equity - b.equity);
  return Number(a.equity * b.maintenance - b.equity * a.maintenance);
}

function nameInReference({ account, bucket: { isolated, market, leg } }: Ranked): string {
  return isolated ? `${account} isolated ${market}.${leg}` : `${account} cross`;
}

function nameInEngine({ book }: Engine, row: number): string {
  const place = book.buckets.place(row);
  const account = book.buckets.account(row);
  return isIsolated(place)
    ? `${account} isolated ${marketOfPlace(place)}.${legOfPlace(place)}`
    : `${account} cross`;
}

it.each(STYLES)('lists worst first: %s', (style) => {
  const seeds = SEEDS[style] ?? SEEDS_USUAL;
  for (let seed = 0; seed < seeds; seed++) {
    for (const { engine, reference, commands } of play(seed, style, seed % 2 === 0 ? 'auto' : 'sweep')) {
      if (commands % 8 !== 0) continue;
      const listed = Array.from(worstFirst(engine), (row) => nameInEngine(engine, row));
      expect(listed).toEqual(rank(reference).map(nameInReference));
    }
  }
});
