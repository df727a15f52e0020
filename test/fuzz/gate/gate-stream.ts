/**
 * A random gate history: markets, accounts, groups and limits, and then whatever can come. It looks at the reference before every command,
 * so that it can aim. What it yields are plain commands; replaying them needs no generator.
 */
import type { Command } from '../../../src/core/schema/commands.ts';
import { Kind, Leg } from '../../../src/core/schema/commands.ts';
import { GateKind, type GateCommand } from '../../../src/core/schema/gate-commands.ts';
import { Use, USES_ALL } from '../../../src/core/schema/quality.ts';
import type { GateReference } from '../../../src/reference/gate/gate-reference.ts';
import { clamp, randomSettings, randomTiers } from '../books.ts';
import { corrupt, type Fields } from '../corrupt.ts';
import { contractFields } from '../forms.ts';
import { breakerFields, liftFields, qualityFields } from '../price-quality.ts';
import type { Random } from '../random.ts';
import { StreamSources } from '../sources.ts';
import { GateBounds } from './gate-bounds.ts';
import { GateOrders, type GateFields } from './gate-orders.ts';
import { GateRules } from './gate-rules.ts';
import { GATE_STYLES, GateWorld, type GateStyle } from './gate-world.ts';

export type AnyGateCommand = Command | GateCommand;

/** Commands without an accepted order. */
const STUCK_AFTER = 20;
/** Equity stays within 2^53, where the gate counts in whole numbers. */
const FORTUNE_MAX = 2 ** 50;
const MONEY: ReadonlySet<string> = new Set(['amount', 'costBasis', 'index', 'fee']);
/** Rare where bounds are to last. */
const CALM = {
  position: 0.2,
  funding: 0.05,
  settle: 0.05,
  transaction: 0.1,
  tiers: 0.05,
  quality: 0,
  day: 0.1,
  marks: 10,
};
/** So many orders that work are enough. */
const WORKING_MANY = 14;

export function gateStyleOf(seed: number): GateStyle {
  return GATE_STYLES[seed % GATE_STYLES.length];
}

export class GateStream {
  readonly #random: Random;
  readonly #world: GateWorld;
  readonly #orders: GateOrders;
  readonly #bounds: GateBounds;
  readonly #rules: GateRules;
  readonly #sources: StreamSources;
  readonly #weights: Record<string, number>;
  readonly #paces: readonly number[];
  #sinceOrder = 0;
  #orderBefore = 0;

  constructor(random: Random, style: GateStyle, reference: GateReference) {
    this.#random = random;
    this.#world = new GateWorld(random, style, reference);
    this.#orders = new GateOrders(this.#world);
    this.#bounds = new GateBounds(this.#world);
    this.#rules = new GateRules(this.#world);
    this.#sources = new StreamSources(random);
    this.#paces = random.pick([
      [0, 0, 1, 1, 2],
      [0, 1, 5, 20],
      [0, 0, 0, 1],
      [1, 10, 100, 1_000],
    ]);
    this.#weights = {
      enter: 40,
      replace: random.pick([2, 8]),
      confirm: random.pick([2, 8]),
      cancel: random.pick([2, 6]),
      done: random.pick([2, 8]),
      execution: random.pick([8, 20]),
      parent: style === 'parents' ? 4 : 0.3,
      locate: random.pick([0.2, 2]),
      limits: random.pick([0.5, 2]),
      grant: random.pick([0.2, 2]),
      group: 0.3,
      member: random.pick([0.3, 2]),
      instrument: 0.5,
      reference: random.pick([0.5, 3]),
      halt: random.pick([0.1, 0.6]),
      release: random.pick([1, 5]),
      day: random.pick([0.05, 0.5, 2]),
      tick: random.pick([0.5, 3]),
      marks: random.pick([2, 10]),
      money: random.pick([1, 4]),
      position: random.pick([0.3, 2]),
      funding: 0.5,
      settle: 0.3,
      transaction: 1,
      account: 0.4,
      market: 0.05,
      tiers: 0.2,
      quality: random.pick([0, 0, 1]),
      lift: 0.1,
      breaker: 0.05,
      elsewhere: 0.2,
      source: 0.2,
      resync: 1,
      settings: 0.05,
      corrupt: random.pick([0.5, 3]),
      ...(style === 'calm' ? CALM : {}),
    };
  }

  /** What there is at first, then `length` commands. */
  *commands(length: number): Generator<AnyGateCommand> {
    yield* this.#build();
    for (let left = length; left > 0; left--)
      yield this.#dress(this.#isStuck() ? this.#remedy() : this.#any());
  }

  /** Whether nothing was accepted for long. */
  #isStuck(): boolean {
    const { lastOrder } = this.#world.state;
    this.#sinceOrder = lastOrder === this.#orderBefore ? this.#sinceOrder + 1 : 0;
    this.#orderBefore = lastOrder;
    return this.#sinceOrder > STUCK_AFTER && this.#random.chance(0.5);
  }

  /** Something of what may be in the way is taken out of it. */
  #remedy(): GateFields {
    const random = this.#random;
    const world = this.#world;
    const { halts, engine } = world.state;
    const unpriced = engine.markets.filter(({ mark, allows }) => mark === null || (allows & Use.open) === 0);
    if (unpriced.length > 0 && random.chance(0.5)) {
      const { row } = random.pick(unpriced);
      const mark = world.plans[row]?.firstMark ?? 1_000;
      return {
        kind: Kind.quality,
        market: row,
        quality: 0,
        allows: USES_ALL,
        mark,
        reference: null,
        text: '',
      };
    }
    if (halts.length > 0 && random.chance(0.6)) return this.#rules.release();
    if (random.chance(0.2))
      return { ...this.#money(), kind: Kind.transfer, isolated: false, amount: this.#fortune() };
    if (random.chance(0.2)) return this.#orders.done();
    return random.chance(0.1) ? { kind: GateKind.day } : this.#bounds.ease();
  }

  *#build(): Generator<AnyGateCommand> {
    const random = this.#random;
    const world = this.#world;
    if (random.chance(0.02)) yield this.#command({ kind: GateKind.tick });
    yield this.#command({ ...randomSettings(random, 'plain') });
    for (let at = random.whole(0, 2); at > 0; at--) yield this.#command(this.#sources.define());
    for (let at = 0; at < world.marketsMax; at++) {
      yield this.#command(this.#market());
      const contract = world.plans[at]?.contract ?? null;
      if (contract !== null) yield this.#command(contractFields(random, at, contract));
      if (random.chance(0.95)) yield this.#command(this.#marks(at));
      if (random.chance(0.7)) yield this.#command({ ...this.#rules.instrument(), market: at });
      if (random.chance(0.5)) yield this.#command({ ...this.#rules.reference(), market: at });
    }
    const open = Math.max(1, random.chance(0.8) ? world.accountsMax : world.accountsMax - 1);
    for (let at = 0; at < open; at++) {
      yield this.#command(this.#account());
      yield this.#command({
        kind: Kind.collateral,
        ...this.#place(at),
        isolated: false,
        amount: this.#fortune(),
      });
      if (random.chance(0.3)) yield this.#command(this.#position(at));
    }
    for (let at = random.whole(0, 6); at > 0; at--) yield this.#command(this.#rules.group());
    for (let at = random.whole(0, 10); at > 0; at--)
      yield this.#command({ ...this.#rules.member(), isIn: true });
    if (random.chance(0.97)) yield this.#command(this.#bounds.limits());
    if (random.chance(0.5)) yield this.#command({ kind: GateKind.day });
  }

  #any(): GateFields {
    const random = this.#random;
    if (this.#world.working().length > WORKING_MANY && random.chance(0.3)) return this.#orders.done();
    const kind = random.weighted(this.#weights);
    switch (kind) {
      case 'enter':
        return this.#orders.enter();
      case 'replace':
        return this.#orders.replace();
      case 'confirm':
        return this.#orders.confirm();
      case 'cancel':
        return this.#orders.cancel();
      case 'done':
        return this.#orders.done();
      case 'execution':
        return this.#orders.execution();
      case 'parent':
        return this.#orders.parent();
      case 'locate':
        return this.#orders.locate();
      case 'limits':
        return this.#bounds.limits();
      case 'grant':
        return this.#bounds.grant();
      case 'group':
        return this.#rules.group();
      case 'member':
        return this.#rules.member();
      case 'instrument':
        return this.#rules.instrument();
      case 'reference':
        return this.#rules.reference();
      case 'halt':
        return this.#rules.halt();
      case 'release':
        return this.#rules.release();
      case 'day':
        return { kind: GateKind.day };
      case 'tick':
        return { kind: GateKind.tick };
      case 'transaction':
        return { kind: Kind.transaction, rows: this.#rows() };
      case 'market':
        return this.#world.markets.length < 5 ? this.#market() : this.#marks(this.#world.market());
      case 'tiers':
        return this.#tiers();
      case 'breaker':
        return breakerFields(random);
      case 'elsewhere':
        return this.#elsewhere();
      case 'source':
        return this.#sources.define();
      case 'resync':
        return this.#sources.resync();
      case 'settings':
        return { ...randomSettings(random, 'plain') };
      case 'corrupt':
        return tamed(corrupt(random, this.#any() as Fields));
      default:
        return this.#fact(kind);
    }
  }

  #fact(kind: string): GateFields {
    const random = this.#random;
    const world = this.#world;
    const { engine } = world.reference;
    switch (kind) {
      case 'money':
        return this.#money();
      case 'position':
        return this.#position(world.account());
      case 'funding':
        return {
          kind: Kind.funding,
          market: world.market(),
          index: random.sign() * Math.round(random.log(1, 1e9)),
        };
      case 'settle':
        return { kind: Kind.settle, ...this.#place(world.account()) };
      case 'account':
        return this.#account();
      case 'quality':
        return qualityFields(random, engine, (market) => Math.max(1, Math.floor(world.movedMark(market))));
      case 'lift':
        return liftFields(random, engine);
      default:
        return this.#marks(world.market());
    }
  }

  #rows(): GateFields[] {
    const random = this.#random;
    const kinds = {
      marks: 2,
      money: 3,
      position: 3,
      settle: 1,
      funding: 1,
      account: 0.2,
      quality: 0.3,
      lift: 0.1,
    };
    return Array.from({ length: random.whole(0, 4) }, () => ({
      timeUs: 0,
      origin: null,
      ...(random.chance(0.02) ? this.#elsewhere() : this.#fact(random.weighted(kinds))),
    }));
  }

  /** Fills and working orders come in other ways. */
  #elsewhere(): GateFields {
    const place = this.#place(this.#world.account());
    return this.#random.chance(0.5)
      ? { kind: Kind.fill, ...place, size: 1, price: 1, fee: 0 }
      : { kind: Kind.order, ...place, id: 1, size: 1, price: 1 };
  }

  #account(): GateFields {
    const count = this.#world.state.accounts.length;
    const name =
      count >= this.#world.accountsMax + 1 ? 'a1' : this.#random.chance(0.03) ? 'ghost' : `a${count + 1}`;
    return { kind: Kind.account, name };
  }

  #market(): GateFields {
    const plan = this.#world.newPlan(`M${this.#world.plans.length + 1}`);
    this.#world.plans.push(plan);
    return { ...plan.definition };
  }

  #marks(row: number): GateFields {
    const price =
      this.#world.markets[row]?.mark === null
        ? (this.#world.plans[row]?.firstMark ?? 1_000)
        : this.#world.movedMark(row);
    return { kind: Kind.marks, text: '', marks: [{ market: row, price }] };
  }

  #tiers(): GateFields {
    const market = this.#world.market();
    const tiers = randomTiers(this.#random, 'plain', this.#world.usualValue(market));
    return { kind: Kind.tiers, market, tiers, effectiveUs: this.#world.timeUs + this.#random.whole(-5, 20) };
  }

  #place(account: number): { account: number; market: number; leg: Leg; isolated: boolean } {
    return {
      account,
      market: this.#world.market(),
      leg: this.#world.leg(),
      isolated: this.#random.chance(0.15),
    };
  }

  /** Enough for a few usual positions, or hardly. */
  #fortune(): number {
    const usual = this.#world.usualValue(this.#world.market());
    return Math.round(clamp(usual * this.#random.log(0.2, 1_000), 0, FORTUNE_MAX));
  }

  #money(): GateFields {
    const random = this.#random;
    const place = this.#place(this.#world.account());
    const amount = this.#fortune();
    if (random.chance(0.4)) return { kind: Kind.collateral, ...place, amount };
    return {
      kind: Kind.transfer,
      ...place,
      amount: Math.round(amount * random.pick([0.1, -0.1, 0.5, -0.5])),
    };
  }

  #position(account: number): GateFields {
    const random = this.#random;
    const place = this.#place(account);
    const lots = random.chance(0.15) ? 0 : Math.floor(this.#world.size());
    const sign = place.leg === Leg.net ? random.sign() : place.leg === Leg.long ? 1 : -1;
    const size = sign * lots;
    const lotValue = Number(this.#world.markets[place.market]?.lotValue ?? 1n);
    const costBasis = Math.round(
      clamp(size * lotValue * random.log(0.8, 1.25), -Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER),
    );
    const isBalance = random.chance(0.05);
    return {
      kind: Kind.position,
      ...place,
      ...(isBalance ? { leg: Leg.net, isolated: false } : {}),
      size: isBalance ? lots : size,
      costBasis: isBalance ? 0 : costBasis,
      fundingIndex: null,
    };
  }

  /** With a time, and sometimes an origin. */
  #dress(fields: GateFields): AnyGateCommand {
    const random = this.#random;
    const world = this.#world;
    world.timeUs += random.pick(this.#paces);
    const timeUs = random.chance(0.02) ? Math.max(0, world.timeUs - random.whole(1, 400)) : world.timeUs;
    const isBadTime = fields['timeUs'] !== undefined && !Number.isSafeInteger(fields['timeUs']);
    const command = { origin: null, ...fields, timeUs: isBadTime ? fields['timeUs'] : timeUs };
    if (command.origin !== null || this.#sources.count === 0 || random.chance(0.93)) return command as never;
    return { ...command, origin: this.#sources.origin() } as never;
  }

  #command(fields: GateFields): AnyGateCommand {
    return { origin: null, ...fields, timeUs: this.#world.timeUs } as never;
  }
}

/** Money of commands and of their rows, where it is a number at all, within FORTUNE_MAX. */
function tamed<Fields extends object>(fields: Fields): Fields {
  const entries = Object.entries(fields).map(([name, value]: [string, unknown]) => {
    const isMoney = MONEY.has(name);
    if (isMoney && Number.isSafeInteger(value))
      return [name, clamp(value as number, -FORTUNE_MAX, FORTUNE_MAX)];
    return [name, name === 'rows' ? (value as object[]).map(tamed) : value];
  });
  return Object.fromEntries(entries) as Fields;
}
