/**
 * When the book of one instrument is to be subscribed to anew: at once when it is lost, and again when no snapshot comes. The
 * pauses double from a second to a minute and start over after a minute of a whole book, so that a book that is lost with
 * every message does not use up what a venue allows (OKX: 480 subscriptions an hour).
 */
const SECOND = 1_000_000;
/** For an answer. */
const PATIENCE_US = 10 * SECOND;
const PAUSE_FIRST_US = SECOND;
const PAUSE_MOST_US = 60 * SECOND;
const NEVER = -1;

export class Resubscription {
  #dueUs = NEVER;
  #pauseUs = 0;
  #times = 0;
  #liveUs = 0;

  /** The connection is open, and has asked for everything. */
  opened(now: number): void {
    this.#times = 0;
    this.#dueUs = now + PATIENCE_US;
  }

  closed(): void {
    this.#dueUs = NEVER;
  }

  live(now: number): void {
    if (this.#dueUs !== NEVER) this.#liveUs = now;
    this.#dueUs = NEVER;
  }

  lost(now: number): void {
    if (now - this.#liveUs >= PAUSE_MOST_US) this.#pauseUs = 0;
    this.#times = 0;
    this.#dueUs = now + this.#pauseUs;
  }

  /** A time further away than any pause is one that a clock set back has left behind. */
  isDue(now: number): boolean {
    return this.#dueUs !== NEVER && (this.#dueUs <= now || this.#dueUs - now > PAUSE_MOST_US);
  }

  /** It is sent now. The first time since the loss, the second... */
  take(now: number): number {
    this.#dueUs = now + Math.max(PATIENCE_US, this.#pauseUs);
    this.#pauseUs = Math.min(PAUSE_MOST_US, Math.max(PAUSE_FIRST_US, 2 * this.#pauseUs));
    this.#times += 1;
    return this.#times;
  }
}
