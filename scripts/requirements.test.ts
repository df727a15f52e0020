import { expect, test } from 'vitest';
import {
  countBySource,
  expandIds,
  expectedIds,
  parseRequirements,
  printRequirements,
  problemsOf,
  readRequirements,
  type Requirement,
} from './requirements.ts';

test('the table holds every id once, with valid states and existing paths', () => {
  const rows = readRequirements();
  expect(problemsOf(rows)).toEqual([]);
  expect(rows.map((row) => row.id)).toEqual(expectedIds());
  expect(rows).toHaveLength(365);
});

test('printing what was read changes nothing', () => {
  const rows = readRequirements();
  expect(parseRequirements(printRequirements(rows))).toEqual(rows);
});

test('each kind of mistake is found', () => {
  const good = expectedIds().map((id): Requirement => ({
    id,
    title: 'a title',
    state: 'planned',
    where: [],
    test: [],
  }));
  const exists = (path: string) => path === 'src/a.ts' || path === 'docs/a.md';
  const problems = (index: number, change: Partial<Requirement>) =>
    problemsOf(
      good.map((row, i) => (i === index ? { ...row, ...change } : row)),
      exists,
    );
  expect(problemsOf(good, exists)).toEqual([]);
  expect(problems(0, { id: 'R000-02' })).toEqual(['R000-02 occurs twice', 'R000-01 is missing']);
  expect(problems(0, { id: 'R009-01' })).toContain('R009-01 is not an id of any source');
  expect(problems(0, { title: '' })).toHaveLength(1);
  expect(problems(0, { state: 'almost' as 'done', where: ['src/a.ts'] })).toEqual([
    "R000-01 has the unknown state 'almost'",
  ]);
  expect(problems(0, { state: 'done', where: ['src/a.ts'] })).toEqual(['R000-01 is done and names no test']);
  expect(problems(0, { state: 'partial' })).toEqual(['R000-01 is partial and does not say where']);
  expect(problems(0, { state: 'done', where: ['src/a.ts'], test: ['src/b.ts'] })).toEqual([
    'R000-01 names src/b.ts, which is not there',
  ]);
  expect(problems(0, { where: ['src/a.ts'] })).toHaveLength(1);
  expect(problems(0, { state: 'ruled-out' })).toHaveLength(1);
  expect(problems(0, { state: 'ruled-out', where: ['src/a.ts'] })).toHaveLength(1);
  expect(problems(0, { state: 'ruled-out', where: ['docs/a.md'] })).toEqual([]);
  expect(problems(0, { state: 'done', where: ['src/a.ts'], test: ['src/a.ts'] })).toEqual([]);
});

test('counts add up', () => {
  const counts = countBySource(readRequirements());
  expect(Object.entries(counts).map(([source, { total }]) => [source, total])).toEqual([
    ['R000', 104],
    ['R001', 24],
    ['R002', 93],
    ['R003', 48],
    ['R004', 96],
    ['total', 365],
  ]);
});

test('ranges of ids', () => {
  expect(expandIds(['R000-09..11', 'R004-96'])).toEqual(['R000-09', 'R000-10', 'R000-11', 'R004-96']);
});
