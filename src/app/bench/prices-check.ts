/**
 * Whether a price is what it should be, found out the slow way: from what every source last said, in whole numbers without a
 * bound, along the words of the rules and not along the router's code. Averages are taken from the explanation.
 */
import { toScaled } from '../../core/num/decimal.ts';
import type { PriceExplanation } from '../../core/price/explain-price.ts';
import type { Instrument, InstrumentRow } from '../../core/price/venue-event.ts';
import type { PricedMarket } from '../../core/price/price-rules.ts';

/** By instrument, what was last said, in its own units. */
export interface LastSaid {
  readonly bid: ArrayLike<number>;
  readonly ask: ArrayLike<number>;
  readonly last: ArrayLike<number>;
  readonly mark: ArrayLike<number>;
}

/** Finer than any price; averages are explained to as many decimals behind the scale of their market. */
const SCALE = 24;

/** Null: it is right. */
export function priceFault(
  explanation: PriceExplanation,
  market: PricedMarket,
  instruments: readonly Instrument[],
  said: LastSaid,
): string | null {
  const unitsOf = (row: InstrumentRow, units: number): bigint =>
    BigInt(units) * 10n ** BigInt(SCALE - instruments[row].priceScale);
  const midOf = (row: InstrumentRow): bigint =>
    (unitsOf(row, said.bid[row]) + unitsOf(row, said.ask[row])) / 2n;

  for (const { status, venue } of explanation.sources)
    if (status !== 'used') return `${market.name}: ${venue} is ${status}`;
  const index = weightedMedian(
    market.sources.map((of) => ({ price: midOf(of.instrument), weight: of.weight })),
  );
  if (index !== scaled(explanation.index))
    return `${market.name}: the index is ${explanation.index}, and by its sources ${index}e-${SCALE}`;

  const own = market.own!;
  const [bid, ask, last] = [said.bid, said.ask, said.last].map((column) => unitsOf(own, column[own]));
  const parts = market.mark.parts.map((part, at): bigint => {
    switch (part) {
      case 'index':
        return index;
      case 'mid':
        return midOf(own);
      case 'last':
        return last;
      case 'book':
        return middle([bid, ask, last]);
      case 'published':
        return unitsOf(own, said.mark[own]);
      case 'perps':
        return weightedMedian(market.perps.map((of) => ({ price: midOf(of.instrument), weight: of.weight })));
      default:
        return scaled(explanation.rule.parts[at].value);
    }
  });
  const mark = rounded(middle(parts), scaled(market.grid.markTick));
  if (mark === scaled(explanation.mark)) return null;
  return `${market.name}: the mark is ${explanation.mark}, and by its parts ${mark}e-${SCALE}`;
}

function scaled(text: string | null): bigint {
  return text === null ? 0n : toScaled(text, SCALE, 'exact')!;
}

/** The lowest price at which half of all weight is reached. */
function weightedMedian(votes: readonly { readonly price: bigint; readonly weight: number }[]): bigint {
  const prices = votes.flatMap(({ price, weight }) => Array<bigint>(weight).fill(price)).toSorted(compare);
  return prices[Math.ceil(prices.length / 2) - 1];
}

function middle(values: readonly bigint[]): bigint {
  return values.toSorted(compare)[values.length >> 1];
}

function compare(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Half to even. */
function rounded(value: bigint, step: bigint): bigint {
  const floor = value / step;
  const over = 2n * (value % step) - step;
  return (over > 0n || (over === 0n && floor % 2n === 1n) ? floor + 1n : floor) * step;
}
