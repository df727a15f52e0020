/** The gates that there are, as the tests ask them. */
import { Gate } from '../../src/core/admission/gate.ts';
import { NO_LIMIT } from '../../src/core/gate/findings.ts';
import { GateKind } from '../../src/core/schema/gate-commands.ts';
import { LIMIT_NAMES } from '../../src/core/schema/gate-limits.ts';
import { REASON_NAMES } from '../../src/core/schema/reasons.ts';
import { GateReference } from '../../src/reference/gate/gate-reference.ts';
import type { AnyGate } from './desk.ts';

export function fastGate(gate = new Gate()): AnyGate {
  return {
    apply(command) {
      const reason = gate.apply(command);
      const notices = [...gate.notices];
      if (command.kind !== GateKind.enter && command.kind !== GateKind.replace)
        return { reason, order: 0, findings: [], notices };
      const { findings, order } = gate.decision;
      const told = Array.from({ length: findings.count }, (_, at) => ({
        reason: REASON_NAMES[findings.reason[at]],
        hard: findings.isHard[at] === 1,
        which: findings.which[at] === NO_LIMIT ? null : LIMIT_NAMES[findings.which[at]],
        limit: findings.limit[at],
        value: findings.value[at],
        scope: findings.scope[at],
      }));
      return { reason, order, findings: told, notices };
    },
  };
}

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
