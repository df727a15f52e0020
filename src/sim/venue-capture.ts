/**
 * A recording that nobody recorded: events of `VenueStream` as the lines that Binance's USD-M market streams would have left,
 * in the format of real captures (`<time of receipt, ns> <JSON>`). For measuring where there are no captures.
 */
import { scaledToText } from '../core/num/decimal.ts';
import type { Instrument, SnapshotEvent, VenueEvent } from '../core/price/venue-event.ts';
import { SIM_VENUES, VenueStream } from './venue-stream.ts';

/** Of one market. Lines begin with an update of the book and its snapshot, as a real capture does. */
export class CaptureWriter {
  readonly stream: VenueStream;
  readonly #instrument: Instrument;
  #isBegun = false;

  /** `market` is the place in the list of simulated markets. */
  constructor(market: number, seed: number) {
    const venues = SIM_VENUES.slice(0, 1);
    this.stream = new VenueStream({ from: market, markets: 1, popularity: 'uniform', seed, venues });
    [this.#instrument] = this.stream.instruments;
  }

  /** The next `count` lines, and before the first of them those of the start. */
  lines(count: number): string[] {
    const begin = this.#isBegun ? [] : this.#begin();
    return [
      ...begin,
      ...this.stream.take(count).map((event) => lineOf(event, frameOf(event, this.#instrument))),
    ];
  }

  #begin(): string[] {
    this.#isBegun = true;
    return this.stream.begin().flatMap((event) => {
      if (event.kind !== 'snapshot') return lineOf(event, frameOf(event, this.#instrument));
      // A snapshot is joined to the update that it covers.
      const { last: first, last, ...rest } = event;
      const covered = {
        ...rest,
        kind: 'depth',
        first,
        last,
        previous: last - 1,
        bids: [],
        asks: [],
      } as const;
      return [
        lineOf(event, frameOf(covered, this.#instrument)),
        lineOf(event, answerOf(event, this.#instrument)),
      ];
    });
  }
}

function lineOf({ receivedUs }: VenueEvent, frame: string): string {
  return `${receivedUs}000 ${frame}`;
}

/** Times are cut to milliseconds, which is what the venue gives. */
export function frameOf(event: VenueEvent, { symbol, priceScale, sizeScale }: Instrument): string {
  const price = (units: number): string => `"${scaledToText(units, priceScale)}"`;
  const size = (units: number): string => `"${scaledToText(units, sizeScale)}"`;
  const levels = (list: readonly number[]): string => levelsText(list, price, size);
  const stream = (name: string, data: string): string =>
    `{"stream":"${symbol.toLowerCase()}@${name}","data":{${data}}}`;
  const ms = Math.floor(event.eventUs / 1000);
  switch (event.kind) {
    case 'quote':
      return stream(
        'bookTicker',
        `"e":"bookTicker","u":${event.updateId},"s":"${symbol}","b":${price(event.bid)},"B":${size(event.bidSize)},"a":${price(event.ask)},"A":${size(event.askSize)},"T":${ms},"E":${ms}`,
      );
    case 'trade':
      return stream(
        'trade',
        `"e":"trade","E":${ms},"T":${ms},"s":"${symbol}","t":${event.id},"p":${price(event.price)},"q":${size(event.size)},"X":"MARKET","m":${event.taker === 'sell'}`,
      );
    case 'depth':
      return stream(
        'depth@0ms',
        `"e":"depthUpdate","E":${ms},"T":${ms},"s":"${symbol}","U":${event.first},"u":${event.last},"pu":${event.previous},"b":${levels(event.bids)},"a":${levels(event.asks)}`,
      );
    case 'mark':
      return stream(
        'markPrice@1s',
        `"e":"markPriceUpdate","E":${ms},"s":"${symbol}","p":${price(event.mark)},"i":${price(event.index)},"r":"${scaledToText(event.fundingRate ?? 0, 12)}","T":${Math.floor((event.nextFundingUs ?? 0) / 1000)}`,
      );
    default:
      throw new RangeError(`${event.kind} is not told on a stream`);
  }
}

function answerOf(event: SnapshotEvent, { priceScale, sizeScale }: Instrument): string {
  const levels = (list: readonly number[]): string =>
    levelsText(
      list,
      (units) => `"${scaledToText(units, priceScale)}"`,
      (units) => `"${scaledToText(units, sizeScale)}"`,
    );
  const ms = Math.floor(event.eventUs / 1000);
  return `{"lastUpdateId":${event.last},"E":${ms},"T":${ms},"bids":${levels(event.bids)},"asks":${levels(event.asks)}}`;
}

function levelsText(
  list: readonly number[],
  price: (units: number) => string,
  size: (units: number) => string,
): string {
  const pairs: string[] = [];
  for (let at = 0; at < list.length; at += 2) pairs.push(`[${price(list[at])},${size(list[at + 1])}]`);
  return `[${pairs.join(',')}]`;
}
