/** The socket of a gate: takes clients up to a bound, hands each what is durable, and looks after those that fell silent. */
import { rmSync } from 'node:fs';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { goneOrDestroyed, listenFailure, removeStaleSocket } from '../unix-socket.ts';
import { addressText, connectOptions, type Address } from './address.ts';
import { Connection, type ConnectionLimits } from './connection.ts';
import type { GateDoor } from './door.ts';
import { FrameType, FrameWriter, Refusal, REFUSAL_NAMES } from './protocol.ts';

export interface ServerOptions extends Partial<ConnectionLimits> {
  readonly clientsMax?: number;
  /** Told for each client that was cut off, by the name of the refusal. */
  readonly onRefused?: (refusal: string) => void;
  /** A client is gone that wanted these orders cancelled then; all of them work. */
  readonly onOrphans?: (orders: readonly number[]) => void;
  /** The gate itself failed. */
  readonly onFailure: (error: unknown) => void;
}

const USUAL: ConnectionLimits = {
  unreadMax: 1 << 18,
  waitingMax: 1 << 20,
  cancelWhenGone: false,
  stallMs: 10_000,
  silentMs: 30_000,
  helloMs: 5000,
};
const CLIENTS_MAX = 256;
const LOOK_MS = 250;
const LAST_WORDS_MS = 1000;

export class GateServer {
  /** Where it listens, the port that was free among it. */
  readonly address: Address;
  readonly #server: Server;
  readonly #connections: Set<Connection>;
  readonly #sockets: Set<Socket>;
  readonly #timer: NodeJS.Timeout;

  private constructor(address: Address, server: Server, connections: Set<Connection>, sockets: Set<Socket>) {
    this.address = address;
    this.#server = server;
    this.#connections = connections;
    this.#sockets = sockets;
    this.#timer = setInterval(() => {
      const nowMs = performance.now();
      for (const connection of connections) connection.look(nowMs);
    }, LOOK_MS);
    this.#timer.unref();
  }

  /** Throws LISTEN_FAILED where it cannot be listened, or somebody does already. */
  static async open(wanted: Address, door: GateDoor, options: ServerOptions): Promise<GateServer> {
    const { clientsMax = CLIENTS_MAX, onRefused, onOrphans, onFailure, ...others } = options;
    const limits = { ...USUAL, ...others };
    if (wanted.kind === 'unix') await removeStaleSocket(wanted.path);
    const connections = new Set<Connection>();
    const sockets = new Set<Socket>();
    const server = createServer({ allowHalfOpen: true, noDelay: true, keepAlive: true }, (socket) => {
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
      if (connections.size >= clientsMax) {
        onRefused?.(REFUSAL_NAMES[Refusal.too_many_clients]);
        turnAway(socket, clientsMax);
        return;
      }
      const connection = new Connection(socket, door, limits, onFailure, (gone, why) => {
        connections.delete(gone);
        if (why !== null) onRefused?.(REFUSAL_NAMES[why]);
        const { orphans } = gone;
        if (orphans.length > 0) onOrphans?.(orphans);
      });
      connections.add(connection);
    });
    door.onAcknowledged((sequence) => {
      for (const connection of connections) connection.release(sequence);
    });
    door.onNotices((lines) => {
      for (const connection of connections) if (connection.wantsNotices) connection.tell(lines);
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', (cause) => reject(listenFailure(addressText(wanted), cause)));
      server.listen(connectOptions(wanted), resolve);
    });
    const bound = server.address();
    const address = wanted.kind === 'tcp' ? { ...wanted, port: (bound as AddressInfo).port } : wanted;
    return new GateServer(address, server, connections, sockets);
  }

  get clients(): number {
    return this.#connections.size;
  }

  /** Takes no new clients and nothing from those there are; resolves when they have their answers, or had time to take them. */
  async close(): Promise<void> {
    this.#server.close();
    clearInterval(this.#timer);
    for (const connection of this.#connections) connection.stop();
    await Promise.all([...this.#sockets].map(goneOrDestroyed));
    if (this.address.kind === 'unix') rmSync(this.address.path, { force: true });
  }
}

function turnAway(socket: Socket, clientsMax: number): void {
  socket.on('error', () => socket.destroy());
  const out = new FrameWriter();
  const what = `${clientsMax} clients are here already: close one, or ask one of them`;
  out.view.setUint8(out.withText(FrameType.refused, 0, 4, what), Refusal.too_many_clients);
  socket.end(out.bytes.subarray(0, out.used));
  setTimeout(() => socket.destroy(), LAST_WORDS_MS).unref();
  socket.resume();
}
