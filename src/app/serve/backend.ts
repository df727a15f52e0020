/** What the API asks for, answered from the replica (`io/api/backend.ts`). */
import type { Backend, Handlers, Sources } from '../../io/api/backend.ts';
import type { Explanation } from '../../io/api/contract/explain.ts';
import type { QueryOf } from '../../io/api/contract/routes.ts';
import { ApiProblem } from '../../io/api/problem.ts';
import type { MarketRow } from '../../core/num/units.ts';
import { MARK_NONE } from '../../core/state/markets.ts';
import type { CutWish } from '../explain/walk.ts';
import type { AdlPlaces } from './background/adl-places.ts';
import type { LiquidationMaps } from './background/liquidation-map.ts';
import { rankedAt, type Ranking } from './background/ranking.ts';
import type { EngineLink } from './engine-link.ts';
import type { GateMemory } from './memory/gate.ts';
import type { Past } from './past/past.ts';
import { accountOf } from './views/accounts.ts';
import { Actor } from './views/acting.ts';
import { aggregatesDocument, levelsOf } from './views/aggregates.ts';
import { alertList } from './views/alerts.ts';
import { accountEvents, eventAt, eventList } from './views/events.ts';
import {
  explainAccountNow,
  explainLiquidationNow,
  explainOrderNow,
  explainPriceNow,
  explainTradeNow,
  remembersLiquidation,
  remembersOrder,
  remembersTrade,
} from './views/explain.ts';
import { gateDecisionList, gateUtilisation } from './views/gate.ts';
import { liquidationMap } from './views/liquidation-map.ts';
import { liquidationDetail, liquidationList, liquidationOf } from './views/liquidations.ts';
import { accountList, cursorAt, LIMIT, nextCursor } from './views/lists.ts';
import {
  bookOf,
  candleOf,
  candlesOf,
  marketDetail,
  marketSummary,
  tradeDetail,
  tradeOf,
} from './views/markets.ts';
import { nearestList } from './views/nearest.ts';
import { orderOf, orderRowsOf, workingOrder } from './views/orders.ts';
import type { Served } from './views/served.ts';
import { sizing } from './views/sizing.ts';
import type { Health } from './views/status.ts';
import { stressed } from './views/stress.ts';
import { Volatility } from './views/volatility.ts';

const DEPTH = 50;
const DEPTH_STREAMED = 25;
const CANDLES = 300;
const NEAREST_STREAMED = 50;
const FEED_MAX = 100;
const CRASH = { percent: '15', seconds: 10, market: 0 };
const CRASH_PERCENT_MAX = 60;

export interface Parts {
  readonly served: Served;
  readonly ranking: Ranking;
  readonly places: AdlPlaces;
  readonly maps: LiquidationMaps;
  readonly health: Health;
  readonly link: EngineLink;
  /** Null: orders go to the exchange unasked. */
  readonly gate: GateMemory | null;
  /** Null: there is no journal. */
  readonly past: Past | null;
  readonly isDemo: boolean;
  readonly isDurable: boolean;
}

export function createBackend(parts: Parts): Backend {
  const { served, health, isDemo } = parts;
  return {
    handlers: handlersOf(parts),
    sources: sourcesOf(parts),
    cut: () => served.cut(),
    get starting() {
      if (health.state === 'starting') return 'the exchange is being made or recovered';
      return served.exchange.engine.settings === null ? 'the exchange has no settings yet' : null;
    },
    isDemo,
  };
}

function handlersOf(parts: Parts): Handlers {
  const { served, ranking, places, maps, health, link, gate, past, isDemo, isDurable } = parts;
  const actor = new Actor(served, link, isDurable);
  const volatility = new Volatility(served);
  const marketRows = (): number[] =>
    Array.from({ length: served.exchange.engine.book.markets.count }, (_, row) => row);
  const act = async (
    line: Record<string, unknown>,
  ): Promise<{ data: Awaited<ReturnType<Actor['act']>> }> => ({
    data: await actor.act(line),
  });
  return {
    status: () => ({ data: health.status() }),
    overview: () => {
      ranking.want();
      return { data: health.overview() };
    },
    markets: () => ({ data: marketRows().map((row) => marketSummary(served, row)) }),
    market: ({ params }) => ({ data: marketDetail(served, served.market(params.market)) }),
    book: ({ params, query }) => ({
      data: bookOf(served, served.market(params.market), query.depth ?? DEPTH),
    }),
    candles: ({ params, query }) => ({
      data: candlesOf(served, served.market(params.market), query.interval ?? '1m', query.limit ?? CANDLES),
    }),
    trades: ({ params, query }) => ({
      data: served.memory.trades
        .of(served.market(params.market))
        .newest(query.limit ?? LIMIT)
        .map((trade) => tradeOf(served, trade)),
    }),
    liquidationMap: async ({ params }) => ({
      data: await liquidationMap(served, maps, served.market(params.market)),
    }),
    accounts: ({ query }) => accountList(served, ranking, query),
    account: ({ params }) => ({ data: accountOf(served, served.account(params.account), places) }),
    accountOrders: ({ params, query }) => {
      const account = served.account(params.account);
      const of = `orders:${account}`;
      const rows = orderRowsOf(served, account);
      const at = query.cursor === undefined ? 0 : cursorAt(query.cursor, of);
      const end = Math.min(rows.length, at + (query.limit ?? LIMIT));
      return {
        data: rows.slice(at, end).map((row) => workingOrder(served, row)),
        next: nextCursor(of, end, rows.length),
      };
    },
    accountEvents: ({ params, query }) => accountEvents(served, served.account(params.account), query),
    positions: ({ params }) => ({
      data: accountOf(served, served.account(params.account), places).buckets.flatMap(
        ({ positions }) => positions,
      ),
    }),
    aggregates: () => {
      ranking.want();
      return { data: aggregatesDocument(served, ranking) };
    },
    levels: () => ({ data: levelsOf(served) }),
    nearest: ({ query }) => {
      const market = query.market === undefined ? null : served.market(query.market);
      const data = nearestList(served, ranking, volatility, market, query.limit ?? LIMIT);
      return { data, rankedAt: market === null || ranking.ranked === null ? null : rankedAt(ranking.ranked) };
    },
    liquidations: ({ query }) => liquidationList(served, query),
    liquidation: ({ params }) => {
      const record = served.memory.liquidations.get(params.id);
      if (record === undefined) throw unknownId('liquidation', params.id);
      return { data: liquidationDetail(served, record) };
    },
    alerts: ({ query }) => alertList(served, query),
    events: ({ query }) => eventList(served, query),
    order: ({ params }) => {
      const order = orderOf(served, params.id);
      if (order === null) throw unknownId('order', params.id);
      return { data: order };
    },
    trade: ({ params }) => {
      const trade = served.memory.trades.get(params.id);
      if (trade === undefined) throw unknownId('trade', params.id);
      return { data: tradeDetail(served, trade) };
    },
    ...explainHandlers(served, past),
    sizing: ({ query }) => ({ data: sizing(served, query) }),
    stress: async ({ body }) => ({ data: await stressed(served, body) }),
    placeOrder: ({ body }) => act({ kind: 'place', ...body }),
    amendOrder: ({ params, body }) => act({ kind: 'amend', order: params.id, ...body }),
    cancelOrder: ({ params, query }) => act({ kind: 'cancel', order: params.id, ...query }),
    cancelOrders: ({ params, query }) => act({ kind: 'cancel_all', ...params, ...query }),
    deposit: ({ params, body }) => act({ kind: 'deposit', ...params, ...body }),
    withdraw: ({ params, body }) => act({ kind: 'withdraw', ...params, ...body }),
    marketState: ({ params, body }) => {
      served.market(params.market);
      return act({ kind: 'state', ...params, ...body });
    },
    ...(gate === null ? {} : gateHandlers(gate)),
    ...(isDemo ? { crash: crashOf(served, link) } : {}),
  };
}

/** From memory, and what is not there from the journal, where there is one. */
function explainHandlers(
  served: Served,
  past: Past | null,
): Pick<
  Handlers,
  'explainAccount' | 'explainOrder' | 'explainTrade' | 'explainLiquidation' | 'explainPrice'
> {
  const orPast = async (
    about: 'order' | 'trade' | 'liquidation',
    id: number,
    remembers: (served: Served, id: number) => boolean,
    now: (served: Served, id: number) => Explanation,
  ): Promise<{ data: Explanation }> => ({
    data: past === null || remembers(served, id) ? now(served, id) : await past.explain({ about, id }),
  });
  return {
    explainAccount: async ({ params, query }) => {
      const account = served.account(params.account);
      const wish = wishOf(query);
      if (wish === null) return { data: explainAccountNow(served, account) };
      if (past === null)
        throw new ApiProblem(
          'API_NOT_FOUND',
          'this exchange keeps no journal (start it with --data DIR): an account can be explained as it is now, and no other way',
          { field: wish.at === 'first' ? 'moment' : 'sequence' },
        );
      return { data: await past.explain({ about: 'account', account: params.account, wish }) };
    },
    explainOrder: ({ params }) => orPast('order', params.id, remembersOrder, explainOrderNow),
    explainTrade: ({ params }) => orPast('trade', params.id, remembersTrade, explainTradeNow),
    explainLiquidation: ({ params }) =>
      orPast('liquidation', params.id, remembersLiquidation, explainLiquidationNow),
    explainPrice: ({ params }) => ({ data: explainPriceNow(served, served.market(params.market)) }),
  };
}

/** Null: as it is now. */
function wishOf({ sequence, moment }: QueryOf<'explainAccount'>): CutWish | null {
  if (sequence !== undefined && moment !== undefined)
    throw new ApiProblem('API_FIELD_INVALID', 'sequence and moment are two ways to say when: give one', {
      field: 'sequence',
      value: sequence,
    });
  if (sequence !== undefined) return { at: 'sequence', sequence };
  return moment === 'first' ? { at: 'first' } : null;
}

function gateHandlers(gate: GateMemory): Pick<Handlers, 'gateDecisions' | 'gateLimits' | 'gateUtilisation'> {
  return {
    gateDecisions: ({ query }) => gateDecisionList(gate, query),
    gateLimits: () => ({ data: [...gate.limits] }),
    gateUtilisation: ({ query }) => gateUtilisation(gate, query),
  };
}

function crashOf(served: Served, link: EngineLink): NonNullable<Handlers['crash']> {
  return async ({ body }) => {
    const market = body.market === undefined ? CRASH.market : served.market(body.market);
    const percent = body.percent ?? CRASH.percent;
    const share = Number(percent) / 100;
    const seconds = body.seconds ?? CRASH.seconds;
    if (!(share > 0 && share <= CRASH_PERCENT_MAX / 100))
      throw new ApiProblem(
        'API_FIELD_INVALID',
        `percent must be above 0 and at most ${CRASH_PERCENT_MAX}, not ${percent}`,
        {
          field: 'percent',
          value: percent,
        },
      );
    if (link.isOver) throw new ApiProblem('API_UNAVAILABLE', 'the engine has stopped');
    const { units } = served;
    const { before, after } = await link.crash(market, share, seconds);
    return {
      data: {
        market: units.market(market),
        percent,
        seconds,
        markBefore: units.mark(market, before),
        markAfter: units.mark(market, after),
      },
    };
  };
}

function sourcesOf({ served, ranking, places, health, gate }: Parts): Sources {
  const { memory, alerts } = served;
  const volatility = new Volatility(served);
  const marketRow = (key: string | null): number => served.market(key ?? '');
  return {
    overview: {
      fields: () => {
        ranking.want();
        return health.figures();
      },
      get length() {
        return health.seconds;
      },
      after: (seconds: number) => health.history(seconds),
    },
    markets: () =>
      Array.from({ length: served.exchange.engine.book.markets.count }, (_, row) =>
        marketSummary(served, row),
      ),
    market: (key) => {
      const row = marketRow(key);
      const last = memory.candlesOf(row).last('1s', 1)[0];
      const hasMark = served.exchange.engine.book.markets.mark(row as MarketRow) !== MARK_NONE;
      return {
        summary: marketSummary(served, row),
        candle: last === undefined || !hasMark ? null : candleOf(served, row, last, '1s'),
      };
    },
    book: (key) => bookOf(served, marketRow(key), DEPTH_STREAMED),
    trades: {
      newest: (key) => {
        const ring = memory.trades.of(marketRow(key));
        return { items: ring.newest(LIMIT).map((trade) => tradeOf(served, trade)), next: ring.next };
      },
      after: (key, since) => {
        const ring = memory.trades.of(marketRow(key));
        const count = Math.min(FEED_MAX, ring.next - since);
        return { items: ring.newest(count).map((trade) => tradeOf(served, trade)), next: ring.next };
      },
    },
    account: (key) => accountOf(served, served.account(key ?? ''), places),
    nearest: () => nearestList(served, ranking, volatility, null, NEAREST_STREAMED),
    alerts: {
      newest: () => ({ items: alerts.ring.newest(LIMIT), next: alerts.ring.next }),
      after: (_key, since) => ({
        items: alerts.ring.newest(Math.min(FEED_MAX, alerts.ring.next - since)),
        next: alerts.ring.next,
      }),
    },
    liquidations: {
      newest: () => {
        const { ring, version } = memory.liquidations;
        return { items: ring.newest(LIMIT).map((record) => liquidationOf(served, record)), next: version };
      },
      after: (_key, since) => {
        const { ring, version } = memory.liquidations;
        // What happened to older ones than these is to be had by their id.
        const changed =
          version === since ? [] : ring.newest(FEED_MAX * 5).filter((record) => record.version > since);
        return {
          items: changed.slice(0, FEED_MAX).map((record) => liquidationOf(served, record)),
          next: version,
        };
      },
    },
    events: {
      newest: () => {
        const { next } = memory.events;
        return {
          items: rangeOf(Math.max(memory.events.first, next - LIMIT), next, (at) => eventAt(served, at)),
          next,
        };
      },
      after: (_key, since) => {
        const { next } = memory.events;
        const from = Math.max(memory.events.first, since, next - FEED_MAX);
        return { items: rangeOf(from, next, (at) => eventAt(served, at)), next };
      },
    },
    ...(gate === null
      ? {}
      : {
          gate: () => ({
            utilisation: gate.utilisation(gate.used(() => true).slice(0, LIMIT)),
            decisions: gate.decisions.newest(LIMIT),
          }),
        }),
    system: () => health.status(),
  };
}

function rangeOf<Item>(from: number, to: number, make: (at: number) => Item): Item[] {
  return Array.from({ length: Math.max(0, to - from) }, (_, at) => make(from + at));
}

function unknownId(what: string, id: number): ApiProblem {
  return new ApiProblem(
    'API_NOT_FOUND',
    `${what} ${id} is not known: it never was, or it is longer ago than is remembered`,
    {
      field: 'id',
      value: id,
    },
  );
}
