type Column = Uint8Array | Uint32Array | Int32Array | Float64Array;

/** A longer copy of a column; what is new in it is zero. */
export function widened<T extends Column>(column: T, length: number): T {
  const wider = new (column.constructor as new (length: number) => T)(length);
  wider.set(column);
  return wider;
}
