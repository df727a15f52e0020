/**
 * An order as it would be if it were accepted, for the checks: everything in `Candidate`, from one pass over the account's exposures, one over
 * its positions and one over its groups. Changes nothing that counts.
 */
import { Candidate, LIMIT_NONE, NO_PARENT, PRICE_ABSENT } from '../gate/candidate.ts';
import { onlyReduces } from '../gate/reducing.ts';
import { mulDivCeil, mulDivFloor } from '../num/exact.ts';
import { PRICE_MAX, SAFE_MAX } from '../num/units.ts';
import { Leg } from '../schema/commands.ts';
import { ShortRule } from '../schema/gate-commands.ts';
import { Limit } from '../schema/gate-limits.ts';
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
import { SEAT_I32, SeatLink } from './seats.ts';
import type { GateState } from './state.ts';
import { SLICE_NONE, sliceOf, WINDOW_F64, WindowField } from './windows.ts';

// Constants of its own are compiled into a loop; another module's are looked up at every turn.
const E_F64 = EXPOSURE_F64;
const E_I32 = EXPOSURE_I32;
const ISOLATED = EXPOSURE_ISOLATED;
const NOTHING = NO_EXPOSURE;
const { tag: E_TAG, next: E_NEXT } = ExposureLink;
const {
  held: E_HELD,
  bids: E_BIDS,
  asks: E_ASKS,
  bidsWorth: E_BIDS_WORTH,
  asksWorth: E_ASKS_WORTH,
} = ExposureField;
const MILLION = 1_000_000;

/** What is asked, in plain numbers; reused. */
export class Asked {
  account = 0;
  market = 0;
  leg: Leg = Leg.net;
  isBid = false;
  isMarket = false;
  /** 0 of a market order. */
  price = 0;
  size = 0;
  isReduceOnly = false;
  /** Its name; NO_PARENT: none. */
  parent = NO_PARENT;
  /** The order that it takes the place of, or NO_ORDER; what is filled of that, and its size and price until now. */
  replaces = NO_ORDER;
  filled = 0;
}

export class CandidateDesk {
  readonly candidate = new Candidate();
  /** Where the order would count, and where its limits stand. */
  exposure = NO_EXPOSURE;
  seat = 0;
  /** Lots and value that it would count for. */
  counted = 0;
  countedValue = 0;
  /** Row of the parent that is named, or NO_PARENT_ROW. */
  parent = NO_PARENT_ROW;
  readonly #state: GateState;

  constructor(state: GateState) {
    this.#state = state;
  }

  /** What makes the order refused alone, or accepted: sizes, price and whether it reduces are in the candidate then. */
  begin(asked: Asked): Reason {
    const { instruments, holdings, seats, reservations } = this.#state;
    instruments.refresh();
    const { account, market, isBid, replaces } = asked;
    const { candidate } = this;
    const { orders } = reservations;
    const exposure = holdings.ensure(account, market, asked.leg);
    this.exposure = exposure;
    this.seat = seats.of(account, market);
    this.parent = this.#parentOf(asked);
    candidate.account = account;
    candidate.market = market;
    candidate.isBid = isBid;
    candidate.isMarketOrder = asked.isMarket;
    candidate.isReduceOnly = asked.isReduceOnly;
    candidate.limits = seats.limits;
    candidate.limitsAt = seats.i32[this.seat * SEAT_I32 + SeatLink.limits];
    candidate.mark = instruments.mark[market];
    const price = asked.isMarket ? this.#marketPrice(isBid) : asked.price;
    candidate.price = price;
    const left = asked.size - asked.filled;
    candidate.size = left;

    const { f64 } = holdings.exposures;
    const e = exposure * EXPOSURE_F64;
    const held = f64[e + ExposureField.held];
    const o = replaces * ORDER_F64;
    const own = replaces === NO_ORDER ? 0 : orders.f64[o + OrderField.counted];
    const others =
      (isBid
        ? f64[e + ExposureField.bids] + f64[e + ExposureField.bidsReducing]
        : f64[e + ExposureField.asks] + f64[e + ExposureField.asksReducing]) - own;
    candidate.held = held;
    candidate.isReducing = onlyReduces(held, isBid, others, left);
    if (asked.isReduceOnly && !candidate.isReducing) return Reason.nothing_to_reduce;

    let counted = left;
    let dearest = price;
    const value = price === PRICE_ABSENT ? 0 : instruments.valueAt(market, left, price);
    let countedValue = value;
    if (replaces !== NO_ORDER) {
      const before = orders.f64[o + OrderField.price];
      counted = Math.max(asked.size, orders.f64[o + OrderField.size]) - asked.filled;
      dearest = isBid ? Math.max(price, before) : Math.min(price, before);
      countedValue = this.#larger(market, counted, price, before);
    }
    candidate.dearest = dearest;
    this.counted = counted;
    if (value === UNCOUNTABLE || countedValue === UNCOUNTABLE) return Reason.amount_out_of_range;
    candidate.value = value;
    this.countedValue = countedValue;
    const taken = asked.isReduceOnly ? 0 : counted - own;
    const upper = held + f64[e + ExposureField.bids] + (isBid ? taken : 0);
    const lower = held - f64[e + ExposureField.asks] - (isBid ? 0 : taken);
    const worst = Math.max(Math.abs(upper), Math.abs(lower));
    return worst <= SAFE_MAX && worst * instruments.worth[market] <= SAFE_MAX
      ? Reason.accepted
      : Reason.amount_out_of_range;
  }

  /** The rest, of an order that `begin` accepted. The account was seen. */
  fill(asked: Asked): void {
    const { instruments, engine } = this.#state;
    const { candidate } = this;
    const { market } = asked;
    candidate.index = instruments.index[market];
    candidate.last = instruments.last[market];
    // Nothing but its price is held against it.
    if (candidate.isReducing) return;
    candidate.isMarkUsable =
      candidate.mark !== PRICE_ABSENT && engine.book.markets.isAllowed(market as never, Use.open);
    candidate.isRestricted = instruments.restricted[market] === 1;
    candidate.shortRule = instruments.short[market];
    const seat = this.seat * SEAT_I32;
    const { i32 } = this.#state.seats;
    candidate.missingLimit = i32[seat + SeatLink.missing];
    candidate.missingLevel = i32[seat + SeatLink.missingLevel];
    if (candidate.shortRule === ShortRule.locate) candidate.locatedLots = this.#located(asked);
    this.#fillHalt(asked);
    this.#fillMoney(asked);
    this.#fillRates(asked);
    this.#fillParent(asked);
    this.#fillGroups(asked);
  }

  #fillHalt({ account, market }: Asked): void {
    const { halts, accounts, seats } = this.#state;
    const { candidate } = this;
    candidate.haltState = 0;
    candidate.halt = NO_HALT;
    if (halts.count === 0) return;
    let worst = halts.ofMarket(market);
    const seat = this.seat * SEAT_I32;
    for (let at = seats.i32[seat + SeatLink.groups] - 1; at >= 0; at--)
      worst = Math.max(worst, halts.ofGroup(seats.i32[seat + SeatLink.group + at]));
    if (accounts.isHalted(account)) worst = Math.max(worst, halts.ofAccount(account, market));
    if (worst === 0) return;
    candidate.haltState = stateOfRank(worst);
    candidate.halt = epochOfRank(worst);
  }

  /** Position, exposure and margin: one pass over what the account holds and has ordered. */
  #fillMoney(asked: Asked): void {
    const { instruments, holdings, accounts, days, reservations } = this.#state;
    const { candidate, exposure } = this;
    const { market, isBid, replaces } = asked;
    const { orders } = reservations;
    const { f64, i32 } = holdings.exposures;
    const { worth, sector, issuer } = instruments;
    // What the order at hand counts for now, which others do not. Reduce-only orders do not come here: they reduce, or are refused.
    const o = replaces * ORDER_F64;
    const ownLots = replaces === NO_ORDER ? 0 : orders.f64[o + OrderField.counted];
    const ownWorth = replaces === NO_ORDER ? 0 : orders.f64[o + OrderField.worth];
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
    let opposite = NO_PRICE;
    for (let row = accounts.firstExposure(asked.account); row !== NOTHING; row = i32[row * E_I32 + E_NEXT]) {
      const f = row * E_F64;
      const tag = i32[row * E_I32 + E_TAG];
      const m = (tag >>> 8) & 0xffff;
      const held = f64[f + E_HELD];
      let bids = f64[f + E_BIDS];
      let asks = f64[f + E_ASKS];
      if (m === market) {
        const best = reservations.best(row, !isBid);
        if (best !== NO_PRICE)
          opposite =
            opposite === NO_PRICE ? best : isBid ? Math.min(opposite, best) : Math.max(opposite, best);
      }
      if (row !== exposure && held === 0 && bids === 0 && asks === 0) continue;
      const each = worth[m];
      let bidsWorth = f64[f + E_BIDS_WORTH];
      let asksWorth = f64[f + E_ASKS_WORTH];
      let upper = held + bids;
      let lower = held - asks;
      if (row === exposure) {
        if (isBid) {
          bids -= ownLots;
          bidsWorth -= ownWorth;
          upper += lots - ownLots;
        } else {
          asks -= ownLots;
          asksWorth -= ownWorth;
          lower -= lots - ownLots;
        }
      }
      const worst = Math.max(Math.abs(upper), Math.abs(lower));
      const value = worst * each;
      gross += value;
      upperValue += upper * each;
      lowerValue += lower * each;
      if (m === market) {
        marketValue += value;
        long += Math.max(0, upper);
        short += Math.max(0, -lower);
      }
      if (sectorHere !== NO_NAME && sector[m] === sectorHere) sectorValue += value;
      if (issuerHere !== NO_NAME && issuer[m] === issuerHere) issuerValue += value;
      let margin = value === 0 ? 0 : instruments.initialMargin(m, value);
      if ((tag & ISOLATED) !== 0 && held !== 0)
        margin = Math.max(0, margin - instruments.initialMargin(m, Math.abs(held) * each));
      if (bids > 0) margin += instruments.lossBeyond(m, true, bidsWorth, bids);
      if (asks > 0) margin += instruments.lossBeyond(m, false, asksWorth, asks);
      required += margin;
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
      candidate.price === PRICE_ABSENT || !instruments.isMarked(market)
        ? 0
        : instruments.lossOf(market, isBid, this.counted, candidate.dearest);
  }

  #fillRates(asked: Asked): void {
    const { accounts, windows, recent } = this.#state;
    const { candidate } = this;
    const { account, replaces } = asked;
    const a = account * ACCOUNT_F64;
    const activity = accounts.activity(account);
    candidate.ordersInWindow = 1;
    candidate.valueInWindow = candidate.value;
    candidate.cancelsInWindow = 0;
    candidate.isDuplicate = false;
    candidate.workingOrders =
      accounts.i32[account * ACCOUNT_I32 + AccountLink.count] + (replaces === NO_ORDER ? 1 : 0);
    candidate.ordersToday = accounts.f64[a + AccountField.orders] + 1;
    candidate.executionsToday = accounts.f64[a + AccountField.executions];
    if (activity === NO_ACTIVITY) return;
    if (sliceOf(candidate.hard(Limit.window_us)) !== SLICE_NONE) {
      windows.expire(activity);
      const w = activity * WINDOW_F64;
      candidate.ordersInWindow += windows.f64[w + WindowField.orders];
      candidate.valueInWindow += windows.f64[w + WindowField.value];
      candidate.cancelsInWindow = windows.f64[w + WindowField.cancels];
    }
    const within = candidate.hard(Limit.duplicate_us);
    if (within > 0 && within !== LIMIT_NONE && replaces === NO_ORDER) {
      const { market, leg, isBid, isMarket, price, size, isReduceOnly } = asked;
      const shape = shapeOf(market, leg, !isBid, isMarket, isReduceOnly);
      candidate.isDuplicate = recent.has(activity, shape, price, size, within);
    }
  }

  #fillParent({ parent, replaces }: Asked): void {
    const { parents, reservations } = this.#state;
    const { candidate } = this;
    candidate.parent = parent;
    candidate.isParentKnown = this.parent !== NO_PARENT_ROW;
    if (!candidate.isParentKnown) return;
    const f = this.parent * PARENT_F64;
    const own =
      replaces === NO_ORDER ? 0 : reservations.orders.f64[replaces * ORDER_F64 + OrderField.counted];
    candidate.parentSize = parents.f64[f + ParentField.size];
    candidate.childrenLots =
      parents.f64[f + ParentField.traded] + parents.f64[f + ParentField.working] - own + this.counted;
  }

  #fillGroups(asked: Asked): void {
    const { seats, groups, groupMarkets, groupWindows, holdings, instruments } = this.#state;
    const { candidate } = this;
    const { isBid, replaces } = asked;
    const { orders } = this.#state.reservations;
    const e = this.exposure * EXPOSURE_F64;
    const { f64 } = holdings.exposures;
    const o = replaces * ORDER_F64;
    const ownLots = replaces === NO_ORDER ? 0 : orders.f64[o + OrderField.counted];
    const ownValue = replaces === NO_ORDER ? 0 : orders.f64[o + OrderField.value];
    const lots = this.counted - ownLots;
    const upper = f64[e + ExposureField.held] + f64[e + ExposureField.bids];
    const lower = f64[e + ExposureField.held] - f64[e + ExposureField.asks];
    const moreUpper = isBid ? lots : 0;
    const moreLower = isBid ? 0 : -lots;
    const moreLong = Math.max(0, upper + moreUpper) - Math.max(0, upper);
    const moreShort = Math.max(0, -lower - moreLower) - Math.max(0, -lower);
    const moreWorst =
      Math.max(Math.abs(upper + moreUpper), Math.abs(lower + moreLower)) -
      Math.max(Math.abs(upper), Math.abs(lower));
    const worth = instruments.worth[candidate.market];
    const moreValue = this.countedValue - ownValue;
    const seat = this.seat * SEAT_I32;
    const count = seats.i32[seat + SeatLink.groups];
    candidate.groupCount = count;
    for (let at = 0; at < count; at++) {
      const group = seats.i32[seat + SeatLink.group + at];
      const limits = seats.i32[seat + SeatLink.groupLimits + at];
      const m = seats.i32[seat + SeatLink.groupMarket + at] * GROUP_MARKET_F64;
      const g = group * GROUP_F64;
      candidate.group[at] = group;
      candidate.groupKind[at] = groups.kind(group);
      candidate.groupLimitsAt[at] = limits;
      candidate.groupLong[at] = groupMarkets.f64[m + GroupMarketField.long] + moreLong;
      candidate.groupShort[at] = groupMarkets.f64[m + GroupMarketField.short] + moreShort;
      candidate.groupNet[at] = Math.max(
        Math.abs(groupMarkets.f64[m + GroupMarketField.upper] + moreUpper),
        Math.abs(groupMarkets.f64[m + GroupMarketField.lower] + moreLower),
      );
      candidate.groupGrossValue[at] = groups.f64[g + GroupField.gross] + moreWorst * worth;
      candidate.groupNetValue[at] = Math.max(
        Math.abs(groups.f64[g + GroupField.upper] + moreUpper * worth),
        Math.abs(groups.f64[g + GroupField.lower] + moreLower * worth),
      );
      candidate.groupTradedValue[at] = groups.tradedValue(group) + moreValue;
      let ordersBefore = 0;
      let valueBefore = 0;
      if (sliceOf(seats.limits[limits + Limit.group_window_us]) !== SLICE_NONE) {
        const window = groups.window(group);
        groupWindows.expire(window);
        ordersBefore = groupWindows.f64[window * WINDOW_F64 + WindowField.orders];
        valueBefore = groupWindows.f64[window * WINDOW_F64 + WindowField.value];
      }
      candidate.groupOrders[at] = ordersBefore + 1;
      candidate.groupRateValue[at] = valueBefore + candidate.value;
    }
  }

  /** Of the market, whatever the leg; nothing after their time. */
  #located({ account, market }: Asked): number {
    const { holdings, engine } = this.#state;
    const row = holdings.find(account, market, Leg.net);
    if (row === NO_EXPOSURE) return 0;
    const f = row * EXPOSURE_F64;
    const { f64 } = holdings.exposures;
    return f64[f + ExposureField.locatedUntil] > engine.timeUs ? f64[f + ExposureField.located] : 0;
  }

  /** The mark and its collar, away from the mark in whole ticks. */
  #marketPrice(isBid: boolean): number {
    const { candidate } = this;
    const { mark, market } = candidate;
    // A mark under half a tick is one: what reduces has a price.
    if (!this.#state.instruments.isMarked(market)) return PRICE_ABSENT;
    const told = candidate.hard(Limit.collar_mark);
    const collar = Number.isNaN(told) || told === LIMIT_NONE ? 0 : told;
    if (!isBid && collar >= MILLION) return 1;
    const price = isBid
      ? mulDivCeil(mark, MILLION + collar, MILLION)
      : mulDivFloor(mark, MILLION - collar, MILLION);
    // What is too large to be told is beyond all prices.
    return Math.min(PRICE_MAX, Math.max(1, price ?? PRICE_MAX));
  }

  /** Row of the parent that it names, given for this account, market and side. */
  #parentOf({ account, market, isBid, parent }: Asked): number {
    if (parent === NO_PARENT) return NO_PARENT_ROW;
    const { parents } = this.#state;
    const row = parents.find(parent);
    if (row === NO_PARENT_ROW) return NO_PARENT_ROW;
    const i = row * PARENT_I32;
    const isSame =
      parents.i32[i + ParentLink.account] === account &&
      parents.i32[i + ParentLink.market] === market &&
      parents.i32[i + ParentLink.side] === (isBid ? Side.bid : Side.ask);
    return isSame ? row : NO_PARENT_ROW;
  }

  #larger(market: number, lots: number, a: number, b: number): number {
    const { instruments } = this.#state;
    const one = a === PRICE_ABSENT ? 0 : instruments.valueAt(market, lots, a);
    const other = b === PRICE_ABSENT ? 0 : instruments.valueAt(market, lots, b);
    return Math.max(one, other);
  }
}
