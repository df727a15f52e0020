import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { STATUS_NAMES, SourceStatus } from './anomaly.ts';
import { IndexPrice } from './index-price.ts';
import { DEFAULT_INDEX_RULES, type IndexRules } from './price-rules.ts';
import { QUALITY_NAMES } from '../schema/quality.ts';
import type { InstrumentRow } from './venue-event.ts';
import { medianOfThree, partOf } from './weighted-median.ts';

const SECOND = 1_000_000;
const START = 1_000 * SECOND;

function indexOf(
  weights: readonly number[],
  rules: Partial<IndexRules> = {},
  own: readonly number[] = [],
): IndexPrice {
  return new IndexPrice(
    weights.map((weight, row) => ({
      instrument: row as InstrumentRow,
      part: 'mid',
      weight,
      isOwn: own.includes(row),
    })),
    { ...DEFAULT_INDEX_RULES, ...rules },
  );
}

/** A price of 0 is a source that is stale. */
function decide(
  index: IndexPrice,
  prices: readonly number[],
  now = START,
): { value: number; quality: string } {
  prices.forEach((price, row) =>
    index.vote(row, price === 0 ? SourceStatus.stale : SourceStatus.used, price, now),
  );
  index.decide(now);
  return { value: index.value, quality: QUALITY_NAMES[index.quality] };
}

describe('the weighted median', () => {
  it.each([
    // weights, prices, what it is
    [[1, 1, 1], [100, 300, 200], 200],
    [[3, 2, 2, 1, 1, 1], [1010, 1000, 1020, 1005, 1015, 1001], 1010],
    // Half of the weight is reached at the lower of two: 3 of 6.
    [[3, 1, 1, 1], [1000, 1010, 1011, 1012], 1000],
    [[1, 1, 1, 1], [1000, 1010, 1020, 1030], 1010],
    // A heavy source is not the measure of the others.
    [[3, 1, 1], [1, 1000, 1001], 1000],
  ])('of weights %j at %j is %d', (weights, prices, value) => {
    expect(decide(indexOf(weights, { outlierPpm: 700_000 }), prices)).toEqual({ value, quality: 'ok' });
  });

  it('is the same as of the list in which every source stands as often as its weight', () => {
    const source = fc.record({
      price: fc.integer({ min: 95_100, max: 104_900 }),
      weight: fc.integer({ min: 1, max: 9 }),
    });
    fc.assert(
      fc.property(fc.array(source, { minLength: 1, maxLength: 9 }), (sources) => {
        const index = indexOf(
          sources.map(({ weight }) => weight),
          { sourcesMin: 1, outlierPpm: 200_000 },
        );
        const { value } = decide(
          index,
          sources.map(({ price }) => price),
        );
        const list = sources
          .flatMap(({ price, weight }) => Array<number>(weight).fill(price))
          .sort((a, b) => a - b);
        expect(value).toBe(list[Math.ceil(list.length / 2) - 1]);
      }),
    );
  });

  it('does not depend on the order of the sources, and is always one of their prices', () => {
    const source = fc.record({
      price: fc.integer({ min: 1, max: 200_000 }),
      weight: fc.integer({ min: 1, max: 9 }),
    });
    fc.assert(
      fc.property(fc.array(source, { minLength: 1, maxLength: 9 }), (sources) => {
        const answer = (list: typeof sources) =>
          decide(
            indexOf(
              list.map(({ weight }) => weight),
              { sourcesMin: 1 },
            ),
            list.map(({ price }) => price),
          );
        const forward = answer(sources);
        expect(answer([...sources].reverse())).toEqual(forward);
        if (forward.value !== 0) expect(sources.map(({ price }) => price)).toContain(forward.value);
      }),
    );
  });
});

describe('outliers', () => {
  it('lose their weight when further than 5 % from the median, and not at 5 %', () => {
    const index = indexOf([1, 1, 9]);
    expect(decide(index, [100_000, 100_001, 105_001]).value).toBe(105_001);
    expect(decide(index, [100_000, 100_001, 105_002]).value).toBe(100_000);
    expect(STATUS_NAMES[index.status[2]]).toBe('outlier');
    expect([...index.say]).toEqual([1, 1, 0]);
  });

  it('make the plain median the price when there are more than one', () => {
    // By weight it would be 1030.
    const index = indexOf([1, 1, 5, 1, 1]);
    expect(decide(index, [1000, 1010, 1030, 2000, 1]).value).toBe(1010);
    expect(index.agreeing).toBe(3);
  });

  it.each([
    [[1000, 1100], 'two that disagree'],
    [[1000, 1051], 'two that disagree by 5 % of the lower'],
    [[1000, 1001, 2000, 2001], 'two against two'],
    [[1000, 2000, 3000], 'everyone'],
  ])('%j (%s): no price', (prices) => {
    const index = indexOf(
      prices.map(() => 1),
      { sourcesMin: 1 },
    );
    expect(decide(index, prices)).toEqual({ value: 0, quality: 'divergent' });
  });

  it('never make a mean: whatever two say, the price is one of them or none', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e9 }), fc.integer({ min: 1, max: 1e9 }), (a, b) => {
        const { value } = decide(indexOf([1, 1], { sourcesMin: 2 }), [a, b]);
        expect([0, Math.min(a, b)]).toContain(value);
        expect(value === 0).toBe(Math.abs(a - b) > partOf(Math.min(a, b), 50_000));
      }),
    );
  });
});

describe('what it is worth', () => {
  it.each([
    [[1000, 1001, 1002], 'ok'],
    [[1000, 1001, 0], 'single-source'],
    [[0, 0, 1002], 'single-source'],
    [[0, 0, 0], 'stale'],
  ])('of %j is %s', (prices, quality) => {
    expect(decide(indexOf([1, 1, 1]), prices).quality).toBe(quality);
  });

  it('is its own book only when nobody else is fresh, however many books that are', () => {
    expect(decide(indexOf([1, 1, 1, 1], { sourcesMin: 2 }, [0, 1]), [1000, 1001, 0, 0]).quality).toBe(
      'own-book-only',
    );
    expect(decide(indexOf([1, 1, 1, 1], { sourcesMin: 2 }, [0, 1]), [1000, 1001, 1002, 0]).quality).toBe(
      'ok',
    );
  });

  it('has what others than the own book say beside it', () => {
    const index = indexOf([1, 1], { sourcesMin: 2 }, [0]);
    decide(index, [430, 3800]);
    expect([index.value, index.reference]).toEqual([0, 3800]);
  });
});

describe('one step', () => {
  it('is at most the clamp in a second, and the price is divergent until it is there', () => {
    const index = indexOf([1, 1, 1]);
    decide(index, [1000, 1000, 1000]);
    const at = (ms: number) => decide(index, [1250, 1250, 1250], START + ms * 1000);
    expect(at(100)).toEqual({ value: 1100, quality: 'divergent' });
    expect(at(900)).toEqual({ value: 1100, quality: 'divergent' });
    expect(index.dueUs).toBe(START + SECOND);
    expect(at(1000)).toEqual({ value: 1210, quality: 'divergent' });
    expect(at(2000)).toEqual({ value: 1250, quality: 'ok' });
  });

  it('of more than 30 % is refused until the same level was confirmed for a minute', () => {
    const index = indexOf([1, 1, 1]);
    const at = (price: number, second: number) =>
      decide(index, [price, price, price], START + second * SECOND);
    at(1000, 0);
    expect(at(1400, 1)).toEqual({ value: 0, quality: 'implausible' });
    expect(at(1400, 60)).toEqual({ value: 0, quality: 'implausible' });
    expect(index.dueUs).toBe(START + 61 * SECOND);
    expect(at(1401, 61)).toEqual({ value: 1401, quality: 'ok' });
  });

  it('waits for enough sources to confirm it', () => {
    const index = indexOf([1, 1, 1]);
    decide(index, [1000, 1000, 1000]);
    for (let second = 1; second < 260; second++) {
      const third = second < 200 ? 0 : 1400;
      expect(decide(index, [1400, 1400, third], START + second * SECOND).value).toBe(0);
    }
    expect(decide(index, [1400, 1400, 1400], START + 260 * SECOND).value).toBe(1400);
  });

  it('of more than tenfold is never believed, but a person can say so', () => {
    const index = indexOf([1, 1, 1]);
    decide(index, [1000, 1000, 1000]);
    for (let second = 1; second < 10_000; second += 60)
      decide(index, [10_001, 10_001, 10_001], START + second * SECOND);
    expect(index.quality).toBe(5);
    index.forget();
    expect(decide(index, [10_001, 10_001, 10_001], START + 10_000 * SECOND)).toEqual({
      value: 10_001,
      quality: 'ok',
    });
  });
});

it('finds a feed that repeats itself while the others move', () => {
  const index = indexOf([1, 1, 1, 1]);
  const at = (second: number, frozen: number) => {
    const price = 100_000 + second * 20;
    decide(index, [price, price + 1, price + 2, frozen], START + second * SECOND);
    return STATUS_NAMES[index.status[3]];
  };
  for (let second = 0; second <= 30; second++) expect(at(second, 100_000)).toBe('used');
  expect(at(31, 100_000)).toBe('frozen');
  expect(at(32, 100_640)).toBe('used');
});

it('leaves a quiet market alone', () => {
  const index = indexOf([1, 1, 1]);
  for (let second = 0; second < 600; second++) {
    expect(decide(index, [100_000, 100_001, 100_002], START + second * SECOND).quality).toBe('ok');
  }
});

it('partOf is floor(value * ppm / 10^6) to 2^53', () => {
  fc.assert(
    fc.property(fc.maxSafeNat(), fc.integer({ min: 0, max: 1_000_000 }), (value, ppm) => {
      expect(BigInt(partOf(value, ppm))).toBe((BigInt(value) * BigInt(ppm)) / 1_000_000n);
    }),
  );
});

it('medianOfThree is the middle one', () => {
  fc.assert(
    fc.property(fc.integer(), fc.integer(), fc.integer(), (a, b, c) => {
      expect(medianOfThree(a, b, c)).toBe([a, b, c].sort((x, y) => x - y)[1]);
    }),
  );
});
