/** The state hash of a gate, as `schema/digest.ts` lays down: that of the engine within it, and all that it decides by beside that. */
import { Digest, Entity } from '../schema/digest.ts';
import { addState } from '../state/state-digest.ts';
import { ACCOUNT_F64, AccountField, NO_ACTIVITY } from './accounts.ts';
import { EXPOSURE_F64, EXPOSURE_I32, ExposureField, ExposureLink } from './exposures.ts';
import { NO_NAME } from './instruments.ts';
import type { LimitsVersion } from './limit-book.ts';
import { ORDER_F64, OrderField } from './orders.ts';
import { NO_PARENT_ROW, PARENT_F64, PARENT_I32, ParentField, ParentLink } from './parents.ts';
import type { GateState } from './state.ts';
import { WINDOW_F64, WindowField, type Windows } from './windows.ts';

const NONE = -1;

export function digestGate(state: GateState): string {
  const digest = new Digest();
  const { engine, reservations, halts, limits, days } = state;
  addState(digest, engine.book, engine.settings, engine.timeUs);
  digest.begin(Entity.gate).field(reservations.orders.lastId).field(halts.lastEpoch);
  digest.field(limits.version).field(days.day).field(state.seenNext).end();
  addInstruments(digest, state);
  addGroups(digest, state);
  addLimits(digest, state);
  addHalts(digest, state);
  addAccounts(digest, state);
  addExposures(digest, state);
  addParents(digest, state);
  addOrders(digest, state);
  addTrades(digest, state);
  return digest.hex();
}

function addInstruments(digest: Digest, { instruments }: GateState): void {
  const nameOf = (row: number): string => (row === NO_NAME ? '' : instruments.names.at(row));
  for (let market = 0; market < instruments.count; market++) {
    const sector = nameOf(instruments.sector[market]);
    const issuer = nameOf(instruments.issuer[market]);
    const numbers = [
      instruments.short[market],
      instruments.restricted[market],
      instruments.indexTold[market],
      instruments.last[market],
    ];
    if (sector === '' && issuer === '' && numbers.every((number) => number === 0)) continue;
    digest.begin(Entity.instrument).field(market);
    for (const number of numbers) digest.field(number);
    digest.text(sector).text(issuer).end();
  }
}

function addGroups(digest: Digest, state: GateState): void {
  const { groups, groupWindows } = state;
  for (let row = 0; row < groups.count; row++) {
    digest.begin(Entity.group).field(row).field(groups.kind(row)).field(groups.parent(row));
    const traded = groups.tradedToday(row);
    digest.field(Number(traded >> 40n)).field(Number(traded & 0xffffffffffn));
    digest.text(groups.names.at(row)).end();
    addWindow(digest, groupWindows, 1, row, groups.window(row));
  }
  for (const [account, direct] of groups.memberships())
    for (const group of direct) digest.begin(Entity.membership).field(account).field(group).end();
}

function addLimits(digest: Digest, { limits }: GateState): void {
  if (limits.active !== null) addVersion(digest, limits.active, true);
  if (limits.pending !== null) addVersion(digest, limits.pending, false);
  for (const {
    level,
    group,
    account,
    market,
    limit,
    hard,
    expiresUs,
    by,
    approvedBy,
    why,
  } of limits.grants) {
    digest
      .begin(Entity.grant)
      .field(level)
      .field(group ?? NONE)
      .field(account ?? NONE);
    digest
      .field(market ?? NONE)
      .field(limit)
      .field(hard ?? NONE)
      .field(expiresUs);
    digest.text(by).text(approvedBy).text(why).end();
  }
}

function addVersion(digest: Digest, limits: LimitsVersion, isActive: boolean): void {
  const { version, effectiveUs, author, why, sets } = limits;
  digest.begin(Entity.limits).field(version).field(effectiveUs).field(isActive);
  digest.text(author).text(why).end();
  for (const { level, group, account, market, values } of sets) {
    for (const { limit, hard, soft } of values) {
      digest
        .begin(Entity.limit)
        .field(version)
        .field(level)
        .field(group ?? NONE)
        .field(account ?? NONE);
      digest
        .field(market ?? NONE)
        .field(limit)
        .field(hard ?? NONE)
        .field(soft ?? NONE)
        .end();
    }
  }
}

function addHalts(digest: Digest, { halts, strays }: GateState): void {
  for (const { epoch, state, cause, group, account, market, by, why } of halts.standing.values()) {
    digest.begin(Entity.halt).field(epoch).field(state).field(cause);
    digest
      .field(group ?? NONE)
      .field(account ?? NONE)
      .field(market ?? NONE);
    digest.text(by).text(why).end();
  }
  for (const [name, market, lots] of strays.entries())
    digest.begin(Entity.stray).field(market).field(lots).text(name).end();
}

function addAccounts(digest: Digest, state: GateState): void {
  const { accounts, days, windows, recent } = state;
  const { f64 } = accounts;
  for (let account = 0; account < accounts.count; account++) {
    days.roll(account);
    const f = account * ACCOUNT_F64;
    digest.begin(Entity.day).field(account);
    digest.field(f64[f + AccountField.orders]).field(f64[f + AccountField.executions]);
    digest
      .field(f64[f + AccountField.start])
      .field(f64[f + AccountField.best])
      .end();
    const activity = accounts.activity(account);
    if (activity === NO_ACTIVITY) continue;
    addWindow(digest, windows, 0, account, activity);
    let place = 0;
    for (const { shape, price, size, timeUs } of recent.entries(activity)) {
      digest.begin(Entity.recent).field(account).field(place++).field(shape);
      digest.field(price).field(size).field(timeUs).end();
    }
  }
}

function addWindow(digest: Digest, windows: Windows, isGroup: 0 | 1, owner: number, window: number): void {
  windows.expire(window);
  const length = windows.f64[window * WINDOW_F64 + WindowField.slice];
  for (const { at, orders, cancels, value } of windows.slices(window)) {
    digest.begin(Entity.slice).field(isGroup).field(owner).field(length).field(at);
    digest.field(orders).field(cancels).field(value).end();
  }
}

function addExposures(digest: Digest, { holdings, engine }: GateState): void {
  const { exposures } = holdings;
  for (let row = 0; row < exposures.used; row++) {
    const f = row * EXPOSURE_F64;
    const i = row * EXPOSURE_I32;
    const account = exposures.account(row);
    const market = exposures.market(row);
    const until = exposures.f64[f + ExposureField.locatedUntil];
    if (until > engine.timeUs) {
      digest.begin(Entity.located).field(account).field(market);
      digest
        .field(exposures.f64[f + ExposureField.located])
        .field(until)
        .end();
    }
    const repeats = exposures.i32[i + ExposureLink.repeats];
    if (repeats === 0) continue;
    digest.begin(Entity.repeats).field(account).field(market).field(repeats);
    digest
      .field(exposures.i32[i + ExposureLink.repeatSide])
      .field(exposures.f64[f + ExposureField.repeatUs])
      .end();
  }
}

function addParents(digest: Digest, { parents }: GateState): void {
  for (let row = 0; row < parents.used; row++) {
    const f = row * PARENT_F64;
    const i = row * PARENT_I32;
    if (parents.f64[f + ParentField.name] === 0) continue;
    digest.begin(Entity.parent).field(parents.f64[f + ParentField.name]);
    digest.field(parents.i32[i + ParentLink.account]).field(parents.i32[i + ParentLink.market]);
    digest.field(parents.i32[i + ParentLink.side]).field(parents.f64[f + ParentField.size]);
    digest
      .field(parents.f64[f + ParentField.traded])
      .field(parents.i32[i + ParentLink.day])
      .end();
  }
}

export const ORDER_FIELDS = [
  OrderField.size,
  OrderField.filled,
  OrderField.price,
  OrderField.nextSize,
  OrderField.nextPrice,
  OrderField.clientId,
] as const;

function addOrders(digest: Digest, { reservations, holdings, parents }: GateState): void {
  const { orders } = reservations;
  for (let row = 0; row < orders.used; row++) {
    if (orders.id(row) === 0) continue;
    const exposure = orders.exposure(row);
    const parent = orders.parent(row);
    digest.begin(Entity.reserved).field(orders.id(row)).field(orders.account(row));
    digest.field(holdings.exposures.market(exposure)).field(holdings.exposures.leg(exposure));
    digest.field(orders.bits(row));
    for (const field of ORDER_FIELDS) digest.field(orders.f64[row * ORDER_F64 + field]);
    digest.field(parent === NO_PARENT_ROW ? 0 : parents.f64[parent * PARENT_F64 + ParentField.name]).end();
  }
}

function addTrades(digest: Digest, { trades }: GateState): void {
  for (const isToday of [true, false])
    for (const [place, id] of trades.entries(isToday))
      digest.begin(Entity.trade).field(isToday).field(place).field(id).end();
}
