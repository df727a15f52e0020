/** `plimsoll exchange`, from open to close: definitions, then lines from standard input or from clients, then the end. */
import type { Exchange } from '../../core/exchange/exchange.ts';
import { HOUSE_NAMES } from '../../core/schema/venue-commands.ts';
import { readLines } from '../../io/ingest/lines.ts';
import type { Problem } from '../../io/ingest/problem.ts';
import type { OperationalError } from '../../io/operational-error.ts';
import { feedStdin, untilAborted, withAcknowledged } from '../runtime/standard-input.ts';
import { DurableExchange } from './durable-exchange.ts';
import { Listener } from './listener.ts';
import { StreamReader } from './outbox.ts';
import { Session, type SessionCounts } from './session.ts';
import { UnheardLines } from './unheard-lines.ts';

export interface RunOptions {
  readonly data: string | null;
  /** Path of a Unix socket; null: standard input. */
  readonly listen: string | null;
  readonly marketFiles: readonly string[];
  readonly snapshotEvery: number;
  /** Whether the watchers of conduct look on. */
  readonly watched: boolean;
  readonly version: string;
}

export interface RunHooks {
  readonly signal: AbortSignal;
  readonly problem: (problem: Problem) => void;
  readonly note: (text: string) => void;
  readonly progress: (what: string, done: number, total: number | null) => void;
  /** When all is ready and the first line may come. */
  readonly ready: (run: {
    readonly sequence: number;
    readonly snapshot: number;
    readonly records: number;
  }) => void;
  readonly nowUs: () => number;
}

export interface RunResult {
  readonly counts: SessionCounts;
  readonly sequence: number;
  readonly acknowledged: number;
  readonly stateHash: string;
  readonly isInterrupted: boolean;
  readonly snapshotFailure: OperationalError | null;
}

export async function runExchange(options: RunOptions, hooks: RunHooks): Promise<RunResult> {
  const { data, listen, marketFiles, snapshotEvery, watched, version } = options;
  const durable =
    data === null
      ? DurableExchange.inMemory(watched)
      : await DurableExchange.open(data, {
          version,
          watched,
          onProgress: (done, total) => hooks.progress('recovering', done, total),
        });
  try {
    for (const note of durable.notes) hooks.note(note);
    const exempt = exemptNote(durable.exchange);
    if (exempt !== null) hooks.note(exempt);
    const { watchers } = durable;
    if (watchers !== null && watchers.since > 1)
      hooks.note(
        `the watchers of conduct have seen what came from sequence ${watchers.since} on, after the snapshot`,
      );
    const failed = new AbortController();
    const signal = AbortSignal.any([hooks.signal, failed.signal]);
    if (durable.journal !== null) durable.journal.onFailure = (failure) => failed.abort(failure);
    const tape = new StreamReader('<stdin>', process.stdout);
    const unheard = data === null ? {} : { unheard: new UnheardLines(data, hooks.note) };
    const session = new Session(durable, tape, snapshotEvery, { ...hooks, ...unheard });
    for (const file of marketFiles)
      for await (const batch of readLines(file)) await session.define(batch, file);
    await session.settle();
    const listener =
      listen === null ? null : await Listener.open(listen, session, signal, (error) => failed.abort(error));
    hooks.ready({ sequence: durable.exchange.sequence, ...durable.recovered });
    if (listener === null) await feedStdin((batch) => session.feed(batch, tape, signal), signal);
    else {
      await untilAborted(signal);
      await listener.close();
    }
    if (failed.signal.aborted) throw failed.signal.reason;
    await session.finish();
    const { exchange } = durable;
    return {
      counts: session.counts,
      sequence: exchange.sequence,
      acknowledged: durable.acknowledged,
      stateHash: exchange.engine.settings === null ? '' : exchange.digest(),
      isInterrupted: hooks.signal.aborted,
      snapshotFailure: session.snapshotFailure,
    };
  } catch (error) {
    throw withAcknowledged(error, durable);
  } finally {
    // What went wrong before closing is the error worth telling.
    await durable.close().catch(() => {});
  }
}

/** So many names are told. */
const EXEMPT_SHOWN = 20;

/** Whoever starts an exchange is told who in it is never liquidated; null: only the house. */
function exemptNote({ venue, engine }: Exchange): string | null {
  const { accounts } = engine.book;
  const names: string[] = [];
  for (let row = HOUSE_NAMES.length; row < accounts.count; row++)
    if (venue.members.isExempt(row)) names.push(accounts.at(row));
  if (names.length === 0) return null;
  const more = names.length > EXEMPT_SHOWN ? ` and ${names.length - EXEMPT_SHOWN} more` : '';
  const who = names.length === 1 ? 'an account is' : `${names.length} accounts are`;
  return `${who} exempt from liquidation: ${names.slice(0, EXEMPT_SHOWN).join(', ')}${more}. explain account says by whom and why`;
}
