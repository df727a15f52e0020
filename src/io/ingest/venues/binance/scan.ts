/**
 * A cursor over one frame, for frames of exactly the shape that the venue writes. It reads numbers straight from the
 * characters and allocates nothing but the levels. Each step says whether it found what it looked for; after a "no" the
 * frame is read as JSON instead, which finds out what is wrong with it. So a step may refuse what is well-formed, and must
 * never accept what is not.
 *
 * One cursor for the module: a frame is read to its end before the next, and hot loops do without `this`.
 */
let text = '';
let at = 0;

const QUOTE = 34;
const COMMA = 44;
const POINT = 46;
const ZERO = 48;
const NINE = 57;
const AT = 64;
const OPEN = 91;
const CLOSE = 93;
const UNDERSCORE = 95;

/** Every number of so many digits is exact. */
const DIGITS_MAX = 15;

export function scanFrom(frame: string, place: number): void {
  text = frame;
  at = place;
}

export function isAtEnd(): boolean {
  return at === text.length;
}

export function skip(literal: string): boolean {
  if (!text.startsWith(literal, at)) return false;
  at += literal.length;
  return true;
}

/** Past the characters of a stream's name, and its closing quote. */
export function skipName(): boolean {
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      at++;
      return true;
    }
    const isLetter = (code >= 97 && code <= 122) || (code >= 65 && code <= 90);
    if (!isLetter && (code < ZERO || code > NINE) && code !== AT && code !== UNDERSCORE) return false;
  }
  return false;
}

/** Whether the symbol comes next, with its closing quote; only then does the cursor move. */
export function skipSymbol(symbol: string): boolean {
  if (!text.startsWith(symbol, at) || text.charCodeAt(at + symbol.length) !== QUOTE) return false;
  at += symbol.length + 1;
  return true;
}

/** Letters, digits and underscores up to a quote, which is passed. Empty: something else. */
export function scanSymbol(): string {
  const from = at;
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) return text.slice(from, at++);
    const isSymbol = (code >= 65 && code <= 90) || (code >= ZERO && code <= NINE) || code === UNDERSCORE;
    if (!isSymbol) return '';
  }
  return '';
}

/** A whole number as JSON writes it, at most 15 digits; -1: something else. */
export function scanWhole(): number {
  const from = at;
  let value = 0;
  for (; at < text.length; at++) {
    const digit = text.charCodeAt(at) - ZERO;
    if (digit < 0 || digit > 9) break;
    value = value * 10 + digit;
  }
  const length = at - from;
  if (length === 0 || length > DIGITS_MAX || (length > 1 && text.charCodeAt(from) === ZERO)) return -1;
  return value;
}

/**
 * `123.4500"` in units of 10^-scale, its quote passed; -1: something else, or not on that grid. Zeros behind the grid are
 * the venue's padding.
 */
export function scanDecimal(scale: number): number {
  const from = at;
  const { length } = text;
  let value = 0;
  let code = 0;
  for (; at < length; at++) {
    code = text.charCodeAt(at);
    if (code < ZERO || code > NINE) break;
    value = value * 10 + (code - ZERO);
  }
  let digits = at - from;
  if (digits === 0 || digits + scale > DIGITS_MAX) return -1;
  let decimals = 0;
  if (code === POINT) {
    const point = at++;
    for (; at < length; at++) {
      code = text.charCodeAt(at);
      if (code < ZERO || code > NINE) break;
      if (decimals < scale) {
        value = value * 10 + (code - ZERO);
        decimals++;
      } else if (code !== ZERO) return -1;
    }
    digits += at - point - 1;
    if (at === point + 1 || digits > 60) return -1;
  }
  if (code !== QUOTE || at >= length) return -1;
  at++;
  for (; decimals < scale; decimals++) value *= 10;
  return value;
}

/** `[["p","q"],...]` into price, size, price, size...; prices above 0. Null: something else. */
export function scanLevels(priceScale: number, sizeScale: number): number[] | null {
  if (text.charCodeAt(at) !== OPEN) return null;
  at++;
  const levels: number[] = [];
  if (text.charCodeAt(at) === CLOSE) {
    at++;
    return levels;
  }
  for (;;) {
    if (text.charCodeAt(at) !== OPEN || text.charCodeAt(at + 1) !== QUOTE) return null;
    at += 2;
    const price = scanDecimal(priceScale);
    if (price <= 0 || text.charCodeAt(at) !== COMMA || text.charCodeAt(at + 1) !== QUOTE) return null;
    at += 2;
    const size = scanDecimal(sizeScale);
    if (size < 0 || text.charCodeAt(at) !== CLOSE) return null;
    levels.push(price, size);
    const next = text.charCodeAt(at + 1);
    at += 2;
    if (next === CLOSE) return levels;
    if (next !== COMMA) return null;
  }
}

/** `true` or `false`; null: something else. */
export function scanTruth(): boolean | null {
  if (skip('true')) return true;
  return skip('false') ? false : null;
}
