/** Shocks as they stand in the address: `*:-10,BTC-PERP:-15` in percent, `*` for all markets not named. A named 0 stays where it is while all others move. */
import type { StressRequest } from '../../../../src/client/index.ts';

export const ALL = '*';
export type Shocks = ReadonlyMap<string, number>;

export function shocksFrom(text: string): Shocks {
  const shocks = new Map<string, number>();
  for (const part of text.split(',')) {
    const colon = part.lastIndexOf(':');
    const percent = Number(part.slice(colon + 1));
    if (colon > 0 && Number.isFinite(percent) && percent > -100) shocks.set(part.slice(0, colon), percent);
  }
  return needed(shocks);
}

export const shocksText = (shocks: Shocks): string =>
  [...shocks].map(([market, percent]) => `${market}:${percent}`).join();

/** By how much a market moves: by its own shock, or as all others do. */
export const shockOf = (shocks: Shocks, market: string): number => shocks.get(market) ?? shocks.get(ALL) ?? 0;

export function withShock(shocks: Shocks, market: string, percent: number): Shocks {
  return needed(new Map([...shocks, [market, percent]]));
}

/** Without those that say nothing: a market that moves as all others do. */
function needed(shocks: Shocks): Shocks {
  const all = shocks.get(ALL) ?? 0;
  return new Map([...shocks].filter(([market, percent]) => percent !== (market === ALL ? 0 : all)));
}

/** Null where nothing moves. */
export function requestOf(shocks: Shocks): StressRequest | null {
  if (shocks.size === 0) return null;
  const named = [...shocks]
    .filter(([market]) => market !== ALL)
    .map(([market, percent]) => [market, percent.toFixed(1)] as const);
  const all = shocks.get(ALL);
  return {
    limit: 100,
    ...(named.length === 0 ? {} : { shocks: Object.fromEntries(named) }),
    ...(all === undefined ? {} : { allPercent: all.toFixed(1) }),
  };
}
