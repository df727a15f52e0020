import type { ReactNode } from 'react';
import { useChannel } from '../../live/channel.ts';
import { count } from '../../ui/format.ts';

/** While the demo's crowd still opens its positions: how many there are. */
export function Crowd(): ReactNode {
  const crowd = useChannel('system').data?.crowd ?? null;
  if (crowd === null || crowd.isDone) return null;
  return (
    <section className="panel crowd" aria-label="The crowd is opening positions">
      <span>
        <strong>{count(crowd.opened)}</strong> of {count(crowd.wanted)} holders have opened a position, by
        real deposits and trades
      </span>
      <span className="meter" aria-hidden="true">
        <i style={{ width: `${(100 * crowd.opened) / crowd.wanted}%` }} />
      </span>
    </section>
  );
}
