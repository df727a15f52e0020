/** Names in a line into rows: of what is defined, and of what the line defines. */
import type { AccountRow, MarketRow, SourceRow, TimeUs } from '../../../core/num/units.ts';
import type { Grid } from '../../../core/num/grid.ts';
import type { Origin } from '../../../core/schema/commands.ts';
import { isName, NAME_BYTES_MAX, type NameTable } from '../../../core/state/names.ts';
import { didYouMean } from '../nearest.ts';
import { excerpt } from '../problem.ts';
import { BadCommand, type Fields } from './fields.ts';
import type { Registry } from './registry.ts';

/** Looking through a million names for one that is alike takes longer than a line may. */
const COMPARED_MAX = 10_000;

/** The row's transaction, where there is one: its time, and the accounts that its rows before this one open. */
export interface Around {
  readonly timeUs: TimeUs;
  readonly origin: Origin | null;
  readonly opened: string[];
}

export function accountOf(fields: Fields, registry: Registry, around: Around | null): AccountRow {
  const name = fields.text('account');
  const opened = around === null ? -1 : around.opened.indexOf(name);
  if (opened >= 0 && registry.accounts.find(name) < 0)
    return (registry.accounts.count + opened) as AccountRow;
  return accountNamed(name, fields.at('account'), registry);
}

/** `at` is the path of the field that names it. */
export function accountNamed(name: string, at: string, registry: Registry): AccountRow {
  const row = registry.accounts.find(name);
  if (row >= 0) return row as AccountRow;
  const similar = registry.accounts.count <= COMPARED_MAX ? didYouMean(name, names(registry.accounts)) : '';
  throw new BadCommand(
    'COMMAND_NAME_UNKNOWN',
    `account ${excerpt(name)} is not open: open it first with {"kind":"account","name":${JSON.stringify(name)}}${similar}`,
    at,
    name,
  );
}

export interface NamedMarket {
  readonly row: MarketRow;
  readonly grid: Grid;
  readonly name: string;
}

/** `field` is the one that names it. */
export function marketOf(fields: Fields, registry: Registry, field = 'market'): NamedMarket {
  return marketNamed(fields.text(field), fields.at(field), registry);
}

export function marketNamed(name: string, at: string, registry: Registry): NamedMarket {
  const row = registry.markets.find(name) as MarketRow;
  if (row >= 0) return { row, grid: registry.gridAt(row), name };
  throw new BadCommand(
    'COMMAND_NAME_UNKNOWN',
    `market ${excerpt(name)} is not defined${didYouMean(name, names(registry.markets)) || ': define it first with a command of kind market'}`,
    at,
    name,
  );
}

/** A group of a gate; `field` is the one that names it. */
export function groupOf(fields: Fields, registry: Registry, field = 'group'): number {
  return groupNamed(fields.text(field), fields.at(field), registry);
}

export function groupNamed(name: string, at: string, registry: Registry): number {
  const row = registry.groups.find(name);
  if (row >= 0) return row;
  throw new BadCommand(
    'COMMAND_NAME_UNKNOWN',
    `group ${excerpt(name)} is not defined${didYouMean(name, names(registry.groups)) || ': define it first with a command of kind group'}`,
    at,
    name,
  );
}

export function sourceOf(fields: Fields, registry: Registry): SourceRow {
  const name = fields.text('source');
  const row = registry.sources.find(name);
  if (row >= 0) return row as SourceRow;
  throw fields.bad(
    'COMMAND_NAME_UNKNOWN',
    'source',
    `source ${excerpt(name)} is not defined${didYouMean(name, names(registry.sources)) || ': define it first with a command of kind source'}`,
  );
}

function* names(table: NameTable): Generator<string> {
  for (let row = 0; row < table.count; row++) yield table.at(row);
}

/** A name that is valid and free. One that is taken passes when it has an origin: it may be a repetition, which the engine can tell. */
export function newName(fields: Fields, table: NameTable, what: string, replayed: boolean): string {
  const name = fields.text('name');
  if (!isName(name)) throw fields.bad('COMMAND_FIELD_INVALID', 'name', nameRule(name));
  if (!replayed && table.find(name) >= 0)
    throw fields.bad(
      'COMMAND_NAME_TAKEN',
      'name',
      `${what} ${excerpt(name)} is there already: choose another name, or leave this line out`,
    );
  return name;
}

export function nameRule(name: string): string {
  return `${excerpt(name)} must be 1 to ${NAME_BYTES_MAX} bytes of UTF-8 without control characters`;
}
