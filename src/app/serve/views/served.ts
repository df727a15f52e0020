/** What views read: the replica, what is remembered, and names and units for both. */
import type { Exchange } from '../../../core/exchange/exchange.ts';
import type { Cut } from '../../../io/api/contract/scalars.ts';
import { ApiProblem } from '../../../io/api/problem.ts';
import { didYouMean } from '../../../io/ingest/nearest.ts';
import { ROW_NONE } from '../../../core/state/names.ts';
import { timeText, Units } from '../../explain/units.ts';
import type { Alarms } from '../memory/alarms.ts';
import type { AlertMemory } from '../memory/alerts.ts';
import type { Memory } from '../memory/memory.ts';
import type { Replica } from '../replica.ts';

export class Served {
  readonly replica: Replica;
  readonly memory: Memory;
  readonly alerts: AlertMemory;
  readonly alarms: Alarms;
  #units: Units | null = null;
  #unitsOf = -1;

  constructor(replica: Replica, memory: Memory, alerts: AlertMemory, alarms: Alarms) {
    this.replica = replica;
    this.memory = memory;
    this.alerts = alerts;
    this.alarms = alarms;
  }

  get exchange(): Exchange {
    return this.replica.exchange;
  }

  /** Of the markets there are. */
  get units(): Units {
    const { book, settings } = this.exchange.engine;
    if (settings === null) throw new ApiProblem('API_STARTING', 'the exchange has no settings yet');
    const defined = book.markets.count + book.markets.termsCount;
    if (this.#units === null || this.#unitsOf !== defined) {
      this.#units = new Units(book, settings);
      this.#unitsOf = defined;
    }
    return this.#units;
  }

  cut(): Cut {
    const { sequence, timeUs } = this.exchange;
    return {
      sequence,
      timeUs,
      time: timeText(timeUs),
      ageMs: Math.max(0, Date.now() - this.replica.knownAtMs),
    };
  }

  account(name: string): number {
    const row = this.exchange.engine.book.accounts.find(name);
    if (row !== ROW_NONE) return row;
    throw new ApiProblem('API_NOT_FOUND', `there is no account ${JSON.stringify(name)}`, {
      field: 'account',
      value: name,
    });
  }

  accountName(row: number): string {
    return this.exchange.engine.book.accounts.at(row);
  }

  market(name: string): number {
    const { markets } = this.exchange.engine.book;
    const row = markets.names.find(name);
    if (row !== ROW_NONE) return row;
    const names = markets.specs.map((spec) => spec.name);
    throw new ApiProblem(
      'API_NOT_FOUND',
      `there is no market ${JSON.stringify(name)}${didYouMean(name, names) || `; there are ${names.join(', ')}`}`,
      { field: 'market', value: name },
    );
  }

  marketName(row: number): string {
    return this.exchange.engine.book.markets.names.at(row);
  }

  /** When something of the account last changed; null where that was before this process. */
  touchedAt(account: number): string | null {
    const timeUs = this.memory.touchedUs[account] ?? 0;
    return timeUs > 0 ? timeText(timeUs) : null;
  }
}
