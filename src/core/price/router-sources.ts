/**
 * What every instrument last said, in columns: bounded, one row each, whatever comes. It judges single numbers (is it a
 * price, is it newer than what is known); what they mean for a market is decided where markets are.
 */
import { isCount, bookStatus, SourceStatus, VenueClock } from './anomaly.ts';
import type {
  Instrument,
  InstrumentRow,
  LostEvent,
  QuoteEvent,
  TradeEvent,
  VenueEvent,
  VenueMarkEvent,
} from './venue-event.ts';
import type { SourcePart } from './price-rules.ts';

/** Best bid and ask of an order book, in units of its instrument; 0 where there is none. `DepthBook` is one. */
export interface TopOfBook {
  readonly bid: number;
  readonly ask: number;
}

/** What an event came to. */
export const Heard = {
  /** Something that prices depend on is different now. */
  changed: 0,
  /** The same again: only newer. */
  same: 1,
  /** Older than what is known: a duplicate, or out of order. Nothing was taken. */
  late: 2,
  /** A number in it is none. The source has no say until its next good one. */
  invalid: 3,
} as const;
export type Heard = (typeof Heard)[keyof typeof Heard];

export class SourceTable {
  readonly instruments: readonly Instrument[];
  readonly bid: Float64Array;
  readonly ask: Float64Array;
  readonly last: Float64Array;
  readonly mark: Float64Array;
  readonly index: Float64Array;
  /** The venue's own times of the newest book, trade and published mark. 0: none yet. */
  readonly bookUs: Float64Array;
  readonly tradeUs: Float64Array;
  readonly markUs: Float64Array;
  readonly clock: readonly VenueClock[];
  readonly #isHalted: Uint8Array;
  /** `used`, or what is wrong with the venue's times, the book, the trades, the published prices. */
  readonly #timeFault: Uint8Array;
  readonly #bookFault: Uint8Array;
  readonly #tradeFault: Uint8Array;
  readonly #markFault: Uint8Array;
  /** The newest time heard, and how many events in a row were older than it by more than skew. */
  readonly #newestUs: Float64Array;
  readonly #lateRun: Float64Array;
  readonly #updateId: Float64Array;
  readonly #hasQuotes: Uint8Array;
  readonly #skewUs: number;
  /** The time of the event that is being heard, by the venue's clock, and whether the venue said it. */
  #eventUs = 0;
  #isTimed = false;

  constructor(instruments: readonly Instrument[], skewUs: number) {
    const count = instruments.length;
    this.instruments = instruments;
    this.#skewUs = skewUs;
    this.bid = new Float64Array(count);
    this.ask = new Float64Array(count);
    this.last = new Float64Array(count);
    this.mark = new Float64Array(count);
    this.index = new Float64Array(count);
    this.bookUs = new Float64Array(count);
    this.tradeUs = new Float64Array(count);
    this.markUs = new Float64Array(count);
    this.clock = instruments.map(() => new VenueClock(skewUs));
    this.#isHalted = new Uint8Array(count);
    this.#timeFault = new Uint8Array(count);
    this.#bookFault = new Uint8Array(count);
    this.#tradeFault = new Uint8Array(count);
    this.#markFault = new Uint8Array(count);
    this.#newestUs = new Float64Array(count);
    this.#lateRun = new Float64Array(count);
    this.#updateId = new Float64Array(count).fill(-1);
    this.#hasQuotes = new Uint8Array(count);
  }

  /**
   * First of every event: whether the venue's time can be believed. One that is ahead of ours says nothing about age, and
   * the source has no say until the next that can. One that is behind what was heard before is late: alone it is a message
   * out of order, and when they are all so, the source grows stale.
   */
  hearTime(event: VenueEvent, now: number): Heard {
    const { eventUs, instrument: row } = event;
    if (!isCount(eventUs)) return this.#fail(row, this.#timeFault, SourceStatus.invalid);
    this.#isTimed = eventUs !== event.receivedUs;
    if (!this.#isTimed) {
      // The venue said no time and the feed gave ours: as the venue's clock would have it, so that all of a row compare.
      this.#eventUs = now - this.clock[row].offsetUs;
      return Heard.same;
    }
    this.#eventUs = eventUs;
    if (eventUs > now + this.#skewUs) return this.#fail(row, this.#timeFault, SourceStatus.clock);
    if (eventUs < this.#newestUs[row] - this.#skewUs) {
      this.#lateRun[row]++;
      return Heard.late;
    }
    this.clock[row].hear(eventUs, now);
    if (eventUs > this.#newestUs[row]) this.#newestUs[row] = eventUs;
    this.#lateRun[row] = 0;
    if (this.#timeFault[row] === SourceStatus.used) return Heard.same;
    this.#timeFault[row] = SourceStatus.used;
    return Heard.changed;
  }

  hearQuote(event: QuoteEvent): Heard {
    const row = event.instrument;
    const { bid, ask, updateId } = event;
    const isLate =
      updateId === null
        ? this.#isOlder(this.bookUs[row])
        : updateId <= this.#updateId[row] && this.#eventUs <= this.bookUs[row] + this.#skewUs;
    if (isLate) return Heard.late;
    if (!isCount(bid) || !isCount(ask) || !isCount(event.bidSize) || !isCount(event.askSize)) {
      return this.#fail(row, this.#bookFault, SourceStatus.invalid);
    }
    this.#hasQuotes[row] = 1;
    if (updateId !== null) this.#updateId[row] = updateId;
    return this.#setBook(row, bid, ask);
  }

  /** Best bid and ask of the order book, for instruments that send no quotes. Null: the book is not to be used. */
  hearBook(row: number, top: TopOfBook | null): Heard {
    // Before there was a book none has been lost.
    if (top === null && this.bookUs[row] === 0) return Heard.same;
    if (top === null) return this.#fail(row, this.#bookFault, SourceStatus.lost);
    if (this.#isOlder(this.bookUs[row])) return Heard.late;
    return this.#setBook(row, top.bid, top.ask);
  }

  /** Once it has sent quotes, best bid and ask are from them: they are ahead of the depth. */
  hasQuotes(row: number): boolean {
    return this.#hasQuotes[row] === 1;
  }

  hearTrade(event: TradeEvent): Heard {
    const row = event.instrument;
    if (this.#isOlder(this.tradeUs[row])) return Heard.late;
    if (!isCount(event.price) || event.price === 0 || !isCount(event.size)) {
      return this.#fail(row, this.#tradeFault, SourceStatus.invalid);
    }
    this.tradeUs[row] = this.#eventUs;
    const isSame = this.last[row] === event.price && this.#tradeFault[row] === SourceStatus.used;
    this.#tradeFault[row] = SourceStatus.used;
    this.last[row] = event.price;
    return isSame ? Heard.same : Heard.changed;
  }

  hearMark(event: VenueMarkEvent): Heard {
    const row = event.instrument;
    if (this.#isOlder(this.markUs[row])) return Heard.late;
    this.markUs[row] = this.#eventUs;
    if (!isCount(event.mark) || event.mark === 0 || !isCount(event.index)) {
      return this.#fail(row, this.#markFault, SourceStatus.invalid);
    }
    const isSame =
      this.mark[row] === event.mark &&
      this.index[row] === event.index &&
      this.#markFault[row] === SourceStatus.used;
    this.#markFault[row] = SourceStatus.used;
    this.mark[row] = event.mark;
    this.index[row] = event.index;
    return isSame ? Heard.same : Heard.changed;
  }

  /**
   * Until the next quote, or the next usable book; and where nothing is heard at all, until the next trade and the next
   * published mark. A new connection may number its updates anew.
   */
  lose(event: LostEvent): Heard {
    const row = event.instrument;
    this.#updateId[row] = -1;
    if (event.why !== 'gap' && event.why !== 'crossed') {
      this.#fail(row, this.#tradeFault, SourceStatus.lost);
      this.#fail(row, this.#markFault, SourceStatus.lost);
    }
    return this.#fail(row, this.#bookFault, SourceStatus.lost);
  }

  halt(row: InstrumentRow, isTrading: boolean): Heard {
    const isHalted = isTrading ? 0 : 1;
    if (this.#isHalted[row] === isHalted) return Heard.same;
    this.#isHalted[row] = isHalted;
    return Heard.changed;
  }

  /** The venue's time of what `part` is made of. */
  timeOf(row: number, part: SourcePart): number {
    return part === 'mid' ? this.bookUs[row] : part === 'last' ? this.tradeUs[row] : this.markUs[row];
  }

  /** Our time minus the venue's time of it, with the venue's clock allowed for. Never under 0. */
  ageOf(row: number, part: SourcePart, now: number): number {
    const age = now - this.timeOf(row, part) - this.clock[row].offsetUs;
    return age > 0 ? age : 0;
  }

  /** Whether `part` can be used at `now`, and if not why. */
  statusOf(row: number, part: SourcePart, now: number, staleUs: number): SourceStatus {
    const fault = (part === 'mid' ? this.#bookFault : part === 'last' ? this.#tradeFault : this.#markFault)[
      row
    ];
    if (fault === SourceStatus.lost) return SourceStatus.lost;
    if (this.#isHalted[row] === 1) return SourceStatus.halted;
    if (fault !== SourceStatus.used) return fault as SourceStatus;
    if (this.#timeFault[row] !== SourceStatus.used) return this.#timeFault[row] as SourceStatus;
    if (this.timeOf(row, part) === 0) return SourceStatus.never;
    if (this.ageOf(row, part, now) > staleUs) {
      return this.#lateRun[row] > 0 ? SourceStatus.clock : SourceStatus.stale;
    }
    return part === 'mid' ? bookStatus(this.bid[row], this.ask[row]) : SourceStatus.used;
  }

  /** Whether the event is older than what is known. Without a time of its own it comes in the order of receipt. */
  #isOlder(knownUs: number): boolean {
    return this.#isTimed && this.#eventUs < knownUs;
  }

  #setBook(row: number, bid: number, ask: number): Heard {
    this.bookUs[row] = this.#eventUs;
    const isSame =
      this.bid[row] === bid && this.ask[row] === ask && this.#bookFault[row] === SourceStatus.used;
    this.#bookFault[row] = SourceStatus.used;
    this.bid[row] = bid;
    this.ask[row] = ask;
    return isSame ? Heard.same : Heard.changed;
  }

  #fail(row: number, column: Uint8Array, status: SourceStatus): Heard {
    const isSame = column[row] === status;
    column[row] = status;
    return status === SourceStatus.lost ? (isSame ? Heard.same : Heard.changed) : Heard.invalid;
  }
}
