/** Every example of docs/reference/margin.md, run; and every code that the page and the source name. */

import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { calculate } from './calculate.ts';
import { parseCalculatorInput } from './parse-input.ts';
import { DEFAULT_RULES, PRESETS } from './presets.ts';

const page = readFileSync(new URL('../../../docs/reference/margin.md', import.meta.url), 'utf8');
const blocks = [...page.matchAll(/^```json (\w+)\n([\s\S]*?)^```$/gm)].map(([, kind, text]) => ({
  kind,
  json: JSON.parse(text) as unknown,
}));
const examples = blocks.flatMap((block, at) =>
  block.kind === 'in' ? [[at, block.json, blocks[at + 1]] as const] : [],
);

it('has examples', () => {
  expect(examples.length).toBeGreaterThanOrEqual(5);
  expect(blocks.length).toBe(2 * examples.length);
});

it.each(examples)('example %i answers as printed', (_at, input, answer) => {
  const parsed = parseCalculatorInput(input);
  if (answer.kind === 'error') expect(parsed).toEqual({ ok: false, error: answer.json });
  else expect(parsed.ok ? calculate(parsed.input) : parsed.error).toEqual(answer.json);
});

it('documents every code that input can be refused with, and no other', () => {
  const folder = new URL('.', import.meta.url);
  const source = readdirSync(folder)
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .map((name) => readFileSync(new URL(name, folder), 'utf8'))
    .join('\n');
  const used = new Set(
    [
      ...source.matchAll(
        /'((?:field|type|choice|date|number|rate|schedule|tier|market|size|price|position|leg|trigger|settlement|close_fee)_[a-z_]+)'/g,
      ),
    ].map(([, code]) => code),
  );
  const table = page.slice(page.indexOf('| code |'));
  const listed = new Set([...table.matchAll(/`([a-z]+_[a-z_]+)`/g)].map(([, code]) => code));
  expect([...listed].toSorted()).toEqual([...used].toSorted());
});

it('documents every model and every rule', () => {
  for (const name of [...Object.keys(PRESETS), ...Object.keys(DEFAULT_RULES)])
    expect(page).toContain(`\`${name}\``);
  for (const version of Object.values(PRESETS).flat())
    if (version.from !== null) expect(page).toContain(version.from);
});
