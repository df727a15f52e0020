/** Prometheus metrics of the API and of what it serves. Labels are names of routes and channels, so there are only so many. */
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Status } from './contract/status.ts';

const BUCKETS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1];

export class Metrics {
  readonly registry = new Registry();
  readonly #requests = new Counter({
    name: 'plimsoll_api_requests_total',
    help: 'Requests answered, by route and status.',
    labelNames: ['route', 'status'],
    registers: [this.registry],
  });
  readonly #seconds = new Histogram({
    name: 'plimsoll_api_request_seconds',
    help: 'From a request to its answer, by route.',
    labelNames: ['route'],
    buckets: BUCKETS,
    registers: [this.registry],
  });
  readonly #gauges = new Map<string, Gauge>();

  constructor() {
    collectDefaultMetrics({ register: this.registry });
  }

  answered(route: string, status: number, seconds: number): void {
    this.#requests.inc({ route, status });
    this.#seconds.observe({ route }, seconds);
  }

  /** As Prometheus reads it, with the status as it is now; null where there is none yet. */
  async text(status: Status | null): Promise<string> {
    if (status !== null) this.#note(status);
    return this.registry.metrics();
  }

  #note(status: Status): void {
    const { engine, replica, checker, stream, journal, accounts, positions, orders } = status;
    this.#set('plimsoll_accounts', 'Accounts.', accounts);
    this.#set('plimsoll_positions', 'Open positions.', positions);
    this.#set('plimsoll_orders', 'Orders that work or wait.', orders);
    this.#set('plimsoll_engine_commands', 'Commands done by the engine.', engine.commands);
    this.#set(
      'plimsoll_engine_price_latency_p99_us',
      'A price in the engine, last second.',
      engine.priceLatencyUs.p99,
    );
    this.#set('plimsoll_replica_behind', 'Commands that the replica has not done yet.', replica.behind);
    this.#set('plimsoll_replica_lag_ms', 'Age of the state that is shown.', replica.lagMs);
    this.#set('plimsoll_checker_missed', 'Slices in which replica and engine differed.', checker.missed);
    this.#set('plimsoll_stream_clients', 'WebSocket clients.', stream.clients);
    this.#set('plimsoll_stream_subscriptions', 'Subscriptions.', stream.subscriptions);
    this.#set('plimsoll_stream_dropped', 'Clients dropped since the start.', stream.dropped);
    this.#set('plimsoll_engine_live', '1 while the engine takes commands.', status.state === 'live' ? 1 : 0);
    if (journal !== null) this.#noteJournal(journal);
    this.#set('plimsoll_stream_buffered_bytes', 'Bytes that wait in sockets.', stream.bufferedBytes);
  }

  #noteJournal(journal: NonNullable<Status['journal']>): void {
    const { sequence, acknowledged, snapshot, appendErrors, snapshotErrors, lastErrorAgeSeconds } = journal;
    this.#set('plimsoll_journal_sequence', 'Commands that were done.', sequence);
    this.#set('plimsoll_journal_acknowledged', 'Commands that are on disk.', acknowledged);
    this.#set('plimsoll_journal_snapshot', 'Sequence of the newest snapshot.', snapshot);
    this.#set(
      'plimsoll_journal_append_errors',
      'Records that could not be written or synced: after one nothing is accepted.',
      appendErrors,
    );
    this.#set('plimsoll_journal_snapshot_errors', 'Snapshots that could not be written.', snapshotErrors);
    // Without an error there is no age, and no line.
    if (lastErrorAgeSeconds !== null)
      this.#set(
        'plimsoll_journal_last_error_age_seconds',
        'Since the last error of the journal.',
        lastErrorAgeSeconds,
      );
  }

  #set(name: string, help: string, value: number): void {
    let gauge = this.#gauges.get(name);
    if (gauge === undefined) {
      gauge = new Gauge({ name, help, registers: [this.registry] });
      this.#gauges.set(name, gauge);
    }
    gauge.set(value);
  }
}
