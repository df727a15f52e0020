/**
 * Medians that are always one of their inputs. There is no mean of the middle two in here: of two prices that disagree,
 * their mean is a price that nobody ever quoted.
 */

/** floor(value * ppm / 10^6) for whole value >= 0 and ppm <= 10^6, exact to 2^53: whole millions and the rest apart. */
export function partOf(value: number, ppm: number): number {
  const rest = value % 1e6;
  return ((value - rest) / 1e6) * ppm + Math.floor((rest * ppm) / 1e6);
}

/** Puts the rows 0..count-1 of `order` into the order of their prices; equal prices stay as they were. */
export function sortByPrice(order: Int32Array, count: number, price: Float64Array): void {
  for (let at = 1; at < count; at++) {
    const row = order[at];
    const value = price[row];
    let to = at;
    for (; to > 0 && price[order[to - 1]] > value; to--) order[to] = order[to - 1];
    order[to] = row;
  }
}

/**
 * The row of the lower weighted median: the lowest price at which at least half of all weight is reached. With equal
 * weights that is the middle one, and of an even number the lower of the middle two. -1 when all weight is 0.
 */
export function medianRow(order: Int32Array, count: number, weight: Float64Array): number {
  let total = 0;
  for (let at = 0; at < count; at++) total += weight[order[at]];
  let reached = 0;
  for (let at = 0; at < count; at++) {
    reached += weight[order[at]];
    if (reached > 0 && 2 * reached >= total) return order[at];
  }
  return -1;
}

/** The middle one of three. */
export function medianOfThree(a: number, b: number, c: number): number {
  if (a > b) return b > c ? b : a > c ? c : a;
  return a > c ? a : b > c ? c : b;
}
