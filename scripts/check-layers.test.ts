import { dirname } from 'node:path';
import { describe, expect, test } from 'vitest';
import { checkFile, checkTree } from './check-layers.ts';

const specifiers = (file: string, text: string) => checkFile(file, text).map((v) => v.specifier);

test('the tree itself has no violation', () => {
  expect(checkTree(dirname(import.meta.dirname)).violations).toEqual([]);
});

describe('planted violations are caught', () => {
  const planted: [what: string, file: string, text: string][] = [
    ['num looks up', 'src/core/num/a.ts', "import { Level } from '../schema/levels.ts';"],
    ['schema looks up', 'src/core/schema/a.ts', "import { x } from '../state/accounts.ts';"],
    ['state looks up', 'src/core/state/a.ts', "import { x } from '../margin/tiers.ts';"],
    ['siblings: margin and price', 'src/core/margin/a.ts', "import { x } from '../price/mark.ts';"],
    ['siblings: gate and watch', 'src/core/gate/a.ts', "import { x } from '../watch/ladder.ts';"],
    [
      'the calculator knows no state',
      'src/core/calculator/a.ts',
      "import { x } from '../state/accounts.ts';",
    ],
    ['watch looks up', 'src/core/watch/a.ts', "import { x } from '../engine/engine.ts';"],
    ['core looks at io', 'src/core/engine/a.ts', "import { x } from '../../io/journal/log.ts';"],
    ['core imports Node', 'src/core/engine/a.ts', "import { readFileSync } from 'node:fs';"],
    ['core imports a package', 'src/core/margin/a.ts', "import fc from 'fast-check';"],
    ['a type is an import', 'src/core/num/a.ts', "import type { Level } from '../schema/levels.ts';"],
    [
      'the reference shares no arithmetic',
      'src/reference/a.ts',
      "import { x } from '../core/num/rational.ts';",
    ],
    ['the reference sees no engine', 'src/reference/a.ts', "import { x } from '../core/engine/engine.ts';"],
    ['io sees no app', 'src/io/api/a.ts', "import { x } from '../../app/config.ts';"],
    ['io sees no reference', 'src/io/api/a.ts', "import { x } from '../../reference/engine.ts';"],
    ['nothing leaves src', 'src/app/a.ts', "import { x } from '../../test/helper.ts';"],
    ['a module nobody placed', 'src/helpers/a.ts', ''],
    ['re-export', 'src/core/num/a.ts', "export { x } from '../state/a.ts';"],
    ['re-export of all', 'src/core/num/a.ts', "export * as y from '../state/a.ts';"],
    ['import for effect', 'src/core/num/a.ts', "import '../state/a.ts';"],
    ['several lines', 'src/core/num/a.ts', "import {\n  x,\n  y,\n} from '../state/a.ts';"],
    ['dynamic', 'src/core/num/a.ts', "const x = await import('../state/a.ts');"],
    ['computed', 'src/core/num/a.ts', 'const x = await import(path);'],
    ['type query', 'src/core/num/a.ts', "let x: import('../state/a.ts').X;"],
    ['worker', 'src/core/num/a.ts', "new URL('../../io/a.ts', import.meta.url);"],
  ];
  test.each(planted)('%s', (_, file, text) => {
    expect(checkFile(file, text)).toHaveLength(1);
  });

  test('with the line they stand on', () => {
    const text = "import { a } from './a.ts';\n\nimport { b } from '../state/b.ts';\n";
    expect(checkFile('src/core/num/c.ts', text)).toEqual([
      {
        file: 'src/core/num/c.ts',
        line: 3,
        specifier: '../state/b.ts',
        why: 'core/num may not import core/state',
      },
    ]);
  });
});

describe('what is allowed passes', () => {
  test.each([
    ['own folder', 'src/core/num/a.ts', "import { b } from './b.ts';"],
    [
      'downwards',
      'src/core/watch/a.ts',
      "import { b } from '../margin/b.ts';\nimport { c } from '../num/c.ts';",
    ],
    ['the engine sees all rules', 'src/core/engine/a.ts', "import { b } from '../liquidation/b.ts';"],
    ['schema and num', 'src/core/schema/a.ts', "import { b } from '../num/b.ts';"],
    ['reference and schema', 'src/reference/a.ts', "import { b } from '../core/schema/b.ts';"],
    [
      'io and core, packages',
      'src/io/ingest/a.ts',
      "import { b } from '../../core/engine/b.ts';\nimport 'node:fs';",
    ],
    [
      'app and all',
      'src/app/cli.ts',
      "import { b } from '../io/api/b.ts';\nimport { c } from '../reference/c.ts';",
    ],
    ['tests', 'src/core/num/a.test.ts', "import fc from 'fast-check';\nimport { b } from '../engine/b.ts';"],
    ['outside src', 'sim/run.ts', "import { b } from '../src/reference/b.ts';"],
    [
      'words that look like imports',
      'src/core/num/a.ts',
      "// import { x } from '../state/x.ts'\nconst from = 'a';",
    ],
  ])('%s', (_, file, text) => {
    expect(specifiers(file, text)).toEqual([]);
  });
});
