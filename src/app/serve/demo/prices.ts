/**
 * The prices of the demo: seeded walks around an anchor, with a factor that all markets share, and on demand a market that walks down and stays there.
 * Marks follow an index at a small, slowly changing distance; the index comes beside them as the reference price, once a second.
 */
import type { FundingIndex, MarketRow, MarkTicks, TimeUs } from '../../../core/num/units.ts';
import { Kind, type Command } from '../../../core/schema/commands.ts';
import { Quality, USES_ALL } from '../../../core/schema/quality.ts';
import type { Engine } from '../../../core/engine/engine.ts';
import { Random } from '../../../sim/random.ts';
import { MARK_MAX } from '../../../core/num/units.ts';
import { DEMO_MARKETS } from './world.ts';

/** Of a second, of the first market: about 1.7 % in an hour, without the pull back. */
const STEP_PER_SECOND = 0.0003;
/** Half of the way back to the anchor takes about ten minutes. */
const PULL_PER_SECOND = 0.0012;
const BASIS_STEP = 0.00002;
const BASIS_PULL = 0.05;
const FUNDING_MAX = 0.0005;
export const FUNDING_SECONDS = 60;

interface Walk {
  readonly beta: number;
  anchor: number;
  /** Of the index, over the anchor. */
  away: number;
  basis: number;
  crash: {
    readonly from: number;
    readonly to: number;
    readonly beginMs: number;
    readonly endMs: number;
  } | null;
}

export class DemoPrices {
  readonly #random: Random;
  readonly #walks: Walk[];
  readonly #engine: Pick<Engine, 'book'>;
  #next = 0;

  /** `anchors` are the marks to begin with. */
  constructor(seed: number, anchors: readonly number[], engine: Pick<Engine, 'book'>) {
    this.#random = new Random(seed, 22);
    this.#engine = engine;
    this.#walks = anchors.map((anchor, at) => ({
      beta: DEMO_MARKETS[at].beta,
      anchor,
      away: 0,
      basis: 0,
      crash: null,
    }));
  }

  get count(): number {
    return this.#walks.length;
  }

  /** The next mark, each market in its turn; `seconds` is how long a round of all takes. */
  mark(nowMs: number, seconds: number, timeUs: TimeUs): Command {
    const market = this.#next;
    this.#next = (market + 1) % this.#walks.length;
    const walk = this.#walks[market];
    this.#step(walk, nowMs, seconds);
    return {
      kind: Kind.marks,
      timeUs,
      origin: null,
      marks: [
        { market: market as MarketRow, price: markOf(walk.anchor * (1 + walk.away) * (1 + walk.basis)) },
      ],
      text: '',
    };
  }

  /** What a market's mark is to be compared with. */
  index(market: number, timeUs: TimeUs): Command {
    const { anchor, away } = this.#walks[market];
    return {
      kind: Kind.quality,
      timeUs,
      origin: null,
      market: market as MarketRow,
      quality: Quality.ok,
      allows: USES_ALL,
      mark: null,
      reference: markOf(anchor * (1 + away)),
      text: '',
    };
  }

  /** Longs pay where the mark is above the index. */
  funding(market: number, timeUs: TimeUs): Command {
    const { markets } = this.#engine.book;
    const row = market as MarketRow;
    const rate = Math.max(-FUNDING_MAX, Math.min(FUNDING_MAX, this.#walks[market].basis));
    const lotValue = markets.markInside(row) * markets.unit(row);
    const index = (markets.fundingIndex(row) + Math.round(lotValue * 1e6 * rate)) as FundingIndex;
    return { kind: Kind.funding, timeUs, origin: null, market: row, index };
  }

  /** Takes the market down by a share of its mark in so many seconds. Answers where it stands and where it goes. */
  crash(market: number, share: number, seconds: number, nowMs: number): { before: number; after: number } {
    const walk = this.#walks[market];
    const from = walk.anchor * (1 + walk.away);
    const to = from * (1 - share);
    walk.crash = { from, to, beginMs: nowMs, endMs: nowMs + seconds * 1000 };
    return { before: markOf(from * (1 + walk.basis)), after: markOf(to * (1 + walk.basis)) };
  }

  #step(walk: Walk, nowMs: number, seconds: number): void {
    const { crash, beta } = walk;
    const size = STEP_PER_SECOND * beta * Math.sqrt(seconds);
    const noise = size * this.#normal();
    walk.basis += BASIS_STEP * this.#normal() - BASIS_PULL * walk.basis * seconds;
    if (crash === null) {
      walk.away += noise - PULL_PER_SECOND * walk.away * seconds;
      return;
    }
    const share = Math.min(1, (nowMs - crash.beginMs) / (crash.endMs - crash.beginMs));
    walk.anchor = crash.from + (crash.to - crash.from) * share;
    walk.away = noise;
    if (share === 1) walk.crash = null;
  }

  /** Nearly: the sum of four even draws, with a variance of one. */
  #normal(): number {
    const random = this.#random;
    return (random.unit() + random.unit() + random.unit() + random.unit() - 2) * Math.sqrt(3);
  }
}

function markOf(value: number): MarkTicks {
  return Math.max(1, Math.min(MARK_MAX, Math.round(value))) as MarkTicks;
}
