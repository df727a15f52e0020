/** How the calculator prints: amounts exactly where a finite decimal exists, ratios without lying. */

import {
  compare,
  integer,
  parseRational,
  sign,
  toExactText,
  toFixedText,
  toText,
  type Rational,
} from '../num/rational.ts';
import type { Market } from './account.ts';

const AMOUNT_DIGITS = 20;
const ONE = integer(1);

/** Exact; a fraction without a finite decimal to 20 significant digits, half-even. */
export function amountText(amount: Rational): string {
  return toExactText(amount) ?? toText(amount, AMOUNT_DIGITS);
}

/** With the tick's decimals ("40000.0"), or without a tick to 12 significant digits. */
export function priceText(market: Market, price: Rational): string {
  return market.tick === null ? toText(price) : toFixedText(price, market.tickDecimals);
}

/**
 * Two decimals, half-even, and more wherever two would hide which side of 1 or of 0 a ratio is on:
 * 0.99999 must not be printed as the threshold it is under.
 */
export function ratioText(ratio: Rational): string {
  for (let decimals = 2; ; decimals += 1) {
    const text = toFixedText(ratio, decimals);
    const printed = parseRational(text)!;
    if (compare(printed, ONE) === compare(ratio, ONE) && sign(printed) === sign(ratio)) return text;
  }
}
