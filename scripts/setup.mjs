/**
 * Runs before every npm script (the `pre...` lines in package.json), under whatever Node the machine has,
 * so it is plain JavaScript for Node 20 without dependencies.
 *
 * 1. Installs the locked packages when node_modules is missing or differs from package-lock.json.
 * 2. Checks that the Node which the script itself will get is new enough to run TypeScript. On Linux that is
 *    the pinned one: npm puts node_modules/.bin first on PATH, and the package node-linux-* puts `node` there.
 *
 * It says nothing unless it works or fails, and never on stdout: that belongs to the program.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, lstatSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const modules = join(root, 'node_modules');
const pinnedNode = join(modules, '.bin', 'node');
const lockDir = join(root, '.plimsoll');
const lockFile = join(lockDir, 'setup.lock');

export const NODE_MIN = [24, 6];

const say = (text) => process.stderr.write(`setup: ${text}\n`);

const readJson = (path) => {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return null;
  }
};

/** The meaning of `os` and `cpu` in a package.json: a list of names, or of names with a leading `!`. */
const fits = (names, actual) =>
  names === undefined ||
  names.includes(actual) ||
  (names.every((name) => name.startsWith('!')) && !names.includes(`!${actual}`));

/**
 * Why the installed tree is not the locked one, or null when it is. npm writes node_modules/.package-lock.json
 * as the last step of an install, so it serves as the stamp: an interrupted install has none.
 */
export function staleReason(wanted, installed, platform = process.platform, arch = process.arch) {
  if (wanted === null) return 'package-lock.json cannot be read';
  if (installed === null) return 'node_modules is missing';
  for (const [path, entry] of Object.entries(wanted.packages)) {
    const here = installed.packages[path];
    if (path === '' || (here === undefined && entry.optional)) continue;
    if (here === undefined) return `${path} is missing`;
    if (here.version !== entry.version || here.integrity !== entry.integrity)
      return `${path} is not the locked version`;
  }
  for (const [path, entry] of Object.entries(installed.packages)) {
    if (!fits(entry.os, platform) || !fits(entry.cpu, arch))
      return `${path} was installed for another machine`;
  }
  return null;
}

/** Null when `version` (as printed by `node --version`) can run this project, else what to tell the user. */
export function versionComplaint(version) {
  const [major, minor] = version.replace(/^v/, '').split('.').map(Number);
  if (major > NODE_MIN[0] || (major === NODE_MIN[0] && minor >= NODE_MIN[1])) return null;
  return (
    `this needs Node ${NODE_MIN.join('.')} or newer and found ${version}. On Linux (x64, arm64) the right one is ` +
    'installed with the packages; here, install Node 24 from https://nodejs.org and run the command again.'
  );
}

const reasonNow = () =>
  staleReason(readJson(join(root, 'package-lock.json')), readJson(join(modules, '.package-lock.json')));

const pidAlive = (pid) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
};

function lockIsStale() {
  const holder = Number(readJson(lockFile));
  const info = statSync(lockFile, { throwIfNoEntry: false });
  const old = info !== undefined && Date.now() - info.mtimeMs > 15 * 60_000;
  return old || (holder > 0 && !pidAlive(holder));
}

/** Two npm scripts started at once in a fresh clone: the second waits for the first one's install. */
function takeLock() {
  mkdirSync(lockDir, { recursive: true });
  for (let waited = false; ; waited = true) {
    try {
      writeFileSync(lockFile, String(process.pid), { flag: 'wx' });
      return;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    if (lockIsStale()) rmSync(lockFile, { force: true });
    else if (!waited) say('another process is installing, waiting for it');
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
  }
}

/** npm itself must not run on the Node inside node_modules, which `npm ci` deletes first. */
function environmentForNpm() {
  const env = { ...process.env };
  const name = Object.keys(env).find((key) => key.toUpperCase() === 'PATH') ?? 'PATH';
  env[name] = (env[name] ?? '')
    .split(delimiter)
    .filter((folder) => !folder.includes('node_modules'))
    .join(delimiter);
  return env;
}

/** Whether the packages are another checkout's: installing here would empty them there. */
export function isLinked(folder) {
  return lstatSync(folder, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
}

function install(reason) {
  if (isLinked(modules)) {
    say(
      `${reason}, and node_modules is a link: run npm ci where it leads to, or remove the link to have packages of its own`,
    );
    process.exit(2);
  }
  say(`${reason}; running npm ci (once, about half a minute)`);
  const args = [
    'ci',
    '--ignore-scripts',
    '--include=dev',
    '--include=optional',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
  ];
  const result = spawnSync('npm', args, {
    cwd: root,
    env: environmentForNpm(),
    stdio: ['ignore', process.stderr.fd, process.stderr.fd],
    shell: process.platform === 'win32',
  });
  if (result.error) say(`npm could not be started: ${result.error.message}`);
  if (result.error || result.status !== 0) process.exit(result.status || 2);
  // A Linux without glibc cannot run the pinned Node: drop the link, so that PATH leads to the system's.
  if (existsSync(pinnedNode) && spawnSync(pinnedNode, ['--version']).status !== 0) {
    say('the pinned Node does not run on this system, using the installed one');
    rmSync(pinnedNode);
  }
}

function main() {
  if (reasonNow() !== null) {
    takeLock();
    process.once('exit', () => rmSync(lockFile, { force: true }));
    const reason = reasonNow();
    if (reason !== null) install(reason);
  }
  if (existsSync(pinnedNode)) return;
  const complaint = versionComplaint(process.version);
  if (complaint === null) return;
  say(complaint);
  process.exit(2);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main();
