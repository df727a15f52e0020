/**
 * A client of a gate: asks over a socket, as many questions at once as it likes, and is answered when the answer is durable.
 *
 *     const gate = await GateClient.connect('unix:gate.sock');
 *     const alice = await gate.account('alice');
 *     const btc = await gate.market('BTC-PERP');
 *     const { isAccepted, reason, order, findings } = await gate.enter({
 *       account: alice, market: btc.row, side: 'bid', price: btc.price('61800.3'), size: btc.size('0.1') });
 *
 * Frames that are asked for in one turn of the event loop leave together. While `isFull`, await `drained()` before asking for more.
 */
import { connect, type Socket } from 'node:net';
import { lotsFromText, markFromText, priceFromText, type Grid } from '../../core/num/grid.ts';
import { LEG_NAMES } from '../../core/schema/commands.ts';
import { REASON_NAMES, type Reason } from '../../core/schema/reasons.ts';
import { SIDE_NAMES } from '../../core/schema/side.ts';
import { errnoOf, OperationalError } from '../operational-error.ts';
import { addressText, connectOptions, parseAddress } from './address.ts';
import { decodeDecision, decodeGrid, type SocketDecision } from './frames.ts';
import {
  BadFrame,
  FRAME_BYTES_MAX,
  FRAME_HEAD_BYTES,
  FrameSplitter,
  FrameType,
  FrameWriter,
  HelloBit,
  PROTOCOL_MAGIC,
  PROTOCOL_VERSION,
  REDUCE_ONLY_BIT,
  Refusal,
  REFUSAL_NAMES,
  ROW_UNKNOWN,
  TAKEN_BIT,
} from './protocol.ts';

const FULL_BYTES = 1 << 20;
const PING_MS = 10_000;
const CONNECT_MS = 5000;

export interface ClientOptions {
  /** Whether the gate cancels the orders that were entered here when this client is gone. */
  readonly cancelWhenGone?: boolean;
  /** Lines of NDJSON that nobody asked for: halts, alarms, limits that became active. */
  readonly onNotices?: (lines: string) => void;
  /** The connection ended, by the gate or by the network; null: by `close`. */
  readonly onClose?: (error: OperationalError | null) => void;
}

export interface EnterRequest {
  readonly account: number;
  readonly market: number;
  readonly side: (typeof SIDE_NAMES)[number];
  /** Whole ticks; left out of a market order. */
  readonly price?: number;
  /** Whole lots. */
  readonly size: number;
  readonly leg?: (typeof LEG_NAMES)[number];
  readonly reduceOnly?: boolean;
  readonly clientId?: number;
  readonly parent?: number;
}

/** Which order: the gate's id for it, or one's own. */
export interface OrderName {
  readonly account: number;
  readonly order?: number;
  readonly clientId?: number;
}

export interface ExecutionRequest {
  readonly account: number;
  readonly market: number;
  readonly side: (typeof SIDE_NAMES)[number];
  readonly lots: number;
  readonly price: number;
  readonly fee?: number;
  readonly trade: number;
  readonly order?: number;
  readonly leg?: (typeof LEG_NAMES)[number];
}

export interface SocketAnswer {
  readonly reason: keyof typeof Reason;
  readonly sequence: number;
}

/** A market by its row, and decimals in its units. Each throws where text is none or lies beside the grid. */
export class ClientMarket {
  readonly row: number;
  readonly grid: Grid;
  constructor(row: number, grid: Grid) {
    this.row = row;
    this.grid = grid;
  }

  price(text: string): number {
    return this.#must(priceFromText(text, this.grid), text, 'price', this.grid.tick);
  }

  size(text: string): number {
    return this.#must(lotsFromText(text, this.grid), text, 'size', this.grid.lot);
  }

  /** Rounded half to even. */
  mark(text: string): number {
    return this.#must(markFromText(text, this.grid), text, 'mark', this.grid.markTick);
  }

  #must(value: number | null, text: string, field: string, step: string): number {
    if (value !== null) return value;
    throw new OperationalError('GATE_NUMBER', `${field} ${text} is not a multiple of ${step}`, {
      field,
      value: text,
    });
  }
}

interface Waiting {
  readonly resolve: (answer: never) => void;
  readonly reject: (error: OperationalError) => void;
}

export class GateClient {
  readonly #socket: Socket;
  readonly #where: string;
  readonly #options: ClientOptions;
  readonly #out = new FrameWriter();
  readonly #in = new FrameSplitter(tooLarge);
  readonly #waiting = new Map<number, Waiting>();
  readonly #ping: NodeJS.Timeout;
  #request = 0;
  #isScheduled = false;
  #isClosing = false;
  #failure: OperationalError | null = null;
  #decimals = 0;
  #asset = '';

  private constructor(socket: Socket, where: string, options: ClientOptions) {
    this.#socket = socket;
    this.#where = where;
    this.#options = options;
    socket.on('data', (chunk: Buffer) => this.#take(chunk));
    socket.on('error', (cause) => this.#fail(`the connection failed (${errnoOf(cause)})`, cause));
    socket.once('close', () => this.#gone());
    this.#ping = setInterval(() => this.#begin(FRAME_HEAD_BYTES, FrameType.ping, 0, 0), PING_MS);
    this.#ping.unref();
  }

  /** Throws GATE_UNREACHABLE, or GATE_REFUSED with what the gate said. */
  static async connect(address: string, options: ClientOptions = {}): Promise<GateClient> {
    const parsed = parseAddress(address);
    if (parsed === null)
      throw new OperationalError(
        'GATE_UNREACHABLE',
        `${address} is no address of a gate: give unix:PATH or tcp:127.0.0.1:PORT`,
        { value: address },
      );
    const where = addressText(parsed);
    const socket = await new Promise<Socket>((resolve, reject) => {
      const trying = connect({ ...connectOptions(parsed), noDelay: true });
      const timer = setTimeout(() => trying.destroy(new Error('no answer')), CONNECT_MS);
      trying.once('connect', () => {
        clearTimeout(timer);
        trying.removeAllListeners('error');
        resolve(trying);
      });
      trying.once('error', (cause) => {
        clearTimeout(timer);
        reject(
          new OperationalError(
            'GATE_UNREACHABLE',
            `No gate answers at ${where} (${errnoOf(cause)}). Start one there: plimsoll gate --listen ${where}`,
            { value: where, errno: errnoOf(cause) },
            cause,
          ),
        );
      });
    });
    const client = new GateClient(socket, where, options);
    await client.#greet();
    return client;
  }

  /** Of the settlement asset. */
  get decimals(): number {
    return this.#decimals;
  }

  get asset(): string {
    return this.#asset;
  }

  /** Questions that are not answered yet. */
  get waiting(): number {
    return this.#waiting.size;
  }

  get isFull(): boolean {
    return this.#socket.writableLength + this.#out.used > FULL_BYTES;
  }

  /** Resolves when there is room again. Rejects where the connection is gone. */
  async drained(): Promise<void> {
    while (this.isFull) {
      if (this.#failure !== null) throw this.#failure;
      await new Promise<void>((resolve) => {
        const done = (): void => {
          this.#socket.off('drain', done);
          this.#socket.off('close', done);
          resolve();
        };
        this.#socket.on('drain', done);
        this.#socket.on('close', done);
      });
    }
  }

  /** The row of an account. Throws GATE_NAME where there is none of that name. */
  async account(name: string): Promise<number> {
    const { row } = await this.#resolve(FrameType.account, name);
    return row;
  }

  async market(name: string): Promise<ClientMarket> {
    const { row, grid } = await this.#resolve(FrameType.market, name);
    if (grid === null) throw this.#unreadable('a market without a grid');
    return new ClientMarket(row, grid);
  }

  /** May this be sent? */
  enter(order: EnterRequest): Promise<SocketDecision> {
    const { account, market, side, price, size, leg = 'net', clientId = 0, parent = 0 } = order;
    const isMarket = price === undefined;
    const bits =
      LEG_NAMES.indexOf(leg) +
      4 * SIDE_NAMES.indexOf(side) +
      (isMarket ? 8 : 0) +
      (order.reduceOnly === true ? REDUCE_ONLY_BIT : 0);
    const asked = this.#next<SocketDecision>();
    const out = this.#out;
    const at = this.#begin(52, FrameType.enter, bits, this.#request);
    out.view.setUint32(at, account, true);
    out.view.setUint32(at + 4, market, true);
    out.f64(out.f64(out.f64(out.f64(at + 8, price ?? 0), size), clientId), parent);
    return asked;
  }

  /** Both are said, whichever changes; a market order has no price. */
  replace(name: OrderName, price: number | null, size: number): Promise<SocketDecision> {
    const asked = this.#next<SocketDecision>();
    const at = this.#orderName(this.#begin(52, FrameType.replace, 0, this.#request), name);
    this.#out.f64(this.#out.f64(at, price ?? 0), size);
    return asked;
  }

  cancel(name: OrderName): Promise<SocketAnswer> {
    const asked = this.#next<SocketAnswer>();
    this.#orderName(this.#begin(36, FrameType.cancel, 0, this.#request), name);
    return asked;
  }

  /** What the venue made of a replace. */
  confirm(order: number, taken: boolean): Promise<SocketAnswer> {
    const asked = this.#next<SocketAnswer>();
    this.#out.f64(this.#begin(20, FrameType.confirm, taken ? TAKEN_BIT : 0, this.#request), order);
    return asked;
  }

  done(order: number): Promise<SocketAnswer> {
    const asked = this.#next<SocketAnswer>();
    this.#out.f64(this.#begin(20, FrameType.done, 0, this.#request), order);
    return asked;
  }

  execution(trade: ExecutionRequest): Promise<SocketAnswer> {
    const asked = this.#next<SocketAnswer>();
    const out = this.#out;
    const bits = LEG_NAMES.indexOf(trade.leg ?? 'net') + 4 * SIDE_NAMES.indexOf(trade.side);
    const at = this.#begin(60, FrameType.execution, bits, this.#request);
    out.view.setUint32(at, trade.account, true);
    out.view.setUint32(at + 4, trade.market, true);
    const end = out.f64(out.f64(out.f64(at + 8, trade.lots), trade.price), trade.fee ?? 0);
    out.f64(out.f64(end, trade.trade), trade.order ?? 0);
    return asked;
  }

  /** A mark, in mark ticks. */
  mark(market: number, price: number): Promise<SocketAnswer> {
    const asked = this.#next<SocketAnswer>();
    const at = this.#begin(28, FrameType.mark, 0, this.#request);
    this.#out.view.setUint32(at, market, true);
    this.#out.view.setUint32(at + 4, 0, true);
    this.#out.f64(at + 8, price);
    return asked;
  }

  /** Any command as a line of NDJSON; answers with lines. */
  line(text: string): Promise<string> {
    const asked = this.#next<string>();
    this.#out.withText(FrameType.line, this.#request, 0, text);
    this.#schedule();
    return asked;
  }

  /** Asks nothing more; resolves when the gate has answered what was asked and let go. */
  async close(): Promise<void> {
    this.#isClosing = true;
    this.#flush();
    if (this.#socket.destroyed) return;
    const closed = new Promise<void>((resolve) => this.#socket.once('close', () => resolve()));
    this.#socket.end();
    await closed;
  }

  /** Lets go at once, as a process that dies would. */
  destroy(): void {
    this.#isClosing = true;
    this.#socket.destroy();
  }

  async #greet(): Promise<void> {
    const { cancelWhenGone = false, onNotices } = this.#options;
    const bits =
      (cancelWhenGone ? HelloBit.cancelWhenGone : 0) | (onNotices === undefined ? 0 : HelloBit.notices);
    const asked = this.#next<null>();
    const at = this.#begin(20, FrameType.hello, bits, this.#request);
    this.#out.view.setUint32(at, PROTOCOL_MAGIC, true);
    this.#out.view.setUint32(at + 4, PROTOCOL_VERSION, true);
    await asked;
  }

  async #resolve(type: FrameType, name: string): Promise<{ row: number; grid: Grid | null }> {
    const asked = this.#next<{ row: number; grid: Grid | null }>();
    this.#out.withText(type, this.#request, 0, name);
    this.#schedule();
    const found = await asked;
    if (found.row !== ROW_UNKNOWN) return found;
    const what = type === FrameType.account ? 'account' : 'market';
    throw new OperationalError('GATE_NAME', `The gate at ${this.#where} knows no ${what} ${name}`, {
      field: what,
      value: name,
    });
  }

  #next<Answer>(): Promise<Answer> {
    // 0 is for what nobody asked.
    this.#request = this.#request === 0xffffffff ? 1 : this.#request + 1;
    const request = this.#request;
    return new Promise<Answer>((resolve, reject) => {
      if (this.#failure !== null) reject(this.#failure);
      else this.#waiting.set(request, { resolve, reject });
    });
  }

  #begin(length: number, type: FrameType, bits: number, request: number): number {
    this.#schedule();
    return this.#out.begin(length, type, bits, request);
  }

  #orderName(at: number, { account, order = 0, clientId = 0 }: OrderName): number {
    const out = this.#out;
    out.view.setUint32(at, account, true);
    out.view.setUint32(at + 4, 0, true);
    return out.f64(out.f64(at + 8, order), clientId);
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    process.nextTick(() => this.#flush());
  }

  #flush(): void {
    this.#isScheduled = false;
    const { bytes, used } = this.#out;
    if (used === 0) return;
    if (this.#socket.writable) this.#socket.write(Buffer.from(bytes.subarray(0, used)));
    this.#out.drop(used);
  }

  #take(chunk: Buffer): void {
    try {
      this.#in.push(chunk);
      for (let at = this.#in.next(); at >= 0; at = this.#in.next()) this.#frame(at);
    } catch (error) {
      if (!(error instanceof BadFrame)) throw error;
      this.#fail(error.message);
      this.#socket.destroy();
    }
  }

  #frame(at: number): void {
    const { view } = this.#in;
    const body = at + FRAME_HEAD_BYTES;
    const end = at + view.getUint32(at, true);
    const request = view.getUint32(at + 8, true);
    const type = view.getUint8(at + 4) as FrameType;
    switch (type) {
      case FrameType.decision:
        this.#settle(request, decodeDecision(view, at));
        return;
      case FrameType.answer:
        this.#settle(request, {
          reason: REASON_NAMES[view.getUint32(body, true)],
          sequence: view.getFloat64(body + 4, true),
        });
        return;
      case FrameType.lines: {
        const lines = this.#in.text(body, end);
        if (request === 0) this.#options.onNotices?.(lines);
        else this.#settle(request, lines);
        return;
      }
      case FrameType.row: {
        const text = this.#in.text(body + 4, end);
        const grid = text === '' ? null : decodeGrid(text, this.#decimals);
        this.#settle(request, { row: view.getUint32(body, true), grid });
        return;
      }
      case FrameType.welcome:
        this.#decimals = view.getUint8(body + 2);
        this.#asset = this.#in.text(body + 12, end);
        this.#settle(request, null);
        return;
      case FrameType.refused: {
        const name = REFUSAL_NAMES[view.getUint8(body)] ?? 'refused';
        this.#failure ??= new OperationalError(
          'GATE_REFUSED',
          `The gate at ${this.#where} ended the connection: ${name}: ${this.#in.text(body + 4, end)}`,
          { value: name, request },
        );
        return;
      }
      case FrameType.pong:
        return;
      default:
        throw new BadFrame(Refusal.frame_unknown, `the gate sent a frame of type ${type}, which is none`);
    }
  }

  #settle(request: number, answer: unknown): void {
    const waiting = this.#waiting.get(request);
    if (waiting === undefined) throw new BadFrame(Refusal.frame_malformed, `nobody asked request ${request}`);
    this.#waiting.delete(request);
    waiting.resolve(answer as never);
  }

  #fail(what: string, cause?: unknown): void {
    this.#failure ??= new OperationalError(
      'GATE_DISCONNECTED',
      `The gate at ${this.#where} is gone: ${what}. What was asked and not answered may have been decided or not: ask explain order, or the order's own client id`,
      { value: this.#where },
      cause,
    );
  }

  #unreadable(what: string): OperationalError {
    this.#fail(`it sent ${what}`);
    this.#socket.destroy();
    return this.#failure!;
  }

  #gone(): void {
    clearInterval(this.#ping);
    const isMeant = this.#isClosing && this.#failure === null;
    this.#fail('the connection ended');
    for (const { reject } of this.#waiting.values()) reject(this.#failure!);
    this.#waiting.clear();
    this.#options.onClose?.(isMeant ? null : this.#failure);
  }
}

/** A gate is trusted for what it sends, and not for how much. */
function tooLarge(view: DataView, at: number): BadFrame | null {
  const length = view.getUint32(at, true);
  return length >= FRAME_HEAD_BYTES && length <= 16 * FRAME_BYTES_MAX
    ? null
    : new BadFrame(Refusal.frame_malformed, `it sent a frame of ${length} bytes`);
}
