/** Decimal text in a line onto a grid that it must lie on. What lies beside it is refused with the nearest that would do. */
import {
  lotsFromText,
  markFromText,
  moneyFromText,
  priceFromText,
  type Grid,
} from '../../../core/num/grid.ts';
import {
  ceil,
  div,
  floor,
  integer,
  mul,
  parseRational,
  toExactText,
  type Rational,
} from '../../../core/num/rational.ts';
import type { MarkTicks, PriceTicks, QuoteMicros, SizeLots } from '../../../core/num/units.ts';
import { excerpt } from '../problem.ts';
import type { BadCommand, Fields } from './fields.ts';

/** Signed money of the settlement asset. */
export function moneyOn(fields: Fields, name: string, decimals: number): QuoteMicros {
  const text = fields.decimal(name);
  const amount = moneyFromText(text, decimals);
  if (amount !== null) return amount;
  throw offGrid(
    fields,
    name,
    text,
    `1e-${decimals}`,
    `has more than the ${decimals} decimals of the settlement asset`,
  );
}

/** Lots above zero. */
export function lotsOn(fields: Fields, name: string, grid: Grid): SizeLots {
  const text = positive(fields, name);
  const lots = lotsFromText(text, grid);
  if (lots !== null) return lots;
  throw offGrid(fields, name, text, grid.lot, `is not a multiple of the lot, ${grid.lot}`);
}

/** An order price above zero. */
export function priceOn(fields: Fields, name: string, grid: Grid): PriceTicks {
  const text = positive(fields, name);
  const ticks = priceFromText(text, grid);
  if (ticks !== null) return ticks;
  throw offGrid(fields, name, text, grid.tick, `is not a multiple of the tick, ${grid.tick}`);
}

/** A price on the finer grid of marks; unlike marks themselves it is not rounded: somebody wished for it. */
export function markOn(fields: Fields, name: string, grid: Grid): MarkTicks {
  const text = positive(fields, name);
  const step = parseRational(grid.markTick)!;
  const ticks = div(parseRational(text)!, step).den === 1n ? markFromText(text, grid) : null;
  if (ticks !== null) return ticks;
  throw offGrid(
    fields,
    name,
    text,
    grid.markTick,
    `is not a multiple of the mark tick, ${grid.markTick}, which prices that look at the mark are counted in`,
  );
}

export function positive(fields: Fields, name: string): string {
  const text = fields.decimal(name);
  if (parseRational(text)!.num > 0n) return text;
  throw fields.bad('COMMAND_NUMBER', name, `${excerpt(text)} is not above zero`);
}

/** Why a well-formed decimal is no whole number of steps that fits: it lies between two, or it is too far out. */
export function offGrid(fields: Fields, name: string, text: string, step: string, off: string): BadCommand {
  const size = parseRational(step)!;
  const steps = div(parseRational(text)!, size);
  if (steps.den === 1n)
    return fields.bad('COMMAND_NUMBER', name, `${excerpt(text)} is beyond 2^53 units of ${step}`);
  const near = (count: bigint): string => textOf(mul(integer(count), size));
  const [under, over] = [near(floor(steps)), near(ceil(steps))];
  return fields.bad(
    'COMMAND_OFF_GRID',
    name,
    `${excerpt(text)} ${off}: the nearest are ${under} and ${over}`,
  );
}

function textOf(value: Rational): string {
  return toExactText(value) ?? `${value.num}/${value.den}`;
}
