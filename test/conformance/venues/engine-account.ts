/**
 * One margin bucket of the calculator, put to the engine as lines of text: what a venue's inverse fact says must hold there as well.
 * The engine counts in whole units, so its answers are as fine as its asset's decimals and its mark ticks.
 */
import { accountFacts, type BucketFacts } from '../../../src/app/explain/facts.ts';
import type { Bucket, Market } from '../../../src/core/calculator/account.ts';
import type { MarketRules } from '../../../src/core/calculator/input.ts';
import { Engine } from '../../../src/core/engine/engine.ts';
import {
  abs,
  compare,
  div,
  fraction,
  integer,
  mul,
  roundTo,
  toExactText,
  type Rational,
} from '../../../src/core/num/rational.ts';
import { REASON_NAMES } from '../../../src/core/schema/reasons.ts';
import { decodeCommand } from '../../../src/io/ingest/file/decode.ts';
import { Registry } from '../../../src/io/ingest/file/registry.ts';
import { Reference } from '../../../src/reference/reference.ts';

export const MARK_TICK = '0.01';
const DECIMALS_MAX = 12;

export interface EngineAnswer {
  readonly bucket: BucketFacts;
  readonly decimals: number;
  /** The same from money units. */
  money(this: void, units: bigint): Rational;
  price(this: void, ticks: number): Rational;
}

/** Why the engine has no such rule; null where it does. */
export function unsupported({ rules, closeFee, schedule }: Market): string | null {
  if (schedule.type !== 'tiers') return 'a rate that is a curve';
  if (closeFee.num !== 0n && rules.closeFeeBasis !== rules.mmBasis)
    return `a close fee at the ${rules.closeFeeBasis} price`;
  return null;
}

export function askEngine({ name, collateral, positions, inclusive }: Bucket): EngineAnswer {
  const decimals = decimalsFor(positions[0].market, collateral);
  const registry = new Registry();
  const engine = new Engine();
  const reference = new Reference();
  const say = (line: object): void => {
    const command = decodeCommand(JSON.stringify({ time: 0, ...line }), registry);
    const decision = engine.apply(command);
    if (decision.reason !== 0) throw new Error(`${REASON_NAMES[decision.reason]}: ${JSON.stringify(line)}`);
    registry.learn(command, decision);
    reference.apply(command);
  };
  const isolated = name !== 'cross';
  say({ kind: 'settings', asset: 'COIN', decimals, inclusive });
  for (const { market } of positions) {
    say(marketLine(market, decimals));
    say({ kind: 'contract', market: market.name, form: 'inverse', value: text(market.contractValue) });
    say({ kind: 'marks', marks: [{ market: market.name, price: text(market.mark) }] });
  }
  say({ kind: 'account', name: 'a' });
  for (const { market, size, entryPrice } of positions) {
    const place = { account: 'a', market: market.name, ...(isolated ? { isolated } : {}) };
    // Booked as the venue does, a contract at a time, or as the engine does where nothing is said of that.
    const booked =
      market.roundings.contractValue === null
        ? { entryPrice: text(entryPrice) }
        : { costBasis: text(mul(size, lotValue(market, entryPrice, decimals))) };
    say({ kind: 'position', ...place, size: text(size), ...booked });
  }
  const place = isolated ? { market: positions[0].market.name, isolated } : {};
  const unit = fraction(1n, 10n ** BigInt(decimals));
  say({ kind: 'collateral', account: 'a', ...place, amount: text(roundTo(collateral, unit, 'floor')) });
  if (reference.digest() !== engine.digest()) throw new Error('engine and reference differ');
  return {
    bucket: accountFacts(engine, 0).find((bucket) => bucket.isolated === isolated)!,
    decimals,
    money: (units) => fraction(units, 10n ** BigInt(decimals)),
    price: (ticks) => fraction(BigInt(ticks), 100n),
  };
}

/** One contract at a price, to the unit. */
function lotValue({ contractValue }: Market, price: Rational, decimals: number): Rational {
  return roundTo(div(contractValue, price), fraction(1n, 10n ** BigInt(decimals)), 'half-even');
}

/** As the venue's own rounding has it, or as many as the collateral leaves room for. */
function decimalsFor({ roundings }: Market, collateral: Rational): number {
  if (roundings.contractValue !== null) return String(roundings.contractValue.unit.den).length - 1;
  let decimals = DECIMALS_MAX;
  const room = integer(2n ** 52n);
  while (compare(mul(abs(collateral), integer(10n ** BigInt(decimals))), room) > 0) decimals--;
  return decimals;
}

function marketLine({ name, rules, closeFee, schedule }: Market, decimals: number): object {
  if (schedule.type !== 'tiers') throw new Error('tiers');
  const money = fraction(1n, 10n ** BigInt(decimals));
  return {
    kind: 'market',
    name,
    tick: MARK_TICK,
    lot: '1',
    markTick: MARK_TICK,
    closeFee: rate(closeFee),
    basis: rules.mmBasis satisfies MarketRules['mmBasis'],
    tiers: schedule.tiers.map(({ floor, mmr }) => ({
      floor: text(roundTo(floor, money, 'floor')),
      mmr: rate(mmr),
      imr: '1',
    })),
  };
}

function rate({ num, den }: Rational): string {
  return `${num}/${den}`;
}

function text(value: Rational): string {
  const decimal = toExactText(value);
  if (decimal === null) throw new Error(`${value.num}/${value.den} is no decimal`);
  return decimal;
}
