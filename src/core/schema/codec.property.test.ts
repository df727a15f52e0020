import fc from 'fast-check';
import { expect, it } from 'vitest';
import { CodecError, CommandWriter, encodeCommand } from './codec.ts';
import { CommandReader } from './codec-reader.ts';
import { Kind, type Command } from './commands.ts';

/** Numbers of every sort: what an engine refuses has to come back as well. */
const number = fc.oneof(
  fc.maxSafeInteger(),
  fc.nat(1000),
  fc.double(),
  fc.constantFrom(0, -0, Number.NaN, Infinity, 2 ** 53, 5e-324),
);
const text = fc
  .array(fc.oneof(fc.integer({ min: 32, max: 126 }), fc.nat(0xffff)), { maxLength: 40 })
  .map((units) => String.fromCharCode(...units));
const rate = fc.record({ num: number, den: number });
const fraction = fc.tuple(number, number);
const tiers = fc.array(fc.record({ floor: number, mmr: rate, imr: rate }), { maxLength: 5 });
const head = {
  timeUs: number,
  origin: fc.option(fc.record({ source: number, position: number, previous: fc.option(number) })),
};
const bucket = {
  ...head,
  account: number,
  market: number,
  leg: fc.constantFrom(0, 1, 2),
  isolated: fc.boolean(),
};
const kind = <K extends number>(value: K): fc.Arbitrary<K> => fc.constant(value);

const shapes = [
  fc.record({
    kind: kind(Kind.settings),
    ...head,
    rules: number,
    asset: text,
    decimals: number,
    inclusive: fc.boolean(),
    levels: fc.record({
      enter: fc.tuple(fraction, fraction, fraction),
      exit: fc.tuple(fraction, fraction, fraction),
      backstop: fraction,
    }),
  }),
  fc.record({ kind: kind(Kind.source), ...head, name: text }),
  fc.record({ kind: kind(Kind.resync), ...head, source: number, position: number }),
  fc.record({
    kind: kind(Kind.market),
    ...head,
    name: text,
    tick: text,
    lot: text,
    markTick: text,
    markUnit: number,
    tickUnit: rate,
    tiers,
    closeFee: rate,
    basis: fc.constantFrom(0, 1),
    orderMargin: fc.constantFrom(0, 1, 2),
    orderRate: rate,
  }),
  fc.record({ kind: kind(Kind.tiers), ...head, market: number, tiers, effectiveUs: number }),
  fc.record({
    kind: kind(Kind.marks),
    ...head,
    marks: fc.array(fc.record({ market: number, price: number }), { maxLength: 5 }),
    text,
  }),
  fc.record({ kind: kind(Kind.funding), ...head, market: number, index: number }),
  fc.record({ kind: kind(Kind.account), ...head, name: text }),
  fc.record({ kind: kind(Kind.collateral), ...bucket, amount: number }),
  fc.record({ kind: kind(Kind.transfer), ...bucket, amount: number }),
  fc.record({
    kind: kind(Kind.position),
    ...bucket,
    size: number,
    costBasis: number,
    fundingIndex: fc.option(number),
  }),
  fc.record({ kind: kind(Kind.fill), ...bucket, size: number, price: number, fee: number }),
  fc.record({ kind: kind(Kind.settle), ...bucket }),
  fc.record({ kind: kind(Kind.order), ...bucket, id: number, size: number, price: number }),
  fc.record({
    kind: kind(Kind.quality),
    ...head,
    market: number,
    quality: fc.nat(5),
    allows: number,
    mark: fc.option(number),
    reference: fc.option(number),
    text,
  }),
  fc.record({ kind: kind(Kind.breaker), ...head, share: rate, least: number }),
  fc.record({ kind: kind(Kind.lift), ...head, market: number }),
  fc.record({
    kind: kind(Kind.contract),
    ...head,
    market: number,
    form: fc.constantFrom(0, 1, 2),
    value: rate,
    weight: rate,
  }),
] as unknown as fc.Arbitrary<Command>[];
const { command } = fc.letrec<{ command: Command }>((tie) => ({
  command: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    ...shapes.map((arbitrary) => ({ arbitrary, weight: 1 })),
    {
      arbitrary: fc.record(
        { kind: kind(Kind.transaction), ...head, rows: fc.array(tie('command'), { maxLength: 6 }) },
        { noNullPrototype: true },
      ) as unknown as fc.Arbitrary<Command>,
      weight: 4,
    },
  ),
})) as { command: fc.Arbitrary<Command> };

/** Null prototypes and the like are fast-check's, not ours. */
const plain = (value: Command): Command => structuredClone(value);

it('gives back every command, with one reader over all of them', () => {
  const writer = new CommandWriter(16);
  const reader = new CommandReader();
  fc.assert(
    fc.property(command, fc.nat(40), (given, offset) => {
      const length = writer.write(given, offset);
      expect(reader.decode(writer.view, offset, length)).toStrictEqual(plain(given));
      const exact = new DataView(new ArrayBuffer(length));
      expect(encodeCommand(given, exact, 0)).toBe(length);
    }),
    { numRuns: 3000 },
  );
});

it('refuses every truncation and every byte too many', () => {
  const writer = new CommandWriter();
  const reader = new CommandReader();
  fc.assert(
    fc.property(command, (given) => {
      const length = writer.write(given);
      for (let cut = 0; cut < length; cut++) {
        expect(() => reader.decode(writer.view, 0, cut)).toThrow(CodecError);
        // Where the view ends there, a read beyond it would be a RangeError.
        expect(() => reader.decode(new DataView(writer.bytes.buffer, 0, cut), 0, cut)).toThrow(CodecError);
      }
      const longer = new Uint8Array(length + 1);
      longer.set(writer.bytes.subarray(0, length));
      expect(() => reader.decode(new DataView(longer.buffer), 0, length + 1)).toThrow('left over');
      expect(() => reader.decode(writer.view, writer.view.byteLength - 2, length)).toThrow('not all there');
    }),
    { numRuns: 300 },
  );
});

it('answers garbage with a CodecError or with a command that encodes to the same bytes', () => {
  const writer = new CommandWriter();
  const reader = new CommandReader();
  const flips = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 });
  let decoded = 0;
  fc.assert(
    fc.property(command, flips, (given, changes) => {
      const bytes = writer.bytes.slice(0, writer.write(given));
      for (const [at, value] of changes) bytes[at % bytes.length] = value;
      let answer: Command;
      try {
        answer = reader.decode(new DataView(bytes.buffer), 0, bytes.length);
      } catch (error) {
        expect(error).toBeInstanceOf(CodecError);
        expect((error as CodecError).message).toMatch(/malformed: |not all there/);
        return;
      }
      decoded++;
      // A NaN has many forms and comes back in one; all else has exactly one encoding.
      const again = writer.bytes.slice(0, writer.write(answer));
      expect(again.length).toBe(bytes.length);
      const copy = plain(answer);
      expect(reader.decode(new DataView(again.buffer), 0, again.length)).toStrictEqual(copy);
    }),
    { numRuns: 3000 },
  );
  expect(decoded).toBeGreaterThan(100);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      bytes.set([1, 15].slice(0, bytes.length));
      try {
        reader.decode(new DataView(bytes.buffer, bytes.byteOffset, bytes.length), 0, bytes.length);
      } catch (error) {
        expect(error).toBeInstanceOf(CodecError);
      }
    }),
    { numRuns: 2000 },
  );
});
