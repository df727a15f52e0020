/** A bucket's row as what the outside calls it, and the order of reports. */
import type { AccountRow, MarketRow } from '../num/units.ts';
import type { Leg } from '../schema/commands.ts';
import type { BucketName } from '../schema/events.ts';
import { type Buckets, isIsolated, legOfPlace, marketOfPlace } from '../state/buckets.ts';

export function bucketName(buckets: Buckets, bucket: number): BucketName {
  const place = buckets.place(bucket);
  return {
    account: buckets.account(bucket) as AccountRow,
    isolated: isIsolated(place),
    market: marketOfPlace(place) as MarketRow,
    leg: legOfPlace(place) as Leg,
  };
}

/** By account, cross before isolated, market, leg. */
export function compareBuckets(buckets: Buckets, a: number, b: number): number {
  return buckets.account(a) - buckets.account(b) || buckets.place(a) - buckets.place(b);
}
