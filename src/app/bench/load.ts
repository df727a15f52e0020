/** A seeded book into an engine, in slices that leave the event loop its turns: a million accounts take seconds. */
import type { Engine } from '../../core/engine/engine.ts';
import type { MarkTicks } from '../../core/num/units.ts';
import { Kind, type Command } from '../../core/schema/commands.ts';
import { Reason } from '../../core/schema/reasons.ts';
import type { Changes } from '../../core/watch/changes.ts';
import { generateBook, type BookShape } from '../../sim/book.ts';
import type { Popularity } from '../../sim/popularity.ts';

export interface BookChoice {
  readonly accounts: number;
  readonly markets: number;
  readonly book: BookShape;
  readonly popularity: Popularity;
  readonly seed: number;
  readonly positionsPerAccountMean?: number;
}

/** Told what is going on and how far it is, from 0 to 1. */
export type OnProgress = (what: string, share: number) => void;

const SLICE_MS = 40;
const BETWEEN_CLOCKS = 64;

export interface LoadOptions {
  readonly onProgress?: OnProgress;
  /** Sees each command before the engine does, which waits for it; the command is valid until then. */
  readonly onCommand?: (command: Command) => void | Promise<void>;
  /** Sees what each command of the book changed. */
  readonly onApplied?: (changes: Changes) => void;
  /** Answers true to give up. */
  readonly isOver?: () => boolean;
}

/** Answers where each market's mark starts. The book must be accepted to the last row; anything else is a bug. */
export async function loadBook(
  engine: Engine,
  choice: BookChoice,
  options: LoadOptions = {},
): Promise<MarkTicks[]> {
  const { onProgress, onCommand, onApplied, isOver } = options;
  const mean = choice.positionsPerAccountMean ?? 3;
  // What is reserved and not used costs address space, not memory.
  engine.book.positions.reserve(Math.ceil(choice.accounts * mean * 1.08) + 1024);
  engine.book.buckets.reserve(Math.ceil(choice.accounts * (1 + mean * 0.12)) + 1024);
  let marks: MarkTicks[] = [];
  let accounts = 0;
  let commands = 0;
  let since = performance.now();
  for (const command of generateBook(choice)) {
    const seen = onCommand?.(command);
    if (seen !== undefined) await seen;
    const { reason, refusals, changes } = engine.apply(command);
    if (reason !== Reason.accepted || refusals.length > 0)
      throw new Error(`the generated book was refused at command ${engine.sequence}`);
    onApplied?.(changes);
    if (command.kind === Kind.marks) marks = command.marks.map(({ price }) => price);
    if (command.kind === Kind.transaction) accounts++;
    if (++commands % BETWEEN_CLOCKS !== 0 || performance.now() - since < SLICE_MS) continue;
    onProgress?.('loading accounts', accounts / choice.accounts);
    await nextTurn();
    if (isOver?.() === true) return marks;
    since = performance.now();
  }
  onProgress?.('loading accounts', 1);
  return marks;
}

export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
