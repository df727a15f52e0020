import type { ReactNode } from 'react';
import { decimal } from './format.ts';

/** Where the marks stand: health 0 at the left, 1 (the load line) at 40 %, 3 and better at the right. */
const place = (health: number): number =>
  health <= 1 ? Math.max(0, health) * 40 : Math.min(100, 40 + (Math.log(health) / Math.log(3)) * 60);

const MARKS = [
  [1, 'liquidatable under 1'],
  [1.2, 'critical under 1.2'],
  [1.5, 'danger under 1.5'],
  [2, 'warning under 2'],
] as const;

/** How deep an account lies: its health on a scale with the load line, after the mark on a ship's hull. */
export function Draught({
  health,
  level,
}: {
  readonly health: string | null;
  readonly level: string;
}): ReactNode {
  const value = health === null ? 3 : Number(health);
  const text = health === null ? 'nothing is required' : `health ${decimal(health, 3)}`;
  return (
    <span className={`draught level-${level}`} role="img" aria-label={`${text}, ${level}`} title={text}>
      <i style={{ width: `${place(value)}%` }} />
      {MARKS.map(([at, what]) => (
        <b key={at} className={at === 1 ? 'line' : ''} style={{ left: `${place(at)}%` }} title={what} />
      ))}
    </span>
  );
}
