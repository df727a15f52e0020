/**
 * Bytes as commands again: the other half of codec.ts, which states the layout. Bytes that are no command are refused
 * with what is wrong with them and where; none beyond the given length is read, and no count is believed before it is
 * checked against what is left.
 */
import type {
  AccountRow,
  FundingIndex,
  MarketRow,
  MarkTicks,
  PriceTicks,
  QuoteMicros,
  Rate,
  SizeLots,
  SourceRow,
  TimeUs,
} from '../num/units.ts';
import {
  CODEC_VERSION,
  CodecError,
  DEPTH_MAX,
  Flag,
  HEAD_BYTES,
  KIND_LAST,
  MARK_BYTES,
  TIER_BYTES,
} from './codec.ts';
import { readText } from './codec-text.ts';
import {
  FORM_NAMES,
  Kind,
  KIND_NAMES,
  type AccountCommand,
  type BreakerCommand,
  type CollateralCommand,
  type Command,
  type ContractCommand,
  type FillCommand,
  type Form,
  type FundingCommand,
  type Leg,
  type LiftCommand,
  type MarginBasis,
  type MarketCommand,
  type MarksCommand,
  type MarkUpdate,
  type OrderCommand,
  type OrderMargin,
  type Origin,
  type PositionCommand,
  type QualityCommand,
  type ResyncCommand,
  type SettingsCommand,
  type SettleCommand,
  type SourceCommand,
  type Tier,
  type TiersCommand,
  type TransactionCommand,
  type TransferCommand,
} from './commands.ts';
import type { Fraction } from './levels.ts';
import { QUALITY_NAMES, type Quality } from './quality.ts';

type Mutable<T> = { -readonly [Field in keyof T]: T[Field] };

/** Flags each kind may carry. */
const FLAGS: readonly number[] = KIND_NAMES.map((name) => {
  const origin = Flag.origin | Flag.previous;
  if (name === 'settings') return origin | Flag.inclusive;
  if (name === 'position') return origin | Flag.isolated | Flag.fundingIndex;
  if (name === 'quality') return origin | Flag.mark | Flag.reference;
  return ['collateral', 'transfer', 'fill', 'settle', 'order'].includes(name)
    ? origin | Flag.isolated
    : origin;
});
/** The highest that the head's fourth byte may be: a leg, a quality, a form, a market's basis and order margin together. */
const SMALL_MAX: readonly number[] = KIND_NAMES.map((name, kind) => {
  if (name === 'market') return 255;
  if (name === 'quality') return QUALITY_NAMES.length - 1;
  if (name === 'contract') return FORM_NAMES.length - 1;
  return (FLAGS[kind] & Flag.isolated) === 0 ? 0 : 2;
});

const SMALL_NAMES: Partial<Record<number, string>> = { [Kind.quality]: 'quality', [Kind.contract]: 'form' };

/**
 * Decodes without allocating where that pays: marks, quality, funding, collateral, transfer, position, fill, settle,
 * order, and transactions of these.
 *
 * **A decoded command is valid until the next `decode`**, which fills the same objects again. Keep one by encoding it
 * elsewhere, or use a reader for it alone. Texts are the exception to "without allocating": a reader made with
 * `texts: false` leaves the text of marks and quality empty, which replay wants, because the engine never looks at it.
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
      throw new CodecError(
        'COMMAND_MALFORMED',
        `bytes ${offset} to ${offset + length} are not all there: there are ${view.byteLength}`,
        offset,
      );
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
    if (version !== CODEC_VERSION)
      throw this.#malformed(`version ${version} is none that this reader knows (${CODEC_VERSION})`);
    const kind = view.getUint8(this.#at + 1);
    if (kind < 1 || kind > KIND_LAST) throw this.#malformed(`kind ${kind} is none of 1 to ${KIND_LAST}`);
    this.#kind = kind;
    const flags = view.getUint8(this.#at + 2);
    if ((flags & ~FLAGS[kind]) !== 0 || (flags & (Flag.origin | Flag.previous)) === Flag.previous)
      throw this.#malformed(`flags ${flags} make no sense`);
    this.#flags = flags;
    this.#small = view.getUint8(this.#at + 3);
    if (this.#small > SMALL_MAX[kind])
      throw this.#malformed(`${SMALL_NAMES[kind] ?? 'leg'} ${this.#small} makes no sense`);
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
      case Kind.quality:
        return this.#quality(pool, timeUs, origin, depth);
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
        return {
          kind: Kind.resync,
          timeUs,
          origin,
          source: this.#f64() as SourceRow,
          position: this.#f64(),
        } satisfies ResyncCommand;
      case Kind.market:
        return this.#market(timeUs, origin);
      case Kind.breaker:
        this.#need(24);
        return {
          kind: Kind.breaker,
          timeUs,
          origin,
          share: this.#rate(),
          least: this.#f64(),
        } satisfies BreakerCommand;
      case Kind.lift:
        this.#need(8);
        return {
          kind: Kind.lift,
          timeUs,
          origin,
          market: this.#f64() as MarketRow,
        } satisfies LiftCommand;
      case Kind.contract:
        this.#need(40);
        return {
          kind: Kind.contract,
          timeUs,
          origin,
          market: this.#f64() as MarketRow,
          form: this.#small as Form,
          value: this.#rate(),
          weight: this.#rate(),
        } satisfies ContractCommand;
      default: {
        this.#need(16);
        const market = this.#f64() as MarketRow;
        const effectiveUs = this.#f64() as TimeUs;
        return {
          kind: Kind.tiers,
          timeUs,
          origin,
          market,
          tiers: this.#tiers(),
          effectiveUs,
        } satisfies TiersCommand;
      }
    }
  }

  /** What all kinds in a bucket begin with. `bytes` are all that follow the head, so they are checked once. */
  #bucket(
    command: Mutable<
      SettleCommand | CollateralCommand | TransferCommand | PositionCommand | FillCommand | OrderCommand
    >,
    timeUs: TimeUs,
    origin: Origin | null,
    bytes: number,
  ): void {
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

  #quality(pool: Pool, timeUs: TimeUs, origin: Origin | null, depth: number): QualityCommand {
    const hasMark = (this.#flags & Flag.mark) !== 0;
    const hasReference = (this.#flags & Flag.reference) !== 0;
    this.#need(16 + (hasMark ? 8 : 0) + (hasReference ? 8 : 0));
    const command = pool.take(depth, newQuality);
    command.timeUs = timeUs;
    command.origin = origin;
    command.market = this.#f64() as MarketRow;
    command.quality = this.#small as Quality;
    command.allows = this.#f64();
    command.mark = hasMark ? (this.#f64() as MarkTicks) : null;
    command.reference = hasReference ? (this.#f64() as MarkTicks) : null;
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
    for (let index = 0; index < count; index++)
      rows[index] = this.#command(depth === 0 ? this.#rows : null, depth + 1);
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
    if (basis > 1 || orderMargin > 2)
      throw this.#malformed(`basis ${basis} with orderMargin ${orderMargin} makes no sense`);
    this.#need(7 * 8);
    const markUnit = this.#f64();
    const tickUnit = this.#rate();
    const closeFee = this.#rate();
    const orderRate = this.#rate();
    const tiers = this.#tiers();
    return {
      kind: Kind.market,
      timeUs,
      origin,
      name: this.#text(),
      tick: this.#text(),
      lot: this.#text(),
      markTick: this.#text(),
      markUnit,
      tickUnit,
      tiers,
      closeFee,
      basis: basis as MarginBasis,
      orderMargin: orderMargin as OrderMargin,
      orderRate,
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
    if (count * bytes > this.#end - this.#at)
      throw this.#malformed(`a count of ${count} does not fit into the ${this.#end - this.#at} bytes left`);
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
    if (this.#end - this.#at < bytes)
      throw this.#malformed(`it ends after ${this.#end - this.#start} bytes, too soon`);
  }

  #malformed(why: string): CodecError {
    const name = this.#kind === 0 ? 'this' : `this ${KIND_NAMES[this.#kind]} command`;
    return new CodecError(
      'COMMAND_MALFORMED',
      `${name} at byte ${this.#start} is malformed: ${why}`,
      this.#at,
    );
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
const bucket = {
  timeUs: 0.5 as TimeUs,
  origin: null,
  account: 0.5 as AccountRow,
  market: 0.5 as MarketRow,
  leg: 0,
  isolated: false,
} as const;
const size = 0.5 as SizeLots;
const amount = 0.5 as QuoteMicros;
const price = 0.5 as PriceTicks;
const newCollateral = (): Mutable<CollateralCommand> => ({ kind: Kind.collateral, ...bucket, amount });
const newTransfer = (): Mutable<TransferCommand> => ({ kind: Kind.transfer, ...bucket, amount });
const newPosition = (): Mutable<PositionCommand> => ({
  kind: Kind.position,
  ...bucket,
  size,
  costBasis: amount,
  fundingIndex: null,
});
const newFill = (): Mutable<FillCommand> => ({ kind: Kind.fill, ...bucket, size, price, fee: amount });
const newSettle = (): Mutable<SettleCommand> => ({ kind: Kind.settle, ...bucket });
const newOrder = (): Mutable<OrderCommand> => ({ kind: Kind.order, ...bucket, id: 0.5, size, price });
const newFunding = (): Mutable<FundingCommand> => ({
  kind: Kind.funding,
  timeUs: bucket.timeUs,
  origin: null,
  market: bucket.market,
  index: 0.5 as FundingIndex,
});
const newAccount = (): Mutable<AccountCommand> => ({
  kind: Kind.account,
  timeUs: bucket.timeUs,
  origin: null,
  name: '',
});
const newMarks = (): Mutable<MarksCommand> => ({
  kind: Kind.marks,
  timeUs: bucket.timeUs,
  origin: null,
  marks: [],
  text: '',
});
const newQuality = (): Mutable<QualityCommand> => ({
  kind: Kind.quality,
  timeUs: bucket.timeUs,
  origin: null,
  market: bucket.market,
  quality: 0,
  allows: 0.5,
  mark: null,
  reference: null,
  text: '',
});
const newTransaction = (): Mutable<TransactionCommand> => ({
  kind: Kind.transaction,
  timeUs: bucket.timeUs,
  origin: null,
  rows: [],
});
