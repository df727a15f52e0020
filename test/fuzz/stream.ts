/**
 * A random command stream over a random book. It looks at the reference before every command, so that it can aim:
 * collateral that puts a bucket on a threshold to the unit, marks that take it just over, floors that a notional
 * just reaches. What it yields are plain commands; replaying them needs no generator.
 */
import { MARK_MAX, SAFE_MAX, type TimeUs } from '../../src/core/num/units.ts';
import { Kind, KIND_NAMES, Leg, type Command } from '../../src/core/schema/commands.ts';
import type { LevelSettings } from '../../src/core/schema/levels.ts';
import type { Reference } from '../../src/reference/reference.ts';
import { clamp, randomMarket, randomSettings, randomTiers, type MarketPlan, type Style } from './books.ts';
import { corrupt, type Fields } from './corrupt.ts';
import { contractFields, formedPlan } from './forms.ts';
import { breakerFields, liftFields, qualityFields } from './price-quality.ts';
import type { Random } from './random.ts';
import { StreamSources } from './sources.ts';
import { StreamBook } from './stream-book.ts';
import { StreamHoldings } from './stream-holdings.ts';
import { StreamMarks } from './stream-marks.ts';

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
  | 'contract'
  | 'source'
  | 'resync'
  | 'settings'
  | 'corrupt';

/** Twice the cursor's way to 2^53 at one money unit a lot and tick, so that a cursor that only grows is off by several. */
const HISTORY_CHANGES = 500_000;

export class Stream {
  readonly #random: Random;
  readonly #book: StreamBook;
  readonly #marks: StreamMarks;
  readonly #holdings: StreamHoldings;
  readonly #weights: Record<RowKind | OtherKind, number>;
  /** Of the rows of transactions. */
  readonly #damagedShare: number;
  readonly #sources: StreamSources;
  readonly #accountTarget: number;
  readonly #marketTarget: number;
  #timeUs = 10;
  #names = 0;

  constructor(random: Random, style: Style, reference: Reference) {
    this.#random = random;
    this.#sources = new StreamSources(random);
    this.#book = new StreamBook(random, style, reference);
    this.#marks = new StreamMarks(random, this.#book);
    this.#holdings = new StreamHoldings(random, this.#book);
    this.#damagedShare = random.pick([0.01, 0.05, 0.3]);
    this.#accountTarget = this.#book.isLarge
      ? random.whole(300, 500)
      : random.whole(1, this.#book.style === 'dust' || this.#book.style === 'leaps' ? 40 : 12);
    this.#marketTarget = random.pick([1, 2, 2, 3, 4, 6]);
    this.#weights = {
      marks: random.pick([40, 80, 200, 1_500]),
      funding: random.pick(this.#book.style === 'dust' ? [8, 30, 80] : [1, 8, 30]),
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
      contract: this.#book.formShare === 0 ? 0.1 : 1,
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
    const settings = randomSettings(random, this.#book.style);
    if (random.chance(0.1)) yield corrupt(random, settings as unknown as Fields) as unknown as Command;
    this.#learn(settings.levels);
    yield settings;
    for (let at = random.whole(0, 2); at > 0; at--) yield this.#command(this.#sources.define());
    for (let at = 0; at < this.#marketTarget; at++) {
      yield this.#command(this.#market());
      if ((this.#book.plan(at)?.contract ?? null) !== null && random.chance(0.97))
        yield this.#command(this.#contract(at));
      if (random.chance(0.95)) yield this.#command(this.#marks.marksFields([[at, this.#book.markOf(at)]]));
    }
    if (this.#book.style === 'history') yield this.#history();
    for (let at = 0; at < this.#accountTarget; at++) yield this.#command(this.#account());
    for (let account = 0; account < this.#accountTarget; account++) {
      if (this.#book.style === 'legs' && random.chance(0.6)) {
        yield* this.#trio(account);
      } else if (random.chance(this.#book.hedgedShare * 0.4)) {
        // One pair of legs and nothing else: all that can move its equity is rounding, if the sizes are equal.
        const place = { ...this.#book.newPlace(account), isolated: false };
        for (const leg of [Leg.long, Leg.short])
          yield this.#command(this.#holdings.position({ ...place, leg }));
      } else {
        for (let at = this.#book.style === 'leaps' ? 1 : random.whole(0, 4); at > 0; at--) {
          const place = this.#book.newPlace(account);
          yield this.#command(
            random.chance(0.7) ? this.#holdings.position(place) : this.#holdings.fill(place),
          );
        }
      }
      if (random.chance(0.2)) yield this.#command(this.#holdings.order(this.#book.newPlace(account)));
      for (const bucket of this.#book.reference.inspect(account)?.buckets ?? []) {
        if (random.chance(0.9)) yield this.#command(this.#holdings.aimedMoney(account, bucket));
      }
    }
    if (this.#book.style === 'legs') yield* this.#raise();
    if (random.chance(0.5)) yield this.#command(breakerFields(random));
  }

  /** One market's funding index from bound to bound and back, and then to where it was. */
  #history(): Command {
    const market = this.#book.anyMarket();
    const row = (index: number): Command =>
      ({ kind: Kind.funding, market, index, timeUs: 0, origin: null }) as unknown as Command;
    const swings = [row(SAFE_MAX), row(-SAFE_MAX)];
    const rows = Array.from({ length: HISTORY_CHANGES }, (_, at) => swings[at % 2]);
    return this.#command({ kind: Kind.transaction, rows: [...rows, row(0)] });
  }

  /** Legs whose sum passes 2^53 money per tick on the way to next to nothing. */
  *#trio(account: number): Generator<Command> {
    const random = this.#random;
    const market = this.#book.anyMarket();
    if (this.#book.isThin(market)) {
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
    const unit = this.#book.plan(market)?.definition.markUnit ?? 1;
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
    for (let at = 0; at < this.#book.reference.marketCount; at++) {
      const raised = this.#book.isThin(at)
        ? this.#random.log(2 ** 40, MARK_MAX / 2)
        : this.#random.log(1e3, 1e6);
      yield this.#command(this.#marks.marksFields([[at, raised]]));
    }
    for (let account = 0; account < this.#book.reference.accountCount; account++) {
      for (const bucket of this.#book.reference.inspect(account)?.buckets ?? []) {
        yield this.#command(this.#holdings.aimedMoney(account, bucket));
      }
    }
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
        return this.#book.reference.marketCount < 8 ? this.#market() : this.#tiers();
      case 'contract':
        return this.#contract(
          this.#random.chance(0.5) ? this.#book.reference.marketCount - 1 : this.#book.anyMarket(),
        );
      case 'source':
        return this.#sources.define();
      case 'resync':
        return this.#sources.resync();
      case 'settings':
        return randomSettings(this.#random, this.#book.style) as unknown as Fields;
      case 'corrupt':
        return corrupt(this.#random, this.#random.chance(0.3) ? this.#definition() : this.#any());
      default:
        return this.#row(kind);
    }
  }

  #definition(): Fields {
    if (this.#random.chance(0.2)) return this.#contract(this.#book.reference.marketCount - 1);
    return this.#random.chance(0.5) ? this.#market() : this.#tiers();
  }

  #row(kind: RowKind): Fields {
    switch (kind) {
      case 'marks':
        return this.#marks.anyMarks();
      case 'funding':
        return this.#marks.funding();
      case 'account':
        return this.#account();
      case 'money':
        return this.#holdings.money();
      case 'position':
        return this.#holdings.position(this.#book.anyPlace());
      case 'fill':
        return this.#holdings.fill(this.#book.anyPlace());
      case 'settle':
        return { kind: Kind.settle, ...this.#book.anyPlace() };
      case 'order':
        return this.#holdings.order(this.#book.anyPlace());
      case 'quality':
        return qualityFields(this.#random, this.#book.reference, (market, share) =>
          clamp(this.#marks.moved(market, share), 1, MARK_MAX),
        );
      case 'lift':
        return liftFields(this.#random, this.#book.reference);
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

  #account(): Fields {
    return {
      kind: Kind.account,
      name: this.#names > this.#accountTarget && this.#random.chance(0.1) ? 'n1' : `n${++this.#names}`,
    };
  }

  #market(): Fields {
    const isRepeated = this.#book.plans.size > 0 && this.#random.chance(0.03);
    const name = isRepeated ? 'M1' : `M${this.#book.plans.size + 1}`;
    const { style, formShare, reference } = this.#book;
    const linear = randomMarket(this.#random, style, name, this.#timeUs as TimeUs);
    const plan = this.#random.chance(formShare)
      ? formedPlan(this.#random, style, linear, reference.settings?.decimals ?? 0)
      : linear;
    if (!isRepeated) this.#book.plans.set(name, plan);
    return plan.definition as unknown as Fields;
  }

  /** As planned, or any. */
  #contract(market: number): Fields {
    const { style, reference } = this.#book;
    const planned = this.#book.plan(market)?.contract ?? null;
    const decimals = reference.settings?.decimals ?? 0;
    const plan = (): MarketPlan => randomMarket(this.#random, style, 'any', this.#timeUs as TimeUs);
    const contract = planned ?? formedPlan(this.#random, style, plan(), decimals).contract!;
    return contractFields(this.#random, market, contract);
  }

  #tiers(): Fields {
    const random = this.#random;
    const market = this.#book.anyMarket();
    const plan = this.#book.plan(market);
    const notional = plan === undefined ? 1_000 : this.#book.lotValue(market) * plan.lots;
    return {
      kind: Kind.tiers,
      market,
      tiers: randomTiers(random, this.#book.style, clamp(notional, 1, SAFE_MAX)),
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
    this.#book.thresholds.push(...enter, ...exit, [1, 1], [1, 1], backstop, [0, 1]);
  }
}

export function kindName(command: Command): string {
  return KIND_NAMES[command.kind];
}
