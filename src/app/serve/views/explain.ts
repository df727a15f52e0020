/** Why: explanations from the running exchange and what it remembers, in the form of `plimsoll explain`. */
import { LEVEL_NAMES } from '../../../core/schema/levels.ts';
import type { MarketRow, MarkTicks } from '../../../core/num/units.ts';
import { MARK_NONE } from '../../../core/state/markets.ts';
import type { Explanation } from '../../../io/api/contract/explain.ts';
import { ApiProblem } from '../../../io/api/problem.ts';
import {
  contentHash,
  cutState,
  explanationDocument,
  markDocument,
  type Explained,
} from '../../explain/document.ts';
import { accountFacts } from '../../explain/facts.ts';
import { bucketName } from '../../explain/buckets.ts';
import { ordersMarginOf } from '../../explain/orders-margin.ts';
import type { MarkOrigin } from '../../explain/origins.ts';
import { isHouse } from '../../../core/exchange/ledger.ts';
import { eventAt } from './events.ts';
import { liquidationDetail } from './liquidations.ts';
import { marketDetail, tradeDetail } from './markets.ts';
import { orderOf } from './orders.ts';
import type { Served } from './served.ts';

const LIFE_MAX = 500;

/** The arithmetic at the cut, without a history: that is in the journal. */
export function explainAccountNow(served: Served, account: number): Explanation {
  const { exchange, units } = served;
  const { engine } = exchange;
  const buckets = accountFacts(engine, account);
  const held = new Set(buckets.flatMap(({ positions }) => positions.map(({ market }) => market)));
  const explained: Explained = {
    row: account,
    name: served.accountName(account),
    cut: {
      engine: { ...cutState(engine), sequence: exchange.sequence },
      units,
      marks: [...held].sort((a, b) => a - b).map((market) => originOf(served, market)),
      buckets,
      ordersMargin: isHouse(account) ? null : ordersMarginOf(exchange, account),
      exemption: exchange.venue.members.isExempt(account) ? { by: null } : null,
    },
    episodes: [],
    first: exchange.sequence,
    last: exchange.sequence,
    nameOf: ({ isolated, market, leg }) => bucketName(engine.book, isolated, market, leg),
  };
  return explanation('account', explained.name, explanationDocument(explained));
}

export function explainOrderNow(served: Served, id: number): Explanation {
  const order = orderOf(served, id);
  if (order === null) throw unknown('order', id);
  const { events, orders } = served.memory;
  const life: unknown[] = [];
  const record = orders.get(id);
  const account = served.account(order.account);
  if (record !== undefined)
    for (
      let at = events.firstSince(firstSequence(served, record.createdUs));
      at < events.next && life.length < LIFE_MAX;
      at++
    )
      if (events.concerns(at, account)) {
        const event = eventAt(served, at);
        if (event['order'] === id) life.push(event);
      }
  return hashed('order', String(id), {
    order,
    life,
    result: { status: order.status, why: order.why, filled: order.filled },
  });
}

/** Whether all that became of it is remembered. */
export function remembersOrder({ memory }: Served, id: number): boolean {
  const record = memory.orders.get(id);
  return record !== undefined && memory.events.hasAllSince(record.createdUs);
}

export function remembersTrade({ memory }: Served, id: number): boolean {
  return memory.trades.get(id) !== undefined;
}

export function remembersLiquidation({ memory }: Served, id: number): boolean {
  const record = memory.liquidations.get(id);
  return record !== undefined && memory.events.hasAllSince(record.startedUs);
}

export function explainTradeNow(served: Served, id: number): Explanation {
  const trade = served.memory.trades.get(id);
  if (trade === undefined) throw unknown('trade', id);
  return hashed('trade', String(id), {
    ...tradeDetail(served, trade),
    takerOrder: orderOf(served, trade.takerOrder),
    makerOrder: orderOf(served, trade.makerOrder),
  });
}

export function explainLiquidationNow(served: Served, id: number): Explanation {
  const record = served.memory.liquidations.get(id);
  if (record === undefined) throw unknown('liquidation', id);
  const { liquidation, steps } = liquidationDetail(served, record);
  const { units } = served;
  const began = `equity ${units.money(record.equity)} < maintenance ${units.money(record.maintenance)}`;
  return hashed('liquidation', String(id), {
    liquidation,
    began: { level: LEVEL_NAMES[record.level], inequality: began },
    steps,
  });
}

export function explainPriceNow(served: Served, market: number): Explanation {
  const { units } = served;
  const { summary, markTick } = marketDetail(served, market);
  return hashed('price', units.market(market), {
    market: units.market(market),
    mark: summary.price.markPrice === null ? null : markDocument(originOf(served, market), units),
    markTick,
    index: summary.price.indexPrice,
    last: summary.price.lastPrice,
    quality: summary.quality,
    funding: summary.price.funding,
    note: 'the engine takes marks as they are said: what a mark was made of is with whoever made it (plimsoll explain price --replay)',
  });
}

function originOf({ exchange, memory }: Served, market: number): MarkOrigin {
  const { markets } = exchange.engine.book;
  const saying = memory.marks[market] ?? null;
  const price = markets.mark(market as MarketRow);
  return {
    market: market as MarketRow,
    price: (price === MARK_NONE ? 0 : price) as MarkTicks,
    before: (saying?.before ?? null) as MarkTicks | null,
    sequence: saying?.sequence ?? 0,
    timeUs: saying?.timeUs ?? exchange.timeUs,
    kind: saying?.kind ?? '',
    origin: null,
    text: saying?.text ?? '',
  };
}

/** The first sequence of that time or later that is remembered. */
function firstSequence({ memory }: Served, timeUs: number): number {
  const { events } = memory;
  let low = events.first;
  let high = events.next;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (events.timeUs(middle) < timeUs) low = middle + 1;
    else high = middle;
  }
  return low < events.next ? events.sequence(low) : 0;
}

function hashed(about: Explanation['about'], id: string, document: Record<string, unknown>): Explanation {
  return explanation(about, id, { ...document, hash: contentHash(document) });
}

function explanation(
  about: Explanation['about'],
  id: string,
  document: Record<string, unknown>,
): Explanation {
  return { about, id, source: 'memory', document: document as Explanation['document'] };
}

function unknown(what: string, id: number): ApiProblem {
  return new ApiProblem(
    'API_NOT_FOUND',
    `${what} ${id} is not known: it never was, or it is longer ago than is remembered (where there is a journal, plimsoll explain ${what} ${id} --data has all)`,
    { field: 'id', value: id },
  );
}
