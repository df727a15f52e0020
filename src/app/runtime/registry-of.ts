/** The registry of an engine that was restored: what it would have learned from the commands that made the engine. */
import type { Gate } from '../../core/admission/gate.ts';
import type { Engine } from '../../core/engine/engine.ts';
import type { MarketRow, TimeUs } from '../../core/num/units.ts';
import { Kind, type Command } from '../../core/schema/commands.ts';
import type { GateCommand } from '../../core/schema/gate-commands.ts';
import { Registry } from '../../io/ingest/file/registry.ts';

export function registryOf(engine: Engine): Registry {
  const registry = new Registry();
  learnMarkets(registry, engine);
  const { sources, accounts } = engine.book;
  const head = { timeUs: 0 as TimeUs, origin: null };
  for (let row = 0; row < sources.names.count; row++)
    registry.learn({ kind: Kind.source, ...head, name: sources.names.at(row) });
  for (let row = 0; row < accounts.count; row++)
    registry.learn({ kind: Kind.account, ...head, name: accounts.at(row) });
  return registry;
}

/** Names of a million accounts are not kept twice: the engine's own, with those that come. It is told nothing of accounts. */
export function registryBeside(engine: Engine): Registry {
  const registry = new Registry(engine.book.accounts);
  learnMarkets(registry, engine);
  return registry;
}

function learnMarkets(registry: Registry, { book, settings }: Engine): void {
  if (settings === null) return;
  const head = { timeUs: 0 as TimeUs, origin: null };
  registry.learn(settings);
  for (const spec of book.markets.specs) registry.learn({ kind: Kind.market, ...head, ...spec });
  for (const [row, terms] of book.markets.terms.entries()) {
    if (terms !== null)
      registry.learn({ kind: Kind.contract, ...head, market: row as MarketRow, ...terms.contract });
  }
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
