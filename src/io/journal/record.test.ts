import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  RECORD_HEADER_BYTES,
  RecordKind,
  readI32,
  readU64,
  recordChecksum,
  writeRecord,
  writeU64,
} from './record.ts';

const int32 = fc.integer();
const position = fc.nat(2 ** 31 - 1);
const sequence = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER });
const payload = fc.uint8Array({ maxLength: 40 });

describe('a record', () => {
  test('reads back, and touches no byte around it', () => {
    fc.assert(
      fc.property(payload, fc.nat(9), position, int32, sequence, (bytes, at, place, chain, number) => {
        const target = new Uint8Array(80).fill(0xee);
        const checksum = writeRecord(target, at, place, chain, number, bytes, 0, bytes.length);
        const end = at + RECORD_HEADER_BYTES + bytes.length;
        expect(readI32(target, at)).toBe(checksum);
        expect(recordChecksum(target, at, place, chain, bytes.length)).toBe(checksum);
        expect(readI32(target, at + 4)).toBe(bytes.length | (RecordKind.command << 24));
        expect(readU64(target, at + 8)).toBe(number);
        expect(target.slice(at + RECORD_HEADER_BYTES, end)).toEqual(bytes);
        expect(target.every((byte, index) => (index >= at && index < end) || byte === 0xee)).toBe(true);
      }),
    );
  });

  test('is valid at its own position, after its own predecessor, and nowhere else', () => {
    fc.assert(
      fc.property(payload, position, position, int32, int32, (bytes, here, there, chain, other) => {
        const target = new Uint8Array(80);
        const checksum = writeRecord(target, 0, here, chain, 1, bytes, 0, bytes.length);
        if (there !== here) expect(recordChecksum(target, 0, there, chain, bytes.length)).not.toBe(checksum);
        if (other !== chain) expect(recordChecksum(target, 0, here, other, bytes.length)).not.toBe(checksum);
      }),
    );
  });

  test('shows every single flipped bit', () => {
    const bytes = Uint8Array.from({ length: 37 }, (_, at) => at * 7);
    const target = new Uint8Array(RECORD_HEADER_BYTES + bytes.length);
    const checksum = writeRecord(target, 0, 4711, -5, 123_456, bytes, 0, bytes.length);
    for (let bit = 32; bit < target.length * 8; bit++) {
      target[bit >> 3] ^= 1 << (bit & 7);
      expect(recordChecksum(target, 0, 4711, -5, bytes.length)).not.toBe(checksum);
      target[bit >> 3] ^= 1 << (bit & 7);
    }
  });

  test('64-bit numbers survive', () => {
    fc.assert(
      fc.property(fc.nat(Number.MAX_SAFE_INTEGER), (number) => {
        const bytes = new Uint8Array(8);
        writeU64(bytes, 0, number);
        expect(readU64(bytes, 0)).toBe(number);
        expect(new DataView(bytes.buffer).getBigUint64(0, true)).toBe(BigInt(number));
      }),
    );
  });
});
