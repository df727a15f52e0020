import fc from 'fast-check';
import { expect, it } from 'vitest';
import { CodecError } from './codec.ts';
import type { Command } from './commands.ts';
import { VenueCommandReader } from './venue-codec-reader.ts';
import { VenueCommandWriter } from './venue-codec.ts';
import { VENUE_KIND_FIRST, VENUE_KIND_NAMES, VenueKind, type OwnCommand } from './venue-commands.ts';

/** Numbers of every sort: what an exchange refuses has to come back as well. */
const number = fc.oneof(
  fc.maxSafeInteger(),
  fc.nat(1000),
  fc.double(),
  fc.constantFrom(0, -0, Number.NaN, Infinity, 2 ** 53, 5e-324),
);
const optional = fc.option(number);
const text = fc
  .array(fc.oneof(fc.integer({ min: 32, max: 126 }), fc.nat(0xffff)), { maxLength: 40 })
  .map((units) => String.fromCharCode(...units));
const rate = fc.record({ num: number, den: number });
const leg = fc.nat(2);
const head = {
  timeUs: number,
  origin: fc.option(fc.record({ source: number, position: number, previous: optional })),
};
const placed = { account: number, market: number };
const named = { account: number, order: number, clientId: number };

const SHAPES: Record<keyof typeof VenueKind, Record<string, fc.Arbitrary<unknown>>> = {
  venue: {
    gainHaircut: rate,
    fundFloor: number,
    adl: fc.nat(3),
    notionalMax: optional,
    ordersMax: number,
  },
  listing: {
    market: number,
    makerFee: rate,
    takerFee: rate,
    priceMax: number,
    sizeMin: number,
    sizeMax: number,
    positionMax: number,
    openInterestMax: number,
    collar: rate,
    band: rate,
    depthShare: fc.option(rate),
    leverageMax: number,
    haltMove: fc.option(rate),
    haltWindowUs: number,
    liquidation: fc.record({
      policy: fc.nat(3),
      share: rate,
      threshold: number,
      cooldownUs: number,
      buffer: rate,
      fee: rate,
    }),
  },
  bands: { market: number, low: optional, high: optional },
  state: { market: optional, state: fc.nat(3), text },
  deposit: { account: number, asset: optional, amount: number },
  withdraw: { account: number, asset: optional, amount: number },
  margin: { ...placed, leg, amount: number },
  leverage: { ...placed, leverage: number },
  mode: { account: number, market: optional, isolated: fc.boolean(), hedge: fc.boolean() },
  exempt: { account: number, exempt: fc.boolean(), text },
  place: {
    ...placed,
    leg,
    side: fc.nat(1),
    type: fc.nat(1),
    timeInForce: fc.nat(3),
    price: number,
    size: number,
    reduceOnly: fc.boolean(),
    postOnly: fc.boolean(),
    selfTrade: fc.nat(3),
    expiresUs: number,
    clientId: number,
    pair: number,
    session: number,
    trigger: fc.option(fc.record({ kind: fc.nat(3), by: fc.nat(1), price: number, distance: number })),
    takeProfit: optional,
    stopLoss: optional,
  },
  amend: { ...named, price: number, size: number },
  cancel: named,
  cancel_all: { account: number, market: optional },
  disconnect: { account: number, session: number },
  settlement: { market: number, price: number },
  tick: {},
};
const own = fc.oneof(
  ...VENUE_KIND_NAMES.map((name) =>
    fc.record({ kind: fc.constant(VenueKind[name]), ...head, ...SHAPES[name] }),
  ),
) as unknown as fc.Arbitrary<OwnCommand>;
const engine = fc.oneof(
  fc.record({ kind: fc.constant(8), ...head, name: text }),
  fc.record({
    kind: fc.constant(6),
    ...head,
    marks: fc.array(fc.record({ market: number, price: number })),
    text,
  }),
) as unknown as fc.Arbitrary<Command>;
const command = fc.oneof({ arbitrary: own, weight: 5 }, { arbitrary: engine, weight: 1 });

const plain = <T>(value: T): T => structuredClone(value);

it('gives back every command of both ranges, with one reader over all of them', () => {
  const writer = new VenueCommandWriter(16);
  const reader = new VenueCommandReader();
  const seen = new Set<number>();
  fc.assert(
    fc.property(command, fc.nat(40), (given, offset) => {
      const length = writer.write(given, offset);
      expect(reader.decode(writer.view, offset, length)).toStrictEqual(plain(given));
      seen.add(given.kind);
    }),
    { numRuns: 4000 },
  );
  expect(seen.size).toBe(VENUE_KIND_NAMES.length + 2);
});

it('refuses every truncation and every byte too many', () => {
  const writer = new VenueCommandWriter();
  const reader = new VenueCommandReader();
  fc.assert(
    fc.property(own, (given) => {
      const length = writer.write(given);
      for (let cut = 0; cut < length; cut++) {
        expect(() => reader.decode(writer.view, 0, cut)).toThrow(CodecError);
        // Where the view ends there, a read beyond it would be a RangeError.
        expect(() => reader.decode(new DataView(writer.bytes.buffer, 0, cut), 0, cut)).toThrow(CodecError);
      }
      const longer = new Uint8Array(length + 1);
      longer.set(writer.bytes.subarray(0, length));
      expect(() => reader.decode(new DataView(longer.buffer), 0, length + 1)).toThrow('left over');
    }),
    { numRuns: 300 },
  );
});

it('answers garbage with a CodecError or with a command that encodes to as many bytes and reads back', () => {
  const writer = new VenueCommandWriter();
  const reader = new VenueCommandReader();
  const flips = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 });
  let decoded = 0;
  let refused = 0;
  fc.assert(
    fc.property(own, flips, (given, changes) => {
      const bytes = writer.bytes.slice(0, writer.write(given));
      for (const [at, value] of changes) bytes[at % bytes.length] = value;
      let answer: Command | OwnCommand;
      try {
        answer = reader.decode(new DataView(bytes.buffer), 0, bytes.length);
      } catch (error) {
        refused++;
        expect(error).toBeInstanceOf(CodecError);
        expect((error as CodecError).message).toMatch(/malformed: |not all there/);
        return;
      }
      decoded++;
      const copy = plain(answer);
      const again = writer.bytes.slice(0, writer.write(answer));
      expect(again.length).toBe(bytes.length);
      expect(reader.decode(new DataView(again.buffer), 0, again.length)).toStrictEqual(copy);
    }),
    { numRuns: 4000 },
  );
  expect(Math.min(decoded, refused)).toBeGreaterThan(100);
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 2, maxLength: 200 }), (bytes) => {
      bytes[0] = 1;
      bytes[1] = VENUE_KIND_FIRST + (bytes[1] % 20);
      try {
        reader.decode(new DataView(bytes.buffer, bytes.byteOffset, bytes.length), 0, bytes.length);
      } catch (error) {
        expect(error).toBeInstanceOf(CodecError);
      }
    }),
    { numRuns: 2000 },
  );
});
