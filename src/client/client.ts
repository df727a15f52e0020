/**
 * The API, typed. It needs `fetch` and `WebSocket` and nothing else: browsers and Node have both.
 *
 *   const client = new Client({ url: 'http://127.0.0.1:8080' });
 *   const { data, cut } = await client.call('accounts', { query: { level: 'danger', sort: 'distance' } });
 */
import {
  ACTING,
  CALLS,
  lineOf,
  type AnswerOf,
  type Request,
  type RequestOf,
  type RouteName,
} from './calls.ts';
import { ApiProblem, ApiUnreachable } from './problem.ts';
import { Stream, type StreamOptions } from './stream.ts';
import type { Problem } from '../io/api/contract/problem.ts';

/** Tries of an acting call in all, and what is waited before another. */
const TRIES = 3;
const PAUSE_MS = 250;

export interface ClientOptions {
  /** Of the server, with the scheme: `http://127.0.0.1:8080`. */
  readonly url: string;
  /** As `plimsoll key create` printed it; none is needed where the server asks for none. */
  readonly key?: string;
}

/** Calls that need nothing said. */
type Bare = { [Name in RouteName]: object extends RequestOf<Name> ? Name : never }[RouteName];

export class Client {
  readonly #url: string;
  readonly #key: string | undefined;
  /** Of the server, as its last answer told it; null before the first. */
  #epoch: string | null = null;

  constructor({ url, key }: ClientOptions) {
    this.#url = url.replace(/\/+$/, '');
    this.#key = key;
  }

  /**
   * An acting call has a key of its own (`Idempotency-Key`), and is sent again by it where no answer came: it is done once. Before the server was heard
   * of it is not, and where the server was started since, `API_EPOCH_PAST` says that nobody knows whether it was done.
   *
   * Throws `ApiProblem` where the server says no and `ApiUnreachable` where it says nothing.
   */
  call<Name extends Bare>(
    name: Name,
    request?: RequestOf<Name>,
    signal?: AbortSignal,
  ): Promise<AnswerOf<Name>>;
  call<Name extends RouteName>(
    name: Name,
    request: RequestOf<Name>,
    signal?: AbortSignal,
  ): Promise<AnswerOf<Name>>;
  async call<Name extends RouteName>(
    name: Name,
    request?: RequestOf<Name>,
    signal?: AbortSignal,
  ): Promise<AnswerOf<Name>> {
    const line = lineOf(name, request ?? ({} as RequestOf<Name>));
    if (!ACTING.has(name)) return (await this.#send(name, line, {}, signal)) as AnswerOf<Name>;
    // Of before the first try: a server that was started since has another, and knows nothing of that.
    const epoch = this.#epoch;
    const key = { 'idempotency-key': newKey() };
    for (let tried = 1; ; tried++)
      try {
        const again = tried === 1 || epoch === null ? {} : { 'idempotency-epoch': epoch };
        return (await this.#send(name, line, { ...key, ...again }, signal)) as AnswerOf<Name>;
      } catch (error) {
        if (tried === TRIES || epoch === null || !mayBeDone(error)) throw error;
        await new Promise((resolve) => setTimeout(resolve, tried * PAUSE_MS));
        signal?.throwIfAborted();
      }
  }

  async #send(
    name: RouteName,
    { method, path, body }: Request,
    headers: Readonly<Record<string, string>>,
    signal: AbortSignal | undefined,
  ): Promise<unknown> {
    let response: Response;
    let text: string;
    try {
      response = await fetch(`${this.#url}${path}`, {
        method,
        body,
        headers: {
          ...headers,
          ...(body === null ? {} : { 'content-type': 'application/json' }),
          ...(this.#key === undefined ? {} : { authorization: `Bearer ${this.#key}` }),
        },
        ...(signal === undefined ? {} : { signal }),
      });
      text = await response.text();
    } catch (error) {
      if (signal?.aborted === true) throw error;
      throw new ApiUnreachable(`${CALLS[name]}: no answer from ${this.#url}`, { cause: error });
    }
    const answer = parsed(text);
    if (answer !== null) this.#epoch = response.headers.get('x-request-id')?.split('-')[0] ?? this.#epoch;
    if (response.ok && answer !== null) return answer;
    if (answer !== null && 'code' in answer && 'detail' in answer)
      throw new ApiProblem(answer as unknown as Problem);
    throw new ApiUnreachable(
      `${CALLS[name]}: ${this.#url} answered ${response.status} and no document of the API`,
    );
  }

  /** Live data; see `Stream`. One is enough for everything. */
  stream(options: Pick<StreamOptions, 'onConnection' | 'onTrouble'> = {}): Stream {
    return new Stream({
      ...options,
      url: `${this.#url.replace(/^http/, 'ws')}/api/v1/stream`,
      key: this.#key,
    });
  }
}

/** Whether the call may have come to the engine, or still be on its way to it. */
const mayBeDone = (error: unknown): boolean =>
  error instanceof ApiUnreachable ||
  (error instanceof ApiProblem && error.code === 'API_IDEMPOTENCY_PENDING');

/** 128 random bits; `randomUUID` is not there on a page that came by plain HTTP. */
function newKey(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))]
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join('');
}

function parsed(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}
