import { describe, expect, it } from 'vitest';
import { Engine } from '../../core/engine/engine.ts';
import type { MarkTicks } from '../../core/num/units.ts';
import { Kind } from '../../core/schema/commands.ts';
import type { Changes } from '../../core/watch/changes.ts';
import { generateBook } from '../../sim/book.ts';
import { PriceStream } from '../../sim/prices.ts';
import { CheckedBook } from './checked-book.ts';
import { PriceChecker, type Difference, type ReportedState } from './price-checker.ts';
import { createRing, PriceRecord, RingReader, RingWriter } from './price-ring.ts';

const choice = { accounts: 400, markets: 8, book: 'edge', popularity: 'uniform', seed: 5 } as const;

type Tamper = (change: {
  sequence: number;
  account: number;
  place: number;
  from: number;
  to: number;
}) => 'keep' | 'drop' | 'delay';

/** An engine and a checker over a ring, in one thread. `isFree` says at which prices the checker has time. */
function run(prices: number, tamper: Tamper, isFree: (sequence: number) => boolean = () => true) {
  const engine = new Engine();
  const book = new CheckedBook();
  const levels = new Map<number, number>();
  let marks: MarkTicks[] = [];
  for (const command of generateBook(choice)) {
    book.load(command);
    note(levels, engine.apply(command).changes);
    if (command.kind === Kind.marks) marks = command.marks.map(({ price }) => price);
  }
  book.finish();
  const differences: Difference[] = [];
  const checker = new PriceChecker(book);
  checker.onDifference = (difference) => differences.push(difference);
  const ring = createRing(2 ** 16);
  const writer = new RingWriter(ring);
  const reader = new RingReader(ring);
  const record = new PriceRecord();
  const state = (sequence: number): ReportedState => {
    const rows = [...levels].filter(([, level]) => level !== 0);
    return {
      sequence,
      marks: Float64Array.from(stream.marks),
      accounts: Int32Array.from(rows, ([row]) => engine.book.buckets.account(row)),
      places: Int32Array.from(rows, ([row]) => engine.book.buckets.place(row)),
      levels: Uint8Array.from(rows, ([, level]) => level),
    };
  };
  const stream = {
    marks,
    prices: new PriceStream({ marks, seed: 5, popularity: 'uniform', mode: 'regimes' }),
  };
  checker.open(state(0));
  checker.work(() => false);
  let delayed: { account: number; place: number; from: number; to: number }[] = [];
  for (let sequence = 1; sequence <= prices; sequence++) {
    const command = stream.prices.next();
    const { changes } = engine.apply(command);
    note(levels, changes);
    for (const { market, price } of command.marks) stream.marks[market] = price;
    const sent = delayed;
    delayed = [];
    for (let at = 0; at < changes.count; at++) {
      const change = {
        sequence,
        account: engine.book.buckets.account(changes.bucket[at]),
        place: engine.book.buckets.place(changes.bucket[at]),
        from: changes.from[at],
        to: changes.to[at],
      };
      const what = tamper(change);
      if (what === 'keep') sent.push(change);
      if (what === 'delay') delayed.push(change);
    }
    expect(writer.begin(sequence, command.marks.length, sent.length)).toBe(true);
    for (const { market, price } of command.marks) writer.mark(market, price);
    for (const { account, place, from, to } of sent) writer.change(account, place, from, to);
    writer.end();
    expect(reader.read(record)).toBe(true);
    checker.price(record);
    if (isFree(sequence)) checker.work(() => false);
  }
  checker.work(() => false);
  return { counts: checker.counts, differences, checker, state };
}

function note(levels: Map<number, number>, changes: Changes): void {
  for (let at = 0; at < changes.count; at++) levels.set(changes.bucket[at], changes.to[at]);
}

/** Does it to the one change of this number. */
function once(number: number, what: 'drop' | 'delay'): Tamper {
  let seen = 0;
  return () => (++seen === number ? what : 'keep');
}

describe('PriceChecker', () => {
  it('agrees with an engine that reports all, at every price', () => {
    const { counts, differences } = run(4000, () => 'keep');
    expect(differences).toEqual([]);
    expect(counts).toEqual({ checked: 4000, missed: 0, late: 0, extra: 0, sequence: 4000, opening: 1 });
  });

  it('agrees as well where it has time for few', () => {
    const { counts, differences } = run(
      8000,
      () => 'keep',
      (sequence) => sequence % 37 === 0,
    );
    expect(differences).toEqual([]);
    expect(counts.checked).toBeGreaterThan(200);
    expect(counts.checked).toBeLessThan(230);
  });

  it.each([1, 10, 100])('finds report %i missing, at the price where it is, and once', (number) => {
    const { counts, differences } = run(4000, once(number, 'drop'));
    expect(counts).toMatchObject({ missed: 1, late: 0, extra: 0, checked: 4000 });
    expect(differences).toHaveLength(1);
    expect(differences[0].text).toMatch(
      /the reference says \w+ \(equity -?\d+, maintenance \d+\), the engine \w+$/,
    );
  });

  it('finds it later where it had no time for that price', () => {
    const { counts } = run(8000, once(50, 'drop'), (sequence) => sequence % 37 === 0);
    expect(counts).toMatchObject({ missed: 1, extra: 0 });
  });

  it('calls late what is reported one price after', () => {
    const { counts, differences } = run(4000, once(20, 'delay'));
    expect(counts).toMatchObject({ missed: 0, late: 1 });
    expect(differences[0].kind).toBe('missed');
  });

  it('finds a change that did not happen', () => {
    const { checker } = run(100, () => 'keep');
    const record = new PriceRecord();
    record.sequence = 101;
    record.markCount = 1;
    record.market[0] = 0;
    record.price[0] = checker.book.marks[0];
    record.changeCount = 1;
    // The same mark again: nothing can have changed.
    const bucket = Array.from({ length: checker.book.holderCount(0) }, (_, at) =>
      checker.book.holder(0, at),
    ).find((each) => {
      const { equity, maintenance } = checker.book.margin(each);
      return equity > 3n * maintenance;
    })!;
    record.account[0] = checker.book.accountOf(bucket);
    record.place[0] = checker.book.placeOf(bucket);
    record.from[0] = 0;
    record.to[0] = 3;
    checker.price(record);
    checker.work(() => false);
    expect(checker.counts).toMatchObject({ extra: 1, missed: 0 });
  });

  it('goes on from a resync without calling anything before it checked or wrong', () => {
    const { checker, state } = run(500, () => 'keep');
    const { checked } = checker.counts;
    checker.resync(state(900));
    expect(checker.counts).toMatchObject({ checked, missed: 0, late: 0, extra: 0, sequence: 900 });
  });
});

describe('the ring', () => {
  it('brings records over its end and refuses what does not fit', () => {
    const ring = createRing(64);
    const writer = new RingWriter(ring);
    const reader = new RingReader(ring);
    const record = new PriceRecord();
    let sequence = 2 ** 40;
    let read = 2 ** 40;
    for (let round = 0; round < 500; round++) {
      while (writer.begin(++sequence, 1, 2)) {
        writer.mark(7, 2 ** 44 - round);
        writer.change(3_999_999, 2 ** 24 + 511 * 256 + 2, 6, 0);
        writer.change(round, 0, 1, 6);
        writer.end();
      }
      sequence--;
      expect(writer.free()).toBeLessThan(11);
      while (reader.read(record)) {
        expect(record.sequence).toBe(++read);
        expect([record.market[0], record.price[0]]).toEqual([7, 2 ** 44 - round]);
        expect([record.account[0], record.place[0], record.from[0], record.to[0]]).toEqual([
          3_999_999,
          2 ** 24 + 511 * 256 + 2,
          6,
          0,
        ]);
        expect([record.account[1], record.place[1], record.from[1], record.to[1]]).toEqual([round, 0, 1, 6]);
      }
      expect(read).toBe(sequence);
      expect(writer.resync(round)).toBe(true);
      expect(reader.read(record)).toBe(false);
      expect(reader.peekResync()).toBe(round);
      reader.passResync();
      expect(reader.peekResync()).toBe(null);
    }
  });
});
