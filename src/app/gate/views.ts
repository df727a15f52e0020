/** What can be looked at of a gate that runs: documents with names and decimals. */
import type { Registry as MetricsRegistry } from 'prom-client';
import type { Gate } from '../../core/admission/gate.ts';
import { HALT_CAUSE_NAMES, HALT_STATE_NAMES } from '../../core/schema/gate-commands.ts';
import { LIMIT_NAMES } from '../../core/schema/gate-limits.ts';
import { limitsDocument, valueDocument, type LimitsBody } from '../../io/gate/limits-file.ts';
import type { GateViews } from '../../io/gate/http.ts';
import { timeToText } from '../../io/ingest/file/fields.ts';
import type { Registry } from '../../io/ingest/file/registry.ts';
import { describeScope } from '../../io/publish/gate-lines.ts';
import { accountUtilisation, groupUtilisation } from './utilisation.ts';

export function viewsOf(gate: Gate, registry: Registry, metrics: MetricsRegistry): GateViews {
  return {
    utilisation: ({ account, group, market }) => {
      const place = market === undefined ? null : registry.markets.find(market);
      if (place !== null && place < 0) return null;
      if (account !== undefined) {
        const row = registry.accounts.find(account);
        return row < 0 ? null : accountUtilisation(gate, registry, row, place);
      }
      const row = registry.groups.find(group ?? '');
      return row < 0 ? null : groupUtilisation(gate, registry, row, place);
    },
    limits: () => limitsView(gate, registry),
    halts: () => haltsView(gate, registry),
    metrics: async () => ({ type: metrics.contentType, text: await metrics.metrics() }),
  };
}

/** The version in force, the one that waits, and grants. */
export function limitsView({ state }: Gate, registry: Registry): Record<string, unknown> {
  const { active, pending, grants } = state.limits;
  const document = (of: LimitsBody | null): unknown => (of === null ? null : limitsDocument(of, registry));
  return {
    active: document(active),
    pending: document(pending),
    grants: grants.map((grant) => ({
      ...describeScope(grant, registry),
      limit: LIMIT_NAMES[grant.limit],
      hard: valueDocument({ limit: grant.limit, hard: grant.hard, soft: null }, grant.market, registry),
      expires: timeToText(grant.expiresUs),
      by: grant.by,
      approvedBy: grant.approvedBy,
      why: grant.why,
    })),
  };
}

export function haltsView({ state }: Gate, registry: Registry): Record<string, unknown>[] {
  return [...state.halts.standing.values()].map((halt) => ({
    epoch: halt.epoch,
    ...describeScope(halt, registry),
    state: HALT_STATE_NAMES[halt.state],
    cause: HALT_CAUSE_NAMES[halt.cause],
    ...(halt.by === '' ? {} : { by: halt.by, why: halt.why }),
  }));
}
