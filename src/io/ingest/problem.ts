/**
 * Something in the input that we could not use: where it stood, what it was, what to do. A problem is reported and its
 * line left out; the stream goes on. Whether one problem is one too many is for the caller to say.
 *
 * What ends a stream (a file that cannot be read or is cut short) is an `OperationalError` instead.
 */
export interface Problem {
  /** Listed in docs/reference/errors.md. */
  readonly code: string;
  /** A sentence that names file, line, field and value, and ends with what to do. */
  readonly message: string;
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** A path such as `rows[2].size`; null where the whole line is meant. */
  readonly field: string | null;
  /** As it was written, shortened; null where there was none. */
  readonly value: string | null;
}

export type ProblemSink = (problem: Problem) => void;

const VALUE_MAX = 120;

/** A value as people should see it: JSON, shortened. */
export function excerpt(value: unknown): string {
  const text = typeof value === 'string' ? value : jsonOf(value);
  return text.length <= VALUE_MAX ? text : `${text.slice(0, VALUE_MAX)}… (${text.length} characters)`;
}

/** Lists in lists in lists can be parsed deeper than they can be printed. */
function jsonOf(value: unknown): string {
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return '(nested too deep to be printed)';
  }
}

/** `what` says what is wrong and what to do, without the place; a field is put before it. */
export function problemAt(
  code: string,
  file: string,
  line: number,
  what: string,
  field: string | null = null,
  value?: unknown,
): Problem {
  const where = field === null ? '' : `${field}: `;
  return {
    code,
    message: `${file}:${line}: ${where}${what}`,
    file,
    line,
    field,
    value: value === undefined ? null : excerpt(value),
  };
}
