import { expect, it } from 'vitest';
import { workOf } from './main-thread.ts';

const MAIN = { pid: 1, tid: 1, args: {} };
/** Of as much processor time as it lasts. */
const span = (name: string, ts: number, dur: number): object => ({
  ...MAIN,
  name,
  ph: 'X',
  ts,
  dur,
  tdur: dur,
});
const begin = (ts: number): object => ({ ...MAIN, name: 'BeginMainThreadFrame', ph: 'I', ts });

/** The first two frames are the tracer's, the last has no end. */
const events = [
  ...[0, 10_000, 20_000, 30_000, 40_000].map((ts) => begin(ts + 100)),
  span('RunTask', 20_000, 5000),
  span('FunctionCall', 20_500, 3000),
  span('Layout', 21_000, 1000),
  span('RunTask', 26_000, 500),
  span('RunTask', 30_000, 2000),
  span('Paint', 30_200, 1500),
  span('RunTask', 40_000, 9000),
  // Another page's, with fewer frames.
  { ...span('RunTask', 20_000, 8000), tid: 2 },
  { ...begin(20_100), tid: 2 },
] as unknown as Parameters<typeof workOf>[0];

it('a frame has the task that it begins in and those up to the next, each kind of work less what lies in it', () => {
  const { frames, ms, worstMs, meanMs } = workOf(events);
  expect(frames).toBe(2);
  expect(ms).toEqual({ p50: 5.5, p99: 5.5, max: 5.5 });
  expect(worstMs).toMatchObject({ script: 2, layout: 1, paint: 0, other: 2.5 });
  expect(meanMs).toMatchObject({ script: 1, layout: 0.5, paint: 0.75, other: 1.5 });
});

it('processor time counts, not how long a task had to wait for it', () => {
  const waited = events.map((event) => (event.ts === 30_000 ? { ...event, dur: 7000 } : event));
  expect(workOf(waited).meanMs).toEqual(workOf(events).meanMs);
});
