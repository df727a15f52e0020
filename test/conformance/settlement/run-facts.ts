/** Puts facts to the engine and to the functions of liquidation, and compares exactly or within a tolerance that a fact explains. */
import type { CalculatorInput } from '../../../src/core/calculator/input.ts';
import { closeSize } from '../../../src/core/liquidation/close-size.ts';
import { liquidationFee } from '../../../src/core/liquidation/liquidation-fee.ts';
import { shareLoss } from '../../../src/core/liquidation/socialise.ts';
import { TakeoverBasis, takeoverPrices } from '../../../src/core/liquidation/takeover-price.ts';
import {
  abs,
  integer,
  mul,
  negate,
  parseRational,
  sub,
  ZERO,
  type Rational,
} from '../../../src/core/num/rational.ts';
import type { Rate } from '../../../src/core/num/units.ts';
import type { FillFact } from '../venues/fact.ts';
import { mismatch } from '../venues/run-facts.ts';
import type {
  CloseFact,
  FundingFact,
  InsuranceFact,
  SettlementFact,
  SharedFact,
  Steps,
  TakeoverFact,
  ValueFact,
} from './fact.ts';
import { House } from './house.ts';

/** Each mismatch as a sentence; none means that the fact is reproduced. */
export function mismatchesOf(fact: SettlementFact): string[] {
  switch (fact.asks) {
    case 'fills':
      return mismatchesOfFills(fact.fact, fact.steps);
    case 'value':
      return mismatchesOfValue(fact);
    case 'takeover':
      return mismatchesOfTakeover(fact);
    case 'insurance':
      return mismatch('fund', text(fundDelta(fact)), fact.fund);
    case 'fee': {
      const fee = liquidationFee(rate(fact.rate), fact.value, fact.left);
      return mismatch('fee', String(fee), String(fact.fee));
    }
    case 'close':
      return mismatchesOfClose(fact);
    case 'funding':
      return mismatchesOfFunding(fact);
    case 'shared':
      return mismatchesOfShared(fact);
  }
}

function mismatchesOfFills(fact: FillFact, steps: Steps): string[] {
  const house = new House(steps.decimals);
  house.list({ name: 'M', kind: 'linear', contractValue: '1', tiers: FREE, ...steps });
  house.mark('M', fact.fills[0][1]);
  const account = house.open('one');
  const found: string[] = [];
  for (const [at, [size, price]] of fact.fills.entries()) {
    const fee = mul(read(fact.feeRate), mul(abs(read(size)), read(price)));
    house.fill(account, 'M', size, price, fee);
    const held = house.position(account, 'M');
    for (const expected of fact.expect.filter((item) => item.afterFill === at + 1)) {
      const label = `after fill ${at + 1}: `;
      if (expected.entryPrice !== undefined)
        found.push(...mismatch(`${label}entryPrice`, text(held.entryPrice), expected.entryPrice));
      if (expected.size !== undefined)
        found.push(...mismatch(`${label}size`, text(held.size), expected.size));
      if (expected.realizedPnl !== undefined) {
        const realized = house.money(house.bucket(account).collateral);
        found.push(...mismatch(`${label}realizedPnl`, text(realized), expected.realizedPnl));
      }
    }
  }
  return found;
}

const FREE = [{ floor: '0', mmr: '0' }];

/** An account of the calculator's input, in the engine: its positions filled at their entry prices. */
function houseOf(input: CalculatorInput, steps: Steps): { house: House; account: number } {
  const house = new House(steps.decimals);
  for (const [name, market] of Object.entries(input.markets)) {
    const { kind = 'linear', contractValue = '1', tiers = FREE, mark } = market;
    house.list({ name, kind, contractValue, tiers, tick: steps.tick, lot: steps.lot });
    house.mark(name, mark);
  }
  const account = house.open('one');
  const { collateral, positions = [] } = input.account;
  // Coins in twelve decimals fill a double early: what is deposited does not matter to what is gained.
  house.deposit(account, steps.decimals > 8 ? '1000' : collateral!);
  for (const { market, size, entryPrice } of positions)
    house.fill(account, market, size, entryPrice ?? input.markets[market].mark, ZERO);
  return { house, account };
}

function mismatchesOfValue({ fact, steps }: ValueFact): string[] {
  return fact.checks.flatMap(({ input, expect }) => {
    const { house, account } = houseOf(input, steps);
    const { equity, collateral } = house.bucket(account);
    const found: string[] = [];
    if (expect.equity !== undefined)
      found.push(...mismatch('equity', text(house.money(equity)), expect.equity));
    if (expect.unrealizedPnl !== undefined)
      found.push(...mismatch('unrealizedPnl', text(house.money(equity - collateral)), expect.unrealizedPnl));
    return expect.equity === undefined && expect.unrealizedPnl === undefined
      ? ['the fact expects nothing']
      : found;
  });
}

/** Computes the takeover prices, and carries them out: another account takes everything at them. */
function takeOver(
  house: House,
  account: number,
  by: number,
): { basis: TakeoverBasis; prices: Float64Array; dust: bigint } {
  const { equity, positions } = house.bucket(account);
  const terms = positions.map(({ market }) => house.terms(market));
  const prices = new Float64Array(positions.length);
  const basis = takeoverPrices(equity, positions, terms, prices);
  let dust = 0n;
  for (const [at, { market, size }] of positions.entries()) {
    // Lots as outside: an inverse market's are turned round inside.
    const lots = Number(terms[at].isInverse ? -size : size);
    house.fillTicks(account, market, -lots, prices[at], 0);
    house.fillTicks(by, market, lots, prices[at], 0);
    dust += (BigInt(Math.abs(lots)) * terms[at].num) / terms[at].den + 1n;
  }
  return { basis, prices, dust };
}

function mismatchesOfTakeover({ fact, steps, differs }: TakeoverFact): string[] {
  return fact.checks.flatMap(({ input, expect }) => {
    const { house, account } = houseOf(input, steps);
    const insurance = house.open('insurance');
    const { positions } = house.bucket(account);
    const at = expect.position ?? 0;
    const { basis, prices, dust } = takeOver(house, account, insurance);
    const price = text(house.price(positions[at].market, prices[at]));
    const found = mismatch('bankruptcyPrice', price, differs?.price ?? expect.bankruptcyPrice!);
    const { equity, positions: left } = house.bucket(account);
    if (left.length > 0) found.push('positions are left');
    if (differs !== undefined)
      return basis === TakeoverBasis.clamped && equity >= 0n ? found : [...found, 'not at a limit'];
    return equity >= 0n && equity < dust ? found : [...found, `${equity} is left`];
  });
}

/** A close-out at a better price pays its fee; at a worse one the fund takes over at the bankruptcy price and closes out itself. */
function fundDelta(fact: InsuranceFact): Rational {
  const house = new House(fact.steps.decimals);
  const { tick, lot } = fact.steps;
  house.list({ name: 'M', kind: 'linear', contractValue: '1', tiers: fact.tiers, tick, lot });
  house.mark('M', fact.mark);
  const account = house.open('one');
  const insurance = house.open('insurance');
  house.deposit(account, fact.collateral);
  house.fill(account, 'M', fact.size, fact.entryPrice, ZERO);
  const { equity, positions } = house.bucket(account);
  const prices = new Float64Array(1);
  takeoverPrices(equity, positions, [house.terms(0)], prices);
  const size = read(fact.size);
  const gained = mul(sub(read(fact.fillPrice), house.price(0, prices[0])), size);
  const closing = size.num > 0n ? `-${fact.size}` : fact.size.slice(1);
  if (gained.num >= 0n) {
    house.fill(account, 'M', closing, fact.fillPrice, ZERO);
    const value = mul(abs(size), read(fact.fillPrice));
    const left = Number(house.bucket(account).equity);
    house.pay(account, insurance, liquidationFee(rate(fact.rate), house.units(decimal(value)), left));
  } else {
    takeOver(house, account, insurance);
    house.fill(insurance, 'M', closing, fact.fillPrice, ZERO);
  }
  return house.money(house.bucket(insurance).equity);
}

function mismatchesOfClose(fact: CloseFact): string[] {
  const lots = closeSize(fact.rules, {
    size: fact.size,
    lotNotional: fact.lotNotional,
    base: fact.size * fact.lotNotional,
    tierFloor: 0,
    tierRate: rate(fact.rate),
    equity: fact.equity,
    maintenance: fact.maintenance,
    takerFee: { num: 0, den: 1 },
    isSecondRound: false,
  });
  return mismatch('lots', String(lots), fact.lots);
}

function mismatchesOfFunding(fact: FundingFact): string[] {
  const house = new House(fact.steps.decimals);
  const { tick, lot } = fact.steps;
  house.list({ name: 'M', kind: fact.kind, contractValue: '1', tiers: FREE, tick, lot });
  house.mark('M', fact.price);
  const long = house.open('long');
  const short = house.open('short');
  house.fill(long, 'M', fact.size, fact.price, ZERO);
  house.fill(short, 'M', `-${fact.size}`, fact.price, ZERO);
  house.fund('M', read(fact.paid));
  house.settle(long, 'M');
  house.settle(short, 'M');
  const { payment, closedAt, total } = fact.expect;
  const collateral = (account: number): Rational => house.money(house.bucket(account).collateral);
  const found = mismatch('payment of the long', text(negate(collateral(long))), payment);
  // What rounding takes of the short, one money unit at most, nobody gets.
  const rounding = sub(negate(collateral(long)), collateral(short));
  if (rounding.num < 0n || sub(rounding, house.money(1n)).num > 0n)
    found.push(`the short gets ${text(collateral(short))}`);
  if (closedAt === undefined) return found;
  house.fill(long, 'M', `-${fact.size}`, closedAt, ZERO);
  return [...found, ...mismatch('total', text(collateral(long)), total!)];
}

function mismatchesOfShared(fact: SharedFact): string[] {
  let { fund } = fact;
  let gains = fact.gains;
  const taken = fact.gains.map(() => 0);
  for (const loss of fact.losses) {
    const shared = shareLoss(loss, fund, gains);
    if (shared.missing !== 0) return [`${shared.missing} is missing`];
    fund -= shared.fund;
    gains = gains.map((gain, at) => gain - shared.haircuts[at]);
    for (const [at, haircut] of shared.haircuts.entries()) taken[at] += haircut;
  }
  return [
    ...mismatch('fund', String(fund), String(fact.expect.fundAfter)),
    ...fact.expect.haircuts.flatMap((expected, at) =>
      expected === null ? [] : mismatch(`haircut ${at}`, String(taken[at]), expected),
    ),
  ];
}

function read(value: string): Rational {
  return parseRational(value)!;
}

function rate(value: string): Rate {
  const { num, den } = read(value);
  return { num: Number(num), den: Number(den) };
}

function text({ num, den }: Rational): string {
  return `${num}/${den}`;
}

/** Six decimals are what these facts need. */
function decimal(value: Rational): string {
  const units = mul(value, integer(1_000_000n));
  if (units.den !== 1n) throw new Error('not on the grid');
  return `${units.num}e-6`;
}
