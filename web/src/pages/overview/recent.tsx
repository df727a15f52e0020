import type { ReactNode } from 'react';
import { routeHash } from '../../app/router.ts';
import { useChannel } from '../../live/channel.ts';
import { AlertList } from '../alerts/list.tsx';
import { Panel } from '../../ui/panel.tsx';
import { LiquidationTable } from '../../ui/liquidations.tsx';

const SHOWN = 8;
const ALERTS_SHOWN = 5;

export function Recent({ asset }: { readonly asset: string }): ReactNode {
  const alerts = useChannel('alerts');
  const liquidations = useChannel('liquidations');
  return (
    <div className="grid">
      <div className="c8">
        <Panel title="Liquidations" fresh={liquidations.fresh} flush>
          <LiquidationTable rows={liquidations.data?.slice(0, SHOWN)} asset={asset} />
        </Panel>
      </div>
      <div className="c4">
        <Panel
          title="Alerts"
          fresh={alerts.fresh}
          flush
          tools={
            <a className="dim" href={routeHash(['alerts'])}>
              all
            </a>
          }
        >
          <AlertList alerts={alerts.data} short={ALERTS_SHOWN} />
        </Panel>
      </div>
    </div>
  );
}
