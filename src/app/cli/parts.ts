/** Lines of painted parts, cut to a width: escape sequences have none. */
import type { Paint, Style } from './output.ts';

export type Part = string | readonly [style: Style, text: string];

/** Cut off at `width` letters. */
export function paintedLine(parts: readonly Part[], width: number, paint: Paint): string {
  let left = width;
  let text = '';
  for (const part of parts) {
    const [style, plain] = typeof part === 'string' ? [null, part] : part;
    const shown = plain.slice(0, left);
    left -= shown.length;
    text += style === null || shown === '' ? shown : paint(style, shown);
  }
  return text;
}

export type Align = 'left' | 'right';

/** Cells padded to the widest of their column, two blanks between, and none behind the last. */
export function columnsOf(rows: readonly (readonly Part[])[], aligns: readonly Align[]): Part[][] {
  const last = aligns.length - 1;
  const widths = aligns.map((_, at) => Math.max(0, ...rows.map((row) => textOf(row[at] ?? '').length)));
  return rows.map((row) =>
    row.flatMap((part, at): Part[] => {
      const blank = ' '.repeat(widths[at] - textOf(part).length);
      const padded = aligns[at] === 'right' ? [blank, part] : at === last ? [part] : [part, blank];
      return at === 0 ? padded : ['  ', ...padded];
    }),
  );
}

function textOf(part: Part): string {
  return typeof part === 'string' ? part : part[1];
}
