/**
 * What can be asked, and the types of what is answered. They are the contract's, as types alone: the schemas would bring a library into every page.
 * The compiler holds the table against the contract, line by line.
 */
import type { AnswerOf, BodyOf, ParamsOf, QueryOf, RouteName, routes } from '../io/api/contract/routes.ts';

type Line<Name extends RouteName> = `${(typeof routes)[Name]['method']} ${(typeof routes)[Name]['path']}`;

export const CALLS: { readonly [Name in RouteName]: Line<Name> } = {
  status: 'GET /status',
  overview: 'GET /overview',
  markets: 'GET /markets',
  market: 'GET /markets/{market}',
  book: 'GET /markets/{market}/book',
  candles: 'GET /markets/{market}/candles',
  trades: 'GET /markets/{market}/trades',
  liquidationMap: 'GET /markets/{market}/liquidation-map',
  accounts: 'GET /accounts',
  account: 'GET /accounts/{account}',
  accountOrders: 'GET /accounts/{account}/orders',
  accountEvents: 'GET /accounts/{account}/events',
  positions: 'GET /accounts/{account}/positions',
  aggregates: 'GET /aggregates',
  levels: 'GET /levels',
  nearest: 'GET /nearest',
  liquidations: 'GET /liquidations',
  liquidation: 'GET /liquidations/{id}',
  alerts: 'GET /alerts',
  events: 'GET /events',
  order: 'GET /orders/{id}',
  trade: 'GET /trades/{id}',
  gateDecisions: 'GET /gate/decisions',
  gateLimits: 'GET /gate/limits',
  gateUtilisation: 'GET /gate/utilisation',
  explainAccount: 'GET /explain/account/{account}',
  explainOrder: 'GET /explain/order/{id}',
  explainTrade: 'GET /explain/trade/{id}',
  explainLiquidation: 'GET /explain/liquidation/{id}',
  explainPrice: 'GET /explain/price/{market}',
  sizing: 'GET /sizing',
  stress: 'POST /stress',
  placeOrder: 'POST /orders',
  amendOrder: 'PATCH /orders/{id}',
  cancelOrder: 'DELETE /orders/{id}',
  cancelOrders: 'DELETE /accounts/{account}/orders',
  deposit: 'POST /accounts/{account}/deposits',
  withdraw: 'POST /accounts/{account}/withdrawals',
  marketState: 'POST /markets/{market}/state',
  crash: 'POST /demo/crash',
};

/** Those that change something. */
export const ACTING: ReadonlySet<RouteName> = new Set([
  'placeOrder',
  'amendOrder',
  'cancelOrder',
  'cancelOrders',
  'deposit',
  'withdraw',
  'marketState',
  'crash',
]);

type Part<Key extends string, Value> = [Value] extends [never]
  ? unknown
  : object extends Value
    ? { readonly [K in Key]?: Value }
    : { readonly [K in Key]: Value };

/** What a call takes: `params` for the braces of its path, `query` behind the question mark, and a `body`. */
export type RequestOf<Name extends RouteName> = Part<'params', ParamsOf<Name>> &
  Part<'query', QueryOf<Name>> &
  Part<'body', BodyOf<Name>>;

export type { AnswerOf, RouteName };

type Values = Readonly<Record<string, string | number | boolean | undefined>>;
interface AnyParts {
  readonly params?: Values;
  readonly query?: Values;
  readonly body?: unknown;
}

export interface Request {
  readonly method: string;
  /** Behind the address of the server. */
  readonly path: string;
  readonly body: string | null;
}

/** The HTTP request of a call. */
export function lineOf<Name extends RouteName>(name: Name, request: RequestOf<Name>): Request {
  const [method, pattern] = CALLS[name].split(' ');
  const { params = {}, query = {}, body } = request as AnyParts;
  const path = pattern.replace(/\{(\w+)\}/g, (_, key: string) => encodeURIComponent(String(params[key])));
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) if (value !== undefined) search.set(key, String(value));
  return {
    method,
    path: `/api/v1${path}${search.size === 0 ? '' : '?'}${search.toString()}`,
    body: body === undefined ? null : JSON.stringify(body),
  };
}
