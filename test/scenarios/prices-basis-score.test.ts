/** The basis of a market in deviations from its last five minutes, by hand. */
import { expect, it } from 'vitest';
import { marketNamed, venueNamed } from '../../src/app/prices/catalogue.ts';
import { planOf } from '../../src/app/prices/plan.ts';
import { PriceStation } from '../../src/app/prices/station.ts';
import type { TimeUs } from '../../src/core/num/units.ts';
import type { InstrumentRow } from '../../src/core/price/venue-event.ts';

const START_US = 1_767_225_600_000_000;
const OWN = 0 as InstrumentRow;
const SPOT = 1 as InstrumentRow;
const INDEX = 50_000;

/** A market whose mark is what its venue publishes, and whose index is one spot venue. */
class Basis {
  readonly #station: PriceStation;
  #second = 0;

  constructor() {
    const market = marketNamed('BTC', '--markets');
    const pairs = ['binance', 'okx'].map((name) => ({ venue: venueNamed(name, '--venue'), market }));
    this.#station = new PriceStation(
      planOf({ pairs, markets: null, sourcesMin: 1, rule: 'published', atUs: START_US }),
    );
  }

  /** A second in which the mark is so much above the index; it is sampled when the second ends. */
  say(basis: number): number | null {
    const atUs = (START_US + this.#second * 1_000_000 + 500_000) as TimeUs;
    const times = { eventUs: atUs, receivedUs: atUs };
    const { instruments } = this.#station.plan;
    const scaled = (price: number, row: InstrumentRow): number => price * 10 ** instruments[row].priceScale;
    this.#station.event({
      kind: 'snapshot',
      instrument: SPOT,
      ...times,
      last: this.#second,
      bids: [scaled(INDEX - 1, SPOT), 1],
      asks: [scaled(INDEX + 1, SPOT), 1],
    });
    this.#station.event({
      kind: 'mark',
      instrument: OWN,
      ...times,
      mark: scaled(INDEX + basis, OWN),
      index: 0,
      fundingRate: null,
      nextFundingUs: null,
      openInterest: null,
    });
    this.#second += 1;
    return this.score;
  }

  /** As many seconds of each. */
  sayEach(times: number, ...bases: readonly number[]): void {
    for (let count = 0; count < times; count++) for (const basis of bases) this.say(basis);
  }

  get score(): number | null {
    return this.#station.view(0).basisZScore;
  }
}

it('says how far the basis is from its mean, in deviations: 5 and 15 for five minutes are 10 and 5', () => {
  const basis = new Basis();
  basis.sayEach(150, 5, 15);
  // The last second is sampled when the next begins, and what it brings is not among what it is measured by.
  expect(basis.say(30)).toBe(4);
  const [mean, deviation] = meanAndDeviation([...Array.from({ length: 149 }, () => [5, 15]).flat(), 15, 30]);
  expect(basis.say(-20)).toBeCloseTo((-20 - mean) / deviation, 9);
});

it('says nothing before there are five minutes of it, nor while it does not move', () => {
  const basis = new Basis();
  basis.sayEach(100, 5, 15, 10);
  expect(basis.score).toBe(null);
  expect(basis.say(10)).toBe(0);
  const still = new Basis();
  still.sayEach(301, 7);
  expect(still.score).toBe(null);
});

it('forgets what is older than five minutes', () => {
  const basis = new Basis();
  basis.sayEach(400, 1000, -1000);
  basis.sayEach(150, 5, 15);
  expect(basis.say(15)).toBe(1);
});

function meanAndDeviation(values: readonly number[]): [mean: number, deviation: number] {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return [mean, Math.sqrt(squares / values.length)];
}
