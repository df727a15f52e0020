/** Why: the documents of `plimsoll explain`, which docs/reference/json.md describes. Equal hashes are equal explanations. */
import { Type, type Static } from 'typebox';
import { record } from './scalars.ts';

export interface ExplanationDocument {
  readonly hash: string;
  readonly [field: string]: unknown;
}

export const Explanation = record({
  about: Type.Enum(['account', 'order', 'trade', 'liquidation', 'price'] as const),
  id: Type.String(),
  /** `memory`: from the running exchange and what it remembers of late; `journal`: from all records of its directory. */
  source: Type.Enum(['memory', 'journal'] as const),
  document: Type.Unsafe<ExplanationDocument>(
    Type.Object({ hash: Type.String() }, { additionalProperties: true }),
  ),
});
export type Explanation = Static<typeof Explanation>;
