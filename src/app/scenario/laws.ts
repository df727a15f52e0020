/**
 * What must hold after whatever happened, computed from what the reference has, account by account in whole numbers:
 *
 *   money       over all accounts, collateral less cost basis plus funding accrued in exact parts, is what was deposited less what was
 *               withdrawn, but for what rounding holds back in each market: less than one unit
 *   assets      balances of a collateral asset are what was deposited less what was withdrawn
 *   positions   as many lots long as short in every market
 *   books       what rests by the events is what rests
 *   levels      the engine's state, levels and all, is that of the reference, which knows no watch and was told only what the
 *               exchange said
 */
import { FUNDING_SCALE } from '../../core/num/units.ts';
import { scaledToText } from '../../core/num/decimal.ts';
import { Form } from '../../core/schema/commands.ts';
import { valueWide } from '../../core/margin/valuation-wide.ts';
import type { OrderBook } from '../../core/matching/order-book.ts';
import { Side } from '../../core/schema/side.ts';
import type { World } from './world.ts';

const SCALE = BigInt(FUNDING_SCALE);

/** What does not hold, a sentence each; empty when all does. */
export function brokenLaws(world: World): string[] {
  const { exchange, reference } = world;
  const { markets } = exchange.engine.book;
  const broken: string[] = [];
  /** Parts of a money unit. */
  let money = 0n;
  const lots = new Map<number, bigint>();
  for (let row = 0; row < reference.accountCount; row++)
    for (const bucket of world.report(row).buckets) {
      money += bucket.collateral * SCALE;
      for (const position of bucket.positions) {
        const { market, size, costBasis, fundingIndex, entryIndex } = position;
        lots.set(market, (lots.get(market) ?? 0n) + size);
        if (markets.terms[market]?.form === Form.collateral) continue;
        const cost = markets.terms[market]?.form === Form.inverse ? -costBasis : costBasis;
        money += -cost * SCALE - size * (fundingIndex - entryIndex);
      }
    }
  const due = (world.flows.get(-1) ?? 0n) * SCALE - money;
  if (due < 0n || due >= SCALE * BigInt(Math.max(1, world.listings.size))) {
    const text = (parts: bigint): string => scaledToText(parts / SCALE, world.decimals);
    broken.push(
      `money: accounts have ${text(money)} ${world.asset}, deposited less withdrawn are ${text(money + due)}`,
    );
  }
  for (let market = 0; market < markets.count; market++) {
    const sum = lots.get(market) ?? 0n;
    const isAsset = markets.terms[market]?.form === Form.collateral;
    const wanted = isAsset ? (world.flows.get(market) ?? 0n) : 0n;
    if (sum === wanted) continue;
    const name = world.marketName(market);
    broken.push(
      isAsset
        ? `assets: accounts hold ${sum} lots of ${name}, deposited less withdrawn are ${wanted}`
        : `positions: longs and shorts of ${name} differ by ${sum} lots`,
    );
  }
  for (const [market, listing] of exchange.venue.listings.entries())
    if (listing !== null) broken.push(...brokenBook(world, market, listing.book));
  if (exchange.engine.digest() !== reference.digest()) broken.push(`levels: ${firstDifference(world)}`);
  return broken;
}

function brokenBook(world: World, market: number, book: OrderBook): string[] {
  const broken: string[] = [];
  for (const side of [Side.bid, Side.ask] as const) {
    const told = world.orders.levels(market, side);
    // One more than were told, so that a level too many shows.
    const prices = new Float64Array(told.size + 1);
    const sizes = new Float64Array(told.size + 1);
    const count = book.levels(side, prices, sizes);
    const here = new Map(Array.from({ length: count }, (_, at) => [prices[at], sizes[at]]));
    const at = [...here.keys(), ...told.keys()].find((price) => here.get(price) !== told.get(price));
    if (at === undefined) continue;
    const name = `${side === Side.bid ? 'bids' : 'asks'} of ${world.marketName(market)}`;
    const [has, say] = [here.get(at) ?? 0, told.get(at) ?? 0];
    broken.push(`books: of the ${name} at ${at} ticks there are ${has} lots, by the events ${say}`);
  }
  return broken;
}

function firstDifference(world: World): string {
  const { book } = world.exchange.engine;
  for (let row = 0; row < world.reference.accountCount; row++)
    for (const { isolated, level, equity, maintenance } of world.report(row).buckets) {
      if (isolated) continue;
      const bucket = book.cross[row];
      const value = valueWide(book, bucket);
      if (
        value.equity !== equity ||
        value.maintenance !== maintenance ||
        book.buckets.level(bucket) !== level
      )
        return (
          `the reference has ${world.accountName(row)} at equity ${equity}, maintenance ${maintenance}, level ${level}; ` +
          `the engine at ${value.equity}, ${value.maintenance}, ${book.buckets.level(bucket)}`
        );
    }
  return 'the state of the engine is not that of a reference that was told what the exchange said';
}
