/** How old what is on the screen is. Everything that shows a number has one of these. */
export interface Freshness {
  readonly state: 'loading' | 'live' | 'stale' | 'disconnected';
  /** Since the answer or update that is shown arrived, and how old it was then. Null before the first. */
  readonly ageSeconds: number | null;
}

export const LOADING: Freshness = { state: 'loading', ageSeconds: null };

/** An update that is older than this is not called live. */
export const STALE_AFTER_SECONDS = 3;

export function freshnessOf(
  arrivedAt: number | null,
  now: number,
  isConnected: boolean,
  staleAfterSeconds = STALE_AFTER_SECONDS,
): Freshness {
  if (arrivedAt === null) return isConnected ? LOADING : { state: 'disconnected', ageSeconds: null };
  const ageSeconds = Math.max(0, (now - arrivedAt) / 1000);
  if (!isConnected) return { state: 'disconnected', ageSeconds };
  return { state: ageSeconds > staleAfterSeconds ? 'stale' : 'live', ageSeconds };
}
