/**
 * Other order books of the npm registry, each called as its documentation says. They are development dependencies, for this
 * benchmark alone; one that is not installed is left out, and the report says so.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Side } from '../../core/schema/side.ts';
import { Act } from './matching-flow.ts';
import type { Contender, OnTrade, ResizeRule } from './matching-ours.ts';

interface RivalAs<Ids extends string, Id> {
  readonly name: string;
  readonly version: string;
  /** How it wants orders to be called. */
  readonly ids: Ids;
  readonly resizeRule: ResizeRule;
  make(): Contender<Id>;
}

export type Rival = RivalAs<'text', string> | RivalAs<'number', number>;

export const RIVAL_NAMES = ['nodejs-order-book', 'hft-limit-order-book', 'orderbook-match-engine'] as const;

const { limit: LIMIT, cancel: CANCEL, resize: RESIZE, reprice: REPRICE, market: MARKET } = Act;

/** Null: not installed. */
export async function findRival(name: (typeof RIVAL_NAMES)[number]): Promise<Rival | null> {
  try {
    const version = versionOf(name);
    const resizeRule = 'goes last';
    switch (name) {
      case 'nodejs-order-book': {
        const { OrderBook } = await import('nodejs-order-book');
        return { name, version, resizeRule, ids: 'text', make: () => objectBook(new OrderBook()) };
      }
      case 'hft-limit-order-book': {
        const { OrderBook } = await import('hft-limit-order-book');
        return { name, version, resizeRule, ids: 'text', make: () => objectBook(new OrderBook()) };
      }
      case 'orderbook-match-engine': {
        const module = await import('orderbook-match-engine');
        return { name, version, resizeRule, ids: 'number', make: () => decimalBook(module) };
      }
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND') return null;
    throw error;
  }
}

/** Two books of one author, the second the predecessor of the first. */
function objectBook(book: import('nodejs-order-book').OrderBook): Contender {
  return {
    play({ act, id, side, price, size }, ids, from, to, onTrade) {
      for (let at = from; at < to; at++) {
        const what = act[at];
        const name = ids[id[at]];
        if (what === CANCEL) {
          book.cancel(name);
          continue;
        }
        const result =
          what === LIMIT
            ? book.limit({
                id: name,
                side: side[at] === Side.bid ? 'buy' : 'sell',
                price: price[at],
                size: size[at],
              })
            : what === RESIZE
              ? book.modify(name, { size: size[at] })
              : what === REPRICE
                ? book.modify(name, { price: price[at] })
                : book.market({ side: side[at] === Side.bid ? 'buy' : 'sell', size: size[at] });
        if (onTrade !== null) tell(result, name, onTrade);
      }
    },
  };
}

/** A result has the makers that were filled, then one that was filled in part; the taker may be either, too. */
function tell(result: import('nodejs-order-book').Result, taker: string, onTrade: OnTrade): void {
  for (const { id, price, size } of result.done) if (id !== taker) onTrade(id, price, size);
  const { partial, partialQuantityProcessed } = result;
  if (partial !== null && partial.id !== taker && partialQuantityProcessed > 0)
    onTrade(partial.id, partial.price, partialQuantityProcessed);
}

/** It has neither market orders nor amendments: they are made of what it has. */
function decimalBook({ Orderbook, TRADE_SIDE }: typeof import('orderbook-match-engine')): Contender<number> {
  const book = new Orderbook();
  const { BID, ASK } = TRADE_SIDE;
  return {
    play({ act, id, side, price, size }, ids, from, to, onTrade) {
      for (let at = from; at < to; at++) {
        const what = act[at];
        const name = ids[id[at]];
        let result;
        if (what === LIMIT || what === MARKET) {
          result = book.add(name, side[at] === Side.bid ? BID : ASK, price[at], size[at]);
          if (what === MARKET && result.order.leaveQuantity.gt(0)) book.cancel(name);
        } else {
          if (!book.orderIdMap.has(name)) continue;
          const order = book.cancel(name);
          if (what === CANCEL) continue;
          const priceNew = what === REPRICE ? price[at] : order.price.toString();
          const sizeNew = what === RESIZE ? size[at] : order.leaveQuantity.toString();
          result = book.add(name, order.side, priceNew, sizeNew);
        }
        if (onTrade === null) continue;
        for (const { makerOrderId, tradePrice, tradeQuantity } of result.trades)
          onTrade(makerOrderId, Number(tradePrice.toString()), Number(tradeQuantity.toString()));
      }
    },
  };
}

function versionOf(name: string): string {
  const file = createRequire(import.meta.url).resolve(`${name}/package.json`);
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}
