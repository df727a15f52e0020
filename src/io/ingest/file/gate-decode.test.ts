import { describe, expect, it } from 'vitest';
import type { TimeUs } from '../../../core/num/units.ts';
import type { Command } from '../../../core/schema/commands.ts';
import { GateKind, type GateCommand } from '../../../core/schema/gate-commands.ts';
import { Limit } from '../../../core/schema/gate-limits.ts';
import { BadCommand } from './fields.ts';
import { decodeGateLine } from './gate-decode.ts';
import { Registry } from './registry.ts';

const TIME = '2024-08-08T23:54:15.030314Z';
const TIME_US = 1723161255030314;
const ARRIVED = 1723161300000000 as TimeUs;
const head = { timeUs: TIME_US, origin: null };

const line = (kind: string, body = ''): string =>
  `{"kind":"${kind}","time":"${TIME}"${body === '' ? '' : `,${body}`}}`;
const PLACED = '"account":"alice","market":"BTC-PERP","side":"ask","price":"61800.3","size":"0.1"';

const registry = new Registry();
/** An order of alice, 41 or her own 77, works. */
const marketOfOrder = (account: number, order: number, clientId: number): never | null =>
  account === 0 && (order === 41 || clientId === 77) ? (0 as never) : null;
const decode = (text: string): Command | GateCommand =>
  decodeGateLine(text, registry, ARRIVED, marketOfOrder);
for (const text of [
  line('settings', '"asset":"USDT","decimals":6'),
  line('source', '"name":"oms"'),
  line(
    'market',
    '"name":"BTC-PERP","tick":"0.1","lot":"0.001","tiers":[{"floor":"0","mmr":"0.004","imr":"0.008"}]',
  ),
  line('account', '"name":"alice"'),
  line('group', '"name":"desk-a","of":"desk"'),
])
  registry.learn(decode(text));

/** What is wrong with it: code, field and message. */
function problem(text: string): [code: string, field: string | null, message: string] {
  try {
    decode(text);
  } catch (error) {
    if (error instanceof BadCommand) return [error.code, error.field, error.message];
    throw error;
  }
  throw new Error(`taken: ${text}`);
}

describe('what a line means', () => {
  it.each([
    [
      line('enter', `${PLACED},"leg":"short","reduceOnly":true,"clientId":77,"parent":4`),
      {
        kind: GateKind.enter,
        ...head,
        account: 0,
        market: 0,
        leg: 2,
        side: 1,
        type: 0,
        price: 618003,
        size: 100,
        reduceOnly: true,
        clientId: 77,
        parent: 4,
      },
    ],
    [
      line('enter', '"account":"alice","market":"BTC-PERP","side":"bid","type":"market","size":"1"'),
      {
        kind: GateKind.enter,
        ...head,
        account: 0,
        market: 0,
        leg: 0,
        side: 0,
        type: 1,
        price: 0,
        size: 1000,
        reduceOnly: false,
        clientId: 0,
        parent: 0,
      },
    ],
    [
      line('replace', '"account":"alice","order":41,"price":"61800","size":"0.08"'),
      { kind: GateKind.replace, ...head, account: 0, order: 41, clientId: 0, price: 618000, size: 80 },
    ],
    [
      line('replace', '"account":"alice","clientId":77,"size":"0.08"'),
      { kind: GateKind.replace, ...head, account: 0, order: 0, clientId: 77, price: 0, size: 80 },
    ],
    [
      line('execution', `${PLACED},"fee":"-0.5","trade":9`),
      {
        kind: GateKind.execution,
        ...head,
        account: 0,
        name: '',
        market: 0,
        leg: 0,
        side: 1,
        lots: 100,
        price: 618003,
        fee: -500_000,
        trade: 9,
        order: 0,
      },
    ],
    [
      line('reference', '"market":"BTC-PERP","index":"61800.2504"'),
      { kind: GateKind.reference, ...head, market: 0, index: 61800250, last: null },
    ],
    [
      line('instrument', '"market":"BTC-PERP"'),
      { kind: GateKind.instrument, ...head, market: 0, sector: '', issuer: '', short: 0, restricted: false },
    ],
    [
      line('group', '"name":"team","of":"desk","parent":"desk-a"'),
      { kind: GateKind.group, ...head, name: 'team', of: 2, parent: 1 },
    ],
    [
      line('member', '"account":"alice","group":"desk-a","in":false'),
      { kind: GateKind.member, ...head, account: 0, group: 1, isIn: false },
    ],
    [
      line('halt', '"group":"firm","state":"halted","by":"ann","why":"x"'),
      {
        kind: GateKind.halt,
        ...head,
        group: 0,
        account: null,
        market: null,
        state: 2,
        by: 'ann',
        why: 'x',
      },
    ],
    [
      line('locate', `"account":"alice","market":"BTC-PERP","size":"0","expires":"${TIME}"`),
      { kind: GateKind.locate, ...head, account: 0, market: 0, lots: 0, expiresUs: TIME_US },
    ],
    [
      line('confirm', '"order":41,"taken":false'),
      { kind: GateKind.confirm, ...head, order: 41, taken: false },
    ],
    ['{"kind":"tick"}', { kind: GateKind.tick, timeUs: ARRIVED, origin: null }],
  ])('%s', (text, command) => expect(decode(text)).toStrictEqual(command));

  it('an account that nobody opened passes by its name in an execution, and nowhere else', () => {
    const bodyless = PLACED.replace('alice', 'mallory');
    expect(decode(line('execution', `${bodyless},"trade":9`))).toMatchObject({
      account: null,
      name: 'mallory',
    });
    expect(problem(line('enter', bodyless))[0]).toBe('COMMAND_NAME_UNKNOWN');
  });

  it('a grant of an account or a group, in the units of its limit', () => {
    const said = `"expires":"${TIME}","by":"ann","approvedBy":"bob","why":"x"`;
    expect(
      decode(
        line('grant', `"account":"alice","market":"BTC-PERP","limit":"order_size_max","hard":"2.5",${said}`),
      ),
    ).toMatchObject({
      level: 0,
      account: 0,
      group: null,
      market: 0,
      limit: Limit.order_size_max,
      hard: 2500,
    });
    expect(
      decode(line('grant', `"group":"desk-a","limit":"group_gross_value_max","hard":"none",${said}`)),
    ).toMatchObject({ level: 1, account: null, group: 1, market: null, hard: null });
    expect(decode(line('grant', `"group":"desk-a","limit":"orders_max","hard":5,${said}`))).toMatchObject({
      level: 0,
      group: 1,
    });
  });
});

describe('what is refused, and which field it is', () => {
  const said = `"expires":"${TIME}","by":"ann","approvedBy":"bob","why":"x"`;
  it.each([
    [line('entre', PLACED), 'COMMAND_KIND_UNKNOWN', 'kind', 'did you mean "enter"?'],
    [line('enter', `${PLACED},"sized":"1"`), 'COMMAND_FIELD_UNKNOWN', 'sized', 'did you mean "size"?'],
    [line('enter', PLACED.replace('"0.1"', '"-0.1"')), 'COMMAND_NUMBER', 'size', '-0.1 is not above zero'],
    [line('enter', PLACED.replace('"0.1"', '"NaN"')), 'COMMAND_NUMBER', 'size', 'NaN is not a decimal'],
    [line('enter', PLACED.replace('"0.1"', '0.1')), 'COMMAND_NUMBER', 'size', 'write it as a string'],
    [
      line('enter', PLACED.replace('"0.1"', '"0.0001"')),
      'COMMAND_OFF_GRID',
      'size',
      'the nearest are 0 and 0.001',
    ],
    [
      line('enter', PLACED.replace('61800.3', '61800.35')),
      'COMMAND_OFF_GRID',
      'price',
      '61800.3 and 61800.4',
    ],
    [line('enter', `${PLACED},"type":"market"`), 'COMMAND_FIELD_INVALID', 'price', 'a market order has none'],
    [line('enter', PLACED.replace('ask', 'sell')), 'COMMAND_FIELD_INVALID', 'side', 'one of bid, ask'],
    [
      line('replace', '"account":"alice","order":5,"price":"1"'),
      'COMMAND_FIELD_MISSING',
      'size',
      'is missing',
    ],
    [line('cancel', '"account":"alice"'), 'COMMAND_FIELD_MISSING', 'order', 'give order'],
    [line('execution', PLACED), 'COMMAND_FIELD_MISSING', 'trade', 'is missing'],
    [line('execution', `${PLACED},"trade":0`), 'COMMAND_NUMBER', 'trade', 'from 1'],
    [line('confirm', '"order":41'), 'COMMAND_FIELD_MISSING', 'taken', 'is missing'],
    [line('group', '"name":"x","of":"firm"'), 'COMMAND_FIELD_INVALID', 'of', 'there is one firm'],
    [line('group', '"name":"","of":"desk"'), 'COMMAND_FIELD_INVALID', 'name', 'must be 1 to 64 bytes'],
    [
      line('group', '"name":"x","of":"desk","parent":"dsk-a"'),
      'COMMAND_NAME_UNKNOWN',
      'parent',
      'did you mean "desk-a"?',
    ],
    [
      line('halt', '"account":"alice","state":"active","by":"a","why":"b"'),
      'COMMAND_FIELD_INVALID',
      'state',
      'ended by a release',
    ],
    [
      line('halt', '"account":"alice","state":"halted","by":" ","why":"b"'),
      'COMMAND_FIELD_INVALID',
      'by',
      '1 to 255 bytes',
    ],
    [
      line('grant', `"limit":"orders_max","hard":5,${said}`),
      'COMMAND_FIELD_MISSING',
      'account',
      'one group or of one account',
    ],
    [
      line('grant', `"account":"alice","limit":"order_max","hard":5,${said}`),
      'COMMAND_FIELD_INVALID',
      'limit',
      'did you mean "orders_max"?',
    ],
    [
      line('grant', `"account":"alice","limit":"group_orders_max","hard":5,${said}`),
      'COMMAND_FIELD_INVALID',
      'limit',
      'is a limit of a group',
    ],
    [
      line('limits', '"version":1,"author":"a","why":"b","firm":{"each":{"orders_max":-1}}'),
      'COMMAND_NUMBER',
      'firm.each.orders_max',
      'from 0',
    ],
  ])('%s', (text, code, field, message) => {
    const found = problem(text);
    expect(found.slice(0, 2)).toEqual([code, field]);
    expect(found[2]).toContain(message);
  });

  it('everything before the settings', () => {
    expect(() => decodeGateLine(line('tick'), new Registry(), ARRIVED, marketOfOrder)).toThrow(
      'the first command must be the settings',
    );
  });
});
