/**
 * Nearly all orders are fine, and that can be seen by one comparison for each limit, without asking every check for its own: a twentieth of
 * the code to go through. Where anything is in doubt, all checks are made; what they say is what is said (clean.property.test.ts).
 */
import { Limit, LIMIT_COUNT } from '../schema/gate-limits.ts';
import { type Candidate, LIMIT_NONE, NO_PARENT, NONE_MISSING, PRICE_ABSENT } from './candidate.ts';
import { findAll } from './checks.ts';
import type { Findings } from './findings.ts';
import { isWithinFloor } from './floor.ts';

/**
 * Rows of limits have a third part here: where something may begin to be said, the lower of hard and soft, and of least values the
 * higher. Without end where neither is set.
 */
const EDGES = 2 * LIMIT_COUNT;
export const EDGED_ROW = 3 * LIMIT_COUNT;
const LEAST: ReadonlySet<number> = new Set([Limit.order_size_min, Limit.order_value_min]);
const ABSENT = PRICE_ABSENT;
const PARENTLESS = NO_PARENT;
const COMPLETE = NONE_MISSING;
const MILLION = 1_000_000;
/** More than what the products of doubles are off by. */
const NEARLY = 1 - 1e-12;

const {
  order_size_min: SIZE_MIN,
  order_size_max: SIZE_MAX,
  order_value_min: VALUE_MIN,
  order_value_max: VALUE_MAX,
  collar_mark: COLLAR_MARK,
  collar_index: COLLAR_INDEX,
  collar_last: COLLAR_LAST,
  position_max: POSITION,
  long_max: LONG,
  short_max: SHORT,
  market_value_max: MARKET_VALUE,
  gross_max: GROSS,
  net_max: NET,
  market_share_max: SHARE,
  sector_value_max: SECTOR,
  issuer_value_max: ISSUER,
  share_floor: SHARE_FLOOR,
  order_trade_floor: ORDER_TRADE_FLOOR,
  leverage_max: LEVERAGE,
  orders_max: ORDERS,
  order_rate_value_max: RATE,
  cancels_max: CANCELS,
  order_trade_max: ORDER_TRADE,
  working_max: WORKING,
  loss_max: LOSS,
  drawdown_max: DRAWDOWN,
  self_trade: SELF_TRADE,
  parent_required: PARENT_REQUIRED,
  group_long_max: G_LONG,
  group_short_max: G_SHORT,
  group_net_max: G_NET,
  open_interest_max: G_OPEN,
  group_gross_value_max: G_GROSS,
  group_net_value_max: G_NET_VALUE,
  group_orders_max: G_ORDERS,
  group_rate_value_max: G_RATE,
  traded_value_max: G_TRADED,
} = Limit;

/** Fills in the third part of the row that begins at `at`. */
export function layEdges(limits: Float64Array, at: number): void {
  for (let limit = 0; limit < LIMIT_COUNT; limit++) {
    const both = [limits[at + limit], limits[at + LIMIT_COUNT + limit]];
    const said = both.filter((value) => !Number.isNaN(value) && value !== LIMIT_NONE);
    limits[at + EDGES + limit] = LEAST.has(limit)
      ? Math.max(-Infinity, ...said)
      : Math.min(Infinity, ...said);
  }
}

/** Everything that is to be said of an order whose rows of limits have edges, into `findings`. */
export function findEdged(candidate: Candidate, findings: Findings): void {
  findings.clear();
  if (!isClean(candidate)) findAll(candidate, findings);
}

/** Whether neither a hard nor a soft value of the account's is said of a limit. */
export function isUnlimited({ limits, limitsAt }: Candidate, limit: Limit): boolean {
  return limits[limitsAt + EDGES + limit] === Infinity;
}

/** Whether no check can find anything. False where it is in doubt. */
export function isClean(candidate: Candidate): boolean {
  if (!isNearPrices(candidate)) return false;
  return candidate.isReducing || (isPlain(candidate) && isWithin(candidate) && areGroupsWithin(candidate));
}

/** No farther beyond any price than its collar. */
function isNearPrices(candidate: Candidate): boolean {
  if (candidate.isMarketOrder) return true;
  const { price, isBid, limits } = candidate;
  const edges = candidate.limitsAt + EDGES;
  return (
    isNear(price, isBid, candidate.mark, limits[edges + COLLAR_MARK]) &&
    isNear(price, isBid, candidate.index, limits[edges + COLLAR_INDEX]) &&
    isNear(price, isBid, candidate.last, limits[edges + COLLAR_LAST])
  );
}

function isNear(price: number, isBid: boolean, reference: number, edge: number): boolean {
  if (reference === ABSENT) return true;
  const beyond = isBid ? price - reference : reference - price;
  return beyond <= 0 || beyond * MILLION <= edge * reference * NEARLY;
}

/** Nothing about it that is no comparison with a number. */
function isPlain(candidate: Candidate): boolean {
  if (!candidate.isMarkUsable || candidate.haltState !== 0 || candidate.missingLimit !== COMPLETE)
    return false;
  if (candidate.isRestricted || candidate.isDuplicate) return false;
  const { limits, limitsAt, ownOpposite } = candidate;
  if (candidate.shortRule !== 0 && !candidate.isBid && candidate.shortWorst > 0) return false;
  if (ownOpposite !== ABSENT && limits[limitsAt + SELF_TRADE] === 1) {
    const crosses = candidate.isBid ? candidate.dearest >= ownOpposite : candidate.dearest <= ownOpposite;
    if (crosses) return false;
  }
  const hasParent = candidate.parent !== PARENTLESS;
  if (!hasParent && limits[limitsAt + PARENT_REQUIRED] === 1) return false;
  return candidate.isParentKnown ? candidate.childrenLots <= candidate.parentSize : !hasParent;
}

function isWithin(candidate: Candidate): boolean {
  const { limits, value, size, grossValue, equity } = candidate;
  const edges = candidate.limitsAt + EDGES;
  const leverage = limits[edges + LEVERAGE];
  const share = limits[edges + SHARE];
  const ratio = limits[edges + ORDER_TRADE];
  return (
    size >= limits[edges + SIZE_MIN] &&
    size <= limits[edges + SIZE_MAX] &&
    value >= limits[edges + VALUE_MIN] &&
    value <= limits[edges + VALUE_MAX] &&
    candidate.ordersInWindow <= limits[edges + ORDERS] &&
    candidate.valueInWindow <= limits[edges + RATE] &&
    candidate.cancelsInWindow <= limits[edges + CANCELS] &&
    candidate.workingOrders <= limits[edges + WORKING] &&
    candidate.worst <= limits[edges + POSITION] &&
    candidate.longWorst <= limits[edges + LONG] &&
    candidate.shortWorst <= limits[edges + SHORT] &&
    candidate.marketValue <= limits[edges + MARKET_VALUE] &&
    grossValue <= limits[edges + GROSS] &&
    candidate.netValue <= limits[edges + NET] &&
    candidate.sectorValue <= limits[edges + SECTOR] &&
    candidate.issuerValue <= limits[edges + ISSUER] &&
    candidate.required + candidate.lossAtOnce + candidate.fee <= equity &&
    candidate.lostToday <= limits[edges + LOSS] &&
    candidate.drawdown <= limits[edges + DRAWDOWN] &&
    (leverage === Infinity || grossValue === 0 || grossValue * MILLION <= leverage * equity * NEARLY) &&
    (share === Infinity ||
      isWithinFloor(grossValue, limits[candidate.limitsAt + SHARE_FLOOR]) ||
      candidate.marketValue * MILLION <= share * grossValue * NEARLY) &&
    (ratio === Infinity ||
      isWithinFloor(candidate.ordersToday, limits[candidate.limitsAt + ORDER_TRADE_FLOOR]) ||
      candidate.ordersToday * MILLION <= ratio * Math.max(1, candidate.executionsToday) * NEARLY)
  );
}

function areGroupsWithin(candidate: Candidate): boolean {
  const { groupCount, groupLimitsAt, limits } = candidate;
  const { groupLong, groupShort, groupNet, groupGrossValue, groupNetValue } = candidate;
  const { groupOrders, groupRateValue, groupTradedValue } = candidate;
  for (let at = 0; at < groupCount; at++) {
    const edges = groupLimitsAt[at] + EDGES;
    const isFine =
      groupLong[at] <= limits[edges + G_LONG] &&
      groupShort[at] <= limits[edges + G_SHORT] &&
      groupLong[at] <= limits[edges + G_OPEN] &&
      groupShort[at] <= limits[edges + G_OPEN] &&
      groupNet[at] <= limits[edges + G_NET] &&
      groupGrossValue[at] <= limits[edges + G_GROSS] &&
      groupNetValue[at] <= limits[edges + G_NET_VALUE] &&
      groupOrders[at] <= limits[edges + G_ORDERS] &&
      groupRateValue[at] <= limits[edges + G_RATE] &&
      groupTradedValue[at] <= limits[edges + G_TRADED];
    if (!isFine) return false;
  }
  return true;
}
