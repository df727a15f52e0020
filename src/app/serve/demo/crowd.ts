/**
 * The crowd: leveraged holders by the hundred thousand, each an account with its own money, opened by a deposit and a trade like anybody's. They come in
 * pairs that trade with each other, or with whoever offers better. Which ones come depends on the seed and their number alone.
 */
import type { AccountRow, MarketRow, PriceTicks, SizeLots, TimeUs } from '../../../core/num/units.ts';
import type { Exchange } from '../../../core/exchange/exchange.ts';
import { Kind, Leg } from '../../../core/schema/commands.ts';
import { OrderType, SelfTrade, TimeInForce } from '../../../core/schema/orders.ts';
import { Side } from '../../../core/schema/side.ts';
import { VenueKind, type OwnCommand } from '../../../core/schema/venue-commands.ts';
import { logUniform } from '../../../sim/log-uniform.ts';
import { Random } from '../../../sim/random.ts';
import type { AnyCommand } from '../../../sim/traders/simulation.ts';
import type { SimVenueMarket } from '../../../sim/traders/world.ts';

const UNIT = 1e6;
const NOTIONAL = [300, 150_000] as const;
const LEVERAGE = [1.5, 95] as const;
/** Of what the tiers allow, at most; and money beyond what leverage asks for: fees, and the way from the trade to the mark. */
const OF_ALLOWED = 0.95;
const SPARE = 0.0012;
/** By market: how many of a hundred hold it. */
const POPULARITY = [46, 26, 14, 9, 5];

export class Crowd {
  readonly wanted: number;
  readonly #exchange: Exchange;
  readonly #markets: readonly SimVenueMarket[];
  readonly #seed: number;
  /** Row of its first account. */
  readonly #first: number;
  #queue: AnyCommand[] = [];
  #at = 0;
  /** The order of a pair that may be left over, and whose it is. */
  #maker: { readonly account: AccountRow; readonly market: MarketRow } | null = null;

  constructor(
    exchange: Exchange,
    markets: readonly SimVenueMarket[],
    seed: number,
    first: number,
    wanted: number,
  ) {
    this.#exchange = exchange;
    this.#markets = markets;
    this.#seed = seed;
    this.#first = first;
    this.wanted = wanted;
  }

  get opened(): number {
    return Math.min(this.wanted, Math.max(0, this.#exchange.engine.book.accounts.count - this.#first));
  }

  /** The next command; null when all are there. */
  next(timeUs: TimeUs): AnyCommand | null {
    if (this.#at === this.#queue.length) {
      this.#at = 0;
      this.#queue = this.#leftOver(timeUs) ?? (this.opened >= this.wanted ? [] : this.#pair(timeUs));
      if (this.#queue.length === 0) return null;
    }
    return this.#queue[this.#at++];
  }

  /** What of the last pair's first order nobody took goes again. */
  #leftOver(timeUs: TimeUs): OwnCommand[] | null {
    const maker = this.#maker;
    this.#maker = null;
    if (maker === null || this.#exchange.venue.members.orders(maker.account) === 0) return null;
    return [{ kind: VenueKind.cancel_all, timeUs, origin: null, ...maker }];
  }

  #pair(timeUs: TimeUs): AnyCommand[] {
    const number = this.opened;
    const random = new Random(this.#seed * 7_919 + number, 23);
    const market = this.#markets[this.#draw(random)];
    const { row } = market;
    const lotValue = this.#lotValue(market);
    const notional = logUniform(random, ...NOTIONAL) * UNIT;
    const size = Math.max(1, Math.round(notional / lotValue)) as SizeLots;
    const worth = size * lotValue;
    const accounts = [0, 1].map((at) => (this.#first + number + at) as AccountRow);
    const deposits = accounts.map((account): AnyCommand[] => {
      const leverage = Math.min(
        logUniform(random, ...LEVERAGE),
        OF_ALLOWED * this.#leverageMax(market, worth),
      );
      const share = 1 / leverage + SPARE;
      const amount = Math.max(UNIT, Math.ceil(worth * share));
      const name = `holder-${String(account - this.#first + 1).padStart(7, '0')}`;
      return [
        { kind: Kind.account, timeUs, origin: null, name },
        { kind: VenueKind.deposit, timeUs, origin: null, account, asset: null, amount },
      ];
    });
    const price = this.#priceOf(market);
    const isLongFirst = random.oneIn(2);
    const [first, second] = isLongFirst ? [Side.bid, Side.ask] : [Side.ask, Side.bid];
    const order = (account: AccountRow, side: Side, timeInForce: TimeInForce): OwnCommand => ({
      kind: VenueKind.place,
      timeUs,
      origin: null,
      account,
      market: row,
      leg: Leg.net,
      side,
      type: OrderType.limit,
      timeInForce,
      price,
      size,
      reduceOnly: false,
      postOnly: false,
      selfTrade: SelfTrade.cancel_taker,
      expiresUs: 0 as TimeUs,
      clientId: 0,
      pair: 0,
      session: 0,
      trigger: null,
      takeProfit: null,
      stopLoss: null,
    });
    this.#maker = { account: accounts[0], market: row };
    return [
      ...deposits.flat(),
      order(accounts[0], first, TimeInForce.gtc),
      order(accounts[1], second, TimeInForce.ioc),
    ];
  }

  /** Between the best bid and the best ask where there is room, so that the two meet each other. */
  #priceOf({ row, definition }: SimVenueMarket): PriceTicks {
    const { book } = this.#exchange.venue.listings[row]!;
    const { tickUnit, markUnit } = definition;
    const mark = this.#exchange.engine.book.markets.mark(row);
    const middle = Math.max(1, Math.round((mark * markUnit * tickUnit.den) / tickUnit.num));
    const bid = book.bestPrice(Side.bid);
    const ask = book.bestPrice(Side.ask);
    const low = bid > 0 ? bid + 1 : 1;
    const high = ask > 0 ? ask - 1 : Infinity;
    return Math.max(low, Math.min(high, middle)) as PriceTicks;
  }

  /** One over the initial rate of its tier. */
  #leverageMax({ definition }: SimVenueMarket, worth: number): number {
    const { num, den } = definition.tiers.findLast(({ floor }) => floor <= worth)!.imr;
    return den / num;
  }

  #lotValue({ row }: SimVenueMarket): number {
    const { markets } = this.#exchange.engine.book;
    return Math.max(1, markets.markInside(row) * markets.unit(row));
  }

  #draw(random: Random): number {
    let left = random.below(100);
    for (const [at, share] of POPULARITY.entries()) {
      left -= share;
      if (left < 0) return at;
    }
    return 0;
  }
}
