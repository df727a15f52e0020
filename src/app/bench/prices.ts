/**
 * `plimsoll bench prices`: what several venues say, as decoded events, into books and router on one thread; what one quote
 * costs until its price is out; and raw frames from a file, end to end. At the end every mark is computed again, slowly.
 */
import { DepthBook } from '../../core/price/depth-book.ts';
import { PriceRouter } from '../../core/price/router.ts';
import type { QuoteEvent, VenueEvent } from '../../core/price/venue-event.ts';
import type { Popularity } from '../../sim/popularity.ts';
import { SIM_VENUES, VenueStream } from '../../sim/venue-stream.ts';
import { Latencies, type LatencyReport } from './latencies.ts';
import { nextTurn, type OnProgress } from './load.ts';
import { collectGarbage } from './machine.ts';
import {
  runCapture,
  sourceOf,
  writeCaptures,
  type CaptureRun,
  type CaptureSource,
} from './prices-capture.ts';
import { priceFault } from './prices-check.ts';
import { Checks, median, report, rounded, type Report } from './report.ts';
import { inTemporaryDirectory } from './temporary.ts';

export interface PricesOptions {
  readonly markets: number;
  readonly popularity: Popularity;
  readonly seed: number;
  readonly seconds: number;
  /** None: a synthetic one is written first. */
  readonly captures: readonly string[];
  readonly quick: boolean;
}

export interface PricesResults {
  /** Decoded events by the processor time of the one thread that takes them: the median of the better half of the rounds. */
  readonly messagesPerSecond: number;
  /** The same by the clock, which other programs on the machine slow down. */
  readonly messagesPerSecondElapsed: number;
  readonly nsPerMessage: number;
  readonly messages: number;
  /** Of all events: how many made another price, and levels of books changed by each. */
  readonly pricesPerMessage: number;
  readonly levelsPerMessage: number;
  /** One quote in until its price is out. */
  readonly quoteUs: LatencyReport;
  readonly quoteChangedUs: LatencyReport;
  readonly quoteUnchangedUs: LatencyReport;
  readonly quotes: number;
  /** Raw frames by processor time of the whole process, unpacking included; and by the clock. */
  readonly framesPerSecond: number;
  readonly framesPerSecondElapsed: number;
  readonly captures: readonly CaptureResult[];
}

interface CaptureResult {
  readonly file: string;
  readonly frames: number;
  readonly prices: number;
  readonly framesPerSecond: number;
  readonly framesPerSecondElapsed: number;
}

const MESSAGES_PER_SECOND_MIN = 1_000_000;
const FRAMES_PER_SECOND_MIN = 250_000;
const QUOTE_US_P99_MAX = 5;
/** Events that are decoded before the first of them is taken: about what a busy socket hands over at once. */
const BLOCK = 4096;
/** Until averages that marks are made of are there; warms up as well. */
const AVERAGES_US = 20_000_000;
const ROUNDS = 9;
const PASSES = 7;

export async function benchPrices(
  options: PricesOptions,
  onProgress: OnProgress,
): Promise<Report & PricesResults> {
  const { quick, seconds, seed, markets, popularity } = options;
  const checks = new Checks(quick);
  const stream = new VenueStream({ markets, popularity, seed });
  const desk = new Desk(stream);
  const begin = stream.begin();
  desk.take(begin);
  let given = begin.length;
  const fullUs = stream.nowUs + AVERAGES_US;
  while (stream.nowUs < fullUs) {
    desk.take(stream.take(BLOCK));
    given += BLOCK;
    await nextTurn();
  }

  const rates: Rate[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const rate = await desk.round((seconds * 1000) / 2 / ROUNDS, (share) =>
      onProgress('decoded events', (round + share) / ROUNDS),
    );
    given += rate.messages;
    rates.push(rate);
  }
  const levelsPerMessage = stream.levels / (given - begin.length);
  const rate = better(rates.map(({ messages, cpuMs }) => (messages / cpuMs) * 1000));
  const elapsed = better(rates.map(({ messages, elapsedMs }) => (messages / elapsedMs) * 1000));
  const messages = sum(rates.map((each) => each.messages));

  const latency = await desk.latencies((seconds * 1000) / 4, (share) => onProgress('quotes', share));
  given += latency.messages;
  const all = new Latencies();
  all.addAll(latency.changed);
  all.addAll(latency.unchanged);

  const { counts } = desk.router;
  checks.equal('events that the router counted', counts.events, given);
  checks.equal('events not taken', counts.late + counts.invalid + counts.unknown, 0);
  checks.equal('alerts', desk.alerts, 0);
  checks.equal('books whose best prices are not those that were sent', desk.booksWrong(), 0);
  const faults = desk.faults();
  checks.equal('marks that differ from a slow recomputation', faults.length === 0 ? 0 : faults.join('; '), 0);

  const played = await inTemporaryDirectory(null, async (directory) => {
    const files =
      options.captures.length > 0
        ? options.captures
        : await writeCaptures(directory, quick ? 2000 : 250_000, seed, onProgress);
    return playAll(files, quick ? 2 : PASSES, onProgress);
  });
  checks.equal('captures not as they should be', played.faults.join('; ') || 0, 0);
  checks.atLeast('messagesPerSecond', rate, MESSAGES_PER_SECOND_MIN);
  checks.atMost('quoteUs.p99', all.report().p99, QUOTE_US_P99_MAX);
  checks.atLeast('framesPerSecond', played.framesPerSecond, FRAMES_PER_SECOND_MIN);
  return report(
    'prices',
    quick,
    checks,
    {
      markets,
      instruments: stream.instruments.length,
      venues: SIM_VENUES.map(({ name }) => name).join(' '),
      popularity,
      seed,
      seconds,
      eventsABlock: BLOCK,
      captures: options.captures.length > 0 ? 'given' : 'synthetic, written for this run and removed',
    },
    NOT_INCLUDED,
    {
      messagesPerSecond: rounded(rate),
      messagesPerSecondElapsed: rounded(elapsed),
      nsPerMessage: rounded(1e9 / rate),
      messages,
      pricesPerMessage: rounded(sum(rates.map(({ prices }) => prices)) / messages),
      levelsPerMessage: rounded(levelsPerMessage),
      quoteUs: all.report(),
      quoteChangedUs: latency.changed.report(),
      quoteUnchangedUs: latency.unchanged.report(),
      quotes: all.count,
      framesPerSecond: rounded(played.framesPerSecond),
      framesPerSecondElapsed: rounded(played.framesPerSecondElapsed),
      captures: played.captures,
    },
  );
}

const NOT_INCLUDED = [
  'the network and TLS: events lie decoded in memory when the clock starts, frames in a file',
  'the engine: what a price costs there is `bench watch`',
  'derived series and signals, and whatever else listens to prices',
  'in captures, merging by time: each file is played by itself, into one market with one source',
  'rates are by processor time; the clock is in the keys that end in Elapsed',
  'in messagesPerSecond, what other threads of the process do: compiling, and most of collecting garbage',
];

interface Rate {
  readonly messages: number;
  readonly cpuMs: number;
  readonly elapsedMs: number;
  readonly prices: number;
}

/** Router and books of all instruments, and the stream that they are fed from. */
class Desk {
  readonly router: PriceRouter;
  alerts = 0;
  prices = 0;
  readonly #stream: VenueStream;
  readonly #books: readonly DepthBook[];

  constructor(stream: VenueStream) {
    this.#stream = stream;
    this.#books = stream.instruments.map(() => new DepthBook());
    const books = this.#books;
    this.router = new PriceRouter({
      instruments: stream.instruments,
      markets: stream.markets,
      sink: { price: () => void this.prices++, alert: () => void this.alerts++ },
      topOf: (row) => books[row],
    });
  }

  take(events: readonly VenueEvent[]): void {
    takeBlock(events, this.router, this.#books);
  }

  /** The clock runs while events are taken, and stands while the next are made. */
  async round(ms: number, onShare: (share: number) => void): Promise<Rate> {
    let messages = 0;
    let elapsedMs = 0;
    let cpuUs = 0;
    const before = this.prices;
    collectGarbage();
    while (elapsedMs < ms) {
      const events = this.#stream.take(BLOCK);
      const cpu = process.threadCpuUsage();
      const start = performance.now();
      this.take(events);
      elapsedMs += performance.now() - start;
      const { user, system } = process.threadCpuUsage(cpu);
      cpuUs += user + system;
      messages += events.length;
      onShare(elapsedMs / ms);
      if (messages % (16 * BLOCK) === 0) await nextTurn();
    }
    return { messages, cpuMs: cpuUs / 1000, elapsedMs, prices: this.prices - before };
  }

  /** Every quote by itself; what comes between them is taken outside of the clock. */
  async latencies(
    ms: number,
    onShare: (share: number) => void,
  ): Promise<{ messages: number; changed: Latencies; unchanged: Latencies }> {
    const changed = new Latencies();
    const unchanged = new Latencies();
    let messages = 0;
    collectGarbage();
    const start = performance.now();
    for (let spent = 0; spent < ms; spent = performance.now() - start) {
      const events = this.#stream.take(BLOCK);
      for (let at = 0; at < events.length; at++) {
        const event = events[at];
        if (event.kind === 'quote') this.#time(event, changed, unchanged);
        else takeOne(event, this.router, this.#books);
      }
      messages += events.length;
      onShare(spent / ms);
      await nextTurn();
    }
    return { messages, changed, unchanged };
  }

  #time(quote: QuoteEvent, changed: Latencies, unchanged: Latencies): void {
    const before = this.prices;
    const start = performance.now();
    this.router.receive(quote);
    const spent = performance.now() - start;
    (this.prices === before ? unchanged : changed).add(spent);
  }

  booksWrong(): number {
    let wrong = 0;
    for (const [row, { bid, state }] of this.#books.entries())
      if (state !== 'ok' || bid !== this.#stream.bookBid(row)) wrong++;
    return wrong;
  }

  faults(): string[] {
    const { markets, instruments } = this.#stream;
    return markets.flatMap(
      (market, row) => priceFault(this.router.explain(row), market, instruments, this.#stream) ?? [],
    );
  }
}

function takeBlock(events: readonly VenueEvent[], router: PriceRouter, books: readonly DepthBook[]): void {
  for (let at = 0; at < events.length; at++) takeOne(events[at], router, books);
}

function takeOne(event: VenueEvent, router: PriceRouter, books: readonly DepthBook[]): void {
  if (event.kind === 'depth') books[event.instrument].apply(event.bids, event.asks);
  else if (event.kind === 'snapshot') books[event.instrument].replace(event.bids, event.asks, null);
  router.receive(event);
}

interface Played {
  readonly framesPerSecond: number;
  readonly framesPerSecondElapsed: number;
  readonly captures: CaptureResult[];
  readonly faults: readonly string[];
}

/** Every file in turn, so many times over, after one pass to warm up. */
async function playAll(files: readonly string[], passes: number, onProgress: OnProgress): Promise<Played> {
  const sources: CaptureSource[] = [];
  for (const file of files) sources.push(await sourceOf(file));
  const faults = new Set<string>();
  const rounds: CaptureRun[][] = [];
  for (let pass = 0; pass <= passes; pass++) {
    collectGarbage();
    const runs: CaptureRun[] = [];
    for (const source of sources) {
      runs.push(await runCapture(source));
      onProgress('raw frames', (pass + runs.length / sources.length) / (passes + 1));
    }
    for (const fault of runs.flatMap((run) => run.faults)) faults.add(fault);
    rounds.push(runs);
  }
  const timed = rounds.slice(1);
  const rateOf = (runs: readonly CaptureRun[], key: 'cpuMs' | 'elapsedMs'): number =>
    (sum(runs.map(({ lines }) => lines)) / sum(runs.map((run) => run[key]))) * 1000;
  const captures = sources.map(({ file, lines }, at) => {
    const runs = timed.map((round) => round[at]);
    const outcomes = new Set(rounds.map((round) => round[at].outcome));
    if (outcomes.size > 1) faults.add(`${file}: ends differently every time: ${[...outcomes].join(' or ')}`);
    return {
      file,
      frames: lines,
      prices: runs[0].prices,
      framesPerSecond: rounded(better(runs.map((run) => rateOf([run], 'cpuMs')))),
      framesPerSecondElapsed: rounded(better(runs.map((run) => rateOf([run], 'elapsedMs')))),
    };
  });
  return {
    framesPerSecond: better(timed.map((runs) => rateOf(runs, 'cpuMs'))),
    framesPerSecondElapsed: better(timed.map((runs) => rateOf(runs, 'elapsedMs'))),
    captures,
    faults: [...faults],
  };
}

/** What the better half of the rounds reach: what else runs on the machine only ever takes away. */
function better(rates: readonly number[]): number {
  const sorted = rates.toSorted((a, b) => b - a);
  return median(sorted.slice(0, Math.ceil(sorted.length / 2)));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
