/** Where a loss goes, as bars that hang where the one before them ended. */
import type { StressResult } from '../../../../src/client/index.ts';

export interface Step {
  readonly id: string;
  readonly name: string;
  readonly what: string;
  /** As the API sent it. */
  readonly value: string;
  readonly from: number;
  readonly to: number;
  readonly tone: string;
}

/*
 *   lost        █                     not covered  █
 *   own equity  ▀▀█                   the fund     ▀▀█
 *   not covered    █                  deleveraged     ▀█
 *   ─────────────────                 ─────────────────  nothing is left
 *
 * Two scales, because a deficit that matters is small beside all that is lost.
 */
export function stepsOf({ waterfall: w }: StressResult): {
  readonly loss: readonly Step[];
  readonly rescue: readonly Step[];
} {
  const owed = Number(w.owedBefore);
  const all = Number(w.lost) + owed;
  const deficit = Number(w.deficit);
  const left = Number(w.deleveraged);
  return {
    loss: [
      {
        id: 'lost',
        name: 'Accounts lose',
        what: 'at the new marks',
        value: w.lost,
        from: owed,
        to: all,
        tone: 'loss',
      },
      ...(owed === 0
        ? []
        : [
            {
              id: 'owedBefore',
              name: 'Owed already',
              what: 'before any shock',
              value: w.owedBefore,
              from: 0,
              to: owed,
              tone: 'bankrupt',
            },
          ]),
      {
        id: 'paid',
        name: 'Own equity',
        what: 'of those who lose',
        value: w.paid,
        from: all,
        to: deficit,
        tone: 'dim',
      },
      {
        id: 'uncovered',
        name: 'Not covered',
        what: 'of bankrupt accounts',
        value: w.deficit,
        from: 0,
        to: deficit,
        tone: 'liquidatable',
      },
    ],
    rescue: [
      {
        id: 'deficit',
        name: 'Not covered',
        what: 'as on the left, larger',
        value: w.deficit,
        from: 0,
        to: deficit,
        tone: 'liquidatable',
      },
      {
        id: 'fundUsed',
        name: 'Insurance fund',
        what: 'pays first',
        value: w.fundUsed,
        from: deficit,
        to: left,
        tone: 'safe',
      },
      {
        id: 'deleveraged',
        name: 'Deleveraged',
        what: 'taken from those who win',
        value: w.deleveraged,
        from: left,
        to: 0,
        tone: 'backstop',
      },
    ],
  };
}
