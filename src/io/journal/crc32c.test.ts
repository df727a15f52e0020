import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { crc32c, crc32cContinue, crc32cCopy } from './crc32c.ts';

const bytes = fc.uint8Array({ maxLength: 100 });

describe('CRC-32C', () => {
  test.each([
    ['', 0x00000000],
    ['123456789', 0xe3069283],
    ['\0'.repeat(32), 0x8a9136aa],
    ['\xff'.repeat(32), 0x62a8ab43],
  ])('of %j, from RFC 3720', (text, expected) => {
    expect(crc32c(Buffer.from(text, 'latin1'))).toBe(expected);
  });

  test('continued is the same as in one go', () => {
    fc.assert(
      fc.property(bytes, bytes, (head, tail) => {
        const whole = crc32cContinue(-1, Buffer.concat([head, tail]), 0, head.length + tail.length);
        const parts = crc32cContinue(crc32cContinue(-1, head, 0, head.length), tail, 0, tail.length);
        expect(parts).toBe(whole);
      }),
    );
  });

  test('copying gives the same checksum and the same bytes, and touches no others', () => {
    fc.assert(
      fc.property(bytes, fc.nat(20), (source, at) => {
        const target = new Uint8Array(source.length + 40).fill(0xaa);
        expect(crc32cCopy(-1, source, 0, source.length, target, at)).toBe(
          crc32cContinue(-1, source, 0, source.length),
        );
        const expected = new Uint8Array(target.length).fill(0xaa);
        expected.set(source, at);
        expect(target).toEqual(expected);
      }),
    );
  });

  test('equal bytes from different states end differently: what ties a record to its place', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer(), bytes, (a, b, content) => {
        fc.pre(a !== b);
        expect(crc32cContinue(a, content, 0, content.length)).not.toBe(
          crc32cContinue(b, content, 0, content.length),
        );
      }),
    );
  });
});
