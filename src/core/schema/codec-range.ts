/**
 * What codecs of command ranges beyond the engine's (venue-codec.ts, gate-codec.ts) share: the same version byte, head and primitives as
 * codec.ts, and readers and writers that take the engine's commands as well, as the journals have them.
 */
import type { Rate, SourceRow, TimeUs } from '../num/units.ts';
import { CODEC_VERSION, CodecError, Flag, HEAD_BYTES } from './codec.ts';
import { CommandReader } from './codec-reader.ts';
import { readText } from './codec-text.ts';
import type { Command, Origin } from './commands.ts';

/** Flags that a kind may carry beside the origin's, and the names that its fourth byte is one of; null: it packs several. */
export interface Shape {
  readonly flags: number;
  readonly small: readonly string[] | null;
}

export interface Head {
  readonly timeUs: TimeUs;
  readonly origin: Origin | null;
}

/** Decoded commands of the engine's range are valid until the next `decode`; those of the own range are new objects. */
export abstract class RangeReader<Own> {
  readonly #engine: CommandReader;
  readonly #first: number;
  readonly #names: readonly string[];
  readonly #shapes: readonly Shape[];
  protected view: DataView = new DataView(new ArrayBuffer(0));
  protected at = 0;
  protected flags = 0;
  protected small = 0;
  #start = 0;
  #end = 0;
  #name = '';

  /** `names` and `shapes` are by kind, from kind `first` on. Without `texts` the engine's commands come as `CommandReader` says. */
  constructor(
    first: number,
    names: readonly string[],
    shapes: readonly Shape[],
    options: { readonly texts?: boolean },
  ) {
    this.#engine = new CommandReader(options);
    this.#first = first;
    this.#names = names;
    this.#shapes = shapes;
  }

  /** The command in exactly these bytes. Throws a CodecError if they are anything else, and reads none beyond them. */
  decode(view: DataView, offset: number, length: number): Command | Own {
    const isThere = offset >= 0 && length >= HEAD_BYTES && offset + length <= view.byteLength;
    const isOwn =
      isThere && view.getUint8(offset) === CODEC_VERSION && view.getUint8(offset + 1) >= this.#first;
    // What is no command of any range is refused by the engine's reader.
    if (!isOwn) return this.#engine.decode(view, offset, length);
    this.view = view;
    this.#start = this.at = offset;
    this.#end = offset + length;
    const command = this.#command();
    if (this.at !== this.#end) throw this.malformed(`${this.#end - this.at} bytes are left over`);
    return command;
  }

  /** The rest of a command of the own range. */
  protected abstract read(kind: number, head: Head): Own;

  #command(): Own {
    const kind = this.view.getUint8(this.at + 1);
    const name = this.#names[kind - this.#first];
    this.#name = name === undefined ? '' : ` ${name} command`;
    if (name === undefined) {
      const last = this.#first + this.#names.length - 1;
      throw this.malformed(`kind ${kind} is none of ${this.#first} to ${last}, nor of the engine's`);
    }
    const flags = this.view.getUint8(this.at + 2);
    const small = this.view.getUint8(this.at + 3);
    const shape = this.#shapes[kind - this.#first];
    const allowed = shape.flags | Flag.origin | Flag.previous;
    if ((flags & ~allowed) !== 0 || (flags & (Flag.origin | Flag.previous)) === Flag.previous)
      throw this.malformed(`flags ${flags} make no sense`);
    if (shape.small !== null && small >= shape.small.length)
      throw this.malformed(`its fourth byte, ${small}, makes no sense`);
    this.flags = flags;
    this.small = small;
    this.at += 4;
    return this.read(kind, { timeUs: this.f64() as TimeUs, origin: this.#origin() });
  }

  #origin(): Origin | null {
    if ((this.flags & Flag.origin) === 0) return null;
    const source = this.f64() as SourceRow;
    const position = this.f64();
    return { source, position, previous: this.optional(Flag.previous) };
  }

  protected has(flag: number): boolean {
    return (this.flags & flag) !== 0;
  }

  protected optional(flag: number): number | null {
    return this.has(flag) ? this.f64() : null;
  }

  protected rate(): Rate {
    return { num: this.f64(), den: this.f64() };
  }

  protected text(isNeeded = true): string {
    const length = this.count(1);
    const offset = this.at;
    this.at += length;
    if (!isNeeded) return '';
    const text = readText(this.view, offset, length);
    if (text === null) throw this.malformed('a text is not UTF-8');
    return text;
  }

  /** How many things of at least `bytes` each follow. Checked against what is left, before anything is made of them. */
  protected count(bytes: number): number {
    this.#need(4);
    const count = this.view.getUint32(this.at, true);
    this.at += 4;
    this.#need(count * bytes);
    return count;
  }

  protected f64(): number {
    this.#need(8);
    const value = this.view.getFloat64(this.at, true);
    this.at += 8;
    return value;
  }

  protected u8(): number {
    this.#need(1);
    return this.view.getUint8(this.at++);
  }

  protected malformed(why: string): CodecError {
    return new CodecError(
      'COMMAND_MALFORMED',
      `this${this.#name} at byte ${this.#start} is malformed: ${why}`,
      this.at,
    );
  }

  #need(bytes: number): void {
    if (this.#end - this.at < bytes)
      throw this.malformed(`it ends after ${this.#end - this.#start} bytes, too soon`);
  }
}

export function flagIf(value: unknown, flag: number): number {
  return value === null ? 0 : flag;
}

/** The number of a word that has one; no byte holds any other. */
export function wordOf(command: string, field: string, value: number, names: readonly string[]): number {
  if (names[value] !== undefined) return value;
  throw new CodecError(
    'COMMAND_UNENCODABLE',
    `a ${command} command cannot be written: ${field} ${String(value)} is none of 0 to ${names.length - 1}`,
    -1,
  );
}

/** A command whose kind is of no range that the writer knows. */
export function kindUnknown(kind: number, first: number, names: readonly string[]): CodecError {
  return new CodecError(
    'COMMAND_UNENCODABLE',
    `kind ${kind} is none of ${first} to ${first + names.length - 1}`,
    -1,
  );
}
