import { describe, expect, it } from 'vitest';
import { LongScroll, TALL_MAX } from './long-scroll.ts';

const ROW = 30;
const VIEW = 600;
const SEEN = VIEW / ROW;
const FEW = 5000;
const MANY = 20_000_000;

function over(rows: number): LongScroll {
  const scroll = new LongScroll(ROW);
  scroll.resize(rows, VIEW);
  return scroll;
}
const barMax = (scroll: LongScroll): number => scroll.tall - VIEW;
const seen = ({ first, last }: LongScroll): [number, number] => [first, last];

describe('as many rows as a browser lays out', () => {
  it('a pixel of the bar is a pixel of the rows', () => {
    const scroll = over(FEW);
    expect(scroll.tall).toBe(FEW * ROW);
    for (const top of [0, 45, 60_000, barMax(scroll)]) {
      scroll.scrolled(top);
      expect([scroll.offset, scroll.top]).toEqual([top, top]);
    }
    expect(seen(scroll)).toEqual([FEW - SEEN, FEW - 1]);
  });

  it('a list that is shorter than the screen does not scroll', () => {
    const scroll = over(3);
    scroll.scrolled(0);
    expect(seen(scroll)).toEqual([0, 2]);
    scroll.show(2);
    expect(scroll.offset).toBe(0);
  });
});

describe('many more rows than a browser lays out', () => {
  it('the element stays as tall as it may be, and the bar still reaches both ends', () => {
    const scroll = over(MANY);
    expect(scroll.tall).toBe(TALL_MAX);
    scroll.scrolled(barMax(scroll));
    expect(seen(scroll)).toEqual([MANY - SEEN, MANY - 1]);
    scroll.scrolled(0);
    expect(seen(scroll)).toEqual([0, SEEN - 1]);
    scroll.scrolled(barMax(scroll) / 2);
    expect(scroll.first / MANY).toBeCloseTo(0.5, 4);
  });

  it('a step of the wheel passes each row, wherever it is', () => {
    const scroll = over(MANY);
    scroll.scrolled(TALL_MAX * 0.7);
    const begin = scroll.offset;
    for (let step = 1; step <= 50; step++) {
      scroll.scrolled(TALL_MAX * 0.7 + step * 100);
      expect(scroll.offset).toBeCloseTo(begin + step * 100, 3);
    }
  });

  it('the bar is put where the rows are, and that moves no row', () => {
    const scroll = over(MANY);
    scroll.scrolled(TALL_MAX * 0.7);
    for (let step = 1; step <= 50; step++) scroll.scrolled(TALL_MAX * 0.7 + step * 100);
    const { offset } = scroll;
    const bar = Math.round(scroll.top);
    expect(bar).toBeLessThan(TALL_MAX * 0.7 + 5000);
    scroll.settle(bar);
    expect(scroll.offset).toBe(offset);
    scroll.scrolled(bar + 100);
    expect(scroll.offset).toBe(offset + 100);
  });

  it('the last rows are reached by steps, none of them skipped', () => {
    const scroll = over(MANY);
    let bar = barMax(scroll) - 3000;
    scroll.scrolled(bar);
    let { last } = scroll;
    expect(last).toBeLessThan(MANY - 1);
    while (bar < barMax(scroll)) {
      bar = Math.min(barMax(scroll), bar + ROW);
      scroll.scrolled(bar);
      expect(scroll.last - last).toBeLessThanOrEqual(1);
      ({ last } = scroll);
    }
    expect(last).toBe(MANY - 1);
  });

  it.each([0, 1, SEEN, 999_999, 1_100_001, MANY / 2, MANY - 1])(
    'row %d is shown, and the bar with it',
    (row) => {
      const scroll = over(MANY);
      scroll.show(row);
      expect(scroll.first).toBeLessThanOrEqual(row);
      expect(scroll.last).toBeGreaterThanOrEqual(row);
      const other = over(MANY);
      other.scrolled(scroll.top);
      expect(Math.abs(other.offset - scroll.offset)).toBeLessThan(1);
    },
  );

  it('rows that go leave the list at its end', () => {
    const scroll = over(MANY);
    scroll.show(MANY - 1);
    expect(scroll.resize(100, VIEW)).toBe(true);
    expect(seen(scroll)).toEqual([100 - SEEN, 99]);
    expect(scroll.resize(100, VIEW)).toBe(false);
  });
});
