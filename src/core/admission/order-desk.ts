/** Orders: decided, reserved and released. */
import type { Candidate } from '../gate/candidate.ts';
import { NO_PARENT } from '../gate/candidate.ts';
import { findEdged, isClean } from '../gate/clean.ts';
import type { Findings } from '../gate/findings.ts';
import { isRow, isWhole } from '../num/exact.ts';
import { PRICE_MAX } from '../num/units.ts';
import { Leg, LEG_NAMES } from '../schema/commands.ts';
import type {
  CancelCommand,
  ConfirmCommand,
  DoneCommand,
  EnterCommand,
  ReplaceCommand,
} from '../schema/gate-commands.ts';
import { HaltCause } from '../schema/gate-commands.ts';
import { Limit } from '../schema/gate-limits.ts';
import { NoticeKind } from '../schema/gate-notices.ts';
import { ORDER_TYPE_NAMES, OrderType } from '../schema/orders.ts';
import { Reason } from '../schema/reasons.ts';
import { Side, SIDE_NAMES } from '../schema/side.ts';
import { ACCOUNT_F64, ACCOUNT_I32, AccountField, AccountLink, NO_ACTIVITY } from './accounts.ts';
import { Asked, CandidateDesk } from './candidate-desk.ts';
import { GateDecision, NO_ORDER_ID } from './decision.ts';
import type { HaltDesk } from './halt-desk.ts';
import { NO_ORDER, ORDER_F64, ORDER_I32, OrderBits, OrderField, OrderLink } from './orders.ts';
import { NO_PARENT_ROW, PARENT_F64, ParentField } from './parents.ts';
import { shapeOf } from './recent-orders.ts';
import type { GateState } from './state.ts';
import { sliceOf } from './windows.ts';

// Constants of its own are compiled in; another module's, and those that it exports, are looked up at every turn.
const O_F64 = ORDER_F64;
const O_I32 = ORDER_I32;
const A_F64 = ACCOUNT_F64;
const A_I32 = ACCOUNT_I32;
const P_F64 = PARENT_F64;
const NO_ROW = NO_ORDER;
const NO_PARENT_HERE = NO_PARENT_ROW;
const INACTIVE = NO_ACTIVITY;
const PARENTLESS = NO_PARENT;
const HIGHEST = PRICE_MAX;
const { nextSize: O_NEXT_SIZE, filled: O_FILLED } = OrderField;
const { bits: O_BITS, exposure: O_EXPOSURE, parent: O_PARENT } = OrderLink;
const { ask: BIT_ASK, market: BIT_MARKET, reduceOnly: BIT_REDUCE_ONLY } = OrderBits;
const { orders: A_ORDERS } = AccountField;
const { activity: A_ACTIVITY } = AccountLink;
const { name: P_NAME } = ParentField;
const { window_us: LIMIT_WINDOW_US, group_window_us: LIMIT_GROUP_WINDOW_US } = Limit;
const { bid: SIDE_BID } = Side;
const { net: LEG_NET, long: LEG_LONG } = Leg;
const { market: TYPE_MARKET } = OrderType;
const { accepted: REASON_ACCEPTED } = Reason;

export type Checks = (candidate: Candidate, findings: Findings) => void;

export class OrderDesk {
  readonly decision = new GateDecision();
  readonly #state: GateState;
  readonly #halts: HaltDesk;
  /** Null: those that there are. */
  readonly #checks: Checks | null;
  readonly #desk: CandidateDesk;
  readonly #asked = new Asked();
  /** Whether the order at hand was within its account's bounds. */
  #isBounded = false;

  constructor(state: GateState, halts: HaltDesk, checks: Checks | null) {
    this.#state = state;
    this.#halts = halts;
    this.#checks = checks;
    this.#desk = new CandidateDesk(state);
  }

  enter(command: EnterCommand): Reason {
    const { decision } = this;
    const { orders } = this.#state.reservations;
    this.#clear();
    const alone = this.#readEnter(command);
    if (alone !== REASON_ACCEPTED) return this.#refuse(alone);
    const asked = this.#asked;
    const reason = this.#decide(asked);
    if (reason !== REASON_ACCEPTED) return reason;
    const desk = this.#desk;
    const id = ++orders.lastId;
    const bits =
      (asked.isBid ? 0 : BIT_ASK) |
      (asked.isMarket ? BIT_MARKET : 0) |
      (asked.isReduceOnly ? BIT_REDUCE_ONLY : 0);
    const price = desk.candidate.price;
    this.#state.reservations.add(
      id,
      desk.exposure,
      bits,
      asked.size,
      0,
      price,
      command.clientId,
      desk.parent,
    );
    decision.order = id;
    this.#bound(asked);
    const activity = this.#count(asked.account);
    const shape = shapeOf(asked.market, asked.leg, !asked.isBid, asked.isMarket, asked.isReduceOnly);
    this.#state.recent.note(activity, shape, asked.price, asked.size);
    return REASON_ACCEPTED;
  }

  replace(command: ReplaceCommand): Reason {
    const { decision } = this;
    const { reservations } = this.#state;
    this.#clear();
    const alone = this.#readReplace(command);
    if (alone !== REASON_ACCEPTED) return this.#refuse(alone);
    const asked = this.#asked;
    decision.order = reservations.orders.id(asked.replaces);
    const reason = this.#decide(asked);
    if (reason !== REASON_ACCEPTED) return reason;
    const { candidate } = this.#desk;
    reservations.wait(asked.replaces, asked.size, candidate.price);
    this.#bound(asked);
    this.#count(asked.account);
    return REASON_ACCEPTED;
  }

  cancel(command: CancelCommand): Reason {
    const { accounts, seat, windows } = this.#state;
    const { account } = command;
    if (!isRow(account, accounts.count)) return Reason.account_unknown;
    const row = this.#find(account, command.order, command.clientId);
    if (row === NO_ROW) return Reason.order_unknown;
    const { exposures } = this.#state.holdings;
    const market = exposures.market(this.#state.reservations.orders.exposure(row));
    seat.take(account, market);
    const slice = sliceOf(seat.hard(LIMIT_WINDOW_US));
    windows.value = 0;
    windows.count(this.#activityOf(account), slice, 0, 1);
    return REASON_ACCEPTED;
  }

  confirm(command: ConfirmCommand): Reason {
    const { reservations } = this.#state;
    const row = this.#findId(command.order);
    if (row === NO_ROW) return Reason.order_unknown;
    if (reservations.orders.f64[row * O_F64 + O_NEXT_SIZE] === 0) return Reason.nothing_to_confirm;
    reservations.confirm(row, command.taken);
    return REASON_ACCEPTED;
  }

  done(command: DoneCommand): Reason {
    const row = this.#findId(command.order);
    if (row === NO_ROW) return Reason.order_unknown;
    this.#state.reservations.done(row);
    return REASON_ACCEPTED;
  }

  /** An order that is refused before anybody reads it. */
  refuse(reason: Reason): void {
    this.#clear();
    this.decision.reason = reason;
  }

  #clear(): void {
    this.decision.reason = REASON_ACCEPTED;
    this.decision.order = NO_ORDER_ID;
    this.decision.findings.clear();
  }

  #refuse(reason: Reason): Reason {
    this.decision.reason = reason;
    return reason;
  }

  /** What the checks say of an order that could be read. */
  #decide(asked: Asked): Reason {
    const { decision } = this;
    const desk = this.#desk;
    if (this.#isWithinBounds(asked)) return REASON_ACCEPTED;
    const { findings } = decision;
    this.#state.days.look(asked.account);
    decision.reason = this.#check(asked);
    this.#halts.watchLoss(asked.account);
    if (decision.reason !== REASON_ACCEPTED && desk.parent !== NO_PARENT_HERE && findings.count > 0)
      this.#watchParent(asked);
    return decision.reason;
  }

  /** Whether nothing is to be said of it, as far as can be seen without going over the account. */
  #isWithinBounds(asked: Asked): boolean {
    this.#isBounded = this.#checks === null && this.#desk.fillBounds(asked) && isClean(this.#desk.candidate);
    return this.#isBounded;
  }

  /** The account's bounds with an order that was just accepted. */
  #bound({ account }: Asked): void {
    const { rooms, days } = this.#state;
    const desk = this.#desk;
    if (this.#isBounded) rooms.take(account, desk.moreGross, desk.moreNet, desk.moreRequired);
    else if (this.#checks === null) rooms.lay(account, days.equity, days.lost);
  }

  #check(asked: Asked): Reason {
    const { findings } = this.decision;
    try {
      this.#desk.fill(asked);
      (this.#checks ?? findEdged)(this.#desk.candidate, findings);
    } catch {
      // Whatever it was, nobody knows what the order would have done.
      findings.clear();
      return Reason.gate_failed;
    }
    return findings.hardCount === 0 ? REASON_ACCEPTED : firstHard(findings);
  }

  /** An order that would make a parent's children more than it is stops whoever sends such, and is told once: until somebody lets the account go on. */
  #watchParent(asked: Asked): void {
    const { candidate } = this.#desk;
    if (candidate.isReducing || candidate.childrenLots <= candidate.parentSize) return;
    if (this.#halts.stands(asked.account, null, HaltCause.parent)) return;
    this.#state.notices.push({
      kind: NoticeKind.parent_exceeded,
      account: asked.account as never,
      market: asked.market as never,
      parent: asked.parent,
      size: candidate.parentSize as never,
      lots: candidate.childrenLots as never,
    });
    this.#halts.follow(asked.account, null, HaltCause.parent);
  }

  /** Counts the order that was accepted; answers the account's row of activity. */
  #count(account: number): number {
    const { accounts, windows, groupWindows, groups, seat } = this.#state;
    accounts.f64[account * A_F64 + A_ORDERS]++;
    const activity = this.#activityOf(account);
    const { candidate } = this.#desk;
    windows.value = candidate.value;
    windows.count(activity, sliceOf(seat.hard(LIMIT_WINDOW_US)), 1, 0);
    groupWindows.value = candidate.value;
    for (let at = seat.groups - 1; at >= 0; at--) {
      const slice = sliceOf(seat.limits[seat.groupLimits[at] + LIMIT_GROUP_WINDOW_US]);
      groupWindows.count(groups.window(seat.group[at]), slice, 1, 0);
    }
    return activity;
  }

  #activityOf(account: number): number {
    const { accounts, windows, recent } = this.#state;
    const at = account * A_I32 + A_ACTIVITY;
    if (accounts.i32[at] === INACTIVE) {
      accounts.i32[at] = windows.add();
      recent.add();
    }
    return accounts.i32[at];
  }

  #readEnter(command: EnterCommand): Reason {
    const { accounts, instruments, reservations } = this.#state;
    const { account, market, leg, side, type, price, size, clientId, parent } = command;
    if (!isRow(account, accounts.count)) return Reason.account_unknown;
    if (!isRow(market, instruments.count)) return Reason.market_unknown;
    if (!isRow(leg, LEG_NAMES.length) || !isRow(side, SIDE_NAMES.length)) return Reason.number_invalid;
    if (!isRow(type, ORDER_TYPE_NAMES.length) || !isPrice(price)) return Reason.number_invalid;
    if (!isWhole(size) || size < 1 || !isCount(clientId) || !isCount(parent)) return Reason.number_invalid;
    if ((type === TYPE_MARKET) !== (price === 0)) return Reason.order_invalid;
    if (instruments.isCollateral(market)) return Reason.collateral_market;
    if (clientId !== 0 && reservations.orders.findClient(account, clientId) !== NO_ROW)
      return Reason.client_id_taken;
    const asked = this.#asked;
    asked.account = account;
    asked.market = market;
    asked.leg = leg;
    asked.isBid = side === SIDE_BID;
    asked.isMarket = type === TYPE_MARKET;
    asked.price = price;
    asked.size = size;
    asked.isReduceOnly = command.reduceOnly || (leg !== LEG_NET && (leg === LEG_LONG) !== asked.isBid);
    asked.parent = parent;
    asked.replaces = NO_ROW;
    asked.filled = 0;
    return this.#desk.begin(asked);
  }

  #readReplace(command: ReplaceCommand): Reason {
    const { accounts, reservations, holdings, parents } = this.#state;
    const { account, price, size } = command;
    if (!isRow(account, accounts.count)) return Reason.account_unknown;
    const row = this.#find(account, command.order, command.clientId);
    if (row === NO_ROW) return Reason.order_unknown;
    this.decision.order = reservations.orders.id(row);
    if (!isPrice(price) || !isWhole(size) || size < 1) return Reason.number_invalid;
    const { f64, i32 } = reservations.orders;
    const f = row * O_F64;
    const bits = i32[row * O_I32 + O_BITS];
    const isMarket = (bits & BIT_MARKET) !== 0;
    if (isMarket !== (price === 0)) return Reason.order_invalid;
    if (f64[f + O_NEXT_SIZE] !== 0) return Reason.replace_waits;
    if (size <= f64[f + O_FILLED]) return Reason.amend_filled;
    const exposure = i32[row * O_I32 + O_EXPOSURE];
    const parent = i32[row * O_I32 + O_PARENT];
    const asked = this.#asked;
    asked.account = account;
    asked.market = holdings.exposures.market(exposure);
    asked.leg = holdings.exposures.leg(exposure) as Leg;
    asked.isBid = (bits & BIT_ASK) === 0;
    asked.isMarket = isMarket;
    asked.price = price;
    asked.size = size;
    asked.isReduceOnly = (bits & BIT_REDUCE_ONLY) !== 0;
    asked.parent = parent === NO_PARENT_HERE ? PARENTLESS : parents.f64[parent * P_F64 + P_NAME];
    asked.replaces = row;
    asked.filled = f64[f + O_FILLED];
    return this.#desk.begin(asked);
  }

  /** The account's order by its id, or where that is 0 by the account's own; NO_ORDER where there is none. */
  #find(account: number, id: number, clientId: number): number {
    const { orders } = this.#state.reservations;
    if (id === 0) return isCount(clientId) && clientId > 0 ? orders.findClient(account, clientId) : NO_ROW;
    const row = this.#findId(id);
    return row === NO_ROW || orders.account(row) !== account ? NO_ROW : row;
  }

  #findId(id: number): number {
    return isWhole(id) && id > 0 ? this.#state.reservations.orders.find(id) : NO_ROW;
  }
}

function firstHard(findings: Findings): Reason {
  let at = 0;
  while (findings.isHard[at] === 0) at++;
  return findings.reason[at] as Reason;
}

function isCount(number: number): boolean {
  return isWhole(number) && number >= 0;
}

function isPrice(price: number): boolean {
  return isWhole(price) && price >= 0 && price <= HIGHEST;
}
