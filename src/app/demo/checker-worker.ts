/**
 * The checker's thread. It draws the same book from the same seed by itself, follows what the engine's thread streams,
 * and checks the prices it can afford; all of it in turns of a few milliseconds, so that the ring never waits for a check.
 */
import { isMainThread, parentPort, workerData, type MessagePort } from 'node:worker_threads';
import { generateBook } from '../../sim/book.ts';
import type { BookChoice } from '../bench/load.ts';
import { CheckedBook } from './checked-book.ts';
import { PriceChecker, type Counts, type Difference, type ReportedState } from './price-checker.ts';
import { PriceRecord, RingReader } from './price-ring.ts';

export interface CheckerData {
  readonly choice: BookChoice;
  readonly ring: SharedArrayBuffer;
  /** For tests: the change of this number, from 1, is lost on the way. 0: none. */
  readonly dropChange: number;
}

/** To the checker. The first resync is the opening book. */
export type ToChecker =
  | { readonly kind: 'state'; readonly id: number; readonly state: ReportedState }
  | { readonly kind: 'stop' };

/** From the checker. `done` after `stop`: everything that was streamed is noted, and the check under way came to its end. */
export type FromChecker =
  | { readonly kind: 'loaded' }
  | { readonly kind: 'counts'; readonly counts: Counts }
  | { readonly kind: 'difference'; readonly difference: Difference }
  | { readonly kind: 'done'; readonly counts: Counts };

const HEAR_MS = 8;
const CHECK_MS = 12;
const POLL_MS = 2;
const TELL_EVERY_MS = 100;
const RECORDS_BETWEEN_CLOCKS = 64;

export function runChecker(port: MessagePort, { choice, ring, dropChange }: CheckerData): void {
  const book = new CheckedBook();
  for (const command of generateBook(choice)) book.load(command);
  book.finish();
  const checker = new PriceChecker(book);
  const reader = new RingReader(ring);
  const record = new PriceRecord();
  const states = new Map<number, ReportedState>();
  const post = (message: FromChecker): void => port.postMessage(message);
  checker.onDifference = (difference) => post({ kind: 'difference', difference });
  let isStopping = false;
  let isOpened = false;
  let changes = 0;
  let toldAt = 0;

  const drop = (): void => {
    if (dropChange === 0) return;
    const place = dropChange - changes - 1;
    changes += record.changeCount;
    if (place < 0 || place >= record.changeCount) return;
    for (const column of [record.account, record.place, record.from, record.to])
      column.copyWithin(place, place + 1, record.changeCount);
    record.changeCount--;
  };

  /** Notes the next thing that came. False where there is none, or a state is still on its way. */
  const next = (): boolean => {
    if (reader.read(record)) {
      drop();
      checker.price(record);
      return true;
    }
    const id = reader.peekResync();
    const state = id === null ? undefined : states.get(id);
    if (id === null || state === undefined) return false;
    states.delete(id);
    reader.passResync();
    if (isOpened) checker.resync(state);
    else checker.open(state);
    isOpened = true;
    return true;
  };

  const turn = (): void => {
    const start = performance.now();
    // First it hears what there is, then it checks; where a check ends early, the next price begins another.
    let isMore = true;
    for (let noted = 1; isMore; noted++) {
      isMore = next();
      if (noted % RECORDS_BETWEEN_CLOCKS === 0 && performance.now() > start + HEAR_MS) break;
    }
    const end = performance.now() + CHECK_MS;
    const isTime = (): boolean => performance.now() > end;
    let isIdle = checker.work(isTime);
    while (isIdle && !isTime() && next()) isIdle = checker.work(isTime);
    const isDone = isIdle && reader.isEmpty();
    if (isStopping && isDone) {
      post({ kind: 'done', counts: checker.counts });
      port.close();
      return;
    }
    if (start - toldAt >= TELL_EVERY_MS) {
      toldAt = start;
      post({ kind: 'counts', counts: checker.counts });
    }
    if (isDone) setTimeout(turn, POLL_MS);
    else setImmediate(turn);
  };

  port.on('message', (message: ToChecker) => {
    if (message.kind === 'state') states.set(message.id, message.state);
    else isStopping = true;
  });
  post({ kind: 'loaded' });
  turn();
}

if (!isMainThread && parentPort !== null) runChecker(parentPort, workerData as CheckerData);
