/** Problems of input lines, on stderr while the stream goes on: as text, or as one JSON document a line. */
import type { Problem } from '../../io/ingest/problem.ts';
import { errorDocument, errorText } from './errors.ts';
import { grouped } from './output.ts';
import type { Progress } from './progress.ts';

/** A file of the wrong sort must not fill a terminal. All are counted. */
const SHOWN_MAX = 100;

export class ProblemPrinter {
  count = 0;
  readonly #progress: Progress;
  readonly #json: boolean;

  constructor(progress: Progress, json: boolean) {
    this.#progress = progress;
    this.#json = json;
  }

  print({ code, message, file, line, field, value }: Problem): void {
    if (++this.count > SHOWN_MAX) return;
    const text = this.#json
      ? JSON.stringify({ error: errorDocument(code, message, { file, line, field, value }) })
      : errorText(code, message, { field, value });
    this.#progress.print(text);
  }

  end(): void {
    if (this.count > SHOWN_MAX && !this.#json)
      this.#progress.print(`… and ${grouped(this.count - SHOWN_MAX)} more`);
  }
}
