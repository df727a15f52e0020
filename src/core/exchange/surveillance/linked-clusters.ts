/**
 * Accounts whose positions grew alike: within the window their net trading in a market came to equal sizes, to opposite ones, or to one
 * against two that make up the same. Only who trades `leastShare` of open interest or more is looked at, the largest `candidatesMax` a
 * market; threes are sought among the largest `threesMax` of them.
 *
 *   sizes a and b are alike when | |a| - |b| | <= tolerance * max(|a|, |b|)
 *
 * An alert names the whole cluster, and comes again when it has grown by half. They are sought after a command in which one of those
 * who are large enough traded: what all the others do makes no cluster.
 */
import type { AlertSink } from './alerts.ts';

export interface ClusterRules {
  readonly windowUs: number;
  readonly leastShare: number;
  readonly tolerance: number;
  readonly candidatesMax: number;
  readonly threesMax: number;
  readonly marketsMax: number;
}

export const CLUSTER_RULES: ClusterRules = {
  windowUs: 300_000_000,
  leastShare: 0.004,
  tolerance: 0.01,
  candidatesMax: 256,
  threesMax: 32,
  marketsMax: 1024,
};

interface Candidate {
  readonly account: number;
  readonly lots: number;
}

/** What happened in one market since `sinceUs`. */
interface Window {
  sinceUs: number;
  /** Net lots by account, those of open interest's least share and those on the way there. */
  readonly net: Map<number, number>;
  /** Who traded since the last `settle`. */
  readonly moved: Set<number>;
  /** By the cluster's first account: how many it had when it was told. */
  readonly told: Map<number, number>;
}

export class LinkedClusters {
  readonly #rules: ClusterRules;
  readonly #sink: AlertSink;
  readonly #windows = new Map<number, Window>();

  constructor(sink: AlertSink, rules: ClusterRules = CLUSTER_RULES) {
    this.#rules = rules;
    this.#sink = sink;
  }

  get size(): number {
    let size = 0;
    for (const { net } of this.#windows.values()) size += net.size;
    return size;
  }

  /** `lots` signed. Answers are given by `settle`, once all that belongs together was told. */
  fill(timeUs: number, market: number, account: number, lots: number): void {
    const { windowUs, marketsMax, candidatesMax } = this.#rules;
    let window = this.#windows.get(market);
    if (window === undefined || timeUs - window.sinceUs >= windowUs) {
      this.#windows.delete(market);
      if (this.#windows.size === marketsMax) this.#windows.delete(this.#windows.keys().next().value!);
      window = { sinceUs: timeUs, net: new Map(), moved: new Set(), told: new Map() };
      this.#windows.set(market, window);
    }
    window.net.set(account, (window.net.get(account) ?? 0) + lots);
    window.moved.add(account);
    // Room for as many on the way; then the smallest half goes.
    if (window.net.size > 4 * candidatesMax) {
      const kept = largest(window.net, 2 * candidatesMax);
      window.net.clear();
      for (const { account: row, lots: net } of kept) window.net.set(row, net);
    }
  }

  settle(timeUs: number, market: number, openInterest: number): void {
    const window = this.#windows.get(market);
    if (window === undefined) return;
    const { leastShare, candidatesMax } = this.#rules;
    const least = leastShare * openInterest;
    let isLarge = false;
    for (const account of window.moved)
      if (Math.abs(window.net.get(account) ?? 0) >= least) isLarge = openInterest > 0;
    window.moved.clear();
    if (!isLarge) return;
    const candidates = largest(window.net, candidatesMax, least);
    for (const cluster of this.#clusters(candidates)) {
      const accounts = cluster.map(({ account }) => account).sort((a, b) => a - b);
      const told = window.told.get(accounts[0]) ?? 0;
      if (2 * accounts.length < 3 * told) continue;
      window.told.set(accounts[0], accounts.length);
      let longLots = 0;
      let shortLots = 0;
      for (const { lots } of cluster) {
        if (lots > 0) longLots += lots;
        else shortLots -= lots;
      }
      this.#sink({
        name: 'linked-cluster',
        timeUs,
        market,
        accounts,
        figures: { longLots, shortLots, openInterestLots: openInterest },
      });
    }
  }

  #clusters(candidates: readonly Candidate[]): Candidate[][] {
    const parents = candidates.map((_, at) => at);
    const root = (at: number): number => {
      while (parents[at] !== at) at = parents[at];
      return at;
    };
    const join = (a: number, b: number): void => {
      parents[root(Math.max(a, b))] = root(Math.min(a, b));
    };
    const size = (at: number): number => Math.abs(candidates[at].lots);
    // Largest first: who is alike stands side by side.
    for (let at = 1; at < candidates.length; at++) if (this.#alike(size(at - 1), size(at))) join(at - 1, at);
    this.#joinThrees(candidates, join);
    const clusters = new Map<number, Candidate[]>();
    for (let at = 0; at < candidates.length; at++) {
      const first = root(at);
      const cluster = clusters.get(first);
      if (cluster === undefined) clusters.set(first, [candidates[at]]);
      else cluster.push(candidates[at]);
    }
    return [...clusters.values()].filter((cluster) => cluster.length > 1);
  }

  /** One against two. Sizes fall: as soon as two are too small for the one, all that come after are. */
  #joinThrees(candidates: readonly Candidate[], join: (a: number, b: number) => void): void {
    const { threesMax, tolerance } = this.#rules;
    const threes = Math.min(candidates.length, threesMax);
    for (let one = 0; one < threes; one++) {
      const isLong = candidates[one].lots > 0;
      const size = Math.abs(candidates[one].lots);
      const least = (1 - tolerance) * size;
      for (let a = one + 1; a < threes && 2 * Math.abs(candidates[a].lots) >= least; a++) {
        if (candidates[a].lots > 0 === isLong) continue;
        for (let b = a + 1; b < threes; b++) {
          const both = Math.abs(candidates[a].lots) + Math.abs(candidates[b].lots);
          if (both < least) break;
          if (candidates[b].lots > 0 === isLong || !this.#alike(size, both)) continue;
          join(one, a);
          join(one, b);
        }
      }
    }
  }

  #alike(a: number, b: number): boolean {
    return Math.abs(a - b) <= this.#rules.tolerance * Math.max(a, b);
  }
}

/** Those of `least` lots or more, the largest in absolute terms first; equal ones by account. */
function largest(net: ReadonlyMap<number, number>, count: number, least = 1): Candidate[] {
  const found: Candidate[] = [];
  for (const [account, lots] of net) if (lots !== 0 && Math.abs(lots) >= least) found.push({ account, lots });
  return found.sort((a, b) => Math.abs(b.lots) - Math.abs(a.lots) || a.account - b.account).slice(0, count);
}
