/** The mock venue on a real port of this machine: HTTP and WebSocket on the same. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { WebSocketServer } from 'ws';
import type { HttpAnswer } from '../../src/io/ingest/venues/live/world.ts';
import type { MockVenue } from './mock-venue.ts';

export interface MockServer {
  /** `127.0.0.1:port`. */
  readonly host: string;
  /** TCP connections that are open. */
  connections(): Promise<number>;
  stop(): Promise<void>;
}

export async function serve(venue: MockVenue): Promise<MockServer> {
  const server = createServer((request, response) => {
    const url = `http://${request.headers.host}${request.url}`;
    const answer = ({ status, body, retryAfter }: HttpAnswer): void => {
      if (status === 0) {
        response.destroy();
        return;
      }
      if (retryAfter !== null) response.setHeader('retry-after', retryAfter);
      response.writeHead(status).end(body);
    };
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const isPost = request.method === 'POST';
      const body = isPost ? Buffer.concat(parts).toString() : null;
      venue.request({ method: isPost ? 'POST' : 'GET', url, body }, answer);
    });
  });
  const sockets = new WebSocketServer({ noServer: true });
  server.on('upgrade', (request, socket, head) => {
    if (!venue.admits()) {
      socket.destroy();
      return;
    }
    sockets.handleUpgrade(request, socket, head, (client) => {
      const session = venue.admit(`ws://${request.headers.host}${request.url}`, {
        frame: (text) => client.send(text),
        closed: (why, isCut) => (isCut ? client.terminate() : client.close(1001, why)),
      });
      client.on('message', (data: Buffer) => session.received(data.toString()));
      client.on('close', () => session.left());
      client.on('error', () => session.left());
    });
  });
  const open = new Set<Socket>();
  server.on('connection', (socket) => {
    open.add(socket);
    socket.on('close', () => open.delete(socket));
  });
  await listen(server);
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    connections: () =>
      new Promise((resolve, reject) => {
        server.getConnections((error, count) => (error === null ? resolve(count) : reject(error)));
      }),
    stop: async () => {
      venue.stop();
      sockets.close();
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const listen = (server: Server): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
