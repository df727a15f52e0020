import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MalformedJson, parseJsonWithLines } from './json-lines.ts';

it('reads what JSON.parse reads, as it does', () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 6 }), fc.constantFrom(0, 1, 2), (text, indent) => {
      const spread = JSON.stringify(JSON.parse(text), null, indent);
      const { value } = parseJsonWithLines(spread);
      expect(JSON.stringify(value)).toBe(JSON.stringify(JSON.parse(text)));
    }),
    { numRuns: 1000 },
  );
});

it('refuses what JSON.parse refuses, and names it twice in one object', () => {
  const broken = fc
    .tuple(fc.json({ maxDepth: 4 }), fc.nat(), fc.constantFrom('', ',', '{', '}', '"', '\\', '\n', 'e', '-'))
    .map(
      ([text, at, put]) =>
        text.slice(0, at % (text.length + 1)) + put + text.slice((at % (text.length + 1)) + 1),
    );
  let refused = 0;
  fc.assert(
    fc.property(broken, (text) => {
      let expected: unknown;
      try {
        expected = JSON.parse(text);
      } catch {
        refused++;
        expect(() => parseJsonWithLines(text)).toThrow(MalformedJson);
        return;
      }
      try {
        expect(JSON.stringify(parseJsonWithLines(text).value)).toBe(JSON.stringify(expected));
      } catch (error) {
        expect((error as Error).message).toContain('stands twice');
      }
    }),
    { numRuns: 2000 },
  );
  expect(refused).toBeGreaterThan(500);
});

it('knows the line of every value', () => {
  const { lines } = parseJsonWithLines('{\n "a": {"b": 1,\r\n  "c.d": [\n 2,\n 3]}\n}');
  expect([...lines]).toEqual([
    ['', 1],
    ['a', 2],
    ['a.b', 2],
    ['a.c.d', 3],
    ['a.c.d[0]', 4],
    ['a.c.d[1]', 5],
  ]);
});

describe('says what is wrong and where', () => {
  it.each([
    ['{"a": 1,\n}', 2, 'the comma before } is one too many'],
    ['{"a": 1\n "b": 2}', 2, 'a comma or } is missing before "\\""'],
    ['{\n\n"a" 1}', 3, 'a colon is missing before "1"'],
    ['{"a": }', 1, 'a value is missing before "}"'],
    ['[1', 1, 'a comma or ] is missing before the end'],
    ['{a: 1}', 1, 'a name in quotes is missing before "a"'],
    ['{"a": "x\n"}', 1, 'a text in quotes does not end on its line'],
    ['{} {}', 1, '"{" is left over'],
    ['{"a": 1,\n "a": 2}', 2, 'stands twice, first on line 1'],
    ['"\\q"', 1, 'an escape or a control character'],
    ['['.repeat(40), 1, 'nested more than 32 deep'],
  ])('%j', (text, line, what) => {
    const refuse = (): unknown => parseJsonWithLines(text);
    expect(refuse).toThrow(what);
    try {
      refuse();
    } catch (error) {
      expect((error as MalformedJson).line).toBe(line);
    }
  });
});
