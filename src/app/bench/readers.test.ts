import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { Readers } from './readers.ts';

let server: Server;
afterEach(() => server.close());

/** A server that answers as `answer` says, and what was asked of it. */
async function serve(answer: (path: string) => { status: number; body: string }) {
  const asked: string[] = [];
  server = createServer((request, response) => {
    asked.push(request.url!);
    const { status, body } = answer(request.url!);
    response.writeHead(status, { 'content-length': Buffer.byteLength(body) });
    // In two pieces, so that an answer does not come at once.
    response.write(body.slice(0, 3));
    setTimeout(() => response.end(body.slice(3)), 1);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { asked, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 5));
}

test('reads one path after another, whole answers only', async () => {
  const { asked, url } = await serve((path) => ({ status: 200, body: `answer to ${path}` }));
  const readers = new Readers({ url, connections: 3, paths: ['/a', '/b', '/c'] });
  await until(() => readers.latencies.count >= 30);
  const { count } = readers.latencies;
  readers.stop();
  expect(readers.failed).toBe(0);
  expect(asked.length - count).toBeGreaterThanOrEqual(0);
  expect(asked.length - count).toBeLessThanOrEqual(3);
  for (const path of ['/a', '/b', '/c'])
    expect(asked.filter((each) => each === path).length).toBeGreaterThan(8);
});

test('what is refused counts as failed', async () => {
  const { url } = await serve((path) => ({ status: path === '/b' ? 404 : 200, body: 'a body' }));
  const readers = new Readers({ url, connections: 1, paths: ['/a', '/b'] });
  await until(() => readers.latencies.count >= 10);
  readers.stop();
  // Every other one.
  expect(Math.abs(readers.failed - readers.latencies.count / 2)).toBeLessThanOrEqual(1);
});

test('a connection that ends counts as failed', async () => {
  const { url } = await serve(() => ({ status: 200, body: 'a body' }));
  const readers = new Readers({ url, connections: 2, paths: ['/a'] });
  await until(() => readers.latencies.count >= 4);
  server.closeAllConnections();
  await until(() => readers.failed === 2);
  readers.stop();
});
