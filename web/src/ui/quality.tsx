import type { ReactNode } from 'react';
import type { MarketSummary } from '../../../src/client/index.ts';

/** What a price is good for, in a word; why it is not good for more when one rests on it. */
export function Quality({
  of: { quality, held, breaker, allows, text },
}: {
  readonly of: MarketSummary['quality'];
}): ReactNode {
  const tone = held || breaker ? 'bad' : allows.length === 0 ? 'held' : '';
  const why = [
    breaker ? 'the breaker tripped' : '',
    held ? 'held: nothing is liquidated by it' : '',
    text ?? '',
  ].filter(Boolean);
  return (
    <span className={`chip ${tone}`} title={why.join('; ') || `good for ${allows.join(', ')}`}>
      {breaker ? 'breaker' : held ? 'held' : quality.replaceAll('_', ' ')}
    </span>
  );
}
