/**
 * `npm run package [-- FOLDER]`: build the program and the dashboard, then pack what users install into FOLDER (default: .plimsoll/package) and
 * print the path of the archive.
 *
 * The published package.json is not the one of the repository: the pinned Node (optionalDependencies) serves
 * development only. Left in, it would cost every user 120 MB and put its `node` first in their own npm scripts.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

const root = dirname(import.meta.dirname);
const target = resolve(process.argv[2] ?? join(root, '.plimsoll', 'package'));
const shell = process.platform === 'win32';

for (const script of ['build', 'build:web'])
  execFileSync('npm', ['run', '-s', script], { cwd: root, stdio: ['ignore', 2, 2], shell });

const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Record<string, unknown> & {
  files: string[];
};
for (const field of [
  'scripts',
  'devDependencies',
  'optionalDependencies',
  'overrides',
  'private',
  'workspaces',
]) {
  delete manifest[field];
}

const stage = mkdtempSync(join(tmpdir(), 'plimsoll-package-'));
try {
  for (const file of manifest.files) cpSync(join(root, file), join(stage, file), { recursive: true });
  writeFileSync(join(stage, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  mkdirSync(target, { recursive: true });
  const printed = execFileSync('npm', ['pack', '--silent', '--pack-destination', target], {
    cwd: stage,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    shell,
  });
  console.log(join(target, printed.trim()));
} finally {
  rmSync(stage, { recursive: true, force: true });
}
