/** An account's buckets, their positions and orders, out of the columns. */
import type { Book } from '../../core/state/book.ts';
import { BUCKET_I32, BucketLink, isIsolated, legOfPlace, marketOfPlace } from '../../core/state/buckets.ts';
import { ORDER_F64, ORDER_I32, OrderField, OrderLink } from '../../core/state/orders.ts';
import { END, legOfTag, marketOfTag, POSITION_I32, PositionLink } from '../../core/state/positions.ts';
import { LEG_NAMES, type Leg } from '../../core/schema/commands.ts';

export interface OrderFacts {
  readonly id: number;
  readonly market: number;
  readonly leg: Leg;
  readonly size: number;
  readonly price: number;
  /** Money units. */
  readonly notional: number;
}

/** Rows of the account's buckets: cross first, then isolated by market and leg. */
export function accountBuckets({ cross, buckets }: Book, account: number): number[] {
  const rows: number[] = [];
  for (let row = cross[account]; row !== END; row = buckets.i32[row * BUCKET_I32 + BucketLink.next])
    rows.push(row);
  return rows.sort((a, b) => buckets.place(a) - buckets.place(b));
}

export function bucketPositions(
  { buckets, positions }: Book,
  bucket: number,
): { market: number; leg: Leg }[] {
  const start = buckets.i32[bucket * BUCKET_I32 + BucketLink.start];
  const count = buckets.i32[bucket * BUCKET_I32 + BucketLink.count];
  return Array.from({ length: count }, (_, at) => {
    const tag = positions.i32[(start + at) * POSITION_I32 + PositionLink.tag];
    return { market: marketOfTag(tag), leg: legOfTag(tag) as Leg };
  });
}

/** By market, then id. */
export function bucketOrders(book: Book, bucket: number): OrderFacts[] {
  const found: OrderFacts[] = [];
  const { buckets, orders } = book;
  const { f64, i32 } = orders;
  for (
    let row = buckets.i32[bucket * BUCKET_I32 + BucketLink.orders];
    row !== END;
    row = i32[row * ORDER_I32 + OrderLink.next]
  ) {
    const f = row * ORDER_F64;
    const i = row * ORDER_I32;
    found.push({
      id: f64[f + OrderField.id],
      market: i32[i + OrderLink.market],
      leg: i32[i + OrderLink.leg] as Leg,
      size: f64[f + OrderField.size],
      price: f64[f + OrderField.price],
      notional: book.notionalOf(row),
    });
  }
  return found.sort((a, b) => a.market - b.market || a.id - b.id);
}

/** `cross`, `isolated:BTCUSDT`, `isolated:BTCUSDT:long`: as the margin calculator names them. */
export function bucketName(
  book: { readonly markets: { readonly names: { at(row: number): string } } },
  isolated: boolean,
  market: number,
  leg: number,
): string {
  if (!isolated) return 'cross';
  return `isolated:${book.markets.names.at(market)}${leg === 0 ? '' : `:${LEG_NAMES[leg]}`}`;
}

export function placeName(book: Book, bucket: number): string {
  const place = book.buckets.place(bucket);
  return bucketName(book, isIsolated(place), marketOfPlace(place), legOfPlace(place));
}

/** `alice/BTC-PERP/net`: the same as long as the position is there. */
export function positionName(account: string, market: string, leg: number): string {
  return `${account}/${market}/${LEG_NAMES[leg as Leg]}`;
}
