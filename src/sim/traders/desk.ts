/** One trader's desk: who it is, what it sees, and how it writes orders. */
import type { AccountRow, MarketRow, PriceTicks, SizeLots, TimeUs } from '../../core/num/units.ts';
import { Leg } from '../../core/schema/commands.ts';
import { OrderType, TimeInForce } from '../../core/schema/orders.ts';
import { Side } from '../../core/schema/side.ts';
import { PLAIN_ORDER, type OwnCommand, type PlaceCommand } from '../../core/schema/venue-commands.ts';
import type { Random } from '../random.ts';
import { pick } from './draw.ts';
import type { VenueView } from './venue-view.ts';

export interface Clock {
  /** The time of the next command. */
  readonly nowUs: number;
}

/** A command without its head. */
type Said = OwnCommand extends infer Each
  ? Each extends OwnCommand
    ? Omit<Each, 'timeUs' | 'origin'>
    : never
  : never;

export class Desk {
  readonly account: AccountRow;
  readonly random: Random;
  readonly view: VenueView;
  readonly money: number;
  readonly #clock: Clock;
  #clientId = 0;

  constructor(account: number, random: Random, view: VenueView, money: number, clock: Clock) {
    this.account = account as AccountRow;
    this.random = random;
    this.view = view;
    this.money = money;
    this.#clock = clock;
  }

  get nowUs(): TimeUs {
    return this.#clock.nowUs as TimeUs;
  }

  say(said: Said): OwnCommand {
    return { timeUs: this.nowUs, origin: null, ...said };
  }

  /** A market that is traded. */
  market(): MarketRow {
    return pick(
      this.random,
      this.view.markets.filter(({ listing }) => listing !== null),
    ).row;
  }

  /** The leg on which an order of this side opens. */
  openingLeg(side: Side): Leg {
    if (!this.view.hedged.has(this.account)) return Leg.net;
    return side === Side.bid ? Leg.long : Leg.short;
  }

  /** Unique among all that this desk placed. */
  nextClientId(): number {
    return ++this.#clientId;
  }

  usualLots(market: number): number {
    return this.view.markets[market].lots;
  }

  place(
    fields: Omit<Partial<PlaceCommand>, 'size'> & {
      readonly market: MarketRow;
      readonly side: Side;
      readonly size: number;
    },
  ): PlaceCommand {
    return {
      ...PLAIN_ORDER,
      timeUs: this.nowUs,
      origin: null,
      account: this.account,
      leg: this.openingLeg(fields.side),
      price: 0 as PriceTicks,
      ...fields,
      size: this.#sized(fields.market, fields.size),
    };
  }

  /** Whole lots, mostly of a size that may be asked for. */
  #sized(market: MarketRow, size: number): SizeLots {
    const lots = Math.max(1, Math.round(size));
    const { listing } = this.view.markets[market];
    if (listing === null || this.random.oneIn(50)) return lots as SizeLots;
    return Math.max(listing.sizeMin, Math.min(listing.sizeMax, lots)) as SizeLots;
  }

  limit(
    market: MarketRow,
    side: Side,
    price: number,
    size: number,
    fields: Partial<PlaceCommand> = {},
  ): PlaceCommand {
    return this.place({ market, side, size, price: Math.max(1, Math.round(price)) as PriceTicks, ...fields });
  }

  take(market: MarketRow, side: Side, size: number, fields: Partial<PlaceCommand> = {}): PlaceCommand {
    return this.place({
      market,
      side,
      size,
      type: OrderType.market,
      timeInForce: TimeInForce.ioc,
      ...fields,
    });
  }

  /** A market order that closes what this leg of it holds, or part of it; null where it holds nothing. */
  close(market: MarketRow, leg: Leg, share = 1): PlaceCommand | null {
    const size = this.view.positionSize(this.account, market, leg);
    if (size === 0) return null;
    const side = size > 0 ? Side.ask : Side.bid;
    return this.take(market, side, Math.abs(size) * share, { leg, reduceOnly: true });
  }

  side(): Side {
    return this.random.oneIn(2) ? Side.bid : Side.ask;
  }
}
