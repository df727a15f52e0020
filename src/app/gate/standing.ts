/** Whether what a command states of a gate is so already: definitions are stated again by whoever starts again, from the same files. */
import type { Gate } from '../../core/admission/gate.ts';
import { NO_NAME } from '../../core/admission/instruments.ts';
import { Kind, type Command } from '../../core/schema/commands.ts';
import { isGateCommand } from '../../core/schema/gate-codec.ts';
import { GateKind, type GateCommand } from '../../core/schema/gate-commands.ts';
import { standingInEngine, type Standing } from '../exchange/standing.ts';

/** Kinds that a file of definitions may have. */
export const DEFINITIONS: ReadonlySet<number> = new Set([
  Kind.settings,
  Kind.source,
  Kind.market,
  Kind.contract,
  Kind.tiers,
  Kind.account,
  Kind.breaker,
  GateKind.instrument,
  GateKind.group,
  GateKind.member,
]);

export function standingOf(command: Command | GateCommand, gate: Gate): Standing {
  if (!isGateCommand(command)) return standingInEngine(command, gate.engine);
  const { groups, instruments } = gate.state;
  switch (command.kind) {
    case GateKind.instrument: {
      const { market } = command;
      const name = (row: number): string => (row === NO_NAME ? '' : instruments.names.at(row));
      const isSame =
        market < instruments.count &&
        name(instruments.sector[market]) === command.sector &&
        name(instruments.issuer[market]) === command.issuer &&
        instruments.short[market] === command.short &&
        (instruments.restricted[market] === 1) === command.restricted;
      return isSame ? 'in-force' : 'new';
    }
    case GateKind.group: {
      const row = groups.names.find(command.name);
      if (row < 0) return 'new';
      return groups.kind(row) === command.of && groups.parent(row) === command.parent
        ? 'in-force'
        : 'differs';
    }
    case GateKind.member:
      return groups.directOf(command.account).includes(command.group) === command.isIn ? 'in-force' : 'new';
    default:
      return 'new';
  }
}
