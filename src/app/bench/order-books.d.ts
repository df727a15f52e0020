/** What the benchmark uses of other order books. */
declare module 'nodejs-order-book' {
  interface Order {
    readonly id: string;
    readonly price: number;
    readonly size: number;
  }
  export interface Result {
    readonly done: readonly Order[];
    readonly partial: Order | null;
    readonly partialQuantityProcessed: number;
  }
  export class OrderBook {
    limit(order: { id: string; side: 'buy' | 'sell'; price: number; size: number }): Result;
    market(order: { side: 'buy' | 'sell'; size: number }): Result;
    modify(id: string, update: { price?: number; size?: number }): Result;
    cancel(id: string): unknown;
  }
}

declare module 'hft-limit-order-book' {
  export { OrderBook } from 'nodejs-order-book';
}

declare module 'orderbook-match-engine' {
  interface Decimal {
    gt(other: number): boolean;
    toString(): string;
  }
  interface Order {
    readonly side: number;
    readonly price: Decimal;
    readonly leaveQuantity: Decimal;
  }
  interface Trade {
    readonly makerOrderId: number;
    readonly tradePrice: Decimal;
    readonly tradeQuantity: Decimal;
  }
  export const TRADE_SIDE: { readonly BID: number; readonly ASK: number };
  export class Orderbook {
    /** Not for callers; the only way to ask for an order without an exception. */
    readonly orderIdMap: { has(id: number): boolean };
    add(
      id: number,
      side: number,
      price: number | string,
      size: number | string,
    ): { order: Order; trades: Trade[] };
    cancel(id: number): Order;
  }
}
