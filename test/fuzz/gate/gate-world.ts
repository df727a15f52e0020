/** What the commands of a random gate history are about: markets, accounts and what is usual among them. It looks at the reference, so that it can aim. */
import { MARK_MAX, PRICE_MAX, type TimeUs } from '../../../src/core/num/units.ts';
import { Form, Leg } from '../../../src/core/schema/commands.ts';
import { Side } from '../../../src/core/schema/side.ts';
import type { GateReference } from '../../../src/reference/gate/gate-reference.ts';
import { ticksOf } from '../../../src/reference/gate/prices.ts';
import type { GateState, Order } from '../../../src/reference/gate/state.ts';
import type { Market } from '../../../src/reference/state.ts';
import { formOf } from '../../../src/reference/worth.ts';
import { clamp, randomMarket, type MarketPlan } from '../books.ts';
import { formedPlan } from '../forms.ts';
import type { Random } from '../random.ts';

export const UNKNOWN = 77;
/** Beyond it equities pass 2^53, and are no longer exact in the gate. */
const MARK_FAR = 2 ** 36;

/** How a world differs from others: small numbers meet their limits often, large ones pass 2^53, and where little but orders happens bounds of accounts last. */
export const GATE_STYLES = ['plain', 'small', 'hedged', 'forms', 'parents', 'fast', 'large', 'calm'] as const;
export type GateStyle = (typeof GATE_STYLES)[number];

export class GateWorld {
  readonly random: Random;
  readonly style: GateStyle;
  readonly reference: GateReference;
  readonly plans: MarketPlan[] = [];
  /** A usual window, us. */
  readonly window: number;
  readonly lots: number;
  readonly accountsMax: number;
  readonly marketsMax: number;
  readonly hedgeShare: number;
  /** A usual share of orders that would cross the mark by far. */
  readonly slipShare: number;
  /** Of the last trades: replays are made of these. */
  readonly trades: Readonly<Record<string, unknown>>[] = [];
  timeUs = 1_000;
  #trade = 0;

  constructor(random: Random, style: GateStyle, reference: GateReference) {
    this.random = random;
    this.style = style;
    this.reference = reference;
    this.window = random.pick([0, 1, 15, 16, 17, 100, 160, 1_000]);
    this.lots =
      style === 'large' ? random.pick([20, 1e3, 1e5]) : style === 'small' ? 4 : random.pick([3, 10, 40]);
    this.accountsMax = random.whole(1, 6);
    this.marketsMax = random.whole(1, 4);
    this.hedgeShare = style === 'hedged' ? 0.7 : style === 'calm' ? 0 : random.pick([0, 0, 0.1]);
    this.slipShare = random.pick([0.02, 0.1, 0.3]);
  }

  get state(): GateState {
    return this.reference.state;
  }

  get markets(): readonly Market[] {
    return this.state.engine.markets;
  }

  newPlan(name: string): MarketPlan {
    const { random, style } = this;
    const base = style === 'small' ? 'dust' : 'plain';
    const linear = randomMarket(random, base, name, this.timeUs as TimeUs);
    const formShare = style === 'forms' ? 0.7 : style === 'calm' ? 0 : 0.1;
    const decimals = this.reference.engine.settings?.decimals ?? 0;
    return random.chance(formShare) ? formedPlan(random, base, linear, decimals) : linear;
  }

  account(): number {
    const { random } = this;
    const count = this.state.accounts.length;
    if (count === 0 || random.chance(0.004)) return random.pick([UNKNOWN, count, -1, 0.5]);
    return random.whole(0, count - 1);
  }

  /** One that is traded, mostly. */
  market(): number {
    const { random, markets } = this;
    if (markets.length === 0 || random.chance(0.004)) return random.pick([UNKNOWN, markets.length, -1]);
    const traded = markets.filter((market) => formOf(market) !== Form.collateral);
    if (traded.length === 0 || random.chance(0.01)) return random.whole(0, markets.length - 1);
    return random.pick(traded).row;
  }

  group(): number {
    const { random } = this;
    return random.chance(0.01) ? UNKNOWN : random.whole(0, this.state.groups.length - 1);
  }

  side(): Side {
    return this.random.chance(0.5) ? Side.bid : Side.ask;
  }

  leg(): Leg {
    return this.random.chance(this.hedgeShare) ? this.random.pick([Leg.long, Leg.short]) : Leg.net;
  }

  size(): number {
    const { random } = this;
    if (random.chance(0.01)) return random.pick([0, -1, 1.5, 2 ** 53, 2 ** 52]);
    return random.chance(0.3) ? 1 : random.whole(1, this.lots);
  }

  /** The mark in ticks of orders; 1 where there is none. */
  markTicks(row: number): number {
    const market = this.markets[row];
    if (market === undefined || market.mark === null) return 100;
    return clamp(Number(ticksOf(market, market.mark)), 1, PRICE_MAX);
  }

  /** Near the mark, at times a slip. */
  price(row: number): number {
    const { random } = this;
    const mark = this.markTicks(row);
    const by = random.chance(this.slipShare) ? random.log(0.05, 5) : random.log(1e-4, 0.05);
    if (random.chance(0.004)) return random.pick([0, -1, 0.5, PRICE_MAX, PRICE_MAX + 1]);
    return clamp(Math.round(mark * (1 + random.sign() * by)), 1, PRICE_MAX);
  }

  movedMark(row: number): number {
    const { random } = this;
    const before = this.markets[row]?.mark ?? null;
    const mark = before === null ? (this.plans[row]?.firstMark ?? 1_000) : Number(before);
    if (random.chance(0.01)) return random.pick([0, -1, 1, MARK_MAX + 1]);
    if (this.style === 'calm' && random.chance(0.9))
      return mark + random.whole(-1, 1) * Math.round(mark / 500);
    const by = random.chance(0.1) ? random.log(0.05, 0.8) : random.log(1e-4, 0.05);
    return clamp(Math.round(mark * (1 + random.sign() * by)), 1, MARK_FAR);
  }

  working(): readonly Order[] {
    return this.state.accounts.flatMap(({ orders }) => orders);
  }

  /** About what a usual position of the market is worth. */
  usualValue(row: number): number {
    const value = Number(this.markets[row]?.lotValue ?? 1n) * this.lots;
    return clamp(Math.round(value), 1, Number.MAX_SAFE_INTEGER);
  }

  newTrade(): number {
    this.#trade += this.random.pick([1, 1, 1, 2]);
    return this.#trade;
  }
}
