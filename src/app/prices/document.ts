/** What `--json` prints: one line a market and interval, and a summary as the last. */
import { timeToText } from '../../io/ingest/file/fields.ts';
import type { TimeUs } from '../../core/num/units.ts';
import type { PricesStatus } from './status.ts';
import type { MarketView } from './view.ts';

export function priceDocument(view: MarketView): Record<string, unknown> {
  const { decimals: _, timeUs, funding, published, ...rest } = view;
  return {
    time: timeText(timeUs),
    timeUs,
    ...rest,
    funding: funding === null ? null : { ...funding, next: timeText(funding.nextUs) },
    published:
      published === null
        ? null
        : {
            ...published,
            nextFunding: published.nextFundingUs === null ? null : timeText(published.nextFundingUs),
          },
  };
}

export function pricesDocument(
  status: PricesStatus,
  choice: {
    readonly files: readonly string[];
    readonly record: string | null;
    readonly quarantine: string | null;
  },
): Record<string, unknown> {
  const { mode, timeUs, elapsedSeconds, events, sourcesMin, venues, alerts, alertCount } = status;
  return {
    mode,
    time: timeText(timeUs),
    timeUs,
    files: choice.files,
    recordedIn: choice.record,
    quarantinedIn: choice.quarantine,
    elapsedSeconds,
    events,
    sourcesMin,
    markets: status.markets.map(priceDocument),
    signals: status.signals,
    venues,
    alerts: alertCount,
    latestAlerts: alerts,
    problems: status.problemCount,
    problemsByCode: status.problems,
    latestProblems: status.latestProblems.map(({ timeUs: atUs, problem, ...whence }) => ({
      time: timeText(atUs),
      ...whence,
      ...problem,
    })),
  };
}

function timeText(timeUs: number): string | null {
  return timeUs === 0 ? null : timeToText(timeUs as TimeUs);
}
