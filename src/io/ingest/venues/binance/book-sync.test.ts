import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TimeUs } from '../../../../core/num/units.ts';
import type {
  DepthEvent,
  InstrumentRow,
  SnapshotEvent,
  VenueEvent,
} from '../../../../core/price/venue-event.ts';
import { BookSync, SPOT_CHAIN, USDM_CHAIN, type ChainRule } from './book-sync.ts';

const ROW = 5 as InstrumentRow;
const MS = 1000;

function sync(rule: ChainRule): { sync: BookSync; said: string[]; events: VenueEvent[] } {
  const events: VenueEvent[] = [];
  const said: string[] = [];
  return {
    sync: new BookSync(ROW, rule, (event) => {
      events.push(event);
      const id = event.kind === 'depth' || event.kind === 'snapshot' ? event.last : '';
      said.push(event.kind === 'lost' ? `lost ${event.why}` : `${event.kind} ${id}`);
    }),
    said,
    events,
  };
}

/** By default a millisecond of the venue's clock for each id. */
function update(
  [first, last, previous]: [number, number, number?],
  bids: number[] = [],
  asks: number[] = [],
  eventMs = last,
): DepthEvent {
  const eventUs = (eventMs * MS) as TimeUs;
  return {
    kind: 'depth',
    instrument: ROW,
    eventUs,
    receivedUs: eventUs,
    first,
    last,
    previous: previous ?? null,
    bids,
    asks,
  };
}

function snapshot(
  last: number,
  bids: number[] = [100, 1],
  asks: number[] = [101, 1],
  levelsMax?: number,
): SnapshotEvent {
  const eventUs = (last * MS) as TimeUs;
  const shown = levelsMax === undefined ? {} : { levelsMax };
  return { kind: 'snapshot', instrument: ROW, eventUs, receivedUs: eventUs, last, ...shown, bids, asks };
}

describe('joining a snapshot', () => {
  it.each<[string, ChainRule, [number, number, number?][], number, string[]]>([
    [
      'USD-M: the first that covers it',
      USDM_CHAIN,
      [
        [1, 4, 0],
        [6, 9, 4],
        [11, 12, 9],
      ],
      7,
      ['snapshot 7', 'depth 9', 'depth 12'],
    ],
    ['USD-M: one that ends with it', USDM_CHAIN, [[6, 9, 4]], 9, ['snapshot 9', 'depth 9']],
    ['USD-M: one that begins with it', USDM_CHAIN, [[6, 9, 4]], 6, ['snapshot 6', 'depth 9']],
    ['USD-M: one that names it as the one before', USDM_CHAIN, [[6, 9, 4]], 4, ['snapshot 4', 'depth 9']],
    ['USD-M: all older', USDM_CHAIN, [[6, 9, 4]], 10, ['snapshot 10']],
    ['USD-M: too old', USDM_CHAIN, [[6, 9, 4]], 3, []],
    ['USD-M: in a hole', USDM_CHAIN, [[6, 9, 4]], 5, []],
    [
      'spot: the first that covers it',
      SPOT_CHAIN,
      [
        [1, 4],
        [5, 9],
        [10, 12],
      ],
      7,
      ['snapshot 7', 'depth 9', 'depth 12'],
    ],
    ['spot: one that follows it', SPOT_CHAIN, [[5, 9]], 4, ['snapshot 4', 'depth 9']],
    [
      'spot: one that ends with it is old',
      SPOT_CHAIN,
      [
        [5, 9],
        [10, 12],
      ],
      9,
      ['snapshot 9', 'depth 12'],
    ],
    ['spot: too old', SPOT_CHAIN, [[5, 9]], 3, []],
  ])('%s', (_name, rule, updates, id, expected) => {
    const { sync: book, said } = sync(rule);
    for (const ids of updates) expect(book.depth(update(ids))).toBe('buffered');
    expect([book.isUsable, book.wantsSnapshot]).toEqual([false, true]);
    expect(book.snapshot(snapshot(id))).toBe(expected.length > 0);
    expect(said).toEqual(expected);
    expect(book.isUsable).toBe(expected.length > 0);
    expect(book.wantsSnapshot).toBe(expected.length === 0);
  });

  it('is not done before there is an update to join it to', () => {
    const { sync: book, said } = sync(SPOT_CHAIN);
    expect([book.wantsSnapshot, book.snapshot(snapshot(7))]).toEqual([false, false]);
    expect(said).toEqual([]);
  });

  it('names the snapshot as what comes before', () => {
    const { sync: book, events } = sync(USDM_CHAIN);
    book.depth(update([6, 9, 4]));
    book.snapshot(snapshot(7));
    expect(events[1]).toMatchObject({ first: 6, last: 9, previous: 7 });
  });

  it('waits for another where the snapshot is crossed', () => {
    const { sync: book, said } = sync(SPOT_CHAIN);
    book.depth(update([5, 9]));
    expect(book.snapshot(snapshot(5, [101, 1], [101, 1]))).toBe(false);
    expect([said, book.counts.snapshotsRefused, book.wantsSnapshot]).toEqual([[], 1, true]);
  });

  it('keeps no more than the last thousand updates', () => {
    const { sync: book } = sync(SPOT_CHAIN);
    for (let id = 1; id <= 1200; id++) book.depth(update([id, id]));
    expect(book.counts.overflowed).toBe(200);
    expect(book.snapshot(snapshot(100))).toBe(false);
    expect(book.snapshot(snapshot(200))).toBe(true);
    expect(book.lastId).toBe(1200);
  });
});

function live(rule: ChainRule = SPOT_CHAIN): ReturnType<typeof sync> {
  const made = sync(rule);
  made.sync.depth(rule === SPOT_CHAIN ? update([8, 10]) : update([8, 10, 5]));
  made.sync.snapshot(snapshot(9, [100, 5, 99, 5], [102, 5, 103, 5]));
  made.said.length = 0;
  return made;
}

describe('a book that is kept', () => {
  it.each<[string, ChainRule, [number, number, number?]]>([
    ['USD-M', USDM_CHAIN, [15, 20, 13]],
    ['spot', SPOT_CHAIN, [12, 20]],
  ])('%s is lost with a gap, and joined again', (_name, rule, gap) => {
    const { sync: book, said } = live(rule);
    expect(book.depth(update(gap))).toBe('lost');
    expect([book.isUsable, book.wantsSnapshot, book.book.state]).toEqual([false, true, 'empty']);
    expect(book.snapshot(snapshot(10))).toBe(false);
    expect(book.snapshot(snapshot(18))).toBe(true);
    expect(said).toEqual(['lost gap', 'snapshot 18', 'depth 20']);
    expect(book.counts).toMatchObject({ gaps: 1, snapshots: 2, snapshotsRefused: 1 });
  });

  it('drops what is repeated or late', () => {
    const { sync: book, said } = live();
    expect(book.depth(update([11, 12]))).toBe('applied');
    expect(book.depth(update([11, 12]))).toBe('duplicate');
    expect(book.depth(update([8, 10]))).toBe('duplicate');
    expect(said).toEqual(['depth 12']);
    expect(book.counts.duplicates).toBe(2);
  });

  it('is lost when the venue counts anew, though the ids are old ones', () => {
    const { sync: book, said } = live();
    book.depth(update([11, 12]));
    expect(book.depth(update([1, 2], [], [], 13))).toBe('restarted');
    expect(book.depth(update([3, 4], [], [], 14))).toBe('buffered');
    expect(book.snapshot(snapshot(3))).toBe(true);
    expect(said).toEqual(['depth 12', 'lost gap', 'snapshot 3', 'depth 4']);
  });

  it('is lost when the venue counts anew while updates wait, or after a snapshot of before', () => {
    const { sync: book, said } = sync(SPOT_CHAIN);
    book.depth(update([1000, 1001], [], [], 1));
    expect(book.depth(update([1, 2], [], [], 2))).toBe('restarted');
    expect(book.snapshot(snapshot(1001))).toBe(true);
    expect(book.depth(update([3, 4], [], [], 5_000))).toBe('duplicate');
    expect(book.depth(update([5, 6], [], [], 10_003))).toBe('restarted');
    expect(said).toEqual(['snapshot 1001', 'lost gap']);
  });

  it('is lost before it is shown crossed', () => {
    const { sync: book, said } = live();
    expect(book.depth(update([11, 12], [102, 1]))).toBe('lost');
    expect([said, book.isUsable, book.counts.crossed]).toEqual([['lost crossed'], false, 1]);
    expect(book.depth(update([13, 14], [102, 0]))).toBe('buffered');
    expect(book.snapshot(snapshot(12, [100, 1], [102, 1]))).toBe(true);
    expect(book.book.state).toBe('ok');
  });

  it('is lost when the connection is, once, and nothing of before is joined', () => {
    const { sync: book, said } = live();
    book.reset('disconnected', 77 as TimeUs);
    book.reset('disconnected', 78 as TimeUs);
    expect(said).toEqual(['lost disconnected']);
    expect(book.snapshot(snapshot(11))).toBe(false);
  });
});

describe('a snapshot whose levels run out', () => {
  const bids = [100, 1, 99, 1, 98, 1, 97, 1, 96, 1, 95, 1, 94, 1, 93, 1];
  const asks = [101, 1, 102, 1, 103, 1, 104, 1, 105, 1, 106, 1, 107, 1, 108, 1];
  const shallow = (): ReturnType<typeof sync> => {
    const made = sync(SPOT_CHAIN);
    made.sync.depth(update([1, 1]));
    made.sync.snapshot(snapshot(1, bids, asks, 8));
    made.said.length = 0;
    return made;
  };
  const gone = (from: number, to: number): number[] =>
    Array.from({ length: from - to + 1 }, (_, at) => [from - at, 0]).flat();

  it('is renewed while the book goes on', () => {
    const { sync: book, said } = shallow();
    book.depth(update([2, 2], gone(100, 95)));
    expect(book.wantsSnapshot).toBe(false);
    book.depth(update([3, 3], [...gone(94, 94), 90, 4]));
    expect([book.isUsable, book.wantsSnapshot, book.book.bids.known]).toEqual([true, true, 1]);
    book.depth(update([4, 4], [92, 7]));
    expect(book.snapshot(snapshot(1, [93, 1], [101, 1], 8))).toBe(false);
    expect(book.isUsable).toBe(true);
    expect(book.snapshot(snapshot(3, [93, 1, 91, 2, 90, 4], [101, 1], 8))).toBe(true);
    expect(said).toEqual(['depth 2', 'depth 3', 'depth 4', 'snapshot 3', 'depth 4']);
    expect([book.book.bids.sizeOf(92), book.book.bids.sizeOf(91), book.wantsSnapshot]).toEqual([7, 2, false]);
    expect(book.depth(update([5, 5]))).toBe('applied');
  });

  it('leaves the book usable behind its horizon, and lost where nothing is known', () => {
    const { sync: book, said } = shallow();
    expect(book.depth(update([2, 2], [...gone(100, 93), 92, 1]))).toBe('applied');
    expect([book.isUsable, book.book.bid, book.book.state]).toEqual([true, 92, 'beyond']);
    expect(book.depth(update([3, 3], gone(92, 92)))).toBe('lost');
    expect([said.at(-1), book.counts.exhausted]).toEqual(['lost gap', 1]);
  });
});

describe('whatever happens to the updates', () => {
  /** A venue: levels by price, and the changes of each id. */
  interface Venue {
    readonly books: Map<number, number>[];
    readonly changes: [number, number][];
  }
  const MIDDLE = 100;
  const change = fc.tuple(fc.integer({ min: 1, max: 199 }), fc.integer({ min: 0, max: 3 }));
  const fault = fc.constantFrom('none', 'none', 'none', 'none', 'drop', 'twice', 'swap', 'ask');

  function venueOf(changes: readonly [number, number][]): Venue {
    const book = new Map([
      [MIDDLE - 1, 1],
      [MIDDLE, 1],
    ]);
    const books = [new Map(book)];
    const kept: [number, number][] = [[MIDDLE, 1]];
    for (const [price, size] of changes) {
      if (size === 0 && (price === MIDDLE - 1 || price === MIDDLE)) continue;
      if (size === 0) book.delete(price);
      else book.set(price, size);
      kept.push([price, size]);
      books.push(new Map(book));
    }
    return { books, changes: kept };
  }
  const isBid = (price: number): boolean => price < MIDDLE;
  const sidesOf = (levels: Iterable<[number, number]>): { bids: number[]; asks: number[] } => {
    const sorted = [...levels].sort(([a], [b]) => a - b);
    return {
      bids: sorted
        .filter(([price]) => isBid(price))
        .toReversed()
        .flat(),
      asks: sorted.filter(([price]) => !isBid(price)).flat(),
    };
  };

  it.each([
    ['USD-M', USDM_CHAIN],
    ['spot', SPOT_CHAIN],
  ])('the book of %s is the venue’s at its id, as far as it is known, or is not usable', (_name, rule) => {
    let compared = 0;
    const isUsdm = rule === USDM_CHAIN;
    fc.assert(
      fc.property(
        fc.array(change, { minLength: 10, maxLength: 120 }),
        fc.array(fault, { minLength: 120, maxLength: 120 }),
        fc.integer({ min: 3, max: 8 }),
        (changes, faults, shown) => {
          const { books, changes: made } = venueOf(changes);
          const { sync: book } = sync(rule);
          // USD-M leaves every other id to another contract.
          const idOf = (step: number): number => (isUsdm ? 2 * step : step);
          const stepOf = (id: number): number => (isUsdm ? id >> 1 : id);
          const check = (): void => {
            if (!book.isUsable) return;
            compared++;
            const truth = sidesOf(books[stepOf(book.lastId)]);
            for (const side of ['bids', 'asks'] as const) {
              const { known } = book.book[side];
              const ours = Array.from({ length: known }, (_, rank) => [
                book.book[side].priceAt(rank),
                book.book[side].sizeAt(rank),
              ]).flat();
              expect(ours).toEqual(truth[side].slice(0, 2 * known));
            }
          };
          let held: DepthEvent | null = null;
          for (let step = 1; step < made.length; step++) {
            const { bids, asks } = sidesOf([made[step]]);
            const next = update(
              isUsdm ? [idOf(step) - 1, idOf(step), idOf(step - 1)] : [step, step],
              bids,
              asks,
            );
            const what = faults[step % faults.length];
            if (what !== 'drop' && what !== 'swap') book.depth(next);
            if (what === 'twice') book.depth(next);
            if (held !== null) book.depth(held);
            held = what === 'swap' ? next : null;
            check();
            if (what === 'ask' && book.wantsSnapshot) {
              // As of a moment ago, or now.
              const at = Math.max(0, step - (made[step][0] % 3));
              const { bids: allBids, asks: allAsks } = sidesOf(books[at]);
              book.snapshot(
                snapshot(idOf(at), allBids.slice(0, 2 * shown), allAsks.slice(0, 2 * shown), shown),
              );
              check();
            }
          }
        },
      ),
      { numRuns: 400 },
    );
    expect(compared).toBeGreaterThan(1000);
  });
});
