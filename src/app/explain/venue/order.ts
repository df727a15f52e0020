/** The life of an order, from the journal: taken, every fill with who was on the other side, and why it ended. */
import type { EventLog } from '../../../core/exchange/event-log.ts';
import { fraction, toText } from '../../../core/num/rational.ts';
import { DONE_REASON_NAMES } from '../../../core/schema/orders.ts';
import { OrderFlag, VenueEvent } from '../../../core/schema/venue-events.ts';
import { describeEvent } from '../../../io/publish/venue-lines.ts';
import { contentHash } from '../document.ts';
import { Units } from '../units.ts';
import { field, fillsOf } from './rows.ts';
import { causeOf, unknownId, whenOf, type History, type OnProgress, type Step } from './history.ts';

export interface OrderDocument {
  readonly order: Readonly<Record<string, unknown>>;
  readonly life: readonly Readonly<Record<string, unknown>>[];
  readonly result: Readonly<Record<string, unknown>>;
  /** The last command of the journal that was looked at. */
  readonly until: number;
  readonly hash: string;
}

interface Sums {
  lots: number;
  /** Ticks times lots. */
  worth: bigint;
  fees: number;
  realized: number;
}

export async function explainOrder(
  history: History,
  id: number,
  onProgress: OnProgress,
): Promise<OrderDocument> {
  let order: Record<string, unknown> | null = null;
  const life: Record<string, unknown>[] = [];
  const sums: Sums = { lots: 0, worth: 0n, fees: 0, realized: 0 };
  let market = 0;
  let end: Record<string, unknown> | null = null;
  let last: Step | null = null;
  let lastId = 0;
  await history.walk((step) => {
    last = step;
    lastId = step.exchange.venue.orders.lastId;
    const { events } = step.exchange;
    const { registry } = step;
    let trade = -1;
    for (let row = 0; row < events.count; row++) {
      if (events.kind(row) === VenueEvent.trade) trade = row;
      if (!isAbout(events, row, id)) continue;
      const { event, order: _order, ...told } = describeEvent(events, row, registry);
      if (event === 'accepted') {
        market = field(events, row, 'market');
        order = { id, ...told };
        life.push({ ...whenOf(step), cause: causeOf(step), event, ...beginOf(events, row) });
      } else if (event === 'fill') {
        note(sums, events, row);
        life.push({ ...whenOf(step), cause: causeOf(step), ...fillOf(step, row, trade, id) });
      } else {
        const { account: _account, market: _market, ...rest } = told;
        life.push({ ...whenOf(step), cause: causeOf(step), event, ...rest });
        if (event === 'done')
          end = { ended: DONE_REASON_NAMES[field(events, row, 'why')], left: told['left'] };
      }
    }
    return end === null ? undefined : false;
  }, onProgress);
  if (order === null || last === null) throw unknownId('order', id, lastId, history);
  const { exchange, registry, sequence } = last as Step;
  const units = new Units(exchange.engine.book, exchange.engine.settings!);
  const grid = registry.gridAt(market as never);
  const { steps } = grid;
  const average =
    sums.lots === 0
      ? null
      : toText(
          fraction(
            sums.worth * BigInt(steps.price.digits),
            BigInt(sums.lots) * 10n ** BigInt(steps.price.scale),
          ),
        );
  const document = {
    order: order as Record<string, unknown>,
    life,
    result: {
      filled: units.size(market, sums.lots),
      averagePrice: average,
      fees: units.amount(sums.fees),
      realized: units.amount(sums.realized),
      ...(end ?? { ended: null, left: leftOf(last, id, units) }),
    },
    until: sequence,
  };
  return { ...document, hash: contentHash(document) };
}

function isAbout(events: EventLog, row: number, id: number): boolean {
  const kind = events.kind(row);
  const isOfOrder =
    kind === VenueEvent.accepted ||
    kind === VenueEvent.rested ||
    kind === VenueEvent.fill ||
    kind === VenueEvent.done ||
    kind === VenueEvent.amended ||
    kind === VenueEvent.triggered;
  return isOfOrder && field(events, row, 'order') === id;
}

/** What it was begun by, where that is not a command to place it. */
function beginOf(events: EventLog, row: number): Record<string, unknown> {
  const parent = field(events, row, 'parent');
  if ((field(events, row, 'flags') & OrderFlag.liquidation) !== 0)
    return { why: 'a liquidation closes a position in the book' };
  return parent === 0 ? {} : { why: `order ${parent} was filled, and this protects the fill` };
}

function fillOf(step: Step, row: number, trade: number, id: number): Record<string, unknown> {
  const { events } = step.exchange;
  const { price, size, fee, realized, left } = describeEvent(events, row, step.registry);
  const isTaker = field(events, trade, 'takerOrder') === id;
  const counter = field(events, trade, isTaker ? 'makerOrder' : 'takerOrder');
  return {
    event: 'fill',
    trade: field(events, trade, 'trade'),
    role: isTaker ? 'taker' : 'maker',
    price,
    size,
    fee,
    realized,
    left,
    counterOrder: counter,
    counterAccount: accountOfFill(step, trade, counter),
  };
}

function accountOfFill({ exchange, registry }: Step, trade: number, order: number): string | null {
  const { events } = exchange;
  const row = fillsOf(events, trade).find((fill) => field(events, fill, 'order') === order);
  return row === undefined ? null : registry.accountAt(field(events, row, 'account') as never);
}

function note(sums: Sums, events: EventLog, row: number): void {
  const lots = Math.abs(field(events, row, 'size'));
  sums.lots += lots;
  sums.worth += BigInt(lots) * BigInt(field(events, row, 'price'));
  sums.fees += field(events, row, 'fee');
  sums.realized += field(events, row, 'realized');
}

function leftOf({ exchange }: Step, id: number, units: Units): string {
  const { orders } = exchange.venue;
  const row = orders.find(id);
  return units.size(orders.market(row), orders.left(row));
}
