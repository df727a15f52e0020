/** The pages a person looks things up in keep up with the code. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { REASON_NAMES } from '../src/core/schema/reasons.ts';

const root = dirname(import.meta.dirname);
const read = (path: string) => readFileSync(join(root, path), 'utf8');

const pages = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.md'))
  .map((path) => `docs/${path.replaceAll('\\', '/')}`)
  .concat(readdirSync(root).filter((path) => path.endsWith('.md')));

test('every reason code has its line in docs/reference/errors.md', () => {
  const text = read('docs/reference/errors.md');
  expect(REASON_NAMES.filter((name) => !text.includes(`| \`${name}\` |`))).toEqual([]);
});

describe('links between pages lead somewhere', () => {
  test.each(pages)('%s', (page) => {
    const targets = [...read(page).matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)]
      .map((match) => match[1])
      .filter((target) => !/^[a-z]+:/.test(target));
    expect(targets.filter((target) => !existsSync(join(root, dirname(page), target)))).toEqual([]);
  });
});

test('decisions are numbered without gaps', () => {
  const numbers = readdirSync(join(root, 'docs', 'decisions')).map((name) => Number(name.slice(0, 4)));
  expect(numbers.toSorted((a, b) => a - b)).toEqual(numbers.map((_, i) => i + 1));
});
