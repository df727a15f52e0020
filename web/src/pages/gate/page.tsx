import type { ReactNode } from 'react';
import type { DataOf } from '../../../../src/client/index.ts';
import { useRoute } from '../../app/router.ts';
import { useChannel } from '../../live/channel.ts';
import { useQuery } from '../../live/query.ts';
import { N } from '../../ui/n.tsx';
import { Empty, Panel } from '../../ui/panel.tsx';
import { Stat } from '../../ui/stat.tsx';
import { Table } from '../../ui/table.tsx';
import { Trouble } from '../../ui/trouble.tsx';
import { Decisions } from './decisions.tsx';
import { checkName } from './limits.ts';
import { useSeconds } from './seconds.ts';
import { Wanted } from './wanted.tsx';

type Gate = DataOf<'gate'>;
type Limit = Gate['utilisation']['limits'][number];
const SHOWN = 20;
const EVERY_MS = 1000;
const ONCE = 0;

/** What orders are let through, and what they are turned away for. */
export function Page(): ReactNode {
  const { data, fresh } = useChannel('gate');
  const asked = useQuery('gateUtilisation', {}, ONCE);
  const gate = data?.utilisation;
  const total = gate === undefined ? 0 : gate.approved + gate.rejected;
  const perSecond = useSeconds(gate?.decisionsPerSecond);
  const rejected = useSeconds(gate?.rejected, true);
  const approved = useSeconds(gate?.approved, true);
  const latency = useSeconds(gate?.latencyUs.p99);
  if (asked.problem !== null && data === undefined) return <Trouble of={asked.problem} />;
  return (
    <div className="stack">
      <div className="grid even">
        <div className="c3">
          <Stat
            id="decisionsPerSecond"
            label="Decisions a second"
            question="How many orders did the gate judge in the last second?"
            fresh={fresh}
            value={<N v={gate?.decisionsPerSecond} as="count" />}
            note="orders, amendments"
            history={perSecond}
          />
        </div>
        <div className="c3">
          <Stat
            id="approved"
            label="Approved"
            question="How many orders passed every check?"
            fresh={fresh}
            value={<N v={gate?.approved} as="count" />}
            history={approved}
            note={
              total === 0 ? (
                'none judged yet'
              ) : (
                <>
                  <N v={String((100 * gate!.approved) / total)} as="percent" /> of all
                </>
              )
            }
          />
        </div>
        <div className="c3">
          <Stat
            id="rejected"
            label="Rejected"
            question="How many orders were turned away?"
            fresh={fresh}
            value={<N v={gate?.rejected} as="count" />}
            history={rejected}
            tone="critical"
            note={
              total === 0 ? (
                'none judged yet'
              ) : (
                <>
                  <N v={String((100 * gate!.rejected) / total)} as="percent" /> of all
                </>
              )
            }
          />
        </div>
        <div className="c3">
          <Stat
            id="gateLatency"
            label="Latency of a decision, p99"
            question="How long does a decision take?"
            fresh={fresh}
            value={<N v={gate?.latencyUs.p99} as="duration" />}
            history={latency}
            as="duration"
            note={
              <>
                half in <N v={gate?.latencyUs.p50} as="duration" />, longest{' '}
                <N v={gate?.latencyUs.max} as="duration" />
              </>
            }
          />
        </div>
      </div>
      <div className="grid">
        <div className="c4 stack">
          <Reasons gate={gate} fresh={fresh} />
          <Limits limits={gate?.limits} fresh={fresh} />
        </div>
        <div className="c8">
          <Decisions live={data?.decisions} fresh={fresh} />
        </div>
      </div>
    </div>
  );
}

function Reasons({
  gate,
  fresh,
}: {
  readonly gate: Gate['utilisation'] | undefined;
  readonly fresh: Parameters<typeof Panel>[0]['fresh'];
}): ReactNode {
  const rows = gate?.rejectsByReason.toSorted((a, b) => b.count - a.count);
  const most = Math.max(1, ...(rows ?? []).map(({ count }) => count));
  return (
    <Panel title="Rejects by reason" fresh={fresh} flush>
      <Table
        label="Rejects by reason"
        rows={rows}
        keyOf={({ check }) => check}
        empty={<Empty title="Nothing was rejected" />}
        columns={[
          { id: 'check', title: 'Check', cell: ({ check }) => <span title={check}>{checkName(check)}</span> },
          {
            id: 'bar',
            title: <span className="visually-hidden">Share</span>,
            width: '34%',
            cell: ({ count }) => (
              <div className="meter level-critical">
                <i style={{ width: `${(100 * count) / most}%` }} />
              </div>
            ),
          },
          { id: 'count', title: 'Orders', num: true, cell: ({ count }) => <N v={count} as="count" /> },
        ]}
      />
    </Panel>
  );
}

/** Under 80 % there is room; from there on somebody should know. */
const toneOf = (used: number): string =>
  used >= 100 ? 'level-liquidatable' : used >= 80 ? 'level-warning' : 'level-safe';

function Limits({
  limits,
  fresh,
}: {
  readonly limits: readonly Limit[] | undefined;
  readonly fresh: Parameters<typeof Panel>[0]['fresh'];
}): ReactNode {
  const market = useRoute().query.get('market') ?? '';
  const of = useRoute().query.get('of') ?? '';
  const isAll = market === '' && of === '';
  const query = {
    limit: SHOWN,
    ...(market === '' ? {} : { market }),
    ...(of === '' ? {} : { account: of, group: of }),
  };
  const asked = useQuery('gateUtilisation', isAll ? null : { query }, EVERY_MS);
  const rows = (isAll ? limits : asked.answer?.data.limits)?.slice(0, SHOWN);
  return (
    <Panel
      title="Limits, fullest first"
      fresh={isAll ? fresh : asked.fresh}
      flush
      tools={
        <>
          <Wanted name="of" label="Account or group" value={of} />
          <Wanted name="market" label="Market" value={market} />
        </>
      }
    >
      <Table<Limit>
        label="Utilisation of limits"
        rows={rows}
        keyOf={({ check, scope, subject }) => `${check}/${scope}/${subject}`}
        empty={<Empty title="No limit is set">Limits appear here with how much of them is used.</Empty>}
        columns={[
          {
            id: 'check',
            title: 'Limit',
            cell: ({ check, scope, subject, limit, used }) => (
              <span className="limit" title={check}>
                <span>{checkName(check)}</span>
                <span className="faint">
                  {subject ?? scope}: <N v={used} as="compact" digits={used.includes('.') ? 1 : 0} /> of{' '}
                  <N v={limit} as="compact" digits={0} />
                </span>
              </span>
            ),
          },
          {
            id: 'bar',
            title: <span className="visually-hidden">Used</span>,
            width: '26%',
            cell: ({ usedPercent }) => (
              <div className={`meter ${toneOf(Number(usedPercent))}`}>
                <i style={{ width: `${Math.min(100, Number(usedPercent))}%` }} />
              </div>
            ),
          },
          {
            id: 'used',
            title: 'Used',
            num: true,
            cell: ({ usedPercent }) => <N v={usedPercent} as="percent" digits={1} />,
          },
        ]}
      />
    </Panel>
  );
}
