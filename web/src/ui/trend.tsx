import type { ReactNode } from 'react';
import { Spark } from '../charts/spark.tsx';
import { shown, type Style } from './n.tsx';

interface Props {
  /** Oldest first; the last is the number that it stands by. */
  readonly of: readonly number[];
  readonly what: string;
  readonly as?: Style | undefined;
  readonly digits?: number | undefined;
  readonly over?: string;
  readonly tone?: string | undefined;
}

/** How a number came to be what it is: drawn, and in words for who does not see it. */
export function Trend({ of, what, as = 'count', digits, over = 'last minutes', tone }: Props): ReactNode {
  return <Spark values={of} label={`${what}, ${over}: ${words(of, as, digits)}`} tone={tone} />;
}

function words(values: readonly number[], as: Style, digits: number | undefined): string {
  if (values.length < 2) return 'not known yet';
  const text = (value: number): string => shown(value, as, digits);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return low === high
    ? `always ${text(low)}`
    : `from ${text(low)} to ${text(high)}, ${text(values.at(-1)!)} now`;
}
