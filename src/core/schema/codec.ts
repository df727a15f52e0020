/**
 * Commands as bytes, for journals and for the wire between threads. This layout is on disk: a change of it is a new
 * version byte, and `test/golden/commands-v*.json` keeps every old one readable.
 *
 * Version 1, little-endian. Numbers are f64, so that whatever a command held comes back, NaN and -0 included: a
 * command that the engine refused must be refused again on replay.
 *
 *   head          0  u8   version, 1
 *                 1  u8   kind
 *                 2  u8   flags: 1 has origin, 2 has previous, 4 isolated, 8 has funding index, 16 inclusive, 32 has mark,
 *                         64 has reference
 *                 3  u8   leg (kinds in a bucket), basis + 16 * orderMargin (market), quality, form, else 0
 *                 4  f64  timeUs
 *                    f64  origin.source, f64 origin.position     if flag 1
 *                    f64  origin.previous                        if flag 2
 *   settings         rules, decimals, enter 3 x (num, den), exit 3 x (num, den), backstop num, den; text asset
 *   source           text name
 *   resync           source, position
 *   market           markUnit, tickUnit num, den, closeFee num, den, orderRate num, den; tiers; text name, tick, lot, markTick
 *   tiers            market, effectiveUs; tiers
 *   marks            u32 count, count x (market, price); text
 *   funding          market, index
 *   account          text name
 *   collateral       account, market, amount                     transfer the same
 *   position         account, market, size, costBasis, fundingIndex if flag 8        44 or 52 bytes, 24 more with origin
 *   fill             account, market, size, price, fee
 *   settle           account, market
 *   order            account, market, id, size, price
 *   transaction      u32 count, count x command, each with its own head
 *   quality          market, allows, mark if flag 32, reference if flag 64; text
 *   breaker          share num, den, least
 *   lift             market
 *   contract         market, value num, den, weight num, den
 *   tiers            u32 count, count x (floor, mmr num, den, imr num, den)
 *   text             u32 bytes, UTF-8 (codec-text.ts)
 *
 * This file writes; codec-reader.ts reads. The codec cares for form alone: whether a number makes sense is for the engine to say.
 */
import type { Rate } from '../num/units.ts';
import { textRoom, writeText } from './codec-text.ts';
import { FORM_NAMES, Kind, KIND_NAMES, type Command, type Origin, type Tier } from './commands.ts';
import { QUALITY_NAMES } from './quality.ts';

export const CODEC_VERSION = 1;

export const Flag = {
  origin: 1,
  previous: 2,
  isolated: 4,
  fundingIndex: 8,
  inclusive: 16,
  mark: 32,
  reference: 64,
} as const;
export const HEAD_BYTES = 12;
export const TIER_BYTES = 40;
export const MARK_BYTES = 16;
export const KIND_LAST = KIND_NAMES.length - 1;
/** More than any command of a fixed size. */
const FIXED_ROOM = 256;
/** Transactions within transactions. The engine refuses the first; this bounds the stack on bytes that are none of ours. */
export const DEPTH_MAX = 8;

/** `COMMAND_MALFORMED`: these bytes are no command. `COMMAND_UNENCODABLE`: this object is none. */
export class CodecError extends Error {
  readonly code: 'COMMAND_MALFORMED' | 'COMMAND_UNENCODABLE';
  /** Where in the view, for malformed bytes. */
  readonly offset: number;
  constructor(code: CodecError['code'], message: string, offset: number) {
    super(message);
    this.name = 'CodecError';
    this.code = code;
    this.offset = offset;
  }
}

/**
 * Writes `command` at `offset` and answers how many bytes that took. Throws a RangeError where the view ends too soon
 * (`CommandWriter` never lets it), and a CodecError for values that no command may hold, such as a leg of 3.
 */
export function encodeCommand(command: Command, view: DataView, offset: number): number {
  return writeCommand(command, view, offset, 0) - offset;
}

/** Encodes into a buffer of its own, which grows and is overwritten by the next command. */
export class CommandWriter {
  bytes: Uint8Array<ArrayBuffer>;
  view: DataView<ArrayBuffer>;

  constructor(capacity = 4096) {
    this.bytes = new Uint8Array(capacity);
    this.view = new DataView(this.bytes.buffer);
  }

  /** Bytes written from `offset` on: what lies before it stays, in a new buffer if this one was too small. */
  write(command: Command, offset = 0): number {
    this.reserve(offset, roomFor(command));
    return writeCommand(command, this.view, offset, 0) - offset;
  }

  protected reserve(offset: number, bytes: number): void {
    const room = offset + bytes;
    if (room <= this.bytes.length) return;
    const grown = new Uint8Array(Math.max(room, 2 * this.bytes.length));
    grown.set(this.bytes.subarray(0, offset));
    this.bytes = grown;
    this.view = new DataView(grown.buffer);
  }
}

/** At least as many bytes as the command takes. */
function roomFor(command: Command): number {
  switch (command.kind) {
    case Kind.settings:
      return FIXED_ROOM + textRoom(command.asset);
    case Kind.source:
    case Kind.account:
      return FIXED_ROOM + textRoom(command.name);
    case Kind.market:
      return (
        FIXED_ROOM +
        TIER_BYTES * command.tiers.length +
        textRoom(command.name) +
        textRoom(command.tick) +
        textRoom(command.lot) +
        textRoom(command.markTick)
      );
    case Kind.tiers:
      return FIXED_ROOM + TIER_BYTES * command.tiers.length;
    case Kind.marks:
      return FIXED_ROOM + MARK_BYTES * command.marks.length + textRoom(command.text);
    case Kind.quality:
      return FIXED_ROOM + textRoom(command.text);
    case Kind.transaction: {
      let room = FIXED_ROOM;
      for (const row of command.rows) room += roomFor(row);
      return room;
    }
    default:
      return FIXED_ROOM;
  }
}

function writeCommand(command: Command, view: DataView, offset: number, depth: number): number {
  let at = writeHead(command, view, offset);
  switch (command.kind) {
    case Kind.settings: {
      const { levels } = command;
      at = put(view, put(view, at, command.rules), command.decimals);
      for (const fraction of [...levels.enter, ...levels.exit, levels.backstop]) {
        at = put(view, put(view, at, fraction[0]), fraction[1]);
      }
      return at + writeText(command.asset, view, at);
    }
    case Kind.source:
    case Kind.account:
      return at + writeText(command.name, view, at);
    case Kind.resync:
      return put(view, put(view, at, command.source), command.position);
    case Kind.market:
      at = putRate(view, put(view, at, command.markUnit), command.tickUnit);
      at = putTiers(
        view,
        putRate(view, putRate(view, at, command.closeFee), command.orderRate),
        command.tiers,
      );
      at += writeText(command.name, view, at);
      at += writeText(command.tick, view, at);
      at += writeText(command.lot, view, at);
      return at + writeText(command.markTick, view, at);
    case Kind.tiers:
      return putTiers(view, put(view, put(view, at, command.market), command.effectiveUs), command.tiers);
    case Kind.marks: {
      const { marks } = command;
      view.setUint32(at, marks.length, true);
      at += 4;
      for (let index = 0; index < marks.length; index++) {
        at = put(view, put(view, at, marks[index].market), marks[index].price);
      }
      return at + writeText(command.text, view, at);
    }
    case Kind.funding:
      return put(view, put(view, at, command.market), command.index);
    case Kind.collateral:
    case Kind.transfer:
      return put(view, put(view, put(view, at, command.account), command.market), command.amount);
    case Kind.position:
      at = put(
        view,
        put(view, put(view, put(view, at, command.account), command.market), command.size),
        command.costBasis,
      );
      return command.fundingIndex === null ? at : put(view, at, command.fundingIndex);
    case Kind.fill:
      at = put(view, put(view, put(view, at, command.account), command.market), command.size);
      return put(view, put(view, at, command.price), command.fee);
    case Kind.settle:
      return put(view, put(view, at, command.account), command.market);
    case Kind.order:
      at = put(view, put(view, put(view, at, command.account), command.market), command.id);
      return put(view, put(view, at, command.size), command.price);
    case Kind.transaction: {
      const { rows } = command;
      if (depth === DEPTH_MAX)
        throw unencodable(command, `transactions are nested more than ${DEPTH_MAX} deep`);
      view.setUint32(at, rows.length, true);
      at += 4;
      for (let index = 0; index < rows.length; index++) at = writeCommand(rows[index], view, at, depth + 1);
      return at;
    }
    case Kind.quality:
      at = put(view, put(view, at, command.market), command.allows);
      if (command.mark !== null) at = put(view, at, command.mark);
      if (command.reference !== null) at = put(view, at, command.reference);
      return at + writeText(command.text, view, at);
    case Kind.breaker:
      return put(view, putRate(view, at, command.share), command.least);
    case Kind.lift:
      return put(view, at, command.market);
    case Kind.contract:
      return putRate(view, putRate(view, put(view, at, command.market), command.value), command.weight);
    default:
      throw new CodecError(
        'COMMAND_UNENCODABLE',
        `kind ${(command as Command).kind} is none of 1 to ${KIND_LAST}`,
        -1,
      );
  }
}

function writeHead(command: Command, view: DataView, offset: number): number {
  const { kind } = command;
  let flags = 0;
  let small = 0;
  if ('leg' in command) {
    if (command.leg !== 0 && command.leg !== 1 && command.leg !== 2)
      throw unencodable(command, `leg ${String(command.leg)} is none of 0, 1, 2`);
    small = command.leg;
    if (command.isolated) flags = Flag.isolated;
    if (kind === Kind.position && command.fundingIndex !== null) flags |= Flag.fundingIndex;
  } else if (kind === Kind.market) {
    const { basis, orderMargin } = command;
    if (basis !== 0 && basis !== 1) throw unencodable(command, `basis ${String(basis)} is none of 0, 1`);
    if (orderMargin !== 0 && orderMargin !== 1 && orderMargin !== 2)
      throw unencodable(command, `orderMargin ${String(orderMargin)} is none of 0, 1, 2`);
    small = basis + 16 * orderMargin;
  } else if (kind === Kind.settings) {
    if (command.inclusive) flags = Flag.inclusive;
  } else if (kind === Kind.quality) {
    const { quality, mark, reference } = command;
    if (QUALITY_NAMES[quality] === undefined)
      throw unencodable(command, `quality ${String(quality)} is none of 0 to ${QUALITY_NAMES.length - 1}`);
    small = quality;
    flags = (mark === null ? 0 : Flag.mark) | (reference === null ? 0 : Flag.reference);
  } else if (kind === Kind.contract) {
    const { form } = command;
    if (FORM_NAMES[form] === undefined)
      throw unencodable(command, `form ${String(form)} is none of 0 to ${FORM_NAMES.length - 1}`);
    small = form;
  }
  return putHead(view, offset, kind, flags, small, command);
}

/** The head that all kinds share, of the exchange's own range (venue-codec.ts) as well. Answers where what follows goes. */
export function putHead(
  view: DataView,
  offset: number,
  kind: number,
  flags: number,
  small: number,
  { timeUs, origin }: { readonly timeUs: number; readonly origin: Origin | null },
): number {
  const origins = origin === null ? 0 : origin.previous === null ? Flag.origin : Flag.origin | Flag.previous;
  view.setUint8(offset, CODEC_VERSION);
  view.setUint8(offset + 1, kind);
  view.setUint8(offset + 2, flags | origins);
  view.setUint8(offset + 3, small);
  let at = put(view, offset + 4, timeUs);
  if (origin !== null) {
    at = put(view, put(view, at, origin.source), origin.position);
    if (origin.previous !== null) at = put(view, at, origin.previous);
  }
  return at;
}

export function put(view: DataView, at: number, value: number): number {
  view.setFloat64(at, value, true);
  return at + 8;
}

export function putRate(view: DataView, at: number, rate: Rate): number {
  return put(view, put(view, at, rate.num), rate.den);
}

function putTiers(view: DataView, offset: number, tiers: readonly Tier[]): number {
  view.setUint32(offset, tiers.length, true);
  let at = offset + 4;
  for (const tier of tiers) at = putRate(view, putRate(view, put(view, at, tier.floor), tier.mmr), tier.imr);
  return at;
}

function unencodable(command: Command, why: string): CodecError {
  return new CodecError(
    'COMMAND_UNENCODABLE',
    `a ${KIND_NAMES[command.kind]} command cannot be written: ${why}`,
    -1,
  );
}
