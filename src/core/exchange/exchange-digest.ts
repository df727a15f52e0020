/** The state hash of an exchange, as `schema/digest.ts` lays down: that of the engine within it, and all that it decides by beside that. */
import { Digest, Entity } from '../schema/digest.ts';
import type { Rate } from '../num/units.ts';
import { TriggerKind } from '../schema/orders.ts';
import { Side } from '../schema/side.ts';
import { legOfTag, marketOfTag } from '../state/positions.ts';
import { addState } from '../state/state-digest.ts';
import type { Exchange } from './exchange.ts';
import { LEVERAGE_UNSET } from './exposures.ts';
import type { Listing } from './listing.ts';
import { ORDER_F64, OrderField, type WorkingOrders } from './working-orders.ts';

/** The low 52 bits of a sum that may pass 2^53. */
const LOW = (1n << 52n) - 1n;
const NONE = -1;

export function digestExchange(exchange: Exchange): string {
  const digest = new Digest();
  const { engine, venue } = exchange;
  addState(digest, engine.book, engine.settings, engine.timeUs);
  addRules(digest, exchange);
  for (const listing of venue.listings) {
    if (listing === null) continue;
    addListing(digest, listing);
    addQueues(digest, listing, venue.orders);
  }
  addMembers(digest, exchange);
  addOrders(digest, exchange);
  addTrailing(digest, exchange);
  addLiquidations(digest, exchange);
  return digest.hex();
}

function addRules(digest: Digest, { venue, liquidations }: Exchange): void {
  if (venue.rules === null) return;
  const { gainHaircut, fundFloor, adl, notionalMax, ordersMax } = venue.rules;
  addRate(digest.begin(Entity.venue), gainHaircut);
  digest
    .field(fundFloor)
    .field(adl)
    .field(notionalMax ?? NONE)
    .field(ordersMax);
  const { net } = venue.ledger;
  digest.field(Number(net >> 52n)).field(Number(net & LOW));
  digest.field(venue.trades).field(venue.orders.lastId);
  digest.field(liquidations.lastId).end();
}

function addListing(digest: Digest, listing: Listing): void {
  const { rules } = listing;
  const { makerFee, takerFee, priceMax, sizeMin, sizeMax, positionMax, openInterestMax } = rules;
  const { collar, band, depthShare, leverageMax, haltMove, haltWindowUs, liquidation } = rules;
  const { policy, share, threshold, cooldownUs, buffer, fee } = liquidation;
  digest.begin(Entity.listing).field(listing.market);
  addRate(digest, makerFee);
  addRate(digest, takerFee);
  digest.field(priceMax).field(sizeMin).field(sizeMax).field(positionMax).field(openInterestMax);
  // Hashes from before there was such a thing stay what they were.
  if (listing.lotsMax !== positionMax) digest.field(listing.lotsMax);
  addRate(digest, collar);
  addRate(digest, band);
  addRate(digest, depthShare);
  digest.field(leverageMax);
  addRate(digest, haltMove);
  digest.field(haltWindowUs).field(policy);
  addRate(digest, share);
  digest.field(threshold).field(cooldownUs);
  addRate(digest, buffer);
  addRate(digest, fee);
  digest.field(listing.state).field(listing.low).field(listing.high).field(listing.last);
  digest.field(listing.openInterest).field(listing.windowMark).field(listing.windowUs);
  digest.field(listing.dust).end();
}

/** Who is before whom at a price is no matter of ids: an amended order goes to the end. */
function addQueues(digest: Digest, { book }: Listing, orders: WorkingOrders): void {
  for (const side of [Side.bid, Side.ask]) {
    let price = 0;
    let place = 0;
    for (let row = book.best(side); row >= 0; row = book.next(row)) {
      place = book.price(row) === price ? place + 1 : 0;
      price = book.price(row);
      digest.begin(Entity.queue).field(orders.id(row)).field(place).end();
    }
  }
}

function addMembers(digest: Digest, { venue }: Exchange): void {
  const { members, ledger } = venue;
  for (let row = 0; row < members.count; row++)
    digest.begin(Entity.member).field(row).field(members.isHedged(row)).field(members.isExempt(row)).end();
  const { exposures } = ledger;
  for (let row = 0; row < exposures.used; row++) {
    // What was only looked at is as if it were not there.
    if (exposures.leverage(row) === LEVERAGE_UNSET && !exposures.isIsolated(row)) continue;
    const tag = exposures.tag(row);
    digest.begin(Entity.exposure).field(exposures.account(row)).field(marketOfTag(tag));
    digest.field(legOfTag(tag)).field(exposures.leverage(row)).field(exposures.isIsolated(row)).end();
  }
}

const WORKING_FIELDS = [
  OrderField.size,
  OrderField.filled,
  OrderField.price,
  OrderField.clientId,
  OrderField.expiresUs,
  OrderField.pair,
  OrderField.session,
  OrderField.trigger,
  OrderField.takeProfit,
  OrderField.stopLoss,
  OrderField.parent,
];

function addOrders(digest: Digest, { venue }: Exchange): void {
  const { orders, ledger } = venue;
  for (let at = 0; at < orders.used; at++) {
    const row = at as never;
    if (orders.id(row) === 0) continue;
    digest.begin(Entity.working).field(orders.id(row)).field(orders.account(row)).field(orders.market(row));
    digest.field(legOfTag(ledger.exposures.tag(orders.exposure(row)))).field(orders.bits(row));
    for (const field of WORKING_FIELDS) digest.field(orders.f64[at * ORDER_F64 + field]);
    digest.end();
  }
}

function addTrailing(digest: Digest, { venue, desk }: Exchange): void {
  const { orders, listings } = venue;
  for (const listing of listings) {
    if (listing === null) continue;
    desk.waiting.each(listing.market, (row, best) => {
      if (orders.triggerKind(row) !== TriggerKind.trailing) return;
      digest.begin(Entity.trailing).field(orders.id(row)).field(best).end();
    });
  }
}

function addLiquidations(digest: Digest, { liquidations }: Exchange): void {
  for (const liquidation of liquidations.active.values()) {
    const { id, account, place, hasBegun, dueUs, isSecondRound, waitsFor } = liquidation;
    digest.begin(Entity.liquidation).field(id).field(account).field(place);
    digest.field(hasBegun).field(dueUs).field(isSecondRound).field(waitsFor).end();
  }
  for (const market of liquidations.backlog.markets) {
    for (const [place, { liquidation, lots, price }] of liquidations.backlog.of(market).entries())
      digest
        .begin(Entity.backlog)
        .field(market)
        .field(place)
        .field(liquidation)
        .field(lots)
        .field(price)
        .end();
  }
}

function addRate(digest: Digest, rate: Rate | null): void {
  digest.field(rate?.num ?? NONE).field(rate?.den ?? NONE);
}
