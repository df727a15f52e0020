/**
 * How many lots of a liquidatable position to close in the book now (`LiquidationRules`; each venue's way is one of `ClosePolicy`). At
 * least one and no more than there are. What the book then takes, and at which price, is not known here: where it was too little, the
 * bucket is still liquidatable and there is another round.
 */
import { ceilDiv, mulDivCeil, mulDivFloor } from '../num/exact.ts';
import type { Rate } from '../num/units.ts';
import { ClosePolicy, type LiquidationRules } from '../schema/venue-commands.ts';

/** What is known of the position and its bucket, at the mark. Sizes without sign; one object may be used again and again. */
export interface CloseFacts {
  size: number;
  /** Worth of one lot, so that size * lotNotional is the position's notional. */
  lotNotional: number;
  /** What the market's tiers go by: the notional, or what the position cost; above 0. */
  base: number;
  /** Of the tier that the base is in: its floor in money (0 in the lowest) and its maintenance rate. */
  tierFloor: number;
  tierRate: Rate;
  /** Of the bucket. */
  equity: number;
  maintenance: number;
  /** Paid to trade, beside the fee of the rules. */
  takerFee: Rate;
  /** fraction: whether the pause is over. */
  isSecondRound: boolean;
}

export function closeSize(rules: LiquidationRules, facts: CloseFacts): number {
  switch (rules.policy) {
    case ClosePolicy.full:
      return facts.size;
    case ClosePolicy.tier_step:
      return tierStep(facts);
    case ClosePolicy.fraction:
      return facts.isSecondRound || facts.size * facts.lotNotional <= rules.threshold
        ? facts.size
        : mulDivCeil(facts.size, rules.share.num, rules.share.den)!;
    case ClosePolicy.shortage:
      return coverShortage(rules, facts);
  }
}

/** So much that the base of what is left, rounded up, lies under the floor of its tier. */
function tierStep({ size, base, tierFloor }: CloseFacts): number {
  return tierFloor === 0 ? size : size - mulDivFloor(tierFloor - 1, size, base)!;
}

/**
 * x lots closed at the mark cost their fees and take maintenance of their tier away:
 *
 *   equity - x * lot * fees = buffer * (maintenance - x * base / size * rate)
 *   x = (buffer * maintenance - equity) * size / (buffer * base * rate - size * lot * fees)
 *
 * In a lower tier a lot takes less maintenance away, so it may be too little, and never too much. Where fees take more than
 * closing gives, no size is enough and all of it goes.
 */
function coverShortage(rules: LiquidationRules, facts: CloseFacts): number {
  const { buffer, fee, threshold } = rules;
  const { tierRate, takerFee } = facts;
  const size = BigInt(facts.size);
  const notional = size * BigInt(facts.lotNotional);
  const bufferDen = BigInt(buffer.den);
  // Times the denominator of the buffer.
  const shortage = BigInt(buffer.num) * BigInt(facts.maintenance) - bufferDen * BigInt(facts.equity);
  if (shortage < BigInt(threshold) * bufferDen) return facts.size;
  const feesDen = BigInt(fee.den) * BigInt(takerFee.den);
  const fees = BigInt(fee.num) * BigInt(takerFee.den) + BigInt(takerFee.num) * BigInt(fee.den);
  const rateDen = BigInt(tierRate.den);
  // What closing all of it gives, times the denominators of buffer, rate and fees.
  const gives =
    BigInt(buffer.num) * BigInt(facts.base) * BigInt(tierRate.num) * feesDen -
    notional * fees * bufferDen * rateDen;
  if (gives <= 0n) return facts.size;
  const lots = ceilDiv(shortage * rateDen * feesDen * size, gives);
  return lots < 1n ? 1 : lots >= size ? facts.size : Number(lots);
}
