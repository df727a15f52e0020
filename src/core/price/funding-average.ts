/**
 * The average premium of one funding interval, in bounded memory: two sums, the votes of one median at most, and the
 * samples themselves only where a rule drops their tails.
 *
 *   interval   |----------------------------------------------|
 *   slots      | 1 | 2 | 3 | 4 | 5 | ...                   | n |    one premium each, the first heard in it
 *   medians    |     1     |     2     | ...                        where premiums are votes
 *
 * Premiums are whole numbers of 10^-12. Sums are exact.
 */
import { assert } from '../num/assert.ts';
import { fraction, type Rational } from '../num/rational.ts';
import type { Rate, TimeUs } from '../num/units.ts';
import { type AverageRule, RATE_ONE, roundedTo } from './funding.ts';

/** `covered`: its slot already has one, or is past. `outside`: not of this interval. Neither changes anything. */
export type SampleOutcome = 'taken' | 'covered' | 'outside';

export class PremiumAverage {
  readonly #rule: AverageRule;
  readonly #startUs: number;
  readonly #endUs: number;
  /** The last slot with a premium, from 0; -1 before the first. */
  #slot = -1;
  /** Votes of the median that is still open, and which one that is. */
  #votes: number[] = [];
  #group = 0;
  /** Sum of weight * premium, of weights, and the number of samples. */
  #weighted = 0n;
  #weights = 0;
  #count = 0;
  readonly #samples: number[] = [];

  constructor(rule: AverageRule, startUs: TimeUs, endUs: TimeUs) {
    assert(endUs > startUs, 'an interval ends after it begins');
    assert(
      rule.weights === 'equal' || (rule.samplesMin === 0 && rule.tails === null),
      'zeros and tails need equal weights',
    );
    this.#rule = rule;
    this.#startUs = startUs;
    this.#endUs = endUs;
  }

  get count(): number {
    return this.#count + (this.#votes.length > 0 ? 1 : 0);
  }

  /** How many samples a whole interval has. */
  get expected(): number {
    return Math.floor((this.#endUs - this.#startUs) / (this.#rule.median?.overUs ?? this.#rule.everyUs));
  }

  add(atUs: TimeUs, premium: number): SampleOutcome {
    if (!(atUs >= this.#startUs && atUs < this.#endUs)) return 'outside';
    const slot = Math.floor((atUs - this.#startUs) / this.#rule.everyUs);
    if (slot <= this.#slot) return 'covered';
    this.#slot = slot;
    const { median } = this.#rule;
    if (median === null) {
      this.#take(premium, slot);
      return 'taken';
    }
    const group = Math.floor((atUs - this.#startUs) / median.overUs);
    if (group !== this.#group) this.#closeVotes();
    this.#group = group;
    this.#votes.push(premium);
    return 'taken';
  }

  /**
   * The average of what was heard so far; the median that is still open counts as it stands. Null when nothing was
   * heard and the rule makes up nothing.
   */
  value(): Rational | null {
    if (this.#votes.length === 0) return this.#average(this.#weighted, this.#weights, this.#samples);
    const open = medianOf(this.#votes, this.#rule.median!.votesMin, this.#rule.premiumGrid.unit);
    const weight = this.#weightOf(this.#group);
    return this.#average(this.#weighted + BigInt(open) * BigInt(weight), this.#weights + weight, [
      ...this.#samples,
      open,
    ]);
  }

  #average(weighted: bigint, weights: number, samples: readonly number[]): Rational | null {
    const { tails, samplesMin, averageGrid } = this.#rule;
    let sum = weighted;
    let divisor = Math.max(weights, samplesMin);
    if (divisor === 0) return null;
    if (tails !== null) {
      const padded = [...samples, ...Array.from<number>({ length: divisor - samples.length }).fill(0)];
      const kept = withoutTails(padded, tails);
      sum = kept.reduce((total, sample) => total + BigInt(sample), 0n);
      divisor = kept.length;
    }
    const average = fraction(sum, BigInt(divisor) * BigInt(RATE_ONE));
    return averageGrid === null ? average : roundedTo(averageGrid, average);
  }

  #closeVotes(): void {
    if (this.#votes.length === 0) return;
    const { votesMin } = this.#rule.median!;
    this.#take(medianOf(this.#votes, votesMin, this.#rule.premiumGrid.unit), this.#group);
    this.#votes = [];
  }

  #take(sample: number, place: number): void {
    const weight = this.#weightOf(place);
    this.#weighted += BigInt(sample) * BigInt(weight);
    this.#weights += weight;
    this.#count += 1;
    if (this.#rule.tails !== null) this.#samples.push(sample);
  }

  #weightOf(place: number): number {
    return this.#rule.weights === 'linear' ? place + 1 : 1;
  }
}

/**
 * The middle of the votes, made up with zeros to `votesMin`; of an even number the mean of the two in the middle, away
 * from zero to a whole number of `unit`. Source: dYdX v4.
 */
export function medianOf(votes: readonly number[], votesMin: number, unit: number): number {
  const missing = Math.max(0, votesMin - votes.length);
  const sorted = [...votes, ...Array.from<number>({ length: missing }).fill(0)].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  if (sorted.length % 2 === 1) return sorted[half];
  const twice = BigInt(sorted[half - 1]) + BigInt(sorted[half]);
  const step = 2n * BigInt(unit);
  const towardZero = twice / step;
  const away = twice % step === 0n ? 0n : twice > 0n ? 1n : -1n;
  return Number((towardZero + away) * BigInt(unit));
}

/**
 * `samples` without the `share` of them at either end, in order of size; floor(2 * share * n) go, the odd one at the
 * top. Untouched and unsorted when none would go, or none stay. Source: dYdX v4.
 */
export function withoutTails(samples: readonly number[], share: Rate): readonly number[] {
  const removed = Math.floor((2 * share.num * samples.length) / share.den);
  if (removed === 0 || removed >= samples.length) return samples;
  const bottom = Math.floor(removed / 2);
  return samples.toSorted((a, b) => a - b).slice(bottom, samples.length - (removed - bottom));
}
