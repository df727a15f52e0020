/**
 * Lines that no command could be made of, and why: the journal has commands alone, and an auditor asks about these, too. A line of JSON each in the data
 * directory, appended as it is answered; past BYTES_MAX the older ones are moved aside, and those before them go. Nothing depends on them: where the
 * disk fails that is said once, and no more are kept.
 */
import { appendFileSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Problem } from '../../io/ingest/problem.ts';

const FILE = 'unheard.ndjson';
const BYTES_MAX = 64 * 2 ** 20;
const TEXT_MAX = 4096;

export class UnheardLines {
  readonly #path: string;
  readonly #note: (text: string) => void;
  readonly #bytesMax: number;
  #bytes: number;
  #isFailed = false;

  constructor(data: string, note: (text: string) => void, bytesMax = BYTES_MAX) {
    this.#path = join(data, FILE);
    this.#note = note;
    this.#bytesMax = bytesMax;
    this.#bytes = statSync(this.#path, { throwIfNoEntry: false })?.size ?? 0;
  }

  /** `sequence` is that of the last command before it. */
  add(text: string, { code, file, line, field, message }: Problem, sequence: number, timeUs: number): void {
    if (this.#isFailed) return;
    const entry = { sequence, timeUs, from: file, line, code, field, message, text: text.slice(0, TEXT_MAX) };
    const said = Buffer.from(`${JSON.stringify(entry)}\n`);
    try {
      if (this.#bytes > 0 && this.#bytes + said.length > this.#bytesMax) {
        renameSync(this.#path, `${this.#path}.1`);
        this.#bytes = 0;
      }
      appendFileSync(this.#path, said, { mode: 0o600 });
      this.#bytes += said.length;
    } catch (cause) {
      this.#isFailed = true;
      this.#note(
        `lines that are no commands are answered and not kept any more: ${this.#path} cannot be written: ${String(cause)}`,
      );
    }
  }
}
