/**
 * Readers of an HTTP server on so many connections, each asking again as soon as it is answered. It knows as much HTTP as answers of one length
 * need, because on two cores whatever the load takes is missing to what is measured.
 */
import { connect, type Socket } from 'node:net';
import { Latencies } from './latencies.ts';

const HEAD_END = Buffer.from('\r\n\r\n');
const STATUS = 'HTTP/1.1 ';
const STATUS_OK = '200';

export interface ReadersOptions {
  readonly url: string;
  readonly connections: number;
  readonly paths: readonly string[];
}

export class Readers {
  readonly latencies = new Latencies();
  /** Answers that were not 200, and connections that ended or could not be read. */
  failed = 0;
  readonly #url: URL;
  readonly #requests: readonly Buffer[];
  readonly #sockets: Socket[];
  #next = 0;

  constructor({ url, connections, paths }: ReadersOptions) {
    this.#url = new URL(url);
    const { host } = this.#url;
    this.#requests = paths.map((path) => Buffer.from(`GET ${path} HTTP/1.1\r\nhost: ${host}\r\n\r\n`));
    this.#sockets = Array.from({ length: connections }, () => this.#open());
  }

  stop(): void {
    for (const socket of this.#sockets) socket.removeAllListeners('close').destroy();
  }

  #open(): Socket {
    const { hostname, port } = this.#url;
    const socket = connect({ host: hostname, port: Number(port), noDelay: true });
    let askedAt = 0;
    /** Bytes of the answer that are still to come; null before its head. */
    let left: number | null = null;
    /** A head that came in pieces. */
    let begun: Buffer | null = null;
    const ask = (): void => {
      askedAt = performance.now();
      socket.write(this.#requests[this.#next++ % this.#requests.length]);
    };
    socket.on('connect', ask);
    socket.on('data', (chunk: Buffer) => {
      if (left === null) {
        const told: Buffer = begun === null ? chunk : Buffer.concat([begun, chunk]);
        const end = told.indexOf(HEAD_END);
        begun = end < 0 ? told : null;
        if (end < 0) return;
        const head = told.toString('latin1', 0, end);
        if (!head.startsWith(STATUS_OK, STATUS.length)) this.failed++;
        const length = /\r\ncontent-length: (\d+)/i.exec(head)?.[1];
        if (length === undefined) {
          socket.destroy();
          return;
        }
        left = Number(length) - (told.length - end - HEAD_END.length);
      } else left -= chunk.length;
      if (left > 0) return;
      left = null;
      this.latencies.add(performance.now() - askedAt);
      ask();
    });
    socket.on('error', () => {});
    socket.on('close', () => this.failed++);
    return socket;
  }
}
