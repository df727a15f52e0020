/**
 * A progress bar on stderr, on a terminal and nowhere else. It draws at most ten times a second, and gets out of the way
 * of every line that is printed while it stands.
 */
import { grouped } from './output.ts';

const WIDTH = 24;
const EVERY_MS = 100;

export class Progress {
  readonly #label: string;
  readonly #stream: NodeJS.WriteStream;
  #drawnAt = -Infinity;
  #isDrawn = false;

  constructor(label: string, stream: NodeJS.WriteStream = process.stderr) {
    this.#label = label;
    this.#stream = stream;
  }

  /** `total` is null where nobody knows it. `note` is made only when it is drawn. */
  show(done: number, total: number | null, note: () => string = () => ''): void {
    if (!this.#stream.isTTY) return;
    const now = performance.now();
    if (now - this.#drawnAt < EVERY_MS) return;
    this.#drawnAt = now;
    const text =
      total === null || total <= 0
        ? `${this.#label}  ${grouped(done)}`
        : `${this.#label}  ${bar(done / total)}`;
    const line = `${text}  ${note()}`.slice(0, Math.max(20, (this.#stream.columns ?? 80) - 1));
    this.#stream.write(`\r\u001b[2K${line}`);
    this.#isDrawn = true;
  }

  /** Prints a line above the bar. */
  print(line: string): void {
    this.clear();
    this.#stream.write(`${line}\n`);
  }

  clear(): void {
    if (!this.#isDrawn) return;
    this.#stream.write('\r\u001b[2K');
    this.#isDrawn = false;
    this.#drawnAt = -Infinity;
  }
}

function bar(share: number): string {
  const filled = Math.round(Math.min(1, Math.max(0, share)) * WIDTH);
  return `[${'█'.repeat(filled)}${'░'.repeat(WIDTH - filled)}] ${String(Math.floor(Math.min(1, share) * 100)).padStart(3)}%`;
}
