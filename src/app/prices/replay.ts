/** Recorded market data through the feeds into a station, up to its end or to one moment. */
import type { TimeUs } from '../../core/num/units.ts';
import type { VenueEvent } from '../../core/price/venue-event.ts';
import type { Problem } from '../../io/ingest/problem.ts';
import type { FeedSink, VenueFeed } from '../../io/ingest/venues/feed.ts';
import { playLanes, type Cursor, type Lane } from '../../io/ingest/venues/lanes.ts';
import { recordingLanes } from '../../io/ingest/venues/recording.ts';
import { usageError } from '../cli/errors.ts';
import { captureLanes, linesUntilCut } from './captures.ts';
import { VENUES, type CatalogueMarket } from './catalogue.ts';
import { openPriceInput, type PriceInput } from './inputs.ts';
import { planOf, type Plan } from './plan.ts';
import { PriceStation, type StationListener } from './station.ts';

export interface ReplayChoice {
  readonly files: readonly string[];
  readonly sourcesMin: number;
  readonly rule: string | null;
  /** Null: all that the files are about. */
  readonly markets: readonly CatalogueMarket[] | null;
}

export interface Replay {
  readonly inputs: readonly PriceInput[];
  readonly plan: Plan;
}

export interface PlayOptions {
  /** Nothing received after this is heard. */
  readonly untilUs: number;
  /** Microseconds of the recording between two calls of `interval`. */
  readonly everyUs: number | null;
  readonly signal: AbortSignal;
  /** Prices are as of `atUs`. */
  readonly interval?: (station: PriceStation, atUs: number) => void;
  /** Now and then; what it waits for is waited for. */
  readonly pause?: (station: PriceStation, lines: number) => Promise<void> | void;
}

/** Throws where a file cannot be used or nothing is left to listen to. */
export async function openReplay(choice: ReplayChoice): Promise<Replay> {
  const inputs: PriceInput[] = [];
  for (const file of choice.files) inputs.push(await openPriceInput(file));
  const pairs = VENUES.flatMap((venue) => {
    const ofVenue = inputs.filter((input) => input.venue === venue);
    const heard = new Set(ofVenue.flatMap(({ markets }) => markets));
    // What is named may begin late in a recording, after what was looked at.
    const isRecorded = ofVenue.some(({ kind }) => kind === 'recording');
    for (const market of isRecorded ? (choice.markets ?? []) : []) heard.add(market);
    return [...heard].map((market) => ({ venue, market }));
  });
  const atUs = Math.min(...inputs.map(({ firstUs }) => firstUs));
  const plan = planOf({ ...choice, pairs, atUs });
  if (plan.markets.length === 0) throw nothingIn(inputs, choice);
  return { inputs, plan };
}

export interface Played {
  /** As it is at the end, or at the moment that was asked for. */
  readonly station: PriceStation;
  /** False: the files end before that moment. */
  readonly isPast: boolean;
}

export async function playReplay(
  { inputs, plan }: Replay,
  listener: StationListener,
  options: PlayOptions,
): Promise<Played> {
  const station = new PriceStation(plan, listener);
  const { untilUs, signal } = options;
  const cursor: Cursor = { lane: null };
  const gate = new Gate(station, options, cursor);
  // A capture is about nothing else than what it begins with; a recording of answers names no market.
  const used = inputs.filter(
    ({ kind, venue, markets }) => plan.venues.includes(venue) && (kind === 'recording' || markets.length > 0),
  );
  const play = playLanes(await lanesOf(used, plan, gate, cursor), cursor);
  for await (const lines of play) {
    if (signal.aborted || gate.isPast) break;
    await options.pause?.(station, lines);
  }
  if (gate.isPast) station.advance(untilUs as TimeUs);
  return { station, isPast: gate.isPast };
}

/** One feed a venue, whoever speaks to it: captures by file and line, recordings by connection. */
async function lanesOf(
  inputs: readonly PriceInput[],
  { venues, instruments }: Plan,
  sink: FeedSink,
  cursor: Cursor,
): Promise<Lane[]> {
  const placed = new Map<string, FeedSink>();
  const feeds = new Map<string, VenueFeed>(
    venues.map((venue) => {
      const voice: FeedSink = {
        event: sink.event.bind(sink),
        problem: (problem, frame) => {
          const to = cursor.lane?.isCapture === true ? placed.get(venue.name) : undefined;
          (to ?? sink).problem(problem, frame);
        },
      };
      return [venue.name, venue.make(instruments, voice)];
    }),
  );
  const report: FeedSink['problem'] = (problem, frame) => sink.problem(problem, frame);
  const captures = inputs.filter(({ kind }) => kind === 'capture');
  const recordings = inputs.filter(({ kind }) => kind === 'recording');
  return [
    ...captureLanes(
      captures.map(({ path, venue }) => ({
        name: path,
        venue: venue.name,
        lines: () => linesUntilCut(path, report),
      })),
      (venue, inner) => {
        placed.set(venue, inner);
        return feeds.get(venue)!;
      },
      sink,
    ),
    ...(await recordingLanes(
      recordings.map(({ path }) => path),
      feeds,
      report,
    )),
  ];
}

/**
 * Lets events through up to a time, and calls out at whole intervals on the way.
 *
 * A recording ends with its connections closed. That says nothing of prices at its end, so a disconnect waits for what
 * comes after it, and at the end nothing does.
 */
class Gate implements FeedSink {
  isPast = false;
  #waiting: VenueEvent[] = [];
  readonly #station: PriceStation;
  readonly #options: PlayOptions;
  readonly #cursor: Cursor;
  #dueUs = 0;

  constructor(station: PriceStation, options: PlayOptions, cursor: Cursor) {
    this.#station = station;
    this.#options = options;
    this.#cursor = cursor;
  }

  event(event: VenueEvent): void {
    const { receivedUs } = event;
    if (this.isPast) return;
    const isPast = receivedUs > this.#options.untilUs;
    if (!isPast && event.kind === 'lost' && event.why === 'disconnected') {
      this.#waiting.push(event);
      return;
    }
    for (const lost of this.#waiting.splice(0)) this.#station.event(lost);
    this.isPast = isPast;
    if (isPast) return;
    const { everyUs } = this.#options;
    if (everyUs !== null) this.#call(receivedUs, everyUs);
    this.#station.event(event);
  }

  problem(problem: Problem, frame: string): void {
    if (this.isPast) return;
    const { lane } = this.#cursor;
    this.#station.problem(problem, {
      // A file that breaks off does so behind its last line.
      timeUs: lane === null || lane.atUs === Infinity ? this.#station.router.now : lane.atUs,
      venue: lane?.venue ?? null,
      connection: lane?.connection ?? null,
      frame: frame === '' ? null : frame,
    });
  }

  /** A silence is one call: what is as it was need not be said again. */
  #call(receivedUs: number, everyUs: number): void {
    if (receivedUs < this.#dueUs) return;
    const atUs = receivedUs - (receivedUs % everyUs);
    if (this.#dueUs > 0) {
      this.#station.advance(atUs as TimeUs);
      this.#options.interval?.(this.#station, atUs);
    }
    this.#dueUs = atUs + everyUs;
  }
}

function nothingIn(inputs: readonly PriceInput[], { markets }: ReplayChoice): Error {
  const heard = [...new Set(inputs.flatMap((input) => input.markets.map(({ base }) => base)))];
  const unknown = [...new Set(inputs.flatMap((input) => input.unknown))];
  const there = heard.length === 0 ? 'none that we know' : heard.join(', ');
  const others = unknown.length === 0 ? '' : `; not known: ${unknown.join(', ')}`;
  const asked = markets === null ? '' : ` of ${markets.map(({ base }) => base).join(', ')}`;
  return usageError(`there is nothing${asked} in the files: the markets in them are ${there}${others}`, {
    field: markets === null ? '--replay' : '--markets',
  });
}
