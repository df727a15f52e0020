/** The registry of an engine that was restored: what it would have learned from the commands that made the engine. */
import type { Gate } from '../../core/admission/gate.ts';
import type { Engine } from '../../core/engine/engine.ts';
import type { MarketRow, TimeUs } from '../../core/num/units.ts';
import { Kind, type Command } from '../../core/schema/commands.ts';
import type { GateCommand } from '../../core/schema/gate-commands.ts';
import { Registry } from '../../io/ingest/file/registry.ts';

export function registryOf({ book, settings }: Engine): Registry {
  const registry = new Registry();
  if (settings === null) return registry;
  const head = { timeUs: 0 as TimeUs, origin: null };
  registry.learn(settings);
  for (const spec of book.markets.specs) registry.learn({ kind: Kind.market, ...head, ...spec });
  for (const [row, terms] of book.markets.terms.entries()) {
    if (terms !== null)
      registry.learn({ kind: Kind.contract, ...head, market: row as MarketRow, ...terms.contract });
  }
  for (let row = 0; row < book.sources.names.count; row++)
    registry.learn({ kind: Kind.source, ...head, name: book.sources.names.at(row) });
  for (let row = 0; row < book.accounts.count; row++)
    registry.learn({ kind: Kind.account, ...head, name: book.accounts.at(row) });
  return registry;
}

export function registryOfGate({ engine, state }: Gate): Registry {
  const registry = registryOf(engine);
  const { names } = state.groups;
  for (let row = registry.groups.count; row < names.count; row++) registry.groups.add(names.at(row));
  return registry;
}

/** The names that an accepted command brought. Which rows of a transaction were taken only the engine knows. */
export function learnFromGate(registry: Registry, command: Command | GateCommand, gate: Gate): void {
  if (command.kind !== Kind.transaction && command.kind !== Kind.account) registry.learn(command);
  const { accounts } = gate.engine.book;
  for (let row = registry.accounts.count; row < accounts.count; row++)
    registry.accounts.add(accounts.at(row));
}
