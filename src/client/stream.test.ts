import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { WebSocketServer, type WebSocket as Peer } from 'ws';
import type { ClientMessage, ServerMessage } from '../io/api/contract/stream.ts';
import { Stream, type Connection } from './stream.ts';

const CUT = { sequence: 1, timeUs: 1, time: '2026-01-01T00:00:00.000001Z', ageMs: 0 };
type Trades = { id: number }[];

let server: WebSocketServer;
let stream: Stream;
let asked: ClientMessage[];
let peers: Peer[];
let states: Connection[];
let epoch: string;

const say = (message: ServerMessage): void => peers.at(-1)!.send(JSON.stringify(message));
const trades = (type: 'snapshot' | 'delta', seq: number, ids: number[]): void =>
  say({ type, channel: 'trades', key: 'A', seq, cut: CUT, data: ids.map((id) => ({ id })) });
const subscriptions = (): ClientMessage[] => asked.filter(({ op }) => op === 'subscribe');

beforeEach(async () => {
  [asked, peers, states, epoch] = [[], [], [], 'one'];
  server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  server.on('connection', (peer) => {
    peers.push(peer);
    peer.on('message', (data: Buffer) => asked.push(JSON.parse(data.toString()) as ClientMessage));
    say({ type: 'hello', version: '0', epoch, needsKey: false });
  });
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  stream = new Stream({ url: `ws://127.0.0.1:${port}`, onConnection: (state) => states.push(state) });
});
afterEach(async () => {
  stream.close();
  for (const peer of peers) peer.terminate();
  await new Promise((done) => server.close(done));
});

/** What the listener has, newest first. */
function listen(): { ids: number[][]; stop: () => void } {
  const ids: number[][] = [];
  const stop = stream.subscribe('trades', 'A', ({ data }) => ids.push((data as Trades).map(({ id }) => id)));
  return { ids, stop };
}

it('a listener has the whole state each time', async () => {
  const { ids } = listen();
  await vi.waitFor(() => expect(subscriptions()).toEqual([{ op: 'subscribe', channel: 'trades', key: 'A' }]));
  trades('snapshot', 7, [2, 1]);
  trades('delta', 8, [3]);
  await vi.waitFor(() =>
    expect(ids).toEqual([
      [2, 1],
      [3, 2, 1],
    ]),
  );
});

it('a second listener is told at once, and the server is asked once', async () => {
  listen();
  await vi.waitFor(() => expect(subscriptions()).toHaveLength(1));
  trades('snapshot', 1, [1]);
  const first = listen();
  await vi.waitFor(() => expect(first.ids).toEqual([[1]]));
  expect(listen().ids).toEqual([[1]]);
  expect(subscriptions()).toHaveLength(1);
});

it('a hole is never shown: what is missing is asked for anew', async () => {
  const { ids } = listen();
  await vi.waitFor(() => expect(subscriptions()).toHaveLength(1));
  trades('snapshot', 1, [1]);
  trades('delta', 3, [3]);
  await vi.waitFor(() => expect(subscriptions()).toHaveLength(2));
  expect(subscriptions()[1]).not.toHaveProperty('since');
  trades('delta', 4, [4]);
  trades('snapshot', 4, [4, 3, 2, 1]);
  await vi.waitFor(() => expect(ids).toEqual([[1], [4, 3, 2, 1]]));
});

it('a delta that comes twice counts once', async () => {
  const { ids } = listen();
  await vi.waitFor(() => expect(subscriptions()).toHaveLength(1));
  trades('snapshot', 1, [1]);
  trades('delta', 2, [2]);
  trades('delta', 2, [2]);
  trades('delta', 3, [3]);
  await vi.waitFor(() => expect(ids.at(-1)).toEqual([3, 2, 1]));
});

it('after a lost connection it goes on from what it has', async () => {
  const { ids } = listen();
  await vi.waitFor(() => expect(subscriptions()).toHaveLength(1));
  trades('snapshot', 5, [1]);
  await vi.waitFor(() => expect(ids).toHaveLength(1));
  peers[0].terminate();
  await vi.waitFor(() => expect(subscriptions()[1]).toMatchObject({ since: 5 }));
  trades('delta', 6, [2]);
  await vi.waitFor(() => expect(ids.at(-1)).toEqual([2, 1]));
  expect(states).toEqual(['connecting', 'open', 'lost', 'connecting', 'open']);
});

it('another process counts from another beginning: everything is asked for anew', async () => {
  const { ids } = listen();
  await vi.waitFor(() => expect(subscriptions()).toHaveLength(1));
  trades('snapshot', 5, [1]);
  await vi.waitFor(() => expect(ids).toHaveLength(1));
  epoch = 'two';
  peers[0].terminate();
  await vi.waitFor(() => expect(subscriptions()).toHaveLength(2));
  expect(subscriptions()[1]).not.toHaveProperty('since');
});

it('who has stopped is told nothing, and the server hears of it', async () => {
  const { ids, stop } = listen();
  await vi.waitFor(() => expect(subscriptions()).toHaveLength(1));
  stop();
  await vi.waitFor(() => expect(asked.at(-1)).toEqual({ op: 'unsubscribe', channel: 'trades', key: 'A' }));
  trades('snapshot', 1, [1]);
  say({ type: 'pong', id: null, cut: CUT });
  expect(ids).toEqual([]);
});

it('one who was too slow asks again', async () => {
  const { ids } = listen();
  await vi.waitFor(() => expect(subscriptions()).toHaveLength(1));
  trades('snapshot', 1, [1]);
  say({ type: 'dropped', channel: 'trades', key: 'A', reason: 'slow', detail: '' });
  await vi.waitFor(() => expect(subscriptions()).toHaveLength(2));
  trades('snapshot', 9, [9]);
  await vi.waitFor(() => expect(ids).toEqual([[1], [9]]));
});

it('what cannot be served yet is asked for again, and what is refused is not', async () => {
  const { ids } = listen();
  stream.subscribe('account', 'nobody', () => undefined);
  await vi.waitFor(() => expect(subscriptions()).toHaveLength(2));
  say({ type: 'error', code: 'API_NOT_FOUND', detail: '', channel: 'account', key: 'nobody' });
  say({ type: 'error', code: 'API_STARTING', detail: '', channel: 'trades', key: 'A' });
  await vi.waitFor(() => expect(subscriptions()).toHaveLength(3), { timeout: 10_000 });
  expect(subscriptions()[2]).toMatchObject({ channel: 'trades', key: 'A' });
  trades('snapshot', 1, [1]);
  await vi.waitFor(() => expect(ids).toEqual([[1]]));
});
