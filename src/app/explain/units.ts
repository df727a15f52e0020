/** Whole units as decimal text, in the precision of one engine's asset and markets. */
import { scaledToText } from '../../core/num/decimal.ts';
import { gridOf, isGrid, lotsToText, markToText, priceToText, type Grid } from '../../core/num/grid.ts';
import { div, fraction, toExactText, toText, type Rational } from '../../core/num/rational.ts';
import type { MarkTicks, PriceTicks, Rate, SizeLots } from '../../core/num/units.ts';
import { Form, type SettingsCommand } from '../../core/schema/commands.ts';
import type { Book } from '../../core/state/book.ts';
import { contractValue } from '../../io/ingest/file/decode-contract.ts';
import { timeToText } from '../../io/ingest/file/fields.ts';
import { OperationalError } from '../../io/operational-error.ts';

interface Fraction {
  readonly num: bigint;
  readonly den: bigint;
}

export class Units {
  readonly asset: string;
  readonly decimals: number;
  readonly #grids: readonly Grid[];
  /** What cost over size is multiplied by, to be money a whole unit. */
  readonly #scales: readonly Fraction[];
  /** Contract value by market; null where it is not inverse. */
  readonly #values: readonly (Rational | null)[];
  /** What an asset held as collateral counts for; 1 elsewhere. */
  readonly #weights: readonly string[];
  readonly #names: readonly string[];

  constructor({ markets }: Book, { asset, decimals }: SettingsCommand) {
    this.asset = asset;
    this.decimals = decimals;
    this.#names = markets.specs.map(({ name }) => name);
    this.#grids = markets.specs.map(({ name, tick, lot, markTick }) => {
      const grid = gridOf({ tick, lot, markTick, decimals });
      if (isGrid(grid)) return grid;
      throw new OperationalError('MARKET_GRID', `market ${name}: ${grid.problem}`, {
        field: grid.field,
        market: name,
      });
    });
    this.#scales = this.#grids.map(({ steps }) => ({
      num: 10n ** BigInt(steps.size.scale),
      den: BigInt(steps.size.digits) * 10n ** BigInt(decimals),
    }));
    this.#weights = markets.terms.map((terms) => (terms === null ? '1' : rateText(terms.contract.weight)));
    this.#values = markets.terms.map((terms, row) =>
      terms?.form === Form.inverse ? contractValue(terms.contract.value, this.#grids[row]) : null,
    );
  }

  market(row: number): string {
    return this.#names[row];
  }

  grid(row: number): Grid {
    return this.#grids[row];
  }

  /** All decimals of the asset: 16.000000. */
  money(amount: bigint | number): string {
    return scaledToText(amount, this.decimals);
  }

  /** Without trailing zeros: 16. */
  amount(amount: bigint | number): string {
    return scaledToText(amount, this.decimals, { trim: true });
  }

  /** A part of money units exactly, or as a fraction of them where it has no finite decimal. */
  exact({ num, den }: Fraction): string {
    const units = fraction(num, den);
    return (
      toExactText(fraction(num, den * 10n ** BigInt(this.decimals))) ??
      `${units.num}/${units.den}e-${this.decimals}`
    );
  }

  /** A mark, with the decimals of the market's tick at least. */
  mark(market: number, mark: bigint | number): string {
    return padded(markToText(Number(mark) as MarkTicks, this.#grids[market]), this.#grids[market]);
  }

  price(market: number, price: number): string {
    return padded(priceToText(price as PriceTicks, this.#grids[market]), this.#grids[market]);
  }

  size(market: number, lots: bigint | number): string {
    return lotsToText(Number(lots) as SizeLots, this.#grids[market]);
  }

  /**
   * Cost basis / size, of an inverse market size x contract value / cost basis: derived, for people; to 12 significant digits
   * where it does not end before.
   */
  entryPrice(market: number, cost: bigint, size: bigint): string {
    const scale = this.#scales[market];
    const sign = size < 0n ? -1n : 1n;
    // It is not reduced: that takes longer than all else here.
    const perUnit = { num: sign * cost * scale.num, den: sign * size * scale.den };
    const value = this.#values[market];
    if (value === null) return padded(toText(perUnit), this.#grids[market]);
    return perUnit.num === 0n ? 'none' : padded(toText(div(value, perUnit)), this.#grids[market]);
  }

  weight(market: number): string {
    return this.#weights[market];
  }

  /** What one contract of an inverse market is worth in its quote currency. */
  contractValue(market: number): string {
    const value = this.#values[market];
    return value === null ? 'none' : toText(value);
  }
}

/** 0.004, or 1/30 where no decimal ends. */
export function rateText({ num, den }: Fraction | Rate): string {
  const rate = fraction(BigInt(num), BigInt(den));
  return toExactText(rate) ?? `${rate.num}/${rate.den}`;
}

export function timeText(timeUs: number): string {
  return timeToText(timeUs as never);
}

function padded(text: string, { steps }: Grid): string {
  const { scale } = steps.price;
  if (scale === 0) return text;
  const point = text.indexOf('.');
  if (point === -1) return `${text}.${'0'.repeat(scale)}`;
  return text.padEnd(point + 1 + scale, '0');
}
