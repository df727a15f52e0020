import type { ReactNode } from 'react';

const TURNS = { up: 0, right: 90, down: 180, left: 270 } as const;

/** Drawn, because not every font has arrows. */
export function Arrow({ to }: { readonly to: keyof typeof TURNS }): ReactNode {
  return (
    <svg
      width="12"
      height="12"
      viewBox="0 0 12 12"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.6"
      aria-hidden="true"
      style={{ transform: `rotate(${TURNS[to]}deg)` }}
    >
      <path d="M6 10.5v-9M2.5 5 6 1.5 9.5 5" />
    </svg>
  );
}
