/** Alerts of one kind that were raised in one second are one thing to know: a cascade tells of hundreds. */
import type { DataOf } from '../../../../src/client/index.ts';

export type Alert = DataOf<'alerts'>[number];

export interface AlertGroup {
  /** The newest of them. */
  readonly alert: Alert;
  readonly others: readonly Alert[];
}

/** Newest first, as they came. */
export function grouped(alerts: readonly Alert[]): AlertGroup[] {
  const groups = new Map<string, { alert: Alert; others: Alert[] }>();
  for (const alert of alerts) {
    const of = `${alert.kind}/${alert.severity}/${alert.time.slice(0, 19)}`;
    const group = groups.get(of);
    if (group === undefined) groups.set(of, { alert, others: [] });
    else group.others.push(alert);
  }
  return [...groups.values()];
}
