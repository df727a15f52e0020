/** What a journal says of a price, for people, and how it compares with the captures played again. */
import type { MarkTicks } from '../../core/num/units.ts';
import { useNames } from '../../core/price/quality.ts';
import { QUALITY_NAMES } from '../../core/schema/quality.ts';
import { grouped, table, type Paint } from '../cli/output.ts';
import type { Saying } from './origins.ts';
import type { MadeAgain, PriceComparison } from './price-again.ts';
import type { JournalAnswer } from './price-data.ts';
import { NOT_JOURNALED } from './price-journal.ts';
import { explanationParts } from './price-text.ts';
import { paintedLine } from '../cli/parts.ts';
import { timeText } from './units.ts';

export function journaledPriceText({ journaled, made }: JournalAnswer, hash: string, paint: Paint): string[] {
  const { market, row, units, sequence, timeUs, first, last, mark, quality, qualityBy, trippedBy } =
    journaled;
  const ticks = (price: MarkTicks): string => units.mark(row, price);
  const { isHeld, isTripped, reference } = quality;
  return [
    `${paint('bold', `${market}  mark ${mark === null ? 'none yet' : ticks(mark.price)}`)}  at sequence ${sequence} of ${last}, engine time ${timeText(timeUs)}`,
    ...(mark === null
      ? []
      : table([
          ['said by', sayingText(mark)],
          ...textRow(mark),
          ['before', mark.before === null ? 'none that is left' : ticks(mark.before)],
        ])),
    '',
    `  quality ${paint(isHeld ? 'yellow' : 'green', QUALITY_NAMES[quality.quality])}: may be used to ${useNames(quality.uses).join(', ') || 'nothing'}`,
    ...table([
      [
        'verdict',
        isHeld
          ? paint('yellow', `held: nothing is liquidated by it${isTripped ? '; the breaker is tripped' : ''}`)
          : 'actionable',
      ],
      ['reference', reference === null ? 'none' : ticks(reference)],
      [
        'said by',
        qualityBy === null ? 'nobody: until something is said it is good for all' : sayingText(qualityBy),
      ],
      ...(qualityBy === null ? [] : textRow(qualityBy)),
      ...(trippedBy === null || !isTripped
        ? []
        : [['breaker', `${sayingText(trippedBy)}: ${trippedBy.text || 'why is not left'}`] as const]),
    ]),
    ...(first > 1 ? ['', `  Records before ${first} were pruned.`] : []),
    '',
    ...(made === null ? missingText() : madeText(made, paint)),
    '',
    paint('dim', `  ${hash}`),
  ];
}

function missingText(): string[] {
  return [
    '  not in the journal, and to be had by giving the captures with --replay',
    ...NOT_JOURNALED.map((what) => `    ${what}`),
  ];
}

function madeText({ files, rule, sourcesMin, explanation, comparison }: MadeAgain, paint: Paint): string[] {
  return [
    `  made again from ${files.length} ${files.length === 1 ? 'file' : 'files'} ${sourcesMin === null ? 'as the middle of the book, and nothing else' : `by ${rule}, ${sourcesMin} ${sourcesMin === 1 ? 'source' : 'sources'} needed`}`,
    ...comparisonText(comparison, sourcesMin, paint),
    ...(explanation === null
      ? []
      : ['', ...explanationParts(explanation).map((parts) => paintedLine(parts, Infinity, paint))]),
  ];
}

function comparisonText(
  { agrees, commands, differences, parts }: PriceComparison,
  sourcesMin: number | null,
  paint: Paint,
): string[] {
  return [
    agrees
      ? `  ${paint('green', 'the same')}: mark and quality are those of the journal, ${parts === null ? `as are ${grouped(commands)} commands up to here` : 'but not all that was said before'}`
      : `  ${paint('red', 'NOT THE SAME')} as in the journal`,
    ...differences.map(
      ({ what, journal, files }) => `    ${what}: journal ${journal ?? 'none'}, files ${files ?? 'none'}`,
    ),
    ...(parts === null
      ? []
      : [
          `    they part ${parts.sequence === null ? 'behind the journal' : `at sequence ${parts.sequence}`}, ${parts.time}, after ${grouped(commands)} that are the same`,
          `      journal  ${parts.journal ?? 'nothing'}`,
          `      files    ${parts.files ?? 'nothing'}`,
        ]),
    ...(differences.some(({ what }) => what === 'quality' || what === 'allows')
      ? [`    ${sourcesMin} were needed here: give --min-sources as the run had it`]
      : []),
  ];
}

function textRow({ text }: Saying): [string, string][] {
  return text === '' ? [] : [['', text]];
}

function sayingText({ sequence, timeUs, kind, origin }: Saying): string {
  if (sequence === 0) return 'a record that was pruned';
  const whence = origin === null ? '' : `, ${origin.source} at position ${origin.position}`;
  return `${kind}, sequence ${sequence}, ${timeText(timeUs)}${whence}`;
}
