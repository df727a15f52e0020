import type { ReactNode } from 'react';
import type { AnswerOf } from '../../../../src/client/index.ts';
import { refine, routeHash, useRoute } from '../../app/router.ts';
import type { Freshness } from '../../live/freshness.ts';
import { useQuery } from '../../live/query.ts';
import { clock } from '../../ui/format.ts';
import { Side } from '../../ui/level.tsx';
import { N } from '../../ui/n.tsx';
import { Empty, Panel } from '../../ui/panel.tsx';
import { Table, type Column } from '../../ui/table.tsx';
import { checkName } from './limits.ts';

type Decision = AnswerOf<'gateDecisions'>['data'][number];
const VERDICTS = ['approved', 'rejected'] as const;
const SHOWN = 30;
const EVERY_MS = 1000;

const COLUMNS: readonly Column<Decision>[] = [
  {
    id: 'time',
    title: 'Time, UTC',
    cell: ({ time }) => (
      <span className="dim" title={time}>
        {clock(time).replace(/\.\d+$/, '')}
      </span>
    ),
  },
  {
    id: 'verdict',
    title: 'Verdict',
    cell: ({ verdict }) => <span className={verdict === 'approved' ? 'gain' : 'loss'}>{verdict}</span>,
  },
  {
    id: 'account',
    title: 'Account',
    cell: ({ account }) => <a href={routeHash(['accounts', account])}>{account}</a>,
  },
  {
    id: 'order',
    title: 'Order',
    cell: ({ side, size, market, price }) => (
      <>
        <Side of={side} /> <N v={size} /> <span className="dim">{market}</span>{' '}
        {price === null ? (
          <span className="faint">at any price</span>
        ) : (
          <>
            <span className="faint">at</span> <N v={price} />
          </>
        )}
      </>
    ),
  },
  {
    id: 'reasons',
    title: 'Reasons',
    cell: ({ reasons }) =>
      reasons.length === 0 ? <span className="faint">none against it</span> : <Reasons of={reasons} />,
  },
];

/** The newest decisions with every reason: all as they come, or those of one verdict as the server has them. */
export function Decisions({
  live,
  fresh,
}: {
  readonly live: readonly Decision[] | undefined;
  readonly fresh: Freshness;
}): ReactNode {
  const wanted = useRoute().query.get('verdict');
  const verdict = VERDICTS.find((name) => name === wanted);
  const asked = useQuery(
    'gateDecisions',
    verdict === undefined ? null : { query: { verdict, limit: SHOWN } },
    EVERY_MS,
  );
  return (
    <Panel
      title="Decisions, newest first"
      fresh={verdict === undefined ? fresh : asked.fresh}
      flush
      tools={
        <div className="tabs" role="group" aria-label="Verdict">
          {[undefined, ...VERDICTS].map((name) => (
            <button
              key={name ?? 'all'}
              type="button"
              aria-pressed={name === verdict}
              onClick={() => refine({ verdict: name ?? '' })}
            >
              {name ?? 'all'}
            </button>
          ))}
        </div>
      }
    >
      <Table<Decision>
        label="Decisions of the gate, newest first"
        rows={(verdict === undefined ? live : asked.answer?.data)?.slice(0, SHOWN)}
        keyOf={({ id }) => String(id)}
        expect={10}
        empty={
          <Empty title="Nothing was judged yet">
            Each order appears here with every reason for and against it.
          </Empty>
        }
        columns={COLUMNS}
        isFixed
      />
    </Panel>
  );
}

/** How many stand there at once; the others are a click away. */
const REASONS_SHOWN = 2;

function Reasons({ of }: { readonly of: Decision['reasons'] }): ReactNode {
  const others = of.slice(REASONS_SHOWN);
  return (
    <>
      {of.slice(0, REASONS_SHOWN).map((reason) => (
        <Reason key={reason.check} of={reason} />
      ))}
      {others.length === 0 ? null : (
        <details className="dim">
          <summary>{others.length} more</summary>
          {others.map((reason) => (
            <Reason key={reason.check} of={reason} />
          ))}
        </details>
      )}
    </>
  );
}

function Reason({
  of: { check, kind, value, limit },
}: {
  readonly of: Decision['reasons'][number];
}): ReactNode {
  return (
    <span className={`reason ${kind === 'soft' ? 'dim' : ''}`} title={check}>
      {checkName(check)}
      {kind === 'soft' ? ' (warns)' : ''}
      {value === null || limit === null ? null : (
        <span className="faint">
          {' '}
          <N v={value} as="compact" />, allowed <N v={limit} as="compact" />
        </span>
      )}
    </span>
  );
}
