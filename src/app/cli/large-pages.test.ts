import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const module = new URL('large-pages.ts', import.meta.url).href;
const program = `
  import { askForLargePages } from ${JSON.stringify(module)};
  const before = process.argv[2];
  askForLargePages();
  console.log(JSON.stringify([process.env.GLIBC_TUNABLES ?? null, process.argv.slice(1), process.execArgv.length]));
`;

function run(tunables: string | null): unknown {
  const { GLIBC_TUNABLES: _own, ...env } = process.env;
  const ran = spawnSync(process.execPath, ['--input-type=module', '--eval', program, 'a', 'b c'], {
    cwd: fileURLToPath(new URL('.', import.meta.url)),
    env: tunables === null ? env : { ...env, GLIBC_TUNABLES: tunables },
    encoding: 'utf8',
  });
  return JSON.parse(ran.stdout);
}

describe.runIf(process.platform === 'linux')('large pages', () => {
  test('are asked for in the same place, with the same arguments', () => {
    expect(run(null)).toEqual(['glibc.malloc.hugetlb=1', ['a', 'b c'], 3]);
  });

  test('are asked for beside what else was set', () => {
    expect(run('glibc.malloc.arena_max=2')).toEqual([
      'glibc.malloc.arena_max=2:glibc.malloc.hugetlb=1',
      ['a', 'b c'],
      3,
    ]);
  });

  test('are not asked for where somebody has decided', () => {
    expect(run('glibc.malloc.hugetlb=0')).toEqual(['glibc.malloc.hugetlb=0', ['a', 'b c'], 3]);
  });
});
