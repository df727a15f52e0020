/** The cost basis of a position: stated, or from its entry price. */
import { toSafeInteger } from '../../../core/num/decimal.ts';
import type { Grid } from '../../../core/num/grid.ts';
import { ceil, div, floor, integer, mul, parseRational } from '../../../core/num/rational.ts';
import type { QuoteMicros, SizeLots } from '../../../core/num/units.ts';
import { Form, type ContractCommand } from '../../../core/schema/commands.ts';
import { excerpt } from '../problem.ts';
import { moneyOn } from './decode-amounts.ts';
import { contractValue } from './decode-contract.ts';
import { BadCommand, type Fields } from './fields.ts';

/** The position's market: its grid, and what it was told to be. */
interface Market {
  readonly grid: Grid;
  readonly contract: ContractCommand | null;
}

/**
 * Stated, or size x entry price, rounded up: against the account, as a fill would be. Of an inverse position size x contract
 * value / entry price, rounded down; of a balance of an asset nothing.
 */
export function costBasisOf(
  fields: Fields,
  size: SizeLots,
  { grid, contract }: Market,
  decimals: number,
): QuoteMicros {
  const stated = fields.has('costBasis');
  if (stated && fields.has('entryPrice'))
    throw fields.bad('COMMAND_FIELD_INVALID', 'entryPrice', 'give costBasis or entryPrice, not both');
  if (stated) return moneyOn(fields, 'costBasis', decimals);
  const isBalance = contract?.form === Form.collateral;
  if (!fields.has('entryPrice')) {
    if (size === 0 || isBalance) return 0 as QuoteMicros;
    throw new BadCommand(
      'COMMAND_FIELD_MISSING',
      'is missing: give costBasis (signed, size x price) or entryPrice',
      fields.at('costBasis'),
    );
  }
  if (isBalance)
    throw fields.bad(
      'COMMAND_FIELD_INVALID',
      'entryPrice',
      'an asset held as collateral has none: leave it out',
    );
  const entry = parseRational(fields.decimal('entryPrice'))!;
  if (entry.num <= 0n)
    throw fields.bad(
      'COMMAND_NUMBER',
      'entryPrice',
      `${excerpt(fields.value('entryPrice'))} is not above zero`,
    );
  const isInverse = contract?.form === Form.inverse;
  const perContract = isInverse ? div(contractValue(contract.value, grid), entry) : entry;
  const contracts = parseRational(fields.decimal('size'))!;
  const units = mul(mul(contracts, perContract), integer(10n ** BigInt(decimals)));
  const basis = toSafeInteger(isInverse ? floor(units) : ceil(units));
  if (basis === null)
    throw fields.bad('COMMAND_NUMBER', 'entryPrice', 'size at entryPrice passes 2^53 money units');
  return basis as QuoteMicros;
}
