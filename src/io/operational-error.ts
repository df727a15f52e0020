/**
 * The world failed us: a disk, a network, a file, a configuration. Thrown by `io/` and `app/`, never by the core.
 *
 * The code is for machines and is listed in docs/reference/errors.md. The message is for the person on call: it says
 * what happened, where, and what to do. The fields repeat the where, so that nobody has to parse the message.
 */
export interface OperationalFields {
  readonly file?: string;
  readonly line?: number;
  readonly field?: string;
  readonly value?: unknown;
  /** Byte offset inside `file`. */
  readonly position?: number;
  readonly sequence?: number;
  readonly errno?: string;
  readonly [name: string]: unknown;
}

export class OperationalError extends Error {
  override readonly name = 'OperationalError';
  readonly code: string;
  readonly fields: OperationalFields;

  constructor(code: string, message: string, fields: OperationalFields = {}, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.fields = fields;
  }

  /** The shape every command prints on stderr under `--json`. */
  toJSON(): Record<string, unknown> {
    return { code: this.code, message: this.message, ...this.fields };
  }
}

/** The errno name (`ENOSPC`, `EIO`) of a failed system call, or the text of whatever else was thrown. */
export function errnoOf(cause: unknown): string {
  const code = (cause as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : String(cause);
}
