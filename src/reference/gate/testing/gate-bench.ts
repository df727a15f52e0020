/** A gate to write tests against: one market in which a lot at a price of 1 is worth 1, limits by name, names in what it answers. */
import { Kind, Leg } from '../../../core/schema/commands.ts';
import { GateKind } from '../../../core/schema/gate-commands.ts';
import {
  Limit,
  LimitLevel,
  levelOfLimit,
  REQUIRED_FIRM_LIMITS,
  REQUIRED_LIMITS,
} from '../../../core/schema/gate-limits.ts';
import { NOTICE_KIND_NAMES } from '../../../core/schema/gate-notices.ts';
import { OrderType } from '../../../core/schema/orders.ts';
import { REASON_NAMES } from '../../../core/schema/reasons.ts';
import { Side } from '../../../core/schema/side.ts';
import { MARKET, SETTINGS, type Fields } from '../../testing/bench.ts';
import { GateReference } from '../gate-reference.ts';

export type Limits = Readonly<Partial<Record<keyof typeof Limit, number | null>>>;

export const UNIT_MARKET: Fields = {
  ...MARKET,
  name: 'UNIT',
  markUnit: 1,
  tickUnit: { num: 1, den: 1 },
  tiers: [{ floor: 0, mmr: { num: 1, den: 100 }, imr: { num: 1, den: 10 } }],
};

/** Everything that must be said, as none, and `limits` of the firm's accounts or of the firm itself. */
export function limitsFields(limits: Limits, version = 1): Fields {
  const stated = Object.entries(limits).map(([name, hard]) => ({
    limit: Limit[name as keyof typeof Limit],
    hard: hard ?? null,
    soft: null,
  }));
  const sets = [LimitLevel.account, LimitLevel.group].map((level) => {
    const values = stated.filter(({ limit }) => levelOfLimit(limit) === level);
    const required = level === LimitLevel.account ? REQUIRED_LIMITS : REQUIRED_FIRM_LIMITS;
    const others = required.filter((limit) => values.every((value) => value.limit !== limit));
    const none = others.map((limit) => ({ limit, hard: null, soft: null }));
    return { level, group: 0, account: null, market: null, values: [...values, ...none] };
  });
  return { kind: GateKind.limits, version, author: 'officer', why: 'test', effectiveUs: 0, sets };
}

/** Settings, a market marked at 100, accounts `a` and `b` with `collateral` each, and limits. */
export function setUp(limits: Limits, collateral = 1_000_000): Fields[] {
  const money = { kind: Kind.collateral, market: 0, leg: Leg.net, isolated: false, amount: collateral };
  return [
    SETTINGS,
    UNIT_MARKET,
    { kind: Kind.marks, marks: [{ market: 0, price: 100 }], text: '' },
    { kind: Kind.account, name: 'a' },
    { kind: Kind.account, name: 'b' },
    { ...money, account: 0 },
    { ...money, account: 1 },
    limitsFields(limits),
  ];
}

/** Lots to buy, or (negative) to sell. */
export function enterFields(account: number, lots: number, fields: Fields = {}): Fields {
  return {
    kind: GateKind.enter,
    account,
    market: 0,
    leg: Leg.net,
    side: lots > 0 ? Side.bid : Side.ask,
    type: OrderType.limit,
    price: 100,
    size: Math.abs(lots),
    reduceOnly: false,
    clientId: 0,
    parent: 0,
    ...fields,
  };
}

export class GateBench {
  readonly gate = new GateReference();
  #trade = 0;

  constructor(limits: Limits = {}, collateral?: number) {
    for (const fields of setUp(limits, collateral)) this.do(fields);
  }

  /** The reason, then findings that are not it with what they compare, then notices. */
  do(fields: Fields): string {
    const { reason, findings, notices } = this.gate.apply({ timeUs: 0, origin: null, ...fields } as never);
    return [
      REASON_NAMES[reason],
      ...findings.map(
        (each) => `${each.isHard ? '' : 'soft '}${REASON_NAMES[each.reason]} ${each.value}>${each.limit}`,
      ),
      ...notices.map(({ kind }) => `! ${NOTICE_KIND_NAMES[kind]}`),
    ].join(', ');
  }

  enter(account: number, lots: number, fields: Fields = {}): string {
    return this.do(enterFields(account, lots, fields));
  }

  /** A trade of an order, or of none: signed lots. */
  trade(account: number, lots: number, fields: Fields = {}): string {
    return this.do({
      kind: GateKind.execution,
      account,
      name: '',
      market: 0,
      leg: Leg.net,
      side: lots > 0 ? Side.bid : Side.ask,
      lots: Math.abs(lots),
      price: 100,
      fee: 0,
      trade: ++this.#trade,
      order: 0,
      ...fields,
    });
  }

  mark(price: number): string {
    return this.do({ kind: Kind.marks, marks: [{ market: 0, price }], text: '' });
  }
}
