import type { ReactNode } from 'react';
import { refine, useRoute } from '../../app/router.ts';
import { useAsset } from '../../live/asset.ts';
import { useChannel } from '../../live/channel.ts';
import { useQuery } from '../../live/query.ts';
import { useSettled } from '../../live/settled.ts';
import { duration } from '../../ui/format.ts';
import { HitTable } from '../../ui/hits.tsx';
import { N } from '../../ui/n.tsx';
import { Empty, Panel } from '../../ui/panel.tsx';
import { Stat } from '../../ui/stat.tsx';
import { Trouble } from '../../ui/trouble.tsx';
import { LevelShift } from './level-shift.tsx';
import { Payers } from './payers.tsx';
import { ShockSliders } from './sliders.tsx';
import { requestOf, shocksFrom, shocksText, type Shocks } from './shocks.ts';

const SETTLED_MS = 200;
/** The marks move on: it is asked again. */
const EVERY_MS = 10_000;

/** What would happen if marks moved. Asks every account, changes nothing. */
export function Page(): ReactNode {
  const { query } = useRoute();
  const shocks = shocksFrom(query.get('shocks') ?? '');
  const settled = useSettled(query.get('shocks') ?? '', SETTLED_MS);
  const body = requestOf(shocksFrom(settled));
  const { answer, fresh, problem } = useQuery('stress', body === null ? null : { body }, EVERY_MS);
  const asset = useAsset();
  const { data: markets } = useChannel('markets');
  const change = (next: Shocks): void => refine({ shocks: shocksText(next) });
  const result = body === null ? null : answer?.data;
  return (
    <div className="what-if">
      <div className="stack">
        <ShockSliders markets={markets} shocks={shocks} change={change} />
        {result === null || result === undefined ? null : <LevelShift result={result} fresh={fresh} />}
      </div>
      <div className="stack">
        {problem !== null ? <Trouble of={problem} /> : null}
        {result === null ? (
          <Panel title="Result">
            <Empty title="Nothing moves yet">
              Move a slider, or begin with one of the shocks above them.
            </Empty>
          </Panel>
        ) : (
          <>
            <div className="grid even">
              <div className="c3">
                <Stat
                  small
                  id="liquidatedAccounts"
                  label="Accounts liquidated"
                  fresh={fresh}
                  value={<N v={result?.liquidated.accounts} as="count" />}
                  note={result === undefined ? null : `asked of all in ${duration(result.tookMs * 1000)}`}
                />
              </div>
              <div className="c3">
                <Stat
                  small
                  id="liquidatedLong"
                  label="Longs liquidated"
                  fresh={fresh}
                  value={<N v={result?.liquidated.longNotional} as="compact" unit={asset} />}
                  note="notional of their positions"
                />
              </div>
              <div className="c3">
                <Stat
                  small
                  id="liquidatedShort"
                  label="Shorts liquidated"
                  fresh={fresh}
                  value={<N v={result?.liquidated.shortNotional} as="compact" unit={asset} />}
                  note="notional of their positions"
                />
              </div>
              <div className="c3">
                <Stat
                  small
                  id="leftOver"
                  label="Left for deleveraging"
                  fresh={fresh}
                  value={<N v={result?.waterfall.deleveraged} as="compact" unit={asset} />}
                  note={
                    <>
                      of <N v={result?.waterfall.deficit} as="compact" /> not covered
                    </>
                  }
                />
              </div>
            </div>
            <Panel title="Who pays: equity, then the fund, then those who win" fresh={fresh}>
              <Payers result={result} asset={asset} />
            </Panel>
            <Panel title="Who is hit, worst first" fresh={fresh} flush className="capped">
              <HitTable hits={result?.hits} asset={asset} />
            </Panel>
            {result === undefined ? null : (
              <p className="faint" data-sequence={result.sequence}>
                Of the state after command {result.sequence.toLocaleString('en')}; assumes:{' '}
                {result.assumption}.
              </p>
            )}
          </>
        )}
      </div>
    </div>
  );
}
