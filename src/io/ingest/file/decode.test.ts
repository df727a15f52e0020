import { describe, expect, it } from 'vitest';
import { Kind, type Command } from '../../../core/schema/commands.ts';
import { Reason } from '../../../core/schema/reasons.ts';
import type { Problem } from '../problem.ts';
import { nearest } from '../nearest.ts';
import { decodeCommand } from './decode.ts';
import { timeFromText, timeToText } from './fields.ts';
import { CommandDecoder, commandsOf, stopAtFirst } from './read-commands.ts';
import { Registry } from './registry.ts';

const T = '"time":1723161255000000';
const settings = `{"kind":"settings",${T},"asset":"USDT","decimals":6}`;
const market = `{"kind":"market",${T},"name":"BTCUSDT","tick":"0.1","lot":"0.001","tiers":[{"floor":"0","mmr":"0.004","imr":"0.008"},{"floor":"50000","mmr":"0.005","imr":"0.01"}]}`;
const definitions = [
  settings,
  market,
  `{"kind":"source",${T},"name":"ledger"}`,
  `{"kind":"account",${T},"name":"alice"}`,
];

function registryOf(lines: readonly string[] = definitions): Registry {
  const registry = new Registry();
  for (const line of lines) registry.learn(decodeCommand(line, registry));
  return registry;
}
function read(
  lines: readonly string[],
  registry = registryOf(),
): { commands: Command[]; problems: Problem[]; decoder: CommandDecoder } {
  const problems: Problem[] = [];
  const decoder = new CommandDecoder(registry, (problem) => problems.push(problem));
  const commands: Command[] = [];
  for (const { command } of commandsOf({ first: 1, lines }, 'in.ndjson', decoder)) {
    registry.learn(command);
    commands.push(command);
  }
  return { commands, problems, decoder };
}
const position = (fields: string): string =>
  `{"kind":"position",${T},"account":"alice","market":"BTCUSDT",${fields}}`;
const marketWith = (from: string, to: string): string =>
  market.replace('BTCUSDT', 'ETHUSDT').replace(from, to);

describe('decodeCommand', () => {
  it('makes rows of names and units of decimals', () => {
    const { commands, problems } = read([
      position('"size":"-0.015","costBasis":"-927"'),
      `{"kind":"marks",${T},"marks":[{"market":"BTCUSDT","price":"61800.2505"}]}`,
      `{"kind":"fill",${T},"account":"alice","market":"BTCUSDT","size":1,"price":61800,"leg":"long"}`,
      `{"kind":"order",${T},"account":"alice","market":"BTCUSDT","id":"3","size":0}`,
    ]);
    expect(problems).toEqual([]);
    const head = { timeUs: 1723161255000000, origin: null };
    const place = { account: 0, market: 0, leg: 0, isolated: false };
    expect(commands).toEqual([
      { kind: Kind.position, ...head, ...place, size: -15, costBasis: -927000000, fundingIndex: null },
      { kind: Kind.marks, ...head, marks: [{ market: 0, price: 61800250 }], text: '61800.2505' },
      { kind: Kind.fill, ...head, ...place, leg: 1, size: 1000, price: 618000, fee: 0 },
      { kind: Kind.order, ...head, ...place, id: 3, size: 0, price: 0 },
    ]);
  });

  it('rounds the cost basis of an entry price up, against the account, on both sides', () => {
    const { commands } = read([
      position('"size":"0.003","entryPrice":"61500.0000001"'),
      position('"size":"-0.003","entryPrice":"61500.0000001"'),
      position('"size":"0.003","entryPrice":"61500"'),
      position('"size":"0"'),
    ]);
    expect(commands.map((command) => (command as { costBasis: number }).costBasis)).toEqual([
      184500001, -184500000, 184500000, 0,
    ]);
  });

  it('lets the rows of a transaction use the accounts it opens', () => {
    const { commands, problems } = read([
      `{"kind":"transaction",${T},"rows":[{"kind":"account","name":"bob"},{"kind":"account","name":"carol"},{"kind":"collateral","account":"carol","amount":"1"}]}`,
      `{"kind":"collateral",${T},"account":"carol","amount":"2"}`,
    ]);
    expect(problems).toEqual([]);
    expect(commands[0]).toMatchObject({
      rows: [{ name: 'bob' }, { name: 'carol' }, { account: 2, amount: 1000000, timeUs: 1723161255000000 }],
    });
    expect(commands[1]).toMatchObject({ account: 2 });
  });

  it('passes a repeated definition on to the engine when it has an origin, which can tell a repetition', () => {
    const again = `{"kind":"account",${T},"name":"alice","origin":{"source":"ledger","position":4}}`;
    const registry = registryOf();
    expect(decodeCommand(again, registry)).toMatchObject({
      name: 'alice',
      origin: { source: 0, position: 4, previous: null },
    });
    registry.learn(decodeCommand(again, registry), { reason: Reason.duplicate, refusals: [] });
    expect(registry.accounts.count).toBe(1);
  });

  it.each([
    // line, code, field, part of the message
    ['{"kind":"account"', 'COMMAND_JSON', null, 'malformed JSON'],
    ['{"kind":"collateral","amount":NaN}', 'COMMAND_JSON', null, 'malformed JSON'],
    ['[]', 'COMMAND_JSON', null, 'a command is a JSON object'],
    ['"account"', 'COMMAND_JSON', null, 'a command is a JSON object'],
    [`{"kind":"account",${T},"name":"\ufffd"}`, 'COMMAND_JSON', null, 'not UTF-8'],
    ['{}', 'COMMAND_FIELD_MISSING', 'kind', 'kind: is missing'],
    [
      `{"kind":"positon",${T}}`,
      'COMMAND_KIND_UNKNOWN',
      'kind',
      'unknown kind positon, did you mean "position"?',
    ],
    [`{"kind":"__proto__",${T}}`, 'COMMAND_KIND_UNKNOWN', 'kind', 'known are settings, source'],
    [
      position('"sizze":"1","costBasis":"1"'),
      'COMMAND_FIELD_UNKNOWN',
      'sizze',
      'unknown field, did you mean "size"?',
    ],
    [position('"__proto__":"1"'), 'COMMAND_FIELD_UNKNOWN', '__proto__', 'unknown field'],
    [position('"costBasis":"1"'), 'COMMAND_FIELD_MISSING', 'size', 'size: is missing'],
    [position('"size":"1"'), 'COMMAND_FIELD_MISSING', 'costBasis', 'or entryPrice'],
    [
      position('"size":"1","costBasis":"1","entryPrice":"1"'),
      'COMMAND_FIELD_INVALID',
      'entryPrice',
      'not both',
    ],
    [position('"size":"1","entryPrice":"-5"'), 'COMMAND_NUMBER', 'entryPrice', 'not above zero'],
    [position('"size":0.1,"costBasis":"1"'), 'COMMAND_NUMBER', 'size', 'write it as a string'],
    [position('"size":-0,"costBasis":"1"'), 'COMMAND_NUMBER', 'size', 'the number -0 is not whole'],
    [position('"size":1e300,"costBasis":"1"'), 'COMMAND_NUMBER', 'size', 'write it as a string'],
    [position('"size":9007199254740993,"costBasis":"1"'), 'COMMAND_NUMBER', 'size', 'beyond 2^53'],
    [position('"size":"1e300","costBasis":"1"'), 'COMMAND_NUMBER', 'size', 'is not a decimal number'],
    [position('"size":"NaN","costBasis":"1"'), 'COMMAND_NUMBER', 'size', 'NaN is not a decimal number'],
    [position('"size":"Infinity","costBasis":"1"'), 'COMMAND_NUMBER', 'size', 'is not a decimal number'],
    [
      position('"size":null,"costBasis":"1"'),
      'COMMAND_NUMBER',
      'size',
      'must be a decimal number in quotes, not null',
    ],
    [
      position('"size":"0.0005","costBasis":"1"'),
      'COMMAND_OFF_GRID',
      'size',
      '0.0005 is not a multiple of the lot, 0.001',
    ],
    [
      position('"size":"9007199254740.992","costBasis":"1"'),
      'COMMAND_NUMBER',
      'size',
      'is beyond 2^53 units of 0.001',
    ],
    [
      position('"size":"1","costBasis":"0.0000001"'),
      'COMMAND_OFF_GRID',
      'costBasis',
      'more than the 6 decimals',
    ],
    [
      position('"size":"1","costBasis":"9007199254.740992"'),
      'COMMAND_NUMBER',
      'costBasis',
      'beyond 2^53 units',
    ],
    [position('"size":"1000000","entryPrice":"1000000"'), 'COMMAND_NUMBER', 'entryPrice', 'passes 2^53'],
    [
      position('"size":"1","costBasis":"1","leg":"lung"'),
      'COMMAND_FIELD_INVALID',
      'leg',
      'must be one of net, long, short, not lung, did you mean "long"?',
    ],
    [
      position('"size":"1","costBasis":"1","isolated":"yes"'),
      'COMMAND_FIELD_INVALID',
      'isolated',
      'must be true or false',
    ],
    [
      position('"size":"1","costBasis":"1"').replace('alice', 'alicia'),
      'COMMAND_NAME_UNKNOWN',
      'account',
      'account alicia is not open: open it first with {"kind":"account","name":"alicia"}',
    ],
    [
      position('"size":"1","costBasis":"1"').replace('BTCUSDT', 'BTCUSD'),
      'COMMAND_NAME_UNKNOWN',
      'market',
      'did you mean "BTCUSDT"?',
    ],
    [
      position('"size":"1","costBasis":"1"').replace('BTCUSDT', 'x'),
      'COMMAND_NAME_UNKNOWN',
      'market',
      'define it first',
    ],
    [
      position('"size":"1","costBasis":"1","time":1.5').replace(`${T},`, ''),
      'COMMAND_NUMBER',
      'time',
      'must be a UTC time',
    ],
    [
      position('"size":"1","costBasis":"1","time":"2024-02-30T00:00:00Z"').replace(`${T},`, ''),
      'COMMAND_NUMBER',
      'time',
      'must be a UTC time',
    ],
    [
      position('"size":"1","costBasis":"1"').replace(`${T},`, ''),
      'COMMAND_FIELD_MISSING',
      'time',
      'is missing',
    ],
    [
      `{"kind":"order",${T},"account":"alice","market":"BTCUSDT","id":1,"size":"1","price":"61800.15"}`,
      'COMMAND_OFF_GRID',
      'price',
      '61800.15 is not a multiple of the tick, 0.1',
    ],
    [
      `{"kind":"order",${T},"account":"alice","market":"BTCUSDT","id":1,"size":"1","price":"-0"}`,
      'COMMAND_NUMBER',
      'price',
      'not above zero',
    ],
    [
      `{"kind":"order",${T},"account":"alice","market":"BTCUSDT","id":0,"size":"1","price":"1"}`,
      'COMMAND_NUMBER',
      'id',
      'whole number from 1',
    ],
    [
      `{"kind":"order",${T},"account":"alice","market":"BTCUSDT","id":1,"size":"1"}`,
      'COMMAND_FIELD_MISSING',
      'price',
      'is missing',
    ],
    [
      `{"kind":"collateral",${T},"account":"alice","market":"BTCUSDT","amount":"1"}`,
      'COMMAND_FIELD_INVALID',
      'market',
      'add "isolated": true',
    ],
    [`{"kind":"marks",${T},"marks":[]}`, 'COMMAND_FIELD_INVALID', 'marks', 'a mark at least'],
    [
      `{"kind":"marks",${T},"marks":[{"market":"BTCUSDT","price":"1"},{"market":"BTCUSDT","price":"0"}]}`,
      'COMMAND_NUMBER',
      'marks[1].price',
      'is not above zero',
    ],
    [
      `{"kind":"marks",${T},"marks":[{"market":"BTCUSDT","price":"-5"}]}`,
      'COMMAND_NUMBER',
      'marks[0].price',
      'is not above zero',
    ],
    [
      `{"kind":"marks",${T},"marks":[{"market":"BTCUSDT","price":"1e20"}]}`,
      'COMMAND_NUMBER',
      'marks[0].price',
      'above the largest mark',
    ],
    [
      `{"kind":"marks",${T},"marks":[{"market":"BTCUSDT","price":"1"}],"text":"${'x'.repeat(256)}"}`,
      'COMMAND_FIELD_INVALID',
      'text',
      'at most 255 bytes',
    ],
    [
      `{"kind":"account",${T},"name":"alice"}`,
      'COMMAND_NAME_TAKEN',
      'name',
      'account alice is there already',
    ],
    [`{"kind":"account",${T},"name":""}`, 'COMMAND_FIELD_INVALID', 'name', '1 to 64 bytes'],
    [`{"kind":"account",${T},"name":"a\\u0000b"}`, 'COMMAND_FIELD_INVALID', 'name', 'control characters'],
    [market, 'COMMAND_NAME_TAKEN', 'name', 'market BTCUSDT is there already'],
    [
      marketWith('"lot":"0.001"', '"lot":"0.001","markTick":"0.0001"'),
      'COMMAND_GRID',
      'markTick',
      'use 0.001 or a multiple of it',
    ],
    [
      marketWith('"lot":"0.001"', '"lot":"3"'),
      'COMMAND_GRID',
      'markTick',
      'give a markTick, such as 0.000001',
    ],
    [marketWith('"tick":"0.1"', '"tick":"0"'), 'COMMAND_GRID', 'tick', 'above zero'],
    [marketWith('"floor":"0"', '"floor":"1"'), 'COMMAND_TIERS', 'tiers[0].floor', 'must start at 0'],
    [marketWith('"floor":"50000"', '"floor":"0"'), 'COMMAND_TIERS', 'tiers[1].floor', 'floors must rise'],
    [marketWith('"mmr":"0.005"', '"mmr":"0.003"'), 'COMMAND_TIERS', 'tiers[1].mmr', 'not be below'],
    [marketWith('"mmr":"0.005"', '"mmr":"0.02"'), 'COMMAND_TIERS', 'tiers[1].mmr', `above the tier's imr`],
    [marketWith('"imr":"0.01"', '"imr":"1.01"'), 'COMMAND_TIERS', 'tiers[1].imr', 'at most 1'],
    [marketWith('"imr":"0.01"', '"imr":"1/0"'), 'COMMAND_NUMBER', 'tiers[1].imr', 'must be a fraction'],
    [
      marketWith('"imr":"0.01"', '"imr":"1/3000000000"'),
      'COMMAND_NUMBER',
      'tiers[1].imr',
      'denominator of at most',
    ],
    [marketWith('"tiers":[{', '"tiers":[],"x":[{'), 'COMMAND_FIELD_UNKNOWN', 'x', 'unknown field'],
    [
      `{"kind":"collateral",${T},"account":"alice","amount":"1","origin":{"source":"ledgr","position":1}}`,
      'COMMAND_NAME_UNKNOWN',
      'origin.source',
      'did you mean "ledger"?',
    ],
    [
      `{"kind":"collateral",${T},"account":"alice","amount":"1","origin":{"source":"ledger","position":-1}}`,
      'COMMAND_NUMBER',
      'origin.position',
      'whole number from 0',
    ],
    [
      `{"kind":"transaction",${T},"rows":[{"kind":"collateral","account":"alice","amount":"1"},{"kind":"collateral","account":"alice","amount":0.5}]}`,
      'COMMAND_NUMBER',
      'rows[1].amount',
      'write it as a string',
    ],
    [
      `{"kind":"transaction",${T},"rows":[{"kind":"transaction","rows":[]}]}`,
      'COMMAND_FIELD_INVALID',
      'rows[0].kind',
      'holds no transactions',
    ],
    [`{"kind":"transaction",${T},"rows":[5]}`, 'COMMAND_JSON', 'rows[0]', 'a command is a JSON object'],
    [
      `{"kind":"transaction",${T},"rows":[{"kind":"account","name":"z"},{"kind":"account","name":"z"}]}`,
      'COMMAND_NAME_TAKEN',
      'rows[1].name',
      'opened twice',
    ],
    [settings.replace('"decimals":6', '"decimals":13'), 'COMMAND_NUMBER', 'decimals', 'at most 12'],
    [
      settings.replace(
        '"decimals":6',
        '"decimals":6,"levels":{"enter":["2","3/2"],"exit":[],"backstop":"2/3"}',
      ),
      'COMMAND_FIELD_INVALID',
      'levels.enter',
      'three fractions',
    ],
    [
      settings.replace(
        '"decimals":6',
        '"decimals":6,"levels":{"enter":["2","3/2","101/100"],"exit":["3","2","2"],"backstop":"2/3"}',
      ),
      'COMMAND_NUMBER',
      'levels.enter[2]',
      'whole numbers up to 32',
    ],
  ])('refuses %s', (line, code, field, message) => {
    const { commands, problems, decoder } = read([
      '',
      line,
      ' ',
      `{"kind":"collateral",${T},"account":"alice","amount":"1"}`,
    ]);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject({ code, field, file: 'in.ndjson', line: 2 });
    expect(problems[0].message).toContain('in.ndjson:2: ');
    expect(problems[0].message).toContain(message);
    // The stream goes on.
    expect(commands).toHaveLength(1);
    expect(decoder.counts).toEqual({ lines: 4, commands: 1, quarantined: 1 });
  });

  it('wants the settings first', () => {
    expect(read([market], new Registry()).problems[0]).toMatchObject({ code: 'COMMAND_SETTINGS_MISSING' });
  });

  it('ends at the first problem where that is asked for', () => {
    const decoder = new CommandDecoder(registryOf(), stopAtFirst);
    expect(() => [...commandsOf({ first: 7, lines: ['{}'] }, 'x', decoder)]).toThrow('x:7: kind: is missing');
  });
});

describe('the quality of prices', () => {
  const quality = (fields: string): string => `{"kind":"quality",${T},"market":"BTCUSDT",${fields}}`;

  it('is a word, a list of uses and prices on the mark grid', () => {
    const { commands, problems } = read([
      quality('"quality":"stale","allows":["value","show"]'),
      quality('"quality":"divergent","allows":[],"mark":"61800.5","reference":"61799.25","text":"1 of 3"'),
      `{"kind":"breaker",${T},"share":"0.25","least":100}`,
      `{"kind":"lift",${T},"market":"BTCUSDT"}`,
    ]);
    expect(problems).toEqual([]);
    const head = { timeUs: 1723161255000000, origin: null };
    expect(commands).toEqual([
      {
        kind: Kind.quality,
        ...head,
        market: 0,
        quality: 1,
        allows: 3,
        mark: null,
        reference: null,
        text: '',
      },
      {
        kind: Kind.quality,
        ...head,
        market: 0,
        quality: 4,
        allows: 0,
        mark: 61800500,
        reference: 61799250,
        text: '1 of 3',
      },
      { kind: Kind.breaker, ...head, share: { num: 1, den: 4 }, least: 100 },
      { kind: Kind.lift, ...head, market: 0 },
    ]);
  });

  it.each([
    [quality('"allows":[]'), 'COMMAND_FIELD_MISSING', 'quality', 'is missing'],
    [quality('"quality":"stale"'), 'COMMAND_FIELD_MISSING', 'allows', 'is missing'],
    [quality('"quality":"stail","allows":[]'), 'COMMAND_FIELD_INVALID', 'quality', 'stale'],
    [quality('"quality":"stale","allows":["liqidate"]'), 'COMMAND_FIELD_INVALID', 'allows', 'liquidate'],
    [quality('"quality":"ok","allows":[],"mark":"0"'), 'COMMAND_NUMBER', 'mark', 'BTCUSDT mark'],
    [
      quality('"quality":"ok","allows":[],"reference":"-1"'),
      'COMMAND_NUMBER',
      'reference',
      'BTCUSDT reference',
    ],
    [
      quality('"quality":"implausible","allows":[],"mark":"1"'),
      'COMMAND_FIELD_INVALID',
      'mark',
      'leave it out',
    ],
    [`{"kind":"breaker",${T},"share":"3/2","least":1}`, 'COMMAND_NUMBER', 'share', 'at most 1'],
    [`{"kind":"breaker",${T},"share":"1/2","least":0}`, 'COMMAND_NUMBER', 'least', 'from 1'],
    [`{"kind":"lift",${T},"market":"BTCUSD"}`, 'COMMAND_NAME_UNKNOWN', 'market', 'BTCUSDT'],
  ])('%s is refused', (line, code, field, message) => {
    const { commands, problems } = read([line]);
    expect(commands).toEqual([]);
    expect(problems).toMatchObject([{ code, field }]);
    expect(problems[0].message).toContain(message);
  });
});

describe('the registry', () => {
  it('forgets what the engine refused', () => {
    const registry = registryOf();
    const open = decodeCommand(
      `{"kind":"transaction",${T},"rows":[{"kind":"account","name":"bob"},{"kind":"account","name":"carol"}]}`,
      registry,
    );
    registry.learn(open, { reason: Reason.source_gap, refusals: [] });
    expect(registry.accounts.count).toBe(1);
    registry.learn(open, { reason: Reason.accepted, refusals: [{ row: 0, reason: Reason.name_invalid }] });
    expect([registry.accounts.find('bob'), registry.accounts.find('carol')]).toEqual([-1, 1]);
  });
});

it('reads and prints times to the microsecond', () => {
  expect(timeFromText('2024-08-08T23:54:15.030314Z')).toBe(1723161255030314);
  expect(timeFromText('2024-08-08T23:54:15Z')).toBe(1723161255000000);
  expect(timeFromText('2024-08-08T23:54:15.5Z')).toBe(1723161255500000);
  expect(timeFromText('1723161255030314')).toBe(1723161255030314);
  expect(timeToText(1723161255030314 as never)).toBe('2024-08-08T23:54:15.030314Z');
  for (const text of [
    '2024-08-08',
    '2024-08-08T23:54:15',
    '2024-13-01T00:00:00Z',
    '2024-08-08T25:00:00Z',
    '2024-08-08T23:54:15.1234567Z',
    '',
  ])
    expect(timeFromText(text)).toBeNull();
});

it('guesses what was meant, and only if it is near', () => {
  expect(nearest('isolatd', ['isolated', 'market'])).toBe('isolated');
  expect(nearest('btcusdt', ['ETHUSDT', 'BTCUSDT'])).toBe('BTCUSDT');
  expect(nearest('szie', ['size', 'price'])).toBe('size');
  expect(nearest('entirely', ['size', 'price'])).toBeNull();
});
