/** A trade, from the journal: what set it off, and both sides as they were before it and after it. */
import type { Engine } from '../../../core/engine/engine.ts';
import { VenueEvent } from '../../../core/schema/venue-events.ts';
import { describeEvent } from '../../../io/publish/venue-lines.ts';
import { contentHash } from '../document.ts';
import { Units } from '../units.ts';
import {
  causeOf,
  type Moments,
  unknownId,
  whenOf,
  type History,
  type OnProgress,
  type Step,
} from './history.ts';
import { field, fillsOf } from './rows.ts';
import { standingOf, type Standing } from './standing.ts';

export interface SideDocument {
  readonly order: number;
  readonly account: string;
  readonly size: string;
  readonly fee: string;
  readonly realized: string;
  readonly left: string;
  readonly isolated: boolean;
  readonly before: Standing;
  readonly after: Standing;
}

export interface TradeDocument {
  readonly trade: Readonly<Record<string, unknown>>;
  readonly taker: SideDocument;
  readonly maker: SideDocument;
  readonly hash: string;
}

export async function explainTrade(
  history: History,
  id: number,
  onProgress: OnProgress,
): Promise<TradeDocument> {
  let document: Omit<TradeDocument, 'hash'> | null = null;
  let lastId = 0;
  let sequence = 0;
  await history.walk((step) => {
    lastId = step.exchange.venue.trades;
    if (rowOfTrade(step, id) === -1) return undefined;
    sequence = step.sequence;
    return false;
  }, onProgress);
  if (sequence === 0) throw unknownId('trade', id, lastId, history);
  await history.walk(
    (step) => {
      if (step.moments === null) return undefined;
      document = documentOf(step, rowOfTrade(step, id), step.moments);
      return false;
    },
    onProgress,
    new Set([sequence]),
  );
  return { ...document!, hash: contentHash(document!) };
}

function rowOfTrade({ exchange }: Step, id: number): number {
  const { events } = exchange;
  for (let row = 0; row < events.count; row++)
    if (events.kind(row) === VenueEvent.trade && field(events, row, 'trade') === id) return row;
  return -1;
}

function documentOf(step: Step, trade: number, moments: Moments): Omit<TradeDocument, 'hash'> {
  const { exchange, registry } = step;
  const { events, engine } = exchange;
  const id = field(events, trade, 'trade');
  const fills = fillsOf(events, trade);
  const units = new Units(engine.book, engine.settings!);
  const start = moments.after(trade);
  const end = moments.after(fills[1] + 1);
  const [taker, maker] = ['takerOrder', 'makerOrder'].map((name) => {
    const order = field(events, trade, name);
    const row = fills.find((fill) => field(events, fill, 'order') === order)!;
    return sideOf(step, row, units, start, end);
  });
  const { event: _event, trade: _trade, side, ...told } = describeEvent(events, trade, registry);
  return {
    trade: { id, ...whenOf(step), cause: causeOf(step), ...told, takerSide: side },
    taker,
    maker,
  };
}

function sideOf(
  { exchange, registry }: Step,
  row: number,
  units: Units,
  start: Engine,
  end: Engine,
): SideDocument {
  const { events } = exchange;
  const told = describeEvent(events, row, registry) as Record<string, never>;
  const [account, market, leg] = ['account', 'market', 'leg'].map((name) => field(events, row, name));
  const isolated = field(events, row, 'isolated') === 1;
  return {
    order: told['order'],
    account: told['account'],
    size: told['size'],
    fee: told['fee'],
    realized: told['realized'],
    left: told['left'],
    isolated,
    before: standingOf(start, units, account, isolated, market, leg),
    after: standingOf(end, units, account, isolated, market, leg),
  };
}
