/** What the histories of gates reached: every answer, every finding and every notice. */
import { GATE_CHECKS } from '../../../src/core/gate/checks.ts';
import { NOTICE_KIND_NAMES } from '../../../src/core/schema/gate-notices.ts';
import { Reason, REASON_NAMES } from '../../../src/core/schema/reasons.ts';
import type { GateTally } from './trial.ts';

/** What is said of commands that are no orders, and of orders that are refused alone. */
const ANSWERS: readonly Reason[] = [
  Reason.order_unknown,
  Reason.order_invalid,
  Reason.client_id_taken,
  Reason.nothing_to_reduce,
  Reason.amend_filled,
  Reason.not_by_command,
  Reason.amount_out_of_range,
  Reason.collateral_market,
  Reason.leg_sign,
  Reason.market_unpriced,
  Reason.group_unknown,
  Reason.group_invalid,
  Reason.version_invalid,
  Reason.unexplained,
  Reason.limits_invalid,
  Reason.halt_invalid,
  Reason.halt_unknown,
  Reason.halt_condition_holds,
  Reason.grant_invalid,
  Reason.parent_taken,
  Reason.replace_waits,
  Reason.nothing_to_confirm,
  Reason.duplicate_execution,
];

/** Of so many commands at least one account is held against its bounds. */
const BOUNDED_EVERY = 60;

/** Answers, findings and notices that did not occur. */
export function unseen({ answers, findings, notices, commands, bounded }: GateTally): string[] {
  return [
    ...(bounded * BOUNDED_EVERY < commands ? ['accounts of which something is concluded'] : []),
    ...ANSWERS.map((reason) => REASON_NAMES[reason]).filter((name) => answers[name] === undefined),
    ...GATE_CHECKS.map(({ reason }) => REASON_NAMES[reason]).filter((name) => findings[name] === undefined),
    ...NOTICE_KIND_NAMES.filter((name) => notices[name] === undefined),
  ];
}

/** Lines of names and counts, the most frequent first. */
export function gateCoverageLines(tally: GateTally): string[] {
  const row = (label: string, counts: Readonly<Record<string, number>>): string => {
    const entries = Object.entries(counts).toSorted((a, b) => b[1] - a[1]);
    return `${label}: ${entries.map(([name, count]) => `${name} ${count}`).join(', ')}`;
  };
  return [
    row('answers', tally.answers),
    row('findings', tally.findings),
    row('notices', tally.notices),
    `not seen: ${unseen(tally).join(', ') || 'nothing'}`,
    `${tally.commands} commands, ${tally.orders} orders, ${tally.accepted} accepted, ${tally.bounded} accounts within their bounds`,
  ];
}
