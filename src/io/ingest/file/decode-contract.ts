/** Lines that say what kind of market one is: linear, inverse, an asset held as collateral. */
import type { Grid } from '../../../core/num/grid.ts';
import { div, fraction, mul, parseRational, toExactText, type Rational } from '../../../core/num/rational.ts';
import { SAFE_MAX, type Rate } from '../../../core/num/units.ts';
import { Form, FORM_NAMES, type ContractCommand } from '../../../core/schema/commands.ts';
import { marketOf } from './decode-names.ts';
import type { Fields } from './fields.ts';
import type { Registry } from './registry.ts';

const DEN_MAX = 1_000_000_000n;
const ONE: Rate = { num: 1, den: 1 };

/**
 * `value` is what one contract (size 1) is worth in the quote currency, of an inverse market; `weight` what of its price
 * an asset held as collateral counts for.
 */
export function contractOf(
  fields: Fields,
  registry: Registry,
): Pick<ContractCommand, 'market' | 'form' | 'value' | 'weight'> {
  const { row, grid, name } = marketOf(fields, registry);
  fields.value('form');
  const form = fields.choice('form', FORM_NAMES, 0) as Form;
  for (const [field, owner] of [
    ['value', Form.inverse],
    ['weight', Form.collateral],
  ] as const) {
    if (fields.has(field) && form !== owner)
      throw fields.bad('COMMAND_FIELD_INVALID', field, `is for ${FORM_NAMES[owner]} markets: leave it out`);
  }
  return {
    market: row,
    form,
    value: form === Form.inverse ? valueOf(fields, grid, name) : ONE,
    weight: form === Form.collateral ? weightOf(fields) : ONE,
  };
}

/** What one contract is worth in the quote currency, of a value in mark ticks a lot. */
export function contractValue({ num, den }: Rate, { steps }: Grid): Rational {
  return div(mul(fraction(BigInt(num), BigInt(den)), stepOf(steps.mark)), stepOf(steps.size));
}

export function contractValueToText(rate: Rate, grid: Grid): string {
  const value = contractValue(rate, grid);
  return toExactText(value) ?? `${value.num}/${value.den}`;
}

/** Of one lot, in mark ticks. */
function valueOf(fields: Fields, { steps }: Grid, market: string): Rate {
  const isNumber = typeof fields.value('value') === 'number';
  const perContract = parseRational(isNumber ? fields.decimal('value') : fields.text('value'));
  if (perContract === null || perContract.num <= 0n)
    throw fields.bad(
      'COMMAND_NUMBER',
      'value',
      'must be what one contract is worth in the quote currency, such as "100"',
    );
  const { num, den } = div(mul(perContract, stepOf(steps.size)), stepOf(steps.mark));
  if (num > BigInt(SAFE_MAX) || den > DEN_MAX)
    throw fields.bad(
      'COMMAND_NUMBER',
      'value',
      `of one lot of ${market} is ${num}/${den} mark ticks, past 2^53 or with a denominator past ${DEN_MAX}: give the market a coarser markTick or a rounder lot`,
    );
  return { num: Number(num), den: Number(den) };
}

function weightOf(fields: Fields): Rate {
  const { num, den } = fields.rate('weight');
  if (num < 1 || num > den) throw fields.bad('COMMAND_NUMBER', 'weight', 'must be above 0 and at most 1');
  const lowest = fraction(BigInt(num), BigInt(den));
  return { num: Number(lowest.num), den: Number(lowest.den) };
}

function stepOf({ digits, scale }: Grid['steps']['mark']): Rational {
  return fraction(BigInt(digits), 10n ** BigInt(scale));
}
