import type { ReactNode } from 'react';
import type { Overview } from '../../../../src/client/index.ts';
import { routeHash } from '../../app/router.ts';
import type { Freshness } from '../../live/freshness.ts';
import { Level, LEVELS } from '../../ui/level.tsx';
import { N } from '../../ui/n.tsx';
import { Panel } from '../../ui/panel.tsx';
import { Table } from '../../ui/table.tsx';

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
  const share = (level: (typeof LEVELS)[number]): number =>
    total === 0 ? 0 : Number(overview!.notionalByLevel[level]) / total;
  return (
    <Panel title="Accounts by level" fresh={fresh} flush>
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
            width: '18%',
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
            width: '17%',
            cell: (level) => <N v={overview?.accountsByLevel[level]} as="count" />,
          },
          {
            id: 'notional',
            title: `Notional${asset === '' ? '' : `, ${asset}`}`,
            num: true,
            width: '19%',
            cell: (level) => <N v={overview?.notionalByLevel[level]} as="compact" />,
          },
          {
            id: 'share',
            title: 'Share',
            num: true,
            width: '12%',
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
