/** What the journal could not do is counted and told: in the status, and to Prometheus. */
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { AnswerOf } from '../../src/io/api/contract/routes.ts';
import type { Status } from '../../src/io/api/contract/status.ts';
import { Metrics } from '../../src/io/api/metrics.ts';
import { OperationalError } from '../../src/io/operational-error.ts';
import { ask, runServed, until, violations } from './served.ts';

const folder = mkdtempSync(join(tmpdir(), 'plimsoll-journal-errors-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('snapshots that cannot be written, and then a journal that cannot', async () => {
  const data = join(folder, 'demo');
  const running = await runServed({ accounts: 60, data, snapshotEvery: 500 });
  const { service, url } = running;
  const statusNow = async (): Promise<Status> => {
    const { body } = await ask(url, '/api/v1/status');
    expect(violations('status', body)).toEqual([]);
    return (body as AnswerOf<'status'>).data;
  };
  const metric = async (name: string): Promise<number | null> => {
    const found = new RegExp(`^${name} (\\S+)$`, 'm').exec((await ask(url, '/metrics')).body as string);
    return found === null ? null : Number(found[1]);
  };
  const snapshots = join(data, 'snapshots');
  await until('a snapshot', async () => ((await statusNow()).journal?.snapshot ?? 0) > 0);
  expect((await statusNow()).journal).toMatchObject({
    appendErrors: 0,
    snapshotErrors: 0,
    lastError: null,
    lastErrorAgeSeconds: null,
  });
  expect(await metric('plimsoll_journal_snapshot_errors')).toBe(0);
  expect(await metric('plimsoll_journal_last_error_age_seconds')).toBeNull();
  expect(await metric('plimsoll_engine_live')).toBe(1);
  expect(existsSync(snapshots) && readdirSync(snapshots).length > 0).toBe(true);
  // A file stands where its folder was.
  rmSync(snapshots, { recursive: true });
  writeFileSync(snapshots, '');
  await until('an error', async () => ((await statusNow()).journal?.snapshotErrors ?? 0) > 0);
  const { journal, state } = await statusNow();
  expect(state).toBe('live');
  expect(journal?.lastError).toContain('could not be written');
  expect(await metric('plimsoll_journal_snapshot_errors')).toBeGreaterThan(0);
  expect(await metric('plimsoll_journal_last_error_age_seconds')).toBeGreaterThanOrEqual(0);
  expect(await metric('plimsoll_journal_append_errors')).toBe(0);

  service.health.failed(new OperationalError('JOURNAL_FULL', 'no space for records', {}));
  const after = service.health.status();
  expect([after.state, after.journal?.appendErrors, after.journal?.lastError]).toEqual([
    'failed',
    1,
    'no space for records',
  ]);
  const text = await new Metrics().text(after);
  expect(text).toMatch(/^plimsoll_journal_append_errors 1$/m);
  expect(text).toMatch(/^plimsoll_engine_live 0$/m);
  await running.stop();
});
