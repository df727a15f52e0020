/** What the journal is asked, and what its thread says. */
import type { ExplanationDocument } from '../../../io/api/contract/explain.ts';
import type { OperationalFields } from '../../../io/operational-error.ts';
import type { CutWish } from '../../explain/walk.ts';

export type PastQuestion =
  | { readonly about: 'order' | 'trade' | 'liquidation'; readonly id: number }
  | { readonly about: 'account'; readonly account: string; readonly wish: CutWish };

/** Of `plimsoll explain`, on the directory of the exchange. */
export interface PastWork {
  readonly directory: string;
  readonly question: PastQuestion;
}

export type PastAnswer =
  | { readonly document: ExplanationDocument }
  /** `code` is null where it is our fault. */
  | {
      readonly document: null;
      readonly code: string | null;
      readonly message: string;
      readonly fields: OperationalFields;
      readonly stack: string;
    };
