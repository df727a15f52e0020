/** A data directory is what was written, or the exact place is named where it is not. */
import { cpSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { captureLines, documentOf, errorsOf, run, temporaryFolder, write } from './run-cli.ts';

let folder: string;
const verify = (...args: string[]) => run(['verify-log', ...args], { cwd: folder });

beforeAll(async () => {
  folder = temporaryFolder();
  write(folder, 'capture', captureLines(300));
  await run(['replay', 'capture', '--accounts', '40', '--data', 'data', '--snapshot-every', '100'], {
    cwd: folder,
  });
});

test('an untouched directory is verified, its states replayed and its snapshots restored', async () => {
  const before = contents(join(folder, 'data'));
  const ran = await verify('data', '--json');
  expect([ran.code, ran.stderr]).toEqual([0, '']);
  const document = documentOf(ran) as {
    stateHash: string;
    snapshots: { sequence: number; stateHash: string; replayed: string; restores: boolean }[];
  };
  expect(document).toMatchObject({
    ok: true,
    records: 345,
    first: 1,
    last: 345,
    acknowledged: 345,
    damage: null,
    tornTail: null,
    commands: { settings: 1, transaction: 40, marks: 301, source: 1, market: 1 },
  });
  expect(document.snapshots.length).toBeGreaterThan(0);
  for (const snapshot of document.snapshots)
    expect(snapshot).toMatchObject({ replayed: snapshot.stateHash, restores: true });
  expect(document.snapshots.at(-1)).toMatchObject({ sequence: 345, stateHash: document.stateHash });
  expect(contents(join(folder, 'data'))).toEqual(before);
  expect((await verify('data')).stdout).toContain('Everything is as it was written.');
});

describe('one changed byte is found, and exit code 3 says so', () => {
  test.each([
    ['in a record', 'journal/00000000000000000001.log', 0.5],
    ['in the first record', 'journal/00000000000000000001.log', 0.01],
    ['in a snapshot', 'snapshots', 0.5],
    ['in the head of a snapshot', 'snapshots', 0.001],
    ['in plimsoll.json', 'plimsoll.json', 0.4],
  ])('%s', async (name, path, share) => {
    cpSync(join(folder, 'data'), join(folder, name), { recursive: true });
    const file =
      path === 'snapshots'
        ? join(
            folder,
            name,
            path,
            readdirSync(join(folder, name, path))
              .sort()
              .at(-1)!,
          )
        : join(folder, name, path);
    const bytes = readFileSync(file);
    const at = Math.floor(bytes.length * share);
    bytes[at] ^= 0x10;
    writeFileSync(file, bytes);
    const ran = await verify(name, '--json');
    expect(ran.code).toBe(3);
    const { ok, damage } = documentOf(ran) as {
      ok: boolean;
      damage: { file: string; offset: number; what: string };
    };
    expect(ok).toBe(false);
    expect(damage.file).toContain(path);
    expect(damage.offset).toBeLessThanOrEqual(at);
    expect(errorsOf(ran)).toMatchObject([{ code: 'JOURNAL_DAMAGED', file: damage.file }]);
    const human = await verify(name);
    expect(human.code).toBe(3);
    expect(human.stdout).toContain('DAMAGED');
    expect(human.stdout).toContain(damage.what);
  });
});

test('a directory that is none, and one of another version, are wrong input', async () => {
  const none = await verify('nowhere', '--json');
  expect([none.code, errorsOf(none)[0].code]).toEqual([2, 'JOURNAL_MISSING']);
  cpSync(join(folder, 'data'), join(folder, 'newer'), { recursive: true });
  const meta = join(folder, 'newer', 'plimsoll.json');
  writeFileSync(meta, readFileSync(meta, 'utf8').replace('"format": 1', '"format": 9'));
  const newer = await verify('newer', '--json');
  expect([newer.code, errorsOf(newer)[0]]).toMatchObject([2, { code: 'JOURNAL_VERSION', value: 9 }]);
});

function contents(directory: string): [string, string][] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry): [string, string] => [
      join(entry.parentPath, entry.name),
      readFileSync(join(entry.parentPath, entry.name), 'base64'),
    ]);
}
