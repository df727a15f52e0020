import { useMemo, type ReactNode } from 'react';
import type { QueryOf } from '../../../../src/io/api/contract/routes.ts';
import { CandleChart } from '../../charts/candles.tsx';
import { SeriesChart } from '../../charts/series.tsx';
import { useQuery } from '../../live/query.ts';
import { decimal } from '../../ui/format.ts';
import { Empty, Panel } from '../../ui/panel.tsx';
import { Trouble } from '../../ui/trouble.tsx';

export type IntervalName = NonNullable<QueryOf<'candles'>['interval']>;
const SHOWN = 240;
const EVERY_MS = 1000;

export function History({
  market,
  interval,
}: {
  readonly market: string;
  readonly interval: IntervalName;
}): ReactNode {
  const { answer, fresh, problem } = useQuery(
    'candles',
    { params: { market }, query: { interval, limit: SHOWN } },
    EVERY_MS,
  );
  const candles = answer?.data;
  const interest = useMemo(() => {
    const rows = candles ?? [];
    return {
      times: rows.map(({ time }) => Date.parse(time) / 1000),
      values: [rows.map(({ openInterest }) => Number(openInterest))],
    };
  }, [candles]);
  if (problem !== null) return <Trouble of={problem} />;
  const price = candles?.findLast(({ markClose }) => markClose !== null)?.markClose ?? '0.00';
  const places = Math.min(8, price.split('.')[1]?.length ?? 0);
  return (
    <>
      <Panel
        title={`${market}, ${interval}`}
        fresh={fresh}
        tools={
          <span className="faint legend">
            <i className="mark" /> mark <i className="index" /> index
          </span>
        }
      >
        {candles === undefined ? (
          <div className="candles skeleton" />
        ) : candles.length === 0 ? (
          <Empty title="No price yet" />
        ) : (
          <CandleChart
            label={`Candles of ${market} with its mark and index`}
            candles={candles}
            places={places}
          />
        )}
      </Panel>
      <Panel title={`Open interest, ${market.split('-')[0]}`} fresh={fresh}>
        <SeriesChart label={`Open interest of ${market}`} {...interest} lines={OPEN_INTEREST} height={120} />
      </Panel>
    </>
  );
}

const OPEN_INTEREST = [
  {
    label: 'open interest',
    tone: 'dim',
    isFilled: true,
    shown: (value: number): string => decimal(value.toFixed(value < 1e4 ? 3 : 1)),
  },
];
