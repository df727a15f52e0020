import type { ReactNode } from 'react';
import type { Overview } from '../../../../src/client/index.ts';
import { routeHash } from '../../app/router.ts';
import type { Freshness } from '../../live/freshness.ts';
import { Level, LEVELS } from '../../ui/level.tsx';
import { N } from '../../ui/n.tsx';
import { Panel } from '../../ui/panel.tsx';
import { Table } from '../../ui/table.tsx';
import { Trend } from '../../ui/trend.tsx';

interface Props {
  readonly overview: Overview | undefined;
  readonly asset: string;
  readonly fresh: Freshness;
}

/** Who stands where. The bars are shares of notional, on a scale of roots: those who matter are few. */
export function Levels({ overview, asset, fresh }: Props): ReactNode {
  const total =
    overview === undefined
      ? 0
      : LEVELS.reduce((sum, level) => sum + Number(overview.notionalByLevel[level]), 0);
  const trend = (level: (typeof LEVELS)[number], by: 'accountsByLevel' | 'notionalByLevel'): ReactNode => {
    const history = overview?.history[by][level] ?? [];
    const isAccounts = by === 'accountsByLevel';
    return (
      <Trend
        of={history}
        what={`${isAccounts ? 'Accounts' : 'Notional'} at ${level}`}
        as={isAccounts ? 'count' : 'compact'}
        tone={history.some((value) => value !== 0) ? level : 'line-strong'}
      />
    );
  };
  const share = (level: (typeof LEVELS)[number]): number =>
    total === 0 ? 0 : Number(overview!.notionalByLevel[level]) / total;
  return (
    <Panel title={`Accounts by level${asset === '' ? '' : `, notional in ${asset}`}`} fresh={fresh} flush>
      <Table
        label="Accounts and notional by level"
        rows={overview === undefined ? undefined : [...LEVELS]}
        expect={7}
        keyOf={(level) => level}
        empty=""
        columns={[
          {
            id: 'level',
            title: 'Level',
            width: '16%',
            cell: (level) => (
              <a href={routeHash(['accounts'], { level })}>
                <Level of={level} />
              </a>
            ),
          },
          {
            id: 'accounts',
            title: 'Accounts',
            num: true,
            width: '11%',
            cell: (level) => <N v={overview?.accountsByLevel[level]} as="count" />,
          },
          {
            id: 'accountsTrend',
            title: <span className="visually-hidden">Accounts, last minutes</span>,
            width: '15%',
            cell: (level) => trend(level, 'accountsByLevel'),
          },
          {
            id: 'notional',
            title: 'Notional',
            num: true,
            width: '13%',
            cell: (level) => <N v={overview?.notionalByLevel[level]} as="compact" />,
          },
          {
            id: 'notionalTrend',
            title: <span className="visually-hidden">Notional, last minutes</span>,
            width: '15%',
            cell: (level) => trend(level, 'notionalByLevel'),
          },
          {
            id: 'share',
            title: 'Share',
            num: true,
            width: '11%',
            cell: (level) => <N v={String(share(level) * 100)} as="percent" />,
          },
          {
            id: 'bar',
            title: <span className="visually-hidden">Share of notional</span>,
            cell: (level) => (
              <div className={`meter level-${level}`}>
                <i style={{ width: `${100 * Math.sqrt(share(level))}%` }} />
              </div>
            ),
          },
        ]}
      />
    </Panel>
  );
}
