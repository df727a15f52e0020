/**
 * A random command stream over a random book. It looks at the reference before every command, so that it can aim:
 * collateral that puts a bucket on a threshold to the unit, marks that take it just over, floors that a notional
 * just reaches. What it yields are plain commands; replaying them needs no generator.
 */
import { MARK_MAX, SAFE_MAX, type TimeUs } from '../../src/core/num/units.ts';
import { Kind, KIND_NAMES, Leg, type Command } from '../../src/core/schema/commands.ts';
import type { LevelSettings } from '../../src/core/schema/levels.ts';
import type { BucketReport, PositionReport } from '../../src/reference/inspect.ts';
import type { Reference } from '../../src/reference/reference.ts';
import {
  clamp,
  randomMarket,
  randomSettings,
  randomTiers,
  STYLES,
  THIN_DEN,
  type MarketPlan,
  type Style,
} from './books.ts';
import { corrupt } from './corrupt.ts';
import { breakerFields, liftFields, qualityFields } from './price-quality.ts';
import type { Random } from './random.ts';
import { StreamSources } from './sources.ts';

type Fields = { readonly kind: Kind } & Record<string, unknown>;
type RowKind =
  | 'marks'
  | 'funding'
  | 'account'
  | 'money'
  | 'position'
  | 'fill'
  | 'settle'
  | 'order'
  | 'quality'
  | 'lift';
type OtherKind =
  | 'transaction'
  | 'breaker'
  | 'tiers'
  | 'market'
  | 'source'
  | 'resync'
  | 'settings'
  | 'corrupt';

interface Place {
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

/** Twice the cursor's way to 2^53 at one money unit a lot and tick, so that a cursor that only grows is off by several. */
const HISTORY_CHANGES = 500_000;
const EXTREMES = [0, 1, -1, SAFE_MAX, -SAFE_MAX, 2 ** 48, -(2 ** 48), 2 ** 52 + 1];

export class Stream {
  readonly #random: Random;
  /** What markets and sizes look like; a large book may be of any other style. */
  readonly #style: Style;
  readonly #isLarge: boolean;
  readonly #reference: Reference;
  /** What was asked for, by name: a damaged definition may not have become a market. */
  readonly #plans = new Map<string, MarketPlan>();
  readonly #weights: Record<RowKind | OtherKind, number>;
  readonly #isolatedShare: number;
  /** Of the rows of transactions. */
  readonly #damagedShare: number;
  readonly #hedgedShare: number;
  readonly #thresholds: (readonly [number, number])[] = [];
  readonly #sources: StreamSources;
  readonly #accountTarget: number;
  readonly #marketTarget: number;
  /** Where marks tend to for a while. */
  #drift: 1 | -1 = 1;
  #timeUs = 10;
  #names = 0;

  constructor(random: Random, style: Style, reference: Reference) {
    this.#random = random;
    this.#sources = new StreamSources(random);
    this.#isLarge = style === 'large';
    this.#style = this.#isLarge ? random.pick(STYLES) : style;
    this.#reference = reference;
    this.#isolatedShare = this.#style === 'isolated' ? 0.8 : random.pick([0, 0, 0.1, 0.3]);
    this.#hedgedShare =
      this.#style === 'hedged' ? 0.8 : random.pick(this.#style === 'dust' ? [0, 0.3, 0.9] : [0, 0, 0.2]);
    this.#damagedShare = random.pick([0.01, 0.05, 0.3]);
    this.#accountTarget = this.#isLarge
      ? random.whole(300, 500)
      : random.whole(1, this.#style === 'dust' || this.#style === 'leaps' ? 40 : 12);
    this.#marketTarget = random.pick([1, 2, 2, 3, 4, 6]);
    this.#weights = {
      marks: random.pick([40, 80, 200, 1_500]),
      funding: random.pick(this.#style === 'dust' ? [8, 30, 80] : [1, 8, 30]),
      money: random.pick([4, 12]),
      position: random.pick([2, 10]),
      fill: random.pick([2, 10]),
      order: random.pick([1, 6]),
      settle: random.pick([1, 3]),
      account: 1,
      quality: random.pick([0, 4, 15, 40]),
      lift: random.pick([0.5, 4, 30]),
      breaker: random.pick([0, 0.3, 2]),
      transaction: random.pick([2, 10]),
      tiers: random.pick([1, 5]),
      market: 0.4,
      source: 0.4,
      resync: 1.5,
      settings: 0.2,
      corrupt: random.pick([1, 8]),
    };
  }

  /** The book, then `length` commands on it. */
  *commands(length: number): Generator<Command> {
    yield* this.#build();
    for (let left = length; left > 0; left--) yield this.#dress(this.#any());
  }

  *#build(): Generator<Command> {
    const random = this.#random;
    if (random.chance(0.05)) yield this.#command(this.#row('account'));
    const settings = randomSettings(random, this.#style);
    if (random.chance(0.1)) yield corrupt(random, settings as unknown as Fields) as unknown as Command;
    this.#learn(settings.levels);
    yield settings;
    for (let at = random.whole(0, 2); at > 0; at--) yield this.#command(this.#sources.define());
    for (let at = 0; at < this.#marketTarget; at++) {
      yield this.#command(this.#market());
      if (random.chance(0.95)) yield this.#command(this.#marksFields([[at, this.#markOf(at)]]));
    }
    if (this.#style === 'history') yield this.#history();
    for (let at = 0; at < this.#accountTarget; at++) yield this.#command(this.#account());
    for (let account = 0; account < this.#accountTarget; account++) {
      if (this.#style === 'legs' && random.chance(0.6)) {
        yield* this.#trio(account);
      } else if (random.chance(this.#hedgedShare * 0.4)) {
        // One pair of legs and nothing else: all that can move its equity is rounding, if the sizes are equal.
        const place = { ...this.#newPlace(account), isolated: false };
        for (const leg of [Leg.long, Leg.short]) yield this.#command(this.#position({ ...place, leg }));
      } else {
        for (let at = this.#style === 'leaps' ? 1 : random.whole(0, 4); at > 0; at--) {
          const place = this.#newPlace(account);
          yield this.#command(random.chance(0.7) ? this.#position(place) : this.#fill(place));
        }
      }
      if (random.chance(0.2)) yield this.#command(this.#order(this.#newPlace(account)));
      for (const bucket of this.#reference.inspect(account)?.buckets ?? []) {
        if (random.chance(0.9)) yield this.#command(this.#aimedMoney(account, bucket));
      }
    }
    if (this.#style === 'legs') yield* this.#raise();
    if (random.chance(0.5)) yield this.#command(breakerFields(random));
  }

  /** One market's funding index from bound to bound and back, and then to where it was. */
  #history(): Command {
    const market = this.#anyMarket();
    const row = (index: number): Command =>
      ({ kind: Kind.funding, market, index, timeUs: 0, origin: null }) as unknown as Command;
    const swings = [row(SAFE_MAX), row(-SAFE_MAX)];
    const rows = Array.from({ length: HISTORY_CHANGES }, (_, at) => swings[at % 2]);
    return this.#command({ kind: Kind.transaction, rows: [...rows, row(0)] });
  }

  /** Legs whose sum passes 2^53 money per tick on the way to next to nothing. */
  *#trio(account: number): Generator<Command> {
    const random = this.#random;
    const market = this.#anyMarket();
    if (this.#isThin(market)) {
      const size = Math.floor(random.log(2 ** 32, 2 ** 37));
      for (const [leg, signed] of [
        [Leg.long, size],
        [Leg.short, -size],
      ]) {
        const fields = {
          account,
          market,
          leg,
          isolated: false,
          size: signed,
          costBasis: 0,
          fundingIndex: null,
        };
        yield this.#command({ kind: Kind.position, ...fields });
      }
      return;
    }
    const unit = this.#plan(market)?.definition.markUnit ?? 1;
    const most = Math.floor(SAFE_MAX / unit);
    const first = Math.floor(most / 2) + random.whole(-1_000, 1_000);
    const sign = random.sign();
    const legs = [
      [Leg.net, sign * first],
      [sign > 0 ? Leg.long : Leg.short, sign * (most - first + random.whole(0, 20))],
      [sign > 0 ? Leg.short : Leg.long, -sign * (most - random.whole(0, 4))],
    ];
    for (const [leg, size] of legs) {
      const place = { account, market, leg, isolated: false };
      yield this.#command({ kind: Kind.position, ...place, size, costBasis: 0, fundingIndex: null });
    }
  }

  /** Legs as large as they may be fit in at a mark of 1 only; what their sum is off by shows at a higher one. */
  *#raise(): Generator<Command> {
    for (let at = 0; at < this.#reference.marketCount; at++) {
      const raised = this.#isThin(at) ? this.#random.log(2 ** 40, MARK_MAX / 2) : this.#random.log(1e3, 1e6);
      yield this.#command(this.#marksFields([[at, raised]]));
    }
    for (let account = 0; account < this.#reference.accountCount; account++) {
      for (const bucket of this.#reference.inspect(account)?.buckets ?? []) {
        yield this.#command(this.#aimedMoney(account, bucket));
      }
    }
  }

  #isThin(market: number): boolean {
    const mmr = this.#plan(market)?.definition.tiers[0].mmr;
    return mmr !== undefined && mmr.den === THIN_DEN;
  }

  #any(): Fields {
    const kind = this.#random.weighted(this.#weights);
    switch (kind) {
      case 'transaction':
        return this.#transaction();
      case 'breaker':
        return breakerFields(this.#random);
      case 'tiers':
        return this.#tiers();
      case 'market':
        return this.#reference.marketCount < 8 ? this.#market() : this.#tiers();
      case 'source':
        return this.#sources.define();
      case 'resync':
        return this.#sources.resync();
      case 'settings':
        return randomSettings(this.#random, this.#style) as unknown as Fields;
      case 'corrupt':
        return corrupt(this.#random, this.#random.chance(0.3) ? this.#definition() : this.#any());
      default:
        return this.#row(kind);
    }
  }

  #definition(): Fields {
    return this.#random.chance(0.5) ? this.#market() : this.#tiers();
  }

  #row(kind: RowKind): Fields {
    switch (kind) {
      case 'marks':
        return this.#anyMarks();
      case 'funding':
        return this.#funding();
      case 'account':
        return this.#account();
      case 'money':
        return this.#money();
      case 'position':
        return this.#position(this.#anyPlace());
      case 'fill':
        return this.#fill(this.#anyPlace());
      case 'settle':
        return { kind: Kind.settle, ...this.#anyPlace() };
      case 'order':
        return this.#order(this.#anyPlace());
      case 'quality':
        return qualityFields(this.#random, this.#reference, (market, share) =>
          clamp(this.#moved(market, share), 1, MARK_MAX),
        );
      case 'lift':
        return liftFields(this.#random, this.#reference);
    }
  }

  #transaction(): Fields {
    const random = this.#random;
    const kinds = {
      marks: 2,
      funding: 1,
      account: 0.2,
      money: 4,
      position: 2,
      fill: 4,
      settle: 1,
      order: 2,
      quality: 1.5,
      lift: 0.5,
    };
    const rows = Array.from({ length: random.whole(random.chance(0.05) ? 0 : 1, 8) }, () => {
      const fields = random.chance(0.03) ? this.#any() : this.#row(random.weighted(kinds));
      const given = random.chance(this.#damagedShare) ? corrupt(random, fields) : fields;
      return { timeUs: random.chance(0.02) ? Number.NaN : 0, origin: null, ...given };
    });
    return { kind: Kind.transaction, rows };
  }

  // ── marks and funding ──────────────────────────────────────────────────────────────────────────────────────

  #anyMarks(): Fields {
    const random = this.#random;
    const how = random.weighted({
      step: 30,
      tick: 25,
      batch: 12,
      gap: 6,
      unchanged: 3,
      threshold: 18,
      floor: 5,
      twice: 2,
      extreme: 0.7,
      leap: this.#style === 'leaps' ? 40 : this.#style === 'legs' ? 5 : 0.3,
      gapAll: this.#isLarge ? 8 : 2,
    });
    const row = this.#anyMarket();
    const all = Array.from({ length: this.#reference.marketCount }, (_, at) => at);
    const mark = this.#markOf(row);
    const step = (at: number): [number, number] => [at, this.#moved(at, random.log(1, 500) / 1e4)];
    switch (how) {
      case 'step':
        return this.#marksFields([step(row)]);
      case 'tick':
        return this.#marksFields([[row, mark + random.sign() * random.whole(1, 2)]]);
      case 'batch':
        return this.#marksFields(all.map(step));
      case 'gap':
        return this.#marksFields([[row, this.#moved(row, random.log(0.05, 0.3))]]);
      case 'gapAll': {
        const size = random.sign() * random.log(0.05, 0.3);
        return this.#marksFields(
          all.map((at) => [at, Math.round(this.#markOf(at) * (1 + size * random.unit()))]),
        );
      }
      case 'unchanged':
        return this.#marksFields([[row, mark]]);
      case 'threshold':
        return this.#marksFields([this.#markAtThreshold() ?? step(row)]);
      case 'floor':
        return this.#marksFields([this.#markAtFloor() ?? step(row)]);
      case 'twice':
        return this.#marksFields([step(row), ...all.map(step), step(row)]);
      case 'leap': {
        // The others first: when a sweep is due already, this one is not followed any more.
        const leap = Math.round((this.#plan(row)?.firstMark ?? 1) * random.log(0.05, 40));
        const gaps = all.map((at): [number, number] => [at, this.#moved(at, random.log(0.01, 0.4))]);
        return this.#marksFields([...gaps.filter(([at]) => at !== row), [row, Math.max(1, leap)]]);
      }
      case 'extreme':
        return this.#marksFields([[row, random.pick([1, 2, MARK_MAX, mark * 2, mark / 2])]]);
    }
  }

  /** A mark near which some bucket reaches one of its thresholds, by a straight line. */
  #markAtThreshold(): [number, number] | null {
    const held = this.#anyHeld();
    if (held === null) return null;
    const { position, bucket } = held;
    const [num, den] = this.#random.pick(this.#thresholds);
    const excess = den * Number(bucket.equity) - num * Number(bucket.maintenance);
    const unit = this.#plan(position.market)?.definition.markUnit ?? 1;
    const same = bucket.positions.filter((other) => other.market === position.market);
    let slope = unit * den * Number(same.reduce((sum, { size }) => sum + size, 0n));
    for (const { size, mmr, closeFee } of same) {
      const rate = Number(mmr.num) / Number(mmr.den) + Number(closeFee.num) / Number(closeFee.den);
      slope -= unit * num * Math.abs(Number(size)) * rate;
    }
    const mark = Number(position.mark);
    const target = mark - excess / slope;
    if (!(Math.abs(target - mark) < 0.4 * mark + 3)) return null;
    return [position.market, Math.round(target) + this.#random.whole(-2, 2)];
  }

  /** A mark at which some position's notional is around the floor of one of its tiers. */
  #markAtFloor(): [number, number] | null {
    const held = this.#anyHeld();
    if (held === null) return null;
    const { market, size } = held.position;
    const plan = this.#plan(market);
    if (plan === undefined) return null;
    const { markUnit, tiers } = plan.definition;
    const target = this.#random.pick(tiers).floor / (Math.abs(Number(size)) * markUnit);
    return [market, Math.round(target) + this.#random.whole(-1, 1)];
  }

  #marksFields(marks: readonly (readonly [number, number])[]): Fields {
    return {
      kind: Kind.marks,
      text: '',
      marks: marks.map(([market, price]) => ({ market, price: clamp(Math.round(price), 1, MARK_MAX) })),
    };
  }

  #markOf(row: number): number {
    const mark = this.#reference.inspectMarket(row)?.mark ?? null;
    return mark === null ? (this.#plan(row)?.firstMark ?? 1) : Number(mark);
  }

  #moved(row: number, share: number): number {
    const mark = this.#markOf(row);
    if (this.#random.chance(0.05)) this.#drift = this.#random.sign();
    const sign = this.#random.chance(0.5) ? this.#drift : this.#random.sign();
    const by = sign * Math.max(1, Math.round(mark * share));
    return mark + by < 1 ? mark - by : mark + by;
  }

  #funding(): Fields {
    const random = this.#random;
    const market = this.#anyMarket();
    const present = Number(this.#reference.inspectMarket(market)?.fundingIndex ?? 0n);
    const lotValue = this.#markOf(market) * (this.#plan(market)?.definition.markUnit ?? 1);
    const by = random.weighted({
      small: 5,
      unit: this.#style === 'dust' ? 12 : 4,
      large: 2,
      none: 0.5,
      extreme: 0.2,
    });
    const steps = {
      small: Math.round(lotValue * 1e6 * random.log(1e-6, 1e-2)),
      unit: Math.round(random.log(1, 3e6)),
      large: Math.round(lotValue * 1e6 * random.log(0.01, 0.3)),
      none: 0,
      extreme: 2 ** 52,
    };
    return {
      kind: Kind.funding,
      market,
      index: clamp(present + random.sign() * steps[by], -SAFE_MAX, SAFE_MAX),
    };
  }

  // ── accounts, money, positions, orders ─────────────────────────────────────────────────────────────────────

  #account(): Fields {
    return {
      kind: Kind.account,
      name: this.#names > this.#accountTarget && this.#random.chance(0.1) ? 'n1' : `n${++this.#names}`,
    };
  }

  #money(): Fields {
    const random = this.#random;
    const account = this.#anyAccount();
    const buckets = this.#reference.inspect(account)?.buckets ?? [];
    if (buckets.length > 0 && random.chance(0.75)) return this.#aimedMoney(account, random.pick(buckets));
    const kind = random.pick([Kind.collateral, Kind.transfer]);
    const amount = random.chance(0.2) ? random.pick(EXTREMES) : this.#usualMoney();
    return { kind, ...this.#moneyPlace(account, this.#anyPlace(account)), amount };
  }

  /** Collateral that puts the bucket on one of its thresholds, or a little to one side of it. */
  #aimedMoney(account: number, bucket: BucketReport): Fields {
    const random = this.#random;
    const { equity, maintenance, collateral } = bucket;
    const notional = bucket.positions.reduce((sum, position) => sum + Number(position.notional), 0);
    const [num, den] = random.pick(this.#thresholds);
    const line = (BigInt(num) * maintenance) / BigInt(den);
    const off = random.weighted({
      exact: this.#style === 'dust' ? 16 : 4,
      few: this.#style === 'legs' ? 20 : 0,
      near: 6,
      far: 4,
    });
    const by = {
      exact: random.whole(-2, 2),
      few: Math.round(
        random.sign() * (maintenance > 0n ? Number(maintenance) * random.log(1e-3, 1) : random.log(10, 1e7)),
      ),
      near: Math.round(random.sign() * notional * random.log(1e-5, 1e-2)),
      far: Math.round(notional * random.log(1e-2, 1)),
    };
    const target = line + BigInt(Math.trunc(clamp(by[off], -SAFE_MAX, SAFE_MAX)));
    const change = clamp(Number(target - equity), -SAFE_MAX, SAFE_MAX);
    const place = this.#moneyPlace(account, { ...bucket, account });
    if (random.chance(0.5)) return { kind: Kind.transfer, ...place, amount: change };
    const amount = clamp(Number(collateral) + change, -SAFE_MAX, SAFE_MAX);
    return { kind: Kind.collateral, ...place, amount };
  }

  #moneyPlace(account: number, { isolated, market, leg }: Place): Place {
    return isolated ? { account, isolated, market, leg } : { account, isolated, market: 0, leg: Leg.net };
  }

  #usualMoney(): number {
    const { definition, firstMark, lots } = this.#random.pick([...this.#plans.values()]);
    const notional = definition.markUnit * firstMark * lots;
    return Math.round(clamp(this.#random.sign() * notional * this.#random.log(1e-3, 1), -SAFE_MAX, SAFE_MAX));
  }

  #position(place: Place): Fields {
    const random = this.#random;
    const lotValue = this.#lotValue(place.market);
    const size = random.chance(0.12) ? 0 : this.#sizeFor(place);
    const basis = Math.round(size * lotValue * (1 + random.sign() * random.log(1e-4, 0.1)));
    const present = Number(this.#reference.inspectMarket(place.market)?.fundingIndex ?? 0n);
    const near = clamp(present + random.whole(-3_000_000, 3_000_000), -SAFE_MAX, SAFE_MAX);
    return {
      kind: Kind.position,
      ...place,
      size,
      costBasis: random.chance(0.02) ? random.pick(EXTREMES) : clamp(basis, -SAFE_MAX, SAFE_MAX),
      fundingIndex: random.chance(0.7) ? null : random.chance(0.95) ? near : random.pick(EXTREMES),
    };
  }

  /** Adds, closes a part, closes all, flips. */
  #fill(place: Place): Fields {
    const random = this.#random;
    const held = Number(this.#heldAt(place)?.size ?? 0n);
    const how = random.weighted({ add: 3, part: 3, all: 2, flip: 1 });
    const sizes = {
      add: this.#sizeFor(place),
      part: -Math.round(held * random.unit()),
      all: -held,
      flip: -held - Math.sign(held) * Math.abs(this.#sizeFor(place)),
    };
    const { num, den } = this.#plan(place.market)?.definition.tickUnit ?? { num: 1, den: 1 };
    const price = Math.round(
      ((this.#lotValue(place.market) * den) / num) * (1 + random.sign() * random.log(1e-4, 0.1)),
    );
    const size = held === 0 || sizes[how] === 0 ? sizes.add : sizes[how];
    const value = (size * price * num) / den;
    return {
      kind: Kind.fill,
      ...place,
      size,
      price: clamp(price, 1, SAFE_MAX),
      fee: random.chance(0.01)
        ? random.pick(EXTREMES)
        : Math.round(clamp(value * random.unit() * 1e-3, -1e12, 1e12)),
    };
  }

  #order(place: Place): Fields {
    const random = this.#random;
    const { num, den } = this.#plan(place.market)?.definition.tickUnit ?? { num: 1, den: 1 };
    const price = Math.round(((this.#lotValue(place.market) * den) / num) * random.log(0.5, 2));
    const size = random.chance(0.2) ? 0 : random.sign() * Math.abs(this.#sizeFor(place));
    return { kind: Kind.order, ...place, id: random.whole(1, 5), size, price: clamp(price, 1, SAFE_MAX) };
  }

  #sizeFor(place: Place): number {
    const { market, leg } = place;
    const random = this.#random;
    if (leg !== Leg.net && random.chance(0.4)) {
      // The same on both sides: marks and funding cancel out, down to what rounding leaves.
      const other = this.#heldAt({ ...place, leg: leg === Leg.long ? Leg.short : Leg.long });
      if (other !== undefined) return -Number(other.size);
    }
    const lots = this.#plan(market)?.lots ?? 1;
    const size = Math.max(
      1,
      Math.round(lots * (this.#style === 'dust' ? random.unit() : random.log(0.1, 3))),
    );
    if (leg === Leg.net || random.chance(0.02)) return random.sign() * size;
    return leg === Leg.long ? size : -size;
  }

  #lotValue(market: number): number {
    return this.#markOf(market) * (this.#plan(market)?.definition.markUnit ?? 1);
  }

  #anyAccount(): number {
    return this.#random.whole(0, Math.max(0, this.#reference.accountCount - 1));
  }

  /** Rather where there is something than anywhere. */
  #anyPlace(account: number = this.#anyAccount()): Place {
    const held = this.#random.chance(0.6) ? this.#anyHeld(account) : null;
    if (held === null) return this.#newPlace(account);
    return this.#random.chance(0.03) ? { ...held.place, isolated: !held.place.isolated } : held.place;
  }

  #newPlace(account: number): Place {
    const random = this.#random;
    return {
      account,
      market: this.#anyMarket(),
      leg: random.chance(this.#hedgedShare) ? random.pick([Leg.long, Leg.short]) : Leg.net,
      isolated: random.chance(this.#isolatedShare),
    };
  }

  #anyHeld(account: number = this.#anyAccount()): Held | null {
    const held: Held[] = [];
    for (const bucket of this.#reference.inspect(account)?.buckets ?? []) {
      for (const position of bucket.positions) {
        const { market, leg } = position;
        held.push({ bucket, position, place: { account, market, leg, isolated: bucket.isolated } });
      }
    }
    return held.length === 0 ? null : this.#random.pick(held);
  }

  #heldAt({ account, market, leg, isolated }: Place): PositionReport | undefined {
    return this.#reference
      .inspect(account)
      ?.buckets.filter((bucket) => bucket.isolated === isolated)
      .flatMap((bucket) => bucket.positions)
      .find((position) => position.market === market && position.leg === leg);
  }

  // ── definitions, time and origin ───────────────────────────────────────────────────────────────────────────

  #market(): Fields {
    const isRepeated = this.#plans.size > 0 && this.#random.chance(0.03);
    const name = isRepeated ? 'M1' : `M${this.#plans.size + 1}`;
    const plan = randomMarket(this.#random, this.#style, name, this.#timeUs as TimeUs);
    if (!isRepeated) this.#plans.set(name, plan);
    return plan.definition as unknown as Fields;
  }

  #anyMarket(): number {
    return this.#random.whole(0, Math.max(0, this.#reference.marketCount - 1));
  }

  #plan(row: number): MarketPlan | undefined {
    return this.#plans.get(this.#reference.inspectMarket(row)?.name ?? '');
  }

  #tiers(): Fields {
    const random = this.#random;
    const market = this.#anyMarket();
    const plan = this.#plan(market);
    const notional = plan === undefined ? 1_000 : this.#lotValue(market) * plan.lots;
    return {
      kind: Kind.tiers,
      market,
      tiers: randomTiers(random, this.#style, clamp(notional, 1, SAFE_MAX)),
      effectiveUs: random.chance(0.4) ? random.whole(0, this.#timeUs) : this.#timeUs + random.whole(1, 12),
    };
  }

  /** The command with a time, and sometimes an origin: mostly the next of its source, at times not. */
  #dress(fields: Fields): Command {
    const random = this.#random;
    this.#timeUs += random.pick([0, 0, 1, 1, 2, 5]);
    const timeUs = random.chance(0.02) ? Math.max(0, this.#timeUs - 5) : this.#timeUs;
    const command = { origin: null, ...fields, timeUs: this.#isBadTime(fields) ? fields.timeUs : timeUs };
    if (command.origin !== null || this.#sources.count === 0 || random.chance(0.6)) {
      return command as unknown as Command;
    }
    return { ...command, origin: this.#sources.origin() } as unknown as Command;
  }

  /** A corrupted time is left as it is. */
  #isBadTime({ timeUs }: Fields): boolean {
    return timeUs !== undefined && !(Number.isSafeInteger(timeUs) && (timeUs as number) >= 0);
  }

  #command(fields: Fields): Command {
    return { origin: null, ...fields, timeUs: this.#timeUs } as unknown as Command;
  }

  #learn({ enter, exit, backstop }: LevelSettings): void {
    this.#thresholds.push(...enter, ...exit, [1, 1], [1, 1], backstop, [0, 1]);
  }
}

export function kindName(command: Command): string {
  return KIND_NAMES[command.kind];
}
