/**
 * The core has no ambient time, randomness or I/O. Two tools enforce it: src/core/tsconfig.json leaves out the
 * types of Node and of browsers, and .oxlintrc.json bans the rest of what the language itself offers. Here each
 * forbidden thing is planted in a copy of the set-up, and has to be refused.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

const root = dirname(import.meta.dirname);
let copy = '';
let tscOutput = '';
let lintOutput = '';

const refusedByTypes = {
  node_module: "import { readFileSync } from 'node:fs'; export const x = readFileSync;",
  process: 'export const x = process.pid;',
  console: "console.log('x');",
  timer: 'setTimeout(() => {}, 1);',
  performance: 'export const x = performance.now();',
  crypto: 'export const x = crypto.randomUUID();',
  buffer: 'export const x = Buffer.alloc(1);',
  network: "export const x = fetch('x');",
};
const refusedByLint = {
  date_now: 'export const x = Date.now();',
  date: 'export const x = new Date();',
  random: 'export const x = Math.random();',
  random_destructured: 'const { random } = Math; export const x = random();',
  locale: "export const x = 'a'.localeCompare('b');",
  intl: 'export const x = new Intl.NumberFormat();',
  inexact: 'export const x = Math.pow(1.1, 0.3);',
};
const clean = 'export const x = Math.floor(Math.sqrt(2)) + Math.trunc(1.5);';

beforeAll(() => {
  copy = mkdtempSync(join(tmpdir(), 'plimsoll-purity-'));
  const folder = join(copy, 'src', 'core', 'margin');
  mkdirSync(folder, { recursive: true });
  for (const file of ['package.json', 'tsconfig.json', 'src/core/tsconfig.json', '.oxlintrc.json']) {
    cpSync(join(root, file), join(copy, file));
  }
  for (const [name, text] of Object.entries({ ...refusedByTypes, ...refusedByLint, clean })) {
    writeFileSync(join(folder, `${name}.ts`), `${text}\n`);
  }
  const run = (binary: string, ...args: string[]) => {
    const file = join(root, 'node_modules', binary);
    return spawnSync(process.execPath, [file, ...args], { cwd: copy, encoding: 'utf8' }).stdout;
  };
  tscOutput = run('typescript/bin/tsc', '-p', 'src/core', '--pretty', 'false');
  lintOutput = run('oxlint/bin/oxlint', '--format=unix');
});
afterAll(() => rmSync(copy, { recursive: true, force: true }));

test.each(Object.keys(refusedByTypes))('the compiler refuses %s', (name) => {
  expect(tscOutput).toMatch(new RegExp(`margin/${name}\\.ts\\(.*Cannot find name`));
});
test.each(Object.keys(refusedByLint))('the linter refuses %s', (name) => {
  expect(lintOutput).toMatch(new RegExp(`margin/${name}\\.ts:.*no-restricted`));
});
test('neither refuses plain arithmetic', () => {
  expect(tscOutput + lintOutput).not.toContain('clean.ts');
});
