/** Lists of levels as events carry them: price, size, price, size... best first. */
import type { DepthBook } from '../../../../core/price/depth-book.ts';
import { BadFrame } from './bad-frame.ts';

type Side = DepthBook['bids'];

/**
 * As venues send them, and then nothing is copied; else sorted, the last of equal prices counting, sizes of 0 left out.
 * `sign` is 1 for asks, whose best is the least, and -1 for bids.
 */
export function bestFirst(levels: readonly number[], sign: 1 | -1): readonly number[] {
  let isOrdered = true;
  for (let at = 0; at < levels.length && isOrdered; at += 2)
    isOrdered = levels[at + 1] > 0 && (at === 0 || (levels[at] - levels[at - 2]) * sign > 0);
  if (isOrdered) return levels;
  const sizes = new Map<number, number>();
  for (let at = 0; at < levels.length; at += 2) sizes.set(levels[at], levels[at + 1]);
  return [...sizes]
    .filter(([, size]) => size > 0)
    .sort(([a], [b]) => (a - b) * sign)
    .flat();
}

export function levelsIn(side: Side): number[] {
  const levels: number[] = [];
  for (let rank = 0; rank < side.count; rank++) levels.push(side.priceAt(rank), side.sizeAt(rank));
  return levels;
}

/** Takes away what is behind the best `depth` levels, and adds that to the changes. */
export function trim(side: Side, depth: number, changes: number[]): void {
  while (side.count > depth) {
    const price = side.priceAt(side.count - 1);
    side.set(price, 0);
    changes.push(price, 0);
  }
}

/** For venues that always send levels in order: another order is not to be trusted. `sign` as above. */
export function requireBestFirst(levels: readonly number[], sign: 1 | -1, path: string): void {
  for (let at = 2; at < levels.length; at += 2) {
    if ((levels[at] - levels[at - 2]) * sign <= 0)
      throw new BadFrame('FEED_FIELD', 'is not behind the level before it', `${path}[${at / 2}]`, levels[at]);
  }
}
