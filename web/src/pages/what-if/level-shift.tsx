import type { ReactNode } from 'react';
import type { StressResult } from '../../../../src/client/index.ts';
import type { Freshness } from '../../live/freshness.ts';
import { Level, LEVELS } from '../../ui/level.tsx';
import { N } from '../../ui/n.tsx';
import { Panel } from '../../ui/panel.tsx';
import { Table } from '../../ui/table.tsx';

export function LevelShift({
  result,
  fresh,
}: {
  readonly result: StressResult;
  readonly fresh: Freshness;
}): ReactNode {
  const { bucketsBefore, bucketsAfter } = result;
  return (
    <Panel title="Margin buckets by level" fresh={fresh} flush>
      <Table
        label="Margin buckets by level, before and after"
        rows={[...LEVELS]}
        keyOf={(level) => level}
        empty=""
        columns={[
          { id: 'level', title: 'Level', cell: (level) => <Level of={level} /> },
          {
            id: 'before',
            title: 'Before',
            num: true,
            cell: (level) => <N v={bucketsBefore[level]} as="count" />,
          },
          {
            id: 'after',
            title: 'After',
            num: true,
            cell: (level) => (
              <span className={tone(level, bucketsAfter[level] - bucketsBefore[level])}>
                <N v={bucketsAfter[level]} as="count" />
              </span>
            ),
          },
        ]}
      />
    </Panel>
  );
}

/** More of them are good news at one level only. */
function tone(level: string, change: number): string {
  if (change === 0) return 'dim';
  return change > 0 === (level === 'safe') ? 'gain' : 'loss';
}
