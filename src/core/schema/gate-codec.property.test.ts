import fc from 'fast-check';
import { expect, it } from 'vitest';
import { CodecError } from './codec.ts';
import type { Command } from './commands.ts';
import { GateCommandReader } from './gate-codec-reader.ts';
import { GateCommandWriter } from './gate-codec.ts';
import { GATE_KIND_FIRST, GATE_KIND_NAMES, GateKind, type GateCommand } from './gate-commands.ts';
import { LIMIT_COUNT } from './gate-limits.ts';

/** Numbers of every sort: what a gate refuses has to come back as well. */
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
const leg = fc.nat(2);
const head = {
  timeUs: number,
  origin: fc.option(fc.record({ source: number, position: number, previous: optional })),
};
const placed = { account: number, market: number };
const named = { account: number, order: number, clientId: number };

const shape = {
  group: optional,
  account: optional,
  market: optional,
};
const limit = fc.nat(LIMIT_COUNT - 1);
const SHAPES: Record<keyof typeof GateKind, Record<string, fc.Arbitrary<unknown>>> = {
  instrument: { market: number, sector: text, issuer: text, short: fc.nat(2), restricted: fc.boolean() },
  reference: { market: number, index: optional, last: optional },
  group: { name: text, of: fc.nat(5), parent: number },
  member: { account: number, group: number, isIn: fc.boolean() },
  limits: {
    version: number,
    author: text,
    why: text,
    effectiveUs: number,
    sets: fc.array(
      fc.record({
        level: fc.nat(1),
        ...shape,
        values: fc.array(fc.record({ limit, hard: optional, soft: optional }), { maxLength: 5 }),
      }),
      { maxLength: 5 },
    ),
  },
  halt: { ...shape, state: fc.nat(2), by: text, why: text },
  release: { ...shape, by: text, why: text },
  grant: {
    ...shape,
    level: fc.nat(1),
    limit,
    hard: optional,
    expiresUs: number,
    by: text,
    approvedBy: text,
    why: text,
  },
  locate: { ...placed, lots: number, expiresUs: number },
  parent: { parent: number, ...placed, side: fc.nat(1), size: number },
  enter: {
    ...placed,
    leg,
    side: fc.nat(1),
    type: fc.nat(1),
    price: number,
    size: number,
    reduceOnly: fc.boolean(),
    clientId: number,
    parent: number,
  },
  replace: { ...named, price: number, size: number },
  cancel: named,
  confirm: { order: number, taken: fc.boolean() },
  done: { order: number },
  execution: {
    account: optional,
    name: text,
    market: number,
    leg,
    side: fc.nat(1),
    lots: number,
    price: number,
    fee: number,
    trade: number,
    order: number,
  },
  day: {},
  tick: {},
};
const own = fc.oneof(
  ...GATE_KIND_NAMES.map((name) =>
    fc.record({ kind: fc.constant(GateKind[name]), ...head, ...SHAPES[name] }),
  ),
) as unknown as fc.Arbitrary<GateCommand>;
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
  const writer = new GateCommandWriter(16);
  const reader = new GateCommandReader();
  const seen = new Set<number>();
  fc.assert(
    fc.property(command, fc.nat(40), (given, offset) => {
      const length = writer.write(given, offset);
      expect(reader.decode(writer.view, offset, length)).toStrictEqual(plain(given));
      seen.add(given.kind);
    }),
    { numRuns: 4000 },
  );
  expect(seen.size).toBe(GATE_KIND_NAMES.length + 2);
});

it('refuses every truncation and every byte too many', () => {
  const writer = new GateCommandWriter();
  const reader = new GateCommandReader();
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
  const writer = new GateCommandWriter();
  const reader = new GateCommandReader();
  const flips = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 });
  let decoded = 0;
  let refused = 0;
  fc.assert(
    fc.property(own, flips, (given, changes) => {
      const bytes = writer.bytes.slice(0, writer.write(given));
      for (const [at, value] of changes) bytes[at % bytes.length] = value;
      let answer: Command | GateCommand;
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
      bytes[1] = GATE_KIND_FIRST + (bytes[1] % 20);
      try {
        reader.decode(new DataView(bytes.buffer, bytes.byteOffset, bytes.length), 0, bytes.length);
      } catch (error) {
        expect(error).toBeInstanceOf(CodecError);
      }
    }),
    { numRuns: 2000 },
  );
});
