/** Expectations against what is. Every check that fails says what was expected and what there is. */
import {
  add,
  compare,
  fraction,
  parseRational,
  toExactText,
  toText,
  type Rational,
} from '../../core/num/rational.ts';
import type { VenueEventObject } from '../../core/exchange/event-log.ts';
import type { MarketRow } from '../../core/num/units.ts';
import { Form } from '../../core/schema/commands.ts';
import { Level } from '../../core/schema/levels.ts';
import { MARKET_STATE_NAMES } from '../../core/schema/orders.ts';
import { QUALITY_NAMES, Verdict } from '../../core/schema/quality.ts';
import { Reason, REASON_NAMES } from '../../core/schema/reasons.ts';
import { Side } from '../../core/schema/side.ts';
import { LIQUIDATION_OUTCOME_NAMES } from '../../core/schema/venue-events.ts';
import { alertText, eventsText } from './events-text.ts';
import type { Expectation, PlacedCheck, Range, Where } from './expectations.ts';
import {
  accountFigure,
  alertFigure,
  bestOf,
  bucketAt,
  lotsOf,
  markOf,
  openInterest,
  ticksOf,
  type Figure,
} from './figures.ts';
import { orderId } from './order-names.ts';
import { FUND } from './scope.ts';
import type { World } from './world.ts';

export interface Failure {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** The expectation, and of what. */
  readonly subject: string;
  readonly expected: string;
  readonly got: string;
  /** Whose account explains it, where it is about one. */
  readonly account: number | null;
}

interface Answer {
  readonly expected: string;
  readonly got: string;
  readonly holds: boolean;
}

export function checkExpectation(world: World, { subject, checks, file, line }: Expectation): Failure[] {
  const failures: Failure[] = [];
  const account = subject.is === 'account' ? world.accountRow(subject.name) : null;
  const answer = (check: PlacedCheck): Answer => {
    switch (subject.is) {
      case 'account':
        return account! < 0
          ? { expected: `an account ${subject.name}`, got: 'none: what opens it was refused', holds: false }
          : ofAccount(world, account!, check, checks);
      case 'order':
        return ofOrder(world, subject.name, check);
      case 'market':
        return ofMarket(world, subject.name, check);
      case 'line':
        return ofLine(world, check);
    }
  };
  for (const check of checks) {
    const { expected, got, holds } = answer(check);
    if (holds) continue;
    const name = subject.is === 'line' ? 'this line' : subject.name;
    failures.push({
      file,
      line,
      column: check.word.column,
      subject: name,
      expected,
      got,
      account: account !== null && account >= 0 ? account : null,
    });
  }
  return failures;
}

/** Where a clause says that the account was liquidated, its equity and maintenance are those that it was liquidated at. */
function ofAccount(world: World, account: number, check: PlacedCheck, all: readonly PlacedCheck[]): Answer {
  if (check.is === 'flag') return flag(check.name, isSo(world, account, check.name, check.where));
  if (check.is !== 'figure') return never();
  const { name, range, where } = check;
  const begun = all.some((other) => other.is === 'flag' && OUTCOMES.has(other.name))
    ? world.log.events.findLast((event) => event.event === 'liquidation' && event['account'] === account)
    : undefined;
  if (begun !== undefined) {
    const units = 10n ** BigInt(world.decimals);
    if (name === 'equity') return within(name, range, fraction(BigInt(begun['equity']), units));
    if (name === 'mm') return within(name, range, fraction(BigInt(begun['maintenance']), units));
    if (name === 'bankruptcy') return within(name, range, takenOverAt(world, account, where));
  }
  return within(
    where.isolated ? `isolated ${name}` : name,
    range,
    accountFigure(world, account, name, where),
  );
}

const OUTCOMES: ReadonlySet<string> = new Set(['liquidated', ...LIQUIDATION_OUTCOME_NAMES]);

function takenOverAt(world: World, account: number, where: Where): Figure {
  const market = where.market === null ? -1 : world.marketRow(where.market);
  const event = world.log.events.findLast(
    (row) =>
      (row.event === 'takeover' || row.event === 'adl') &&
      row['account'] === account &&
      (market === -1 || row['market'] === market),
  );
  return event === undefined ? null : ticksOf(world, event['market'], event['price']);
}

function isSo(world: World, account: number, name: string, where: Where): boolean {
  const { events } = world.log;
  const ended = events.findLast((event) => event.event === 'liquidation_end' && event['account'] === account);
  const begun = events.some((event) => event.event === 'liquidation' && event['account'] === account);
  const { buckets } = world.report(account);
  const { terms } = world.exchange.engine.book.markets;
  const holds = buckets.some(({ positions }) =>
    positions.some(({ market }) => terms[market]?.form !== Form.collateral),
  );
  switch (name) {
    case 'open':
      return holds && !begun;
    case 'flat':
      return !holds;
    case 'exempt':
      return world.exchange.venue.members.isExempt(account);
    case 'held':
      return world.reference
        .standing()
        .some((row) => row.account === account && row.verdict === Verdict.held);
    case 'liquidated':
      return begun;
    default: {
      if (OUTCOMES.has(name))
        return ended !== undefined && LIQUIDATION_OUTCOME_NAMES[ended['outcome']] === name;
      return bucketAt(world, account, where)?.level === Level[name as keyof typeof Level];
    }
  }
}

function ofOrder(world: World, name: string, check: PlacedCheck): Answer {
  const id = orderId(world, name);
  const seen = id === undefined ? undefined : world.orders.find(id);
  const state = id === 0 ? 'refused' : (seen?.state ?? 'not placed');
  if (check.is === 'order-state') return { expected: check.name, got: state, holds: state === check.name };
  if (check.is !== 'order-figure') return never();
  if (seen === undefined) return { expected: `${check.name} ${check.range.text}`, got: state, holds: false };
  const { market, left, size, price } = seen;
  const figure =
    check.name === 'price'
      ? ticksOf(world, market, price)
      : lotsOf(
          world,
          market,
          BigInt(check.name === 'left' ? left : check.name === 'size' ? size : size - left),
        );
  return within(check.name, check.range, figure);
}

function ofMarket(world: World, name: string, check: PlacedCheck): Answer {
  const row = world.marketRow(name);
  const report = world.reference.inspectMarket(row);
  if (report === null) return { expected: `a market ${name}`, got: 'none: it was refused', holds: false };
  const listing = world.exchange.venue.listings[row];
  if (check.is === 'market-state') {
    const got = listing === null ? 'not listed' : MARKET_STATE_NAMES[listing.state];
    return { expected: `state ${check.name}`, got, holds: got === check.name };
  }
  if (check.is === 'quality') {
    const got = QUALITY_NAMES[report.quality];
    return { expected: `quality ${check.name}`, got, holds: got === check.name };
  }
  if (check.is !== 'market-figure') return never();
  if (check.name === 'bid' || check.name === 'ask') {
    const best = bestOf(world, row, check.name === 'bid' ? Side.bid : Side.ask);
    const price = within(check.name, check.range, best?.price ?? null);
    if (check.size === null || !price.holds) return price;
    return within(`size at the ${check.name}`, check.size, best?.size ?? null);
  }
  return within(check.name, check.range, marketFigure(world, row, check.name, report));
}

function marketFigure(
  world: World,
  row: MarketRow,
  name: 'oi' | 'mark' | 'index' | 'traded' | 'last' | 'backlog',
  { mark, reference }: { readonly mark: bigint | null; readonly reference: bigint | null },
): Figure {
  const trades = world.log.events.filter((event) => event.event === 'trade' && event['market'] === row);
  switch (name) {
    case 'oi':
      return openInterest(world, row);
    case 'mark':
      return mark === null ? null : markOf(world, row, Number(mark));
    case 'index':
      return reference === null ? null : markOf(world, row, Number(reference));
    case 'traded':
      return trades.reduce(
        (sum, event) => add(sum, lotsOf(world, row, BigInt(event['size']))),
        fraction(0n, 1n),
      );
    case 'last': {
      const last = trades.at(-1);
      return last === undefined ? null : ticksOf(world, row, last['price']);
    }
    case 'backlog': {
      const where = { market: world.marketName(row), isolated: false, leg: 'net' } as const;
      return accountFigure(world, world.accountRow(FUND), 'position', where);
    }
  }
}

const EVENT_OF_COUNT = {
  trades: 'trade',
  liquidations: 'liquidation',
  steps: 'step',
  takeovers: 'takeover',
  adls: 'adl',
  deficits: 'deficit',
  fills: 'fill',
} as const;

function ofLine(world: World, check: PlacedCheck): Answer {
  const { reason, events, alerts } = world.log;
  switch (check.is) {
    case 'accepted':
    case 'refused': {
      const expected = check.is === 'refused' ? `refused ${check.reason}` : 'accepted';
      const got = reason === Reason.accepted ? 'accepted' : `refused ${REASON_NAMES[reason]}`;
      return { expected, got, holds: got === expected };
    }
    case 'count': {
      const count =
        check.name === 'alerts'
          ? alerts.length
          : events.filter(({ event }) => event === EVENT_OF_COUNT[check.name as keyof typeof EVENT_OF_COUNT])
              .length;
      return within(check.name, check.range, fraction(BigInt(count), 1n));
    }
    case 'liquidated': {
      const begun = events.filter(({ event }) => event === 'liquidation');
      const got = begun.map((event) => world.accountName(event['account']));
      const expected = `liquidated ${check.names.join(' ')}`;
      return { expected, got: got.join(' ') || 'nobody', holds: got.join(' ') === check.names.join(' ') };
    }
    case 'adls-last':
      return adlsLast(world, events);
    case 'events':
      return inOrder(check.names, events);
    case 'alert':
      return ofAlerts(world, check);
    default:
      return never();
  }
}

function ofAlerts(world: World, check: Extract<PlacedCheck, { is: 'alert' }>): Answer {
  const { alerts } = world.log;
  const rows = check.names.map((name) => world.accountRow(name));
  const found = alerts.some(
    (alert) =>
      alert.name === check.name &&
      rows.every((row) => alert.accounts.includes(row)) &&
      check.figures.every(({ name, range }) => isWithin(range, alertFigure(world, alert, name))),
  );
  const figures = check.figures.map(({ name, range }) => `${name} ${range.text}`);
  const told = alerts.filter(({ name }) => name === check.name).map((alert) => alertText(world, alert));
  return {
    expected: [check.wanted ? 'alert' : 'no alert', check.name, ...check.names, ...figures].join(' '),
    got: told.length === 0 ? `no alert ${check.name}` : told.join(' / '),
    holds: found === check.wanted,
  };
}

/** One after the other; others may stand between them. */
function inOrder(names: readonly string[], events: readonly VenueEventObject[]): Answer {
  let at = 0;
  for (const { event } of events) if (event === names[at]) at++;
  const got = events.map(({ event }) => event).filter((name) => name !== 'cut');
  const shown = got.length > 24 ? [...got.slice(0, 24), `… and ${got.length - 24} more`] : got;
  return {
    expected: `events ${names.join(' ')}`,
    got: shown.join(' ') || 'no events',
    holds: at === names.length,
  };
}

function adlsLast(world: World, events: readonly VenueEventObject[]): Answer {
  const expected = 'all close-outs and takeovers of a cut before its first ADL';
  let hasAdl = false;
  for (const event of events) {
    if (event.event === 'cut') hasAdl = false;
    else if (event.event === 'adl') hasAdl = true;
    else if (
      hasAdl &&
      (event.event === 'liquidation' || event.event === 'step' || event.event === 'takeover')
    )
      return { expected, got: `after an ADL: ${eventsText(world, [event])[0]}`, holds: false };
  }
  return { expected, got: expected, holds: true };
}

function flag(name: string, holds: boolean): Answer {
  return { expected: name, got: holds ? name : `not ${name}`, holds };
}

function within(name: string, range: Range, figure: Figure): Answer {
  return {
    expected: `${name} ${range.text}`,
    got: `${name} ${figure === null ? 'none' : decimalText(figure)}`,
    holds: isWithin(range, figure),
  };
}

function isWithin({ low, high }: Range, figure: Figure): boolean {
  if (low === null && high === null) return figure === null;
  if (figure === null) return false;
  if (low !== null && compare(figure, parseRational(low)!) < 0) return false;
  return high === null || compare(figure, parseRational(high)!) <= 0;
}

/** All its decimals where it has an end, else twelve digits. */
function decimalText(value: Rational): string {
  return toExactText(value) ?? toText(value);
}

/** The parser gives every subject the checks that there are for it. */
function never(): Answer {
  throw new Error('a check of another subject');
}
