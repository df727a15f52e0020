/**
 * The WebSocket at /api/v1/stream. A client subscribes to a channel, gets a snapshot and then deltas whose `seq` counts up by one; after a gap in time
 * it may say `since` with the last it has, and gets what it missed or a snapshot. A delta is the whole of what it replaces: of a list, its
 * new items; of a record, the fields that changed. Who reads too slowly gets fewer, newer messages, then none: `dropped` says why.
 */
import { Type, type Static, type TSchema } from 'typebox';
import { Account, Near } from './accounts.ts';
import { Alert } from './alerts.ts';
import { GateDecision, GateUtilisation } from './gate.ts';
import { ExchangeEvent, Liquidation } from './liquidations.ts';
import { Book, Candle, MarketSummary, Trade } from './markets.ts';
import { ProblemCode } from './problem.ts';
import { Cut, maybe, Name, record } from './scalars.ts';
import { Overview, Status } from './status.ts';

export const STREAM_PATH = '/api/v1/stream';

/**
 * How a delta is put onto what a client has. `fields`: top-level fields that changed replace those there. `prepend`: newest first, the client cuts off
 * behind. `append`: oldest first. `keyed`: rows that changed, by `key`. `replace`: all of it.
 */
export type Merge = 'fields' | 'prepend' | 'append' | 'keyed' | 'replace';

export interface Channel {
  readonly summary: string;
  /** What `key` names; null: the channel has none. */
  readonly key: 'market' | 'account' | null;
  /** Messages a second at most, to one subscriber. */
  readonly rate: number;
  readonly merge: Merge;
  readonly data: TSchema;
}

/** A market with its last candle, so that a chart lives off one channel. */
export const MarketFeed = record({ summary: MarketSummary, candle: maybe(Candle) });
export type MarketFeed = Static<typeof MarketFeed>;
export const GateFeed = record({ utilisation: GateUtilisation, decisions: Type.Array(GateDecision) });
export type GateFeed = Static<typeof GateFeed>;

export const channels = {
  overview: {
    summary: 'The numbers of the first page; of its history a delta has the newest second alone',
    key: null,
    rate: 4,
    merge: 'fields',
    data: Overview,
  },
  markets: {
    summary: 'All markets; a delta has those that changed',
    key: null,
    rate: 10,
    merge: 'keyed',
    data: Type.Array(MarketSummary),
  },
  market: { summary: 'One market', key: 'market', rate: 10, merge: 'fields', data: MarketFeed },
  book: {
    summary: 'The best 25 levels of both sides',
    key: 'market',
    rate: 10,
    merge: 'replace',
    data: Book,
  },
  trades: {
    summary: 'Trades of a market, newest first',
    key: 'market',
    rate: 10,
    merge: 'prepend',
    data: Type.Array(Trade),
  },
  account: { summary: 'One account', key: 'account', rate: 10, merge: 'replace', data: Account },
  nearest: {
    summary: 'The 50 nearest to liquidation',
    key: null,
    rate: 4,
    merge: 'replace',
    data: Type.Array(Near),
  },
  alerts: { summary: 'Alerts, newest first', key: null, rate: 10, merge: 'prepend', data: Type.Array(Alert) },
  liquidations: {
    summary: 'Liquidations that began or moved on, newest first, by id',
    key: null,
    rate: 10,
    merge: 'keyed',
    data: Type.Array(Liquidation),
  },
  events: {
    summary: 'What the exchange says, oldest first; left out where it is more than can be sent',
    key: null,
    rate: 10,
    merge: 'append',
    data: Type.Array(ExchangeEvent),
  },
  gate: { summary: 'What the gate decides', key: null, rate: 10, merge: 'fields', data: GateFeed },
  system: {
    summary: 'Engine, replica, checker and journal',
    key: null,
    rate: 4,
    merge: 'fields',
    data: Status,
  },
} as const satisfies Record<string, Channel>;

export type ChannelName = keyof typeof channels;
export type DataOf<Name extends ChannelName> = Static<(typeof channels)[Name]['data']>;
/** Of a channel that merges by fields, some of them. */
export type DeltaOf<Name extends ChannelName> = (typeof channels)[Name]['merge'] extends 'fields'
  ? Partial<DataOf<Name>>
  : DataOf<Name>;

const ChannelNames = Type.Enum(Object.keys(channels) as ChannelName[]);

/** `key` is a browser's way to say an API key: it has no headers to put it in. */
export const ClientMessage = Type.Union([
  record({
    op: Type.Literal('subscribe'),
    channel: ChannelNames,
    key: Type.Optional(Name),
    since: Type.Optional(Type.Integer({ minimum: 0 })),
  }),
  record({ op: Type.Literal('unsubscribe'), channel: ChannelNames, key: Type.Optional(Name) }),
  record({ op: Type.Literal('auth'), token: Type.String({ minLength: 1, maxLength: 200 }) }),
  record({ op: Type.Literal('ping'), id: Type.Optional(Type.Integer()) }),
]);
export type ClientMessage = Static<typeof ClientMessage>;

/** `hello` is the first of a connection; `epoch` changes with the server's process: what `since` counted is gone with it. */
export const ServerMessage = Type.Union([
  record({
    type: Type.Literal('hello'),
    version: Type.String(),
    epoch: Type.String(),
    needsKey: Type.Boolean(),
  }),
  record({ type: Type.Literal('pong'), id: maybe(Type.Integer()), cut: Cut }),
  record({ type: Type.Literal('authorized'), scopes: Type.Array(Type.String()) }),
  record({
    type: Type.Enum(['snapshot', 'delta'] as const),
    channel: ChannelNames,
    key: maybe(Name),
    seq: Type.Integer({ minimum: 0 }),
    cut: Cut,
    data: Type.Unknown(),
  }),
  record({ type: Type.Literal('unsubscribed'), channel: ChannelNames, key: maybe(Name) }),
  record({
    type: Type.Literal('dropped'),
    channel: maybe(ChannelNames),
    key: maybe(Name),
    reason: Type.Enum(['slow', 'gone', 'shutdown'] as const),
    detail: Type.String(),
  }),
  record({
    type: Type.Literal('error'),
    code: ProblemCode,
    detail: Type.String(),
    channel: maybe(Type.String()),
    key: maybe(Type.String()),
  }),
]);
export type ServerMessage = Static<typeof ServerMessage>;
