import { describe, expect, it } from 'vitest';
import { generateBook } from '../../sim/book.ts';
import { Engine } from '../engine/engine.ts';
import type { MarketRow } from '../num/units.ts';
import { Level } from '../schema/levels.ts';
import { BUCKET_I32, BucketLink } from '../state/buckets.ts';
import { MARKET_STRIDE, MarketField } from '../state/markets.ts';
import { marketOfTag, POSITION_I32, PositionLink } from '../state/positions.ts';
import { slackWide } from './levels.ts';
import { bankruptcyPrice, liquidationPrice } from './liquidation-price.ts';
import { valueWide } from './valuation-wide.ts';

/** What the definition says, by looking: is the bucket breached with this one mark changed? */
function breachedAt(engine: Engine, bucket: number, market: number, mark: number): boolean {
  const fields = engine.book.markets.fields;
  const at = market * MARKET_STRIDE + MarketField.mark;
  const was = fields[at];
  fields[at] = mark;
  const { equity, maintenance } = valueWide(engine.book, bucket);
  fields[at] = was;
  return slackWide(engine.thresholds!.enter[Level.liquidatable - 1], equity, maintenance) < 0n;
}

describe.each(['spread', 'edge'] as const)('liquidation prices of a generated book: %s', (book) => {
  it('hold at the tick and not one tick before, or there is none as far as one looks', () => {
    const engine = new Engine();
    for (const command of generateBook({ accounts: 400, markets: 9, book, popularity: 'uniform', seed: 21 }))
      engine.apply(command);
    const { buckets, positions, markets } = engine.book;
    let solved = 0;
    for (let bucket = 0; bucket < buckets.used; bucket++) {
      const start = buckets.i32[bucket * BUCKET_I32 + BucketLink.start];
      for (let row = start; row < start + buckets.i32[bucket * BUCKET_I32 + BucketLink.count]; row++) {
        const market = marketOfTag(positions.i32[row * POSITION_I32 + PositionLink.tag]);
        const mark = markets.mark(market as MarketRow);
        const { price, reason } = liquidationPrice(engine.book, engine.thresholds!, bucket, market);
        if (breachedAt(engine, bucket, market, mark)) {
          expect(reason).toBe('already_liquidatable');
        } else if (price === null) {
          expect(reason).toBe('no_price_is_bad_enough');
          for (const share of [0.001, 0.1, 0.5, 0.9, 0.99, 1.01, 1.5, 3, 20]) {
            expect(breachedAt(engine, bucket, market, Math.max(1, Math.round(mark * share)))).toBe(false);
          }
        } else {
          expect(breachedAt(engine, bucket, market, price)).toBe(true);
          expect(breachedAt(engine, bucket, market, price + Math.sign(mark - price))).toBe(false);
          const bankrupt = bankruptcyPrice(engine.book, bucket, market).price;
          if (bankrupt !== null && price < mark === bankrupt < mark)
            expect(Math.abs(bankrupt - mark)).toBeGreaterThanOrEqual(Math.abs(price - mark));
          solved++;
        }
      }
    }
    expect(solved).toBeGreaterThan(500);
  });
});
