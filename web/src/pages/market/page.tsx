import type { ReactNode } from 'react';
import { refine, useRoute } from '../../app/router.ts';
import { useAsset } from '../../live/asset.ts';
import { MarketTabs, useMarket } from '../../ui/market-tabs.tsx';
import { Empty } from '../../ui/panel.tsx';
import { BookPanel } from './book.tsx';
import { Figures } from './figures.tsx';
import { History, type IntervalName } from './history.tsx';
import { Rules } from './rules.tsx';
import { Source } from './source.tsx';
import { Trades } from './trades.tsx';

const INTERVALS = ['1s', '10s', '1m', '5m', '1h'] as const satisfies readonly IntervalName[];

/** One market: what it trades at, what it is valued at, who waits to trade, and what its rules are. */
export function Page(): ReactNode {
  const { path, query } = useRoute();
  const market = useMarket(path[1]);
  const asset = useAsset();
  const interval = INTERVALS.find((name) => name === query.get('interval')) ?? '1s';
  if (market === null) return <Empty title="No market is listed yet" />;
  return (
    <div className="stack" key={market}>
      <div className="tools">
        <MarketTabs page="market" market={market} />
        <span className="spring" />
        <div className="tabs" role="group" aria-label="Interval">
          {INTERVALS.map((name) => (
            <button
              key={name}
              type="button"
              aria-pressed={name === interval}
              onClick={() => refine({ interval: name })}
            >
              {name}
            </button>
          ))}
        </div>
      </div>
      <Figures market={market} asset={asset} />
      <div className="grid">
        <div className="c8 stack">
          <History market={market} interval={interval} />
          <Rules market={market} asset={asset} />
        </div>
        <div className="c4 stack">
          <BookPanel market={market} />
          <Trades market={market} />
        </div>
      </div>
      <Source market={market} />
    </div>
  );
}
