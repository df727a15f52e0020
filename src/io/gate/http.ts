/**
 * The gate over HTTP, for convenience: orders and any other command in, and what is to be known of it out. Only on this machine, for nobody is asked who
 * he is; what has to be fast goes by the socket.
 */
import { fastify, type FastifyInstance } from 'fastify';
import { listenFailure } from '../unix-socket.ts';
import type { GateDoor } from './door.ts';

const BODY_BYTES_MAX = 4 << 20;
const BATCH_MAX = 10_000;
const CONNECTIONS_MAX = 256;

/** What can be looked at. Each answers a document, or null where there is no such thing. */
export interface GateViews {
  utilisation(query: Readonly<Record<string, string | undefined>>): unknown;
  limits(): unknown;
  halts(): unknown;
  metrics(): Promise<{ readonly type: string; readonly text: string }>;
}

interface Waiter {
  readonly sequence: number;
  readonly resolve: () => void;
}

export class GateHttp {
  readonly address: string;
  readonly #server: FastifyInstance;

  private constructor(address: string, server: FastifyInstance) {
    this.address = address;
    this.#server = server;
  }

  /** Throws LISTEN_FAILED. */
  static async open(
    { host, port }: { readonly host: string; readonly port: number },
    door: GateDoor,
    views: GateViews,
    onFailure: (error: unknown) => void,
  ): Promise<GateHttp> {
    const server = fastify({
      bodyLimit: BODY_BYTES_MAX,
      requestTimeout: 30_000,
      forceCloseConnections: true,
    });
    server.server.maxConnections = CONNECTIONS_MAX;
    let waiters: Waiter[] = [];
    door.onAcknowledged((sequence) => {
      const due = waiters.filter((waiter) => waiter.sequence <= sequence);
      if (due.length === 0) return;
      waiters = waiters.filter((waiter) => waiter.sequence > sequence);
      for (const { resolve } of due) resolve();
    });
    const durable = (): Promise<void> =>
      new Promise((resolve) => {
        if (door.acknowledged >= door.sequence) resolve();
        else waiters.push({ sequence: door.sequence, resolve });
      });
    const lines = (text: string): string[] => text.split('\n').filter((line) => line.trim() !== '');
    server.addContentTypeParser('application/x-ndjson', { parseAs: 'string' }, (_request, body, done) => {
      done(null, lines(body as string));
    });
    server.setErrorHandler((error: Error & { statusCode?: number; code?: string }, _request, reply) => {
      const status = error.statusCode ?? 500;
      if (status >= 500) onFailure(error);
      void reply.code(status).send(problem(error.code ?? 'INTERNAL', error.message));
    });
    server.setNotFoundHandler((request, reply) => {
      const what = `there is no ${request.method} ${request.url}: POST /decisions, GET /utilisation, /limits, /halts, /metrics`;
      void reply.code(404).send(problem('NOT_FOUND', what));
    });

    server.post('/decisions', async (request, reply) => {
      const arrivedMs = performance.now();
      const { body } = request;
      const isNdjson = request.headers['content-type']?.startsWith('application/x-ndjson') === true;
      const asked: unknown[] = isNdjson || Array.isArray(body) ? (body as unknown[]) : [body];
      if (asked.length > BATCH_MAX)
        return reply
          .code(413)
          .send(
            problem(
              'BATCH_TOO_LARGE',
              `${asked.length} commands are more than ${BATCH_MAX}: send them in parts`,
            ),
          );
      const answers: string[] = [];
      for (const [at, each] of asked.entries()) {
        const text = typeof each === 'string' && isNdjson ? each : (JSON.stringify(withKind(each)) ?? 'null');
        let answer = door.applyLine(text, 'http', at + 1, arrivedMs);
        for (; answer === null; answer = door.applyLine(text, 'http', at + 1, arrivedMs)) await door.ready();
        answers.push(answer);
      }
      await durable();
      if (isNdjson) return reply.type('application/x-ndjson').send(answers.join(''));
      const documents = answers.map((answer) => documentOf(answer));
      if (Array.isArray(body)) return documents;
      const [only] = documents;
      return reply.code(only['kind'] === null ? 400 : 200).send(only);
    });
    server.get('/utilisation', async (request, reply) => {
      const query = request.query as Record<string, string | undefined>;
      const found = views.utilisation(query);
      if (found !== null) return found;
      return reply
        .code(404)
        .send(
          problem(
            'NAME_UNKNOWN',
            'give ?account=NAME or ?group=NAME of one that there is, and &market=NAME if you like',
          ),
        );
    });
    server.get('/limits', async () => views.limits());
    server.get('/halts', async () => views.halts());
    server.get('/metrics', async (_request, reply) => {
      const { type, text } = await views.metrics();
      return reply.type(type).send(text);
    });
    try {
      return new GateHttp(await server.listen({ host, port }), server);
    } catch (cause) {
      await server.close();
      throw listenFailure(`http://${host}:${port}`, cause);
    }
  }

  async close(): Promise<void> {
    await this.#server.close();
  }
}

/** An order is what is usually asked. */
function withKind(value: unknown): unknown {
  const isPlain = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isPlain ? { kind: 'enter', ...value } : value;
}

/** The first line of an answer, with what follows from it as `notices`. */
function documentOf(answer: string): Record<string, unknown> {
  const [first, ...notices] = answer
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  return notices.length === 0 ? first : { ...first, notices };
}

function problem(code: string, message: string): { error: { code: string; message: string } } {
  return { error: { code, message } };
}
