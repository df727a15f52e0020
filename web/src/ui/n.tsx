import type { ReactNode } from 'react';
import { compact, count, decimal, duration, percent, signed } from './format.ts';

export type Style = 'decimal' | 'compact' | 'percent' | 'count' | 'duration';

interface Props {
  /** As the API sent it. `undefined`: not here yet. `null`: there is none, and `none` says why. */
  readonly v: string | number | null | undefined;
  readonly as?: Style | undefined;
  readonly digits?: number | undefined;
  readonly unit?: string | undefined;
  readonly none?: string | undefined;
  /** Show the sign, and colour gains and losses. */
  readonly change?: boolean | undefined;
}

export function shown(v: string | number, as: Style, digits?: number): string {
  const text = String(v);
  switch (as) {
    case 'compact':
      return compact(text, digits);
    case 'percent':
      return percent(text, digits);
    case 'count':
      return count(Number(v));
    case 'duration':
      return duration(Number(v));
    case 'decimal':
      return decimal(text, digits);
  }
}

/**
 * Every number of the dashboard. It is a skeleton before it is there, a dash where there is none, and carries the
 * exact text that it was made from, so that what is on the screen can be compared with what was answered.
 */
export function N({ v, as = 'decimal', digits, unit, none, change = false }: Props): ReactNode {
  if (v === undefined) return <span className="skeleton" aria-label="loading" role="img" />;
  if (v === null)
    return (
      <span className="n faint" title={none} aria-label={none ?? 'none'} role="img">
        –
      </span>
    );
  const text = shown(v, as, digits);
  const exact = typeof v === 'string' && as !== 'decimal' ? v : undefined;
  const tone = !change || !/[1-9]/.test(text) ? '' : Number(v) > 0 ? ' gain' : ' loss';
  return (
    <span
      className={`n${tone}`}
      data-exact={v}
      title={exact === undefined ? undefined : `${decimal(exact)} ${unit ?? ''}`.trim()}
    >
      {change ? signed(text) : text}
      {unit === undefined ? null : <span className={unit === '×' ? '' : 'unit'}>{unit}</span>}
    </span>
  );
}
