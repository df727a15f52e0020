/**
 * `npm run bench:page`: what frames every page of the dashboard gets, in the headless Chromium of the browser tests, with the demo beside it on the same cores.
 * Between any two pages an empty one is measured, so that a page is held against what the machine gave around it.
 */
import { parseArgs } from 'node:util';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser, Page } from 'playwright-core';
import { Checks, median, report, rounded } from '../src/app/bench/report.ts';
import { launchBrowser } from '../test/browser/chromium.ts';
import { Demo } from '../test/browser/demo.ts';
import {
  countFrames,
  DRAG_THE_MARK,
  DRAW_THE_BAR,
  SCROLL_BY_40,
  type Deed,
  type Frames,
} from '../test/browser/frames.ts';
import { traceFrames, type FrameWork } from '../test/browser/main-thread.ts';
import { coresBetween, ticksOf } from '../test/browser/processor.ts';

const VIEW = { width: 1280, height: 800 };
/** Prices a second of `npm start`. */
const SPEED = 250;
const SETTLE_SECONDS = 2;
const RATIO = 0.99;
/** What one frame of sixty a second has. */
const WORK_P99_MS = 16.7;

const PAGES: readonly (readonly [name: string, hash: string, deed: Deed | null])[] = [
  ['overview', '#/', null],
  ['map', '#/map', null],
  ['map, the mark dragged', '#/map', DRAG_THE_MARK],
  ['accounts', '#/accounts', null],
  ['accounts, scrolled by 40 pixels a frame', '#/accounts', SCROLL_BY_40],
  ['accounts, the bar drawn over all', '#/accounts', DRAW_THE_BAR],
  ['market', '#/market', null],
  ['what-if', '#/what-if', null],
  ['gate', '#/gate', null],
  ['alerts', '#/alerts', null],
  ['system', '#/system', null],
];

interface Round {
  readonly frames: Frames;
  /** Frames a second by those of the empty page before and after it. */
  readonly ratio: number;
  readonly work: FrameWork;
  /** Of the browser, by thread. */
  readonly cores: Readonly<Record<string, number>>;
}

const { values } = parseArgs({
  options: {
    accounts: { type: 'string', default: '1000000' },
    seconds: { type: 'string', default: '6' },
    rounds: { type: 'string', default: '3' },
    json: { type: 'boolean', default: false },
  },
});
const [accounts, seconds, rounds] = [values.accounts, values.seconds, values.rounds].map(Number);
if (![accounts, seconds, rounds].every((value) => value > 0)) {
  process.stderr.write('bench-page: --accounts, --seconds and --rounds are numbers over 0\n');
  process.exit(2);
}

async function emptyPage(page: Page): Promise<Frames> {
  await page.goto('about:blank');
  await sleep(300);
  return countFrames(page, seconds / 2, null);
}

async function oneRound(
  browser: Browser,
  page: Page,
  url: string,
  found: Map<string, Round[]>,
): Promise<Frames[]> {
  const empties = [await emptyPage(page)];
  for (const [name, hash, deed] of PAGES) {
    await page.goto(`${url}/${hash}`);
    await page.locator(deed?.selector ?? '.pulse[data-state="live"]').waitFor();
    await sleep(SETTLE_SECONDS * 1000);
    const ticks = ticksOf(process.pid);
    const frames = await countFrames(page, seconds, deed);
    const cores = coresBetween(ticks, ticksOf(process.pid), seconds, 'renderer', 'gpu-process');
    const work = await traceFrames(browser, page, () => countFrames(page, seconds / 2, deed));
    const before = empties.at(-1)!;
    const after = await emptyPage(page);
    empties.push(after);
    const ratio = (2 * frames.perSecond) / (before.perSecond + after.perSecond);
    found.set(name, [...(found.get(name) ?? []), { frames, ratio, work, cores }]);
    process.stderr.write(`${name}: ${frames.perSecond.toFixed(1)} a second, ${(100 * ratio).toFixed(1)} %\n`);
  }
  return empties;
}

const middle = (rounds: readonly Round[], of: (round: Round) => number): number =>
  rounded(median(rounds.map(of)));

function told(rounds: readonly Round[]): object {
  return {
    framesPerSecond: middle(rounds, ({ frames }) => frames.perSecond),
    ofEmpty: middle(rounds, ({ ratio }) => ratio),
    ofEmptyLeast: rounded(Math.min(...rounds.map(({ ratio }) => ratio))),
    lost: rounds.map(({ frames }) => frames.lost),
    intervalP99Ms: middle(rounds, ({ frames }) => frames.intervalMs.p99),
    mainThreadMs: {
      p50: middle(rounds, ({ work }) => work.ms.p50),
      p99: middle(rounds, ({ work }) => work.ms.p99),
      max: middle(rounds, ({ work }) => work.ms.max),
      mean: Object.fromEntries(
        Object.keys(rounds[0].work.meanMs).map((kind) => [
          kind,
          middle(rounds, ({ work }) => work.meanMs[kind as keyof FrameWork['meanMs']]),
        ]),
      ),
    },
    cores: rounds.at(-1)!.cores,
  };
}

const [demo, browser] = await Promise.all([Demo.start({ accounts, speed: SPEED }), launchBrowser()]);
try {
  const page = await (await browser.newContext({ viewport: VIEW, locale: 'en-US' })).newPage();
  const found = new Map<string, Round[]>();
  const empties: Frames[] = [];
  for (let round = 0; round < rounds; round++)
    empties.push(...(await oneRound(browser, page, demo.url, found)));
  const checks = new Checks(accounts < 1_000_000);
  for (const [name, its] of found) {
    checks.atLeast(`${name}: frames of those of an empty page`, median(its.map(({ ratio }) => ratio)), RATIO);
    checks.atMost(`${name}: main thread p99, ms`, median(its.map(({ work }) => work.ms.p99)), WORK_P99_MS);
  }
  const document = report(
    'page',
    accounts < 1_000_000,
    checks,
    { accounts, pricesPerSecond: SPEED, seconds, rounds, view: VIEW, chromium: browser.version() },
    [
      'a graphics card: everything is drawn by the processor, on the cores that the demo uses too',
      'of the main thread: processor time, with what the tracing of it costs; frames are counted without tracing',
    ],
    {
      empty: {
        framesPerSecond: rounded(median(empties.map(({ perSecond }) => perSecond))),
        least: rounded(Math.min(...empties.map(({ perSecond }) => perSecond))),
      },
      pages: Object.fromEntries([...found].map(([name, its]) => [name, told(its)])),
    },
  );
  process.stdout.write(`${JSON.stringify(document, null, values.json ? 0 : 2)}\n`);
  process.exitCode = document.ok ? 0 : 1;
} finally {
  await browser.close();
  await demo.stop();
}
