/**
 * A position from its fills: signed size, cost basis, realised profit. The average-cost rules:
 *
 *   same direction    the cost basis grows by size * price; nothing is realised
 *   opposite          floor(cost * closed / size) of the basis is released and the difference realised
 *   through zero      the whole is closed, and the rest opens at the fill's price
 *
 * The basis is what is stored; the entry price is derived from it. Without a money unit nothing is
 * rounded.
 */

import {
  abs,
  add,
  compare,
  div,
  min,
  mul,
  negate,
  ONE,
  roundTo,
  sub,
  ZERO,
  type Rational,
} from '../num/rational.ts';
import type { ContractKind } from './input.ts';

export interface FilledPosition {
  readonly size: Rational;
  /** Signed: size * price for a linear contract, size / price for an inverse one, times contract value. */
  readonly costBasis: Rational;
  /** Less fees. */
  readonly realizedPnl: Rational;
}

export interface Fill {
  /** Signed: + bought, - sold. */
  readonly size: Rational;
  readonly price: Rational;
  readonly fee: Rational;
}

export interface FillContract {
  readonly kind: ContractKind;
  readonly contractValue: Rational;
  readonly moneyUnit: Rational | null;
}

export const FLAT: FilledPosition = { size: ZERO, costBasis: ZERO, realizedPnl: ZERO };

export function applyFill(position: FilledPosition, fill: Fill, contract: FillContract): FilledPosition {
  const value = (size: Rational): Rational =>
    mul(mul(size, contract.contractValue), contract.kind === 'linear' ? fill.price : div(ONE, fill.price));
  const { size, costBasis } = position;
  const paid = sub(position.realizedPnl, fill.fee);
  if (size.num === 0n || size.num > 0n === fill.size.num > 0n) {
    return {
      size: add(size, fill.size),
      costBasis: add(costBasis, value(fill.size)),
      realizedPnl: paid,
    };
  }
  const closed = min(abs(size), abs(fill.size));
  const signedClosed = size.num > 0n ? closed : negate(closed);
  const share = mul(costBasis, div(closed, abs(size)));
  const released = contract.moneyUnit === null ? share : roundTo(share, contract.moneyUnit, 'floor');
  const gain = sub(value(signedClosed), released);
  const rest = add(size, fill.size);
  const opens = compare(abs(fill.size), closed) > 0;
  return {
    size: rest,
    costBasis: opens ? value(rest) : sub(costBasis, released),
    realizedPnl: add(paid, contract.kind === 'linear' ? gain : negate(gain)),
  };
}

/** Null when flat. */
export function entryPrice(position: FilledPosition, contract: FillContract): Rational | null {
  if (position.size.num === 0n) return null;
  const size = mul(position.size, contract.contractValue);
  return contract.kind === 'linear' ? div(position.costBasis, size) : div(size, position.costBasis);
}
