/**
 * Commands as bytes, for journals and for the wire between threads. This layout is on disk: a change of it is a new
 * version byte, and `test/golden/commands-v*.json` keeps every old one readable.
 *
 * Version 1, little-endian. Numbers are f64, so that whatever a command held comes back, NaN and -0 included: a
 * command that the engine refused must be refused again on replay.
 *
 *   head          0  u8   version, 1
 *                 1  u8   kind
 *                 2  u8   flags: 1 has origin, 2 has previous, 4 isolated, 8 has funding index, 16 inclusive
 *                 3  u8   leg (kinds in a bucket), basis + 16 * orderMargin (market), else 0
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
 *   tiers            u32 count, count x (floor, mmr num, den, imr num, den)
 *   text             u32 bytes, UTF-8 (codec-text.ts)
 *
 * The codec cares for form alone: whether a number makes sense is for the engine to say.
 */
import type { AccountRow, FundingIndex, MarketRow, MarkTicks, PriceTicks, QuoteMicros, Rate, SizeLots, SourceRow, TimeUs } from '../num/units.ts';
import { readText, textRoom, writeText } from './codec-text.ts';
import {
  Kind, KIND_NAMES, type AccountCommand, type CollateralCommand, type Command, type FillCommand, type FundingCommand,
  type Leg, type MarginBasis, type MarketCommand, type MarksCommand, type MarkUpdate, type OrderCommand, type OrderMargin,
  type Origin, type PositionCommand, type ResyncCommand, type SettingsCommand, type SettleCommand, type SourceCommand,
  type Tier, type TiersCommand, type TransactionCommand, type TransferCommand,
} from './commands.ts';
import type { Fraction } from './levels.ts';

export const CODEC_VERSION = 1;

const Flag = { origin: 1, previous: 2, isolated: 4, fundingIndex: 8, inclusive: 16 } as const;
const HEAD_BYTES = 12;
const TIER_BYTES = 40;
const MARK_BYTES = 16;
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
    const room = offset + roomFor(command);
    if (room > this.bytes.length) {
      const grown = new Uint8Array(Math.max(room, 2 * this.bytes.length));
      grown.set(this.bytes.subarray(0, offset));
      this.bytes = grown;
      this.view = new DataView(grown.buffer);
    }
    return writeCommand(command, this.view, offset, 0) - offset;
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
        FIXED_ROOM + TIER_BYTES * command.tiers.length + textRoom(command.name) + textRoom(command.tick) +
        textRoom(command.lot) + textRoom(command.markTick)
      );
    case Kind.tiers:
      return FIXED_ROOM + TIER_BYTES * command.tiers.length;
    case Kind.marks:
      return FIXED_ROOM + MARK_BYTES * command.marks.length + textRoom(command.text);
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
      at = putTiers(view, putRate(view, putRate(view, at, command.closeFee), command.orderRate), command.tiers);
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
      at = put(view, put(view, put(view, put(view, at, command.account), command.market), command.size), command.costBasis);
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
      if (depth === DEPTH_MAX) throw unencodable(command, `transactions are nested more than ${DEPTH_MAX} deep`);
      view.setUint32(at, rows.length, true);
      at += 4;
      for (let index = 0; index < rows.length; index++) at = writeCommand(rows[index], view, at, depth + 1);
      return at;
    }
    default:
      throw new CodecError('COMMAND_UNENCODABLE', `kind ${(command as Command).kind} is none of 1 to ${Kind.transaction}`, -1);
  }
}

function writeHead(command: Command, view: DataView, offset: number): number {
  const { kind, origin } = command;
  let flags = 0;
  let small = 0;
  if ('leg' in command) {
    if (command.leg !== 0 && command.leg !== 1 && command.leg !== 2) throw unencodable(command, `leg ${String(command.leg)} is none of 0, 1, 2`);
    small = command.leg;
    if (command.isolated) flags = Flag.isolated;
    if (kind === Kind.position && command.fundingIndex !== null) flags |= Flag.fundingIndex;
  } else if (kind === Kind.market) {
    const { basis, orderMargin } = command;
    if (basis !== 0 && basis !== 1) throw unencodable(command, `basis ${String(basis)} is none of 0, 1`);
    if (orderMargin !== 0 && orderMargin !== 1 && orderMargin !== 2) throw unencodable(command, `orderMargin ${String(orderMargin)} is none of 0, 1, 2`);
    small = basis + 16 * orderMargin;
  } else if (kind === Kind.settings && command.inclusive) {
    flags = Flag.inclusive;
  }
  if (origin !== null) flags |= origin.previous === null ? Flag.origin : Flag.origin | Flag.previous;
  view.setUint8(offset, CODEC_VERSION);
  view.setUint8(offset + 1, kind);
  view.setUint8(offset + 2, flags);
  view.setUint8(offset + 3, small);
  let at = put(view, offset + 4, command.timeUs);
  if (origin !== null) {
    at = put(view, put(view, at, origin.source), origin.position);
    if (origin.previous !== null) at = put(view, at, origin.previous);
  }
  return at;
}

function put(view: DataView, at: number, value: number): number {
  view.setFloat64(at, value, true);
  return at + 8;
}

function putRate(view: DataView, at: number, rate: Rate): number {
  return put(view, put(view, at, rate.num), rate.den);
}

function putTiers(view: DataView, offset: number, tiers: readonly Tier[]): number {
  view.setUint32(offset, tiers.length, true);
  let at = offset + 4;
  for (const tier of tiers) at = putRate(view, putRate(view, put(view, at, tier.floor), tier.mmr), tier.imr);
  return at;
}

function unencodable(command: Command, why: string): CodecError {
  return new CodecError('COMMAND_UNENCODABLE', `a ${KIND_NAMES[command.kind]} command cannot be written: ${why}`, -1);
}

// ---------------------------------------------------------------------------------------------------------------

type Mutable<T> = { -readonly [Field in keyof T]: T[Field] };

/** Flags each kind may carry. */
const FLAGS: readonly number[] = KIND_NAMES.map((name) => {
  const origin = Flag.origin | Flag.previous;
  if (name === 'settings') return origin | Flag.inclusive;
  if (name === 'position') return origin | Flag.isolated | Flag.fundingIndex;
  return ['collateral', 'transfer', 'fill', 'settle', 'order'].includes(name) ? origin | Flag.isolated : origin;
});

/**
 * Decodes without allocating where that pays: marks, funding, collateral, transfer, position, fill, settle, order, and
 * transactions of these.
 *
 * **A decoded command is valid until the next `decode`**, which fills the same objects again. Keep one by encoding it
 * elsewhere, or use a reader for it alone. Texts are the exception to "without allocating": a reader made with
 * `texts: false` leaves the text of marks empty, which replay wants, because the engine never looks at it.
 */
export class CommandReader {
  readonly #texts: boolean;
  /** Objects to fill, by kind: for the command itself, and for the rows of a transaction. */
  readonly #tops = KIND_NAMES.map(() => new Pool());
  readonly #rows = KIND_NAMES.map(() => new Pool());
  #view: DataView = new DataView(new ArrayBuffer(0));
  #at = 0;
  #end = 0;
  #start = 0;
  #kind = 0;
  #flags = 0;
  #small = 0;

  constructor(options: { readonly texts?: boolean } = {}) {
    this.#texts = options.texts ?? true;
  }

  /** The command in exactly these bytes. Throws a CodecError if they are anything else, and reads none beyond them. */
  decode(view: DataView, offset: number, length: number): Command {
    if (!(offset >= 0 && length >= 0 && offset + length <= view.byteLength)) {
      throw new CodecError('COMMAND_MALFORMED', `bytes ${offset} to ${offset + length} are not all there: there are ${view.byteLength}`, offset);
    }
    this.#view = view;
    this.#at = offset;
    this.#end = offset + length;
    const command = this.#command(this.#tops, 0);
    if (this.#at !== this.#end) throw this.#malformed(`${this.#end - this.#at} bytes are left over`);
    return command;
  }

  #command(pools: readonly Pool[] | null, depth: number): Command {
    this.#start = this.#at;
    this.#kind = 0;
    this.#need(HEAD_BYTES);
    const view = this.#view;
    const version = view.getUint8(this.#at);
    if (version !== CODEC_VERSION) throw this.#malformed(`version ${version} is none that this reader knows (${CODEC_VERSION})`);
    const kind = view.getUint8(this.#at + 1);
    if (kind < 1 || kind > Kind.transaction) throw this.#malformed(`kind ${kind} is none of 1 to ${Kind.transaction}`);
    this.#kind = kind;
    const flags = view.getUint8(this.#at + 2);
    if ((flags & ~FLAGS[kind]) !== 0 || (flags & (Flag.origin | Flag.previous)) === Flag.previous) throw this.#malformed(`flags ${flags} make no sense`);
    this.#flags = flags;
    this.#small = view.getUint8(this.#at + 3);
    if (this.#small !== 0 && kind !== Kind.market && (this.#small > 2 || (FLAGS[kind] & Flag.isolated) === 0)) throw this.#malformed(`leg ${this.#small} makes no sense`);
    this.#at += 4;
    const timeUs = this.#f64() as TimeUs;
    const pool = pools === null ? new Pool() : pools[kind];
    let origin: Origin | null = null;
    if ((flags & Flag.origin) !== 0) {
      this.#need((flags & Flag.previous) === 0 ? 16 : 24);
      const slot = depth === 0 ? pool.origin : { source: 0 as SourceRow, position: 0, previous: null };
      slot.source = this.#f64() as SourceRow;
      slot.position = this.#f64();
      slot.previous = (flags & Flag.previous) === 0 ? null : this.#f64();
      origin = slot;
    }
    // Of the kinds below, the first eight are the hot ones.
    switch (kind) {
      case Kind.marks:
        return this.#marks(pool, timeUs, origin, depth);
      case Kind.position: {
        const command = pool.take(depth, newPosition);
        this.#bucket(command, timeUs, origin, (flags & Flag.fundingIndex) === 0 ? 32 : 40);
        command.size = this.#f64() as SizeLots;
        command.costBasis = this.#f64() as QuoteMicros;
        command.fundingIndex = (flags & Flag.fundingIndex) === 0 ? null : (this.#f64() as FundingIndex);
        return command;
      }
      case Kind.collateral: {
        const command = pool.take(depth, newCollateral);
        this.#bucket(command, timeUs, origin, 24);
        command.amount = this.#f64() as QuoteMicros;
        return command;
      }
      case Kind.transfer: {
        const command = pool.take(depth, newTransfer);
        this.#bucket(command, timeUs, origin, 24);
        command.amount = this.#f64() as QuoteMicros;
        return command;
      }
      case Kind.fill: {
        const command = pool.take(depth, newFill);
        this.#bucket(command, timeUs, origin, 40);
        command.size = this.#f64() as SizeLots;
        command.price = this.#f64() as PriceTicks;
        command.fee = this.#f64() as QuoteMicros;
        return command;
      }
      case Kind.settle: {
        const command = pool.take(depth, newSettle);
        this.#bucket(command, timeUs, origin, 16);
        return command;
      }
      case Kind.order: {
        const command = pool.take(depth, newOrder);
        this.#bucket(command, timeUs, origin, 40);
        command.id = this.#f64();
        command.size = this.#f64() as SizeLots;
        command.price = this.#f64() as PriceTicks;
        return command;
      }
      case Kind.funding: {
        this.#need(16);
        const command = pool.take(depth, newFunding);
        command.timeUs = timeUs;
        command.origin = origin;
        command.market = this.#f64() as MarketRow;
        command.index = this.#f64() as FundingIndex;
        return command;
      }
      case Kind.transaction:
        return this.#transaction(pool, timeUs, origin, depth);
      case Kind.settings:
        return this.#settings(timeUs, origin);
      case Kind.source:
        return { kind: Kind.source, timeUs, origin, name: this.#text() } satisfies SourceCommand;
      case Kind.account: {
        const command = pool.take(depth, newAccount);
        command.timeUs = timeUs;
        command.origin = origin;
        command.name = this.#text();
        return command;
      }
      case Kind.resync:
        this.#need(16);
        return { kind: Kind.resync, timeUs, origin, source: this.#f64() as SourceRow, position: this.#f64() } satisfies ResyncCommand;
      case Kind.market:
        return this.#market(timeUs, origin);
      default: {
        this.#need(16);
        const market = this.#f64() as MarketRow;
        const effectiveUs = this.#f64() as TimeUs;
        return { kind: Kind.tiers, timeUs, origin, market, tiers: this.#tiers(), effectiveUs } satisfies TiersCommand;
      }
    }
  }

  /** What all kinds in a bucket begin with. `bytes` are all that follow the head, so they are checked once. */
  #bucket(command: Mutable<SettleCommand | CollateralCommand | TransferCommand | PositionCommand | FillCommand | OrderCommand>, timeUs: TimeUs, origin: Origin | null, bytes: number): void {
    this.#need(bytes);
    command.timeUs = timeUs;
    command.origin = origin;
    command.account = this.#f64() as AccountRow;
    command.market = this.#f64() as MarketRow;
    command.leg = this.#small as Leg;
    command.isolated = (this.#flags & Flag.isolated) !== 0;
  }

  #marks(pool: Pool, timeUs: TimeUs, origin: Origin | null, depth: number): MarksCommand {
    const count = this.#count(MARK_BYTES);
    const command = pool.take(depth, newMarks);
    command.timeUs = timeUs;
    command.origin = origin;
    const marks = command.marks as Mutable<MarkUpdate>[];
    if (marks.length > count) marks.length = count;
    for (let index = 0; index < count; index++) {
      if (index === marks.length) marks.push({ market: 0.5 as MarketRow, price: 0.5 as MarkTicks });
      const mark = marks[index];
      mark.market = this.#f64() as MarketRow;
      mark.price = this.#f64() as MarkTicks;
    }
    command.text = this.#text(!this.#texts);
    return command;
  }

  #transaction(pool: Pool, timeUs: TimeUs, origin: Origin | null, depth: number): TransactionCommand {
    if (depth === DEPTH_MAX) throw this.#malformed(`transactions are nested more than ${DEPTH_MAX} deep`);
    const count = this.#count(HEAD_BYTES);
    const command = pool.take(depth, newTransaction);
    command.timeUs = timeUs;
    command.origin = origin;
    const rows = command.rows as Command[];
    if (rows.length > count) rows.length = count;
    if (depth === 0) for (const each of this.#rows) each.used = 0;
    for (let index = 0; index < count; index++) rows[index] = this.#command(depth === 0 ? this.#rows : null, depth + 1);
    return command;
  }

  #settings(timeUs: TimeUs, origin: Origin | null): SettingsCommand {
    const inclusive = (this.#flags & Flag.inclusive) !== 0;
    this.#need(16 * 8);
    const rules = this.#f64();
    const decimals = this.#f64();
    const fraction = (): Fraction => [this.#f64(), this.#f64()];
    const levels: SettingsCommand['levels'] = {
      enter: [fraction(), fraction(), fraction()],
      exit: [fraction(), fraction(), fraction()],
      backstop: fraction(),
    };
    return { kind: Kind.settings, timeUs, origin, rules, asset: this.#text(), decimals, inclusive, levels };
  }

  #market(timeUs: TimeUs, origin: Origin | null): MarketCommand {
    const basis = this.#small & 15;
    const orderMargin = this.#small >> 4;
    if (basis > 1 || orderMargin > 2) throw this.#malformed(`basis ${basis} with orderMargin ${orderMargin} makes no sense`);
    this.#need(7 * 8);
    const markUnit = this.#f64();
    const tickUnit = this.#rate();
    const closeFee = this.#rate();
    const orderRate = this.#rate();
    const tiers = this.#tiers();
    return {
      kind: Kind.market, timeUs, origin, name: this.#text(), tick: this.#text(), lot: this.#text(), markTick: this.#text(), markUnit, tickUnit,
      tiers, closeFee, basis: basis as MarginBasis, orderMargin: orderMargin as OrderMargin, orderRate,
    };
  }

  #tiers(): Tier[] {
    const tiers: Tier[] = [];
    for (let left = this.#count(TIER_BYTES); left > 0; left--) {
      tiers.push({ floor: this.#f64() as QuoteMicros, mmr: this.#rate(), imr: this.#rate() });
    }
    return tiers;
  }

  #rate(): Rate {
    return { num: this.#f64(), den: this.#f64() };
  }

  /** How many things of at least `bytes` each follow. Checked against what is left, before anything is made of them. */
  #count(bytes: number): number {
    this.#need(4);
    const count = this.#view.getUint32(this.#at, true);
    this.#at += 4;
    if (count * bytes > this.#end - this.#at) throw this.#malformed(`a count of ${count} does not fit into the ${this.#end - this.#at} bytes left`);
    return count;
  }

  #text(skip = false): string {
    const length = this.#count(1);
    const offset = this.#at;
    this.#at += length;
    if (skip) return '';
    const text = readText(this.#view, offset, length);
    if (text === null) throw this.#malformed('a text is not UTF-8');
    return text;
  }

  #f64(): number {
    const value = this.#view.getFloat64(this.#at, true);
    this.#at += 8;
    return value;
  }

  #need(bytes: number): void {
    if (this.#end - this.#at < bytes) throw this.#malformed(`it ends after ${this.#end - this.#start} bytes, too soon`);
  }

  #malformed(why: string): CodecError {
    const name = this.#kind === 0 ? 'this' : `this ${KIND_NAMES[this.#kind]} command`;
    return new CodecError('COMMAND_MALFORMED', `${name} at byte ${this.#start} is malformed: ${why}`, this.#at);
  }
}

/** Objects of one kind, handed out again and again: the top's one, or one for each row of a transaction. */
class Pool {
  readonly origin: Mutable<Origin> = { source: 0.5 as SourceRow, position: 0.5, previous: null };
  readonly #items: Command[] = [];
  used = 0;

  take<T extends Command>(depth: number, make: () => T): T {
    const index = depth === 0 ? 0 : this.used++;
    if (index === this.#items.length) this.#items.push(make());
    return this.#items[index] as T;
  }
}

// Numbers start as fractions so that the engine underneath stores them as doubles from the first, in place.
const bucket = { timeUs: 0.5 as TimeUs, origin: null, account: 0.5 as AccountRow, market: 0.5 as MarketRow, leg: 0, isolated: false } as const;
const size = 0.5 as SizeLots;
const amount = 0.5 as QuoteMicros;
const price = 0.5 as PriceTicks;
const newCollateral = (): Mutable<CollateralCommand> => ({ kind: Kind.collateral, ...bucket, amount });
const newTransfer = (): Mutable<TransferCommand> => ({ kind: Kind.transfer, ...bucket, amount });
const newPosition = (): Mutable<PositionCommand> => ({ kind: Kind.position, ...bucket, size, costBasis: amount, fundingIndex: null });
const newFill = (): Mutable<FillCommand> => ({ kind: Kind.fill, ...bucket, size, price, fee: amount });
const newSettle = (): Mutable<SettleCommand> => ({ kind: Kind.settle, ...bucket });
const newOrder = (): Mutable<OrderCommand> => ({ kind: Kind.order, ...bucket, id: 0.5, size, price });
const newFunding = (): Mutable<FundingCommand> => ({ kind: Kind.funding, timeUs: bucket.timeUs, origin: null, market: bucket.market, index: 0.5 as FundingIndex });
const newAccount = (): Mutable<AccountCommand> => ({ kind: Kind.account, timeUs: bucket.timeUs, origin: null, name: '' });
const newMarks = (): Mutable<MarksCommand> => ({ kind: Kind.marks, timeUs: bucket.timeUs, origin: null, marks: [], text: '' });
const newTransaction = (): Mutable<TransactionCommand> => ({ kind: Kind.transaction, timeUs: bucket.timeUs, origin: null, rows: [] });
