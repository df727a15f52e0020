/**
 * Money, to the unit: what all accounts have is what was paid in less what was paid out.
 *
 *   sum( collateral - cost basis )  +  accrued funding, exactly  +  dust  =  deposits - withdrawals
 *
 * in parts of FUNDING_SCALE of a money unit. And nobody is long of what nobody is short of.
 */
import { Form } from '../../core/schema/commands.ts';
import { FUNDING_SCALE } from '../../core/num/units.ts';
import { TransferWhy, VenueEvent } from '../../core/schema/venue-events.ts';
import type { Exchange } from '../../core/exchange/exchange.ts';
import { openBuckets, positionsOf } from '../holdings.ts';
import { demand } from './law.ts';

const SCALE = BigInt(FUNDING_SCALE);

export class MoneyLaws {
  /** Deposits less withdrawals so far: money units, and lots of each asset. */
  #paidIn = 0n;
  readonly #assets = new Map<number, bigint>();

  follow({ events }: Exchange): void {
    for (let row = 0; row < events.count; row++) {
      const kind = events.kind(row);
      const why = events.field(row, kind === VenueEvent.asset ? 3 : 5);
      if (why !== TransferWhy.deposit && why !== TransferWhy.withdrawal) continue;
      if (kind === VenueEvent.transfer) this.#paidIn += BigInt(events.field(row, 4));
      if (kind !== VenueEvent.asset) continue;
      const market = events.field(row, 1);
      this.#assets.set(market, (this.#assets.get(market) ?? 0n) + BigInt(events.field(row, 2)));
    }
  }

  judge(exchange: Exchange): void {
    const { engine } = exchange;
    const { markets } = engine.book;
    const long: bigint[] = [];
    const short: bigint[] = [];
    let parts = 0n;
    let dust = 0;
    for (let market = 0; market < markets.count; market++) {
      long.push(0n);
      short.push(0n);
      const rest = exchange.venue.listings[market]?.dust ?? 0;
      demand(
        Number.isInteger(rest) && rest >= 0 && rest < FUNDING_SCALE,
        () => `dust of market ${market} is ${rest}`,
      );
      dust += rest;
    }
    for (const bucket of openBuckets(engine)) {
      parts += BigInt(engine.book.collateral(bucket)) * SCALE;
      for (const { market, size, cost, entry } of positionsOf(engine, bucket)) {
        if (markets.terms[market]?.form === Form.collateral) {
          long[market] += BigInt(size);
          continue;
        }
        parts -=
          BigInt(cost) * SCALE + BigInt(size) * (BigInt(markets.fundingInside(market)) - BigInt(entry));
        if (size > 0) long[market] += BigInt(size);
        else short[market] -= BigInt(size);
      }
    }
    for (const [market, lots] of long.entries()) {
      const isAsset = markets.terms[market]?.form === Form.collateral;
      const other = isAsset ? (this.#assets.get(market) ?? 0n) : short[market];
      demand(
        lots === other,
        () => `market ${market} is long ${lots}, and ${other} ${isAsset ? 'were paid in' : 'short'}`,
      );
    }
    const wanted = this.#paidIn * SCALE;
    demand(
      parts + BigInt(dust) === wanted,
      () =>
        `accounts hold ${parts} and dust is ${dust}, paid in was ${wanted}: ${parts + BigInt(dust) - wanted} too much, in parts of ${FUNDING_SCALE}`,
    );
  }
}
