/** What a screen remembers of an exchange's events: the last trades, liquidations, how many of what. */
import type { EventLog } from '../../core/exchange/event-log.ts';
import { Side } from '../../core/schema/side.ts';
import { LIQUIDATION_OUTCOME_NAMES, VenueEvent } from '../../core/schema/venue-events.ts';

const LENGTH = 12;

export interface TradeLine {
  readonly market: number;
  readonly price: number;
  readonly size: number;
  readonly side: 'buy' | 'sell';
}

export interface LiquidationLine {
  readonly account: number;
  /** Money units. */
  readonly equity: number;
  readonly maintenance: number;
  /** How it ended; null: it goes on. */
  outcome: (typeof LIQUIDATION_OUTCOME_NAMES)[number] | null;
}

export class Ticker {
  readonly trades: TradeLine[] = [];
  readonly liquidations: LiquidationLine[] = [];
  tradeCount = 0;
  liquidationCount = 0;
  takeoverCount = 0;
  adlCount = 0;
  /** Lots bought and sold so far, by market. */
  readonly volume: number[] = [];
  readonly #open = new Map<number, LiquidationLine>();

  follow(events: Pick<EventLog, 'count' | 'kind' | 'field'>): void {
    for (let row = 0; row < events.count; row++)
      this.#take(events.kind(row), (place) => events.field(row, place));
  }

  #take(kind: VenueEvent, field: (place: number) => number): void {
    if (kind === VenueEvent.trade) {
      this.tradeCount++;
      const [market, price, size] = [field(1), field(2), field(3)];
      this.volume[market] = (this.volume[market] ?? 0) + size;
      push(this.trades, { market, price, size, side: field(4) === Side.bid ? 'buy' : 'sell' });
    } else if (kind === VenueEvent.liquidation) {
      this.liquidationCount++;
      const line = { account: field(1), equity: field(6), maintenance: field(7), outcome: null };
      this.#open.set(field(0), line);
      push(this.liquidations, line);
    } else if (kind === VenueEvent.liquidation_end) {
      const line = this.#open.get(field(0));
      if (line !== undefined) line.outcome = LIQUIDATION_OUTCOME_NAMES[field(2)];
      this.#open.delete(field(0));
    } else if (kind === VenueEvent.takeover) this.takeoverCount++;
    else if (kind === VenueEvent.adl) this.adlCount++;
  }
}

/** The latest first. */
function push<Line>(lines: Line[], line: Line): void {
  lines.unshift(line);
  if (lines.length > LENGTH) lines.pop();
}
