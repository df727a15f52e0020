/** Statements about orders. */
import type { Cursor } from './cursor.ts';
import type { OrderRef, PlaceStatement, Statement, TimeText, TriggerText } from './statements.ts';
import { quoted } from './words.ts';

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };

export function parsePlace(cursor: Cursor, side: 'buy' | 'sell'): PlaceStatement {
  const market = cursor.market();
  const account = cursor.account();
  const size = cursor.decimal('a size');
  const price = cursor.take('at') ? (cursor.take('market') ? null : cursor.decimal('a price')) : null;
  const said: Writable<PlaceStatement> = {
    kind: 'place',
    account,
    market,
    side,
    size,
    price,
    name: null,
    leg: 'net',
    timeInForce: null,
    expires: null,
    reduceOnly: false,
    postOnly: false,
    selfTrade: 'cancel-taker',
    clientId: 0,
    pair: 0,
    session: 0,
    trigger: null,
    takeProfit: null,
    stopLoss: null,
  };
  const trigger = (kind: TriggerText['kind'], what: string): void => {
    const at = cursor.decimal(what);
    const by = cursor.take('by') ? cursor.choice('a price to look at', ['mark', 'last']) : 'mark';
    if (said.trigger !== null)
      throw cursor.fail(at, `an order waits for one thing: it has a ${said.trigger.kind} already`);
    said.trigger = { kind, price: at, by };
  };
  cursor.options({
    as: () => {
      const word = cursor.newName('a name for the order');
      cursor.scope.orders.add(word.text);
      // What closes the order's fills goes by its name, too.
      cursor.scope.orders.add(`${word.text}.take-profit`).add(`${word.text}.stop-loss`);
      said.name = word.text;
    },
    gtc: () => (said.timeInForce = 'gtc'),
    ioc: () => (said.timeInForce = 'ioc'),
    fok: () => (said.timeInForce = 'fok'),
    gtd: () => {
      said.timeInForce = 'gtd';
      said.expires = parseTime(cursor);
    },
    expires: () => (said.expires = parseTime(cursor)),
    'post-only': () => (said.postOnly = true),
    'reduce-only': () => (said.reduceOnly = true),
    long: () => (said.leg = 'long'),
    short: () => (said.leg = 'short'),
    'self-trade': () =>
      (said.selfTrade = cursor.choice('what happens on a self-trade', [
        'cancel-taker',
        'cancel-maker',
        'cancel-both',
        'reduce-both',
      ])),
    client: () => (said.clientId = cursor.whole('a client id', 0)),
    pair: () => (said.pair = cursor.whole('a number for the pair', 0)),
    session: () => (said.session = cursor.whole('a number for the session', 0)),
    stop: () => trigger('stop', 'a price'),
    'take-profit': () => trigger('take-profit', 'a price'),
    trailing: () => trigger('trailing', 'a distance'),
    'with-take-profit': () => (said.takeProfit = cursor.decimal('a mark')),
    'with-stop-loss': () => (said.stopLoss = cursor.decimal('a mark')),
  });
  return said;
}

export function parseAmend(cursor: Cursor): Statement {
  const account = cursor.account();
  const order = parseOrderRef(cursor);
  const price = cursor.take('at') ? cursor.decimal('a price') : null;
  const size = cursor.take('size') ? cursor.decimal('a size') : null;
  if (price === null && size === null)
    throw cursor.fail(null, 'an amendment says "at PRICE", "size SIZE", or both in this order');
  return { kind: 'amend', account, order, price, size };
}

export function parseCancel(cursor: Cursor): Statement {
  return { kind: 'cancel', account: cursor.account(), order: parseOrderRef(cursor) };
}

function parseOrderRef(cursor: Cursor): OrderRef {
  if (cursor.take('client')) return { by: 'client', number: cursor.whole('a client id', 0) };
  if (cursor.take('id')) return { by: 'id', number: cursor.whole('an order id', 0) };
  return { by: 'name', name: cursor.order() };
}

/** `MARKET A +1 B -1 at PRICE`: opposite sizes, one order resting for the other to take. */
export function parseTrade(cursor: Cursor): Statement {
  const market = cursor.market();
  const maker = { account: cursor.account(), size: cursor.decimal('a signed size') };
  const taker = { account: cursor.account(), size: cursor.decimal('a signed size') };
  const opposite = maker.size.text.startsWith('-') ? maker.size.text.slice(1) : `-${maker.size.text}`;
  if (taker.size.text !== opposite)
    throw cursor.fail(
      taker.size,
      `${quoted(taker.size.text)} is not the opposite of ${quoted(maker.size.text)}: what one buys the other sells`,
    );
  cursor.expect('at', 'a price');
  return { kind: 'trade', market, maker, taker, price: cursor.decimal('a price') };
}

/** `12:00:05`, a whole UTC time, or a span such as `30s` from now. */
export function parseTime(cursor: Cursor): TimeText {
  const ahead = cursor.ahead;
  if (ahead !== null && /^(\d{4}-\d\d-\d\dT)?\d\d:\d\d(:\d\d(\.\d{1,6})?)?Z?$/.test(ahead))
    return { is: 'moment', word: cursor.word('a time') };
  return { is: 'span', us: cursor.duration('a time such as 12:00:05, 2025-10-10T21:15:03Z or 30s') };
}
