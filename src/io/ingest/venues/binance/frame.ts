/**
 * One frame of Binance's market streams into what it says, USD-M and spot.
 *
 *   bookTicker        quote          u, b, B, a, A; spot gives no time
 *   trade, aggTrade   trade          p, q, m (the buyer was the maker)
 *   depthUpdate       depth          U, u, pu (USD-M only), b, a
 *   markPriceUpdate   mark           p, i, r, T; prices are finer than the tick and are rounded half to even to price units
 *   contractInfo      contract news  cs, bks: the one public source of margin tiers
 *
 * Quotes, trades and depth of exactly the shape that the venue writes are scanned; all else is read as JSON, and both ways
 * give the same (frame.test.ts, and test/conformance/captures for every recorded line).
 */
import type { TimeUs } from '../../../../core/num/units.ts';
import type {
  DepthEvent,
  Instrument,
  InstrumentRow,
  QuoteEvent,
  SnapshotEvent,
  TradeEvent,
  VenueMarkEvent,
} from '../../../../core/price/venue-event.ts';
import { BadFrame } from '../decode/bad-frame.ts';
import { rateOf, roundedOf } from '../decode/computed.ts';
import {
  countOf,
  fieldsOf,
  isFields,
  levelsOf,
  listOf,
  priceOf,
  sizeOf,
  textOf,
  timeOf,
  tradeSizeOf,
  type Fields,
} from '../decode/fields.ts';
import { parseJson } from '../decode/json.ts';
import { requireBestFirst } from '../decode/levels.ts';
import { msTime } from '../decode/time.ts';
import {
  isAtEnd,
  scanDecimal,
  scanFrom,
  scanLevels,
  scanSymbol,
  scanTruth,
  scanWhole,
  skip,
  skipName,
  skipSymbol,
} from './scan.ts';
import { answerOf, tiersOf, type ContractNews } from './terms.ts';

export interface Listened {
  readonly row: InstrumentRow;
  readonly instrument: Instrument;
}

/** A frame of an instrument that is listened to, of which something cannot be used. */
export class BadMarketFrame extends BadFrame {
  readonly instrument: InstrumentRow;
  /** A change of the book is lost with it. */
  readonly isOfBook: boolean;

  constructor({ code, message, field, value }: BadFrame, instrument: InstrumentRow, isOfBook: boolean) {
    super(code, message, field, value);
    this.instrument = instrument;
    this.isOfBook = isOfBook;
  }
}

/** Null: nothing that concerns us, such as the answer to a subscription. */
export type Said = QuoteEvent | TradeEvent | DepthEvent | VenueMarkEvent | ContractNews | null;

export type Listening = ReadonlyMap<string, Listened>;

/** Throws `BadFrame` for a frame that cannot be used. */
export function readFrame(frame: string, listening: Listening, receivedUs: TimeUs): Said {
  return scanFrame(frame, listening, receivedUs) ?? parseFrame(frame, listening, receivedUs);
}

/** By scanning; null where the frame is of another shape, or not as it should be. */
export function scanFrame(frame: string, listening: Listening, receivedUs: TimeUs): Said {
  scanFrom(frame, 0);
  if (!skip('{"stream":"') || !skipName() || !skip(',"data":{')) return null;
  if (skip('"e":"depthUpdate","E":')) return scanDepth(listening, receivedUs);
  if (skip('"e":"trade","E":')) return scanTrade(listening, receivedUs);
  if (skip('"e":"bookTicker","u":') || skip('"u":')) return scanQuote(listening, receivedUs);
  return null;
}

/** Most frames are of the instrument of the frame before. */
let lastSymbol = '';
let lastListening: Listening | null = null;
let lastListened: Listened | undefined;

function scanListened(listening: Listening): Listened | undefined {
  if (listening === lastListening && skipSymbol(lastSymbol)) return lastListened;
  const symbol = scanSymbol();
  const listened = listening.get(symbol);
  if (listened !== undefined) {
    lastSymbol = listened.instrument.symbol;
    lastListening = listening;
    lastListened = listened;
  }
  return listened;
}

function scanQuote(listening: Listening, receivedUs: TimeUs): QuoteEvent | null {
  const updateId = scanWhole();
  if (updateId < 0 || !skip(',"s":"')) return null;
  const listened = scanListened(listening);
  if (listened === undefined) return null;
  const { priceScale, sizeScale } = listened.instrument;
  if (!skip(',"b":"')) return null;
  const bid = scanDecimal(priceScale);
  if (bid < 0 || !skip(',"B":"')) return null;
  const bidSize = scanDecimal(sizeScale);
  if (bidSize < 0 || !skip(',"a":"')) return null;
  const ask = scanDecimal(priceScale);
  if (ask < 0 || !skip(',"A":"')) return null;
  const askSize = scanDecimal(sizeScale);
  if (askSize < 0 || (bid >= ask && ask > 0)) return null;
  let eventUs = receivedUs;
  if (skip(',"T":')) {
    if (scanWhole() < 0 || !skip(',"E":')) return null;
    const statedUs = msTime(scanWhole());
    if (statedUs === null) return null;
    eventUs = statedUs;
  }
  if (!skip('}}') || !isAtEnd()) return null;
  const instrument = listened.row;
  return { kind: 'quote', instrument, eventUs, receivedUs, updateId, bid, bidSize, ask, askSize };
}

function scanTrade(listening: Listening, receivedUs: TimeUs): TradeEvent | null {
  const eventUs = msTime(scanWhole());
  if (eventUs === null || (skip(',"T":') && scanWhole() < 0) || !skip(',"s":"')) return null;
  const listened = scanListened(listening);
  if (listened === undefined || !skip(',"t":')) return null;
  const id = scanWhole();
  if (id < 0 || !skip(',"p":"')) return null;
  const price = scanDecimal(listened.instrument.priceScale);
  if (price <= 0 || !skip(',"q":"')) return null;
  const size = scanDecimal(listened.instrument.sizeScale);
  if (size <= 0) return null;
  if (!skip(',"X":"MARKET"') && skip(',"T":') && scanWhole() < 0) return null;
  if (!skip(',"m":')) return null;
  const isMaker = scanTruth();
  if (isMaker === null || (skip(',"M":') && scanTruth() === null) || !skip('}}') || !isAtEnd()) return null;
  return {
    kind: 'trade',
    instrument: listened.row,
    eventUs,
    receivedUs,
    id: String(id),
    price,
    size,
    taker: isMaker ? 'sell' : 'buy',
  };
}

function scanDepth(listening: Listening, receivedUs: TimeUs): DepthEvent | null {
  const eventUs = msTime(scanWhole());
  if (eventUs === null || (skip(',"T":') && scanWhole() < 0) || !skip(',"s":"')) return null;
  const listened = scanListened(listening);
  if (listened === undefined || !skip(',"U":')) return null;
  const first = scanWhole();
  if (first < 0 || !skip(',"u":')) return null;
  const last = scanWhole();
  if (last < first) return null;
  let previous: number | null = null;
  if (skip(',"pu":')) {
    previous = scanWhole();
    if (previous < 0) return null;
  }
  const { priceScale, sizeScale } = listened.instrument;
  if (!skip(',"b":')) return null;
  const bids = scanLevels(priceScale, sizeScale);
  if (bids === null || !skip(',"a":')) return null;
  const asks = scanLevels(priceScale, sizeScale);
  if (asks === null || !skip('}}') || !isAtEnd()) return null;
  const instrument = listened.row;
  return { kind: 'depth', instrument, eventUs, receivedUs, first, last, previous, bids, asks };
}

type Reader = (data: Fields, listened: Listened, receivedUs: TimeUs) => Said;

const READERS: ReadonlyMap<unknown, Reader> = new Map<string, Reader>([
  ['bookTicker', parseQuote],
  ['trade', parseTrade],
  ['aggTrade', parseTrade],
  ['depthUpdate', parseDepth],
  ['markPriceUpdate', parseMark],
  ['contractInfo', parseContract],
]);

/** By way of JSON, whatever the order of fields. */
export function parseFrame(frame: string, listening: Listening, receivedUs: TimeUs): Said {
  const parsed = parseJson(frame);
  if (!isFields(parsed)) throw new BadFrame('FEED_JSON', 'the JSON is no object', null, parsed);
  const data = parsed['stream'] === undefined ? parsed : fieldsOf(parsed['data'], 'data');
  const event = data['e'];
  const isAnswer = event === undefined && 'result' in data && 'id' in data;
  if (isAnswer) return null;
  const isQuote = event === undefined && 'u' in data && 'b' in data && 'a' in data;
  const read = READERS.get(isQuote ? 'bookTicker' : event);
  if (read === undefined) {
    const known = [...READERS.keys()].join(', ');
    throw new BadFrame('FEED_EVENT_UNKNOWN', `unknown event: ${known} are known`, 'e', event ?? frame);
  }
  const symbol = textOf(data['s'], 's');
  const listened = listening.get(symbol);
  if (listened === undefined) {
    // News of all contracts come on one stream.
    if (read === parseContract) return null;
    const what = `${JSON.stringify(symbol)} is not one of the symbols that are listened to`;
    throw new BadFrame('FEED_SYMBOL_UNKNOWN', what, 's', symbol);
  }
  try {
    return read(data, listened, receivedUs);
  } catch (error) {
    throw error instanceof BadFrame ? new BadMarketFrame(error, listened.row, read === parseDepth) : error;
  }
}

function parseQuote(data: Fields, { row, instrument }: Listened, receivedUs: TimeUs): QuoteEvent {
  // An empty side has a price of 0, which `priceOf` refuses.
  const prices = { sizeScale: instrument.priceScale };
  const updateId = countOf(data['u'], 'u');
  const bid = sizeOf(data['b'], prices, 'b');
  const bidSize = sizeOf(data['B'], instrument, 'B');
  const ask = sizeOf(data['a'], prices, 'a');
  const askSize = sizeOf(data['A'], instrument, 'A');
  if (bid >= ask && ask > 0) {
    const what = `best bid ${textOf(data['b'], 'b')} is not below best ask ${textOf(data['a'], 'a')}`;
    throw new BadFrame('FEED_CROSSED', what, 'b', data['b']);
  }
  const eventUs = data['E'] === undefined ? receivedUs : timeOf(data['E'], msTime, 'E');
  return { kind: 'quote', instrument: row, eventUs, receivedUs, updateId, bid, bidSize, ask, askSize };
}

/** Null for what is no trade of the market: fills of the insurance fund and of auto-deleveraging (`X`). */
function parseTrade(data: Fields, { row, instrument }: Listened, receivedUs: TimeUs): TradeEvent | null {
  if (data['X'] !== undefined && data['X'] !== 'MARKET') return null;
  const eventUs = timeOf(data['E'], msTime, 'E');
  const isMaker = data['m'];
  if (typeof isMaker !== 'boolean') throw new BadFrame('FEED_FIELD', 'must be true or false', 'm', isMaker);
  return {
    kind: 'trade',
    instrument: row,
    eventUs,
    receivedUs,
    id: String(data['e'] === 'aggTrade' ? countOf(data['a'], 'a') : countOf(data['t'], 't')),
    price: priceOf(data['p'], instrument, 'p'),
    size: tradeSizeOf(data['q'], instrument, 'q'),
    taker: isMaker ? 'sell' : 'buy',
  };
}

function parseDepth(data: Fields, { row, instrument }: Listened, receivedUs: TimeUs): DepthEvent {
  const eventUs = timeOf(data['E'], msTime, 'E');
  const first = countOf(data['U'], 'U');
  const last = countOf(data['u'], 'u');
  if (last < first) throw new BadFrame('FEED_FIELD', `the last id is before the first, ${first}`, 'u', last);
  const previous = data['pu'] === undefined ? null : countOf(data['pu'], 'pu');
  const bids = levelsOf(data['b'], instrument, 'b');
  const asks = levelsOf(data['a'], instrument, 'a');
  return { kind: 'depth', instrument: row, eventUs, receivedUs, first, last, previous, bids, asks };
}

/** The answer to a request for depth. Spot gives no time. */
export function readSnapshot(
  body: string,
  { row, instrument }: Listened,
  levelsMax: number,
  receivedUs: TimeUs,
): SnapshotEvent {
  const data = answerOf(body);
  const last = countOf(data['lastUpdateId'], 'lastUpdateId');
  const eventUs = data['E'] === undefined ? receivedUs : timeOf(data['E'], msTime, 'E');
  const bids = levelsOf(data['bids'], instrument, 'bids');
  const asks = levelsOf(data['asks'], instrument, 'asks');
  requireBestFirst(bids, -1, 'bids');
  requireBestFirst(asks, 1, 'asks');
  return { kind: 'snapshot', instrument: row, eventUs, receivedUs, last, levelsMax, bids, asks };
}

function parseMark(data: Fields, { row, instrument }: Listened, receivedUs: TimeUs): VenueMarkEvent {
  const { priceScale } = instrument;
  const mark = roundedOf(data['p'], priceScale, 'p');
  if (mark === 0) throw new BadFrame('FEED_NUMBER', 'a mark is above zero', 'p', data['p']);
  // Dated contracts have no funding: an empty text and a time of 0.
  const { r: rate, T: next } = data;
  return {
    kind: 'mark',
    instrument: row,
    eventUs: timeOf(data['E'], msTime, 'E'),
    receivedUs,
    mark,
    index: data['i'] === undefined ? 0 : roundedOf(data['i'], priceScale, 'i'),
    fundingRate: rate === '' ? null : rateOf(rate, 'r'),
    nextFundingUs: next === 0 ? null : timeOf(next, msTime, 'T'),
    openInterest: null,
  };
}

function parseContract(data: Fields, { row }: Listened): ContractNews {
  return {
    kind: 'contract-news',
    instrument: row,
    eventUs: timeOf(data['E'], msTime, 'E'),
    isTrading: textOf(data['cs'], 'cs') === 'TRADING',
    tiers: data['bks'] === undefined ? null : tiersOf(listOf(data['bks'], 'bks')),
  };
}
