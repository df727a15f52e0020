import { describe, expect, it } from 'vitest';
import type { TimeUs } from '../../../core/num/units.ts';
import { Kind, type Command } from '../../../core/schema/commands.ts';
import { LIQUIDATION_PRESETS } from '../../../core/liquidation/presets.ts';
import { VenueKind, type OwnCommand } from '../../../core/schema/venue-commands.ts';
import { BadCommand } from './fields.ts';
import { Registry } from './registry.ts';
import { readHead } from './decode-head.ts';
import { decodeVenueLine } from './venue-decode.ts';

const TIME = '2024-08-08T23:54:15.030314Z';
const TIME_US = 1723161255030314;
const ARRIVED = 1723161300000000 as TimeUs;
const head = { timeUs: TIME_US, origin: null };

function line(kind: string, body = ''): string {
  return `{"kind":"${kind}","time":"${TIME}"${body === '' ? '' : `,${body}`}}`;
}
const place = (body: string): string => line('place', `"account":"alice","market":"BTC-PERP",${body}`);
const LISTING =
  '"market":"BTC-PERP","makerFee":"-0.0001","takerFee":"0.0005","priceMax":"1000000","sizeMin":"0.001","sizeMax":"100","positionMax":"1000","openInterestMax":"50000","collar":"0.05","band":"1/10","leverageMax":100';

const registry = new Registry();
/** An order of alice, 41 or her own 77, is in the market. */
const marketOfOrder = (account: number, order: number, clientId: number): never | null =>
  account === 2 && (order === 41 || clientId === 77) ? (0 as never) : null;
const decode = (text: string): Command | OwnCommand =>
  decodeVenueLine(text, registry, ARRIVED, marketOfOrder);
for (const text of [
  line('settings', '"asset":"USDT","decimals":6'),
  line('source', '"name":"orders"'),
  line('venue', '"ordersMax":200'),
  line(
    'market',
    '"name":"BTC-PERP","tick":"0.1","lot":"0.001","tiers":[{"floor":"0","mmr":"0.004","imr":"0.008"}]',
  ),
  line('account', '"name":"alice"'),
])
  registry.learn(decode(text));

/** What is wrong with it: code, field and message. */
function problem(text: string): { code: string; field: string | null; message: string } {
  try {
    decode(text);
  } catch (error) {
    if (error instanceof BadCommand) return { code: error.code, field: error.field, message: error.message };
    throw error;
  }
  throw new Error(`taken: ${text}`);
}

describe('what a line means', () => {
  it('opens the accounts of the house with the venue', () => {
    expect([registry.accountAt(0 as never), registry.accountAt(1 as never)]).toEqual([
      'insurance',
      'treasury',
    ]);
  });

  it('an order with everything', () => {
    const everything =
      '"leg":"long","side":"ask","type":"limit","timeInForce":"gtd","price":"61800.3","size":"0.1","reduceOnly":true,"postOnly":true,' +
      `"selfTrade":"reduce_both","expires":"${TIME}","clientId":77,"pair":5,"session":12,` +
      '"trigger":{"kind":"stop","by":"mark","price":"61900.25"},"takeProfit":"62000","stopLoss":"61000.001"';
    expect(decode(place(everything))).toStrictEqual({
      kind: VenueKind.place,
      ...head,
      account: 2,
      market: 0,
      leg: 1,
      side: 1,
      type: 0,
      timeInForce: 1,
      price: 618003,
      size: 100,
      reduceOnly: true,
      postOnly: true,
      selfTrade: 3,
      expiresUs: TIME_US,
      clientId: 77,
      pair: 5,
      session: 12,
      trigger: { kind: 1, by: 0, price: 61900250, distance: 0 },
      takeProfit: 62000000,
      stopLoss: 61000001,
    });
  });

  it('an order with as little as there may be, of either type', () => {
    const limit = decode(place('"side":"bid","price":"61800","size":"1"'));
    expect(limit).toMatchObject({
      type: 0,
      timeInForce: 0,
      price: 618000,
      size: 1000,
      clientId: 0,
      trigger: null,
    });
    const market = decode(place('"side":"bid","type":"market","size":"1"'));
    expect(market).toMatchObject({ type: 1, timeInForce: 2, price: 0, takeProfit: null, stopLoss: null });
  });

  it.each([
    ['{"kind":"trailing","by":"mark","distance":"10"}', { kind: 3, by: 0, price: 0, distance: 10000 }],
    ['{"kind":"trailing","by":"last","distance":"10"}', { kind: 3, by: 1, price: 0, distance: 100 }],
    ['{"kind":"take_profit","by":"last","price":"61800.3"}', { kind: 2, by: 1, price: 618003, distance: 0 }],
    ['{"kind":"stop","price":"61800.305"}', { kind: 1, by: 0, price: 61800305, distance: 0 }],
  ])('a trigger %s', (text, trigger) => {
    expect(decode(place(`"side":"bid","type":"market","size":"1","trigger":${text}`))).toMatchObject({
      trigger,
    });
  });

  it('a listing', () => {
    const fraction =
      '"depthShare":"100","haltMove":"0.1","haltWindow":"5m","liquidation":{"policy":"fraction","share":"1/5","threshold":"100000","cooldown":"30s","fee":"0.005"}';
    expect(decode(line('listing', `${LISTING},${fraction}`))).toStrictEqual({
      kind: VenueKind.listing,
      ...head,
      market: 0,
      makerFee: { num: -1, den: 10000 },
      takerFee: { num: 1, den: 2000 },
      priceMax: 10000000,
      sizeMin: 1,
      sizeMax: 100000,
      positionMax: 1000000,
      openInterestMax: 50000000,
      collar: { num: 1, den: 20 },
      band: { num: 1, den: 10 },
      depthShare: { num: 100, den: 1 },
      leverageMax: 100,
      haltMove: { num: 1, den: 10 },
      haltWindowUs: 300_000_000,
      liquidation: {
        policy: 2,
        share: { num: 1, den: 5 },
        threshold: 100_000_000_000,
        cooldownUs: 30_000_000,
        buffer: { num: 1, den: 1 },
        fee: { num: 1, den: 200 },
      },
    });
    expect(decode(line('listing', `${LISTING},"liquidation":{"policy":"full"}`))).toMatchObject({
      depthShare: null,
      haltMove: null,
      haltWindowUs: 0,
      liquidation: {
        policy: 0,
        share: { num: 1, den: 1 },
        threshold: 0,
        cooldownUs: 0,
        fee: { num: 0, den: 1 },
      },
    });
    expect(decode(line('listing', `${LISTING},"liquidation":{"preset":"hyperliquid"}`))).toMatchObject({
      liquidation: LIQUIDATION_PRESETS.hyperliquid,
    });
  });

  it.each([
    [
      line('deposit', '"account":"alice","amount":"1000.5"'),
      { kind: 68, asset: null, amount: 1_000_500_000 },
    ],
    [line('deposit', '"account":"alice","asset":"USDT","amount":"1"'), { asset: null, amount: 1_000_000 }],
    [line('withdraw', '"account":"alice","asset":"BTC-PERP","amount":"0.25"'), { asset: 0, amount: 250 }],
    [line('margin', '"account":"alice","market":"BTC-PERP","amount":"-25"'), { leg: 0, amount: -25_000_000 }],
    [line('mode', '"account":"alice","market":"BTC-PERP","isolated":true'), { market: 0, isolated: true }],
    [line('mode', '"account":"alice","hedge":true'), { market: null, isolated: false, hedge: true }],
    [line('state', '"state":"halted","text":"why"'), { market: null, state: 2, text: 'why' }],
    [line('bands', '"market":"BTC-PERP","low":"59000"'), { low: 590000, high: null }],
    [
      line('amend', '"account":"alice","order":41,"price":"61800","size":"0.08"'),
      { order: 41, price: 618000, size: 80 },
    ],
    [line('amend', '"account":"alice","clientId":77,"size":"0.08"'), { order: 0, clientId: 77, price: 0 }],
    // Of an order that is gone only the name is read: the exchange refuses it as unknown, as it would a cancel.
    [line('amend', '"account":"alice","order":7,"size":"1"'), { order: 7, price: 0, size: 0 }],
    [line('cancel', '"account":"alice","clientId":"9007199254740991"'), { order: 0, clientId: 2 ** 53 - 1 }],
    [line('cancel_all', '"account":"alice"'), { account: 2, market: null }],
    ['{"kind":"tick"}', { kind: VenueKind.tick, timeUs: ARRIVED, origin: null }],
    [line('marks', '"marks":[{"market":"BTC-PERP","price":"61800.25"}]'), { kind: Kind.marks }],
  ])('%s', (text, expected) => expect(decode(text)).toMatchObject(expected));
});

describe('what is wrong with a line', () => {
  it.each([
    [
      'off the tick',
      place('"side":"bid","price":"61800.25","size":"1"'),
      'COMMAND_OFF_GRID',
      'price',
      'the nearest are 61800.2 and 61800.3',
    ],
    [
      'off the lot',
      place('"side":"bid","price":"61800","size":"0.0015"'),
      'COMMAND_OFF_GRID',
      'size',
      'the nearest are 0.001 and 0.002',
    ],
    [
      'under a lot',
      place('"side":"bid","price":"61800","size":"0.0005"'),
      'COMMAND_OFF_GRID',
      'size',
      'the nearest are 0 and 0.001',
    ],
    [
      'negative size',
      place('"side":"bid","price":"61800","size":"-1"'),
      'COMMAND_NUMBER',
      'size',
      '-1 is not above zero',
    ],
    [
      'no size',
      place('"side":"bid","price":"61800","size":"0"'),
      'COMMAND_NUMBER',
      'size',
      '0 is not above zero',
    ],
    [
      'negative price',
      place('"side":"bid","price":"-61800","size":"1"'),
      'COMMAND_NUMBER',
      'price',
      'is not above zero',
    ],
    [
      'NaN',
      place('"side":"bid","price":"NaN","size":"1"'),
      'COMMAND_NUMBER',
      'price',
      'NaN is not a decimal number',
    ],
    [
      'beyond 2^53',
      place('"side":"bid","price":"61800","size":"9007199254741"'),
      'COMMAND_NUMBER',
      'size',
      'is beyond 2^53 units of 0.001',
    ],
    [
      'a double',
      place('"side":"bid","price":61800.1,"size":"1"'),
      'COMMAND_NUMBER',
      'price',
      'write it as a string',
    ],
    [
      'mark off its grid',
      place('"side":"bid","price":"61800","size":"1","takeProfit":"62000.0005"'),
      'COMMAND_OFF_GRID',
      'takeProfit',
      'the nearest are 62000 and 62000.001',
    ],
    [
      'side',
      place('"side":"buy","price":"61800","size":"1"'),
      'COMMAND_FIELD_INVALID',
      'side',
      'must be one of bid, ask, not buy',
    ],
    ['no side', place('"price":"61800","size":"1"'), 'COMMAND_FIELD_MISSING', 'side', 'is missing'],
    [
      'enum',
      place('"side":"bid","price":"61800","size":"1","timeInForce":"iok"'),
      'COMMAND_FIELD_INVALID',
      'timeInForce',
      'did you mean "ioc"?',
    ],
    [
      'unknown field',
      place('"side":"bid","price":"61800","sizze":"1"'),
      'COMMAND_FIELD_UNKNOWN',
      'sizze',
      'did you mean "size"?',
    ],
    [
      'unknown market',
      line('place', '"account":"alice","market":"BTC-PREP"'),
      'COMMAND_NAME_UNKNOWN',
      'market',
      'did you mean "BTC-PERP"?',
    ],
    [
      'unknown account',
      line('deposit', '"account":"alcie","amount":"1"'),
      'COMMAND_NAME_UNKNOWN',
      'account',
      'did you mean "alice"?',
    ],
    ['unknown kind', line('plaec'), 'COMMAND_KIND_UNKNOWN', 'kind', 'did you mean "place"?'],
    [
      'market order with a price',
      place('"side":"bid","type":"market","price":"1","size":"1"'),
      'COMMAND_FIELD_INVALID',
      'price',
      'leave it out',
    ],
    [
      'expiry without gtd',
      place(`"side":"bid","price":"1","size":"1","expires":"${TIME}"`),
      'COMMAND_FIELD_INVALID',
      'expires',
      'goes with "timeInForce": "gtd"',
    ],
    [
      'gtd without expiry',
      place('"side":"bid","price":"1","size":"1","timeInForce":"gtd"'),
      'COMMAND_FIELD_MISSING',
      'expires',
      'is missing',
    ],
    [
      'trigger without price',
      place('"side":"bid","price":"1","size":"1","trigger":{"kind":"stop"}'),
      'COMMAND_FIELD_MISSING',
      'trigger.price',
      'is missing',
    ],
    [
      'trigger with both',
      place('"side":"bid","price":"1","size":"1","trigger":{"kind":"trailing","distance":"1","price":"1"}'),
      'COMMAND_FIELD_INVALID',
      'trigger.price',
      'leave price out',
    ],
    [
      'two names of an order',
      line('cancel', '"account":"alice","order":1,"clientId":2'),
      'COMMAND_FIELD_INVALID',
      'clientId',
      'not both',
    ],
    [
      'no name of an order',
      line('cancel', '"account":"alice"'),
      'COMMAND_FIELD_MISSING',
      'order',
      'the id that the exchange gave',
    ],
    [
      'another size that is missing',
      line('amend', '"account":"alice","order":7,"price":"1"'),
      'COMMAND_FIELD_MISSING',
      'size',
      'is missing',
    ],
    [
      'money too fine',
      line('deposit', '"account":"alice","amount":"0.0000001"'),
      'COMMAND_OFF_GRID',
      'amount',
      'the nearest are 0 and 0.000001',
    ],
    [
      'money negative',
      line('withdraw', '"account":"alice","amount":"-5"'),
      'COMMAND_NUMBER',
      'amount',
      'is not above zero',
    ],
    [
      'asset',
      line('deposit', '"account":"alice","asset":"UDST","amount":"5"'),
      'COMMAND_NAME_UNKNOWN',
      'asset',
      'is not defined',
    ],
    [
      'nothing moved',
      line('margin', '"account":"alice","market":"BTC-PERP","amount":"0"'),
      'COMMAND_NUMBER',
      'amount',
      'must not be 0',
    ],
    [
      'exemption without a word',
      line('exempt', '"account":"alice","exempt":true'),
      'COMMAND_FIELD_MISSING',
      'text',
      'say who',
    ],
    [
      'mode of what',
      line('mode', '"account":"alice","isolated":true'),
      'COMMAND_FIELD_MISSING',
      'hedge',
      'is missing',
    ],
    [
      'mode of both',
      line('mode', '"account":"alice","market":"BTC-PERP","isolated":true,"hedge":true'),
      'COMMAND_FIELD_INVALID',
      'hedge',
      'whole account',
    ],
    [
      'bands crossed',
      line('bands', '"market":"BTC-PERP","low":"2","high":"1"'),
      'COMMAND_FIELD_INVALID',
      'low',
      'not be above high',
    ],
    [
      'fee',
      line('listing', LISTING.replace('"0.0005"', '"0.5"')),
      'COMMAND_NUMBER',
      'takerFee',
      'at most 1/10',
    ],
    [
      'negative fee',
      line('listing', LISTING.replace('"0.0005"', '"-0.0005"')),
      'COMMAND_NUMBER',
      'takerFee',
      'must be 0 or more',
    ],
    [
      'collar',
      line('listing', LISTING.replace('"0.05"', '"0"')),
      'COMMAND_NUMBER',
      'collar',
      'must be above 0',
    ],
    [
      'sizes',
      line('listing', LISTING.replace('"0.001"', '"200"')),
      'COMMAND_FIELD_INVALID',
      'sizeMin',
      'above sizeMax',
    ],
    [
      'sizes and positions',
      line('listing', LISTING.replace('"1000"', '"50"')),
      'COMMAND_FIELD_INVALID',
      'sizeMax',
      'above positionMax',
    ],
    [
      'rebate',
      line('listing', LISTING.replace('"-0.0001"', '"-0.0006"')),
      'COMMAND_FIELD_INVALID',
      'makerFee',
      'paid out of takerFee',
    ],
    [
      'highest price',
      line('listing', LISTING.replace('"1000000"', '"200000000"')),
      'COMMAND_NUMBER',
      'priceMax',
      'at most 2^30 ticks',
    ],
    [
      'leverage',
      line('listing', LISTING.replace('"leverageMax":100', '"leverageMax":1001')),
      'COMMAND_NUMBER',
      'leverageMax',
      'at most 1000',
    ],
    [
      'window',
      line('listing', `${LISTING},"haltMove":"0.1","haltWindow":300`),
      'COMMAND_NUMBER',
      'haltWindow',
      'such as "30s"',
    ],
    [
      'policy that has no share',
      line('listing', `${LISTING},"liquidation":{"policy":"full","share":"1/5"}`),
      'COMMAND_FIELD_INVALID',
      'liquidation.share',
      'under the policy full',
    ],
    [
      'preset with a fee of its own',
      line('listing', `${LISTING},"liquidation":{"preset":"drift","fee":"0.02"}`),
      'COMMAND_FIELD_INVALID',
      'liquidation.fee',
      'is said by the preset',
    ],
    [
      'buffer',
      line('listing', `${LISTING},"liquidation":{"policy":"shortage","buffer":"0.9"}`),
      'COMMAND_NUMBER',
      'liquidation.buffer',
      'at least 1',
    ],
    [
      'haircut',
      line('venue', '"gainHaircut":"1.5","ordersMax":1'),
      'COMMAND_NUMBER',
      'gainHaircut',
      'at most 1',
    ],
    [
      'origin',
      line('tick', '"origin":{"source":"ordres","position":1}'),
      'COMMAND_NAME_UNKNOWN',
      'origin.source',
      'did you mean "orders"?',
    ],
    ['no object', '[1]', 'COMMAND_JSON', null, 'a command is a JSON object'],
    ['no JSON', '{"kind":"pla', 'COMMAND_JSON', null, 'malformed JSON'],
  ])('%s', (_name, text, code, field, message) => {
    expect(problem(text)).toEqual({ code, field, message: expect.stringContaining(message) as string });
  });

  it('comes after the settings', () => {
    expect(() => decodeVenueLine('{"kind":"tick"}', new Registry(), ARRIVED, marketOfOrder)).toThrow(
      'the first command must be the settings',
    );
  });
});

describe('the head of a line that is no command', () => {
  it.each([
    [
      place('"origin":{"source":"orders","position":7},"price":"x"'),
      { timeUs: TIME_US, origin: { source: 0, position: 7, previous: null } },
    ],
    [
      '{"kind":"plaec","origin":{"source":"orders","position":8,"previous":6}}',
      { timeUs: ARRIVED, origin: { source: 0, position: 8, previous: 6 } },
    ],
    [place('"price":"x"'), null],
    ['{"kind":"place","origin":{"source":"nobody","position":7}}', null],
    ['{"kind":"place","time":"noon","origin":{"source":"orders","position":7}}', null],
    ['nonsense', null],
    ['7', null],
  ])('%s', (text, expected) => expect(readHead(text, registry, ARRIVED)).toEqual(expected));
});
