import type { ReactNode } from 'react';

export const LEVELS = [
  'safe',
  'warning',
  'danger',
  'critical',
  'liquidatable',
  'backstop',
  'bankrupt',
] as const;
export type LevelName = (typeof LEVELS)[number];

export function Level({ of }: { readonly of: string }): ReactNode {
  return <span className={`level level-${of}`}>{of}</span>;
}

export function Side({ of }: { readonly of: string }): ReactNode {
  const isLong = of === 'long' || of === 'bid';
  return <span className={isLong ? 'side-long' : 'side-short'}>{of}</span>;
}
