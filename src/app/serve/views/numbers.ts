/** Doubles that nothing is decided by, as the decimals of the API. */

/** A share in percent, to four decimals: 0.0123 is 1.2300. */
export function percentText(share: number): string {
  return fixed(share * 100, 4);
}

/** No exponent and no negative zero. */
export function fixed(value: number, decimals: number): string {
  const text = value.toFixed(decimals);
  return Number(text) === 0 ? text.replace('-', '') : text;
}

export function rounded(value: number, decimals = 3): number {
  const scale = 10 ** decimals;
  return Math.round(value * scale) / scale;
}
