import type { ReactNode } from 'react';
import { useQuery } from '../../live/query.ts';
import { useSettled } from '../../live/settled.ts';
import { duration } from '../../ui/format.ts';
import { HitTable } from '../../ui/hits.tsx';
import { Empty, Panel } from '../../ui/panel.tsx';
import { Trouble } from '../../ui/trouble.tsx';

const SETTLED_MS = 200;
/** The marks move on: it is asked again. */
const EVERY_MS = 10_000;

/** The accounts behind the bars, as the engine would judge them with the mark there. */
export function Fallen({
  market,
  percent,
  asset,
}: {
  readonly market: string;
  readonly percent: number;
  readonly asset: string;
}): ReactNode {
  const settled = useSettled(percent, SETTLED_MS);
  const request = settled === 0 ? null : { body: { shocks: { [market]: settled.toFixed(1) }, limit: 50 } };
  const { answer, fresh, problem } = useQuery('stress', request, EVERY_MS);
  if (settled === 0)
    return (
      <Panel title="Who falls">
        <Empty title="The mark is where it is">
          Drag it in the chart, or move the slider with the arrow keys.
        </Empty>
      </Panel>
    );
  if (problem !== null) return <Trouble of={problem} />;
  const took =
    answer === undefined ? '' : `, asked of every account in ${duration(answer.data.tookMs * 1000)}`;
  return (
    <Panel title={`Who falls, worst first${took}`} fresh={fresh} flush>
      <HitTable hits={answer?.data.hits} asset={asset} />
    </Panel>
  );
}
