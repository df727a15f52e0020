/** Lines about prices: marks, and what is said about their quality. */
import { markFromText, markProblem, markToText, type Grid } from '../../../core/num/grid.ts';
import type { MarkTicks } from '../../../core/num/units.ts';
import type { MarkUpdate, QualityCommand } from '../../../core/schema/commands.ts';
import { Quality, QUALITY_NAMES, USE_NAMES } from '../../../core/schema/quality.ts';
import { didYouMean } from '../nearest.ts';
import { excerpt } from '../problem.ts';
import { marketOf } from './decode-names.ts';
import { Fields } from './fields.ts';
import type { Registry } from './registry.ts';

const TEXT_MAX = 255;
const MARK: ReadonlySet<string> = new Set(['market', 'price']);

export function marksOf(fields: Fields, registry: Registry): { marks: MarkUpdate[]; text: string } {
  const list = fields.list('marks');
  if (list.length === 0) throw fields.bad('COMMAND_FIELD_INVALID', 'marks', 'must have a mark at least');
  let said = '';
  const marks = list.map((value, index) => {
    const mark = new Fields(value, `${fields.at('marks')}[${index}]`, MARK);
    const { row, grid, name } = marketOf(mark, registry);
    const price = markOf(mark, 'price', grid, name);
    const text = mark.decimal('price');
    if (list.length === 1 && markToText(price, grid) !== text) said = text;
    return { market: row, price };
  });
  // A mark that had to be rounded keeps what the source said.
  return { marks, text: textOf(fields, said) };
}

export function qualityOf(
  fields: Fields,
  registry: Registry,
): Pick<QualityCommand, 'market' | 'quality' | 'allows' | 'mark' | 'reference' | 'text'> {
  const { row, grid, name } = marketOf(fields, registry);
  fields.value('quality');
  const quality = fields.choice('quality', QUALITY_NAMES, 0) as Quality;
  let allows = 0;
  for (const use of fields.list('allows')) {
    const place = USE_NAMES.indexOf(use as (typeof USE_NAMES)[number]);
    if (place === -1)
      throw fields.bad(
        'COMMAND_FIELD_INVALID',
        'allows',
        `must list what the price may be used for, of ${USE_NAMES.join(', ')}, not ${excerpt(use)}${typeof use === 'string' ? didYouMean(use, USE_NAMES) : ''}`,
      );
    allows |= 1 << place;
  }
  const mark = fields.has('mark') ? markOf(fields, 'mark', grid, name) : null;
  if (mark !== null && quality === Quality.implausible)
    throw fields.bad(
      'COMMAND_FIELD_INVALID',
      'mark',
      'is called implausible: leave it out, and the last one stands',
    );
  const reference = fields.has('reference') ? markOf(fields, 'reference', grid, name) : null;
  return { market: row, quality, allows, mark, reference, text: textOf(fields, '') };
}

/** Rounded to the grid of marks. */
export function markOf(fields: Fields, field: string, grid: Grid, market: string): MarkTicks {
  const text = fields.decimal(field);
  const price = markFromText(text, grid);
  if (price !== null) return price;
  throw fields.bad('COMMAND_NUMBER', field, `${market} ${field} ${excerpt(text)} ${markProblem(text, grid)}`);
}

/** Words for people that go with a price. */
export function textOf(fields: Fields, otherwise: string): string {
  const text = fields.has('text') ? fields.text('text') : otherwise;
  if (Buffer.byteLength(text) > TEXT_MAX)
    throw fields.bad('COMMAND_FIELD_INVALID', 'text', `must be at most ${TEXT_MAX} bytes`);
  return text;
}
