/**
 * A full-screen view on a terminal, and the terminal as it was before, whatever ends the process: a normal end, an
 * interrupt or an exception. (A process that is killed outright cannot: `reset` helps.)
 */
const ENTER = '\u001b[?1049h\u001b[?25l\u001b[2J';
const LEAVE = '\u001b[?25h\u001b[?1049l';
const HOME = '\u001b[H';
const CLEAR_LINE = '\u001b[K';
const CLEAR_BELOW = '\u001b[J';

export class Screen {
  readonly #stream: NodeJS.WriteStream;
  #isEntered = false;
  readonly #onExit = (): void => this.leave();

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream;
  }

  get width(): number {
    return this.#stream.columns > 0 ? this.#stream.columns : 80;
  }

  get height(): number {
    return this.#stream.rows > 0 ? this.#stream.rows : 24;
  }

  enter(): void {
    if (this.#isEntered) return;
    this.#isEntered = true;
    process.on('exit', this.#onExit);
    this.#stream.write(ENTER);
  }

  leave(): void {
    if (!this.#isEntered) return;
    this.#isEntered = false;
    process.off('exit', this.#onExit);
    this.#stream.write(LEAVE);
  }

  /** One write, each line over the one before: nothing flickers. Lines are as wide as the screen at most. */
  draw(lines: readonly string[]): void {
    const shown = lines.slice(0, this.height - 1);
    this.#stream.write(
      `${HOME}${shown.map((line) => `${line}${CLEAR_LINE}`).join('\r\n')}\r\n${CLEAR_BELOW}`,
    );
  }
}
