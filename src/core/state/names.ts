/**
 * Outside names of accounts, markets and sources, in order of their rows, with a way back from name to row.
 *
 * A million JavaScript strings and a Map of them weigh ten times what the names do, so they are kept as UTF-16
 * units end to end with an open-addressing hash of rows beside them.
 */
export const ROW_NONE = -1;
export const NAME_BYTES_MAX = 64;
/** FNV-1a over UTF-16 units. */
const HASH_SEED = 0x811c9dc5;
const HASH_FACTOR = 0x01000193;

export class NameTable {
  count = 0;
  #units = new Uint16Array(256);
  #ends = new Uint32Array(16);
  #slots = new Int32Array(32).fill(ROW_NONE);

  /** Makes room for `rows` names in all, so that loading many copies nothing. */
  reserve(rows: number): void {
    if (rows > this.#ends.length) {
      const longer = new Uint32Array(rows);
      longer.set(this.#ends);
      this.#ends = longer;
    }
    let slots = this.#slots.length;
    while (rows * 2 > slots) slots *= 2;
    if (slots > this.#slots.length) this.#rehash(slots);
  }

  /** The row of `name`, or ROW_NONE. */
  find(name: string): number {
    return this.#slots[this.#slotOf(name)];
  }

  /** Gives `name` the next row. The caller has checked that it is valid and not taken. */
  add(name: string): number {
    const row = this.count++;
    const start = row === 0 ? 0 : this.#ends[row - 1];
    this.#reserve(start + name.length);
    for (let at = 0; at < name.length; at++) this.#units[start + at] = name.charCodeAt(at);
    this.#ends[row] = start + name.length;
    this.#slots[this.#slotOf(name)] = row;
    return row;
  }

  at(row: number): string {
    const start = row === 0 ? 0 : this.#ends[row - 1];
    return String.fromCharCode(...this.#units.subarray(start, this.#ends[row]));
  }

  /** The slot that holds `name`, or the free one where it belongs. */
  #slotOf(name: string): number {
    const mask = this.#slots.length - 1;
    let slot = hashOf(name) & mask;
    for (;;) {
      const row = this.#slots[slot];
      if (row === ROW_NONE || this.#equals(row, name)) return slot;
      slot = (slot + 1) & mask;
    }
  }

  #equals(row: number, name: string): boolean {
    const start = row === 0 ? 0 : this.#ends[row - 1];
    if (this.#ends[row] - start !== name.length) return false;
    for (let at = 0; at < name.length; at++) {
      if (this.#units[start + at] !== name.charCodeAt(at)) return false;
    }
    return true;
  }

  #reserve(units: number): void {
    if (units > this.#units.length) {
      const wider = new Uint16Array(Math.max(units, this.#units.length * 2));
      wider.set(this.#units);
      this.#units = wider;
    }
    if (this.count > this.#ends.length) {
      const longer = new Uint32Array(this.#ends.length * 2);
      longer.set(this.#ends);
      this.#ends = longer;
    }
    if (this.count * 2 > this.#slots.length) this.#rehash(this.#slots.length * 2);
  }

  /** Places every name but one that is being added anew. */
  #rehash(slots: number): void {
    const wider = new Int32Array(slots).fill(ROW_NONE);
    const mask = slots - 1;
    for (const row of this.#slots) {
      if (row === ROW_NONE) continue;
      let slot = this.#hashAt(row) & mask;
      while (wider[slot] !== ROW_NONE) slot = (slot + 1) & mask;
      wider[slot] = row;
    }
    this.#slots = wider;
  }

  #hashAt(row: number): number {
    const end = this.#ends[row];
    let hash = HASH_SEED;
    for (let at = row === 0 ? 0 : this.#ends[row - 1]; at < end; at++) hash = Math.imul(hash ^ this.#units[at], HASH_FACTOR);
    return hash ^ (hash >>> 15);
  }
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

function hashOf(name: string): number {
  let hash = HASH_SEED;
  for (let at = 0; at < name.length; at++) hash = Math.imul(hash ^ name.charCodeAt(at), HASH_FACTOR);
  return hash ^ (hash >>> 15);
}
