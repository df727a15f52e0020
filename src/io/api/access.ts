/**
 * Who may do what. On loopback, and while no key was ever made, reading is open and acting is where the exchange is a demo's; else every call needs a key
 * with its scope. A browser's page of another site gets nothing either way: its origin, or the name it came by, is not this server's.
 */
import type { IncomingMessage } from 'node:http';
import type { Scope } from './contract/routes.ts';
import type { KeyFile, StoredKey } from './keys.ts';
import { isLoopback } from './listening.ts';
import { ApiProblem } from './problem.ts';

export interface AccessOptions {
  readonly host: string;
  readonly keys: KeyFile | null;
  readonly isDemo: boolean;
}

/** Null: nobody in particular, from this machine. */
export type Caller = StoredKey | null;

export class Access {
  readonly #options: AccessOptions;

  constructor(options: AccessOptions) {
    this.#options = options;
  }

  get needsKey(): boolean {
    const { host, keys } = this.#options;
    return !isLoopback(host) || (keys?.areAny ?? false);
  }

  /** The caller of a request; throws where it has no right to `scope`. */
  admit({ headers }: Pick<IncomingMessage, 'headers'>, scope: Scope): Caller {
    this.assertOurs(headers);
    const { authorization } = headers;
    if (authorization === undefined) return this.open(scope);
    const match = /^Bearer\s+(\S+)$/i.exec(authorization);
    if (match === null)
      throw new ApiProblem('API_KEY_UNKNOWN', 'the header must read "Authorization: Bearer plk_…"');
    return this.withKey(match[1], scope);
  }

  /** Without a key. */
  open(scope: Scope): null {
    if (this.needsKey)
      throw new ApiProblem(
        'API_KEY_MISSING',
        'send a key: "Authorization: Bearer plk_…". plimsoll key create makes one',
      );
    if (scope === 'read' || this.#options.isDemo) return null;
    throw new ApiProblem(
      'API_KEY_MISSING',
      `acting on an exchange needs a key with the scope ${scope}: plimsoll key create makes one, and --keys names its file`,
    );
  }

  withKey(text: string, scope: Scope): StoredKey {
    const key = this.#options.keys?.find(text) ?? null;
    if (key === null) throw new ApiProblem('API_KEY_UNKNOWN', 'this key is not known here, or was revoked');
    if (!key.scopes.includes(scope))
      throw new ApiProblem(
        'API_SCOPE_MISSING',
        `the key ${key.name} has the scopes ${key.scopes.join(', ')}, and this needs ${scope}`,
      );
    return key;
  }

  /** Throws where a page of another site asks. */
  assertOurs({ host, origin }: IncomingMessage['headers']): void {
    const name = nameOf(host ?? '');
    if (isLoopback(this.#options.host) && !isLoopback(name))
      throw new ApiProblem(
        'API_SCOPE_MISSING',
        `this server answers to this machine's own name, not to ${name}`,
      );
    if (origin === undefined || origin === 'null') {
      if (origin === 'null')
        throw new ApiProblem('API_SCOPE_MISSING', 'a page without an origin is not ours');
      return;
    }
    if (URL.canParse(origin) && new URL(origin).host === host) return;
    throw new ApiProblem('API_SCOPE_MISSING', `a page of ${origin} may not ask this server`);
  }
}

/** A host header without its port. */
function nameOf(host: string): string {
  return host.startsWith('[') ? host.slice(1, host.indexOf(']')) : host.replace(/:\d*$/, '');
}
