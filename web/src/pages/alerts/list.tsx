import type { ReactNode } from 'react';
import type { DataOf } from '../../../../src/client/index.ts';
import { routeHash } from '../../app/router.ts';
import { clock } from '../../ui/format.ts';
import { N } from '../../ui/n.tsx';
import { Empty } from '../../ui/panel.tsx';

type Alert = DataOf<'alerts'>[number];

interface Props {
  readonly alerts: readonly Alert[] | undefined;
  /** A line each, without what it rests on. */
  readonly isShort?: boolean;
}

export function AlertList({ alerts, isShort = false }: Props): ReactNode {
  if (alerts?.length === 0)
    return <Empty title="No alerts">They appear here as they are raised, newest first.</Empty>;
  if (alerts === undefined) return <Waiting />;
  return (
    <ol className={`alerts${isShort ? ' short' : ''}`}>
      {alerts.map((alert) => (
        <li key={alert.id} data-row={alert.id} className={`severity-${alert.severity}`}>
          <span className="when">{clock(alert.time)}</span>
          <span className="what">
            <span className="severity">{alert.severity}</span> {alert.message}
            {isShort ? null : <More alert={alert} />}
          </span>
        </li>
      ))}
    </ol>
  );
}

function Waiting(): ReactNode {
  return (
    <ol className="alerts" aria-busy="true">
      {['a', 'b', 'c', 'd', 'e', 'f'].map((key) => (
        <li key={key}>
          <span className="skeleton wide" />
        </li>
      ))}
    </ol>
  );
}

function More({ alert }: { readonly alert: Alert }): ReactNode {
  const { accounts, market, distancePercent, impact, actionRequired } = alert;
  return (
    <span className="more">
      {accounts.slice(0, 4).map((account) => (
        <a key={account} href={routeHash(['accounts', account])}>
          {account}
        </a>
      ))}
      {market === null ? null : <a href={routeHash(['market', market])}>{market}</a>}
      {distancePercent === null ? null : (
        <span>
          <N v={distancePercent} as="percent" /> away
        </span>
      )}
      {impact === null ? null : (
        <span>
          <N v={impact.positionsAffected} as="count" /> positions, <N v={impact.totalNotional} as="compact" />{' '}
          notional, fund <N v={impact.insuranceFundBalance} as="compact" />
        </span>
      )}
      {actionRequired ? <span className="chip held">somebody has to act</span> : null}
    </span>
  );
}
