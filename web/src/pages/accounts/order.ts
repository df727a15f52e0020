import type { AccountSummary, RequestOf } from '../../../../src/client/index.ts';

export type AccountQuery = NonNullable<RequestOf<'accounts'>['query']>;

/** What each order goes by; `row` is the order in which they were opened, and never changes. */
const FIGURES: Readonly<Record<string, (row: AccountSummary) => string | null>> = {
  distance: ({ jointDistancePercent }) => jointDistancePercent,
  health: ({ health }) => health,
  equity: ({ equity }) => equity,
  notional: ({ notional }) => notional,
};

/**
 * The server ranks everybody now and then, and each row says what is so now: within a block rows come in the order of what they say. Those without a
 * figure stay last.
 */
export function inOrder(
  rows: readonly AccountSummary[],
  { sort, order }: Pick<AccountQuery, 'sort' | 'order'>,
): readonly AccountSummary[] {
  const figure = FIGURES[sort ?? ''];
  if (figure === undefined) return rows;
  const sign = order === 'desc' ? -1 : 1;
  const of = (row: AccountSummary): number => {
    const value = figure(row);
    return value === null ? Infinity : sign * Number(value);
  };
  return rows.toSorted((a, b) => (of(a) === of(b) ? 0 : of(a) - of(b)));
}
