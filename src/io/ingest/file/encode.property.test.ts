import fc from 'fast-check';
import { expect, it } from 'vitest';
import { fraction } from '../../../core/num/rational.ts';
import { Form, Kind, type Command } from '../../../core/schema/commands.ts';
import { Quality } from '../../../core/schema/quality.ts';
import { generateBook } from '../../../sim/book.ts';
import { decodeCommand } from './decode.ts';
import { encodeLine } from './encode.ts';
import { Registry } from './registry.ts';

const registry = new Registry();
for (const command of generateBook({
  accounts: 3,
  markets: 20,
  seed: 1,
  book: 'spread',
  popularity: 'uniform',
}))
  registry.learn(command);
registry.learn({ kind: Kind.source, timeUs: 0 as never, origin: null, name: 'ledger' });

const amount = fc.maxSafeInteger();
const head = {
  timeUs: fc.nat({ max: 4e15 }),
  origin: fc.option(
    fc.record({ source: fc.constant(0), position: fc.maxSafeNat(), previous: fc.option(fc.maxSafeNat()) }),
  ),
};
const place = {
  ...head,
  account: fc.nat(2),
  market: fc.nat(19),
  leg: fc.constantFrom(0, 1, 2),
  isolated: fc.boolean(),
};
const bucket = fc.record({ ...place }).map((row) => (row.isolated ? row : { ...row, market: 0, leg: 0 }));
const kind = <K extends number>(value: K): { kind: fc.Arbitrary<K> } => ({ kind: fc.constant(value) });
const rate = fc.record({ num: fc.nat(1000), den: fc.integer({ min: 1000, max: 1e9 }) });
const tiers = fc
  .array(fc.record({ floor: fc.maxSafeNat(), rate: fc.nat(500) }), { maxLength: 6 })
  .map((rows) =>
    [0, ...new Set(rows.map(({ floor }) => floor + 1))]
      .sort((a, b) => a - b)
      .filter(Number.isSafeInteger)
      .map((floor, index) => ({
        floor,
        mmr: { num: 2 * index, den: 500 },
        imr: { num: 3 * index, den: 500 },
      })),
  );

const mark = fc.integer({ min: 1, max: 2 ** 44 });
const breaker = fc.record({
  ...kind(Kind.breaker),
  ...head,
  share: rate,
  least: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
}) as unknown as fc.Arbitrary<Command>;

const lowest = (num: number, den: number): { num: number; den: number } => {
  const { num: top, den: bottom } = fraction(BigInt(num), BigInt(den));
  return { num: Number(top), den: Number(bottom) };
};
const one = { num: 1, den: 1 };
const contract = fc
  .record({
    ...kind(Kind.contract),
    ...head,
    market: fc.nat(19),
    form: fc.constantFrom(0, 1, 2),
    num: fc.integer({ min: 1, max: 1e9 }),
    den: fc.integer({ min: 1, max: 1e6 }),
  })
  .map(({ num, den, ...rest }) => ({
    ...rest,
    value: rest.form === Form.inverse ? lowest(num, den) : one,
    weight: rest.form === Form.collateral ? lowest(Math.min(num, den), den) : one,
  }));

const command = fc.oneof(
  fc.record({ ...kind(Kind.resync), ...head, source: fc.constant(0), position: fc.maxSafeNat() }),
  fc.record({ ...kind(Kind.tiers), ...head, market: fc.nat(19), tiers, effectiveUs: fc.nat({ max: 4e15 }) }),
  fc.record({
    ...kind(Kind.marks),
    ...head,
    marks: fc.array(fc.record({ market: fc.nat(19), price: fc.integer({ min: 1, max: 2 ** 44 }) }), {
      minLength: 1,
      maxLength: 4,
    }),
    text: fc.string({ maxLength: 80 }),
  }),
  fc.record({ ...kind(Kind.funding), ...head, market: fc.nat(19), index: amount }),
  fc
    .tuple(fc.constantFrom(Kind.collateral, Kind.transfer), bucket, amount)
    .map(([each, row, value]) => ({ kind: each, ...row, amount: value })),
  fc.record({
    ...kind(Kind.position),
    ...place,
    size: amount,
    costBasis: amount,
    fundingIndex: fc.option(amount),
  }),
  fc.record({
    ...kind(Kind.fill),
    ...place,
    size: amount,
    price: fc.integer({ min: 1, max: 2 ** 44 }),
    fee: amount,
  }),
  fc.record({ ...kind(Kind.settle), ...place }),
  fc.record({
    ...kind(Kind.order),
    ...place,
    id: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
    size: amount.filter((size) => size !== 0),
    price: fc.integer({ min: 1, max: 2 ** 44 }),
  }),
  fc
    .record({
      ...kind(Kind.quality),
      ...head,
      market: fc.nat(19),
      quality: fc.nat(5),
      allows: fc.nat(31),
      mark: fc.option(mark),
      reference: fc.option(mark),
      text: fc.string({ maxLength: 80 }),
    })
    .map((row) => (row.quality === Quality.implausible ? { ...row, mark: null } : row)),
  fc.record({ ...kind(Kind.lift), ...head, market: fc.nat(19) }),
  contract,
  fc
    .record({
      ...kind(Kind.market),
      ...head,
      name: fc.constantFrom('NEW', 'Neu ⚓'),
      tick: fc.constant('0.01'),
      lot: fc.constant('0.5'),
      markTick: fc.constant('0.000002'),
      markUnit: fc.constant(1),
      tickUnit: fc.constant({ num: 5000, den: 1 }),
      tiers,
      closeFee: rate,
      basis: fc.constantFrom(0, 1),
      orderMargin: fc.constantFrom(0, 1, 2),
      orderRate: rate,
    })
    .map((market) => ({
      ...market,
      closeFee: market.closeFee.num === 0 ? { num: 0, den: 1 } : market.closeFee,
      orderRate: market.orderRate.num === 0 ? { num: 0, den: 1 } : market.orderRate,
    })),
  fc.record({
    ...kind(Kind.settings),
    ...head,
    rules: fc.integer({ min: 1, max: 9 }),
    asset: fc.constant('USDC'),
    decimals: fc.nat(12),
    inclusive: fc.boolean(),
    levels: fc.constant({
      enter: [
        [3, 1],
        [2, 1],
        [5, 4],
      ],
      exit: [
        [3, 1],
        [2, 1],
        [30, 24],
      ],
      backstop: [1, 32],
    }),
  }),
) as unknown as fc.Arbitrary<Command>;
const transaction = fc.record({
  ...kind(Kind.transaction),
  ...head,
  rows: fc.array(
    command.filter(({ kind: each }) => each >= Kind.marks),
    { maxLength: 4 },
  ),
}) as unknown as fc.Arbitrary<Command>;

it('writes what reads back as the same command', () => {
  fc.assert(
    fc.property(fc.oneof(command, breaker, transaction), (given) => {
      const line = encodeLine(given, registry);
      expect(line).not.toContain('\n');
      expect(decodeCommand(line, registry)).toEqual(structuredClone(given));
    }),
    { numRuns: 3000 },
  );
});

it('writes a whole book as lines that build the same book', () => {
  const options = { accounts: 200, markets: 30, seed: 5, book: 'edge', popularity: 'zipf' } as const;
  const writing = new Registry();
  const reading = new Registry();
  for (const given of generateBook(options)) {
    const read = decodeCommand(encodeLine(given, writing), reading);
    expect(read).toEqual(given);
    writing.learn(given);
    reading.learn(read);
  }
  expect(reading.accounts.count).toBe(200);
});

it('says what stands for no line', () => {
  const settle = {
    kind: Kind.settle,
    timeUs: 0,
    origin: null,
    account: 99,
    market: 0,
    leg: 0,
    isolated: false,
  } as unknown as Command;
  expect(() => encodeLine(settle, registry)).toThrow('account row 99 is not defined');
  expect(() =>
    encodeLine({ ...settle, account: 0, kind: Kind.collateral, amount: 0.5 } as never, registry),
  ).toThrow('a collateral command cannot be written as text');
  expect(() => encodeLine({ ...settle, timeUs: Number.NaN, account: 0 } as never, registry)).toThrow(
    'cannot be written',
  );
});
