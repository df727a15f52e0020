/**
 * What stands between two bars:
 *
 *   ACCOUNT checks            figures and states; a market's name, `isolated`, `long` or `short` say of what the next ones are
 *   order NAME checks
 *   MARKET checks             also without the name, of the line's market
 *   refused REASON, accepted, events A B …, trades 2, alert KIND NAMES …
 */
import { parseDecimal } from '../../core/num/decimal.ts';
import { QUALITY_NAMES } from '../../core/schema/quality.ts';
import { MARKET_STATE_NAMES } from '../../core/schema/orders.ts';
import { Reason } from '../../core/schema/reasons.ts';
import { VENUE_EVENT_NAMES } from '../../core/schema/venue-events.ts';
import { ALERT_FIGURES, ALERT_NAMES } from '../../core/exchange/surveillance/alerts.ts';
import { didYouMean } from '../../io/ingest/nearest.ts';
import { Cursor } from './cursor.ts';
import {
  ACCOUNT_FLAGS,
  BUCKET_FIGURES,
  COUNTS,
  LINE_FIGURES,
  MARKET_FIGURES,
  ORDER_FIGURES,
  ORDER_STATES,
  POSITION_FIGURES,
  type AccountFigure,
  type Check,
  type Expectation,
  type PlacedCheck,
  type Range,
  type Where,
} from './expectations.ts';
import { FUND, type Scope } from './scope.ts';
import { quoted, type Clause, type Word } from './words.ts';

const REASONS = Object.keys(Reason).filter((name) => name !== 'accepted');
const FIGURES: readonly string[] = [...BUCKET_FIGURES, ...POSITION_FIGURES, ...LINE_FIGURES];
const LINE_WORDS: readonly string[] = [
  ...COUNTS,
  'events',
  'refused',
  'accepted',
  'liquidated',
  'adls-last',
  'alert',
  'no-alert',
];
const MARKET_WORDS: readonly string[] = [...MARKET_FIGURES, 'state', 'quality'];

/** `market` is the one that the line is about, where it is about one. */
export function parseExpectation(clause: Clause, scope: Scope, market: string | null): Expectation {
  const { file, line, words, end } = clause;
  const cursor = new Cursor(words, clause, end, scope);
  const first = cursor.ahead;
  if (first === null) throw cursor.fail(null, 'an expectation is missing after the bar');
  const done = (subject: Expectation['subject'], checks: PlacedCheck[]): Expectation => {
    if (checks.length === 0) throw cursor.fail(null, `what is expected of ${first} is missing`);
    return { file, line, subject, text: words.map(({ text }) => text).join(' '), checks };
  };
  const all = (read: () => Check | null): PlacedCheck[] => {
    const checks: PlacedCheck[] = [];
    while (!cursor.isDone) {
      const word = words[words.length - cursor.left];
      const check = read();
      if (check !== null) checks.push({ ...check, word });
    }
    return checks;
  };
  if (first === 'fund' || scope.accounts.has(first)) {
    cursor.word('an account');
    return done({ is: 'account', name: first === 'fund' ? FUND : first }, all(accountReader(cursor, market)));
  }
  if (cursor.take('order')) {
    const name = cursor.order().text;
    return done(
      { is: 'order', name },
      all(() => readOrder(cursor)),
    );
  }
  if (scope.markets.has(first)) {
    cursor.word('a market');
    return done(
      { is: 'market', name: first },
      all(() => readMarket(cursor)),
    );
  }
  if (MARKET_WORDS.includes(first)) {
    if (market === null) throw cursor.fail(words[0], `say of which market: "| MARKET ${first} …"`);
    return done(
      { is: 'market', name: market },
      all(() => readMarket(cursor)),
    );
  }
  if (LINE_WORDS.includes(first))
    return done(
      { is: 'line' },
      all(() => readLine(cursor)),
    );
  const known = [...scope.accounts, ...scope.markets, ...MARKET_WORDS, ...LINE_WORDS, 'fund', 'order'];
  throw cursor.fail(
    words[0],
    `${quoted(first)} is no account, market, nor word that an expectation begins with${didYouMean(first, known) || `: these are fund, order, ${[...MARKET_WORDS, ...LINE_WORDS].join(', ')}`}`,
  );
}

function accountReader(cursor: Cursor, market: string | null): () => Check | null {
  let where: Where = { market, isolated: false, leg: 'net' };
  return () => {
    const word = cursor.word('a check');
    const { text } = word;
    const { markets, assets } = cursor.scope;
    if (markets.has(text) || assets.has(text)) where = { ...where, market: text };
    else if (text === 'isolated' || text === 'cross') where = { ...where, isolated: text === 'isolated' };
    else if (text === 'long' || text === 'short') where = { ...where, leg: text };
    else if (FIGURES.includes(text)) {
      const name = text as AccountFigure;
      const needsMarket =
        where.isolated || (POSITION_FIGURES as readonly string[]).includes(name) || name === 'balance';
      if (needsMarket && where.market === null)
        throw cursor.fail(word, `say in which market: put its name before ${quoted(text)}`);
      return { is: 'figure', name, range: readRange(cursor, text), where };
    } else if ((ACCOUNT_FLAGS as readonly string[]).includes(text))
      return { is: 'flag', name: text as (typeof ACCOUNT_FLAGS)[number], where };
    else {
      const known = [...FIGURES, ...ACCOUNT_FLAGS, 'isolated', 'cross', 'long', 'short', ...markets];
      throw cursor.fail(
        word,
        `${quoted(text)} is nothing that an account is asked for${didYouMean(text, known) || `; known are ${[...FIGURES, ...ACCOUNT_FLAGS].join(', ')}`}`,
      );
    }
    return null;
  };
}

function readOrder(cursor: Cursor): Check {
  const word = cursor.choice('what an order is asked for', [...ORDER_STATES, 'left', 'price', 'size']);
  // `filled` is a state, and with a number how much of it.
  if (word === 'filled' && isRangeAhead(cursor))
    return { is: 'order-figure', name: 'filled', range: readRange(cursor, word) };
  if ((ORDER_FIGURES as readonly string[]).includes(word) && word !== 'filled')
    return {
      is: 'order-figure',
      name: word as (typeof ORDER_FIGURES)[number],
      range: readRange(cursor, word),
    };
  return { is: 'order-state', name: word as (typeof ORDER_STATES)[number] };
}

function readMarket(cursor: Cursor): Check {
  const name = cursor.choice('what a market is asked for', [...MARKET_FIGURES, 'state', 'quality']);
  if (name === 'state')
    return {
      is: 'market-state',
      name: underscored(cursor.choice('a state', MARKET_STATE_NAMES.map(dashed))),
    };
  if (name === 'quality') return { is: 'quality', name: cursor.choice('a quality', QUALITY_NAMES) };
  const range = readRange(cursor, name);
  const hasSize = (name === 'bid' || name === 'ask') && isRangeAhead(cursor);
  return { is: 'market-figure', name, range, size: hasSize ? readRange(cursor, 'size') : null };
}

function readLine(cursor: Cursor): Check {
  const word = cursor.word('a check');
  switch (word.text) {
    case 'accepted':
      return { is: 'accepted' };
    case 'adls-last':
      return { is: 'adls-last' };
    case 'refused':
      return { is: 'refused', reason: cursor.choice('a reason', REASONS) };
    case 'events': {
      const names: string[] = [];
      while (!cursor.isDone) names.push(cursor.choice('an event', VENUE_EVENT_NAMES));
      if (names.length === 0) throw cursor.fail(null, 'the names of events are missing');
      return { is: 'events', names };
    }
    case 'liquidated':
      return { is: 'liquidated', names: accounts(cursor) };
    case 'alert':
    case 'no-alert': {
      const name = cursor.choice('an alert', ALERT_NAMES);
      const names: string[] = [];
      const figures: { name: string; range: Range }[] = [];
      while (!cursor.isDone) {
        if (figures.length === 0 && cursor.scope.accounts.has(cursor.ahead!))
          names.push(cursor.account().text);
        else {
          const figure = cursor.choice('an account, or a figure of alerts', ALERT_FIGURES);
          figures.push({ name: figure, range: readRange(cursor, figure) });
        }
      }
      return { is: 'alert', name, names, figures, wanted: word.text === 'alert' };
    }
    default:
      if ((COUNTS as readonly string[]).includes(word.text))
        return {
          is: 'count',
          name: word.text as (typeof COUNTS)[number],
          range: readRange(cursor, word.text),
        };
      throw cursor.fail(
        word,
        `${quoted(word.text)} cannot follow here: start another expectation with a bar`,
      );
  }
}

function accounts(cursor: Cursor): string[] {
  const names: string[] = [];
  do names.push(cursor.account().text);
  while (!cursor.isDone);
  return names;
}

function isRangeAhead(cursor: Cursor): boolean {
  return cursor.ahead !== null && rangeOf(cursor.ahead) !== null;
}

function readRange(cursor: Cursor, what: string): Range {
  const word: Word = cursor.word(`the expected ${what}`);
  const range = rangeOf(word.text);
  if (range !== null) return range;
  throw cursor.fail(
    word,
    `${quoted(word.text)} is no figure for ${what}: expected a decimal number, a range such as 1911..1912, >=5, <=5, or none`,
  );
}

function rangeOf(text: string): Range | null {
  if (text === 'none') return { text, low: null, high: null };
  const number = (part: string): string | null => {
    const plain = part.replace(/^\+/, '');
    return parseDecimal(plain) === null ? null : plain;
  };
  if (text.startsWith('>=') || text.startsWith('<=')) {
    const bound = number(text.slice(2));
    if (bound === null) return null;
    return text.startsWith('>') ? { text, low: bound, high: null } : { text, low: null, high: bound };
  }
  const at = text.indexOf('..');
  const low = number(at === -1 ? text : text.slice(0, at));
  const high = number(at === -1 ? text : text.slice(at + 2));
  return low === null || high === null ? null : { text, low, high };
}

export function dashed(name: string): string {
  return name.replaceAll('_', '-');
}

export function underscored(name: string): string {
  return name.replaceAll('-', '_');
}
