/** Trades that happened, here or elsewhere: counted once, whatever they do to a limit. */
import { isRow, isWhole } from '../num/exact.ts';
import {
  PRICE_MAX,
  type AccountRow,
  type MarketRow,
  type PriceTicks,
  type QuoteMicros,
  type SizeLots,
  type TimeUs,
} from '../num/units.ts';
import { Kind, Leg, LEG_NAMES, type FillCommand } from '../schema/commands.ts';
import { HaltCause, type ExecutionCommand } from '../schema/gate-commands.ts';
import { Limit } from '../schema/gate-limits.ts';
import { NoticeKind } from '../schema/gate-notices.ts';
import { Reason } from '../schema/reasons.ts';
import { Side, SIDE_NAMES } from '../schema/side.ts';
import { POSITION_MISSING } from '../state/book.ts';
import { placeOf } from '../state/buckets.ts';
import { isName } from '../state/names.ts';
import { ACCOUNT_F64, AccountField } from './accounts.ts';
import { EXPOSURE_F64, EXPOSURE_I32, ExposureField, ExposureLink } from './exposures.ts';
import type { HaltDesk } from './halt-desk.ts';
import { UNCOUNTABLE } from './instruments.ts';
import { NO_ORDER, OrderBits } from './orders.ts';
import { NO_PARENT_ROW, PARENT_F64, ParentField } from './parents.ts';
import type { GateState } from './state.ts';

// Constants of its own are compiled in; another module's, and those that it exports, are looked up at every turn.
const E_F64 = EXPOSURE_F64;
const E_I32 = EXPOSURE_I32;
const A_F64 = ACCOUNT_F64;
const P_F64 = PARENT_F64;
const NO_ROW = NO_ORDER;
const NO_PARENT_HERE = NO_PARENT_ROW;
const TOO_MUCH = UNCOUNTABLE;
const HIGHEST = PRICE_MAX;
const { repeatUs: E_REPEAT_US } = ExposureField;
const { repeats: E_REPEATS, repeatSide: E_REPEAT_SIDE } = ExposureLink;
const { ask: BIT_ASK, reduceOnly: BIT_REDUCE_ONLY } = OrderBits;
const { executions: A_EXECUTIONS } = AccountField;
const { size: P_SIZE, traded: P_TRADED, name: P_NAME } = ParentField;
const { repeat_us: LIMIT_REPEAT_US, repeat_max: LIMIT_REPEAT_MAX } = Limit;
const { bid: SIDE_BID } = Side;
const { net: LEG_NET } = Leg;
const { accepted: REASON_ACCEPTED } = Reason;

const NONE_GIVEN = 0;
const UNKNOWN = -2;

type Writable<T> = { -readonly [K in keyof T]: T[K] };

export class ExecutionDesk {
  readonly #state: GateState;
  readonly #halts: HaltDesk;
  /** Whether the execution at hand was one by which a parent's children traded more than it is. */
  #exceeded = false;
  /** A row that is used again and again. */
  readonly #fill: Writable<FillCommand> = {
    kind: Kind.fill,
    timeUs: 0 as TimeUs,
    origin: null,
    account: 0 as AccountRow,
    market: 0 as MarketRow,
    leg: LEG_NET,
    isolated: false,
    size: 0 as SizeLots,
    price: 0 as PriceTicks,
    fee: 0 as QuoteMicros,
  };

  constructor(state: GateState, halts: HaltDesk) {
    this.#state = state;
    this.#halts = halts;
  }

  /** Within an open transaction of the engine. */
  execute(command: ExecutionCommand): Reason {
    const { trades, instruments } = this.#state;
    const { account, market, side, price, trade } = command;
    let reason = this.#read(command);
    if (reason !== REASON_ACCEPTED) return reason;
    if (trades.has(market, side, trade)) return Reason.duplicate_execution;
    const row = this.#orderOf(command);
    if (row === UNKNOWN) return Reason.order_unknown;
    reason = account === null ? this.#stray(command) : this.#book(command, account, row);
    if (reason !== REASON_ACCEPTED) return reason;
    trades.add(market, side, trade);
    instruments.last[market] = price;
    return REASON_ACCEPTED;
  }

  /** What follows once the levels are those after it. */
  follow({ account, market, side }: ExecutionCommand): void {
    if (account === null) return;
    const { days, seat } = this.#state;
    days.see(account);
    seat.take(account, market);
    this.#halts.watchLoss(account);
    if (this.#isRepeated(account, market, side)) this.#halts.follow(account, market, HaltCause.repeats);
    if (this.#exceeded) this.#halts.follow(account, null, HaltCause.parent);
  }

  #read(command: ExecutionCommand): Reason {
    const { accounts, instruments, engine } = this.#state;
    const { account, name, market, leg, side, lots, price, fee, trade, order } = command;
    if (account !== null && !isRow(account, accounts.count)) return Reason.account_unknown;
    if (!isRow(market, instruments.count)) return Reason.market_unknown;
    if (account === null) {
      if (!isName(name)) return Reason.name_invalid;
      if (engine.book.accounts.find(name) >= 0) return Reason.name_taken;
    }
    if (!isRow(leg, LEG_NAMES.length) || !isRow(side, SIDE_NAMES.length)) return Reason.number_invalid;
    if (!isWhole(lots) || lots < 1 || !isWhole(price) || price < 1 || price > HIGHEST)
      return Reason.number_invalid;
    if (!isWhole(fee) || !isWhole(trade) || trade < 1 || !isWhole(order) || order < NONE_GIVEN)
      return Reason.number_invalid;
    return instruments.isCollateral(market) ? Reason.collateral_market : REASON_ACCEPTED;
  }

  /** The order that it is of; NO_ORDER where it is of none, or of one that works no longer; UNKNOWN where that cannot be. */
  #orderOf({ account, market, leg, side, order }: ExecutionCommand): number {
    const { holdings, reservations } = this.#state;
    const { orders } = reservations;
    if (order === NONE_GIVEN) return NO_ROW;
    if (order > orders.lastId) return UNKNOWN;
    const row = orders.find(order);
    if (row === NO_ROW) return NO_ROW;
    const exposure = orders.exposure(row);
    const isIts =
      orders.account(row) === account &&
      holdings.exposures.market(exposure) === market &&
      holdings.exposures.leg(exposure) === leg &&
      ((orders.bits(row) & BIT_ASK) === 0) === (side === SIDE_BID);
    return isIts ? row : UNKNOWN;
  }

  /** Lots of such an order count nowhere, so what it trades moves both ends of the leg. */
  #isReduceOnly(row: number): boolean {
    return (this.#state.reservations.orders.bits(row) & BIT_REDUCE_ONLY) !== 0;
  }

  #stray({ name, market, side, lots, trade }: ExecutionCommand): Reason {
    this.#state.strays.add(name, market, side === SIDE_BID ? lots : 0 - lots);
    this.#state.notices.push({ kind: NoticeKind.unknown_account, name, market, side, lots, trade });
    return REASON_ACCEPTED;
  }

  #book(command: ExecutionCommand, account: AccountRow, row: number): Reason {
    const { holdings, days, engine, instruments, rooms } = this.#state;
    const { market, leg, side, lots, price } = command;
    const value = instruments.valueAt(market, lots, price);
    if (value === TOO_MUCH) return Reason.amount_out_of_range;
    const exposure = holdings.ensure(account, market, leg);
    const held = side === SIDE_BID ? lots : ((0 - lots) as SizeLots);
    const fill = this.#fill;
    fill.account = account;
    fill.market = market;
    fill.leg = leg;
    fill.isolated = holdings.exposures.isIsolated(exposure);
    fill.size = held;
    fill.price = price;
    fill.fee = command.fee;
    days.roll(account);
    const reason = engine.row(fill);
    if (reason !== REASON_ACCEPTED) return reason;
    this.#state.seat.take(account, market);
    if (row === NO_ROW || fill.isolated || leg !== LEG_NET || this.#isReduceOnly(row)) rooms.forget(account);
    else rooms.trade(account, market, side === SIDE_BID, lots, price, command.fee);
    holdings.heldMore = held;
    if (row === NO_ROW) holdings.change(exposure);
    this.#count(command, account, row, value);
    if (holdings.exposures.isIsolated(exposure)) this.#findMode(exposure, account, market, leg);
    return REASON_ACCEPTED;
  }

  /** Of an engine that is another's: it has booked the fill, and the leg is taken over from it. */
  take(command: ExecutionCommand, account: AccountRow): void {
    const { instruments, seat } = this.#state;
    const { market, lots, price } = command;
    const row = this.#orderOf(command);
    const value = instruments.valueAt(market, lots, price);
    const counted = value === TOO_MUCH ? 0 : value;
    seat.take(account, market);
    this.#count(command, account, row === UNKNOWN ? NO_ROW : row, counted);
  }

  /** The order's share, the execution and its value. Of an order that works the position changes with it, by `Holdings.heldMore`. */
  #count(command: ExecutionCommand, account: AccountRow, row: number, value: number): void {
    const { accounts, reservations, rooms, notices } = this.#state;
    const { market, lots, order, trade } = command;
    let beyond = order === NONE_GIVEN ? 0 : lots;
    this.#exceeded = false;
    if (row !== NO_ROW) {
      const parent = reservations.orders.parent(row);
      beyond = reservations.fill(row, lots);
      if (beyond !== 0) rooms.forget(account);
      if (parent !== NO_PARENT_HERE) this.#watchParent(account, market, parent);
    }
    if (beyond > 0)
      notices.push({
        kind: NoticeKind.overfill,
        account,
        market,
        order,
        trade,
        lots: beyond as SizeLots,
      });
    accounts.f64[account * A_F64 + A_EXECUTIONS]++;
    this.#trade(value);
  }

  /** A leg that was closed is isolated no longer. */
  #findMode(exposure: number, account: number, market: number, leg: number): void {
    const { book } = this.#state.engine;
    const bucket = book.findBucket(account, placeOf(true, market, leg));
    const isThere = book.findPosition(bucket, market, leg) !== POSITION_MISSING;
    this.#state.holdings.exposures.setIsolated(exposure, isThere);
  }

  #trade(value: number): void {
    const { seat, groups } = this.#state;
    for (let at = seat.groups - 1; at >= 0; at--) groups.addTraded(seat.group[at], value);
  }

  #watchParent(account: AccountRow, market: MarketRow, parent: number): void {
    const { f64 } = this.#state.parents;
    const f = parent * P_F64;
    const size = f64[f + P_SIZE] as SizeLots;
    const lots = f64[f + P_TRADED] as SizeLots;
    if (lots <= size) return;
    this.#exceeded = true;
    this.#state.notices.push({
      kind: NoticeKind.parent_exceeded,
      account,
      market,
      parent: f64[f + P_NAME],
      size,
      lots,
    });
  }

  /** Counts it in the row of executions on one side of the market, and answers whether that is too long. */
  #isRepeated(account: number, market: number, side: Side): boolean {
    const { holdings, seat, engine } = this.#state;
    const { exposures } = holdings;
    const row = holdings.ensure(account, market, LEG_NET);
    const i = row * E_I32;
    const f = row * E_F64 + E_REPEAT_US;
    const within = seat.hard(LIMIT_REPEAT_US);
    const before = exposures.i32[i + E_REPEATS];
    const isNext =
      before > 0 && exposures.i32[i + E_REPEAT_SIDE] === side && engine.timeUs - exposures.f64[f] < within;
    const count = isNext ? before + 1 : 1;
    exposures.i32[i + E_REPEATS] = count;
    exposures.i32[i + E_REPEAT_SIDE] = side;
    exposures.f64[f] = engine.timeUs;
    return count >= seat.hard(LIMIT_REPEAT_MAX);
  }
}
