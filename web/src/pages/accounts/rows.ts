/**
 * A list of any length, of which the server is asked for what is looked at. Rows come in blocks; blocks on the screen are asked for again and again,
 * and those that were not looked at for long are forgotten.
 */
import { useEffect, useState } from 'react';
import { ApiProblem, type AccountSummary } from '../../../../src/client/index.ts';
import { client } from '../../live/api.ts';
import { useNow } from '../../live/clock.ts';
import { freshnessOf, type Freshness } from '../../live/freshness.ts';
import { inOrder, type AccountQuery } from './order.ts';

export const BLOCK = 100;
const BLOCKS_KEPT = 40;
const EVERY_MS = 1500;

/** The blocks that rows `first` to `last` lie in. */
export function blocksOf(first: number, last: number): number[] {
  const from = Math.floor(first / BLOCK);
  return Array.from({ length: Math.floor(last / BLOCK) - from + 1 }, (_, at) => from + at);
}

interface Held {
  readonly of: string;
  readonly blocks: ReadonlyMap<number, readonly AccountSummary[]>;
  readonly total: number | undefined;
  readonly arrivedAt: number | null;
  /** When the look at all accounts began that the order is of; null where there is none to wait for. */
  readonly rankedAt: number | null;
  readonly problem: ApiProblem | null;
  readonly isAway: boolean;
}
const NOTHING: Held = {
  of: '',
  blocks: new Map(),
  total: undefined,
  arrivedAt: null,
  rankedAt: null,
  problem: null,
  isAway: false,
};

export interface Rows {
  /** Undefined before the first answer. */
  readonly total: number | undefined;
  readonly at: (row: number) => AccountSummary | undefined;
  readonly fresh: Freshness;
  /** How long ago everybody was ranked. */
  readonly rankedSeconds: number | null;
  readonly problem: ApiProblem | null;
}

export function useRows(query: AccountQuery, first: number, last: number): Rows {
  const of = JSON.stringify(query);
  const [state, setState] = useState<Held>(NOTHING);
  const current = state.of === of ? state : NOTHING;
  const wanted = blocksOf(first, last).join();

  useEffect(() => {
    const abort = new AbortController();
    let timer: number | undefined;
    const ask = async (): Promise<void> => {
      const blocks = wanted.split(',').map(Number);
      try {
        const answers = await Promise.all(
          blocks.map((block) =>
            client.call(
              'accounts',
              { query: { ...(JSON.parse(of) as AccountQuery), limit: BLOCK, offset: block * BLOCK } },
              abort.signal,
            ),
          ),
        );
        const { total, cut, rankedAt } = answers.at(-1)!;
        setState((before) => ({
          of,
          blocks: kept(
            before.of === of ? before.blocks : NOTHING.blocks,
            blocks,
            answers.map(({ data }) => inOrder(data, JSON.parse(of) as AccountQuery)),
          ),
          total,
          arrivedAt: Date.now() - cut.ageMs,
          rankedAt: rankedAt === null ? null : Date.now() - rankedAt.ageMs,
          problem: null,
          isAway: false,
        }));
      } catch (error) {
        if (abort.signal.aborted) return;
        const problem = error instanceof ApiProblem ? error : null;
        setState((before) => ({
          ...(before.of === of ? before : { ...NOTHING, of }),
          problem,
          isAway: problem === null,
        }));
      }
      timer = window.setTimeout(() => void ask(), EVERY_MS);
    };
    // Blocks that are only scrolled past are not asked for.
    timer = window.setTimeout(() => void ask(), 60);
    return () => {
      abort.abort();
      window.clearTimeout(timer);
    };
  }, [of, wanted]);

  const now = useNow();
  return {
    total: current.total,
    at: (row) => current.blocks.get(Math.floor(row / BLOCK))?.[row % BLOCK],
    fresh: freshnessOf(current.arrivedAt, now, !current.isAway, 6),
    rankedSeconds: current.rankedAt === null ? null : (now - current.rankedAt) / 1000,
    problem: current.problem,
  };
}

/** The newest are last; the oldest make room. */
function kept(
  before: ReadonlyMap<number, readonly AccountSummary[]>,
  blocks: readonly number[],
  rows: readonly (readonly AccountSummary[])[],
): ReadonlyMap<number, readonly AccountSummary[]> {
  const next = new Map(before);
  blocks.forEach((block, at) => {
    next.delete(block);
    next.set(block, rows[at]);
  });
  for (const block of next.keys()) {
    if (next.size <= BLOCKS_KEPT) break;
    next.delete(block);
  }
  return next;
}
