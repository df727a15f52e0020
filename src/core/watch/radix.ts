/** Sorts `rows` by their unsigned 32-bit `keys`, both in place, stably: three passes of 11 bits, whose counts stay in the nearest cache. */
const BITS = 11;
const DIGITS = 1 << BITS;
const MASK = DIGITS - 1;
/** Of each pass, by digit: how many, then where the next one goes. */
const starts = new Uint32Array(3 * DIGITS);
let keysSpare = new Uint32Array(0);
let rowsSpare = new Int32Array(0);

export function radixOrder(keys: Uint32Array, rows: Int32Array, count: number): void {
  if (count < 2) return;
  if (count > keysSpare.length) {
    keysSpare = new Uint32Array(count);
    rowsSpare = new Int32Array(count);
  }
  starts.fill(0);
  for (let at = 0; at < count; at++) {
    const key = keys[at];
    starts[key & MASK]++;
    starts[DIGITS + ((key >>> BITS) & MASK)]++;
    starts[2 * DIGITS + (key >>> (2 * BITS))]++;
  }
  pass(keys, rows, keysSpare, rowsSpare, count, 0);
  pass(keysSpare, rowsSpare, keys, rows, count, 1);
  pass(keys, rows, keysSpare, rowsSpare, count, 2);
  keys.set(keysSpare.subarray(0, count));
  rows.set(rowsSpare.subarray(0, count));
}

function pass(
  keys: Uint32Array,
  rows: Int32Array,
  keysTo: Uint32Array,
  rowsTo: Int32Array,
  count: number,
  number: number,
): void {
  const first = number * DIGITS;
  let sum = 0;
  for (let at = first; at < first + DIGITS; at++) {
    const held = starts[at];
    starts[at] = sum;
    sum += held;
  }
  const shift = number * BITS;
  for (let at = 0; at < count; at++) {
    const to = starts[first + ((keys[at] >>> shift) & MASK)]++;
    keysTo[to] = keys[at];
    rowsTo[to] = rows[at];
  }
}
