/**
 * What venues say about prices, in one vocabulary. Decoders make these of frames (`io/ingest/venues`), books and prices are
 * made from them, and a live socket and a recording make the same.
 *
 * Numbers are whole: a price counts 10^-priceScale of the quote currency, a size 10^-sizeScale of the base, both by instrument.
 * Times are microseconds since 1970. A price or size of 0 says that there is none on that side.
 */
import type { TimeUs } from '../num/units.ts';

declare const unit: unique symbol;
/** A venue's instrument, by its place in the list of those that are listened to. */
export type InstrumentRow = number & { readonly [unit]: 'InstrumentRow' };

export interface Instrument {
  /** `binance` (USD-M), `binance-spot`, `hyperliquid`, `okx`, `bybit`, `coinbase`, `kraken`. */
  readonly venue: string;
  /** As the venue writes it: BTCUSDT, BTC-USDT, BTC. */
  readonly symbol: string;
  /** The market of ours that it says something about: BTCUSDT. */
  readonly market: string;
  readonly isPerpetual: boolean;
  readonly priceScale: number;
  readonly sizeScale: number;
}

interface Heard {
  readonly instrument: InstrumentRow;
  /** The venue's own time of the event; where it gives none, the time of receipt. */
  readonly eventUs: TimeUs;
  readonly receivedUs: TimeUs;
}

/** Best bid and ask. */
export interface QuoteEvent extends Heard {
  readonly kind: 'quote';
  /** Rises with every update of this instrument; null where the venue numbers nothing. */
  readonly updateId: number | null;
  readonly bid: number;
  readonly bidSize: number;
  readonly ask: number;
  readonly askSize: number;
}

export interface TradeEvent extends Heard {
  readonly kind: 'trade';
  readonly id: string;
  readonly price: number;
  readonly size: number;
  readonly taker: 'buy' | 'sell';
}

/** Changed levels: price, new size, price, new size... A size of 0 takes the level away. */
export interface DepthEvent extends Heard {
  readonly kind: 'depth';
  /** Ids of the first and last update in it; `previous` is the last id of the message before, where the venue says so. */
  readonly first: number;
  readonly last: number;
  readonly previous: number | null;
  readonly bids: readonly number[];
  readonly asks: readonly number[];
}

/** The whole book, or all of it that the venue shows: what was known before is void. Best prices first. */
export interface SnapshotEvent extends Heard {
  readonly kind: 'snapshot';
  readonly last: number;
  /**
   * How many levels a side the venue shows at most: a side with as many goes on unseen behind the last of them, and the
   * book is whole only up to there. Absent: it shows all.
   */
  readonly levelsMax?: number;
  readonly bids: readonly number[];
  readonly asks: readonly number[];
}

/** What the venue itself publishes as mark, index and funding. */
export interface VenueMarkEvent extends Heard {
  readonly kind: 'mark';
  readonly mark: number;
  /** 0: not said. */
  readonly index: number;
  /** Of one funding interval, in units of 1e-12; null where not said. */
  readonly fundingRate: number | null;
  readonly nextFundingUs: TimeUs | null;
  /** In base units of 10^-sizeScale; null where not said. */
  readonly openInterest: number | null;
}

/** The contract's terms changed, or were first heard of. */
export interface ContractEvent extends Heard {
  readonly kind: 'contract';
  /** Decimal text, as the venue writes it. */
  readonly tick: string;
  readonly lot: string;
  readonly isTrading: boolean;
  readonly fundingIntervalHours: number | null;
  /** Upper notional, maintenance rate, amount deducted, as decimal text; null where not public. */
  readonly tiers:
    | readonly { readonly upTo: string | null; readonly rate: string; readonly cut: string }[]
    | null;
}

/** The book of this instrument is not to be used until its next snapshot: a gap, a disconnect, a crossed book. */
export interface LostEvent extends Heard {
  readonly kind: 'lost';
  readonly why: 'gap' | 'disconnected' | 'crossed' | 'silent' | 'contract-changed';
}

export type VenueEvent =
  | QuoteEvent
  | TradeEvent
  | DepthEvent
  | SnapshotEvent
  | VenueMarkEvent
  | ContractEvent
  | LostEvent;
