/**
 * The server: routes of the contract, the stream, the contract itself, metrics, and the dashboard's files. It knows HTTP and nothing of exchanges: what
 * is asked goes to the `Backend`, and comes back as JSON.
 */
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import websocket from '@fastify/websocket';
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { Access, type Caller } from './access.ts';
import { Audit } from './audit.ts';
import type { Backend, Call, Handler } from './backend.ts';
import type { ProblemCode } from './contract/problem.ts';
import { API_PREFIX, routes, type Route, type RouteName } from './contract/routes.ts';
import { STREAM_PATH } from './contract/stream.ts';
import { docsPage } from './docs-page.ts';
import { addHeaders, sendJson } from './headers.ts';
import { Hub, MESSAGE_BYTES_MAX, type HubNumbers } from './hub.ts';
import type { KeyFile } from './keys.ts';
import { RateLimit } from './limits.ts';
import type { Address } from './listening.ts';
import { Metrics } from './metrics.ts';
import { openApiDocument } from './openapi.ts';
import { ApiProblem, problemDocument, statusOf } from './problem.ts';
import { readerOf } from './reading.ts';
import { Replays } from './replays.ts';
import { errnoOf, OperationalError } from '../operational-error.ts';

const BODY_BYTES_MAX = 64 * 1024;
const HEADERS_MS = 5_000;
const REQUEST_MS = 10_000;
const IDLE_MS = 30_000;
const CONNECTIONS_MAX = 8192;
const PARAM_MAX = 256;
/** What they answer changes without anything having happened. */
const NEVER_SAME: ReadonlySet<string> = new Set([
  'status',
  'overview',
  'liquidationMap',
  'accounts',
  'nearest',
  'sizing',
]);

const NO_CACHE = ['cache-control', 'no-cache'];

/** A request of a route, from when it came. */
interface Asked {
  readonly begun: number;
  caller: Caller;
  /** It was answered before by its `Idempotency-Key`. */
  isReplay: boolean;
}

/** What it came to: one of both. */
interface Ending {
  readonly problem: ApiProblem | null;
  readonly told: object | null;
}

export interface ApiOptions {
  readonly version: string;
  readonly address: Address;
  readonly keys: KeyFile | null;
  readonly auditPath: string | null;
  /** Requests a second of one caller; 0: any number. */
  readonly rateLimit: number;
  /** The dashboard's files; null, or a folder that is not there: a page says so. */
  readonly dashboard: string | null;
  /** An error that is our fault, for the log. */
  readonly onFault: (error: unknown, requestId: string) => void;
}

export class Api {
  readonly audit: Audit;
  readonly #options: ApiOptions;
  readonly #backend: Backend;
  readonly #app: FastifyInstance;
  readonly #access: Access;
  readonly #limit: RateLimit;
  readonly #hub: Hub;
  readonly #metrics = new Metrics();
  readonly #replays = new Replays();
  readonly #epoch = randomBytes(6).toString('hex');
  #requests = 0;

  private constructor(options: ApiOptions, backend: Backend) {
    const { keys, address, version, rateLimit, auditPath } = options;
    this.#options = options;
    this.#backend = backend;
    this.audit = new Audit(auditPath);
    this.#access = new Access({ host: address.host, keys, isDemo: backend.isDemo });
    this.#limit = new RateLimit(rateLimit);
    this.#hub = new Hub({ backend, access: this.#access, version, epoch: this.#epoch, limit: this.#limit });
    this.#app = fastify({
      bodyLimit: BODY_BYTES_MAX,
      requestTimeout: REQUEST_MS,
      keepAliveTimeout: IDLE_MS,
      http: { headersTimeout: HEADERS_MS, connectionsCheckingInterval: 1000, maxHeaderSize: 16 * 1024 },
      routerOptions: { maxParamLength: PARAM_MAX, ignoreTrailingSlash: true },
      genReqId: () => `${this.#epoch}-${++this.#requests}`,
      clientErrorHandler: (error, socket) => this.#refuseBytes(error, socket),
      frameworkErrors: (error, request, reply) => {
        void this.#fail(error, request, reply);
      },
    });
    this.#app.server.maxConnections = CONNECTIONS_MAX;
  }

  /** Makes all routes; nothing listens yet. */
  static async create(options: ApiOptions, backend: Backend): Promise<Api> {
    const api = new Api(options, backend);
    await api.#build();
    return api;
  }

  /** Answers the address with its port. Throws LISTEN_FAILED. */
  async listen(): Promise<string> {
    const { host, port } = this.#options.address;
    try {
      await this.#app.listen({ host, port });
    } catch (cause) {
      throw new OperationalError(
        'LISTEN_FAILED',
        `${host}:${port} cannot be listened at (${errnoOf(cause)}). Give another address or port`,
        { value: `${host}:${port}`, errno: errnoOf(cause) },
        cause,
      );
    }
    const told = this.#app.server.address();
    const bound = typeof told === 'object' && told !== null ? told.port : port;
    return `http://${host.includes(':') ? `[${host}]` : host}:${bound}`;
  }

  get streamNumbers(): HubNumbers {
    return this.#hub.numbers();
  }

  /** For tests: a request that goes over no wire. */
  get app(): FastifyInstance {
    return this.#app;
  }

  async close(): Promise<void> {
    this.#hub.close();
    this.#app.server.closeIdleConnections();
    const closing = this.#app.close();
    // Who still waits for an answer gets it; who only keeps a connection does not keep us.
    setTimeout(() => this.#app.server.closeAllConnections(), 500).unref();
    await closing;
  }

  async #build(): Promise<void> {
    const app = this.#app;
    // Bodies are JSON; as text, a page of another site could send one without asking.
    app.removeContentTypeParser('text/plain');
    await app.register(websocket, { options: { maxPayload: MESSAGE_BYTES_MAX, perMessageDeflate: false } });
    app.setErrorHandler((error, request, reply) => this.#fail(error, request, reply));
    app.setNotFoundHandler((request, reply) => this.#notFound(request, reply));
    app.addHook('onSend', (request, reply, payload, done) => {
      addHeaders(reply, request.id);
      done(null, payload);
    });
    for (const name of Object.keys(routes) as RouteName[])
      if (this.#backend.handlers[name] !== undefined) this.#route(name);
    app.get(STREAM_PATH, { websocket: true }, (socket, request) => {
      this.#hub.open(socket, request.raw);
    });
    this.#pages();
    await this.#dashboard();
  }

  #route(name: RouteName): void {
    const route: Route = routes[name];
    const { method, path, scope, params, query, body } = route;
    const handler = this.#backend.handlers[name] as unknown as Handler<never>;
    const readers = {
      params: readerOf(params, 'params'),
      query: readerOf(query, 'query'),
      body: readerOf(body, 'body'),
    };
    const isRead = scope === 'read';
    const isCached = isRead && method === 'GET' && !NEVER_SAME.has(name);
    const note = (request: FastifyRequest, asked: Asked, status: number, end: Ending): void => {
      this.#metrics.answered(name, status, (performance.now() - asked.begun) / 1000);
      if (!isRead) this.#record(name, request, asked, status, end);
    };
    const tell = (request: FastifyRequest, reply: FastifyReply, asked: Asked, told: object): void => {
      const cut = this.#backend.cut();
      const own = isRead ? [...NO_CACHE] : [];
      if (asked.isReplay) own.push('idempotency-replayed', 'true');
      if (isCached) {
        const tag = `W/"${this.#epoch}-${cut.sequence}"`;
        // Who asks has what would be answered: all of it follows from the sequence.
        if (request.headers['if-none-match'] === tag) {
          sendJson(reply, 304, request.id, ['etag', tag], null);
          return note(request, asked, 304, { problem: null, told });
        }
        own.push('etag', tag);
      }
      sendJson(reply, 200, request.id, own, JSON.stringify({ cut, ...told }));
      note(request, asked, 200, { problem: null, told });
    };
    const fail = (request: FastifyRequest, asked: Asked, error: unknown): never => {
      const problem = asProblem(error);
      note(request, asked, problem?.status ?? 500, { problem, told: null });
      throw error;
    };
    this.#app.route({
      method,
      url: `${API_PREFIX}${path.replaceAll(/\{(\w+)\}/g, ':$1')}`,
      // Without a promise where nothing is waited for.
      handler: (request, reply) => {
        const asked: Asked = { begun: performance.now(), caller: null, isReplay: false };
        let made: object | Promise<object>;
        try {
          asked.caller = this.#access.admit(request.raw, scope);
          this.#meter(request, reply, asked.caller);
          const call = {
            params: readers.params(request.params),
            query: readers.query(request.query),
            body: readers.body(request.body),
          } as unknown as Call<never>;
          if (this.#backend.starting !== null && name !== 'status')
            throw new ApiProblem('API_STARTING', this.#backend.starting);
          made = isRead ? handler(call) : this.#act(name, request, reply, asked, call, () => handler(call));
        } catch (error) {
          return fail(request, asked, error);
        }
        if (!(made instanceof Promise)) return tell(request, reply, asked, made);
        return made.then(
          (told) => tell(request, reply, asked, told),
          (error: unknown) => fail(request, asked, error),
        );
      },
    });
  }

  /** An acting call, done once where it has a key to be known by. */
  async #act(
    name: RouteName,
    request: FastifyRequest,
    reply: FastifyReply,
    asked: Asked,
    call: Call<never>,
    act: () => object | Promise<object>,
  ): Promise<object> {
    const { 'idempotency-key': key, 'idempotency-epoch': epoch } = request.headers;
    if (epoch !== undefined && epoch !== this.#epoch)
      throw new ApiProblem(
        'API_EPOCH_PAST',
        'this server was started since, and knows no Idempotency-Key of before: look whether it was done',
        { field: 'Idempotency-Epoch' },
      );
    if (key === undefined) return act();
    // What is answered again is the answer of then, with its cut.
    const { ending, isReplay } = await this.#replays.once(
      callerName(request, asked.caller),
      String(key),
      [name, call],
      async () => ({ ...(await act()), cut: this.#backend.cut() }),
    );
    asked.isReplay = isReplay;
    if ('told' in ending) return ending.told;
    reply.header('idempotency-replayed', 'true');
    throw ending.error;
  }

  #meter(request: FastifyRequest, reply: FastifyReply, caller: Caller): void {
    const wait = this.#limit.take(callerName(request, caller), performance.now());
    if (wait === 0) return;
    reply.header('retry-after', wait);
    throw new ApiProblem(
      'API_RATE_LIMITED',
      `no more than ${this.#options.rateLimit} requests a second: ask again in ${wait} s`,
    );
  }

  #record(
    route: RouteName,
    request: FastifyRequest,
    { caller, isReplay }: Asked,
    status: number,
    { problem, told }: Ending,
  ): void {
    const { data } = (told ?? {}) as { data?: { sequence?: number } };
    this.audit.add({
      time: new Date().toISOString(),
      requestId: request.id,
      key: caller === null ? null : { id: caller.id, name: caller.name },
      from: request.ip,
      route,
      params: request.params,
      query: request.query,
      body: request.body ?? null,
      status,
      code: problem?.code ?? (status >= 400 ? 'API_FAULT' : null),
      reason: problem?.details.reason ?? null,
      sequence: problem?.details.sequence ?? data?.sequence ?? null,
      isReplay,
    });
  }

  #pages(): void {
    const { version } = this.#options;
    const openApi = JSON.stringify(openApiDocument(version));
    const docs = docsPage(version);
    this.#app.get('/openapi.json', (_request, reply) =>
      reply.type('application/json; charset=utf-8').send(openApi),
    );
    this.#app.get('/docs', (_request, reply) => reply.type('text/html; charset=utf-8').send(docs));
    this.#app.get('/healthz', (_request, reply) => {
      const { starting } = this.#backend;
      return reply.code(starting === null ? 200 : 503).send({ ok: starting === null, starting });
    });
    this.#app.get('/metrics', async (request, reply) => {
      this.#access.admit(request.raw, 'read');
      const status = this.#backend.handlers.status;
      const told = status === undefined ? null : await status({ params: {}, query: {}, body: {} } as never);
      reply.type(this.#metrics.registry.contentType);
      return this.#metrics.text(told?.data ?? null);
    });
  }

  async #dashboard(): Promise<void> {
    const { dashboard } = this.#options;
    if (dashboard !== null && existsSync(join(dashboard, 'index.html')))
      await this.#app.register(fastifyStatic, { root: dashboard, wildcard: true, maxAge: 0 });
    else
      this.#app.get('/', (_request, reply) =>
        reply
          .type('text/html; charset=utf-8')
          .send(
            '<!doctype html><html lang="en"><title>Plimsoll</title><p>The dashboard is not built: run <code>npm run build:web</code>. The API is here: <a href="/docs">/docs</a>.</p></html>',
          ),
      );
  }

  /** A page of the dashboard has a path of its own: its files do not. */
  #notFound(request: FastifyRequest, reply: FastifyReply): FastifyReply {
    const { dashboard } = this.#options;
    const path = request.url.split('?', 1)[0];
    const isPage =
      request.method === 'GET' &&
      !path.startsWith('/api/') &&
      !/\.\w+$/.test(path) &&
      (request.headers.accept ?? '').includes('text/html');
    if (isPage && dashboard !== null && existsSync(join(dashboard, 'index.html')))
      return (reply as FastifyReply & { sendFile(name: string): FastifyReply }).sendFile('index.html');
    const methods = (['GET', 'POST', 'PATCH', 'DELETE'] as const).filter(
      (method) => method !== request.method && this.#app.findRoute({ method, url: path }) !== null,
    );
    const others =
      methods.length > 0 ? methods : this.#methodsOf(path).filter((method) => method !== request.method);
    if (others.length > 0) {
      reply.header('allow', others.join(', '));
      return this.#answer(
        request,
        reply,
        new ApiProblem(
          'API_METHOD_UNKNOWN',
          `${path} is not there by ${request.method}, but by ${others.join(', ')}`,
        ),
      );
    }
    return this.#answer(
      request,
      reply,
      new ApiProblem('API_ROUTE_UNKNOWN', `there is no ${path.slice(0, 200)}; /docs has what there is`),
    );
  }

  /** Of a path with its parameters filled in. */
  #methodsOf(path: string): string[] {
    return (Object.keys(routes) as RouteName[])
      .filter((name) => this.#backend.handlers[name] !== undefined)
      .filter((name) =>
        new RegExp(`^${API_PREFIX}${routes[name].path.replaceAll(/\{\w+\}/g, '[^/]+')}/?$`).test(path),
      )
      .map((name) => routes[name].method);
  }

  #fail(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
    const problem = asProblem(error);
    if (problem !== null) return this.#answer(request, reply, problem);
    this.#options.onFault(error, request.id);
    return this.#answer(
      request,
      reply,
      new ApiProblem('API_FAULT', `this is our fault: please report it with the request id ${request.id}`),
    );
  }

  #answer(request: FastifyRequest, reply: FastifyReply, problem: ApiProblem): FastifyReply {
    if (problem.status === 401) reply.header('www-authenticate', 'Bearer realm="plimsoll"');
    return reply
      .code(problem.status)
      .header('cache-control', 'no-store')
      .type('application/problem+json; charset=utf-8')
      .send(JSON.stringify(problemDocument(problem, request.id)));
  }

  /** Bytes that are no HTTP, or come too slowly. */
  #refuseBytes(error: Error & { code?: string }, socket: Socket): void {
    if (error.code === 'ECONNRESET' || !socket.writable) {
      socket.destroy();
      return;
    }
    const isSlow = error.code === 'ERR_HTTP_REQUEST_TIMEOUT';
    const problem = new ApiProblem(
      'API_REQUEST_INVALID',
      isSlow ? 'the request did not come in time' : 'these bytes are no HTTP request that is understood here',
    );
    const id = `${this.#epoch}-${++this.#requests}`;
    const status = isSlow ? '408 Request Timeout' : '400 Bad Request';
    const body = JSON.stringify({ ...problemDocument(problem, id), status: isSlow ? 408 : 400 });
    socket.end(
      `HTTP/1.1 ${status}\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: ${Buffer.byteLength(body)}\r\nx-request-id: ${id}\r\nconnection: close\r\n\r\n${body}`,
    );
  }
}

function callerName(request: FastifyRequest, caller: Caller): string {
  return caller === null ? request.ip : `key:${caller.id}`;
}

/** What of the framework's errors is what of ours. */
const FRAMEWORK: Readonly<Record<string, ProblemCode>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'API_BODY_TOO_LARGE',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'API_MEDIA_TYPE',
  FST_ERR_CTP_INVALID_JSON_BODY: 'API_BODY_INVALID',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'API_BODY_INVALID',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'API_REQUEST_INVALID',
  FST_ERR_BAD_URL: 'API_ROUTE_UNKNOWN',
  FST_ERR_MAX_PARAM_LENGTH: 'API_NOT_FOUND',
};

/** Null: it is our fault. */
function asProblem(error: unknown): ApiProblem | null {
  if (error instanceof ApiProblem) return error;
  if (error instanceof OperationalError && error.code === 'ENGINE_STOPPED')
    return new ApiProblem('API_UNAVAILABLE', error.message);
  const { code, statusCode, message } = (error ?? {}) as {
    code?: string;
    statusCode?: number;
    message?: string;
  };
  const known = code === undefined ? undefined : FRAMEWORK[code];
  if (known !== undefined) return new ApiProblem(known, message ?? known);
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500)
    return new ApiProblem(
      statusCode === statusOf('API_BODY_TOO_LARGE') ? 'API_BODY_TOO_LARGE' : 'API_BODY_INVALID',
      message ?? 'the request cannot be read',
    );
  return null;
}
