import { expect, it } from 'vitest';
import { Random } from '../../../test/fuzz/random.ts';
import { PRICE_NONE } from '../num/units.ts';
import { TriggerKind } from '../schema/orders.ts';
import { Side } from '../schema/side.ts';
import { KeyedHeap } from './keyed-heap.ts';
import { PairingHeaps, HEAP_EMPTY } from './pairing-heaps.ts';
import { Trailing } from './trailing.ts';
import { Triggers } from './triggers.ts';

const HISTORIES = 2_500;
const LONG_HISTORIES = 6;

interface Waiting {
  readonly row: number;
  readonly side: Side;
  readonly kind: TriggerKind;
  readonly price: number;
  readonly distance: number;
  /** Trailing ones: the best since it was placed. */
  extreme: number;
}

/** The same by looking at every order at every price. */
class NaiveTriggers {
  readonly waiting = new Map<number, Waiting>();

  move(price: number): number[] {
    const fired: number[] = [];
    for (const order of this.waiting.values()) {
      if (order.kind === TriggerKind.trailing && isBetter(order.side, price, order.extreme))
        order.extreme = price;
      const at = triggerOf(order);
      if (at === null) continue;
      const isRising = (order.side === Side.bid) !== (order.kind === TriggerKind.take_profit);
      if (isRising ? price >= at : price <= at) fired.push(order.row);
    }
    for (const row of fired) this.waiting.delete(row);
    return fired.sort((a, b) => a - b);
  }
}

function isBetter(side: Side, price: number, extreme: number): boolean {
  return extreme === PRICE_NONE || (side === Side.bid ? price < extreme : price > extreme);
}

function triggerOf(order: Waiting): number | null {
  if (order.kind !== TriggerKind.trailing) return order.price;
  if (order.extreme === PRICE_NONE) return null;
  return order.side === Side.bid ? order.extreme + order.distance : order.extreme - order.distance;
}

interface Shape {
  readonly steps: number;
  readonly rows: number;
  /** Chance of a new order, of one less, of a new start from what `each` says; else a price. */
  readonly adds: number;
  readonly removes: number;
  readonly restores: number;
  readonly start: number;
  readonly stride: number;
  readonly far: number;
  /** Every so many steps all orders are compared. */
  readonly looks: number;
}

function shapeOf(random: Random): Shape {
  return {
    steps: 80,
    rows: random.pick([4, 12, 40]),
    adds: random.pick([0.3, 0.5, 0.7]),
    removes: random.pick([0, 0.05, 0.25]),
    restores: 0.03,
    start: random.pick([6, 50, 2 ** 40]),
    stride: random.pick([1, 3, 20]),
    far: random.pick([2, 8, 40]),
    looks: 5,
  };
}

function play(seed: number, shape: Shape, random: Random): { fires: number; merges: number } {
  let triggers = new Triggers();
  const naive = new NaiveTriggers();
  let price = random.chance(0.2) ? PRICE_NONE : shape.start;
  let drift = 0;
  let fires = 0;
  let merges = 0;
  for (let step = 0; step < shape.steps; step++) {
    const turn = random.unit();
    if (turn < shape.adds) {
      const row = random.whole(0, shape.rows - 1);
      if (triggers.has(row)) continue;
      const side = random.chance(0.5) ? Side.bid : Side.ask;
      const kind = random.pick([
        TriggerKind.stop,
        TriggerKind.take_profit,
        TriggerKind.trailing,
        TriggerKind.trailing,
      ]);
      const about = price === PRICE_NONE ? shape.start : price;
      const isTrailing = kind === TriggerKind.trailing;
      const level = isTrailing ? 0 : Math.max(1, about + random.whole(-shape.far, shape.far));
      const distance = isTrailing ? random.whole(1, shape.far) : 0;
      triggers.add(row, side, kind, level, distance, price);
      naive.waiting.set(row, { row, side, kind, price: level, distance, extreme: price });
    } else if (turn < shape.adds + shape.removes) {
      const rows = [...naive.waiting.keys()];
      if (rows.length === 0) continue;
      const row = random.pick(rows);
      triggers.remove(row);
      naive.waiting.delete(row);
    } else if (turn < shape.adds + shape.removes + shape.restores) {
      triggers = restored(triggers, naive);
    } else {
      if (random.chance(0.1)) drift = random.whole(-1, 1);
      const from = price === PRICE_NONE ? shape.start : price;
      price = Math.max(1, from + drift * shape.stride + random.whole(-shape.stride, shape.stride));
      const before = extremesOf(naive);
      const count = triggers.move(price);
      const fired = [...triggers.fired.subarray(0, count)].sort((a, b) => a - b);
      expect({ seed, step, fired }).toEqual({ seed, step, fired: naive.move(price) });
      fires += fired.length;
      if (extremesOf(naive) < before - 1) merges++;
    }
    if (step % shape.looks !== 0) continue;
    expect({ seed, step, waiting: visited(triggers) }).toEqual({ seed, step, waiting: expected(naive) });
    expect(triggers.count).toBe(naive.waiting.size);
  }
  return { fires, merges };
}

function extremesOf(naive: NaiveTriggers): number {
  const trailing = [...naive.waiting.values()].filter(({ kind }) => kind === TriggerKind.trailing);
  return new Set(trailing.map(({ side, extreme }) => `${side}:${extreme}`)).size;
}

/** Row, extreme, and where it would fire, by row. */
function visited(triggers: Triggers): number[][] {
  const rows: number[][] = [];
  triggers.each((row, extreme) => rows.push([row, extreme, triggers.triggerPrice(row)]));
  return rows.sort((a, b) => a[0] - b[0]);
}

function expected(naive: NaiveTriggers): number[][] {
  return [...naive.waiting.values()]
    .map((order) => {
      const at = triggerOf(order);
      const extreme = order.kind === TriggerKind.trailing ? order.extreme : PRICE_NONE;
      return [order.row, extreme, at === null || at < 1 ? PRICE_NONE : at];
    })
    .sort((a, b) => a[0] - b[0]);
}

function restored(triggers: Triggers, naive: NaiveTriggers): Triggers {
  const copy = new Triggers();
  triggers.each((row, extreme) => {
    const { side, kind, price, distance } = naive.waiting.get(row)!;
    copy.add(row, side, kind, price, distance, extreme);
  });
  return copy;
}

it('fires what a scan of all orders fires, whatever comes, goes and is restored', () => {
  let fires = 0;
  let merges = 0;
  for (let seed = 0; seed < HISTORIES; seed++) {
    const random = new Random(seed);
    const played = play(seed, shapeOf(random), random);
    fires += played.fires;
    merges += played.merges;
  }
  // What was played was not idle.
  expect(fires).toBeGreaterThan(HISTORIES);
  expect(merges).toBeGreaterThan(HISTORIES / 10);
});

it('and with thousands of orders over long histories', () => {
  for (let seed = 0; seed < LONG_HISTORIES; seed++) {
    const shape = {
      steps: 6_000,
      rows: 3_000,
      adds: 0.6,
      removes: seed % 2 === 0 ? 0.1 : 0,
      restores: 0.001,
      start: 100_000,
      stride: 40,
      far: 4_000,
      looks: 97,
    };
    play(seed, shape, new Random(1_000_000 + seed));
  }
});

it('forgets groups of trailing stops that nobody is in any more', () => {
  const sells = new Trailing(new PairingHeaps());
  // Each new low brings two and loses one, so that groups are left under others, and at last all but one of them are empty.
  for (let row = 0; row < 1_000; row += 2) {
    sells.add(row, 5_000, 10_000 - row);
    sells.add(row + 1, 5_000, 9_999 - row);
    if (row > 0) sells.remove(row);
  }
  for (let row = 1; row < 998; row += 2) sells.remove(row);
  expect(sells.groups).toBeLessThan(40);
  expect([sells.seen(0), sells.seen(999)]).toEqual([10_000, 9_001]);
});

it('a keyed heap gives the lowest key first, whatever is set and removed', () => {
  for (let seed = 0; seed < 300; seed++) {
    const random = new Random(seed);
    const heap = new KeyedHeap();
    const keys = new Map<number, number>();
    for (let step = 0; step < 120; step++) {
      const item = random.whole(0, 40);
      if (random.chance(0.6)) {
        const key = random.whole(-9, 9);
        heap.set(item, key);
        keys.set(item, key);
      } else {
        heap.remove(item);
        keys.delete(item);
      }
      expect(heap.count).toBe(keys.size);
      expect(heap.firstKey).toBe(Math.min(...keys.values()));
      if (keys.size > 0) expect(keys.get(heap.first)).toBe(heap.firstKey);
    }
    const items = Array.from({ length: heap.count }, (_, place) => heap.itemAt(place));
    expect(items.sort((a, b) => a - b)).toEqual([...keys.keys()].sort((a, b) => a - b));
    heap.clear();
    expect(heap.firstKey).toBe(Infinity);
  }
});

it('pairing heaps meld, lose any row, and visit each row once', () => {
  for (let seed = 0; seed < 300; seed++) {
    const random = new Random(seed);
    const heaps = new PairingHeaps();
    const roots = [HEAP_EMPTY, HEAP_EMPTY, HEAP_EMPTY];
    const held = roots.map(() => new Map<number, number>());
    for (let step = 0; step < 200; step++) {
      const at = random.whole(0, 2);
      const row = random.whole(0, 60);
      const owner = held.findIndex((rows) => rows.has(row));
      if (owner >= 0) {
        roots[owner] = heaps.remove(roots[owner], row);
        held[owner].delete(row);
      } else if (random.chance(0.9)) {
        const key = random.whole(0, 20);
        roots[at] = heaps.meld(roots[at], heaps.make(row, key));
        held[at].set(row, key);
      } else {
        const from = (at + 1) % 3;
        roots[at] = heaps.meld(roots[at], roots[from]);
        for (const [moved, key] of held[from]) held[at].set(moved, key);
        roots[from] = HEAP_EMPTY;
        held[from].clear();
      }
      if (step % 9 !== 0) continue;
      for (const [place, rows] of held.entries()) {
        const seen: number[] = [];
        heaps.each(roots[place], (each) => seen.push(each));
        expect(seen.sort((a, b) => a - b)).toEqual([...rows.keys()].sort((a, b) => a - b));
        if (rows.size > 0) expect(heaps.key(roots[place])).toBe(Math.min(...rows.values()));
      }
    }
  }
});
