/** A record of every acting call: who, what, when, from where, and what became of it. A line of JSON each, appended. */
import { appendFileSync } from 'node:fs';

export interface AuditEntry {
  readonly time: string;
  readonly requestId: string;
  /** Null: nobody in particular, from this machine. */
  readonly key: { readonly id: string; readonly name: string } | null;
  readonly from: string;
  readonly route: string;
  readonly params: unknown;
  readonly query: unknown;
  readonly body: unknown;
  readonly status: number;
  /** Of a problem; null where it was done. */
  readonly code: string | null;
  readonly reason: string | null;
  readonly sequence: number | null;
  /** By its `Idempotency-Key` it was answered again, and nothing was done. */
  readonly isReplay: boolean;
}

const KEPT = 1000;

export class Audit {
  /** The last, newest behind. */
  readonly last: AuditEntry[] = [];
  readonly #path: string | null;

  /** Null: the last are kept in memory alone. */
  constructor(path: string | null) {
    this.#path = path;
  }

  add(entry: AuditEntry): void {
    this.last.push(entry);
    if (this.last.length > KEPT) this.last.shift();
    // An act without its record would be worse than one that waits for it.
    if (this.#path !== null) appendFileSync(this.#path, `${JSON.stringify(entry)}\n`, { mode: 0o600 });
  }
}
