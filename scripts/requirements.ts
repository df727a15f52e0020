/**
 * docs/requirements.tsv says for every requirement whether it is met, by what, and which test shows it.
 *
 *   npm run -s requirements                 counts by source document and state; complains about bad rows
 *   npm run -s requirements -- --json
 *   npm run -s requirements -- set done --where src/a.ts --test src/a.test.ts R000-01 R000-33..38
 *
 * `where` and `test` are paths in the repository, separated by spaces; in `set`, an option that is left out keeps
 * what the row has.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';

export const STATES = ['done', 'partial', 'planned', 'ruled-out'] as const;
export type State = (typeof STATES)[number];

/** The five source documents and how many requirements each has. */
export const SOURCES: Record<string, { title: string; count: number }> = {
  R000: { title: 'risk replica', count: 104 },
  R001: { title: 'stream engine', count: 24 },
  R002: { title: 'perpetuals platform', count: 93 },
  R003: { title: 'desk monitor', count: 48 },
  R004: { title: 'pre-trade gate', count: 96 },
};

export interface Requirement {
  id: string;
  title: string;
  state: State;
  where: string[];
  test: string[];
}

const root = dirname(import.meta.dirname);
const file = join(root, 'docs', 'requirements.tsv');
const header = 'id\ttitle\tstate\twhere\ttest';

const paths = (cell: string | undefined): string[] => (cell ?? '').split(' ').filter((path) => path !== '');

export function parseRequirements(text: string): Requirement[] {
  const [first, ...lines] = text.trimEnd().split('\n');
  if (first !== header) throw new Error(`the first line must be: ${header}`);
  return lines.map((line) => {
    const [id, title, state, where, test] = line.split('\t');
    return { id, title, state: state as State, where: paths(where), test: paths(test) };
  });
}

export function printRequirements(rows: readonly Requirement[]): string {
  const lines = rows.map((r) => [r.id, r.title, r.state, r.where.join(' '), r.test.join(' ')].join('\t'));
  return `${[header, ...lines].join('\n')}\n`;
}

/** Every id there must be, in order: `R000-01` … `R000-104` and so on. */
export function expectedIds(): string[] {
  return Object.entries(SOURCES).flatMap(([source, { count }]) =>
    Array.from({ length: count }, (_, i) => `${source}-${String(i + 1).padStart(2, '0')}`),
  );
}

/** What is wrong with the table, one sentence each; empty when nothing is. */
export function problemsOf(
  rows: readonly Requirement[],
  exists: (path: string) => boolean = (path) => existsSync(join(root, path)),
): string[] {
  const problems: string[] = [];
  const seen = new Set<string>();
  for (const { id, title, state, where, test } of rows) {
    if (seen.has(id)) problems.push(`${id} occurs twice`);
    seen.add(id);
    if (title === '' || title === undefined) problems.push(`${id} has no title`);
    if (!STATES.includes(state)) problems.push(`${id} has the unknown state '${state}'`);
    for (const path of [...where, ...test])
      if (!exists(path)) problems.push(`${id} names ${path}, which is not there`);
    if (state === 'planned' && where.length + test.length > 0)
      problems.push(`${id} is planned, yet names paths`);
    if (state !== 'planned' && where.length === 0) problems.push(`${id} is ${state} and does not say where`);
    if (state === 'done' && test.length === 0) problems.push(`${id} is done and names no test`);
    if (state === 'ruled-out' && where.some((path) => !path.startsWith('docs/'))) {
      problems.push(`${id} is ruled out and must name a page in docs/ that says why`);
    }
  }
  const expected = new Set(expectedIds());
  for (const id of expected) if (!seen.has(id)) problems.push(`${id} is missing`);
  for (const id of seen) if (!expected.has(id)) problems.push(`${id} is not an id of any source`);
  return problems;
}

export function readRequirements(): Requirement[] {
  return parseRequirements(readFileSync(file, 'utf8'));
}

type Counts = Record<State, number> & { total: number };

export function countBySource(rows: readonly Requirement[]): Record<string, Counts> {
  const counts: Record<string, Counts> = {};
  for (const { id, state } of rows) {
    for (const key of [id.slice(0, 4), 'total']) {
      counts[key] ??= { done: 0, partial: 0, planned: 0, 'ruled-out': 0, total: 0 };
      counts[key][state] += 1;
      counts[key].total += 1;
    }
  }
  const { total, ...sources } = counts;
  return { ...sources, total };
}

/** `R000-33..38` is six ids. */
export function expandIds(words: readonly string[]): string[] {
  return words.flatMap((word) => {
    const range = /^(R\d{3})-(\d+)\.\.(\d+)$/.exec(word);
    if (range === null) return [word];
    const [, source, first, last] = range;
    const length = Number(last) - Number(first) + 1;
    return Array.from({ length }, (_, i) => `${source}-${String(Number(first) + i).padStart(2, '0')}`);
  });
}

function set(args: string[]): void {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { where: { type: 'string' }, test: { type: 'string' } },
  });
  const [state, ...words] = positionals;
  const ids = new Set(expandIds(words));
  const rows = readRequirements();
  for (const row of rows) {
    if (!ids.delete(row.id)) continue;
    row.state = state as State;
    if (values.where !== undefined) row.where = paths(values.where);
    if (values.test !== undefined) row.test = paths(values.test);
    if (row.state === 'planned') row.where = row.test = [];
  }
  const problems = [...ids].map((id) => `${id} is not in the table`).concat(problemsOf(rows));
  if (problems.length > 0) throw new Error(`nothing was changed:\n${problems.join('\n')}`);
  writeFileSync(file, printRequirements(rows));
}

function report(json: boolean): void {
  const rows = readRequirements();
  const counts = countBySource(rows);
  const problems = problemsOf(rows);
  if (json) console.log(JSON.stringify({ counts, problems }));
  else {
    const columns = [...STATES, 'total'] as const;
    console.log(`${''.padEnd(28)}${columns.map((name) => name.padStart(11)).join('')}`);
    for (const [source, count] of Object.entries(counts)) {
      const title = source === 'total' ? 'all' : `${source} ${SOURCES[source]?.title ?? ''}`;
      console.log(`${title.padEnd(28)}${columns.map((name) => String(count[name]).padStart(11)).join('')}`);
    }
    for (const problem of problems) console.error(problem);
  }
  if (problems.length > 0) process.exitCode = 1;
}

if (import.meta.main) {
  const [command, ...rest] = process.argv.slice(2);
  try {
    if (command === 'set') set(rest);
    else if (command === undefined || command === '--json') report(command === '--json');
    else throw new Error(`unknown argument '${command}'; there are: --json, set`);
  } catch (error) {
    console.error((error as Error).message);
    process.exitCode = 2;
  }
}
