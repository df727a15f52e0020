import type { ReactNode } from 'react';
import { refine } from '../../app/router.ts';

/** A name that a list is narrowed down to; it stands in the address. */
export function Wanted({
  name,
  label,
  value,
}: {
  readonly name: string;
  readonly label: string;
  readonly value: string;
}): ReactNode {
  return (
    <label className="field">
      <span className="visually-hidden">{label}</span>
      <input
        type="search"
        placeholder={label}
        size={12}
        value={value}
        onChange={({ target }) => refine({ [name]: target.value })}
      />
    </label>
  );
}
