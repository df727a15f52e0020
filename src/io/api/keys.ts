/**
 * API keys: a name, scopes, and of the secret a hash alone. They live in a file that `plimsoll key` writes; a server looks at it again when it changes, so
 * a key that is revoked is of no use a second later.
 *
 * A key reads `plk_<id>_<secret>`; the secret is 256 random bits, so one round of SHA-256 is enough of a hash.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { SCOPES, type Scope } from './contract/routes.ts';
import { errnoOf, OperationalError } from '../operational-error.ts';

export interface StoredKey {
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly Scope[];
  /** Of the secret: SHA-256, in hexadecimal. */
  readonly hash: string;
  readonly createdAt: string;
  readonly revokedAt: string | null;
}

const LOOK_MS = 1000;
const FORM = /^plk_([0-9a-f]{12})_([A-Za-z0-9_-]{43})$/;

export class KeyFile {
  readonly path: string;
  #keys: readonly StoredKey[] = [];
  #byId = new Map<string, StoredKey>();
  #stamp = '';
  #lookedAt = -Infinity;

  /** The file need not be there yet: then there are no keys. Throws KEYS_UNREADABLE where it is something else. */
  constructor(path: string) {
    this.path = path;
    this.#load();
  }

  get all(): readonly StoredKey[] {
    this.#look();
    return this.#keys;
  }

  /** Whether any was ever made: a revoked one locks as well. */
  get areAny(): boolean {
    return this.all.length > 0;
  }

  /** The key that a secret text is; null where it is none of those in force. */
  find(text: string): StoredKey | null {
    this.#look();
    const match = FORM.exec(text);
    const key = match === null ? undefined : this.#byId.get(match[1]);
    if (match === null || key === undefined || key.revokedAt !== null) return null;
    return timingSafeEqual(Buffer.from(key.hash, 'hex'), hashOf(match[2])) ? key : null;
  }

  /** Answers the text, which is nowhere else. */
  create(name: string, scopes: readonly Scope[], now: Date): { key: StoredKey; text: string } {
    const id = randomBytes(6).toString('hex');
    const secret = randomBytes(32).toString('base64url');
    const key = {
      id,
      name,
      scopes,
      hash: hashOf(secret).toString('hex'),
      createdAt: now.toISOString(),
      revokedAt: null,
    };
    this.#store([...this.all, key]);
    return { key, text: `plk_${id}_${secret}` };
  }

  /** Null where there is no such key, or it was revoked before. */
  revoke(id: string, now: Date): StoredKey | null {
    const found = this.all.find((key) => key.id === id && key.revokedAt === null);
    if (found === undefined) return null;
    const revoked = { ...found, revokedAt: now.toISOString() };
    this.#store(this.all.map((key) => (key === found ? revoked : key)));
    return revoked;
  }

  #store(keys: readonly StoredKey[]): void {
    // Whole or not at all, and for nobody else's eyes.
    const part = `${this.path}.${process.pid}.part`;
    writeFileSync(part, `${JSON.stringify({ keys }, null, 2)}\n`, { mode: 0o600 });
    renameSync(part, this.path);
    this.#load();
  }

  #look(): void {
    const now = performance.now();
    if (now - this.#lookedAt < LOOK_MS) return;
    this.#lookedAt = now;
    if (stampOf(this.path) !== this.#stamp) this.#load();
  }

  #load(): void {
    this.#stamp = stampOf(this.path);
    this.#keys = this.#stamp === '' ? [] : readKeys(this.path);
    this.#byId = new Map(this.#keys.map((key) => [key.id, key]));
  }
}

function hashOf(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}

function stampOf(path: string): string {
  const found = statSync(path, { throwIfNoEntry: false });
  return found === undefined ? '' : `${found.mtimeMs}:${found.size}:${found.ino}`;
}

function readKeys(path: string): StoredKey[] {
  let told: unknown;
  try {
    told = JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    throw unreadable(path, errnoOf(cause), cause);
  }
  const keys = (told as { keys?: unknown } | null)?.keys;
  if (!Array.isArray(keys) || !keys.every(isKey)) throw unreadable(path, 'it is no file of keys');
  return keys;
}

function isKey(value: unknown): value is StoredKey {
  const key = value as Partial<StoredKey> | null;
  return (
    typeof key?.id === 'string' &&
    typeof key.name === 'string' &&
    typeof key.hash === 'string' &&
    /^[0-9a-f]{64}$/.test(key.hash) &&
    Array.isArray(key.scopes) &&
    key.scopes.every((scope) => SCOPES.includes(scope)) &&
    (key.revokedAt === null || typeof key.revokedAt === 'string')
  );
}

function unreadable(path: string, why: string, cause?: unknown): OperationalError {
  return new OperationalError(
    'KEYS_UNREADABLE',
    `The keys in ${path} cannot be read (${why}). Give another file, or make it anew with plimsoll key create`,
    { file: path },
    cause,
  );
}
