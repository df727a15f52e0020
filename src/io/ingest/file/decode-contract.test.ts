import { expect, it } from 'vitest';
import type { Command, ContractCommand, PositionCommand } from '../../../core/schema/commands.ts';
import { decodeCommand } from './decode.ts';
import { BadCommand } from './fields.ts';
import { Registry } from './registry.ts';

function registryOf(...contracts: object[]): Registry {
  const registry = new Registry();
  const tiers = [{ floor: 0, mmr: 0, imr: 0 }];
  for (const line of [
    { kind: 'settings', asset: 'BTC', decimals: 8 },
    { kind: 'market', name: 'XBTUSD', tick: '0.5', lot: '100', markTick: '0.01', tiers },
    { kind: 'market', name: 'WBETH', tick: '0.0001', lot: '0.01', tiers },
    { kind: 'account', name: 'a' },
    ...contracts,
  ])
    registry.learn(decodeCommand(JSON.stringify({ time: 0, ...line }), registry));
  return registry;
}
const INVERSE = { kind: 'contract', market: 'XBTUSD', form: 'inverse', value: '1' };
const COLLATERAL = { kind: 'contract', market: 'WBETH', form: 'collateral', weight: '0.95' };

const decodeAny = (line: object, registry = registryOf()): Command =>
  decodeCommand(JSON.stringify({ time: 0, ...line }), registry);
const decode = (line: object, registry = registryOf()): ContractCommand =>
  decodeAny(line, registry) as ContractCommand;

it('counts what a lot is worth in mark ticks', () => {
  // 100 contracts of a dollar in a lot, a hundred mark ticks in a dollar.
  expect(decode(INVERSE)).toMatchObject({
    form: 1,
    value: { num: 10_000, den: 1 },
    weight: { num: 1, den: 1 },
  });
  expect(decode({ ...INVERSE, value: '1/3' }).value).toEqual({ num: 10_000, den: 3 });
  expect(decode({ ...COLLATERAL, weight: '19/20' })).toMatchObject({
    form: 2,
    value: { num: 1, den: 1 },
    weight: { num: 19, den: 20 },
  });
  expect(decode({ ...COLLATERAL, weight: '38/40' }).weight).toEqual({ num: 19, den: 20 });
});

it('makes a cost basis of an entry price: less coin for a long, none for an asset', () => {
  const registry = registryOf(INVERSE, COLLATERAL);
  const position = { kind: 'position', account: 'a', market: 'XBTUSD', entryPrice: '30000' };
  const basisOf = (size: string): number =>
    (decodeAny({ ...position, size }, registry) as PositionCommand).costBasis;
  // 1,000 / 30,000 coins are 3,333,333.3 units.
  expect([basisOf('1000'), basisOf('-1000')]).toEqual([3_333_333, -3_333_334]);
  const balance = { kind: 'position', account: 'a', market: 'WBETH', size: '2.5' };
  expect((decodeAny(balance, registry) as PositionCommand).costBasis).toBe(0);
});

it.each([
  [{ ...INVERSE, value: undefined }, 'COMMAND_FIELD_MISSING', 'value', 'is missing'],
  [{ ...INVERSE, value: '0' }, 'COMMAND_NUMBER', 'value', 'what one contract is worth'],
  [{ ...INVERSE, value: 'much' }, 'COMMAND_NUMBER', 'value', 'what one contract is worth'],
  [{ ...INVERSE, value: '1e15' }, 'COMMAND_NUMBER', 'value', 'coarser markTick'],
  [{ ...INVERSE, weight: '1' }, 'COMMAND_FIELD_INVALID', 'weight', 'is for collateral markets'],
  [{ ...COLLATERAL, value: '1' }, 'COMMAND_FIELD_INVALID', 'value', 'is for inverse markets'],
  [{ ...COLLATERAL, weight: '0' }, 'COMMAND_NUMBER', 'weight', 'above 0 and at most 1'],
  [{ ...COLLATERAL, weight: '1.01' }, 'COMMAND_NUMBER', 'weight', 'above 0 and at most 1'],
  [{ ...INVERSE, form: 'quanto' }, 'COMMAND_FIELD_INVALID', 'form', 'one of linear, inverse, collateral'],
  [{ ...INVERSE, market: 'XBTUSDT' }, 'COMMAND_NAME_UNKNOWN', 'market', 'is not defined'],
])('refuses %j', (line, code, field, what) => {
  let problem: unknown;
  try {
    decode(line);
  } catch (error) {
    problem = error;
  }
  expect(problem).toBeInstanceOf(BadCommand);
  expect(problem).toMatchObject({ code, field });
  expect((problem as Error).message).toContain(what);
});

it('refuses an entry price of an asset', () => {
  const line = { kind: 'position', account: 'a', market: 'WBETH', size: '2.5', entryPrice: '0.05' };
  expect(() => decode(line, registryOf(COLLATERAL))).toThrow('leave it out');
});
