/** Frames of a page: how many animation frames it gets while something is done in it, and how late they are. */
import type { Page } from 'playwright-core';

export interface Frames {
  readonly perSecond: number;
  /** Of those that a screen of 60 a second shows, how many came without a new one. */
  readonly lost: number;
  /** Between one and the next, ms. */
  readonly intervalMs: { readonly p50: number; readonly p99: number; readonly max: number };
}

const SCREEN_MS = 1000 / 60;

/** What somebody does in the page, once a frame. Expressions of the page: `at` counts frames, `$` is the element that is meant. */
export interface Deed {
  readonly selector: string;
  readonly step: string;
}

const pointer = (type: string, share: string): string => `{
  const { left, top, width } = $.getBoundingClientRect();
  const clientX = left + 60 + (width - 120) * (${share});
  $.dispatchEvent(new PointerEvent('${type}', { bubbles: true, pointerId: 1, buttons: 1, clientX, clientY: top + 60 }));
}`;

/** From the middle to the left and back, over some four seconds. */
export const DRAG_THE_MARK: Deed = {
  selector: 'canvas.map',
  step: pointer('pointermove', '0.5 - 0.45 * Math.abs(Math.sin(at / 80))'),
};
export const SCROLL_BY_40: Deed = { selector: '.long-scroller', step: '$.scrollTop += 40;' };
export const DRAW_THE_BAR: Deed = {
  selector: '.long-scroller',
  step: '$.scrollTop = ($.scrollHeight - $.clientHeight) * (0.5 - 0.5 * Math.cos(at / 150));',
};

/** Counts for so long, and does the deed before each frame. */
export async function countFrames(page: Page, seconds: number, deed: Deed | null): Promise<Frames> {
  const times = await page.evaluate<number[]>(`new Promise((resolve) => {
    const times = [];
    const $ = ${deed === null ? 'null' : `document.querySelector(${JSON.stringify(deed.selector)})`};
    const frame = (now) => {
      const at = times.push(now);
      ${deed === null ? '' : deed.step}
      if (now - times[0] >= ${seconds * 1000}) resolve(times);
      else requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  })`);
  const intervals = times
    .slice(1)
    .map((time, at) => time - times[at])
    .toSorted((a, b) => a - b);
  const at = (share: number): number =>
    intervals[Math.min(intervals.length - 1, Math.floor(intervals.length * share))];
  return {
    perSecond: (1000 * intervals.length) / (times.at(-1)! - times[0]),
    lost: intervals.reduce((lost, interval) => lost + Math.max(0, Math.round(interval / SCREEN_MS) - 1), 0),
    intervalMs: { p50: at(0.5), p99: at(0.99), max: at(1) },
  };
}
