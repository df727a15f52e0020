/** Those nearest to liquidation, exactly where all markets count; of one market among the nearest of the last ranking. */
import { jointDistance } from '../../../core/margin/joint-distance.ts';
import { liquidationPriceOf } from '../../../core/margin/liquidation-price.ts';
import { valueWide } from '../../../core/margin/valuation-wide.ts';
import { LEVEL_NAMES, Level } from '../../../core/schema/levels.ts';
import { nearest } from '../../../core/watch/nearest.ts';
import type { Near } from '../../../io/api/contract/accounts.ts';
import { accountBuckets, bucketPositions, placeName } from '../../explain/buckets.ts';
import type { Ranking } from '../background/ranking.ts';
import { ApiProblem } from '../../../io/api/problem.ts';
import { largestOf, priceOf } from './accounts.ts';
import { fixed, percentText } from './numbers.ts';
import type { Served } from './served.ts';
import type { Volatility } from './volatility.ts';

/** Accounts that are looked at for one market: enough where it is held by one in a hundred. */
const LOOKED_AT_MAX = 20_000;

interface Place {
  readonly bucket: number;
  readonly distance: number;
}

export function nearestList(
  served: Served,
  ranking: Ranking,
  volatility: Volatility,
  market: number | null,
  limit: number,
): Near[] {
  const { engine } = served.exchange;
  const found = market === null ? nearest(engine, limit) : nearestIn(served, ranking, market, limit);
  return found.map(({ bucket, distance }, at) => nearOf(served, volatility, bucket, distance, at + 1));
}

function nearestIn({ exchange }: Served, ranking: Ranking, market: number, limit: number): Place[] {
  ranking.want();
  const { ranked } = ranking;
  if (ranked === null)
    throw new ApiProblem(
      'API_STARTING',
      'accounts are being put in order for the first time: ask again in a moment',
    );
  const { book } = exchange.engine;
  const { rows, valued } = ranked.orders.distance;
  const found: Place[] = [];
  for (let at = 0; at < Math.min(valued, LOOKED_AT_MAX) && found.length < limit; at++)
    for (const bucket of accountBuckets(book, rows[at])) {
      if (book.buckets.level(bucket) >= Level.liquidatable) continue;
      if (!bucketPositions(book, bucket).some((position) => position.market === market)) continue;
      const distance = jointDistance(book, bucket);
      if (Number.isFinite(distance)) found.push({ bucket, distance });
    }
  return found.sort((a, b) => a.distance - b.distance).slice(0, limit);
}

function nearOf(
  served: Served,
  volatility: Volatility,
  bucket: number,
  distance: number,
  place: number,
): Near {
  const { exchange, units } = served;
  const { book, thresholds } = exchange.engine;
  const account = book.buckets.account(bucket);
  const value = valueWide(book, bucket);
  const { equity, maintenance, positions } = value;
  const largest = largestOf(served, account);
  const market = largest === null ? -1 : book.markets.names.find(largest.market);
  const sigma = market < 0 ? null : volatility.hourly(market);
  return {
    place,
    account: served.accountName(account),
    bucket: placeName(book, bucket),
    level: LEVEL_NAMES[book.buckets.level(bucket)],
    equity: units.amount(equity),
    maintenanceMargin: units.amount(maintenance),
    health: maintenance === 0n ? null : fixed(Number(equity) / Number(maintenance), 6),
    notional: units.amount(positions.reduce((sum, position) => sum + position.notional, 0n)),
    distancePercent: percentText(distance),
    distanceSigmas: sigma === null || sigma === 0 ? null : fixed(distance / sigma, 2),
    largest:
      largest === null
        ? null
        : {
            ...largest,
            liquidationPrice: priceOf(served, market, liquidationPriceOf(book, thresholds!, value, market)),
          },
  };
}
