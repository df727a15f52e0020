/**
 * The API, typed. It needs `fetch` and `WebSocket` and nothing else: browsers and Node have both.
 *
 *   const client = new Client({ url: 'http://127.0.0.1:8080' });
 *   const { data, cut } = await client.call('accounts', { query: { level: 'danger', sort: 'distance' } });
 */
import { CALLS, lineOf, type AnswerOf, type RequestOf, type RouteName } from './calls.ts';
import { ApiProblem, ApiUnreachable } from './problem.ts';
import { Stream, type StreamOptions } from './stream.ts';
import type { Problem } from '../io/api/contract/problem.ts';

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

  constructor({ url, key }: ClientOptions) {
    this.#url = url.replace(/\/+$/, '');
    this.#key = key;
  }

  /** Throws `ApiProblem` where the server says no and `ApiUnreachable` where it says nothing. */
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
    const { method, path, body } = lineOf(name, request ?? ({} as RequestOf<Name>));
    let response: Response;
    let text: string;
    try {
      response = await fetch(`${this.#url}${path}`, {
        method,
        body,
        headers: {
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
    if (response.ok && answer !== null) return answer as AnswerOf<Name>;
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

function parsed(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}
