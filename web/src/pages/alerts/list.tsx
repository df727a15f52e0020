import { useState, type ReactNode } from 'react';
import { routeHash } from '../../app/router.ts';
import { clock, count } from '../../ui/format.ts';
import { N } from '../../ui/n.tsx';
import { Empty } from '../../ui/panel.tsx';
import { grouped, type Alert, type AlertGroup } from './groups.ts';

/** Positions and accounts of an alert that are named under it. */
const SHOWN = 4;

interface Props {
  readonly alerts: readonly Alert[] | undefined;
  /** At most so many, two lines each, without what they rest on. */
  readonly short?: number;
}

export function AlertList({ alerts, short }: Props): ReactNode {
  if (alerts?.length === 0)
    return <Empty title="No alerts">They appear here as they are raised, newest first.</Empty>;
  if (alerts === undefined) return <Waiting />;
  const groups = grouped(alerts);
  return (
    <ol className={`alerts${short === undefined ? '' : ' short'}`}>
      {groups.slice(0, short).map((group) => (
        <Group key={group.alert.id} group={group} isShort={short !== undefined} />
      ))}
    </ol>
  );
}

function Group({ group, isShort }: { readonly group: AlertGroup; readonly isShort: boolean }): ReactNode {
  const { alert, others } = group;
  const [isOpen, setOpen] = useState(false);
  const seconds = clock(alert.time).replace(/\.\d+$/, '');
  return (
    <li data-row={alert.id} className={`severity-${alert.severity}`}>
      <span className="when" title={clock(alert.time)}>
        {seconds}
      </span>
      <div className="what">
        <span className="severity">{alert.severity}</span> {alert.message}
        {isShort ? (
          others.length === 0 ? null : (
            <span className="faint"> and {count(others.length)} more like it</span>
          )
        ) : (
          <More alert={alert} />
        )}
        {isShort || others.length === 0 ? null : (
          <button type="button" className="link" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
            {isOpen ? 'only the newest' : `${count(others.length)} more like it in that second`}
          </button>
        )}
        {isOpen ? (
          <ul className="others">
            {others.map((other) => (
              <li key={other.id} data-other={other.id}>
                {other.message}
                <More alert={other} />
              </li>
            ))}
          </ul>
        ) : null}
      </div>
    </li>
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
  const { accounts, market, positions, impact, actionRequired } = alert;
  return (
    <span className="more">
      {positions.length > 0 ? (
        <Positions of={positions} />
      ) : (
        accounts.slice(0, SHOWN).map((account) => (
          <a key={account} href={routeHash(['accounts', account])}>
            {account}
          </a>
        ))
      )}
      {market === null ? null : <a href={routeHash(['market', market])}>{market}</a>}
      {impact === null ? null : (
        <span>
          <N v={impact.positionsAffected} as="count" /> positions, <N v={impact.totalNotional} as="compact" />{' '}
          notional, fund <N v={impact.insuranceFundBalance} as="compact" />
        </span>
      )}
      {actionRequired ? <span className="chip held">to be looked at</span> : null}
    </span>
  );
}

/** Each by its id, and how far its market alone is from liquidating it. */
function Positions({ of }: { readonly of: Alert['positions'] }): ReactNode {
  return (
    <>
      {of.slice(0, SHOWN).map(({ positionId, account, movePercent }) => (
        <span key={positionId}>
          <a href={routeHash(['accounts', account])} data-position={positionId}>
            {positionId}
          </a>
          {movePercent === null ? null : (
            <>
              {' '}
              <N v={movePercent} as="percent" change />
            </>
          )}
        </span>
      ))}
      {of.length > SHOWN ? (
        <span className="faint">and {count(of.length - SHOWN)} more positions</span>
      ) : null}
    </>
  );
}
