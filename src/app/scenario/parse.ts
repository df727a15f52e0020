/**
 * A scenario file, parsed: every statement with its options, every name known, every number a number. Nothing is run here and
 * nothing is read but the text; whatever cannot be used is thrown with file, line, column, word, and what was meant.
 */
import { QUALITY_NAMES, USE_NAMES } from '../../core/schema/quality.ts';
import { didYouMean } from '../../io/ingest/nearest.ts';
import { Cursor } from './cursor.ts';
import { parseCrowd, parseLadder, parsePath } from './parse-crowd.ts';
import { parseExpectation } from './parse-expectation.ts';
import {
  parseAsset,
  parseListing,
  parseMarket,
  parseSettings,
  parseTiers,
  parseVenue,
} from './parse-market.ts';
import { parseAmend, parseCancel, parsePlace, parseTime, parseTrade } from './parse-order.ts';
import { Scope } from './scope.ts';
import type { Scenario, ScenarioLine, Statement } from './statements.ts';
import { quoted, readWords, scenarioError, type Word } from './words.ts';

export function parseScenario(text: string, file: string): Scenario {
  const { rule, sentence, lines } = readWords(text, file);
  const scope = new Scope();
  const parsed = lines.map((line): ScenarioLine => {
    const [head, ...rest] = line.statement;
    const cursor = new Cursor(rest, line, line.end, scope);
    const parse = Object.hasOwn(STATEMENTS, head.text) ? STATEMENTS[head.text] : undefined;
    if (parse === undefined)
      throw scenarioError(
        line,
        head.column,
        head.text,
        `${quoted(head.text)} is no statement${didYouMean(head.text, Object.keys(STATEMENTS)) || `; there are ${Object.keys(STATEMENTS).join(', ')}`}`,
      );
    const statement = parse(cursor);
    cursor.end();
    // Where there is one market, that is the one that is meant.
    const market = marketOf(statement) ?? (scope.markets.size === 1 ? [...scope.markets][0] : null);
    return {
      file,
      line: line.line,
      text: line.text,
      statement,
      expectations: line.clauses.map((clause) => parseExpectation(clause, scope, market)),
    };
  });
  return { file, rule, sentence, lines: parsed };
}

/** The market that a statement is about, where it is about one. */
function marketOf(statement: Statement): string | null {
  if (statement.kind === 'mark') return statement.marks[0].market.text;
  if (statement.kind === 'path') return statement.markets[0].market.text;
  return 'market' in statement ? (statement.market?.text ?? null) : null;
}

const STATEMENTS: Readonly<Record<string, (cursor: Cursor) => Statement>> = {
  settings: parseSettings,
  venue: parseVenue,
  market: parseMarket,
  listing: parseListing,
  asset: parseAsset,
  tiers: (cursor) => {
    const market = cursor.market();
    const tiers = parseTiers(cursor);
    return { kind: 'tiers', market, tiers, from: cursor.take('from') ? parseTime(cursor) : null };
  },
  account: (cursor) => {
    const accounts: Word[] = [];
    do accounts.push(openAccount(cursor));
    while (!cursor.isDone);
    return { kind: 'account', accounts };
  },
  deposit: (cursor) => {
    const account = opensAccount(cursor);
    const amount = cursor.decimal('an amount');
    return { kind: 'deposit', account, amount, asset: cursor.isDone ? null : cursor.asset() };
  },
  withdraw: (cursor) => {
    const account = cursor.account();
    const amount = cursor.decimal('an amount');
    return { kind: 'withdraw', account, amount, asset: cursor.isDone ? null : cursor.asset() };
  },
  margin: (cursor) => {
    const account = cursor.account();
    const market = cursor.market();
    const amount = cursor.decimal('a signed amount');
    const leg = cursor.isDone ? 'net' : cursor.choice('a leg', ['net', 'long', 'short']);
    return { kind: 'margin', account, market, amount, leg };
  },
  leverage: (cursor) => ({
    kind: 'leverage',
    account: cursor.account(),
    market: cursor.market(),
    leverage: cursor.whole('a leverage', 0),
  }),
  mode: (cursor) => {
    const account = cursor.account();
    if (cursor.ahead === 'hedge' || cursor.ahead === 'one-way')
      return { kind: 'mode', account, market: null, mode: cursor.choice('a mode', ['hedge', 'one-way']) };
    const market = cursor.market();
    return { kind: 'mode', account, market, mode: cursor.choice('a mode', ['isolated', 'cross']) };
  },
  exempt: (cursor) => {
    const account = cursor.account();
    const exempt = cursor.choice('yes or no', ['yes', 'no']) === 'yes';
    return { kind: 'exempt', account, exempt, why: cursor.isDone ? '' : cursor.word('who and why').text };
  },
  buy: (cursor) => parsePlace(cursor, 'buy'),
  sell: (cursor) => parsePlace(cursor, 'sell'),
  amend: parseAmend,
  cancel: parseCancel,
  'cancel-all': (cursor) => ({
    kind: 'cancel-all',
    account: cursor.account(),
    market: cursor.isDone ? null : cursor.market(),
  }),
  disconnect: (cursor) => ({
    kind: 'disconnect',
    account: cursor.account(),
    session: cursor.whole('a number of a session', 0),
  }),
  trade: parseTrade,
  mark: (cursor) => {
    const marks: { market: Word; price: Word }[] = [];
    do marks.push({ market: priced(cursor), price: cursor.decimal('a price') });
    while (!cursor.isDone);
    return { kind: 'mark', marks };
  },
  index: (cursor) => ({ kind: 'index', market: cursor.market(), price: cursor.decimal('a price') }),
  quality: parseQuality,
  funding: (cursor) => ({ kind: 'funding', market: cursor.market(), rate: cursor.rate('a funding rate') }),
  state: (cursor) => {
    const market = cursor.take('all') ? null : cursor.market();
    const state = cursor.choice('a state', ['active', 'reduce-only', 'halted', 'settling']);
    return { kind: 'state', market, state, why: cursor.isDone ? '' : cursor.word('why').text };
  },
  bands: (cursor) => {
    const market = cursor.market();
    const bound = (): Word | null => (cursor.take('none') ? null : cursor.decimal('a price, or none'));
    return { kind: 'bands', market, low: bound(), high: bound() };
  },
  at: (cursor) => ({ kind: 'clock', time: parseTime(cursor) }),
  wait: (cursor) => ({ kind: 'clock', time: { is: 'span', us: cursor.duration('a time span') } }),
  settle: (cursor) => {
    const market = cursor.market();
    cursor.expect('at', 'a price');
    return { kind: 'settle', market, price: cursor.decimal('a price') };
  },
  breaker: (cursor) => {
    cursor.expect('share', 'a share of accounts');
    const share = cursor.rate('a share of accounts');
    cursor.expect('least', 'a number of accounts');
    return { kind: 'breaker', share, least: cursor.whole('a number of accounts', 1) };
  },
  lift: (cursor) => ({ kind: 'lift', market: cursor.market() }),
  path: parsePath,
  crowd: parseCrowd,
  ladder: parseLadder,
};

function parseQuality(cursor: Cursor): Statement {
  const market = cursor.market();
  const quality = cursor.choice('a quality', QUALITY_NAMES);
  let allows: string[] | null = null;
  let mark: Word | null = null;
  let reference: Word | null = null;
  cursor.options({
    allows: () => {
      const uses: string[] = [];
      if (!cursor.take('nothing'))
        do uses.push(cursor.choice('a use', USE_NAMES));
        while ((USE_NAMES as readonly string[]).includes(cursor.ahead ?? ''));
      allows = uses;
    },
    mark: () => (mark = cursor.decimal('a price')),
    reference: () => (reference = cursor.decimal('a price')),
  });
  return { kind: 'quality', market, quality, allows, mark, reference };
}

/** A market, or an asset held as collateral: both have marks. */
function priced(cursor: Cursor): Word {
  return cursor.ahead !== null && cursor.scope.assets.has(cursor.ahead) ? cursor.asset() : cursor.market();
}

function openAccount(cursor: Cursor): Word {
  const word = cursor.newName('a name for the account');
  cursor.scope.accounts.add(word.text);
  return word;
}

/** An account by its name, opened where it was not yet. */
function opensAccount(cursor: Cursor): Word {
  const { ahead } = cursor;
  return ahead !== null && cursor.scope.accounts.has(ahead) ? cursor.account() : openAccount(cursor);
}
