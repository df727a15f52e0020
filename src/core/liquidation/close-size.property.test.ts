import { expect, it } from 'vitest';
import { Random } from '../../../test/fuzz/random.ts';
import type { QuoteMicros, Rate } from '../num/units.ts';
import { ClosePolicy, type LiquidationRules } from '../schema/venue-commands.ts';
import { closeSize, type CloseFacts } from './close-size.ts';

const CASES = 20_000;
const POLICIES = Object.values(ClosePolicy);

function rateOf(random: Random, least: number, most: number): Rate {
  const den = random.pick([3, 7, 100, 1_000, 1_000_000]);
  return { num: Math.round(random.log(least, most) * den), den };
}

function rulesOf(random: Random, policy: ClosePolicy): LiquidationRules {
  const den = random.whole(1, 30);
  return {
    policy,
    share: { num: random.whole(1, den), den },
    threshold: Math.floor(random.log(1, 1e12)) as QuoteMicros,
    cooldownUs: 0,
    buffer: random.chance(0.3) ? { num: 1, den: 1 } : { num: den + random.whole(0, den), den },
    fee: random.chance(0.3) ? { num: 0, den: 1 } : rateOf(random, 0.0001, 0.03),
  };
}

function factsOf(random: Random): CloseFacts {
  const size = Math.floor(random.log(1, 1e7));
  const lotNotional = Math.floor(random.log(1, 1e8));
  const notional = size * lotNotional;
  const base = random.chance(0.5) ? notional : Math.ceil(notional * random.log(0.1, 10));
  const maintenance = Math.ceil(base * random.log(0.004, 0.5) * random.log(1, 3));
  return {
    size,
    lotNotional,
    base,
    tierFloor: random.chance(0.2) ? 0 : random.chance(0.1) ? base : Math.floor(random.log(1, base)),
    tierRate: rateOf(random, 0.004, 0.5),
    equity: Math.floor(maintenance * (1 - random.log(1e-6, 2))) + 0,
    maintenance,
    takerFee: random.chance(0.3) ? { num: 0, den: 1 } : rateOf(random, 0.0001, 0.001),
    isSecondRound: random.chance(0.3),
  };
}

/** What the policy asks for, tried in plain BigInt; sizes under the answer must not do. */
function isEnough(rules: LiquidationRules, facts: CloseFacts, lots: number): boolean {
  const x = BigInt(lots);
  const size = BigInt(facts.size);
  const lot = BigInt(facts.lotNotional);
  const notional = size * lot;
  const base = BigInt(facts.base);
  switch (rules.policy) {
    case ClosePolicy.full:
      return x === size;
    case ClosePolicy.tier_step:
      return facts.tierFloor === 0 ? x === size : (size - x) * base <= (BigInt(facts.tierFloor) - 1n) * size;
    case ClosePolicy.fraction:
      if (facts.isSecondRound || notional <= BigInt(rules.threshold)) return x === size;
      return x * BigInt(rules.share.den) >= size * BigInt(rules.share.num);
    case ClosePolicy.shortage: {
      const [bufferNum, bufferDen] = [BigInt(rules.buffer.num), BigInt(rules.buffer.den)];
      const [rateNum, rateDen] = [BigInt(facts.tierRate.num), BigInt(facts.tierRate.den)];
      const [feeNum, feeDen] = [BigInt(rules.fee.num), BigInt(rules.fee.den)];
      const [takerNum, takerDen] = [BigInt(facts.takerFee.num), BigInt(facts.takerFee.den)];
      const short = bufferNum * BigInt(facts.maintenance) - bufferDen * BigInt(facts.equity);
      if (short < bufferDen * BigInt(rules.threshold)) return x === size;
      // Equity and maintenance after x lots, over one denominator.
      const all = rateDen * feeDen * takerDen * size;
      const fees = (feeNum * takerDen + takerNum * feeDen) * rateDen;
      const equity = BigInt(facts.equity) * all - x * notional * fees;
      const maintenance = BigInt(facts.maintenance) * all - x * base * rateNum * feeDen * takerDen;
      return equity * bufferDen >= maintenance * bufferNum;
    }
  }
}

it.each(POLICIES)('is the least that does, of all there is or one lot (policy %i)', (policy) => {
  let partial = 0;
  for (let seed = 0; seed < CASES; seed++) {
    const random = new Random(seed);
    const rules = rulesOf(random, policy);
    const facts = factsOf(random);
    const lots = closeSize(rules, facts);
    const say = `seed ${seed}: ${lots} of ${facts.size}`;
    if (!(Number.isInteger(lots) && lots >= 1 && lots <= facts.size)) throw new Error(say);
    if (lots < facts.size && !isEnough(rules, facts, lots)) throw new Error(`${say} is too little`);
    if (lots > 1 && isEnough(rules, facts, lots - 1)) throw new Error(`${say} is too much`);
    if (lots > 1 && lots < facts.size) partial++;
  }
  if (policy !== ClosePolicy.full) expect(partial).toBeGreaterThan(CASES / 20);
});
