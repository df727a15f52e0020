import type { ReactNode } from 'react';
import { refine, useRoute } from '../../app/router.ts';
import { useAsset } from '../../live/asset.ts';
import { useChannel } from '../../live/channel.ts';
import { LiquidationTable } from '../../ui/liquidations.tsx';
import { Panel } from '../../ui/panel.tsx';
import { AlertList } from './list.tsx';

const SEVERITIES = ['info', 'warning', 'critical', 'emergency'] as const;
const SHOWN = 100;
const LIQUIDATIONS_SHOWN = 40;

/** What somebody should know, newest first; and what was liquidated, beside it. */
export function Page(): ReactNode {
  const { query } = useRoute();
  const severity = SEVERITIES.find((name) => name === query.get('severity'));
  const kind = query.get('kind') ?? '';
  const { data, fresh } = useChannel('alerts');
  const liquidations = useChannel('liquidations');
  const asset = useAsset();
  const kinds = [...new Set((data ?? []).map((alert) => alert.kind))].sort();
  const shown = data
    ?.filter(
      (alert) =>
        (severity === undefined || alert.severity === severity) && (kind === '' || alert.kind === kind),
    )
    .slice(0, SHOWN);
  return (
    <div className="stack">
      <div className="tools">
        <div className="tabs" role="group" aria-label="Severity">
          <button
            type="button"
            aria-pressed={severity === undefined}
            onClick={() => refine({ severity: '' })}
          >
            all
          </button>
          {SEVERITIES.map((name) => (
            <button
              key={name}
              type="button"
              aria-pressed={name === severity}
              onClick={() => refine({ severity: name })}
            >
              {name}
            </button>
          ))}
        </div>
        <label className="field">
          <span className="faint">Kind</span>
          <select value={kind} onChange={({ target }) => refine({ kind: target.value })}>
            <option value="">all</option>
            {[...new Set([...kinds, ...(kind === '' ? [] : [kind])])].map((name) => (
              <option key={name} value={name}>
                {name.replaceAll('_', ' ')}
              </option>
            ))}
          </select>
        </label>
      </div>
      <div className="grid">
        <div className="c4">
          <Panel title="Alerts" fresh={fresh} flush>
            <AlertList alerts={shown} />
          </Panel>
        </div>
        <div className="c8">
          <Panel title="Liquidations" fresh={liquidations.fresh} flush>
            <LiquidationTable rows={liquidations.data?.slice(0, LIQUIDATIONS_SHOWN)} asset={asset} />
          </Panel>
        </div>
      </div>
    </div>
  );
}
