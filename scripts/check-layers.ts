/**
 * Who may import whom. The direction of imports is one of two things a machine checks, because a slip in it
 * breaks replay silently (the other, no ambient time, randomness or I/O in the core, is a matter for
 * src/core/tsconfig.json and .oxlintrc.json).
 *
 *   num <- schema <- state <- { price margin matching calculator } <- { gate liquidation watch } <- engine <- { exchange admission }
 *
 * An arrow reads "is imported by". Folders in braces do not see each other. Tests are exempt. A type-only import
 * counts like any other: it ties two modules together just the same.
 *
 * It reads import statements with regular expressions, which is enough for formatted code; it does not parse.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix, relative, sep } from 'node:path';

const num = ['core/num'];
const schema = [...num, 'core/schema'];
const state = [...schema, 'core/state'];
const rules = [...state, 'core/price', 'core/margin', 'core/matching'];
const core = [
  ...rules,
  'core/calculator',
  'core/gate',
  'core/liquidation',
  'core/watch',
  'core/engine',
  'core/exchange',
  'core/admission',
];

const inEngine = [...rules, 'core/gate', 'core/liquidation', 'core/watch', 'core/engine'];

/** Per module of src/: which other modules (or single files) it may import, and whether it may import packages and node:*. */
const layers: Record<string, { modules: readonly string[]; packages: boolean }> = {
  'core/num': { modules: [], packages: false },
  'core/schema': { modules: num, packages: false },
  'core/state': { modules: schema, packages: false },
  'core/price': { modules: state, packages: false },
  'core/margin': { modules: state, packages: false },
  'core/matching': { modules: state, packages: false },
  'core/calculator': { modules: schema, packages: false },
  'core/gate': { modules: rules, packages: false },
  'core/liquidation': { modules: rules, packages: false },
  'core/watch': { modules: rules, packages: false },
  'core/engine': { modules: inEngine, packages: false },
  'core/exchange': { modules: [...inEngine, 'core/engine', 'core/exchange'], packages: false },
  'core/admission': { modules: [...inEngine, 'core/engine'], packages: false },
  /** The units are the vocabulary of commands. The arithmetic beside them is what the reference checks. */
  reference: { modules: ['core/schema', 'core/num/units.ts'], packages: false },
  io: { modules: [...core, 'io', 'io/api/contract'], packages: true },
  /** What the API says, for whoever talks to it: a browser has no Node, so its only package is that of the schemas. */
  'io/api/contract': { modules: ['core/schema'], packages: true },
  client: { modules: ['io/api/contract'], packages: false },
  /** Seeded books and prices: commands that nobody sent. */
  sim: { modules: [...core, 'io', 'sim'], packages: false },
  app: { modules: [...core, 'reference', 'io', 'io/api/contract', 'sim', 'index', 'client'], packages: true },
  /** src/index.ts, the public API. The library's entry needs no Node, so nothing of io/ is in it. */
  index: { modules: core, packages: false },
};

export interface Violation {
  file: string;
  line: number;
  specifier: string;
  why: string;
}

const quoted = String.raw`\s*(['"])(?<specifier>[^'"\n]+)\1`;
const patterns = [
  new RegExp(String.raw`^[ \t]*import\s+(?:type\s+)?[\w$*{}\s,]+?\sfrom${quoted}`, 'gm'),
  new RegExp(String.raw`^[ \t]*import${quoted}`, 'gm'),
  new RegExp(
    String.raw`^[ \t]*export\s+(?:type\s+)?(?:\*(?:\s+as\s+[\w$]+)?|\{[^}]*\})\s*from${quoted}`,
    'gm',
  ),
  new RegExp(String.raw`\b(?:import|require)\s*\(${quoted}`, 'g'),
  new RegExp(String.raw`\bnew\s+URL\(${quoted}\s*,\s*import\.meta\.url`, 'g'),
];
const computedImport = /\bimport\s*\(\s*(?!['"]|\s)/g;

/** `src/core/margin/tiers.ts` is in module `core/margin`; `src/io/journal/log.ts` in `io`. Null outside src/. */
function moduleOf(file: string): string | null {
  const parts = file.split('/');
  if (parts[0] !== 'src' || parts.length < 2) return null;
  if (parts.length === 2) return parts[1].replace(/\.ts$/, '');
  if (file.startsWith('src/io/api/contract/')) return 'io/api/contract';
  return parts[1] === 'core' ? `core/${parts[2]}` : parts[1];
}

export function isExempt(file: string): boolean {
  return file.endsWith('.test.ts') || !file.startsWith('src/');
}

/** All violations of one file. `file` is relative to the root of the repository, with forward slashes. */
export function checkFile(file: string, text: string): Violation[] {
  if (isExempt(file)) return [];
  const found: Violation[] = [];
  const from = moduleOf(file);
  const layer = from === null ? undefined : layers[from];
  const report = (index: number, specifier: string, why: string): void => {
    found.push({ file, line: text.slice(0, index).split('\n').length, specifier, why });
  };
  if (layer === undefined) {
    report(0, '', `no layer is defined for module ${from}; add it to scripts/check-layers.ts`);
    return found;
  }
  for (const pattern of patterns) {
    for (const match of text.matchAll(pattern)) {
      const specifier = match.groups!['specifier'];
      const at = match.index + match[0].length - 1;
      if (!specifier.startsWith('.')) {
        if (!layer.packages) report(at, specifier, `${from} imports no packages and no node:*`);
        continue;
      }
      const path = posix.join(posix.dirname(file), specifier);
      const target = moduleOf(path);
      if (target === null) report(at, specifier, 'src/ imports nothing outside src/');
      else if (
        target !== from &&
        !layer.modules.some((allowed) => allowed === target || `src/${allowed}` === path)
      ) {
        report(at, specifier, `${from} may not import ${target}`);
      }
    }
  }
  if (!layer.packages) {
    for (const match of text.matchAll(computedImport)) {
      report(match.index, 'import(...)', `${from} imports by literal paths only`);
    }
  }
  return found.sort((a, b) => a.line - b.line);
}

export function checkTree(root: string): { files: number; violations: Violation[] } {
  const files = readdirSync(join(root, 'src'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .filter((file) => !isExempt(file))
    .sort();
  return {
    files: files.length,
    violations: files.flatMap((file) => checkFile(file, readFileSync(join(root, file), 'utf8'))),
  };
}

if (import.meta.main) {
  const { files, violations } = checkTree(dirname(import.meta.dirname));
  for (const v of violations) console.error(`${v.file}:${v.line}: ${v.why}  ('${v.specifier}')`);
  console.log(`layers: ${files} files, ${violations.length} violations`);
  if (violations.length > 0) process.exitCode = 1;
}
