/**
 * Forms of markets inside. All machinery of margin and watch knows one kind of market, the linear one, whose worth is size *
 * mark * unit. An inverse market is one whose mark is the worth of a lot and whose sizes, cost bases and funding are
 * turned round; a collateral market is one whose mark has its haircut taken. Here is where marks, prices and signs change
 * between outside, as `ContractCommand` says, and inside (docs/decisions/0014-inverse-and-collateral.md). Nothing that goes
 * over positions asks for a form.
 */
import { ceilDiv, floorDiv, narrow } from '../num/exact.ts';
import { MARK_MAX } from '../num/units.ts';
import { Form, type ContractCommand, type MarketCommand } from '../schema/commands.ts';

export type Contract = Pick<ContractCommand, 'form' | 'value' | 'weight'>;

/** One market's way between outside and inside. */
export class Terms {
  readonly contract: Contract;
  readonly form: Form;
  /** What sizes, cost bases and funding indices are multiplied by, either way. */
  readonly sign: 1 | -1;
  /** Money units of one lot and mark tick, inside. */
  readonly unit: number;
  /** The mark inside is num / (den * m) for an inverse market, num * m / den otherwise. */
  readonly #num: bigint;
  readonly #den: bigint;
  /** Money units of one lot at p ticks: num / (den * p) for an inverse market, num * p / den otherwise. */
  readonly tickNum: bigint;
  readonly tickDen: bigint;

  constructor(contract: Contract, market: Pick<MarketCommand, 'markUnit' | 'tickUnit'>, decimals: number) {
    const { form, value, weight } = contract;
    const { markUnit, tickUnit } = market;
    this.contract = contract;
    this.form = form;
    this.sign = form === Form.inverse ? -1 : 1;
    this.unit = form === Form.inverse ? 1 : markUnit;
    if (form === Form.inverse) {
      this.#num = BigInt(value.num) * 10n ** BigInt(decimals);
      this.#den = BigInt(value.den);
      this.tickNum = this.#num * BigInt(markUnit) * BigInt(tickUnit.den);
      this.tickDen = this.#den * BigInt(tickUnit.num);
    } else {
      this.#num = BigInt(weight.num);
      this.#den = BigInt(weight.den);
      this.tickNum = BigInt(tickUnit.num);
      this.tickDen = BigInt(tickUnit.den);
    }
  }

  /** The mark inside of a mark as it came in; 0 where there is none in [1, MARK_MAX]. */
  inside(mark: number): number {
    const inner =
      this.form === Form.inverse
        ? roundHalfEven(this.#num, this.#den * BigInt(mark))
        : floorDiv(this.#num * BigInt(mark), this.#den);
    return inner >= 1n && inner <= BigInt(MARK_MAX) ? Number(inner) : 0;
  }

  /** ceil of what `size` signed lots, as inside, are worth at an order price; null past 2^53. */
  valueAt(size: number, price: number): number | null {
    const lots = BigInt(size);
    const at = BigInt(price);
    return narrow(
      this.form === Form.inverse
        ? ceilDiv(lots * this.tickNum, this.tickDen * at)
        : ceilDiv(lots * at * this.tickNum, this.tickDen),
    );
  }
}

function roundHalfEven(num: bigint, den: bigint): bigint {
  const floor = num / den;
  const twice = 2n * (num - floor * den);
  return twice > den || (twice === den && floor % 2n === 1n) ? floor + 1n : floor;
}
