/** What a guard decided, on its way to who reads: counts of all, and of decisions themselves refusals before what was accepted, as far as there is room. */
import type { Gate } from '../../../core/admission/gate.ts';
import type { Exchange } from '../../../core/exchange/exchange.ts';
import { lotsToText, priceToText } from '../../../core/num/grid.ts';
import type { MarketRow } from '../../../core/num/units.ts';
import { LimitUnit } from '../../../core/schema/gate-limits.ts';
import { Reason, REASON_NAMES } from '../../../core/schema/reasons.ts';
import { SIDE_NAMES, type Side } from '../../../core/schema/side.ts';
import type { AmendCommand, PlaceCommand } from '../../../core/schema/venue-commands.ts';
import type { GateDecision, GateReason } from '../../../io/api/contract/gate.ts';
import type { Registry } from '../../../io/ingest/file/registry.ts';
import { unitOfFinding } from '../../../io/publish/gate-lines.ts';
import { Latencies } from '../../bench/latencies.ts';
import { timeText } from '../../explain/units.ts';
import type { LatencyNumbers } from '../messages.ts';
import { decimalOf } from './amounts.ts';

/** Decisions told at a time. */
const REFUSED_MAX = 50;
const ACCEPTED_MAX = 5;

export interface DecisionCounts {
  readonly approved: number;
  readonly rejected: number;
  readonly rejectsByReason: readonly { readonly check: string; readonly count: number }[];
}

/** Since the ones before. */
export interface DecisionRates {
  readonly decisionsPerSecond: number;
  readonly latencyUs: LatencyNumbers;
}

export class Decisions {
  readonly #gate: Gate;
  readonly #exchange: Exchange;
  readonly #registry: Registry;
  readonly #latencies = new Latencies();
  /** By reason; accepted ones under `accepted`. */
  readonly #counts = new Float64Array(256);
  #refused: GateDecision[] = [];
  #accepted: GateDecision[] = [];
  #count = 0;
  #ratesAt = performance.now();

  constructor(gate: Gate, exchange: Exchange, registry: Registry) {
    this.#gate = gate;
    this.#exchange = exchange;
    this.#registry = registry;
  }

  /** The gate has just decided this. */
  note(command: PlaceCommand | AmendCommand, market: MarketRow, side: Side, ms: number): void {
    const { reason } = this.#gate.decision;
    this.#count++;
    this.#counts[reason]++;
    this.#latencies.add(ms);
    const isAccepted = reason === Reason.accepted;
    const told = isAccepted ? this.#accepted : this.#refused;
    if (told.length < (isAccepted ? ACCEPTED_MAX : REFUSED_MAX))
      told.push(this.#describe(command, market, side, ms));
  }

  /** Those that there was room for, oldest first; begins anew. */
  take(): GateDecision[] {
    const told = [...this.#refused, ...this.#accepted].sort((a, b) => a.id - b.id);
    this.#refused = [];
    this.#accepted = [];
    return told;
  }

  counts(): DecisionCounts {
    const byReason = [...this.#counts.entries()].filter(
      ([reason, count]) => count > 0 && reason !== Reason.accepted,
    );
    return {
      approved: this.#counts[Reason.accepted],
      rejected: byReason.reduce((sum, [, count]) => sum + count, 0),
      rejectsByReason: byReason.map(([reason, count]) => ({ check: REASON_NAMES[reason], count })),
    };
  }

  /** Of the time since they were taken last. */
  takeRates(): DecisionRates {
    const now = performance.now();
    const { count } = this.#latencies;
    const { p50, p99, max } = this.#latencies.report();
    const seconds = (now - this.#ratesAt) / 1000;
    this.#latencies.clear();
    this.#ratesAt = now;
    return {
      decisionsPerSecond: Math.round((10 * count) / seconds) / 10,
      latencyUs: { p50, p99, max },
    };
  }

  /** What the last was refused for, for who asked. */
  reasons(market: MarketRow): GateReason[] {
    const { findings, reason } = this.#gate.decision;
    if (findings.count === 0)
      return reason === Reason.accepted
        ? []
        : [{ check: REASON_NAMES[reason], kind: 'hard', limit: null, value: null }];
    const grid = this.#registry.gridAt(market);
    return Array.from({ length: findings.count }, (_, at) => {
      const unit = unitOfFinding(findings, at);
      const amount = (value: number): string | null =>
        unit === LimitUnit.flag ? null : decimalOf(unit, value, grid, this.#registry);
      return {
        check: REASON_NAMES[findings.reason[at]],
        kind: findings.isHard[at] === 1 ? 'hard' : 'soft',
        limit: amount(findings.limit[at]),
        value: amount(findings.value[at]),
      };
    });
  }

  #describe(
    { account, size, price }: PlaceCommand | AmendCommand,
    market: MarketRow,
    side: Side,
    ms: number,
  ): GateDecision {
    const grid = this.#registry.gridAt(market);
    return {
      id: this.#count,
      sequence: this.#exchange.sequence,
      time: timeText(this.#exchange.timeUs),
      account: this.#registry.accountAt(account),
      market: this.#registry.marketAt(market),
      side: SIDE_NAMES[side],
      size: lotsToText(size, grid),
      price: price === 0 ? null : priceToText(price, grid),
      verdict: this.#gate.decision.isAccepted ? 'approved' : 'rejected',
      reasons: this.reasons(market),
      latencyUs: Math.round(ms * 1e5) / 100,
    };
  }
}
