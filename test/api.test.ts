/**
 * The public API does not change by accident: the declarations behind every name of src/index.ts are those of
 * docs/reference/api.txt. A change that is meant is taken over by `npx vitest run test/api.test.ts -u`.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import * as api from '../src/index.ts';

const root = dirname(import.meta.dirname);
const folder = mkdtempSync(join(tmpdir(), 'plimsoll-api-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Every name with the file that declares it, in the order of the list. */
const names = [
  ...readFileSync(join(root, 'src/index.ts'), 'utf8').matchAll(
    /^export (type )?\{([^}]*)\} from '\.\/([^']+)'/gm,
  ),
].flatMap(([, isType, list, file]) =>
  list
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
    .map((name) => ({
      name: name.replace(/^type /, ''),
      isType: isType !== undefined || name.startsWith('type '),
      file,
    })),
);

test('every name of the list is there, and no other', () => {
  const values = names.filter(({ isType }) => !isType).map(({ name }) => name);
  expect(Object.keys(api).toSorted()).toEqual(values.toSorted());
  expect(new Set(names.map(({ name }) => name)).size).toBe(names.length);
});

test('the declarations are those of docs/reference/api.txt', async () => {
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  spawnSync(
    process.execPath,
    [
      tsc,
      '-p',
      join(root, 'tsconfig.build.json'),
      '--emitDeclarationOnly',
      '--removeComments',
      '--outDir',
      folder,
    ],
    { cwd: root },
  );
  const declarations = names.map(({ name, file }) => {
    const text = readFileSync(join(folder, file.replace(/\.ts$/, '.d.ts')), 'utf8');
    const pattern = new RegExp(
      String.raw`^export (?:declare )?(?:abstract )?(?:class|interface|type|function\*?|const) ${name}\b[\s\S]*?(?=^export |^interface |^declare |^import |^type |(?![\s\S]))`,
      'gm',
    );
    const found = text.match(pattern);
    expect([name, found !== null]).toEqual([name, true]);
    return found!.map((declaration) => declaration.trimEnd()).join('\n');
  });
  await expect(`${declarations.join('\n')}\n`).toMatchFileSnapshot(join(root, 'docs/reference/api.txt'));
});
