/**
 * What went wrong, as one message and an exit code. Under `--json` it is one document on stderr, in the form that
 * docs/reference/json.md gives; otherwise it is text, with the same file, line, field and value in it.
 */
import { CommanderError } from 'commander';
import { OperationalError } from '../../io/operational-error.ts';

export const CHECK_FAILED = 1;
export const USAGE = 2;
export const DAMAGED = 3;

/** Damage is told apart from everything else that an operator can do something about. */
const DAMAGE = new Set(['JOURNAL_DAMAGED', 'SNAPSHOT_DAMAGED', 'COMMAND_MALFORMED']);

/** Wrong usage: an option, an argument, or what goes together. */
export function usageError(message: string, fields: { field?: string; value?: unknown } = {}): OperationalError {
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
export function errorDocument(code: string, message: string, fields: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
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
    return { document: errorDocument(code, message, fields), text: `${message} [${code}]`, exitCode: DAMAGE.has(code) ? DAMAGED : USAGE };
  }
  if (error instanceof CommanderError) {
    // `error: unknown option '--chek'\n(Did you mean --check?)`
    const message = error.message.replace(/^error: /, '').replaceAll('\n', ' ');
    const field = /'([^']+)'/.exec(message)?.[1] ?? null;
    const code = `USAGE_${error.code.replace(/^commander\./, '').replaceAll(/([a-z])([A-Z])/g, '$1_$2').toUpperCase()}`;
    return { document: errorDocument(code, message, { field }), text: `${message}\nTry --help.`, exitCode: USAGE };
  }
  const coded = codedError(error);
  if (coded !== null) return coded;
  const thrown = error instanceof Error ? error : new Error(String(error));
  return {
    document: errorDocument('INTERNAL', `This is our fault, please report it: ${thrown.message}`, { stack: thrown.stack ?? null }),
    text: `this is our fault, please report it:\n${thrown.stack ?? thrown.message}`,
    exitCode: CHECK_FAILED,
  };
}

/** Bytes that are no command or snapshot: the core says so with a code of its own. */
function codedError(error: unknown): Told | null {
  if (!(error instanceof Error)) return null;
  const { code, message } = error as Error & { code?: unknown };
  if (typeof code !== 'string' || !DAMAGE.has(code)) return null;
  return { document: errorDocument(code, message), text: `${message} [${code}]`, exitCode: DAMAGED };
}
