/** Inverse markets and collateral assets of random books, made out of plans for linear ones. */
import { MARK_MAX, SAFE_MAX, type MarkTicks, type QuoteMicros, type Rate } from '../../src/core/num/units.ts';
import { Form, Kind } from '../../src/core/schema/commands.ts';
import { clamp, randomTiers, type MarketPlan, type Style } from './books.ts';
import type { Fields } from './corrupt.ts';
import type { Random } from './random.ts';

export interface Contract {
  readonly form: Form;
  readonly value: Rate;
  readonly weight: Rate;
}

const ONE: Rate = { num: 1, den: 1 };
const WEIGHTS: readonly Rate[] = [
  ONE,
  rate(19, 20),
  rate(9, 10),
  rate(1, 2),
  rate(13, 17),
  rate(999_999_999, 1e9),
];

/** The same market as something else, with sizes and tiers that suit it. */
export function formedPlan(random: Random, style: Style, plan: MarketPlan, decimals: number): MarketPlan {
  const form = random.weighted({ linear: 1, inverse: 6, collateral: 4 });
  if (form === 'linear') return { ...plan, contract: { form: Form.linear, value: ONE, weight: ONE } };
  return form === 'inverse' ? inversePlan(random, style, plan, decimals) : collateralPlan(random, plan);
}

/** A contract as a command, at times with something wrong in it. */
export function contractFields(random: Random, market: number, contract: Contract): Fields {
  const fields = { kind: Kind.contract, market, ...contract };
  const bad = [
    { value: rate(2, 2) },
    { weight: rate(3, 2) },
    { weight: rate(2, 4) },
    { form: random.whole(0, 4) },
    { value: rate(0, 1) },
    { value: rate(1, 1e9 + 1) },
  ];
  return random.chance(0.05) ? { ...fields, ...random.pick(bad) } : fields;
}

/** The plan's usual worth of a lot, at marks fine enough for every unit of it to be met, and coarse at times. */
function inversePlan(random: Random, style: Style, plan: MarketPlan, decimals: number): MarketPlan {
  const { definition, lots } = plan;
  const wished = clamp(plan.worth, 1, MARK_MAX / 64);
  const firstMark = Math.floor(random.log(style === 'dust' ? 500 : 1_000, 10_000_000));
  const den = random.pick([10 ** Math.min(9, decimals), 10 ** Math.min(9, decimals), 3, 7]);
  const num = clamp(Math.round((wished * firstMark * den) / 10 ** decimals), 1, SAFE_MAX);
  const value = lowest(num, den);
  const worth = (value.num * 10 ** decimals) / value.den / firstMark;
  return {
    firstMark: firstMark as MarkTicks,
    lots,
    worth,
    contract: { form: Form.inverse, value, weight: ONE },
    definition: { ...definition, tiers: randomTiers(random, style, worth * lots) },
  };
}

function collateralPlan(random: Random, plan: MarketPlan): MarketPlan {
  const weight = random.pick(WEIGHTS);
  const floor = clamp(Math.round(plan.worth * plan.lots), 1, SAFE_MAX) as QuoteMicros;
  const tiers = [0, ...(random.chance(0.2) ? [floor] : [])].map((each) => ({
    floor: each as QuoteMicros,
    mmr: rate(0, 1),
    imr: ONE,
  }));
  return {
    ...plan,
    worth: plan.worth * (weight.num / weight.den),
    contract: { form: Form.collateral, value: ONE, weight },
    definition: {
      ...plan.definition,
      ...(random.chance(0.05) ? {} : { tiers, closeFee: rate(0, 1) }),
    },
  };
}

function lowest(num: number, den: number): Rate {
  let [a, b] = [num, den];
  while (b !== 0) [a, b] = [b, a % b];
  return rate(num / a, den / a);
}

function rate(num: number, den: number): Rate {
  return { num, den };
}
