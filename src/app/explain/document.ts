/** An explanation as JSON: decimal strings, camelCase, and a hash over all of it so that two people can tell they have the same. */
import { createHash } from 'node:crypto';
import { fraction } from '../../core/num/rational.ts';
import { ratioText } from '../../core/calculator/print.ts';
import type { Engine } from '../../core/engine/engine.ts';
import { Form, FORM_NAMES, LEG_NAMES } from '../../core/schema/commands.ts';
import { entryThresholds, Level, LEVEL_NAMES } from '../../core/schema/levels.ts';
import { useNames } from '../../core/price/quality.ts';
import { QUALITY_NAMES, VERDICT_NAMES, type Quality } from '../../core/schema/quality.ts';
import { MARK_NONE } from '../../core/state/markets.ts';
import type { MarketRow, MarkTicks } from '../../core/num/units.ts';
import type { PriceAnswer } from '../../core/margin/liquidation-price.ts';
import { ceilDiv } from '../../core/num/exact.ts';
import { ORDER_MARGIN_NAMES } from '../../io/ingest/file/decode.ts';
import type { Exemption } from './exemption.ts';
import type { BucketFacts, PositionFacts } from './facts.ts';
import { rateText, timeText, type Units } from './units.ts';
import type { OrdersMargin } from './orders-margin.ts';
import type { MarkOrigin } from './origins.ts';
import type { Episode, Moment } from './walk.ts';

/** What an explanation is made from, taken from the engine at the cut. */
export interface CutFacts {
  readonly engine: CutState;
  readonly units: Units;
  readonly marks: readonly MarkOrigin[];
  readonly buckets: readonly BucketFacts[];
  /** Of exchanges alone; null within a command, where orders are already what it made of them. */
  readonly ordersMargin?: OrdersMargin | null;
  /** Of exchanges alone; null where the account is liquidated like any other. */
  readonly exemption?: Exemption | null;
}

/** The parts of the engine that move on after the cut, as they were. */
export interface CutState {
  readonly sequence: number;
  readonly timeUs: number;
  readonly inclusive: boolean;
  readonly thresholds: ReturnType<typeof entryThresholds>;
  readonly sources: readonly {
    readonly name: string;
    readonly position: number | null;
    readonly gapped: boolean;
  }[];
  readonly specs: Engine['book']['markets']['specs'];
  readonly tiers: Engine['book']['markets']['lines'];
  readonly fundingIndices: readonly number[];
  /** By market. */
  readonly qualities: readonly QualityFacts[];
}

/** What a market's price is good for. */
export interface QualityFacts {
  readonly quality: Quality;
  readonly uses: number;
  readonly isHeld: boolean;
  readonly isTripped: boolean;
  /** To compare a held market's verdicts with; null: none. */
  readonly reference: MarkTicks | null;
}

export interface Explained {
  readonly row: number;
  readonly name: string;
  readonly cut: CutFacts;
  readonly episodes: readonly Episode[];
  readonly first: number;
  readonly last: number;
  readonly nameOf: (episode: Episode) => string;
}

const EPISODES_SHOWN = 100;
export const ASSUMPTION = 'other marks, funding and orders as they are';

export function cutState({ book, settings, sequence, timeUs }: Engine): CutState {
  const { sources, markets } = book;
  return {
    sequence,
    timeUs,
    inclusive: settings!.inclusive,
    thresholds: entryThresholds(settings!.levels, settings!.inclusive),
    sources: Array.from({ length: sources.names.count }, (_, row) => ({
      name: sources.names.at(row),
      position: sources.last[row] < 0 ? null : sources.last[row],
      gapped: sources.gapped[row],
    })),
    specs: [...markets.specs],
    tiers: [...markets.lines],
    fundingIndices: markets.specs.map((_, row) => markets.fundingIndex(row as MarketRow)),
    qualities: markets.specs.map((_, row) => qualityOf(markets, row as MarketRow)),
  };
}

export function qualityOf(markets: Engine['book']['markets'], market: MarketRow): QualityFacts {
  const reference = markets.reference(market);
  return {
    quality: markets.quality(market),
    uses: markets.uses(market),
    isHeld: markets.isHeld(market),
    isTripped: markets.isTripped(market),
    reference: reference === MARK_NONE ? null : reference,
  };
}

export function explanationDocument(explained: Explained): Record<string, unknown> {
  const { row, name, cut, episodes, first, last, nameOf } = explained;
  const { engine, units, marks, buckets } = cut;
  const document = {
    account: { row, name },
    asset: { name: units.asset, decimals: units.decimals },
    cut: {
      sequence: engine.sequence,
      time: timeText(engine.timeUs),
      timeUs: engine.timeUs,
      sources: engine.sources,
    },
    level: LEVEL_NAMES[Math.max(0, ...buckets.map(({ level }) => level))],
    ...(cut.exemption === undefined ? {} : { exemption: exemptionDocument(cut.exemption) }),
    marks: marks.map((mark) => ({
      ...markDocument(mark, units),
      ...qualityDocument(engine.qualities[mark.market], mark.market, units),
    })),
    buckets: buckets.map((bucket) => bucketDocument(bucket, cut)),
    ...(cut.ordersMargin === undefined ? {} : { margin: marginDocument(cut.ordersMargin, units) }),
    liquidatable: {
      first: episodes.length === 0 ? null : momentDocument(episodes[0].start, nameOf(episodes[0]), units),
      ended:
        episodes.length === 0 || episodes[0].end === null
          ? null
          : momentDocument(episodes[0].end, nameOf(episodes[0]), units),
      times: episodes.length,
      episodes: episodes.slice(0, EPISODES_SHOWN).map((episode) => ({
        bucket: nameOf(episode),
        worst: LEVEL_NAMES[episode.worst],
        from: momentDocument(episode.start, nameOf(episode), units),
        to: episode.end === null ? null : momentDocument(episode.end, nameOf(episode), units),
      })),
      /** The records that this history was taken from. */
      records: { first, last },
    },
  };
  return { ...document, hash: contentHash(document) };
}

/** Null: it is not exempt. */
function exemptionDocument(exemption: Exemption | null): Record<string, unknown> | null {
  if (exemption === null) return null;
  const { by } = exemption;
  return {
    sequence: by?.sequence ?? null,
    time: by === null ? null : timeText(by.timeUs),
    text: by?.text ?? null,
  };
}

function marginDocument(margin: OrdersMargin | null, units: Units): Record<string, unknown> | null {
  if (margin === null) return null;
  const { orders, crossEquity, initialMargin } = margin;
  return {
    orders,
    initialMargin: units.amount(BigInt(initialMargin)),
    crossEquity: units.amount(BigInt(crossEquity)),
    freeCollateral: units.amount(BigInt(crossEquity - initialMargin)),
  };
}

/** SHA-256 over the JSON with sorted keys and without blanks. */
export function contentHash(document: unknown): string {
  return `sha256:${createHash('sha256').update(canonical(document)).digest('hex')}`;
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const fields = Object.entries(value)
    .filter(([, field]) => field !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${fields.map(([key, field]) => `${JSON.stringify(key)}:${canonical(field)}`).join(',')}}`;
}

function bucketDocument(bucket: BucketFacts, { engine, units }: CutFacts): Record<string, unknown> {
  const { equity, maintenance, collateral, unrealized, accrued, charge, topUp } = bucket;
  return {
    name: bucket.name,
    level: LEVEL_NAMES[bucket.level],
    verdict: VERDICT_NAMES[bucket.verdict],
    referenceLevel: bucket.referenceLevel === null ? null : LEVEL_NAMES[bucket.referenceLevel],
    equity: units.amount(equity),
    maintenanceMargin: units.amount(maintenance),
    excess: units.amount(equity - maintenance),
    health: maintenance === 0n ? null : ratioText(fraction(equity, maintenance)),
    inequality: inequality(bucket, units),
    trigger: engine.inclusive ? 'inclusive' : 'strict',
    collateral: units.amount(collateral),
    unrealizedPnl: units.amount(unrealized),
    accruedFunding: units.amount(accrued),
    orderCharge: units.amount(charge),
    thresholds: thresholdsOf(bucket, engine).map(({ level, health, equityLeast, isBreached }) => ({
      level: LEVEL_NAMES[level],
      health: rateText(health),
      equityAtLeast: units.amount(equityLeast),
      breached: isBreached,
    })),
    positions: bucket.positions.map((position) => positionDocument(position, engine, units)),
    orders: bucket.orders.map(({ id, market, leg, size, price, notional }) => ({
      id,
      market: units.market(market),
      leg: LEG_NAMES[leg],
      size: units.size(market, size),
      price: units.price(market, price),
      notional: units.amount(notional),
    })),
    orderCharges: bucket.charges.map(({ market, bids, asks, charge }) => {
      const { orderMargin, orderRate } = engine.specs[market];
      return {
        market: units.market(market),
        bids: units.amount(bids),
        asks: units.amount(asks),
        side: ORDER_MARGIN_NAMES[orderMargin],
        rate: rateText(orderRate),
        charge: units.amount(charge),
      };
    }),
    saved:
      topUp === null
        ? null
        : {
            topUp: units.amount(topUp),
            reductions: bucket.positions
              .filter(({ reduction }) => reduction !== null)
              .map((position) => reductionDocument(position, units)),
          },
  };
}

function reductionDocument(
  { market, leg, reduction, size }: PositionFacts,
  units: Units,
): Record<string, unknown> {
  const { lots, maintenance } = reduction!;
  return {
    market: units.market(market),
    leg: LEG_NAMES[leg],
    close: lots === null ? null : units.size(market, lots),
    of: units.size(market, abs(size)),
    maintenanceMarginThen: units.amount(maintenance),
    reason: lots === null ? 'not_enough' : null,
    assumption: 'closed at the mark, without fees',
  };
}

function positionDocument(position: PositionFacts, engine: CutState, units: Units): Record<string, unknown> {
  const {
    market,
    leg,
    form,
    size,
    cost,
    mark,
    lotValue,
    unrealized,
    accrued,
    notional,
    base,
    tier,
    line,
    unrounded,
    maintenance,
    fundingAtEntry,
  } = position;
  const { basis, closeFee } = engine.specs[market];
  return {
    market: units.market(market),
    leg: LEG_NAMES[leg],
    form: FORM_NAMES[form],
    size: units.size(market, size),
    entryPrice: form === Form.collateral ? null : units.entryPrice(market, cost, size),
    costBasis: units.amount(cost),
    mark: units.mark(market, mark),
    lotValue: units.amount(lotValue),
    unrealizedPnl: units.amount(unrealized),
    accruedFunding: units.amount(accrued),
    fundingIndex: {
      entry: fundingText(fundingAtEntry, units),
      now: fundingText(BigInt(engine.fundingIndices[market]), units),
    },
    notional: units.amount(notional),
    marginBasis: basis === 0 ? 'mark' : 'entry',
    marginOn: units.amount(base),
    tier: {
      number: tier + 1,
      of: engine.tiers[market].length,
      floor: units.amount(line.floor),
      mmr: rateText(line.mmr),
      cum: units.exact({ num: line.cut, den: line.den }),
      closeFee: rateText(closeFee),
    },
    maintenanceMarginUnrounded: units.exact(unrounded),
    maintenanceMargin: units.amount(maintenance),
    liquidationPrice: priceDocument(position.liquidation, market, units),
    bankruptcyPrice: priceDocument(position.bankruptcy, market, units),
  };
}

function priceDocument(
  { price, reason }: PriceAnswer,
  market: number,
  units: Units,
): Record<string, unknown> {
  return { price: price === null ? null : units.mark(market, price), reason, assumption: ASSUMPTION };
}

function qualityDocument(
  { quality, uses, isHeld, isTripped, reference }: QualityFacts,
  market: number,
  units: Units,
): Record<string, unknown> {
  return {
    quality: QUALITY_NAMES[quality],
    allows: useNames(uses),
    held: isHeld,
    breaker: isTripped,
    reference: reference === null ? null : units.mark(market, reference),
  };
}

export function markDocument(
  { market, price, before, sequence, timeUs, text }: MarkOrigin,
  units: Units,
): Record<string, unknown> {
  return {
    market: units.market(market),
    price: units.mark(market, price),
    before: before === null ? null : units.mark(market, before),
    text: text === '' ? null : text,
    sequence: sequence === 0 ? null : sequence,
    time: timeText(timeUs),
  };
}

function momentDocument(
  { sequence, timeUs, kind, from, to, marks }: Moment,
  bucket: string,
  units: Units,
): Record<string, unknown> {
  return {
    bucket,
    sequence,
    time: timeText(timeUs),
    timeUs,
    from: LEVEL_NAMES[from],
    to: LEVEL_NAMES[to],
    by: kind,
    marks: marks.map((mark) => markDocument(mark, units)),
  };
}

export interface ThresholdFacts {
  readonly level: Level;
  readonly health: { readonly num: number; readonly den: number };
  /** The least equity that does not breach it. */
  readonly equityLeast: bigint;
  readonly isBreached: boolean;
}

export function thresholdsOf(
  { equity, maintenance }: BucketFacts,
  { thresholds }: CutState,
): ThresholdFacts[] {
  return thresholds.map(({ num, den, inclusive }, at) => {
    const tie = inclusive && maintenance > 0n ? 1n : 0n;
    const equityLeast = ceilDiv(BigInt(num) * maintenance + tie, BigInt(den));
    return { level: (at + 1) as Level, health: { num, den }, equityLeast, isBreached: equity < equityLeast };
  });
}

/** `equity 16.000000 < maintenance 16.064000` */
export function inequality({ equity, maintenance }: BucketFacts, units: Units): string {
  const sign = equity < maintenance ? '<' : equity === maintenance ? '=' : '>';
  return `equity ${units.money(equity)} ${sign} maintenance ${units.money(maintenance)}`;
}

/** Money per lot, with the decimals that a funding index has beyond the asset's. */
export function fundingText(index: bigint, units: Units): string {
  return units.exact({ num: index, den: 1_000_000n });
}

function abs(value: bigint): bigint {
  return value < 0n ? -value : value;
}
