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
  Rate,
  SizeLots,
  SourceRow,
  TimeUs,
} from '../num/units.ts';
import { CODEC_VERSION, CodecError, Flag, HEAD_BYTES } from './codec.ts';
import { CommandReader } from './codec-reader.ts';
import { readText } from './codec-text.ts';
import { LEG_NAMES, type Command, type Leg, type Origin } from './commands.ts';
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
import { nameOfVenueKind, VenueFlag } from './venue-codec.ts';
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

const LAST = VENUE_KIND_FIRST + VENUE_KIND_NAMES.length - 1;

/** Flags each kind may carry beside the origin's, and the names that its fourth byte is one of. */
const SHAPES: readonly { readonly flags: number; readonly small: readonly string[] }[] = VENUE_KIND_NAMES.map(
  (name) => {
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
    const small: Partial<Record<keyof typeof VenueKind, readonly string[]>> = {
      venue: ADL_RANKING_NAMES,
      listing: CLOSE_POLICY_NAMES,
      state: MARKET_STATE_NAMES,
      margin: LEG_NAMES,
    };
    return { flags: flags[name] ?? 0, small: small[name] ?? [''] };
  },
);

/** Decoded commands of the engine's range are valid until the next `decode`; those of an exchange are new objects. */
export class VenueCommandReader {
  readonly #engine: CommandReader;
  readonly #texts: boolean;
  #view: DataView = new DataView(new ArrayBuffer(0));
  #start = 0;
  #at = 0;
  #end = 0;
  #name = '';
  #flags = 0;
  #small = 0;

  /** Without `texts`, those of marks, quality, state and exempt are left empty where the engine does not look at them. */
  constructor(options: { readonly texts?: boolean } = {}) {
    this.#engine = new CommandReader(options);
    this.#texts = options.texts ?? true;
  }

  /** The command in exactly these bytes. Throws a CodecError if they are anything else, and reads none beyond them. */
  decode(view: DataView, offset: number, length: number): Command | OwnCommand {
    const isThere = offset >= 0 && length >= HEAD_BYTES && offset + length <= view.byteLength;
    const isOwn =
      isThere && view.getUint8(offset) === CODEC_VERSION && view.getUint8(offset + 1) >= VENUE_KIND_FIRST;
    // What is no command of any range is refused by the engine's reader.
    if (!isOwn) return this.#engine.decode(view, offset, length);
    this.#view = view;
    this.#start = this.#at = offset;
    this.#end = offset + length;
    const command = this.#command();
    if (this.#at !== this.#end) throw this.#malformed(`${this.#end - this.#at} bytes are left over`);
    return command;
  }

  #command(): OwnCommand {
    const kind = this.#view.getUint8(this.#at + 1);
    const name = nameOfVenueKind(kind);
    this.#name = name === undefined ? '' : ` ${name} command`;
    if (name === undefined)
      throw this.#malformed(`kind ${kind} is none of ${VENUE_KIND_FIRST} to ${LAST}, nor of the engine's`);
    const flags = this.#view.getUint8(this.#at + 2);
    const small = this.#view.getUint8(this.#at + 3);
    const shape = SHAPES[kind - VENUE_KIND_FIRST];
    const allowed = shape.flags | Flag.origin | Flag.previous;
    if ((flags & ~allowed) !== 0 || (flags & (Flag.origin | Flag.previous)) === Flag.previous)
      throw this.#malformed(`flags ${flags} make no sense`);
    if (kind !== VenueKind.place && small >= shape.small.length)
      throw this.#malformed(`its fourth byte, ${small}, makes no sense`);
    this.#flags = flags;
    this.#small = small;
    this.#at += 4;
    const head = { timeUs: this.#f64() as TimeUs, origin: this.#origin() };
    switch (kind as VenueKind) {
      case VenueKind.venue: {
        const gainHaircut = this.#rate();
        const fundFloor = this.#f64() as QuoteMicros;
        const ordersMax = this.#f64();
        const notionalMax = this.#optional(VenueFlag.notionalMax) as QuoteMicros | null;
        const adl = small as AdlRanking;
        return { kind: VenueKind.venue, ...head, gainHaircut, fundFloor, adl, notionalMax, ordersMax };
      }
      case VenueKind.listing:
        return this.#listing(head);
      case VenueKind.bands: {
        const market = this.#f64() as MarketRow;
        const low = this.#optional(VenueFlag.low) as PriceTicks | null;
        return {
          kind: VenueKind.bands,
          ...head,
          market,
          low,
          high: this.#optional(VenueFlag.high) as PriceTicks | null,
        };
      }
      case VenueKind.state: {
        const market = this.#optional(VenueFlag.market) as MarketRow | null;
        return { kind: VenueKind.state, ...head, market, state: small as MarketState, text: this.#text() };
      }
      case VenueKind.deposit:
      case VenueKind.withdraw: {
        const account = this.#f64() as AccountRow;
        const amount = this.#f64();
        const asset = this.#optional(VenueFlag.asset) as MarketRow | null;
        return { kind: kind as typeof VenueKind.deposit, ...head, account, asset, amount };
      }
      case VenueKind.margin: {
        const account = this.#f64() as AccountRow;
        const market = this.#f64() as MarketRow;
        const amount = this.#f64() as QuoteMicros;
        return { kind: VenueKind.margin, ...head, account, market, leg: small as Leg, amount };
      }
      case VenueKind.leverage: {
        const account = this.#f64() as AccountRow;
        const market = this.#f64() as MarketRow;
        return { kind: VenueKind.leverage, ...head, account, market, leverage: this.#f64() };
      }
      case VenueKind.mode: {
        const account = this.#f64() as AccountRow;
        const market = this.#optional(VenueFlag.market) as MarketRow | null;
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
        const account = this.#f64() as AccountRow;
        // Whether there is a text decides about the command: it is never left out.
        return {
          kind: VenueKind.exempt,
          ...head,
          account,
          exempt: (flags & VenueFlag.exempt) !== 0,
          text: this.#text(true),
        };
      }
      case VenueKind.place:
        return this.#place(head);
      case VenueKind.amend: {
        const account = this.#f64() as AccountRow;
        const order = this.#f64();
        const clientId = this.#f64();
        const price = this.#f64() as PriceTicks;
        return {
          kind: VenueKind.amend,
          ...head,
          account,
          order,
          clientId,
          price,
          size: this.#f64() as SizeLots,
        };
      }
      case VenueKind.cancel: {
        const account = this.#f64() as AccountRow;
        const order = this.#f64();
        return { kind: VenueKind.cancel, ...head, account, order, clientId: this.#f64() };
      }
      case VenueKind.cancel_all: {
        const account = this.#f64() as AccountRow;
        return {
          kind: VenueKind.cancel_all,
          ...head,
          account,
          market: this.#optional(VenueFlag.market) as MarketRow | null,
        };
      }
      case VenueKind.disconnect: {
        const account = this.#f64() as AccountRow;
        return { kind: VenueKind.disconnect, ...head, account, session: this.#f64() };
      }
      case VenueKind.settlement: {
        const market = this.#f64() as MarketRow;
        return { kind: VenueKind.settlement, ...head, market, price: this.#f64() as PriceTicks };
      }
      default:
        return { kind: VenueKind.tick, ...head };
    }
  }

  #listing(head: Head): ListingCommand {
    const market = this.#f64() as MarketRow;
    const makerFee = this.#rate();
    const takerFee = this.#rate();
    const priceMax = this.#f64() as PriceTicks;
    const sizeMin = this.#f64() as SizeLots;
    const sizeMax = this.#f64() as SizeLots;
    const positionMax = this.#f64() as SizeLots;
    const openInterestMax = this.#f64() as SizeLots;
    const collar = this.#rate();
    const band = this.#rate();
    const leverageMax = this.#f64();
    const haltWindowUs = this.#f64();
    const liquidation = {
      policy: this.#small as ClosePolicy,
      share: this.#rate(),
      threshold: this.#f64() as QuoteMicros,
      cooldownUs: this.#f64(),
      buffer: this.#rate(),
      fee: this.#rate(),
    };
    const depthShare = (this.#flags & VenueFlag.depthShare) === 0 ? null : this.#rate();
    const haltMove = (this.#flags & VenueFlag.haltMove) === 0 ? null : this.#rate();
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
    const flags = this.#flags;
    const small = this.#small;
    if ((small & 3) >= LEG_NAMES.length) throw this.#malformed(`leg ${small & 3} makes no sense`);
    const account = this.#f64() as AccountRow;
    const market = this.#f64() as MarketRow;
    const price = this.#f64() as PriceTicks;
    const size = this.#f64() as SizeLots;
    const expiresUs = this.#f64() as TimeUs;
    const clientId = this.#f64();
    const pair = this.#f64();
    const session = this.#f64();
    const takeProfit = this.#optional(VenueFlag.takeProfit) as MarkTicks | null;
    const stopLoss = this.#optional(VenueFlag.stopLoss) as MarkTicks | null;
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
    this.#need(1);
    const byte = this.#view.getUint8(this.#at++);
    const kind = byte & 15;
    const by = byte >> 4;
    if (kind >= TRIGGER_KIND_NAMES.length || by >= TRIGGER_BY_NAMES.length)
      throw this.#malformed(`trigger ${kind} by ${by} makes no sense`);
    const price = this.#f64() as MarkTicks;
    return { kind: kind as TriggerKind, by: by as TriggerBy, price, distance: this.#f64() };
  }

  #origin(): Origin | null {
    if ((this.#flags & Flag.origin) === 0) return null;
    const source = this.#f64() as SourceRow;
    const position = this.#f64();
    return { source, position, previous: this.#optional(Flag.previous) };
  }

  #optional(flag: number): number | null {
    return (this.#flags & flag) === 0 ? null : this.#f64();
  }

  #rate(): Rate {
    return { num: this.#f64(), den: this.#f64() };
  }

  #text(isNeeded = this.#texts): string {
    this.#need(4);
    const length = this.#view.getUint32(this.#at, true);
    this.#at += 4;
    this.#need(length);
    const offset = this.#at;
    this.#at += length;
    if (!isNeeded) return '';
    const text = readText(this.#view, offset, length);
    if (text === null) throw this.#malformed('a text is not UTF-8');
    return text;
  }

  #f64(): number {
    this.#need(8);
    const value = this.#view.getFloat64(this.#at, true);
    this.#at += 8;
    return value;
  }

  #need(bytes: number): void {
    if (this.#end - this.#at < bytes)
      throw this.#malformed(`it ends after ${this.#end - this.#start} bytes, too soon`);
  }

  #malformed(why: string): CodecError {
    return new CodecError(
      'COMMAND_MALFORMED',
      `this${this.#name} at byte ${this.#start} is malformed: ${why}`,
      this.#at,
    );
  }
}

interface Head {
  readonly timeUs: TimeUs;
  readonly origin: Origin | null;
}
