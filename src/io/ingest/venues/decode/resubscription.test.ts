import { describe, expect, it } from 'vitest';
import { Resubscription } from './resubscription.ts';

const SECOND = 1_000_000;
const START = 1_730_000_000 * SECOND;

/** Seconds from each loss to when it is asked for, for a book that is lost `liveSeconds` after every snapshot. */
function waits(resubscription: Resubscription, losses: number, liveSeconds: number): number[] {
  const found: number[] = [];
  let now = START;
  resubscription.opened(now);
  resubscription.live(now);
  for (let loss = 0; loss < losses; loss++) {
    now += liveSeconds * SECOND;
    resubscription.lost(now);
    let seconds = 0;
    while (!resubscription.isDue(now + seconds * SECOND)) seconds++;
    now += seconds * SECOND;
    expect(resubscription.take(now)).toBe(1);
    resubscription.live(now);
    found.push(seconds);
  }
  return found;
}

describe('Resubscription', () => {
  it('is at once for a book that was whole for a minute', () => {
    expect(waits(new Resubscription(), 4, 60)).toEqual([0, 0, 0, 0]);
  });

  it('takes its time with a book that is lost again and again', () => {
    expect(waits(new Resubscription(), 9, 0)).toEqual([0, 1, 2, 4, 8, 16, 32, 60, 60]);
  });

  it('starts over after a minute of a whole book', () => {
    const resubscription = new Resubscription();
    expect(waits(resubscription, 4, 1)).toEqual([0, 1, 2, 4]);
    expect(waits(resubscription, 3, 60)).toEqual([0, 0, 0]);
  });

  it('is not due while all is well, nor while closed', () => {
    const resubscription = new Resubscription();
    expect(resubscription.isDue(START)).toBe(false);
    resubscription.opened(START);
    resubscription.closed();
    expect(resubscription.isDue(START + 3600 * SECOND)).toBe(false);
  });

  it('does not wait for a clock that was set back to come round again', () => {
    const resubscription = new Resubscription();
    resubscription.opened(START);
    expect(resubscription.isDue(START + 9 * SECOND)).toBe(false);
    expect(resubscription.isDue(START - 3600 * SECOND)).toBe(true);
  });
});
