/** What the checks found of one order, in their order: columns that are reused from order to order. */
import type { Reason } from '../schema/reasons.ts';

/** Whose limit it is, where it is not the account's: the row of a group, or of a halt. */
export const SCOPE_ACCOUNT = -1;
/** No limit was there to be held against. */
export const NO_NUMBER = NaN;

/** More than all checks over all groups can find. */
const ROOM = 256;

export class Findings {
  count = 0;
  hardCount = 0;
  readonly reason = new Uint8Array(ROOM);
  readonly isHard = new Uint8Array(ROOM);
  /** What was allowed, and what would be; in the units of the limit. */
  readonly limit = new Float64Array(ROOM);
  readonly value = new Float64Array(ROOM);
  readonly scope = new Int32Array(ROOM);

  clear(): void {
    this.count = 0;
    this.hardCount = 0;
  }

  refuse(reason: Reason, limit = NO_NUMBER, value = NO_NUMBER, scope = SCOPE_ACCOUNT): void {
    this.#add(reason, 1, limit, value, scope);
    this.hardCount++;
  }

  warn(reason: Reason, limit: number, value: number, scope = SCOPE_ACCOUNT): void {
    this.#add(reason, 0, limit, value, scope);
  }

  /** `value` may be up to `hard`; above `soft` it is worth a warning. Limits that are not set are NaN, and compare as nothing. */
  atMost(reason: Reason, value: number, hard: number, soft: number, scope = SCOPE_ACCOUNT): void {
    if (value > hard) this.refuse(reason, hard, value, scope);
    else if (value > soft) this.warn(reason, soft, value, scope);
  }

  atLeast(reason: Reason, value: number, hard: number, soft: number, scope = SCOPE_ACCOUNT): void {
    if (value < hard) this.refuse(reason, hard, value, scope);
    else if (value < soft) this.warn(reason, soft, value, scope);
  }

  #add(reason: Reason, isHard: number, limit: number, value: number, scope: number): void {
    const at = this.count++;
    this.reason[at] = reason;
    this.isHard[at] = isHard;
    this.limit[at] = limit;
    this.value[at] = value;
    this.scope[at] = scope;
  }
}
