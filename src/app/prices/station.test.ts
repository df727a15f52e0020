import { describe, expect, test } from 'vitest';
import type { TimeUs } from '../../core/num/units.ts';
import type { InstrumentRow, SnapshotEvent, VenueEvent } from '../../core/price/venue-event.ts';
import { marketNamed, venueNamed } from './catalogue.ts';
import { planOf } from './plan.ts';
import { PriceStation } from './station.ts';

/** 2026-01-01T00:00:00.5Z, in the first second of a funding interval. */
const START_US = 1_767_225_600_500_000;
const BINANCE = 0 as InstrumentRow;
const OKX = 1 as InstrumentRow;

function stationOf(): PriceStation {
  const market = marketNamed('BTC', '--markets');
  const pairs = ['binance', 'okx'].map((name) => ({ venue: venueNamed(name, '--venue'), market }));
  return new PriceStation(planOf({ pairs, markets: null, sourcesMin: 1, rule: 'dydx', atUs: START_US }));
}

/** Prices in whole units of the quote currency, sizes of the base. */
function snapshot(instrument: InstrumentRow, ms: number, bid: number, ask: number, size = 10): SnapshotEvent {
  const atUs = (START_US + ms * 1000) as TimeUs;
  const lots = size * (instrument === OKX ? 1e8 : 1e5);
  return {
    kind: 'snapshot',
    instrument,
    eventUs: atUs,
    receivedUs: atUs,
    last: ms,
    bids: [bid * 1e4, lots],
    asks: [ask * 1e4, lots],
  };
}

function lost(instrument: InstrumentRow, ms: number): VenueEvent {
  const atUs = (START_US + ms * 1000) as TimeUs;
  return { kind: 'lost', instrument, eventUs: atUs, receivedUs: atUs, why: 'gap' };
}

describe('PriceStation', () => {
  test('an instrument without quotes is priced by its book, until that is lost', () => {
    const station = stationOf();
    station.event(snapshot(OKX, 0, 49_999, 50_001));
    expect(station.view(0)).toMatchObject({ index: '50000', mark: '50000', quality: 'ok' });
    station.event(lost(OKX, 10));
    expect(station.view(0)).toMatchObject({ index: '50000', isMarkKept: true, quality: 'stale' });
    // Changes to a book that is lost do not make it whole.
    const atUs = (START_US + 20_000) as TimeUs;
    const change = { first: 1, last: 2, previous: null, bids: [5e8, 1e8], asks: [5.001e8, 1e8] };
    station.event({ kind: 'depth', instrument: OKX, eventUs: atUs, receivedUs: atUs, ...change });
    expect(station.view(0).quality).toBe('stale');
  });

  test('funding is measured from the own book against the index', () => {
    const station = stationOf();
    station.event(snapshot(OKX, 0, 49_999, 50_001));
    station.event(snapshot(BINANCE, 100, 50_100, 50_101));
    expect(station.view(0).funding).toBe(null);
    station.advance((START_US + 1_000_000) as TimeUs);
    // (50100 - 50000) / 50000 = 0.002, less the damper of 0.0005.
    expect(station.view(0).funding).toMatchObject({
      rate: '0.0015',
      rule: 'binance-8h',
      samples: 1,
      expected: 5760,
      leftSeconds: 28_799,
    });
  });

  test('no premium is taken without an index or of a lost book', () => {
    const samplesAfter = (...events: VenueEvent[]): number | undefined => {
      const station = stationOf();
      for (const event of events) station.event(event);
      station.advance((START_US + 1_000_000) as TimeUs);
      return station.view(0).funding?.samples;
    };
    const index = snapshot(OKX, 0, 49_999, 50_001);
    const own = snapshot(BINANCE, 100, 50_100, 50_101);
    expect(samplesAfter(index, own)).toBe(1);
    expect(samplesAfter(own)).toBe(0);
    expect(samplesAfter(index, own, lost(BINANCE, 200))).toBe(0);
    expect(samplesAfter(index, own, lost(OKX, 200))).toBe(0);
  });

  test('a silence of a year costs nothing, and alerts are kept in bounded number', () => {
    const station = stationOf();
    for (let at = 0; at < 400; at++) {
      station.event(snapshot(OKX, at * 2000, 49_999, 50_001));
      station.event(lost(OKX, at * 2000 + 1000));
    }
    expect(station.alertCount).toBeGreaterThan(100);
    expect(station.alerts).toHaveLength(100);
    const yearUs = 365 * 86_400 * 1_000_000;
    station.advance((START_US + yearUs) as TimeUs);
    expect(station.view(0).timeUs).toBe(START_US + yearUs);
  });
});
