import { describe, expect, test } from 'vitest';
import { OperationalError } from '../../io/operational-error.ts';
import { parseScenario } from './parse.ts';
import type { Statement } from './statements.ts';

const HEAD = '# RULE-1  A sentence that holds.';
const MARKET = 'market M tick 1 lot 1\ndeposit a 10\ndeposit b 10';

function linesOf(body: string) {
  return parseScenario(`${HEAD}\n${body}\n`, 'x.scenario').lines;
}

/** The last statement of a market with two accounts. */
function statementOf(line: string): Statement {
  return linesOf(`${MARKET}\n${line}`).at(-1)!.statement;
}

function expectationsOf(clauses: string) {
  return linesOf(`${MARKET}\nmark M 5 ${clauses}`).at(-1)!.expectations;
}

/** The error of a scenario, as `line:column: what`. */
function problemOf(body: string): string {
  try {
    linesOf(body);
  } catch (error) {
    expect(error).toBeInstanceOf(OperationalError);
    const { code, message, fields } = error as OperationalError;
    expect([code, fields.file]).toEqual(['SCENARIO_SYNTAX', 'x.scenario']);
    expect(message.startsWith(`x.scenario:${fields.line}:${String(fields['column'])}: `)).toBe(true);
    return message.replace('x.scenario:', '');
  }
  return 'no problem';
}

describe('the file', () => {
  test('is a rule, its sentence, and statements with what is expected after them', () => {
    const text = `${HEAD}\n\n# A comment.\n${MARKET}   # and another\nmark M 5 | a equity 10 | b flat\n| a open\n`;
    const scenario = parseScenario(text, 'x.scenario');
    expect([scenario.rule, scenario.sentence]).toEqual(['RULE-1', 'A sentence that holds.']);
    expect(scenario.lines.map(({ line, text: said }) => [line, said])).toEqual([
      [4, 'market M tick 1 lot 1'],
      [5, 'deposit a 10'],
      [6, 'deposit b 10'],
      [7, 'mark M 5'],
    ]);
    const { expectations } = scenario.lines[3];
    expect(expectations.map(({ line, subject, text: said }) => [line, subject, said])).toEqual([
      [7, { is: 'account', name: 'a' }, 'a equity 10'],
      [7, { is: 'account', name: 'b' }, 'b flat'],
      [8, { is: 'account', name: 'a' }, 'a open'],
    ]);
  });

  test.each([
    ['', 'the first line must be a comment'],
    ['mark M 5\n', 'the first line must be a comment'],
    [`${HEAD}\n| a flat\n`, 'an expectation needs a statement before it'],
    [`${HEAD}\nexempt a yes "why\n`, 'the quotes are not closed'],
  ])('%j is none', (text, what) => {
    expect(() => parseScenario(text, 'x.scenario')).toThrow(what);
  });
});

describe('statements', () => {
  test.each([
    ['buy M a 3 at 9', { kind: 'place', side: 'buy', timeInForce: null, trigger: null, leg: 'net' }],
    ['sell M a 3 at market', { kind: 'place', side: 'sell', price: null }],
    [
      'sell M a 3 at 9 post-only reduce-only client 7 pair 8 session 9',
      { postOnly: true, clientId: 7, pair: 8 },
    ],
    ['buy M a 3 at 9 stop 8 by last long', { trigger: { kind: 'stop', by: 'last' }, leg: 'long' }],
    ['buy M a 3 at 9 gtd 30s', { timeInForce: 'gtd', expires: { is: 'span', us: 30_000_000 } }],
    ['buy M a 3 at 9 self-trade reduce-both', { selfTrade: 'reduce-both' }],
    ['cancel a client 4', { kind: 'cancel', order: { by: 'client', number: 4 } }],
    ['wait 250ms', { kind: 'clock', time: { is: 'span', us: 250_000 } }],
    ['wait 1.5h', { kind: 'clock', time: { is: 'span', us: 5_400_000_000 } }],
    ['funding M -0.01%', { kind: 'funding', rate: { num: -1, den: 10_000 } }],
    ['breaker share 1/2 least 20', { kind: 'breaker', share: { num: 1, den: 2 }, least: 20 }],
    ['state all halted "a reason"', { kind: 'state', market: null, state: 'halted', why: 'a reason' }],
    ['mode a hedge', { kind: 'mode', market: null, mode: 'hedge' }],
    ['quality M ok allows show value', { kind: 'quality', allows: ['show', 'value'] }],
    ['quality M stale allows nothing', { kind: 'quality', allows: [] }],
    [
      'listing M liquidation fraction 20% above 100000 pause 30s',
      {
        listing: { liquidation: { policy: 'fraction', share: { num: 1, den: 5 }, cooldownUs: 30_000_000 } },
      },
    ],
    [
      'listing M halt-move 5% in 1m',
      { listing: { halt: { move: { num: 1, den: 20 }, windowUs: 60_000_000 } } },
    ],
    ['path every 1s M to 9 over 5s to 8 over 1s', { kind: 'path', everyUs: 1_000_000 }],
  ])('%s', (line, wanted) => {
    expect(statementOf(line)).toMatchObject(wanted);
  });

  test.each([
    [
      '0:0.4%:0.8%,50000:0.5%:1%',
      [
        ['0', 4, 8],
        ['50000', 5, 10],
      ],
    ],
    // A list that does not begin at 0 says where tiers end; the last rate goes on. Initial rates are twice maintenance.
    ['50000:0.4%', [['0', 4, null]]],
    [
      '50000:0.4%,250000:0.5%',
      [
        ['0', 4, null],
        ['50000', 5, null],
      ],
    ],
  ])('tiers %s', (tiers, wanted) => {
    const statement = statementOf(`tiers M ${tiers}`);
    const perMille = (rate: { num: number; den: number } | null) =>
      rate === null ? null : (rate.num * 1000) / rate.den;
    const rows = statement.kind === 'tiers' ? statement.tiers : [];
    expect(rows.map(({ floor, mmr, imr }) => [floor.text, perMille(mmr), perMille(imr)])).toEqual(wanted);
  });
});

describe('expectations', () => {
  test('market, bucket and leg hold for what follows in the clause', () => {
    const [{ checks }] = expectationsOf('| a long position 5 short position -2 isolated equity 3..4');
    expect(checks).toMatchObject([
      {
        name: 'position',
        range: { low: '5', high: '5' },
        where: { market: 'M', leg: 'long', isolated: false },
      },
      { name: 'position', range: { low: '-2', high: '-2' }, where: { leg: 'short' } },
      { name: 'equity', range: { low: '3', high: '4' }, where: { isolated: true } },
    ]);
  });

  test.each([
    [
      '| bid none | ask 5 3 oi >=2',
      [
        { name: 'bid' },
        { name: 'ask', size: { text: '3' } },
        { name: 'oi', range: { low: '2', high: null } },
      ],
    ],
    ['| refused market_halted', [{ is: 'refused', reason: 'market_halted' }]],
    ['| events trade fill done', [{ is: 'events', names: ['trade', 'fill', 'done'] }]],
    ['| fund equity 5', [{ name: 'equity' }]],
    [
      '| alert self-liquidation a profit 5',
      [{ is: 'alert', names: ['a'], figures: [{ name: 'profit' }], wanted: true }],
    ],
    ['| state reduce-only', [{ is: 'market-state', name: 'reduce_only' }]],
  ])('%s', (clauses, wanted) => {
    expect(expectationsOf(clauses).flatMap(({ checks }) => checks)).toMatchObject(wanted);
  });
});

describe('what cannot be used is told with line, column, word, and what was meant', () => {
  test.each([
    ['marke M 5', '2:1: "marke" is no statement, did you mean "market"?'],
    ['mark M 5', '2:6: "M" is not a market: define it above with "market"'],
    [`${MARKET}\nmark N 5`, '5:6: "N" is not a market, did you mean "M"?'],
    [`${MARKET}\nmark a 5`, '5:6: "a" is an account: a market was expected here'],
    [`${MARKET}\nmark M five`, '5:8: "five" is not a decimal number: a price was expected'],
    [`${MARKET}\nmark M`, '5:7: a price is missing at the end of the line'],
    [`${MARKET}\nbuy M a 3 at 9 pots-only`, '5:16: unknown option "pots-only", did you mean "post-only"?'],
    [`${MARKET}\nbuy M a 3 at 9 ioc ioc`, '5:20: ioc was said already'],
    [
      `${MARKET}\nbuy M a 3 at 9 stop 8 trailing 2`,
      '5:32: an order waits for one thing: it has a stop already',
    ],
    [`${MARKET}\ncancel a one`, '5:10: "one" is not an order: name it where it is placed, with "as NAME"'],
    [`${MARKET}\nlisting M collar much`, '5:18: "much" is not a rate such as 0.4%, 0.004 or 1/250'],
    [
      `${MARKET}\ntrade M a +1 b -2 at 5`,
      '5:16: "-2" is not the opposite of "1": what one buys the other sells',
    ],
    [`${MARKET}\nwait soon`, '5:6: "soon" is not a time span such as 30s, 5m, 1h or 250ms'],
    [`${MARKET}\naccount a`, '5:9: "a" is an account already: choose another name'],
    [`${MARKET}\nlift M M`, '5:8: "M" is one word too many here'],
    [`${MARKET}\ntiers M 50000`, '5:9: "50000" is not a tier such as 50000:0.4% or 0:0.4%:0.8%'],
    [`${MARKET}\npath every 2s M to 5 over 3s`, '5:20: the way to 5 must be a whole number of steps'],
    ['market M tick 1', '2:16: a market needs its lot'],
    [
      `${MARKET}\nmark M 5 | c flat`,
      '5:12: "c" is no account, market, nor word that an expectation begins with',
    ],
    [
      `${MARKET}\nmark M 5 | a equty 5`,
      '5:14: "equty" is nothing that an account is asked for, did you mean "equity"?',
    ],
    [`${MARKET}\nmark M 5 | a equity lots`, '5:21: "lots" is no figure for equity'],
    [`${MARKET}\nmark M 5 | refused because`, '5:20: "because" is not a reason'],
    [`${MARKET}\nmark M 5 |`, '5:11: an expectation is missing after the bar'],
    [`${MARKET}\nmark M 5 | a`, '5:13: what is expected of a is missing'],
    [`${MARKET}\nmark M 5 | order one filled`, '5:18: "one" is not an order'],
    [`${MARKET}\nmarket N tick 1 lot 1\ndeposit c 5 | bid 3`, '6:15: say of which market: "| MARKET bid …"'],
  ])('%j', (body, problem) => {
    expect(problemOf(body).slice(0, problem.length)).toBe(problem);
  });
});
