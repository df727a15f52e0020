/**
 * How a gate is asked over a socket: frames of fixed layout, little-endian. Rows stand for names, which are resolved once; prices are whole ticks and sizes
 * whole lots, as in commands. docs/reference/gate.md says how a conversation goes.
 *
 *   every frame      0  u32  bytes of the frame, these among them
 *                    4  u8   type
 *                    5  u8   bits, 0 where nothing else is said
 *                    6  u16  0
 *                    8  u32  request: chosen by the client, given back with the answer
 *
 * From the client, after these 12 bytes:
 *
 *   hello       1    u32 magic, u16 version, u16 0; bits: 1 cancel its orders when it is gone, 2 tell it notices       20 bytes
 *   account     2    name in UTF-8                                        market 3 the same
 *   ping        4    nothing
 *   enter      16    u32 account, u32 market, f64 price, f64 size, f64 clientId, f64 parent; bits: leg + 4 * side + 8 * type + 16 * reduceOnly
 *   replace    17    u32 account, u32 0, f64 order, f64 clientId, f64 price, f64 size
 *   cancel     18    u32 account, u32 0, f64 order, f64 clientId
 *   confirm    19    f64 order; bits: 1 taken
 *   done       20    f64 order
 *   execution  21    u32 account, u32 market, f64 lots, f64 price, f64 fee, f64 trade, f64 order; bits: leg + 4 * side
 *   mark       22    u32 market, u32 0, f64 mark ticks
 *   line       32    a line of NDJSON in UTF-8: any command of docs/reference/gate.md
 *
 * From the gate:
 *
 *   welcome   129    u16 version, u8 decimals, u8 0, f64 sequence; name of the settlement asset in UTF-8
 *   row       130    u32 row, or ROW_UNKNOWN; of a market three texts, each behind its u8 length: tick, lot, mark tick
 *   pong      132    nothing
 *   decision  144    u8 reason, u8 count, u16 0, f64 sequence, f64 order; count x finding; bits: 1 accepted
 *     finding        u8 reason, u8 1 hard, u8 limit or 255, u8 0, i32 scope, f64 limit, f64 value (NaN: none)
 *   answer    145    u8 reason, u8 0, u16 0, f64 sequence
 *   lines     160    answers as NDJSON in UTF-8; with request 0 what nobody asked: notices
 *   refused   192    u8 refusal, u8 0, u16 0; what is wrong in UTF-8. The gate ends the connection after it
 *
 * A frame whose type or length is not one of these is refused, and so is all after it: there is no telling where the next begins.
 */
export const PROTOCOL_VERSION = 1;
/** `PLGT`. */
export const PROTOCOL_MAGIC = 0x54474c50;
export const FRAME_HEAD_BYTES = 12;
export const FRAME_BYTES_MAX = 1 << 20;
export const ROW_UNKNOWN = 0xffffffff;
export const FINDING_BYTES = 24;

export const FrameType = {
  hello: 1,
  account: 2,
  market: 3,
  ping: 4,
  enter: 16,
  replace: 17,
  cancel: 18,
  confirm: 19,
  done: 20,
  execution: 21,
  mark: 22,
  line: 32,
  welcome: 129,
  row: 130,
  pong: 132,
  decision: 144,
  answer: 145,
  lines: 160,
  refused: 192,
} as const;
export type FrameType = (typeof FrameType)[keyof typeof FrameType];

export const HelloBit = { cancelWhenGone: 1, notices: 2 } as const;
export const REDUCE_ONLY_BIT = 16;
export const TAKEN_BIT = 1;
export const ACCEPTED_BIT = 1;

/** Bytes of frames from a client. Those with a text have at least so many. */
const LENGTHS: Readonly<Record<number, number>> = {
  [FrameType.hello]: 20,
  [FrameType.ping]: 12,
  [FrameType.enter]: 52,
  [FrameType.replace]: 52,
  [FrameType.cancel]: 36,
  [FrameType.confirm]: 20,
  [FrameType.done]: 20,
  [FrameType.execution]: 60,
  [FrameType.mark]: 28,
};
const WITH_TEXT: ReadonlySet<number> = new Set([FrameType.account, FrameType.market, FrameType.line]);

/** Why a connection is ended. Numbers are on the wire: never reuse one. */
export const Refusal = {
  frame_too_large: 1,
  frame_malformed: 2,
  frame_unknown: 3,
  version_unknown: 4,
  hello_missing: 5,
  too_many_clients: 6,
  too_slow: 7,
  silent: 8,
  gate_stopped: 9,
} as const;
export type Refusal = (typeof Refusal)[keyof typeof Refusal];
export const REFUSAL_NAMES = ['', ...Object.keys(Refusal)] as ('' | keyof typeof Refusal)[];

export class BadFrame extends Error {
  readonly refusal: Refusal;
  /** Of the frame, where that can be told. */
  request = 0;
  constructor(refusal: Refusal, message: string) {
    super(message);
    this.refusal = refusal;
  }
}

/** What is wrong with the head of a frame from a client; null where nothing is. It needs no more than the head. */
export function headProblem(view: DataView, at: number): BadFrame | null {
  const length = view.getUint32(at, true);
  const type = view.getUint8(at + 4);
  if (length > FRAME_BYTES_MAX)
    return new BadFrame(
      Refusal.frame_too_large,
      `a frame of ${length} bytes is longer than ${FRAME_BYTES_MAX}`,
    );
  const wanted = LENGTHS[type];
  if (wanted === undefined && !WITH_TEXT.has(type))
    return new BadFrame(Refusal.frame_unknown, `there is no frame of type ${type} from a client`);
  if (wanted === undefined ? length < FRAME_HEAD_BYTES : length !== wanted)
    return new BadFrame(
      Refusal.frame_malformed,
      `a frame of type ${type} has ${wanted ?? `at least ${FRAME_HEAD_BYTES}`} bytes, not ${length}`,
    );
  if (view.getUint16(at + 6, true) !== 0)
    return new BadFrame(Refusal.frame_malformed, 'bytes 6 and 7 of a frame are 0');
  return null;
}

/** Bytes to be sent, written frame by frame into a buffer that grows up to what its owner lets it. */
export class FrameWriter {
  bytes = Buffer.allocUnsafeSlow(1 << 14);
  view = new DataView(this.bytes.buffer);
  used = 0;

  /** Begins a frame of `length` bytes; answers where its body goes. */
  begin(length: number, type: FrameType, bits: number, request: number): number {
    const at = this.used;
    this.#reserve(at + length);
    this.used = at + length;
    this.view.setUint32(at, length, true);
    this.view.setUint8(at + 4, type);
    this.view.setUint8(at + 5, bits);
    this.view.setUint16(at + 6, 0, true);
    this.view.setUint32(at + 8, request, true);
    return at + FRAME_HEAD_BYTES;
  }

  /** A frame of `head` bytes after the frame's own, and a text. Answers where the former go. */
  withText(type: FrameType, request: number, head: number, text: string): number {
    const bytes = Buffer.byteLength(text);
    const at = this.begin(FRAME_HEAD_BYTES + head + bytes, type, 0, request);
    this.bytes.fill(0, at, at + head);
    this.bytes.write(text, at + head, 'utf8');
    return at;
  }

  f64(at: number, value: number): number {
    this.view.setFloat64(at, value, true);
    return at + 8;
  }

  /** The first `count` bytes are gone. */
  drop(count: number): void {
    this.bytes.copyWithin(0, count, this.used);
    this.used -= count;
  }

  #reserve(room: number): void {
    if (room <= this.bytes.length) return;
    const grown = Buffer.allocUnsafeSlow(Math.max(room, 2 * this.bytes.length));
    this.bytes.copy(grown, 0, 0, this.used);
    this.bytes = grown;
    this.view = new DataView(grown.buffer);
  }
}

/**
 * Bytes as they come, cut into frames. It holds one frame that is not all there and no more; what a frame's head promises is checked
 * before room is made for it.
 */
export class FrameSplitter {
  #bytes = Buffer.allocUnsafeSlow(1 << 16);
  #view = new DataView(this.#bytes.buffer);
  #start = 0;
  #end = 0;
  readonly #problem: (view: DataView, at: number) => BadFrame | null;

  /** `problem` looks at heads; those of the gate are trusted for their types, and not for their lengths. */
  constructor(problem: (view: DataView, at: number) => BadFrame | null) {
    this.#problem = problem;
  }

  get view(): DataView {
    return this.#view;
  }

  get bytes(): Buffer {
    return this.#bytes;
  }

  push(chunk: Uint8Array): void {
    if (this.#end + chunk.length > this.#bytes.length) this.#makeRoom(chunk.length);
    this.#bytes.set(chunk, this.#end);
    this.#end += chunk.length;
  }

  /** Where the next whole frame begins in `bytes`, -1 where there is none yet; valid until the next `push`. Throws a BadFrame. */
  next(): number {
    if (this.#end - this.#start < FRAME_HEAD_BYTES) return -1;
    const problem = this.#problem(this.#view, this.#start);
    if (problem !== null) {
      problem.request = this.#view.getUint32(this.#start + 8, true);
      throw problem;
    }
    const length = this.#view.getUint32(this.#start, true);
    if (this.#end - this.#start < length) return -1;
    const at = this.#start;
    this.#start += length;
    return at;
  }

  /** The frame that `next` gave last is to be given again. */
  back(at: number): void {
    this.#start = at;
  }

  /** Whether a frame has begun that did not end. */
  get isWithin(): boolean {
    return this.#end > this.#start;
  }

  text(from: number, to: number): string {
    return this.#bytes.toString('utf8', from, to);
  }

  #makeRoom(bytes: number): void {
    const kept = this.#end - this.#start;
    const old = this.#bytes;
    if (kept + bytes > old.length) {
      this.#bytes = Buffer.allocUnsafeSlow(Math.max(kept + bytes, 2 * old.length));
      this.#view = new DataView(this.#bytes.buffer);
    }
    old.copy(this.#bytes, 0, this.#start, this.#end);
    this.#start = 0;
    this.#end = kept;
  }
}
