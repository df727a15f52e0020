/**
 * Equity and maintenance of one margin bucket at the present marks, exactly, and what the watch needs to know about
 * its slopes: one pass over the bucket's positions.
 *
 *   equity      = collateral + sum( size * mark * unit - cost basis + accrued funding )
 *   maintenance = order charge + sum( ceil( (N * num - cut) / den ) )            state/tier-table.ts
 *
 * Positions of one market in one bucket (hedge legs) form one coordinate: they share a mark, so they share wires.
 *
 * While everything the bucket adds up stays under FAST_MAX, doubles are exact, thresholds included (their factors are
 * at most 32, and 2^48 * 32 = 2^53). Above that, `valueWide` computes the same in BigInt.
 */
import { accruedFunding } from '../num/exact.ts';
import { SAFE_MAX } from '../num/units.ts';
import type { Book } from '../state/book.ts';
import { BUCKET_F64, BUCKET_I32, BucketField, BucketLink } from '../state/buckets.ts';
import { MARKET_STRIDE, MarketField } from '../state/markets.ts';
import {
  NEVER_HI,
  NEVER_LO,
  POSITION_F64,
  POSITION_I32,
  PositionField,
  PositionLink,
  TAG_TIER_SHIFT,
} from '../state/positions.ts';
import { DIRECT_MAX, TIER_STRIDE, TierField } from '../state/tier-table.ts';

export const FAST_MAX = 2 ** 48;
export const SIZE_FAST_MAX = 2 ** 33;
/**
 * A tier edge at four times the mark, or a quarter of it, needs no wire: the rungs of a market span a factor of three, and
 * a mark that leaves them has every holder evaluated anyway (`Watch`).
 */
const EDGE_FAR = 4;

/** Places in `Valuation.sums`. */
export const Sum = {
  equity: 0,
  maintenance: 1,
  /** Everything added up in absolute terms; Infinity where only BigInt will do. */
  gross: 2,
  /** Sum of |size| * unit * mark, and the same times the market's highest rate. */
  notional: 3,
  notionalRate: 4,
  /** Slacks to the worse and to the better neighbouring threshold, and the reach, where these were asked for. */
  slackWorse: 5,
  slackBetter: 6,
  reach: 7,
} as const;

// Constants of its own are compiled into a loop; another module's are looked up at every turn.
const B_F64 = BUCKET_F64;
const B_I32 = BUCKET_I32;
const M_STRIDE = MARKET_STRIDE;
const P_F64 = POSITION_F64;
const P_I32 = POSITION_I32;
const T_STRIDE = TIER_STRIDE;
const { start: B_START, count: B_COUNT } = BucketLink;
const { collateral: B_COLLATERAL, charge: B_CHARGE } = BucketField;
const { tag: P_TAG } = PositionLink;
const { size: P_SIZE, cost: P_COST, funding: P_FUNDING } = PositionField;
const {
  unit: M_UNIT,
  mark: M_MARK,
  entryBasis: M_ENTRY_BASIS,
  tierStart: M_TIER_START,
  funding: M_FUNDING,
  wide: M_WIDE,
  rhoMax: M_RHO_MAX,
  step: M_STEP,
} = MarketField;
const {
  floor: T_FLOOR,
  next: T_NEXT,
  num: T_NUM,
  den: T_DEN,
  cut: T_CUT,
  cutWhole: T_CUT_WHOLE,
  cutRest: T_CUT_REST,
  rho: T_RHO,
} = TierField;
const {
  equity: S_EQUITY,
  maintenance: S_MAINTENANCE,
  gross: S_GROSS,
  notional: S_NOTIONAL,
  notionalRate: S_NOTIONAL_RATE,
} = Sum;

/** Scratch that valuations write into and the watch reads; one instance is reused for every bucket. */
export class Valuation {
  readonly sums = new Float64Array(8);
  legs = 0;
  coordinates = 0;
  /** By coordinate: first position row and market. */
  lead = new Int32Array(64);
  market = new Int32Array(64);
  /** Its mark, and how far that typically moves between updates, in mark ticks. */
  mark = new Float64Array(64);
  step = new Float64Array(64);
  /** Net money per mark tick, signed; money per mark tick times maintenance rate, summed over legs. */
  net = new Float64Array(64);
  drag = new Float64Array(64);
  /** Marks between which every leg stays in its tier. */
  tierLo = new Float64Array(64);
  tierHi = new Float64Array(64);

  reserve(count: number): void {
    if (count <= this.lead.length) return;
    const size = count * 2;
    this.lead = new Int32Array(size);
    this.market = new Int32Array(size);
    this.mark = new Float64Array(size);
    this.step = new Float64Array(size);
    this.net = new Float64Array(size);
    this.drag = new Float64Array(size);
    this.tierLo = new Float64Array(size);
    this.tierHi = new Float64Array(size);
  }
}

/** Values `bucket` into `out`. Sums are exact unless `gross` says otherwise; slopes are doubles, good to 1e-15. */
export function value(book: Book, bucket: number, out: Valuation): void {
  const bucketF = book.buckets.f64;
  const bucketI = book.buckets.i32;
  const f64 = book.positions.f64;
  const i32 = book.positions.i32;
  const markets = book.markets.fields;
  const tiers = book.markets.tierTable;
  const start = bucketI[bucket * B_I32 + B_START];
  const count = bucketI[bucket * B_I32 + B_COUNT];
  if (count > out.lead.length) out.reserve(count);
  const { lead, market, mark: marks, step: steps, net, drag, tierLo, tierHi, sums } = out;

  const collateral = bucketF[bucket * B_F64 + B_COLLATERAL];
  const charge = bucketF[bucket * B_F64 + B_CHARGE];
  let equity = collateral;
  let maintenance = charge;
  let gross = Math.abs(collateral) + charge;
  let notional = 0;
  let general = 0;
  let notionalRate = 0;
  let coordinate = -1;
  let marketBefore = -1;

  for (let row = start, end = start + count; row < end; row++) {
    const f = row * P_F64;
    const tagAt = row * P_I32 + P_TAG;
    const tag = i32[tagAt];
    const place = (tag >>> 8) & 0xffff;
    const m = place * M_STRIDE;
    const size = f64[f + P_SIZE];
    const cost = f64[f + P_COST];
    const perTick = size * markets[m + M_UNIT];
    const perTickAbs = Math.abs(perTick);
    const mark = markets[m + M_MARK];
    const worth = perTick * mark;
    const worthAbs = Math.abs(worth);
    const costAbs = Math.abs(cost);
    const entryBasis = markets[m + M_ENTRY_BASIS] === 1;
    const base = entryBasis ? costAbs : worthAbs;

    const tierFirst = markets[m + M_TIER_START] | 0;
    const tier = tierFirst + (tag >>> TAG_TIER_SHIFT);
    let t = tier * T_STRIDE;
    while (base < tiers[t + T_FLOOR]) t -= T_STRIDE;
    while (base >= tiers[t + T_NEXT]) t += T_STRIDE;
    const tierNow = t / T_STRIDE;
    if (tierNow !== tier) i32[tagAt] = (tag & 0xffffff) | ((tierNow - tierFirst) << TAG_TIER_SHIFT);

    const num = tiers[t + T_NUM];
    const den = tiers[t + T_DEN];
    const scaled = base * num;
    if (scaled < DIRECT_MAX) {
      maintenance += Math.ceil((scaled - tiers[t + T_CUT]) / den);
    } else {
      const whole = Math.floor(base / den);
      const rest = base - whole * den;
      maintenance +=
        whole * num - tiers[t + T_CUT_WHOLE] + Math.ceil((rest * num - tiers[t + T_CUT_REST]) / den);
    }

    const moved = markets[m + M_FUNDING] - f64[f + P_FUNDING];
    if (moved !== 0) {
      const accrued = accruedFunding(size, moved);
      equity += accrued;
      gross += Math.abs(accrued);
      if (
        size > SIZE_FAST_MAX ||
        size < -SIZE_FAST_MAX ||
        moved > Number.MAX_SAFE_INTEGER ||
        moved < -Number.MAX_SAFE_INTEGER
      )
        general = 1;
    }
    equity += worth - cost;
    gross += worthAbs + costAbs;
    if (markets[m + M_WIDE] === 1) general = 1;
    notional += worthAbs;
    notionalRate += worthAbs * markets[m + M_RHO_MAX];

    const rate = entryBasis ? 0 : tiers[t + T_RHO];
    let lo = NEVER_LO;
    let hi = NEVER_HI;
    if (!entryBasis) {
      const floor = tiers[t + T_FLOOR];
      const next = tiers[t + T_NEXT];
      if (floor * EDGE_FAR > base) lo = Math.ceil(floor / perTickAbs);
      if (next < base * EDGE_FAR) hi = Math.ceil(next / perTickAbs) - 1;
    }
    if (place === marketBefore) {
      if (Math.abs(net[coordinate]) + perTickAbs > SAFE_MAX) {
        // The legs' sum is not exact any more: no interval can be trusted, only the mark itself.
        if (mark > tierLo[coordinate]) tierLo[coordinate] = mark;
        if (mark < tierHi[coordinate]) tierHi[coordinate] = mark;
      }
      net[coordinate] += perTick;
      drag[coordinate] += perTickAbs * rate;
      if (lo > tierLo[coordinate]) tierLo[coordinate] = lo;
      if (hi < tierHi[coordinate]) tierHi[coordinate] = hi;
    } else {
      coordinate++;
      marketBefore = place;
      lead[coordinate] = row;
      market[coordinate] = place;
      marks[coordinate] = mark;
      steps[coordinate] = markets[m + M_STEP];
      net[coordinate] = perTick;
      drag[coordinate] = perTickAbs * rate;
      tierLo[coordinate] = lo;
      tierHi[coordinate] = hi;
    }
  }
  out.legs = count;
  out.coordinates = coordinate + 1;
  sums[S_EQUITY] = equity;
  sums[S_MAINTENANCE] = maintenance;
  sums[S_GROSS] = general === 1 ? Infinity : gross;
  sums[S_NOTIONAL] = notional;
  sums[S_NOTIONAL_RATE] = notionalRate;
}
