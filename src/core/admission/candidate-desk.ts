/**
 * An order as it would be if it were accepted, for the checks: everything in `Candidate`, from one pass over the account's exposures, one over
 * its positions and one over its groups. Changes nothing that counts.
 */
import { Candidate, LIMIT_NONE, NO_PARENT, NONE_MISSING, PRICE_ABSENT } from '../gate/candidate.ts';
import { isUnlimited } from '../gate/clean.ts';
import { isWithinFloor } from '../gate/floor.ts';
import { onlyReduces } from '../gate/reducing.ts';
import { mulDivCeil, mulDivFloor } from '../num/exact.ts';
import { PRICE_MAX, SAFE_MAX } from '../num/units.ts';
import { Leg } from '../schema/commands.ts';
import { ShortRule } from '../schema/gate-commands.ts';
import { Limit, LimitLevel } from '../schema/gate-limits.ts';
import { Use } from '../schema/quality.ts';
import { Reason } from '../schema/reasons.ts';
import { Side } from '../schema/side.ts';
import { ACCOUNT_F64, ACCOUNT_I32, AccountField, AccountLink, NO_ACTIVITY } from './accounts.ts';
import {
  EXPOSURE_F64,
  EXPOSURE_I32,
  EXPOSURE_ISOLATED,
  ExposureField,
  ExposureLink,
  NO_EXPOSURE,
  NO_PRICE,
} from './exposures.ts';
import { GROUP_MARKET_F64, GroupMarketField } from './group-markets.ts';
import { GROUP_F64, GroupField } from './groups.ts';
import { epochOfRank, NO_HALT, stateOfRank } from './halts.ts';
import { NO_NAME, UNCOUNTABLE } from './instruments.ts';
import { NO_ORDER, ORDER_F64, OrderField } from './orders.ts';
import { NO_PARENT_ROW, PARENT_F64, PARENT_I32, ParentField, ParentLink } from './parents.ts';
import { shapeOf } from './recent-orders.ts';
import { ROOM_F64, RoomField } from './rooms.ts';
import { LIST_ENTRY, LIST_HEAD } from './row-lists.ts';
import type { GateState } from './state.ts';
import { SLICE_NONE, sliceOf, WINDOW_F64, WindowField } from './windows.ts';

// Constants of its own are compiled in; another module's, and those that it exports, are looked up at every turn.
const E_F64 = EXPOSURE_F64;
const E_I32 = EXPOSURE_I32;
const O_F64 = ORDER_F64;
const A_F64 = ACCOUNT_F64;
const R_F64 = ROOM_F64;
const A_I32 = ACCOUNT_I32;
const W_F64 = WINDOW_F64;
const G_F64 = GROUP_F64;
const M_F64 = GROUP_MARKET_F64;
const P_F64 = PARENT_F64;
const P_I32 = PARENT_I32;
const NO_ROW = NO_ORDER;
const NOTHING = NO_EXPOSURE;
const NO_PARENT_HERE = NO_PARENT_ROW;
const ABSENT = PRICE_ABSENT;
const MOST = SAFE_MAX;
const UNPRICED = NO_PRICE;
const NO_SLICE = SLICE_NONE;
const INACTIVE = NO_ACTIVITY;
const TOO_MUCH = UNCOUNTABLE;
const ISOLATED = EXPOSURE_ISOLATED;
const PARENTLESS = NO_PARENT;
const UNLIMITED = LIMIT_NONE;
const HIGHEST = PRICE_MAX;
const NAMELESS = NO_NAME;
const HALTLESS = NO_HALT;
const {
  held: E_HELD,
  bids: E_BIDS,
  asks: E_ASKS,
  bidsWorth: E_BIDS_WORTH,
  asksWorth: E_ASKS_WORTH,
  bidsReducing: E_BIDS_REDUCING,
  asksReducing: E_ASKS_REDUCING,
  margin: E_MARGIN,
  locatedUntil: E_LOCATED_UNTIL,
  located: E_LOCATED,
} = ExposureField;
const { tag: E_TAG, stamp: E_STAMP } = ExposureLink;
const HEAD = LIST_HEAD;
const ENTRY = LIST_ENTRY;
const { counted: O_COUNTED, price: O_PRICE, size: O_SIZE, worth: O_WORTH, value: O_VALUE } = OrderField;
const { orders: A_ORDERS, executions: A_EXECUTIONS, working: A_WORKING, best: A_BEST } = AccountField;
const { gross: R_GROSS, net: R_NET, required: R_REQUIRED, equity: R_EQUITY, lost: R_LOST } = RoomField;
const { count: A_COUNT } = AccountLink;
const { orders: W_ORDERS, value: W_VALUE, cancels: W_CANCELS } = WindowField;
const { gross: G_GROSS, upper: G_UPPER, lower: G_LOWER } = GroupField;
const { long: M_LONG, short: M_SHORT, upper: M_UPPER, lower: M_LOWER } = GroupMarketField;
const { size: P_SIZE, traded: P_TRADED, working: P_WORKING } = ParentField;
const { account: P_ACCOUNT, market: P_MARKET, side: P_SIDE } = ParentLink;
const {
  window_us: LIMIT_WINDOW_US,
  duplicate_us: LIMIT_DUPLICATE_US,
  group_window_us: LIMIT_GROUP_WINDOW_US,
  collar_mark: LIMIT_COLLAR_MARK,
  market_share_max: LIMIT_SHARE,
  share_floor: LIMIT_SHARE_FLOOR,
} = Limit;
const { account: LEVEL_OF_ACCOUNT, group: LEVEL_OF_GROUP } = LimitLevel;
const COMPLETE = NONE_MISSING;
const { bid: SIDE_BID, ask: SIDE_ASK } = Side;
const { net: LEG_NET } = Leg;
const { accepted: REASON_ACCEPTED } = Reason;
const { locate: SHORT_LOCATE } = ShortRule;
const { open: USE_OPEN } = Use;

const MILLION = 1_000_000;

/** What is asked, in plain numbers; reused. */
export class Asked {
  account = 0;
  market = 0;
  leg: Leg = LEG_NET;
  isBid = false;
  isMarket = false;
  /** 0 of a market order. */
  price = 0;
  size = 0;
  isReduceOnly = false;
  /** Its name; NO_PARENT: none. */
  parent = PARENTLESS;
  /** The order that it takes the place of, or NO_ORDER; what is filled of that, and its size and price until now. */
  replaces = NO_ROW;
  filled = 0;
}

export class CandidateDesk {
  readonly candidate = new Candidate();
  /** Where the order would count. */
  exposure = NOTHING;
  /** Lots and value that it would count for. */
  counted = 0;
  countedValue = 0;
  /** Row of the parent that is named, or NO_PARENT_ROW. */
  parent = NO_PARENT_HERE;
  /** By how much the order makes the account's bounds (`Rooms`) worse, where `fillBounds` filled it in. */
  moreGross = 0;
  moreNet = 0;
  moreRequired = 0;
  readonly #state: GateState;

  constructor(state: GateState) {
    this.#state = state;
  }

  /** What makes the order refused alone, or accepted: sizes, price and whether it reduces are in the candidate then. */
  begin(asked: Asked): Reason {
    const { instruments, holdings, seat, reservations } = this.#state;
    instruments.refresh();
    const { account, market, isBid, replaces } = asked;
    const { candidate } = this;
    const { orders } = reservations;
    const exposure = holdings.ensure(account, market, asked.leg);
    this.exposure = exposure;
    seat.take(account, market);
    this.parent = this.#parentOf(asked);
    candidate.account = account;
    candidate.market = market;
    candidate.isBid = isBid;
    candidate.isMarketOrder = asked.isMarket;
    candidate.isReduceOnly = asked.isReduceOnly;
    candidate.limits = seat.limits;
    candidate.limitsAt = seat.limitsAt;
    candidate.mark = instruments.mark[market];
    const price = asked.isMarket ? this.#marketPrice(isBid) : asked.price;
    candidate.price = price;
    const left = asked.size - asked.filled;
    candidate.size = left;

    const { f64 } = holdings.exposures;
    const e = exposure * E_F64;
    const held = f64[e + E_HELD];
    const o = replaces * O_F64;
    const own = replaces === NO_ROW ? 0 : orders.f64[o + O_COUNTED];
    const others =
      (isBid ? f64[e + E_BIDS] + f64[e + E_BIDS_REDUCING] : f64[e + E_ASKS] + f64[e + E_ASKS_REDUCING]) - own;
    candidate.held = held;
    candidate.isReducing = onlyReduces(held, isBid, others, left);
    if (asked.isReduceOnly && !candidate.isReducing) return Reason.nothing_to_reduce;

    let counted = left;
    let dearest = price;
    const value = price === ABSENT ? 0 : instruments.valueAt(market, left, price);
    let countedValue = value;
    if (replaces !== NO_ROW) {
      const before = orders.f64[o + O_PRICE];
      counted = Math.max(asked.size, orders.f64[o + O_SIZE]) - asked.filled;
      dearest = isBid ? Math.max(price, before) : Math.min(price, before);
      countedValue = this.#larger(market, counted, price, before);
    }
    candidate.dearest = dearest;
    this.counted = counted;
    if (value === TOO_MUCH || countedValue === TOO_MUCH) return Reason.amount_out_of_range;
    candidate.value = value;
    this.countedValue = countedValue;
    const ownValue = replaces === NO_ROW ? 0 : orders.f64[o + O_VALUE];
    const working = this.#state.accounts.f64[account * A_F64 + A_WORKING];
    if (working - ownValue + countedValue > MOST) return Reason.amount_out_of_range;
    const taken = asked.isReduceOnly ? 0 : counted - own;
    const upper = held + f64[e + E_BIDS] + (isBid ? taken : 0);
    const lower = held - f64[e + E_ASKS] - (isBid ? 0 : taken);
    const worst = Math.max(Math.abs(upper), Math.abs(lower));
    return worst <= MOST && worst * instruments.worth[market] <= MOST
      ? REASON_ACCEPTED
      : Reason.amount_out_of_range;
  }

  /** The rest, of an order that `begin` accepted. The account was looked at. */
  fill(asked: Asked): void {
    this.#fillPrices(asked);
    // Nothing but its price is held against it.
    if (this.candidate.isReducing) return;
    this.#fillPlain(asked);
    this.#fillMoney(asked);
  }

  /**
   * The same with bounds of the account's money in place of the exact amounts: an order that is within its limits by these is so by those. False where
   * there are none.
   */
  fillBounds(asked: Asked): boolean {
    const { rooms } = this.#state;
    if (asked.leg !== LEG_NET || !rooms.isKnown(asked.account) || !this.#bound(asked)) return false;
    this.#fillPrices(asked);
    if (!this.candidate.isReducing) this.#fillPlain(asked);
    return true;
  }

  #fillPrices({ market }: Asked): void {
    const { instruments } = this.#state;
    this.candidate.index = instruments.index[market];
    this.candidate.last = instruments.last[market];
  }

  /** All but money. */
  #fillPlain(asked: Asked): void {
    const { instruments, engine, seat } = this.#state;
    const { candidate } = this;
    const { market } = asked;
    candidate.isMarkUsable =
      candidate.mark !== ABSENT && engine.book.markets.isAllowed(market as never, USE_OPEN);
    candidate.isRestricted = instruments.restricted[market] === 1;
    candidate.shortRule = instruments.short[market];
    candidate.missingLimit = seat.missing;
    candidate.missingLevel = LEVEL_OF_ACCOUNT;
    if (candidate.missingLimit === COMPLETE) {
      candidate.missingLimit = seat.missingOfFirm;
      candidate.missingLevel = LEVEL_OF_GROUP;
    }
    if (candidate.shortRule === SHORT_LOCATE) candidate.locatedLots = this.#located(asked);
    this.#fillHalt(asked);
    this.#fillRates(asked);
    this.#fillParent(asked);
    this.#fillGroups(asked);
  }

  #fillHalt({ account, market }: Asked): void {
    const { halts, accounts, seat } = this.#state;
    const { candidate } = this;
    candidate.haltState = 0;
    candidate.halt = HALTLESS;
    if (halts.count === 0) return;
    let worst = halts.ofMarket(market);
    for (let at = seat.groups - 1; at >= 0; at--) worst = Math.max(worst, halts.ofGroup(seat.group[at]));
    if (accounts.isHalted(account)) worst = Math.max(worst, halts.ofAccount(account, market));
    if (worst === 0) return;
    candidate.haltState = stateOfRank(worst);
    candidate.halt = epochOfRank(worst);
  }

  /** Position, exposure and margin by what the account can be at worst, of which all legs are net, and linear. */
  #bound(asked: Asked): boolean {
    const { instruments, holdings, accounts, reservations, rooms, seat } = this.#state;
    const { account, market, isBid, replaces } = asked;
    const { candidate, exposure, counted } = this;
    if (!instruments.isLinear(market)) return false;
    const high = instruments.bands.high[market];
    const { f64 } = holdings.exposures;
    const e = exposure * E_F64;
    const ownLots = replaces === NO_ROW ? 0 : reservations.orders.f64[replaces * O_F64 + O_COUNTED];
    const lots = counted - ownLots;
    let upper = f64[e + E_HELD] + f64[e + E_BIDS];
    let lower = f64[e + E_HELD] - f64[e + E_ASKS];
    const before = Math.max(Math.abs(upper), Math.abs(lower)) * high;
    if (!asked.isReduceOnly) {
      if (isBid) upper += lots;
      else lower -= lots;
    }
    const value = Math.max(Math.abs(upper), Math.abs(lower)) * high;
    const loss = rooms.lossOf(market, isBid, counted, candidate.dearest);
    const r = account * R_F64;
    const bounds = rooms.f64;
    this.moreGross = value - before;
    this.moreNet = lots * high;
    this.moreRequired =
      loss + instruments.initialMargin(market, value) - instruments.initialMargin(market, before);
    const lost = bounds[r + R_LOST];
    const drawdown = Math.max(0, accounts.f64[account * A_F64 + A_BEST] + lost);
    // What it lost is watched, whatever is asked.
    if (lost > seat.lossMax || drawdown > seat.drawdownMax) return false;
    const gross = bounds[r + R_GROSS] + this.moreGross;
    candidate.longWorst = Math.max(0, upper);
    candidate.shortWorst = Math.max(0, -lower);
    candidate.worst = Math.max(candidate.longWorst, candidate.shortWorst);
    candidate.marketValue = value;
    candidate.grossValue = gross;
    candidate.netValue = bounds[r + R_NET] + this.moreNet;
    candidate.sectorValue = gross;
    candidate.issuerValue = gross;
    candidate.ownOpposite = reservations.best(exposure, !isBid);
    candidate.equity = bounds[r + R_EQUITY];
    candidate.lostToday = lost;
    candidate.drawdown = drawdown;
    candidate.required = bounds[r + R_REQUIRED] + this.moreRequired;
    candidate.fee = instruments.feeOf(market, this.countedValue);
    candidate.lossAtOnce = 0;
    // A share of gross value is no less for its being larger.
    return isUnlimited(candidate, LIMIT_SHARE) || isWithinFloor(gross, candidate.hard(LIMIT_SHARE_FLOOR));
  }

  /** Position, exposure and margin: one pass over what the account holds and has ordered. */
  #fillMoney(asked: Asked): void {
    const { instruments, holdings, accounts, days, reservations } = this.#state;
    const { candidate, exposure } = this;
    const { market, isBid, replaces } = asked;
    const { orders } = reservations;
    const { f64, i32 } = holdings.exposures;
    const { worth, sector, issuer, stamps } = instruments;
    // What the order at hand counts for now, which others do not. Reduce-only orders do not come here: they reduce, or are refused.
    const o = replaces * O_F64;
    const ownLots = replaces === NO_ROW ? 0 : orders.f64[o + O_COUNTED];
    const ownWorth = replaces === NO_ROW ? 0 : orders.f64[o + O_WORTH];
    const lots = this.counted;
    const sectorHere = sector[market];
    const issuerHere = issuer[market];
    let gross = 0;
    let upperValue = 0;
    let lowerValue = 0;
    let marketValue = 0;
    let sectorValue = 0;
    let issuerValue = 0;
    let required = 0;
    let long = 0;
    let short = 0;
    let opposite = UNPRICED;
    const lists = holdings.exposures.lists.i32;
    const list = accounts.exposures(asked.account);
    const end = list + HEAD + lists[list] * ENTRY;
    for (let at = list + HEAD; at < end; at += ENTRY) {
      const row = lists[at + 1];
      const f = row * E_F64;
      const m = (i32[row * E_I32 + E_TAG] >>> 8) & 0xffff;
      let upper = f64[f + E_HELD] + f64[f + E_BIDS];
      let lower = f64[f + E_HELD] - f64[f + E_ASKS];
      if (m === market) {
        const best = reservations.best(row, !isBid);
        if (best !== UNPRICED)
          opposite =
            opposite === UNPRICED ? best : isBid ? Math.min(opposite, best) : Math.max(opposite, best);
      }
      if (row === exposure) {
        if (isBid) upper += lots - ownLots;
        else lower -= lots - ownLots;
      } else if (upper === 0 && lower === 0) continue;
      const worst = Math.max(Math.abs(upper), Math.abs(lower));
      const value = worst * worth[m];
      gross += value;
      upperValue += upper * worth[m];
      lowerValue += lower * worth[m];
      if (m === market) {
        marketValue += value;
        long += Math.max(0, upper);
        short += Math.max(0, -lower);
      }
      if (sectorHere !== NAMELESS && sector[m] === sectorHere) sectorValue += value;
      if (issuerHere !== NAMELESS && issuer[m] === issuerHere) issuerValue += value;
      if (row === exposure)
        required += this.#margin(row, value, isBid ? ownLots : 0, isBid ? 0 : ownLots, ownWorth);
      else {
        if (i32[row * E_I32 + E_STAMP] !== stamps[m]) {
          f64[f + E_MARGIN] = this.#margin(row, value, 0, 0, 0);
          i32[row * E_I32 + E_STAMP] = stamps[m];
        }
        required += f64[f + E_MARGIN];
      }
    }
    candidate.longWorst = long;
    candidate.shortWorst = short;
    candidate.worst = Math.max(long, short);
    candidate.marketValue = marketValue;
    candidate.grossValue = gross;
    candidate.netValue = Math.max(Math.abs(upperValue), Math.abs(lowerValue));
    candidate.sectorValue = sectorValue;
    candidate.issuerValue = issuerValue;
    candidate.ownOpposite = opposite;
    candidate.equity = days.equity;
    candidate.lostToday = days.lost;
    candidate.drawdown = days.drawdown;
    candidate.required = required;
    candidate.fee = instruments.feeOf(market, this.countedValue);
    candidate.lossAtOnce =
      candidate.price === ABSENT || !instruments.isMarked(market)
        ? 0
        : instruments.lossOf(market, isBid, this.counted, candidate.dearest);
  }

  /** Initial margin of a leg that could come to `value`, and what its orders lose beyond the mark but for these lots. */
  #margin(row: number, value: number, ownBids: number, ownAsks: number, ownWorth: number): number {
    const { instruments, holdings } = this.#state;
    const { f64, i32 } = holdings.exposures;
    const market = holdings.exposures.market(row);
    const f = row * E_F64;
    const held = f64[f + E_HELD];
    const bids = f64[f + E_BIDS] - ownBids;
    const asks = f64[f + E_ASKS] - ownAsks;
    let margin = value === 0 ? 0 : instruments.initialMargin(market, value);
    if ((i32[row * E_I32 + E_TAG] & ISOLATED) !== 0 && held !== 0) {
      const ofHeld = instruments.initialMargin(market, Math.abs(held) * instruments.worth[market]);
      margin = Math.max(0, margin - ofHeld);
    }
    if (bids > 0) {
      const worth = f64[f + E_BIDS_WORTH] - (ownBids === 0 ? 0 : ownWorth);
      margin += instruments.lossBeyond(market, true, worth, bids);
    }
    if (asks > 0) {
      const worth = f64[f + E_ASKS_WORTH] - (ownAsks === 0 ? 0 : ownWorth);
      margin += instruments.lossBeyond(market, false, worth, asks);
    }
    return margin;
  }

  #fillRates(asked: Asked): void {
    const { accounts, windows, recent } = this.#state;
    const { candidate } = this;
    const { account, replaces } = asked;
    const a = account * A_F64;
    const activity = accounts.activity(account);
    candidate.ordersInWindow = 1;
    candidate.valueInWindow = candidate.value;
    candidate.cancelsInWindow = 0;
    candidate.isDuplicate = false;
    candidate.workingOrders = accounts.i32[account * A_I32 + A_COUNT] + (replaces === NO_ROW ? 1 : 0);
    candidate.ordersToday = accounts.f64[a + A_ORDERS] + 1;
    candidate.executionsToday = accounts.f64[a + A_EXECUTIONS];
    if (activity === INACTIVE) return;
    if (sliceOf(candidate.hard(LIMIT_WINDOW_US)) !== NO_SLICE) {
      windows.expire(activity);
      const w = activity * W_F64;
      candidate.ordersInWindow += windows.f64[w + W_ORDERS];
      candidate.valueInWindow += windows.f64[w + W_VALUE];
      candidate.cancelsInWindow = windows.f64[w + W_CANCELS];
    }
    const within = candidate.hard(LIMIT_DUPLICATE_US);
    if (within > 0 && within !== UNLIMITED && replaces === NO_ROW) {
      const { market, leg, isBid, isMarket, price, size, isReduceOnly } = asked;
      const shape = shapeOf(market, leg, !isBid, isMarket, isReduceOnly);
      candidate.isDuplicate = recent.has(activity, shape, price, size, within);
    }
  }

  #fillParent({ parent, replaces }: Asked): void {
    const { parents, reservations } = this.#state;
    const { candidate } = this;
    candidate.parent = parent;
    candidate.isParentKnown = this.parent !== NO_PARENT_HERE;
    if (!candidate.isParentKnown) return;
    const f = this.parent * P_F64;
    const own = replaces === NO_ROW ? 0 : reservations.orders.f64[replaces * O_F64 + O_COUNTED];
    candidate.parentSize = parents.f64[f + P_SIZE];
    candidate.childrenLots = parents.f64[f + P_TRADED] + parents.f64[f + P_WORKING] - own + this.counted;
  }

  #fillGroups(asked: Asked): void {
    const { seat, groups, groupMarkets, groupWindows, holdings, instruments } = this.#state;
    const { candidate } = this;
    const { isBid, replaces } = asked;
    const { orders } = this.#state.reservations;
    const e = this.exposure * E_F64;
    const { f64 } = holdings.exposures;
    const o = replaces * O_F64;
    const ownLots = replaces === NO_ROW ? 0 : orders.f64[o + O_COUNTED];
    const ownValue = replaces === NO_ROW ? 0 : orders.f64[o + O_VALUE];
    const lots = this.counted - ownLots;
    const upper = f64[e + E_HELD] + f64[e + E_BIDS];
    const lower = f64[e + E_HELD] - f64[e + E_ASKS];
    const moreUpper = isBid ? lots : 0;
    const moreLower = isBid ? 0 : -lots;
    const moreLong = Math.max(0, upper + moreUpper) - Math.max(0, upper);
    const moreShort = Math.max(0, -lower - moreLower) - Math.max(0, -lower);
    const moreWorst =
      Math.max(Math.abs(upper + moreUpper), Math.abs(lower + moreLower)) -
      Math.max(Math.abs(upper), Math.abs(lower));
    const worth = instruments.worth[candidate.market];
    const moreValue = this.countedValue - ownValue;
    const count = seat.groups;
    candidate.groupCount = count;
    for (let at = 0; at < count; at++) {
      const group = seat.group[at];
      const limits = seat.groupLimits[at];
      const m = seat.groupMarket[at] * M_F64;
      const g = group * G_F64;
      candidate.group[at] = group;
      candidate.groupKind[at] = groups.kind(group);
      candidate.groupLimitsAt[at] = limits;
      candidate.groupLong[at] = groupMarkets.f64[m + M_LONG] + moreLong;
      candidate.groupShort[at] = groupMarkets.f64[m + M_SHORT] + moreShort;
      candidate.groupNet[at] = Math.max(
        Math.abs(groupMarkets.f64[m + M_UPPER] + moreUpper),
        Math.abs(groupMarkets.f64[m + M_LOWER] + moreLower),
      );
      candidate.groupGrossValue[at] = groups.f64[g + G_GROSS] + moreWorst * worth;
      candidate.groupNetValue[at] = Math.max(
        Math.abs(groups.f64[g + G_UPPER] + moreUpper * worth),
        Math.abs(groups.f64[g + G_LOWER] + moreLower * worth),
      );
      candidate.groupTradedValue[at] = groups.tradedValue(group) + moreValue;
      let ordersBefore = 0;
      let valueBefore = 0;
      if (sliceOf(seat.limits[limits + LIMIT_GROUP_WINDOW_US]) !== NO_SLICE) {
        const window = groups.window(group);
        groupWindows.expire(window);
        ordersBefore = groupWindows.f64[window * W_F64 + W_ORDERS];
        valueBefore = groupWindows.f64[window * W_F64 + W_VALUE];
      }
      candidate.groupOrders[at] = ordersBefore + 1;
      candidate.groupRateValue[at] = valueBefore + candidate.value;
    }
  }

  /** Of the market, whatever the leg; nothing after their time. */
  #located({ account, market }: Asked): number {
    const { holdings, engine } = this.#state;
    const row = holdings.find(account, market, LEG_NET);
    if (row === NOTHING) return 0;
    const f = row * E_F64;
    const { f64 } = holdings.exposures;
    return f64[f + E_LOCATED_UNTIL] > engine.timeUs ? f64[f + E_LOCATED] : 0;
  }

  /** The mark and its collar, away from the mark in whole ticks. */
  #marketPrice(isBid: boolean): number {
    const { candidate } = this;
    const { mark, market } = candidate;
    // A mark under half a tick is one: what reduces has a price.
    if (!this.#state.instruments.isMarked(market)) return ABSENT;
    const told = candidate.hard(LIMIT_COLLAR_MARK);
    const collar = Number.isNaN(told) || told === UNLIMITED ? 0 : told;
    if (!isBid && collar >= MILLION) return 1;
    const price = isBid
      ? mulDivCeil(mark, MILLION + collar, MILLION)
      : mulDivFloor(mark, MILLION - collar, MILLION);
    // What is too large to be told is beyond all prices.
    return Math.min(HIGHEST, Math.max(1, price ?? HIGHEST));
  }

  /** Row of the parent that it names, given for this account, market and side. */
  #parentOf({ account, market, isBid, parent }: Asked): number {
    if (parent === PARENTLESS) return NO_PARENT_HERE;
    const { parents } = this.#state;
    const row = parents.find(parent);
    if (row === NO_PARENT_HERE) return NO_PARENT_HERE;
    const i = row * P_I32;
    const isSame =
      parents.i32[i + P_ACCOUNT] === account &&
      parents.i32[i + P_MARKET] === market &&
      parents.i32[i + P_SIDE] === (isBid ? SIDE_BID : SIDE_ASK);
    return isSame ? row : NO_PARENT_HERE;
  }

  #larger(market: number, lots: number, a: number, b: number): number {
    const { instruments } = this.#state;
    const one = a === ABSENT ? 0 : instruments.valueAt(market, lots, a);
    const other = b === ABSENT ? 0 : instruments.valueAt(market, lots, b);
    return Math.max(one, other);
  }
}
