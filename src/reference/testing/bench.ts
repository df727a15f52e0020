/** A reference to write tests against: one market, names instead of numbers in what it answers. */
import { Kind, Leg, MarginBasis, OrderMargin, type Command } from '../../core/schema/commands.ts';
import { DEFAULT_LEVELS, LEVEL_NAMES } from '../../core/schema/levels.ts';
import { REASON_NAMES } from '../../core/schema/reasons.ts';
import { Reference } from '../reference.ts';

export type Fields = Record<string, unknown>;

/** USDT 1e-6; BTC-PERP with tick 0.1, lot 0.001 and mark tick 0.1: one lot gains 100 units per mark tick. */
export const SETTINGS: Fields = {
  kind: Kind.settings,
  rules: 1,
  asset: 'USDT',
  decimals: 6,
  inclusive: false,
  levels: DEFAULT_LEVELS,
};
export const TIERS = [
  { floor: 0, mmr: { num: 4, den: 1000 }, imr: { num: 8, den: 1000 } },
  { floor: 50_000_000_000, mmr: { num: 1, den: 200 }, imr: { num: 1, den: 100 } },
];
export const MARKET: Fields = {
  kind: Kind.market,
  name: 'BTC-PERP',
  tick: '0.1',
  lot: '0.001',
  markTick: '0.1',
  markUnit: 100,
  tickUnit: { num: 100, den: 1 },
  tiers: TIERS,
  closeFee: { num: 0, den: 1 },
  basis: MarginBasis.mark,
  orderMargin: OrderMargin.none,
  orderRate: { num: 0, den: 1 },
};

export const CROSS = { account: 0, market: 0, leg: Leg.net, isolated: false };
export const ISOLATED = { ...CROSS, isolated: true };

/** A reference with names instead of numbers in what it answers. */
export class Bench {
  readonly reference = new Reference();

  /** The reason, then refused rows, then level changes. */
  do(fields: Fields): string {
    const command = { timeUs: 0, origin: null, ...fields } as unknown as Command;
    const { reason, refusals, levels } = this.reference.apply(command);
    return [
      REASON_NAMES[reason],
      ...refusals.map(({ row, reason }) => `row ${row} ${REASON_NAMES[reason]}`),
      ...levels.map(({ account, isolated, market, leg, from, to }) => {
        const name = isolated ? `${account}/${market}.${leg}` : `${account}`;
        return `${name} ${LEVEL_NAMES[from]} > ${LEVEL_NAMES[to]}`;
      }),
    ].join(', ');
  }

  mark(price: number, market = 0): string {
    return this.do({ kind: Kind.marks, marks: [{ market, price }], text: '' });
  }

  collateral(amount: number, place: Fields = CROSS): string {
    return this.do({ kind: Kind.collateral, ...place, amount });
  }

  position(size: number, costBasis: number, place: Fields = CROSS): string {
    return this.do({ kind: Kind.position, ...place, size, costBasis, fundingIndex: null });
  }

  fill(size: number, price: number, place: Fields = CROSS, fee = 0): string {
    return this.do({ kind: Kind.fill, ...place, size, price, fee });
  }

  order(id: number, size: number, price: number, place: Fields = CROSS): string {
    return this.do({ kind: Kind.order, ...place, id, size, price });
  }

  funding(index: number, market = 0): string {
    return this.do({ kind: Kind.funding, market, index });
  }

  bucket(at = 0, account = 0) {
    return this.reference.inspect(account)!.buckets[at];
  }

  held(account = 0): string[] {
    return this.reference
      .inspect(account)!
      .buckets.flatMap(({ isolated, positions }) =>
        positions.map(({ size, costBasis }) => `${isolated ? 'isolated' : 'cross'} ${size} for ${costBasis}`),
      );
  }
}

/** Settings, one market at 50000.0 and one account. */
export function bench(market: Fields = {}, settings: Fields = {}): Bench {
  const made = new Bench();
  made.do({ ...SETTINGS, ...settings });
  made.do({ ...MARKET, ...market });
  made.mark(500_000);
  made.do({ kind: Kind.account, name: 'ada' });
  return made;
}
