/** What the checks found of one order, in their order: columns that are reused from order to order. */
import { mulDivCeil } from '../num/exact.ts';
import type { Limit } from '../schema/gate-limits.ts';
import type { Reason } from '../schema/reasons.ts';
import { LIMIT_NONE } from './candidate.ts';

/** Whose limit it is, where it is not the account's: the row of a group, or the epoch of a halt. */
export const SCOPE_ACCOUNT = -1;
/** No limit was there to be held against. */
export const NO_NUMBER = NaN;
/** A rule that has no `Limit`: its numbers are money (initial_margin) or lots (short_banned, locate_missing, parent_exceeded). */
export const NO_LIMIT = 255;
/** Shares are told in these. */
const MILLION = 1_000_000;
/** More than what the products and quotients of three doubles are off by. */
const NEARLY = 1 - 1e-12;

/** More than all checks over all groups can find. */
const ROOM = 256;

export class Findings {
  count = 0;
  hardCount = 0;
  readonly reason = new Uint8Array(ROOM);
  readonly isHard = new Uint8Array(ROOM);
  /** Which limit (`Limit`), or NO_LIMIT. */
  readonly which = new Uint8Array(ROOM);
  /** What it allowed, and what would be, in its units; of a share of nothing Infinity. */
  readonly limit = new Float64Array(ROOM);
  readonly value = new Float64Array(ROOM);
  readonly scope = new Int32Array(ROOM);

  clear(): void {
    this.count = 0;
    this.hardCount = 0;
  }

  refuse(
    reason: Reason,
    which = NO_LIMIT,
    limit = NO_NUMBER,
    value = NO_NUMBER,
    scope = SCOPE_ACCOUNT,
  ): void {
    this.#add(reason, 1, which, limit, value, scope);
    this.hardCount++;
  }

  warn(reason: Reason, which: number, limit: number, value: number, scope = SCOPE_ACCOUNT): void {
    this.#add(reason, 0, which, limit, value, scope);
  }

  /** `value` may be up to `hard`; above `soft` it is worth a warning. Limits that are not set are NaN, and compare as nothing. */
  atMost(
    reason: Reason,
    which: Limit,
    value: number,
    hard: number,
    soft: number,
    scope = SCOPE_ACCOUNT,
  ): void {
    if (value > hard) this.refuse(reason, which, hard, value, scope);
    else if (value > soft) this.warn(reason, which, soft, value, scope);
  }

  /** The same from below. A least value that is none on purpose refuses nothing. */
  atLeast(reason: Reason, which: Limit, value: number, hard: number, soft: number): void {
    if (value < hard && hard !== LIMIT_NONE) this.refuse(reason, which, hard, value);
    else if (value < soft && soft !== LIMIT_NONE) this.warn(reason, which, soft, value);
  }

  /**
   * `part` of `whole` in ppm, rounded up, as `atMost`; both >= 0. Exact: the quotient in doubles is only used where it is clear of the limits. Of
   * nothing, anything is without end.
   */
  shareAtMost(reason: Reason, which: Limit, part: number, whole: number, hard: number, soft: number): void {
    if (part === 0) return;
    const about = (part / whole) * MILLION;
    const lower = soft < hard ? soft : hard;
    if (about < lower * NEARLY || Number.isNaN(lower)) return;
    const exact = Number.isSafeInteger(part) && whole > 0 ? mulDivCeil(part, MILLION, whole) : null;
    // Past 2^53 the quotient of doubles is as good as what it is made of.
    const share = exact ?? (whole > 0 ? Math.ceil(about) : Infinity);
    this.atMost(reason, which, share, hard, soft);
  }

  #add(reason: Reason, isHard: number, which: number, limit: number, value: number, scope: number): void {
    const at = this.count++;
    this.reason[at] = reason;
    this.isHard[at] = isHard;
    this.which[at] = which;
    this.limit[at] = limit;
    this.value[at] = value;
    this.scope[at] = scope;
  }
}
