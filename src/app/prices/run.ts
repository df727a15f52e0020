/** A run of `plimsoll prices`: from what was chosen to what is shown. */
import type { Problem } from '../../io/ingest/problem.ts';
import type { Whence } from '../../io/ingest/quarantine.ts';
import { nextTurn } from '../bench/load.ts';
import { grouped } from '../cli/output.ts';
import { SPOT_VENUES, VENUES, type CatalogueMarket, type CatalogueVenue } from './catalogue.ts';
import { LivePrices, type BaseUrls } from './live.ts';
import type { PricesOutput } from './output.ts';
import { planOf, type Plan } from './plan.ts';
import { openReplay, playReplay } from './replay.ts';
import { statusOf, type PricesStatus } from './status.ts';

export interface PricesChoice {
  readonly sourcesMin: number;
  readonly rule: string | null;
  /** Seconds between two lines of prices; null: none but the last. */
  readonly everySeconds: number | null;
}

export interface ReplayedPrices extends PricesChoice {
  readonly files: readonly string[];
  readonly markets: readonly CatalogueMarket[] | null;
}

export interface LivePricesChoice extends PricesChoice {
  readonly venues: readonly CatalogueVenue[];
  /** Null: the spot venues among `venues`, and where there are none, all. */
  readonly indexVenues: readonly CatalogueVenue[] | null;
  readonly markets: readonly CatalogueMarket[];
  readonly baseUrls: ReadonlyMap<string, BaseUrls>;
  readonly record: string | null;
  readonly seconds: number;
}

export interface RunContext {
  readonly output: PricesOutput;
  readonly problem: (problem: Problem, whence: Whence) => void;
  readonly signal: AbortSignal;
}

const DRAW_MS = 200;
const NOTHING_HEARD =
  'no venue was heard. Check the network, or name other servers with --base-url; why each was not reached stands beside it';

export async function replayPrices(choice: ReplayedPrices, context: RunContext): Promise<PricesStatus> {
  const { output, problem, signal } = context;
  const began = performance.now();
  const replay = await openReplay(choice);
  for (const { path, unknown } of replay.inputs)
    if (unknown.length > 0) output.note(`${path} is also about ${unknown.join(', ')}: not known, left out`);
  noteSources(replay.plan, output);
  output.begin();
  const elapsed = (): number => (performance.now() - began) / 1000;
  let lines = 0;
  let drawnAt = -Infinity;
  const { station } = await playReplay(
    replay,
    { alert: output.alert, problem },
    {
      untilUs: Infinity,
      everyUs: choice.everySeconds === null ? null : Math.round(choice.everySeconds * 1e6),
      signal,
      interval: (at) => output.interval(at.views()),
      pause: async (at, more) => {
        lines += more;
        if (performance.now() - drawnAt < DRAW_MS) return;
        drawnAt = performance.now();
        output.show(() => statusOf(at, 'replay', elapsed(), []), lines);
        await nextTurn();
      },
    },
  );
  return statusOf(station, 'replay', elapsed(), []);
}

export async function livePrices(choice: LivePricesChoice, context: RunContext): Promise<PricesStatus> {
  const { output, problem, signal } = context;
  const plan = livePlan(choice);
  noteSources(plan, output);
  const live = new LivePrices({ ...choice, plan }, { alert: output.alert, problem }, (error) =>
    output.note(error.message),
  );
  const began = performance.now();
  const elapsed = (): number => (performance.now() - began) / 1000;
  const status = (): PricesStatus => statusOf(live.station, 'live', elapsed(), live.statuses());
  const everyMs = (choice.everySeconds ?? Infinity) * 1000;
  let dueMs = everyMs;
  live.start();
  try {
    output.begin();
    while (!signal.aborted && elapsed() < choice.seconds) {
      live.advance();
      output.show(status, null);
      if (elapsed() * 1000 >= dueMs) {
        dueMs += everyMs * Math.max(1, Math.ceil((elapsed() * 1000 - dueMs) / everyMs));
        output.interval(live.station.views());
      }
      await sleep(Math.min(DRAW_MS, dueMs - elapsed() * 1000, (choice.seconds - elapsed()) * 1000), signal);
    }
    live.advance();
    if (live.station.router.counts.events === 0) output.note(NOTHING_HEARD);
    // As it was while the venues were still there.
    return status();
  } finally {
    await live.stop();
  }
}

export function livePlan({ venues, indexVenues, markets, sourcesMin, rule }: LivePricesChoice): Plan {
  const spots = indexVenues ?? venues.filter((venue) => !venue.isPerpetual);
  const isNone = indexVenues === null && spots.length === 0;
  const index = isNone ? VENUES.filter(({ name }) => SPOT_VENUES.includes(name)) : spots;
  const listened = VENUES.filter((venue) => venues.includes(venue) || index.includes(venue));
  const pairs = listened.flatMap((venue) => markets.map((market) => ({ venue, market })));
  return planOf({ pairs, markets: null, sourcesMin, rule, atUs: Date.now() * 1000 });
}

/** What an index needs, and where it cannot have it, what would do. */
function noteSources({ markets, instruments, sourcesMin }: Plan, output: PricesOutput): void {
  const names = (rows: readonly number[]): string => rows.map((row) => instruments[row].venue).join(', ');
  for (const base of new Set(markets.map(({ market }) => market.base))) {
    const { sources } = markets.find(({ market }) => market.base === base)!.priced;
    const count = sources.length;
    const from = count === 0 ? 'no source' : names(sources.map(({ instrument }) => instrument));
    const need = `${grouped(sourcesMin)} ${sourcesMin === 1 ? 'is' : 'are'} needed (--min-sources)`;
    const lacks =
      count >= sourcesMin || count === 0
        ? ''
        : `. With ${count} it is never good for liquidation; --min-sources ${count} takes what there is`;
    output.note(`index of ${base}: ${from}; ${need}${lacks}`);
  }
}

function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, Math.max(1, ms));
    signal.addEventListener('abort', done, { once: true });
  });
}
