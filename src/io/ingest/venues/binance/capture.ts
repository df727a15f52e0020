/**
 * Recorded market data of Binance into marks: one command for every best bid and ask, its mark their exact middle.
 *
 *   origin.position   the update id `u` of the bookTicker
 *   origin.previous   the update id of the command before it from the same market. Ids are not contiguous (most updates
 *                     leave the best prices alone), so a missing bookTicker cannot be seen here, and a repeated one is a
 *                     duplicate to the engine.
 *   timeUs            the venue's event time; where it has none (spot), the time of receipt
 *
 * Depth updates make no marks, but they are numbered without gaps (USD-M: `pu` is the `u` before; spot: `U` is the `u`
 * before plus 1), and so they show whether the recording is whole. A gap there is a problem that is reported and
 * counted, and **the stream goes on**: each bookTicker states both prices anew and depends on none before it. What a gap
 * says is that marks of that time may be missing too, so a verdict about those moments is not complete.
 *
 * A line that cannot be used is reported, counted and left out. It never stops the stream.
 */
import { markProblem, midFromTexts, type Grid } from '../../../../core/num/grid.ts';
import type { MarketRow, SourceRow, TimeUs } from '../../../../core/num/units.ts';
import { Kind, type MarksCommand } from '../../../../core/schema/commands.ts';
import { readLines } from '../../lines.ts';
import { problemAt, type ProblemSink } from '../../problem.ts';
import { decodeLine, type BookTicker, type Depth } from './events.ts';

export interface CaptureMarket {
  /** As the venue writes it: BTCUSDT. */
  readonly name: string;
  readonly market: MarketRow;
  readonly grid: Grid;
  readonly source: SourceRow;
  /** The source's last position in the engine, to go on behind it. Absent or null: none yet. */
  readonly last?: number | null;
}

export interface CaptureCounts {
  lines: number;
  /** Commands made. */
  marks: number;
  depth: number;
  trades: number;
  snapshots: number;
  /** Lines left out, each of which was reported (those of an unknown market once for the market). */
  quarantined: number;
  /** Places where the depth chain of a market has a hole. */
  depthGaps: number;
}

interface Stream extends CaptureMarket {
  lastMark: number | null;
  lastDepth: number | null;
}

/** Pure: lines in, commands out. One decoder for all the files of a run, so that the chains go on from file to file. */
export class CaptureDecoder {
  readonly counts: CaptureCounts = {
    lines: 0,
    marks: 0,
    depth: 0,
    trades: 0,
    snapshots: 0,
    quarantined: 0,
    depthGaps: 0,
  };
  readonly #streams: Map<string, Stream>;
  readonly #report: ProblemSink;
  readonly #unknown = new Set<string>();

  constructor(markets: readonly CaptureMarket[], report: ProblemSink) {
    this.#streams = new Map(
      markets.map((market) => [market.name, { ...market, lastMark: market.last ?? null, lastDepth: null }]),
    );
    this.#report = report;
  }

  /** The mark that a line makes, or null: it makes none, or it was reported. */
  decode(line: string, file: string, number: number): MarksCommand | null {
    this.counts.lines++;
    if (line.length === 0) return null;
    const event = decodeLine(line);
    switch (event.type) {
      case 'bookTicker':
        return this.#mark(event, file, number);
      case 'depth':
        this.#depth(event, file, number);
        return null;
      case 'trade':
        this.counts.trades++;
        return null;
      case 'snapshot':
        this.counts.snapshots++;
        return null;
      default:
        this.#quarantine(
          event.code,
          file,
          number,
          `${event.what}. The line is left out`,
          event.field,
          event.value,
        );
        return null;
    }
  }

  #mark(event: BookTicker, file: string, number: number): MarksCommand | null {
    const stream = this.#streamOf(event.market, file, number);
    if (stream === null) return null;
    const { bid, ask, updateId } = event;
    // Number() is good enough to tell signs and order: decimals that differ have doubles that do not cross.
    const price = Number(bid) > 0 && Number(ask) >= Number(bid) ? midFromTexts(bid, ask, stream.grid) : null;
    if (price === null) {
      this.#explain(event, stream.grid, file, number);
      return null;
    }
    const timeUs = (event.eventMs === null ? event.localUs : event.eventMs * 1000) as TimeUs;
    const previous = stream.lastMark;
    if (previous === null || updateId > previous) stream.lastMark = updateId;
    this.counts.marks++;
    return {
      kind: Kind.marks,
      timeUs,
      origin: { source: stream.source, position: updateId, previous },
      marks: [{ market: stream.market, price }],
      text: `mid of ${bid} and ${ask}`,
    };
  }

  #explain(event: BookTicker, grid: Grid, file: string, number: number): void {
    for (const [field, text] of [
      ['b', event.bid],
      ['a', event.ask],
    ] as const) {
      if (midFromTexts(text, text, grid) === null) {
        this.#quarantine(
          'CAPTURE_PRICE',
          file,
          number,
          `${event.market} price ${JSON.stringify(text)} ${markProblem(text, grid)}. The line is left out and the mark before it stands`,
          field,
          text,
        );
        return;
      }
    }
    const value = `${event.bid} > ${event.ask}`;
    this.#quarantine(
      'CAPTURE_CROSSED',
      file,
      number,
      `${event.market} bid ${event.bid} is above ask ${event.ask}. The line is left out and the mark before it stands`,
      'b',
      value,
    );
  }

  #depth({ market, first, last, previous }: Depth, file: string, number: number): void {
    const stream = this.#streamOf(market, file, number);
    if (stream === null) return;
    this.counts.depth++;
    const before = stream.lastDepth;
    if (before !== null && last <= before) return; // A repeated update: nothing is missing.
    stream.lastDepth = last;
    if (before === null) return;
    const wanted = previous === null ? before + 1 : before;
    const found = previous ?? first;
    if (found === wanted || (previous === null && first <= wanted)) return;
    this.counts.depthGaps++;
    this.#report(
      problemAt(
        'CAPTURE_DEPTH_GAP',
        file,
        number,
        `${market} depth updates are missing: ${previous === null ? 'U' : 'pu'} should be ${wanted} and is ${found}. The stream goes on; marks of that moment may be missing as well`,
        previous === null ? 'U' : 'pu',
        found,
      ),
    );
  }

  #streamOf(market: string, file: string, number: number): Stream | null {
    const stream = this.#streams.get(market);
    if (stream !== undefined) return stream;
    this.counts.quarantined++;
    if (!this.#unknown.has(market)) {
      this.#unknown.add(market);
      const known = [...this.#streams.keys()].join(', ');
      this.#report(
        problemAt(
          'CAPTURE_MARKET_UNKNOWN',
          file,
          number,
          `market ${JSON.stringify(market)} is not one of ${known}. Its lines are left out and this is said once; define the market to use them`,
          's',
          market,
        ),
      );
    }
    return null;
  }

  #quarantine(
    code: string,
    file: string,
    number: number,
    what: string,
    field: string | null,
    value: unknown,
  ): void {
    this.counts.quarantined++;
    this.#report(problemAt(code, file, number, what, field, value));
  }
}

/** The marks of one file, in batches. Throws an `OperationalError` where the file cannot be read to its end. */
export async function* readCapture(
  path: string,
  decoder: CaptureDecoder,
): AsyncGenerator<readonly MarksCommand[], void, undefined> {
  for await (const { first, lines } of readLines(path)) {
    const commands: MarksCommand[] = [];
    for (let index = 0; index < lines.length; index++) {
      const command = decoder.decode(lines[index], path, first + index);
      if (command !== null) commands.push(command);
    }
    yield commands;
  }
}
