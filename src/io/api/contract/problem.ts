/** What is answered where something is wrong: RFC 9457, with a code that stands in docs/reference/errors.md. */
import { Type, type Static } from 'typebox';
import { record } from './scalars.ts';

export const PROBLEM_CODES = [
  'API_ROUTE_UNKNOWN',
  'API_METHOD_UNKNOWN',
  'API_FIELD_INVALID',
  'API_BODY_INVALID',
  'API_BODY_TOO_LARGE',
  'API_MEDIA_TYPE',
  'API_REQUEST_INVALID',
  'API_NOT_FOUND',
  'API_CURSOR_INVALID',
  'API_EVENTS_GONE',
  'API_REFUSED',
  'API_IDEMPOTENCY_PENDING',
  'API_IDEMPOTENCY_REUSED',
  'API_EPOCH_PAST',
  'API_KEY_MISSING',
  'API_KEY_UNKNOWN',
  'API_SCOPE_MISSING',
  'API_RATE_LIMITED',
  'API_BUSY',
  'API_STARTING',
  'API_UNAVAILABLE',
  'API_FAULT',
] as const;
export const ProblemCode = Type.Enum(PROBLEM_CODES);
export type ProblemCode = Static<typeof ProblemCode>;

export const Problem = record({
  type: Type.String(),
  title: Type.String(),
  status: Type.Integer({ minimum: 400, maximum: 599 }),
  code: ProblemCode,
  detail: Type.String(),
  requestId: Type.String(),
  /** Where one field is at fault: its path, and what was given. */
  field: Type.Optional(Type.String()),
  value: Type.Optional(Type.Unknown()),
  /** Of a refused command: the exchange's reason. */
  reason: Type.Optional(Type.String()),
  sequence: Type.Optional(Type.Integer({ minimum: 0 })),
});
export type Problem = Static<typeof Problem>;
