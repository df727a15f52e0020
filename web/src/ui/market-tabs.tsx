import type { ReactNode } from 'react';
import { routeHash } from '../app/router.ts';
import { useChannel } from '../live/channel.ts';

/** The markets of a page whose address is `#/page/MARKET`. */
export function MarketTabs({
  page,
  market,
}: {
  readonly page: string;
  readonly market: string | null;
}): ReactNode {
  const { data } = useChannel('markets');
  return (
    <nav className="tabs" aria-label="Market">
      {data?.map((row) => (
        <a key={row.market} href={routeHash([page, row.market])} aria-current={row.market === market}>
          {row.market}
        </a>
      )) ?? <span className="skeleton" />}
    </nav>
  );
}

/** The market of the address, or the first there is; null before any is known. */
export function useMarket(named: string | undefined): string | null {
  const { data } = useChannel('markets');
  return named ?? data?.find(({ state }) => state !== null)?.market ?? null;
}
