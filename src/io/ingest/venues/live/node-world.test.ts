import { createServer } from 'node:http';
import { createServer as createTcpServer, type AddressInfo, type Server, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocketServer, type WebSocket as ServerSocket } from 'ws';
import { NodeWorld } from './node-world.ts';
import type { HttpAnswer, SocketListener } from './world.ts';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function listen(server: Server): Promise<string> {
  const open = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    open.add(socket);
    socket.on('close', () => open.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(async () => {
    for (const socket of open) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A WebSocket server; `greet` is told of every client and of what is under it. */
async function serveSockets(greet: (client: ServerSocket, under: Duplex) => void): Promise<string> {
  const server = createServer();
  const sockets = new WebSocketServer({ noServer: true });
  server.on('upgrade', (request, socket, head) =>
    sockets.handleUpgrade(request, socket, head, (client) => greet(client, socket)),
  );
  return `ws://${await listen(server)}`;
}

/** Writes down what a socket says; `heard` is done when it has said `count` things. */
function listener(
  count: number,
): SocketListener & { readonly said: string[]; readonly heard: Promise<void> } {
  const said: string[] = [];
  let resolve = (): void => {};
  const heard = new Promise<void>((done) => (resolve = done));
  const say = (what: string): void => {
    said.push(what);
    if (said.length === count) resolve();
  };
  return { said, heard, opened: () => say('opened'), frame: say, closed: (why) => say(`closed: ${why}`) };
}

describe('sockets', () => {
  const world = new NodeWorld();

  it('send and receive text, and take binary frames for text', async () => {
    const url = await serveSockets((client) => {
      client.on('message', (data: Buffer) => client.send(`echo ${data.toString()}`));
      client.send('{"a":"\u00e9"}');
      client.send(Buffer.from([0xff, 0x41]));
    });
    const told = listener(4);
    const socket = world.openSocket(url, { ...told, opened: () => (told.opened(), socket.send('hello')) });
    await told.heard;
    expect(told.said.toSorted((a, b) => Number(a > b) - 0.5)).toEqual([
      'echo hello',
      'opened',
      '{"a":"\u00e9"}',
      '\ufffdA',
    ]);
    await new Promise<void>((resolve) => socket.close(resolve));
    socket.send('into the void');
    await new Promise<void>((resolve) => socket.close(resolve));
    expect(told.said).toHaveLength(4);
  });

  it('say why they were closed', async () => {
    const polite = listener(2);
    world.openSocket(await serveSockets((client) => client.close(1001, 'maintenance')), polite);
    const rude = listener(2);
    world.openSocket(await serveSockets((client) => client.terminate()), rude);
    const absent = listener(1);
    const server = createTcpServer();
    const host = await listen(server);
    await new Promise((resolve) => server.close(resolve));
    closing.pop();
    world.openSocket(`ws://${host}`, absent);
    await Promise.all([polite.heard, rude.heard, absent.heard]);
    expect(polite.said).toEqual(['opened', 'closed: closed by the server (1001: maintenance)']);
    expect(rude.said[1]).toMatch(/^closed: (connection failed|closed by the server \(1006\))$/);
    expect(absent.said).toEqual(['closed: connection failed']);
  });

  it('are let go of though the server has stopped answering', async () => {
    let under: Duplex | null = null;
    const url = await serveSockets((client, socket) => {
      under = socket;
      client.send('last words');
      client.on('error', () => {});
    });
    const told = listener(2);
    const socket = world.openSocket(url, told);
    await told.heard;
    // Nobody reads the goodbye: the connection has gone dead.
    under!.pause();
    await new Promise<void>((resolve) => socket.close(resolve));
    under!.resume();
    await new Promise<void>((resolve) => under!.once('close', resolve));
    expect(told.said).toEqual(['opened', 'last words']);
  });
});

describe('requests', () => {
  const world = new NodeWorld();
  const ask = (url: string, body: string | null = null): Promise<HttpAnswer> =>
    new Promise((resolve) => world.request({ method: body === null ? 'GET' : 'POST', url, body }, resolve));

  it('give status, body and when to ask again', async () => {
    const server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        if (request.url === '/busy') response.writeHead(429, { 'retry-after': '7' }).end('slow down');
        else if (request.url === '/cut')
          response.writeHead(200, { 'content-length': '100' }).write('half', () => response.destroy());
        else if (request.url === '/elsewhere') response.writeHead(302, { location: '/' }).end();
        else response.end(`${request.method} ${request.url} ${request.headers['content-type']} ${body}`);
      });
    });
    const base = `http://${await listen(server)}`;
    expect(await ask(`${base}/a?b=c`)).toEqual({
      status: 200,
      body: 'GET /a?b=c undefined ',
      retryAfter: null,
    });
    expect(await ask(`${base}/info`, '{"type":"meta"}')).toMatchObject({
      body: 'POST /info application/json {"type":"meta"}',
    });
    expect(await ask(`${base}/busy`)).toEqual({ status: 429, body: 'slow down', retryAfter: '7' });
    expect(await ask(`${base}/cut`)).toMatchObject({ status: 0 });
    expect(await ask(`${base}/elsewhere`)).toMatchObject({ status: 0 });
    expect((await ask('http://127.0.0.1:1/')).body).not.toBe('fetch failed');
  });

  it('are not answered once they are called off', async () => {
    const asked = new Promise<Duplex>((resolve) => {
      const server = createServer((request) => resolve(request.socket));
      void listen(server).then((host) => {
        const cancel = world.request({ method: 'GET', url: `http://${host}/`, body: null }, () => {
          throw new Error('answered');
        });
        server.on('request', cancel);
      });
    });
    const socket = await asked;
    await new Promise((resolve) => socket.once('close', resolve));
  });
});

describe('the clock', () => {
  it('is the wall clock, and tells moments of a millisecond apart', () => {
    const world = new NodeWorld();
    const times = Array.from({ length: 20_000 }, () => {
      const before = Date.now();
      const us = world.nowUs();
      const after = Date.now();
      return { us, isBetween: us >= before * 1_000 && us < (after + 1) * 1_000 };
    });
    expect(times.every(({ isBetween }) => isBetween)).toBe(true);
    expect(times.some(({ us }) => us % 1_000 !== 0)).toBe(true);
  });
});
