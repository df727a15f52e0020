/**
 * Bytes as commands of a gate again, of its own range and of the engine's: the other half of gate-codec.ts, which states the
 * layout. Bytes that are no command are refused with what is wrong with them and where; none beyond the given length is read.
 */
import type {
  AccountRow,
  MarketRow,
  MarkTicks,
  PriceTicks,
  QuoteMicros,
  SizeLots,
  TimeUs,
} from '../num/units.ts';
import { RangeReader, type Head, type Shape } from './codec-range.ts';
import { LEG_NAMES, type Leg } from './commands.ts';
import {
  GateFlag,
  LIMIT_LEVEL_NAMES,
  SET_BYTES_MIN,
  SetFlag,
  VALUE_BYTES_MIN,
  ValueFlag,
} from './gate-codec.ts';
import {
  GATE_KIND_FIRST,
  GATE_KIND_NAMES,
  GateKind,
  HALT_STATE_NAMES,
  SHORT_RULE_NAMES,
  type EnterCommand,
  type ExecutionCommand,
  type GateCommand,
  type GrantCommand,
  type HaltScope,
  type HaltState,
  type LimitSet,
  type LimitsCommand,
  type LimitValue,
  type ShortRule,
} from './gate-commands.ts';
import { GROUP_KIND_NAMES, LIMIT_NAMES, type GroupKind, type Limit, type LimitLevel } from './gate-limits.ts';
import type { OrderType } from './orders.ts';
import { SIDE_NAMES, type Side } from './side.ts';

const SCOPE = GateFlag.group | GateFlag.account | GateFlag.market;

const SHAPES: readonly Shape[] = GATE_KIND_NAMES.map((name) => {
  const flags: Partial<Record<keyof typeof GateKind, number>> = {
    instrument: GateFlag.restricted,
    reference: GateFlag.index | GateFlag.last,
    member: GateFlag.isIn,
    halt: SCOPE,
    release: SCOPE,
    grant: SCOPE | GateFlag.hard,
    enter: GateFlag.reduceOnly,
    confirm: GateFlag.taken,
    execution: GateFlag.known,
  };
  const small: Partial<Record<keyof typeof GateKind, Shape['small']>> = {
    instrument: SHORT_RULE_NAMES,
    group: GROUP_KIND_NAMES,
    halt: HALT_STATE_NAMES,
    grant: LIMIT_LEVEL_NAMES,
    parent: SIDE_NAMES,
    enter: null,
    execution: null,
  };
  return { flags: flags[name] ?? 0, small: small[name] === undefined ? [''] : small[name] };
});

/** `texts` is about those of marks and quality. */
export class GateCommandReader extends RangeReader<GateCommand> {
  constructor(options: { readonly texts?: boolean } = {}) {
    super(GATE_KIND_FIRST, GATE_KIND_NAMES, SHAPES, options);
  }

  protected read(kind: number, head: Head): GateCommand {
    switch (kind as GateKind) {
      case GateKind.enter:
        return this.#enter(head);
      case GateKind.replace: {
        const name = this.#orderName();
        const price = this.f64() as PriceTicks;
        return { kind: GateKind.replace, ...head, ...name, price, size: this.f64() as SizeLots };
      }
      case GateKind.cancel:
        return { kind: GateKind.cancel, ...head, ...this.#orderName() };
      case GateKind.execution:
        return this.#execution(head);
      case GateKind.confirm:
        return { kind: GateKind.confirm, ...head, order: this.f64(), taken: this.has(GateFlag.taken) };
      case GateKind.done:
        return { kind: GateKind.done, ...head, order: this.f64() };
      case GateKind.instrument: {
        const short = this.small as ShortRule;
        const restricted = this.has(GateFlag.restricted);
        const market = this.f64() as MarketRow;
        const sector = this.text();
        return { kind: GateKind.instrument, ...head, market, sector, issuer: this.text(), short, restricted };
      }
      case GateKind.reference: {
        const market = this.f64() as MarketRow;
        const index = this.optional(GateFlag.index) as MarkTicks | null;
        const last = this.optional(GateFlag.last) as PriceTicks | null;
        return { kind: GateKind.reference, ...head, market, index, last };
      }
      case GateKind.group: {
        const parent = this.f64();
        return { kind: GateKind.group, ...head, name: this.text(), of: this.small as GroupKind, parent };
      }
      case GateKind.member: {
        const account = this.f64() as AccountRow;
        const group = this.f64();
        return { kind: GateKind.member, ...head, account, group, isIn: this.has(GateFlag.isIn) };
      }
      case GateKind.limits:
        return this.#limits(head);
      case GateKind.halt: {
        const state = this.small as HaltState;
        const scope = this.#scope();
        const by = this.text();
        return { kind: GateKind.halt, ...head, ...scope, state, by, why: this.text() };
      }
      case GateKind.release: {
        const scope = this.#scope();
        const by = this.text();
        return { kind: GateKind.release, ...head, ...scope, by, why: this.text() };
      }
      case GateKind.grant:
        return this.#grant(head);
      case GateKind.locate: {
        const account = this.f64() as AccountRow;
        const market = this.f64() as MarketRow;
        const lots = this.f64() as SizeLots;
        return { kind: GateKind.locate, ...head, account, market, lots, expiresUs: this.f64() as TimeUs };
      }
      case GateKind.parent: {
        const side = this.small as Side;
        const parent = this.f64();
        const account = this.f64() as AccountRow;
        const market = this.f64() as MarketRow;
        return {
          kind: GateKind.parent,
          ...head,
          parent,
          account,
          market,
          side,
          size: this.f64() as SizeLots,
        };
      }
      case GateKind.day:
        return { kind: GateKind.day, ...head };
      default:
        return { kind: GateKind.tick, ...head };
    }
  }

  #enter(head: Head): EnterCommand {
    const { leg, side } = this.#legAndSide();
    const account = this.f64() as AccountRow;
    const market = this.f64() as MarketRow;
    const price = this.f64() as PriceTicks;
    const size = this.f64() as SizeLots;
    const clientId = this.f64();
    return {
      kind: GateKind.enter,
      ...head,
      account,
      market,
      leg,
      side,
      type: ((this.small >> 3) & 1) as OrderType,
      price,
      size,
      reduceOnly: this.has(GateFlag.reduceOnly),
      clientId,
      parent: this.f64(),
    };
  }

  #execution(head: Head): ExecutionCommand {
    const { leg, side } = this.#legAndSide(8);
    const account = this.optional(GateFlag.known) as AccountRow | null;
    const market = this.f64() as MarketRow;
    const lots = this.f64() as SizeLots;
    const price = this.f64() as PriceTicks;
    const fee = this.f64() as QuoteMicros;
    const trade = this.f64();
    const order = this.f64();
    const name = this.text();
    return {
      kind: GateKind.execution,
      ...head,
      account,
      name,
      market,
      leg,
      side,
      lots,
      price,
      fee,
      trade,
      order,
    };
  }

  #limits(head: Head): LimitsCommand {
    const version = this.f64();
    const effectiveUs = this.f64() as TimeUs;
    const sets: LimitSet[] = [];
    for (let left = this.count(SET_BYTES_MIN); left > 0; left--) sets.push(this.#set());
    const author = this.text();
    return { kind: GateKind.limits, ...head, version, author, why: this.text(), effectiveUs, sets };
  }

  #set(): LimitSet {
    const level = this.u8();
    const flags = this.u8();
    if (LIMIT_LEVEL_NAMES[level] === undefined || flags > 7)
      throw this.malformed(`a set of level ${level} with flags ${flags} makes no sense`);
    const group = (flags & SetFlag.group) === 0 ? null : this.f64();
    const account = (flags & SetFlag.account) === 0 ? null : (this.f64() as AccountRow);
    const market = (flags & SetFlag.market) === 0 ? null : (this.f64() as MarketRow);
    const values: LimitValue[] = [];
    for (let left = this.count(VALUE_BYTES_MIN); left > 0; left--) {
      const limit = this.#limit();
      const there = this.u8();
      if (there > 3) throw this.malformed(`a limit with flags ${there} makes no sense`);
      const hard = (there & ValueFlag.hard) === 0 ? null : this.f64();
      values.push({ limit, hard, soft: (there & ValueFlag.soft) === 0 ? null : this.f64() });
    }
    return { level: level as LimitLevel, group, account, market, values };
  }

  #grant(head: Head): GrantCommand {
    const level = this.small as LimitLevel;
    const scope = this.#scope();
    const hard = this.optional(GateFlag.hard);
    const expiresUs = this.f64() as TimeUs;
    const limit = this.#limit();
    const by = this.text();
    const approvedBy = this.text();
    const why = this.text();
    return { kind: GateKind.grant, ...head, level, ...scope, limit, hard, expiresUs, by, approvedBy, why };
  }

  #limit(): Limit {
    const limit = this.u8();
    if (LIMIT_NAMES[limit] === undefined)
      throw this.malformed(`limit ${limit} is none that this reader knows`);
    return limit as Limit;
  }

  #legAndSide(below = 16): { leg: Leg; side: Side } {
    const { small } = this;
    const leg = small & 3;
    if (leg >= LEG_NAMES.length || small >= below)
      throw this.malformed(`its fourth byte, ${small}, makes no sense`);
    return { leg: leg as Leg, side: ((small >> 2) & 1) as Side };
  }

  #scope(): HaltScope {
    const group = this.optional(GateFlag.group);
    const account = this.optional(GateFlag.account) as AccountRow | null;
    return { group, account, market: this.optional(GateFlag.market) as MarketRow | null };
  }

  #orderName(): { account: AccountRow; order: number; clientId: number } {
    const account = this.f64() as AccountRow;
    const order = this.f64();
    return { account, order, clientId: this.f64() };
  }
}
