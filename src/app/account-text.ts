/** A margin bucket as text, every number that its levels follow from: for `explain` and for a checker's difference. */
import { scaledToText } from '../core/num/decimal.ts';
import { LEG_NAMES } from '../core/schema/commands.ts';
import { LEVEL_NAMES } from '../core/schema/levels.ts';
import type { BucketReport, PositionReport } from '../reference/inspect.ts';

interface Fraction {
  readonly num: bigint;
  readonly den: bigint;
}

/** One bucket; `decimals` is how many the settlement asset's smallest unit has. */
export function bucketText(bucket: BucketReport, decimals: number): string {
  const money = (amount: bigint): string => scaledToText(amount, decimals);
  const { equity, maintenance, collateral, accruedFunding, orderCharge } = bucket;
  const pnl = equity - collateral - accruedFunding;
  return [
    `${bucketName(bucket)}: ${LEVEL_NAMES[bucket.level]}`,
    `  equity ${money(equity)} = collateral ${money(collateral)}, unrealized ${money(pnl)}, funding ${money(accruedFunding)}`,
    `  maintenance ${money(maintenance)} = positions ${money(maintenance - orderCharge)}, orders ${money(orderCharge)}`,
    `  excess ${money(equity - maintenance)}, health ${health(equity, maintenance)}`,
    ...bucket.positions.map((position) => indent(positionText(position, decimals))),
    ...bucket.orders.map(
      ({ market, count, charge }) => `  market ${market}: ${count} orders charge ${money(charge)}`,
    ),
  ].join('\n');
}

function positionText(position: PositionReport, decimals: number): string {
  const money = (amount: bigint): string => scaledToText(amount, decimals);
  const { size, costBasis, mark, notional, accruedFunding, fundingIndex, entryIndex } = position;
  const { tier, tierFloor, mmr, cum, closeFee, maintenanceUnrounded, maintenance } = position;
  return [
    `${position.marketName} ${LEG_NAMES[position.leg]}: ${size} lots, basis ${money(costBasis)}, mark ${mark} mark ticks`,
    `  unrealized ${money(position.unrealizedPnl)}, funding ${money(accruedFunding)} (index ${entryIndex} to ${fundingIndex})`,
    `  notional ${money(notional)} in tier ${tier} from ${money(tierFloor)}: rate ${ratio(mmr)}, ` +
      `deduction ${ratio(cum)} units, close fee ${ratio(closeFee)}`,
    `  maintenance ${ratio(maintenanceUnrounded)} units, rounded up ${money(maintenance)}`,
  ].join('\n');
}

function bucketName({ isolated, market, leg }: BucketReport): string {
  return isolated ? `isolated bucket of market ${market}, ${LEG_NAMES[leg]}` : 'cross bucket';
}

/** Four decimals, rounded down; equity / maintenance is only shown here, never compared. */
function health(equity: bigint, maintenance: bigint): string {
  if (maintenance === 0n) return 'none';
  const scaled = equity * 10_000n;
  const quotient = scaled / maintenance;
  const floor = scaled < 0n && quotient * maintenance !== scaled ? quotient - 1n : quotient;
  return scaledToText(floor, 4);
}

function ratio({ num, den }: Fraction): string {
  return den === 1n ? String(num) : `${num}/${den}`;
}

function indent(text: string): string {
  return text.replaceAll(/^/gm, '  ');
}
