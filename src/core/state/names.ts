/**
 * Outside names of accounts, markets and sources, in order of their rows, with a way back from name to row.
 *
 * A million JavaScript strings and a Map of them weigh ten times what the names do, so they are kept as UTF-8 bytes
 * end to end with an open-addressing hash of rows beside them.
 */
import { widened } from '../num/columns.ts';
import { readText, textRoom, writeText } from '../schema/codec-text.ts';

export const ROW_NONE = -1;
export const NAME_BYTES_MAX = 64;
/** FNV-1a over bytes. */
const HASH_SEED = 0x811c9dc5;
const HASH_FACTOR = 0x01000193;

const WANTED = 4;

export class NameTable {
  count = 0;
  #bytes = new Uint8Array(256);
  #ends = new Uint32Array(16);
  #slots = new Int32Array(32).fill(ROW_NONE);
  /** The name being looked for, as bytes from WANTED on (`writeText` puts a length before them). */
  readonly #wanted = new Uint8Array(textRoom('x'.repeat(NAME_BYTES_MAX)));
  readonly #wantedView = new DataView(this.#wanted.buffer);

  /** Makes room for `rows` names in all, so that loading many copies nothing. */
  reserve(rows: number): void {
    if (rows > this.#ends.length) {
      this.#ends = widened(this.#ends, rows);
    }
    let slots = this.#slots.length;
    while (rows * 2 > slots) slots *= 2;
    if (slots > this.#slots.length) this.#rehash(slots);
  }

  /** The row of `name`, or ROW_NONE. */
  find(name: string): number {
    return name.length > NAME_BYTES_MAX ? ROW_NONE : this.#slots[this.#slotOf(this.#encode(name))];
  }

  /** Gives `name` the next row. The caller has checked that it is valid and not taken. */
  add(name: string): number {
    const row = this.count++;
    const length = this.#encode(name);
    const start = this.#startOf(row);
    this.#reserve(start + length);
    for (let at = 0; at < length; at++) this.#bytes[start + at] = this.#wanted[WANTED + at];
    this.#ends[row] = start + length;
    this.#slots[this.#slotOf(length)] = row;
    return row;
  }

  at(row: number): string {
    const start = this.#startOf(row);
    return readText(new DataView(this.#bytes.buffer), start, this.#ends[row] - start)!;
  }

  /** Whether the row's name begins with these bytes of UTF-8. */
  startsWith(row: number, bytes: Uint8Array): boolean {
    const start = this.#startOf(row);
    if (this.#ends[row] - start < bytes.length) return false;
    for (let at = 0; at < bytes.length; at++) if (this.#bytes[start + at] !== bytes[at]) return false;
    return true;
  }

  #startOf(row: number): number {
    return row === 0 ? 0 : this.#ends[row - 1];
  }

  /** Writes a name of up to 64 letters into `#wanted` and returns its length in bytes. */
  #encode(name: string): number {
    for (let at = 0; at < name.length; at++) {
      const code = name.charCodeAt(at);
      if (code >= 0x80) return writeText(name, this.#wantedView, 0) - WANTED;
      this.#wanted[WANTED + at] = code;
    }
    return name.length;
  }

  /** The slot that holds the first `length` bytes of `#wanted`, or the free one where they belong. */
  #slotOf(length: number): number {
    const mask = this.#slots.length - 1;
    let slot = hashOf(this.#wanted, WANTED, WANTED + length) & mask;
    for (;;) {
      const row = this.#slots[slot];
      if (row === ROW_NONE || this.#isWanted(row, length)) return slot;
      slot = (slot + 1) & mask;
    }
  }

  #isWanted(row: number, length: number): boolean {
    const start = this.#startOf(row);
    if (this.#ends[row] - start !== length) return false;
    for (let at = 0; at < length; at++) {
      if (this.#bytes[start + at] !== this.#wanted[WANTED + at]) return false;
    }
    return true;
  }

  #reserve(bytes: number): void {
    if (bytes > this.#bytes.length) {
      this.#bytes = widened(this.#bytes, Math.max(bytes, Math.ceil(this.#bytes.length * 1.5)));
    }
    if (this.count > this.#ends.length) {
      this.#ends = widened(this.#ends, Math.ceil(this.#ends.length * 1.5));
    }
    if (this.count * 2 > this.#slots.length) this.#rehash(this.#slots.length * 2);
  }

  /** Places every name but one that is being added anew. */
  #rehash(slots: number): void {
    const wider = new Int32Array(slots).fill(ROW_NONE);
    const mask = slots - 1;
    for (const row of this.#slots) {
      if (row === ROW_NONE) continue;
      let slot = hashOf(this.#bytes, this.#startOf(row), this.#ends[row]) & mask;
      while (wider[slot] !== ROW_NONE) slot = (slot + 1) & mask;
      wider[slot] = row;
    }
    this.#slots = wider;
  }
}

function hashOf(bytes: Uint8Array, start: number, end: number): number {
  let hash = HASH_SEED;
  for (let at = start; at < end; at++) hash = Math.imul(hash ^ bytes[at], HASH_FACTOR);
  return hash ^ (hash >>> 15);
}

/** 1 to 64 bytes of UTF-8 without control characters. */
export function isName(text: unknown): text is string {
  return typeof text === 'string' && isText(text, 1, NAME_BYTES_MAX);
}

export function isText(text: string, bytesMin: number, bytesMax: number): boolean {
  let bytes = 0;
  for (const letter of text) {
    const code = letter.codePointAt(0)!;
    if (code < 0x20 || (code >= 0x7f && code < 0xa0)) return false;
    // Half a surrogate pair has no UTF-8 and would come back from the journal as another letter.
    if (code >= 0xd800 && code < 0xe000) return false;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    if (bytes > bytesMax) return false;
  }
  return bytes >= bytesMin;
}
