/** What lots are worth, by the form of their market, as `ContractCommand` states it. */
import { MARK_MAX } from '../core/num/units.ts';
import { Form } from '../core/schema/commands.ts';
import { abs, ceilDiv, exact, floorDiv, type Exact } from './exact.ts';
import type { Market } from './state.ts';

export function formOf({ contract }: Market): Form {
  return contract === null ? Form.linear : contract.form;
}

/** Money units of one lot at `mark`; null where such a mark cannot be. */
export function lotValueAt(market: Market, mark: bigint): bigint | null {
  const { contract, markUnit } = market;
  const isMark = (price: bigint): boolean => price >= 1n && price <= BigInt(MARK_MAX);
  if (!isMark(mark)) return null;
  if (contract === null || contract.form === Form.linear) return mark * markUnit;
  if (contract.form === Form.collateral) {
    const price = floorDiv(mark * BigInt(contract.weight.num), BigInt(contract.weight.den));
    return isMark(price) ? price * markUnit : null;
  }
  const worth = roundHalfEven(
    exact(BigInt(contract.value.num) * contract.money, BigInt(contract.value.den) * mark),
  );
  return isMark(worth) ? worth : null;
}

/** What `size` signed lots are worth at an order price, not rounded. */
function worthAt({ contract, markUnit, tickUnit }: Market, size: bigint, price: bigint): Exact {
  if (contract === null || contract.form !== Form.inverse)
    return exact(size * price * tickUnit.num, tickUnit.den);
  const perLot = BigInt(contract.value.num) * contract.money * markUnit * tickUnit.den;
  return exact(size * perLot, BigInt(contract.value.den) * price * tickUnit.num);
}

/** What an order of `size` lots counts for: rounded up. */
export function orderValue(market: Market, size: bigint, price: bigint): bigint {
  const { num, den } = worthAt(market, abs(size), price);
  return ceilDiv(num, den);
}

/** What a fill of `size` signed lots adds to a cost basis: up, and down in an inverse market, where a basis is what one gains by. */
export function fillValue(market: Market, size: bigint, price: bigint): bigint {
  const { num, den } = worthAt(market, size, price);
  return formOf(market) === Form.inverse ? floorDiv(num, den) : ceilDiv(num, den);
}

/** The nearest whole number, of two as near the even one. */
export function roundHalfEven({ num, den }: Exact): bigint {
  const below = floorDiv(num, den);
  const excess = 2n * (num - below * den) - den;
  if (excess === 0n) return below % 2n === 0n ? below : below + 1n;
  return excess < 0n ? below : below + 1n;
}
