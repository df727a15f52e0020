/** What a held bucket would be by the reference prices: shown beside its verdict, never acted on. */
import { nextLevelWide, type Thresholds } from '../margin/levels.ts';
import { valueWide } from '../margin/valuation-wide.ts';
import { ceilDiv } from '../num/exact.ts';
import { MarginBasis } from '../schema/commands.ts';
import { Level } from '../schema/levels.ts';
import type { Book } from '../state/book.ts';
import { MARK_NONE } from '../state/markets.ts';

/**
 * The worst level whose entry the bucket breaches with its held markets at their reference prices and the others at their
 * marks. Hysteresis has no part in it: nobody was ever at a level by these prices. Null where one of them has no reference.
 */
export function referenceLevel(book: Book, thresholds: Thresholds, bucket: number): Level | null {
  const { markets } = book;
  const value = valueWide(book, bucket);
  let { equity, maintenance } = value;
  for (const position of value.positions) {
    const { size, mark } = position;
    const market = position.market as never;
    if (!markets.isHeld(market)) continue;
    const reference = markets.reference(market);
    if ((reference as number) === MARK_NONE) return null;
    const inside = BigInt(markets.inside(market, reference));
    const unit = BigInt(markets.unit(market));
    equity += size * (inside - mark) * unit;
    if (markets.specs[position.market].basis === MarginBasis.entry) continue;
    const notional = (size < 0n ? -size : size) * inside * unit;
    maintenance += maintenanceAt(book, market, notional) - position.maintenance;
  }
  return nextLevelWide(thresholds, Level.safe, equity, maintenance) as Level;
}

function maintenanceAt({ markets }: Book, market: number, notional: bigint): bigint {
  const lines = markets.lines[market];
  let tier = lines.length - 1;
  while (notional < BigInt(lines[tier].floor)) tier--;
  const { num, cut, den } = lines[tier];
  return ceilDiv(notional * num - cut, den);
}
