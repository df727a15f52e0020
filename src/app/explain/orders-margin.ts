/** What an account of an exchange may still do: the initial margin of what it has and has ordered, and what is free of its cross bucket. */
import type { Exchange } from '../../core/exchange/exchange.ts';

export interface OrdersMargin {
  /** Orders that work or wait. */
  readonly orders: number;
  /** Money units. */
  readonly crossEquity: number;
  readonly initialMargin: number;
}

/** Of the exchange as it is. */
export function ordersMarginOf({ venue, engine }: Exchange, account: number): OrdersMargin {
  const { margin, members } = venue;
  return {
    orders: members.orders(account),
    crossEquity: margin.equityOf(engine.book.cross[account]),
    initialMargin: margin.requirement(account),
  };
}
