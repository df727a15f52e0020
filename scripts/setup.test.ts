import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { isLinked, staleReason, versionComplaint } from './setup.mjs';

const lock = (packages: Record<string, object>) => ({ packages });
const wanted = lock({
  '': { version: '1.0.0' },
  'node_modules/a': { version: '2.0.0', integrity: 'sha512-a' },
  'node_modules/b-linux': {
    version: '3.0.0',
    integrity: 'sha512-b',
    optional: true,
    os: ['linux'],
    cpu: ['x64'],
  },
});
const a = { version: '2.0.0', integrity: 'sha512-a' };
const b = { version: '3.0.0', integrity: 'sha512-b', os: ['linux'], cpu: ['x64'] };
const stale = (packages: Record<string, object>) => staleReason(wanted, lock(packages), 'linux', 'x64');

test('an install that matches the lock file is left alone', () => {
  expect(stale({ 'node_modules/a': a, 'node_modules/b-linux': b })).toBeNull();
  expect(stale({ 'node_modules/a': a })).toBeNull();
});

test('anything else is installed again', () => {
  expect(staleReason(wanted, null)).toBe('node_modules is missing');
  expect(stale({})).toBe('node_modules/a is missing');
  expect(stale({ 'node_modules/a': { ...a, version: '2.0.1' } })).toMatch('not the locked version');
  expect(stale({ 'node_modules/a': { ...a, integrity: 'sha512-z' } })).toMatch('not the locked version');
  expect(
    staleReason(wanted, lock({ 'node_modules/a': a, 'node_modules/b-linux': b }), 'darwin', 'arm64'),
  ).toMatch('another machine');
  expect(stale({ 'node_modules/a': { ...a, os: ['!linux'] } })).toMatch('another machine');
});

test('only a Node that can run this is accepted', () => {
  expect(versionComplaint('v24.6.0')).toBeNull();
  expect(versionComplaint('v24.21.0')).toBeNull();
  expect(versionComplaint('v26.0.0')).toBeNull();
  expect(versionComplaint('v24.5.9')).toMatch('24.6 or newer and found v24.5.9');
  expect(versionComplaint('v20.20.2')).toMatch('nodejs.org');
});

test("packages that are another checkout's are told from its own", () => {
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-setup-'));
  try {
    const own = join(folder, 'own');
    const linked = join(folder, 'linked');
    mkdirSync(own);
    symlinkSync(own, linked);
    expect([own, linked, join(folder, 'nothing')].map(isLinked)).toEqual([false, true, false]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
