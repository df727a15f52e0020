/** The rules of the certificate (docs/internals/watch.md), each with what leaves it out of the core. */
import type { Style } from './books.ts';
import {
  LEAP_AND_BACK,
  LEAP_INTO_FAR_TIER,
  LEGS_PAST_2_53,
  LONG_FUNDING_HISTORY,
  PRIME_DENOMINATORS,
  TINY_RATE,
  type Case,
} from './cases.ts';
import { LAZY, type Patch } from './patched-core.ts';

export interface PlantedRule {
  readonly rule: string;
  readonly patches: readonly Patch[];
  /** The books that are made to show it, where others hardly can. */
  readonly style?: Style;
  /** Streams that fail without it. */
  readonly cases?: readonly Case[];
}

const BUDGETS = 'watch/budgets.ts';
const WATCH = 'watch/watch.ts';
const NOT_FOLLOWED: Patch = {
  file: WATCH,
  find: '    const perTick = f[m + M_RUNGS_PER_TICK];\n    const loRung',
  replace: '    if (this.#sweepDue) return;\n    const perTick = f[m + M_RUNGS_PER_TICK];\n    const loRung',
};

export const PLANTED_RULES: readonly PlantedRule[] = [
  {
    rule: 'what a sweep evaluated waits for wires, with a reach',
    patches: [
      ...LAZY,
      {
        file: 'watch/sweep.ts',
        find: 'bucketI[flags] = FLAG_UNWIRED;',
        replace: 'bucketI[flags] = 0;',
      },
    ],
  },
  {
    rule: 'a sweep has looked at all positions of the buckets that it picks from',
    patches: [
      ...LAZY,
      {
        file: 'state/buckets.ts',
        find: 'if (end > this.runEnds[block]) this.runEnds[block] = end;',
        replace: 'this.runEnds[block] = end;',
      },
    ],
  },
  {
    rule: 'a sweep evaluates what is queued',
    patches: [...LAZY, { file: 'watch/sweep.ts', find: '  flag(book, queue);\n', replace: '' }],
  },
  {
    rule: 'a sweep evaluates what the one before left without wires',
    patches: [
      ...LAZY,
      { file: 'watch/sweep.ts', find: 'if (unwired.count > 0)', replace: 'if (unwired.count < 0)' },
    ],
  },
  {
    rule: 'a bucket out of its reach is evaluated again',
    patches: [...LAZY, { file: WATCH, find: 'if (this.unwired.isDue()) this.#wireDue();', replace: '' }],
  },
  {
    rule: 'funding counts against the reach too',
    patches: [
      ...LAZY,
      {
        file: WATCH,
        find: '(Math.abs(mark - swept) + cursor - f[m + M_SWEPT_CURSOR]) / swept',
        replace: 'Math.abs(mark - swept) / swept',
      },
    ],
  },
  {
    rule: 'the reach allows for maintenance that moves',
    patches: [
      ...LAZY,
      {
        file: BUDGETS,
        find: 'den * sums[S_NOTIONAL] + num * sums[S_NOTIONAL_RATE]',
        replace: 'den * sums[S_NOTIONAL]',
      },
    ],
  },
  {
    rule: 'the budget is shared among the markets',
    patches: [
      {
        file: BUDGETS,
        find: 'count === 1 ? budget : budget * weight[c] * perWeight',
        replace: 'budget',
      },
    ],
  },
  {
    rule: 'funding moves a cursor that wires are measured from',
    patches: [{ file: WATCH, find: 'f[m + M_CURSOR] += CURSOR_GAIN * ticks;', replace: '' }],
  },
  {
    rule: 'a deposit lays new wires although the level stays',
    patches: [
      {
        file: 'state/book.ts',
        find: 'if (amount < before) this.#keeper!.touch(bucket);\n    else this.#keeper!.ease(bucket);',
        replace:
          'this.#keeper!.touch(bucket);\n' +
          '    this.buckets.i32[bucket * BUCKET_I32 + BucketLink.flags] |= 8;',
      },
      {
        file: WATCH,
        find: '    const level = this.#judge(bucket, was);\n    const intervals',
        replace:
          '    const level = this.#judge(bucket, was);\n' +
          '    const flag = bucket * B_I32 + B_FLAGS;\n' +
          '    const flags = this.#book.buckets.i32[flag];\n' +
          '    if (flags === 9 && level === was) {\n      this.#book.buckets.i32[flag] = 0;\n      return;\n    }\n' +
          '    const intervals',
      },
    ],
  },
  {
    rule: 'a bucket that is not safe is evaluated when it does better',
    patches: [
      {
        file: WATCH,
        find: 'if (flags !== 0 || this.#book.buckets.levels[bucket] !== LEVEL_SAFE)',
        replace: 'if (flags !== 0)',
      },
    ],
  },
  {
    rule: 'rounding has a reserve',
    patches: [{ file: BUDGETS, find: 'return legs * (num + den) + 1;', replace: 'return 0;' }],
  },
  {
    rule: 'the rounding of funding has a reserve of its own',
    patches: [{ file: BUDGETS, find: 'return legs * (num + den) + 1;', replace: 'return legs * num + 1;' }],
  },
  {
    rule: 'a slope is never taken for less than the net exposure asks',
    patches: [
      {
        file: BUDGETS,
        find: 'const slopeMin = ((den * Math.abs(net[c])) / GAIN) * BOLD;',
        replace: 'const slopeMin = 0;',
      },
    ],
  },
  {
    rule: 'all marks of a command come before any evaluation',
    patches: [
      {
        file: WATCH,
        find: 'this.#advance(market, price);',
        replace: 'this.move(market, price);\n      this.settle();',
      },
    ],
  },
  {
    rule: 'wires stand on both sides',
    patches: [
      { file: BUDGETS, find: 'if (slope > 0 && slope >= slopeMin)', replace: 'if (slope > 0)' },
      { file: BUDGETS, find: 'else if (slope < 0 && -slope >= slopeMin)', replace: 'else if (slope < 0)' },
    ],
  },
  {
    rule: 'wires stand on the way to a better level too',
    patches: [
      {
        file: WATCH,
        find: '    if (level > 0) {\n      narrow(',
        replace: '    if (level > 6) {\n      narrow(',
      },
    ],
  },
  {
    rule: 'a negative budget is not clamped to zero',
    patches: [
      {
        file: BUDGETS,
        find: 'const budget = slack * SHY - reserveOf(valuation.legs, num, den);\n\n',
        replace: 'const budget = Math.max(0, slack * SHY - reserveOf(valuation.legs, num, den));\n\n',
      },
    ],
  },
  {
    rule: 'intervals end at the edges of tiers',
    patches: [
      { file: BUDGETS, find: 'lo[c] = tierLo[c];', replace: 'lo[c] = -(2 ** 60);' },
      { file: BUDGETS, find: 'hi[c] = tierHi[c];', replace: 'hi[c] = 2 ** 60;' },
    ],
  },
  {
    rule: 'a mark that leaves the rungs evaluates every holder',
    patches: [
      {
        file: WATCH,
        find: '        this.touch(bucket);\n        if (concern !== REBASED) continue;',
        replace:
          '        if (concern !== REBASED) {\n          this.touch(bucket);\n          continue;\n        }',
      },
    ],
  },
  {
    rule: 'new tiers evaluate every holder',
    patches: [
      {
        file: 'engine/engine.ts',
        find: 'markets.setTiers(market, tiers);\n      watch.touchHolders(market);',
        replace: 'markets.setTiers(market, tiers);',
      },
    ],
  },
  {
    rule: 'a wire passed and laid again as it was is armed',
    patches: [
      {
        file: 'watch/ladders.ts',
        find: '    if (hiKey < fields[m + M_NEAR_HI])',
        replace: '    if (hiKey !== hiWas && hiKey < fields[m + M_NEAR_HI])',
      },
    ],
  },
  {
    rule: 'a mark that leaves the rungs is followed although a sweep is due',
    patches: [...LAZY, NOT_FOLLOWED],
    style: 'leaps',
    cases: [LEAP_INTO_FAR_TIER, LEAP_AND_BACK],
  },
  {
    rule: 'rates are quotients also where neither part fits into a double',
    patches: [
      {
        file: 'state/tier-table.ts',
        find: 'const rho = ratio(line.num, line.den);',
        replace: 'const rho = Number(line.num) / Number(line.den);',
      },
    ],
    style: 'primes',
    cases: [PRIME_DENOMINATORS],
  },
  {
    rule: 'rates are good to the last bit however low they are',
    patches: [
      {
        file: 'state/tier-table.ts',
        find: 'const scale = 2n ** 128n;\n  return Number((num * scale) / den) / 2 ** 128;',
        replace: 'const scale = 2n ** 64n;\n  return Number((num * scale) / den) / 2 ** 64;',
      },
    ],
    style: 'legs',
    cases: [TINY_RATE],
  },
  {
    rule: 'the funding cursor starts over with the rungs',
    patches: [
      {
        file: 'watch/ladders.ts',
        find:
          '    f[m + M_SWEPT_CURSOR] -= f[m + M_CURSOR];\n' +
          '    f[m + M_CURSOR] = 0;\n' +
          '    f[m + M_BASE_LO] = mark / 2;\n' +
          '    f[m + M_BASE_HI] = mark / 2;',
        replace:
          '    f[m + M_BASE_LO] = mark - f[m + M_CURSOR] - mark / 2;\n' +
          '    f[m + M_BASE_HI] = mark + f[m + M_CURSOR] - mark / 2;',
      },
    ],
    style: 'history',
    cases: [LONG_FUNDING_HISTORY],
  },
  {
    rule: 'legs whose sum is not exact pin their mark',
    patches: [
      {
        file: 'margin/valuation.ts',
        find: 'if (Math.abs(net[coordinate]) + perTickAbs > SAFE_MAX)',
        replace: 'if (net[coordinate] === Infinity)',
      },
    ],
    style: 'legs',
    cases: [LEGS_PAST_2_53],
  },
];
