/** Everything that is shown of prices at one moment: plain data, for a screen, a log or a program. */
import type { PriceAlert } from '../../core/price/anomaly.ts';
import type { VenueStatus } from './live.ts';
import type { SignalView } from './signals.ts';
import type { LatestProblem, PriceStation } from './station.ts';
import type { MarketView } from './view.ts';

export interface PricesStatus {
  readonly mode: 'live' | 'replay';
  /** Of the prices: the newest time of receipt, or now. */
  readonly timeUs: number;
  /** Of the run, not of the recording. */
  readonly elapsedSeconds: number;
  readonly events: number;
  readonly sourcesMin: number;
  readonly markets: readonly MarketView[];
  /** Advice, best first; those that were left out are behind. */
  readonly signals: readonly SignalView[];
  /** Live only. */
  readonly venues: readonly VenueStatus[];
  readonly alerts: readonly PriceAlert[];
  readonly alertCount: number;
  readonly problemCount: number;
  readonly latestProblems: readonly LatestProblem[];
  readonly problems: readonly { readonly code: string; readonly count: number; readonly last: string }[];
}

export function statusOf(
  station: PriceStation,
  mode: PricesStatus['mode'],
  elapsedSeconds: number,
  venues: readonly VenueStatus[],
): PricesStatus {
  const { router, plan, alerts, alertCount, problemCount, problems, latestProblems } = station;
  return {
    mode,
    timeUs: router.now,
    elapsedSeconds,
    events: router.counts.events,
    sourcesMin: plan.sourcesMin,
    markets: station.views(),
    signals: station.signals(),
    venues,
    alerts: [...alerts],
    alertCount,
    problemCount,
    latestProblems: [...latestProblems],
    problems: [...problems].map(([code, { count, last }]) => ({ code, count, last: last.message })),
  };
}
