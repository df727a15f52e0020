/** Values of limits as text, in units that people think in: docs/reference/gate.md has the table. decode-limits.ts reads what this writes. */
import { scaledToText } from '../../core/num/decimal.ts';
import { lotsToText, moneyToText, type Grid } from '../../core/num/grid.ts';
import { LIMIT_UNITS, LimitUnit, type Limit } from '../../core/schema/gate-limits.ts';

export const NONE_TEXT = 'none';
export const PPM_DECIMALS = 6;

/** What amounts of a limit are written in. Without a grid the limit holds in many markets, and lots have no other name. */
export interface LimitMoney {
  readonly grid: Grid | null;
  readonly decimals: number;
}

/** Null: none on purpose. */
export function limitToText(
  limit: Limit,
  value: number | null,
  money: LimitMoney,
): string | number | boolean {
  if (value === null) return NONE_TEXT;
  const unit = LIMIT_UNITS[limit];
  if (unit === LimitUnit.flag) return value === 1;
  return unit === LimitUnit.count && Number.isSafeInteger(value) ? value : amountToText(unit, value, money);
}

/** An amount that a limit was held against: a sum may lie beyond 2^53, or be without end. */
export function amountToText(unit: LimitUnit, value: number, { grid, decimals }: LimitMoney): string {
  if (!Number.isFinite(value)) return value > 0 ? 'infinite' : '-infinite';
  const whole = Math.round(value);
  switch (unit) {
    case LimitUnit.lots:
      return grid === null ? `${whole} lots` : lotsToText(whole as never, grid);
    case LimitUnit.money:
      return moneyToText(whole as never, decimals);
    case LimitUnit.ppm:
      return scaledToText(whole, PPM_DECIMALS, { trim: true });
    case LimitUnit.us:
      return durationToText(whole);
    default:
      return String(whole);
  }
}

const SPANS = [
  ['h', 3600e6],
  ['m', 60e6],
  ['s', 1e6],
  ['ms', 1000],
] as const;

/** In the largest unit of which it is a whole number. */
export function durationToText(us: number): string {
  for (const [unit, size] of SPANS) if (us !== 0 && us % size === 0) return `${us / size}${unit}`;
  return `${us}us`;
}
