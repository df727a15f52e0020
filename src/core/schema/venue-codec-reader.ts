/**
 * Bytes as commands of an exchange again, of its own range and of the engine's: the other half of venue-codec.ts, which states the
 * layout. Bytes that are no command are refused with what is wrong with them and where; none beyond the given length is read.
 */
import type {
  AccountRow,
  MarketRow,
  MarkTicks,
  PriceTicks,
  QuoteMicros,
  SizeLots,
  TimeUs,
} from '../num/units.ts';
import { RangeReader, type Head, type Shape } from './codec-range.ts';
import { LEG_NAMES, type Leg } from './commands.ts';
import {
  MARKET_STATE_NAMES,
  SELF_TRADE_NAMES,
  TIME_IN_FORCE_NAMES,
  TRIGGER_BY_NAMES,
  TRIGGER_KIND_NAMES,
  type MarketState,
  type OrderType,
  type SelfTrade,
  type TimeInForce,
  type TriggerBy,
  type TriggerKind,
} from './orders.ts';
import type { Side } from './side.ts';
import { VenueFlag } from './venue-codec.ts';
import {
  ADL_RANKING_NAMES,
  CLOSE_POLICY_NAMES,
  VENUE_KIND_FIRST,
  VENUE_KIND_NAMES,
  VenueKind,
  type AdlRanking,
  type ClosePolicy,
  type ListingCommand,
  type OwnCommand,
  type PlaceCommand,
  type Trigger,
} from './venue-commands.ts';

const SHAPES: readonly Shape[] = VENUE_KIND_NAMES.map((name) => {
  const flags: Partial<Record<keyof typeof VenueKind, number>> = {
    venue: VenueFlag.notionalMax,
    listing: VenueFlag.depthShare | VenueFlag.haltMove,
    bands: VenueFlag.low | VenueFlag.high,
    state: VenueFlag.market,
    deposit: VenueFlag.asset,
    withdraw: VenueFlag.asset,
    mode: VenueFlag.market | VenueFlag.isolated | VenueFlag.hedge,
    exempt: VenueFlag.exempt,
    place: 4 | 8 | 16 | 32 | 64,
    cancel_all: VenueFlag.market,
  };
  const small: Partial<Record<keyof typeof VenueKind, Shape['small']>> = {
    venue: ADL_RANKING_NAMES,
    listing: CLOSE_POLICY_NAMES,
    state: MARKET_STATE_NAMES,
    margin: LEG_NAMES,
    place: null,
  };
  return { flags: flags[name] ?? 0, small: small[name] === undefined ? [''] : small[name] };
});

/** Without `texts`, those of marks, quality and state are left empty: the engine does not look at them. */
export class VenueCommandReader extends RangeReader<OwnCommand> {
  readonly #texts: boolean;

  constructor(options: { readonly texts?: boolean } = {}) {
    super(VENUE_KIND_FIRST, VENUE_KIND_NAMES, SHAPES, options);
    this.#texts = options.texts ?? true;
  }

  protected read(kind: number, head: Head): OwnCommand {
    const { flags, small } = this;
    switch (kind as VenueKind) {
      case VenueKind.venue: {
        const gainHaircut = this.rate();
        const fundFloor = this.f64() as QuoteMicros;
        const ordersMax = this.f64();
        const notionalMax = this.optional(VenueFlag.notionalMax) as QuoteMicros | null;
        const adl = small as AdlRanking;
        return { kind: VenueKind.venue, ...head, gainHaircut, fundFloor, adl, notionalMax, ordersMax };
      }
      case VenueKind.listing:
        return this.#listing(head);
      case VenueKind.bands: {
        const market = this.f64() as MarketRow;
        const low = this.optional(VenueFlag.low) as PriceTicks | null;
        return {
          kind: VenueKind.bands,
          ...head,
          market,
          low,
          high: this.optional(VenueFlag.high) as PriceTicks | null,
        };
      }
      case VenueKind.state: {
        const market = this.optional(VenueFlag.market) as MarketRow | null;
        return {
          kind: VenueKind.state,
          ...head,
          market,
          state: small as MarketState,
          text: this.text(this.#texts),
        };
      }
      case VenueKind.deposit:
      case VenueKind.withdraw: {
        const account = this.f64() as AccountRow;
        const amount = this.f64();
        const asset = this.optional(VenueFlag.asset) as MarketRow | null;
        return { kind: kind as typeof VenueKind.deposit, ...head, account, asset, amount };
      }
      case VenueKind.margin: {
        const account = this.f64() as AccountRow;
        const market = this.f64() as MarketRow;
        const amount = this.f64() as QuoteMicros;
        return { kind: VenueKind.margin, ...head, account, market, leg: small as Leg, amount };
      }
      case VenueKind.leverage: {
        const account = this.f64() as AccountRow;
        const market = this.f64() as MarketRow;
        return { kind: VenueKind.leverage, ...head, account, market, leverage: this.f64() };
      }
      case VenueKind.mode: {
        const account = this.f64() as AccountRow;
        const market = this.optional(VenueFlag.market) as MarketRow | null;
        const isolated = (flags & VenueFlag.isolated) !== 0;
        return {
          kind: VenueKind.mode,
          ...head,
          account,
          market,
          isolated,
          hedge: (flags & VenueFlag.hedge) !== 0,
        };
      }
      case VenueKind.exempt: {
        const account = this.f64() as AccountRow;
        // Whether there is a text decides about the command: it is never left out.
        return {
          kind: VenueKind.exempt,
          ...head,
          account,
          exempt: (flags & VenueFlag.exempt) !== 0,
          text: this.text(),
        };
      }
      case VenueKind.place:
        return this.#place(head);
      case VenueKind.amend: {
        const account = this.f64() as AccountRow;
        const order = this.f64();
        const clientId = this.f64();
        const price = this.f64() as PriceTicks;
        return {
          kind: VenueKind.amend,
          ...head,
          account,
          order,
          clientId,
          price,
          size: this.f64() as SizeLots,
        };
      }
      case VenueKind.cancel: {
        const account = this.f64() as AccountRow;
        const order = this.f64();
        return { kind: VenueKind.cancel, ...head, account, order, clientId: this.f64() };
      }
      case VenueKind.cancel_all: {
        const account = this.f64() as AccountRow;
        return {
          kind: VenueKind.cancel_all,
          ...head,
          account,
          market: this.optional(VenueFlag.market) as MarketRow | null,
        };
      }
      case VenueKind.disconnect: {
        const account = this.f64() as AccountRow;
        return { kind: VenueKind.disconnect, ...head, account, session: this.f64() };
      }
      case VenueKind.settlement: {
        const market = this.f64() as MarketRow;
        return { kind: VenueKind.settlement, ...head, market, price: this.f64() as PriceTicks };
      }
      default:
        return { kind: VenueKind.tick, ...head };
    }
  }

  #listing(head: Head): ListingCommand {
    const market = this.f64() as MarketRow;
    const makerFee = this.rate();
    const takerFee = this.rate();
    const priceMax = this.f64() as PriceTicks;
    const sizeMin = this.f64() as SizeLots;
    const sizeMax = this.f64() as SizeLots;
    const positionMax = this.f64() as SizeLots;
    const openInterestMax = this.f64() as SizeLots;
    const collar = this.rate();
    const band = this.rate();
    const leverageMax = this.f64();
    const haltWindowUs = this.f64();
    const liquidation = {
      policy: this.small as ClosePolicy,
      share: this.rate(),
      threshold: this.f64() as QuoteMicros,
      cooldownUs: this.f64(),
      buffer: this.rate(),
      fee: this.rate(),
    };
    const depthShare = (this.flags & VenueFlag.depthShare) === 0 ? null : this.rate();
    const haltMove = (this.flags & VenueFlag.haltMove) === 0 ? null : this.rate();
    return {
      kind: VenueKind.listing,
      ...head,
      market,
      makerFee,
      takerFee,
      priceMax,
      sizeMin,
      sizeMax,
      positionMax,
      openInterestMax,
      collar,
      band,
      depthShare,
      leverageMax,
      haltMove,
      haltWindowUs,
      liquidation,
    };
  }

  #place(head: Head): PlaceCommand {
    const flags = this.flags;
    const small = this.small;
    if ((small & 3) >= LEG_NAMES.length) throw this.malformed(`leg ${small & 3} makes no sense`);
    const account = this.f64() as AccountRow;
    const market = this.f64() as MarketRow;
    const price = this.f64() as PriceTicks;
    const size = this.f64() as SizeLots;
    const expiresUs = this.f64() as TimeUs;
    const clientId = this.f64();
    const pair = this.f64();
    const session = this.f64();
    const takeProfit = this.optional(VenueFlag.takeProfit) as MarkTicks | null;
    const stopLoss = this.optional(VenueFlag.stopLoss) as MarkTicks | null;
    return {
      kind: VenueKind.place,
      ...head,
      account,
      market,
      leg: (small & 3) as Leg,
      side: ((small >> 2) & 1) as Side,
      type: ((small >> 3) & 1) as OrderType,
      timeInForce: ((small >> 4) % TIME_IN_FORCE_NAMES.length) as TimeInForce,
      price,
      size,
      reduceOnly: (flags & VenueFlag.reduceOnly) !== 0,
      postOnly: (flags & VenueFlag.postOnly) !== 0,
      selfTrade: ((small >> 6) % SELF_TRADE_NAMES.length) as SelfTrade,
      expiresUs,
      clientId,
      pair,
      session,
      trigger: (flags & VenueFlag.trigger) === 0 ? null : this.#trigger(),
      takeProfit,
      stopLoss,
    };
  }

  #trigger(): Trigger {
    const byte = this.u8();
    const kind = byte & 15;
    const by = byte >> 4;
    if (kind >= TRIGGER_KIND_NAMES.length || by >= TRIGGER_BY_NAMES.length)
      throw this.malformed(`trigger ${kind} by ${by} makes no sense`);
    const price = this.f64() as MarkTicks;
    return { kind: kind as TriggerKind, by: by as TriggerBy, price, distance: this.f64() };
  }
}
