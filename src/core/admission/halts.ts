/** Halts that stand: hierarchical, numbered, and latched until somebody releases them. */
import { widened } from '../num/columns.ts';
import { HaltState, type HaltCause, type HaltScope } from '../schema/gate-commands.ts';
import type { Halt } from '../schema/gate-notices.ts';

export const NO_HALT = -1;
/** How bad a halt is, the worst of the oldest above all others: state * RANK less epoch; 0 where there is none. */
const RANK = 2 ** 40;

export class Halts {
  /** The epoch that was given last. */
  lastEpoch = 0;
  /** By epoch, as they were set. */
  readonly standing = new Map<number, Halt>();
  #groups = new Float64Array(16);
  #markets = new Float64Array(16);
  /** Epochs of halts of an account, or of an account in a market. */
  readonly #accounts = new Map<number, number[]>();

  get count(): number {
    return this.standing.size;
  }

  set(scope: HaltScope, state: HaltState, cause: HaltCause, by: string, why: string): Halt {
    const { group, account, market } = scope;
    const halt: Halt = { epoch: ++this.lastEpoch, state, cause, group, account, market, by, why };
    this.restore(halt);
    return halt;
  }

  restore(halt: Halt): void {
    this.standing.set(halt.epoch, halt);
    this.#rank(halt);
  }

  /** All of exactly this scope, oldest first. */
  of({ group, account, market }: HaltScope): Halt[] {
    const same = (halt: Halt): boolean =>
      halt.group === group && halt.account === account && halt.market === market;
    if (account === null) return [...this.standing.values()].filter(same);
    return (this.#accounts.get(account) ?? []).map((epoch) => this.standing.get(epoch)!).filter(same);
  }

  end(halts: readonly Halt[]): void {
    for (const { epoch } of halts) this.standing.delete(epoch);
    for (const { group, account, market } of halts) {
      if (group !== null) this.#groups[group] = 0;
      else if (account === null) this.#markets[market!] = 0;
      else this.#accounts.delete(account);
    }
    for (const { group, account, market } of halts) {
      // Others of the same group, account or market, of another scope or a later time, stand on.
      if (account !== null && this.#accounts.has(account)) continue;
      for (const halt of this.standing.values()) {
        const isBeside =
          account === null
            ? halt.account === null && halt.group === group && halt.market === market
            : halt.account === account;
        if (isBeside) this.#rank(halt);
      }
    }
  }

  isHalted(account: number): boolean {
    return this.#accounts.has(account);
  }

  ofGroup(group: number): number {
    return group < this.#groups.length ? this.#groups[group] : 0;
  }

  ofMarket(market: number): number {
    return market < this.#markets.length ? this.#markets[market] : 0;
  }

  /** Of the account in this market. */
  ofAccount(account: number, market: number): number {
    let worst = 0;
    for (const epoch of this.#accounts.get(account) ?? []) {
      const halt = this.standing.get(epoch)!;
      if (halt.market === null || halt.market === market) worst = Math.max(worst, rankOf(halt));
    }
    return worst;
  }

  #rank(halt: Halt): void {
    const { group, account, market, epoch } = halt;
    if (account !== null) {
      const epochs = this.#accounts.get(account);
      if (epochs === undefined) this.#accounts.set(account, [epoch]);
      else if (!epochs.includes(epoch)) epochs.push(epoch);
    } else if (group !== null) {
      if (group >= this.#groups.length) this.#groups = widened(this.#groups, 2 * group);
      this.#groups[group] = Math.max(this.#groups[group], rankOf(halt));
    } else {
      if (market! >= this.#markets.length) this.#markets = widened(this.#markets, 2 * market!);
      this.#markets[market!] = Math.max(this.#markets[market!], rankOf(halt));
    }
  }
}

export function stateOfRank(rank: number): HaltState {
  return Math.ceil(rank / RANK) as HaltState;
}

/** NO_HALT where there is none. */
export function epochOfRank(rank: number): number {
  return rank === 0 ? NO_HALT : Math.ceil(rank / RANK) * RANK - rank;
}

function rankOf({ state, epoch }: Halt): number {
  return state * RANK - epoch;
}
