/** What every answer says besides its own, so that a browser does no more with it than is meant. The same for all, and made once: it is on every read. */
import type { FastifyReply } from 'fastify';

const POLICY = [
  "default-src 'self'",
  // Charts place what they draw by style attributes.
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join(';');

/** Nothing of transport security: this is plain HTTP on loopback, and whoever puts TLS in front says it there. */
const ALWAYS: Readonly<Record<string, string>> = {
  'content-security-policy': POLICY,
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'origin-agent-cluster': '?1',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-dns-prefetch-control': 'off',
  'x-download-options': 'noopen',
  'x-frame-options': 'SAMEORIGIN',
  'x-permitted-cross-domain-policies': 'none',
  'x-xss-protection': '0',
};
const LIST: readonly string[] = Object.entries(ALWAYS).flat();
const JSON_TYPE = 'application/json; charset=utf-8';

/** Of an answer that the framework sends: a page, a file, a problem. */
export function addHeaders(reply: FastifyReply, requestId: string): void {
  reply.headers(ALWAYS);
  reply.header('x-request-id', requestId);
}

/** An answer without the framework's way out, which costs more than most of what is read here. `own` are names and values in turn; null: no body. */
export function sendJson(
  reply: FastifyReply,
  status: number,
  requestId: string,
  own: readonly string[],
  json: string | null,
): void {
  reply.hijack();
  const headers = [...LIST, 'x-request-id', requestId, ...own];
  if (json === null) {
    reply.raw.writeHead(status, headers).end();
    return;
  }
  const bytes = Buffer.byteLength(json);
  headers.push('content-type', JSON_TYPE, 'content-length', String(bytes));
  // Of nothing but ASCII both are the same, and one needs no encoding.
  reply.raw.writeHead(status, headers).end(json, bytes === json.length ? 'latin1' : 'utf8');
}
