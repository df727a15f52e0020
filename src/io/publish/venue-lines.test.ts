import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { EventLog } from '../../core/exchange/event-log.ts';
import { Exchange } from '../../core/exchange/exchange.ts';
import { ExchangeFacts } from '../../core/exchange/surveillance/exchange-facts.ts';
import { Surveillance } from '../../core/exchange/surveillance/surveillance.ts';
import type { TimeUs } from '../../core/num/units.ts';
import { Kind } from '../../core/schema/commands.ts';
import { Reason, REASON_NAMES } from '../../core/schema/reasons.ts';
import { VENUE_KIND_NAMES } from '../../core/schema/venue-commands.ts';
import { VENUE_EVENT_NAMES, VenueEvent } from '../../core/schema/venue-events.ts';
import { Registry } from '../ingest/file/registry.ts';
import { decodeVenueLine } from '../ingest/file/venue-decode.ts';
import { problemAt } from '../ingest/problem.ts';
import { alertLine } from './alert-lines.ts';
import { answerLine, problemLine, withCommand } from './answer-lines.ts';
import { commandName, eventLines } from './venue-lines.ts';

const page = readFileSync(new URL('../../../docs/reference/exchange.md', import.meta.url), 'utf8');
/** Lines of JSON in the page, with the heading they stand under. */
const examples = page.split(/^##+ /m).flatMap((section) => {
  const heading = section.slice(0, section.indexOf('\n'));
  return [...section.matchAll(/^\{"(?:kind|sequence)":.*\}$/gm)].map(([line]) => ({ heading, line }));
});
const commands = examples.filter(({ line }) => line.startsWith('{"kind"'));
const said = examples.filter(({ line }) => line.startsWith('{"sequence"'));
const events = said.filter(({ heading }) => !heading.startsWith('alert '));

/** Everything that the page's commands cause, and what became of each. */
function played(): { lines: Set<string>; reasons: { heading: string; reason: string }[] } {
  const exchange = new Exchange();
  const registry = new Registry();
  const watchers = new Surveillance(new ExchangeFacts(exchange.venue));
  const lines = new Set<string>();
  const reasons: { heading: string; reason: string }[] = [];
  const marketOf = (account: number, order: number, clientId: number): never | null => {
    const { orders } = exchange.venue;
    const row = order === 0 ? orders.findClient(account, clientId) : orders.find(order);
    return row < 0 ? null : (orders.market(row) as never);
  };
  for (const [at, { heading, line }] of commands.entries()) {
    const command = decodeVenueLine(line, registry, 0 as TimeUs, marketOf);
    const reason = exchange.apply(command);
    registry.learn(command, { reason, refusals: [] });
    const { sequence, timeUs } = exchange;
    const answer = answerLine(commandName(command), reason, sequence, timeUs, at + 1);
    lines.add(answer).add(withCommand(answer, line));
    for (const text of eventLines(exchange.events, sequence, timeUs, registry)) lines.add(text);
    for (const alert of watchers.observe(timeUs, exchange.events))
      lines.add(alertLine(alert, sequence, 1, registry));
    reasons.push({ heading, reason: REASON_NAMES[reason] });
  }
  // What is not said yet is shown as it would be.
  const settled = new EventLog();
  settled.emit(VenueEvent.charge, 3, 0, 0, 0, 7, 2, 600_000);
  for (const text of eventLines(settled, exchange.sequence, exchange.timeUs, registry)) lines.add(text);
  return { lines, reasons };
}

describe('docs/reference/exchange.md', () => {
  it('has an example of every command and every event under its own heading', () => {
    const kinds = commands.filter(({ heading, line }) => line.startsWith(`{"kind":"${heading}"`));
    expect(new Set(kinds.map(({ heading }) => heading))).toEqual(new Set(VENUE_KIND_NAMES));
    const shown = events.filter(({ heading, line }) => line.includes(`"event":"${heading.slice(6)}"`));
    expect(new Set(shown.map(({ heading }) => heading.slice(6)))).toEqual(new Set(VENUE_EVENT_NAMES));
  });

  it('has commands that are taken, but for the one that shows a refusal', () => {
    const refused = played().reasons.filter(({ reason }) => reason !== 'accepted');
    expect(refused).toEqual([{ heading: 'Answers', reason: 'market_settling' }]);
  });

  it('has events that these commands cause, to the letter', () => {
    const { lines } = played();
    expect(said.filter(({ line }) => !lines.has(line))).toEqual([]);
  });
});

describe('lines', () => {
  const registry = new Registry();
  const head = { timeUs: 0 as TimeUs, origin: null };

  it('an answer names the command and the reason', () => {
    const command = { kind: Kind.account, ...head, name: 'a' } as const;
    expect(JSON.parse(answerLine(commandName(command), Reason.duplicate, null, 1_500_000, 7))).toEqual({
      sequence: null,
      time: '1970-01-01T00:00:01.500000Z',
      event: 'command',
      kind: 'account',
      line: 7,
      reason: 'duplicate',
    });
  });

  it('a problem is an answer with its code, message, field and value', () => {
    const problem = problemAt('COMMAND_NUMBER', 'client 1', 3, 'is not above zero', 'size', '-1');
    expect(JSON.parse(problemLine(problem, 5, 0))).toMatchObject({
      sequence: 5,
      event: 'command',
      kind: null,
      line: 3,
      reason: 'COMMAND_NUMBER',
      message: 'client 1:3: size: is not above zero',
      field: 'size',
      value: '-1',
    });
  });

  it('an alert has its figures in the units of its market', () => {
    const told = new Registry();
    told.learn({ kind: Kind.settings, ...head, decimals: 2, asset: 'USD' } as never);
    told.learn({ kind: Kind.market, ...head, name: 'M', tick: '0.5', lot: '0.1', markTick: '0.1' } as never);
    told.learn({ kind: Kind.account, ...head, name: 'a' });
    const figures = { positionLots: -15, withdrawnUnits: 150, sinceUs: 2_500_000, count: 3 };
    const alert = { name: 'self-liquidation', timeUs: 1_500_000, accounts: [0], figures } as const;
    expect(JSON.parse(alertLine({ ...alert, market: 0 }, 9, 4, told))).toEqual({
      sequence: 9,
      time: '1970-01-01T00:00:01.500000Z',
      event: 'alert',
      kind: 'self_liquidation',
      market: 'M',
      accounts: ['a'],
      figures: { position: '-1.5', withdrawn: '1.5', since: '2.5s', count: 3 },
      watchedSince: 4,
    });
    expect(JSON.parse(alertLine({ ...alert, market: -1, figures: {} }, 9, 4, told))).not.toHaveProperty(
      'market',
    );
  });

  it('every event can be written, whatever is none in it', () => {
    registry.learn({ kind: Kind.settings, ...head, decimals: 2, asset: 'USD' } as never);
    registry.learn({
      kind: Kind.market,
      ...head,
      name: 'M',
      tick: '0.5',
      lot: '0.1',
      markTick: '0.1',
    } as never);
    registry.learn({ kind: Kind.account, ...head, name: 'a' });
    for (const name of VENUE_EVENT_NAMES) {
      const log = new EventLog();
      log.emit(VenueEvent[name]);
      const [line] = eventLines(log, 1, 0, registry);
      const { event, ...rest } = JSON.parse(line) as Record<string, unknown>;
      expect(event).toBe(name);
      expect(Object.values(rest)).not.toContain(null);
    }
  });
});
