/**
 * Why a price is what it is: every input with its age, weight and rejection, every part of the mark, the rounding, and the
 * quality with its reasons. Made from what the router last decided, so it explains the price that left, not one like it.
 *
 * Plain data, so that it can be stored beside a liquidation and read years later; prices are decimal text. To explain a
 * past price, replay the recording up to that time and ask then.
 */
import { scaledToText } from '../num/decimal.ts';
import { STATUS_NAMES } from './anomaly.ts';
import { PART_STATE_NAMES } from './mark-price.ts';
import type { MarkPart, PriceSource, SourcePart } from './price-rules.ts';
import { Quality, QUALITY_NAMES } from '../schema/quality.ts';
import { type QualityName, type UseName, useNames } from './quality.ts';
import type { RoutedMarket } from './router-market.ts';
import type { SourceTable } from './router-sources.ts';

export interface SourceExplanation {
  readonly venue: string;
  readonly symbol: string;
  readonly part: SourcePart;
  readonly isOwn: boolean;
  /** Null: nothing heard yet. */
  readonly price: string | null;
  /** The venue's own time, and how old that is with its clock allowed for. */
  readonly eventUs: number;
  readonly ageUs: number;
  readonly clockOffsetUs: number;
  readonly weight: number;
  /** The weight it had in this decision. */
  readonly say: number;
  readonly status: (typeof STATUS_NAMES)[number];
}

export interface PartExplanation {
  readonly part: MarkPart;
  readonly state: (typeof PART_STATE_NAMES)[number];
  readonly value: string | null;
  readonly isChosen: boolean;
}

export interface PriceExplanation {
  readonly market: string;
  readonly timeUs: number;
  readonly quality: QualityName;
  readonly uses: readonly UseName[];
  readonly reasons: readonly string[];
  readonly mark: string | null;
  readonly index: string | null;
  /** What to compare with while the price is held: see `MarketPrice`. */
  readonly reference: string | null;
  readonly last: string | null;
  readonly goodUs: number;
  readonly sources: readonly SourceExplanation[];
  readonly decision: {
    readonly fresh: number;
    readonly agreeing: number;
    readonly needed: number;
    /** The plain median that outliers are measured from, and how far they may be. */
    readonly median: string | null;
    readonly outlierPpm: number;
    /** The weighted median, before the clamp. */
    readonly candidate: string | null;
    readonly isClamped: boolean;
    readonly lastGood: string | null;
    /** A level that was refused and is waiting to be confirmed. */
    readonly waiting: string | null;
  };
  readonly rule: {
    readonly name: string;
    readonly missing: string;
    readonly parts: readonly PartExplanation[];
    readonly bid: string | null;
    readonly ask: string | null;
    readonly last: string | null;
    /** Of one interval, decimal text. */
    readonly fundingRate: string | null;
    readonly nextFundingUs: number;
    readonly fundingIntervalUs: number;
    /** Samples in the mean of the basis, and its size. */
    readonly samples: number;
    readonly samplesMax: number;
    /** Before rounding, as a double in units of 10^-scale; to be computed again. */
    readonly raw: number;
    readonly scale: number;
    readonly markTick: string;
  };
  readonly perps: readonly SourceExplanation[];
}

export function explainPrice(market: RoutedMarket, sources: SourceTable): PriceExplanation {
  const { config, index, mark, markGuard, price } = market;
  const { scale } = price;
  const text = (units: number): string | null => (units > 0 ? unitsToText(units, scale) : null);
  const ticks = (count: number): string | null => text(count * price.unitsPerTick);
  const source = (of: PriceSource, units: number, status: number, say: number): SourceExplanation => {
    const row = of.instrument;
    const { venue, symbol } = sources.instruments[row];
    return {
      venue,
      symbol,
      part: of.part,
      isOwn: of.isOwn,
      price: text(units),
      eventUs: sources.timeOf(row, of.part),
      ageUs: sources.ageOf(row, of.part, price.timeUs),
      clockOffsetUs: sources.clock[row].offsetUs,
      weight: of.weight,
      say,
      status: STATUS_NAMES[status],
    };
  };
  return {
    market: config.name,
    timeUs: price.timeUs,
    quality: QUALITY_NAMES[price.quality],
    uses: useNames(price.uses),
    reasons: reasonsOf(market),
    mark: ticks(price.mark),
    index: text(price.index),
    reference: ticks(price.reference),
    last: text(price.last),
    goodUs: price.goodUs,
    sources: config.sources.map((of, at) => source(of, index.price[at], index.status[at], index.say[at])),
    decision: {
      fresh: index.fresh,
      agreeing: index.agreeing,
      needed: config.index.sourcesMin,
      median: text(index.median),
      outlierPpm: config.index.outlierPpm,
      candidate: text(index.candidate),
      isClamped: index.isClamped,
      lastGood: text(index.guard.good),
      waiting: text(index.guard.jump) ?? ticks(markGuard.jump),
    },
    rule: {
      name: config.mark.name,
      missing: config.mark.missing,
      parts: config.mark.parts.map((part, at) => ({
        part,
        state: PART_STATE_NAMES[mark.state[at]],
        value: text(mark.value[at]),
        isChosen: mark.chosen === at,
      })),
      bid: text(mark.bid),
      ask: text(mark.ask),
      last: text(mark.last),
      fundingRate: mark.fundingRate === null ? null : scaledToText(mark.fundingRate, 12, { trim: true }),
      nextFundingUs: mark.nextFundingUs,
      fundingIntervalUs: mark.fundingIntervalUs,
      samples: mark.basisMean.count,
      samplesMax: mark.basisMean.size,
      raw: mark.raw,
      scale,
      markTick: config.grid.markTick,
    },
    perps: config.perps.map((of, at) =>
      source(of, market.perpPrice[at], market.perpStatus[at], market.perpStatus[at] === 0 ? of.weight : 0),
    ),
  };
}

/** For people: one fact a line. */
export function printExplanation(explanation: PriceExplanation): string {
  const { decision, rule } = explanation;
  const lines = [
    `${explanation.market} at ${explanation.timeUs}: mark ${show(explanation.mark)}, index ${show(explanation.index)}, last ${show(explanation.last)}`,
    `  quality ${explanation.quality}: may be used to ${explanation.uses.join(', ') || 'nothing'}`,
    ...explanation.reasons.map((reason) => `    because ${reason}`),
    `  index: ${decision.fresh} fresh, ${decision.agreeing} agree within ${decision.outlierPpm} ppm of their median ${show(decision.median)}, ${decision.needed} needed`,
    ...explanation.sources.map(sourceLine),
    `    weighted median ${show(decision.candidate)}${decision.isClamped ? `, clamped to ${show(explanation.index)}` : ''}; last good ${show(decision.lastGood)}`,
    `  mark by rule ${rule.name}: the median of ${rule.parts.length}`,
    ...rule.parts.map(
      (part) => `   ${part.isChosen ? '*' : ' '} ${part.part} ${show(part.value)} (${part.state})`,
    ),
    `    book ${show(rule.bid)} / ${show(rule.ask)}, last ${show(rule.last)}; funding ${show(rule.fundingRate)} to be paid at ${rule.nextFundingUs}; ${rule.samples} of ${rule.samplesMax} samples`,
    ...explanation.perps.map(sourceLine),
    `    ${rule.raw > 0 ? unitsToText(rule.raw, rule.scale) : 'none'} rounded half to even to ${rule.markTick}`,
  ];
  if (decision.waiting !== null) lines.push(`  refused and waiting to be confirmed: ${decision.waiting}`);
  if (explanation.reference !== null) lines.push(`  to compare with: ${explanation.reference}`);
  return lines.join('\n');
}

/** Decimal text of units of 10^-scale, to a millionth of a unit. */
function unitsToText(units: number, scale: number): string {
  const whole = Math.floor(units);
  const millionths = BigInt(whole) * 1_000_000n + BigInt(Math.round((units - whole) * 1e6));
  return scaledToText(millionths, scale + 6, { trim: true });
}

function reasonsOf(market: RoutedMarket): string[] {
  const { index, mark, config, price } = market;
  const reasons: string[] = [];
  if (market.isHeld) reasons.push('too many accounts would breach at once, and it is held until released');
  if (mark.isPublishedInvalid) reasons.push('what the venue publishes as mark is no price');
  if (index.quality !== Quality.ok) {
    const missing = index.count === 0 ? 'no index source is configured' : null;
    reasons.push(
      missing ??
        `the index is ${QUALITY_NAMES[index.quality]}: ${index.agreeing} of ${index.fresh} fresh sources agree, ${config.index.sourcesMin} are needed`,
    );
  }
  if (index.isClamped) reasons.push(`the index is held to ${config.index.clampPpm} ppm a second`);
  if (market.isApart) reasons.push(`mark and index are more than ${config.divergencePpm} ppm apart`);
  if (mark.raw === 0) reasons.push(`rule ${config.mark.name} cannot do without a part that is missing`);
  if (price.quality === Quality.implausible && market.markGuard.jump !== 0) {
    reasons.push(`the mark is more than ${config.index.stepPpm} ppm from the last good one`);
  }
  return reasons;
}

function sourceLine(source: SourceExplanation): string {
  const age = source.price === null ? 'never heard' : `${Math.round(source.ageUs / 1000)} ms old`;
  return `    ${source.venue} ${source.symbol} ${source.part} ${show(source.price)}: ${source.status}, ${age}, weight ${source.say} of ${source.weight}${source.isOwn ? ', own book' : ''}`;
}

function show(text: string | null): string {
  return text ?? 'none';
}
