/** What `plimsoll/client` exports. The types of answers are the contract's. */
export { Client, type ClientOptions } from './client.ts';
export { type AnswerOf, type RequestOf, type RouteName } from './calls.ts';
export { type ChannelName, type DataOf } from './merge.ts';
export { ApiProblem, ApiUnreachable } from './problem.ts';
export { Stream, type Connection, type Listener, type StreamOptions, type Update } from './stream.ts';
export type * from '../io/api/contract/accounts.ts';
export type * from '../io/api/contract/acting.ts';
export type * from '../io/api/contract/aggregates.ts';
export type * from '../io/api/contract/alerts.ts';
export type * from '../io/api/contract/explain.ts';
export type * from '../io/api/contract/gate.ts';
export type * from '../io/api/contract/liquidations.ts';
export type * from '../io/api/contract/markets.ts';
export type * from '../io/api/contract/orders.ts';
export type * from '../io/api/contract/problem.ts';
export type { Cut, Level, PriceAnswer } from '../io/api/contract/scalars.ts';
export type * from '../io/api/contract/status.ts';
export type * from '../io/api/contract/stress.ts';
