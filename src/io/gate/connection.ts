/**
 * One client of a gate: its frames in, its answers out. Answers leave in the order of the requests, each when the journal has what it answers.
 *
 *     socket -> splitter -> door.apply          a turn of the event loop at a time
 *               answers -> [ out | waits for the disk ] -> socket
 *
 * What a client can cost is bounded: it is not read from while its answers lie unread, while too many of them wait for the disk, or while the
 * journal has no room. Who sends nonsense, or reads nothing for too long, is told why and cut off.
 */
import type { Socket } from 'node:net';
import type {
  AccountRow,
  MarketRow,
  MarkTicks,
  PriceTicks,
  QuoteMicros,
  SizeLots,
  TimeUs,
} from '../../core/num/units.ts';
import { Kind, type Command, type Leg } from '../../core/schema/commands.ts';
import { GateKind, type EnterCommand, type GateCommand } from '../../core/schema/gate-commands.ts';
import type { OrderType } from '../../core/schema/orders.ts';
import type { Side } from '../../core/schema/side.ts';
import type { GateDoor } from './door.ts';
import { encodeDecision, encodeRow, encodeWelcome } from './frames.ts';
import {
  BadFrame,
  FRAME_HEAD_BYTES,
  FrameSplitter,
  FrameType,
  FrameWriter,
  headProblem,
  HelloBit,
  PROTOCOL_MAGIC,
  PROTOCOL_VERSION,
  REDUCE_ONLY_BIT,
  Refusal,
  TAKEN_BIT,
} from './protocol.ts';

export interface ConnectionLimits {
  /** Bytes that the kernel did not take yet, and bytes that wait for the disk: above either the client is not read from. */
  readonly unreadMax: number;
  readonly waitingMax: number;
  /** Whether the orders of every client are cancelled when it is gone, or of those that ask for it. */
  readonly cancelWhenGone: boolean;
  /** It may leave its answers unread for so long, be silent for so long, and take so long to say hello. */
  readonly stallMs: number;
  readonly silentMs: number;
  readonly helloMs: number;
}

export class Connection {
  readonly #socket: Socket;
  readonly #door: GateDoor;
  readonly #limits: ConnectionLimits;
  readonly #in = new FrameSplitter(headProblem);
  readonly #out = new FrameWriter();
  /** Up to where `#out` may leave with what sequence: pairs, one for each turn. */
  #marks: number[] = [];
  readonly #enter = newEnter();
  /** Of a client that wants them cancelled when it is gone: the orders that it entered, some of which are done. */
  #orders: Set<number> | null = null;
  #ordersPruned = 64;
  #isGreeted = false;
  #wantsNotices = false;
  #isReading = true;
  #isClosing = false;
  #lines = 0;
  #heardMs: number;
  #stalledMs = 0;
  readonly #onFailure: (error: unknown) => void;
  #why: Refusal | null = null;

  constructor(
    socket: Socket,
    door: GateDoor,
    limits: ConnectionLimits,
    onFailure: (error: unknown) => void,
    onGone: (connection: Connection, why: Refusal | null) => void,
  ) {
    this.#socket = socket;
    this.#door = door;
    this.#limits = limits;
    this.#onFailure = onFailure;
    this.#heardMs = performance.now();
    socket.on('data', (chunk: Buffer) => this.#take(chunk));
    socket.on('drain', () => this.#goOn());
    // Whoever ends his half still gets what he asked for.
    socket.on('end', () => this.#ended());
    socket.on('error', () => socket.destroy());
    socket.once('close', () => {
      this.#isClosing = true;
      onGone(this, this.#why);
    });
  }

  /** The working orders that are to be cancelled now that the client is gone. */
  get orphans(): number[] {
    return this.#orders === null ? [] : [...this.#orders].filter((order) => this.#door.accountOf(order) >= 0);
  }

  get wantsNotices(): boolean {
    return this.#wantsNotices;
  }

  /** All up to `acknowledged` is durable. */
  release(acknowledged: number): void {
    const marks = this.#marks;
    let at = 0;
    while (at < marks.length && marks[at] <= acknowledged) at += 2;
    if (at === 0) return;
    const end = marks[at - 1];
    this.#send(end);
    const left = marks.slice(at);
    for (let next = 1; next < left.length; next += 2) left[next] -= end;
    this.#marks = left;
    if (this.#isClosing && left.length === 0) this.#socket.end();
    this.#goOn();
  }

  /** Lines that were not asked for; durable already. */
  tell(lines: string): void {
    if (this.#isClosing) return;
    this.#out.withText(FrameType.lines, 0, 0, lines);
    this.#mark();
    this.release(this.#door.acknowledged);
  }

  /** What time alone brings: to be called a few times a second. */
  look(nowMs: number): void {
    const { helloMs, silentMs, stallMs } = this.#limits;
    const isStalled = this.#socket.writableLength > this.#limits.unreadMax;
    this.#stalledMs = isStalled ? this.#stalledMs || nowMs : 0;
    if (isStalled && nowMs - this.#stalledMs > stallMs) {
      this.#why = Refusal.too_slow;
      this.#socket.destroy();
    } else if (this.#isClosing) {
      if (nowMs - this.#heardMs > stallMs) this.#socket.destroy();
    } else if (!this.#isGreeted && nowMs - this.#heardMs > helloMs)
      this.refuse(new BadFrame(Refusal.hello_missing, `no hello came in ${helloMs} ms`));
    else if (this.#isReading && nowMs - this.#heardMs > silentMs)
      this.refuse(
        new BadFrame(
          Refusal.silent,
          `nothing came in ${silentMs} ms: send a ping when there is nothing else`,
        ),
      );
  }

  /** The gate ends: what was asked is answered, and nothing more is taken. */
  stop(): void {
    if (!this.#isClosing) this.#close();
  }

  /** Says why, and ends. What was asked before is answered first. */
  refuse({ refusal, message, request }: BadFrame): void {
    if (this.#isClosing) return;
    this.#why = refusal;
    const at = this.#out.withText(FrameType.refused, request, 4, message);
    this.#out.view.setUint8(at, refusal);
    this.#close();
  }

  #take(chunk: Buffer): void {
    this.#heardMs = performance.now();
    if (this.#isClosing) return;
    this.#in.push(chunk);
    this.#serve();
  }

  /** All whole frames that are there, as far as there is room for what follows from them. */
  #serve(): void {
    const arrivedMs = this.#heardMs;
    const timeUs = this.#door.nowUs() as TimeUs;
    let request = 0;
    try {
      while (this.#mayRead()) {
        const at = this.#in.next();
        if (at < 0) break;
        request = this.#in.view.getUint32(at + 8, true);
        if (this.#frame(at, request, timeUs, arrivedMs)) continue;
        this.#in.back(at);
        this.#waitForRoom();
        break;
      }
    } catch (error) {
      if (!(error instanceof BadFrame)) {
        this.#fail(error);
        return;
      }
      error.request ||= request;
      this.refuse(error);
      return;
    }
    this.#mark();
    this.release(this.#door.acknowledged);
  }

  /** False: there was no room, and nothing happened. */
  #frame(at: number, request: number, timeUs: TimeUs, arrivedMs: number): boolean {
    const { view } = this.#in;
    const type = view.getUint8(at + 4);
    const bits = view.getUint8(at + 5);
    const body = at + FRAME_HEAD_BYTES;
    if (!this.#isGreeted && type !== FrameType.hello)
      throw new BadFrame(Refusal.hello_missing, 'the first frame must be a hello');
    switch (type) {
      case FrameType.enter: {
        const command = this.#enter;
        this.#legAndSide(bits & 7, command);
        if (bits > 31) throw malformed('bits of an enter', bits);
        command.timeUs = timeUs;
        command.type = ((bits >> 3) & 1) as OrderType;
        command.reduceOnly = (bits & REDUCE_ONLY_BIT) !== 0;
        command.account = view.getUint32(body, true) as AccountRow;
        command.market = view.getUint32(body + 4, true) as MarketRow;
        command.price = view.getFloat64(body + 8, true) as PriceTicks;
        command.size = view.getFloat64(body + 16, true) as SizeLots;
        command.clientId = view.getFloat64(body + 24, true);
        command.parent = view.getFloat64(body + 32, true);
        return this.#decide(command, request, arrivedMs);
      }
      case FrameType.replace:
        return this.#decide(
          {
            kind: GateKind.replace,
            ...this.#orderName(body, timeUs),
            price: view.getFloat64(body + 24, true) as PriceTicks,
            size: view.getFloat64(body + 32, true) as SizeLots,
          },
          request,
          arrivedMs,
        );
      case FrameType.cancel:
        return this.#answer({ kind: GateKind.cancel, ...this.#orderName(body, timeUs) }, request, arrivedMs);
      case FrameType.confirm: {
        const taken = (bits & TAKEN_BIT) !== 0;
        const order = view.getFloat64(body, true);
        return this.#answer(
          { kind: GateKind.confirm, timeUs, origin: null, order, taken },
          request,
          arrivedMs,
        );
      }
      case FrameType.done: {
        const order = view.getFloat64(body, true);
        return this.#answer({ kind: GateKind.done, timeUs, origin: null, order }, request, arrivedMs);
      }
      case FrameType.execution:
        return this.#execution(body, bits, request, timeUs, arrivedMs);
      case FrameType.mark: {
        const market = view.getUint32(body, true) as MarketRow;
        const price = view.getFloat64(body + 8, true) as MarkTicks;
        const marks = [{ market, price }];
        return this.#answer({ kind: Kind.marks, timeUs, origin: null, marks, text: '' }, request, arrivedMs);
      }
      case FrameType.line: {
        const answer = this.#door.applyLine(this.#text(at), 'client', this.#lines + 1, arrivedMs);
        if (answer === null) return false;
        this.#lines++;
        this.#out.withText(FrameType.lines, request, 0, answer);
        return true;
      }
      case FrameType.account:
      case FrameType.market: {
        const { registry } = this.#door;
        const name = this.#text(at);
        if (type === FrameType.account) encodeRow(this.#out, request, registry.accounts.find(name), null);
        else {
          const row = registry.markets.find(name);
          encodeRow(this.#out, request, row, row < 0 ? null : registry.gridAt(row as MarketRow));
        }
        return true;
      }
      case FrameType.ping:
        this.#out.begin(FRAME_HEAD_BYTES, FrameType.pong, 0, request);
        return true;
      default:
        this.#greet(body, bits, request);
        return true;
    }
  }

  #greet(body: number, bits: number, request: number): void {
    const { view } = this.#in;
    if (this.#isGreeted) throw new BadFrame(Refusal.frame_malformed, 'hello is said once');
    if (view.getUint32(body, true) !== PROTOCOL_MAGIC)
      throw new BadFrame(Refusal.frame_malformed, 'this is no client of a gate');
    const version = view.getUint16(body + 4, true);
    if (version !== PROTOCOL_VERSION)
      throw new BadFrame(
        Refusal.version_unknown,
        `version ${version} is none that this gate speaks (${PROTOCOL_VERSION})`,
      );
    if (bits > 3) throw malformed('bits of a hello', bits);
    this.#isGreeted = true;
    const cancels = this.#limits.cancelWhenGone || (bits & HelloBit.cancelWhenGone) !== 0;
    this.#orders = cancels ? new Set() : null;
    this.#wantsNotices = (bits & HelloBit.notices) !== 0;
    encodeWelcome(this.#out, request, this.#door);
  }

  #execution(body: number, bits: number, request: number, timeUs: TimeUs, arrivedMs: number): boolean {
    const { view } = this.#in;
    if (bits > 7) throw malformed('bits of an execution', bits);
    const { leg, side } = this.#legAndSide(bits, { leg: 0, side: 0 });
    return this.#answer(
      {
        kind: GateKind.execution,
        timeUs,
        origin: null,
        account: view.getUint32(body, true) as AccountRow,
        name: '',
        market: view.getUint32(body + 4, true) as MarketRow,
        leg,
        side,
        lots: view.getFloat64(body + 8, true) as SizeLots,
        price: view.getFloat64(body + 16, true) as PriceTicks,
        fee: view.getFloat64(body + 24, true) as QuoteMicros,
        trade: view.getFloat64(body + 32, true),
        order: view.getFloat64(body + 40, true),
      },
      request,
      arrivedMs,
    );
  }

  #decide(command: GateCommand, request: number, arrivedMs: number): boolean {
    if (this.#door.apply(command, arrivedMs) === null) return false;
    const { decision } = this.#door;
    encodeDecision(this.#out, request, this.#door.sequence, decision);
    if (this.#orders !== null && decision.isAccepted) this.#remember(this.#orders, decision.order);
    return true;
  }

  #answer(command: Command | GateCommand, request: number, arrivedMs: number): boolean {
    const reason = this.#door.apply(command, arrivedMs);
    if (reason === null) return false;
    const at = this.#out.begin(FRAME_HEAD_BYTES + 12, FrameType.answer, 0, request);
    this.#out.view.setUint32(at, reason, true);
    this.#out.f64(at + 4, this.#door.sequence);
    return true;
  }

  /** Those that work no longer are forgotten whenever there are twice as many as there were. */
  #remember(orders: Set<number>, order: number): void {
    orders.add(order);
    if (orders.size < 2 * this.#ordersPruned) return;
    for (const each of orders) if (this.#door.accountOf(each) < 0) orders.delete(each);
    this.#ordersPruned = Math.max(64, orders.size);
  }

  #legAndSide<Placed extends { leg: Leg; side: Side }>(bits: number, placed: Placed): Placed {
    if ((bits & 3) === 3) throw malformed('leg', 3);
    placed.leg = (bits & 3) as Leg;
    placed.side = ((bits >> 2) & 1) as Side;
    return placed;
  }

  #orderName(
    body: number,
    timeUs: TimeUs,
  ): { timeUs: TimeUs; origin: null; account: AccountRow; order: number; clientId: number } {
    const { view } = this.#in;
    const account = view.getUint32(body, true) as AccountRow;
    const order = view.getFloat64(body + 8, true);
    return { timeUs, origin: null, account, order, clientId: view.getFloat64(body + 16, true) };
  }

  #text(at: number): string {
    return this.#in.text(at + FRAME_HEAD_BYTES, at + this.#in.view.getUint32(at, true));
  }

  #mark(): void {
    const end = this.#out.used;
    const marks = this.#marks;
    if (end > (marks.length === 0 ? 0 : marks[marks.length - 1])) marks.push(this.#door.sequence, end);
  }

  #send(end: number): void {
    if (!this.#socket.destroyed) this.#socket.write(Buffer.from(this.#out.bytes.subarray(0, end)));
    this.#out.drop(end);
  }

  #mayRead(): boolean {
    const { unreadMax, waitingMax } = this.#limits;
    const may = this.#socket.writableLength <= unreadMax && this.#out.used <= waitingMax;
    if (may !== this.#isReading) this.#setReading(may);
    return may;
  }

  #setReading(isReading: boolean): void {
    this.#isReading = isReading;
    if (isReading) this.#socket.resume();
    else this.#socket.pause();
  }

  /** After a pause: what lies there already, and then what comes. */
  #goOn(): void {
    if (!this.#isReading && !this.#isClosing && this.#mayRead()) this.#serve();
  }

  #waitForRoom(): void {
    this.#setReading(false);
    this.#door.ready().then(
      () => this.#goOn(),
      (error: unknown) => this.#fail(error),
    );
  }

  #fail(error: unknown): void {
    this.refuse(new BadFrame(Refusal.gate_stopped, 'the gate failed: nothing is decided any more'));
    this.#onFailure(error);
  }

  #ended(): void {
    if (this.#isClosing) return;
    if (this.#in.isWithin && this.#isReading)
      this.refuse(new BadFrame(Refusal.frame_malformed, 'the connection ended within a frame'));
    else this.#close();
  }

  #close(): void {
    this.#mark();
    this.#isClosing = true;
    if (this.#marks.length === 0) this.#socket.end();
    else this.release(this.#door.acknowledged);
  }
}

function malformed(what: string, value: number): BadFrame {
  return new BadFrame(Refusal.frame_malformed, `${what}: ${value} makes no sense`);
}

type Mutable<T> = { -readonly [Field in keyof T]: T[Field] };

/** Read by the gate and not kept, so one for all. */
function newEnter(): Mutable<EnterCommand> {
  return {
    kind: GateKind.enter,
    timeUs: 0.5 as TimeUs,
    origin: null,
    account: 0 as AccountRow,
    market: 0 as MarketRow,
    leg: 0,
    side: 0,
    type: 0,
    price: 0.5 as PriceTicks,
    size: 0.5 as SizeLots,
    reduceOnly: false,
    clientId: 0.5,
    parent: 0.5,
  };
}
