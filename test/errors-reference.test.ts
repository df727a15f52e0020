import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { REASON_NAMES } from '../src/core/schema/reasons.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const page = readFileSync(`${root}docs/reference/errors.md`, 'utf8');
const sections = new Map(
  page
    .split(/^## /m)
    .slice(1)
    .map((section) => [section.slice(0, section.indexOf('\n')), section]),
);

interface Row {
  readonly code: string;
  readonly cells: readonly string[];
}
const rowsOf = (text: string): Row[] =>
  [...text.matchAll(/^\| `(\w+)` \|(.*)\|$/gm)].map(([, code, rest]) => ({
    code,
    cells: rest.split(' | ').map((cell) => cell.trim()),
  }));

/** Codes as the sources have them: what is constructed, and every literal that looks like one of ours. */
function codesIn(folder: string): Set<string> {
  const codes = new Set<string>();
  for (const name of readdirSync(`${root}${folder}`, { recursive: true, encoding: 'utf8' })) {
    if (!name.endsWith('.ts') || name.endsWith('.test.ts')) continue;
    const source = readFileSync(`${root}${folder}/${name}`, 'utf8');
    for (const [, code] of source.matchAll(/new (?:OperationalError|CodecError|BadCommand)\(\s*'([A-Z_]+)'/g))
      codes.add(code);
    for (const [, code] of source.matchAll(
      /'((?:INGEST|CAPTURE|FEED|COMMAND|JOURNAL|SNAPSHOT|MARKET|NAME|QUARANTINE)_[A-Z_]+)'/g,
    ))
      codes.add(code);
  }
  return codes;
}

describe('docs/reference/errors.md', () => {
  it('has one line for every reason, in order of precedence', () => {
    const deciders = ['Reasons', 'Reasons of an exchange', 'Reasons of a gate'];
    const rows = deciders.flatMap((title) => rowsOf(sections.get(title)!));
    expect(rows.map(({ code }) => code)).toEqual(Object.values(REASON_NAMES));
  });

  it('has one line for every code that input and output can fail with, and for no other', () => {
    const documented = rowsOf(page)
      .map(({ code }) => code)
      .filter((code) => code === code.toUpperCase());
    expect(new Set(documented).size).toBe(documented.length);
    const used = new Set([...codesIn('src/io'), ...codesIn('src/core/schema'), ...codesIn('src/app')]);
    expect(documented.toSorted()).toEqual([...used].toSorted());
  });

  it('says for each what happened and what to do', () => {
    for (const { code, cells } of rowsOf(page)) {
      expect([
        code,
        cells.length >= 2,
        cells.every((cell) => cell.endsWith('.') || cell.endsWith('`.')),
      ]).toEqual([code, true, true]);
    }
  });
});
