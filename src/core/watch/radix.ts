/** Sorts `rows` by their unsigned 32-bit `keys`, both in place, stably: two passes of 16 bits. */
let keysSpare = new Uint32Array(0);
let rowsSpare = new Int32Array(0);

export function radixOrder(keys: Uint32Array, rows: Int32Array, count: number): void {
  if (count < 2) return;
  if (count > keysSpare.length) {
    keysSpare = new Uint32Array(count);
    rowsSpare = new Int32Array(count);
  }
  pass(keys, rows, keysSpare, rowsSpare, count, 0);
  pass(keysSpare, rowsSpare, keys, rows, count, 16);
}

function pass(
  keys: Uint32Array,
  rows: Int32Array,
  keysTo: Uint32Array,
  rowsTo: Int32Array,
  count: number,
  shift: number,
): void {
  const starts = new Uint32Array(65536);
  for (let at = 0; at < count; at++) starts[(keys[at] >>> shift) & 0xffff]++;
  let sum = 0;
  for (let digit = 0; digit < 65536; digit++) {
    const held = starts[digit];
    starts[digit] = sum;
    sum += held;
  }
  for (let at = 0; at < count; at++) {
    const to = starts[(keys[at] >>> shift) & 0xffff]++;
    keysTo[to] = keys[at];
    rowsTo[to] = rows[at];
  }
}
