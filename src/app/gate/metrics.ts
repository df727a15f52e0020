/**
 * What a gate measures of itself, for Prometheus: seconds, counters, and labels that are bounded (checks, reasons, causes; never accounts). Counting
 * costs the gate a number in an array; the text is made when somebody asks for it.
 */
import { Registry, type MetricObject } from 'prom-client';
import type { Gate } from '../../core/admission/gate.ts';
import type { Checks } from '../../core/admission/order-desk.ts';
import type { Candidate } from '../../core/gate/candidate.ts';
import { findAll, GATE_CHECKS } from '../../core/gate/checks.ts';
import type { Findings } from '../../core/gate/findings.ts';
import { HALT_CAUSE_NAMES } from '../../core/schema/gate-commands.ts';
import { NOTICE_KIND_NAMES, NoticeKind } from '../../core/schema/gate-notices.ts';
import { Reason, REASON_NAMES } from '../../core/schema/reasons.ts';

/** One order in so many is timed check by check: a clock costs more than a check. */
const TIMED_EVERY = 256;
const CHECK_BUCKETS = [2e-8, 5e-8, 1e-7, 2e-7, 5e-7, 1e-6, 2e-6, 5e-6, 1e-5, 1e-4, 1e-3];
const DURABLE_BUCKETS = [5e-5, 1e-4, 2e-4, 5e-4, 1e-3, 2e-3, 5e-3, 1e-2, 2e-2, 5e-2, 0.1, 0.5, 1];

export class GateMetrics {
  readonly registry = new Registry();
  readonly #checks = GATE_CHECKS.map(() => new Buckets(CHECK_BUCKETS));
  readonly #durable = new Buckets(DURABLE_BUCKETS);
  readonly #reasons = new Float64Array(256);
  readonly #halts = new Float64Array(HALT_CAUSE_NAMES.length);
  readonly #notices = new Float64Array(NOTICE_KIND_NAMES.length);
  readonly #refusals = new Map<string, number>();
  #accepted = 0;
  #refused = 0;
  #commands = 0;
  #turn = 0;

  /** `gate` and `clients` are asked when somebody reads. */
  constructor(gate: () => Gate, clients: () => number) {
    this.#histogram('plimsoll_gate_check_seconds', `Time of one check, of one order in ${TIMED_EVERY}.`, () =>
      GATE_CHECKS.map(({ reason }, at) => ({
        label: { check: REASON_NAMES[reason] },
        buckets: this.#checks[at],
      })),
    );
    this.#histogram(
      'plimsoll_gate_durable_seconds',
      'Time from the arrival of a command to its durable answer.',
      () => [{ label: {}, buckets: this.#durable }],
    );
    this.#counter('plimsoll_gate_commands_total', 'Commands applied.', () => [[{}, this.#commands]]);
    this.#counter('plimsoll_gate_decisions_total', 'Orders decided.', () => [
      [{ result: 'accepted' }, this.#accepted],
      [{ result: 'refused' }, this.#refused],
    ]);
    this.#counter('plimsoll_gate_rejects_total', 'Orders refused, by their first reason.', () =>
      REASON_NAMES.flatMap((reason, at) => (this.#reasons[at] > 0 ? [[{ reason }, this.#reasons[at]]] : [])),
    );
    this.#counter('plimsoll_gate_halts_total', 'Halts set, by cause.', () =>
      HALT_CAUSE_NAMES.map((cause, at) => [{ cause }, this.#halts[at]]),
    );
    this.#counter('plimsoll_gate_notices_total', 'Notices, alarms among them.', () =>
      NOTICE_KIND_NAMES.map((notice, at) => [{ notice }, this.#notices[at]]),
    );
    this.#counter('plimsoll_gate_clients_refused_total', 'Connections that were cut off, by refusal.', () =>
      [...this.#refusals].map(([refusal, count]) => [{ refusal }, count]),
    );
    const gauges: [name: string, help: string, value: () => number][] = [
      ['plimsoll_gate_sequence', 'Last command.', () => gate().sequence],
      ['plimsoll_gate_halts', 'Halts that stand.', () => gate().state.halts.count],
      ['plimsoll_gate_working_orders', 'Orders that reserve.', () => gate().state.reservations.orders.count],
      [
        'plimsoll_gate_limits_version',
        'Version of the limits in force.',
        () => gate().state.limits.active?.version ?? 0,
      ],
      ['plimsoll_gate_clients', 'Clients of the socket.', clients],
    ];
    for (const [name, help, value] of gauges)
      this.#register(name, help, 'gauge', () => [{ labels: {}, value: value() }]);
  }

  /** The checks of a gate that measures them; they say what `findAll` says. */
  readonly checks: Checks = (candidate, findings) => {
    if (++this.#turn % TIMED_EVERY !== 0) findAll(candidate, findings);
    else this.#findTimed(candidate, findings);
  };

  count(isDecided: boolean, reason: Reason, gate: Gate): void {
    this.#commands++;
    if (isDecided) {
      if (reason === Reason.accepted) this.#accepted++;
      else {
        this.#refused++;
        this.#reasons[reason]++;
      }
    }
    for (const notice of gate.notices) {
      this.#notices[notice.kind]++;
      if (notice.kind === NoticeKind.halted) this.#halts[notice.cause]++;
    }
  }

  durable(ms: number): void {
    this.#durable.add(ms / 1000);
  }

  clientRefused(refusal: string): void {
    this.#refusals.set(refusal, (this.#refusals.get(refusal) ?? 0) + 1);
  }

  #findTimed(candidate: Candidate, findings: Findings): void {
    findings.clear();
    for (let at = 0; at < GATE_CHECKS.length; at++) {
      if (candidate.isReducing && !GATE_CHECKS[at].holdsReducing) continue;
      const startMs = performance.now();
      GATE_CHECKS[at].check(candidate, findings);
      this.#checks[at].add((performance.now() - startMs) / 1000);
    }
  }

  #counter(name: string, help: string, values: () => (readonly [Labels, number])[]): void {
    this.#register(name, help, 'counter', () => values().map(([labels, value]) => ({ labels, value })));
  }

  #histogram(name: string, help: string, series: () => { label: Labels; buckets: Buckets }[]): void {
    this.#register(name, help, 'histogram', () =>
      series().flatMap(({ label, buckets }) => buckets.values(name, label)),
    );
  }

  /** A metric whose values are made when it is read. */
  #register(
    name: string,
    help: string,
    type: 'counter' | 'gauge' | 'histogram',
    values: () => Value[],
  ): void {
    const get = (): Promise<MetricObject> =>
      Promise.resolve({ name, help, type, aggregator: 'sum', values: values() } as unknown as MetricObject);
    this.registry.registerMetric({ name, get, reset: () => {} } as never);
  }
}

type Labels = Readonly<Record<string, string | number>>;

interface Value {
  readonly labels: Labels;
  readonly value: number;
  readonly metricName?: string;
}

/** A histogram of fixed bounds. */
class Buckets {
  readonly #bounds: readonly number[];
  readonly #counts: Float64Array;
  #count = 0;
  #sum = 0;

  constructor(bounds: readonly number[]) {
    this.#bounds = bounds;
    this.#counts = new Float64Array(bounds.length);
  }

  add(seconds: number): void {
    this.#count++;
    this.#sum += seconds;
    const bounds = this.#bounds;
    let at = 0;
    while (at < bounds.length && seconds > bounds[at]) at++;
    if (at < bounds.length) this.#counts[at]++;
  }

  values(name: string, labels: Labels): Value[] {
    let below = 0;
    const values: Value[] = this.#bounds.map((le, at) => {
      below += this.#counts[at];
      return { labels: { ...labels, le }, value: below, metricName: `${name}_bucket` };
    });
    return [
      ...values,
      { labels: { ...labels, le: '+Inf' }, value: this.#count, metricName: `${name}_bucket` },
      { labels, value: this.#sum, metricName: `${name}_sum` },
      { labels, value: this.#count, metricName: `${name}_count` },
    ];
  }
}
