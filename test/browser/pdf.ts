/**
 * The text of each page of a PDF as Chromium writes them: plain objects, packed streams, fonts whose glyphs are named by a map to characters. What is
 * read is what a reader could copy, in the order in which it was painted; spaces are gaps on paper and no characters, so all of them are left out.
 */
import { inflateSync } from 'node:zlib';

type Characters = ReadonlyMap<number, string>;

export function pagesOf(pdf: Buffer): string[] {
  const objects = new Map<number, { head: string; stream: () => string }>();
  const file = pdf.toString('latin1');
  for (const match of file.matchAll(/(?<=^|\n)(\d+) 0 obj\n([\s\S]*?)(?=\nendobj)/g)) {
    const begin = match[2].indexOf('stream\n');
    const head = begin < 0 ? match[2] : match[2].slice(0, begin);
    objects.set(Number(match[1]), { head, stream: () => unpacked(head, match[2].slice(begin + 7)) });
  }
  const at = (reference: string): number => Number(/\d+/.exec(reference)![0]);
  const charactersOf = new Map<number, Characters>();
  const charactersAt = (font: number): Characters => {
    const head = objects.get(font)!.head;
    const map = /\/ToUnicode (\d+) 0 R/.exec(head);
    return map === null ? new Map() : charactersIn(objects.get(Number(map[1]))!.stream());
  };
  return [...objects.values()]
    .filter(({ head }) => /\/Type \/Page\b(?!s)/.test(head))
    .map(({ head }) => {
      const fonts = new Map<string, Characters>();
      for (const [, name, font] of (/\/Font <<([^>]*)>>/.exec(head)?.[1] ?? '').matchAll(
        /\/(\w+) (\d+) 0 R/g,
      )) {
        const number = Number(font);
        if (!charactersOf.has(number)) charactersOf.set(number, charactersAt(number));
        fonts.set(name, charactersOf.get(number)!);
      }
      return textIn(objects.get(at(/\/Contents [^/]*/.exec(head)![0]))!.stream(), fonts);
    });
}

function unpacked(head: string, rest: string): string {
  const length = Number(/\/Length (\d+)/.exec(head)![1]);
  const bytes = Buffer.from(rest.slice(0, length), 'latin1');
  return (head.includes('/FlateDecode') ? inflateSync(bytes) : bytes).toString('latin1');
}

const utf16 = (hex: string): string => Buffer.from(hex, 'hex').swap16().toString('utf16le');

/** Of `<0024> <0041>`, a glyph and its characters, and `<0024> <0029> <0041>`, a run of glyphs and the first one's. */
function charactersIn(map: string): Characters {
  const characters = new Map<number, string>();
  for (const [, body] of map.matchAll(/beginbfchar([\s\S]*?)endbfchar/g))
    for (const [, glyph, text] of body.matchAll(/<(\w+)> <(\w+)>/g))
      characters.set(Number.parseInt(glyph, 16), utf16(text));
  for (const [, body] of map.matchAll(/beginbfrange([\s\S]*?)endbfrange/g))
    for (const [, first, last, text] of body.matchAll(/<(\w+)> <(\w+)> <(\w+)>/g))
      for (
        let glyph = Number.parseInt(first, 16), to = Number.parseInt(last, 16), at = 0;
        glyph <= to;
        glyph++, at++
      )
        characters.set(glyph, String.fromCodePoint(utf16(text).codePointAt(0)! + at));
  return characters;
}

function textIn(content: string, fonts: ReadonlyMap<string, Characters>): string {
  let font: Characters | undefined;
  let text = '';
  for (const [, name, glyphs] of content.matchAll(/\/(\w+) [\d.]+ Tf|<([0-9A-Fa-f]+)>/g))
    if (name !== undefined) font = fonts.get(name);
    else
      for (let at = 0; at < glyphs.length; at += 4)
        text += font?.get(Number.parseInt(glyphs.slice(at, at + 4), 16)) ?? '';
  return bare(text);
}

/** As `pagesOf` gives it. */
export const bare = (text: string): string => text.replaceAll(/\s/g, '');
