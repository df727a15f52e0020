/**
 * An order as the checks see it: read and reused, never kept. Whoever decides fills it in from the state with the order counted in, as if it were
 * accepted; a check reads what it needs and changes nothing. So a check is a comparison that can be read and tested alone, and what costs
 * time is done once for all of them.
 *
 * Money and lots are whole numbers; sums over groups that pass 2^53 are no longer exact, but by then past every limit there can be.
 */
import { GROUPS_MAX, LIMIT_COUNT, type Limit } from '../schema/gate-limits.ts';

/** Nothing was said of a limit. As a comparison it refuses nothing; that it is missing is a check of its own. */
export const LIMIT_UNSET = NaN;
/** There is none, on purpose; of what is a least value or a floor as well. */
export const LIMIT_NONE = Infinity;
/** No price there. */
export const PRICE_ABSENT = 0;
export const NO_PARENT = 0;
export const NONE_MISSING = -1;

export class Candidate {
  account = 0;
  market = 0;
  isBid = false;
  /** Ticks: its limit, of a market order the collar (the mark where that is none); PRICE_ABSENT where a market order has no mark to be priced by. */
  price = 0;
  /** The price at which it could trade: between a replace and its confirm the dearer of both. */
  dearest = 0;
  isMarketOrder = false;
  /** Lots that it adds to what works. */
  size = 0;
  /** As `gate-commands.ts` says: nothing but slips of the price stops it. */
  isReducing = false;
  isReduceOnly = false;

  // Of the market.
  /** Mark and index in ticks of orders, rounded half-even; `last` as it was. PRICE_ABSENT: none. */
  mark = 0;
  index = 0;
  last = 0;
  /** Whether there is a mark and it may be used to open. */
  isMarkUsable = false;
  isRestricted = false;
  shortRule = 0;
  locatedLots = 0;

  /** The worst state of all scopes that apply (`HaltState`), and which halt that is (epoch). */
  haltState = 0;
  halt = -1;
  /** A limit that must be there and is not, or NONE_MISSING; and whose it is (`LimitLevel`): the account's, or the firm's. */
  missingLimit = NONE_MISSING;
  missingLevel = 0;

  // The position with everything that works. Lots, all signed or positive as named.
  held = 0;
  /** What it could come to hold long, and short: both positive, or not above 0 where it could not. */
  longWorst = 0;
  shortWorst = 0;
  /** The larger of the two. */
  worst = 0;
  workingOrders = 0;

  // Money of the account, at the marks.
  /** What the order is worth at its price. */
  value = 0;
  marketValue = 0;
  grossValue = 0;
  /** The larger of what it could come to be long and short on the whole: never negative. */
  netValue = 0;
  sectorValue = 0;
  issuerValue = 0;
  equity = 0;
  /** Initial margin with the order, what it loses at once against the mark, its closing fee. */
  required = 0;
  lossAtOnce = 0;
  fee = 0;
  lostToday = 0;
  drawdown = 0;

  // How often. With this order.
  ordersInWindow = 0;
  valueInWindow = 0;
  cancelsInWindow = 0;
  ordersToday = 0;
  executionsToday = 0;
  isDuplicate = false;
  /** Of the account's orders on the other side the best price, PRICE_ABSENT: none. */
  ownOpposite = 0;

  parent = NO_PARENT;
  /** Given for this account, market and side. */
  isParentKnown = false;
  parentSize = 0;
  childrenLots = 0;

  // Groups of the account, the firm first, then by kind and row.
  groupCount = 0;
  readonly group = new Int32Array(GROUPS_MAX);
  readonly groupKind = new Uint8Array(GROUPS_MAX);
  /** Where the limits of that group in this market stand. */
  readonly groupLimitsAt = new Int32Array(GROUPS_MAX);
  /** Lots in this market: all long positions with buying orders, all short ones with selling orders, and the larger net of both. */
  readonly groupLong = new Float64Array(GROUPS_MAX);
  readonly groupShort = new Float64Array(GROUPS_MAX);
  readonly groupNet = new Float64Array(GROUPS_MAX);
  readonly groupGrossValue = new Float64Array(GROUPS_MAX);
  readonly groupNetValue = new Float64Array(GROUPS_MAX);
  readonly groupOrders = new Float64Array(GROUPS_MAX);
  readonly groupRateValue = new Float64Array(GROUPS_MAX);
  readonly groupTradedValue = new Float64Array(GROUPS_MAX);

  /** Rows of LIMIT_COUNT hard values, then as many soft ones. */
  limits = new Float64Array(2 * LIMIT_COUNT);
  /** Where the account's limits in this market stand. */
  limitsAt = 0;

  hard(limit: Limit): number {
    return this.limits[this.limitsAt + limit];
  }

  soft(limit: Limit): number {
    return this.limits[this.limitsAt + LIMIT_COUNT + limit];
  }

  groupHard(at: number, limit: Limit): number {
    return this.limits[this.groupLimitsAt[at] + limit];
  }

  groupSoft(at: number, limit: Limit): number {
    return this.limits[this.groupLimitsAt[at] + LIMIT_COUNT + limit];
  }
}
