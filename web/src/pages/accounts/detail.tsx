import type { ReactNode } from 'react';
import type { Account } from '../../../../src/client/index.ts';
import { routeHash } from '../../app/router.ts';
import { useAsset } from '../../live/asset.ts';
import { useChannel } from '../../live/channel.ts';
import { useQuery } from '../../live/query.ts';
import type { Freshness } from '../../live/freshness.ts';
import { Draught } from '../../ui/draught.tsx';
import { Arrow } from '../../ui/icons.tsx';
import { Level } from '../../ui/level.tsx';
import { N } from '../../ui/n.tsx';
import { Empty, Panel } from '../../ui/panel.tsx';
import { Stat } from '../../ui/stat.tsx';
import { Trouble } from '../../ui/trouble.tsx';
import { Buckets } from './buckets.tsx';
import { EventTable } from './events.tsx';
import { OrderTable } from '../../ui/orders.tsx';

const EVERY_MS = 2000;

export function AccountDetail({ account }: { readonly account: string }): ReactNode {
  const request = { params: { account } };
  const live = useChannel('account', account);
  const asked = useQuery('account', request, live.data === undefined ? EVERY_MS : 0);
  const orders = useQuery('accountOrders', request, EVERY_MS);
  const events = useQuery('accountEvents', request, EVERY_MS);
  const asset = useAsset();
  const { fresh } = live;
  const data = live.data ?? asked.answer?.data;
  if (data === undefined && asked.problem !== null) return <Trouble of={asked.problem} />;
  return (
    <div className="stack">
      <div className="tools">
        <a className="button quiet" href={routeHash(['accounts'])}>
          <Arrow to="left" /> All accounts
        </a>
        <h2 className="name">{account}</h2>
        {data === undefined ? <span className="skeleton" /> : <Level of={data.level} />}
        <Chips account={data} />
        <span className="spring" />
        <a className="button" href={routeHash(['explain', 'account', account])}>
          Explain
        </a>
      </div>
      <Figures account={data} asset={asset} fresh={fresh} />
      {data !== undefined && data.buckets.every(({ positions }) => positions.length === 0) ? (
        <Panel title="Positions">
          <Empty title="No position">It cannot be liquidated while it holds none.</Empty>
        </Panel>
      ) : (
        <Buckets buckets={data?.buckets} asset={asset} fresh={fresh} />
      )}
      <Panel
        title={`Orders that work or wait${(orders.answer?.data.length ?? 0) === 0 ? '' : `, ${orders.answer!.data.length} newest`}`}
        fresh={orders.fresh}
        flush
        className="capped short"
      >
        <OrderTable orders={orders.answer?.data} />
      </Panel>
      <Panel title="What happened of late, newest first" fresh={events.fresh} flush className="capped">
        <EventTable events={events.answer?.data} />
      </Panel>
    </div>
  );
}

function Chips({ account }: { readonly account: Account | undefined }): ReactNode {
  if (account === undefined) return null;
  return (
    <>
      {account.liquidating ? <span className="chip bad">being liquidated</span> : null}
      {account.exempt ? <span className="chip">exempt</span> : null}
      {account.hedge ? <span className="chip">hedge mode</span> : null}
    </>
  );
}

interface FiguresProps {
  readonly account: Account | undefined;
  readonly asset: string;
  readonly fresh: Freshness;
}

function Figures({ account, asset, fresh }: FiguresProps): ReactNode {
  return (
    <div className="grid even">
      <div className="c3">
        <Stat
          small
          id="equity"
          label="Equity"
          question="Collateral and what its positions have gained"
          fresh={fresh}
          value={<N v={account?.equity} digits={2} unit={asset} />}
          note={
            <>
              collateral <N v={account?.collateral} digits={2} />
            </>
          }
        />
      </div>
      <div className="c3">
        <Stat
          small
          id="maintenanceMargin"
          label="Maintenance margin"
          question="Under this much equity it is liquidated"
          fresh={fresh}
          value={<N v={account?.maintenanceMargin} digits={2} unit={asset} />}
          note={
            <>
              initial <N v={account?.initialMargin} digits={2} />, free{' '}
              <N v={account?.freeCollateral} digits={2} />
            </>
          }
        />
      </div>
      <div className="c3">
        <Stat
          small
          id="health"
          label="Health"
          question="Equity over maintenance: liquidatable under 1"
          fresh={fresh}
          value={<N v={account?.health} digits={3} none="nothing is required" />}
          note={account === undefined ? null : <Draught health={account.health} level={account.level} />}
        />
      </div>
      <div className="c3">
        <Stat
          small
          id="distance"
          label="Distance, all marks together"
          question="By how much all marks would have to move against it"
          fresh={fresh}
          value={<N v={account?.jointDistancePercent} as="percent" none="no move does it" />}
          note={
            <>
              notional <N v={account?.notional} as="compact" />, leverage{' '}
              <N v={account?.leverage} digits={1} unit="×" />
            </>
          }
        />
      </div>
    </div>
  );
}
