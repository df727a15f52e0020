/** What the API's thread knows of the gate: its decisions, as far as they were told, and how it stands. */
import type { GateDecision, GateLimit, GateUtilisation } from '../../../io/api/contract/gate.ts';
import type { GuardNews } from '../guard/news.ts';
import type { UsedLimit } from '../guard/usage.ts';
import { Ring } from './ring.ts';

const REMEMBERED = 5000;
const NO_LATENCY = { p50: 0, p99: 0, max: 0 };

export class GateMemory {
  readonly decisions = new Ring<GateDecision>(REMEMBERED);
  limits: readonly GateLimit[] = [];
  #news: GuardNews | null = null;
  #rates: GuardNews['rates'] = null;
  /** By scope and subject: the rows of each are told anew in turn. */
  readonly #usage = new Map<string, GuardNews['usage'][number]>();

  note(news: GuardNews): void {
    this.#news = news;
    this.#rates = news.rates ?? this.#rates;
    this.limits = news.limits ?? this.limits;
    for (const decision of news.decisions) this.decisions.add(decision);
    for (const usage of news.usage) this.#usage.set(`${usage.scope}:${usage.subject}`, usage);
  }

  /** Rows of those that `isWanted`, the fullest first. */
  used(isWanted: (subject: GuardNews['usage'][number]) => boolean): UsedLimit[] {
    return [...this.#usage.values()]
      .flatMap((subject) => (isWanted(subject) ? subject.limits : []))
      .sort((a, b) => Number(b.usedPercent) - Number(a.usedPercent));
  }

  /** All but for the limits, which are the caller's choice. */
  utilisation(limits: UsedLimit[]): GateUtilisation {
    const { approved, rejected, rejectsByReason } = this.#news?.counts ?? {
      approved: 0,
      rejected: 0,
      rejectsByReason: [],
    };
    return {
      decisionsPerSecond: this.#rates?.decisionsPerSecond ?? 0,
      approved,
      rejected,
      latencyUs: this.#rates?.latencyUs ?? NO_LATENCY,
      rejectsByReason: [...rejectsByReason],
      limits,
    };
  }
}
