/** Held markets and the breaker, on a book small enough to check by hand. Engine and reference answer everything alike. */
import { describe, expect, it } from 'vitest';
import { Reference } from '../../reference/reference.ts';
import { Kind, Leg, type Command } from '../schema/commands.ts';
import { DEFAULT_LEVELS, LEVEL_NAMES } from '../schema/levels.ts';
import { Quality, Use, USES_ALL, VERDICT_NAMES } from '../schema/quality.ts';
import { REASON_NAMES } from '../schema/reasons.ts';
import { worstFirst } from '../watch/worst-first.ts';
import { Engine } from './engine.ts';
import { restoreEngine, snapshotChunks } from './snapshot.ts';

type Fields = Record<string, unknown>;

const ONE = { num: 1, den: 1 };
const NONE = { num: 0, den: 1 };
const TIERS = [{ floor: 0, mmr: { num: 1, den: 10 }, imr: { num: 1, den: 5 } }];
const BTC = 0;
const ETH = 1;
const SHOWN = Use.show + Use.value;

/**
 * Two markets at 1,000. Whoever is long 10 in one with collateral c has, at p, equity c + 10 p - 10,000 and maintenance p: is
 * liquidatable under p, goes to the backstop under 2/3 p and is bankrupt under 0.
 */
class Bench {
  readonly engine = new Engine();
  readonly reference = new Reference();
  #accounts = 0;

  constructor() {
    this.do({
      kind: Kind.settings,
      rules: 1,
      asset: 'USDT',
      decimals: 6,
      inclusive: false,
      levels: DEFAULT_LEVELS,
    });
    for (const name of ['BTC', 'ETH']) {
      const texts = { name, tick: '1', lot: '1', markTick: '1' };
      const margin = { tiers: TIERS, closeFee: NONE, basis: 0, orderMargin: 0, orderRate: NONE };
      this.do({ kind: Kind.market, ...texts, markUnit: 1, tickUnit: ONE, ...margin });
    }
    this.marks([BTC, 1_000], [ETH, 1_000]);
  }

  /** The reason, refused rows, the emergency and the verdicts that changed, if engine and reference say the same. */
  do(fields: Fields): string {
    const command = { timeUs: 0, origin: null, ...fields } as unknown as Command;
    const { sequence, reason, refusals, levels, verdicts, emergency } = this.engine.apply(command);
    const decision = { sequence, reason, refusals, levels, verdicts, emergency };
    expect(decision).toEqual(this.reference.apply(command));
    expect(this.engine.standing()).toEqual(this.reference.standing());
    expect(this.engine.digest()).toBe(this.reference.digest());
    return [
      REASON_NAMES[reason],
      ...refusals.map(({ row, reason }) => `row ${row} ${REASON_NAMES[reason]}`),
      ...(emergency === null
        ? []
        : [
            `${emergency.kind} ${emergency.accounts} of ${emergency.holders} in ${emergency.markets.join(' ')}`,
          ]),
      ...verdicts.map(
        ({ account, from, to, level, referenceLevel }) =>
          `${account} ${VERDICT_NAMES[from]} > ${VERDICT_NAMES[to]} ${LEVEL_NAMES[level]}` +
          (referenceLevel === null ? '' : `, by reference ${LEVEL_NAMES[referenceLevel]}`),
      ),
    ].join('; ');
  }

  marks(...marks: [market: number, price: number][]): string {
    return this.do(marksOf(...marks));
  }

  quality(market: number, quality: Quality, fields: Fields = {}): string {
    const allows = quality === Quality.ok ? USES_ALL : SHOWN;
    return this.do({
      kind: Kind.quality,
      market,
      quality,
      allows,
      mark: null,
      reference: null,
      text: '',
      ...fields,
    });
  }

  /** An account with `collateral` that is long 10 in each of `markets` at 1,000. */
  long(collateral: number, ...markets: number[]): void {
    const place = { account: this.#accounts, leg: Leg.net, isolated: false };
    this.do({ kind: Kind.account, name: `account-${this.#accounts++}` });
    this.do({ kind: Kind.collateral, ...place, market: 0, amount: collateral });
    for (const market of markets)
      this.do({ kind: Kind.position, ...place, market, size: 10, costBasis: 10_000, fundingIndex: null });
  }

  breaker(num: number, den: number, least = 1): string {
    return this.do({ kind: Kind.breaker, share: { num, den }, least });
  }

  lift(market: number): string {
    return this.do({ kind: Kind.lift, market });
  }

  get counts(): string {
    return `${this.engine.verdicts.actionableCount} actionable, ${this.engine.verdicts.heldCount} held`;
  }
}

function marksOf(...marks: [market: number, price: number][]): Fields {
  return { kind: Kind.marks, text: '', marks: marks.map(([market, price]) => ({ market, price })) };
}

describe('a held market', () => {
  it('holds what becomes liquidatable in it, beside the level by the reference, until its quality is better', () => {
    const bench = new Bench();
    bench.long(5_500, BTC);
    bench.long(7_000, BTC);
    expect(bench.quality(BTC, Quality.own_book_only, { reference: 990 })).toBe('accepted');
    expect(bench.marks([BTC, 490])).toBe('accepted; 0 none > held liquidatable, by reference safe');
    expect(bench.marks([BTC, 299])).toBe(
      'accepted; 0 held > held bankrupt, by reference safe; 1 none > held bankrupt, by reference safe',
    );
    expect(bench.counts).toBe('0 actionable, 2 held');
    // The mark of before is good after all, and with it the other account.
    expect(bench.quality(BTC, Quality.ok, { mark: 490 })).toBe(
      'accepted; 0 held > actionable liquidatable; 1 held > none safe',
    );
    expect(bench.counts).toBe('1 actionable, 0 held');
  });

  it('takes what was actionable with it, and gives it back without any price', () => {
    const bench = new Bench();
    bench.long(5_500, BTC);
    bench.long(5_500, ETH);
    expect(bench.marks([BTC, 490], [ETH, 490])).toBe(
      'accepted; 0 none > actionable liquidatable; 1 none > actionable liquidatable',
    );
    expect(bench.quality(BTC, Quality.stale)).toBe('accepted; 0 actionable > held liquidatable');
    expect(bench.counts).toBe('1 actionable, 1 held');
    expect(bench.quality(BTC, Quality.ok)).toBe('accepted; 0 held > actionable liquidatable');
  });

  it('is not cleared by a plain mark', () => {
    const bench = new Bench();
    bench.long(5_500, BTC);
    bench.quality(BTC, Quality.divergent, { reference: 485 });
    expect(bench.marks([BTC, 490])).toBe('accepted; 0 none > held liquidatable, by reference liquidatable');
    expect(bench.marks([BTC, 491])).toBe('accepted');
    expect(bench.counts).toBe('0 actionable, 1 held');
  });

  it('holds an account for all its markets, with the others at their marks in what the reference says', () => {
    const bench = new Bench();
    bench.long(9_000, BTC, ETH);
    bench.quality(ETH, Quality.single_source, { reference: 1_000 });
    expect(bench.marks([BTC, 200])).toBe('accepted; 0 none > held liquidatable, by reference liquidatable');
    bench.quality(ETH, Quality.single_source, { reference: 2_000 });
    expect(bench.engine.standing()).toMatchObject([{ verdict: 2, level: 4, referenceLevel: 0 }]);
    // Closing the position there is enough.
    const fill = { kind: Kind.fill, account: 0, market: ETH, leg: Leg.net, isolated: false };
    expect(bench.do({ ...fill, size: -10, price: 915, fee: 0 })).toBe(
      'accepted; 0 held > actionable liquidatable',
    );
  });

  it('does not hold an account for an order, nor one that owes without a position', () => {
    const bench = new Bench();
    bench.long(-1);
    bench.quality(BTC, Quality.stale);
    const order = { kind: Kind.order, account: 0, market: BTC, leg: Leg.net, isolated: false };
    expect(bench.do({ ...order, id: 1, size: 1, price: 1 })).toBe('accepted');
    expect(bench.counts).toBe('1 actionable, 0 held');
  });

  it('settles no funding where its quality does not allow that', () => {
    const bench = new Bench();
    bench.long(5_000, BTC);
    bench.do({ kind: Kind.funding, market: BTC, index: 1_000_000 });
    const settle = { kind: Kind.settle, account: 0, market: BTC, leg: Leg.net, isolated: false };
    bench.quality(BTC, Quality.stale);
    expect(bench.do(settle)).toBe('market_held');
    bench.quality(BTC, Quality.stale, { allows: Use.settle });
    expect(bench.do(settle)).toBe('accepted');
    expect(bench.reference.inspect(0)!.buckets[0].collateral).toBe(4_990n);
  });

  it('says since when', () => {
    const bench = new Bench();
    bench.quality(BTC, Quality.stale, { timeUs: 5 });
    bench.quality(BTC, Quality.stale, { timeUs: 7, reference: 1 });
    const digest = bench.engine.digest();
    const fresh = new Bench();
    fresh.quality(BTC, Quality.stale, { timeUs: 7, reference: 1 });
    expect(fresh.engine.digest()).not.toBe(digest);
  });

  it.each([
    ['an implausible mark', { quality: Quality.implausible, mark: 5 }, 'mark_implausible'],
    ['a mark of zero', { mark: 0 }, 'mark_out_of_range'],
    ['a mark below zero', { mark: -1 }, 'mark_out_of_range'],
    ['a reference of zero', { reference: 0 }, 'mark_out_of_range'],
    ['no number', { mark: Number.NaN }, 'mark_out_of_range'],
    ['a quality that is none', { quality: 6 }, 'number_invalid'],
    ['a use that is none', { allows: 32 }, 'number_invalid'],
    ['a market that is none', { market: 2 }, 'market_unknown'],
  ])('keeps everything as it was when told %s', (_, fields, reason) => {
    const bench = new Bench();
    const digest = bench.engine.digest();
    expect(bench.quality(BTC, Quality.stale, fields)).toBe(reason);
    expect(bench.engine.digest()).toBe(digest);
  });
});

describe('the breaker', () => {
  function crowd(): Bench {
    const bench = new Bench();
    for (const collateral of [5_500, 5_600, 5_700, 8_000]) bench.long(collateral, BTC);
    return bench;
  }

  it('does not believe a command that makes too many accounts liquidatable, until somebody lifts that', () => {
    const bench = crowd();
    bench.breaker(1, 2, 2);
    // Two are half, and half is not more than half.
    expect(bench.marks([BTC, 485])).toBe(
      'accepted; 0 none > actionable liquidatable; 1 none > actionable liquidatable',
    );
    bench.marks([BTC, 1_000]);
    expect(bench.marks([BTC, 470])).toBe(
      'accepted; system_implausible 3 of 4 in 0; 0 none > held backstop; 1 none > held backstop; ' +
        '2 none > held liquidatable',
    );
    // What feeds say does not lift it.
    expect(bench.quality(BTC, Quality.ok)).toBe('accepted');
    expect(bench.lift(BTC)).toBe(
      'accepted; 0 held > actionable backstop; 1 held > actionable backstop; ' +
        '2 held > actionable liquidatable',
    );
  });

  it('counts from the least on, and never with a share of 1', () => {
    const bench = crowd();
    bench.breaker(0, 1, 4);
    expect(bench.marks([BTC, 470])).not.toContain('system_implausible');
    bench.marks([BTC, 1_000]);
    bench.breaker(1, 1);
    expect(bench.marks([BTC, 100])).not.toContain('system_implausible');
    bench.marks([BTC, 1_000]);
    bench.breaker(0, 1, 3);
    expect(bench.marks([BTC, 470])).toContain('system_implausible 3 of 4 in 0');
  });

  it('sets them against accounts that hold something, however many are idle', () => {
    const bench = crowd();
    for (let idle = 0; idle < 20; idle++) bench.long(1_000);
    bench.breaker(1, 4);
    expect(bench.marks([BTC, 470])).toContain('system_implausible 3 of 4 in 0');
  });

  it('counts nobody who is held already', () => {
    const bench = crowd();
    bench.breaker(1, 4);
    bench.quality(BTC, Quality.divergent);
    expect(bench.marks([BTC, 470])).not.toContain('system_implausible');
  });

  it('blames what the command moved: not the other markets of those who fell, and not what it failed to move', () => {
    const bench = new Bench();
    bench.long(10_000, BTC, ETH);
    bench.breaker(0, 1);
    const rows = [marksOf([BTC, 100]), marksOf([ETH, 0]), { kind: Kind.funding, market: ETH, index: 0.5 }];
    const transaction = {
      kind: Kind.transaction,
      rows: rows.map((row) => ({ timeUs: 0, origin: null, ...row })),
    };
    expect(bench.do(transaction)).toBe(
      'accepted; row 1 mark_out_of_range; row 2 number_invalid; system_implausible 1 of 1 in 0; ' +
        '0 none > held liquidatable',
    );
  });

  it('blames a tier table that comes due with a command, even with one that is refused', () => {
    const bench = new Bench();
    bench.long(10_000, BTC, ETH);
    bench.breaker(0, 1);
    const tiers = [{ floor: 0, mmr: ONE, imr: ONE }];
    bench.do({ kind: Kind.tiers, market: ETH, tiers, effectiveUs: 10 });
    expect(bench.do({ ...marksOf([BTC, 0]), timeUs: 10 })).toBe(
      'mark_out_of_range; system_implausible 1 of 1 in 1; 0 none > held liquidatable',
    );
  });

  it('holds all markets of those who fell when the command moved none', () => {
    const bench = new Bench();
    bench.long(11_000, BTC, ETH);
    bench.breaker(0, 1);
    const money = { kind: Kind.collateral, account: 0, market: 0, leg: Leg.net, isolated: false };
    expect(bench.do({ ...money, amount: 0 })).toBe(
      'accepted; system_implausible 1 of 1 in 0 1; 0 none > held backstop',
    );
  });

  it.each([
    ['more than all', { share: { num: 2, den: 1 }, least: 1 }],
    ['less than nothing', { share: { num: -1, den: 2 }, least: 1 }],
    ['nobody at the least', { share: ONE, least: 0 }],
    ['a denominator of zero', { share: { num: 0, den: 0 }, least: 1 }],
  ])('is not set to %s', (_, fields) => {
    expect(new Bench().do({ kind: Kind.breaker, ...fields })).toBe('number_invalid');
  });
});

it('a snapshot keeps qualities, holds and the breaker', () => {
  const bench = new Bench();
  for (const collateral of [5_500, 5_600, 5_700]) bench.long(collateral, BTC);
  bench.long(5_500, ETH);
  bench.breaker(1, 2, 2);
  bench.marks([BTC, 470]);
  bench.marks([ETH, 470]);
  bench.quality(ETH, Quality.stale, { timeUs: 9, reference: 900 });
  const restored = restoreEngine(Buffer.concat([...snapshotChunks(bench.engine)]));
  expect(restored.digest()).toBe(bench.engine.digest());
  expect(restored.standing()).toEqual(bench.reference.standing());
  expect([restored.verdicts.actionableCount, restored.verdicts.heldCount]).toEqual([0, 4]);
  const lift = { kind: Kind.lift, timeUs: 9, origin: null, market: BTC } as unknown as Command;
  expect(restored.apply(lift).verdicts).toEqual(bench.reference.apply(lift).verdicts);
  const actionable = worstFirst(restored).filter((bucket) => restored.verdicts.of(bucket) === 1);
  expect(actionable.length).toBe(3);
});
