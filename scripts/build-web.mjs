/**
 * Builds the dashboard into dist-web/: `npm run build:web` always, `npm start` (with --if-older) when it is missing or
 * older than what it is made from. Plain JavaScript without dependencies, because it runs before the program does.
 *
 * The result is made beside its place and moved there whole, so that a server that runs never serves half of it.
 */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const built = join(root, 'dist-web');
/** What the dashboard is made from. */
const SOURCES = ['web', 'src/client', 'src/io/api/contract', 'package-lock.json'];

/** The newest file at or under `path`; null where there is none. Tests are no part of what is built. */
export function newest(path) {
  const info = statSync(path, { throwIfNoEntry: false });
  if (info === undefined) return null;
  if (!info.isDirectory()) return { path, at: info.mtimeMs };
  let found = null;
  for (const name of readdirSync(path)) {
    if (/\.test\.tsx?$/.test(name)) continue;
    const inside = newest(join(path, name));
    if (inside !== null && (found === null || inside.at > found.at)) found = inside;
  }
  return found;
}

/** Why the dashboard has to be built, or null when it stands. */
export function staleReason(folder, sources) {
  const made = statSync(join(folder, 'index.html'), { throwIfNoEntry: false });
  if (made === undefined) return 'the dashboard is not built yet';
  for (const source of sources) {
    const last = newest(source);
    if (last !== null && last.at > made.mtimeMs)
      return `${relative(root, last.path)} is newer than the dashboard`;
  }
  return null;
}

function build() {
  const { bin } = JSON.parse(readFileSync(join(root, 'node_modules/vite/package.json'), 'utf8'));
  const stage = join(root, `dist-web.${process.pid}`);
  const vite = join(root, 'node_modules/vite', bin.vite);
  const args = [vite, 'build', join(root, 'web'), '--outDir', stage, '--emptyOutDir', '--logLevel', 'warn'];
  const { status } = spawnSync(process.execPath, args, {
    cwd: root,
    // Whoever runs this may be a test, and React would come with its checks for developers.
    env: { ...process.env, NODE_ENV: 'production' },
    stdio: ['ignore', process.stderr.fd, process.stderr.fd],
  });
  if (status !== 0) {
    rmSync(stage, { recursive: true, force: true });
    process.stderr.write('build: the dashboard could not be built, see above\n');
    process.exit(1);
  }
  // Another process may have put its own there in between: ours is as good, and goes on top of it.
  for (let attempt = 1; ; attempt++) {
    rmSync(built, { recursive: true, force: true });
    try {
      renameSync(stage, built);
      return;
    } catch (error) {
      if (attempt === 5) throw error;
    }
  }
}

function main() {
  if (process.argv.includes('--if-older')) {
    const reason = staleReason(
      built,
      SOURCES.map((source) => join(root, source)),
    );
    if (reason === null) return;
    process.stderr.write(`build: ${reason}; building it (a few seconds)\n`);
  }
  build();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main();
