/**
 * The commands that change marks, funding, accounts, collateral, positions and orders. Each function applies its command
 * to the book, or returns why not and leaves everything as it was. Levels come later, in `Watch.settle`.
 */
import { accruedFunding, accruedFundingWide, isRow, isWhole, mulDivFloor, narrow } from '../num/exact.ts';
import { MARK_MAX, SAFE_MAX, type MarketRow, type MarkTicks } from '../num/units.ts';
import {
  Form,
  Leg,
  type AccountCommand,
  type CollateralCommand,
  type FillCommand,
  type FundingCommand,
  type LiftCommand,
  type MarksCommand,
  type MarkUpdate,
  type OrderCommand,
  type PositionCommand,
  type QualityCommand,
  type SettleCommand,
  type TransferCommand,
} from '../schema/commands.ts';
import { Quality, QUALITY_NAMES, Use, USES_ALL } from '../schema/quality.ts';
import { Reason } from '../schema/reasons.ts';
import { BUCKET_NONE, POSITION_MISSING, type Book } from '../state/book.ts';
import { BUCKET_F64, BucketField, placeOf } from '../state/buckets.ts';
import { MARK_NONE, MARKET_STRIDE, MarketField } from '../state/markets.ts';
import { isName } from '../state/names.ts';
import { MARGIN_F64, MarginField, ORDER_F64, ORDER_I32, OrderField, OrderLink } from '../state/orders.ts';
import { END, POSITION_F64, PositionField } from '../state/positions.ts';
import type { Watch } from '../watch/watch.ts';

// Constants of its own are compiled in; another module's, and those that it exports, are looked up at every turn.
const P_F64 = POSITION_F64;
const MOST = SAFE_MAX;
const NO_BUCKET = BUCKET_NONE;
const MISSING = POSITION_MISSING;
const UNPRICED = MARK_NONE;
const { size: P_SIZE, cost: P_COST, funding: P_FUNDING } = PositionField;
const { net: NET, long: LONG, short: SHORT } = Leg;
const { accepted: ACCEPTED } = Reason;
const { collateral: COLLATERAL } = Form;

type InBucket =
  | CollateralCommand
  | TransferCommand
  | PositionCommand
  | FillCommand
  | SettleCommand
  | OrderCommand;

export function applyMarks(book: Book, watch: Watch, command: MarksCommand): Reason {
  const { marks } = command;
  if (marks.length === 0) return Reason.number_invalid;
  for (let at = 0; at < marks.length; at++) {
    const { market, price } = marks[at];
    if (!isRow(market, book.markets.count)) return Reason.market_unknown;
    if (!isMark(book, market, price)) return Reason.mark_out_of_range;
  }
  const inside = book.markets.termsCount === 0 ? marks : marks.map((mark) => takeMark(book, mark));
  watch.moveAll(inside);
  return ACCEPTED;
}

/** `timeUs` is the engine's. The watch needs to know of a mark alone: no level depends on what is said about it. */
export function applyQuality(book: Book, watch: Watch, command: QualityCommand, timeUs: number): Reason {
  const { market, quality, allows, mark, reference } = command;
  if (!isRow(market, book.markets.count)) return Reason.market_unknown;
  if (!isRow(quality, QUALITY_NAMES.length)) return Reason.number_invalid;
  if (!isWhole(allows) || allows < 0 || allows > USES_ALL) return Reason.number_invalid;
  if (mark !== null && !isMark(book, market, mark)) return Reason.mark_out_of_range;
  if (reference !== null && !isMark(book, market, reference)) return Reason.mark_out_of_range;
  if (mark !== null && quality === Quality.implausible) return Reason.mark_implausible;
  if (mark !== null) watch.moveAll([takeMark(book, { market, price: mark })]);
  book.markets.setQuality(market, (quality + 0) as Quality, allows + 0, reference ?? UNPRICED, timeUs);
  return ACCEPTED;
}

export function applyLift(book: Book, command: LiftCommand): Reason {
  if (!isRow(command.market, book.markets.count)) return Reason.market_unknown;
  book.markets.lift(command.market);
  return ACCEPTED;
}

function isMark({ markets }: Book, market: MarketRow, price: number): boolean {
  return isWhole(price) && price >= 1 && price <= MARK_MAX && markets.inside(market, price) !== 0;
}

/** Notes the mark of a market with a contract; answers what the watch takes for it. */
function takeMark({ markets }: Book, { market, price }: MarkUpdate): MarkUpdate {
  if (markets.terms[market] === null) return { market, price };
  markets.fields[market * MARKET_STRIDE + MarketField.told] = price;
  return { market, price: markets.inside(market, price) as MarkTicks };
}

export function applyFunding(book: Book, watch: Watch, command: FundingCommand): Reason {
  if (!isRow(command.market, book.markets.count)) return Reason.market_unknown;
  if (!isWhole(command.index)) return Reason.number_invalid;
  if (isCollateral(book, command.market)) return Reason.collateral_market;
  watch.fund(command.market, book.markets.sign(command.market) * command.index + 0);
  return ACCEPTED;
}

export function applyAccount(book: Book, command: AccountCommand): Reason {
  if (!isName(command.name)) return Reason.name_invalid;
  if (book.accounts.find(command.name) >= 0) return Reason.name_taken;
  book.openAccount(command.name);
  return ACCEPTED;
}

export function applyCollateral(book: Book, command: CollateralCommand): Reason {
  const reason = checkBucket(book, command, command.isolated);
  if (reason !== ACCEPTED) return reason;
  if (!isWhole(command.amount)) return Reason.number_invalid;
  credit(book, command, command.amount);
  return ACCEPTED;
}

export function applyTransfer(book: Book, command: TransferCommand): Reason {
  const reason = checkBucket(book, command, command.isolated);
  if (reason !== ACCEPTED) return reason;
  if (!isWhole(command.amount)) return Reason.number_invalid;
  const bucket = bucketOf(book, command);
  const amount = (bucket === NO_BUCKET ? 0 : book.collateral(bucket)) + command.amount;
  if (!isWhole(amount)) return Reason.amount_out_of_range;
  credit(book, command, amount);
  return ACCEPTED;
}

export function applyPosition(book: Book, command: PositionCommand): Reason {
  const reason = checkBucket(book, command, true);
  if (reason !== ACCEPTED) return reason;
  const { market, leg, size, costBasis, fundingIndex } = command;
  if (!isWhole(size) || !isWhole(costBasis) || (fundingIndex !== null && !isWhole(fundingIndex)))
    return Reason.number_invalid;
  if (isCollateral(book, market)) {
    if (leg !== NET || costBasis !== 0 || (fundingIndex ?? 0) !== 0) return Reason.collateral_market;
    if (size < 0) return Reason.balance_negative;
  }
  if (!fitsLeg(leg, size)) return Reason.leg_sign;
  if (size === 0) {
    const bucket = bucketOf(book, command);
    if (book.findPosition(bucket, market, leg) === MISSING) return ACCEPTED;
    book.removePosition(bucket, market, leg);
    return ACCEPTED;
  }
  const check = checkHolding(book, command, size);
  if (check !== ACCEPTED) return check;
  const bucket = book.ensureBucket(command.account, placeOf(command.isolated, market, leg));
  const sign = book.markets.sign(market);
  const entry = fundingIndex === null ? book.markets.fundingInside(market) : sign * fundingIndex + 0;
  book.setPosition(bucket, market, leg, sign * size, sign * costBasis + 0, entry);
  return ACCEPTED;
}

export function applyFill(book: Book, command: FillCommand): Reason {
  const reason = checkBucket(book, command, true);
  if (reason !== ACCEPTED) return reason;
  const { market, leg, price, fee } = command;
  if (!isWhole(command.size) || command.size === 0 || !isWhole(price) || price < 1 || !isWhole(fee))
    return Reason.number_invalid;
  if (isCollateral(book, market)) return Reason.collateral_market;
  // Sizes and bases from here on are those inside.
  const sign = book.markets.sign(market);
  const size = sign * command.size;
  const existing = bucketOf(book, command);
  const row = book.findPosition(existing, market, leg);
  const f = row * P_F64;
  const held = row === MISSING ? 0 : book.positions.f64[f + P_SIZE];
  const basis = row === MISSING ? 0 : book.positions.f64[f + P_COST];
  const after = held + size;
  if (!fitsLeg(leg, sign * after)) return Reason.leg_sign;
  const check = checkHolding(book, command, after);
  if (check !== ACCEPTED) return check;

  const closes =
    held !== 0 && held > 0 !== size > 0 ? Math.min(Math.abs(held), Math.abs(size)) * Math.sign(size) : 0;
  const opens = size - closes;
  const released = closes === 0 ? 0 : mulDivFloor(basis, Math.abs(closes), Math.abs(held));
  const closeValue = closes === 0 ? 0 : book.markets.valueAt(market, closes, price);
  const openValue = opens === 0 ? 0 : book.markets.valueAt(market, opens, price);
  if (released === null || closeValue === null || openValue === null) return Reason.amount_out_of_range;
  const accrued = row === MISSING ? 0 : accruedOf(book, row, market);
  if (accrued === null) return Reason.amount_out_of_range;
  const collateral = sum(
    existing === NO_BUCKET ? 0 : book.collateral(existing),
    accrued,
    -closeValue,
    -released,
    0 - fee,
  );
  const basisAfter = sum(basis, -released, openValue);
  if (collateral === null || basisAfter === null) return Reason.amount_out_of_range;

  const place = placeOf(command.isolated, market, leg);
  if (after === 0 && command.isolated) {
    const cross = book.findBucket(command.account, placeOf(false, 0, 0));
    const returned = sum(book.collateral(cross), collateral);
    if (returned === null) return Reason.amount_out_of_range;
    book.setCollateral(cross, returned);
    book.setCollateral(existing, 0);
    book.removePosition(existing, market, leg);
    return ACCEPTED;
  }
  const bucket = book.ensureBucket(command.account, place);
  book.setCollateral(bucket, collateral);
  if (after === 0) book.removePosition(bucket, market, leg);
  else book.setPosition(bucket, market, leg, after, basisAfter, book.markets.fundingInside(market));
  return ACCEPTED;
}

export function applySettle(book: Book, command: SettleCommand): Reason {
  const reason = checkBucket(book, command, true);
  if (reason !== ACCEPTED) return reason;
  const { market, leg } = command;
  if (isCollateral(book, market)) return Reason.collateral_market;
  const bucket = bucketOf(book, command);
  const row = book.findPosition(bucket, market, leg);
  if (row === MISSING) return Reason.position_unknown;
  const accrued = accruedOf(book, row, market);
  const collateral = accrued === null ? null : sum(book.collateral(bucket), accrued);
  if (collateral === null) return Reason.amount_out_of_range;
  if (!book.markets.isAllowed(market, Use.settle)) return Reason.market_held;
  const f = row * P_F64;
  const { f64 } = book.positions;
  book.setPosition(bucket, market, leg, f64[f + P_SIZE], f64[f + P_COST], book.markets.fundingInside(market));
  book.setCollateral(bucket, collateral);
  return ACCEPTED;
}

export function applyOrder(book: Book, command: OrderCommand): Reason {
  const reason = checkBucket(book, command, true);
  if (reason !== ACCEPTED) return reason;
  const { account, market, leg, id, size, price } = command;
  if (!isWhole(id) || id < 1 || !isWhole(size) || !isWhole(price) || (size !== 0 && price < 1))
    return Reason.number_invalid;
  if (isCollateral(book, market)) return Reason.collateral_market;
  const known = book.orders.find(account, id);
  if (size === 0) {
    if (known === END) return ACCEPTED;
    book.removeOrder(known);
    return ACCEPTED;
  }
  const notional = book.markets.valueAt(market, Math.abs(size), price);
  if (notional === null) return Reason.amount_out_of_range;
  const place = placeOf(command.isolated, market, leg);
  const found = book.findBucket(account, place);
  if (!chargeFits(book, command, found, known, notional)) return Reason.amount_out_of_range;
  if (known !== END && isIn(book, known, found, market)) {
    book.restateOrder(known, leg, size, price);
    return ACCEPTED;
  }
  const bucket = found === NO_BUCKET ? book.ensureBucket(account, place) : found;
  if (known !== END) book.removeOrder(known);
  book.addOrder(account, id, bucket, market, leg, size, price);
  return ACCEPTED;
}

function isIn(book: Book, order: number, bucket: number, market: number): boolean {
  const i = order * ORDER_I32;
  return book.orders.i32[i + OrderLink.bucket] === bucket && book.orders.i32[i + OrderLink.market] === market;
}

/** Whether the order's market still sums and charges within 2^53 once it stands in place of `known`. */
function chargeFits(
  book: Book,
  command: OrderCommand,
  bucket: number,
  known: number,
  notional: number,
): boolean {
  if (bucket === NO_BUCKET) return book.chargeOf(command.market, notional, 0) !== null;
  const margin = book.findOrderMargin(bucket, command.market);
  const { f64 } = book.orderMargins;
  let bids = margin === END ? 0 : f64[margin * MARGIN_F64 + MarginField.bids];
  let asks = margin === END ? 0 : f64[margin * MARGIN_F64 + MarginField.asks];
  const before = book.chargeOf(command.market, bids, asks)!;
  let elsewhere = 0;
  if (known !== END && book.orders.i32[known * ORDER_I32 + OrderLink.bucket] === bucket) {
    const replaced = book.notionalOf(known);
    const isBid = book.orders.f64[known * ORDER_F64 + OrderField.size] > 0;
    const market = book.orders.i32[known * ORDER_I32 + OrderLink.market];
    if (market !== command.market)
      elsewhere = chargeReleased(book, bucket, market, isBid ? replaced : 0, isBid ? 0 : replaced);
    else if (isBid) bids -= replaced;
    else asks -= replaced;
  }
  if (command.size > 0) bids += notional;
  else asks += notional;
  if (bids + asks > MOST) return false;
  const after = book.chargeOf(command.market, bids, asks);
  const charge = book.buckets.f64[bucket * BUCKET_F64 + BucketField.charge];
  return after !== null && charge - before - elsewhere + after <= MOST;
}

/** What the bucket's charge falls by when orders of these sizes leave one of its markets. */
function chargeReleased(book: Book, bucket: number, market: number, bids: number, asks: number): number {
  const f = book.findOrderMargin(bucket, market) * MARGIN_F64;
  const { f64 } = book.orderMargins;
  const held = [f64[f + MarginField.bids], f64[f + MarginField.asks]] as const;
  return book.chargeOf(market, held[0], held[1])! - book.chargeOf(market, held[0] - bids, held[1] - asks)!;
}

/** account, market and leg, in this order; the market only where the command means one. */
function checkBucket(book: Book, command: InBucket, usesMarket: boolean): Reason {
  if (!isRow(command.account, book.accounts.count)) return Reason.account_unknown;
  if (!usesMarket) return ACCEPTED;
  if (!isRow(command.market, book.markets.count)) return Reason.market_unknown;
  if (command.leg !== NET && command.leg !== LONG && command.leg !== SHORT) return Reason.number_invalid;
  return ACCEPTED;
}

/** Whether the account may hold `size` there: priced, in this margin mode, and within range at the present mark. */
function checkHolding(book: Book, command: PositionCommand | FillCommand, size: number): Reason {
  const { account, market, leg, isolated } = command;
  const mark = book.markets.markInside(market);
  if (mark === UNPRICED && size !== 0) return Reason.market_unpriced;
  if (book.findPosition(book.findBucket(account, placeOf(!isolated, market, leg)), market, leg) !== MISSING) {
    return Reason.margin_mode_conflict;
  }
  if (size === 0) return ACCEPTED;
  const perTick = Math.abs(size) * book.markets.unit(market);
  return perTick <= MOST && perTick * mark <= MOST ? ACCEPTED : Reason.amount_out_of_range;
}

function bucketOf(book: Book, command: InBucket): number {
  return book.findBucket(command.account, placeOf(command.isolated, command.market, command.leg));
}

function credit(book: Book, command: CollateralCommand | TransferCommand, amount: number): void {
  let bucket = bucketOf(book, command);
  if (bucket === NO_BUCKET) {
    if (amount === 0) return;
    bucket = book.ensureBucket(command.account, placeOf(command.isolated, command.market, command.leg));
  }
  book.setCollateral(bucket, amount);
}

function fitsLeg(leg: Leg, size: number): boolean {
  return leg === NET || size === 0 || (leg === LONG) === size > 0;
}

/** Whether it is an asset held as collateral, which is stated and marked and no more. */
function isCollateral({ markets }: Book, market: MarketRow): boolean {
  return markets.terms[market]?.form === COLLATERAL;
}

function accruedOf(book: Book, row: number, market: number): number | null {
  const size = book.positions.f64[row * P_F64 + P_SIZE];
  const entry = book.positions.f64[row * P_F64 + P_FUNDING];
  const index = book.markets.fundingInside(market as never);
  const delta = index - entry;
  if (delta === 0) return 0;
  if (Math.abs(size) < 2 ** 33 && isWhole(delta)) {
    const accrued = accruedFunding(size, delta);
    if (isWhole(accrued)) return accrued;
  }
  return narrow(accruedFundingWide(size, BigInt(index) - BigInt(entry)));
}

/** The sum of whole numbers, or null where it passes 2^53. */
function sum(a: number, b: number, c = 0, d = 0, e = 0): number | null {
  const gross = Math.abs(a) + Math.abs(b) + Math.abs(c) + Math.abs(d) + Math.abs(e);
  // Every sum on the way is smaller than that, so all of them are exact.
  if (gross <= MOST) return a + b + c + d + e;
  return narrow(BigInt(a) + BigInt(b) + BigInt(c) + BigInt(d) + BigInt(e));
}
