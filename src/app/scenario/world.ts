/**
 * The exchange that a scenario runs on, with what the scenario calls things: names are rows and decimals are units from here on. Beside it
 * run a plain reference engine on what the exchange says, orders and books as the events tell them, and the watchers of conduct.
 */
import { Exchange } from '../../core/exchange/exchange.ts';
import { mirrorOf } from '../../core/exchange/mirror.ts';
import type { Alert, BookFacts } from '../../core/exchange/surveillance/alerts.ts';
import { Surveillance } from '../../core/exchange/surveillance/surveillance.ts';
import type { VenueEventObject } from '../../core/exchange/event-log.ts';
import {
  gridOf,
  isGrid,
  lotsFromText,
  markFromText,
  markProblem,
  moneyFromText,
  priceFromText,
  type Grid,
} from '../../core/num/grid.ts';
import type {
  AccountRow,
  MarketRow,
  MarkTicks,
  PriceTicks,
  QuoteMicros,
  SizeLots,
  TimeUs,
} from '../../core/num/units.ts';
import { aggregatesOf } from '../../core/state/aggregates-of-market.ts';
import type { Command } from '../../core/schema/commands.ts';
import { Reason } from '../../core/schema/reasons.ts';
import { Side } from '../../core/schema/side.ts';
import { TransferWhy } from '../../core/schema/venue-events.ts';
import type { ListingCommand, OwnCommand } from '../../core/schema/venue-commands.ts';
import { Reference } from '../../reference/reference.ts';
import type { AccountReport } from '../../reference/inspect.ts';
import { OrderView } from './order-view.ts';
import type { ScenarioLine } from './statements.ts';
import { quoted, scenarioError, type Word } from './words.ts';

/** 2026-01-01T00:00:00Z: where scenarios begin that say nothing else. */
const BEGIN_US = 1_767_225_600_000_000 as TimeUs;

/** Without time and origin, which the world puts to it. */
export type Wish<T = Command | OwnCommand> = T extends unknown ? Omit<T, 'timeUs' | 'origin'> : never;

/** What one line made happen. */
export interface LineLog {
  /** The first refusal, or accepted. */
  reason: Reason;
  commands: number;
  events: VenueEventObject[];
  alerts: Alert[];
  /** What the line did that was not said in it: how a path was made, how many accounts a crowd has. */
  notes: string[];
}

export class World {
  readonly exchange = new Exchange();
  readonly reference = new Reference();
  readonly orders = new OrderView();
  readonly surveillance: Surveillance;
  /** Ids by the names of the scenario; 0: refused. */
  readonly orderIds = new Map<string, number>();
  readonly listings = new Map<number, Wish<ListingCommand>>();
  timeUs = BEGIN_US;
  decimals = 6;
  asset = 'USDT';
  isOpen = false;
  /** Deposits less withdrawals, by what it is: the settlement asset is -1. */
  readonly flows = new Map<number, bigint>();
  line: ScenarioLine | null = null;
  log: LineLog = emptyLog();
  /** All so far, refused ones too. */
  readonly commands: (Command | OwnCommand)[] = [];
  /** Called after each. */
  afterCommand: () => void = () => {};
  readonly #grids: Grid[] = [];

  constructor() {
    this.surveillance = new Surveillance(this.#facts());
  }

  begin(line: ScenarioLine): void {
    this.line = line;
    this.orders.beginLine();
    this.log = emptyLog();
  }

  /** One command, all that follows from it, and what others make of that. */
  apply(wish: Wish): Reason {
    const { exchange, reference, log } = this;
    const command = { ...wish, timeUs: this.timeUs, origin: null } as Command | OwnCommand;
    this.commands.push(command);
    const reason = exchange.apply(command);
    log.commands++;
    if (log.reason === Reason.accepted) log.reason = reason;
    for (const mirrored of mirrorOf(command, reason, exchange.events)) reference.apply(mirrored);
    for (const event of exchange.events.all()) {
      log.events.push(event);
      this.orders.observe(event);
      if (event.event === 'transfer' || event.event === 'asset') this.#count(event);
    }
    log.alerts.push(...this.surveillance.observe(this.timeUs, exchange.events));
    this.afterCommand();
    return reason;
  }

  addGrid(grid: Grid): void {
    this.#grids.push(grid);
  }

  makeGrid(tick: Word, lot: Word, markTick: Word | null): Grid {
    const spec = { tick: tick.text, lot: lot.text, markTick: markTick?.text, decimals: this.decimals };
    const grid = gridOf(spec);
    if (isGrid(grid)) return grid;
    const word = grid.field === 'lot' ? lot : grid.field === 'tick' ? tick : (markTick ?? lot);
    throw this.fail(word, grid.problem);
  }

  gridAt(market: number): Grid {
    return this.#grids[market];
  }

  marketRow(name: string): MarketRow {
    return this.exchange.engine.book.markets.names.find(name) as MarketRow;
  }

  accountRow(name: string): AccountRow {
    return this.exchange.engine.book.accounts.find(name) as AccountRow;
  }

  marketName(row: number): string {
    return this.exchange.engine.book.markets.names.at(row);
  }

  accountName(row: number): string {
    return this.exchange.engine.book.accounts.at(row);
  }

  market(word: Word): { row: MarketRow; grid: Grid } {
    const row = this.marketRow(word.text);
    if (row < 0) throw this.fail(word, `${quoted(word.text)} is not there: its definition was refused`);
    return { row, grid: this.#grids[row] };
  }

  /** As the reference has it: computed from scratch, in whole numbers. */
  report(account: number): AccountReport {
    return this.reference.inspect(account)!;
  }

  money(word: Word): QuoteMicros {
    const amount = moneyFromText(word.text, this.decimals);
    if (amount !== null) return amount;
    throw this.fail(
      word,
      `${quoted(word.text)} has more than the ${this.decimals} decimals of ${this.asset}, or is beyond 2^53 of its units`,
    );
  }

  lots(word: Word, grid: Grid): SizeLots {
    const lots = lotsFromText(word.text, grid);
    if (lots !== null) return lots;
    throw this.fail(
      word,
      `${quoted(word.text)} is not a multiple of the lot, ${grid.lot}, or is beyond 2^53 lots`,
    );
  }

  price(word: Word, grid: Grid): PriceTicks {
    const ticks = priceFromText(word.text, grid);
    if (ticks !== null) return ticks;
    throw this.fail(
      word,
      `${quoted(word.text)} is not a multiple of the tick, ${grid.tick}, or is below zero`,
    );
  }

  mark(word: Word, grid: Grid): MarkTicks {
    const mark = markFromText(word.text, grid);
    if (mark !== null) return mark;
    throw this.fail(word, `the mark ${quoted(word.text)} ${markProblem(word.text, grid)}`);
  }

  fail(word: Word | null, what: string): Error {
    const line = this.line!;
    return scenarioError(line, word?.column ?? 1, word?.text ?? null, what);
  }

  #count(event: VenueEventObject): void {
    if (event['why'] !== TransferWhy.deposit && event['why'] !== TransferWhy.withdrawal) return;
    const [what, amount] = event.event === 'asset' ? [event['market'], event['lots']] : [-1, event['amount']];
    this.flows.set(what, (this.flows.get(what) ?? 0n) + BigInt(amount));
  }

  #facts(): BookFacts {
    const position = (account: number, market: number): number => {
      let lots = 0n;
      for (const bucket of this.report(account).buckets)
        for (const held of bucket.positions) if (held.market === market) lots += held.size;
      return Number(lots);
    };
    return {
      position,
      depth: (market, sign) => {
        const limit = this.collar(market, sign);
        return this.orders.depth(market, sign > 0 ? Side.bid : Side.ask, limit);
      },
      openInterest: (market) => Number(aggregatesOf(this.exchange.engine.book, market as MarketRow).longLots),
      notional: (market, lots) => this.exchange.venue.listings[market]!.notional(lots),
      equity: (account) => Number(this.report(account).buckets.reduce((sum, { equity }) => sum + equity, 0n)),
    };
  }

  /** The worst price in ticks at which a position of this sign is closed by a market order. */
  collar(market: number, sign: number): number {
    const { collar } = this.listings.get(market)!;
    const mark = this.exchange.engine.book.markets.mark(market as MarketRow);
    const { markUnit, tickUnit } = this.#grids[market];
    const middle = (mark * markUnit * tickUnit.den) / tickUnit.num;
    return middle * (1 - (sign * collar.num) / collar.den);
  }
}

function emptyLog(): LineLog {
  return { reason: Reason.accepted, commands: 0, events: [], alerts: [], notes: [] };
}
