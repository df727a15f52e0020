/** Something that a request got wrong, or that could not be done for it, on its way to its sender. */
import type { Problem, ProblemCode } from './contract/problem.ts';

/** Status and title by code. */
const KINDS: Readonly<Record<ProblemCode, readonly [status: number, title: string]>> = {
  API_ROUTE_UNKNOWN: [404, 'No such route'],
  API_METHOD_UNKNOWN: [405, 'Not by this method'],
  API_FIELD_INVALID: [400, 'A field is not as it must be'],
  API_BODY_INVALID: [400, 'The body is not JSON'],
  API_BODY_TOO_LARGE: [413, 'The body is too large'],
  API_MEDIA_TYPE: [415, 'The body must be application/json'],
  API_REQUEST_INVALID: [400, 'The request is not HTTP that can be answered'],
  API_NOT_FOUND: [404, 'Not found'],
  API_CURSOR_INVALID: [400, 'The cursor is not one of ours, or is too old'],
  API_EVENTS_GONE: [410, 'What was asked for is not remembered any more'],
  API_REFUSED: [422, 'The exchange refused it'],
  API_IDEMPOTENCY_PENDING: [409, 'The same request is under way'],
  API_IDEMPOTENCY_REUSED: [422, "The key was another request's"],
  API_EPOCH_PAST: [409, 'The server was started since'],
  API_KEY_MISSING: [401, 'A key is needed'],
  API_KEY_UNKNOWN: [401, 'No such key'],
  API_SCOPE_MISSING: [403, 'The key does not allow this'],
  API_RATE_LIMITED: [429, 'Too many requests'],
  API_BUSY: [503, 'Too much is under way'],
  API_STARTING: [503, 'The exchange is being made or recovered'],
  API_UNAVAILABLE: [503, 'The engine has stopped'],
  API_FAULT: [500, 'Our fault'],
};

interface Details {
  readonly field?: string | undefined;
  readonly value?: unknown;
  readonly reason?: string;
  readonly sequence?: number;
}

export class ApiProblem extends Error {
  readonly code: ProblemCode;
  readonly details: Details;

  constructor(code: ProblemCode, detail: string, details: Details = {}) {
    super(detail);
    this.code = code;
    this.details = details;
  }

  get status(): number {
    return KINDS[this.code][0];
  }
}

export function problemDocument(problem: ApiProblem, requestId: string): Problem {
  const { code, message, details } = problem;
  const { field, value, reason, sequence } = details;
  const [status, title] = KINDS[code];
  return {
    type: `urn:plimsoll:problem:${code}`,
    title,
    status,
    code,
    detail: message,
    requestId,
    ...(field === undefined ? {} : { field }),
    ...(value === undefined ? {} : { value }),
    ...(reason === undefined ? {} : { reason }),
    ...(sequence === undefined ? {} : { sequence }),
  };
}

export function statusOf(code: ProblemCode): number {
  return KINDS[code][0];
}
