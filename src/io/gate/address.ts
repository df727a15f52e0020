/** Where a gate listens: `unix:PATH`, or `tcp:HOST:PORT` on this machine alone, for nobody is asked who he is. */
import type { NetConnectOpts } from 'node:net';

export type Address =
  | { readonly kind: 'unix'; readonly path: string }
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number };

const LOOPBACK: ReadonlySet<string> = new Set(['127.0.0.1', 'localhost', '[::1]']);

/** Null where the text is none. Port 0: any that is free. */
export function parseAddress(text: string): Address | null {
  if (text.startsWith('unix:') && text.length > 5) return { kind: 'unix', path: text.slice(5) };
  const match = /^tcp:(\[[0-9a-f:]+\]|[^:]+):(\d{1,5})$/.exec(text);
  if (match === null || Number(match[2]) > 65_535 || !LOOPBACK.has(match[1])) return null;
  return { kind: 'tcp', host: match[1].replaceAll(/[[\]]/g, ''), port: Number(match[2]) };
}

export function addressText(address: Address): string {
  return address.kind === 'unix'
    ? `unix:${address.path}`
    : `tcp:${address.host.includes(':') ? `[${address.host}]` : address.host}:${address.port}`;
}

export function connectOptions(address: Address): NetConnectOpts {
  return address.kind === 'unix' ? { path: address.path } : { host: address.host, port: address.port };
}
