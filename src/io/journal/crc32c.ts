/**
 * CRC-32C (Castagnoli), eight bytes at a time over eight tables. In script, because a call into zlib costs more than
 * the checksum of a 50-byte record does: 119 against 29 ns measured (docs/internals/journal.md). Long payloads, where
 * the call is amortised, use zlib.crc32 instead.
 *
 * The state is passed and returned raw, without the final inversion, so that a checksum can be continued.
 *
 * Invariant the log relies on: for equal bytes, different starting states always give different ends.
 */
const POLYNOMIAL_REVERSED = 0x82f63b78;

/** TABLE[k * 256 + b]: what byte b does to the state when k more bytes follow it. */
export const TABLE = /* @__PURE__ */ buildTables();

function buildTables(): Int32Array {
  const table = new Int32Array(8 * 256);
  for (let byte = 0; byte < 256; byte++) {
    let state = byte;
    for (let bit = 0; bit < 8; bit++) state = state & 1 ? (state >>> 1) ^ POLYNOMIAL_REVERSED : state >>> 1;
    table[byte] = state;
  }
  for (let at = 256; at < table.length; at++) {
    const shorter = table[at - 256];
    table[at] = (shorter >>> 8) ^ table[shorter & 0xff];
  }
  return table;
}

/** Continues `state` over `bytes[from, to)`. */
export function crc32cContinue(state: number, bytes: Uint8Array, from: number, to: number): number {
  const table = TABLE;
  let at = from;
  for (; at + 8 <= to; at += 8) {
    const low = state ^ (bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24));
    state =
      table[1792 + (low & 0xff)] ^
      table[1536 + ((low >>> 8) & 0xff)] ^
      table[1280 + ((low >>> 16) & 0xff)] ^
      table[1024 + (low >>> 24)] ^
      table[768 + bytes[at + 4]] ^
      table[512 + bytes[at + 5]] ^
      table[256 + bytes[at + 6]] ^
      table[bytes[at + 7]];
  }
  for (; at < to; at++) state = (state >>> 8) ^ table[(state ^ bytes[at]) & 0xff];
  return state;
}

/** The same over `source[from, from + length)`, copying it to `target[at...]` in the one pass. */
export function crc32cCopy(
  state: number,
  source: Uint8Array,
  from: number,
  length: number,
  target: Uint8Array,
  at: number,
): number {
  const table = TABLE;
  const to = from + length;
  for (; from + 8 <= to; from += 8, at += 8) {
    const b0 = (target[at] = source[from]);
    const b1 = (target[at + 1] = source[from + 1]);
    const b2 = (target[at + 2] = source[from + 2]);
    const b3 = (target[at + 3] = source[from + 3]);
    const low = state ^ (b0 | (b1 << 8) | (b2 << 16) | (b3 << 24));
    state =
      table[1792 + (low & 0xff)] ^
      table[1536 + ((low >>> 8) & 0xff)] ^
      table[1280 + ((low >>> 16) & 0xff)] ^
      table[1024 + (low >>> 24)] ^
      table[768 + (target[at + 4] = source[from + 4])] ^
      table[512 + (target[at + 5] = source[from + 5])] ^
      table[256 + (target[at + 6] = source[from + 6])] ^
      table[(target[at + 7] = source[from + 7])];
  }
  for (; from < to; from++, at++) state = (state >>> 8) ^ table[(state ^ (target[at] = source[from])) & 0xff];
  return state;
}

/** The finished checksum of `bytes[from, to)`, as an unsigned 32-bit number. */
export function crc32c(bytes: Uint8Array, from = 0, to = bytes.length): number {
  return ~crc32cContinue(-1, bytes, from, to) >>> 0;
}
