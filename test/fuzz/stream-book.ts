/** What the stream knows of the book that it plays on: what was planned, and what the reference has made of it. */
import { Form, Leg } from '../../src/core/schema/commands.ts';
import type { BucketReport, PositionReport } from '../../src/reference/inspect.ts';
import type { Reference } from '../../src/reference/reference.ts';
import { STYLES, THIN_DEN, type MarketPlan, type Style } from './books.ts';
import type { Random } from './random.ts';

export interface Place {
  readonly account: number;
  readonly market: number;
  readonly leg: Leg;
  readonly isolated: boolean;
}

interface Held {
  readonly place: Place;
  readonly bucket: BucketReport;
  readonly position: PositionReport;
}

/** Styles in which some markets are of another form, and what a book of forms is like otherwise. */
const MIXED: readonly Style[] = ['plain', 'dust', 'tiers', 'hedged', 'isolated', 'entry', 'wide'];
const FORMED: readonly Style[] = [...MIXED, 'leaps'];

export class StreamBook {
  /** What markets and sizes look like; a large book may be of any other style. */
  readonly style: Style;
  readonly isLarge: boolean;
  readonly reference: Reference;
  /** What was asked for, by name: a damaged definition may not have become a market. */
  readonly plans = new Map<string, MarketPlan>();
  /** Of the levels, and what health they are at. */
  readonly thresholds: (readonly [number, number])[] = [];
  /** Of places that are new. */
  readonly hedgedShare: number;
  /** Of markets that are told what they are. */
  readonly formShare: number;
  readonly #isolatedShare: number;
  readonly #random: Random;

  constructor(random: Random, style: Style, reference: Reference) {
    this.#random = random;
    this.isLarge = style === 'large';
    const picked = this.isLarge ? random.pick(STYLES) : style;
    this.style = picked === 'forms' ? random.pick(FORMED) : picked;
    this.formShare = picked === 'forms' ? 0.8 : MIXED.includes(this.style) ? random.pick([0, 0.2, 0.5]) : 0;
    this.reference = reference;
    this.#isolatedShare = this.style === 'isolated' ? 0.8 : random.pick([0, 0, 0.1, 0.3]);
    this.hedgedShare =
      this.style === 'hedged' ? 0.8 : random.pick(this.style === 'dust' ? [0, 0.3, 0.9] : [0, 0, 0.2]);
  }

  isThin(market: number): boolean {
    const mmr = this.plan(market)?.definition.tiers[0].mmr;
    return mmr !== undefined && mmr.den === THIN_DEN;
  }

  markOf(row: number): number {
    const mark = this.reference.inspectMarket(row)?.mark ?? null;
    return mark === null ? (this.plan(row)?.firstMark ?? 1) : Number(mark);
  }

  formOf(row: number): Form {
    return this.reference.inspectMarket(row)?.form ?? Form.linear;
  }

  lotValue(market: number): number {
    const report = this.reference.inspectMarket(market);
    return report === null || report.mark === null
      ? (this.plan(market)?.worth ?? 1)
      : Number(report.lotValue);
  }

  /** The order price at the mark, in ticks. */
  priceOf(market: number): number {
    const { markUnit, tickUnit } = this.plan(market)?.definition ?? {
      markUnit: 1,
      tickUnit: { num: 1, den: 1 },
    };
    return (this.markOf(market) * markUnit * tickUnit.den) / tickUnit.num;
  }

  /** The mark at which a lot is worth so many money units. */
  markWhere(market: number, worth: number): number {
    const share = worth / this.lotValue(market);
    return this.formOf(market) === Form.inverse ? this.markOf(market) / share : this.markOf(market) * share;
  }

  anyAccount(): number {
    return this.#random.whole(0, Math.max(0, this.reference.accountCount - 1));
  }

  /** Rather where there is something than anywhere. */
  anyPlace(account: number = this.anyAccount()): Place {
    const held = this.#random.chance(0.6) ? this.anyHeld(account) : null;
    if (held === null) return this.newPlace(account);
    return this.#random.chance(0.03) ? { ...held.place, isolated: !held.place.isolated } : held.place;
  }

  newPlace(account: number): Place {
    const random = this.#random;
    return {
      account,
      market: this.anyMarket(),
      leg: random.chance(this.hedgedShare) ? random.pick([Leg.long, Leg.short]) : Leg.net,
      isolated: random.chance(this.#isolatedShare),
    };
  }

  anyHeld(account: number = this.anyAccount()): Held | null {
    const held: Held[] = [];
    for (const bucket of this.reference.inspect(account)?.buckets ?? []) {
      for (const position of bucket.positions) {
        const { market, leg } = position;
        held.push({ bucket, position, place: { account, market, leg, isolated: bucket.isolated } });
      }
    }
    return held.length === 0 ? null : this.#random.pick(held);
  }

  heldAt({ account, market, leg, isolated }: Place): PositionReport | undefined {
    return this.reference
      .inspect(account)
      ?.buckets.filter((bucket) => bucket.isolated === isolated)
      .flatMap((bucket) => bucket.positions)
      .find((position) => position.market === market && position.leg === leg);
  }

  anyMarket(): number {
    return this.#random.whole(0, Math.max(0, this.reference.marketCount - 1));
  }

  plan(row: number): MarketPlan | undefined {
    return this.plans.get(this.reference.inspectMarket(row)?.name ?? '');
  }
}
