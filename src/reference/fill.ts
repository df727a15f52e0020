/** A fill of our own books, in the four steps that `FillCommand` documents. */
import { Form, type FillCommand } from '../core/schema/commands.ts';
import { Reason } from '../core/schema/reasons.ts';
import { isLeg, isWhole, suitsLeg } from './checks.ts';
import { abs, ceilDiv, floorDiv, min } from './exact.ts';
import { accruedFunding } from './margin.ts';
import { isHeldInOtherMode } from './rows.ts';
import { findBucket, findPosition, fits, openBucket, putPosition, type State } from './state.ts';
import { fillValue, formOf } from './worth.ts';

export function applyFill(state: State, command: FillCommand): Reason {
  const account = state.accounts[command.account];
  if (account === undefined) return Reason.account_unknown;
  const market = state.markets[command.market];
  if (market === undefined) return Reason.market_unknown;
  const { leg, isolated } = command;
  if (!isLeg(leg) || !isWhole(command.fee)) return Reason.number_invalid;
  if (!isWhole(command.size) || command.size === 0) return Reason.number_invalid;
  if (!isWhole(command.price) || command.price < 1) return Reason.number_invalid;
  if (formOf(market) === Form.collateral) return Reason.collateral_market;
  const isInverse = formOf(market) === Form.inverse;

  const bucket = findBucket(account, isolated, market.row, leg);
  const position = findPosition(bucket, market, leg);
  const fill = BigInt(command.size);
  const price = BigInt(command.price);
  const before = position?.size ?? 0n;
  const after = before + fill;
  if (!suitsLeg(leg, after)) return Reason.leg_sign;
  if (market.mark === null) return Reason.market_unpriced;
  if (isHeldInOtherMode(account, market, leg, isolated)) return Reason.margin_mode_conflict;

  // 1. Accrued funding is settled.
  const funding = position === undefined ? 0n : accruedFunding(position);
  const settled = (bucket?.collateral ?? 0n) + funding;

  // 2. The part that closes releases its share of the basis.
  const isOpposite = before > 0n ? fill < 0n : before < 0n && fill > 0n;
  const closed = isOpposite ? min(abs(before), abs(fill)) : 0n;
  const closing = fill > 0n ? closed : -closed;
  const basis = position?.costBasis ?? 0n;
  const share = isInverse ? ceilDiv : floorDiv;
  const released = closed === 0n ? 0n : share(basis * closed, abs(before));
  const proceeds = fillValue(market, closing, price);
  const realized = isInverse ? settled + proceeds + released : settled - proceeds - released;

  // 3. The rest opens or adds.
  const cost = fillValue(market, fill - closing, price);
  const costBasis = basis - released + cost;

  // 4. The fee.
  const collateral = realized - BigInt(command.fee);

  // An isolated bucket whose position is closed hands its collateral to the cross bucket.
  const goesToCross = isolated && after === 0n;
  const cross = goesToCross ? account.cross.collateral + collateral : account.cross.collateral;
  const notional = abs(after) * market.lotValue;
  const amounts = [funding, released, proceeds, cost, costBasis, collateral, cross, notional];
  if (!amounts.every(fits)) return Reason.amount_out_of_range;

  const target = openBucket(state, account, isolated, market.row, leg);
  putPosition(target, { market, leg, size: after, costBasis, entryIndex: market.fundingIndex });
  target.collateral = goesToCross ? 0n : collateral;
  if (goesToCross) {
    account.cross.collateral = cross;
    state.touched.add(account.cross);
  }
  return Reason.accepted;
}
