/**
 * All watchers, of conduct and of the system, on one stream of events: to be given what each command made happen, in order. It reads rows and asks the
 * book; it decides nothing. What they remember is bounded, each says how.
 */
import { HOUSE_NAMES } from '../../schema/venue-commands.ts';
import { OrderFlag, TransferWhy, VenueEvent } from '../../schema/venue-events.ts';
import { tagOf } from '../../state/positions.ts';
import type { EventLog } from '../event-log.ts';
import { AdlTriggered } from './adl-triggered.ts';
import type { Alert, AlertSink, BookFacts } from './alerts.ts';
import { ExemptInventory } from './exempt-inventory.ts';
import { LinkedClusters } from './linked-clusters.ts';
import { LiquidationVolume } from './liquidation-volume.ts';
import { OpenInterestGrowth } from './open-interest-growth.ts';
import { PositionDepth } from './position-depth.ts';
import { SelfLiquidation } from './self-liquidation.ts';
import { WashPairs } from './wash-pairs.ts';

export class Surveillance {
  readonly #facts: BookFacts;
  #alerts: Alert[] = [];
  readonly #sink: AlertSink = (alert) => void this.#alerts.push(alert);
  readonly #pairs = new WashPairs(this.#sink);
  readonly #clusters = new LinkedClusters(this.#sink);
  readonly #selves = new SelfLiquidation(this.#sink);
  readonly #growth = new OpenInterestGrowth(this.#sink);
  readonly #depth: PositionDepth;
  readonly #volume: LiquidationVolume;
  readonly #adl: AdlTriggered;
  /** Who is out of liquidation, and what they owe. */
  readonly exempt: ExemptInventory;
  /** Who traded where in the command at hand. */
  readonly #traders = new Map<number, Set<number>>();

  /** Market and leg of the positions that liquidations under way have closed something of. */
  readonly #closed = new Map<number, Set<number>>();
  /** The liquidation whose step is under way in the command at hand. */
  #stepping = 0;
  /** Close-outs of the command at hand; none outlives it. */
  readonly #closeOuts = new Set<number>();

  constructor(facts: BookFacts) {
    this.#facts = facts;
    this.#depth = new PositionDepth(facts, this.#sink);
    this.#volume = new LiquidationVolume(facts, this.#sink);
    this.#adl = new AdlTriggered(facts, this.#sink);
    this.exempt = new ExemptInventory(facts, this.#sink);
  }

  /** What the events of one command give cause to report; `timeUs` is the exchange's time. */
  observe(timeUs: number, events: EventLog): Alert[] {
    this.#alerts = [];
    this.#traders.clear();
    this.#closeOuts.clear();
    for (let row = 0; row < events.count; row++) this.#read(timeUs, events, row);
    for (const [market, traders] of this.#traders) {
      const openInterest = this.#facts.openInterest(market);
      this.#clusters.settle(timeUs, market, openInterest);
      this.#growth.check(timeUs, market, openInterest);
      for (const account of traders) this.#depth.check(timeUs, market, account);
    }
    this.#volume.settle(timeUs);
    this.#adl.settle(timeUs);
    this.exempt.settle(timeUs);
    return this.#alerts;
  }

  #read(timeUs: number, events: EventLog, row: number): void {
    switch (events.kind(row)) {
      case VenueEvent.trade: {
        // Its two fills follow: the taker's, then the maker's.
        const [taker, maker] = fillsAfter(events, row);
        if (taker === -1 || maker === -1) return;
        const market = events.field(row, 1);
        const takerAccount = events.field(taker, 0);
        const makerAccount = events.field(maker, 0);
        this.#pairs.trade(timeUs, market, takerAccount, makerAccount, events.field(row, 3));
        for (const fill of [taker, maker])
          this.#clusters.fill(timeUs, market, events.field(fill, 0), events.field(fill, 4));
        let traders = this.#traders.get(market);
        if (traders === undefined) this.#traders.set(market, (traders = new Set()));
        traders.add(takerAccount).add(makerAccount);
        return;
      }
      case VenueEvent.accepted:
        if ((events.field(row, 9) & OrderFlag.liquidation) !== 0 && !isHouse(events.field(row, 1)))
          this.#closeOuts.add(events.field(row, 0));
        return;
      case VenueEvent.fill:
        if (this.#closeOuts.has(events.field(row, 8)))
          this.#liquidated(
            timeUs,
            this.#stepping,
            events.field(row, 1),
            events.field(row, 2),
            events.field(row, 4),
          );
        return;
      case VenueEvent.step:
        this.#stepping = events.field(row, 0);
        return;
      case VenueEvent.takeover:
        this.#liquidated(
          timeUs,
          events.field(row, 0),
          events.field(row, 2),
          events.field(row, 3),
          events.field(row, 4),
        );
        return;
      case VenueEvent.liquidation_end:
        this.#closed.delete(events.field(row, 0));
        return;
      case VenueEvent.adl: {
        const market = events.field(row, 5);
        const lots = events.field(row, 6);
        this.#adl.add(market, lots);
        if (!isHouse(events.field(row, 1)))
          this.#liquidated(timeUs, events.field(row, 0), market, events.field(row, 2), lots);
        return;
      }
      case VenueEvent.transfer: {
        const why = events.field(row, 5);
        if (why === TransferWhy.deposit || why === TransferWhy.withdrawal)
          this.#selves.transfer(timeUs, events.field(row, 0), events.field(row, 4));
        return;
      }
      case VenueEvent.liquidation:
        this.#selves.liquidation(timeUs, events.field(row, 1), events.field(row, 6));
        return;
      case VenueEvent.exempt:
        this.exempt.exempt(timeUs, events.field(row, 0), events.field(row, 1) === 1);
        return;
      default:
    }
  }

  #liquidated(timeUs: number, liquidation: number, market: number, leg: number, lots: number): void {
    let closed = this.#closed.get(liquidation);
    if (closed === undefined) this.#closed.set(liquidation, (closed = new Set()));
    const tag = tagOf(market, leg);
    this.#volume.add(timeUs, market, Math.abs(lots), !closed.has(tag));
    closed.add(tag);
  }
}

/** What the fund inherited was liquidated before. */
function isHouse(account: number): boolean {
  return account < HOUSE_NAMES.length;
}

/** The rows of the two fills of a trade; -1 where there is none. What isolated margin moves stands in between. */
function fillsAfter(events: EventLog, trade: number): [number, number] {
  const id = events.field(trade, 0);
  const rows: [number, number] = [-1, -1];
  let found = 0;
  for (let row = trade + 1; row < events.count && found < 2; row++) {
    const kind = events.kind(row);
    if (kind === VenueEvent.trade || kind === VenueEvent.cut) break;
    if (kind === VenueEvent.fill && events.field(row, 7) === id) rows[found++] = row;
  }
  return rows;
}
