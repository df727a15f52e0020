/** `plimsoll gate`, from open to close: definitions and limits, then lines from standard input or clients of a socket and of HTTP, then the end. */
import { Gate } from '../../core/admission/gate.ts';
import type { Address } from '../../io/gate/address.ts';
import { GateHttp } from '../../io/gate/http.ts';
import { GateServer } from '../../io/gate/server.ts';
import { readLines } from '../../io/ingest/lines.ts';
import type { Problem } from '../../io/ingest/problem.ts';
import { OperationalError } from '../../io/operational-error.ts';
import { StreamReader } from '../exchange/outbox.ts';
import { feedStdin, untilAborted, withAcknowledged } from '../runtime/standard-input.ts';
import { GateDesk, type DeskCounts } from './desk.ts';
import { DurableGate } from './durable-gate.ts';
import { GateMetrics } from './metrics.ts';
import { GateSession } from './session.ts';
import { viewsOf } from './views.ts';

export interface GateRunOptions {
  readonly data: string | null;
  /** Null: standard input. */
  readonly listen: Address | null;
  readonly http: { readonly host: string; readonly port: number } | null;
  readonly definitions: readonly string[];
  readonly limits: string | null;
  readonly snapshotEvery: number;
  /** Whether the orders of every client are cancelled when it is gone; otherwise of those that ask for it. */
  readonly cancelWhenGone: boolean;
  readonly version: string;
}

export interface GateRunHooks {
  readonly signal: AbortSignal;
  readonly problem: (problem: Problem) => void;
  readonly note: (text: string) => void;
  readonly progress: (what: string, done: number, total: number | null) => void;
  /** When all is ready and the first order may come. */
  readonly ready: (run: {
    readonly sequence: number;
    readonly snapshot: number;
    readonly records: number;
    readonly limits: number;
    readonly address: Address | null;
    readonly http: string | null;
  }) => void;
  readonly nowUs: () => number;
}

export interface GateRunResult {
  readonly counts: DeskCounts;
  readonly sequence: number;
  readonly acknowledged: number;
  readonly stateHash: string;
  readonly isInterrupted: boolean;
  readonly snapshotFailure: OperationalError | null;
}

export async function runGate(options: GateRunOptions, hooks: GateRunHooks): Promise<GateRunResult> {
  const { data, version, definitions, limits } = options;
  let server: GateServer | null = null;
  const metrics: GateMetrics = new GateMetrics(
    () => durable.gate,
    () => server?.clients ?? 0,
  );
  const { checks } = metrics;
  const durable =
    data === null
      ? DurableGate.inMemory(new Gate({ checks }))
      : await DurableGate.open(data, {
          version,
          checks,
          onProgress: (done, total) => hooks.progress('recovering', done, total),
        });
  try {
    for (const note of durable.notes) hooks.note(note);
    const failed = new AbortController();
    const fail = (error: unknown): void => failed.abort(error);
    const signal = AbortSignal.any([hooks.signal, failed.signal]);
    if (durable.journal !== null) durable.journal.onFailure = fail;
    const desk = new GateDesk(durable, { nowUs: hooks.nowUs, metrics });
    const session = new GateSession(durable, desk, hooks.problem);
    const tape = new StreamReader('<stdin>', process.stdout);
    for (const file of definitions)
      for await (const batch of readLines(file)) await session.define(batch, file, tape);
    if (limits !== null) await session.limit(limits, tape);
    await session.settle();
    const snapshots = new Snapshots(durable, desk, options.snapshotEvery, hooks.note);
    if (options.listen !== null || options.http !== null) desk.onNotices((lines) => tape.write(lines));
    if (options.listen !== null)
      server = await GateServer.open(options.listen, desk, {
        cancelWhenGone: options.cancelWhenGone,
        onRefused: (refusal) => metrics.clientRefused(refusal),
        onOrphans: (orders) => void desk.cancelOrphans(orders).catch(fail),
        onFailure: fail,
      });
    const http =
      options.http === null
        ? null
        : await GateHttp.open(
            options.http,
            desk,
            viewsOf(durable.gate, desk.registry, metrics.registry),
            fail,
          );
    const { sequence, state } = durable.gate;
    hooks.ready({
      sequence,
      ...durable.recovered,
      limits: state.limits.version,
      address: server?.address ?? null,
      http: http?.address ?? null,
    });
    if (server === null && http === null)
      await feedStdin((batch) => session.feed(batch, tape, signal), signal);
    else await untilAborted(signal);
    await server?.close();
    await http?.close();
    if (failed.signal.aborted) throw failed.signal.reason;
    await session.settle();
    await snapshots.end();
    const { gate } = durable;
    return {
      counts: desk.counts,
      sequence: gate.sequence,
      acknowledged: durable.acknowledged,
      stateHash: gate.engine.settings === null ? '' : gate.digest(),
      isInterrupted: hooks.signal.aborted,
      snapshotFailure: snapshots.failure,
    };
  } catch (error) {
    throw withAcknowledged(error, durable);
  } finally {
    // What went wrong before closing is the error worth telling.
    await durable.close().catch(() => {});
  }
}

/** The state now and then, so that the next start is quick. */
class Snapshots {
  /** Why one could not be written; the journal has everything all the same. */
  failure: OperationalError | null = null;
  readonly #durable: DurableGate;
  readonly #note: (text: string) => void;
  readonly #every: number;
  #at: number;
  #writing: Promise<void> | null = null;

  constructor(durable: DurableGate, desk: GateDesk, every: number, note: (text: string) => void) {
    this.#durable = durable;
    this.#note = note;
    this.#every = every;
    this.#at = durable.gate.sequence;
    desk.onAcknowledged(() => this.#look());
  }

  async end(): Promise<void> {
    await this.#writing;
    await this.#write();
  }

  #look(): void {
    const { sequence } = this.#durable.gate;
    if (sequence - this.#at < this.#every || this.#writing !== null) return;
    this.#at = sequence;
    this.#writing = this.#write().finally(() => (this.#writing = null));
  }

  async #write(): Promise<void> {
    try {
      await this.#durable.snapshot();
    } catch (error) {
      if (!(error instanceof OperationalError)) throw error;
      // That the journal failed is told where it is waited for.
      if (error.code !== 'SNAPSHOT_FAILED') return;
      this.failure = error;
      this.#note(error.message);
    }
  }
}
