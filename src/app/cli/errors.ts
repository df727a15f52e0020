/**
 * What went wrong, as one message and an exit code. Under `--json` it is one document on stderr, in the form that
 * docs/reference/json.md gives; otherwise it is text, with the same file, line, field and value in it.
 */
import { CommanderError } from 'commander';
import { SnapshotError } from '../../core/engine/snapshot.ts';
import { CodecError } from '../../core/schema/codec.ts';
import { excerpt } from '../../io/ingest/problem.ts';
import { OperationalError } from '../../io/operational-error.ts';

export const CHECK_FAILED = 1;
export const USAGE = 2;
export const DAMAGED = 3;

/** Damage is told apart from everything else that an operator can do something about. */
const DAMAGE = new Set(['JOURNAL_DAMAGED', 'SNAPSHOT_DAMAGED', 'COMMAND_MALFORMED']);

/** Wrong usage: an option, an argument, or what goes together. */
export function usageError(
  message: string,
  fields: { field?: string; value?: unknown } = {},
): OperationalError {
  return new OperationalError('USAGE_INVALID', message, fields);
}

/** Prints the error and answers the exit code. */
export function reportError(error: unknown, json: boolean): number {
  const told = describe(error);
  if (json) process.stderr.write(`${JSON.stringify({ error: told.document })}\n`);
  else process.stderr.write(`plimsoll: ${told.text}\n`);
  return told.exitCode;
}

/** The document under `error`: the fields that do not apply are null, others that the error has follow. */
export function errorDocument(
  code: string,
  message: string,
  fields: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> {
  const { file = null, line = null, field = null, value = null, ...others } = fields;
  return { code, message, file, line, field, value, ...others };
}

interface Told {
  readonly document: Record<string, unknown>;
  readonly text: string;
  readonly exitCode: number;
}

function describe(error: unknown): Told {
  if (error instanceof OperationalError) {
    const { code, message, fields } = error;
    return {
      document: errorDocument(code, message, fields),
      text: errorText(code, message, fields),
      exitCode: DAMAGE.has(code) ? DAMAGED : USAGE,
    };
  }
  if (error instanceof CommanderError) {
    // `error: unknown option '--chek'\n(Did you mean --check?)`
    const message = error.message.replace(/^error: /, '').replaceAll('\n', ' ');
    const field = /'([^' ]+)[^']*'/.exec(message)?.[1] ?? null;
    const value = /argument '([^']*)' is invalid/.exec(message)?.[1] ?? null;
    return {
      document: errorDocument('USAGE_INVALID', message, { field, value }),
      text: `${message}\nTry --help.`,
      exitCode: USAGE,
    };
  }
  const damage = damageOfCore(error);
  if (damage !== null) return damage;
  const thrown = error instanceof Error ? error : new Error(String(error));
  return {
    document: errorDocument('INTERNAL', `This is our fault, please report it: ${thrown.message}`, {
      stack: thrown.stack ?? null,
    }),
    text: `this is our fault, please report it:\n${thrown.stack ?? thrown.message}`,
    exitCode: CHECK_FAILED,
  };
}

/** The message, and after it the field and the value where it does not name them itself. */
export function errorText(
  code: string,
  message: string,
  { field, value }: { readonly field?: unknown; readonly value?: unknown } = {},
): string {
  const missing = [
    ...(typeof field === 'string' && !message.includes(field) ? [`field ${field}`] : []),
    ...(value !== undefined && value !== null && !message.includes(excerpt(value))
      ? [`value ${excerpt(value)}`]
      : []),
  ];
  return `${message}${missing.length === 0 ? '' : ` (${missing.join(', ')})`} [${code}]`;
}

/** Bytes that are no command or no snapshot: the core says so with errors of its own. */
function damageOfCore(error: unknown): Told | null {
  const code =
    error instanceof SnapshotError
      ? 'SNAPSHOT_DAMAGED'
      : error instanceof CodecError && error.code === 'COMMAND_MALFORMED'
        ? error.code
        : null;
  if (code === null) return null;
  const { message } = error as Error;
  return { document: errorDocument(code, message), text: `${message} [${code}]`, exitCode: DAMAGED };
}
