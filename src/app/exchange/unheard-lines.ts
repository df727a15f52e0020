/**
 * Lines that no command could be made of, and why: the journal has commands alone, and an auditor asks about these, too. A line of JSON each in the data
 * directory, appended as it is answered; past BYTES_MAX the older ones are moved aside, and those before them go.
 */
import { appendFileSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Problem } from '../../io/ingest/problem.ts';

const FILE = 'unheard.ndjson';
const BYTES_MAX = 64 * 2 ** 20;
const TEXT_MAX = 4096;

export class UnheardLines {
  readonly #path: string;
  readonly #bytesMax: number;
  #bytes: number;

  constructor(data: string, bytesMax = BYTES_MAX) {
    this.#path = join(data, FILE);
    this.#bytesMax = bytesMax;
    this.#bytes = statSync(this.#path, { throwIfNoEntry: false })?.size ?? 0;
  }

  /** `sequence` is that of the last command before it. */
  add(text: string, { code, file, line, field, message }: Problem, sequence: number, timeUs: number): void {
    const entry = { sequence, timeUs, from: file, line, code, field, message, text: text.slice(0, TEXT_MAX) };
    const said = `${JSON.stringify(entry)}\n`;
    if (this.#bytes > 0 && this.#bytes + said.length > this.#bytesMax) {
      renameSync(this.#path, `${this.#path}.1`);
      this.#bytes = 0;
    }
    appendFileSync(this.#path, said, { mode: 0o600 });
    this.#bytes += Buffer.byteLength(said);
  }
}
