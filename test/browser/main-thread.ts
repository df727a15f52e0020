/** What a page's main thread does in a frame, from a trace of the browser: processor time, so that other programs on the machine are not in it. */
import type { Browser, Page } from 'playwright-core';

export interface FrameWork {
  readonly frames: number;
  /** Of the whole thread, ms of processor time from one frame's beginning to the next's. */
  readonly ms: { readonly p50: number; readonly p99: number; readonly max: number };
  /** What each kind of work takes of a frame on average. */
  readonly meanMs: Work;
  /** Of the frame that took most. */
  readonly worstMs: Work;
}

const KIND_NAMES = ['script', 'style', 'layout', 'paint', 'garbage', 'other'] as const;
type Kind = (typeof KIND_NAMES)[number];
type Work = Readonly<Record<Kind, number>>;

const KINDS: Readonly<Record<string, Kind>> = {
  EvaluateScript: 'script',
  EventDispatch: 'script',
  FireAnimationFrame: 'script',
  FunctionCall: 'script',
  RunMicrotasks: 'script',
  TimerFire: 'script',
  'v8.callFunction': 'script',
  UpdateLayoutTree: 'style',
  Layout: 'layout',
  Commit: 'paint',
  Layerize: 'paint',
  Paint: 'paint',
  PrePaint: 'paint',
  MajorGC: 'garbage',
  MinorGC: 'garbage',
};
const TRACER_FRAMES = 2;
const CATEGORIES = [
  '-*',
  'blink',
  'devtools.timeline',
  'disabled-by-default-devtools.timeline',
  'disabled-by-default-devtools.timeline.frame',
  'v8',
];

interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  readonly ts: number;
  readonly dur?: number;
  /** Of the thread, µs. */
  readonly tdur?: number;
  readonly args: { readonly name?: string };
}

/** Traces the page while `act` runs. */
export async function traceFrames(
  browser: Browser,
  page: Page,
  act: () => Promise<unknown>,
): Promise<FrameWork> {
  await browser.startTracing(page, { categories: CATEGORIES });
  await act();
  const trace = (await browser.stopTracing()).toString();
  return workOf((JSON.parse(trace) as { traceEvents: TraceEvent[] }).traceEvents);
}

export function workOf(events: readonly TraceEvent[]): FrameWork {
  const thread = busiestMain(events);
  const own = events.filter(({ pid, tid }) => `${pid}/${tid}` === thread);
  const begins = own
    .filter(({ name }) => name === 'BeginMainThreadFrame')
    .map(({ ts }) => ts)
    .toSorted((a, b) => a - b);
  // The first has the tracer's own beginning in it (some 10 ms), the last no end.
  const frames = kindsByFrame(own, begins).slice(TRACER_FRAMES, -1);
  const sorted = frames.toSorted((a, b) => sumOf(a) - sumOf(b));
  const at = (share: number): Work => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
  return {
    frames: frames.length,
    ms: { p50: sumOf(at(0.5)), p99: sumOf(at(0.99)), max: sumOf(at(1)) },
    meanMs: mapped((kind) => frames.reduce((sum, work) => sum + work[kind], 0) / frames.length),
    worstMs: at(1),
  };
}

const mapped = (of: (kind: Kind) => number): Work =>
  Object.fromEntries(KIND_NAMES.map((kind) => [kind, of(kind)])) as Work;
const sumOf = (work: Work): number => KIND_NAMES.reduce((sum, kind) => sum + work[kind], 0);

/** Of the threads that pages run in, that of the page: the browser keeps a spare one. */
function busiestMain(events: readonly TraceEvent[]): string {
  const frames = new Map<string, number>();
  for (const { name, pid, tid } of events)
    if (name === 'BeginMainThreadFrame') frames.set(`${pid}/${tid}`, (frames.get(`${pid}/${tid}`) ?? 0) + 1);
  return [...frames].toSorted((a, b) => b[1] - a[1])[0]?.[0] ?? '';
}

/** Each event's time less that of those within it, by kind; what has no kind is part of what it lies in. The task in which a frame begins is that frame's. */
function kindsByFrame(events: readonly TraceEvent[], begins: readonly number[]): Work[] {
  const frames = begins.map(() => mapped(() => 0) as Record<Kind, number>);
  const spans = events
    .filter(({ name, ph }) => ph === 'X' && (name === 'RunTask' || KINDS[name] !== undefined))
    .toSorted((a, b) => a.ts - b.ts || (b.dur ?? 0) - (a.dur ?? 0));
  const open: { readonly kind: Kind; readonly end: number }[] = [];
  let frame = 0;
  for (const { name, ts, dur = 0, tdur = 0 } of spans) {
    while (open.length > 0 && open.at(-1)!.end <= ts) open.pop();
    if (open.length === 0) while (frame + 1 < begins.length && begins[frame + 1] <= ts + dur) frame++;
    const kind = KINDS[name] ?? 'other';
    if (ts + dur >= begins[0]) {
      frames[frame][kind] += tdur / 1000;
      if (open.length > 0) frames[frame][open.at(-1)!.kind] -= tdur / 1000;
    }
    open.push({ kind, end: ts + dur });
  }
  return frames;
}
