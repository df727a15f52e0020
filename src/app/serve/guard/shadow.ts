/** What an exchange did, as its gate has to know it: which of its orders is which of the gate's, fills, positions, money and marks. */
import type { FollowedOrder, Following } from '../../../core/admission/following.ts';
import type { Gate } from '../../../core/admission/gate.ts';
import type { Exchange } from '../../../core/exchange/exchange.ts';
import { NO_EXPOSURE } from '../../../core/exchange/exposures.ts';
import { NO_ORDER, OrderBits } from '../../../core/exchange/working-orders.ts';
import type {
  AccountRow,
  MarketRow,
  OrderRow,
  PriceTicks,
  QuoteMicros,
  SizeLots,
  TimeUs,
} from '../../../core/num/units.ts';
import { Kind, Leg, type Command } from '../../../core/schema/commands.ts';
import { GateKind, type ExecutionCommand } from '../../../core/schema/gate-commands.ts';
import { Side } from '../../../core/schema/side.ts';
import { VenueKind, type OwnCommand } from '../../../core/schema/venue-commands.ts';
import { TransferWhy, VenueEvent } from '../../../core/schema/venue-events.ts';
import { legOfTag } from '../../../core/state/positions.ts';

const NONE = 0;

type Writable<T> = { -readonly [K in keyof T]: T[K] };

export class Shadow {
  readonly #exchange: Exchange;
  readonly #gate: Gate;
  readonly #following: Following;
  /** The gate's id by the exchange's, of orders that the gate knows and that may still trade. */
  readonly #ids = new Map<number, number>();
  /** What was accepted and is on its way to the exchange, and its id at the gate. */
  #expected: Command | OwnCommand | null = null;
  #order = NONE;
  /** A row that is used again and again. */
  readonly #fill: Writable<ExecutionCommand> = {
    kind: GateKind.execution,
    timeUs: 0 as TimeUs,
    origin: null,
    account: 0 as AccountRow,
    name: '',
    market: 0 as MarketRow,
    leg: Leg.net,
    side: Side.bid,
    lots: 0 as SizeLots,
    price: 0 as PriceTicks,
    fee: 0 as QuoteMicros,
    trade: 0,
    order: NONE,
  };

  constructor(exchange: Exchange, gate: Gate) {
    this.#exchange = exchange;
    this.#gate = gate;
    this.#following = gate.following!;
  }

  /** Takes over what is there. */
  begin(): void {
    const { orders, members } = this.#exchange.venue;
    const { accounts } = this.#exchange.engine.book;
    this.#following.all();
    for (let account = 0; account < accounts.count; account++)
      for (let row = members.firstOrder(account); row !== NO_ORDER; row = orders.next(row as OrderRow))
        this.#takeOver(row as OrderRow);
  }

  /** The gate's id of an order of the exchange; 0: it has none. */
  ours(row: OrderRow): number {
    return row === NO_ORDER ? NONE : (this.#ids.get(this.#exchange.venue.orders.id(row)) ?? NONE);
  }

  /** The next that follows is this command, of which the gate has reserved the order. */
  expect(command: Command | OwnCommand, order: number): void {
    this.#expected = command;
    this.#order = order;
  }

  follow(command: Command | OwnCommand): void {
    this.#state(command);
    const { events } = this.#exchange;
    for (let row = 0; row < events.count; row++) this.#event(row);
    if (this.#expected !== null) this.#settle();
  }

  /** What is no event: accounts, markets, marks. */
  #state(command: Command | OwnCommand): void {
    switch (command.kind) {
      case Kind.marks:
        for (const { market } of command.marks) this.#following.mark(market);
        return;
      case Kind.quality:
        if (command.mark !== null) this.#following.mark(command.market);
        return;
      case Kind.contract:
        this.#following.contract(command.market);
        return;
      case Kind.account:
      case Kind.market:
      case VenueKind.venue:
        this.#following.open();
        return;
      default:
    }
  }

  #event(row: number): void {
    const { events } = this.#exchange;
    switch (events.kind(row)) {
      case VenueEvent.accepted:
        // The first is the order itself; what protects its fills comes after, and was not asked about.
        if (this.#expected?.kind !== VenueKind.place) return;
        this.#ids.set(events.field(row, 0), this.#order);
        this.#expected = null;
        return;
      case VenueEvent.amended:
        this.#amend(events.field(row, 0), events.field(row, 2), events.field(row, 3));
        return;
      case VenueEvent.trade:
        this.#following.trade(events.field(row, 1), events.field(row, 2));
        return;
      case VenueEvent.fill:
        this.#book(row);
        return;
      case VenueEvent.done:
        this.#done(events.field(row, 0));
        return;
      case VenueEvent.position:
        this.#following.hold(events.field(row, 0), events.field(row, 1), events.field(row, 2));
        return;
      case VenueEvent.transfer: {
        const why = events.field(row, 5);
        if (why === TransferWhy.deposit || why === TransferWhy.withdrawal)
          this.#following.money(events.field(row, 0), events.field(row, 4));
        return;
      }
      default:
    }
  }

  #book(row: number): void {
    const { events } = this.#exchange;
    const order = this.#ids.get(events.field(row, 8));
    if (order === undefined) {
      this.#following.hold(events.field(row, 0), events.field(row, 1), events.field(row, 2));
      return;
    }
    const size = events.field(row, 4);
    const fill = this.#fill;
    fill.account = events.field(row, 0) as AccountRow;
    fill.market = events.field(row, 1) as MarketRow;
    fill.leg = events.field(row, 2) as Leg;
    fill.side = size > 0 ? Side.bid : Side.ask;
    fill.lots = Math.abs(size) as SizeLots;
    fill.price = events.field(row, 5) as PriceTicks;
    fill.fee = events.field(row, 6) as QuoteMicros;
    fill.trade = events.field(row, 7);
    fill.order = order;
    this.#following.fill(fill, fill.account);
  }

  #amend(id: number, price: number, size: number): void {
    const order = this.#ids.get(id);
    if (order === undefined) return;
    if (this.#expected?.kind === VenueKind.amend && this.#order === order) {
      this.#expected = null;
      this.#gate.apply({ kind: GateKind.confirm, ...this.#head(), order, taken: true });
    } else this.#following.amend(order, price, size);
  }

  #done(id: number): void {
    const order = this.#ids.get(id);
    if (order === undefined) return;
    this.#ids.delete(id);
    // It is gone already where it was filled.
    this.#gate.apply({ kind: GateKind.done, ...this.#head(), order });
  }

  /** The exchange refused what the gate accepted. */
  #settle(): void {
    const isNew = this.#expected!.kind === VenueKind.place;
    const order = this.#order;
    this.#expected = null;
    if (isNew) this.#gate.apply({ kind: GateKind.done, ...this.#head(), order });
    else this.#gate.apply({ kind: GateKind.confirm, ...this.#head(), order, taken: false });
  }

  #takeOver(row: OrderRow): void {
    const { orders } = this.#exchange.venue;
    const bits = orders.bits(row);
    const exposure = orders.exposure(row);
    const { exposures } = this.#exchange.venue.ledger;
    const leg = exposure === NO_EXPOSURE ? Leg.net : legOfTag(exposures.tag(exposure));
    const isAsk = (bits & OrderBits.side) === Side.ask;
    const isReduceOnly =
      (bits & OrderBits.reduceOnly) !== 0 || (leg !== Leg.net && (leg === Leg.long) === isAsk);
    if (isReduceOnly && (bits & OrderBits.waits) !== 0) return;
    const order: FollowedOrder = {
      account: orders.account(row),
      market: orders.market(row),
      leg,
      isAsk,
      isReduceOnly,
      price: (bits & OrderBits.market) !== 0 ? 0 : orders.price(row),
      size: orders.size(row),
      filled: orders.filled(row),
    };
    this.#ids.set(orders.id(row), this.#following.order(order));
  }

  #head(): { timeUs: TimeUs; origin: null } {
    return { timeUs: this.#exchange.timeUs as TimeUs, origin: null };
  }
}
