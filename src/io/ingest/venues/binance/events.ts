/**
 * One captured line into what it says: `<local receive time, ns> <what the venue sent>`.
 *
 * Lines of the shape that the venue writes are matched by one pattern each, which accepts less than JSON does and so
 * cannot take a malformed line for a whole one. Every other line is parsed as JSON and looked at field by field, which is
 * slower and finds out what is wrong. Both ways give the same events (events.test.ts).
 *
 * Of depth updates only the ids are kept and of trades nothing: marks are made from best bid and ask.
 */

/** `bid` and `ask` are decimal text, not yet checked as prices. Times of the venue are milliseconds; null for spot, which has none. */
export interface BookTicker {
  readonly type: 'bookTicker';
  readonly localUs: number;
  readonly eventMs: number | null;
  readonly market: string;
  readonly updateId: number;
  readonly bid: string;
  readonly ask: string;
}

/** Updates `first` to `last` of a market's book; `previous` (USD-M only) is the last of the update before. */
export interface Depth {
  readonly type: 'depth';
  readonly market: string;
  readonly first: number;
  readonly last: number;
  readonly previous: number | null;
}

export interface Other {
  readonly type: 'trade' | 'snapshot';
}

/** Why a line is none of these. */
export interface Malformed {
  readonly type: 'malformed';
  readonly code: 'CAPTURE_LINE' | 'CAPTURE_JSON' | 'CAPTURE_EVENT_UNKNOWN' | 'CAPTURE_FIELD';
  readonly what: string;
  readonly field: string | null;
  readonly value: unknown;
}

export type CaptureEvent = BookTicker | Depth | Other | Malformed;

const TRADE: Other = { type: 'trade' };
const SNAPSHOT: Other = { type: 'snapshot' };

const STREAM = String.raw`^(\d{13,16})\d{3} \{"stream":"[a-z0-9_]+@`;
const PRICE = String.raw`\d{1,12}(?:\.\d{1,12})?`;
// Without leading zeros, which JSON has not.
const ID = String.raw`(?:0|[1-9]\d{0,14})`;
const TICKER_LINE = new RegExp(
  `${STREAM}bookTicker","data":\\{(?:"e":"bookTicker",)?"u":(${ID}),"s":"([A-Z0-9_]+)","b":"(${PRICE})","B":"${PRICE}","a":"(${PRICE})","A":"${PRICE}"(?:,"T":${ID},"E":(${ID}))?\\}\\}$`,
);
const DEPTH_HEAD = new RegExp(
  `${STREAM}depth(?:@\\d+ms)?","data":\\{"e":"depthUpdate","E":${ID},(?:"T":${ID},)?"s":"([A-Z0-9_]+)","U":(${ID}),"u":(${ID}),(?:"pu":(${ID}),)?"b":`,
);
const LEVELS = String.raw`\[(?:\["${PRICE}","${PRICE}"\](?:,(?=\[)|(?=\])))*\]`;
const DEPTH_TAIL = new RegExp(`${LEVELS},"a":${LEVELS}\\}\\}$`, 'y');
const TRADE_LINE = new RegExp(
  `${STREAM}trade","data":\\{"e":"trade","E":${ID},(?:"T":${ID},)?"s":"[A-Z0-9_]+","t":${ID},"p":"${PRICE}","q":"${PRICE}"(?:,"X":"[A-Z_]+")?(?:,"T":${ID})?,"m":(?:true|false)(?:,"M":(?:true|false))?\\}\\}$`,
);

export function decodeLine(line: string): CaptureEvent {
  const at = line.indexOf('@');
  const kind = at === -1 ? '' : line.slice(at + 1, at + 3);
  if (kind === 'bo') {
    const match = TICKER_LINE.exec(line);
    if (match !== null) {
      const [, localUs, updateId, market, bid, ask, eventMs] = match as unknown as [
        string,
        string,
        string,
        string,
        string,
        string,
        string | undefined,
      ];
      return {
        type: 'bookTicker',
        localUs: Number(localUs),
        eventMs: eventMs === undefined ? null : Number(eventMs),
        market,
        updateId: Number(updateId),
        bid,
        ask,
      };
    }
  } else if (kind === 'de') {
    const match = DEPTH_HEAD.exec(line);
    if (match !== null) {
      DEPTH_TAIL.lastIndex = match[0].length;
      if (DEPTH_TAIL.test(line)) {
        const [, , market, first, last, previous] = match as unknown as [
          string,
          string,
          string,
          string,
          string,
          string | undefined,
        ];
        return {
          type: 'depth',
          market,
          first: Number(first),
          last: Number(last),
          previous: previous === undefined ? null : Number(previous),
        };
      }
    }
  } else if (kind === 'tr' && TRADE_LINE.test(line)) {
    return TRADE;
  }
  return decodeSlowly(line);
}

/** The same by way of JSON, whatever the order of fields, for lines of another shape and for what is wrong with them. */
export function decodeSlowly(line: string): CaptureEvent {
  const space = line.indexOf(' ');
  const time = line.slice(0, space);
  if (space === -1 || !/^\d{16,19}$/.test(time)) {
    return malformed('CAPTURE_LINE', 'a line is `<local time in ns> <JSON>`', null, line);
  }
  let parsed: unknown;
  try {
    parsed = JSON.parse(line.slice(space + 1));
  } catch (error) {
    return malformed(
      'CAPTURE_JSON',
      `malformed JSON: ${(error as Error).message}`,
      null,
      line.slice(space + 1),
    );
  }
  if (!isRecord(parsed)) return malformed('CAPTURE_JSON', 'the JSON is no object', null, parsed);
  const data = parsed['stream'] === undefined ? parsed : parsed['data'];
  if (!isRecord(data)) return malformed('CAPTURE_FIELD', 'is no object', 'data', data);
  const event = data['e'];
  if (event === 'bookTicker' || (event === undefined && 'b' in data && 'a' in data && 'u' in data))
    return tickerOf(data, Number(time.slice(0, -3)));
  if (event === 'depthUpdate') return depthOf(data);
  if (event === 'trade') return TRADE;
  if (event === undefined && 'lastUpdateId' in data) return SNAPSHOT;
  return malformed(
    'CAPTURE_EVENT_UNKNOWN',
    'unknown event: bookTicker, depthUpdate, trade and depth snapshots are known',
    'e',
    event ?? line.slice(space + 1),
  );
}

type Fields = Record<string, unknown>;

function tickerOf(data: Fields, localUs: number): CaptureEvent {
  const wrong =
    checkText(data, 's') ??
    checkWhole(data, 'u') ??
    checkText(data, 'b') ??
    checkText(data, 'a') ??
    (data['E'] === undefined ? null : checkWhole(data, 'E'));
  if (wrong !== null) return wrong;
  return {
    type: 'bookTicker',
    localUs,
    eventMs: (data['E'] as number | undefined) ?? null,
    market: data['s'] as string,
    updateId: data['u'] as number,
    bid: data['b'] as string,
    ask: data['a'] as string,
  };
}

function depthOf(data: Fields): CaptureEvent {
  const wrong =
    checkText(data, 's') ??
    checkWhole(data, 'U') ??
    checkWhole(data, 'u') ??
    (data['pu'] === undefined ? null : checkWhole(data, 'pu'));
  if (wrong !== null) return wrong;
  return {
    type: 'depth',
    market: data['s'] as string,
    first: data['U'] as number,
    last: data['u'] as number,
    previous: (data['pu'] as number | undefined) ?? null,
  };
}

function checkText(data: Fields, field: string): Malformed | null {
  return typeof data[field] === 'string'
    ? null
    : malformed(
        'CAPTURE_FIELD',
        `must be text${data[field] === undefined ? ', and is missing' : ''}`,
        field,
        data[field],
      );
}

function checkWhole(data: Fields, field: string): Malformed | null {
  const value = data[field];
  return Number.isSafeInteger(value) && (value as number) >= 0
    ? null
    : malformed(
        'CAPTURE_FIELD',
        `must be a whole number from 0 to 2^53 - 1${value === undefined ? ', and is missing' : ''}`,
        field,
        value,
      );
}

function isRecord(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function malformed(code: Malformed['code'], what: string, field: string | null, value: unknown): Malformed {
  return { type: 'malformed', code, what, field, value };
}
