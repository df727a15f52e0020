/** An explanation of a price for people: the index with every source, the mark with every part, the rounding. */
import { timeToText } from '../../io/ingest/file/fields.ts';
import { scaledToText } from '../../core/num/decimal.ts';
import type { TimeUs } from '../../core/num/units.ts';
import type { PriceExplanation, SourceExplanation } from '../../core/price/explain-price.ts';
import { grouped, type Paint, type Style } from '../cli/output.ts';
import { columnsOf, paintedLine, type Part } from '../cli/parts.ts';
import type { PriceAnswer } from './price.ts';

const NONE = 'none';
/** Decimals of a unit that are shown of what is not whole. */
const FRACTION_DECIMALS = 6;

export function priceExplanationText(answer: PriceAnswer, hash: string, paint: Paint): string[] {
  const { explanation, question, atUs, events } = answer;
  const { market, mark, quality, uses, reasons, timeUs, reference, last } = explanation;
  const lines: Part[][] = [
    [['bold', `${market}  mark ${mark ?? NONE}`], `  at ${timeText(atUs)}, decided at ${timeText(timeUs)}`],
    [
      '  quality ',
      [quality === 'ok' ? 'green' : 'yellow', quality],
      `: may be used to ${uses.join(', ') || 'nothing'}`,
    ],
    ...reasons.map((reason): Part[] => [`    because ${reason}`]),
    [`  last trade ${last ?? NONE}, last good mark at ${timeText(explanation.goodUs)}`],
    ...(reference === null ? [] : [[`  to compare with: ${reference}`]]),
    [],
    ...explanationParts(explanation),
    [],
    [
      [
        'dim',
        `  from ${grouped(events)} events of ${question.files.length} files, ${question.sourcesMin} sources needed`,
      ],
    ],
    [['dim', `  ${hash}`]],
  ];
  return lines.map((parts) => paintedLine(parts, Infinity, paint));
}

/** The index with its sources, and the mark with its parts. */
export function explanationParts(explanation: PriceExplanation): Part[][] {
  return [...indexParts(explanation), [], ...markParts(explanation)];
}

function indexParts({ index, sources, decision }: PriceExplanation): Part[][] {
  const { fresh, agreeing, needed, median, outlierPpm, candidate, isClamped, lastGood, waiting } = decision;
  return [
    [['bold', `index ${index ?? NONE}`], `  ${agreeing} of ${fresh} fresh sources agree, ${needed} needed`],
    ...(sources.length === 0 ? [[`    no source is configured`]] : sourceTable(sources, median)),
    [`    median of the fresh ${median ?? NONE}; further than ${outlierPpm} ppm from it has no weight`],
    [
      `    weighted median ${candidate ?? NONE}${isClamped ? `, held back to ${index ?? NONE}` : ''}; last good ${lastGood ?? NONE}`,
    ],
    ...(waiting === null
      ? []
      : [[['yellow', `    refused, and waiting to be confirmed: ${waiting}`]] satisfies Part[]]),
  ];
}

function markParts({ mark, rule, perps }: PriceExplanation): Part[][] {
  const { name, missing, parts, bid, ask, last, fundingRate, samples, samplesMax, raw, markTick } = rule;
  const whole = raw > 0 ? fractionText(raw, rule.scale) : NONE;
  const funding =
    fundingRate === null
      ? 'no funding rate was paid or announced yet'
      : `last funding rate ${fundingRate}, next at ${timeText(rule.nextFundingUs)}, each ${rule.fundingIntervalUs / 3.6e9} h`;
  return [
    [
      ['bold', `mark ${mark ?? NONE}`],
      `  the median of ${parts.length} by rule ${name}${missing === 'none' ? '' : `; ${standIn(missing)}`}`,
    ],
    ...columnsOf(
      parts.map((part): Part[] => [
        part.isChosen ? '  *' : '   ',
        part.part,
        part.value ?? NONE,
        [part.state === 'there' ? 'dim' : 'yellow', part.state],
      ]),
      ['left', 'left', 'right', 'left'],
    ),
    [`    own book ${bid ?? NONE} / ${ask ?? NONE}, last ${last ?? NONE}`],
    ...(parts.some(({ part }) => part === 'mean-basis')
      ? [[`    basis: ${samples} of ${samplesMax} samples`]]
      : []),
    ...(parts.some(({ part }) => part === 'funding-basis') ? [[`    ${funding}`]] : []),
    ...(perps.length === 0 ? [] : [['    other perpetuals'], ...sourceTable(perps, null)]),
    [`    ${whole} rounded half to even to a multiple of ${markTick}: ${raw > 0 ? (mark ?? NONE) : NONE}`],
  ];
}

function sourceTable(sources: readonly SourceExplanation[], median: string | null): Part[][] {
  const heads = ['   ', 'source', 'price', 'off ppm', 'age ms', 'clock ms', 'weight', 'status'];
  return columnsOf(
    [
      heads.map((head): Part => ['dim', head]),
      ...sources.map((source): Part[] => [
        '   ',
        `${source.venue} ${source.symbol} ${source.part}${source.isOwn ? ' (own)' : ''}`,
        source.price ?? NONE,
        source.price === null || median === null
          ? '-'
          : ((Number(source.price) / Number(median) - 1) * 1e6).toFixed(0),
        source.price === null ? '-' : (source.ageUs / 1000).toFixed(1),
        (source.clockOffsetUs / 1000).toFixed(1),
        `${source.say} of ${source.weight}`,
        [statusStyle(source), source.status],
      ]),
    ],
    ['left', 'left', 'right', 'right', 'right', 'right', 'left', 'left'],
  );
}

function standIn(missing: string): string {
  return missing === 'index'
    ? 'the index stands in for what is missing'
    : 'an average of the book stands in for one that is missing';
}

function statusStyle({ status }: SourceExplanation): Style {
  return status === 'used' ? 'green' : 'yellow';
}

/** Units of 10^-scale and millionths of one. */
function fractionText(units: number, scale: number): string {
  const whole = Math.floor(units);
  const parts = Math.round((units - whole) * 10 ** FRACTION_DECIMALS);
  return scaledToText(
    BigInt(whole) * 10n ** BigInt(FRACTION_DECIMALS) + BigInt(parts),
    scale + FRACTION_DECIMALS,
    { trim: true },
  );
}

function timeText(timeUs: number): string {
  return timeUs === 0 ? 'never' : timeToText(timeUs as TimeUs);
}
