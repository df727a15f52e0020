import { describe, expect, it } from 'vitest';
import type { TimeUs } from '../core/num/units.ts';
import { DepthBook } from '../core/price/depth-book.ts';
import { PriceRouter } from '../core/price/router.ts';
import type { VenueEvent } from '../core/price/venue-event.ts';
import { CaptureDriver } from '../io/ingest/venues/binance/capture-feed.ts';
import { BinanceUsdmFeed } from '../io/ingest/venues/binance/feed.ts';
import { CaptureWriter } from './venue-capture.ts';
import { VenueStream } from './venue-stream.ts';

const options = { markets: 4, popularity: 'zipf', seed: 3 } as const;

describe('a stream of venue events', () => {
  it('is the same from the same seed, and another from another', () => {
    const take = (seed: number): VenueEvent[] => {
      const stream = new VenueStream({ ...options, seed });
      return [...stream.begin(), ...stream.take(2000)];
    };
    expect(take(3)).toEqual(take(3));
    expect(take(4)).not.toEqual(take(3));
  });

  it('has books that are whole, and best prices that are those of the book where nothing else tells them', () => {
    const stream = new VenueStream(options);
    const books = stream.instruments.map(() => new DepthBook());
    for (const event of [...stream.begin(), ...stream.take(20_000)]) {
      const book = books[event.instrument];
      if (event.kind === 'snapshot') book.replace(event.bids, event.asks, null);
      if (event.kind === 'depth') book.apply(event.bids, event.asks);
      expect(book.state).toBe('ok');
    }
    for (const [row, { bids, asks, bid }] of books.entries()) {
      expect([bids.count, asks.count]).toEqual([200, 200]);
      expect(bid).toBe(stream.bookBid(row));
    }
    const kraken = stream.instruments.findIndex(({ venue }) => venue === 'kraken');
    expect([stream.bid[kraken], stream.ask[kraken]]).toEqual([books[kraken].bid, books[kraken].ask]);
  });

  it('is taken by the router whole, and every price is good for everything once averages are there', () => {
    const stream = new VenueStream(options);
    const alerts: string[] = [];
    const books = stream.instruments.map(() => new DepthBook());
    const router = new PriceRouter({
      instruments: stream.instruments,
      markets: stream.markets,
      sink: { price: () => {}, alert: ({ code, detail }) => alerts.push(`${code} ${detail}`) },
      topOf: (row) => books[row],
    });
    for (const event of [...stream.begin(), ...stream.take(100_000)]) {
      if (event.kind === 'snapshot') books[event.instrument].replace(event.bids, event.asks, null);
      if (event.kind === 'depth') books[event.instrument].apply(event.bids, event.asks);
      router.receive(event);
    }
    expect(router.counts).toMatchObject({ late: 0, invalid: 0, unknown: 0 });
    expect(alerts).toEqual([]);
    expect(stream.markets.map((_, market) => router.explain(market).quality)).toEqual(Array(4).fill('ok'));
  });
});

it('a synthetic capture is decoded to the events that it was written of', () => {
  const told: VenueEvent[] = [];
  const writer = new CaptureWriter(1, 5);
  const twin = new CaptureWriter(1, 5).stream;
  const driver = new CaptureDriver((sink) => new BinanceUsdmFeed(twin.instruments, sink), {
    event: (event) => told.push(event),
    problem: ({ message }) => expect.unreachable(message),
  });
  for (const [index, line] of writer.lines(3000).entries()) driver.line(line, 'synthetic', index + 1);
  const cut = (event: VenueEvent): VenueEvent => ({
    ...event,
    eventUs: (event.eventUs - (event.eventUs % 1000)) as TimeUs,
  });
  const meant = [...twin.begin(), ...twin.take(3000)].map(cut);
  // The update that the snapshot covers, and what the feed adds.
  const isTold = (event: VenueEvent): boolean =>
    event.kind !== 'depth' || event.bids.length + event.asks.length > 0;
  expect(
    told.filter(isTold).map((event) => ('levelsMax' in event ? { ...event, levelsMax: undefined } : event)),
  ).toEqual(meant);
});
