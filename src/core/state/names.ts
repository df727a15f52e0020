/**
 * Outside names of accounts, markets and sources, in order of their rows, with a way back from name to row.
 *
 * A million JavaScript strings and a Map of them weigh ten times what the names do, so they are kept as UTF-16
 * units end to end with an open-addressing hash of rows beside them.
 */
export const ROW_NONE = -1;
export const NAME_BYTES_MAX = 64;

export class NameTable {
  count = 0;
  #units = new Uint16Array(256);
  #ends = new Uint32Array(16);
  #slots = new Int32Array(32).fill(ROW_NONE);

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
    if (this.count * 2 > this.#slots.length) {
      this.#slots = new Int32Array(this.#slots.length * 2).fill(ROW_NONE);
      for (let row = 0; row < this.count - 1; row++) this.#slots[this.#slotOf(this.at(row))] = row;
    }
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
  let hash = 0x811c9dc5;
  for (let at = 0; at < name.length; at++) hash = Math.imul(hash ^ name.charCodeAt(at), 0x01000193);
  return hash ^ (hash >>> 15);
}
