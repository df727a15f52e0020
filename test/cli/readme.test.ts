/** Every command that the README tells a newcomer to type. The four that install, test and check are what CI itself runs. */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { run } from './run-cli.ts';

const root = dirname(dirname(import.meta.dirname));
const readme = readFileSync(join(root, 'README.md'), 'utf8');
const lines = [...readme.matchAll(/```sh\n([\s\S]*?)```/g)].flatMap(([, block]) => block.trim().split('\n'));
const PREFIX = 'npm run -s plimsoll -- ';
const CI = ['npm start', 'npm test', 'npm run check', '.ci/run'];

it('names no command that nobody runs', () => {
  const others = lines.map((line) => line.replace(/\s+#.*/, '')).filter((line) => !line.startsWith(PREFIX));
  expect(others).toEqual(CI);
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };
  expect(Object.keys(scripts)).toEqual(expect.arrayContaining(['start', 'test', 'check', 'plimsoll']));
});

it.each(lines.filter((line) => line.startsWith(PREFIX)))('%s', async (line) => {
  const [command, file] = line.slice(PREFIX.length).split(' < ');
  const input = file === undefined ? {} : { input: readFileSync(join(root, file)) };
  const { code, stdout, stderr } = await run(command.split(' '), { cwd: root, ...input });
  expect(stderr).not.toContain('rror');
  expect(code).toBe(0);
  expect(stdout.length).toBeGreaterThan(10);
});
