import { expect, it } from 'vitest';
import { Random } from '../../../test/fuzz/random.ts';
import { valueAtPrice } from '../num/exact.ts';
import { Form } from '../schema/commands.ts';
import { Terms } from '../state/forms.ts';
import { TakeoverBasis, takeoverPrices, type TakenPosition, type TakeoverTerms } from './takeover-price.ts';

const BUCKETS = 20_000;

interface Case {
  readonly equity: bigint;
  readonly positions: readonly TakenPosition[];
  readonly terms: readonly TakeoverTerms[];
}

function caseOf(random: Random, isInverse: boolean): Case {
  const positions: TakenPosition[] = [];
  const terms: TakeoverTerms[] = [];
  let notionals = 0n;
  for (let left = random.whole(1, 5); left > 0; left--) {
    const num = BigInt(isInverse ? Math.floor(random.log(1e6, 1e12)) : Math.floor(random.log(1, 1e4)));
    const den = BigInt(random.pick([1, 1, 1, 3, 10, 1000]));
    const priceMax = Math.floor(random.log(1000, 2 ** 30));
    // A mark anywhere on the grid of prices and between its ticks.
    const ticks = random.log(1, priceMax);
    const lots = BigInt(Math.floor(random.log(1, 1e5)));
    const perLot = isInverse ? Number(num) / Number(den) / ticks : (Number(num) / Number(den)) * ticks;
    const notional = lots * BigInt(Math.max(1, Math.round(perLot)));
    const rate = BigInt(random.pick([0, 4000, 10_000, 50_000, 500_000]));
    terms.push({ isInverse, num, den, priceMax });
    positions.push({
      size: lots * BigInt(random.sign()),
      notional,
      maintenance: (notional * rate + 999_999n) / 1_000_000n,
    });
    notionals += notional;
  }
  const share = BigInt(Math.round(random.pick([0.01, 0.1, 1, 3]) * 1e6));
  const span = (notionals * share) / 1_000_000n;
  const equity =
    (span * BigInt(random.whole(-1_000_000, 1_000_000))) / 1_000_000n + BigInt(random.whole(-5, 5));
  return { equity, positions, terms };
}

/** What closing brings, as a fill counts it: the cost of the opposite lots, rounded up, turned round. In plain BigInt. */
function closed({ size }: TakenPosition, { isInverse, num, den }: TakeoverTerms, price: number): bigint {
  const above = isInverse ? size * num : size * num * BigInt(price);
  const below = isInverse ? den * BigInt(price) : den;
  const quotient = above / below;
  return above % below < 0n ? quotient - 1n : quotient;
}

function worth({ size, notional }: TakenPosition): bigint {
  return size > 0n ? notional : -notional;
}

/** How far one tick is, the way that is bad for the position. */
function against({ size }: TakenPosition, { isInverse }: TakeoverTerms): number {
  return size > 0n === isInverse ? 1 : -1;
}

it.each([false, true])('closing all of a bucket leaves it dust and no debt (inverse: %s)', (isInverse) => {
  const counts = [0, 0, 0];
  for (let seed = 0; seed < BUCKETS; seed++) {
    const { equity, positions, terms } = caseOf(new Random(seed), isInverse);
    const prices = new Float64Array(positions.length);
    const basis = takeoverPrices(equity, positions, terms, prices);
    counts[basis]++;
    let left = equity;
    let dust = 0n;
    for (const [at, position] of positions.entries()) {
      const price = prices[at];
      if (!(price >= 1 && price <= terms[at].priceMax)) throw new Error(`seed ${seed}: price ${price}`);
      left += closed(position, terms[at], price) - worth(position);
      const worse = price + against(position, terms[at]);
      if (worse >= 1) dust += closed(position, terms[at], price) - closed(position, terms[at], worse);
      else dust += 2n ** 60n;
    }
    if (basis !== TakeoverBasis.clamped && !(left >= 0n && left < dust))
      throw new Error(`seed ${seed}: ${left} is left, not in [0, ${dust})`);
    // In a linear market a tick costs the same everywhere: no more than it and its rounding.
    if (basis !== TakeoverBasis.clamped && !isInverse) {
      const ticks = positions.map(({ size }, at) => [
        (size < 0n ? -size : size) * terms[at].num,
        terms[at].den,
      ]);
      const den = ticks.reduce((product, [, den]) => product * den, 1n);
      const most = ticks.reduce((sum, [num, own]) => sum + (num * den) / own, 0n);
      if (!(left * den < most)) throw new Error(`seed ${seed}: ${left} is left, more than ${most} / ${den}`);
    }
  }
  for (const count of counts) expect(count).toBeGreaterThan(BUCKETS / 100);
});

it('each price is the last that leaves its position its share', () => {
  for (let seed = 0; seed < BUCKETS; seed++) {
    const { equity, positions, terms } = caseOf(new Random(seed), seed % 2 === 0);
    const prices = new Float64Array(positions.length);
    const basis = takeoverPrices(equity, positions, terms, prices);
    if (basis === TakeoverBasis.clamped) continue;
    const weights = positions.map((position) =>
      basis === TakeoverBasis.maintenance ? position.maintenance : position.notional,
    );
    const whole = weights.reduce((sum, weight) => sum + weight, 0n);
    for (const [at, position] of positions.entries()) {
      const worse = prices[at] + against(position, terms[at]);
      const loss = worth(position) - closed(position, terms[at], prices[at]);
      // Within one money unit of the exact share, for that is what sharing whole units may cost it.
      if (!((loss - 1n) * whole < equity * weights[at]))
        throw new Error(`seed ${seed}: position ${at} loses ${loss}`);
      if (worse < 1) continue;
      const more = worth(position) - closed(position, terms[at], worse);
      if (!((more + 1n) * whole > equity * weights[at]))
        throw new Error(`seed ${seed}: position ${at} could go to ${worse}`);
    }
  }
});

it('counts as the engine does what a fill is worth', () => {
  const market = { markUnit: 1, tickUnit: { num: 7, den: 3 } };
  const inverse = new Terms(
    { form: Form.inverse, value: { num: 100, den: 1 }, weight: { num: 1, den: 1 } },
    market,
    8,
  );
  const linearTerms = { isInverse: false, num: 7n, den: 3n, priceMax: 1000 };
  const inverseTerms = {
    isInverse: true,
    num: inverse.tickNum,
    den: inverse.tickDen,
    priceMax: 1000,
  };
  for (const lots of [1, -1, 13, -13]) {
    for (const price of [1, 2, 7, 999]) {
      const position = { size: BigInt(lots), notional: 0n, maintenance: 0n };
      expect(closed(position, linearTerms, price)).toBe(BigInt(-valueAtPrice(-lots, price, 7, 3)!));
      expect(closed(position, inverseTerms, price)).toBe(BigInt(-inverse.valueAt(-lots, price)!));
    }
  }
});
