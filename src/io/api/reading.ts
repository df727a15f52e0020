/** What a request gave, held against its schema. */
import type { TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { ApiProblem } from './problem.ts';

export type Part = 'params' | 'query' | 'body';
type Fields = Readonly<Record<string, unknown>>;

/** Answers the value, with whole numbers in place of their text where it is no body; throws `API_FIELD_INVALID` with the field. */
export function readerOf(schema: TSchema | undefined, part: Part): (value: unknown) => unknown {
  if (schema === undefined) return part === 'body' ? () => undefined : (value) => refuseAny(value, part);
  const compiled = Compile(schema);
  const isBody = part === 'body';
  const wholes = isBody ? [] : wholesOf(schema);
  return (given) => {
    const value = isBody ? (given ?? {}) : withWholes((given ?? {}) as Fields, wholes);
    if (compiled.Check(value)) return value;
    throw problemOf([...compiled.Errors(value)], value, schema);
  };
}

function refuseAny(value: unknown, part: Part): unknown {
  const [field] = Object.keys(value ?? {});
  if (field === undefined) return value;
  throw new ApiProblem('API_FIELD_INVALID', `unknown field ${field}: this takes none in its ${part}`, {
    field,
  });
}

function wholesOf(schema: TSchema): string[] {
  const { properties = {} } = schema as { properties?: Record<string, { type?: string }> };
  return Object.keys(properties).filter((name) => properties[name].type === 'integer');
}

function withWholes(given: Fields, wholes: readonly string[]): Fields {
  let made: Record<string, unknown> | null = null;
  for (const name of wholes) {
    const text = given[name];
    if (typeof text !== 'string' || !/^-?\d{1,16}$/.test(text)) continue;
    made ??= { ...given };
    made[name] = Number(text);
  }
  return made ?? given;
}

interface Found {
  readonly keyword: string;
  readonly instancePath: string;
  readonly message: string;
  readonly params: Readonly<Record<string, unknown>>;
}

function problemOf(errors: readonly unknown[], value: unknown, schema: TSchema): ApiProblem {
  const found = errors as readonly Found[];
  const first =
    found.find(({ keyword }) => keyword === 'additionalProperties') ??
    found.find(({ keyword }) => keyword === 'required') ??
    found[0];
  const path = first.instancePath.split('/').slice(1).map(unescaped);
  if (first.keyword === 'additionalProperties') {
    const names = (first.params['additionalProperties'] ?? []) as string[];
    const known = path.length === 0 ? Object.keys((schema as { properties?: object }).properties ?? {}) : [];
    const field = [...path, names[0] ?? ''].join('.');
    const knownText = known.length === 0 ? '' : `; known are ${known.join(', ')}`;
    return new ApiProblem('API_FIELD_INVALID', `unknown field ${field}${knownText}`, { field });
  }
  if (first.keyword === 'required') {
    const names = (first.params['requiredProperties'] ?? []) as string[];
    const field = [...path, names[0] ?? ''].join('.');
    return new ApiProblem('API_FIELD_INVALID', `${field} is missing`, { field });
  }
  const field = path.join('.');
  return new ApiProblem('API_FIELD_INVALID', `${field === '' ? 'the request' : field} ${first.message}`, {
    field,
    value: shortened(at(value, path)),
  });
}

function at(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (found, name) => (typeof found === 'object' && found !== null ? (found as Fields)[name] : undefined),
    value,
  );
}

/** A part of a JSON pointer. */
function unescaped(part: string): string {
  return part.replaceAll('~1', '/').replaceAll('~0', '~');
}

/** Nobody gets a megabyte back. */
function shortened(value: unknown): unknown {
  const text = JSON.stringify(value) ?? '';
  return text.length <= 200 ? value : `${text.slice(0, 200)}…`;
}
