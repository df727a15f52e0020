/** A server with keys: the page asks for one, says what is wrong with it, and asks again when it is revoked. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Browser } from 'playwright-core';
import { launchBrowser } from './chromium.ts';
import { Demo, ROOT } from './demo.ts';
import { Screen } from './screen.ts';

const LONG = { timeout: 60_000, interval: 100 };

let folder: string;
let file: string;
let demo: Demo;
let browser: Browser;

interface Made {
  readonly id: string;
  readonly key: string;
}

const command = (...args: string[]): string =>
  execFileSync(process.execPath, [join(ROOT, 'src/app/cli.ts'), 'key', ...args, '--keys', file], {
    encoding: 'utf8',
  });
const created = (name: string, scopes: string): Made =>
  JSON.parse(command('create', '--name', name, '--scopes', scopes, '--json')) as Made;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'plimsoll-keys-'));
  file = join(folder, 'keys.json');
  const { key } = created('test', 'read');
  [demo, browser] = await Promise.all([
    Demo.start({ accounts: 200, speed: 5, keys: { file, key } }),
    launchBrowser(),
  ]);
});
afterAll(async () => {
  await browser?.close();
  await demo?.stop();
  rmSync(folder, { recursive: true, force: true });
});

it('a wrong key is refused, a right one opens the page, a revoked one closes it', async () => {
  const desk = created('desk', 'read');
  const screen = await Screen.open(browser, demo.url);
  const { page } = screen;
  const form = page.getByRole('form', { name: 'API key' });
  const enter = async (key: string): Promise<void> => {
    const isNew = page.waitForEvent('load');
    await form.getByLabel('API key').fill(key);
    await form.getByRole('button', { name: 'Use it' }).click();
    await isNew;
  };

  await page.goto(`${demo.url}/#/`);
  await form.waitFor(LONG);
  expect(await form.innerText()).toMatch('A key is needed');
  expect(await page.locator('main [data-exact]').count(), 'numbers without a key').toBe(0);
  screen.complaints.length = 0;
  await screen.inspect('key');

  await enter('plk_nobodyhasthiskey_0000000000000000000000');
  await expect.poll(() => form.innerText(), LONG).toMatch('This key does not open it');
  expect(await page.locator('main [data-exact]').count(), 'numbers with a wrong key').toBe(0);

  await enter(desk.key);
  await page.locator('.pulse[data-state="live"]').waitFor(LONG);
  await expect.poll(() => screen.number('openInterest'), LONG).toMatch(/^\d/);
  expect(await form.count()).toBe(0);

  command('revoke', desk.id);
  await form.waitFor(LONG);
  await expect.poll(() => form.innerText(), LONG).toMatch('This key does not open it');
  // What stands there was seen with the key, and is not what is so now.
  await expect.poll(() => page.locator('.pulse').getAttribute('data-state'), LONG).not.toBe('live');

  await enter(created('desk again', 'read').key);
  await page.locator('.pulse[data-state="live"]').waitFor(LONG);
  expect(await form.count()).toBe(0);
});
