/** A bucket that is being liquidated, as it is at this moment: what it is worth, what it holds, what each position is taken over at. */
import { valueWide, type PositionValue } from '../margin/valuation-wide.ts';
import { takeoverPrices } from '../liquidation/takeover-price.ts';
import { tagOf } from '../state/positions.ts';
import type { Venue } from './venue.ts';

export interface HeldPosition {
  readonly value: PositionValue;
  readonly exposure: number;
  /** Signed lots, as outside. */
  readonly lots: number;
  /** Takeover price, ticks. */
  readonly price: number;
}

export interface BucketView {
  readonly equity: bigint;
  readonly maintenance: bigint;
  /** The contracts, largest maintenance first. */
  readonly contracts: readonly HeldPosition[];
  /** Collateral assets. */
  readonly assets: readonly PositionValue[];
}

export function viewBucket(venue: Venue, bucket: number): BucketView {
  const { engine, listings, ledger } = venue;
  const { book } = engine;
  const { equity, maintenance, positions } = valueWide(book, bucket);
  const account = book.buckets.account(bucket);
  const traded = positions.filter(({ market }) => listings[market] !== null);
  const prices = new Float64Array(traded.length);
  if (traded.length > 0)
    takeoverPrices(
      equity,
      traded,
      traded.map(({ market }) => listings[market]!.terms),
      prices,
    );
  const contracts = traded.map((value, at) => ({
    value,
    exposure: ledger.ensureExposure(account, tagOf(value.market, value.leg)),
    lots: book.markets.sign(value.market as never) * Number(value.size),
    price: prices[at],
  }));
  contracts.sort((a, b) =>
    a.value.maintenance === b.value.maintenance ? 0 : a.value.maintenance > b.value.maintenance ? -1 : 1,
  );
  return {
    equity,
    maintenance,
    contracts,
    assets: positions.filter(({ market }) => listings[market] === null),
  };
}
