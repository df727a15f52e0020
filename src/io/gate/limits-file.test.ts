import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TimeUs } from '../../core/num/units.ts';
import type { LimitSet } from '../../core/schema/gate-commands.ts';
import {
  levelOfLimit,
  Limit,
  LIMIT_NAMES,
  LIMIT_UNITS,
  LimitUnit,
  REQUIRED_FIRM_LIMITS,
  REQUIRED_LIMITS,
} from '../../core/schema/gate-limits.ts';
import { decodeGateLine } from '../ingest/file/gate-decode.ts';
import { Registry } from '../ingest/file/registry.ts';
import { OperationalError } from '../operational-error.ts';
import { diffLimits } from './limits-diff.ts';
import { limitsDocument, parseLimits, readLimitsFile, type LimitsBody } from './limits-file.ts';

const NOW = 1723161255030314 as TimeUs;
const examples = new URL('../../../examples/', import.meta.url).pathname;

const registry = new Registry();
for (const line of readFileSync(`${examples}gate-definitions.ndjson`, 'utf8').trimEnd().split('\n'))
  registry.learn(decodeGateLine(line, registry, NOW, () => null));

const HEAD = '{ "version": 2, "author": "ann", "why": "test"';
const parse = (text: string): LimitsBody => parseLimits(text, 'limits.json', registry, NOW);
const setsOf = (scopes: string): readonly LimitSet[] => parse(`${HEAD}, ${scopes} }`).sets;
const example = readLimitsFile(`${examples}gate-limits.json`, registry, NOW);

function failureOf(text: string): OperationalError {
  try {
    parse(text);
  } catch (error) {
    if (error instanceof OperationalError) return error;
    throw error;
  }
  throw new Error(`taken: ${text}`);
}

describe('what a file means', () => {
  it('every unit, for all markets and in one', () => {
    const each =
      '"order_value_max": "250000.5", "collar_mark": "5%", "leverage_max": "12.5", "window_us": "1.5s", "orders_max": 100, "self_trade": true, "order_size_max": "70 lots", "gross_max": "none"';
    expect(
      setsOf(
        `"firm": { "each": { ${each} }, "markets": { "BTC-PERP": { "each": { "position_max": { "hard": "25.5", "soft": "20" } } } } }`,
      ),
    ).toEqual([
      {
        level: 0,
        group: 0,
        account: null,
        market: null,
        values: [
          { limit: Limit.order_size_max, hard: 70, soft: null },
          { limit: Limit.order_value_max, hard: 250_000_500_000, soft: null },
          { limit: Limit.collar_mark, hard: 50_000, soft: null },
          { limit: Limit.gross_max, hard: null, soft: null },
          { limit: Limit.leverage_max, hard: 12_500_000, soft: null },
          { limit: Limit.window_us, hard: 1_500_000, soft: null },
          { limit: Limit.orders_max, hard: 100, soft: null },
          { limit: Limit.self_trade, hard: 1, soft: null },
        ],
      },
      {
        level: 0,
        group: 0,
        account: null,
        market: 0,
        values: [{ limit: Limit.position_max, hard: 25_500, soft: 20_000 }],
      },
    ]);
  });

  it('groups and accounts, by their names', () => {
    const scopes =
      '"groups": { "desk-a": { "total": { "group_gross_value_max": "5" }, "each": { "orders_max": 3 } } }, "accounts": { "bob": { "markets": { "ETH-PERP": { "each": { "long_max": "1" } } } } }';
    expect(setsOf(scopes)).toMatchObject([
      { level: 0, group: 1, account: null, market: null, values: [{ limit: Limit.orders_max, hard: 3 }] },
      { level: 1, group: 1, account: null, market: null, values: [{ hard: 5_000_000 }] },
      { level: 0, group: null, account: 1, market: 1, values: [{ limit: Limit.long_max, hard: 100 }] },
    ]);
  });

  it('holds at once where it does not say from when', () => {
    expect(parse(`${HEAD} }`)).toEqual({
      version: 2,
      author: 'ann',
      why: 'test',
      effectiveUs: NOW,
      sets: [],
    });
    expect(parse(`${HEAD}, "effective": "1970-01-01T00:00:01Z" }`).effectiveUs).toBe(1_000_000);
  });

  it('the example says something of every limit that must be there', () => {
    const stated = new Set(
      example.sets
        .filter(({ group }) => group === 0)
        .flatMap(({ values }) => values.map(({ limit }) => limit)),
    );
    for (const limit of [...REQUIRED_LIMITS, ...REQUIRED_FIRM_LIMITS])
      expect([LIMIT_NAMES[limit], stated.has(limit)]).toEqual([LIMIT_NAMES[limit], true]);
  });
});

describe('what is wrong with a file is named', () => {
  const inFirm = (each: string): string => `${HEAD},\n "firm": {\n  "each": {\n   ${each}\n} } }`;
  it.each([
    [`${HEAD}, `, 1, null, 'malformed JSON: a name in quotes is missing before the end'],
    [
      inFirm('"orders_max": 1,\n "orders_max": 2'),
      5,
      'firm.each.orders_max',
      'stands twice, first on line 4',
    ],
    [inFirm('"order_max": 1'), 4, 'firm.each.order_max', 'unknown field, did you mean "orders_max"?'],
    [inFirm('"orders_max": -1'), 4, 'firm.each.orders_max', 'must be a whole number from 0'],
    [inFirm('"orders_max": 1.5'), 4, 'firm.each.orders_max', 'is not whole'],
    [inFirm('"gross_max": "-1"'), 4, 'firm.each.gross_max', '-1 is below zero'],
    [inFirm('"gross_max": "NaN"'), 4, 'firm.each.gross_max', 'NaN is not a decimal number'],
    [inFirm('"gross_max": null'), 4, 'firm.each.gross_max', 'must be a decimal number in quotes, not null'],
    [inFirm('"gross_max": "0.0000001"'), 4, 'firm.each.gross_max', 'the nearest are 0 and 0.000001'],
    [inFirm('"gross_max": "1e99"'), 4, 'firm.each.gross_max', 'is not a decimal number'],
    [inFirm('"position_max": "2.5"'), 4, 'firm.each.position_max', 'state it under "markets"'],
    [inFirm('"collar_mark": "5 %"'), 4, 'firm.each.collar_mark', 'must be a share such as'],
    [inFirm('"collar_mark": "0.0000001"'), 4, 'firm.each.collar_mark', 'in whole millionths'],
    [inFirm('"window_us": "0s"'), 4, 'firm.each.window_us', 'must be above 0'],
    [inFirm('"window_us": 1000000'), 4, 'firm.each.window_us', 'must be a time span such as'],
    [inFirm('"self_trade": 1'), 4, 'firm.each.self_trade', 'must be true, false or "none"'],
    [inFirm('"group_net_max": "1 lots"'), 4, 'firm.each.group_net_max', 'state it under "total"'],
    [
      inFirm('"orders_max": {\n "hard": 5,\n "soft": 5 }'),
      6,
      'firm.each.orders_max.soft',
      'would never warn',
    ],
    [
      inFirm('"order_value_min": {"hard": "5", "soft": "4"}'),
      4,
      'firm.each.order_value_min.soft',
      'above hard',
    ],
    [inFirm('"orders_max": {\n "soft": 5 }'), 4, 'firm.each.orders_max.hard', 'is missing'],
    [`${HEAD},\n "groups": {\n "desk-b": {} } }`, 3, 'groups.desk-b', 'did you mean "desk-a"?'],
    [`${HEAD},\n "groups": {\n "firm": {} } }`, 3, 'groups.firm', 'stand under "firm"'],
    [`${HEAD},\n "accounts": { "allice": {} } }`, 2, 'accounts.allice', 'did you mean "alice"?'],
    [`${HEAD},\n "accounts": { "alice": { "total": {} } } }`, 2, 'accounts.alice.total', 'unknown field'],
    [
      `${HEAD},\n "firm": { "markets": {\n "BTC": { "each": {} } } } }`,
      3,
      'firm.markets.BTC',
      'market BTC is not defined',
    ],
    [
      `${HEAD},\n "firm": { "markets": {\n "BTC-PERP": { "each": { "window_us": "1s" } } } } }`,
      3,
      'firm.markets.BTC-PERP.each.window_us',
      'is one for all markets',
    ],
    ['{ "version": 0, "author": "a", "why": "b" }', 1, 'version', 'must be a whole number from 1'],
    ['{ "version": 1,\n "author": " ", "why": "b" }', 2, 'author', 'must be 1 to 255 bytes of text'],
    ['{ "version": 1, "author": "a" }', 1, 'why', 'is missing'],
    ['[]', 1, null, 'must be an object'],
  ])('%s', (text, line, field, what) => {
    const { code, message, fields } = failureOf(text);
    expect(code).toBe('LIMITS_FILE');
    expect(message).toContain(what);
    expect(message).toMatch(new RegExp(`^limits.json:${line}: `));
    expect([fields.file, fields.line, fields.field ?? null]).toEqual(['limits.json', line, field]);
  });

  it('a file that is not there', () => {
    expect(() => readLimitsFile('/nowhere/limits.json', registry, NOW)).toThrow(
      '/nowhere/limits.json cannot be read (ENOENT)',
    );
  });
});

const WINDOWS: ReadonlySet<number> = new Set([Limit.window_us, Limit.group_window_us]);
const amount = fc.nat(10_000_000);
const sets = fc.array(
  fc
    .record({
      who: fc.constantFrom(
        { group: 0, account: null },
        { group: 1, account: null },
        { group: null, account: 0 },
        { group: null, account: 1 },
      ),
      market: fc.constantFrom(null, 0, 1),
      values: fc.uniqueArray(
        fc.record({
          limit: fc.nat(LIMIT_NAMES.length - 1),
          hard: fc.option(amount),
          soft: fc.option(amount),
        }),
        { selector: ({ limit }) => limit, minLength: 1, maxLength: 6 },
      ),
    })
    .map(({ who, market, values }) => {
      const first = values[0].limit as Limit;
      const level = who.account === null ? levelOfLimit(first) : 0;
      return {
        level,
        ...who,
        market,
        values: values
          .filter(({ limit }) => levelOfLimit(limit as Limit) === level)
          .filter(({ limit }) => market === null || !WINDOWS.has(limit))
          .map(({ limit, hard, soft }) => {
            const isFlag = LIMIT_UNITS[limit] === LimitUnit.flag;
            const isWindow = limit === Limit.window_us || limit === Limit.group_window_us;
            const value = hard === null ? null : isFlag ? hard % 2 : isWindow ? hard + 1 : hard;
            const isLeast = limit === Limit.order_size_min || limit === Limit.order_value_min;
            const isSense =
              !isFlag &&
              !isWindow &&
              soft !== null &&
              (value === null || (isLeast ? soft > value : soft < value));
            return { limit, hard: value, soft: isSense ? soft : null };
          })
          .sort((a, b) => a.limit - b.limit),
      };
    })
    .filter(({ values }) => values.length > 0),
  { maxLength: 8 },
);

const keyOf = ({
  level,
  group,
  account,
  market,
}: Pick<LimitSet, 'level' | 'group' | 'account' | 'market'>): string =>
  `${level} ${group} ${account} ${market}`;

it('what is written back reads as the same, whatever the limits', () => {
  fc.assert(
    fc.property(sets, (given) => {
      const unique = [
        ...new Map(given.map((set) => [keyOf(set as never), set])).values(),
      ] as never as LimitSet[];
      const body = { version: 7, author: 'ann', why: 'x', effectiveUs: NOW, sets: unique };
      const text = JSON.stringify(limitsDocument(body, registry), null, 2);
      const again = parse(text);
      expect({ ...again, sets: [...again.sets].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1)) }).toEqual({
        ...body,
        sets: [...unique].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1)),
      });
      expect(diffLimits(unique, again.sets, registry)).toEqual([]);
    }),
    { numRuns: 500 },
  );
});

describe('the difference of two', () => {
  const changes = (before: string, after: string): unknown =>
    diffLimits(setsOf(before), setsOf(after), registry).map(({ change, limit, before: was, after: is }) => [
      change,
      limit,
      was,
      is,
    ]);
  const each = (limits: string): string => `"firm": { "each": { ${limits} } }`;

  it.each([
    ['"orders_max": 5', '"orders_max": 6', [['loosened', 'orders_max', 5, 6]]],
    ['"orders_max": 5', '"orders_max": 4', [['tightened', 'orders_max', 5, 4]]],
    ['"orders_max": 5', '"orders_max": "none"', [['loosened', 'orders_max', 5, 'none']]],
    ['"orders_max": "none"', '"orders_max": 5', [['tightened', 'orders_max', 'none', 5]]],
    ['"window_us": "1s"', '"window_us": "2s"', [['tightened', 'window_us', '1s', '2s']]],
    ['"order_value_min": "5"', '"order_value_min": "6"', [['tightened', 'order_value_min', '5', '6']]],
    ['"self_trade": true', '"self_trade": false', [['loosened', 'self_trade', true, false]]],
    ['', '"orders_max": 5', [['added', 'orders_max', null, 5]]],
    ['"orders_max": 5', '', [['removed', 'orders_max', 5, null]]],
    [
      '"orders_max": 5',
      '"orders_max": { "hard": 5, "soft": 4 }',
      [['warning', 'orders_max', 5, { hard: 5, soft: 4 }]],
    ],
    ['"orders_max": 5', '"orders_max": 5', []],
  ])('%s and %s', (before, after, expected) => expect(changes(each(before), each(after))).toEqual(expected));

  it('names the scope', () => {
    const before = setsOf('"firm": { "total": { "group_orders_max": 5 } }');
    const after = setsOf(
      '"groups": { "desk-a": { "each": { "orders_max": 1 } } }, "accounts": { "bob": { "markets": { "BTC-PERP": { "each": { "long_max": "1" } } } } }',
    );
    expect(diffLimits(before, after, registry)).toEqual([
      {
        change: 'removed',
        scope: 'firm',
        level: 'total',
        market: null,
        limit: 'group_orders_max',
        before: 5,
        after: null,
      },
      {
        change: 'added',
        scope: 'group desk-a',
        level: 'each',
        market: null,
        limit: 'orders_max',
        before: null,
        after: 1,
      },
      {
        change: 'added',
        scope: 'account bob',
        level: 'each',
        market: 'BTC-PERP',
        limit: 'long_max',
        before: null,
        after: '1',
      },
    ]);
  });
});
