/**
 * A recording as the driver of a feed: hands in, line by line, what a live connection would.
 *
 *   <time of receipt, ns> <JSON>     a frame of a stream, or the answer to the request for a depth snapshot. That has no
 *                                    envelope and no symbol; it belongs to the symbol that its file is about
 *
 * Files of one venue share a driver and may be interleaved, each line with the name of its file. What the feed says of a
 * frame carries file and line here, instead of its number on a connection.
 */
import type { TimeUs } from '../../../../core/num/units.ts';
import { readLines } from '../../lines.ts';
import { problemAt, type Problem } from '../../problem.ts';
import type { FeedSink, VenueFeed } from '../feed.ts';

const SNAPSHOT = '{"lastUpdateId":';
const STREAM = /^\{"stream":"([a-z0-9_]+)@/;
const ZERO = 48;
const TIME_DIGITS_MIN = 16;
const TIME_DIGITS_MAX = 19;
/** Behind the microseconds. */
const NANOSECOND_DIGITS = 3;

/** The streams of a file so far. */
interface CaptureFile {
  readonly name: string;
  /** `{"stream":"btcusdt@`, as almost all of its lines begin; empty before the first. */
  beginning: string;
  symbol: string;
  isMixed: boolean;
}

export class CaptureDriver<Feed extends VenueFeed> {
  readonly feed: Feed;
  readonly #sink: FeedSink;
  readonly #files = new Map<string, CaptureFile>();
  #file: CaptureFile = { name: '', beginning: '', symbol: '', isMixed: false };
  #line = 0;
  #isOpen = false;

  /** `make` makes the feed with the sink it is to speak to. */
  constructor(make: (sink: FeedSink) => Feed, sink: FeedSink) {
    this.#sink = sink;
    this.feed = make({
      event: sink.event.bind(sink),
      problem: (problem, frame) => sink.problem(this.#placed(problem), frame),
    });
  }

  /** Hands in one line; `number` is from 1. */
  line(text: string, file: string, number: number): void {
    if (text.length === 0) return;
    this.#line = number;
    if (file !== this.#file.name) this.#file = this.#fileOf(file);
    const receivedUs = timeOfLine(text);
    if (receivedUs === null) {
      this.#sink.problem(
        problemAt(
          'CAPTURE_LINE',
          file,
          number,
          'a line is `<local time in ns> <JSON>`. The line is left out',
          null,
          text,
        ),
        text,
      );
      return;
    }
    const { feed } = this;
    if (!this.#isOpen) {
      this.#isOpen = true;
      for (const { name } of feed.connections) feed.opened(name, receivedUs);
    }
    const frame = text.slice(text.indexOf(' ') + 1);
    if (frame.startsWith(SNAPSHOT)) this.#snapshot(frame, receivedUs);
    else {
      if (!frame.startsWith(this.#file.beginning) || this.#file.beginning === '') this.#notice(frame);
      feed.receive(feed.connections[0].name, frame, receivedUs);
    }
  }

  /** The recording is over, and so is what was known of its books. */
  close(now: TimeUs): void {
    for (const { name } of this.feed.connections) this.feed.closed(name, now);
    this.#isOpen = false;
  }

  #snapshot(body: string, receivedUs: TimeUs): void {
    const { name, symbol, isMixed } = this.#file;
    if (!isMixed && symbol !== '') return this.feed.answer(`depth:${symbol}`, body, receivedUs);
    const what = `nobody can tell whose depth snapshot this is: the file holds ${isMixed ? 'streams of several symbols' : 'no stream before it'}. It is left out; record one symbol a file`;
    this.#sink.problem(problemAt('CAPTURE_SNAPSHOT', name, this.#line, what), body);
  }

  #notice(frame: string): void {
    const match = STREAM.exec(frame);
    if (match === null) return;
    this.#file.isMixed ||= this.#file.symbol !== '';
    this.#file.beginning = match[0];
    this.#file.symbol = match[1].toUpperCase();
  }

  #fileOf(name: string): CaptureFile {
    let file = this.#files.get(name);
    if (file === undefined) {
      file = { name, beginning: '', symbol: '', isMixed: false };
      this.#files.set(name, file);
    }
    return file;
  }

  #placed(problem: Problem): Problem {
    const message = problem.message.slice(`${problem.file}:${problem.line}: `.length);
    const { name: file } = this.#file;
    return { ...problem, file, line: this.#line, message: `${file}:${this.#line}: ${message}` };
  }
}

/** The time at the beginning of a line, in whole microseconds; null: there is none. */
export function timeOfLine(line: string): TimeUs | null {
  const digits = line.indexOf(' ');
  if (digits < TIME_DIGITS_MIN || digits > TIME_DIGITS_MAX) return null;
  let value = 0;
  for (let at = 0; at < digits; at++) {
    const digit = line.charCodeAt(at) - ZERO;
    if (digit < 0 || digit > 9) return null;
    if (at < digits - NANOSECOND_DIGITS) value = value * 10 + digit;
  }
  return value as TimeUs;
}

/** One file, to its end, in batches: after each, what the driver's sink heard can be used. */
export async function* playCapture<Feed extends VenueFeed>(
  path: string,
  driver: CaptureDriver<Feed>,
): AsyncGenerator<number, void, undefined> {
  for await (const { first, lines } of readLines(path)) {
    for (let index = 0; index < lines.length; index++) driver.line(lines[index], path, first + index);
    yield lines.length;
  }
}
