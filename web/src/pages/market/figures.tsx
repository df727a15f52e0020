import type { ReactNode } from 'react';
import { useChannel } from '../../live/channel.ts';
import { useNow } from '../../live/clock.ts';
import { age } from '../../ui/format.ts';
import { N } from '../../ui/n.tsx';
import { Quality } from '../../ui/quality.tsx';
import { Stat } from '../../ui/stat.tsx';

export function Figures({ market, asset }: { readonly market: string; readonly asset: string }): ReactNode {
  const { data, fresh } = useChannel('market', market);
  const summary = data?.summary;
  const price = summary?.price;
  const now = useNow();
  const nextAt = price?.funding.nextAt;
  const left =
    nextAt === null || nextAt === undefined ? null : Math.max(0, (Date.parse(nextAt) - now) / 1000);
  return (
    <div className="grid even six">
      <Stat
        small
        id="markPrice"
        label="Mark"
        question="What are positions valued and liquidated at?"
        fresh={fresh}
        value={<N v={price?.markPrice} none="no mark yet" />}
        note={<N v={price?.change24hPercent} as="percent" change none="change over 24 h not known yet" />}
      />
      <Stat
        small
        id="indexPrice"
        label="Index"
        question="What do other places say?"
        fresh={fresh}
        value={<N v={price?.indexPrice} none="no index" />}
        note={
          summary === undefined ? null : (
            <>
              <Quality of={summary.quality} /> {summary.state}
            </>
          )
        }
      />
      <Stat
        small
        id="lastPrice"
        label="Last trade"
        question="What did it last trade at here?"
        fresh={fresh}
        value={<N v={price?.lastPrice} none="nobody traded yet" />}
        note={
          <>
            <N v={summary?.bestBid} none="no bid" /> / <N v={summary?.bestAsk} none="no ask" />
          </>
        }
      />
      <Stat
        small
        id="openInterest"
        label="Open interest"
        question="How large are all longs together?"
        fresh={fresh}
        value={<N v={summary?.openInterestNotional} as="compact" unit={asset} />}
        note={
          <>
            longs gain <N v={summary?.longPnl} as="compact" change />
          </>
        }
      />
      <Stat
        small
        id="volume"
        label="Volume"
        question="How much was traded here in the last day, or since the start?"
        fresh={fresh}
        value={<N v={summary?.volume24hNotional} as="compact" unit={asset} />}
        note={
          <>
            liquidated <N v={summary?.liquidated24hNotional} as="compact" />
          </>
        }
      />
      <Stat
        small
        id="funding"
        label="Funding"
        question="What did a long pay in the last interval?"
        fresh={fresh}
        value={
          <N v={price?.funding.lastPercent} as="percent" digits={4} change none="no interval has ended yet" />
        }
        note={
          left === null
            ? 'no interval yet'
            : `of ${age(price?.funding.intervalSeconds ?? 0)}, next in ${age(left)}`
        }
      />
    </div>
  );
}
