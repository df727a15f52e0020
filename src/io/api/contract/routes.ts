/**
 * Every route: what it takes, what it answers, and the scope that a key needs for it. The server registers these, the client calls them, and
 * the OpenAPI document lists them; a test holds real answers against the schemas.
 */
import { Type, type Static, type TSchema } from 'typebox';
import { Account, AccountSort, AccountSummary, Near, Position } from './accounts.ts';
import { Crash, CrashRequest, Done, MoneyRequest, StateRequest } from './acting.ts';
import { Aggregates, LevelInfo } from './aggregates.ts';
import { Alert, AlertKind, Severity } from './alerts.ts';
import { Explanation } from './explain.ts';
import { GateDecision, GateLimit, GateUtilisation } from './gate.ts';
import { ExchangeEvent, Liquidation, LiquidationDetail } from './liquidations.ts';
import {
  Book,
  Candle,
  Interval,
  LiquidationMap,
  Market,
  MarketSummary,
  Trade,
  TradeDetail,
} from './markets.ts';
import { AmendOrder, Order, PlaceOrder } from './orders.ts';
import { answer, Cursor, Cut, Id, Level, maybe, Name, page, RankedAt, record } from './scalars.ts';
import { Overview, Status } from './status.ts';
import { Sizing, SizingQuery, StressRequest, StressResult } from './stress.ts';

export const API_PREFIX = '/api/v1';

export const SCOPES = ['read', 'trade', 'operate'] as const;
export type Scope = (typeof SCOPES)[number];
export type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';

export interface Route {
  readonly method: Method;
  /** Behind the prefix; parameters in braces. */
  readonly path: string;
  readonly scope: Scope;
  readonly summary: string;
  readonly params?: TSchema;
  readonly query?: TSchema;
  readonly body?: TSchema;
  readonly answer: TSchema;
}

const Limit = Type.Optional(Type.Integer({ minimum: 1, maximum: 500, description: 'How many at most; 50.' }));
const InMarket = record({ market: Name });
const OfAccount = record({ account: Name });
const WithId = record({ id: Id });
const Paged = { limit: Limit, cursor: Type.Optional(Cursor) };

export const routes = {
  status: {
    method: 'GET',
    path: '/status',
    scope: 'read',
    summary: 'Engine, replica, checker and journal',
    answer: answer(Status),
  },
  overview: {
    method: 'GET',
    path: '/overview',
    scope: 'read',
    summary: 'The numbers of the first page, with five minutes of history',
    answer: answer(Overview),
  },
  markets: {
    method: 'GET',
    path: '/markets',
    scope: 'read',
    summary: 'All markets with price, quality, open interest and volume',
    answer: answer(Type.Array(MarketSummary)),
  },
  market: {
    method: 'GET',
    path: '/markets/{market}',
    scope: 'read',
    summary: 'One market with its tiers, fees and limits',
    params: InMarket,
    answer: answer(Market),
  },
  book: {
    method: 'GET',
    path: '/markets/{market}/book',
    scope: 'read',
    summary: 'The best levels of both sides',
    params: InMarket,
    query: record({ depth: Type.Optional(Type.Integer({ minimum: 1, maximum: 500 })) }),
    answer: answer(Book),
  },
  candles: {
    method: 'GET',
    path: '/markets/{market}/candles',
    scope: 'read',
    summary: 'Trades and marks by interval, oldest first; the last is open',
    params: InMarket,
    query: record({
      interval: Type.Optional(Interval),
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1500 })),
    }),
    answer: answer(Type.Array(Candle)),
  },
  trades: {
    method: 'GET',
    path: '/markets/{market}/trades',
    scope: 'read',
    summary: 'The last trades, newest first',
    params: InMarket,
    query: record({ limit: Limit }),
    answer: answer(Type.Array(Trade)),
  },
  liquidationMap: {
    method: 'GET',
    path: '/markets/{market}/liquidation-map',
    scope: 'read',
    summary: 'Notional that would be liquidated at each price',
    params: InMarket,
    answer: answer(LiquidationMap),
  },
  accounts: {
    method: 'GET',
    path: '/accounts',
    scope: 'read',
    summary: 'Accounts by rank, a range at a time',
    query: record({
      search: Type.Optional(Type.String({ minLength: 1, maxLength: 64, description: 'Start of the name.' })),
      level: Type.Optional(Level),
      sort: Type.Optional(AccountSort),
      order: Type.Optional(Type.Enum(['asc', 'desc'] as const)),
      offset: Type.Optional(Type.Integer({ minimum: 0, maximum: 100_000_000 })),
      ...Paged,
    }),
    answer: record({
      ...page(AccountSummary).properties,
      total: Type.Integer({ minimum: 0 }),
      offset: Type.Integer({ minimum: 0 }),
      /** Figures are as of the cut, the order as of this: it is made anew in the background. Null where nothing was ranked. */
      rankedAt: maybe(RankedAt),
    }),
  },
  account: {
    method: 'GET',
    path: '/accounts/{account}',
    scope: 'read',
    summary: 'One account with every bucket and position',
    params: OfAccount,
    answer: answer(Account),
  },
  accountOrders: {
    method: 'GET',
    path: '/accounts/{account}/orders',
    scope: 'read',
    summary: 'Its orders that work or wait',
    params: OfAccount,
    query: record(Paged),
    answer: page(Order),
  },
  accountEvents: {
    method: 'GET',
    path: '/accounts/{account}/events',
    scope: 'read',
    summary: 'What happened to it of late, newest first',
    params: OfAccount,
    query: record(Paged),
    answer: page(ExchangeEvent),
  },
  positions: {
    method: 'GET',
    path: '/accounts/{account}/positions',
    scope: 'read',
    summary: 'Its positions alone',
    params: OfAccount,
    answer: answer(Type.Array(Position)),
  },
  aggregates: {
    method: 'GET',
    path: '/aggregates',
    scope: 'read',
    summary: 'Sums over all accounts, by market and level',
    answer: answer(Aggregates),
  },
  levels: {
    method: 'GET',
    path: '/levels',
    scope: 'read',
    summary: 'The risk levels, their thresholds and who is there',
    answer: answer(Type.Array(LevelInfo)),
  },
  nearest: {
    method: 'GET',
    path: '/nearest',
    scope: 'read',
    summary: 'Those nearest to liquidation when all marks move together',
    query: record({ market: Type.Optional(Name), limit: Limit }),
    answer: record({
      ...answer(Type.Array(Near)).properties,
      /** Of one market: the ranking whose nearest were looked through; distances are as of the cut. Null: exact as of the cut, nobody is missing. */
      rankedAt: maybe(RankedAt),
    }),
  },
  liquidations: {
    method: 'GET',
    path: '/liquidations',
    scope: 'read',
    summary: 'Liquidations, newest first',
    query: record({ account: Type.Optional(Name), ...Paged }),
    answer: page(Liquidation),
  },
  liquidation: {
    method: 'GET',
    path: '/liquidations/{id}',
    scope: 'read',
    summary: 'One liquidation with its steps',
    params: WithId,
    answer: answer(LiquidationDetail),
  },
  alerts: {
    method: 'GET',
    path: '/alerts',
    scope: 'read',
    summary: 'Alerts, newest first',
    query: record({
      kind: Type.Optional(AlertKind),
      severity: Type.Optional(Severity),
      account: Type.Optional(Name),
      ...Paged,
    }),
    answer: page(Alert),
  },
  events: {
    method: 'GET',
    path: '/events',
    scope: 'read',
    summary: 'What the exchange said from a sequence on, oldest first',
    query: record({
      since: Type.Optional(Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })),
      ...Paged,
    }),
    answer: page(ExchangeEvent),
  },
  order: {
    method: 'GET',
    path: '/orders/{id}',
    scope: 'read',
    summary: 'One order, working or of late',
    params: WithId,
    answer: answer(Order),
  },
  trade: {
    method: 'GET',
    path: '/trades/{id}',
    scope: 'read',
    summary: 'One trade of late, with both sides',
    params: WithId,
    answer: answer(TradeDetail),
  },
  gateDecisions: {
    method: 'GET',
    path: '/gate/decisions',
    scope: 'read',
    summary: 'What the gate decided, newest first, with all reasons',
    query: record({
      verdict: Type.Optional(Type.Enum(['approved', 'rejected'] as const)),
      account: Type.Optional(Name),
      ...Paged,
    }),
    answer: page(GateDecision),
  },
  gateLimits: {
    method: 'GET',
    path: '/gate/limits',
    scope: 'read',
    summary: 'The limits in force',
    answer: answer(Type.Array(GateLimit)),
  },
  gateUtilisation: {
    method: 'GET',
    path: '/gate/utilisation',
    scope: 'read',
    summary: 'How much of the limits is used, the fullest first, and rejects by reason',
    query: record({
      account: Type.Optional(Name),
      group: Type.Optional(Type.String({ minLength: 1 })),
      market: Type.Optional(Name),
      ...Paged,
    }),
    answer: record({ cut: Cut, data: GateUtilisation, next: maybe(Cursor) }),
  },
  explainAccount: {
    method: 'GET',
    path: '/explain/account/{account}',
    scope: 'read',
    summary: 'The whole arithmetic behind one account, now or as the journal has it',
    params: OfAccount,
    query: record({
      sequence: Type.Optional(
        Type.Integer({ minimum: 1, description: 'As it was after that, from the journal.' }),
      ),
      moment: Type.Optional(
        Type.Enum(['now', 'first'] as const, {
          description: 'first: when it first became liquidatable, from the journal. Else now.',
        }),
      ),
    }),
    answer: answer(Explanation),
  },
  explainOrder: {
    method: 'GET',
    path: '/explain/order/{id}',
    scope: 'read',
    summary: 'The life of an order',
    params: WithId,
    answer: answer(Explanation),
  },
  explainTrade: {
    method: 'GET',
    path: '/explain/trade/{id}',
    scope: 'read',
    summary: 'A trade and both sides',
    params: WithId,
    answer: answer(Explanation),
  },
  explainLiquidation: {
    method: 'GET',
    path: '/explain/liquidation/{id}',
    scope: 'read',
    summary: 'A liquidation step by step',
    params: WithId,
    answer: answer(Explanation),
  },
  explainPrice: {
    method: 'GET',
    path: '/explain/price/{market}',
    scope: 'read',
    summary: 'Where a mark came from and what it may be used for',
    params: InMarket,
    answer: answer(Explanation),
  },
  sizing: {
    method: 'GET',
    path: '/sizing',
    scope: 'read',
    summary: 'How large a position may be for a risk',
    query: SizingQuery,
    answer: answer(Sizing),
  },
  stress: {
    method: 'POST',
    path: '/stress',
    scope: 'read',
    summary: 'Who would be liquidated if marks moved; changes nothing',
    body: StressRequest,
    answer: answer(StressResult),
  },
  placeOrder: {
    method: 'POST',
    path: '/orders',
    scope: 'trade',
    summary: 'Places an order',
    body: PlaceOrder,
    answer: answer(Done),
  },
  amendOrder: {
    method: 'PATCH',
    path: '/orders/{id}',
    scope: 'trade',
    summary: 'Another price, another size',
    params: WithId,
    body: AmendOrder,
    answer: answer(Done),
  },
  cancelOrder: {
    method: 'DELETE',
    path: '/orders/{id}',
    scope: 'trade',
    summary: 'Cancels an order',
    params: WithId,
    query: record({ account: Name }),
    answer: answer(Done),
  },
  cancelOrders: {
    method: 'DELETE',
    path: '/accounts/{account}/orders',
    scope: 'trade',
    summary: 'Cancels all orders of an account, of one market or all',
    params: OfAccount,
    query: record({ market: Type.Optional(Name) }),
    answer: answer(Done),
  },
  deposit: {
    method: 'POST',
    path: '/accounts/{account}/deposits',
    scope: 'trade',
    summary: 'Money in',
    params: OfAccount,
    body: MoneyRequest,
    answer: answer(Done),
  },
  withdraw: {
    method: 'POST',
    path: '/accounts/{account}/withdrawals',
    scope: 'trade',
    summary: 'Money out',
    params: OfAccount,
    body: MoneyRequest,
    answer: answer(Done),
  },
  marketState: {
    method: 'POST',
    path: '/markets/{market}/state',
    scope: 'operate',
    summary: 'Halts a market, or lets it go on',
    params: InMarket,
    body: StateRequest,
    answer: answer(Done),
  },
  crash: {
    method: 'POST',
    path: '/demo/crash',
    scope: 'operate',
    summary: 'Demo only: walks a mark down',
    body: CrashRequest,
    answer: answer(Crash),
  },
} as const satisfies Record<string, Route>;

export type RouteName = keyof typeof routes;
type Of<Name extends RouteName, Part extends string> = (typeof routes)[Name] extends {
  readonly [P in Part]: infer S extends TSchema;
}
  ? Static<S>
  : never;
export type AnswerOf<Name extends RouteName> = Static<(typeof routes)[Name]['answer']>;
export type ParamsOf<Name extends RouteName> = Of<Name, 'params'>;
export type QueryOf<Name extends RouteName> = Of<Name, 'query'>;
export type BodyOf<Name extends RouteName> = Of<Name, 'body'>;
