/**
 * Frames that are dropped, doubled, late, swapped and cut, by seed. After every frame that a spot feed is handed, the book
 * that it stands for is one that the venue had, and not from before the last; and once the faults end it is the venue's
 * again, without a new connection.
 */
import { describe, expect, test } from 'vitest';
import { Play } from './play.ts';
import { type Dialect, DIALECTS, type Random, VenueModel } from './venue-model.ts';

const SEEDS = 60;
const STEPS = 120;
const CALM_STEPS = 20;
const STEP_US = 100_000;
const FAULTS = ['drop', 'swap', 'double', 'late', 'cut', 'garbage'] as const;
const ROW = 1;

describe.each(DIALECTS)('%s', (_, dialect) => {
  test(`${SEEDS} schedules of faults`, () => {
    let losses = 0;
    let liveSteps = 0;
    for (let seed = 1; seed <= SEEDS; seed++) {
      const run = new Run(dialect, randomOf(seed));
      for (let step = 0; step < STEPS; step++) run.step(true);
      losses += run.play.listener.of('lost').length;
      liveSteps += run.liveSteps;
      // Long enough for the longest pause before a book is asked for once more.
      run.play.wait(70_000_000);
      for (let step = 0; step < CALM_STEPS; step++) run.step(false);
      expect([seed, run.book()]).toEqual([seed, { isLive: true, ...run.venue.known() }]);
    }
    // The schedules do lose books, and do leave them whole most of the time.
    expect(losses).toBeGreaterThan(SEEDS);
    expect(liveSteps).toBeGreaterThan((SEEDS * STEPS) / 10);
  });
});

class Run {
  readonly play: Play;
  readonly venue: VenueModel;
  liveSteps = 0;
  readonly #dialect: Dialect;
  readonly #random: Random;
  readonly #symbol: string;
  readonly #sent: string[] = [];
  #held: string | null = null;
  #subscribed = 0;
  /** Every book that the venue had, with the moments at which it had it. */
  readonly #moments = new Map<string, number[]>();
  #now = 0;
  #seen = 0;

  constructor(dialect: Dialect, random: Random) {
    const { instruments } = dialect.under;
    this.#dialect = dialect;
    this.#random = random;
    this.#symbol = instruments[ROW].symbol;
    this.venue = new VenueModel(dialect, instruments[ROW], random);
    this.play = new Play(dialect.under).open();
    this.#remember();
    this.#hand(this.venue.snapshot());
  }

  book() {
    const known = this.play.listener.known().find(({ instrument }) => instrument === ROW);
    const { isLive = false, bids = [], asks = [] } = known ?? {};
    return { isLive, bids, asks };
  }

  step(isFaulty: boolean): void {
    this.play.pass(STEP_US);
    const subscriptions = this.play.sent.slice(this.#subscribed);
    this.#subscribed = this.play.sent.length;
    // The answer comes in its place among the updates.
    const isAsked = subscriptions.some((text) => this.#dialect.subscribesTo(text, this.#symbol));
    const frames = [this.venue.update()];
    this.#remember();
    if (isAsked) frames.push(this.venue.snapshot());
    for (const frame of frames) {
      if (isFaulty && this.#random(8) === 0) this.#disturb(frame);
      else this.#say(frame);
    }
    if (!isFaulty) this.#release();
    if (this.book().isLive) this.liveSteps++;
  }

  #disturb(frame: string): void {
    switch (FAULTS[this.#random(FAULTS.length)]) {
      case 'drop':
        return;
      case 'swap':
        this.#release();
        this.#held = frame;
        return;
      case 'double':
        this.#say(frame);
        this.#hand(frame);
        return;
      case 'late':
        this.#say(frame);
        this.#hand(this.#sent[this.#random(this.#sent.length)]);
        return;
      case 'cut':
        this.#hand(frame.slice(0, this.#random(frame.length)));
        return;
      default:
        this.#say(frame);
        this.#hand('\u0000garbage');
    }
  }

  #say(frame: string): void {
    this.#hand(frame);
    this.#sent.push(frame);
    this.#release();
  }

  #release(): void {
    const held = this.#held;
    this.#held = null;
    if (held !== null) this.#hand(held);
  }

  #hand(frame: string): void {
    this.play.say({ connection: 'public', frame });
    const { isLive, bids, asks } = this.book();
    if (!isLive) return;
    const moments = this.#moments.get(JSON.stringify({ bids, asks })) ?? [];
    const moment = moments.find((at) => at >= this.#seen);
    if (moment === undefined) {
      const what =
        moments.length === 0 ? 'was never so' : `was so at ${moments.join(', ')}, before ${this.#seen}`;
      throw new Error(`at ${this.#now} the book that is passed on ${what}. After: ${frame.slice(0, 300)}`);
    }
    this.#seen = moment;
  }

  #remember(): void {
    this.#now++;
    const text = JSON.stringify(this.venue.known());
    const moments = this.#moments.get(text);
    if (moments === undefined) this.#moments.set(text, [this.#now]);
    else moments.push(this.#now);
  }
}

/** Mulberry32. */
function randomOf(seed: number): Random {
  let state = seed * 0x9e3779b9;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}
