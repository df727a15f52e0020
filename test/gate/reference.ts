/** The reference gate, as the tests ask it. */
import { LIMIT_NAMES } from '../../src/core/schema/gate-limits.ts';
import { REASON_NAMES } from '../../src/core/schema/reasons.ts';
import { GateReference } from '../../src/reference/gate/gate-reference.ts';
import type { AnyGate } from './desk.ts';

export function referenceGate(): AnyGate {
  const gate = new GateReference();
  return {
    apply(command) {
      const { reason, findings, order, notices } = gate.apply(command);
      const told = findings.map((finding) => ({
        reason: REASON_NAMES[finding.reason],
        hard: finding.isHard,
        which: finding.which === null ? null : LIMIT_NAMES[finding.which],
        limit: finding.limit,
        value: finding.value,
        scope: finding.scope,
      }));
      return { reason, order, findings: told, notices };
    },
  };
}
