/** Commands that state facts: marks, funding, accounts, collateral, positions, orders. May be rows of a transaction. */
import { Quality, Use } from '../core/schema/quality.ts';
import { Form, Leg } from '../core/schema/commands.ts';
import type {
  AccountCommand,
  CollateralCommand,
  FundingCommand,
  LiftCommand,
  MarksCommand,
  OrderCommand,
  PositionCommand,
  QualityCommand,
  SettleCommand,
  TransferCommand,
} from '../core/schema/commands.ts';
import { Reason } from '../core/schema/reasons.ts';
import { isLeg, isName, isWhole, suitsLeg } from './checks.ts';
import { abs } from './exact.ts';
import { accruedFunding, totalOrderCharge, type OrderSide } from './margin.ts';
import {
  addOrder,
  emptyBucket,
  findBucket,
  findPosition,
  fits,
  openBucket,
  putPosition,
  removeOrder,
  type Account,
  type Market,
  type State,
} from './state.ts';
import { formOf, lotValueAt, orderValue } from './worth.ts';

export function applyMarks(state: State, { marks }: MarksCommand): Reason {
  if (marks.length === 0) return Reason.number_invalid;
  for (const { market, price } of marks) {
    if (state.markets[market] === undefined) return Reason.market_unknown;
    if (!isMark(state.markets[market], price)) return Reason.mark_out_of_range;
  }
  for (const { market, price } of marks) setMark(state, state.markets[market], price);
  return Reason.accepted;
}

/** Levels do not depend on what is said about a price; verdicts do. */
export function applyQuality(state: State, command: QualityCommand): Reason {
  const { quality, allows, mark, reference } = command;
  const market = state.markets[command.market];
  if (market === undefined) return Reason.market_unknown;
  if (!Object.values<number>(Quality).includes(quality)) return Reason.number_invalid;
  const all = Object.values(Use).reduce<number>((sum, use) => sum + use, 0);
  if (!isWhole(allows) || allows < 0 || allows > all) return Reason.number_invalid;
  if (mark !== null && !isMark(market, mark)) return Reason.mark_out_of_range;
  if (reference !== null && !isMark(market, reference)) return Reason.mark_out_of_range;
  if (mark !== null && quality === Quality.implausible) return Reason.mark_implausible;
  if (mark !== null) setMark(state, market, mark);
  const isAsBefore = market.qualitySince !== null && market.quality === quality && market.allows === allows;
  if (!isAsBefore) market.qualitySince = state.timeUs;
  market.quality = quality;
  market.allows = allows;
  market.reference = reference === null ? null : BigInt(reference);
  touchHolders(state, market);
  return Reason.accepted;
}

export function applyLift(state: State, { market: row }: LiftCommand): Reason {
  const market = state.markets[row];
  if (market === undefined) return Reason.market_unknown;
  market.trippedSince = null;
  touchHolders(state, market);
  return Reason.accepted;
}

function isMark(market: Market, price: number): boolean {
  return isWhole(price) && lotValueAt(market, BigInt(price)) !== null;
}

function setMark(state: State, market: Market, price: number): void {
  market.mark = BigInt(price);
  market.lotValue = lotValueAt(market, market.mark)!;
  state.moved.add(market);
  touchHolders(state, market);
}

export function applyFunding(state: State, { market: row, index }: FundingCommand): Reason {
  const market = state.markets[row];
  if (market === undefined) return Reason.market_unknown;
  if (!isWhole(index)) return Reason.number_invalid;
  if (formOf(market) === Form.collateral) return Reason.collateral_market;
  market.fundingIndex = BigInt(index);
  state.moved.add(market);
  touchHolders(state, market);
  return Reason.accepted;
}

export function applyAccount(state: State, { name }: AccountCommand): Reason {
  if (!isName(name)) return Reason.name_invalid;
  if (state.accountNames.has(name)) return Reason.name_taken;
  const row = state.accounts.length;
  const cross = emptyBucket(row, false, 0, Leg.net);
  state.accounts.push({ row, name, cross, isolated: new Map(), orders: new Map() });
  state.accountNames.add(name);
  return Reason.accepted;
}

export function applyCollateral(state: State, command: CollateralCommand): Reason {
  const reason = checkMoney(state, command);
  if (reason !== Reason.accepted) return reason;
  const { isolated, market, leg } = command;
  openBucket(state, state.accounts[command.account], isolated, market, leg).collateral = BigInt(
    command.amount,
  );
  return Reason.accepted;
}

export function applyTransfer(state: State, command: TransferCommand): Reason {
  const reason = checkMoney(state, command);
  if (reason !== Reason.accepted) return reason;
  const { isolated, market, leg } = command;
  const account = state.accounts[command.account];
  const before = findBucket(account, isolated, market, leg)?.collateral ?? 0n;
  const after = before + BigInt(command.amount);
  if (!fits(after)) return Reason.amount_out_of_range;
  openBucket(state, account, isolated, market, leg).collateral = after;
  return Reason.accepted;
}

export function applyPosition(state: State, command: PositionCommand): Reason {
  const account = state.accounts[command.account];
  if (account === undefined) return Reason.account_unknown;
  const market = state.markets[command.market];
  if (market === undefined) return Reason.market_unknown;
  const { leg, isolated, fundingIndex } = command;
  if (!isLeg(leg) || !isWhole(command.size) || !isWhole(command.costBasis)) return Reason.number_invalid;
  if (fundingIndex !== null && !isWhole(fundingIndex)) return Reason.number_invalid;
  const size = BigInt(command.size);
  if (formOf(market) === Form.collateral) {
    const isBalance = leg === Leg.net && BigInt(command.costBasis) === 0n && BigInt(fundingIndex ?? 0) === 0n;
    if (!isBalance) return Reason.collateral_market;
    if (size < 0n) return Reason.balance_negative;
  }
  if (!suitsLeg(leg, size)) return Reason.leg_sign;
  if (size !== 0n && market.mark === null) return Reason.market_unpriced;
  if (size !== 0n && isHeldInOtherMode(account, market, leg, isolated)) return Reason.margin_mode_conflict;
  if (!fits(abs(size) * market.lotValue)) return Reason.amount_out_of_range;
  putPosition(openBucket(state, account, isolated, market.row, leg), {
    market,
    leg,
    size,
    costBasis: BigInt(command.costBasis),
    entryIndex: fundingIndex === null ? market.fundingIndex : BigInt(fundingIndex),
  });
  return Reason.accepted;
}

export function applySettle(state: State, command: SettleCommand): Reason {
  const account = state.accounts[command.account];
  if (account === undefined) return Reason.account_unknown;
  const market = state.markets[command.market];
  if (market === undefined) return Reason.market_unknown;
  const { leg, isolated } = command;
  if (!isLeg(leg)) return Reason.number_invalid;
  if (formOf(market) === Form.collateral) return Reason.collateral_market;
  const bucket = findBucket(account, isolated, market.row, leg);
  const position = findPosition(bucket, market, leg);
  if (bucket === undefined || position === undefined) return Reason.position_unknown;
  const accrued = accruedFunding(position);
  if (!fits(accrued) || !fits(bucket.collateral + accrued)) return Reason.amount_out_of_range;
  if ((market.allows & Use.settle) === 0) return Reason.market_held;
  bucket.collateral += accrued;
  position.entryIndex = market.fundingIndex;
  state.touched.add(bucket);
  return Reason.accepted;
}

export function applyOrder(state: State, command: OrderCommand): Reason {
  const account = state.accounts[command.account];
  if (account === undefined) return Reason.account_unknown;
  const market = state.markets[command.market];
  if (market === undefined) return Reason.market_unknown;
  const { leg, isolated, id } = command;
  if (!isLeg(leg) || !isWhole(id) || id < 1 || !isWhole(command.size) || !isWhole(command.price)) {
    return Reason.number_invalid;
  }
  if (command.size !== 0 && command.price < 1) return Reason.number_invalid;
  if (formOf(market) === Form.collateral) return Reason.collateral_market;
  const size = BigInt(command.size);
  const price = BigInt(command.price);
  const notional = size === 0n ? 0n : orderValue(market, size, price);
  const others =
    findBucket(account, isolated, market.row, leg)?.orders.filter((order) => order.id !== id) ?? [];
  if (size !== 0n && !ordersFit([...others, { market, size, notional }], market))
    return Reason.amount_out_of_range;
  const replaced = account.orders.get(id);
  if (replaced !== undefined) {
    removeOrder(replaced, account);
    state.touched.add(replaced.bucket);
  }
  if (size !== 0n) {
    const bucket = openBucket(state, account, isolated, market.row, leg);
    addOrder({ id, bucket, market, leg, size, price, notional }, account);
  }
  return Reason.accepted;
}

/** A position of the same market and leg in the other margin mode: it must be closed first. */
export function isHeldInOtherMode(account: Account, market: Market, leg: Leg, isolated: boolean): boolean {
  return findPosition(findBucket(account, !isolated, market.row, leg), market, leg) !== undefined;
}

/** Whether a bucket's orders of one market, both sides together, and the charges of all its orders stay within 2^53. */
function ordersFit(orders: readonly OrderSide[], market: Market): boolean {
  const sum = orders.reduce((sum, order) => (order.market === market ? sum + order.notional : sum), 0n);
  return fits(sum) && fits(totalOrderCharge(orders));
}

/** The cross bucket belongs to no market: whatever a transfer to it names is not looked at. */
function checkMoney(state: State, command: CollateralCommand | TransferCommand): Reason {
  if (state.accounts[command.account] === undefined) return Reason.account_unknown;
  if (command.isolated && state.markets[command.market] === undefined) return Reason.market_unknown;
  if (command.isolated && !isLeg(command.leg)) return Reason.number_invalid;
  return isWhole(command.amount) ? Reason.accepted : Reason.number_invalid;
}

function touchHolders(state: State, market: Market): void {
  for (const bucket of market.holders) state.touched.add(bucket);
}
