import { describe, expect, it } from 'vitest';
import type { TimeUs } from '../../../core/num/units.ts';
import { DueRequests } from './due-requests.ts';

const START_S = 1_700_000_000;
const at = (seconds: number): TimeUs => ((START_S + seconds) * 1e6) as TimeUs;

/** Opened at second 0, with its terms asked for and answered. */
function opened(): DueRequests {
  const requests = new DueRequests(['terms', 'more']);
  requests.askTerms();
  requests.pass(at(0));
  for (const id of requests.take()) requests.answered(id);
  return requests;
}

describe('what is due', () => {
  it('is nothing until it is asked for, and then each once', () => {
    const requests = new DueRequests(['terms']);
    requests.pass(at(0));
    expect(requests.take()).toEqual([]);
    requests.ask('a');
    requests.ask('b');
    requests.ask('a');
    expect([requests.isAsked('a'), requests.isAsked('c')]).toEqual([true, false]);
    expect(requests.take()).toEqual(['a', 'b']);
    expect(requests.take()).toEqual([]);
    expect(requests.isAsked('a')).toBe(true);
    requests.answered('a');
    expect(requests.isAsked('a')).toBe(false);
  });

  it('is made again when it is asked for again, also while it is under way', () => {
    const requests = opened();
    requests.ask('a');
    expect(requests.take()).toEqual(['a']);
    requests.ask('a');
    expect(requests.take()).toEqual(['a']);
    requests.answered('a');
    expect([requests.isAsked('a'), requests.take()]).toEqual([false, []]);
  });

  it('waits a second after an answer that could not be used, unless something new asks for it', () => {
    const requests = opened();
    requests.askAgain('a');
    requests.pass(at(0.999));
    expect(requests.take()).toEqual([]);
    requests.pass(at(1));
    expect(requests.take()).toEqual(['a']);
    requests.answered('a');
    requests.askAgain('a');
    requests.ask('a');
    expect(requests.take()).toEqual(['a']);
  });

  it.each([-3600, -2, 3600])('is not put off by a clock that jumps by %i s', (seconds) => {
    const requests = opened();
    requests.askAgain('a');
    requests.pass(at(seconds));
    expect(requests.take()).toEqual(['a']);
  });
});

describe('terms', () => {
  it('are asked for again ten minutes after they were', () => {
    const requests = opened();
    requests.hear(at(600));
    expect(requests.take()).toEqual([]);
    requests.hear(at(600.001));
    expect(requests.take()).toEqual(['terms', 'more']);
    requests.hear(at(601));
    expect(requests.take()).toEqual([]);
  });

  it('are asked for when something does not fit them, every ten seconds at most', () => {
    const requests = opened();
    const asked: number[] = [];
    for (let second = 0; second <= 30; second++) {
      requests.hear(at(second));
      requests.doubtTerms();
      for (const id of requests.take()) {
        requests.answered(id);
        if (id === 'terms') asked.push(second);
      }
    }
    expect(asked).toEqual([11, 22]);
  });

  it.each([-3600, 3600])(
    'are asked for when the clock jumps by %i s, and then by the new time',
    (seconds) => {
      const requests = opened();
      requests.hear(at(seconds));
      expect(requests.take()).toEqual(['terms', 'more']);
      requests.hear(at(seconds + 600));
      expect(requests.take()).toEqual([]);
    },
  );

  it('are as old as the first opening, where they were asked for before it', () => {
    const requests = new DueRequests(['terms']);
    requests.askTerms();
    requests.pass(at(0));
    requests.hear(at(1));
    expect(requests.take()).toEqual(['terms']);
    requests.answered('terms');
    expect(requests.take()).toEqual([]);
  });
});
