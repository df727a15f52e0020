/** What the histories reached: every answer to a command, and every kind of event. */
import { Reason, REASON_NAMES } from '../../../src/core/schema/reasons.ts';
import { VENUE_EVENT_NAMES, VenueEvent } from '../../../src/core/schema/venue-events.ts';
import type { Tally } from './trial.ts';

/** Answers about what only facts about accounts can be refused for, which are no commands of an exchange. */
const OF_FACTS: ReadonlySet<Reason> = new Set([
  Reason.leg_sign,
  Reason.margin_mode_conflict,
  Reason.transaction_nested,
  Reason.market_held,
  Reason.balance_negative,
]);

/** What an exchange can answer: from `gate_failed` on only a gate does. */
const isOurs = (reason: Reason): boolean => reason < Reason.gate_failed && !OF_FACTS.has(reason);

export function unseenReasons({ reasons }: Tally): string[] {
  return REASON_NAMES.filter((name) => isOurs(Reason[name]) && (reasons[Reason[name]] ?? 0) === 0);
}

export function unseenEvents({ events }: Tally): string[] {
  return VENUE_EVENT_NAMES.filter((name) => (events[VenueEvent[name]] ?? 0) === 0);
}

/** Lines of names and counts, the most frequent first. */
export function coverageLines(tally: Tally): string[] {
  const row = (
    label: string,
    names: readonly string[],
    counts: readonly number[],
    codes: Readonly<Record<string, number>>,
  ): string => {
    const seen = names
      .map((name) => [name, counts[codes[name]] ?? 0] as const)
      .filter(([, count]) => count > 0);
    return `${label}: ${seen
      .toSorted((a, b) => b[1] - a[1])
      .map(([name, count]) => `${name} ${count}`)
      .join(', ')}`;
  };
  return [
    row(
      'answers',
      REASON_NAMES.filter((name) => name !== undefined),
      tally.reasons,
      Reason,
    ),
    `answers not seen: ${unseenReasons(tally).join(', ') || 'none'}`,
    row('events', VENUE_EVENT_NAMES, tally.events, VenueEvent),
    `events not seen: ${unseenEvents(tally).join(', ') || 'none'}`,
  ];
}
