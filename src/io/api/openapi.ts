/** The OpenAPI 3.1 document, made from the contract: docs/reference/openapi.json is this, and a test compares. */
import type { TSchema } from 'typebox';
import { Problem } from './contract/problem.ts';
import { API_PREFIX, routes, type Route } from './contract/routes.ts';
import { channels, ClientMessage, ServerMessage, STREAM_PATH, type Channel } from './contract/stream.ts';

type Json = Record<string, unknown>;

export function openApiDocument(version: string): Json {
  const paths: Record<string, Json> = {};
  for (const [name, route] of Object.entries(routes) as [string, Route][]) {
    const path = `${API_PREFIX}${route.path}`;
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operationOf(name, route) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Plimsoll',
      version,
      description:
        'Money, prices and sizes are decimal strings; times are ISO 8601 in UTC to the microsecond. Every answer is about a cut: the sequence and time of the state that it shows, and how long ago that was the newest.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    security: [{ key: [] }, {}],
    paths,
    components: {
      securitySchemes: {
        key: {
          type: 'http',
          scheme: 'bearer',
          description: 'A key of plimsoll key create. Not needed on loopback while none was made.',
        },
      },
      schemas: { Problem, StreamClientMessage: ClientMessage, StreamServerMessage: ServerMessage },
    },
    'x-stream': {
      path: STREAM_PATH,
      channels: Object.fromEntries(
        (Object.entries(channels) as [string, Channel][]).map(([name, { data, ...rest }]) => [
          name,
          { ...rest, data },
        ]),
      ),
    },
  };
}

/** Of acting calls. */
const RETRY_HEADERS: readonly Json[] = [
  {
    name: 'Idempotency-Key',
    in: 'header',
    required: false,
    description:
      'Of the same key and caller the same request is done once: sent again within five minutes it gets the same answer, with Idempotency-Replayed: true.',
    schema: { type: 'string', minLength: 1, maxLength: 130 },
  },
  {
    name: 'Idempotency-Epoch',
    in: 'header',
    required: false,
    description:
      'What stands before the dash in X-Request-Id of an earlier answer: a server that was started since does nothing and answers API_EPOCH_PAST.',
    schema: { type: 'string' },
  },
];

function operationOf(name: string, { summary, scope, params, query, body, answer }: Route): Json {
  return {
    operationId: name,
    summary,
    'x-scope': scope,
    parameters: [
      ...parametersOf(params, 'path'),
      ...parametersOf(query, 'query'),
      ...(scope === 'read' ? [] : RETRY_HEADERS),
    ],
    ...(body === undefined
      ? {}
      : { requestBody: { required: isNeeded(body), content: { 'application/json': { schema: body } } } }),
    responses: {
      200: { description: 'Done', content: { 'application/json': { schema: answer } } },
      default: {
        description: 'A problem; its code says which',
        content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
      },
    },
  };
}

function parametersOf(schema: TSchema | undefined, place: 'path' | 'query'): Json[] {
  const { properties = {}, required = [] } = (schema ?? {}) as {
    properties?: Record<string, TSchema>;
    required?: readonly string[];
  };
  return Object.entries(properties).map(([name, of]) => ({
    name,
    in: place,
    required: required.includes(name),
    schema: of,
  }));
}

function isNeeded(body: TSchema): boolean {
  return ((body as { required?: readonly string[] }).required ?? []).length > 0;
}
