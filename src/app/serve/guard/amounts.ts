/** Amounts of limits as the API has them: decimals alone, whatever the unit. A file of limits has words for some (`gate/limit-text.ts`). */
import { scaledToText } from '../../../core/num/decimal.ts';
import { lotsToText, moneyToText, type Grid } from '../../../core/num/grid.ts';
import type { QuoteMicros, SizeLots } from '../../../core/num/units.ts';
import { LimitUnit } from '../../../core/schema/gate-limits.ts';
import { PPM_DECIMALS } from '../../../io/gate/limit-text.ts';
import type { Registry } from '../../../io/ingest/file/registry.ts';

/** Lots of no market in particular are whole; times are microseconds. Null: without end, or not said. */
export function decimalOf(
  unit: LimitUnit,
  value: number,
  grid: Grid | null,
  registry: Registry,
): string | null {
  if (!Number.isFinite(value)) return null;
  const whole = Math.round(value);
  switch (unit) {
    case LimitUnit.lots:
      return grid === null ? String(whole) : lotsToText(whole as SizeLots, grid);
    case LimitUnit.money:
      return moneyToText(whole as QuoteMicros, registry.decimals!);
    case LimitUnit.ppm:
      return scaledToText(whole, PPM_DECIMALS, { trim: true });
    default:
      return BigInt(whole).toString();
  }
}

export function unitName(unit: LimitUnit, market: string | null, registry: Registry): string {
  switch (unit) {
    case LimitUnit.lots:
      return market ?? 'lots';
    case LimitUnit.money:
      return registry.asset!;
    case LimitUnit.ppm:
      return 'ratio';
    case LimitUnit.us:
      return 'us';
    case LimitUnit.count:
      return 'count';
    default:
      return 'flag';
  }
}
