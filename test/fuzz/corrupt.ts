/** Damages one number or text of a command, so that it should be refused (or shows that it should not have been). */
import { SAFE_MAX } from '../../src/core/num/units.ts';
import type { Kind } from '../../src/core/schema/commands.ts';
import type { Random } from './random.ts';

/** A command while it is made or damaged. */
export type Fields = { readonly kind: Kind } & Record<string, unknown>;
type Path = readonly (string | number)[];

const BAD_NUMBERS = [
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  0,
  -0,
  -1,
  1.5,
  2,
  3,
  1e9 + 1,
  SAFE_MAX,
  -SAFE_MAX,
  2 ** 53,
  -(2 ** 53),
  2 ** 63,
];
const BAD_TEXTS = [
  '',
  ' ',
  'a\u0000b',
  'a\u0085b',
  '\u007f',
  'x'.repeat(65),
  'é'.repeat(33),
  '\ud800',
  '𝒳'.repeat(16),
];

export function corrupt(random: Random, fields: Fields): Fields {
  const copy = structuredClone(fields);
  const paths = leaves(copy, []).filter(([first]) => first !== 'kind' && first !== 'text');
  if (paths.length === 0) return { ...copy, timeUs: random.pick(BAD_NUMBERS) };
  const path = random.pick(paths);
  let parent = copy as Record<string | number, unknown>;
  for (const key of path.slice(0, -1)) parent = parent[key] as Record<string | number, unknown>;
  const key = path[path.length - 1];
  parent[key] = random.pick<number | string>(typeof parent[key] === 'string' ? BAD_TEXTS : BAD_NUMBERS);
  return copy;
}

/** Paths to all numbers and texts; kinds of rows stay what they are. */
function leaves(value: unknown, path: Path): Path[] {
  if (typeof value === 'number' || typeof value === 'string') return [path];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value)
    .filter(([key]) => key !== 'kind')
    .flatMap(([key, inner]) => leaves(inner, [...path, key]));
}
