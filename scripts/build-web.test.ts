import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { newest, staleReason } from './build-web.mjs';

let folder: string;
const at = (name: string, second: number): string => {
  const path = join(folder, name);
  writeFileSync(path, '');
  utimesSync(path, second, second);
  return path;
};

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'plimsoll-build-web-'));
  mkdirSync(join(folder, 'web/pages'), { recursive: true });
  mkdirSync(join(folder, 'dist-web'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const reason = (): string | null =>
  staleReason(join(folder, 'dist-web'), [join(folder, 'web'), join(folder, 'none')]);

it('is built when it is missing', () => {
  at('web/index.html', 10);
  expect(reason()).toMatch('not built yet');
});

it('is built again when anything it is made from is newer, and else stands', () => {
  at('web/index.html', 10);
  at('web/pages/overview.tsx', 20);
  at('dist-web/index.html', 20);
  expect(reason()).toBeNull();
  at('web/pages/overview.tsx', 21);
  expect(reason()).toMatch('overview.tsx is newer');
});

it('a test is no reason to build', () => {
  at('web/index.html', 10);
  at('dist-web/index.html', 20);
  at('web/pages/overview.test.ts', 30);
  expect(reason()).toBeNull();
  expect(newest(join(folder, 'web'))?.at).toBe(10_000);
});
