/**
 * Whether a fill-or-kill order would get all that it wants: the book has it at its price, and everybody concerned can pay as trade follows trade,
 * so that the matcher has no reason to stop it half way (`Matcher`). Errs on the side of no where it would take the trades themselves
 * to know; each counts a money unit more than it costs, for rounding.
 */
import type { OrderRow, Rate } from '../num/units.ts';
import { MarketState, SelfTrade } from '../schema/orders.ts';
import { Side } from '../schema/side.ts';
import { ORDER_NONE } from '../matching/order-book.ts';
import { tagOf } from '../state/positions.ts';
import type { Listing } from './listing.ts';
import type { Entry } from './order-checks.ts';
import type { Venue } from './venue.ts';

/** What an exposure would buy or sell in all. */
interface Fill {
  readonly exposure: number;
  readonly isBid: boolean;
  readonly lots: number;
  /** Of these, those that may open. */
  readonly opens: number;
  /** At best and at worst. */
  readonly best: number;
  readonly worst: number;
  readonly trades: number;
  readonly fee: Rate;
}

export class FillOrKill {
  readonly #venue: Venue;
  /** By bucket: what trades before have taken of what it has over its maintenance. */
  readonly #spent = new Map<number, number>();
  /** Exposures, and pairs of orders, that trades before have touched. */
  readonly #touched = new Set<number>();
  readonly #pairs = new Set<string>();

  constructor(venue: Venue) {
    this.#venue = venue;
  }

  fills(entry: Entry, listing: Listing): boolean {
    const { orders, ledger } = this.#venue;
    const { book, rules } = listing;
    const isBid = entry.side === Side.bid;
    this.#spent.clear();
    this.#touched.clear();
    this.#pairs.clear();
    let maker = book.best(isBid ? Side.ask : Side.bid);
    if (maker === ORDER_NONE) return false;
    const best = book.price(maker);
    let worst: number = best;
    let need = entry.size;
    let trades = 0;
    for (; maker !== ORDER_NONE && need > 0; maker = book.next(maker)) {
      const price = book.price(maker);
      if (isBid ? price > entry.price : price < entry.price) return false;
      if (orders.account(maker) === entry.account) {
        // Anything but cancelling it would end the order that takes, or make it smaller.
        if (entry.selfTrade !== SelfTrade.cancel_maker) return false;
        continue;
      }
      worst = price;
      trades++;
      const exposure = orders.exposure(maker);
      const lots = Math.min(need, book.left(maker));
      const isFirst = !this.#touched.has(exposure);
      if (!this.#mayTrade(maker, lots, listing.state !== MarketState.active)) continue;
      const fill = {
        exposure,
        isBid: !isBid,
        lots,
        opens: isFirst ? this.#opensOf(exposure, !isBid, lots) : lots,
        best: price,
        worst: price,
        trades: 1,
        fee: rules.makerFee,
      };
      if (this.#pays(listing, fill)) need -= lots;
    }
    if (need > 0) return false;
    const exposure = ledger.ensureExposure(entry.account, tagOf(entry.market, entry.leg));
    return this.#pays(listing, {
      exposure,
      isBid,
      lots: entry.size,
      opens: this.#opensOf(exposure, isBid, entry.size),
      best,
      worst,
      trades,
      fee: rules.takerFee,
    });
  }

  /** Of the orders of a pair only the first trades; what only reduces needs a position that nothing before it has touched. */
  #mayTrade(maker: OrderRow, lots: number, isReducing: boolean): boolean {
    const { orders, ledger, members } = this.#venue;
    const exposure = orders.exposure(maker);
    const isFirst = !this.#touched.has(exposure);
    this.#touched.add(exposure);
    const pair = orders.pair(maker);
    if (pair !== 0) {
      const name = `${orders.account(maker)}:${pair}`;
      if (this.#pairs.has(name)) return false;
      this.#pairs.add(name);
    }
    const isLiquidating = members.liquidating(orders.account(maker)) > 0;
    if (!isReducing && !isLiquidating && !orders.isReduceOnly(maker)) return true;
    const held = ledger.held(exposure);
    const isBid = orders.side(maker) === Side.bid;
    return isFirst && held !== 0 && held > 0 !== isBid && lots <= Math.abs(held);
  }

  #pays(listing: Listing, fill: Fill): boolean {
    const { ledger, margin, members } = this.#venue;
    const { exposure, lots, trades } = fill;
    const bucket = ledger.bucketOf(exposure);
    if (!ledger.exposures.isIsolated(exposure)) {
      const cost = this.#costOf(listing, fill, lots);
      const isLiquidating = members.liquidating(ledger.exposures.account(exposure)) > 0;
      if (cost <= 0 && fill.opens === 0) return !isLiquidating || margin.equityOf(bucket) >= 0;
      const opened = Math.max(
        margin.maintenanceAtMost(listing, fill.opens, fill.best),
        margin.maintenanceAtMost(listing, fill.opens, fill.worst),
      );
      return this.#spend(bucket, Math.max(0, cost) + opened + 4 * trades);
    }
    const held = ledger.held(exposure);
    const room = margin.equityOf(bucket);
    if (held === 0 || held > 0 === fill.isBid) return this.#opensIsolated(listing, fill, room);
    // As margin is given back in proportion, what is left of it covers a loss that is the same for every lot.
    const wholeCost = this.#costOf(listing, fill, Math.abs(held));
    if (lots > Math.abs(held) || wholeCost + trades > room) return false;
    if (wholeCost <= 0) return true;
    margin.value(bucket);
    return wholeCost + trades <= room - margin.maintenance;
  }

  #opensIsolated(listing: Listing, fill: Fill, room: number): boolean {
    const { ledger, engine, margin } = this.#venue;
    const { exposure, isBid, lots, best, worst, trades, fee } = fill;
    const charge = Math.max(
      0,
      ledger.feeOf(listing.market, lots, best, fee),
      ledger.feeOf(listing.market, lots, worst, fee),
    );
    const brings =
      listing.initialMargin(listing.notional(lots), ledger.leverage(exposure)) +
      margin.lossOf(listing, isBid, lots, worst);
    const cross = engine.book.cross[ledger.exposures.account(exposure)];
    return room >= 0 && this.#spend(cross, brings + charge + 3 * trades);
  }

  #opensOf(exposure: number, isBid: boolean, lots: number): number {
    const held = this.#venue.ledger.held(exposure);
    return held === 0 || held > 0 === isBid ? lots : Math.max(0, lots - Math.abs(held));
  }

  /** At the worst price. */
  #costOf(listing: Listing, { isBid, worst, fee }: Fill, lots: number): number {
    const { ledger, margin } = this.#venue;
    return margin.lossOf(listing, isBid, lots, worst) + ledger.feeOf(listing.market, lots, worst, fee);
  }

  /** Of what the bucket has over its maintenance. */
  #spend(bucket: number, amount: number): boolean {
    const { margin } = this.#venue;
    const spent = (this.#spent.get(bucket) ?? 0) + amount;
    margin.value(bucket);
    if (spent > margin.equity - margin.maintenance) return false;
    this.#spent.set(bucket, spent);
    return true;
  }
}
