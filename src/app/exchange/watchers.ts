/**
 * The watchers of conduct beside an exchange. What they remember is not in its snapshots: they begin with the first command that is applied
 * in their sight, and every alert says which that was. Who is exempt by then they are told.
 */
import type { Exchange } from '../../core/exchange/exchange.ts';
import type { Alert } from '../../core/exchange/surveillance/alerts.ts';
import { ExchangeFacts } from '../../core/exchange/surveillance/exchange-facts.ts';
import { Surveillance } from '../../core/exchange/surveillance/surveillance.ts';
import { HOUSE_NAMES } from '../../core/schema/venue-commands.ts';

export class Watchers {
  /** Sequence of the first command that they see. */
  readonly since: number;
  readonly #exchange: Exchange;
  readonly #surveillance: Surveillance;

  constructor(exchange: Exchange) {
    this.#exchange = exchange;
    this.since = exchange.sequence + 1;
    this.#surveillance = new Surveillance(new ExchangeFacts(exchange.venue));
    const { members } = exchange.venue;
    for (let account = HOUSE_NAMES.length; account < members.count; account++)
      if (members.isExempt(account)) this.#surveillance.exempt.adopt(account);
  }

  /** To be called after every command, once: what its events give cause to report. */
  observe(): Alert[] {
    const { timeUs, events } = this.#exchange;
    return this.#surveillance.observe(timeUs, events);
  }
}
