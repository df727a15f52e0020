/** Marks and funding of a random stream: steps and gaps, and marks just over what some bucket or tier waits for. */
import { MARK_MAX, SAFE_MAX } from '../../src/core/num/units.ts';
import { Form, Kind } from '../../src/core/schema/commands.ts';
import { clamp } from './books.ts';
import type { Fields } from './corrupt.ts';
import type { Random } from './random.ts';
import type { StreamBook } from './stream-book.ts';

export class StreamMarks {
  readonly #random: Random;
  readonly #book: StreamBook;
  /** Where marks tend to for a while. */
  #drift: 1 | -1 = 1;

  constructor(random: Random, book: StreamBook) {
    this.#random = random;
    this.#book = book;
  }

  anyMarks(): Fields {
    const random = this.#random;
    const how = random.weighted({
      step: 30,
      tick: 25,
      batch: 12,
      gap: 6,
      unchanged: 3,
      threshold: 18,
      floor: 5,
      twice: 2,
      extreme: 0.7,
      leap: this.#book.style === 'leaps' ? 40 : this.#book.style === 'legs' ? 5 : 0.3,
      gapAll: this.#book.isLarge ? 8 : 2,
    });
    const row = this.#book.anyMarket();
    const all = Array.from({ length: this.#book.reference.marketCount }, (_, at) => at);
    const mark = this.#book.markOf(row);
    const step = (at: number): [number, number] => [at, this.moved(at, random.log(1, 500) / 1e4)];
    switch (how) {
      case 'step':
        return this.marksFields([step(row)]);
      case 'tick':
        return this.marksFields([[row, mark + random.sign() * random.whole(1, 2)]]);
      case 'batch':
        return this.marksFields(all.map(step));
      case 'gap':
        return this.marksFields([[row, this.moved(row, random.log(0.05, 0.3))]]);
      case 'gapAll': {
        const size = random.sign() * random.log(0.05, 0.3);
        return this.marksFields(
          all.map((at) => [at, Math.round(this.#book.markOf(at) * (1 + size * random.unit()))]),
        );
      }
      case 'unchanged':
        return this.marksFields([[row, mark]]);
      case 'threshold':
        return this.marksFields([this.#markAtThreshold() ?? step(row)]);
      case 'floor':
        return this.marksFields([this.#markAtFloor() ?? step(row)]);
      case 'twice':
        return this.marksFields([step(row), ...all.map(step), step(row)]);
      case 'leap': {
        // The others first: when a sweep is due already, this one is not followed any more.
        const leap = Math.round((this.#book.plan(row)?.firstMark ?? 1) * random.log(0.05, 40));
        const gaps = all.map((at): [number, number] => [at, this.moved(at, random.log(0.01, 0.4))]);
        return this.marksFields([...gaps.filter(([at]) => at !== row), [row, Math.max(1, leap)]]);
      }
      case 'extreme':
        return this.marksFields([[row, random.pick([1, 2, MARK_MAX, mark * 2, mark / 2])]]);
    }
  }

  /** A mark near which some bucket reaches one of its thresholds, by a straight line. */
  #markAtThreshold(): [number, number] | null {
    const held = this.#book.anyHeld();
    if (held === null) return null;
    const { position, bucket } = held;
    const [num, den] = this.#random.pick(this.#book.thresholds);
    const excess = den * Number(bucket.equity) - num * Number(bucket.maintenance);
    const isInverse = this.#book.formOf(position.market) === Form.inverse;
    const unit = isInverse ? 1 : (this.#book.plan(position.market)?.definition.markUnit ?? 1);
    const same = bucket.positions.filter((other) => other.market === position.market);
    const net = Number(same.reduce((sum, { size }) => sum + size, 0n)) * (isInverse ? -1 : 1);
    let slope = unit * den * net;
    for (const { size, mmr, closeFee } of same) {
      const rate = Number(mmr.num) / Number(mmr.den) + Number(closeFee.num) / Number(closeFee.den);
      slope -= unit * num * Math.abs(Number(size)) * rate;
    }
    const now = this.#book.lotValue(position.market) / unit;
    const target = now - excess / slope;
    if (!(Math.abs(target - now) < 0.4 * now + 3)) return null;
    const mark = this.#book.markWhere(position.market, target * unit);
    return [position.market, Math.round(mark) + this.#random.whole(-2, 2)];
  }

  /** A mark at which some position's notional is around the floor of one of its tiers. */
  #markAtFloor(): [number, number] | null {
    const held = this.#book.anyHeld();
    if (held === null) return null;
    const { market, size } = held.position;
    const plan = this.#book.plan(market);
    if (plan === undefined) return null;
    const worth = this.#random.pick(plan.definition.tiers).floor / Math.abs(Number(size));
    const target = worth === 0 ? 1 : this.#book.markWhere(market, worth);
    return [market, Math.round(target) + this.#random.whole(-1, 1)];
  }

  marksFields(marks: readonly (readonly [number, number])[]): Fields {
    return {
      kind: Kind.marks,
      text: '',
      marks: marks.map(([market, price]) => ({ market, price: clamp(Math.round(price), 1, MARK_MAX) })),
    };
  }

  moved(row: number, share: number): number {
    const mark = this.#book.markOf(row);
    if (this.#random.chance(0.05)) this.#drift = this.#random.sign();
    const sign = this.#random.chance(0.5) ? this.#drift : this.#random.sign();
    const by = sign * Math.max(1, Math.round(mark * share));
    return mark + by < 1 ? mark - by : mark + by;
  }

  funding(): Fields {
    const random = this.#random;
    const market = this.#book.anyMarket();
    const present = Number(this.#book.reference.inspectMarket(market)?.fundingIndex ?? 0n);
    const lotValue = this.#book.lotValue(market);
    const by = random.weighted({
      small: 5,
      unit: this.#book.style === 'dust' ? 12 : 4,
      large: 2,
      none: 0.5,
      extreme: 0.2,
    });
    const steps = {
      small: Math.round(lotValue * 1e6 * random.log(1e-6, 1e-2)),
      unit: Math.round(random.log(1, 3e6)),
      large: Math.round(lotValue * 1e6 * random.log(0.01, 0.3)),
      none: 0,
      extreme: 2 ** 52,
    };
    return {
      kind: Kind.funding,
      market,
      index: clamp(present + random.sign() * steps[by], -SAFE_MAX, SAFE_MAX),
    };
  }
}
