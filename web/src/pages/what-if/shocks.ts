/** Shocks as they stand in the address: `*:-10,BTC-PERP:-15` in percent, `*` for all markets not named. */
import type { StressRequest } from '../../../../src/client/index.ts';

export const ALL = '*';
export type Shocks = ReadonlyMap<string, number>;

export function shocksFrom(text: string): Shocks {
  const shocks = new Map<string, number>();
  for (const part of text.split(',')) {
    const colon = part.lastIndexOf(':');
    const percent = Number(part.slice(colon + 1));
    if (colon > 0 && Number.isFinite(percent) && percent !== 0 && percent > -100)
      shocks.set(part.slice(0, colon), percent);
  }
  return shocks;
}

export function shocksText(shocks: Shocks): string {
  return [...shocks]
    .filter(([, percent]) => percent !== 0)
    .map(([market, percent]) => `${market}:${percent}`)
    .join();
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
