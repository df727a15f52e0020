/**
 * Answers on their way out. None leaves before the command that it answers is on disk, and each reader gets its own in the order
 * of what it asked.
 */
export interface Reader {
  /** Where its lines come from, for messages. */
  readonly name: string;
  write(text: string): void;
  /**
   * Resolves when what was written has mostly been read; at once where there is little, and when `signal` says that nobody waits any
   * more. Never rejects: a reader that left reads fast.
   */
  drained(signal: AbortSignal): Promise<void>;
}

interface Entry {
  readonly sequence: number;
  readonly text: string;
  readonly readers: readonly Reader[];
}

export class Outbox {
  /** Characters that wait. */
  waiting = 0;
  #entries: Entry[] = [];
  #first = 0;

  /** Goes to `readers` when all up to `sequence` is acknowledged. */
  add(sequence: number, text: string, readers: readonly Reader[]): void {
    this.#entries.push({ sequence, text, readers });
    this.waiting += text.length;
  }

  release(acknowledged: number): void {
    while (this.#first < this.#entries.length && this.#entries[this.#first].sequence <= acknowledged) {
      const { text, readers } = this.#entries[this.#first++];
      this.waiting -= text.length;
      for (const reader of readers) reader.write(text);
    }
    if (this.#first === this.#entries.length) {
      this.#entries = [];
      this.#first = 0;
    } else if (this.#first > 4096) {
      this.#entries = this.#entries.slice(this.#first);
      this.#first = 0;
    }
  }
}

/** Bytes that may lie in a stream before those who fill it are made to wait. */
const BACKLOG_MAX = 1 << 20;

type Stream = NodeJS.WritableStream & { readonly writableLength: number; readonly destroyed: boolean };

/** A stream that somebody reads, at whatever pace. */
export class StreamReader implements Reader {
  readonly name: string;
  readonly #stream: Stream;

  constructor(name: string, stream: Stream) {
    this.name = name;
    this.#stream = stream;
  }

  write(text: string): void {
    if (!this.#stream.destroyed) this.#stream.write(text);
  }

  async drained(signal: AbortSignal): Promise<void> {
    const stream = this.#stream;
    if (stream.destroyed || stream.writableLength <= BACKLOG_MAX || signal.aborted) return;
    await new Promise<void>((resolve) => {
      const done = (): void => {
        for (const sign of SIGNS) stream.off(sign, done);
        signal.removeEventListener('abort', done);
        resolve();
      };
      for (const sign of SIGNS) stream.on(sign, done);
      signal.addEventListener('abort', done);
    });
  }
}

const SIGNS = ['drain', 'close', 'error'] as const;
