/**
 * Whether what a command states is so already. Settings, names and rules are stated again by whoever starts again, from the same
 * files; that must neither fail nor fill the journal.
 */
import { isDeepStrictEqual } from 'node:util';
import type { Engine } from '../../core/engine/engine.ts';
import type { Exchange } from '../../core/exchange/exchange.ts';
import { Kind, type Command } from '../../core/schema/commands.ts';
import { isOwnCommand } from '../../core/schema/venue-codec.ts';
import { VenueKind, type OwnCommand } from '../../core/schema/venue-commands.ts';

/** `differs`: something else is in force, and cannot be changed any more. */
export type Standing = 'in-force' | 'differs' | 'new';

/** Kinds that a file of definitions may have. */
export const DEFINITIONS: ReadonlySet<number> = new Set([
  Kind.settings,
  Kind.source,
  Kind.market,
  Kind.contract,
  Kind.tiers,
  Kind.account,
  Kind.breaker,
  VenueKind.venue,
  VenueKind.listing,
]);

export function standingOf(command: Command | OwnCommand, { engine, venue }: Exchange): Standing {
  switch (command.kind) {
    case VenueKind.venue:
      return fixed(venue.rules, command);
    case VenueKind.listing: {
      const listing = venue.listings[command.market] ?? null;
      return listing !== null && isSame(listing.rules, command) ? 'in-force' : 'new';
    }
    default:
      return isOwnCommand(command) ? 'new' : standingInEngine(command, engine);
  }
}

/** The same of what engines are told, whatever is around them. */
export function standingInEngine(command: Command, engine: Engine): Standing {
  const { markets, sources, accounts } = engine.book;
  switch (command.kind) {
    case Kind.settings:
      return fixed(engine.settings, command);
    case Kind.source:
      return sources.names.find(command.name) < 0 ? 'new' : 'in-force';
    case Kind.account:
      return accounts.find(command.name) < 0 ? 'new' : 'in-force';
    case Kind.market: {
      const row = markets.names.find(command.name);
      // Its tiers change in the course of time.
      return row < 0 ? 'new' : fixed({ ...markets.specs[row], tiers: command.tiers }, command);
    }
    case Kind.contract: {
      const terms = markets.terms[command.market] ?? null;
      return fixed(terms === null ? null : { ...terms.contract, market: command.market }, command);
    }
    case Kind.tiers: {
      const { market, tiers, effectiveUs } = command;
      const isActive = effectiveUs <= engine.timeUs && isDeepStrictEqual(markets.specs[market].tiers, tiers);
      const isPending = markets.pending.some(
        (pending) =>
          pending.market === market &&
          pending.effectiveUs === effectiveUs &&
          isDeepStrictEqual(pending.tiers, tiers),
      );
      return isActive || isPending ? 'in-force' : 'new';
    }
    case Kind.breaker:
      return markets.breaker !== null && isSame(markets.breaker, command) ? 'in-force' : 'new';
    default:
      return 'new';
  }
}

function fixed(known: object | null, command: Command | OwnCommand): Standing {
  if (known === null) return 'new';
  return isSame(known, command) ? 'in-force' : 'differs';
}

/** All but head and kind. */
function isSame(known: object, command: Command | OwnCommand): boolean {
  const body = ({ kind: _kind, timeUs: _time, origin: _origin, ...rest }: Record<string, unknown>): object =>
    rest;
  return isDeepStrictEqual(body({ ...known }), body({ ...command }));
}
