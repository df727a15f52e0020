/**
 * Which row a name stands for, and the grids that amounts of a market are read on. It knows what the engine has
 * accepted and nothing else: whoever applies commands tells it each one (`learn`), on recovery as well as live, and so
 * the rows here are the engine's rows.
 */
import { gridOf, isGrid, type Grid } from '../../../core/num/grid.ts';
import type { AccountRow, MarketRow, SourceRow } from '../../../core/num/units.ts';
import { Kind, type Command, type ContractCommand } from '../../../core/schema/commands.ts';
import type { RowRefusal } from '../../../core/schema/events.ts';
import { GateKind, type GateCommand } from '../../../core/schema/gate-commands.ts';
import { FIRM_NAME } from '../../../core/schema/gate-limits.ts';
import { Reason } from '../../../core/schema/reasons.ts';
import { HOUSE_NAMES, VenueKind, type OwnCommand } from '../../../core/schema/venue-commands.ts';
import { NameTable } from '../../../core/state/names.ts';
import { OperationalError } from '../../operational-error.ts';

/** The part of a decision that matters here. */
interface Answer {
  readonly reason: Reason;
  readonly refusals: readonly RowRefusal[];
}

const ACCEPTED: Answer = { reason: Reason.accepted, refusals: [] };

export class Registry {
  readonly accounts: NameTable;
  readonly markets = new NameTable();
  readonly sources = new NameTable();
  /** Of a gate; the firm is the first. */
  readonly groups = new NameTable();
  readonly #grids: Grid[] = [];
  readonly #contracts = new Map<MarketRow, ContractCommand>();
  #asset: string | null = null;
  #decimals: number | null = null;

  /** `accounts` are an engine's own where somebody else tells that engine of new ones. */
  constructor(accounts = new NameTable()) {
    this.accounts = accounts;
    this.groups.add(FIRM_NAME);
  }

  /** Of the settlement asset; null before the settings. */
  get decimals(): number | null {
    return this.#decimals;
  }

  get asset(): string | null {
    return this.#asset;
  }

  gridAt(market: MarketRow): Grid {
    const grid = this.#grids[market];
    if (grid === undefined)
      throw new OperationalError(
        'NAME_UNKNOWN',
        `market row ${market} is not defined: ${this.#grids.length} are`,
        { field: 'market', value: market },
      );
    return grid;
  }

  /** What the market was told to be; null: nothing, so it is linear. */
  contractAt(market: MarketRow): ContractCommand | null {
    return this.#contracts.get(market) ?? null;
  }

  accountAt(row: AccountRow): string {
    return nameAt(this.accounts, 'account', row);
  }

  marketAt(row: MarketRow): string {
    return nameAt(this.markets, 'market', row);
  }

  sourceAt(row: SourceRow): string {
    return nameAt(this.sources, 'source', row);
  }

  groupAt(row: number): string {
    return nameAt(this.groups, 'group', row);
  }

  /** To be told every command with the engine's answer, in order. Without an answer the command counts as accepted. */
  learn(command: Command | OwnCommand | GateCommand, answer: Answer = ACCEPTED): void {
    if (answer.reason !== Reason.accepted) return;
    switch (command.kind) {
      case Kind.settings:
        this.#asset = command.asset;
        this.#decimals = command.decimals;
        return;
      case Kind.source:
        this.sources.add(command.name);
        return;
      case Kind.account:
        this.accounts.add(command.name);
        return;
      case VenueKind.venue:
        for (const name of HOUSE_NAMES) this.accounts.add(name);
        return;
      case GateKind.group:
        this.groups.add(command.name);
        return;
      case Kind.market: {
        const grid = gridOf({
          tick: command.tick,
          lot: command.lot,
          markTick: command.markTick,
          decimals: this.#decimals ?? -1,
        });
        if (!isGrid(grid))
          throw new OperationalError('MARKET_GRID', `market ${command.name}: ${grid.problem}`, {
            field: grid.field,
            market: command.name,
          });
        this.markets.add(command.name);
        this.#grids.push(grid);
        return;
      }
      case Kind.contract:
        this.#contracts.set(command.market, command);
        return;
      case Kind.transaction: {
        const { rows } = command;
        let refusal = 0;
        for (let row = 0; row < rows.length; row++) {
          if (refusal < answer.refusals.length && answer.refusals[refusal].row === row) refusal++;
          else if (rows[row].kind === Kind.account) this.learn(rows[row]);
        }
        return;
      }
      default:
    }
  }
}

function nameAt(table: NameTable, what: string, row: number): string {
  if (Number.isInteger(row) && row >= 0 && row < table.count) return table.at(row);
  throw new OperationalError('NAME_UNKNOWN', `${what} row ${row} is not defined: ${table.count} are`, {
    field: what,
    value: row,
  });
}
